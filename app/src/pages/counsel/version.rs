//! A version of a claim as it was signed, and what changed from the one before.

use axum::extract::Path;
use claims::{
    access::Refusal,
    frozen::{self, FrozenClaim},
    money::grouped_units,
};
use leptos::prelude::*;

use super::{claim_header, claim_lines, documents, frame, reading::Reading, signed};
use crate::{
    components::{Notice, NoticeKind},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// Changes listed; more are counted, and the files hold them all.
const CHANGES_SHOWN: usize = 300;

/// `GET /counsel/{slug}/claims/{number}/versions/{version}`
pub async fn page(
    visitor: Visitor,
    Path((slug, number, version)): Path<(String, String, String)>,
    Query(query): Query,
) -> Answer {
    visitor.actor()?;
    let version: i64 = version.parse().map_err(|_| Refusal::NotFound)?;
    let reading = Reading::open(&visitor, &slug, &number, Some(version), &query).await?;
    let whom = frame::whom(&reading.opened.case);
    let title = format!("Claim {number}, version {version}");
    Ok(visitor.page(Page::new(title, move || show(&reading)).wide().whom(whom)))
}

fn show(reading: &Reading) -> impl IntoView + use<> {
    let in_force = reading.opened.versions[reading.opened.in_force].frozen.version;
    let version = reading.frozen().version;
    let path = format!("/counsel/{}/claims/{}", reading.slug(), reading.number());
    let withdrawn = reading.withdrawn_on();
    let replaced = (in_force != version || withdrawn.is_some()).then(|| {
        let path = path.clone();
        let title = if in_force == version { "Withdrawn: it counts for nothing" } else { "This version was replaced" };
        let (words, link) = match withdrawn {
            Some(day) => (format!("Version {in_force}, the last one, was withdrawn on {day}. "), "Read the claim"),
            None => (format!("Version {in_force} is in force. "), "Read the claim as it is in force"),
        };
        view! { <Notice kind=NoticeKind::Info title>{words}<a href=path>{link}</a>"."</Notice> }
    });
    view! {
        <h1>{format!("{} · {}, version {version}", reading.number(), claim_header::name(reading))}</h1>
        <a class="back" href=path>"← The claim"</a>
        {replaced}
        <p>"SHA-256 of the frozen text: "<span class="hash">{reading.sent().sha256.clone()}</span></p>
        {reading.before().map(|before| changes(before, reading.frozen()))}
        {claim_header::sums(reading)}
        {claim_lines::section(reading)}
        {documents::section(reading)}
        <div class="columns">
            <div>{signed::claimant(reading)}{signed::others(reading)}</div>
            <div>{signed::declaration(reading)}{signed::agreement(reading)}</div>
        </div>
    }
}

fn changes(before: &FrozenClaim, after: &FrozenClaim) -> impl IntoView + use<> {
    let changes = frozen::changes(before, after);
    let more = changes.len().saturating_sub(CHANGES_SHOWN);
    let more = (more > 0).then(|| {
        let more = grouped_units(i64::try_from(more).unwrap_or(i64::MAX));
        view! { <p>{format!("And {more} more changes.")}</p> }
    });
    let none = changes.is_empty().then(|| view! { <p>"Nothing but the signature: the content is the same."</p> });
    let items: Vec<_> = changes.into_iter().take(CHANGES_SHOWN).map(|change| view! { <li>{change}</li> }).collect();
    view! {
        <h2>{format!("What changed from version {}", before.version)}</h2>
        {none}
        <ul>{items}</ul>
        {more}
    }
}
