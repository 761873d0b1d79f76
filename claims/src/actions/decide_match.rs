//! What counsel say of two claims that resemble each other. The machine proposes, people decide: a decision is an event with
//! the score that the person saw, can be undone, and is never overturned by a later run.

use super::{Failure, Recoup, once, permit, record, seen};
use crate::{
    CaseId, MatchId,
    access::{Action, Actor, Refusal},
    intake::{Answers, resolution},
    store::{
        matches::{self, Match, NewDecision},
        matching,
    },
};

/// Decides a pair; a decision before it is undone. `key` is the form's idempotency key.
///
/// # Errors
/// Wrong answers; a pair that is not in the case or no longer found.
pub async fn decide(
    recoup: &Recoup,
    actor: &Actor,
    case: CaseId,
    id: MatchId,
    answers: &Answers,
    key: &str,
) -> Result<(), Failure> {
    permit(actor, Action::Decide(case))?;
    let (verdict, reason) = resolution::read_match(answers).map_err(Failure::Invalid)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    // A run that is being written could take the pair off below us, and the verdict would stand without it.
    matching::lock(&mut tx, case).await?;
    let fingerprint = format!("{case} {id} {verdict} {reason}");
    if once::answered(&mut tx, actor, key, "decide_match", &fingerprint).await?.is_some() {
        return Ok(());
    }
    let pair = matches::by_id(&mut tx, case, id).await?.ok_or_else(gone)?;
    if seen::is_stale(answers.get(seen::FIELD), &seen::mark_of_match(&pair)) {
        return Err(meanwhile(&pair));
    }
    let decision = NewDecision {
        case_id: case,
        claims: (pair.claim_a, pair.claim_b),
        verdict: &verdict,
        reason: &reason,
        engine: &pair.engine,
        score: pair.score,
        by: actor.account,
    };
    matches::decide(&mut tx, &decision, now).await?;
    let details = serde_json::json!({
        "a": pair.number_a, "b": pair.number_b, "verdict": verdict, "reason": reason, "score": pair.score, "engine": pair.engine,
    });
    record(&mut tx, case, actor.account, "match_decided", details, now).await?;
    matching::want(&mut tx, case).await?;
    once::keep(recoup, &mut tx, actor, key, "decide_match", &fingerprint, "").await?;
    Ok(tx.commit().await?)
}

/// Undoes the decision of a pair; once more changes nothing. `mark` is that of the page ([`seen::mark_of_match`]).
///
/// # Errors
/// A pair that is not in the case, or of which somebody decided otherwise since the page was read.
pub async fn undo(recoup: &Recoup, actor: &Actor, case: CaseId, id: MatchId, mark: &str) -> Result<(), Failure> {
    permit(actor, Action::Decide(case))?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    matching::lock(&mut tx, case).await?;
    let pair = matches::by_id(&mut tx, case, id).await?.ok_or_else(gone)?;
    if pair.verdict.is_some() && seen::is_stale(mark, &seen::mark_of_match(&pair)) {
        return Err(meanwhile(&pair));
    }
    let Match { claim_a, claim_b, number_a, number_b, verdict, .. } = pair;
    if matches::undo(&mut tx, (claim_a, claim_b), actor.account, now).await? {
        let details = serde_json::json!({ "a": number_a, "b": number_b, "verdict": verdict });
        record(&mut tx, case, actor.account, "match_undone", details, now).await?;
        matching::want(&mut tx, case).await?;
    }
    Ok(tx.commit().await?)
}

/// Asks for a run of the whole case, whatever changed or not.
///
/// # Errors
/// If the person may not.
pub async fn run_again(recoup: &Recoup, actor: &Actor, case: CaseId) -> Result<(), Failure> {
    permit(actor, Action::Decide(case))?;
    let mut tx = recoup.store.write().await?;
    // A run that waits already sees everything that this one would.
    if matching::state(&mut tx, case).await?.is_current() {
        matching::want(&mut tx, case).await?;
    }
    matching::wait_no_longer(&mut tx, case).await?;
    Ok(tx.commit().await?)
}

/// Somebody decided, or undid a decision, since the page was read.
fn meanwhile(pair: &Match) -> Failure {
    let what = match pair.verdict.as_deref() {
        Some("same") => "that they are the same claimant",
        Some("different") => "that they are different claimants",
        Some(_) => "to put the pair off",
        None => return Failure::said(UNDONE),
    };
    let who = pair.decided_by.as_deref().unwrap_or("Somebody");
    Failure::said(format!(
        "{who} decided meanwhile {what}. Look again at what is in force now; nothing of yours was kept."
    ))
}

/// What is said where a decision was undone since the page was read.
pub(super) const UNDONE: &str =
    "Somebody undid the decision meanwhile. Look again at what is in force now; nothing of yours was kept.";

fn gone() -> Failure {
    Refusal::NotFound.into()
}
