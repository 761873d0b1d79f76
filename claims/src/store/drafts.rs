//! Drafts as a whole: those of a case, and those that nobody goes on with.

use std::collections::BTreeMap;

use super::{Error, Tx, on};
use crate::{
    AccountId, CaseId, ClaimId, Instant, VersionId,
    line::{Basis, Category},
    totals::Total,
};

/// The claims of a case that are being written, withdrawn ones included: they may be taken up again.
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<ClaimId>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT id FROM claims WHERE case_id = $1 AND draft_id IS NOT NULL ORDER BY id").bind(case).fetch_all(c).await)
}

/// A draft that was never sent and no longer changed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Abandoned {
    /// Claim.
    pub claim: ClaimId,
    /// Short name of its case.
    pub slug: String,
    /// When it was last changed.
    pub changed_at: Instant,
}

/// Drafts that were never sent and not changed since `before`, oldest first. Every edit saves the signature page anew, and with it
/// its time.
///
/// # Errors
/// If the database fails.
pub async fn abandoned(tx: &mut Tx, before: Instant) -> Result<Vec<Abandoned>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT k.id AS claim, c.slug, COALESCE((SELECT a.saved_at FROM answers a WHERE a.version_id = k.draft_id ORDER BY a.saved_at DESC LIMIT 1), k.changed_at) AS changed_at \
         FROM claims k JOIN cases c ON c.id = k.case_id WHERE k.in_force_id IS NULL AND k.draft_id IS NOT NULL AND k.changed_at < $1 \
         AND NOT EXISTS (SELECT 1 FROM answers a WHERE a.version_id = k.draft_id AND a.saved_at >= $1) ORDER BY 3, 1",
    )
    .bind(before).fetch_all(c).await)
}

/// When each draft of an account's claims was last edited. Every edit saves the signature page anew, and with it its time.
///
/// # Errors
/// If the database fails.
pub async fn edited_at(tx: &mut Tx, account: AccountId) -> Result<BTreeMap<VersionId, Instant>, Error> {
    let rows: Vec<(VersionId, Instant)> = on!(tx, c => sqlx::query_as(
        "SELECT s.version_id, MAX(s.saved_at) AS saved_at FROM account_claimants a JOIN claims k ON k.claimant_id = a.claimant_id \
         JOIN answers s ON s.version_id = k.draft_id WHERE a.account_id = $1 GROUP BY s.version_id",
    )
    .bind(account).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

#[derive(sqlx::FromRow)]
struct Sum {
    version_id: VersionId,
    category: String,
    basis: String,
    lines: i64,
    amount: i64,
}

/// What each claim of an account comes to by category and basis, by version: of a draft what its right lines add up to so far, of the
/// version in force what is kept. Amounts and numbers of lines only.
///
/// # Errors
/// If the database fails.
pub async fn sums_of_account(tx: &mut Tx, account: AccountId) -> Result<BTreeMap<VersionId, Vec<Total>>, Error> {
    let rows: Vec<Sum> = on!(tx, c => sqlx::query_as(
        "SELECT l.version_id, l.category, COALESCE(l.basis, '') AS basis, COUNT(*) AS lines, CAST(SUM(l.case_amount) AS BIGINT) AS amount \
         FROM account_claimants a JOIN claims k ON k.claimant_id = a.claimant_id JOIN lines l ON l.version_id = k.draft_id \
         WHERE a.account_id = $1 AND l.is_right GROUP BY l.version_id, l.category, COALESCE(l.basis, '') \
         UNION ALL SELECT t.version_id, t.category, t.basis, t.lines, t.amount FROM account_claimants a JOIN claims k ON k.claimant_id = a.claimant_id \
         JOIN totals t ON t.version_id = k.in_force_id WHERE a.account_id = $1",
    )
    .bind(account).fetch_all(c).await)?;
    let mut sums: BTreeMap<VersionId, Vec<Total>> = BTreeMap::new();
    for Sum { version_id, category, basis, lines, amount } in rows {
        if let Some(category) = Category::parse(&category) {
            let total = Total { lines, amount, ..Total::zero(category, Basis::parse(&basis)) };
            sums.entry(version_id).or_default().push(total);
        }
    }
    Ok(sums)
}
