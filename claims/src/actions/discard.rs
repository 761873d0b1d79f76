//! Discarding an amendment that was begun: what was sent stays in force as if nothing had been opened.

use super::{Failure, Recoup, claim_view};
use crate::{
    ClaimId, VersionId,
    access::{Action, Actor, Refusal},
    frozen::FrozenDocuments,
    store::{Tx, claims, documents, events, statements},
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
    let Some(in_force) = claim.in_force_id else {
        return Err(Failure::said("This claim was never sent. To go no further with it, withdraw it."));
    };
    let claims::Version { version, created_at, .. } =
        claims::version(&mut tx, draft).await?.ok_or(Refusal::NotFound)?;
    statements::discard_since(&mut tx, id, created_at).await?;
    claims::delete_draft(&mut tx, id, draft, now).await?;
    documents::discard(&mut tx, id, version).await?;
    describe_as_signed(&mut tx, id, in_force).await?;
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

/// Brings back what the documents of the version in force prove: the row of a document has one description, which the draft may have changed.
async fn describe_as_signed(tx: &mut Tx, id: ClaimId, in_force: VersionId) -> Result<(), Failure> {
    let version = claims::version(tx, in_force).await?.ok_or(Refusal::NotFound)?;
    let text = version.frozen.ok_or(Refusal::NotFound)?;
    let signed = FrozenDocuments::read(&text)
        .map_err(|error| Failure::Internal(format!("version {in_force} cannot be read: {error}")))?;
    for document in documents::of_version(tx, id, version.version).await? {
        if let Some(proves) = signed.proves(&document.sha256).filter(|proves| *proves != document.proves) {
            documents::set_proves(tx, document.id, proves).await?;
        }
    }
    Ok(())
}
