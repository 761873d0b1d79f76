//! The files of a filing, for counsel of its case.

use super::{Failure, Recoup, permit, review};
use crate::{
    CaseId,
    access::{Action, Actor, Refusal},
    store::{
        Tx, cases, events,
        filings::{self, File},
    },
};

/// The name of the package itself, which has none among its files.
const PACKAGE: &str = "package.zip";

/// Which file of a filing, as its address names it.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    /// Short name of the case.
    pub case: &'a str,
    /// Number of the filing in the case.
    pub filing: i64,
    /// `full` or `public`.
    pub variant: &'a str,
    /// Name in the package; `package.zip`, or nothing, for the package itself.
    pub name: &'a str,
}

/// Finds a file of a filing.
///
/// # Errors
/// If there is none such, or the actor may not file in this case.
pub async fn find(recoup: &Recoup, actor: &Actor, which: Which<'_>) -> Result<File, Failure> {
    let mut tx = recoup.store.read().await?;
    Ok(of(&mut tx, actor, which).await?.1)
}

/// Opens a file of a filing. That is an event, once for a while.
///
/// # Errors
/// As [`find`].
pub async fn open(recoup: &Recoup, actor: &Actor, which: Which<'_>) -> Result<File, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let (case, file) = of(&mut tx, actor, which).await?;
    let name = if file.name.is_empty() { PACKAGE } else { &file.name };
    let details = serde_json::json!({
        "filing": which.filing, "name": name, "variant": file.variant, "sha256": file.sha256,
    });
    let event = events::NewEvent {
        case_id: case,
        claim_id: None,
        account: Some(actor.account),
        kind: "filing_opened",
        details,
    };
    if events::happened_since(&mut tx, &event, now - review::ONE_OPENING).await? {
        return Ok(file);
    }
    drop(tx);
    let mut tx = recoup.store.write().await?;
    events::add(&mut tx, &event, now).await?;
    tx.commit().await?;
    Ok(file)
}

async fn of(tx: &mut Tx, actor: &Actor, which: Which<'_>) -> Result<(CaseId, File), Failure> {
    let case = cases::by_slug(tx, which.case).await?.ok_or(Refusal::NotFound)?.id;
    permit(actor, Action::File(case))?;
    let filing = filings::by_number(tx, case, which.filing).await?.ok_or(Refusal::NotFound)?;
    let name = if which.name == PACKAGE { "" } else { which.name };
    let files = filings::files(tx, filing.id).await?;
    let file = files.into_iter().find(|file| file.variant == which.variant && file.name == name);
    Ok((case, file.ok_or(Refusal::NotFound)?))
}
