//! Second factors of accounts, and the codes that replace a lost device.

use std::collections::BTreeSet;

use super::{Error, Tx, on};
use crate::{AccountId, CaseId, Instant};

/// The second factor of an account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SecondFactor {
    /// The secret in base 32.
    pub secret: String,
    /// When it was made.
    pub begun_at: Instant,
    /// When a first code showed that the device knows it; nothing is asked for before.
    pub confirmed_at: Option<Instant>,
    /// The last step whose code was used.
    pub last_step: i64,
}

/// The second factor of an account, confirmed or not.
///
/// # Errors
/// If the database fails.
pub async fn of(tx: &mut Tx, account: AccountId) -> Result<Option<SecondFactor>, Error> {
    on!(tx, c => sqlx::query_as("SELECT secret, begun_at, confirmed_at, last_step FROM second_factors WHERE account_id = $1")
        .bind(account).fetch_optional(c).await)
}

/// Keeps a secret that is not confirmed yet, in place of an earlier one that is not either. `false` if one is confirmed.
///
/// # Errors
/// If the database fails.
pub async fn begin(tx: &mut Tx, account: AccountId, secret: &str, now: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query(
        "INSERT INTO second_factors (account_id, secret, begun_at) VALUES ($1, $2, $3) \
         ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, begun_at = excluded.begun_at WHERE second_factors.confirmed_at IS NULL",
    )
    .bind(account).bind(secret).bind(now).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Marks the secret as known to a device, by the code of `step`; `false` if one is confirmed already.
///
/// # Errors
/// If the database fails.
pub async fn confirm(tx: &mut Tx, account: AccountId, step: i64, now: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE second_factors SET confirmed_at = $2, last_step = $3 WHERE account_id = $1 AND confirmed_at IS NULL")
        .bind(account).bind(now).bind(step).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Uses the code of a step up; `false` if it or a later one was used before.
///
/// # Errors
/// If the database fails.
pub async fn use_step(tx: &mut Tx, account: AccountId, step: i64) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE second_factors SET last_step = $2 WHERE account_id = $1 AND last_step < $2")
        .bind(account).bind(step).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Removes the second factor and its recovery codes; `false` if there was none.
///
/// # Errors
/// If the database fails.
pub async fn remove(tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    on!(tx, c => {
        sqlx::query("DELETE FROM recovery_codes WHERE account_id = $1").bind(account).execute(&mut *c).await?;
        sqlx::query("DELETE FROM second_factors WHERE account_id = $1").bind(account).execute(c).await.map(|done| done.rows_affected() == 1)
    })
}

/// Replaces the recovery codes by others, of which `hashes` are kept.
///
/// # Errors
/// If the database fails.
pub async fn set_recovery_codes(tx: &mut Tx, account: AccountId, hashes: &[String]) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query("DELETE FROM recovery_codes WHERE account_id = $1").bind(account).execute(&mut *c).await?;
        for hash in hashes {
            sqlx::query("INSERT INTO recovery_codes (hash, account_id) VALUES ($1, $2)").bind(hash).bind(account).execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// Uses a recovery code up; `false` if the account has no such code or used it before.
///
/// # Errors
/// If the database fails.
pub async fn use_recovery_code(tx: &mut Tx, account: AccountId, hash: &str, now: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND hash = $2 AND used_at IS NULL")
        .bind(account).bind(hash).bind(now).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// How many recovery codes are left.
///
/// # Errors
/// If the database fails.
pub async fn recovery_codes_left(tx: &mut Tx, account: AccountId) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL").bind(account).fetch_one(c).await)
}

/// Says whether counsel of a case must have a second factor.
///
/// # Errors
/// If the database fails.
pub async fn demand(tx: &mut Tx, case: CaseId, demanded: bool) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE cases SET second_factor = $2 WHERE id = $1").bind(case).bind(demanded).execute(c).await.map(drop))
}

/// What is closed to somebody who acts as counsel or administers and has no second factor: the cases that demand one, and whether any
/// case does; nothing if they have one.
///
/// # Errors
/// If the database fails.
pub async fn closed(tx: &mut Tx, account: AccountId) -> Result<(BTreeSet<CaseId>, bool), Error> {
    let demanding: Vec<(CaseId, bool)> = on!(tx, c => sqlx::query_as(
        "SELECT k.id, EXISTS (SELECT 1 FROM case_counsel a WHERE a.case_id = k.id AND a.account_id = $1) FROM cases k WHERE k.second_factor \
         AND NOT EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = $1 AND f.confirmed_at IS NOT NULL)",
    )
    .bind(account).fetch_all(c).await)?;
    let any = !demanding.is_empty();
    Ok((demanding.into_iter().filter(|(_, counsel)| *counsel).map(|(case, _)| case).collect(), any))
}
