//! The receipt of a sent version as a letter: kept when the version is frozen, so that it is the same whenever it is typeset.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{canonical, read};
use crate::{
    ClaimId, Instant, MailId, VersionId,
    access::{Actor, Refusal},
    actions::{
        Failure, Recoup,
        claim_view::{self, Draft},
    },
    case::Case,
    deadline,
    frozen::FrozenClaim,
    letters::{self, Contents, Letter, LetterKind, Order, Texts},
    line::Basis,
    store::{
        Tx, events,
        letters::{self as store, NewLetter},
    },
};

/// Keeps the receipt of a version, in the transaction that freezes it, and lets it go with `mails`. The log records what was sent
/// in the entry `logged`.
pub(in crate::actions) async fn keep(
    tx: &mut Tx,
    draft: &Draft,
    (frozen, sha256): (&FrozenClaim, &str),
    texts: &Texts,
    logged: (i64, String),
    mails: &[MailId],
    now: Instant,
) -> Result<(), Failure> {
    let mut letter = write(&draft.case, frozen, sha256, texts)?;
    letter.logged = Some(logged);
    letter.filing_basis = Some(draft.case.settings.filing_basis);
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
    Ok(store::add_receipt(tx, &new, mails, now).await?)
}

/// Number and hash of the entry of the log that records what was sent.
async fn logged(tx: &mut Tx, claim: ClaimId, sha256: &str) -> Result<Option<(i64, String)>, Failure> {
    let sent = |event: &events::Event| {
        matches!(event.kind.as_str(), "claim_submitted" | "claim_amended") && event.details.contains(sha256)
    };
    let found = events::of_claim(tx, claim).await?.into_iter().rfind(sent);
    Ok(found.map(|event| (event.seq, event.hash)))
}

fn write(case: &Case, frozen: &FrozenClaim, sha256: &str, texts: &Texts) -> Result<Letter, Failure> {
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
    let logged = logged(&mut tx, claim, &sent.sha256).await?;
    // Sent before receipts were kept: the words that every case begins with, which do not change.
    let texts = letters::read_texts(&letters::defaults()).map_err(Failure::Invalid)?;
    let mut letter = write(&case, &sent.frozen, &sent.sha256, &texts)?;
    letter.logged = logged;
    letter.filing_basis = Some(case.settings.filing_basis);
    Ok(Contents { letter, claim: sent.frozen })
}

/// The basis of stock in the totals of the receipt of a sent version, so that a page shows the same total as the PDF: that of the case
/// when it was sent, or as it is today where no receipt was kept.
///
/// # Errors
/// If the kept receipt cannot be read.
pub async fn filing_basis(tx: &mut Tx, version: VersionId, case: &Case) -> Result<Option<Basis>, Failure> {
    let Some(text) = store::receipt_text(tx, version).await? else {
        return Ok(Some(case.settings.filing_basis));
    };
    let letter =
        Letter::read(&text).map_err(|error| Failure::Internal(format!("the receipt of {version}: {error}")))?;
    Ok(letter.filing_basis)
}

/// The PDF of a receipt, known by its hash: whoever has the file may ask whether it is one. Other letters are known to nobody but those to
/// whom they go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFile {
    /// Hash of the canonical text of the version.
    of: String,
    /// Hash of the file.
    sha256: String,
}

impl ReceiptFile {
    /// The file that was made of a letter, if that is a receipt.
    #[must_use]
    pub fn of(letter: &Letter, pdf: &[u8]) -> Option<Self> {
        let sha256 = || HEXLOWER.encode(&Sha256::digest(pdf));
        (letter.kind == LetterKind::Receipt).then(|| Self { of: letter.sha256.clone(), sha256: sha256() })
    }

    /// Keeps the hash, with whatever else the transaction does. Once more changes nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep(&self, tx: &mut Tx) -> Result<(), crate::store::Error> {
        store::know_receipt(tx, &self.of, &self.sha256).await
    }
}

/// Keeps the hash of the PDF of a receipt before it is given to somebody who asked for it.
///
/// # Errors
/// If the database fails.
pub async fn know(recoup: &Recoup, letter: &Letter, pdf: &[u8]) -> Result<(), Failure> {
    let Some(file) = ReceiptFile::of(letter, pdf) else { return Ok(()) };
    let mut tx = recoup.store.read().await?;
    let known = store::knows_receipt(&mut tx, &file.of, &file.sha256).await?;
    drop(tx);
    if known {
        return Ok(());
    }
    // Where a machine that loses its power loses this, the same bytes are made and kept again.
    let mut tx = recoup.store.write_soon().await?;
    file.keep(&mut tx).await?;
    Ok(tx.commit().await?)
}
