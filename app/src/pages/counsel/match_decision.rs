//! What people say of two claims: the form, undoing it, and what was said before.

use claims::{
    actions::seen,
    intake::{Answers, resolution::MATCH},
    store::matches::{Decided, Match},
};
use leptos::prelude::*;

use super::{frame, match_page::Shown, match_words, matches::sentence};
use crate::{
    components::{FormSections, Table},
    pages::account::typed::Typed,
};

/// What is in force, as answers to begin with.
pub(super) fn in_force(pair: &Match) -> Answers {
    let answers = Answers::default().with("verdict", pair.verdict.clone().unwrap_or_default());
    answers.with("reason", pair.reason.clone().unwrap_or_default())
}

/// The form, and below it the button that undoes what was said.
pub(super) fn form(shown: &Shown, typed: &Typed) -> impl IntoView + use<> {
    let action = format!("/counsel/{}/matches/{}", shown.case.settings.slug, shown.pair.id);
    let decided = shown.pair.verdict.is_some();
    let mark = seen::mark_of_match(&shown.pair);
    let seen_before = mark.clone();
    let undo = decided.then(|| {
        let action = format!("{action}/undo");
        view! {
            <form method="post" action=action class="actions">
                <input type="hidden" name=seen::FIELD value=seen_before/>
                <button type="submit" class="secondary">"Undo the decision"</button>
                <span class="small soft">"The pair is open again; what was said stays in the list below."</span>
            </form>
        }
    });
    let words = if decided { "Decide anew" } else { "Decide" };
    view! {
        <form method="post" action=action novalidate>
            <input type="hidden" name="key" value=shown.key.clone()/>
            <input type="hidden" name=seen::FIELD value=mark/>
            <FormSections sections=MATCH answers=typed.answers.clone() errors=typed.errors.clone()/>
            <button type="submit">{words}</button>
        </form>
        {undo}
    }
}

/// All that was ever said of the two.
pub(super) fn history(shown: &Shown) -> impl IntoView + use<> {
    (!shown.history.is_empty()).then(|| {
        let zone = &shown.case.settings.time_zone;
        let rows: Vec<_> = shown.history.iter().map(|decided| row(decided, zone).into_any()).collect();
        view! {
            <h2>"What was said so far"</h2>
            <Table caption="Decisions about these two claims, newest first" quiet=true class="dense">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"Verdict"</th>
                        <th scope="col">"Reason"</th>
                        <th scope="col">"The engine then"</th>
                        <th scope="col">"Still in force"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
    })
}

fn row(decided: &Decided, zone: &str) -> impl IntoView + use<> {
    let undone = match decided.undone_at {
        Some(at) => format!("No, until {}", frame::short_moment(at, zone)),
        None => "Yes".to_owned(),
    };
    let engine = format!("{}; version {}", match_words::probability(decided.score), decided.engine);
    view! {
        <tr>
            <th scope="row"><time datetime=decided.at.to_rfc3339()>{frame::short_moment(decided.at, zone)}</time></th>
            <td>{decided.by.clone()}</td>
            <td>{sentence(match_words::verdict(&decided.verdict))}</td>
            <td><span class="lines">{decided.reason.clone()}</span></td>
            <td>{engine}</td>
            <td>{undone}</td>
        </tr>
    }
}
