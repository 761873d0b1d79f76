//! How matching stands in a case, what it reads, and of whom counsel is still to be told.

use futures::stream::BoxStream;
use sqlx::types::Json;

use super::{Error, Tx, later, on, reading};
use crate::{CaseId, ClaimId, Instant, VersionId, intake::Answers};

/// How matching stands in a case.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct State {
    /// Changes so far that call for a run.
    pub wanted: i64,
    /// Changes that the last run had seen.
    pub ran: i64,
    /// Until when a run is under way, or when it is tried again after a failure.
    pub lease_until: Option<Instant>,
    /// When the last run began.
    pub started_at: Option<Instant>,
    /// When the last run that succeeded ended.
    pub finished_at: Option<Instant>,
    /// What the run that is under way does; empty when none is.
    pub phase: String,
    /// Thousandths of the phase that are done.
    pub share: i64,
    /// Why the last run failed; empty if it did not.
    pub failed: String,
    /// Version of the engine of the last run.
    pub engine: String,
    /// Claims in the last run.
    pub claims: i64,
    /// Lines in the last run.
    pub lines: i64,
    /// Members if everybody who is suspected to be the same is.
    pub members_least: i64,
    /// Members if only those are the same of whom a person said so.
    pub members_most: i64,
}

impl State {
    /// Whether the figures are those of the claims as they stand.
    #[must_use]
    pub const fn is_current(&self) -> bool {
        self.wanted == self.ran
    }
}

/// Calls for a run, in the transaction of what changed.
///
/// # Errors
/// If the database fails.
pub async fn want(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    later!(
        tx,
        "INSERT INTO matching (case_id, wanted) VALUES ($1, 1) ON CONFLICT (case_id) DO UPDATE SET wanted = matching.wanted + 1",
        case
    )
}

/// Holds runs of a case off until the transaction ends: a run that is being written is waited for. Who also appends to the case's audit
/// trail takes this first, as a run does, so that no two wait for each other; therefore the row is made where there is none yet. SQLite's
/// writers queue anyway, whatever they change.
///
/// # Errors
/// If the database fails.
pub async fn lock(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    sqlx::query("INSERT INTO matching (case_id, wanted) VALUES ($1, 0) ON CONFLICT (case_id) DO UPDATE SET wanted = matching.wanted")
        .bind(case).execute(&mut **tx).await.map(drop)
}

/// Calls for a run of every case that ever had one.
///
/// # Errors
/// If the database fails.
pub async fn want_all(tx: &mut Tx) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE matching SET wanted = wanted + 1").execute(c).await.map(drop))
}

/// How matching stands in a case; the default if there was never anything to match.
///
/// # Errors
/// If the database fails.
pub async fn state(tx: &mut Tx, case: CaseId) -> Result<State, Error> {
    let found = on!(tx, c => sqlx::query_as(
        "SELECT wanted, ran, lease_until, started_at, finished_at, phase, share, failed, engine, claims, lines, members_least, members_most FROM matching WHERE case_id = $1",
    )
    .bind(case).fetch_optional(c).await)?;
    Ok(found.unwrap_or_default())
}

/// The cases in which a run is due and none is under way.
///
/// # Errors
/// If the database fails.
pub async fn due(tx: &mut Tx, now: Instant) -> Result<Vec<CaseId>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT case_id FROM matching WHERE wanted <> ran AND (lease_until IS NULL OR lease_until < $1) ORDER BY case_id")
        .bind(now).fetch_all(c).await)
}

/// Who took the run of a case and neither ended it nor said that it goes on: the lease ran out.
///
/// # Errors
/// If the database fails.
pub async fn left_behind(tx: &mut Tx, case: CaseId, now: Instant) -> Result<Option<String>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT lease_owner FROM matching WHERE case_id = $1 AND lease_owner IS NOT NULL AND lease_until < $2")
        .bind(case).bind(now).fetch_optional(c).await)
}

/// The runs that a process has taken, whose owners begin with `owner`: the case, and the owner of each.
///
/// # Errors
/// If the database fails.
pub async fn held_by(tx: &mut Tx, owner: &str) -> Result<Vec<(CaseId, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT case_id, lease_owner FROM matching WHERE SUBSTR(lease_owner, 1, LENGTH($1)) = $1 ORDER BY case_id")
        .bind(owner).fetch_all(c).await)
}

/// Gives a run back that has not ended: it is due, and `before`, if anybody, left it behind at that moment.
///
/// # Errors
/// If the database fails.
pub async fn give_back(
    tx: &mut Tx,
    case: CaseId,
    owner: &str,
    before: Option<&(String, Instant)>,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE matching SET lease_owner = $3, lease_until = $4, phase = '', share = 0 WHERE case_id = $1 AND lease_owner = $2")
        .bind(case).bind(owner).bind(before.map(|(owner, _)| owner.as_str())).bind(before.map(|(_, at)| *at)).execute(c).await.map(drop))
}

/// The cases whose run failed and is tried again only after `soon`, and of which there is something to be told.
///
/// # Errors
/// If the database fails.
pub async fn untold_until(tx: &mut Tx, soon: Instant) -> Result<Vec<CaseId>, Error> {
    on!(tx, c => sqlx::query_scalar(
        "SELECT case_id FROM matching WHERE failed <> '' AND wanted <> ran AND lease_owner IS NULL AND lease_until > $1 \
         AND EXISTS (SELECT 1 FROM untold u WHERE u.case_id = matching.case_id) ORDER BY case_id",
    )
    .bind(soon).fetch_all(c).await)
}

/// Lets a run that waits after a failure begin at once.
///
/// # Errors
/// If the database fails.
pub async fn wait_no_longer(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE matching SET lease_until = NULL WHERE case_id = $1 AND lease_owner IS NULL").bind(case).execute(c).await.map(drop))
}

/// Takes the run of a case for the length of a lease; `false` if another process has it or it is not due.
///
/// # Errors
/// If the database fails.
pub async fn take(tx: &mut Tx, case: CaseId, owner: &str, now: Instant, until: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query(
        "UPDATE matching SET lease_owner = $2, lease_until = $4, started_at = $3, phase = 'read', share = 0 \
         WHERE case_id = $1 AND wanted <> ran AND (lease_until IS NULL OR lease_until < $3)",
    )
    .bind(case).bind(owner).bind(now).bind(until).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Says how far a run is, and keeps its lease.
///
/// # Errors
/// If the database fails.
pub async fn progress(
    tx: &mut Tx,
    case: CaseId,
    owner: &str,
    phase: &str,
    share: i64,
    until: Instant,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE matching SET phase = $3, share = $4, lease_until = $5 WHERE case_id = $1 AND lease_owner = $2")
        .bind(case).bind(owner).bind(phase).bind(share).bind(until).execute(c).await.map(drop))
}

/// What a run ended in.
#[derive(Debug, Clone, Default)]
pub struct Ran<'a> {
    /// The count of changes that it had seen.
    pub seen: i64,
    /// Version of the engine.
    pub engine: &'a str,
    /// Claims.
    pub claims: i64,
    /// Lines.
    pub lines: i64,
    /// Members, least and most.
    pub members: (i64, i64),
}

/// Ends a run; `false` if its lease went to another process meanwhile, and nothing of it may be kept.
///
/// # Errors
/// If the database fails.
pub async fn finish(tx: &mut Tx, case: CaseId, owner: &str, ran: &Ran<'_>, now: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query(
        "UPDATE matching SET ran = $3, engine = $4, claims = $5, lines = $6, members_least = $7, members_most = $8, finished_at = $9, lease_owner = NULL, lease_until = NULL, \
         phase = '', share = 0, failed = '' WHERE case_id = $1 AND lease_owner = $2",
    )
    .bind(case).bind(owner).bind(ran.seen).bind(ran.engine).bind(ran.claims).bind(ran.lines).bind(ran.members.0).bind(ran.members.1).bind(now)
    .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Ends a run that failed; it is tried again from `retry_at` on.
///
/// # Errors
/// If the database fails.
pub async fn fail(tx: &mut Tx, case: CaseId, owner: &str, why: &str, retry_at: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE matching SET failed = $3, lease_owner = NULL, lease_until = $4, phase = '', share = 0 WHERE case_id = $1 AND lease_owner = $2")
        .bind(case).bind(owner).bind(why).bind(retry_at).execute(c).await.map(drop))
}

/// Remembers that counsel is still to be told of a sent version.
///
/// # Errors
/// If the database fails.
pub async fn tell(tx: &mut Tx, case: CaseId, version: VersionId) -> Result<(), Error> {
    later!(
        tx,
        "INSERT INTO untold (version_id, case_id) VALUES ($1, $2) ON CONFLICT (version_id) DO NOTHING",
        version,
        case
    )
}

/// The sent versions of a case of which counsel is to be told, oldest first, each with its claim and frozen text.
///
/// # Errors
/// If the database fails.
pub async fn untold(tx: &mut Tx, case: CaseId) -> Result<Vec<(VersionId, ClaimId, String)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT v.id, v.claim_id, v.frozen FROM untold u JOIN versions v ON v.id = u.version_id WHERE u.case_id = $1 AND v.frozen IS NOT NULL ORDER BY v.id",
    )
    .bind(case).fetch_all(c).await)
}

/// Counsel was told.
///
/// # Errors
/// If the database fails.
pub async fn told(tx: &mut Tx, version: VersionId) -> Result<(), Error> {
    on!(tx, c => sqlx::query("DELETE FROM untold WHERE version_id = $1").bind(version).execute(c).await.map(drop))
}

/// A claim that counts, as matching reads it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Party {
    /// Claim.
    pub claim_id: ClaimId,
    /// The version of it that is in force.
    pub version_id: VersionId,
    /// Its number.
    pub number: String,
    /// Legal name as signed.
    pub claimant: String,
    /// Answers of the step “Who is claiming” in the version in force.
    pub answers: Json<Answers>,
}

/// The claims of a case that count, by id.
///
/// # Errors
/// If the database fails.
pub async fn parties(tx: &mut Tx, case: CaseId) -> Result<Vec<Party>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT k.id AS claim_id, v.id AS version_id, k.number, v.claimant_name AS claimant, a.answers FROM claims k JOIN versions v ON v.id = k.in_force_id \
         JOIN answers a ON a.version_id = v.id AND a.step = 'claimant' WHERE k.case_id = $1 AND k.status = 'submitted' ORDER BY k.id",
    )
    .bind(case).fetch_all(c).await)
}

/// The versions in force of the claims of a case that count.
///
/// # Errors
/// If the database fails.
pub async fn versions(tx: &mut Tx, case: CaseId) -> Result<Vec<(ClaimId, VersionId)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT id, in_force_id FROM claims WHERE case_id = $1 AND status = 'submitted' AND in_force_id IS NOT NULL ORDER BY id").bind(case).fetch_all(c).await)
}

/// Who files for more than one claim of a case that counts: claim, address and name of the account.
///
/// # Errors
/// If the database fails.
pub async fn agents(tx: &mut Tx, case: CaseId) -> Result<Vec<(ClaimId, String, String)>, Error> {
    on!(tx, c => sqlx::query_as(
        "WITH acts AS (SELECT k.id AS claim_id, a.account_id FROM claims k JOIN account_claimants a ON a.claimant_id = k.claimant_id WHERE k.case_id = $1 AND k.status = 'submitted') \
         SELECT acts.claim_id, w.email, w.name FROM acts JOIN accounts w ON w.id = acts.account_id \
         WHERE acts.account_id IN (SELECT account_id FROM acts GROUP BY account_id HAVING COUNT(*) > 1) ORDER BY acts.claim_id, w.id",
    )
    .bind(case).fetch_all(c).await)
}

/// A line that counts, as matching reads it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of a line, as in `export::SentLine`")]
pub struct InForce {
    pub claim_id: ClaimId,
    pub line: i64,
    pub category: String,
    pub basis: Option<String>,
    pub case_amount: i64,
    pub period_from: Option<chrono::NaiveDate>,
    pub period_to: Option<chrono::NaiveDate>,
    pub gtin: Option<String>,
    pub aggregator_gtin: Option<String>,
    pub catalogue_number: Option<String>,
    pub isrc: Option<String>,
    pub artist: Option<String>,
    pub title: Option<String>,
    pub label: Option<String>,
    pub format: Option<String>,
    pub channel: Option<String>,
    pub citations: i64,
}

/// The lines that count of whatever `$what` says of claim `k`, in the order of their claims.
macro_rules! in_force {
    ($what:literal) => {
        concat!(
            "SELECT k.id AS claim_id, l.line, l.category, l.basis, l.case_amount, l.period_from, l.period_to, l.gtin, l.aggregator_gtin, l.catalogue_number, l.isrc, \
             l.artist, l.title, l.label, l.format, l.channel, l.citations FROM claims k JOIN lines l ON l.version_id = k.in_force_id \
             WHERE k.status = 'submitted' AND l.is_right AND ",
            $what,
            " ORDER BY k.id, l.line"
        )
    };
}

/// The lines of a case that count, claim by claim, as they come from the database.
pub fn lines(tx: &mut Tx, case: CaseId) -> BoxStream<'_, Result<InForce, Error>> {
    reading!(tx, c => sqlx::query_as(in_force!("k.case_id = $1")).bind(case).fetch(c))
}

/// The same lines of one claim.
///
/// # Errors
/// If the database fails.
pub async fn lines_of(tx: &mut Tx, claim: ClaimId) -> Result<Vec<InForce>, Error> {
    on!(tx, c => sqlx::query_as(in_force!("k.id = $1")).bind(claim).fetch_all(c).await)
}
