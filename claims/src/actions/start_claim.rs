//! Starting a claim: a claimant, old or new, and the first draft.

use super::{Failure, Recoup, once, permit};
use crate::{
    CaseId, ClaimId, ClaimantId,
    access::{Action, Actor, Refusal},
    case::Intake,
    intake::{Answers, claimant, steps::Step},
    status::ClaimStatus,
    store::{
        Tx, cases,
        claims::{self, Claim},
        events, is_unique_violation, queue_up,
    },
};

/// For whom a claim is started.
#[derive(Debug, Clone)]
pub enum Who {
    /// A claimant for whom the account acts already.
    Known(ClaimantId),
    /// A new one, from the answers of the short form.
    New(Answers),
    /// The same, of whom it was said that it is somebody else than the claimant of that name who has a claim in the case.
    Namesake(Answers),
}

/// Whether two legal names are one, however they are spaced and whatever letters are capital.
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    one.split_whitespace().map(str::to_lowercase).eq(other.split_whitespace().map(str::to_lowercase))
}

/// The claim in the case of a claimant of this name for whom the account acts.
async fn of_name(tx: &mut Tx, actor: &Actor, case: CaseId, name: &str) -> Result<Option<Claim>, Failure> {
    for claimant in claims::acts_for(tx, actor.account).await? {
        if same_name(&claimant.legal_name, name)
            && let Some(claim) = claims::of_claimant(tx, case, claimant.id).await?
        {
            return Ok(Some(claim));
        }
    }
    Ok(None)
}

/// Says that there is a claim of this name already, and what can be done with it.
fn there_already(claim: &Claim) -> String {
    let name = &claim.claimant;
    let number = claim.number.as_ref().map_or_else(String::new, |number| format!(" ({number})"));
    let what = match ClaimStatus::parse(&claim.status) {
        Some(ClaimStatus::Submitted) if claim.draft_id.is_some() => {
            "It was sent, and you are amending it: go on with that."
        }
        Some(ClaimStatus::Submitted) => "It was sent. To change or add something, amend it.",
        Some(ClaimStatus::Withdrawn) => "It was withdrawn. To file it after all, take it up again.",
        Some(ClaimStatus::Draft) | None => "It is not sent yet: go on with it.",
    };
    format!(
        "You have a claim of “{name}” in this case already{number}. {what} Only if this is somebody else of the same name, start a new one."
    )
}

/// Starts a claim and gives it, or gives the one that the claimant already has in the case. `key` is the form's
/// idempotency key.
///
/// # Errors
/// Wrong answers; a case that takes no claims; a claim of that name that the account has in the case already, unless it was said
/// that this is somebody else; too many drafts.
pub async fn start(recoup: &Recoup, actor: &Actor, slug: &str, who: &Who, key: &str) -> Result<ClaimId, Failure> {
    permit(actor, Action::StartClaim)?;
    let new = match who {
        Who::Known(claimant) => {
            permit(actor, Action::ChangeClaim(*claimant))?;
            None
        }
        Who::New(answers) | Who::Namesake(answers) => {
            Some((claimant::read_start(answers).map_err(Failure::Invalid)?, answers))
        }
    };
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let fingerprint = format!("{slug} {who:?}");
    if let Some(answer) = once::answered(&mut tx, actor, key, "start_claim", &fingerprint).await? {
        return answer.parse().map(ClaimId).map_err(|_| Failure::Internal("a stored answer is damaged".to_owned()));
    }
    let case = cases::by_slug(&mut tx, slug).await?.ok_or(Refusal::NotFound)?.read()?;
    if case.intake(now) == Intake::Closed {
        return Err(Failure::said("This case no longer takes claims."));
    }
    // A second tab waits here for the first, and finds the claim that it started.
    queue_up(&mut tx, &format!("start {} {}", actor.account, case.id)).await?;
    if let (Who::New(_), Some(((_, name, _), _))) = (who, &new)
        && let Some(claim) = of_name(&mut tx, actor, case.id, name).await?
    {
        return Err(Failure::said(there_already(&claim)));
    }
    if claims::count_drafts(&mut tx, actor.account).await? >= recoup.limits.drafts {
        return Err(Failure::said(format!(
            "You have {} unfinished claims. Finish or withdraw some before you start another.",
            recoup.limits.drafts
        )));
    }
    let (claimant, answers) = match (who, new) {
        (Who::New(_) | Who::Namesake(_), Some(((kind, name, capacity), answers))) => (
            claims::add_claimant(&mut tx, actor.account, &kind, &name, &capacity, now).await?,
            answers.only(claimant::START),
        ),
        (Who::Known(id), _) => {
            if let Some(existing) = claims::of_claimant(&mut tx, case.id, *id).await? {
                return Ok(existing.id);
            }
            // What the claimant said of itself in another case is offered again.
            (*id, claims::answers_of_latest(&mut tx, *id, Step::Claimant.key()).await?.unwrap_or_default())
        }
        (Who::New(_) | Who::Namesake(_), None) => {
            return Err(Failure::Internal("a new claimant without answers".to_owned()));
        }
    };
    let (claim, version) = match claims::add(&mut tx, case.id, claimant, now).await {
        // The same claimant from two tabs at once: the other one won.
        Err(error) if is_unique_violation(&error) => {
            drop(tx);
            let mut tx = recoup.store.read().await?;
            return claims::of_claimant(&mut tx, case.id, claimant)
                .await?
                .map(|claim| claim.id)
                .ok_or(Failure::Store(error));
        }
        done => done?,
    };
    let answers = if answers.get("email").is_empty() { answers.with("email", actor.email.clone()) } else { answers };
    claims::save_answers(&mut tx, version, Step::Claimant.key(), &answers, now).await?;
    let event = events::NewEvent {
        case_id: case.id,
        claim_id: Some(claim),
        account: Some(actor.account),
        kind: "claim_started",
        details: serde_json::json!({}),
    };
    events::add(&mut tx, &event, now).await?;
    once::keep(recoup, &mut tx, actor, key, "start_claim", &fingerprint, &claim.to_string()).await?;
    tx.commit().await?;
    Ok(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_whatever_its_case_and_spaces() {
        for other in ["Mona Keys", "mona  keys", " MONA KEYS "] {
            assert!(same_name("Mona Keys", other), "{other}");
        }
        assert!(!same_name("Mona Keys", "Mona Key") && !same_name("Mona Keys", "MonaKeys"));
    }
}
