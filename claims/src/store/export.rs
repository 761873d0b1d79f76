//! What exports read of claims in force, some hundred at a time; their lines are read by [`super::sent_lines`].

use sqlx::QueryBuilder;

use super::{
    Error, Tx, on,
    register::{Filter, filtered},
};
use crate::{CaseId, ClaimId, ClaimantId, Instant, VersionId, line::Basis};

/// The claims that a filter shows, by number.
///
/// # Errors
/// If the database fails.
pub async fn ids(tx: &mut Tx, case: CaseId, filing_basis: Basis, filter: &Filter) -> Result<Vec<ClaimId>, Error> {
    on!(tx, c => {
        let mut query = QueryBuilder::new("SELECT id FROM ");
        filtered(case, filing_basis, filter, &mut query);
        query.push(" ORDER BY number, id");
        query.build_query_scalar().fetch_all(c).await
    })
}

/// A sent claim with its version in force.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SentClaim {
    /// Row id.
    pub id: ClaimId,
    /// Number.
    pub number: String,
    /// Status key.
    pub status: String,
    /// First submission.
    pub submitted_at: Instant,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// Claimant.
    pub claimant_id: ClaimantId,
    /// Row id of the version in force.
    pub version_id: VersionId,
    /// Its number.
    pub version: i64,
    /// When it was sent.
    pub sent_at: Instant,
    /// Hash of its canonical text.
    pub sha256: String,
    /// Legal name as signed.
    pub claimant: String,
    /// Citizenship as signed.
    pub citizenship: String,
    /// Whether it was sent after the deadline that holds.
    pub late: bool,
    /// What was said why it is late; also where the deadline was extended since.
    pub late_reason: Option<String>,
    /// Documents.
    pub documents: i64,
    /// Number of its first line.
    pub first_line: i64,
    /// Number of its last line.
    pub last_line: i64,
}

/// Sent claims with their versions in force, by number. Those that were never sent are not among them.
///
/// # Errors
/// If the database fails.
pub async fn claims(tx: &mut Tx, ids: &[ClaimId]) -> Result<Vec<SentClaim>, Error> {
    on!(tx, c => {
        let mut query = QueryBuilder::new(
            "SELECT k.id, k.number, k.status, k.submitted_at, k.withdrawn_reason, k.claimant_id, v.id AS version_id, v.version, v.sent_at, v.sha256, v.claimant_name AS claimant, \
             v.citizenship, g.late, v.late_reason, (SELECT COUNT(*) FROM documents d WHERE d.claim_id = k.id AND d.added_in <= v.version AND (d.removed_in IS NULL OR d.removed_in > v.version)) \
             AS documents, COALESCE((SELECT MIN(line) FROM lines WHERE version_id = v.id), 1) AS first_line, COALESCE((SELECT MAX(line) FROM lines WHERE version_id = v.id), 0) AS last_line \
             FROM claims k JOIN versions v ON v.id = k.in_force_id JOIN registered g ON g.claim_id = k.id WHERE k.id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.0);
        }
        query.push(") ORDER BY k.number, k.id");
        query.build_query_as().fetch_all(c).await
    })
}
