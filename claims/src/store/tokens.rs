//! Single-use tokens of mailed links: only their hashes are kept.

use super::{Error, Tx, on};
use crate::{AccountId, CaseId, Instant};

/// A token that was found.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Token {
    /// Row id.
    pub id: i64,
    /// The account it acts on, if it exists already.
    pub account_id: Option<AccountId>,
    /// The address it was mailed to, where that matters.
    pub email: Option<String>,
    /// The case of an invitation.
    pub case_id: Option<CaseId>,
    /// When it expires.
    pub expires_at: Instant,
    /// When it was used.
    pub used_at: Option<Instant>,
}

/// A token to be kept.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// Hash of the token.
    pub hash: &'a str,
    /// What it is for.
    pub purpose: &'a str,
    /// The account it acts on.
    pub account_id: Option<AccountId>,
    /// The address it is mailed to.
    pub email: Option<&'a str>,
    /// The case of an invitation.
    pub case_id: Option<CaseId>,
    /// When it expires.
    pub expires_at: Instant,
}

/// Keeps a token.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, token: &NewToken<'_>, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("INSERT INTO tokens (hash, purpose, account_id, email, case_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(token.hash).bind(token.purpose).bind(token.account_id).bind(token.email).bind(token.case_id).bind(now).bind(token.expires_at)
        .execute(c).await.map(drop))
}

/// Finds a token by its hash and purpose, used, expired or not.
///
/// # Errors
/// If the database fails.
pub async fn find(tx: &mut Tx, hash: &str, purpose: &str) -> Result<Option<Token>, Error> {
    on!(tx, c => sqlx::query_as("SELECT id, account_id, email, case_id, expires_at, used_at FROM tokens WHERE hash = $1 AND purpose = $2")
        .bind(hash).bind(purpose).fetch_optional(c).await)
}

/// Uses a token up; `false` if somebody else just did.
///
/// # Errors
/// If the database fails.
pub async fn spend(tx: &mut Tx, id: i64, now: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE tokens SET used_at = $2 WHERE id = $1 AND used_at IS NULL").bind(id).bind(now).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Uses up every other token of an account and purpose, for example when the password was changed.
///
/// # Errors
/// If the database fails.
pub async fn spend_all(tx: &mut Tx, account: AccountId, purpose: &str, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE tokens SET used_at = $3 WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL")
        .bind(account).bind(purpose).bind(now).execute(c).await.map(drop))
}

/// Uses up every token of a purpose that belongs to no account (the first administrator's link).
///
/// # Errors
/// If the database fails.
pub async fn spend_unowned(tx: &mut Tx, purpose: &str, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE tokens SET used_at = $2 WHERE account_id IS NULL AND purpose = $1 AND used_at IS NULL").bind(purpose).bind(now).execute(c).await.map(drop))
}

/// Unused tokens of a case and purpose, expired or not: row ids and the addresses they were mailed to.
///
/// # Errors
/// If the database fails.
pub async fn unused_of_case(tx: &mut Tx, case: CaseId, purpose: &str) -> Result<Vec<(i64, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT id, email FROM tokens WHERE case_id = $1 AND purpose = $2 AND email IS NOT NULL AND used_at IS NULL ORDER BY id")
        .bind(case).bind(purpose).fetch_all(c).await)
}

/// Deletes tokens that expired before `before`.
///
/// # Errors
/// If the database fails.
pub async fn clean(tx: &mut Tx, before: Instant) -> Result<u64, Error> {
    on!(tx, c => sqlx::query("DELETE FROM tokens WHERE expires_at < $1").bind(before).execute(c).await.map(|done| done.rows_affected()))
}

/// Open invitations of a case: address and expiry.
///
/// # Errors
/// If the database fails.
pub async fn invitations(tx: &mut Tx, case: CaseId, now: Instant) -> Result<Vec<(String, Instant)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT email, expires_at FROM tokens WHERE purpose = 'counsel' AND case_id = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY email")
        .bind(case).bind(now).fetch_all(c).await)
}
