//! What a claimant sees: their claims, the task list and its steps, signing, the receipt and what comes after.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use claims::{
    ClaimId,
    access::Refusal,
    actions::claim_view::{self, Draft},
    case::Case,
    intake::steps::Step,
    store::claims::Claim,
};
use serde::de::DeserializeOwned;

use crate::{
    request::{Halt, Visitor},
    routes::Routes,
};

mod amend;
mod changes;
mod check;
mod claim;
mod discard;
mod document_forms;
mod documents;
mod file;
mod import;
pub mod import_choices;
mod import_columns;
mod import_facts;
mod import_file;
mod import_problems;
mod import_sheets;
mod import_sworn;
mod import_totals;
mod import_undo;
mod letters;
mod line;
mod line_forms;
mod line_table;
mod lines;
mod lines_place;
mod list;
mod parts;
mod receipt;
mod receipt_files;
mod sent;
mod sign;
mod step;
mod tasks;
mod timeline;
mod withdraw;

pub use import_columns::again as columns_again;

/// The routes of these pages.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let routes = routes
        .page("/claims", list::page)
        .page("/cases/{slug}/file", file::page)
        .form("/cases/{slug}/file", file::start)
        .page("/claims/{id}", claim::page)
        .page("/claims/{id}/tasks", tasks::page)
        .page("/claims/{id}/{step}", step::page)
        .form("/claims/{id}/{step}", step::save);
    let routes = routes
        .page("/claims/{id}/lines/{category}", lines::page)
        .form("/claims/{id}/lines/{category}", line_forms::add)
        .page("/claims/{id}/lines/{category}/new", line::new)
        .page("/claims/{id}/line/{line}", line::page)
        .form("/claims/{id}/line/{line}", line_forms::save)
        .form("/claims/{id}/line/{line}/copy", line_forms::copy)
        .page("/claims/{id}/line/{line}/remove", line_forms::ask_to_remove)
        .form("/claims/{id}/line/{line}/remove", line_forms::remove)
        .form("/claims/{id}/line/{line}/uncite", line_forms::uncite);
    let routes = routes
        .page("/claims/{id}/documents", documents::page)
        .form("/claims/{id}/documents/{document}/describe", document_forms::describe)
        .form("/claims/{id}/documents/{document}/cite", document_forms::cite)
        .page("/claims/{id}/documents/{document}/remove", document_forms::ask_to_remove)
        .form("/claims/{id}/documents/{document}/remove", document_forms::remove);
    let routes = routes
        .page("/claims/{id}/import", import::page)
        .page("/claims/{id}/import/templates/{category}", import::template)
        .page("/claims/{id}/import/{import}", import_file::page)
        .page("/claims/{id}/import/{import}/columns", import_columns::page)
        .form("/claims/{id}/import/{import}/discard", import_columns::discard)
        .page("/claims/{id}/import/{import}/remove", import_undo::page)
        .form("/claims/{id}/import/{import}/remove", import_undo::remove);
    routes
        .page("/claims/{id}/check", check::page)
        .page("/claims/{id}/sign", sign::page)
        .form("/claims/{id}/sign", sign::submit)
        .page("/claims/{id}/versions/{version}", receipt::page)
        .page("/claims/{id}/versions/{version}/lines.csv", receipt_files::csv)
        .page("/claims/{id}/versions/{version}/claim.json", receipt_files::json)
        .page("/claims/{id}/versions/{version}/changes", changes::page)
        .form("/claims/{id}/amend", amend::amend)
        .page("/claims/{id}/discard", discard::page)
        .form("/claims/{id}/discard", discard::discard)
        .page("/claims/{id}/withdraw", withdraw::page)
        .form("/claims/{id}/withdraw", withdraw::withdraw)
}

/// The variable parts of a path. A part that cannot be read names a page that does not exist.
struct At<T>(T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Halt;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Halt> {
        let Path(read) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| Refusal::NotFound)?;
        Ok(Self(read))
    }
}

/// The draft of a claim, to be read or changed by its claimant.
async fn open(visitor: &Visitor, id: ClaimId) -> Result<Draft, Halt> {
    let draft = claim_view::draft(visitor.recoup(), visitor.actor()?, id).await?;
    claim_view::not_set_aside(&draft.claim)?;
    Ok(draft)
}

/// For whom a page is: claimant and case.
fn whom(claim: &Claim, case: &Case) -> String {
    format!("{} — {}", claim.claimant, case.settings.title)
}

/// Where the task list of a claim is: its own page while it was never sent, else beside the version in force.
fn tasks_path(claim: &Claim) -> String {
    if claim.in_force_id.is_some() { format!("/claims/{}/tasks", claim.id) } else { format!("/claims/{}", claim.id) }
}

/// Where a step is done.
fn step_path(id: ClaimId, step: Step) -> String {
    match step {
        Step::Lines(category) => format!("/claims/{id}/lines/{}", category.key()),
        other => format!("/claims/{id}/{}", other.key()),
    }
}
