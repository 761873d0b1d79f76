//! Claimants, claims, versions and the answers of each step.

use std::collections::BTreeMap;

use sqlx::types::Json;

use super::{Error, Tx, later, on};
use crate::{AccountId, CaseId, ClaimId, ClaimantId, Instant, VersionId, intake::Answers, status::ClaimStatus};

/// A claimant for whom an account acts.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ActsFor {
    /// Row id.
    pub id: ClaimantId,
    /// One of the kinds of the intake form.
    pub kind: String,
    /// Legal name, as last entered.
    pub legal_name: String,
    /// Capacity of the account.
    pub capacity: String,
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Claim {
    /// Row id.
    pub id: ClaimId,
    /// Case.
    pub case_id: CaseId,
    /// Claimant.
    pub claimant_id: ClaimantId,
    /// Legal name of the claimant, as last entered.
    pub claimant: String,
    /// Number, from the first submission on.
    pub number: Option<String>,
    /// Status key.
    pub status: String,
    /// The version that counts.
    pub in_force_id: Option<VersionId>,
    /// The version being written.
    pub draft_id: Option<VersionId>,
    /// First submission.
    pub submitted_at: Option<Instant>,
    /// Last change of status or version.
    pub changed_at: Instant,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
}

impl Claim {
    /// Whether it was withdrawn before anything was sent: nobody writes on its draft before it is taken up again.
    #[must_use]
    pub fn is_set_aside(&self) -> bool {
        self.status == ClaimStatus::Withdrawn.key() && self.in_force_id.is_none()
    }

    /// The version that is being written.
    #[must_use]
    pub fn being_written(&self) -> Option<VersionId> {
        self.draft_id.filter(|_| !self.is_set_aside())
    }
}

const CLAIM: &str = "SELECT k.id, k.case_id, k.claimant_id, p.legal_name AS claimant, k.number, k.status, k.in_force_id, k.draft_id, k.submitted_at, k.changed_at, \
                     k.withdrawn_reason FROM claims k JOIN claimants p ON p.id = k.claimant_id";

/// A version of a claim.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// Row id.
    pub id: VersionId,
    /// Claim.
    pub claim_id: ClaimId,
    /// Number, from 1.
    pub version: i64,
    /// Canonical text, once sent.
    pub frozen: Option<String>,
    /// Hash of the canonical text.
    pub sha256: Option<String>,
    /// When it was begun.
    pub created_at: Instant,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// How often it was edited.
    pub edits: i64,
}

const VERSION: &str = "SELECT id, claim_id, version, frozen, sha256, created_at, sent_at, edits FROM versions";

/// Adds a claimant for whom `account` acts.
///
/// # Errors
/// If the database fails.
pub async fn add_claimant(
    tx: &mut Tx,
    account: AccountId,
    kind: &str,
    legal_name: &str,
    capacity: &str,
    now: Instant,
) -> Result<ClaimantId, Error> {
    on!(tx, c => {
        let id: ClaimantId = sqlx::query_scalar("INSERT INTO claimants (kind, legal_name, created_at) VALUES ($1, $2, $3) RETURNING id")
            .bind(kind).bind(legal_name).bind(now).fetch_one(&mut *c).await?;
        sqlx::query("INSERT INTO account_claimants (account_id, claimant_id, capacity, since) VALUES ($1, $2, $3, $4)")
            .bind(account).bind(id).bind(capacity).bind(now).execute(c).await?;
        Ok(id)
    })
}

/// Keeps kind and name of a claimant in step with its last answers.
///
/// # Errors
/// If the database fails.
pub async fn rename_claimant(tx: &mut Tx, id: ClaimantId, kind: &str, legal_name: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE claimants SET kind = $2, legal_name = $3 WHERE id = $1").bind(id).bind(kind).bind(legal_name).execute(c).await.map(drop))
}

/// The claimants for whom an account acts, by name.
///
/// # Errors
/// If the database fails.
pub async fn acts_for(tx: &mut Tx, account: AccountId) -> Result<Vec<ActsFor>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT p.id, p.kind, p.legal_name, a.capacity FROM account_claimants a JOIN claimants p ON p.id = a.claimant_id WHERE a.account_id = $1 ORDER BY p.legal_name, p.id",
    )
    .bind(account).fetch_all(c).await)
}

/// Adds a claim with its first draft.
///
/// # Errors
/// A unique violation if the claimant has a claim in the case already.
pub async fn add(tx: &mut Tx, case: CaseId, claimant: ClaimantId, now: Instant) -> Result<(ClaimId, VersionId), Error> {
    let id: ClaimId = on!(tx, c => sqlx::query_scalar("INSERT INTO claims (case_id, claimant_id, status, changed_at, created_at) VALUES ($1, $2, 'draft', $3, $3) RETURNING id")
        .bind(case).bind(claimant).bind(now).fetch_one(c).await)?;
    let version = add_version(tx, id, 1, now).await?;
    Ok((id, version))
}

/// Adds the draft of a version and makes it the claim's draft.
///
/// # Errors
/// A unique violation if the version exists.
pub async fn add_version(tx: &mut Tx, claim: ClaimId, version: i64, now: Instant) -> Result<VersionId, Error> {
    on!(tx, c => {
        let id: VersionId = sqlx::query_scalar("INSERT INTO versions (claim_id, version, created_at) VALUES ($1, $2, $3) RETURNING id")
            .bind(claim).bind(version).bind(now).fetch_one(&mut *c).await?;
        sqlx::query("UPDATE claims SET draft_id = $2, changed_at = $3 WHERE id = $1").bind(claim).bind(id).bind(now).execute(c).await?;
        Ok(id)
    })
}

/// Finds a claim.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, id: ClaimId) -> Result<Option<Claim>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{CLAIM} WHERE k.id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)
}

/// Finds a claim by its number.
///
/// # Errors
/// If the database fails.
pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Option<Claim>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{CLAIM} WHERE k.number = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(number).fetch_optional(c).await)
}

/// Finds the claim of a claimant in a case.
///
/// # Errors
/// If the database fails.
pub async fn of_claimant(tx: &mut Tx, case: CaseId, claimant: ClaimantId) -> Result<Option<Claim>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{CLAIM} WHERE k.case_id = $1 AND k.claimant_id = $2"));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(claimant).fetch_optional(c).await)
}

/// Locks a claim for the length of a transaction, so that two changes of it queue up. SQLite's writers queue anyway, whatever they change.
///
/// # Errors
/// If the database fails.
pub async fn lock(tx: &mut Tx, id: ClaimId) -> Result<(), Error> {
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    sqlx::query("UPDATE claims SET changed_at = changed_at WHERE id = $1").bind(id).execute(&mut **tx).await.map(drop)
}

/// Locks a claim that was read, and gives it as it is then. SQLite's writers queue, so there nobody changed it since.
///
/// # Errors
/// If the database fails, or the claim is gone.
pub async fn locked(tx: &mut Tx, claim: Claim) -> Result<Claim, Error> {
    if matches!(tx, Tx::Sqlite(_)) {
        return Ok(claim);
    }
    lock(tx, claim.id).await?;
    by_id(tx, claim.id).await?.ok_or(Error::RowNotFound)
}

/// The claims of an account's claimants, last changed first.
///
/// # Errors
/// If the database fails.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<Claim>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{CLAIM} JOIN account_claimants a ON a.claimant_id = k.claimant_id WHERE a.account_id = $1 ORDER BY k.changed_at DESC, k.id DESC"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(account).fetch_all(c).await)
}

/// How many claims of an account are drafts that were never sent.
///
/// # Errors
/// If the database fails.
pub async fn count_drafts(tx: &mut Tx, account: AccountId) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM claims k JOIN account_claimants a ON a.claimant_id = k.claimant_id WHERE a.account_id = $1 AND k.status = 'draft'",
    )
    .bind(account).fetch_one(c).await)
}

/// The accounts that act for a claimant: address and name.
///
/// # Errors
/// If the database fails.
pub async fn accounts_of(tx: &mut Tx, claimant: ClaimantId) -> Result<Vec<(String, String)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT a.email, a.name FROM account_claimants k JOIN accounts a ON a.id = k.account_id WHERE k.claimant_id = $1 AND a.disabled_at IS NULL ORDER BY a.email_key",
    )
    .bind(claimant).fetch_all(c).await)
}

/// Somebody who acts for a claimant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// Account.
    pub account: AccountId,
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Whether the address was confirmed.
    pub verified: bool,
}

/// The accounts that act for a claimant.
///
/// # Errors
/// If the database fails.
pub async fn people_of(tx: &mut Tx, claimant: ClaimantId) -> Result<Vec<Person>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT a.id AS account, a.email, a.name, a.verified_at IS NOT NULL AS verified FROM account_claimants k JOIN accounts a ON a.id = k.account_id \
         WHERE k.claimant_id = $1 AND a.disabled_at IS NULL ORDER BY a.email_key",
    )
    .bind(claimant).fetch_all(c).await)
}

/// Finds a version.
///
/// # Errors
/// If the database fails.
pub async fn version(tx: &mut Tx, id: VersionId) -> Result<Option<Version>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{VERSION} WHERE id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)
}

/// The versions of a claim, first to last.
///
/// # Errors
/// If the database fails.
pub async fn versions(tx: &mut Tx, claim: ClaimId) -> Result<Vec<Version>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{VERSION} WHERE claim_id = $1 ORDER BY version"));
    on!(tx, c => sqlx::query_as(sql).bind(claim).fetch_all(c).await)
}

/// The number of the version after the last.
///
/// # Errors
/// If the database fails.
pub async fn next_version(tx: &mut Tx, claim: ClaimId) -> Result<i64, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT 1 + COALESCE(MAX(version), 0) FROM versions WHERE claim_id = $1").bind(claim).fetch_one(c).await)
}

/// What is kept with a version when it is sent.
#[derive(Debug, Clone)]
pub struct Sent<'a> {
    /// Canonical text.
    pub frozen: &'a str,
    /// Its hash.
    pub sha256: &'a str,
    /// Who sent it.
    pub by: AccountId,
    /// Legal name as signed.
    pub claimant_name: &'a str,
    /// Citizenship as signed.
    pub citizenship: &'a str,
    /// Why it is late, if it is.
    pub late_reason: Option<&'a str>,
}

/// Freezes a draft; `false` if it was sent already.
///
/// # Errors
/// If the database fails.
pub async fn freeze(tx: &mut Tx, version: VersionId, sent: &Sent<'_>, now: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query(
        "UPDATE versions SET frozen = $2, sha256 = $3, sent_by = $4, sent_at = $5, claimant_name = $6, claimant_key = $9, citizenship = $7, late_reason = $8 WHERE id = $1 AND sent_at IS NULL",
    )
    .bind(version).bind(sent.frozen).bind(sent.sha256).bind(sent.by).bind(now).bind(sent.claimant_name).bind(sent.citizenship).bind(sent.late_reason).bind(sent.claimant_name.to_lowercase())
    .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Puts a sent version in force.
///
/// # Errors
/// If the database fails.
pub async fn set_in_force(
    tx: &mut Tx,
    claim: ClaimId,
    version: VersionId,
    number: &str,
    now: Instant,
) -> Result<(), Error> {
    later!(
        tx,
        "UPDATE claims SET status = 'submitted', in_force_id = $2, draft_id = NULL, number = $3, submitted_at = COALESCE(submitted_at, $4), changed_at = $4, withdrawn_reason = NULL \
         WHERE id = $1",
        claim,
        version,
        number,
        now,
    )
}

/// Deletes the draft of a claim with its answers, lines and citations.
///
/// # Errors
/// If the database fails.
pub async fn delete_draft(tx: &mut Tx, claim: ClaimId, draft: VersionId, now: Instant) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query("UPDATE claims SET draft_id = NULL, changed_at = $2 WHERE id = $1").bind(claim).bind(now).execute(&mut *c).await?;
        for sql in [
            "DELETE FROM evidence WHERE line_id IN (SELECT id FROM lines WHERE version_id = $1)",
            "DELETE FROM lines WHERE version_id = $1",
            "DELETE FROM answers WHERE version_id = $1",
            "DELETE FROM versions WHERE id = $1 AND sent_at IS NULL",
        ] {
            sqlx::query(sql).bind(draft).execute(&mut *c).await?;
        }
        Ok(())
    })
}

/// Withdraws a claim.
///
/// # Errors
/// If the database fails.
pub async fn withdraw(tx: &mut Tx, claim: ClaimId, reason: &str, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE claims SET status = 'withdrawn', withdrawn_reason = $2, changed_at = $3 WHERE id = $1")
        .bind(claim).bind(reason).bind(now).execute(c).await.map(drop))
}

/// Takes a withdrawn claim that was never sent back to being a draft.
///
/// # Errors
/// If the database fails.
pub async fn reopen_draft(tx: &mut Tx, claim: ClaimId, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE claims SET status = 'draft', withdrawn_reason = NULL, changed_at = $2 WHERE id = $1").bind(claim).bind(now).execute(c).await.map(drop))
}

/// Saves the answers of a step as typed.
///
/// # Errors
/// If the database fails.
pub async fn save_answers(
    tx: &mut Tx,
    version: VersionId,
    step: &str,
    answers: &Answers,
    now: Instant,
) -> Result<(), Error> {
    on!(tx, c => sqlx::query(
        "INSERT INTO answers (version_id, step, answers, saved_at) VALUES ($1, $2, $3, $4) ON CONFLICT (version_id, step) DO UPDATE SET answers = $3, saved_at = $4",
    )
    .bind(version).bind(step).bind(Json(answers)).bind(now).execute(c).await.map(drop))
}

/// Notes that a draft is edited: it is no longer what any page showed.
///
/// # Errors
/// If the database fails.
pub async fn edited(tx: &mut Tx, version: VersionId) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE versions SET edits = edits + 1 WHERE id = $1").bind(version).execute(c).await.map(drop))
}

/// The answers of all steps of a version.
///
/// # Errors
/// If the database fails.
pub async fn answers(tx: &mut Tx, version: VersionId) -> Result<BTreeMap<String, Answers>, Error> {
    let rows: Vec<(String, Json<Answers>)> = on!(tx, c => sqlx::query_as("SELECT step, answers FROM answers WHERE version_id = $1").bind(version).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(step, answers)| (step, answers.0)).collect())
}

/// Copies answers, lines and evidence of one version into another: how an amendment begins.
///
/// # Errors
/// If the database fails.
pub async fn copy_version(tx: &mut Tx, from: VersionId, to: VersionId) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query("INSERT INTO answers (version_id, step, answers, saved_at) SELECT $2, step, answers, saved_at FROM answers WHERE version_id = $1 AND step <> 'sign'")
            .bind(from).bind(to).execute(&mut *c).await?;
        sqlx::query(
            "INSERT INTO lines (version_id, line, category, answers, is_right, currency, amount, rate, case_amount, case_interest, case_costs, basis, period_from, period_to, \
             gtin, aggregator_gtin, catalogue_number, isrc, artist, title, label, format, channel, units, citations) \
             SELECT $2, line, category, answers, is_right, currency, amount, rate, case_amount, case_interest, case_costs, basis, period_from, period_to, \
             gtin, aggregator_gtin, catalogue_number, isrc, artist, title, label, format, channel, units, citations FROM lines WHERE version_id = $1",
        )
        .bind(from).bind(to).execute(&mut *c).await?;
        sqlx::query(
            "INSERT INTO evidence (line_id, document_id, place) SELECT n.id, e.document_id, e.place FROM evidence e JOIN lines o ON o.id = e.line_id \
             JOIN lines n ON n.version_id = $2 AND n.line = o.line WHERE o.version_id = $1",
        )
        .bind(from).bind(to).execute(c).await?;
        Ok(())
    })
}

/// The answers that a claimant last gave to a step, in any case.
///
/// # Errors
/// If the database fails.
pub async fn answers_of_latest(tx: &mut Tx, claimant: ClaimantId, step: &str) -> Result<Option<Answers>, Error> {
    let found: Option<Json<Answers>> = on!(tx, c => sqlx::query_scalar(
        "SELECT a.answers FROM answers a JOIN versions v ON v.id = a.version_id JOIN claims k ON k.id = v.claim_id WHERE k.claimant_id = $1 AND a.step = $2 \
         ORDER BY a.saved_at DESC LIMIT 1",
    )
    .bind(claimant).bind(step).fetch_optional(c).await)?;
    Ok(found.map(|answers| answers.0))
}
