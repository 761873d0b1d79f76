//! Descriptions of releases in the lines of a case, and which of them are the same release.

use super::{Error, Tx, on};
use crate::{CaseId, ReleaseId};

/// A description.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Described {
    /// Row id.
    pub id: ReleaseId,
    /// What lines of this description have in common ([`crate::actions::match_case::release_key`]).
    pub key: String,
    /// The oldest description of the same release.
    pub release_id: ReleaseId,
}

/// All descriptions of a case, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Described>, Error> {
    on!(tx, c => sqlx::query_as("SELECT id, key, release_id FROM releases WHERE case_id = $1 ORDER BY id").bind(case).fetch_all(c).await)
}

/// All descriptions of a release, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn of_release(tx: &mut Tx, case: CaseId, release: ReleaseId) -> Result<Vec<Described>, Error> {
    on!(tx, c => sqlx::query_as("SELECT id, key, release_id FROM releases WHERE release_id = $2 AND case_id = $1 ORDER BY id").bind(case).bind(release).fetch_all(c).await)
}

/// A description in words; `None` if there is none with this id.
///
/// # Errors
/// If the database fails.
pub async fn words(tx: &mut Tx, case: CaseId, id: ReleaseId) -> Result<Option<String>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT words FROM releases WHERE id = $2 AND case_id = $1").bind(case).bind(id).fetch_optional(c).await)
}

/// Adds a description, with the release still to be set.
///
/// # Errors
/// A unique violation if it is known.
pub async fn add(tx: &mut Tx, case: CaseId, key: &str, words: &str) -> Result<ReleaseId, Error> {
    on!(tx, c => sqlx::query_scalar("INSERT INTO releases (case_id, key, words) VALUES ($1, $2, $3) RETURNING id").bind(case).bind(key).bind(words).fetch_one(c).await)
}

/// Sets of which release a description is.
///
/// # Errors
/// If the database fails.
pub async fn set(tx: &mut Tx, id: ReleaseId, release: ReleaseId) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE releases SET release_id = $2 WHERE id = $1").bind(id).bind(release).execute(c).await.map(drop))
}
