//! How two claims of an entry are related: the form with their names in it, undoing it, and what was said before.

use axum::extract::Path;
use claims::{
    ClaimId, OverlapId,
    access::Action,
    actions::{Failure, decide_overlap, seen},
    intake::{Answers, FieldError, form, resolution::OVERLAP},
    money::grouped_units,
    store::overlaps::{Decision, EVERYWHERE, LUMP_SUMS},
};
use leptos::prelude::*;

use super::{
    frame, match_words,
    overlap_page::{self, Pair, Shown},
};
use crate::{
    components::{Table, TextArea},
    pages::account::typed::{Typed, refused},
    request::{Answer, Sent, Visitor, see_other},
};

/// What came back of the form of two claims.
type Back = ((ClaimId, ClaimId), Typed);

/// `POST /counsel/{slug}/overlaps/{id}/{a}/{b}`
pub async fn decide(visitor: Visitor, Path((slug, id, a, b)): Path<(String, i64, i64, i64)>, sent: Sent) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Decide).await?;
    drop(tx);
    let (id, claims) = (OverlapId(id), (ClaimId(a), ClaimId(b)));
    let actor = visitor.actor()?;
    match decide_overlap::decide(visitor.recoup(), actor, case.id, id, claims, &sent.0, sent.get("key")).await {
        Ok(()) => {
            visitor.notice("It is decided. The figures follow as soon as the claims are matched again.").await;
            Ok(see_other(&format!("/counsel/{slug}/overlaps/{id}")))
        }
        Err(failure) => {
            let shown = overlap_page::read(&visitor, &slug, id).await?;
            refused(&visitor, failure, sent.0, |typed| overlap_page::show(shown, Some((claims, typed))))
        }
    }
}

/// `POST /counsel/{slug}/overlaps/{id}/{a}/{b}/undo`: a second click finds nothing to undo and says the same.
pub async fn undo(visitor: Visitor, Path((slug, id, a, b)): Path<(String, i64, i64, i64)>, sent: Sent) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Decide).await?;
    drop(tx);
    let (id, claims) = (OverlapId(id), (ClaimId(a), ClaimId(b)));
    let everywhere = sent.get("everywhere") == "yes";
    let mark = sent.get(seen::FIELD);
    match decide_overlap::undo(visitor.recoup(), visitor.actor()?, case.id, id, claims, everywhere, mark).await {
        Ok(()) => {
            visitor.notice("The decision is undone. The figures follow as soon as the claims are matched again.").await;
            Ok(see_other(&format!("/counsel/{slug}/overlaps/{id}")))
        }
        Err(failure @ Failure::Said(_)) => {
            let shown = overlap_page::read(&visitor, &slug, id).await?;
            let now = shown.pairs.iter().find(|pair| pair.is(claims)).map(prefilled).unwrap_or_default();
            refused(&visitor, failure, now, |typed| overlap_page::show(shown, Some((claims, typed))))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The errors, each leading to the field of its own form: there can be several forms on the page.
pub(super) fn top(back: Option<&Back>) -> impl IntoView + use<> {
    back.map(|((a, b), typed)| {
        let (a, b) = (a.min(b), a.max(b));
        let error = |error: &FieldError| FieldError {
            field: format!("{}-{a}-{b}", error.field),
            message: error.message.clone(),
        };
        let errors = typed.errors.iter().map(error).collect();
        Typed { errors, ..typed.clone() }.top()
    })
}

/// A form for each two claims of the entry.
pub(super) fn forms(shown: &Shown, back: Option<&Back>) -> impl IntoView + use<> {
    let alone = shown.pairs.len() == 1;
    let parts: Vec<_> = shown
        .pairs
        .iter()
        .map(|pair| {
            let typed = back.filter(|(claims, _)| pair.is(*claims)).map(|(_, typed)| typed.clone());
            let open = alone || typed.is_some();
            let words = format!("{} and {}: {}", pair.first.claimant, pair.second.claimant, said(shown, pair));
            let body = view! { {meeting(shown, pair)}{form_of(shown, pair, typed)}{history(shown, pair)} };
            if alone {
                body.into_any()
            } else {
                view! { <details open=open><summary>{words}</summary>{body}</details> }.into_any()
            }
        })
        .collect();
    let apart = (shown.apart > 0).then(|| {
        let pairs = i64::try_from(shown.apart).unwrap_or(i64::MAX);
        let pairs = frame::count(pairs, "pair of these claims shares", "pairs of these claims share");
        view! { <p class="small soft">{format!("{pairs} no month: there is nothing to say of them.")}</p> }
    });
    view! { {parts}{apart} }
}

/// What holds of two claims, in few words.
fn said(shown: &Shown, pair: &Pair) -> String {
    match pair.in_force() {
        Some(decision) if pair.misses() => {
            format!("{}; they share no month, so nothing is removed", relation(pair, decision))
        }
        Some(decision) => relation(pair, decision),
        None if pair.one_claimant => "one claimant, as decided on their match: the larger amount stays".to_owned(),
        None if shown.entry.suspected == 0 => "nothing of it is open".to_owned(),
        None => "open".to_owned(),
    }
}

/// In which months two claims meet, and what holds of them without a decision on their money.
fn meeting(shown: &Shown, pair: &Pair) -> impl IntoView + use<> {
    let ends = pair.shared.as_ref().and_then(|shared| Some((shared.ends()?, shared.count())));
    let months = ends.map_or_else(String::new, |((first, last), count)| match_words::months(first, last, count));
    let shared = (!months.is_empty()).then(|| format!("They both claim for {months}. "));
    let holds = (pair.in_force().is_none() && pair.one_claimant).then(|| format!("So far: {}.", said(shown, pair)));
    (shared.is_some() || holds.is_some()).then(|| view! { <p>{shared}{holds}</p> })
}

/// How two claims are related, with their names.
fn relation(pair: &Pair, decision: &Decision) -> String {
    let (first, second) = (&pair.first.claimant, &pair.second.claimant);
    match (decision.relation.as_str(), decision.of_claim) {
        ("derivative", Some(of)) if of == pair.first.claim_id => {
            format!("{second} claims a share of what {first} claims")
        }
        ("derivative", _) => format!("{first} claims a share of what {second} claims"),
        ("same_money", _) => "the same money, the larger amount stays".to_owned(),
        _ => "different money, nothing is removed".to_owned(),
    }
}

/// A decision in force, as answers to begin with.
fn prefilled(pair: &Pair) -> Answers {
    let Some(decision) = pair.in_force() else { return Answers::default() };
    let relation = match (decision.relation.as_str(), decision.of_claim) {
        ("derivative", Some(of)) if of == pair.first.claim_id => "second_of_first",
        ("derivative", _) => "first_of_second",
        (other, _) => other,
    };
    let answers = Answers::default().with("relation", relation).with("reason", decision.reason.clone());
    if decision.release_id == EVERYWHERE { answers.with("everywhere", "yes") } else { answers }
}

fn form_of(shown: &Shown, pair: &Pair, typed: Option<Typed>) -> impl IntoView + use<> {
    let Typed { answers, errors, .. } = typed.unwrap_or_else(|| Typed::of(prefilled(pair)));
    let (a, b) = (pair.first.claim_id, pair.second.claim_id);
    let action = format!("/counsel/{}/overlaps/{}/{a}/{b}", shown.case.settings.slug, shown.entry.id);
    let id = |name: &str| format!("field-{name}-{a}-{b}");
    let error = |name: &str| errors.iter().find(|error| error.field == name).map(|error| error.message.clone());
    let message = |name: &str| {
        let id = format!("error-{name}-{a}-{b}");
        error(name).map(|words| view! { <p class="error" id=id><span class="hidden">"Error: "</span>{words}</p> })
    };
    let class = |name: &str| if error(name).is_some() { "field full wrong" } else { "field full" };
    let (first, second) = (pair.first.claimant.as_str(), pair.second.claimant.as_str());
    let choices = [
        (
            "first_of_second",
            format!("{first} claims a share of what {second} claims: it is removed, and payable through {second}"),
        ),
        (
            "second_of_first",
            format!("{second} claims a share of what {first} claims: it is removed, and payable through {first}"),
        ),
        ("same_money", "Both claim the same money: the larger amount stays".to_owned()),
        ("distinct", "Different money: nothing is removed".to_owned()),
    ];
    let radios: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(place, (value, words))| {
            let id = if place == 0 { id("relation") } else { id(value) };
            let named = id.clone();
            view! {
                <div class="choice">
                    <input type="radio" id=named name="relation" value=value checked=answers.get("relation") == value/>
                    <label for=id>{words}</label>
                </div>
            }
        })
        .collect();
    let described = |name: &str| error(name).map(|_| format!("error-{name}-{a}-{b}"));
    let invalid = |name: &str| error(name).map(|_| "true");
    let everywhere = {
        let (named, labelled) = (id("everywhere"), id("everywhere"));
        let words = if shown.entry.is_of_lump_sums() {
            "This holds for every release that the two share, too"
        } else {
            "This holds for every release that the two share"
        };
        view! {
            <div class="field full">
                <div class="choice">
                    <input type="checkbox" id=named name="everywhere" value="yes" checked=answers.get("everywhere") == "yes"/>
                    <label for=labelled>{words}</label>
                </div>
            </div>
        }
    };
    let hint_id = format!("hint-reason-{a}-{b}");
    let by = [Some(hint_id.clone()), described("reason")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let hint = form::find(OVERLAP, "reason").map_or("", |field| field.hint);
    let hint = format!("{hint} At most {} characters.", grouped_units(2_000));
    // Not `Answers::get`, which trims: what was typed comes back as it was.
    let reason = answers.0.get("reason").cloned().unwrap_or_default();
    let wrong = error("reason").is_some();
    let mark = pair.mark(&shown.entry);
    let undo = pair.in_force().map(|decision| undo_form(&action, decision, &mark));
    view! {
        <form method="post" action=action novalidate>
            <input type="hidden" name="key" value=shown.key.clone()/>
            <input type="hidden" name=seen::FIELD value=mark.clone()/>
            <div class="fields">
                <fieldset class=class("relation") aria-describedby=described("relation") aria-invalid=invalid("relation")>
                    <legend>{format!("{first} and {second}")}</legend>
                    {message("relation")}
                    <div class="choices">{radios}</div>
                </fieldset>
                {everywhere}
                <div class=class("reason")>
                    <label for=id("reason")>"Why"</label>
                    <p class="hint" id=hint_id>{hint}</p>
                    <div class="control"><TextArea id=id("reason") name="reason" text=reason described_by=Some(by) invalid=wrong rows=4/></div>
                    {message("reason")}
                </div>
            </div>
            <button type="submit">{if pair.in_force().is_some() { "Decide anew" } else { "Decide" }}</button>
        </form>
        {undo}
    }
}

fn undo_form(action: &str, decision: &Decision, mark: &str) -> impl IntoView + use<> {
    let mark = mark.to_owned();
    let action = format!("{action}/undo");
    let everywhere = decision.release_id == EVERYWHERE;
    let words = if everywhere {
        "It is undone for every release that the two share."
    } else if decision.release_id == LUMP_SUMS {
        "It is undone for their lump sums."
    } else {
        "It is undone for this release."
    };
    view! {
        <form method="post" action=action class="actions">
            <input type="hidden" name=seen::FIELD value=mark/>
            <input type="hidden" name="everywhere" value=if everywhere { "yes" } else { "" }/>
            <button type="submit" class="secondary">"Undo the decision"</button>
            <span class="small soft">{words}</span>
        </form>
    }
}

fn of_what(decision: &Decision) -> &'static str {
    match decision.release_id {
        EVERYWHERE => "All that they share",
        LUMP_SUMS => "Their lump sums",
        _ => "This release",
    }
}

fn history(shown: &Shown, pair: &Pair) -> impl IntoView + use<> {
    (!pair.history.is_empty()).then(|| {
        let zone = &shown.case.settings.time_zone;
        let rows: Vec<_> = pair
            .history
            .iter()
            .map(|decision| {
                let undone = match decision.undone_at {
                    Some(at) => format!("No, until {}", frame::short_moment(at, zone)),
                    None => "Yes".to_owned(),
                };
                view! {
                    <tr>
                        <th scope="row"><time datetime=decision.at.to_rfc3339()>{frame::short_moment(decision.at, zone)}</time></th>
                        <td>{decision.by.clone()}</td>
                        <td>{relation(pair, decision)}</td>
                        <td>{of_what(decision)}</td>
                        <td><span class="lines">{decision.reason.clone()}</span></td>
                        <td>{undone}</td>
                    </tr>
                }
            })
            .collect();
        view! {
            <h3>"What was said so far"</h3>
            <Table caption=format!("Decisions about {} and {}, newest first", pair.first.number, pair.second.number) quiet=true class="dense">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"Relation"</th>
                        <th scope="col">"Of what"</th>
                        <th scope="col">"Reason"</th>
                        <th scope="col">"Still in force"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
    })
}
