//! Accounts.

use std::collections::BTreeSet;

use super::{Error, Tx, on, second_factors};
use crate::{
    AccountId, CaseId, ClaimantId, Instant,
    access::{Actor, Closed},
};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// Row id.
    pub id: AccountId,
    /// Address as typed.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// PHC string of the password.
    pub password_hash: String,
    /// Whether it administers the installation.
    pub administrator: bool,
    /// When the address was confirmed.
    pub verified_at: Option<Instant>,
    /// When it was disabled.
    pub disabled_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

/// The form in which addresses are compared: without case and white space. A letter beyond ASCII whose small form is in ASCII, such as the
/// sign for kelvin, stays as it is: it makes another mailbox.
#[must_use]
pub fn email_key(email: &str) -> String {
    let mut key = String::with_capacity(email.len());
    for letter in email.trim().chars() {
        if letter.is_ascii() || letter.to_lowercase().all(|small| !small.is_ascii()) {
            key.extend(letter.to_lowercase());
        } else {
            key.push(letter);
        }
    }
    key
}

const COLUMNS: &str = "id, email, name, password_hash, administrator, verified_at, disabled_at, created_at";

/// Adds an account.
///
/// # Errors
/// A unique violation if `verified_at` is given and another account proved the address.
pub async fn add(
    tx: &mut Tx,
    email: &str,
    name: &str,
    password_hash: &str,
    administrator: bool,
    verified_at: Option<Instant>,
    now: Instant,
) -> Result<AccountId, Error> {
    on!(tx, c => sqlx::query_scalar(
        "INSERT INTO accounts (email, email_key, name, password_hash, administrator, verified_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
    )
    .bind(email).bind(email_key(email)).bind(name).bind(password_hash).bind(administrator).bind(verified_at).bind(now)
    .fetch_one(c).await)
}

/// Finds an account by address: the one that proved it, else the one that used it first, which nobody takes over by
/// registering the same address again.
///
/// # Errors
/// If the database fails.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Account>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM accounts WHERE email_key = $1 ORDER BY CASE WHEN verified_at IS NULL THEN 1 ELSE 0 END, id LIMIT 1"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(email_key(email)).fetch_optional(c).await)
}

/// Finds the account that last began with an address which nobody has proved.
///
/// # Errors
/// If the database fails.
pub async fn newest_unproved(tx: &mut Tx, email: &str) -> Result<Option<Account>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM accounts a WHERE email_key = $1 AND disabled_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM accounts v WHERE v.email_key = $1 AND v.verified_at IS NOT NULL) ORDER BY id DESC LIMIT 1"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(email_key(email)).fetch_optional(c).await)
}

/// Remembers the key of the form that made an account.
///
/// # Errors
/// A unique violation if the form made one already.
pub async fn set_registered_with(tx: &mut Tx, id: AccountId, key: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE accounts SET registered_with = $2 WHERE id = $1").bind(id).bind(key).execute(c).await.map(drop))
}

/// Finds the account that a form made.
///
/// # Errors
/// If the database fails.
pub async fn registered_with(tx: &mut Tx, key: &str) -> Result<Option<Account>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM accounts WHERE registered_with = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(key).fetch_optional(c).await)
}

/// Waits for whoever changes an account just now, and keeps others from it. SQLite's writers queue anyhow.
///
/// # Errors
/// If the database fails.
pub async fn lock(tx: &mut Tx, id: AccountId) -> Result<(), Error> {
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    sqlx::query("SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE").bind(id).execute(&mut **tx).await.map(drop)
}

/// Finds an account by id.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, id: AccountId) -> Result<Option<Account>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM accounts WHERE id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)
}

/// Of an account with a text in its address or name. SQLite knows only the small letters of English, so a name is looked for as typed, too.
const HAS: &str = "(email_key LIKE $1 ESCAPE '\\' OR LOWER(name) LIKE $1 ESCAPE '\\' OR name LIKE $2 ESCAPE '\\')";

/// The text in small letters and as typed, for [`HAS`].
fn patterns(text: &str) -> [String; 2] {
    let text = text.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    [format!("%{}%", text.to_lowercase()), format!("%{text}%")]
}

/// The accounts with a text in address or name, by address; all for an empty one.
///
/// # Errors
/// If the database fails.
pub async fn list(tx: &mut Tx, text: &str, limit: i64, offset: i64) -> Result<Vec<Account>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM accounts WHERE {HAS} ORDER BY email_key, id LIMIT $3 OFFSET $4"
    ));
    let [small, typed] = patterns(text);
    on!(tx, c => sqlx::query_as(sql).bind(small).bind(typed).bind(limit).bind(offset).fetch_all(c).await)
}

/// How many accounts [`list`] has.
///
/// # Errors
/// If the database fails.
pub async fn count_of(tx: &mut Tx, text: &str) -> Result<i64, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM accounts WHERE {HAS}"));
    let [small, typed] = patterns(text);
    on!(tx, c => sqlx::query_scalar(sql).bind(small).bind(typed).fetch_one(c).await)
}

/// How many accounts there are, and how many of them administer.
///
/// # Errors
/// If the database fails.
pub async fn count(tx: &mut Tx) -> Result<(i64, i64), Error> {
    on!(tx, c => sqlx::query_as("SELECT COUNT(*), COUNT(CASE WHEN administrator THEN 1 END) FROM accounts").fetch_one(c).await)
}

/// The person behind an account, with all that decides what they may do; `None` if it is gone or disabled.
///
/// # Errors
/// If the database fails.
pub async fn actor(tx: &mut Tx, id: AccountId) -> Result<Option<Actor>, Error> {
    let Some(account) = by_id(tx, id).await?.filter(|account| account.disabled_at.is_none()) else { return Ok(None) };
    let of: Vec<(Option<CaseId>, Option<ClaimantId>)> = on!(tx, c => sqlx::query_as(
        "SELECT case_id, CAST(NULL AS BIGINT) FROM case_counsel WHERE account_id = $1 UNION ALL SELECT NULL, claimant_id FROM account_claimants WHERE account_id = $1",
    )
    .bind(id).fetch_all(c).await)?;
    let cases: BTreeSet<CaseId> = of.iter().filter_map(|(case, _)| *case).collect();
    let (closed, any) = match account.administrator || !cases.is_empty() {
        true => second_factors::closed(tx, id).await?,
        false => Default::default(),
    };
    Ok(Some(Actor {
        account: account.id,
        name: account.name,
        email: account.email,
        verified: account.verified_at.is_some(),
        administrator: account.administrator,
        counsel_of: cases,
        claimants: of.iter().filter_map(|(_, claimant)| *claimant).collect(),
        closed: Closed { cases: closed, administration: any && account.administrator },
    }))
}

/// Sets the password hash.
///
/// # Errors
/// If the database fails.
pub async fn set_password(tx: &mut Tx, id: AccountId, password_hash: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE accounts SET password_hash = $2 WHERE id = $1").bind(id).bind(password_hash).execute(c).await.map(drop))
}

/// Sets a confirmed address.
///
/// # Errors
/// A unique violation if another account has it.
pub async fn set_email(tx: &mut Tx, id: AccountId, email: &str, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE accounts SET email = $2, email_key = $3, verified_at = $4 WHERE id = $1")
        .bind(id).bind(email).bind(email_key(email)).bind(now).execute(c).await.map(drop))
}

/// Marks the address as confirmed; an earlier confirmation stays.
///
/// # Errors
/// A unique violation if another account proved the address.
pub async fn set_verified(tx: &mut Tx, id: AccountId, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE accounts SET verified_at = COALESCE(verified_at, $2) WHERE id = $1").bind(id).bind(now).execute(c).await.map(drop))
}

/// Disables (`Some`) or enables (`None`) an account.
///
/// # Errors
/// If the database fails.
pub async fn set_disabled(tx: &mut Tx, id: AccountId, at: Option<Instant>) -> Result<(), Error> {
    on!(tx, c => sqlx::query("UPDATE accounts SET disabled_at = $2 WHERE id = $1").bind(id).bind(at).execute(c).await.map(drop))
}

/// Moves everything that one account does for claimants, and its mail, to another: both proved the same address.
///
/// # Errors
/// If the database fails.
pub async fn merge(tx: &mut Tx, from: AccountId, into: AccountId) -> Result<(), Error> {
    on!(tx, c => {
        sqlx::query(
            "INSERT INTO account_claimants (account_id, claimant_id, capacity, since) SELECT $2, claimant_id, capacity, since FROM account_claimants WHERE account_id = $1 \
             ON CONFLICT (account_id, claimant_id) DO NOTHING",
        )
        .bind(from).bind(into).execute(&mut *c).await?;
        sqlx::query("UPDATE outbox SET account_id = $2 WHERE account_id = $1").bind(from).bind(into).execute(&mut *c).await?;
        sqlx::query("DELETE FROM account_claimants WHERE account_id = $1").bind(from).execute(c).await.map(drop)
    })
}

/// A value of the installation, such as its secret; made by `make` the first time.
///
/// # Errors
/// If the database fails.
pub async fn installation_value(tx: &mut Tx, key: &str, make: impl FnOnce() -> String) -> Result<String, Error> {
    on!(tx, c => {
        sqlx::query("INSERT INTO installation (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING").bind(key).bind(make()).execute(&mut *c).await?;
        sqlx::query_scalar("SELECT value FROM installation WHERE key = $1").bind(key).fetch_one(c).await
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_letter_is_taken_for_one_of_ascii() {
        assert_eq!(email_key(" Mark.\u{dc}mit@Firm.Example "), "mark.\u{fc}mit@firm.example");
        for other in ["mar\u{212a}@firm.example", "\u{130}ris@firm.example"] {
            assert!(!["mark@firm.example", "iris@firm.example"].contains(&email_key(other).as_str()), "{other}");
            assert_eq!(email_key(&email_key(other)), email_key(other));
        }
    }
}
