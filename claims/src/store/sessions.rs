//! Sessions: a hash of the id, the account, and what the session carries.

use sqlx::types::Json;

use super::{Error, Tx, on};
use crate::{AccountId, Instant};

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// Hash of the id.
    pub id_hash: String,
    /// When it began.
    pub started_at: Instant,
    /// When it was last used.
    pub seen_at: Instant,
    /// Browser and address, as seen at the start.
    pub client: String,
    /// What it carries.
    #[sqlx(json)]
    pub data: serde_json::Value,
}

impl SessionRow {
    /// Whether somebody gave the password and is still to give a code: nobody is signed in by it.
    #[must_use]
    pub fn is_half(&self) -> bool {
        self.data.get("half").is_some()
    }
}

/// Writes a new session.
///
/// # Errors
/// If the database fails.
pub async fn save(
    tx: &mut Tx,
    id_hash: &str,
    account: Option<AccountId>,
    data: &serde_json::Value,
    client: &str,
    expires_at: Instant,
    now: Instant,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query("INSERT INTO sessions (id_hash, account_id, data, started_at, seen_at, expires_at, client) VALUES ($1, $2, $3, $4, $4, $5, $6)")
        .bind(id_hash).bind(account).bind(Json(data)).bind(now).bind(expires_at).bind(client).execute(c).await.map(drop))
}

/// Writes a session again. One that is no longer there stays away: a slow request that began before its owner signed out
/// everywhere must not bring it back when it ends.
///
/// # Errors
/// If the database fails.
pub async fn update(
    tx: &mut Tx,
    id_hash: &str,
    account: Option<AccountId>,
    data: &serde_json::Value,
    client: &str,
    expires_at: Instant,
    now: Instant,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE sessions SET account_id = $2, data = $3, seen_at = $4, expires_at = $5, client = $6 WHERE id_hash = $1")
        .bind(id_hash).bind(account).bind(Json(data)).bind(now).bind(expires_at).bind(client).execute(c).await.map(drop))
}

/// Reads a session that has not expired.
///
/// # Errors
/// If the database fails.
pub async fn load(tx: &mut Tx, id_hash: &str, now: Instant) -> Result<Option<(serde_json::Value, Instant)>, Error> {
    let row: Option<(Json<serde_json::Value>, Instant)> = on!(tx, c => sqlx::query_as("SELECT data, expires_at FROM sessions WHERE id_hash = $1 AND expires_at > $2").bind(id_hash).bind(now).fetch_optional(c).await)?;
    Ok(row.map(|(data, expires_at)| (data.0, expires_at)))
}

/// Ends a session.
///
/// # Errors
/// If the database fails.
pub async fn delete(tx: &mut Tx, id_hash: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query("DELETE FROM sessions WHERE id_hash = $1").bind(id_hash).execute(c).await.map(drop))
}

/// The sessions of an account, last used first, and sign-ins that wait for a code.
///
/// # Errors
/// If the database fails.
pub async fn of_account(tx: &mut Tx, account: AccountId, now: Instant) -> Result<Vec<SessionRow>, Error> {
    on!(tx, c => sqlx::query_as("SELECT id_hash, started_at, seen_at, client, data FROM sessions WHERE account_id = $1 AND expires_at > $2 ORDER BY seen_at DESC")
        .bind(account).bind(now).fetch_all(c).await)
}

/// Ends the sessions of an account, but for one.
///
/// # Errors
/// If the database fails.
pub async fn delete_of_account(tx: &mut Tx, account: AccountId, but: Option<&str>) -> Result<u64, Error> {
    on!(tx, c => sqlx::query("DELETE FROM sessions WHERE account_id = $1 AND id_hash <> $2").bind(account).bind(but.unwrap_or_default())
        .execute(c).await.map(|done| done.rows_affected()))
}

/// Deletes sessions that expired.
///
/// # Errors
/// If the database fails.
pub async fn clean(tx: &mut Tx, now: Instant) -> Result<u64, Error> {
    on!(tx, c => sqlx::query("DELETE FROM sessions WHERE expires_at < $1").bind(now).execute(c).await.map(|done| done.rows_affected()))
}
