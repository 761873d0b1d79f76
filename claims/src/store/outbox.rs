//! The outbox: mail is written with its cause and carried out by a worker.

use sqlx::QueryBuilder;

use super::{AT_ONCE, Error, Tx, on};
use crate::{AccountId, CaseId, ClaimId, Instant, MailId, MailingId};

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
    /// Whose mail it is, who can read it in the portal too.
    pub account_id: Option<AccountId>,
    /// The mailing it is of.
    pub mailing_id: Option<MailingId>,
    /// The address that ends such mails (RFC 8058); empty where they cannot be done without.
    pub unsubscribe: String,
    /// When it may be delivered; at once if `None`.
    pub not_before: Option<Instant>,
}

impl NewMail {
    /// The same mail, kept as one of an account.
    #[must_use]
    pub fn of(mut self, account: AccountId) -> Self {
        self.account_id = Some(account);
        self
    }
}

/// Every state that a mail can be in.
pub const STATES: [&str; 5] = ["waiting", "sending", "sent", "failed", "discarded"];

/// A mail of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Mail {
    /// Row id; part of the Message-ID, so that a repeated delivery can be recognised.
    pub id: MailId,
    /// Case it belongs to.
    pub case_id: Option<CaseId>,
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
    /// One of [`STATES`].
    pub state: String,
    /// Deliveries that were begun.
    pub attempts: i64,
    /// When it was queued.
    pub created_at: Instant,
    /// When it may be tried (again).
    pub next_at: Instant,
    /// When to give up.
    pub give_up_at: Instant,
    /// The address that ends such mails (RFC 8058); empty where they cannot be done without.
    pub unsubscribe: String,
    /// Where an answer goes: the case's contact as it is when the mail leaves; empty where there is none.
    #[sqlx(skip)]
    pub reply_to: String,
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

const COLUMNS: &str = "id, case_id, kind, recipient, subject, body_text, body_html, state, attempts, created_at, next_at, give_up_at, unsubscribe";

/// Queues a mail, in the transaction of its cause.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, mail: &NewMail, now: Instant) -> Result<MailId, Error> {
    let from = mail.not_before.unwrap_or(now);
    on!(tx, c => sqlx::query_scalar(
        "INSERT INTO outbox (case_id, claim_id, kind, recipient, subject, body_text, body_html, state, created_at, next_at, give_up_at, account_id, mailing_id, unsubscribe) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10, $11, $12, $13) RETURNING id",
    )
    .bind(mail.case_id).bind(mail.claim_id).bind(mail.kind).bind(&mail.recipient).bind(&mail.subject).bind(&mail.body_text).bind(&mail.body_html)
    .bind(now).bind(from).bind(from + patience()).bind(mail.account_id).bind(mail.mailing_id).bind(&mail.unsubscribe).fetch_one(c).await)
}

/// Queues many mails, in the transaction of their cause. Who need not know their ids has them queued by the hundred.
///
/// # Errors
/// If the database fails.
pub async fn add_many(tx: &mut Tx, mails: &[&NewMail], now: Instant) -> Result<(), Error> {
    for some in mails.chunks(AT_ONCE) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO outbox (case_id, claim_id, kind, recipient, subject, body_text, body_html, state, created_at, next_at, give_up_at, account_id, mailing_id, unsubscribe) ",
            );
            query.push_values(some, |mut row, mail| {
                let from = mail.not_before.unwrap_or(now);
                row.push_bind(mail.case_id).push_bind(mail.claim_id).push_bind(mail.kind).push_bind(&mail.recipient).push_bind(&mail.subject);
                row.push_bind(&mail.body_text).push_bind(&mail.body_html).push("'waiting'").push_bind(now).push_bind(from).push_bind(from + patience());
                row.push_bind(mail.account_id).push_bind(mail.mailing_id).push_bind(&mail.unsubscribe);
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Leases up to `most` mails that are due, the longest first, also those whose worker died before its lease ended. That counts as no
/// delivery yet: each of them is to [`begin`].
///
/// # Errors
/// If the database fails.
pub async fn lease(tx: &mut Tx, owner: &str, most: i64, now: Instant, until: Instant) -> Result<Vec<Mail>, Error> {
    let mut mails: Vec<Mail> = match tx {
        // PostgreSQL's writers do not wait for each other: rows that another worker is leasing are skipped.
        Tx::Postgres(tx) => {
            let sql = sqlx::AssertSqlSafe(format!(
                "UPDATE outbox SET state = 'sending', lease_owner = $1, lease_until = $2 WHERE id IN (\
                 SELECT id FROM outbox WHERE (state = 'waiting' AND next_at <= $3) OR (state = 'sending' AND lease_until < $3 AND next_at <= $3) ORDER BY next_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) \
                 RETURNING {COLUMNS}"
            ));
            sqlx::query_as(sql).bind(owner).bind(until).bind(now).bind(most).fetch_all(&mut **tx).await?
        }
        Tx::Sqlite(tx) => {
            let sql = sqlx::AssertSqlSafe(format!(
                "UPDATE outbox SET state = 'sending', lease_owner = $1, lease_until = $2 WHERE id IN (\
                 SELECT id FROM outbox WHERE (state = 'waiting' AND next_at <= $3) OR (state = 'sending' AND lease_until < $3 AND next_at <= $3) ORDER BY next_at, id LIMIT $4) \
                 RETURNING {COLUMNS}"
            ));
            sqlx::query_as(sql).bind(owner).bind(until).bind(now).bind(most).fetch_all(tx.settled().await?).await?
        }
    };
    mails.sort_by_key(|mail| (mail.next_at, mail.id));
    Ok(mails)
}

/// Counts the delivery of a leased mail that now begins; `false` if the lease was lost to another worker. If nobody tells what became of it,
/// because the process ended, it may have gone out, and the mail is not tried again before `next_at`: one at which the process ends each time
/// leaves others their turn.
///
/// # Errors
/// If the database fails.
pub async fn begin(tx: &mut Tx, id: MailId, owner: &str, next_at: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE outbox SET attempts = attempts + 1, next_at = $3 WHERE id = $1 AND lease_owner = $2 AND state = 'sending'")
        .bind(id).bind(owner).bind(next_at).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Gives a leased mail back whose delivery did not begin: it is due as before.
///
/// # Errors
/// If the database fails.
pub async fn give_back(tx: &mut Tx, id: MailId, owner: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE outbox SET state = 'waiting', lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2 AND state = 'sending'")
        .bind(id).bind(owner).execute(c).await.map(drop))
}

/// Ends a lease with what became of the mail: the new state (`sent`, `waiting`, `failed`, `discarded`), the log entry, and when to try
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
    // A mail of a mailing that was stopped while the mail was on its way is not tried again. The row of the mailing is the lock.
    let stopped: Option<Instant> = on!(tx, c => sqlx::query_scalar(
        "UPDATE mailings SET mails = mails WHERE id = (SELECT mailing_id FROM outbox WHERE id = $1) RETURNING stopped_at",
    )
    .bind(id).fetch_optional(c).await)?.flatten();
    let state = if state == "waiting" && stopped.is_some() { "discarded" } else { state };
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
    /// Whether it belongs to a case, with a claim or without.
    pub of_case: bool,
    /// State.
    pub state: String,
    /// Deliveries that were begun.
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
        "SELECT id, kind, recipient, subject, (case_id IS NOT NULL OR claim_id IS NOT NULL) AS of_case, state, attempts, created_at, \
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

/// What counsel of a case may see of its mail: nothing about drafts that were never sent, whose writers they do not know, and no
/// link that signs somebody in.
const SEEN_BY_COUNSEL: &str = "o.case_id = $1 AND o.kind <> 'counsel_invited' \
     AND (o.claim_id IS NULL OR EXISTS (SELECT 1 FROM claims s WHERE s.id = o.claim_id AND s.number IS NOT NULL))";

/// A mail as it is read on a page.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReadMail {
    /// Row id.
    pub id: MailId,
    /// Which template made it.
    pub kind: String,
    /// Case that it is about.
    pub case_id: Option<CaseId>,
    /// Number of the claim it is about.
    pub number: Option<String>,
    /// The mailing it is of.
    pub mailing_id: Option<MailingId>,
    /// Address.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// Text part.
    pub body_text: String,
    /// State.
    pub state: String,
    /// When it was queued.
    pub created_at: Instant,
    /// When it may be tried (again).
    pub next_at: Instant,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// What the last delivery ended in.
    pub last: Option<String>,
    /// Whether it is counsel's letter about a claim that was withdrawn since: then it does not go out any more.
    pub claim_withdrawn: bool,
}

/// Counsel's letter about a claim that was withdrawn after the letter was queued, and was not sent anew: what it says of the claim
/// is no longer so. Who writes to withdrawn claims does so after they were withdrawn.
macro_rules! claim_withdrawn {
    () => {
        "(o.kind = 'letter' AND o.mailing_id IS NOT NULL AND EXISTS (SELECT 1 FROM claims w JOIN events e ON e.claim_id = w.id \
         WHERE w.id = o.claim_id AND w.status = 'withdrawn' AND e.kind = 'claim_withdrawn' AND e.at > o.created_at))"
    };
}

const READ: &str = concat!(
    "SELECT o.id, o.kind, o.case_id, k.number, o.mailing_id, o.recipient, o.subject, o.body_text, o.state, o.created_at, o.next_at, o.sent_at, \
     (SELECT detail FROM deliveries d WHERE d.mail_id = o.id ORDER BY d.id DESC LIMIT 1) AS last, ",
    claim_withdrawn!(),
    " AS claim_withdrawn FROM outbox o LEFT JOIN claims k ON k.id = o.claim_id"
);

/// Mails of a case in one state or all, of one mailing or all: what waits in the order in which it goes out, else newest first.
///
/// # Errors
/// If the database fails.
pub async fn of_case(
    tx: &mut Tx,
    case: CaseId,
    state: &str,
    mailing: Option<MailingId>,
    limit: i64,
    offset: i64,
) -> Result<Vec<ReadMail>, Error> {
    let order = if state == "waiting" { "o.next_at, o.id" } else { "o.id DESC" };
    let sql = sqlx::AssertSqlSafe(format!(
        "{READ} WHERE {SEEN_BY_COUNSEL} AND ($2 = '' OR o.state = $2) AND ($3 = 0 OR o.mailing_id = $3) ORDER BY {order} LIMIT $4 OFFSET $5"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(state).bind(mailing.map_or(0, |id| id.0)).bind(limit).bind(offset).fetch_all(c).await)
}

/// How many mails of a case are in each state, of one mailing or all.
///
/// # Errors
/// If the database fails.
pub async fn counts_of_case(
    tx: &mut Tx,
    case: CaseId,
    mailing: Option<MailingId>,
) -> Result<std::collections::BTreeMap<String, i64>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT o.state, COUNT(*) FROM outbox o WHERE {SEEN_BY_COUNSEL} AND ($2 = 0 OR o.mailing_id = $2) GROUP BY o.state"
    ));
    let rows: Vec<(String, i64)> =
        on!(tx, c => sqlx::query_as(sql).bind(case).bind(mailing.map_or(0, |id| id.0)).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// How many mails of a case failed.
///
/// # Errors
/// If the database fails.
pub async fn failed_of_case(tx: &mut Tx, case: CaseId) -> Result<i64, Error> {
    let sql =
        sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM outbox o WHERE {SEEN_BY_COUNSEL} AND o.state = 'failed'"));
    on!(tx, c => sqlx::query_scalar(sql).bind(case).fetch_one(c).await)
}

/// A mail of a case, as far as counsel may see it.
///
/// # Errors
/// If the database fails.
pub async fn of_case_by_id(tx: &mut Tx, case: CaseId, id: MailId) -> Result<Option<ReadMail>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{READ} WHERE {SEEN_BY_COUNSEL} AND o.id = $2"));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(id).fetch_optional(c).await)
}

/// The mails of an account that are on their way or were sent, newest first.
///
/// # Errors
/// If the database fails.
pub async fn of_account(tx: &mut Tx, account: AccountId, limit: i64, offset: i64) -> Result<Vec<ReadMail>, Error> {
    let sql =
        sqlx::AssertSqlSafe(format!("{READ} WHERE {OF_ACCOUNT} ORDER BY o.next_at DESC, o.id DESC LIMIT $2 OFFSET $3"));
    on!(tx, c => sqlx::query_as(sql).bind(account).bind(limit).bind(offset).fetch_all(c).await)
}

/// What an account is told as counsel of a case, or tried out of what is written to others there: not what it hears of a claim of its own.
macro_rules! as_counsel {
    () => {
        "(o.kind IN ('new_claim', 'notice', 'digest', 'case_changed') OR (o.kind IN ('letter', 'news') AND NOT EXISTS \
         (SELECT 1 FROM claims v JOIN account_claimants a ON a.claimant_id = v.claimant_id WHERE v.id = o.claim_id AND a.account_id = o.account_id)))"
    };
}

/// What an account was told as counsel of a case, of which it is counsel no longer.
macro_rules! dismissed {
    () => {
        concat!(
            "(",
            as_counsel!(),
            " AND NOT EXISTS (SELECT 1 FROM case_counsel q WHERE q.case_id = o.case_id AND q.account_id = o.account_id))"
        )
    };
}

/// What an account sees of its mail: not what counsel may still take back, that is what was never tried and may wait for its
/// time; and what it was told as counsel of a case as long as it is counsel of it.
const OF_ACCOUNT: &str = concat!(
    "o.account_id = $1 AND o.state <> 'discarded' AND (o.mailing_id IS NULL OR o.attempts > 0) AND NOT ",
    dismissed!()
);

/// Why a mail that is due is not sent any more, if so: what was so when it was queued, or leased, may be so no longer. A mail of a
/// mailing that was stopped may be sent all the same if counsel asked for it since, which gives it new patience.
///
/// # Errors
/// If the database fails.
pub async fn unwanted(tx: &mut Tx, mail: &Mail) -> Result<Option<String>, Error> {
    const SQL: &str = concat!(
        "SELECT CASE WHEN ",
        claim_withdrawn!(),
        " THEN 'not sent: the claim was withdrawn after the mail was queued' \
         WHEN EXISTS (SELECT 1 FROM mailings m WHERE m.id = o.mailing_id AND m.stopped_at >= $2) THEN 'not sent: the mailing was stopped' \
         WHEN o.account_id IS NOT NULL AND o.mailing_id IS NULL AND ",
        dismissed!(),
        " THEN 'not sent: whom it is for is no longer counsel of the case' END FROM outbox o WHERE o.id = $1"
    );
    let due_from = mail.give_up_at - patience();
    let why: Option<Option<String>> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(mail.id).bind(due_from).fetch_optional(c).await)?;
    Ok(why.flatten())
}

/// How many mails an account has.
///
/// # Errors
/// If the database fails.
pub async fn count_of_account(tx: &mut Tx, account: AccountId) -> Result<i64, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM outbox o WHERE {OF_ACCOUNT}"));
    on!(tx, c => sqlx::query_scalar(sql).bind(account).fetch_one(c).await)
}

/// A mail of an account.
///
/// # Errors
/// If the database fails.
pub async fn of_account_by_id(tx: &mut Tx, account: AccountId, id: MailId) -> Result<Option<ReadMail>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{READ} WHERE {OF_ACCOUNT} AND o.id = $2"));
    on!(tx, c => sqlx::query_as(sql).bind(account).bind(id).fetch_optional(c).await)
}

/// What became of each delivery of a mail, oldest first: when, in which state it ended, and what was said.
///
/// # Errors
/// If the database fails.
pub async fn deliveries(tx: &mut Tx, id: MailId) -> Result<Vec<(Instant, String, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT at, outcome, detail FROM deliveries WHERE mail_id = $1 ORDER BY id").bind(id).fetch_all(c).await)
}

/// Changes a mail that waits; `false` if it no longer waits, or no longer says `before`: a worker has it, or somebody else
/// changed it.
///
/// # Errors
/// If the database fails.
pub async fn edit(
    tx: &mut Tx,
    id: MailId,
    before: (&str, &str),
    (subject, text, html): (&str, &str, &str),
) -> Result<bool, Error> {
    on!(tx, c => sqlx::query(
        "UPDATE outbox SET subject = $4, body_text = $5, body_html = $6 WHERE id = $1 AND state = 'waiting' AND subject = $2 AND body_text = $3",
    )
    .bind(id).bind(before.0).bind(before.1).bind(subject).bind(text).bind(html).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Takes a mail that waits out of the queue; `false` if it no longer waits.
///
/// # Errors
/// If the database fails.
pub async fn discard(tx: &mut Tx, id: MailId) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE outbox SET state = 'discarded' WHERE id = $1 AND state = 'waiting'").bind(id).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Makes a mail that waits or failed due now, with new patience; `false` if a worker has it, or it was sent or discarded.
///
/// # Errors
/// If the database fails.
pub async fn send_now(tx: &mut Tx, id: MailId, now: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE outbox SET state = 'waiting', next_at = $2, give_up_at = $3 WHERE id = $1 AND state IN ('waiting', 'failed')")
        .bind(id).bind(now).bind(now + patience()).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Takes every mail of a mailing that waits out of the queue; gives how many there were.
///
/// # Errors
/// If the database fails.
pub async fn discard_mailing(tx: &mut Tx, mailing: MailingId) -> Result<u64, Error> {
    on!(tx, c => sqlx::query("UPDATE outbox SET state = 'discarded' WHERE mailing_id = $1 AND state = 'waiting'").bind(mailing).execute(c).await.map(|done| done.rows_affected()))
}

/// Leases one mail that waits, whatever else is due, and begins its delivery; `false` if it does not wait.
///
/// # Errors
/// If the database fails.
pub async fn lease_one(tx: &mut Tx, id: MailId, owner: &str, until: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE outbox SET state = 'sending', lease_owner = $2, lease_until = $3, attempts = attempts + 1 WHERE id = $1 AND state = 'waiting'")
        .bind(id).bind(owner).bind(until).execute(c).await.map(|done| done.rows_affected() == 1))
}
