//! Beginning an import: a file, or one sheet of a workbook, is imported once as long as the claim has lines of it.

use super::{Failure, Recoup, documents, imports, save_step};
use crate::{
    ClaimId, ImportId, Instant, VersionId,
    access::Actor,
    statements::{Choices, file::sheet_named},
    store::{
        Tx,
        documents::NewDocument,
        statements::{self as stored, Import, NewImport},
    },
};

/// What beginning an import ended in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It is to be read.
    New(ImportId),
    /// The same file is being looked at already.
    Open(ImportId),
    /// The same file became lines already.
    Done(ImportId),
}

/// Begins to import a file whose bytes are in the object store.
///
/// # Errors
/// If the claim cannot be changed or is full.
pub async fn begin(recoup: &Recoup, actor: &Actor, id: ClaimId, file: &NewDocument) -> Result<Begun, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let (_, draft) = save_step::open(&mut tx, actor, id, now).await?;
    let new = NewImport {
        claim: id,
        sha256: &file.sha256,
        name: &file.name,
        media_type: &file.media_type,
        bytes: file.bytes,
        by: actor.account,
    };
    add(recoup, tx, draft, &new, None, now).await
}

/// Begins to import a sheet of a file that was imported: another one, or the same, of which no line is left. What was said of that sheet
/// need not be said anew; what was accepted is looked at anew.
///
/// # Errors
/// If the claim cannot be changed, or the file has no such sheet.
pub async fn begin_again(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    earlier: ImportId,
    sheet: &str,
) -> Result<Begun, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let (claim, draft) = save_step::open(&mut tx, actor, id, now).await?;
    let earlier = imports::of(&mut tx, &claim, earlier).await?;
    let sheet = match sheet_named(earlier.sheets(), sheet) {
        Some(known) => known,
        None if sheet == earlier.sheet() => sheet,
        None => return Err(Failure::said("This file has no such sheet.")),
    };
    let said = if sheet == earlier.sheet() { earlier.choices.0.clone() } else { Choices::default() };
    let choices = Choices { sheet: sheet.to_owned(), accepted: Default::default(), ..said };
    let new = NewImport {
        claim: id,
        sha256: &earlier.sha256,
        name: &earlier.name,
        media_type: &earlier.media_type,
        bytes: earlier.bytes,
        by: actor.account,
    };
    add(recoup, tx, draft, &new, Some(choices), now).await
}

/// Adds an import of a file, of the sheet of `choices` if there are any, unless there is one already: still open, or with lines that the
/// draft has.
async fn add(
    recoup: &Recoup,
    mut tx: Tx,
    draft: VersionId,
    new: &NewImport<'_>,
    choices: Option<Choices>,
    now: Instant,
) -> Result<Begun, Failure> {
    let sheet = choices.as_ref().map(|choices| choices.sheet.as_str());
    let same = |known: &Import| known.sha256 == new.sha256 && sheet.is_none_or(|sheet| known.sheet() == sheet);
    let all = stored::of_claim(&mut tx, new.claim).await?;
    if let Some(open) = all.iter().find(|known| known.state == "open" && same(known)) {
        return Ok(Begun::Open(open.id));
    }
    if let Some(done) = stored::counting(&mut tx, new.claim, draft).await?.iter().find(|known| same(known)) {
        return Ok(Begun::Done(done.id));
    }
    let import = stored::add(&mut tx, new, &choices.unwrap_or_default(), now).await?;
    documents::fits(recoup, &mut tx, new.claim).await?;
    tx.commit().await?;
    Ok(Begun::New(import))
}

/// Refuses to import the same sheet of the same file twice, unless it replaces what it became the first time.
pub(super) async fn only_once(
    tx: &mut Tx,
    import: &Import,
    draft: VersionId,
    sheet: &str,
    replaces: Option<ImportId>,
) -> Result<(), Failure> {
    let done = stored::counting(tx, import.claim_id, draft).await?;
    let same = |other: &&Import| other.sha256 == import.sha256 && other.sheet() == sheet;
    match done.iter().filter(|other| other.id != import.id && Some(other.id) != replaces).find(same) {
        None => Ok(()),
        Some(_) if sheet.is_empty() => Err(Failure::said("This very file was imported already.")),
        Some(_) => Err(Failure::said(format!("The sheet “{sheet}” of this very file was imported already."))),
    }
}
