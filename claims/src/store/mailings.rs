//! What counsel write: mails to many, texts that are kept, news of the case.

use super::{Error, Tx, on};
use crate::{AccountId, CaseId, Instant, MailTemplateId, MailingId, NewsId};

/// Mails to many.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Mailing {
    /// Row id.
    pub id: MailingId,
    /// `claim` or `news`.
    pub about: String,
    /// Subject, with placeholders.
    pub subject: String,
    /// Text, with placeholders.
    pub body: String,
    /// Who was chosen, in words.
    pub recipients: String,
    /// Mails an hour.
    pub per_hour: i64,
    /// Mails in all.
    pub mails: i64,
    /// Who queued them.
    pub queued_by: Option<String>,
    /// When.
    pub queued_at: Instant,
    /// When they were stopped.
    pub stopped_at: Option<Instant>,
}

const MAILING: &str = "SELECT m.id, m.about, m.subject, m.body, m.recipients, m.per_hour, m.mails, a.name AS queued_by, m.queued_at, m.stopped_at FROM mailings m \
                       LEFT JOIN accounts a ON a.id = m.queued_by";

/// A mailing to be added.
#[derive(Debug, Clone)]
pub struct NewMailing<'a> {
    /// Case.
    pub case_id: CaseId,
    /// `claim` or `news`.
    pub about: &'a str,
    /// Subject, with placeholders.
    pub subject: &'a str,
    /// Text, with placeholders.
    pub body: &'a str,
    /// Who was chosen, in words.
    pub recipients: &'a str,
    /// Mails an hour.
    pub per_hour: i64,
    /// Mails in all.
    pub mails: i64,
    /// Who queues them.
    pub by: AccountId,
}

/// Adds a mailing; its mails are added with it.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, new: &NewMailing<'_>, now: Instant) -> Result<MailingId, Error> {
    on!(tx, c => sqlx::query_scalar(
        "INSERT INTO mailings (case_id, about, subject, body, recipients, per_hour, mails, queued_by, queued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
    )
    .bind(new.case_id).bind(new.about).bind(new.subject).bind(new.body).bind(new.recipients).bind(new.per_hour).bind(new.mails).bind(new.by).bind(now).fetch_one(c).await)
}

/// The mailings of a case, newest first.
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId, limit: i64) -> Result<Vec<Mailing>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{MAILING} WHERE m.case_id = $1 ORDER BY m.id DESC LIMIT $2"));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(limit).fetch_all(c).await)
}

/// A mailing of a case.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, case: CaseId, id: MailingId) -> Result<Option<Mailing>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{MAILING} WHERE m.case_id = $1 AND m.id = $2"));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(id).fetch_optional(c).await)
}

/// Stops a mailing; `false` if it was stopped before. Its row is the lock for those who settle one of its mails.
///
/// # Errors
/// If the database fails.
pub async fn stop(tx: &mut Tx, id: MailingId, by: AccountId, now: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE mailings SET stopped_at = $2, stopped_by = $3 WHERE id = $1 AND stopped_at IS NULL")
        .bind(id).bind(now).bind(by).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// A text that counsel keep.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Template {
    /// Row id.
    pub id: MailTemplateId,
    /// Name.
    pub name: String,
    /// Subject, with placeholders.
    pub subject: String,
    /// Text, with placeholders.
    pub body: String,
    /// When it was saved last.
    pub saved_at: Instant,
}

const TEMPLATE: &str = "SELECT id, name, subject, body, saved_at FROM mail_templates";

/// The texts of a case, by name.
///
/// # Errors
/// If the database fails.
pub async fn templates(tx: &mut Tx, case: CaseId) -> Result<Vec<Template>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{TEMPLATE} WHERE case_id = $1 ORDER BY name, id"));
    on!(tx, c => sqlx::query_as(sql).bind(case).fetch_all(c).await)
}

/// A text of a case.
///
/// # Errors
/// If the database fails.
pub async fn template(tx: &mut Tx, case: CaseId, id: MailTemplateId) -> Result<Option<Template>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{TEMPLATE} WHERE case_id = $1 AND id = $2"));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(id).fetch_optional(c).await)
}

/// Saves a text, a new one if `id` is `None`; `None` if it is gone.
///
/// # Errors
/// A unique violation if another text of the case has the name.
pub async fn save_template(
    tx: &mut Tx,
    case: CaseId,
    id: Option<MailTemplateId>,
    (name, subject, body): (&str, &str, &str),
    by: AccountId,
    now: Instant,
) -> Result<Option<MailTemplateId>, Error> {
    on!(tx, c => match id {
        None => sqlx::query_scalar("INSERT INTO mail_templates (case_id, name, subject, body, saved_by, saved_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id")
            .bind(case).bind(name).bind(subject).bind(body).bind(by).bind(now).fetch_optional(c).await,
        Some(id) => sqlx::query_scalar("UPDATE mail_templates SET name = $2, subject = $3, body = $4, saved_by = $5, saved_at = $6 WHERE case_id = $1 AND id = $7 RETURNING id")
            .bind(case).bind(name).bind(subject).bind(body).bind(by).bind(now).bind(id).fetch_optional(c).await,
    })
}

/// Removes a text; once more changes nothing.
///
/// # Errors
/// If the database fails.
pub async fn remove_template(tx: &mut Tx, case: CaseId, id: MailTemplateId) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("DELETE FROM mail_templates WHERE case_id = $1 AND id = $2").bind(case).bind(id).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// News of a case.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct News {
    /// Row id.
    pub id: NewsId,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// When they were published.
    pub published_at: Instant,
}

/// News of a case, newest first.
///
/// # Errors
/// If the database fails.
pub async fn news(tx: &mut Tx, case: CaseId, limit: i64) -> Result<Vec<News>, Error> {
    on!(tx, c => sqlx::query_as("SELECT id, title, body, published_at FROM news WHERE case_id = $1 ORDER BY id DESC LIMIT $2").bind(case).bind(limit).fetch_all(c).await)
}

/// Publishes news.
///
/// # Errors
/// If the database fails.
pub async fn publish(
    tx: &mut Tx,
    case: CaseId,
    (title, body): (&str, &str),
    mailing: Option<MailingId>,
    by: AccountId,
    now: Instant,
) -> Result<NewsId, Error> {
    on!(tx, c => sqlx::query_scalar("INSERT INTO news (case_id, title, body, published_by, published_at, mailing_id) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id")
        .bind(case).bind(title).bind(body).bind(by).bind(now).bind(mailing).fetch_one(c).await)
}
