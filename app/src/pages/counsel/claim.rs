//! A claim: the version in force, line by line, with its documents beside it, and what happened to it.

use std::collections::BTreeSet;

use axum::extract::Path;
use claims::{
    deadline,
    money::grouped_units,
    period::show_day,
    store::letters::{self as letter_rows, Row as Letter},
};
use leptos::prelude::*;

use super::{
    claim_header, claim_letters, claim_lines, documents, event_words, frame,
    reading::Reading,
    signed,
    who_else::{self, WhoElse},
};
use crate::{
    components::{Table, TimeEvent, TimeLine},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// `GET /counsel/{slug}/claims/{number}`
pub async fn page(visitor: Visitor, Path((slug, number)): Path<(String, String)>, Query(query): Query) -> Answer {
    let reading = Reading::open(&visitor, &slug, &number, None, &query).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let known = WhoElse::read(&mut tx, reading.opened.case.id, reading.opened.claim.id).await?;
    let letters = letter_rows::of_claim(&mut tx, reading.opened.claim.id).await?;
    drop(tx);
    let whom = frame::whom(&reading.opened.case);
    Ok(visitor.page(Page::new(format!("Claim {number}"), move || show(&reading, &known, &letters)).wide().whom(whom)))
}

fn show(reading: &Reading, known: &WhoElse, letters: &[Letter]) -> impl IntoView + use<> {
    view! {
        {claim_header::header(reading)}
        {claim_lines::section(reading)}
        {documents::section(reading)}
        <div class="columns">
            <div>{signed::claimant(reading)}{signed::others(reading)}</div>
            <div>{signed::declaration(reading)}{signed::agreement(reading)}</div>
        </div>
        {who_else::section(reading, known)}
        {claim_letters::section(reading, letters)}
        {versions(reading)}
        <h2>"What happened"</h2>
        {history(reading)}
    }
}

fn versions(reading: &Reading) -> impl IntoView + use<> {
    let opened = &reading.opened;
    let in_force = reading
        .withdrawn_on()
        .map_or_else(|| "in force".to_owned(), |day| format!("withdrawn on {day}, counts for nothing"));
    let rows: Vec<_> = opened
        .versions
        .iter()
        .enumerate()
        .rev()
        .map(|(place, sent)| {
            let frozen = &sent.frozen;
            let path = format!("/counsel/{}/claims/{}/versions/{}", reading.slug(), frozen.number, frozen.version);
            let words = if place == opened.in_force { in_force.clone() } else { "replaced".to_owned() };
            let received = deadline::show(frozen.received_at, reading.zone());
            view! {
                <tr>
                    <th scope="row"><a href=path>{format!("Version {}", frozen.version)}</a></th>
                    <td>{words}</td>
                    <td><time datetime=frozen.received_at.to_rfc3339()>{received}</time></td>
                    <td class="num">{grouped_units(i64::try_from(frozen.lines.len()).unwrap_or(i64::MAX))}</td>
                    <td><span class="hash">{sent.sha256.clone()}</span></td>
                </tr>
            }
        })
        .collect();
    view! {
        <h2>"Versions as signed"</h2>
        <Table caption="Versions as signed" quiet=true class="dense">
            <thead>
                <tr>
                    <th scope="col">"Version"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Received"</th>
                    <th scope="col" class="num">"Lines"</th>
                    <th scope="col">"SHA-256 of the frozen text"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn history(reading: &Reading) -> impl IntoView + use<> {
    let sent = reading.opened.versions.iter().flat_map(|sent| &sent.frozen.documents);
    let known: BTreeSet<&str> = sent.map(|document| document.sha256.as_str()).collect();
    let events = reading.opened.events.iter().rev().map(|event| {
        let (what, more) = event_words::in_words(event, &known);
        let detail = [event_words::who(event), more].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        TimeEvent {
            at: event.at.to_rfc3339(),
            when: deadline::show(event.at, reading.zone()),
            what,
            detail: detail.join(" · "),
        }
    });
    let events: Vec<_> = events.collect();
    let valued = show_day(reading.frozen().valuation_date);
    view! {
        <TimeLine events/>
        <p class="small soft">{format!("Foreign amounts are converted at the rates of {valued}. Times are those of the case.")}</p>
    }
}
