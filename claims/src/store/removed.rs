//! What the ledger takes off each claim: kept, so that figures need not be reckoned when they are shown.

use sqlx::QueryBuilder;

use super::{AT_ONCE, Error, Tx, on};
use crate::{
    CaseId, ClaimId,
    line::{Basis, Category},
    overlap::Removed,
};

#[derive(sqlx::FromRow)]
struct Row {
    claim_id: ClaimId,
    category: String,
    confirmed: i64,
    suspected: i64,
}

/// What is taken off every claim of a case, by claim and category; nothing where nothing is.
///
/// # Errors
/// If the database fails.
pub async fn of_claims(tx: &mut Tx, case: CaseId) -> Result<Vec<(ClaimId, Category, Removed)>, Error> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT r.claim_id, r.category, r.confirmed, r.suspected FROM removed r JOIN claims k ON k.id = r.claim_id WHERE k.case_id = $1 ORDER BY r.claim_id, r.category",
    )
    .bind(case).fetch_all(c).await)?;
    Ok(read(&rows))
}

/// What is taken off one claim, by category.
///
/// # Errors
/// If the database fails.
pub async fn of_claim(tx: &mut Tx, claim: ClaimId) -> Result<Vec<(Category, Removed)>, Error> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as("SELECT claim_id, category, confirmed, suspected FROM removed WHERE claim_id = $1").bind(claim).fetch_all(c).await)?;
    Ok(read(&rows).into_iter().map(|(_, category, removed)| (category, removed)).collect())
}

/// What is taken off all claims of a case that count, by category.
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<(Category, Removed)>, Error> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT k.case_id AS claim_id, r.category, CAST(SUM(r.confirmed) AS BIGINT) AS confirmed, CAST(SUM(r.suspected) AS BIGINT) AS suspected \
         FROM removed r JOIN claims k ON k.id = r.claim_id WHERE k.case_id = $1 AND k.status = 'submitted' GROUP BY k.case_id, r.category",
    )
    .bind(case).fetch_all(c).await)?;
    Ok(read(&rows).into_iter().map(|(_, category, removed)| (category, removed)).collect())
}

/// How much of what is taken off the claims of a case that count, suspected or not, is documented, least and most. What is taken off is a
/// part of a claim in a category: where that is documented wholly, or not at all, the two are the same.
///
/// # Errors
/// If the database fails.
pub async fn documented_of_case(tx: &mut Tx, case: CaseId, filing_basis: Basis) -> Result<(i64, i64), Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(CASE WHEN r.off > t.amount - t.documented THEN r.off - (t.amount - t.documented) ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN r.off < t.documented THEN r.off ELSE t.documented END), 0) AS BIGINT) \
         FROM (SELECT claim_id, category, confirmed + suspected AS off FROM removed) r JOIN claims k ON k.id = r.claim_id \
         JOIN totals t ON t.version_id = k.in_force_id AND t.category = r.category WHERE k.case_id = $1 AND k.status = 'submitted' AND t.basis IN ('', $2)",
    )
    .bind(case).bind(filing_basis.key()).fetch_one(c).await)
}

fn read(rows: &[Row]) -> Vec<(ClaimId, Category, Removed)> {
    let removed = |row: &Row| Removed { confirmed: row.confirmed, suspected: row.suspected };
    rows.iter().filter_map(|row| Some((row.claim_id, Category::parse(&row.category)?, removed(row)))).collect()
}

/// Sets what is taken off claims, by category.
///
/// # Errors
/// If the database fails.
pub async fn set(tx: &mut Tx, of: &[(ClaimId, Category, Removed)]) -> Result<(), Error> {
    for some in of.chunks(AT_ONCE) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO removed (claim_id, category, confirmed, suspected) ");
            query.push_values(some, |mut row, (claim, category, removed)| {
                row.push_bind(claim).push_bind(category.key()).push_bind(removed.confirmed).push_bind(removed.suspected);
            });
            query.push(" ON CONFLICT (claim_id, category) DO UPDATE SET confirmed = excluded.confirmed, suspected = excluded.suspected");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Nothing is taken off a claim any more, in one category or (`None`) in all.
///
/// # Errors
/// If the database fails.
pub async fn clear(tx: &mut Tx, claim: ClaimId, category: Option<Category>) -> Result<(), Error> {
    on!(tx, c => sqlx::query("DELETE FROM removed WHERE claim_id = $1 AND ($2 = '' OR category = $2)").bind(claim).bind(category.map_or("", Category::key)).execute(c).await.map(drop))
}
