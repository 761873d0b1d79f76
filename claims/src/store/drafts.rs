//! Drafts as a whole: those of a case, and those that nobody goes on with.

use super::{Error, Tx, on};
use crate::{CaseId, ClaimId, Instant};

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
