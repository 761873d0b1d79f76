//! Documents of a draft, and who may open one. The bytes are written and verified before a row names them.

use super::{Failure, Recoup, claim_view, edit_lines, permit, review, save_step};
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
    /// It was taken away since the claim was last sent, and is back under the name that it has in what was sent.
    Back(DocumentId, String),
    /// The claim holds the same bytes already, under this name.
    Known(DocumentId, String),
}

/// How many bytes may still be added to a claim, for a person who may add them.
///
/// # Errors
/// If the claim cannot be changed.
pub async fn room(recoup: &Recoup, actor: &Actor, id: ClaimId) -> Result<u64, Failure> {
    let mut tx = recoup.store.read().await?;
    room_in(recoup, &mut tx, actor, id).await
}

/// Whether a file has room in a claim, before its bytes are kept: for a person who may add it. Bytes that the claim has already take none.
///
/// # Errors
/// If it has none, or the claim cannot be changed.
pub async fn has_room(recoup: &Recoup, actor: &Actor, id: ClaimId, sha256: &str, bytes: u64) -> Result<(), Failure> {
    let mut tx = recoup.store.read().await?;
    let room = room_in(recoup, &mut tx, actor, id).await?;
    if bytes <= room || documents::claim_has(&mut tx, id, sha256).await? { Ok(()) } else { Err(full(recoup)) }
}

async fn room_in(recoup: &Recoup, tx: &mut Tx, actor: &Actor, id: ClaimId) -> Result<u64, Failure> {
    let claim = claim_view::own_claim(tx, actor, id, Action::ChangeClaim).await?;
    if claim.draft_id.is_none() {
        return Err(Failure::said(
            "This claim was sent meanwhile, perhaps from another tab. To add documents, choose “Amend this claim” on its page.",
        ));
    }
    let used = documents::bytes_of_claim(tx, id).await?;
    Ok(recoup.limits.claim_bytes.saturating_sub(u64::try_from(used).unwrap_or(0)))
}

/// What to say of a file for which a claim has no room.
fn full(recoup: &Recoup) -> Failure {
    Failure::said(format!(
        "The documents of a claim can have {} MB together, with all statements that it has or had an import of; this file no longer fits. \
         Discard imports that are not lines yet, or remove documents that you added since the claim was last sent. What was sent or \
         imported goes on counting, also when it was removed.",
        recoup.limits.claim_bytes / 1_000_000
    ))
}

/// How a document came to a draft.
pub(super) enum Link {
    /// The draft had it.
    There(Document),
    /// It was taken away in this draft, and is back.
    Back(Document),
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
    if let Some(known) = documents::by_hash(tx, claim, &document.sha256).await? {
        match known.removed_in {
            None => return Ok(Link::There(known)),
            Some(removed_in) if removed_in == version => {
                documents::restore(tx, known.id).await?;
                return Ok(Link::Back(known));
            }
            // A sent version lacks it: that version must go on lacking it, so this stay gets a row of its own.
            Some(_) => {}
        }
    }
    let added = documents::add(tx, claim, document, actor.account, version, now).await?;
    fits(recoup, tx, claim).await?;
    Ok(Link::New(added))
}

/// Whether a claim still holds no more than it may, now that a file was added in this transaction, which a failure ends. The same
/// bytes count once, so what becomes a document of a statement that is being imported takes no more room than before.
pub(super) async fn fits(recoup: &Recoup, tx: &mut Tx, claim: ClaimId) -> Result<(), Failure> {
    let used = documents::bytes_of_claim(tx, claim).await?;
    if u64::try_from(used).unwrap_or(u64::MAX) <= recoup.limits.claim_bytes {
        return Ok(());
    }
    Err(full(recoup))
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
    let (added, name) = match link(recoup, &mut tx, actor, id, version, document, now).await? {
        Link::There(known) => return Ok(Added::Known(known.id, known.name)),
        Link::Back(known) => (Added::Back(known.id, known.name.clone()), known.name),
        Link::New(id) => (Added::New(id), document.name.clone()),
    };
    let details = serde_json::json!({ "name": name, "sha256": document.sha256, "bytes": document.bytes });
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
    Ok(added)
}

/// Takes a document away from the draft. Sent versions keep it. What an earlier version or this draft lacks already stays as it is: once
/// more, from a stale tab perhaps, changes nothing.
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
    if found.removed_in.is_some() {
        return Ok(());
    }
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
/// If the claim cannot be changed or the draft has no such document.
pub async fn describe(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    document: DocumentId,
    proves: &str,
) -> Result<(), Failure> {
    let mut tx = recoup.store.write().await?;
    let (_, draft) = save_step::open(&mut tx, actor, id, recoup.clock.now()).await?;
    let version = claims::version(&mut tx, draft).await?.ok_or(Refusal::NotFound)?.version;
    edit_lines::is_there(&mut tx, id, version, document).await?;
    documents::set_proves(&mut tx, document, crate::intake::form::clean(proves.trim(), 500).as_str()).await?;
    Ok(tx.commit().await?)
}

/// A document for somebody who may open it: its claimant, or counsel once a version with it was sent. Opening is an event, once for
/// a while: a claimant may ask who read what they sent, and whoever turns its pages reads it once.
///
/// # Errors
/// [`Refusal::NotFound`] for everybody else.
pub async fn open(recoup: &Recoup, actor: &Actor, document: DocumentId) -> Result<Document, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let (case, claimant, sent) = documents::owner(&mut tx, document).await?.ok_or(Refusal::NotFound)?;
    if actor.may(Action::ReadOwnClaim(claimant)).is_err() {
        permit(actor, Action::ReviewClaim(case))?;
        if !sent {
            return Err(Refusal::NotFound.into());
        }
    }
    let found = documents::by_id(&mut tx, document).await?.ok_or(Refusal::NotFound)?;
    let details = serde_json::json!({ "name": found.name, "sha256": found.sha256 });
    let event = events::NewEvent {
        case_id: case,
        claim_id: Some(found.claim_id),
        account: Some(actor.account),
        kind: "document_opened",
        details,
    };
    if events::happened_since(&mut tx, &event, now - review::ONE_OPENING).await? {
        return Ok(found);
    }
    drop(tx);
    let mut tx = recoup.store.write().await?;
    events::add(&mut tx, &event, now).await?;
    tx.commit().await?;
    Ok(found)
}
