//! Pages for counsel of a case: overview, register, a claim, exports, audit trail. Everybody else finds nothing here.

use crate::routes::Routes;

mod claim;
mod claim_header;
mod claim_line;
mod claim_lines;
mod counted_once;
mod desk;
mod documents;
mod download;
mod event_words;
mod events;
mod exports;
mod filter;
mod filter_form;
mod frame;
mod gauges;
mod over_time;
mod overview;
mod reading;
mod register;
mod signed;
mod totals_table;
mod version;

/// The routes of these pages.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .page("/counsel", desk::page)
        .page("/counsel/{slug}", overview::page)
        .page("/counsel/{slug}/claims", register::page)
        .page("/counsel/{slug}/claims/{number}", claim::page)
        .page("/counsel/{slug}/claims/{number}/versions/{version}", version::page)
        .page("/counsel/{slug}/exports", exports::page)
        .page("/counsel/{slug}/exports/{file}", download::csv)
        .page("/counsel/{slug}/events", events::page)
        .form("/counsel/{slug}/events/verify", events::verify)
}
