//! The outbox: mail is written with its cause and carried out by a worker.

use super::{Error, Tx, on};
use crate::{CaseId, ClaimId, Instant, MailId};

/// A mail to be queued.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Case it belongs to.
    pub case_id: Option<CaseId>,
    /// Claim it belongs to.
    pub claim_id: Option<ClaimId>,
    /// Which template made it.
    pub kind: &'static str,
    /// Address.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// Text part.
    pub body_text: String,
    /// HTML part.
    pub body_html: String,
}

/// A mail of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Mail {
    /// Row id; part of the Message-ID, so that a repeated delivery can be recognised.
    pub id: MailId,
    /// Which template made it.
    pub kind: String,
    /// Address.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// Text part.
    pub body_text: String,
    /// HTML part.
    pub body_html: String,
    /// `waiting`, `sending`, `sent` or `failed`.
    pub state: String,
    /// Deliveries tried.
    pub attempts: i64,
    /// When it was queued.
    pub created_at: Instant,
    /// When it may be tried (again).
    pub next_at: Instant,
    /// When to give up.
    pub give_up_at: Instant,
    /// What goes with it: made by the worker when it leaves.
    #[sqlx(skip)]
    pub attachments: Vec<Attachment>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Name of the file.
    pub name: String,
    /// Media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How long a mail is tried before it counts as failed.
#[must_use]
pub fn patience() -> chrono::Duration {
    chrono::Duration::days(3)
}

const COLUMNS: &str =
    "id, kind, recipient, subject, body_text, body_html, state, attempts, created_at, next_at, give_up_at";

/// Queues a mail, in the transaction of its cause.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, mail: &NewMail, now: Instant) -> Result<MailId, Error> {
    on!(tx, c => sqlx::query_scalar(
        "INSERT INTO outbox (case_id, claim_id, kind, recipient, subject, body_text, body_html, state, created_at, next_at, give_up_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $8, $9) RETURNING id",
    )
    .bind(mail.case_id).bind(mail.claim_id).bind(mail.kind).bind(&mail.recipient).bind(&mail.subject).bind(&mail.body_text).bind(&mail.body_html)
    .bind(now).bind(now + patience()).fetch_one(c).await)
}

/// Leases up to `most` mails that are due, oldest first, also those whose worker died before its lease ended.
///
/// # Errors
/// If the database fails.
pub async fn lease(tx: &mut Tx, owner: &str, most: i64, now: Instant, until: Instant) -> Result<Vec<Mail>, Error> {
    let mut mails: Vec<Mail> = match tx {
        // PostgreSQL's writers do not wait for each other: rows that another worker is leasing are skipped.
        Tx::Postgres(tx) => {
            let sql = sqlx::AssertSqlSafe(format!(
                "UPDATE outbox SET state = 'sending', lease_owner = $1, lease_until = $2, attempts = attempts + 1 WHERE id IN (\
                 SELECT id FROM outbox WHERE (state = 'waiting' AND next_at <= $3) OR (state = 'sending' AND lease_until < $3) ORDER BY next_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) \
                 RETURNING {COLUMNS}"
            ));
            sqlx::query_as(sql).bind(owner).bind(until).bind(now).bind(most).fetch_all(&mut **tx).await?
        }
        Tx::Sqlite(tx) => {
            let sql = sqlx::AssertSqlSafe(format!(
                "UPDATE outbox SET state = 'sending', lease_owner = $1, lease_until = $2, attempts = attempts + 1 WHERE id IN (\
                 SELECT id FROM outbox WHERE (state = 'waiting' AND next_at <= $3) OR (state = 'sending' AND lease_until < $3) ORDER BY next_at, id LIMIT $4) \
                 RETURNING {COLUMNS}"
            ));
            sqlx::query_as(sql).bind(owner).bind(until).bind(now).bind(most).fetch_all(&mut **tx).await?
        }
    };
    mails.sort_by_key(|mail| mail.id);
    Ok(mails)
}

/// Ends a lease with what became of the mail: the new state (`sent`, `waiting`, `failed`), the log entry, and when to try
/// again. Nothing happens if the lease was lost to another worker.
///
/// # Errors
/// If the database fails.
pub async fn settle(
    tx: &mut Tx,
    id: MailId,
    owner: &str,
    state: &str,
    detail: &str,
    next_at: Instant,
    now: Instant,
) -> Result<bool, Error> {
    let sent_at = (state == "sent").then_some(now);
    on!(tx, c => {
        let done = sqlx::query(
            "UPDATE outbox SET state = $3, next_at = $4, sent_at = $5, lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2 AND state = 'sending'",
        )
        .bind(id).bind(owner).bind(state).bind(next_at).bind(sent_at).execute(&mut *c).await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("INSERT INTO deliveries (mail_id, at, outcome, detail) VALUES ($1, $2, $3, $4)").bind(id).bind(now).bind(state).bind(detail).execute(c).await?;
        Ok(true)
    })
}

/// Takes back a mail that was never tried. Nothing happens to one that was.
///
/// # Errors
/// If the database fails.
pub async fn take_back(tx: &mut Tx, id: MailId) -> Result<(), Error> {
    on!(tx, c => sqlx::query("DELETE FROM outbox WHERE id = $1 AND state = 'waiting' AND attempts = 0").bind(id).execute(c).await.map(drop))
}

/// A mail in the list of an administrator.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MailRow {
    /// Row id.
    pub id: MailId,
    /// Which template made it.
    pub kind: String,
    /// Address.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// State.
    pub state: String,
    /// Deliveries tried.
    pub attempts: i64,
    /// When it was queued.
    pub created_at: Instant,
    /// What the last delivery ended in.
    pub last: Option<String>,
}

/// The mails of one state or all, newest first.
///
/// # Errors
/// If the database fails.
pub async fn list(tx: &mut Tx, state: Option<&str>, limit: i64, offset: i64) -> Result<Vec<MailRow>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT id, kind, recipient, subject, state, attempts, created_at, \
         (SELECT detail FROM deliveries d WHERE d.mail_id = outbox.id ORDER BY d.id DESC LIMIT 1) AS last \
         FROM outbox WHERE ($1 = '' OR state = $1) ORDER BY id DESC LIMIT $2 OFFSET $3",
    )
    .bind(state.unwrap_or_default()).bind(limit).bind(offset).fetch_all(c).await)
}

/// How many mails are in each state.
///
/// # Errors
/// If the database fails.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, i64)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state").fetch_all(c).await)
}

/// Mails about one claim, oldest first: kind, recipient, state, when queued.
///
/// # Errors
/// If the database fails.
pub async fn of_claim(tx: &mut Tx, claim: ClaimId) -> Result<Vec<(String, String, String, Instant)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT kind, recipient, state, created_at FROM outbox WHERE claim_id = $1 ORDER BY id").bind(claim).fetch_all(c).await)
}
