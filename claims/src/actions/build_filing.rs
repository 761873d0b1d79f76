//! Building a filing: asking for it, reading the case at one moment, numbering, and keeping what was made, whole or not at all.
//!
//! The server does what lies between: it looks at new documents, typesets and packs. Until [`keep`] commits, nothing of a
//! filing is in the database.

use chrono::Duration;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Failure, Recoup, notices, permit};
use crate::{
    BuildId, CaseId, FilingId,
    access::{Action, Actor, Refusal},
    filing::{Contents, Filing},
    notices::What,
    store::{
        self, Tx,
        events::{self, NewEvent},
        filing_builds as builds, filings,
    },
};

mod deadlines;
mod settings;
mod shared_money;
mod snapshot;
mod telling;

pub use settings::{numbers_stay, save_settings, settings_of};
pub use snapshot::{Snapshot, snapshot};

/// How long a build is one process's without a sign of life.
pub const LEASE: Duration = Duration::minutes(3);

/// How often a build is begun before it counts as failed.
const ATTEMPTS: i64 = 3;

/// Asks for a build. Asked again while one is waiting or under way, it gives that one.
///
/// # Errors
/// If the actor may not.
pub async fn ask(recoup: &Recoup, by: Option<&Actor>, case: CaseId) -> Result<BuildId, Failure> {
    if let Some(actor) = by {
        permit(actor, Action::File(case))?;
    }
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    queue_up(&mut tx, case).await?;
    if let Some(build) = builds::under_way(&mut tx, case).await? {
        return Ok(build.id);
    }
    let id = builds::ask(&mut tx, case, by.map(|actor| actor.account), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Lets those who ask for a filing of a case and those who set how it is made go one after the other.
async fn queue_up(tx: &mut Tx, case: CaseId) -> Result<(), Failure> {
    Ok(store::queue_up(tx, &format!("filing {case}")).await?)
}

/// Takes a build that is due. `None` if another process has it, or if it was begun too often and is now failed.
///
/// # Errors
/// If the database fails.
pub async fn take(recoup: &Recoup, id: BuildId, owner: &str) -> Result<Option<builds::Build>, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    if !builds::take(&mut tx, id, owner, now, now + LEASE).await? {
        return Ok(None);
    }
    let build = builds::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    let worn_out = build.attempts > ATTEMPTS;
    if worn_out {
        let why = "The program was stopped each time while it built this filing. See its log, and build again.";
        builds::end(&mut tx, id, owner, Err(why), now).await?;
        let what = What::FilingFailed { build: id, why: why.to_owned() };
        notices::raise(recoup, &mut tx, build.case_id, vec![what], now).await?;
    }
    tx.commit().await?;
    Ok((!worn_out).then_some(build))
}

/// Gives the builds back that a process has taken, which is told to stop and has dropped them: they were not killed.
///
/// # Errors
/// If the database fails.
pub async fn give_back(recoup: &Recoup, owner: &str) -> Result<(), Failure> {
    let mut tx = recoup.store.write().await?;
    builds::give_back(&mut tx, owner).await?;
    Ok(tx.commit().await?)
}

/// Says how far a build is.
///
/// # Errors
/// If another process took it over: then this one must stop.
pub async fn progress(
    recoup: &Recoup,
    id: BuildId,
    owner: &str,
    stage: &str,
    done: usize,
    total: usize,
) -> Result<(), Failure> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut tx = recoup.store.write().await?;
    let until = recoup.clock.now() + LEASE;
    let ours = builds::progress(&mut tx, id, owner, (stage, number(done), number(total)), until).await?;
    tx.commit().await?;
    if ours { Ok(()) } else { Err(taken_over()) }
}

/// Keeps the lease of a build whose work goes on and has nothing new to say.
///
/// # Errors
/// If another process took it over: then this one must stop.
pub async fn hold(recoup: &Recoup, id: BuildId, owner: &str) -> Result<(), Failure> {
    let mut tx = recoup.store.write().await?;
    let ours = builds::hold(&mut tx, id, owner, recoup.clock.now() + LEASE).await?;
    tx.commit().await?;
    if ours { Ok(()) } else { Err(taken_over()) }
}

fn taken_over() -> Failure {
    Failure::said("Another process took this build over.")
}

/// Ends a build that failed, with what to mend.
///
/// # Errors
/// If the database fails.
pub async fn fail(recoup: &Recoup, id: BuildId, owner: &str, why: &str) -> Result<(), Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    if let Some(build) = builds::by_id(&mut tx, id).await?
        && builds::end(&mut tx, id, owner, Err(why), now).await?
    {
        let details = serde_json::json!({ "why": why });
        let event = NewEvent {
            case_id: build.case_id,
            claim_id: None,
            account: build.asked_by,
            kind: "filing_failed",
            details,
        };
        events::add(&mut tx, &event, now).await?;
        let what = What::FilingFailed { build: id, why: why.to_owned() };
        notices::raise(recoup, &mut tx, build.case_id, vec![what], now).await?;
    }
    Ok(tx.commit().await?)
}

/// The canonical text of a filing with its hash.
///
/// # Errors
/// Only if it cannot be written, which no filing causes.
pub fn canonical(filing: &Filing) -> Result<(String, String), Failure> {
    let text = filing.canonical().map_err(|error| Failure::Internal(error.to_string()))?;
    let sha256 = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    Ok((text, sha256))
}

/// Reads a filing with the sent versions that it names.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none, or a text that is damaged.
pub async fn load(recoup: &Recoup, case: CaseId, number: i64) -> Result<Contents, Failure> {
    let mut tx = recoup.store.read().await?;
    let (text, sha256) = filings::frozen(&mut tx, case, number).await?.ok_or(Refusal::NotFound)?;
    if HEXLOWER.encode(&Sha256::digest(text.as_bytes())) != sha256 {
        return Err(Failure::said(format!(
            "The frozen text of filing {number} is damaged: restore the database from a backup."
        )));
    }
    let filing = Filing::read(&text).map_err(|error| Failure::Internal(format!("filing {number}: {error}")))?;
    let mut texts = Vec::with_capacity(filing.claims.len());
    for claim in &filing.claims {
        texts.push(filings::text(&mut tx, case, &claim.number, claim.version).await?.unwrap_or_default());
    }
    Contents::new(filing, sha256, &texts).map_err(|why| Failure::said(why.to_string()))
}

/// Keeps what was made: the filing, its files, its new exhibits, the event, the end of the build, all or nothing. The bytes of
/// the files must be in the document store.
///
/// # Errors
/// If another build of the case was faster, which the lease prevents unless this process stood still.
pub async fn keep(
    recoup: &Recoup,
    build: &builds::Build,
    owner: &str,
    snapshot: &Snapshot,
    files: &[filings::File],
) -> Result<FilingId, Failure> {
    let now = recoup.clock.now();
    let (text, sha256) = canonical(&snapshot.filing)?;
    let number = snapshot.filing.number;
    let mut tx = recoup.store.write().await?;
    if !builds::end(&mut tx, build.id, owner, Ok(number), now).await? {
        return Err(taken_over());
    }
    for exhibit in snapshot.filing.exhibits.iter().filter(|exhibit| exhibit.exhibit >= snapshot.next.0) {
        filings::add_exhibit(&mut tx, build.case_id, exhibit).await.map_err(overtaken)?;
    }
    let filing = (&snapshot.filing, text.as_str(), sha256.as_str());
    let id = filings::add(&mut tx, build.case_id, filing, files, build.asked_by, now).await.map_err(overtaken)?;
    let package = files.iter().find(|file| file.variant == "full" && file.name.is_empty());
    let details = serde_json::json!({
        "filing": number, "sha256": sha256, "claims": snapshot.filing.claims.len(), "gross": snapshot.filing.figures.gross,
        "package": package.map(|file| file.sha256.as_str()),
    });
    let event =
        NewEvent { case_id: build.case_id, claim_id: None, account: build.asked_by, kind: "filing_built", details };
    events::add(&mut tx, &event, now).await?;
    telling::tell(recoup, &mut tx, build.case_id, &snapshot.filing, now).await?;
    tx.commit().await?;
    Ok(id)
}

fn overtaken(error: store::Error) -> Failure {
    if store::is_unique_violation(&error) {
        Failure::said("Another build of this case was faster. Build again; nothing of this one was kept.")
    } else {
        error.into()
    }
}
