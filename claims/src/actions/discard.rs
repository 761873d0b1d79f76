//! Discarding an amendment that was begun: what was sent stays in force as if nothing had been opened.

use super::{Failure, Recoup, claim_view};
use crate::{
    ClaimId,
    access::{Action, Actor, Refusal},
    store::{claims, documents, events, statements},
};

/// Deletes the open draft beside the version in force, with what was typed and added in it. Once more changes nothing.
///
/// # Errors
/// For a claim that was never sent: its draft is all there is, and is withdrawn instead.
pub async fn discard(recoup: &Recoup, actor: &Actor, id: ClaimId) -> Result<(), Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    claim_view::own_claim(&mut tx, actor, id, Action::ChangeClaim).await?;
    claims::lock(&mut tx, id).await?;
    let claim = claims::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    let Some(draft) = claim.draft_id else { return Ok(()) };
    if claim.in_force_id.is_none() {
        return Err(Failure::said("This claim was never sent. To go no further with it, withdraw it."));
    }
    let claims::Version { version, created_at, .. } =
        claims::version(&mut tx, draft).await?.ok_or(Refusal::NotFound)?;
    statements::discard_since(&mut tx, id, created_at).await?;
    claims::delete_draft(&mut tx, id, draft, now).await?;
    documents::discard(&mut tx, id, version).await?;
    let event = events::NewEvent {
        case_id: claim.case_id,
        claim_id: Some(id),
        account: Some(actor.account),
        kind: "amendment_discarded",
        details: serde_json::json!({ "version": version }),
    };
    events::add(&mut tx, &event, now).await?;
    Ok(tx.commit().await?)
}
