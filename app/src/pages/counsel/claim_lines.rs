//! The lines of a claim by category, each with its evidence, and beside them what was chosen: a line in full, a document.

use claims::{
    frozen::{FrozenEvidence, FrozenLine},
    line::Category,
    money::grouped_units,
    place::in_short,
};
use leptos::prelude::*;

use super::{
    claim_line, documents, frame,
    reading::{Reading, page_of},
};
use crate::components::{Amount, StatusTag, Table};

/// Lines on a page.
const A_PAGE: usize = 100;

/// The lines, and beside them the chosen line and document.
pub(super) fn section(reading: &Reading) -> impl IntoView + use<> {
    let frozen = reading.frozen();
    let (category, cited) = (reading.at.category, reading.at.cited);
    let asked = |line: &&FrozenLine| {
        category.is_none_or(|category| line.category == category)
            && cited.is_none_or(|cited| cited != line.evidence.is_empty())
    };
    let mut lines: Vec<&FrozenLine> = frozen.lines.iter().filter(asked).collect();
    lines.sort_by_key(|line| (line.category, line.line));
    let pages = lines.len().div_ceil(A_PAGE).max(1);
    let page = usize::try_from(reading.at.page).unwrap_or(1).clamp(1, pages);
    let shown: Vec<&FrozenLine> = lines.iter().copied().skip((page - 1) * A_PAGE).take(A_PAGE).collect();
    let tables: Vec<_> = Category::ALL
        .into_iter()
        .filter_map(|category| {
            let of: Vec<&FrozenLine> = shown.iter().copied().filter(|line| line.category == category).collect();
            (!of.is_empty()).then(|| table(reading, category, &of).into_any())
        })
        .collect();
    let all = (category.is_some() || cited.is_some()).then(|| {
        let href = format!("{}#lines", reading.href(|at| (at.category, at.cited, at.page) = (None, None, 1)));
        let of =
            category.map_or("lines".to_owned(), |category| format!("lines of {}", category.title().to_lowercase()));
        let proof = match cited {
            Some(true) => " that cite a document",
            Some(false) => " that cite no document",
            None => "",
        };
        view! { <p>{format!("Only {of}{proof}. ")}<a href=href>"Show all lines"</a></p> }
    });
    let none = lines.is_empty().then(|| view! { <p class="empty">"There are none."</p> });
    let pager = (pages > 1).then(|| pager(reading, page, pages).into_any());
    let list = view! { {all}{none}{tables}{pager} };
    let beside = [documents::beside(reading), claim_line::beside(reading)];
    let body = if beside.iter().all(Option::is_none) {
        list.into_any()
    } else {
        let close =
            format!("{}#lines", reading.href(|at| (at.line, at.document, at.document_page) = (None, None, None)));
        view! {
            <div class="columns">
                <div>{list}</div>
                <aside class="beside" id="beside" aria-label="Beside the lines">
                    {beside.into_iter().flatten().collect_view()}
                    <p><a href=close>"Close, and show the lines in full width"</a></p>
                </aside>
            </div>
        }
        .into_any()
    };
    let count = grouped_units(i64::try_from(lines.len()).unwrap_or(i64::MAX));
    view! { <h2 id="lines">{format!("Lines ({count})")}</h2>{body} }
}

fn pager(reading: &Reading, page: usize, pages: usize) -> impl IntoView + use<> {
    let to = |page: usize| format!("{}#lines", reading.href(|at| at.page = i64::try_from(page).unwrap_or(1)));
    let previous = (page > 1).then(|| view! { <a href=to(page - 1) rel="prev">"← Previous lines"</a> });
    let next = (page < pages).then(|| view! { <a href=to(page + 1) rel="next">"More lines →"</a> });
    view! {
        <nav class="pager" aria-label="Pages of lines">
            <span class="pager-previous">{previous}</span>
            <span class="pager-here">{format!("Page {page} of {pages}")}</span>
            <span class="pager-next">{next}</span>
        </nav>
    }
}

fn table(reading: &Reading, category: Category, lines: &[&FrozenLine]) -> impl IntoView + use<> {
    let rows: Vec<_> = lines.iter().map(|line| row(reading, line).into_any()).collect();
    view! {
        <Table caption=category.title() class="dense">
            <thead>
                <tr>
                    <th scope="col">"Line"</th>
                    <th scope="col">"Release"</th>
                    <th scope="col">"Period"</th>
                    <th scope="col" class="num">"Units"</th>
                    <th scope="col" class="num">"Claimed"</th>
                    <th scope="col">"Evidence"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn row(reading: &Reading, line: &FrozenLine) -> impl IntoView + use<> {
    let number = line.line;
    let href =
        format!("{}#beside", reading.href(|at| (at.line, at.document, at.document_page) = (Some(number), None, None)));
    let release = match line.release.in_words() {
        words if words.is_empty() => "Lump sum".to_owned(),
        words => words,
    };
    let catalogue = line.release.catalogue_number.clone().filter(|number| *number != release);
    let catalogue = catalogue.map(|number| view! { " "<span class="soft">{number}</span> });
    let basis = line.basis.map(|basis| view! { <div class="detail">{basis.title()}</div> });
    let converted = (line.currency != reading.currency()).then(|| {
        view! { <div class="detail"><Amount minor=line.amount_in_case currency=reading.currency()/></div> }
    });
    let evidence = if line.evidence.is_empty() {
        view! { <StatusTag word="Sworn only" key="sworn"/> }.into_any()
    } else {
        let cited: Vec<_> = line.evidence.iter().map(|cited| citation(reading, number, cited)).collect();
        cited.into_any()
    };
    let current = (reading.at.line == Some(number)).then_some("true");
    view! {
        <tr id=format!("line-{number}")>
            <th scope="row">
                <a href=href aria-current=current><span class="hidden">"Line "</span>{number}<span class="hidden">", in full"</span></a>
            </th>
            <td>{release}{catalogue}</td>
            <td>{line.period.map(frame::short_period)}</td>
            <td class="num">{line.units.map(grouped_units)}</td>
            <td class="num"><Amount minor=line.amount currency=line.currency/>{converted}{basis}</td>
            <td>{evidence}</td>
        </tr>
    }
}

/// A citation: a link that shows the document beside the lines.
pub(super) fn citation(reading: &Reading, line: i64, cited: &FrozenEvidence) -> AnyView {
    let open =
        reading.at.document.is_some() && reading.at.document == reading.documents.get(&cited.sha256).map(|d| d.id);
    let words = match cited.place.as_str() {
        "" => cited.document.clone(),
        // Its name stands above it.
        place if open => in_short(place),
        place => format!("{}, {}", cited.document, in_short(place)),
    };
    let Some(document) = reading.documents.get(&cited.sha256) else {
        return view! { <div class="detail">{words}</div> }.into_any();
    };
    let (id, page) = (document.id, page_of(&cited.place));
    let href = format!(
        "{}#beside",
        reading.href(|at| (at.line, at.document, at.document_page) = (Some(line), Some(id), page))
    );
    view! { <div class="detail"><a href=href>{words}</a></div> }.into_any()
}
