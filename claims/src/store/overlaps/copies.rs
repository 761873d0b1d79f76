//! Copies of a release that claims value at different bases. Their amounts are never compared, so the ledger has none of them; the copies
//! themselves may be the same.

use sqlx::QueryBuilder;

use super::super::{AT_ONCE, Error, Tx, on};
use crate::{CaseId, ClaimId};

/// A line of stock that counts, on whatever basis, with what describes its release.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of a line, as in `matching::InForce`")]
pub struct Stock {
    pub claim_id: ClaimId,
    pub basis: Option<String>,
    pub units: i64,
    pub gtin: Option<String>,
    pub aggregator_gtin: Option<String>,
    pub catalogue_number: Option<String>,
    pub isrc: Option<String>,
    pub artist: Option<String>,
    pub title: Option<String>,
    pub label: Option<String>,
}

/// The lines of stock of a case that count, claim by claim.
///
/// # Errors
/// If the database fails.
pub async fn stock(tx: &mut Tx, case: CaseId) -> Result<Vec<Stock>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT k.id AS claim_id, l.basis, l.units, l.gtin, l.aggregator_gtin, l.catalogue_number, l.isrc, l.artist, l.title, l.label \
         FROM claims k JOIN lines l ON l.version_id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'submitted' AND l.category = 'held_inventory' \
         AND l.is_right AND l.units > 0 ORDER BY k.id, l.line",
    )
    .bind(case).fetch_all(c).await)
}

/// The copies of a release that a claim values at a basis.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct New {
    /// Which release of the run, from 0.
    pub release: i64,
    /// The release in a few words.
    pub words: String,
    /// The claim.
    pub claim: ClaimId,
    /// Key of the basis.
    pub basis: String,
    /// How many copies.
    pub units: i64,
}

/// Puts what a run found in place of what the one before did; where it is the same, nothing is written.
///
/// # Errors
/// If the database fails.
pub async fn replace(tx: &mut Tx, case: CaseId, found: &[New]) -> Result<(), Error> {
    let known: Vec<(i64, String, ClaimId, String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT release, words, claim_id, basis, units FROM stock_copies WHERE case_id = $1 ORDER BY release, claim_id, basis",
    )
    .bind(case).fetch_all(c).await)?;
    let as_known = |of: &New| (of.release, of.words.clone(), of.claim, of.basis.clone(), of.units);
    if known.len() == found.len() && found.iter().zip(&known).all(|(of, known)| as_known(of) == *known) {
        return Ok(());
    }
    on!(tx, c => sqlx::query("DELETE FROM stock_copies WHERE case_id = $1").bind(case).execute(c).await.map(drop))?;
    for some in found.chunks(AT_ONCE) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO stock_copies (case_id, release, words, claim_id, basis, units) ");
            query.push_values(some, |mut row, of| {
                row.push_bind(case).push_bind(of.release).push_bind(&of.words).push_bind(of.claim).push_bind(&of.basis).push_bind(of.units);
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Copies of a claim beside those of another claim that values them at another basis.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Beside {
    /// The release in a few words.
    pub words: String,
    /// Number of the claim.
    pub number: String,
    /// Its copies, and the key of their basis.
    pub units: i64,
    /// The basis.
    pub basis: String,
    /// Number of the other claim.
    pub other: String,
    /// Legal name as signed of the other.
    pub claimant: String,
    /// The copies of the other, and the key of their basis.
    pub other_units: i64,
    /// The basis.
    pub other_basis: String,
}

const COLUMNS: &str = "SELECT a.words, k.number, a.units, a.basis, o.number AS other, v.claimant_name AS claimant, b.units AS other_units, b.basis AS other_basis";
const BESIDE: &str = "FROM stock_copies a JOIN stock_copies b ON b.case_id = a.case_id AND b.release = a.release AND b.claim_id <> a.claim_id AND b.basis <> a.basis \
    JOIN claims k ON k.id = a.claim_id JOIN claims o ON o.id = b.claim_id JOIN versions v ON v.id = o.in_force_id \
    WHERE k.status = 'submitted' AND o.status = 'submitted' AND ";

/// The copies of a claim that another claim may claim at another basis.
///
/// # Errors
/// If the database fails.
pub async fn of_claim(tx: &mut Tx, claim: ClaimId, limit: i64) -> Result<Vec<Beside>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{COLUMNS} {BESIDE} a.claim_id = $1 ORDER BY a.release, b.claim_id, b.basis LIMIT $2"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(claim).bind(limit).fetch_all(c).await)
}

/// So many claims of each basis of a release are shown beside each other: they tell what there is to look at, and the page of each claim
/// has its own.
const OF_A_BASIS: i64 = 2;

/// The same of a case, each two claims once, of the first releases and of each the first claims of each basis. Every two of all claims of
/// a release would be very many rows to find a few among.
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId, limit: i64) -> Result<Vec<Beside>, Error> {
    // The releases are chosen first, and the claims of each; only those are joined with each other.
    let sql = sqlx::AssertSqlSafe(format!(
        "WITH counted AS (SELECT s.release, s.words, s.claim_id, s.basis, s.units, \
         ROW_NUMBER() OVER (PARTITION BY s.release, s.basis ORDER BY s.claim_id) AS place \
         FROM stock_copies s JOIN claims c ON c.id = s.claim_id AND c.status = 'submitted' WHERE s.case_id = $1 \
         AND s.release IN (SELECT DISTINCT r.release FROM stock_copies r WHERE r.case_id = $1 ORDER BY r.release LIMIT $2)), \
         shown AS (SELECT release, words, claim_id, basis, units FROM counted WHERE place <= $3) \
         {COLUMNS} FROM shown a JOIN shown b ON b.release = a.release AND a.claim_id < b.claim_id AND b.basis <> a.basis \
         JOIN claims k ON k.id = a.claim_id JOIN claims o ON o.id = b.claim_id JOIN versions v ON v.id = o.in_force_id \
         ORDER BY a.release, a.claim_id, b.claim_id, a.basis, b.basis LIMIT $2"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(limit).bind(OF_A_BASIS).fetch_all(c).await)
}
