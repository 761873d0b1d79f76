//! Failed attempts per account and per address, for a growing wait.

use super::{Error, Tx, on};
use crate::Instant;

/// How often something failed, and when last.
///
/// # Errors
/// If the database fails.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<(i64, Instant)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT failures, last_at FROM attempts WHERE key = $1").bind(key).fetch_optional(c).await)
}

/// Counts one more. Failures older than `forget_before` no longer count. Gives the count.
///
/// # Errors
/// If the database fails.
pub async fn count(tx: &mut Tx, key: &str, now: Instant, forget_before: Instant) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar(
        "INSERT INTO attempts (key, failures, last_at) VALUES ($1, 1, $2) \
         ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN attempts.last_at < $3 THEN 1 ELSE attempts.failures + 1 END, last_at = $2 RETURNING failures",
    )
    .bind(key).bind(now).bind(forget_before).fetch_one(c).await)
}

/// Takes back one that was counted at `at`, never below none. If it is the last that was counted, the time goes back with it, to
/// `before`: it begins no wait either.
///
/// # Errors
/// If the database fails.
pub async fn take_back(tx: &mut Tx, key: &str, at: Instant, before: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query(
        "UPDATE attempts SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END, last_at = CASE WHEN last_at = $2 THEN $3 ELSE last_at END WHERE key = $1",
    )
    .bind(key).bind(at).bind(before).execute(c).await.map(drop))
}

/// Forgets the failures of a key.
///
/// # Errors
/// If the database fails.
pub async fn clear(tx: &mut Tx, key: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query("DELETE FROM attempts WHERE key = $1").bind(key).execute(c).await.map(drop))
}

/// Deletes what is too old to count.
///
/// # Errors
/// If the database fails.
pub async fn clean(tx: &mut Tx, before: Instant) -> Result<u64, Error> {
    on!(tx, c => sqlx::query("DELETE FROM attempts WHERE last_at < $1").bind(before).execute(c).await.map(|done| done.rows_affected()))
}
