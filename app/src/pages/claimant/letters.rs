//! The letters that counsel made for a claim, for its claimant: to read, to sign, and to see where each is.

use claims::{
    letters::{LetterKind, State},
    period::show_day,
    store::letters::Row,
};
use leptos::prelude::*;

use crate::components::{StatusTag, Table};

/// The letters; nothing where there is none.
pub(super) fn section(letters: &[Row]) -> AnyView {
    if letters.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = letters
        .iter()
        .filter_map(|row| {
            let (kind, state) = LetterKind::parse(&row.kind).zip(State::parse(&row.state))?;
            let of = view! { <span class="hidden">{format!(" the {}", kind.title().to_lowercase())}</span> };
            let pdf = format!("/letters/{}", row.id);
            let words = if row.withdrawn_at.is_some() { in_words_of_withdrawn(state) } else { in_words(kind, state) };
            Some(view! {
                <tr>
                    <th scope="row"><a href=format!("{pdf}?inline=1")>{kind.title()}</a></th>
                    <td><StatusTag word=state.word() key=state.key()/>" since "{show_day(row.since)}<br/><span class="soft">{words}</span></td>
                    <td><a href=pdf.clone()>"Download"{of}</a></td>
                </tr>
            })
        })
        .collect();
    view! {
        <h2>"Letters"</h2>
        <Table caption="Letters that counsel made for this claim" quiet=true>
            <thead><tr><th scope="col">"Letter"</th><th scope="col">"Where it is"</th><th scope="col">"PDF"</th></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// What a state means for the claimant who withdrew the claim: nothing more is to come of the letter.
const fn in_words_of_withdrawn(state: State) -> &'static str {
    match state {
        State::Drafted => "Counsel drafted it. The claim is withdrawn, so it is not to be sent.",
        _ => "The claim is withdrawn. Tell counsel if you hear or receive something because of this letter.",
    }
}

/// What a state means for the claimant.
const fn in_words(kind: LetterKind, state: State) -> &'static str {
    match (kind, state) {
        (LetterKind::Direction, State::Drafted) => {
            "Counsel drafted it. Tell them if something in it or in its schedule is wrong. Nothing was sent yet."
        }
        (LetterKind::Direction, State::Sent) => "It lies with the distributor, who is to sign it.",
        (_, State::Signed) => "The distributor signed it. The aggregator is to accept it.",
        (_, State::Accepted) => "The aggregator accepted it. What it pays should come to you from now on.",
        (_, State::Paying) => "The aggregator pays you. If nothing has come, tell counsel.",
        (_, State::Drafted) => "Counsel drafted it. Tell them if a figure in it is wrong. Nothing was sent yet.",
        (_, State::Sent) => "Whoever holds the copies was asked to give them back.",
        (_, State::Refused) => "It was refused, or not answered in time. Counsel goes on from here.",
        (_, State::Returned) => "The copies came back, as counsel was told. Tell them if they did not.",
    }
}
