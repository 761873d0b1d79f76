//! Documents of claims: what is known of the bytes, which lie in the object store under their hash.

use super::{Error, Tx, on};
use crate::{AccountId, CaseId, ClaimId, ClaimantId, DocumentId, Instant, VersionId, unreadable::Unreadable};

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Document {
    /// Row id.
    pub id: DocumentId,
    /// Claim.
    pub claim_id: ClaimId,
    /// Hash, which is also its place in the object store.
    pub sha256: String,
    /// Name as uploaded.
    pub name: String,
    /// Type found in the bytes.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: i64,
    /// Pages, where it has any.
    pub pages: Option<i64>,
    /// What it proves, as typed.
    pub proves: String,
    /// When it was uploaded.
    pub uploaded_at: Instant,
    /// Version of the claim in which it was added.
    pub added_in: i64,
    /// Version of the claim in which it was taken away.
    pub removed_in: Option<i64>,
    /// Key of [`Unreadable`], if nobody can read it.
    pub unreadable: Option<String>,
}

impl Document {
    /// Why nobody can read it; `None` where it can be read, or nobody looked.
    #[must_use]
    pub fn unreadable(&self) -> Option<Unreadable> {
        self.unreadable.as_deref().and_then(Unreadable::parse)
    }
}

const COLUMNS: &str =
    "id, claim_id, sha256, name, media_type, bytes, pages, proves, uploaded_at, added_in, removed_in, unreadable";

/// A document to be added.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// Hash in hexadecimal.
    pub sha256: String,
    /// Name as uploaded, cleaned.
    pub name: String,
    /// Type found in the bytes.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: i64,
    /// Pages, where it has any.
    pub pages: Option<i64>,
    /// Why nobody can read it.
    pub unreadable: Option<Unreadable>,
}

/// Finds a document of a claim by its hash: the one that the newest version holds, if it holds one. A document that was taken
/// away in a sent version and added again later has a row for each stay, so that every version shows what was in it.
///
/// # Errors
/// If the database fails.
pub async fn by_hash(tx: &mut Tx, claim: ClaimId, sha256: &str) -> Result<Option<Document>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM documents WHERE claim_id = $1 AND sha256 = $2 ORDER BY added_in DESC LIMIT 1"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(claim).bind(sha256).fetch_optional(c).await)
}

/// Finds a document.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, id: DocumentId) -> Result<Option<Document>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM documents WHERE id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)
}

/// Adds a document.
///
/// # Errors
/// A unique violation if the same bytes were added in this version already.
pub async fn add(
    tx: &mut Tx,
    claim: ClaimId,
    document: &NewDocument,
    by: AccountId,
    added_in: i64,
    now: Instant,
) -> Result<DocumentId, Error> {
    on!(tx, c => sqlx::query_scalar(
        "INSERT INTO documents (claim_id, sha256, name, media_type, bytes, pages, uploaded_by, uploaded_at, added_in, unreadable) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
    )
    .bind(claim).bind(&document.sha256).bind(&document.name).bind(&document.media_type).bind(document.bytes).bind(document.pages).bind(by).bind(now).bind(added_in)
    .bind(document.unreadable.map(Unreadable::key)).fetch_one(c).await)
}

/// Brings a document back that was taken away in the open draft: no sent version lacks it.
///
/// # Errors
/// If the database fails.
pub async fn restore(tx: &mut Tx, id: DocumentId) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE documents SET removed_in = NULL WHERE id = $1").bind(id).execute(c).await.map(drop))
}

/// Sets what a document proves.
///
/// # Errors
/// If the database fails.
pub async fn set_proves(tx: &mut Tx, id: DocumentId, proves: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE documents SET proves = $2 WHERE id = $1").bind(id).bind(proves).execute(c).await.map(drop))
}

/// Takes a document away in a version: the citations of that version go with it. A document that no sent version holds is
/// deleted as a row (its bytes are found by `doctor --deep` and by the clean-up). One that an earlier version took away keeps that
/// version: else the versions in between would hold it again.
///
/// # Errors
/// If the database fails.
pub async fn remove(tx: &mut Tx, document: &Document, draft: VersionId, version: i64) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query("DELETE FROM evidence WHERE document_id = $1 AND line_id IN (SELECT id FROM lines WHERE version_id = $2)")
            .bind(document.id).bind(draft).execute(&mut *c).await?;
        sqlx::query("UPDATE lines SET citations = (SELECT COUNT(*) FROM evidence e WHERE e.line_id = lines.id) WHERE version_id = $1").bind(draft).execute(&mut *c).await?;
        if document.added_in == version {
            sqlx::query("DELETE FROM documents WHERE id = $1").bind(document.id).execute(c).await.map(drop)
        } else {
            sqlx::query("UPDATE documents SET removed_in = $2 WHERE id = $1 AND removed_in IS NULL").bind(document.id).bind(version).execute(c).await.map(drop)
        }
    })
}

/// The documents that belong to a version of a claim, in the order of upload.
///
/// # Errors
/// If the database fails.
pub async fn of_version(tx: &mut Tx, claim: ClaimId, version: i64) -> Result<Vec<Document>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM documents WHERE claim_id = $1 AND added_in <= $2 AND (removed_in IS NULL OR removed_in > $2) ORDER BY id"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(claim).bind(version).fetch_all(c).await)
}

/// Forgets what a draft did to the documents: those added in it go, those taken away in it are back.
///
/// # Errors
/// If the database fails.
pub async fn discard(tx: &mut Tx, claim: ClaimId, version: i64) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query("DELETE FROM documents WHERE claim_id = $1 AND added_in = $2").bind(claim).bind(version).execute(&mut *c).await?;
        sqlx::query("UPDATE documents SET removed_in = NULL WHERE claim_id = $1 AND removed_in = $2").bind(claim).bind(version).execute(c).await.map(drop)
    })
}

/// Bytes of all documents of a claim and of the statements of which it has an import, for its limit; the same bytes once. An import
/// names its file for good, so bytes are kept for it whether or not it became lines.
///
/// # Errors
/// If the database fails.
pub async fn bytes_of_claim(tx: &mut Tx, claim: ClaimId) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM (SELECT sha256, bytes FROM documents WHERE claim_id = $1 \
        UNION SELECT sha256, bytes FROM imports WHERE claim_id = $1) d").bind(claim).fetch_one(c).await)
}

/// Whether bytes are among those that [`bytes_of_claim`] counts.
///
/// # Errors
/// If the database fails.
pub async fn claim_has(tx: &mut Tx, claim: ClaimId, sha256: &str) -> Result<bool, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM documents WHERE claim_id = $1 AND sha256 = $2) OR EXISTS (SELECT 1 FROM imports WHERE claim_id = $1 AND sha256 = $2)")
        .bind(claim).bind(sha256).fetch_one(c).await)
}

/// Who a document belongs to: its claim's case and claimant, and whether the claim was ever sent with it.
///
/// # Errors
/// If the database fails.
pub async fn owner(tx: &mut Tx, id: DocumentId) -> Result<Option<(CaseId, ClaimantId, bool)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT k.case_id, k.claimant_id, EXISTS (SELECT 1 FROM versions v WHERE v.claim_id = k.id AND v.sent_at IS NOT NULL AND v.version >= d.added_in \
         AND (d.removed_in IS NULL OR v.version < d.removed_in)) FROM documents d JOIN claims k ON k.id = d.claim_id WHERE d.id = $1",
    )
    .bind(id).fetch_optional(c).await)
}

/// Every hash that some row names, documents of claims and cases, imported statements and files of filings alike, in order, after `after`.
///
/// # Errors
/// If the database fails.
pub async fn hashes(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<(String, i64)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT sha256, MAX(bytes) FROM (SELECT sha256, bytes FROM documents UNION ALL SELECT sha256, bytes FROM case_documents UNION ALL SELECT sha256, bytes FROM imports \
         UNION ALL SELECT sha256, bytes FROM filing_files) d WHERE sha256 > $1 GROUP BY sha256 ORDER BY sha256 LIMIT $2",
    )
    .bind(after).bind(limit).fetch_all(c).await)
}

/// Whether some row names a hash.
///
/// # Errors
/// If the database fails.
pub async fn is_named(tx: &mut Tx, sha256: &str) -> Result<bool, Error> {
    let found: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM documents WHERE sha256 = $1) + (SELECT COUNT(*) FROM case_documents WHERE sha256 = $1) + (SELECT COUNT(*) FROM imports WHERE sha256 = $1) \
         + (SELECT COUNT(*) FROM filing_files WHERE sha256 = $1)",
    )
    .bind(sha256).fetch_one(c).await)?;
    Ok(found > 0)
}
