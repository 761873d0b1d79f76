//! What people are told of, how they want it, and what waits for their digests.

use std::collections::BTreeMap;

use super::{Error, Tx, on};
use crate::{AccountId, CaseId, ClaimId, Instant, MailId, MatchId, NoticeId, OverlapId};

/// Notes a thing; `None` if it was noted before.
///
/// # Errors
/// If the database fails.
pub async fn add(
    tx: &mut Tx,
    case: CaseId,
    kind: &str,
    key: &str,
    details: &str,
    now: Instant,
) -> Result<Option<NoticeId>, Error> {
    on!(tx, c => sqlx::query_scalar(
        "INSERT INTO notices (case_id, kind, key, details, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (case_id, key) DO NOTHING RETURNING id",
    )
    .bind(case).bind(kind).bind(key).bind(details).bind(now).fetch_optional(c).await)
}

/// Puts a thing into somebody's next digest.
///
/// # Errors
/// If the database fails.
pub async fn keep_for_digest(tx: &mut Tx, id: NoticeId, case: CaseId, account: AccountId) -> Result<(), Error> {
    on!(tx, c => sqlx::query("INSERT INTO digest_items (notice_id, account_id, case_id) VALUES ($1, $2, $3) ON CONFLICT (notice_id, account_id) DO NOTHING")
        .bind(id).bind(account).bind(case).execute(c).await.map(drop))
}

/// Who has things waiting that happened before `before`: accounts by case.
///
/// # Errors
/// If the database fails.
pub async fn waiting_for_digest(tx: &mut Tx, case: CaseId, before: Instant) -> Result<Vec<AccountId>, Error> {
    on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT i.account_id FROM digest_items i JOIN notices n ON n.id = i.notice_id WHERE i.case_id = $1 AND n.at < $2 ORDER BY i.account_id",
    )
    .bind(case).bind(before).fetch_all(c).await)
}

/// The cases in which anything waits for a digest.
///
/// # Errors
/// If the database fails.
pub async fn cases_with_digests(tx: &mut Tx) -> Result<Vec<CaseId>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT DISTINCT case_id FROM digest_items ORDER BY case_id").fetch_all(c).await)
}

/// What waits for somebody's digest and happened before `before`, oldest first: kind and details. It goes on waiting.
///
/// # Errors
/// If the database fails.
pub async fn waiting(
    tx: &mut Tx,
    case: CaseId,
    account: AccountId,
    before: Instant,
) -> Result<Vec<(String, String)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT n.kind, n.details FROM digest_items i JOIN notices n ON n.id = i.notice_id WHERE i.case_id = $1 AND i.account_id = $2 AND n.at < $3 ORDER BY n.id",
    )
    .bind(case).bind(account).bind(before).fetch_all(c).await)
}

/// Takes what waits for somebody's digest and happened before `before`.
///
/// # Errors
/// If the database fails.
pub async fn take_for_digest(tx: &mut Tx, case: CaseId, account: AccountId, before: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query(
        "DELETE FROM digest_items WHERE case_id = $1 AND account_id = $2 AND notice_id IN (SELECT id FROM notices WHERE case_id = $1 AND at < $3)",
    )
    .bind(case).bind(account).bind(before).execute(c).await.map(drop))
}

/// The last digest of somebody: when, and its figures.
///
/// # Errors
/// If the database fails.
pub async fn last_digest(tx: &mut Tx, case: CaseId, account: AccountId) -> Result<Option<(Instant, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT sent_at, figures FROM digests WHERE case_id = $1 AND account_id = $2").bind(case).bind(account).fetch_optional(c).await)
}

/// Takes the digest of a day for somebody; `false` if that day or a later one had its digest. Whoever gets `true` sends it, in
/// this transaction.
///
/// # Errors
/// If the database fails.
pub async fn take_day(
    tx: &mut Tx,
    case: CaseId,
    account: AccountId,
    day: chrono::NaiveDate,
    figures: &str,
    now: Instant,
) -> Result<bool, Error> {
    on!(tx, c => sqlx::query(
        "INSERT INTO digests (account_id, case_id, day, sent_at, figures) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account_id, case_id) DO UPDATE SET day = $3, sent_at = $4, figures = $5 WHERE digests.day < $3",
    )
    .bind(account).bind(case).bind(day).bind(now).bind(figures).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// How an account wants to be told, by kind; only what it said itself.
///
/// # Errors
/// If the database fails.
pub async fn preferences(tx: &mut Tx, case: CaseId, account: AccountId) -> Result<BTreeMap<String, String>, Error> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as("SELECT kind, way FROM notice_preferences WHERE case_id = $1 AND account_id = $2")
        .bind(case).bind(account).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// Sets how an account wants to be told of a kind.
///
/// # Errors
/// If the database fails.
pub async fn prefer(tx: &mut Tx, case: CaseId, account: AccountId, kind: &str, way: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query(
        "INSERT INTO notice_preferences (account_id, case_id, kind, way) VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, case_id, kind) DO UPDATE SET way = $4",
    )
    .bind(account).bind(case).bind(kind).bind(way).execute(c).await.map(drop))
}

/// A pair of claims of which nobody said anything, and of which counsel were not told.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct NewPair {
    /// The pair.
    pub id: MatchId,
    /// Number of one claim.
    pub a: String,
    /// Number of the other.
    pub b: String,
    /// Score in thousandths of a bit.
    pub score: i64,
    /// The smaller of the two claims.
    pub stake: i64,
}

/// Pairs of a case that are likely and undecided, and of which counsel were not told yet, most money first.
///
/// # Errors
/// If the database fails.
pub async fn new_pairs(tx: &mut Tx, case: CaseId) -> Result<Vec<NewPair>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT m.id, a.number AS a, b.number AS b, m.score, m.stake FROM matches m JOIN claims a ON a.id = m.claim_a JOIN claims b ON b.id = m.claim_b \
         WHERE m.case_id = $1 AND m.decision <> 'none' AND a.status = 'submitted' AND b.status = 'submitted' \
         AND NOT EXISTS (SELECT 1 FROM match_decisions d WHERE d.claim_a = m.claim_a AND d.claim_b = m.claim_b AND d.undone_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.case_id = m.case_id AND n.key = 'pair ' || a.number || ' ' || b.number) ORDER BY m.stake DESC, m.id",
    )
    .bind(case).fetch_all(c).await)
}

/// An entry of the ledger in which something is suspected, and of which counsel were not told.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct NewOverlap {
    /// The entry.
    pub id: OverlapId,
    /// Family, release and channel, which name it.
    pub place: String,
    /// The release in a few words.
    pub words: String,
    /// Taken off, if every suspicion is right.
    pub suspected: i64,
}

/// Entries of the ledger in which something is suspected and of which counsel were not told yet, most money first.
///
/// # Errors
/// If the database fails.
pub async fn new_overlaps(tx: &mut Tx, case: CaseId) -> Result<Vec<NewOverlap>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT e.id, e.place, e.words, e.suspected FROM (SELECT id, case_id, words, suspected, family || ' ' || CAST(release_id AS TEXT) || ' ' || channel AS place FROM ledger_entries \
         WHERE case_id = $1 AND suspected > 0) e \
         WHERE NOT EXISTS (SELECT 1 FROM notices n WHERE n.case_id = e.case_id AND n.key = 'overlap ' || e.place) ORDER BY e.suspected DESC, e.id",
    )
    .bind(case).fetch_all(c).await)
}

/// A mail about a sent claim, or of the case as a whole, that cannot be delivered, and of which counsel were not told.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FailedMail {
    /// The mail.
    pub id: MailId,
    /// Case.
    pub case_id: CaseId,
    /// Address.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// What the last delivery ended in.
    pub why: Option<String>,
}

/// Mails that failed and of which counsel were not told. Mails to counsel are none of them, so that telling of one that fails
/// cannot go in circles; nor are those about drafts, whose writers counsel do not know.
///
/// # Errors
/// If the database fails.
pub async fn failed_mails(tx: &mut Tx) -> Result<Vec<FailedMail>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT o.id, o.case_id, o.recipient, o.subject, (SELECT detail FROM deliveries d WHERE d.mail_id = o.id ORDER BY d.id DESC LIMIT 1) AS why FROM outbox o \
         LEFT JOIN claims k ON k.id = o.claim_id WHERE o.state = 'failed' AND o.case_id IS NOT NULL AND o.kind NOT IN ('new_claim', 'notice', 'digest', 'case_changed') \
         AND (o.claim_id IS NULL OR k.number IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.case_id = o.case_id AND n.key = 'mail ' || CAST(o.id AS TEXT)) ORDER BY o.id",
    )
    .fetch_all(c).await)
}

/// Drafts that were never sent, that nobody worked on since `since`, and of which counsel were not told.
///
/// # Errors
/// If the database fails.
pub async fn stalled_drafts(tx: &mut Tx, since: Instant) -> Result<Vec<(CaseId, ClaimId)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT k.case_id, k.id FROM claims k WHERE k.status = 'draft' AND k.changed_at < $1 \
         AND NOT EXISTS (SELECT 1 FROM answers a WHERE a.version_id = k.draft_id AND a.saved_at >= $1) \
         AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.case_id = k.case_id AND n.key = 'stalled ' || CAST(k.id AS TEXT)) ORDER BY k.id",
    )
    .bind(since).fetch_all(c).await)
}

/// Claims with something unsigned, drafts that were never sent and amendments that were begun, of which no notice has the key
/// `reminder <claim> <mark>`; with whether one is in force, and since when the draft is there. A withdrawn claim is one of them if
/// its draft was begun after it was withdrawn.
///
/// # Errors
/// If the database fails.
pub async fn unfinished(tx: &mut Tx, case: CaseId, mark: &str) -> Result<Vec<(ClaimId, bool, Instant)>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT k.id, k.in_force_id IS NOT NULL, v.created_at FROM claims k JOIN versions v ON v.id = k.draft_id \
         WHERE k.case_id = $1 AND (k.status <> 'withdrawn' OR (k.in_force_id IS NOT NULL AND v.created_at >= k.changed_at)) \
         AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.case_id = k.case_id AND n.key = 'reminder ' || CAST(k.id AS TEXT) || ' ' || $2) ORDER BY k.id",
    )
    .bind(case).bind(mark).fetch_all(c).await)
}
