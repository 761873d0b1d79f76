//! Imports of statements: the file being looked at, what was understood, the lines and rows that it became.

use sqlx::{QueryBuilder, types::Json};

use super::{AT_ONCE, Error, Tx, on};
use crate::{
    AccountId, CaseId, ClaimId, ClaimantId, DocumentId, ImportId, Instant, VersionId,
    identifiers::{Gtin, Isrc},
    intake::Answers,
    line::{Basis, LineFacts},
    statements::{
        Choices, Reading,
        file::{Format, sheet_named},
        pass::KeptRow,
    },
    store::lines::InCase,
};

/// An import as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Row id.
    pub id: ImportId,
    /// Claim.
    pub claim_id: ClaimId,
    /// Hash of the file.
    pub sha256: String,
    /// Name of the file, as uploaded.
    pub name: String,
    /// Type found in the bytes.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: i64,
    /// `open`, `done` or `replaced`.
    pub state: String,
    /// What the claimant decided.
    pub choices: Json<Choices>,
    /// What was understood; `None` while it is read, or if it was refused.
    pub reading: Option<Json<Reading>>,
    /// How it differs from the import that it replaces.
    pub difference: Option<Json<Difference>>,
    /// Why the file is not read; empty if it is.
    pub refused: String,
    /// The import whose lines it is to replace, or did.
    pub replaces: Option<ImportId>,
    /// The document that it became.
    pub document_id: Option<DocumentId>,
    /// When it was uploaded.
    pub started_at: Instant,
    /// Since when it is read; `None` when that is over.
    pub read_since: Option<Instant>,
    /// When it became lines.
    pub done_at: Option<Instant>,
}

impl Import {
    /// All sheets of a spreadsheet; none of a text.
    #[must_use]
    pub fn sheets(&self) -> &[String] {
        match self.reading.as_ref().map(|reading| &reading.format) {
            Some(Format::Book { sheets, .. }) => sheets,
            _ => &[],
        }
    }

    /// The sheet that is read, which makes it another import of the same file; empty for a text.
    #[must_use]
    pub fn sheet(&self) -> &str {
        match self.reading.as_ref().map(|reading| &reading.format) {
            Some(Format::Book { sheet, .. }) if self.choices.sheet.is_empty() => sheet,
            _ => sheet_named(self.sheets(), &self.choices.sheet).unwrap_or(&self.choices.sheet),
        }
    }
}

/// How the lines of a corrected file differ from those it replaces.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Difference {
    /// Lines that are new.
    pub added: u64,
    /// Lines that go.
    pub removed: u64,
    /// Lines that change.
    pub changed: u64,
    /// Lines that stay as they are.
    pub same: u64,
    /// The first differences: the release and period, before and after, as amounts in words; empty for none.
    pub first: Vec<(String, String, String)>,
}

const COLUMNS: &str = "id, claim_id, sha256, name, media_type, bytes, state, choices, reading, difference, refused, replaces, document_id, started_at, \
                       read_since, done_at";

/// A file to be imported.
#[derive(Debug, Clone)]
pub struct NewImport<'n> {
    /// Claim.
    pub claim: ClaimId,
    /// Hash.
    pub sha256: &'n str,
    /// Name as uploaded, cleaned.
    pub name: &'n str,
    /// Type found in the bytes.
    pub media_type: &'n str,
    /// Size.
    pub bytes: i64,
    /// Who uploaded it.
    pub by: AccountId,
}

/// Adds an import that is to be read.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, new: &NewImport<'_>, choices: &Choices, now: Instant) -> Result<ImportId, Error> {
    on!(tx, c => sqlx::query_scalar(
        "INSERT INTO imports (claim_id, sha256, name, media_type, bytes, state, choices, started_by, started_at, read_since) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $8) RETURNING id",
    )
    .bind(new.claim).bind(new.sha256).bind(new.name).bind(new.media_type).bind(new.bytes).bind(Json(choices)).bind(new.by).bind(now).fetch_one(c).await)
}

/// Finds an import.
///
/// # Errors
/// If the database fails.
pub async fn find(tx: &mut Tx, id: ImportId) -> Result<Option<Import>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM imports WHERE id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)
}

/// The imports of a claim, the latest first.
///
/// # Errors
/// If the database fails.
pub async fn of_claim(tx: &mut Tx, claim: ClaimId) -> Result<Vec<Import>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM imports WHERE claim_id = $1 ORDER BY id DESC"));
    on!(tx, c => sqlx::query_as(sql).bind(claim).fetch_all(c).await)
}

/// The imports of a claim of which a version still has a line, the latest first. One of which no line is left counts as
/// undone.
///
/// # Errors
/// If the database fails.
pub async fn counting(tx: &mut Tx, claim: ClaimId, version: VersionId) -> Result<Vec<Import>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM imports WHERE claim_id = $1 AND state = 'done' AND EXISTS (SELECT 1 FROM import_lines i \
         JOIN lines l ON l.line = i.line AND l.version_id = $2 WHERE i.import_id = imports.id) ORDER BY id DESC"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(claim).bind(version).fetch_all(c).await)
}

/// What is told of an import beside its document.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Told {
    /// The document that the file became.
    pub document_id: DocumentId,
    /// What was understood of it.
    pub reading: Option<Json<Reading>>,
    /// Whether the version has a line of it.
    pub counts: bool,
    /// Name of the file whose lines the version has in place of its own, if there is one.
    pub replaced_by: Option<String>,
}

/// The imports of a claim that were done when a version of it was sent at `sent_at`, in their order. Nothing of what was imported, or
/// replaced, in a draft since. Of an import that was replaced by one that was undone, nothing takes the place.
///
/// # Errors
/// If the database fails.
pub async fn told(tx: &mut Tx, claim: ClaimId, version: VersionId, sent_at: Instant) -> Result<Vec<Told>, Error> {
    on!(tx, c => sqlx::query_as(
        "WITH RECURSIVE done AS (SELECT id, name, replaces FROM imports WHERE claim_id = $1 AND done_at <= $3), \
         counting AS (SELECT d.id, d.name FROM done d WHERE EXISTS (SELECT 1 FROM import_lines i JOIN lines l ON l.line = i.line AND l.version_id = $2 WHERE i.import_id = d.id)), \
         replacing (earlier, later) AS (SELECT replaces, id FROM done WHERE replaces IS NOT NULL UNION SELECT p.earlier, d.id FROM replacing p JOIN done d ON d.replaces = p.later) \
         SELECT m.document_id, m.reading, EXISTS (SELECT 1 FROM counting c WHERE c.id = m.id) AS counts, \
         (SELECT c.name FROM replacing p JOIN counting c ON c.id = p.later WHERE p.earlier = m.id ORDER BY c.id DESC LIMIT 1) AS replaced_by \
         FROM imports m WHERE m.claim_id = $1 AND m.document_id IS NOT NULL AND m.done_at <= $3 ORDER BY m.id",
    )
    .bind(claim).bind(version).bind(sent_at).fetch_all(c).await)
}

/// How many lines of an import a version still has.
///
/// # Errors
/// If the database fails.
pub async fn lines_left(tx: &mut Tx, id: ImportId, version: VersionId) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM import_lines i JOIN lines l ON l.line = i.line AND l.version_id = $2 WHERE i.import_id = $1",
    )
    .bind(id).bind(version).fetch_one(c).await)
}

/// Keeps choices, and that the file is being read by them. Only an open import changes.
///
/// # Errors
/// If the database fails.
pub async fn choose(
    tx: &mut Tx,
    id: ImportId,
    choices: &Choices,
    replaces: Option<ImportId>,
    now: Instant,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE imports SET choices = $2, replaces = $3, read_since = $4 WHERE id = $1 AND state = 'open'")
        .bind(id).bind(Json(choices)).bind(replaces).bind(now).execute(c).await.map(drop))
}

/// Keeps what was understood, or why the file is not read.
///
/// # Errors
/// If the database fails.
pub async fn understood(
    tx: &mut Tx,
    id: ImportId,
    reading: Option<&Reading>,
    difference: Option<&Difference>,
    refused: &str,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE imports SET reading = $2, difference = $3, refused = $4, read_since = NULL WHERE id = $1 AND state = 'open'")
        .bind(id).bind(reading.map(Json)).bind(difference.map(Json)).bind(refused).execute(c).await.map(drop))
}

/// Removes an import that became nothing.
///
/// # Errors
/// If the database fails.
pub async fn discard(tx: &mut Tx, id: ImportId) -> Result<(), Error> {
    on!(tx, c => sqlx::query("DELETE FROM imports WHERE id = $1 AND state = 'open'").bind(id).execute(c).await.map(drop))
}

/// Removes imports that were left open since before `before`; gives how many.
///
/// # Errors
/// If the database fails.
pub async fn clean(tx: &mut Tx, before: Instant) -> Result<u64, Error> {
    on!(tx, c => sqlx::query("DELETE FROM imports WHERE state = 'open' AND started_at < $1").bind(before).execute(c).await.map(|done| done.rows_affected()))
}

/// Forgets the imports of a claim since its draft was begun at `since`, which is being discarded; what they replaced counts again.
///
/// # Errors
/// If the database fails.
pub async fn discard_since(tx: &mut Tx, claim: ClaimId, since: Instant) -> Result<(), Error> {
    on!(tx, c => {
        for sql in [
            "UPDATE imports SET state = 'done' WHERE state = 'replaced' AND id IN (SELECT replaces FROM imports WHERE claim_id = $1 AND done_at >= $2)",
            "UPDATE imports SET replaces = NULL WHERE claim_id = $1 AND (state = 'open' OR done_at >= $2)",
            "DELETE FROM statement_rows WHERE import_id IN (SELECT id FROM imports WHERE claim_id = $1 AND done_at >= $2)",
            "DELETE FROM import_lines WHERE import_id IN (SELECT id FROM imports WHERE claim_id = $1 AND done_at >= $2)",
            "DELETE FROM imports WHERE claim_id = $1 AND (state = 'open' OR done_at >= $2)",
        ] {
            sqlx::query(sql).bind(claim).bind(since).execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// Marks an import as done, and the one that it replaces as replaced.
///
/// # Errors
/// If the database fails.
pub async fn finish(
    tx: &mut Tx,
    id: ImportId,
    document: DocumentId,
    replaces: Option<ImportId>,
    now: Instant,
) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query("UPDATE imports SET state = 'done', document_id = $2, done_at = $3 WHERE id = $1").bind(id).bind(document).bind(now).execute(&mut *c).await?;
        sqlx::query("UPDATE imports SET state = 'replaced' WHERE id = $1").bind(replaces).execute(c).await.map(drop)
    })
}

/// The numbers of the lines of an import, with the key of each.
///
/// # Errors
/// If the database fails.
pub async fn lines_of(tx: &mut Tx, id: ImportId) -> Result<Vec<(i64, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT line, key FROM import_lines WHERE import_id = $1 ORDER BY line").bind(id).fetch_all(c).await)
}

/// A line of an import, as a version has it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LineOfImport {
    /// What makes it the same line in a corrected file.
    pub key: String,
    /// Artist.
    pub artist: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Currency.
    pub currency: Option<String>,
    /// What it claims, in minor units.
    pub amount: Option<i64>,
    /// Units.
    pub units: Option<i64>,
}

/// The lines of an import that a version still has.
///
/// # Errors
/// If the database fails.
pub async fn amounts_of(tx: &mut Tx, id: ImportId, version: VersionId) -> Result<Vec<LineOfImport>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT i.key, l.artist, l.title, l.currency, l.amount, l.units FROM import_lines i JOIN lines l ON l.line = i.line AND l.version_id = $2 WHERE i.import_id = $1 ORDER BY i.line",
    )
    .bind(id).bind(version).fetch_all(c).await)
}

/// Removes the lines of an import from a version, with their citations.
///
/// # Errors
/// If the database fails.
pub async fn remove_lines(tx: &mut Tx, id: ImportId, version: VersionId) -> Result<u64, Error> {
    on!(tx, c => {
        sqlx::query("DELETE FROM evidence WHERE line_id IN (SELECT l.id FROM lines l JOIN import_lines i ON i.line = l.line WHERE i.import_id = $1 AND l.version_id = $2)")
            .bind(id).bind(version).execute(&mut *c).await?;
        sqlx::query("DELETE FROM lines WHERE version_id = $2 AND line IN (SELECT line FROM import_lines WHERE import_id = $1)")
            .bind(id).bind(version).execute(c).await.map(|done| done.rows_affected())
    })
}

/// The next free number of a line of a claim: above every line of every version, removed imports included.
///
/// # Errors
/// If the database fails.
pub async fn next_line(tx: &mut Tx, claim: ClaimId) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar(
        "SELECT 1 + greatest_number FROM (SELECT COALESCE(MAX(n), 0) AS greatest_number FROM (SELECT MAX(l.line) AS n FROM lines l JOIN versions v ON v.id = l.version_id WHERE v.claim_id = $1 \
         UNION ALL SELECT MAX(i.line) FROM import_lines i JOIN imports m ON m.id = i.import_id WHERE m.claim_id = $1) a) b",
    )
    .bind(claim).fetch_one(c).await)
}

/// A line to be added, right in every answer, citing the document of its import.
#[derive(Debug)]
pub struct NewLine<'n> {
    /// Number in the claim.
    pub number: i64,
    /// Answers.
    pub answers: &'n Answers,
    /// Facts.
    pub facts: &'n LineFacts,
    /// In the case's currency.
    pub in_case: &'n InCase,
    /// What makes it the same line in a corrected file.
    pub key: &'n str,
    /// The rows that it cites.
    pub place: &'n str,
}

/// Adds lines of an import with their citations.
///
/// # Errors
/// If the database fails.
pub async fn add_lines(
    tx: &mut Tx,
    import: ImportId,
    version: VersionId,
    document: DocumentId,
    lines: &[NewLine<'_>],
) -> Result<(), Error> {
    for some in lines.chunks(AT_ONCE) {
        // Statements of full length come again; one of the rest is not worth being kept by the connection.
        let again = some.len() == AT_ONCE;
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO lines (version_id, line, category, answers, is_right, currency, amount, rate, case_amount, case_interest, case_costs, basis, period_from, period_to, gtin, \
                 aggregator_gtin, catalogue_number, isrc, artist, title, label, format, channel, units, citations) ",
            );
            query.push_values(some, |mut row, new| {
                let (facts, release) = (new.facts, &new.facts.release);
                row.push_bind(version).push_bind(new.number).push_bind(facts.category.key()).push_bind(Json(new.answers)).push("TRUE");
                row.push_bind(facts.currency.code()).push_bind(facts.amount).push_bind(&new.in_case.rate);
                row.push_bind(new.in_case.amount).push_bind(new.in_case.interest).push_bind(new.in_case.costs).push_bind(facts.basis.map(Basis::key));
                row.push_bind(facts.period.map(|period| period.from)).push_bind(facts.period.map(|period| period.to));
                row.push_bind(release.gtin.as_ref().map(Gtin::as_str)).push_bind(release.aggregator_gtin.as_ref().map(Gtin::as_str));
                row.push_bind(&release.catalogue_number).push_bind(release.isrc.as_ref().map(Isrc::as_str)).push_bind(&release.artist);
                row.push_bind(&release.title).push_bind(&release.label).push_bind(&release.format).push_bind(&facts.channel).push_bind(facts.units).push("1");
            });
            query.build().persistent(again).execute(&mut *c).await?;
            // No order is promised in which ids are given; the number says which line it is.
            let mut query = QueryBuilder::new("WITH cited (line, place) AS (");
            query.push_values(some, |mut row, new| {
                row.push_bind(new.number).push_bind(new.place);
            });
            query.push(") INSERT INTO evidence (line_id, document_id, place) SELECT (SELECT l.id FROM lines l WHERE l.version_id = ").push_bind(version);
            query.push(" AND l.line = cited.line), ").push_bind(document).push(", place FROM cited ORDER BY line");
            query.build().persistent(again).execute(&mut *c).await?;
            let mut query = QueryBuilder::new("INSERT INTO import_lines (import_id, line, key) ");
            query.push_values(some, |mut row, new| {
                row.push_bind(import).push_bind(new.number).push_bind(new.key);
            });
            query.build().persistent(again).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Rows that go to SQLite in one statement: five values each, far below its limit of 32,766.
const SQLITE_ROWS: usize = 200;
/// Rows that go to PostgreSQL in one statement, as arrays.
const POSTGRES_ROWS: usize = 20_000;

/// Adds the rows of an import; the line of a row is `first` plus [`KeptRow::group`].
///
/// # Errors
/// If the database fails.
pub async fn add_rows(tx: &mut Tx, import: ImportId, first: i64, rows: &[KeptRow]) -> Result<(), Error> {
    match tx {
        Tx::Sqlite(c) => {
            for some in rows.chunks(SQLITE_ROWS) {
                let mut query = QueryBuilder::<sqlx::Sqlite>::new(
                    "INSERT INTO statement_rows (import_id, row_number, line, units, millionths) ",
                );
                query.push_values(some, |mut values, row| {
                    values
                        .push_bind(import.0)
                        .push_bind(i64::from(row.row))
                        .push_bind(first + i64::from(row.group))
                        .push_bind(row.units)
                        .push_bind(row.millionths);
                });
                query.build().execute(c.settled().await?).await?;
            }
        }
        Tx::Postgres(c) => {
            for some in rows.chunks(POSTGRES_ROWS) {
                let column = |value: fn(&KeptRow) -> i64| some.iter().map(value).collect::<Vec<i64>>();
                sqlx::query(
                    "INSERT INTO statement_rows (import_id, row_number, line, units, millionths) SELECT $1, r, $2 + g, u, m FROM UNNEST($3::BIGINT[], $4::BIGINT[], $5::BIGINT[], $6::BIGINT[]) AS t (r, g, u, m)",
                )
                .bind(import).bind(first).bind(column(|row| i64::from(row.row))).bind(column(|row| i64::from(row.group))).bind(column(|row| row.units)).bind(column(|row| row.millionths))
                .execute(&mut **c).await?;
            }
        }
    }
    Ok(())
}

/// Keeps what a claimant said of the columns of an unknown layout.
///
/// # Errors
/// If the database fails.
pub async fn keep_mapping(
    tx: &mut Tx,
    claimant: ClaimantId,
    case: CaseId,
    header: &str,
    choices: &Choices,
    now: Instant,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query(
        "INSERT INTO statement_mappings (claimant_id, header_hash, case_id, choices, kept_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (claimant_id, header_hash) DO UPDATE SET case_id = excluded.case_id, choices = excluded.choices, kept_at = excluded.kept_at",
    )
    .bind(claimant).bind(header).bind(case).bind(Json(choices)).bind(now).execute(c).await.map(drop))
}

/// The mapping for a header: the claimant's own, else the latest of another claimant of the case who signed a claim there: what was
/// imported into a draft nobody vouches for. Whether it is the claimant's own is the second part.
///
/// # Errors
/// If the database fails.
pub async fn mapping(
    tx: &mut Tx,
    claimant: ClaimantId,
    case: CaseId,
    header: &str,
) -> Result<Option<(Choices, bool)>, Error> {
    let found: Option<(Json<Choices>, ClaimantId)> = on!(tx, c => sqlx::query_as(
        "SELECT m.choices, m.claimant_id FROM statement_mappings m WHERE m.header_hash = $3 AND (m.claimant_id = $1 OR (m.case_id = $2 \
         AND EXISTS (SELECT 1 FROM claims k WHERE k.claimant_id = m.claimant_id AND k.case_id = m.case_id AND k.in_force_id IS NOT NULL))) \
         ORDER BY CASE WHEN m.claimant_id = $1 THEN 0 ELSE 1 END, m.kept_at DESC LIMIT 1",
    )
    .bind(claimant).bind(case).bind(header).fetch_optional(c).await)?;
    Ok(found.map(|(choices, of)| (choices.0, of == claimant)))
}
