//! Cases, their counsel, their public documents.

use sqlx::types::Json;

use super::{Error, Tx, on};
use crate::{
    AccountId, CaseDocumentId, CaseId, Instant,
    case::Case,
    intake::{Answers, case_settings},
};

/// A case as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CaseRow {
    /// Row id.
    pub id: CaseId,
    /// What the administrator typed, which was right when it was saved.
    pub settings: Json<Answers>,
    /// Deadline.
    pub deadline_at: Instant,
    /// Counts saves, so that two administrators do not overwrite each other.
    pub revision: i64,
    /// Claims numbered so far.
    pub last_claim: i64,
    /// Head of the event chain.
    pub event_head: String,
}

impl CaseRow {
    /// The case with its settings read.
    ///
    /// # Errors
    /// If the stored settings are no longer right, which a migration would have to mend.
    pub fn read(&self) -> Result<Case, Error> {
        let settings = case_settings::read_kept(&self.settings.0)
            .map_err(|errors| Error::Decode(format!("settings of case {}: {errors:?}", self.id).into()))?;
        Ok(Case { id: self.id, settings, deadline: self.deadline_at, revision: self.revision })
    }
}

/// The setting that a column of its own repeats.
const FILING_BASIS: &str = "filing_basis";

const COLUMNS: &str = "id, settings, deadline_at, revision, last_claim, event_head";

/// Adds a case.
///
/// # Errors
/// A unique violation if the short name or the prefix is taken.
pub async fn add(
    tx: &mut Tx,
    slug: &str,
    prefix: &str,
    settings: &Answers,
    deadline: Instant,
    is_public: bool,
    now: Instant,
) -> Result<CaseId, Error> {
    on!(tx, c => sqlx::query_scalar("INSERT INTO cases (slug, prefix, settings, deadline_at, is_public, created_at, filing_basis) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id")
        .bind(slug).bind(prefix).bind(Json(settings)).bind(deadline).bind(is_public).bind(now).bind(settings.get(FILING_BASIS)).fetch_one(c).await)
}

/// Saves the settings of a case; `false` if somebody saved since `revision`, or if a claim got its number since `last_claim`: what
/// may be changed depends on whether there is one.
///
/// # Errors
/// A unique violation if the short name or the prefix is taken.
#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
pub async fn save(
    tx: &mut Tx,
    id: CaseId,
    (revision, last_claim): (i64, i64),
    slug: &str,
    prefix: &str,
    settings: &Answers,
    deadline: Instant,
    is_public: bool,
) -> Result<bool, Error> {
    on!(tx, c => sqlx::query(
        "UPDATE cases SET slug = $3, prefix = $4, settings = $5, deadline_at = $6, is_public = $7, filing_basis = $8, revision = revision + 1 \
         WHERE id = $1 AND revision = $2 AND last_claim = $9",
    )
    .bind(id).bind(revision).bind(slug).bind(prefix).bind(Json(settings)).bind(deadline).bind(is_public).bind(settings.get(FILING_BASIS)).bind(last_claim)
    .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Finds a case by its short name.
///
/// # Errors
/// If the database fails.
pub async fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<CaseRow>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM cases WHERE slug = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(slug).fetch_optional(c).await)
}

/// Changes with everything that the public page of a case shows: settings, what is claimed, documents, news. `None` if there is no
/// such case, or the public does not see it.
///
/// # Errors
/// If the database fails.
pub async fn public_stamp(tx: &mut Tx, slug: &str) -> Result<Option<String>, Error> {
    // Every change of what is claimed is an event. Ids are not given twice, so number and last of them tell of every addition and
    // every removal.
    let found: Option<(i64, i64, i64, i64, i64, i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT k.id, k.revision, k.event_count, (SELECT COUNT(*) FROM case_documents d WHERE d.case_id = k.id), (SELECT COALESCE(MAX(d.id), 0) FROM case_documents d WHERE d.case_id = k.id), \
         (SELECT COUNT(*) FROM news n WHERE n.case_id = k.id), (SELECT COALESCE(MAX(n.id), 0) FROM news n WHERE n.case_id = k.id) FROM cases k WHERE k.slug = $1 AND k.is_public",
    )
    .bind(slug).fetch_optional(c).await)?;
    Ok(found.map(|found| format!("{found:?}")))
}

/// Changes with everything that the list of public cases shows.
///
/// # Errors
/// If the database fails.
pub async fn list_stamp(tx: &mut Tx) -> Result<String, Error> {
    let rows: Vec<(i64, i64)> =
        on!(tx, c => sqlx::query_as("SELECT id, revision FROM cases WHERE is_public ORDER BY id").fetch_all(c).await)?;
    Ok(format!("{rows:?}"))
}

/// Finds a case by id.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, id: CaseId) -> Result<Option<CaseRow>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM cases WHERE id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)
}

/// All cases, or those the public sees, by deadline.
///
/// # Errors
/// If the database fails.
pub async fn all(tx: &mut Tx, only_public: bool) -> Result<Vec<CaseRow>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM cases WHERE (is_public OR NOT $1) ORDER BY deadline_at, id"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(only_public).fetch_all(c).await)
}

/// The cases in which an account is counsel.
///
/// # Errors
/// If the database fails.
pub async fn of_counsel(tx: &mut Tx, account: AccountId) -> Result<Vec<CaseRow>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM cases WHERE id IN (SELECT case_id FROM case_counsel WHERE account_id = $1) ORDER BY deadline_at, id"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(account).fetch_all(c).await)
}

/// Locks a case for the length of a transaction: what is read of it afterwards stays so until the transaction ends. SQLite's
/// writers queue anyway, whatever they change.
///
/// # Errors
/// If the database fails.
pub async fn lock(tx: &mut Tx, id: CaseId) -> Result<(), Error> {
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    sqlx::query("UPDATE cases SET last_claim = last_claim WHERE id = $1").bind(id).execute(&mut **tx).await.map(drop)
}

/// How often a case was saved.
///
/// # Errors
/// If the database fails.
pub async fn revision(tx: &mut Tx, id: CaseId) -> Result<Option<i64>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT revision FROM cases WHERE id = $1").bind(id).fetch_optional(c).await)
}

/// Claims in force, what is not signed, and filings of a case; then the claims that were sent with a reason after one moment and after
/// another.
///
/// # Errors
/// If the database fails.
pub async fn standing(
    tx: &mut Tx,
    id: CaseId,
    deadlines: (Instant, Instant),
) -> Result<(i64, i64, i64, i64, i64), Error> {
    const LATE: &str = "SELECT COUNT(*) FROM claims k JOIN versions v ON v.id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'submitted' AND v.late_reason IS NOT NULL AND v.sent_at >=";
    // What nobody can sign any more is a draft that was withdrawn, or stood when its claim was.
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT (SELECT COUNT(*) FROM claims WHERE case_id = $1 AND status = 'submitted'), \
         (SELECT COUNT(*) FROM claims k JOIN versions v ON v.id = k.draft_id WHERE k.case_id = $1 \
         AND (k.status <> 'withdrawn' OR (k.in_force_id IS NOT NULL AND v.created_at >= k.changed_at))), \
         (SELECT COUNT(*) FROM filings WHERE case_id = $1), ({LATE} $2), ({LATE} $3)"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(id).bind(deadlines.0).bind(deadlines.1).fetch_one(c).await)
}

/// When the settings of a case were saved, and what the event says, newest first.
///
/// # Errors
/// If the database fails.
pub async fn saved(tx: &mut Tx, id: CaseId) -> Result<Vec<(Instant, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT at, details FROM events WHERE case_id = $1 AND kind = 'case_saved' ORDER BY seq DESC").bind(id).fetch_all(c).await)
}

/// How many claims in force of a case are signed with a text of declaration. Reads every one of them.
///
/// # Errors
/// If the database fails.
pub async fn signed_with(tx: &mut Tx, id: CaseId, text: &str) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM claims k JOIN versions v ON v.id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'submitted' AND v.frozen LIKE $2",
    )
    // What people typed stands there with its quotation marks escaped.
    .bind(id).bind(format!("%\"text\":\"{text}\"%")).fetch_one(c).await)
}

/// Takes the next claim number of a case. The row of the case is the lock.
///
/// # Errors
/// If the database fails.
pub async fn next_claim(tx: &mut Tx, id: CaseId) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar("UPDATE cases SET last_claim = last_claim + 1 WHERE id = $1 RETURNING last_claim").bind(id).fetch_one(c).await)
}

/// Appoints counsel; nothing changes if they are already.
///
/// # Errors
/// If the database fails.
pub async fn appoint(tx: &mut Tx, case: CaseId, account: AccountId, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("INSERT INTO case_counsel (case_id, account_id, appointed_at) VALUES ($1, $2, $3) ON CONFLICT (case_id, account_id) DO NOTHING")
        .bind(case).bind(account).bind(now).execute(c).await.map(drop))
}

/// Ends an appointment; `false` if there was none.
///
/// # Errors
/// If the database fails.
pub async fn dismiss(tx: &mut Tx, case: CaseId, account: AccountId) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("DELETE FROM case_counsel WHERE case_id = $1 AND account_id = $2").bind(case).bind(account).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Somebody who is appointed as counsel of a case.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Appointed {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its address.
    pub email: String,
    /// When it was disabled: then they see nothing, and are appointed until somebody ends it.
    pub disabled_at: Option<Instant>,
}

/// Everybody who is appointed as counsel of a case.
///
/// # Errors
/// If the database fails.
pub async fn appointed(tx: &mut Tx, case: CaseId) -> Result<Vec<Appointed>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT a.id AS account, a.name, a.email, a.disabled_at FROM case_counsel k JOIN accounts a ON a.id = k.account_id WHERE k.case_id = $1 ORDER BY a.email_key",
    )
    .bind(case).fetch_all(c).await)
}

/// Counsel of a case to whom mail goes, so nobody whose account is disabled: account, name, address.
///
/// # Errors
/// If the database fails.
pub async fn counsel(tx: &mut Tx, case: CaseId) -> Result<Vec<(AccountId, String, String)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT a.id, a.name, a.email FROM case_counsel k JOIN accounts a ON a.id = k.account_id WHERE k.case_id = $1 AND a.disabled_at IS NULL ORDER BY a.email_key",
    )
    .bind(case).fetch_all(c).await)
}

/// A file that a case shows to the public.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CaseDocument {
    /// Row id.
    pub id: CaseDocumentId,
    /// Name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size.
    pub bytes: i64,
    /// Hash.
    pub sha256: String,
}

/// Adds a public file; the same file again changes nothing.
///
/// # Errors
/// If the database fails.
pub async fn add_document(
    tx: &mut Tx,
    case: CaseId,
    name: &str,
    media_type: &str,
    bytes: i64,
    sha256: &str,
    now: Instant,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query(
        "INSERT INTO case_documents (case_id, name, media_type, bytes, sha256, added_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (case_id, sha256) DO NOTHING",
    )
    .bind(case).bind(name).bind(media_type).bind(bytes).bind(sha256).bind(now).execute(c).await.map(drop))
}

/// The public files of a case.
///
/// # Errors
/// If the database fails.
pub async fn documents(tx: &mut Tx, case: CaseId) -> Result<Vec<CaseDocument>, Error> {
    on!(tx, c => sqlx::query_as("SELECT id, name, media_type, bytes, sha256 FROM case_documents WHERE case_id = $1 ORDER BY id").bind(case).fetch_all(c).await)
}

/// Takes a public file off; `false` if it is not there.
///
/// # Errors
/// If the database fails.
pub async fn remove_document(tx: &mut Tx, case: CaseId, id: CaseDocumentId) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("DELETE FROM case_documents WHERE case_id = $1 AND id = $2").bind(case).bind(id).execute(c).await.map(|done| done.rows_affected() == 1))
}
