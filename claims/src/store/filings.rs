//! Filings: what a snapshot reads, the frozen rows, their files and exhibits.

use sqlx::types::Json;

use super::{Error, Tx, on};
use crate::{
    AccountId, CaseId, ClaimId, FilingId, Instant, VersionId,
    filing::{Exhibit, Filing, Form},
    intake::Answers,
};

/// A submitted claim with its version in force, as a snapshot reads it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct InForce {
    /// Row id.
    pub id: ClaimId,
    /// Number.
    pub number: String,
    /// Row id of the version.
    pub version_id: VersionId,
    /// Version in force.
    pub version: i64,
    /// Hash of its text.
    pub sha256: String,
    /// Its canonical text.
    pub frozen: String,
    /// First submission.
    pub submitted_at: Instant,
    /// When the version was sent.
    pub sent_at: Instant,
}

/// The submitted claims of a case by number.
///
/// # Errors
/// If the database fails.
pub async fn in_force(tx: &mut Tx, case: CaseId) -> Result<Vec<InForce>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT k.id, k.number, v.id AS version_id, v.version, v.sha256, v.frozen, k.submitted_at, v.sent_at FROM claims k JOIN versions v ON v.id = k.in_force_id \
         WHERE k.case_id = $1 AND k.status = 'submitted' ORDER BY k.id",
    )
    .bind(case).fetch_all(c).await)
    .map(|mut claims: Vec<InForce>| {
        // Databases sort text by their own rules; bytes are the same everywhere.
        claims.sort_by(|a, b| a.number.cmp(&b.number));
        claims
    })
}

/// How many claimants are told when the next filing is built: somebody acts for them, and their version was sent after `last`,
/// the moment of the last filing, so that it is filed for the first time.
///
/// # Errors
/// If the database fails.
pub async fn claimants_to_tell(tx: &mut Tx, case: CaseId, last: Instant) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(DISTINCT k.claimant_id) FROM claims k JOIN versions v ON v.id = k.in_force_id \
         WHERE k.case_id = $1 AND k.status = 'submitted' AND v.sent_at > $2 \
         AND EXISTS (SELECT 1 FROM account_claimants p JOIN accounts a ON a.id = p.account_id WHERE p.claimant_id = k.claimant_id AND a.disabled_at IS NULL)",
    )
    .bind(case).bind(last).fetch_one(c).await)
}

/// What the portal keeps as the amount of every line of the submitted claims, in the case's currency.
///
/// # Errors
/// If the database fails.
pub async fn line_amounts(tx: &mut Tx, case: CaseId) -> Result<Vec<(VersionId, i64, i64)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT l.version_id, l.line, COALESCE(l.case_amount, 0) FROM lines l JOIN claims k ON k.in_force_id = l.version_id WHERE k.case_id = $1 AND k.status = 'submitted'",
    )
    .bind(case).fetch_all(c).await)
}

/// A claim that was withdrawn after it had been sent.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Withdrawn {
    /// Number.
    pub number: String,
    /// Legal name as last signed.
    pub claimant_name: String,
    /// Why.
    pub reason: String,
    /// The version that was in force.
    pub version: i64,
    /// When.
    pub at: Instant,
}

/// Every claim that was withdrawn after it had been sent.
///
/// # Errors
/// If the database fails.
pub async fn withdrawn(tx: &mut Tx, case: CaseId) -> Result<Vec<Withdrawn>, Error> {
    // When a claim was withdrawn stands in its events: an amendment that is begun since changes `changed_at`.
    on!(tx, c => sqlx::query_as(
        "SELECT k.number, v.claimant_name, COALESCE(k.withdrawn_reason, '') AS reason, v.version, \
         COALESCE((SELECT e.at FROM events e WHERE e.claim_id = k.id AND e.kind = 'claim_withdrawn' ORDER BY e.seq DESC LIMIT 1), k.changed_at) AS at \
         FROM claims k JOIN versions v ON v.id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'withdrawn' ORDER BY k.id",
    )
    .bind(case).fetch_all(c).await)
}

/// The canonical text of a sent version.
///
/// # Errors
/// If the database fails.
pub async fn text(tx: &mut Tx, case: CaseId, number: &str, version: i64) -> Result<Option<String>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT v.frozen FROM versions v JOIN claims k ON k.id = v.claim_id WHERE k.case_id = $1 AND k.number = $2 AND v.version = $3 AND v.frozen IS NOT NULL")
        .bind(case).bind(number).bind(version).fetch_optional(c).await)
}

/// A filing as listed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// Row id.
    pub id: FilingId,
    /// Number in the case.
    pub number: i64,
    /// Moment of which it is.
    pub as_of: Instant,
    /// Hash of its frozen text.
    pub sha256: String,
    /// Claims.
    pub claims: i64,
    /// Gross claimed.
    pub gross: i64,
    /// Overlap removed.
    pub confirmed: i64,
    /// Overlap suspected.
    pub suspected: i64,
    /// Who asked for it.
    pub built_by: Option<String>,
    /// When it was ready.
    pub built_at: Instant,
}

const ROW: &str = "SELECT f.id, f.number, f.as_of, f.sha256, f.claims, f.gross, f.confirmed, f.suspected, a.name AS built_by, f.built_at FROM filings f LEFT JOIN accounts a ON a.id = f.built_by";

/// The filings of a case, newest first.
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Row>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{ROW} WHERE f.case_id = $1 ORDER BY f.number DESC"));
    on!(tx, c => sqlx::query_as(sql).bind(case).fetch_all(c).await)
}

/// A filing by its number.
///
/// # Errors
/// If the database fails.
pub async fn by_number(tx: &mut Tx, case: CaseId, number: i64) -> Result<Option<Row>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{ROW} WHERE f.case_id = $1 AND f.number = $2"));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(number).fetch_optional(c).await)
}

/// The number of the last filing of a case, with its hash.
///
/// # Errors
/// If the database fails.
pub async fn last(tx: &mut Tx, case: CaseId) -> Result<Option<(i64, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT number, sha256 FROM filings WHERE case_id = $1 ORDER BY number DESC LIMIT 1").bind(case).fetch_optional(c).await)
}

/// The frozen text of a filing with its hash.
///
/// # Errors
/// If the database fails.
pub async fn frozen(tx: &mut Tx, case: CaseId, number: i64) -> Result<Option<(String, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT frozen, sha256 FROM filings WHERE case_id = $1 AND number = $2").bind(case).bind(number).fetch_optional(c).await)
}

/// A file of a filing.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct File {
    /// `full` or `public`.
    pub variant: String,
    /// Name in the package; empty for the package itself.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size.
    pub bytes: i64,
    /// Hash, which is also its place in the object store.
    pub sha256: String,
}

/// Adds a filing with its files and the exhibits that are new in it.
///
/// # Errors
/// A unique violation if another build took the number, a Bates number or an exhibit meanwhile.
pub async fn add(
    tx: &mut Tx,
    case: CaseId,
    (filing, text, sha256): (&Filing, &str, &str),
    files: &[File],
    by: Option<AccountId>,
    now: Instant,
) -> Result<FilingId, Error> {
    let figures = filing.figures;
    let id: FilingId = on!(tx, c => sqlx::query_scalar(
        "INSERT INTO filings (case_id, number, as_of, frozen, sha256, claims, gross, confirmed, suspected, built_by, built_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
    )
    .bind(case).bind(filing.number).bind(filing.as_of).bind(text).bind(sha256).bind(i64::try_from(filing.claims.len()).unwrap_or(i64::MAX)).bind(figures.gross)
    .bind(figures.confirmed).bind(figures.suspected).bind(by).bind(now).fetch_one(c).await)?;
    for file in files {
        on!(tx, c => sqlx::query("INSERT INTO filing_files (filing_id, variant, name, media_type, bytes, sha256) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(id).bind(&file.variant).bind(&file.name).bind(&file.media_type).bind(file.bytes).bind(&file.sha256).execute(c).await.map(drop))?;
    }
    Ok(id)
}

/// The files of a filing by variant and name.
///
/// # Errors
/// If the database fails.
pub async fn files(tx: &mut Tx, filing: FilingId) -> Result<Vec<File>, Error> {
    on!(tx, c => sqlx::query_as("SELECT variant, name, media_type, bytes, sha256 FROM filing_files WHERE filing_id = $1 ORDER BY variant, name").bind(filing).fetch_all(c).await)
}

/// A document that was filed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Filed {
    /// Number of the exhibit.
    pub exhibit: i64,
    /// Hash.
    pub sha256: String,
    /// First Bates number.
    pub first_bates: i64,
    /// Pages.
    pub pages: i64,
    /// Form key.
    pub form: String,
    /// Why it is a slip sheet.
    pub problem: String,
}

/// Every document of a case that was ever filed, by number.
///
/// # Errors
/// If the database fails.
pub async fn exhibits(tx: &mut Tx, case: CaseId) -> Result<Vec<Filed>, Error> {
    on!(tx, c => sqlx::query_as("SELECT exhibit, sha256, first_bates, pages, form, problem FROM exhibits WHERE case_id = $1 ORDER BY exhibit").bind(case).fetch_all(c).await)
}

/// Adds an exhibit.
///
/// # Errors
/// A unique violation if its number, its Bates number or its bytes are there already.
pub async fn add_exhibit(tx: &mut Tx, case: CaseId, exhibit: &Exhibit) -> Result<(), Error> {
    on!(tx, c => sqlx::query("INSERT INTO exhibits (case_id, exhibit, sha256, first_bates, pages, form, problem) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(case).bind(exhibit.exhibit).bind(&exhibit.sha256).bind(exhibit.first).bind(exhibit.pages).bind(Form::key(exhibit.form)).bind(&exhibit.problem)
        .execute(c).await.map(drop))
}

/// What counsel set for the filings of a case, as answers.
///
/// # Errors
/// If the database fails.
pub async fn settings(tx: &mut Tx, case: CaseId) -> Result<Option<Answers>, Error> {
    let found: Option<Json<Answers>> = on!(tx, c => sqlx::query_scalar("SELECT answers FROM filing_settings WHERE case_id = $1").bind(case).fetch_optional(c).await)?;
    Ok(found.map(|answers| answers.0))
}

/// Keeps them.
///
/// # Errors
/// If the database fails.
pub async fn save_settings(tx: &mut Tx, case: CaseId, answers: &Answers, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("INSERT INTO filing_settings (case_id, answers, saved_at) VALUES ($1, $2, $3) ON CONFLICT (case_id) DO UPDATE SET answers = $2, saved_at = $3")
        .bind(case).bind(Json(answers)).bind(now).execute(c).await.map(drop))
}

/// What a hash belongs to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    /// `package`, `file` or `filing`; of a version of a claim `text`, its canonical text, or `receipt`, its receipt as PDF.
    pub kind: String,
    /// Short name of the case.
    pub slug: String,
    /// Number of the filing, or of the claim.
    pub number: String,
    /// Variant and name of the file, or the version.
    pub what: String,
    /// When it was made.
    pub at: Instant,
    /// Of a version that was replaced, the one that is in force, or was when the claim was withdrawn.
    pub replaced_by: Option<i64>,
    /// Whether the claim was withdrawn.
    pub withdrawn: bool,
}

/// What a hash belongs to, of everything that Recoup made.
///
/// # Errors
/// If the database fails.
pub async fn by_hash(tx: &mut Tx, sha256: &str) -> Result<Vec<Known>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT CASE WHEN x.name = '' THEN 'package' ELSE 'file' END AS kind, c.slug, CAST(f.number AS TEXT) AS number, x.variant || ' ' || x.name AS what, f.built_at AS at, \
         CAST(NULL AS BIGINT) AS replaced_by, FALSE AS withdrawn FROM filing_files x JOIN filings f ON f.id = x.filing_id JOIN cases c ON c.id = f.case_id WHERE x.sha256 = $1 \
         UNION ALL SELECT 'filing', c.slug, CAST(f.number AS TEXT), '', f.built_at, NULL, FALSE FROM filings f JOIN cases c ON c.id = f.case_id WHERE f.sha256 = $1 \
         UNION ALL SELECT y.kind, c.slug, k.number, CAST(v.version AS TEXT), v.sent_at, CASE WHEN w.version > v.version THEN w.version END, k.status = 'withdrawn' \
         FROM (SELECT 'text' AS kind, id AS version_id FROM versions WHERE sha256 = $1 UNION ALL SELECT 'receipt', version_id FROM receipt_files WHERE sha256 = $1) y \
         JOIN versions v ON v.id = y.version_id JOIN claims k ON k.id = v.claim_id JOIN versions w ON w.id = k.in_force_id JOIN cases c ON c.id = k.case_id WHERE v.sent_at IS NOT NULL",
    )
    .bind(sha256).fetch_all(c).await)
    .map(|mut known: Vec<Known>| {
        known.sort_by(|a, b| (a.at, &a.kind, &a.what).cmp(&(b.at, &b.kind, &b.what)));
        known
    })
}
