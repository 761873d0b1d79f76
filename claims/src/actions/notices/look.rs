//! The job that finds what nobody causes: deadlines that come near, drafts that stall, mails that failed; and that sends
//! reminders and digests.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration};

use super::{digest, note, raise, remind};
use crate::{
    CaseId, Instant,
    actions::{Failure, Recoup},
    case::{Case, Intake},
    deadline,
    notices::{DEADLINE_DAYS, STALLED_DAYS, What, mark},
    status::ClaimStatus,
    store::{Tx, cases, jobs, notices, register},
};

/// The name of the job.
const NAME: &str = "notices";

/// How often it looks.
fn every() -> Duration {
    Duration::minutes(1)
}

/// Looks if it is time to, in one transaction, so that two processes never both do; `false` if it is not.
///
/// # Errors
/// If the database fails; then nothing was told, and the next look finds it all again.
pub async fn run_due(recoup: &Recoup, owner: &str) -> Result<bool, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let due = jobs::is_due(&mut tx, NAME, now).await?;
    drop(tx);
    if !due {
        return Ok(false);
    }
    let mut tx = recoup.store.write().await?;
    let taken = jobs::take(&mut tx, NAME, owner, now, now + every()).await?;
    if taken {
        look_in(recoup, &mut tx, now).await?;
        jobs::give_back(&mut tx, NAME, owner, "", now, now + every()).await?;
    }
    tx.commit().await?;
    Ok(taken)
}

/// Looks now, whenever the job looked last.
///
/// # Errors
/// If the database fails.
pub async fn look(recoup: &Recoup) -> Result<(), Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    look_in(recoup, &mut tx, now).await?;
    Ok(tx.commit().await?)
}

async fn look_in(recoup: &Recoup, tx: &mut Tx, now: Instant) -> Result<(), Failure> {
    for row in cases::all(tx, true).await? {
        let case = row.read()?;
        if case.intake(now) == Intake::Open {
            let days = days_left(&case, now);
            deadline_comes_near(recoup, tx, &case, days, now).await?;
            remind::unfinished(recoup, tx, &case, days, now).await?;
        }
    }
    mails_that_failed(recoup, tx, now).await?;
    drafts_that_stall(recoup, tx, now).await?;
    digest::send_due(recoup, tx, now).await
}

/// Whole days from a moment's day to the day of the deadline, both in the zone of the case.
pub(super) fn days_left(case: &Case, now: Instant) -> i64 {
    let zone = &case.settings.time_zone;
    let last = deadline::day_in(case.deadline - Duration::minutes(1), zone);
    i64::from(last.num_days_from_ce() - deadline::day_in(now, zone).num_days_from_ce())
}

async fn deadline_comes_near(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    days: i64,
    now: Instant,
) -> Result<(), Failure> {
    let Some((tightest, void)) = mark(&DEADLINE_DAYS, days) else { return Ok(()) };
    let by_status: BTreeMap<String, i64> = register::by_status(tx, case.id).await?.into_iter().collect();
    let of = |status: ClaimStatus| by_status.get(status.key()).copied().unwrap_or(0);
    let (claims, drafts) = (of(ClaimStatus::Submitted), of(ClaimStatus::Draft));
    let at = |mark| What::Deadline { mark, deadline: case.deadline, days, claims, drafts };
    for mark in void {
        // After days off, one mail says how it stands.
        note(tx, case.id, &at(mark), now).await?;
    }
    raise(recoup, tx, case.id, vec![at(tightest)], now).await
}

async fn mails_that_failed(recoup: &Recoup, tx: &mut Tx, now: Instant) -> Result<(), Failure> {
    let mut of_cases: BTreeMap<CaseId, Vec<What>> = BTreeMap::new();
    for mail in notices::failed_mails(tx).await? {
        let why = mail.why.unwrap_or_default();
        let what = What::MailFailed { id: mail.id, recipient: mail.recipient, subject: mail.subject, why };
        of_cases.entry(mail.case_id).or_default().push(what);
    }
    raise_all(recoup, tx, of_cases, now).await
}

async fn drafts_that_stall(recoup: &Recoup, tx: &mut Tx, now: Instant) -> Result<(), Failure> {
    let mut of_cases: BTreeMap<CaseId, Vec<What>> = BTreeMap::new();
    for (case, claim) in notices::stalled_drafts(tx, now - Duration::days(STALLED_DAYS)).await? {
        of_cases.entry(case).or_default().push(What::DraftStalled { claim });
    }
    raise_all(recoup, tx, of_cases, now).await
}

async fn raise_all(
    recoup: &Recoup,
    tx: &mut Tx,
    of_cases: BTreeMap<CaseId, Vec<What>>,
    now: Instant,
) -> Result<(), Failure> {
    for (case, things) in of_cases {
        raise(recoup, tx, case, things, now).await?;
    }
    Ok(())
}
