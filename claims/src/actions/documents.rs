//! Documents of a draft, and who may open one. The bytes are written and verified before a row names them.

use super::{Failure, Recoup, claim_view, permit, save_step};
use crate::{
    ClaimId, DocumentId, Instant,
    access::{Action, Actor, Refusal},
    store::{
        Tx, claims,
        documents::{self, Document, NewDocument},
        events,
    },
};

/// What adding a document ended in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It was added.
    New(DocumentId),
    /// The claim holds the same bytes already, under this name.
    Known(DocumentId, String),
}

/// How many bytes may still be added to a claim, for a person who may add them.
///
/// # Errors
/// If the claim cannot be changed.
pub async fn room(recoup: &Recoup, actor: &Actor, id: ClaimId) -> Result<u64, Failure> {
    let mut tx = recoup.store.read().await?;
    let claim = claim_view::own_claim(&mut tx, actor, id, Action::ChangeClaim).await?;
    if claim.draft_id.is_none() {
        return Err(Failure::said(
            "This claim was sent meanwhile, perhaps from another tab. To add documents, choose “Amend this claim” on its page.",
        ));
    }
    let used = documents::bytes_of_claim(&mut tx, id).await?;
    Ok(recoup.limits.claim_bytes.saturating_sub(u64::try_from(used).unwrap_or(0)))
}

/// How a document came to a draft.
pub(super) enum Link {
    /// The draft had it.
    There(Document),
    /// It was taken away in this draft, and is back.
    Back(DocumentId),
    /// It is new in this draft.
    New(DocumentId),
}

/// Links a document to the draft `version` of a claim, however it comes: uploaded by itself, or as a statement that became lines.
///
/// # Errors
/// If the claim is full.
pub(super) async fn link(
    recoup: &Recoup,
    tx: &mut Tx,
    actor: &Actor,
    claim: ClaimId,
    version: i64,
    document: &NewDocument,
    now: Instant,
) -> Result<Link, Failure> {
    let earlier = documents::by_hash(tx, claim, &document.sha256).await?;
    let more = if earlier.is_some() { 0 } else { document.bytes };
    if let Some(known) = earlier {
        match known.removed_in {
            None => return Ok(Link::There(known)),
            Some(removed_in) if removed_in == version => {
                documents::restore(tx, known.id).await?;
                return Ok(Link::Back(known.id));
            }
            // A sent version lacks it: that version must go on lacking it, so this stay gets a row of its own.
            Some(_) => {}
        }
    }
    let used = documents::bytes_of_claim(tx, claim).await?.saturating_add(more);
    if u64::try_from(used).unwrap_or(u64::MAX) > recoup.limits.claim_bytes {
        return Err(Failure::said(format!(
            "The documents of a claim can have {} MB together; this one no longer fits.",
            recoup.limits.claim_bytes / 1_000_000
        )));
    }
    Ok(Link::New(documents::add(tx, claim, document, actor.account, version, now).await?))
}

/// Links a document, whose bytes are in the object store and were verified, to the draft of a claim.
///
/// # Errors
/// If the claim cannot be changed or is full.
pub async fn add(recoup: &Recoup, actor: &Actor, id: ClaimId, document: &NewDocument) -> Result<Added, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let (claim, draft) = save_step::open(&mut tx, actor, id, now).await?;
    let version = claims::version(&mut tx, draft).await?.ok_or(Refusal::NotFound)?.version;
    let new = match link(recoup, &mut tx, actor, id, version, document, now).await? {
        Link::There(known) => return Ok(Added::Known(known.id, known.name)),
        Link::Back(id) => {
            tx.commit().await?;
            return Ok(Added::New(id));
        }
        Link::New(id) => id,
    };
    let details = serde_json::json!({ "name": document.name, "sha256": document.sha256, "bytes": document.bytes });
    events::add(
        &mut tx,
        &events::NewEvent {
            case_id: claim.case_id,
            claim_id: Some(id),
            account: Some(actor.account),
            kind: "document_added",
            details,
        },
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(Added::New(new))
}

/// Takes a document away from the draft. Sent versions keep it.
///
/// # Errors
/// If the claim cannot be changed or the document is another's.
pub async fn remove(recoup: &Recoup, actor: &Actor, id: ClaimId, document: DocumentId) -> Result<(), Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let (claim, draft) = save_step::open(&mut tx, actor, id, now).await?;
    let found = documents::by_id(&mut tx, document)
        .await?
        .filter(|document| document.claim_id == id)
        .ok_or(Refusal::NotFound)?;
    let version = claims::version(&mut tx, draft).await?.ok_or(Refusal::NotFound)?.version;
    documents::remove(&mut tx, &found, draft, version).await?;
    let details = serde_json::json!({ "name": found.name, "sha256": found.sha256 });
    events::add(
        &mut tx,
        &events::NewEvent {
            case_id: claim.case_id,
            claim_id: Some(id),
            account: Some(actor.account),
            kind: "document_removed",
            details,
        },
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Says what a document proves.
///
/// # Errors
/// If the claim cannot be changed or the document is another's.
pub async fn describe(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    document: DocumentId,
    proves: &str,
) -> Result<(), Failure> {
    let mut tx = recoup.store.write().await?;
    save_step::open(&mut tx, actor, id, recoup.clock.now()).await?;
    documents::by_id(&mut tx, document).await?.filter(|document| document.claim_id == id).ok_or(Refusal::NotFound)?;
    documents::set_proves(&mut tx, document, crate::intake::form::clean(proves.trim(), 500).as_str()).await?;
    Ok(tx.commit().await?)
}

/// A document for somebody who may open it: its claimant, or counsel once a version with it was sent. Opening is an event.
///
/// # Errors
/// [`Refusal::NotFound`] for everybody else.
pub async fn open(recoup: &Recoup, actor: &Actor, document: DocumentId) -> Result<Document, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let (case, claimant, sent) = documents::owner(&mut tx, document).await?.ok_or(Refusal::NotFound)?;
    if actor.may(Action::ReadOwnClaim(claimant)).is_err() {
        permit(actor, Action::ReviewClaim(case))?;
        if !sent {
            return Err(Refusal::NotFound.into());
        }
    }
    let found = documents::by_id(&mut tx, document).await?.ok_or(Refusal::NotFound)?;
    let details = serde_json::json!({ "name": found.name, "sha256": found.sha256 });
    events::add(
        &mut tx,
        &events::NewEvent {
            case_id: case,
            claim_id: Some(found.claim_id),
            account: Some(actor.account),
            kind: "document_opened",
            details,
        },
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(found)
}
