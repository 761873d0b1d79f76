//! Figures for whoever watches the installation.

use super::{Error, Tx, on, outbox};
use crate::Instant;

/// How many files rows name, each hash once, and their bytes.
///
/// # Errors
/// If the database fails.
pub async fn documents(tx: &mut Tx) -> Result<(i64, i64), Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM (SELECT sha256, MAX(bytes) AS bytes FROM (\
         SELECT sha256, bytes FROM documents UNION ALL SELECT sha256, bytes FROM case_documents UNION ALL SELECT sha256, bytes FROM imports \
         UNION ALL SELECT sha256, bytes FROM filing_files) d GROUP BY sha256) e",
    )
    .fetch_one(c).await)
}

/// How many mails are due and have not left, and since when the oldest of them is. A mail that waits for its turn in a mailing with a
/// rate is not due; one that was tried stays due while it waits for its next try, or a mail server that takes nothing would never be told of.
///
/// # Errors
/// If the database fails.
pub async fn due_mails(tx: &mut Tx, now: Instant) -> Result<(i64, Option<Instant>), Error> {
    // `next_at` moves on with every try; when a mail is given up is counted from when it could go out first, or was sent anew.
    let (count, first): (i64, Option<Instant>) = on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), MIN(give_up_at) FROM outbox WHERE state IN ('waiting', 'sending') AND give_up_at <= $1",
    )
    .bind(now + outbox::patience()).fetch_one(c).await)?;
    Ok((count, first.map(|give_up_at| give_up_at - outbox::patience())))
}

/// A recurring job.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// When it last ended.
    pub last_at: Option<Instant>,
    /// What it ended in; empty for success.
    pub last_error: String,
    /// When it is due.
    pub next_at: Instant,
}

/// Every recurring job.
///
/// # Errors
/// If the database fails.
pub async fn jobs(tx: &mut Tx) -> Result<Vec<Job>, Error> {
    on!(tx, c => sqlx::query_as("SELECT name, last_at, last_error, next_at FROM jobs ORDER BY name").fetch_all(c).await)
}

/// Cases that changed since they were matched.
///
/// # Errors
/// If the database fails.
pub async fn matching_due(tx: &mut Tx) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM matching WHERE wanted <> ran").fetch_one(c).await)
}

/// Builds of filings by state.
///
/// # Errors
/// If the database fails.
pub async fn builds(tx: &mut Tx) -> Result<Vec<(String, i64)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT state, COUNT(*) FROM filing_builds GROUP BY state ORDER BY state").fetch_all(c).await)
}

/// Claims by status.
///
/// # Errors
/// If the database fails.
pub async fn claims(tx: &mut Tx) -> Result<Vec<(String, i64)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT status, COUNT(*) FROM claims GROUP BY status ORDER BY status").fetch_all(c).await)
}

/// Sessions that have not expired.
///
/// # Errors
/// If the database fails.
pub async fn sessions(tx: &mut Tx, now: Instant) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM sessions WHERE expires_at > $1").bind(now).fetch_one(c).await)
}

/// Size of the database.
///
/// # Errors
/// If the database fails.
pub async fn database_bytes(tx: &mut Tx) -> Result<i64, Error> {
    match tx {
        Tx::Sqlite(tx) => {
            sqlx::query_scalar("SELECT p.page_count * s.page_size FROM pragma_page_count p, pragma_page_size s")
                .fetch_one(tx.settled().await?)
                .await
        }
        Tx::Postgres(tx) => {
            sqlx::query_scalar("SELECT pg_database_size(current_database())").fetch_one(&mut **tx).await
        }
    }
}

/// The newest event of any case: a clock that shows less was set back.
///
/// # Errors
/// If the database fails.
pub async fn newest_event(tx: &mut Tx) -> Result<Option<Instant>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT at FROM events ORDER BY at DESC LIMIT 1").fetch_optional(c).await)
}
