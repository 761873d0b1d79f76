//! Descriptions of releases in the lines of a case, and which of them are the same release.

use sqlx::QueryBuilder;

use super::{AT_ONCE, Error, Tx, on};
use crate::{CaseId, ReleaseId};

/// A description.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Described {
    /// Row id.
    pub id: ReleaseId,
    /// What lines of this description have in common ([`crate::matching::of_case::Description::key`]).
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

/// The oldest description of the release that a description is of; `None` if there is none with this id.
///
/// # Errors
/// If the database fails.
pub async fn release_of(tx: &mut Tx, case: CaseId, id: ReleaseId) -> Result<Option<ReleaseId>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT release_id FROM releases WHERE id = $2 AND case_id = $1").bind(case).bind(id).fetch_optional(c).await)
}

/// Adds descriptions, each a release of its own so far, and gives their rows by key; those that are there already are given too.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, case: CaseId, of: &[(String, String)]) -> Result<Vec<(String, ReleaseId)>, Error> {
    let mut all = Vec::with_capacity(of.len());
    for some in of.chunks(AT_ONCE) {
        let added: Vec<(String, ReleaseId)> = on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO releases (case_id, key, words) ");
            query.push_values(some, |mut row, (key, words)| {
                row.push_bind(case).push_bind(key).push_bind(words);
            });
            query.push(" ON CONFLICT (case_id, key) DO UPDATE SET key = excluded.key RETURNING key, id");
            query.build_query_as().fetch_all(c).await
        })?;
        all.extend(added);
    }
    on!(tx, c => sqlx::query("UPDATE releases SET release_id = id WHERE release_id = 0 AND case_id = $1").bind(case).execute(c).await.map(drop))?;
    Ok(all)
}

/// Sets of which releases descriptions are.
///
/// # Errors
/// If the database fails.
pub async fn set(tx: &mut Tx, of: &[(ReleaseId, ReleaseId)]) -> Result<(), Error> {
    for some in of.chunks(AT_ONCE) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("WITH said (id, release_id) AS (");
            query.push_values(some, |mut row, (id, release)| {
                row.push_bind(id).push_bind(release);
            });
            query.push(") UPDATE releases SET release_id = said.release_id FROM said WHERE releases.id = said.id");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}
