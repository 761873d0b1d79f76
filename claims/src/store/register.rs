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

/// Days that are counted in one query.
const DAYS_AT_ONCE: usize = 1_000;

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

    /// What is sorted by, whether from the largest down, and whether equals are, which stand in the order of their ids.
    const fn by(self) -> (&'static str, bool, bool) {
        match self {
            Self::Received => ("submitted_at", true, true),
            Self::Number => ("number", false, false),
            Self::Claimant => ("claimant_key", false, false),
            Self::Amount => ("amount", true, false),
            Self::Sworn => ("amount - documented", true, false),
            Self::Overlap => ("removed + suspected", true, false),
        }
    }

    fn sql(self) -> String {
        let (by, down, ids_down) = self.by();
        let way = |down: bool| if down { " DESC" } else { "" };
        format!("{by}{}, id{}", way(down), way(ids_down))
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
    /// Lines that are in `amount`; of a chosen basis all of its lines.
    pub lines: i64,
    /// Claimed.
    pub amount: i64,
    /// Of it documented.
    pub documented: i64,
    /// Units on `lines`.
    pub units: i64,
    /// Lines beside these, of stock without a value or on another basis: they are in no total.
    pub more_lines: i64,
    /// Units on `more_lines`.
    pub more_units: i64,
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
    /// Lines that are in `amount`; of a chosen basis all of its lines.
    pub lines: i64,
    /// Claimed.
    pub amount: i64,
    /// Of it documented.
    pub documented: i64,
    /// Units on `lines`.
    pub units: i64,
    /// Lines beside these, of stock without a value or on another basis: they are in no total.
    pub more_lines: i64,
    /// Units on `more_lines`.
    pub more_units: i64,
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
    let of_a_part = filter.category.is_some() || filter.basis.is_some();
    query.push("(SELECT k.claim_id AS id, k.number, k.claimant, k.claimant_key, k.citizenship, k.status, k.version, k.submitted_at, k.late, ");
    // Sums of a part are another part's rows; those of the whole stand beside the claim.
    let (documented, amount) = if of_a_part {
        query.push(
            "s.lines, s.amount, s.documented, s.units, s.more_lines, s.more_units, COALESCE(m.removed, 0) AS removed, COALESCE(m.suspected, 0) AS suspected FROM registered k ",
        );
        sums_of_a_part(case, filing_basis, filter, query);
        ("s.documented", "s.amount")
    } else {
        query.push("k.lines, k.amount, k.documented, k.units, k.more_lines, k.more_units, k.removed, k.suspected FROM registered k ");
        ("k.documented", "k.amount")
    };
    query.push("WHERE k.case_id = ").push_bind(case.0);
    if let Some(status) = filter.status {
        query.push(" AND k.status = ").push_bind(status.key());
    }
    if !filter.text.is_empty() {
        let pattern =
            format!("%{}%", filter.text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        query
            .push(" AND (k.claimant_key LIKE ")
            .push_bind(pattern.clone())
            .push(" ESCAPE '\\' OR LOWER(k.number) LIKE ")
            .push_bind(pattern)
            .push(" ESCAPE '\\')");
    }
    match filter.sworn_only {
        Some(true) => query.push(format!(" AND {documented} < {amount}")),
        Some(false) => query.push(format!(" AND {documented} = {amount} AND {amount} > 0")),
        None => query,
    };
    if filter.late {
        query.push(" AND k.late");
    }
    if let Some(from) = filter.from {
        query.push(" AND k.submitted_at >= ").push_bind(deadline::start_of(from, &filter.zone));
    }
    if let Some(to) = filter.to.and_then(|to| to.succ_opt()) {
        query.push(" AND k.submitted_at < ").push_bind(deadline::start_of(to, &filter.zone));
    }
    query.push(") r");
}

/// Joins the sums of one category or one basis: `s` of what is claimed, `m` of what is taken off.
fn sums_of_a_part<DB>(case: CaseId, filing_basis: Basis, filter: &Filter, query: &mut QueryBuilder<DB>)
where
    DB: Database,
    for<'q> i64: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    for<'q> &'q str: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    query.push("JOIN (SELECT b.claim_id");
    // Lines and units that are in the amount, and those beside it; a claim that has only the latter is shown as well.
    for (name, of, counted) in [
        ("lines", "lines", true),
        ("amount", "amount", true),
        ("documented", "documented", true),
        ("units", "units", true),
        ("more_lines", "lines", false),
        ("more_units", "units", false),
    ] {
        let not = if counted { "" } else { "NOT " };
        query.push(format!(", CAST(SUM(CASE WHEN {not}b.counted THEN b.{of} ELSE 0 END) AS BIGINT) AS {name}"));
    }
    query.push(" FROM (SELECT g.claim_id, t.lines, t.amount, t.documented, t.units, ");
    match filter.basis {
        Some(_) => query.push("TRUE"),
        None => query.push("t.basis IN ('', ").push_bind(filing_basis.key()).push(")"),
    };
    query.push(" AS counted FROM registered g JOIN totals t ON t.version_id = g.version_id WHERE g.case_id = ");
    query.push_bind(case.0);
    if let Some(basis) = filter.basis {
        query.push(" AND t.basis = ").push_bind(basis.key());
    }
    if let Some(category) = filter.category {
        query.push(" AND t.category = ").push_bind(category.key());
    }
    query.push(
        ") b GROUP BY b.claim_id) s ON s.claim_id = k.claim_id LEFT JOIN (SELECT claim_id, CAST(SUM(confirmed) AS BIGINT) AS removed, CAST(SUM(suspected) AS BIGINT) AS suspected \
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
    query.push(" GROUP BY claim_id) m ON m.claim_id = k.claim_id ");
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
        let mut query = QueryBuilder::new("SELECT id, number, claimant, citizenship, status, version, submitted_at, late, lines, amount, documented, units, more_lines, more_units, removed, suspected FROM ");
        filtered(case, filing_basis, filter, &mut query);
        query.push(" ORDER BY ").push(order.sql()).push(" LIMIT ").push_bind(limit).push(" OFFSET ").push_bind(offset);
        query.build_query_as().fetch_all(c).await
    })
}

const SUMS: &str = "COUNT(*) AS claims, CAST(COALESCE(SUM(lines), 0) AS BIGINT) AS lines, CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount, \
     CAST(COALESCE(SUM(documented), 0) AS BIGINT) AS documented, CAST(COALESCE(SUM(units), 0) AS BIGINT) AS units, \
     CAST(COALESCE(SUM(more_lines), 0) AS BIGINT) AS more_lines, CAST(COALESCE(SUM(more_units), 0) AS BIGINT) AS more_units, \
     CAST(COALESCE(SUM(removed), 0) AS BIGINT) AS removed, CAST(COALESCE(SUM(suspected), 0) AS BIGINT) AS suspected";

/// Sums of everything a filter shows.
///
/// # Errors
/// If the database fails.
pub async fn sums(tx: &mut Tx, case: CaseId, filing_basis: Basis, filter: &Filter) -> Result<RegisterSums, Error> {
    on!(tx, c => {
        let mut query = QueryBuilder::new(format!("SELECT {SUMS} FROM "));
        filtered(case, filing_basis, filter, &mut query);
        query.build_query_as().fetch_one(c).await
    })
}

/// The same sums of the submitted claims, and of the withdrawn ones, which count for nothing.
///
/// # Errors
/// If the database fails.
pub async fn sums_by_status(
    tx: &mut Tx,
    case: CaseId,
    filing_basis: Basis,
    filter: &Filter,
) -> Result<[RegisterSums; 2], Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        status: String,
        #[sqlx(flatten)]
        sums: RegisterSums,
    }
    let rows: Vec<Row> = on!(tx, c => {
        let mut query = QueryBuilder::new(format!("SELECT status, {SUMS} FROM "));
        filtered(case, filing_basis, filter, &mut query);
        query.push(" GROUP BY status").build_query_as().fetch_all(c).await
    })?;
    let of = |status: ClaimStatus| rows.iter().find(|row| row.status == status.key()).map(|row| row.sums);
    Ok([ClaimStatus::Submitted, ClaimStatus::Withdrawn].map(|status| of(status).unwrap_or_default()))
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
        // Counting who stands before it takes no sorting.
        let (by, down, ids_down) = order.by();
        let side = |before: bool| {
            let than = |down: bool| if before == down { ">" } else { "<" };
            let way = |down: bool| if before == down { "" } else { " DESC" };
            let stands = format!("(r.sorted {} me.sorted OR r.sorted = me.sorted AND r.id {} me.id)", than(down), than(ids_down));
            (stands, format!("r.sorted{}, r.id{}", way(down), way(ids_down)))
        };
        let ((before, nearest_before), (after, nearest_after)) = (side(true), side(false));
        let mut query = QueryBuilder::new(format!("WITH r AS (SELECT id, number, {by} AS sorted FROM "));
        filtered(case, filing_basis, filter, &mut query);
        query.push("), me AS (SELECT id, sorted FROM r WHERE id = ").push_bind(claim.0).push(format!(
            ") SELECT (SELECT COUNT(*) FROM r WHERE {before}) + 1 AS place, (SELECT COUNT(*) FROM r) AS total, \
             (SELECT r.number FROM r WHERE {before} ORDER BY {nearest_before} LIMIT 1) AS previous, \
             (SELECT r.number FROM r WHERE {after} ORDER BY {nearest_after} LIMIT 1) AS next FROM me",
        ));
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
    let (first, last): (Option<Instant>, Option<Instant>) = on!(tx, c => sqlx::query_as("SELECT MIN(submitted_at), MAX(submitted_at) FROM registered WHERE case_id = $1")
        .bind(case).fetch_one(c).await)?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
    let (first, last) = (deadline::day_in(first, zone), deadline::day_in(last, zone));
    let days: Vec<chrono::NaiveDate> = first.iter_days().take_while(|day| *day <= last).collect();
    let mut counted = Vec::new();
    // A day is what lies between two moments in the zone, so it is counted by the index; telling the day of each claim would read
    // every one of them.
    for days in days.chunks(DAYS_AT_ONCE) {
        let bounds = days.iter().enumerate().map(|(place, day)| {
            let next = day.succ_opt().unwrap_or(*day);
            (i64::try_from(place).unwrap_or_default(), deadline::start_of(*day, zone), deadline::start_of(next, zone))
        });
        let rows: Vec<(i64, i64)> = on!(tx, c => {
            let mut query = QueryBuilder::new("WITH d (place, since, until) AS (");
            query.push_values(bounds, |mut row, (place, since, until)| {
                row.push_bind(place).push_bind(since).push_bind(until);
            });
            query.push(") SELECT place, n FROM (SELECT d.place, (SELECT COUNT(*) FROM registered k WHERE k.case_id = ").push_bind(case);
            query.push(" AND k.submitted_at >= d.since AND k.submitted_at < d.until) AS n FROM d) days WHERE n > 0 ORDER BY place");
            // The text grows with the case, so that it is not worth keeping prepared.
            query.build_query_as().persistent(false).fetch_all(c).await
        })?;
        counted.extend(rows.into_iter().filter_map(|(place, n)| Some((*days.get(usize::try_from(place).ok()?)?, n))));
    }
    Ok(counted)
}
