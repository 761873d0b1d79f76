//! The receipt of a sent version as a letter: kept when the version is frozen, so that it is the same whenever it is typeset.

use super::{canonical, read, texts};
use crate::{
    ClaimId, Instant, LetterId,
    access::{Actor, Refusal},
    actions::{
        Failure, Recoup,
        claim_view::{self, Draft},
    },
    case::Case,
    deadline,
    frozen::FrozenClaim,
    letters::{self, Contents, LetterKind, Order, Texts},
    store::{
        Tx,
        letters::{self as store, NewLetter},
    },
};

/// Keeps the receipt of a version, in the transaction that freezes it.
pub(in crate::actions) async fn keep(
    tx: &mut Tx,
    draft: &Draft,
    frozen: &FrozenClaim,
    sha256: &str,
    now: Instant,
) -> Result<LetterId, Failure> {
    let (_, texts) = texts::texts_of(tx, &draft.case).await?;
    let letter = write(&draft.case, frozen, sha256, &texts)?;
    let (text, hash) = canonical(&letter)?;
    let new = NewLetter {
        case_id: draft.case.id,
        claim_id: draft.claim.id,
        version_id: draft.version.id,
        kind: LetterKind::Receipt.key(),
        frozen: &text,
        sha256: &hash,
        state: "",
        since: letter.day,
        by: None,
    };
    Ok(store::add(tx, &new, now).await?)
}

fn write(case: &Case, frozen: &FrozenClaim, sha256: &str, texts: &Texts) -> Result<letters::Letter, Failure> {
    let order = Order {
        kind: LetterKind::Receipt,
        claim: frozen,
        sha256,
        case_title: &frozen.case_title,
        contact: &case.settings.contact,
        at: frozen.received_at,
        day: deadline::day_in(frozen.received_at, &frozen.time_zone),
        received: &deadline::show(frozen.received_at, &frozen.time_zone),
        texts,
    };
    letters::write(&order).ok_or_else(|| Failure::Internal("a receipt was not written".to_owned()))
}

/// The receipt of a sent version, for its claimant or for counsel.
///
/// # Errors
/// [`Refusal::NotFound`] for everybody else.
pub async fn receipt(recoup: &Recoup, actor: &Actor, claim: ClaimId, version: i64) -> Result<Contents, Failure> {
    let (_, case, versions) = claim_view::sent_versions(recoup, actor, claim).await?;
    let sent = versions.into_iter().find(|sent| sent.frozen.version == version).ok_or(Refusal::NotFound)?;
    let mut tx = recoup.store.read().await?;
    if let Some(id) = store::receipt(&mut tx, sent.version.id).await? {
        drop(tx);
        return read::contents(recoup, id).await;
    }
    // Sent before receipts were kept: the words that every case begins with, which do not change.
    let texts = letters::read_texts(&letters::defaults()).map_err(Failure::Invalid)?;
    let letter = write(&case, &sent.frozen, &sent.sha256, &texts)?;
    Ok(Contents { letter, claim: sent.frozen })
}
