//! Amending: a draft of the next version beside the one in force.

use super::{Failure, Recoup, claim_view};
use crate::{
    ClaimId,
    access::{Action, Actor, Refusal},
    case::Intake,
    store::{claims, events},
};

/// Opens a draft of the next version, filled with the version in force. If one is open already, or the claim was never
/// sent, that one is taken up.
///
/// # Errors
/// If the case takes no more claims.
pub async fn amend(recoup: &Recoup, actor: &Actor, id: ClaimId) -> Result<(), Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    claim_view::own_claim(&mut tx, actor, id, Action::ChangeClaim).await?;
    claims::lock(&mut tx, id).await?;
    let claim = claims::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    let case = claim_view::case_of(&mut tx, &claim).await?;
    if case.intake(now) == Intake::Closed {
        return Err(Failure::said("This case no longer takes claims, nor changes to them."));
    }
    match (claim.in_force_id, claim.draft_id) {
        (_, Some(_)) if claim.status != "withdrawn" => return Ok(()),
        (None, Some(_)) => claims::reopen_draft(&mut tx, id, now).await?,
        (Some(_), Some(_)) => return Ok(()),
        (Some(in_force), None) => {
            let next = claims::next_version(&mut tx, id).await?;
            let draft = claims::add_version(&mut tx, id, next, now).await?;
            claims::copy_version(&mut tx, in_force, draft).await?;
        }
        // Its draft was purged.
        (None, None) => {
            let next = claims::next_version(&mut tx, id).await?;
            claims::add_version(&mut tx, id, next, now).await?;
            claims::reopen_draft(&mut tx, id, now).await?;
        }
    }
    let event = events::NewEvent {
        case_id: claim.case_id,
        claim_id: Some(id),
        account: Some(actor.account),
        kind: "amendment_started",
        details: serde_json::json!({}),
    };
    events::add(&mut tx, &event, now).await?;
    Ok(tx.commit().await?)
}
