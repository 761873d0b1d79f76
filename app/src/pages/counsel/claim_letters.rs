//! The letters of a claim, on its page.

use claims::{
    letters::{LetterKind, State},
    period::show_day,
    status::ClaimStatus,
    store::letters::Row,
};
use leptos::prelude::*;

use super::{
    letters::{about, word},
    reading::Reading,
};
use crate::components::{StatusTag, Table};

/// Which letters there are, and buttons for those that can be made.
pub(super) fn section(reading: &Reading, letters: &[Row]) -> impl IntoView + use<> {
    let opened = &reading.opened;
    let base = format!("/counsel/{}/letters", reading.slug());
    let receipt = format!("/claims/{}/versions/{}/receipt.pdf?inline=1", opened.claim.id, reading.frozen().version);
    let rows: Vec<_> = letters
        .iter()
        .map(|row| {
            let title = LetterKind::parse(&row.kind).map_or("Letter", LetterKind::title);
            let pdf = format!("/letters/{}?inline=1", row.id);
            view! {
                <tr>
                    <th scope="row"><a href=format!("{base}/{}", row.id)>{title}</a></th>
                    <td>{about(row, "")}</td>
                    <td><StatusTag word=word(row) key=row.state.clone()/></td>
                    <td class="nowrap">{show_day(row.since)}</td>
                    <td><a href=pdf>"View"<span class="hidden">{format!(" the {}", title.to_lowercase())}</span></a></td>
                </tr>
            }
        })
        .collect();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <Table caption="Letters of this claim" class="dense">
                <thead>
                    <tr><th scope="col">"Letter"</th><th scope="col">"About"</th><th scope="col">"State"</th><th scope="col">"Since"</th><th scope="col">"PDF"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
    });
    let in_force = &opened.versions[opened.in_force].frozen;
    let submitted = opened.claim.status == ClaimStatus::Submitted.key();
    let buttons: Vec<_> = LetterKind::OF_COUNSEL
        .into_iter()
        .filter(|kind| submitted && in_force.lines.iter().any(|line| Some(line.category) == kind.category()))
        .filter_map(|kind| {
            let words = match letters.iter().find(|row| row.kind == kind.key()) {
                None => format!("Draft a {}", kind.title().to_lowercase()),
                Some(row) if row.state == State::Drafted.key() => {
                    format!("Write the {} anew", kind.title().to_lowercase())
                }
                Some(_) => return None,
            };
            let action = format!("/counsel/{}/claims/{}/letters", reading.slug(), in_force.number);
            Some(view! {
                <form class="inline" method="post" action=action novalidate>
                    <input type="hidden" name="kind" value=kind.key()/>
                    <button class="secondary small" type="submit">{words}</button>
                </form>
            })
        })
        .collect();
    view! {
        <h2 id="letters">"Letters"</h2>
        {table}
        <div class="actions"><a href=receipt>"Receipt as PDF"</a>{buttons}</div>
    }
}
