//! What the register shows of each claim that was sent, kept beside it in one narrow row.
//!
//! Whoever changes one of the things that a row is made of brings it up to date in the same transaction, as the last of the rows
//! that several transactions queue up for: the case's row of matching, the case, then these. A claim that is sent, amended or withdrawn
//! does so in `match_case::changed`, a run of matching with [`keep_removed`], another filing basis or deadline with [`keep_case`].

use super::{Error, Tx, later, on};
use crate::{CaseId, ClaimId};

/// The rows as they must be, of the claims `k` of cases `c` with versions `v`. Late is what was sent after the deadline that holds now: a court
/// may extend it, and no claim that came in time becomes late because it is moved the other way.
macro_rules! kept {
    ($which:literal) => {
        concat!(
            "INSERT INTO registered (claim_id, case_id, version_id, number, status, version, claimant, claimant_key, citizenship, submitted_at, late, lines, amount, documented, units, more_lines, more_units, removed, suspected) \
             SELECT k.id, k.case_id, v.id, k.number, k.status, v.version, v.claimant_name, v.claimant_key, v.citizenship, k.submitted_at, v.late_reason IS NOT NULL AND v.sent_at >= c.deadline_at, ",
            // As `totals::counts` says: what has no value is in no total, nor is what is valued on another basis.
            "COALESCE((SELECT CAST(SUM(t.lines) AS BIGINT) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', c.filing_basis)), 0), \
             COALESCE((SELECT CAST(SUM(t.amount) AS BIGINT) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', c.filing_basis)), 0), \
             COALESCE((SELECT CAST(SUM(t.documented) AS BIGINT) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', c.filing_basis)), 0), \
             COALESCE((SELECT CAST(SUM(t.units) AS BIGINT) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', c.filing_basis)), 0), \
             COALESCE((SELECT CAST(SUM(t.lines) AS BIGINT) FROM totals t WHERE t.version_id = v.id AND t.basis NOT IN ('', c.filing_basis)), 0), \
             COALESCE((SELECT CAST(SUM(t.units) AS BIGINT) FROM totals t WHERE t.version_id = v.id AND t.basis NOT IN ('', c.filing_basis)), 0), \
             COALESCE((SELECT CAST(SUM(r.confirmed) AS BIGINT) FROM removed r WHERE r.claim_id = k.id), 0), \
             COALESCE((SELECT CAST(SUM(r.suspected) AS BIGINT) FROM removed r WHERE r.claim_id = k.id), 0) \
             FROM claims k JOIN cases c ON c.id = k.case_id JOIN versions v ON v.id = k.in_force_id WHERE ",
            $which,
            " ON CONFLICT (claim_id) DO UPDATE SET case_id = excluded.case_id, version_id = excluded.version_id, number = excluded.number, status = excluded.status, version = excluded.version, claimant = excluded.claimant, \
             claimant_key = excluded.claimant_key, citizenship = excluded.citizenship, submitted_at = excluded.submitted_at, late = excluded.late, lines = excluded.lines, \
             amount = excluded.amount, documented = excluded.documented, units = excluded.units, \
             more_lines = excluded.more_lines, more_units = excluded.more_units, removed = excluded.removed, suspected = excluded.suspected"
        )
    };
}

/// The sums of a claim that counts, added to those of its case, or (`-`) taken off them.
macro_rules! counted {
    ($sign:literal) => {
        concat!(
            "INSERT INTO case_totals (case_id, category, basis, lines, amount, documented, interest, costs, units) SELECT g.case_id, t.category, t.basis, ",
            $sign, "t.lines, ", $sign, "t.amount, ", $sign, "t.documented, ", $sign, "t.interest, ", $sign, "t.costs, ", $sign, "t.units \
             FROM registered g JOIN totals t ON t.version_id = g.version_id WHERE g.claim_id = $1 AND g.status = 'submitted' \
             ON CONFLICT (case_id, category, basis) DO UPDATE SET lines = case_totals.lines + excluded.lines, amount = case_totals.amount + excluded.amount, \
             documented = case_totals.documented + excluded.documented, interest = case_totals.interest + excluded.interest, costs = case_totals.costs + excluded.costs, \
             units = case_totals.units + excluded.units"
        )
    };
}

/// Brings the row of a claim, and with it the sums of its case, up to date; a claim that was never sent has none. Of one that was not
/// `counted` before there is nothing to be taken off first. The caller holds the row of the case.
///
/// # Errors
/// If the database fails.
pub async fn keep(tx: &mut Tx, claim: ClaimId, counted: bool) -> Result<(), Error> {
    for sql in counted.then_some(counted!("-")).into_iter().chain([kept!("k.id = $1"), counted!("")]) {
        later!(tx, sql, claim)?;
    }
    if counted {
        // Sums that no line is behind any more.
        later!(
            tx,
            "DELETE FROM case_totals WHERE lines = 0 AND case_id = (SELECT case_id FROM claims WHERE id = $1)",
            claim
        )?;
    }
    Ok(())
}

/// Brings the rows of a case and its sums up to date, after its filing basis or deadline changed, or after its claims came into the database
/// by other means than one at a time.
///
/// # Errors
/// If the database fails.
pub async fn keep_case(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query(kept!("k.case_id = $1")).bind(case).execute(&mut *c).await?;
        sqlx::query("DELETE FROM case_totals WHERE case_id = $1").bind(case).execute(&mut *c).await?;
        let sums = "INSERT INTO case_totals (case_id, category, basis, lines, amount, documented, interest, costs, units) \
             SELECT g.case_id, t.category, t.basis, CAST(SUM(t.lines) AS BIGINT), CAST(SUM(t.amount) AS BIGINT), CAST(SUM(t.documented) AS BIGINT), CAST(SUM(t.interest) AS BIGINT), \
             CAST(SUM(t.costs) AS BIGINT), CAST(SUM(t.units) AS BIGINT) FROM registered g JOIN totals t ON t.version_id = g.version_id \
             WHERE g.case_id = $1 AND g.status = 'submitted' GROUP BY g.case_id, t.category, t.basis";
        sqlx::query(sums).bind(case).execute(c).await.map(drop)
    })
}

/// Brings what is taken off the claims of a case up to date, after a run of matching.
///
/// # Errors
/// If the database fails.
pub async fn keep_removed(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    on!(tx, c => sqlx::query(
        "UPDATE registered SET removed = s.removed, suspected = s.suspected FROM (SELECT k.claim_id, CAST(COALESCE(SUM(r.confirmed), 0) AS BIGINT) AS removed, \
         CAST(COALESCE(SUM(r.suspected), 0) AS BIGINT) AS suspected FROM registered k LEFT JOIN removed r ON r.claim_id = k.claim_id WHERE k.case_id = $1 GROUP BY k.claim_id) s \
         WHERE registered.claim_id = s.claim_id AND (registered.removed <> s.removed OR registered.suspected <> s.suspected)",
    )
    .bind(case).execute(c).await.map(drop))
}

/// The numbers of the claims of a case whose rows are not as they must be; none unless somebody went past the product.
///
/// # Errors
/// If the database fails.
pub async fn wrong(tx: &mut Tx, case: CaseId) -> Result<Vec<String>, Error> {
    on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT k.number FROM claims k JOIN cases c ON c.id = k.case_id JOIN versions v ON v.id = k.in_force_id WHERE k.case_id = $1 AND NOT EXISTS (\
         SELECT 1 FROM registered g WHERE g.claim_id = k.id AND g.case_id = k.case_id AND g.version_id = v.id AND g.number = k.number AND g.status = k.status AND g.version = v.version AND g.claimant = v.claimant_name \
         AND g.claimant_key = v.claimant_key AND g.citizenship = v.citizenship \
         AND g.submitted_at = k.submitted_at AND g.late = (v.late_reason IS NOT NULL AND v.sent_at >= c.deadline_at) ",
        "AND g.lines = COALESCE((SELECT SUM(t.lines) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', c.filing_basis)), 0) \
         AND g.units = COALESCE((SELECT SUM(t.units) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', c.filing_basis)), 0) \
         AND g.more_lines = COALESCE((SELECT SUM(t.lines) FROM totals t WHERE t.version_id = v.id AND t.basis NOT IN ('', c.filing_basis)), 0) \
         AND g.more_units = COALESCE((SELECT SUM(t.units) FROM totals t WHERE t.version_id = v.id AND t.basis NOT IN ('', c.filing_basis)), 0) \
         AND g.amount = COALESCE((SELECT SUM(t.amount) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', c.filing_basis)), 0) \
         AND g.documented = COALESCE((SELECT SUM(t.documented) FROM totals t WHERE t.version_id = v.id AND t.basis IN ('', c.filing_basis)), 0) \
         AND g.removed = COALESCE((SELECT SUM(r.confirmed) FROM removed r WHERE r.claim_id = k.id), 0) \
         AND g.suspected = COALESCE((SELECT SUM(r.suspected) FROM removed r WHERE r.claim_id = k.id), 0)) ORDER BY k.number",
    ))
    .bind(case).fetch_all(c).await)
}
