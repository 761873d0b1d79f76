//! Idempotency keys: the same form sent twice gives the same answer.

use super::{Error, Tx, later, on};
use crate::{AccountId, Instant};

/// Finds the answer that was given to a key: action, fingerprint of the form, answer.
///
/// # Errors
/// If the database fails.
pub async fn find(tx: &mut Tx, account: AccountId, key: &str) -> Result<Option<(String, String, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT action, fingerprint, answer FROM submissions WHERE account_id = $1 AND key = $2").bind(account).bind(key).fetch_optional(c).await)
}

/// Keeps an answer, in the transaction of its effect.
///
/// # Errors
/// A unique violation if the key was used at the same time, by the commit at the latest; the effect must then be taken back.
pub async fn add(
    tx: &mut Tx,
    account: AccountId,
    key: &str,
    action: &str,
    fingerprint: &str,
    answer: &str,
    now: Instant,
) -> Result<(), Error> {
    later!(
        tx,
        "INSERT INTO submissions (account_id, key, action, fingerprint, answer, at) VALUES ($1, $2, $3, $4, $5, $6)",
        account,
        key,
        action,
        fingerprint,
        answer,
        now
    )
}

/// Deletes keys older than `before`.
///
/// # Errors
/// If the database fails.
pub async fn clean(tx: &mut Tx, before: Instant) -> Result<u64, Error> {
    on!(tx, c => sqlx::query("DELETE FROM submissions WHERE at < $1").bind(before).execute(c).await.map(|done| done.rows_affected()))
}
