//! The files of a case, and what their columns mean.

use axum::extract::Path;
use claims::{
    access::Action,
    case::Case,
    export::{DICTIONARY, What},
    store::matching::{self, State},
};
use leptos::prelude::*;

use super::{
    counted_once,
    filter::{Choice, with_query},
    frame::{self, Place, Waiting},
};
use crate::{
    components::{ErrorSummary, Notice, NoticeKind, Table},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// `GET /counsel/{slug}/exports`
pub async fn page(visitor: Visitor, Path(slug): Path<String>, Query(query): Query) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Export).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    let state = matching::state(&mut tx, case.id).await?;
    drop(tx);
    let choice = Choice::read(&query, &case.settings.time_zone);
    let wrong = !choice.errors.is_empty();
    let whom = frame::whom(&case);
    let page = Page::new("Exports", move || show(&case, waiting, &state, &choice)).wide().whom(whom);
    Ok(if wrong { visitor.again(page) } else { visitor.page(page) })
}

/// The link to a file with a filter.
pub(super) fn file(slug: &str, what: What, query: &str, raw: bool) -> String {
    let raw = if raw { "raw=1" } else { "" };
    let joint = if query.is_empty() || raw.is_empty() { "" } else { "&" };
    with_query(format!("/counsel/{slug}/exports/{}.csv", what.key()), &format!("{raw}{joint}{query}"))
}

const fn about(what: What) -> &'static str {
    match what {
        What::Claims => {
            "One row per claim: claimant, citizenship, status, sums by category and basis. Withdrawn claims are in it and say so."
        }
        What::Lines => {
            "One row per line of each submitted claim, or of withdrawn ones if the register is filtered by them: amounts in both currencies, release, period, evidence, and the figures behind the amount."
        }
        What::Claimants => {
            "One row per claimant: names, address, citizenship, identifiers, the facts of the agreement and who else may claim."
        }
        What::Documents => "One row per document: name, type, size, pages, hash, and the lines that cite it.",
        What::Totals => "Sums by category and basis, as on the overview, and the gross in the last row.",
        What::Matches => {
            "One row per pair of claims that may be of the same claimant: the score with its parts, and what a person decided, with the reason."
        }
        What::Overlaps => {
            "The ledger of money that more than one claims, one row per claim and entry: release, channel, months, what is removed and why."
        }
    }
}

fn show(case: &Case, waiting: Waiting, state: &State, choice: &Choice) -> impl IntoView + use<> {
    let slug = case.settings.slug.clone();
    let query = choice.query();
    let filtered = choice.in_words().map(|words| {
        let (everything, register) =
            (format!("/counsel/{slug}/exports"), with_query(format!("/counsel/{slug}/claims"), &query));
        view! {
            <Notice kind=NoticeKind::Info title="Narrowed to a filter of the register">
                {format!("Only these claims are exported: {words}. ")}
                <a href=register>"See them in the register"</a>" or "<a href=everything>"export everything"</a>"."
            </Notice>
        }
    });
    let rows: Vec<_> = What::ALL
        .into_iter()
        .map(|what| {
            let (safe, raw) = (file(&slug, what, &query, false), file(&slug, what, &query, true));
            let name = format!("{}.csv", what.key());
            let of = format!(" {name}");
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{about(what)}</td>
                    <td class="row-actions">
                        <a href=safe>"For spreadsheets"<span class="hidden">{of.clone()}</span></a>
                        <a href=raw>"Raw"<span class="hidden">{of}</span></a>
                    </td>
                </tr>
            }
        })
        .collect();
    let files = (choice.errors.is_empty()).then(|| {
        view! {
            <Table caption="Files">
                <thead>
                    <tr><th scope="col">"File"</th><th scope="col">"What is in it"</th><th scope="col">"Download"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
    });
    view! {
        <ErrorSummary errors=choice.errors.clone()/>
        <h1>"Exports"</h1>
        {frame::nav(&slug, Place::Exports, waiting)}
        {counted_once::note(state, &case.settings.time_zone)}
        {filtered}
        <p>
            "Only claims that were sent, each in the version that is in force; drafts are in no file. Each download is an event of the case, with \
             your name. A file shows one moment: what is sent while it is written is not in it."
        </p>
        {files}
        <h2>"For spreadsheets, or raw"</h2>
        <p>
            "A cell that begins with = + - @ can run as a formula when a spreadsheet opens the file. In the files for spreadsheets an apostrophe \
             stands before such a text; figures never carry one. Raw files hold every text as it was typed: take them for programs, and do not \
             open them in a spreadsheet."
        </p>
        <p>
            "All files are CSV in UTF-8, with commas, a point before the cents and one header row. In Excel, open them with Data, From Text/CSV, and \
             choose UTF-8 and “text” for barcodes."
        </p>
        <h2>"Columns"</h2>
        {dictionary()}
    }
}

fn dictionary() -> impl IntoView {
    let rows: Vec<_> = DICTIONARY
        .iter()
        .flat_map(|(what, columns)| columns.iter().map(move |column| (what, column)))
        .map(|(what, column)| {
            view! {
                <tr>
                    <td>{format!("{}.csv", what.key())}</td>
                    <th scope="row"><code>{column.name}</code></th>
                    <td>{column.kind.words()}</td>
                    <td>{column.meaning}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <p>"The order of the columns stays as it is; a new one goes to the end."</p>
        <Table caption="Column dictionary" quiet=true class="dense">
            <thead>
                <tr>
                    <th scope="col">"File"</th><th scope="col">"Column"</th><th scope="col">"Type"</th><th scope="col">"Meaning"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
