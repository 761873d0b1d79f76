//! Builds of filings: asked for, under way, ended.

use super::{Error, Tx, on};
use crate::{AccountId, BuildId, CaseId, Instant};

/// A build.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Build {
    /// Row id.
    pub id: BuildId,
    /// Case.
    pub case_id: CaseId,
    /// `waiting`, `building`, `done` or `failed`.
    pub state: String,
    /// What it does, in words.
    pub stage: String,
    /// Of [`Self::total`] steps of the stage.
    pub done: i64,
    /// Steps of the stage.
    pub total: i64,
    /// How often it was begun.
    pub attempts: i64,
    /// Why it failed and what to mend.
    pub failed: String,
    /// Number of the filing that it made.
    pub number: Option<i64>,
    /// Who asked for it.
    pub asked_by: Option<AccountId>,
    /// When.
    pub asked_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

const COLUMNS: &str = "id, case_id, state, stage, done, total, attempts, failed, number, asked_by, asked_at, ended_at";

/// The build of a case that is waiting or under way.
///
/// # Errors
/// If the database fails.
pub async fn under_way(tx: &mut Tx, case: CaseId) -> Result<Option<Build>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM filing_builds WHERE case_id = $1 AND state IN ('waiting', 'building')"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(case).fetch_optional(c).await)
}

/// The last build of a case.
///
/// # Errors
/// If the database fails.
pub async fn last(tx: &mut Tx, case: CaseId) -> Result<Option<Build>, Error> {
    let sql =
        sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM filing_builds WHERE case_id = $1 ORDER BY id DESC LIMIT 1"));
    on!(tx, c => sqlx::query_as(sql).bind(case).fetch_optional(c).await)
}

/// A build.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, id: BuildId) -> Result<Option<Build>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM filing_builds WHERE id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)
}

/// Asks for a build.
///
/// # Errors
/// A unique violation if one of the case is waiting or under way.
pub async fn ask(tx: &mut Tx, case: CaseId, by: Option<AccountId>, now: Instant) -> Result<BuildId, Error> {
    on!(tx, c => sqlx::query_scalar("INSERT INTO filing_builds (case_id, state, asked_by, asked_at) VALUES ($1, 'waiting', $2, $3) RETURNING id")
        .bind(case).bind(by).bind(now).fetch_one(c).await)
}

/// Builds that nobody works on: new ones, and those whose lease ran out.
///
/// # Errors
/// If the database fails.
pub async fn due(tx: &mut Tx, now: Instant) -> Result<Vec<BuildId>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT id FROM filing_builds WHERE state = 'waiting' OR (state = 'building' AND lease_until < $1) ORDER BY id").bind(now).fetch_all(c).await)
}

/// Takes a build for the length of a lease; `false` if another process has it.
///
/// # Errors
/// If the database fails.
pub async fn take(tx: &mut Tx, id: BuildId, owner: &str, now: Instant, until: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query(
        "UPDATE filing_builds SET state = 'building', attempts = attempts + 1, lease_owner = $2, lease_until = $4, started_at = $3, stage = '', done = 0, total = 0 \
         WHERE id = $1 AND (state = 'waiting' OR (state = 'building' AND lease_until < $3))",
    )
    .bind(id).bind(owner).bind(now).bind(until).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Says how far a build is, and keeps its lease; `false` if another process took it over.
///
/// # Errors
/// If the database fails.
pub async fn progress(
    tx: &mut Tx,
    id: BuildId,
    owner: &str,
    (stage, done, total): (&str, i64, i64),
    until: Instant,
) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE filing_builds SET stage = $3, done = $4, total = $5, lease_until = $6 WHERE id = $1 AND lease_owner = $2 AND state = 'building'")
        .bind(id).bind(owner).bind(stage).bind(done).bind(total).bind(until).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Keeps the lease of a build; `false` if another process took it over.
///
/// # Errors
/// If the database fails.
pub async fn hold(tx: &mut Tx, id: BuildId, owner: &str, until: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE filing_builds SET lease_until = $3 WHERE id = $1 AND lease_owner = $2 AND state = 'building'")
        .bind(id).bind(owner).bind(until).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Gives the builds back that a process has taken and not ended: they are due at once, and count as never begun.
///
/// # Errors
/// If the database fails.
pub async fn give_back(tx: &mut Tx, owner: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query(
        "UPDATE filing_builds SET state = 'waiting', attempts = attempts - 1, lease_owner = NULL, lease_until = NULL, stage = '', done = 0, total = 0 \
         WHERE lease_owner = $1 AND state = 'building'",
    )
    .bind(owner).execute(c).await.map(drop))
}

/// Ends a build: `Ok` with the number of the filing, `Err` with what to mend. `false` if another process took it over.
///
/// # Errors
/// If the database fails.
pub async fn end(tx: &mut Tx, id: BuildId, owner: &str, ended: Result<i64, &str>, now: Instant) -> Result<bool, Error> {
    let (state, number, failed) = match ended {
        Ok(number) => ("done", Some(number), ""),
        Err(failed) => ("failed", None, failed),
    };
    on!(tx, c => sqlx::query(
        "UPDATE filing_builds SET state = $3, number = $4, failed = $5, ended_at = $6, lease_owner = NULL, lease_until = NULL, stage = '' \
         WHERE id = $1 AND lease_owner = $2 AND state = 'building'",
    )
    .bind(id).bind(owner).bind(state).bind(number).bind(failed).bind(now).execute(c).await.map(|done| done.rows_affected() == 1))
}
