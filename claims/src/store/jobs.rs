//! Recurring work, done by one process at a time.

use super::{Error, Tx, on};
use crate::Instant;

/// Takes a job that is due, for the length of a lease; `false` if it is not due or another process has it.
///
/// # Errors
/// If the database fails.
pub async fn take(tx: &mut Tx, name: &str, owner: &str, now: Instant, lease_until: Instant) -> Result<bool, Error> {
    on!(tx, c => {
        sqlx::query("INSERT INTO jobs (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING").bind(name).bind(now).execute(&mut *c).await?;
        sqlx::query("UPDATE jobs SET lease_until = $4, lease_owner = $2 WHERE name = $1 AND next_at <= $3 AND (lease_until IS NULL OR lease_until < $3)")
            .bind(name).bind(owner).bind(now).bind(lease_until).execute(c).await.map(|done| done.rows_affected() == 1)
    })
}

/// Gives a job back, with what it ended in (empty for success) and when it is due again.
///
/// # Errors
/// If the database fails.
pub async fn give_back(
    tx: &mut Tx,
    name: &str,
    owner: &str,
    error: &str,
    now: Instant,
    next_at: Instant,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE jobs SET lease_until = NULL, lease_owner = NULL, last_at = $3, last_error = $4, next_at = $5 WHERE name = $1 AND lease_owner = $2")
        .bind(name).bind(owner).bind(now).bind(error).bind(next_at).execute(c).await.map(drop))
}

/// Whether a job is due, or was never run.
///
/// # Errors
/// If the database fails.
pub async fn is_due(tx: &mut Tx, name: &str, now: Instant) -> Result<bool, Error> {
    let next: Option<Instant> = on!(tx, c => sqlx::query_scalar("SELECT next_at FROM jobs WHERE name = $1").bind(name).fetch_optional(c).await)?;
    Ok(next.is_none_or(|next| next <= now))
}
