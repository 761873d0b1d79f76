//! The register of a case: sent claims, filtered, sorted, paged and summed.

use sqlx::{Database, QueryBuilder};

use super::{Error, Tx, on};
use crate::{
    CaseId, ClaimId, Instant, deadline,
    line::{Basis, Category},
    status::ClaimStatus,
};

/// What a register shows: every field narrows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Claims of one status; submitted and withdrawn if none is chosen.
    pub status: Option<ClaimStatus>,
    /// Claims with lines in a category, and their sums of that category only.
    pub category: Option<Category>,
    /// Only stock valued on this basis.
    pub basis: Option<Basis>,
    /// Name or number contains this.
    pub text: String,
    /// Claims with (`true`) or without (`false`) any amount that rests on the declaration alone.
    pub sworn_only: Option<bool>,
    /// Claims that came late.
    pub late: bool,
    /// First submission not before this day.
    pub from: Option<chrono::NaiveDate>,
    /// First submission not after this day.
    pub to: Option<chrono::NaiveDate>,
    /// IANA name of the zone in which these days are counted; empty for UTC.
    pub zone: String,
}

/// How a register is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Last received first.
    #[default]
    Received,
    /// By number.
    Number,
    /// By name.
    Claimant,
    /// Largest amount first.
    Amount,
    /// Largest sworn-only amount first.
    Sworn,
    /// Most taken off, or suspected to be, first.
    Overlap,
}

impl Order {
    /// Reads the key of a URL.
    #[must_use]
    pub fn parse(key: &str) -> Self {
        match key {
            "number" => Self::Number,
            "claimant" => Self::Claimant,
            "amount" => Self::Amount,
            "sworn" => Self::Sworn,
            "overlap" => Self::Overlap,
            _ => Self::Received,
        }
    }

    /// The key for a URL.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Number => "number",
            Self::Claimant => "claimant",
            Self::Amount => "amount",
            Self::Sworn => "sworn",
            Self::Overlap => "overlap",
        }
    }

    const fn sql(self) -> &'static str {
        match self {
            Self::Received => "submitted_at DESC, id DESC",
            Self::Number => "number, id",
            Self::Claimant => "claimant_key, id",
            Self::Amount => "amount DESC, id",
            Self::Sworn => "amount - documented DESC, id",
            Self::Overlap => "removed + suspected DESC, id",
        }
    }
}

/// A row of the register. Amounts count stock on the filing basis only, unless a basis is chosen.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RegisterRow {
    /// Row id.
    pub id: ClaimId,
    /// Number.
    pub number: String,
    /// Legal name as signed.
    pub claimant: String,
    /// Citizenship as signed.
    pub citizenship: String,
    /// Status key.
    pub status: String,
    /// Version in force.
    pub version: i64,
    /// First submission.
    pub submitted_at: Instant,
    /// Whether it came late.
    pub late: bool,
    /// Lines.
    pub lines: i64,
    /// Claimed.
    pub amount: i64,
    /// Of it documented.
    pub documented: i64,
    /// Units.
    pub units: i64,
    /// Taken off `amount` because a person said that it overlaps.
    pub removed: i64,
    /// Taken off as well, if every suspicion is right.
    pub suspected: i64,
}

/// Sums of a filtered register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct RegisterSums {
    /// Claims.
    pub claims: i64,
    /// Lines.
    pub lines: i64,
    /// Claimed.
    pub amount: i64,
    /// Of it documented.
    pub documented: i64,
    /// Units.
    pub units: i64,
    /// Taken off `amount` because a person said that it overlaps.
    pub removed: i64,
    /// Taken off as well, if every suspicion is right.
    pub suspected: i64,
}

impl RegisterSums {
    /// The unique total if everything suspected overlaps, and if nothing does.
    #[must_use]
    pub const fn unique(&self) -> (i64, i64) {
        (self.amount - self.removed - self.suspected, self.amount - self.removed)
    }
}

/// Where a claim stands in a filtered, sorted register.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Place {
    /// Its place, from 1.
    pub place: i64,
    /// How many claims there are.
    pub total: i64,
    /// Number of the claim before it.
    pub previous: Option<String>,
    /// Number of the claim after it.
    pub next: Option<String>,
}

/// The filtered claims with their sums, as a subquery.
pub(super) fn filtered<DB>(case: CaseId, filing_basis: Basis, filter: &Filter, query: &mut QueryBuilder<DB>)
where
    DB: Database,
    for<'q> i64: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    for<'q> String: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    for<'q> &'q str: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    for<'q> Instant: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    query.push(
        "(SELECT k.id, k.number, v.claimant_name AS claimant, v.claimant_key, v.citizenship, k.status, v.version, k.submitted_at, v.late_reason IS NOT NULL AS late, \
         COALESCE(s.lines, 0) AS lines, COALESCE(s.amount, 0) AS amount, COALESCE(s.documented, 0) AS documented, COALESCE(s.units, 0) AS units, \
         COALESCE(m.removed, 0) AS removed, COALESCE(m.suspected, 0) AS suspected FROM claims k JOIN versions v ON v.id = k.in_force_id LEFT JOIN (SELECT version_id, CAST(SUM(lines) AS BIGINT) AS lines, CAST(SUM(amount) AS BIGINT) AS amount, \
         CAST(SUM(documented) AS BIGINT) AS documented, CAST(SUM(units) AS BIGINT) AS units FROM totals WHERE (",
    );
    match filter.basis {
        Some(basis) => query.push("basis = ").push_bind(basis.key()),
        // Held copies without a value add units, never an amount.
        None => query.push("basis IN ('', 'units_only', ").push_bind(filing_basis.key()).push(")"),
    };
    query.push(")");
    if let Some(category) = filter.category {
        query.push(" AND category = ").push_bind(category.key());
    }
    query.push(
        " GROUP BY version_id) s ON s.version_id = v.id LEFT JOIN (SELECT claim_id, CAST(SUM(confirmed) AS BIGINT) AS removed, CAST(SUM(suspected) AS BIGINT) AS suspected \
         FROM removed WHERE TRUE",
    );
    // Overlap is reckoned on what counts: of stock, what is valued on the filing basis.
    let category = match filter.basis {
        Some(basis) if basis != filing_basis => {
            query.push(" AND FALSE");
            None
        }
        Some(_) => Some(Category::HeldInventory),
        None => None,
    };
    for category in [category, filter.category].into_iter().flatten() {
        query.push(" AND category = ").push_bind(category.key());
    }
    query.push(" GROUP BY claim_id) m ON m.claim_id = k.id WHERE k.case_id = ").push_bind(case.0);
    match filter.status {
        Some(status) => query.push(" AND k.status = ").push_bind(status.key()),
        None => query.push(" AND k.status <> 'draft'"),
    };
    if filter.category.is_some() || filter.basis.is_some() {
        query.push(" AND s.lines > 0");
    }
    if !filter.text.is_empty() {
        let pattern =
            format!("%{}%", filter.text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        query
            .push(" AND (v.claimant_key LIKE ")
            .push_bind(pattern.clone())
            .push(" ESCAPE '\\' OR LOWER(k.number) LIKE ")
            .push_bind(pattern)
            .push(" ESCAPE '\\')");
    }
    match filter.sworn_only {
        Some(true) => query.push(" AND s.documented < s.amount"),
        Some(false) => query.push(" AND s.documented = s.amount AND s.amount > 0"),
        None => query,
    };
    if filter.late {
        query.push(" AND v.late_reason IS NOT NULL");
    }
    if let Some(from) = filter.from {
        query.push(" AND k.submitted_at >= ").push_bind(deadline::start_of(from, &filter.zone));
    }
    if let Some(to) = filter.to.and_then(|to| to.succ_opt()) {
        query.push(" AND k.submitted_at < ").push_bind(deadline::start_of(to, &filter.zone));
    }
    query.push(") r");
}

/// A page of the register.
///
/// # Errors
/// If the database fails.
pub async fn list(
    tx: &mut Tx,
    case: CaseId,
    filing_basis: Basis,
    filter: &Filter,
    order: Order,
    limit: i64,
    offset: i64,
) -> Result<Vec<RegisterRow>, Error> {
    on!(tx, c => {
        let mut query = QueryBuilder::new("SELECT id, number, claimant, citizenship, status, version, submitted_at, late, lines, amount, documented, units, removed, suspected FROM ");
        filtered(case, filing_basis, filter, &mut query);
        query.push(" ORDER BY ").push(order.sql()).push(" LIMIT ").push_bind(limit).push(" OFFSET ").push_bind(offset);
        query.build_query_as().fetch_all(c).await
    })
}

/// Sums of everything a filter shows.
///
/// # Errors
/// If the database fails.
pub async fn sums(tx: &mut Tx, case: CaseId, filing_basis: Basis, filter: &Filter) -> Result<RegisterSums, Error> {
    on!(tx, c => {
        let mut query = QueryBuilder::new(
            "SELECT COUNT(*) AS claims, CAST(COALESCE(SUM(lines), 0) AS BIGINT) AS lines, CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount, \
             CAST(COALESCE(SUM(documented), 0) AS BIGINT) AS documented, CAST(COALESCE(SUM(units), 0) AS BIGINT) AS units, \
             CAST(COALESCE(SUM(removed), 0) AS BIGINT) AS removed, CAST(COALESCE(SUM(suspected), 0) AS BIGINT) AS suspected FROM ",
        );
        filtered(case, filing_basis, filter, &mut query);
        query.build_query_as().fetch_one(c).await
    })
}

/// Where a claim stands in a filtered, sorted register; `None` if the filter does not show it.
///
/// # Errors
/// If the database fails.
pub async fn place(
    tx: &mut Tx,
    case: CaseId,
    filing_basis: Basis,
    filter: &Filter,
    order: Order,
    claim: ClaimId,
) -> Result<Option<Place>, Error> {
    on!(tx, c => {
        let mut query = QueryBuilder::new(
            "SELECT place, total, previous, next FROM (SELECT id, ROW_NUMBER() OVER w AS place, COUNT(*) OVER () AS total, LAG(number) OVER w AS previous, LEAD(number) OVER w AS next FROM ",
        );
        filtered(case, filing_basis, filter, &mut query);
        query.push(" WINDOW w AS (ORDER BY ").push(order.sql()).push(")) n WHERE id = ").push_bind(claim.0);
        query.build_query_as().fetch_optional(c).await
    })
}

/// Claims of a case by status, drafts included (as a number only).
///
/// # Errors
/// If the database fails.
pub async fn by_status(tx: &mut Tx, case: CaseId) -> Result<Vec<(String, i64)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT status, COUNT(*) FROM claims WHERE case_id = $1 GROUP BY status ORDER BY status").bind(case).fetch_all(c).await)
}

/// First submissions per day of a case, oldest first. Days are counted in `zone`, an IANA name; in UTC if it is empty.
///
/// # Errors
/// If the database fails.
pub async fn by_day(tx: &mut Tx, case: CaseId, zone: &str) -> Result<Vec<(chrono::NaiveDate, i64)>, Error> {
    let times: Vec<Instant> = on!(tx, c => sqlx::query_scalar("SELECT submitted_at FROM claims WHERE case_id = $1 AND submitted_at IS NOT NULL ORDER BY submitted_at")
        .bind(case).fetch_all(c).await)?;
    let mut days: Vec<(chrono::NaiveDate, i64)> = Vec::new();
    for at in times {
        let day = deadline::day_in(at, zone);
        match days.last_mut() {
            Some((last, count)) if *last == day => *count += 1,
            _ => days.push((day, 1)),
        }
    }
    Ok(days)
}

/// A public figure that rests on fewer claimants than this is not shown: one of them could be read from it.
pub const FEWEST_SHOWN: i64 = 5;

/// One category of the public tally. Each figure is given only if enough claimants stand behind that very figure.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TallyRow {
    /// Category key.
    pub category: String,
    claimants: i64,
    units: i64,
    with_units: i64,
    amount: i64,
    with_amount: i64,
}

impl TallyRow {
    /// Claimants with such lines.
    #[must_use]
    pub fn claimants(&self) -> Option<i64> {
        (self.claimants >= FEWEST_SHOWN).then_some(self.claimants)
    }

    /// Units.
    #[must_use]
    pub fn units(&self) -> Option<i64> {
        (self.with_units >= FEWEST_SHOWN).then_some(self.units)
    }

    /// Claimed, stock on the filing basis only; minor units.
    #[must_use]
    pub fn amount(&self) -> Option<i64> {
        (self.with_amount >= FEWEST_SHOWN).then_some(self.amount)
    }
}

/// The public tally of a case by category.
///
/// # Errors
/// If the database fails.
pub async fn tally(tx: &mut Tx, case: CaseId, filing_basis: Basis) -> Result<Vec<TallyRow>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT t.category, COUNT(DISTINCT k.id) AS claimants, CAST(SUM(t.units) AS BIGINT) AS units, COUNT(DISTINCT CASE WHEN t.units > 0 THEN k.id END) AS with_units, \
         CAST(SUM(CASE WHEN t.basis IN ('', $2) THEN t.amount ELSE 0 END) AS BIGINT) AS amount, \
         COUNT(DISTINCT CASE WHEN t.basis IN ('', $2) AND t.amount <> 0 THEN k.id END) AS with_amount \
         FROM claims k JOIN totals t ON t.version_id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'submitted' GROUP BY t.category",
    )
    .bind(case).bind(filing_basis.key()).fetch_all(c).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_few_stand_behind_is_hidden_though_many_claim_in_the_category() {
        let row = TallyRow {
            category: "held_inventory".to_owned(),
            claimants: 9,
            units: 700,
            with_units: 5,
            amount: 1_400_000,
            with_amount: 1,
        };
        assert_eq!((row.claimants(), row.units(), row.amount()), (Some(9), Some(700), None));
        assert_eq!(TallyRow { claimants: 4, ..row }.claimants(), None);
    }
}
