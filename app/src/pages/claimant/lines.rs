//! The lines of one category: a table, its sums, and what can be done.

use std::collections::BTreeMap;

use claims::{
    ClaimId,
    actions::claim_view::{Draft, LineSum},
    case::Case,
    intake::{Answers, form::Section, line},
    line::{Basis, Category},
    money::{convert, grouped_units},
    store::lines::{self as stored, Line, Order},
    totals,
};
use leptos::prelude::*;

use super::{
    At,
    lines_place::{FIELD, Place},
    open, parts, tasks_path, whom,
};
use crate::{
    components::{Amount, Pager, StatusTag, Table},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// Lines on a page.
pub(super) const SHOWN: i64 = 50;

/// The orders that can be chosen, the usual one first: key and words.
pub(super) const ORDERS: [(&str, &str); 4] =
    [("number", "Line number"), ("amount", "Largest amount"), ("release", "Release"), ("wrong", "To mend first")];

/// The table.
pub async fn page(visitor: Visitor, At((id, category)): At<(ClaimId, Category)>, Query(query): Query) -> Answer {
    let draft = open(&visitor, id).await?;
    let count = draft.count(category);
    let pages = u64::try_from(count.lines).unwrap_or(0).div_ceil(SHOWN.unsigned_abs()).max(1);
    let page = query.number("page").and_then(|page| u64::try_from(page).ok()).unwrap_or(1).clamp(1, pages);
    let order = ORDERS.iter().map(|(key, _)| *key).find(|key| *key == query.get("order")).unwrap_or("number");
    let mut tx = visitor.recoup().store.read().await?;
    let offset = i64::try_from(page - 1).unwrap_or(0) * SHOWN;
    let lines = stored::list(&mut tx, draft.version.id, Some(category), Order::parse(order), SHOWN, offset).await?;
    drop(tx);
    let place = Place::new(order, page);
    let copy_keys: Vec<String> = lines.iter().map(|_| visitor.key()).collect();
    let notice = visitor.take_notice().await;
    let for_whom = whom(&draft.claim, &draft.case);
    Ok(visitor.page(
        Page::new(category.title(), move || {
            let base = format!("/claims/{id}/lines/{}", category.key());
            let intro = line::form(category).first().map_or("", |section: &Section| section.intro);
            let filing_basis = draft.case.settings.filing_basis;
            let import = (category != Category::Other).then(|| view! { <a class="button secondary" href=format!("/claims/{id}/import")>"Import a statement"</a> });
            let add = view! { <div class="actions"><a class="button" href=format!("{base}/new{}", place.query('?'))>"Add a line"</a>{import}<a href=format!("/claims/{id}/documents")>"Documents"</a></div> };
            let table = if count.lines == 0 {
                view! { <p class="empty">{format!("No lines yet. {}", start(category))}</p> }.into_any()
            } else {
                let rows: Vec<_> = lines.into_iter().zip(copy_keys).map(|(line, key)| row(id, category, &draft.case, &line, key, place)).collect();
                let foot = foot(&draft, category);
                let caption = format!("Lines of {}", category.title().to_lowercase());
                view! {
                    {orders(&base, order)}
                    <Table caption quiet=true>
                        <thead><tr>
                            <th scope="col">"Line"</th><th scope="col">"Release"</th><th scope="col" class="num">"Amount"</th>
                            <th scope="col">{if category == Category::HeldInventory { "As of" } else { "Period" }}</th><th scope="col" class="num">"Units"</th>
                            <th scope="col">"Evidence"</th><th scope="col">"State"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                        {foot}
                    </Table>
                    <Pager page pages base=format!("{base}?order={order}")/>
                }
                .into_any()
            };
            view! {
                {parts::done(notice)}
                <a class="back" href=tasks_path(&draft.claim)>"← All tasks"</a>
                <h1>{category.title()}</h1>
                <p>{intro}</p>
                {(category == Category::HeldInventory).then(|| view! { <p>{totals::basis_in_words(filing_basis)}</p> })}
                {table}
                {add}
            }
        })
        .whom(for_whom),
    ))
}

/// What to do where there is nothing yet.
const fn start(category: Category) -> &'static str {
    match category {
        Category::UnpaidSales => {
            "Add one for each release or each statement, or a single one for the lump sum that is owed. If all sales were paid, leave this out."
        }
        Category::HeldInventory => {
            "Add one for each release that was in the warehouse, or a single one for the whole stock. If nothing was there, leave this out."
        }
        Category::DigitalRoyalties => {
            "Add one for each release or service, or a single one for the lump sum. If your aggregator pays you, leave this out."
        }
        Category::Other => {
            "Add one for a buy-back that you paid, for unlicensed copies, for fees. If there was nothing else, leave this out."
        }
    }
}

fn orders(base: &str, order: &str) -> impl IntoView + use<> {
    let links: Vec<_> = ORDERS
        .into_iter()
        .map(|(key, words)| {
            // The order in force needs no link to itself.
            if key == order {
                view! { <strong>{words}</strong> }.into_any()
            } else {
                view! { <a href=format!("{base}?order={key}")>{words}</a> }.into_any()
            }
        })
        .collect();
    view! { <nav class="bar" aria-label="Order of the lines"><span class="soft">"Order:"</span>{links}</nav> }
}

fn row(id: ClaimId, category: Category, case: &Case, line: &Line, key: String, place: Place) -> impl IntoView + use<> {
    let answers = &line.answers.0;
    let reading = line::read(category, answers, &case.line_rules());
    let number = line.line;
    let release = parts::release(category, answers);
    let named = format!(" line {number}, {release}");
    let own = case.settings.currency;
    let amount = reading.facts.as_ref().map(|facts| {
        let (minor, currency) = (facts.amount, facts.currency);
        let rate = case.settings.rate(currency).filter(|_| currency != own);
        let in_case = rate.and_then(|rate| Some((convert(minor, currency, rate, own)?, rate)));
        let foreign = in_case.map(|(minor, rate)| view! { <span class="soft">"= "<Amount minor currency=own/><br/>{format!("at {rate}")}</span><br/> });
        let basis = facts.basis.map(|basis| view! { <span class="soft">{basis.title()}</span> });
        let value = if facts.basis == Some(Basis::UnitsOnly) { ().into_any() } else { view! { <Amount minor currency/><br/>{foreign} }.into_any() };
        view! { {value}{basis} }
    });
    let period =
        reading.facts.as_ref().and_then(|facts| facts.period).map_or_else(|| typed_period(answers), parts::period);
    let units = reading.facts.as_ref().and_then(|facts| facts.units).map(grouped_units);
    let evidence = if line.citations == 0 { "Sworn only".to_owned() } else { format!("Cited ({})", line.citations) };
    let state = match reading.errors.first() {
        Some(_) => "Not counted yet",
        None if reading.sums.is_empty() => "One amount, nothing to add up",
        None => "The sums close",
    };
    let attention =
        (!reading.errors.is_empty()).then(|| view! { " "<StatusTag word="Needs attention" key="attention"/> });
    let class = if reading.errors.is_empty() { "" } else { "wrong" };
    let href = format!("/claims/{id}/line/{number}");
    let named = move || view! { <span class="hidden">{named.clone()}</span> };
    let (edit, back) = (format!("{href}{}", place.query('?')), place.carried());
    let back = (!back.is_empty()).then(|| view! { <input type="hidden" name=FIELD value=back/> });
    // What is wrong and what can be done stand with the release, not in a column of its own: on a narrow screen that would be outside it.
    view! {
        <tr class=class id=format!("line-{number}")>
            <th scope="row">{number}</th>
            <td>
                <a href=edit.clone()>{release}</a>{attention}
                <div class="row-actions detail">
                    <a href=edit>"Edit"{named()}</a>
                    <form class="inline" method="post" action=format!("{href}/copy")><input type="hidden" name="key" value=key/>{back}<button class="link" type="submit">"Copy"{named()}</button></form>
                    <a href=format!("{href}/remove{}", place.query('?'))>"Remove"{named()}</a>
                </div>
            </td>
            <td class="num">{amount}</td><td>{period}</td><td class="num">{units}</td><td>{evidence}</td><td>{state}</td>
        </tr>
    }
}

/// The period of a line that is not right yet, as it was typed.
fn typed_period(answers: &Answers) -> String {
    let typed: Vec<&str> = ["as_of", "period_from", "period_to"]
        .into_iter()
        .map(|name| answers.get(name))
        .filter(|day| !day.is_empty())
        .collect();
    typed.join(" – ")
}

/// The sums: one for each currency (and basis), and what they come to in the currency of the case.
fn foot(draft: &Draft, category: Category) -> impl IntoView + use<> {
    let own = draft.case.settings.currency;
    let sums: Vec<LineSum> = draft
        .sums
        .iter()
        .copied()
        .filter(|sum| sum.category == category && sum.basis != Some(Basis::UnitsOnly))
        .collect();
    let mut in_case: BTreeMap<Option<Basis>, i64> = BTreeMap::new();
    for sum in &sums {
        let total = in_case.entry(sum.basis).or_default();
        *total = total.saturating_add(sum.in_case);
    }
    let at = |basis: Option<Basis>| basis.map(|basis| format!(" at {}", basis.title())).unwrap_or_default();
    let row = |words: String, minor: i64, currency| view! { <tr><th scope="row" colspan="2">{words}</th><td class="num"><Amount minor currency/></td><td colspan="4"></td></tr> };
    let foreign = sums.iter().any(|sum| sum.currency != own);
    let mut rows: Vec<_> = sums
        .iter()
        .filter(|_| foreign)
        .map(|sum| {
            row(
                format!("Sum in {}{}, {}", sum.currency, at(sum.basis), parts::count(sum.lines, "line", "lines")),
                sum.amount,
                sum.currency,
            )
        })
        .collect();
    rows.extend(in_case.into_iter().map(|(basis, minor)| {
        row(format!("Total{}{}", at(basis), if foreign { format!(" in {own}") } else { String::new() }), minor, own)
    }));
    let wrong = draft.count(category).wrong;
    let left_out = (wrong > 0).then(|| view! { <tr><td colspan="7">{format!("{} to mend: not counted yet.", parts::count(wrong, "line", "lines"))}</td></tr> });
    view! { <tfoot>{left_out}{rows}</tfoot> }
}
