//! Where a letter is: counsel say that it was sent, signed, accepted, or what else came of it.

use chrono::NaiveDate;

use crate::{
    LetterId,
    access::{Action, Actor, Refusal},
    actions::{Failure, Recoup, once, permit},
    case::Case,
    deadline,
    intake::Answers,
    letters::{LetterKind, State, StepTaken, read_step},
    store::{
        cases,
        events::{self, NewEvent},
        letters as store, queue_up,
    },
};

/// Takes a step of a letter, forward or as a correction with its reason. `steps` says how many had been taken when the form was
/// read; `key` is the form's idempotency key.
///
/// # Errors
/// Wrong answers; a letter of which somebody said something meanwhile; a step after the claim was withdrawn that no note explains.
pub async fn take_step(
    recoup: &Recoup,
    actor: &Actor,
    id: LetterId,
    steps: i64,
    answers: &Answers,
    key: &str,
) -> Result<StepTaken, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let case = store::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?.case_id;
    permit(actor, Action::WriteLetters(case))?;
    // Who writes the letter anew looks first whether it is still a draft: until that is done nobody says that it was sent.
    queue_up(&mut tx, &format!("letters {case}")).await?;
    let row = store::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    let fingerprint = format!("{id} {steps} {answers:?}");
    let (kind, state) = LetterKind::parse(&row.kind).zip(State::parse(&row.state)).ok_or(Refusal::NotFound)?;
    let case = cases::by_id(&mut tx, row.case_id).await?.ok_or(Refusal::NotFound)?.read()?;
    let again = once::answered(&mut tx, actor, key, "letter_step", &fingerprint).await?;
    let withdrawn = row.withdrawn_at.map(|at| deadline::day_in(at, &case.settings.time_zone));
    let taken = || read_step(kind, (state, row.since), withdrawn, answers, day_of(recoup, &case));
    if again.is_some() {
        let done = StepTaken { state, day: row.since, note: String::new(), correction: false };
        return Ok(taken().unwrap_or(done));
    }
    let moved = || {
        Failure::said(format!(
            "Meanwhile somebody said that this letter is “{}”. Look at what happened below, and say again what is to be said.",
            state.word().to_lowercase()
        ))
    };
    if row.steps != steps || !row.is_current {
        return Err(moved());
    }
    let taken = taken().map_err(Failure::Invalid)?;
    let of = (taken.state.key(), taken.day, taken.note.as_str(), taken.correction);
    if !store::step(&mut tx, id, steps, of, actor.account, now).await? {
        return Err(moved());
    }
    let details = serde_json::json!({
        "correction": taken.correction, "day": taken.day, "from": state.key(), "kind": kind.key(), "note": taken.note, "to": taken.state.key(),
    });
    let event = NewEvent {
        case_id: case.id,
        claim_id: Some(row.claim_id),
        account: Some(actor.account),
        kind: "letter_step",
        details,
    };
    events::add(&mut tx, &event, now).await?;
    once::keep(recoup, &mut tx, actor, key, "letter_step", &fingerprint, taken.state.key()).await?;
    tx.commit().await?;
    Ok(taken)
}

/// Today, in the zone of a case.
#[must_use]
pub fn day_of(recoup: &Recoup, case: &Case) -> NaiveDate {
    deadline::day_in(recoup.clock.now(), &case.settings.time_zone)
}
