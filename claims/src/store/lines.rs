//! Lines of a version and the documents they cite.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::{QueryBuilder, types::Json};

use super::{AT_ONCE, Error, Tx, on};
use crate::{
    DocumentId, EvidenceId, LineId, VersionId,
    intake::Answers,
    line::{Basis, Category, LineFacts},
};

/// A line as stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// Row id.
    pub id: LineId,
    /// Number in the claim; it stays the same over versions.
    pub line: i64,
    /// Category key.
    pub category: String,
    /// Answers as typed.
    pub answers: Json<Answers>,
    /// Whether every answer is right.
    pub is_right: bool,
    /// Currency, if right.
    pub currency: Option<String>,
    /// Amount in minor units of the currency, if right.
    pub amount: Option<i64>,
    /// Rate into the case's currency, if right.
    pub rate: Option<String>,
    /// Amount in minor units of the case's currency, if right.
    pub case_amount: Option<i64>,
    /// Basis, for held inventory.
    pub basis: Option<String>,
    /// Artist.
    pub artist: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Units.
    pub units: Option<i64>,
    /// Documents cited.
    pub citations: i64,
}

const COLUMNS: &str = "id, line, category, answers, is_right, currency, amount, rate, case_amount, basis, artist, title, units, citations";

/// What a line is worth in the currency of its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InCase {
    /// Rate applied, as text.
    pub rate: String,
    /// Amount.
    pub amount: i64,
    /// Interest.
    pub interest: i64,
    /// Costs.
    pub costs: i64,
}

/// Adds a line with the next free number, and gives its id. Numbers that an import gave stay its own, also when its lines were
/// removed.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, version: VersionId, category: Category, answers: &Answers) -> Result<LineId, Error> {
    on!(tx, c => sqlx::query_scalar(
        "INSERT INTO lines (version_id, line, category, answers, is_right) \
         SELECT $1, 1 + COALESCE(MAX(n), 0), $2, $3, FALSE FROM (SELECT MAX(l.line) AS n FROM lines l JOIN versions v ON v.id = l.version_id \
         WHERE v.claim_id = (SELECT claim_id FROM versions WHERE id = $1) UNION ALL SELECT MAX(i.line) FROM import_lines i JOIN imports m ON m.id = i.import_id \
         WHERE m.claim_id = (SELECT claim_id FROM versions WHERE id = $1)) a RETURNING id",
    )
    .bind(version).bind(category.key()).bind(Json(answers)).fetch_one(c).await)
}

/// Writes answers and, where they are right, the facts beside them.
///
/// # Errors
/// If the database fails.
pub async fn write(
    tx: &mut Tx,
    id: LineId,
    answers: &Answers,
    facts: Option<(&LineFacts, &InCase)>,
) -> Result<(), Error> {
    let line = facts.map(|(line, _)| line);
    let in_case = facts.map(|(_, in_case)| in_case);
    let release = line.map(|line| &line.release);
    let period = line.and_then(|line| line.period);
    on!(tx, c => sqlx::query(
        "UPDATE lines SET answers = $2, is_right = $3, currency = $4, amount = $5, rate = $6, case_amount = $7, case_interest = $8, case_costs = $9, basis = $10, \
         period_from = $11, period_to = $12, gtin = $13, aggregator_gtin = $14, catalogue_number = $15, isrc = $16, artist = $17, title = $18, label = $19, format = $20, \
         channel = $21, units = $22 WHERE id = $1",
    )
    .bind(id)
    .bind(Json(answers))
    .bind(facts.is_some())
    .bind(line.map(|line| line.currency.code()))
    .bind(line.map(|line| line.amount))
    .bind(in_case.map(|in_case| in_case.rate.as_str()))
    .bind(in_case.map(|in_case| in_case.amount))
    .bind(in_case.map(|in_case| in_case.interest))
    .bind(in_case.map(|in_case| in_case.costs))
    .bind(line.and_then(|line| line.basis).map(Basis::key))
    .bind(period.map(|period| period.from))
    .bind(period.map(|period| period.to))
    .bind(release.and_then(|r| r.gtin.as_ref()).map(crate::identifiers::Gtin::as_str))
    .bind(release.and_then(|r| r.aggregator_gtin.as_ref()).map(crate::identifiers::Gtin::as_str))
    .bind(release.and_then(|r| r.catalogue_number.as_deref()))
    .bind(release.and_then(|r| r.isrc.as_ref()).map(crate::identifiers::Isrc::as_str))
    .bind(release.and_then(|r| r.artist.as_deref()))
    .bind(release.and_then(|r| r.title.as_deref()))
    .bind(release.and_then(|r| r.label.as_deref()))
    .bind(release.and_then(|r| r.format.as_deref()))
    .bind(line.and_then(|line| line.channel.as_deref()))
    .bind(line.and_then(|line| line.units))
    .execute(c).await.map(drop))
}

/// Finds a line of a version by its number.
///
/// # Errors
/// If the database fails.
pub async fn find(tx: &mut Tx, version: VersionId, line: i64) -> Result<Option<Line>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM lines WHERE version_id = $1 AND line = $2"));
    on!(tx, c => sqlx::query_as(sql).bind(version).bind(line).fetch_optional(c).await)
}

/// Finds a line by id.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, id: LineId) -> Result<Option<Line>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM lines WHERE id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)
}

/// The order of lines on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By number.
    #[default]
    Number,
    /// Largest amount first.
    Amount,
    /// By artist and title.
    Release,
    /// Lines to mend first.
    Wrong,
}

impl Order {
    const fn sql(self) -> &'static str {
        match self {
            Self::Number => "line",
            Self::Amount => "COALESCE(case_amount, 0) DESC, line",
            Self::Release => "LOWER(COALESCE(artist, '')), LOWER(COALESCE(title, '')), line",
            Self::Wrong => "is_right, citations > 0, line",
        }
    }

    /// Reads the key of a URL.
    #[must_use]
    pub fn parse(key: &str) -> Self {
        match key {
            "amount" => Self::Amount,
            "release" => Self::Release,
            "wrong" => Self::Wrong,
            _ => Self::Number,
        }
    }
}

/// Lines of a version, of one category or all.
///
/// # Errors
/// If the database fails.
pub async fn list(
    tx: &mut Tx,
    version: VersionId,
    category: Option<Category>,
    order: Order,
    limit: i64,
    offset: i64,
) -> Result<Vec<Line>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM lines WHERE version_id = $1 AND ($2 = '' OR category = $2) ORDER BY {} LIMIT $3 OFFSET $4",
        order.sql()
    ));
    on!(tx, c => sqlx::query_as(sql).bind(version).bind(category.map_or("", Category::key)).bind(limit).bind(offset).fetch_all(c).await)
}

/// The right lines of a version that have the category, the currency and the amount of `line`, itself among them; some hundred at most.
///
/// # Errors
/// If the database fails.
pub async fn of_its_amount(tx: &mut Tx, version: VersionId, line: &Line) -> Result<Vec<Line>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM lines WHERE version_id = $1 AND category = $2 AND is_right AND currency = $3 AND amount = $4 \
         ORDER BY line DESC LIMIT {AT_ONCE}"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(version).bind(&line.category).bind(&line.currency).bind(line.amount).fetch_all(c).await)
}

/// Which of the lines of its category a line is in an order, from 1; `None` if the version has no such line.
///
/// # Errors
/// If the database fails.
pub async fn position(
    tx: &mut Tx,
    version: VersionId,
    category: Category,
    order: Order,
    line: i64,
) -> Result<Option<i64>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT n FROM (SELECT line, ROW_NUMBER() OVER (ORDER BY {}) AS n FROM lines WHERE version_id = $1 AND category = $2) l WHERE line = $3",
        order.sql()
    ));
    on!(tx, c => sqlx::query_scalar(sql).bind(version).bind(category.key()).bind(line).fetch_optional(c).await)
}

/// The next lines of a version behind the number `after` that are wrong or in another currency than `currency`; a few hundred at most.
///
/// # Errors
/// If the database fails.
pub async fn not_in(tx: &mut Tx, version: VersionId, currency: &str, after: i64) -> Result<Vec<Line>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM lines WHERE version_id = $1 AND line > $2 AND (NOT is_right OR currency <> $3) ORDER BY line LIMIT {AT_ONCE}"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(version).bind(after).bind(currency).fetch_all(c).await)
}

/// The lines of a version by their numbers.
///
/// # Errors
/// If the database fails.
pub async fn numbers(tx: &mut Tx, version: VersionId) -> Result<BTreeMap<i64, LineId>, Error> {
    let rows: Vec<(i64, LineId)> = on!(tx, c => sqlx::query_as("SELECT line, id FROM lines WHERE version_id = $1").bind(version).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// How many lines a category of a version has.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    /// Key of the category.
    pub category: String,
    /// Lines.
    pub lines: i64,
    /// Lines with wrong answers.
    pub wrong: i64,
    /// Lines that cite no document.
    pub uncited: i64,
    /// Lines whose period ends after the day asked for.
    pub to_come: i64,
    /// The first of these.
    pub first_to_come: Option<i64>,
}

/// How many lines each category of a version has, and how many of them want a look; `today` is the last day that is not still to come.
///
/// # Errors
/// If the database fails.
pub async fn counts(tx: &mut Tx, version: VersionId, today: NaiveDate) -> Result<Vec<Counted>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT category, COUNT(*) AS lines, COUNT(CASE WHEN NOT is_right THEN 1 END) AS wrong, COUNT(CASE WHEN citations = 0 THEN 1 END) AS uncited, \
         COUNT(CASE WHEN period_to > $2 THEN 1 END) AS to_come, MIN(CASE WHEN period_to > $2 THEN line END) AS first_to_come \
         FROM lines WHERE version_id = $1 GROUP BY category",
    )
    .bind(version).bind(today).fetch_all(c).await)
}

/// How many lines a version has.
///
/// # Errors
/// If the database fails.
pub async fn count(tx: &mut Tx, version: VersionId) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM lines WHERE version_id = $1").bind(version).fetch_one(c).await)
}

/// Sums of the right lines of a version: category, currency, basis, lines, amount in the currency, amount in the case's currency.
///
/// # Errors
/// If the database fails.
pub async fn sums(
    tx: &mut Tx,
    version: VersionId,
) -> Result<Vec<(String, String, Option<String>, i64, i64, i64, i64)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT category, currency, basis, COUNT(*), CAST(SUM(amount) AS BIGINT), CAST(SUM(case_amount) AS BIGINT), CAST(SUM(case_interest + case_costs) AS BIGINT) FROM lines WHERE version_id = $1 AND is_right \
         GROUP BY category, currency, basis ORDER BY category, currency, basis",
    )
    .bind(version).fetch_all(c).await)
}

/// Removes a line with its citations.
///
/// # Errors
/// If the database fails.
pub async fn remove(tx: &mut Tx, id: LineId) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query("DELETE FROM evidence WHERE line_id = $1").bind(id).execute(&mut *c).await?;
        sqlx::query("DELETE FROM lines WHERE id = $1").bind(id).execute(c).await.map(drop)
    })
}

/// A citation with the name of its document.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Citation {
    /// Row id.
    pub id: EvidenceId,
    /// Line.
    pub line_id: LineId,
    /// Document.
    pub document_id: DocumentId,
    /// Page or row; empty for the whole.
    pub place: String,
    /// Name of the document.
    pub name: String,
    /// Hash of the document.
    pub sha256: String,
}

/// Cites a document; the same citation again changes nothing.
///
/// # Errors
/// If the database fails.
pub async fn cite(tx: &mut Tx, line: LineId, document: DocumentId, place: &str) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query("INSERT INTO evidence (line_id, document_id, place) VALUES ($1, $2, $3) ON CONFLICT (line_id, document_id, place) DO NOTHING")
            .bind(line).bind(document).bind(place).execute(&mut *c).await?;
        sqlx::query("UPDATE lines SET citations = (SELECT COUNT(*) FROM evidence WHERE line_id = $1) WHERE id = $1").bind(line).execute(c).await.map(drop)
    })
}

/// Cites a document with many lines at the same place; where it is cited already nothing changes.
///
/// # Errors
/// If the database fails.
pub async fn cite_many(tx: &mut Tx, lines: &[LineId], document: DocumentId, place: &str) -> Result<(), Error> {
    for some in lines.chunks(AT_ONCE) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO evidence (line_id, document_id, place) ");
            query.push_values(some, |mut row, line| {
                row.push_bind(line).push_bind(document).push_bind(place);
            });
            query.push(" ON CONFLICT (line_id, document_id, place) DO NOTHING");
            query.build().execute(&mut *c).await?;
            let mut query = QueryBuilder::new("WITH citing (id) AS (");
            query.push_values(some, |mut row, line| {
                row.push_bind(line);
            });
            query.push(") UPDATE lines SET citations = (SELECT COUNT(*) FROM evidence e WHERE e.line_id = lines.id) WHERE id IN (SELECT id FROM citing)");
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Takes a citation of a line back.
///
/// # Errors
/// If the database fails.
pub async fn uncite(tx: &mut Tx, line: LineId, evidence: EvidenceId) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query("DELETE FROM evidence WHERE id = $1 AND line_id = $2").bind(evidence).bind(line).execute(&mut *c).await?;
        sqlx::query("UPDATE lines SET citations = (SELECT COUNT(*) FROM evidence WHERE line_id = $1) WHERE id = $1").bind(line).execute(c).await.map(drop)
    })
}

/// The citations of one line, or of all lines of a version.
///
/// # Errors
/// If the database fails.
pub async fn citations(tx: &mut Tx, version: VersionId, line: Option<LineId>) -> Result<Vec<Citation>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT e.id, e.line_id, e.document_id, e.place, d.name, d.sha256 FROM evidence e JOIN lines l ON l.id = e.line_id JOIN documents d ON d.id = e.document_id \
         WHERE l.version_id = $1 AND ($2 = 0 OR l.id = $2) ORDER BY l.line, e.id",
    )
    .bind(version).bind(line.map_or(0, |line| line.0)).fetch_all(c).await)
}

/// Lines of a version that cite a document: their numbers and the place cited.
///
/// # Errors
/// If the database fails.
pub async fn citing(tx: &mut Tx, version: VersionId) -> Result<Vec<(DocumentId, i64, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT e.document_id, l.line, e.place FROM evidence e JOIN lines l ON l.id = e.line_id WHERE l.version_id = $1 ORDER BY e.document_id, l.line")
        .bind(version).fetch_all(c).await)
}
