//! What happened, in one hash chain per case.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Error, Tx, later, on};
use crate::{AccountId, CaseId, ClaimId, Instant};

/// An event to be added.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Case.
    pub case_id: CaseId,
    /// Claim, if it is about one.
    pub claim_id: Option<ClaimId>,
    /// Who did it; `None` for the system.
    pub account: Option<AccountId>,
    /// What happened, as a key.
    pub kind: &'static str,
    /// More about it, as JSON with sorted keys. No secrets.
    pub details: serde_json::Value,
}

/// An event with who did it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Event {
    /// Place in the chain of the case, from 1.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// Account.
    pub account_id: Option<AccountId>,
    /// Name of the account.
    pub actor: Option<String>,
    /// Claim.
    pub claim_id: Option<ClaimId>,
    /// Number of the claim, if it was ever sent.
    pub number: Option<String>,
    /// What happened.
    pub kind: String,
    /// More, as JSON.
    pub details: String,
    /// Hash of the event before.
    pub previous: String,
    /// Hash of this event.
    pub hash: String,
}

/// Adds an event and gives its place in the chain and its hash, the new head. The row of the case is the lock.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, event: &NewEvent, now: Instant) -> Result<(i64, String), Error> {
    let details = event.details.to_string();
    let (seq, previous): (i64, String) = on!(tx, c => sqlx::query_as("UPDATE cases SET event_count = event_count + 1 WHERE id = $1 RETURNING event_count, event_head")
        .bind(event.case_id).fetch_one(c).await)?;
    let hash = link(&previous, event.case_id, seq, now, event.account, event.claim_id, event.kind, &details);
    later!(
        tx,
        "INSERT INTO events (case_id, seq, at, account_id, claim_id, kind, details, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        event.case_id,
        seq,
        now,
        event.account,
        event.claim_id,
        event.kind,
        &details,
        &previous,
        &hash,
    )?;
    later!(tx, "UPDATE cases SET event_head = $2 WHERE id = $1", event.case_id, &hash)?;
    Ok((seq, hash))
}

#[expect(clippy::too_many_arguments, reason = "the fields of one event, hashed in this order")]
fn link(
    previous: &str,
    case: CaseId,
    seq: i64,
    at: Instant,
    account: Option<AccountId>,
    claim: Option<ClaimId>,
    kind: &str,
    details: &str,
) -> String {
    let text =
        serde_json::json!([previous, case, seq, at.timestamp_micros(), account, claim, kind, details]).to_string();
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

const SELECT: &str = "SELECT e.seq, e.at, e.account_id, a.name AS actor, e.claim_id, k.number, e.kind, e.details, e.previous, e.hash FROM events e \
                      LEFT JOIN accounts a ON a.id = e.account_id LEFT JOIN claims k ON k.id = e.claim_id";

/// Whether the same event, of a claim or of a case, by the same person and with the same details, was added after `since`.
///
/// # Errors
/// If the database fails.
pub async fn happened_since(tx: &mut Tx, event: &NewEvent, since: Instant) -> Result<bool, Error> {
    let (of, id) = match event.claim_id {
        Some(claim) => ("claim_id", claim.0),
        None => ("claim_id IS NULL AND case_id", event.case_id.0),
    };
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT COUNT(*) FROM events WHERE {of} = $1 AND account_id = $2 AND kind = $3 AND details = $4 AND at > $5"
    ));
    let found: i64 = on!(tx, c => sqlx::query_scalar(sql)
        .bind(id).bind(event.account).bind(event.kind).bind(event.details.to_string()).bind(since).fetch_one(c).await)?;
    Ok(found > 0)
}

/// The events of a claim, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn of_claim(tx: &mut Tx, claim: ClaimId) -> Result<Vec<Event>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE e.claim_id = $1 ORDER BY e.seq"));
    on!(tx, c => sqlx::query_as(sql).bind(claim).fetch_all(c).await)
}

/// Some events of a case, newest first.
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId, limit: i64, offset: i64) -> Result<Vec<Event>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE e.case_id = $1 ORDER BY e.seq DESC LIMIT $2 OFFSET $3"));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(limit).bind(offset).fetch_all(c).await)
}

/// The cases that there are, each with a chain.
///
/// # Errors
/// If the database fails.
pub async fn chains(tx: &mut Tx) -> Result<Vec<CaseId>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT id FROM cases ORDER BY id").fetch_all(c).await)
}

/// What the chain is made of.
type Linked = (i64, Instant, Option<AccountId>, Option<ClaimId>, String, String, String, String);

/// Recomputes the chain of a case: the number of events, and the first one that does not fit, if any.
///
/// A backup is verified in the schema that it was made of, so this reads nothing but what the chain is made of, which was there in
/// the first one.
///
/// # Errors
/// If the database fails.
pub async fn verify(tx: &mut Tx, case: CaseId) -> Result<(i64, Option<i64>), Error> {
    let (count, head): (i64, String) = on!(tx, c => sqlx::query_as("SELECT event_count, event_head FROM cases WHERE id = $1").bind(case).fetch_one(c).await)?;
    let mut last = String::new();
    let mut next = 1;
    loop {
        let events: Vec<Linked> = on!(tx, c => sqlx::query_as("SELECT seq, at, account_id, claim_id, kind, details, previous, hash FROM events WHERE case_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1000")
            .bind(case).bind(next).fetch_all(c).await)?;
        if events.is_empty() {
            let whole = next == count + 1 && last == head;
            return Ok((count, (!whole).then_some(next)));
        }
        for (seq, at, account, claim, kind, details, previous, hash) in events {
            let expected = link(&last, case, next, at, account, claim, &kind, &details);
            if seq != next || previous != last || hash != expected {
                return Ok((count, Some(next)));
            }
            last = hash;
            next += 1;
        }
    }
}
