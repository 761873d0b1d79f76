//! Starting a claim: a claimant, old or new, and the first draft.

use super::{Failure, Recoup, once, permit};
use crate::{
    ClaimId, ClaimantId,
    access::{Action, Actor, Refusal},
    case::Intake,
    intake::{Answers, claimant, steps::Step},
    store::{cases, claims, events, is_unique_violation},
};

/// For whom a claim is started.
#[derive(Debug, Clone)]
pub enum Who {
    /// A claimant for whom the account acts already.
    Known(ClaimantId),
    /// A new one, from the answers of the short form.
    New(Answers),
}

/// Starts a claim and gives it, or gives the one that the claimant already has in the case. `key` is the form's
/// idempotency key.
///
/// # Errors
/// Wrong answers; a case that takes no claims; too many drafts.
pub async fn start(recoup: &Recoup, actor: &Actor, slug: &str, who: &Who, key: &str) -> Result<ClaimId, Failure> {
    permit(actor, Action::StartClaim)?;
    let new = match who {
        Who::Known(claimant) => {
            permit(actor, Action::ChangeClaim(*claimant))?;
            None
        }
        Who::New(answers) => Some((claimant::read_start(answers).map_err(Failure::Invalid)?, answers)),
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
    if claims::count_drafts(&mut tx, actor.account).await? >= recoup.limits.drafts {
        return Err(Failure::said(format!(
            "You have {} unfinished claims. Finish or withdraw some before you start another.",
            recoup.limits.drafts
        )));
    }
    let (claimant, answers) = match (who, new) {
        (Who::New(_), Some(((kind, name, capacity), answers))) => (
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
        (Who::New(_), None) => return Err(Failure::Internal("a new claimant without answers".to_owned())),
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
