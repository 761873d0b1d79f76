//! What exports read: claims in force one by one, so that a file of a million lines needs no more memory than one claim.

use chrono::NaiveDate;
use futures::stream::BoxStream;
use sqlx::{QueryBuilder, types::Json};

use super::{
    Error, Tx, on,
    register::{Filter, filtered},
};
use crate::{
    CaseId, ClaimId, ClaimantId, Instant, LineId, VersionId,
    intake::Answers,
    line::{Basis, Category},
};

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
    /// Why it is late, if it is.
    pub late_reason: Option<String>,
    /// Documents.
    pub documents: i64,
}

/// A sent claim with its version in force.
///
/// # Errors
/// If the database fails or the claim was never sent.
pub async fn claim(tx: &mut Tx, id: ClaimId) -> Result<SentClaim, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT k.id, k.number, k.status, k.submitted_at, k.withdrawn_reason, k.claimant_id, v.id AS version_id, v.version, v.sent_at, v.sha256, v.claimant_name AS claimant, \
         v.citizenship, v.late_reason, (SELECT COUNT(*) FROM documents d WHERE d.claim_id = k.id AND d.added_in <= v.version AND (d.removed_in IS NULL OR d.removed_in > v.version)) \
         AS documents FROM claims k JOIN versions v ON v.id = k.in_force_id WHERE k.id = $1",
    )
    .bind(id).fetch_one(c).await)
}

/// A line of a sent version.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SentLine {
    /// Row id.
    pub id: LineId,
    /// Number in the claim.
    pub line: i64,
    /// Category key.
    pub category: String,
    /// Answers as typed.
    pub answers: Json<Answers>,
    /// Currency.
    pub currency: String,
    /// Amount in minor units of the currency.
    pub amount: i64,
    /// Rate into the case's currency, as text.
    pub rate: String,
    /// Amount in minor units of the case's currency.
    pub case_amount: i64,
    /// Interest in minor units of the case's currency.
    pub case_interest: i64,
    /// Costs in minor units of the case's currency.
    pub case_costs: i64,
    /// Basis key, for held inventory.
    pub basis: Option<String>,
    /// First day.
    pub period_from: Option<NaiveDate>,
    /// Last day.
    pub period_to: Option<NaiveDate>,
    /// Manufacturer's barcode.
    pub gtin: Option<String>,
    /// Aggregator's barcode.
    pub aggregator_gtin: Option<String>,
    /// Catalogue number.
    pub catalogue_number: Option<String>,
    /// ISRC.
    pub isrc: Option<String>,
    /// Artist.
    pub artist: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Label.
    pub label: Option<String>,
    /// Format.
    pub format: Option<String>,
    /// Channel or service.
    pub channel: Option<String>,
    /// Units.
    pub units: Option<i64>,
    /// Documents cited.
    pub citations: i64,
}

/// The lines of a sent version by number, of one category and basis or all, as they come from the database.
pub fn lines(
    tx: &mut Tx,
    version: VersionId,
    category: Option<Category>,
    basis: Option<Basis>,
) -> BoxStream<'_, Result<SentLine, Error>> {
    on!(tx, c => sqlx::query_as(
        "SELECT id, line, category, answers, currency, amount, rate, case_amount, case_interest, case_costs, basis, period_from, period_to, gtin, aggregator_gtin, catalogue_number, \
         isrc, artist, title, label, format, channel, units, citations FROM lines WHERE version_id = $1 AND is_right AND ($2 = '' OR category = $2) AND ($3 = '' OR basis = $3) \
         ORDER BY line",
    )
    .bind(version).bind(category.map_or("", Category::key)).bind(basis.map_or("", Basis::key)).fetch(c))
}
