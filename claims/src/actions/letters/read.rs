//! A letter with the version that it is about.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{
    LetterId,
    access::{Action, Actor, Refusal},
    actions::{Failure, Recoup},
    frozen::FrozenClaim,
    letters::{Contents, Letter},
    store::{
        events::{self, NewEvent},
        letters as store,
    },
};

/// Reads a letter, for what goes with a mail.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none, or a text that is damaged.
pub async fn contents(recoup: &Recoup, id: LetterId) -> Result<Contents, Failure> {
    let mut tx = recoup.store.read().await?;
    let (text, sha256, claim) = store::texts(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    drop(tx);
    let damaged = |what: &str| Failure::said(format!("{what} is damaged: restore the database from a backup."));
    if HEXLOWER.encode(&Sha256::digest(text.as_bytes())) != sha256 {
        return Err(damaged("The frozen text of a letter"));
    }
    let letter = Letter::read(&text).map_err(|error| Failure::Internal(format!("letter {id}: {error}")))?;
    if HEXLOWER.encode(&Sha256::digest(claim.as_bytes())) != letter.sha256 {
        return Err(damaged(&format!("The frozen text of claim {}", letter.number)));
    }
    let claim = FrozenClaim::read(&claim).map_err(|error| Failure::Internal(format!("letter {id}: {error}")))?;
    Ok(Contents { letter, claim })
}

/// Opens a letter for its claimant or for counsel. That is an event.
///
/// # Errors
/// [`Refusal::NotFound`] for everybody else.
pub async fn open(recoup: &Recoup, actor: &Actor, id: LetterId) -> Result<Contents, Failure> {
    let mut tx = recoup.store.read().await?;
    let row = store::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    drop(tx);
    if actor.may(Action::WriteLetters(row.case_id)).is_err() {
        // Claimants read the letter, not drafts that were written anew.
        actor.may(Action::ReadOwnClaim(row.claimant_id))?;
        if !row.is_current {
            return Err(Refusal::NotFound.into());
        }
    }
    let contents = contents(recoup, id).await?;
    let mut tx = recoup.store.write().await?;
    let event = NewEvent {
        case_id: row.case_id,
        claim_id: Some(row.claim_id),
        account: Some(actor.account),
        kind: "letter_opened",
        details: serde_json::json!({ "kind": row.kind, "version": row.version }),
    };
    events::add(&mut tx, &event, recoup.clock.now()).await?;
    tx.commit().await?;
    Ok(contents)
}
