//! Pages for counsel of a case: overview, register, a claim, matches, overlaps, filings, letters, exports, audit trail. Everybody else finds nothing here.

use crate::routes::Routes;

mod claim;
mod claim_header;
mod claim_letters;
mod claim_line;
mod claim_lines;
mod counted_once;
mod desk;
mod documents;
mod download;
mod event_words;
mod events;
mod exports;
mod filing;
mod filings;
mod filter;
mod filter_form;
mod frame;
mod gauges;
mod letter;
mod letters;
mod mail;
mod mail_one;
mod mail_preferences;
mod mail_templates;
pub(super) mod mail_words;
mod mailing;
mod match_decision;
mod match_groups;
mod match_page;
mod match_records;
mod match_weight;
mod match_words;
mod matches;
mod matching_state;
mod news;
mod over_time;
mod overlap_decision;
mod overlap_letter;
mod overlap_months;
mod overlap_page;
mod overlaps;
mod overview;
mod reading;
mod register;
mod showing;
mod signed;
mod totals_table;
mod version;
mod who_else;
mod write;

/// The routes of these pages.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    let routes = routes
        .page("/counsel/{slug}/mail", mail::page)
        .page("/counsel/{slug}/mail/write", write::page)
        .form("/counsel/{slug}/mail/write", write::send)
        .page("/counsel/{slug}/mail/mailings/{id}", mailing::page)
        .form("/counsel/{slug}/mail/mailings/{id}/stop", mailing::stop)
        .page("/counsel/{slug}/mail/templates", mail_templates::list)
        .page("/counsel/{slug}/mail/templates/new", mail_templates::new)
        .form("/counsel/{slug}/mail/templates/new", mail_templates::add)
        .page("/counsel/{slug}/mail/templates/{id}", mail_templates::page)
        .form("/counsel/{slug}/mail/templates/{id}", mail_templates::save)
        .form("/counsel/{slug}/mail/templates/{id}/remove", mail_templates::remove)
        .page("/counsel/{slug}/mail/preferences", mail_preferences::page)
        .form("/counsel/{slug}/mail/preferences", mail_preferences::save)
        .page("/counsel/{slug}/mail/news", news::page)
        .form("/counsel/{slug}/mail/news", news::publish)
        .page("/counsel/{slug}/mail/{id}", mail_one::page)
        .form("/counsel/{slug}/mail/{id}", mail_one::edit)
        .form("/counsel/{slug}/mail/{id}/discard", mail_one::discard)
        .form("/counsel/{slug}/mail/{id}/send", mail_one::send_now);
    routes
        .page("/counsel", desk::page)
        .page("/counsel/{slug}", overview::page)
        .page("/counsel/{slug}/claims", register::page)
        .page("/counsel/{slug}/claims/{number}", claim::page)
        .page("/counsel/{slug}/claims/{number}/versions/{version}", version::page)
        .page("/counsel/{slug}/matches", matches::page)
        .form("/counsel/{slug}/matches/run", matching_state::run)
        .page("/counsel/{slug}/matches/{id}", match_page::page)
        .form("/counsel/{slug}/matches/{id}", match_page::decide)
        .form("/counsel/{slug}/matches/{id}/undo", match_page::undo)
        .page("/counsel/{slug}/overlaps", overlaps::page)
        .page("/counsel/{slug}/overlaps/{id}", overlap_page::page)
        .page("/counsel/{slug}/overlaps/{id}/letter", overlap_letter::page)
        .form("/counsel/{slug}/overlaps/{id}/letter", overlap_letter::send)
        .form("/counsel/{slug}/overlaps/{id}/{a}/{b}", overlap_decision::decide)
        .form("/counsel/{slug}/overlaps/{id}/{a}/{b}/undo", overlap_decision::undo)
        .page("/counsel/{slug}/exports", exports::page)
        .page("/counsel/{slug}/exports/{file}", download::csv)
        .page("/counsel/{slug}/filings", filings::page)
        .form("/counsel/{slug}/filings/build", filings::build)
        .page("/counsel/{slug}/filings/settings", filings::settings)
        .form("/counsel/{slug}/filings/settings", filings::save)
        .page("/counsel/{slug}/filings/{number}", filing::page)
        .page("/counsel/{slug}/filings/{number}/difference", filing::compare)
        .page("/counsel/{slug}/letters", letters::page)
        .form("/counsel/{slug}/letters/make", letters::make)
        .page("/counsel/{slug}/letters/texts", letters::texts)
        .form("/counsel/{slug}/letters/texts", letters::save)
        .page("/counsel/{slug}/letters/{id}", letter::page)
        .form("/counsel/{slug}/letters/{id}", letter::step)
        .form("/counsel/{slug}/claims/{number}/letters", letter::make)
        .page("/counsel/{slug}/events", events::page)
        .form("/counsel/{slug}/events/verify", events::verify)
}
