//! Sums kept with each sent version, and what they add up to over a case.

use super::{Error, Tx, later, on};
use crate::{
    CaseId, VersionId,
    line::{Basis, Category},
    totals::Total,
};

#[derive(sqlx::FromRow)]
struct Row {
    category: String,
    basis: String,
    lines: i64,
    amount: i64,
    documented: i64,
    interest: i64,
    costs: i64,
    units: i64,
}

impl Row {
    fn read(self) -> Option<Total> {
        Some(Total {
            category: Category::parse(&self.category)?,
            basis: Basis::parse(&self.basis),
            lines: self.lines,
            amount: self.amount,
            documented: self.documented,
            interest: self.interest,
            costs: self.costs,
            units: self.units,
        })
    }
}

fn read(rows: Vec<Row>) -> Vec<Total> {
    let mut totals: Vec<Total> = rows.into_iter().filter_map(Row::read).collect();
    totals.sort_by_key(|total| (total.category, total.basis));
    totals
}

/// Keeps the sums of a version.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, version: VersionId, totals: &[Total]) -> Result<(), Error> {
    for total in totals {
        later!(
            tx,
            "INSERT INTO totals (version_id, category, basis, lines, amount, documented, interest, costs, units) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            version,
            total.category.key(),
            total.basis.map_or("", Basis::key),
            total.lines,
            total.amount,
            total.documented,
            total.interest,
            total.costs,
            total.units
        )?;
    }
    Ok(())
}

/// The sums of one version.
///
/// # Errors
/// If the database fails.
pub async fn of_version(tx: &mut Tx, version: VersionId) -> Result<Vec<Total>, Error> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as("SELECT category, basis, lines, amount, documented, interest, costs, units FROM totals WHERE version_id = $1").bind(version).fetch_all(c).await)?;
    Ok(read(rows))
}

/// What the right lines of a version add up to, counted from the lines: the sums of a draft so far.
///
/// # Errors
/// If the database fails.
pub async fn so_far(tx: &mut Tx, version: VersionId) -> Result<Vec<Total>, Error> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT category, COALESCE(basis, '') AS basis, COUNT(*) AS lines, CAST(SUM(case_amount) AS BIGINT) AS amount, \
         CAST(SUM(CASE WHEN citations > 0 THEN case_amount ELSE 0 END) AS BIGINT) AS documented, CAST(SUM(case_interest) AS BIGINT) AS interest, \
         CAST(SUM(case_costs) AS BIGINT) AS costs, CAST(SUM(COALESCE(units, 0)) AS BIGINT) AS units \
         FROM lines WHERE version_id = $1 AND is_right GROUP BY category, COALESCE(basis, '')",
    )
    .bind(version).fetch_all(c).await)?;
    Ok(read(rows))
}

/// The sums of all claims in force of a case, as they are kept ([`super::registered`]).
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Total>, Error> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as("SELECT category, basis, lines, amount, documented, interest, costs, units FROM case_totals WHERE case_id = $1")
        .bind(case).fetch_all(c).await)?;
    Ok(read(rows))
}

/// The same sums, counted anew from the lines: what the kept sums must equal.
///
/// # Errors
/// If the database fails.
pub async fn recount(tx: &mut Tx, case: CaseId) -> Result<Vec<Total>, Error> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT l.category, COALESCE(l.basis, '') AS basis, COUNT(*) AS lines, CAST(SUM(l.case_amount) AS BIGINT) AS amount, \
         CAST(SUM(CASE WHEN l.citations > 0 THEN l.case_amount ELSE 0 END) AS BIGINT) AS documented, CAST(SUM(l.case_interest) AS BIGINT) AS interest, \
         CAST(SUM(l.case_costs) AS BIGINT) AS costs, CAST(SUM(COALESCE(l.units, 0)) AS BIGINT) AS units \
         FROM claims k JOIN lines l ON l.version_id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'submitted' GROUP BY l.category, COALESCE(l.basis, '')",
    )
    .bind(case).fetch_all(c).await)?;
    Ok(read(rows))
}
