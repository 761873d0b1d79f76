//! Letters of claims: their words by case, those that were made, how far each is, and what goes with a mail.

use chrono::NaiveDate;
use sqlx::types::Json;

use super::{Error, Tx, later, on};
use crate::{AccountId, CaseId, ClaimId, ClaimantId, Instant, LetterId, MailId, VersionId, intake::Answers};

/// A letter to be kept.
#[derive(Debug, Clone)]
pub struct NewLetter<'a> {
    /// Case.
    pub case_id: CaseId,
    /// Claim.
    pub claim_id: ClaimId,
    /// The sent version that it is about.
    pub version_id: VersionId,
    /// Kind key.
    pub kind: &'static str,
    /// Canonical text.
    pub frozen: &'a str,
    /// Its hash.
    pub sha256: &'a str,
    /// State key; empty for a receipt.
    pub state: &'static str,
    /// The day of the state.
    pub since: NaiveDate,
    /// Who made it.
    pub by: Option<AccountId>,
}

/// A letter as listed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// Row id.
    pub id: LetterId,
    /// Case.
    pub case_id: CaseId,
    /// Claim.
    pub claim_id: ClaimId,
    /// Claimant.
    pub claimant_id: ClaimantId,
    /// Claim number.
    pub number: String,
    /// Legal name as signed.
    pub claimant: String,
    /// Kind key.
    pub kind: String,
    /// Version of the claim that it is about.
    pub version: i64,
    /// Whether that version is in force. No version of a withdrawn claim is.
    pub in_force: bool,
    /// When the claim was withdrawn, if it is.
    pub withdrawn_at: Option<Instant>,
    /// Whether it is the letter of its kind, not a draft that was written anew.
    pub is_current: bool,
    /// State key.
    pub state: String,
    /// Since when.
    pub since: NaiveDate,
    /// Steps taken so far: what a form was read with, so that two of them cannot both take the next.
    pub steps: i64,
    /// Who made it.
    pub made_by: Option<String>,
    /// When it was made.
    pub made_at: Instant,
}

// When a claim was withdrawn stands in its events: an amendment that is begun since changes `changed_at`.
const ROW: &str = "SELECT t.id, t.case_id, t.claim_id, k.claimant_id, COALESCE(k.number, '') AS number, v.claimant_name AS claimant, t.kind, v.version, \
                   k.in_force_id = v.id AND k.status = 'submitted' AS in_force, \
                   CASE WHEN k.status = 'withdrawn' THEN COALESCE((SELECT e.at FROM events e WHERE e.claim_id = k.id AND e.kind = 'claim_withdrawn' ORDER BY e.seq DESC LIMIT 1), k.changed_at) END AS withdrawn_at, \
                   t.is_current, t.state, t.since, t.steps, a.name AS made_by, t.made_at FROM letters t JOIN claims k ON k.id = t.claim_id JOIN versions v ON v.id = t.version_id \
                   LEFT JOIN accounts a ON a.id = t.made_by";

/// Keeps a letter. One of the same kind that the claim had is no longer current then.
///
/// # Errors
/// If the database fails.
pub async fn add(tx: &mut Tx, letter: &NewLetter<'_>, now: Instant) -> Result<LetterId, Error> {
    on!(tx, c => {
        sqlx::query("UPDATE letters SET is_current = FALSE WHERE claim_id = $1 AND kind = $2 AND is_current").bind(letter.claim_id).bind(letter.kind).execute(&mut *c).await?;
        sqlx::query_scalar(
            "INSERT INTO letters (case_id, claim_id, version_id, kind, frozen, sha256, state, since, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
        )
        .bind(letter.case_id).bind(letter.claim_id).bind(letter.version_id).bind(letter.kind).bind(letter.frozen).bind(letter.sha256).bind(letter.state).bind(letter.since)
        .bind(letter.by).bind(now).fetch_one(c).await
    })
}

/// Keeps the receipt of a version, and lets it go with `mails`. It is only ever kept once.
///
/// # Errors
/// If the database fails, or the version has a receipt already.
pub async fn add_receipt(tx: &mut Tx, letter: &NewLetter<'_>, mails: &[MailId], now: Instant) -> Result<(), Error> {
    later!(
        tx,
        "INSERT INTO letters (case_id, claim_id, version_id, kind, frozen, sha256, state, since, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        letter.case_id,
        letter.claim_id,
        letter.version_id,
        letter.kind,
        letter.frozen,
        letter.sha256,
        letter.state,
        letter.since,
        letter.by,
        now,
    )?;
    for mail in mails {
        later!(
            tx,
            "INSERT INTO mail_letters (mail_id, letter_id) SELECT $1, id FROM letters WHERE version_id = $2 AND kind = 'receipt'",
            *mail,
            letter.version_id
        )?;
    }
    Ok(())
}

/// Finds a letter.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, id: LetterId) -> Result<Option<Row>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{ROW} WHERE t.id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)
}

/// The canonical text of a letter with its hash, and the canonical text of the version that it is about.
///
/// # Errors
/// If the database fails.
pub async fn texts(tx: &mut Tx, id: LetterId) -> Result<Option<(String, String, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT t.frozen, t.sha256, v.frozen FROM letters t JOIN versions v ON v.id = t.version_id WHERE t.id = $1 AND v.frozen IS NOT NULL")
        .bind(id).fetch_optional(c).await)
}

/// The letters of a claim that counsel made and that are current, by kind.
///
/// # Errors
/// If the database fails.
pub async fn of_claim(tx: &mut Tx, claim: ClaimId) -> Result<Vec<Row>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{ROW} WHERE t.claim_id = $1 AND t.is_current AND t.kind <> 'receipt' ORDER BY t.kind"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(claim).fetch_all(c).await)
}

/// The receipt of a sent version.
///
/// # Errors
/// If the database fails.
pub async fn receipt(tx: &mut Tx, version: VersionId) -> Result<Option<LetterId>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT id FROM letters WHERE version_id = $1 AND kind = 'receipt'").bind(version).fetch_optional(c).await)
}

/// The canonical text of the receipt of a sent version.
///
/// # Errors
/// If the database fails.
pub async fn receipt_text(tx: &mut Tx, version: VersionId) -> Result<Option<String>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT frozen FROM letters WHERE version_id = $1 AND kind = 'receipt'").bind(version).fetch_optional(c).await)
}

/// Whether a file with this hash is known as a receipt of the sent version whose canonical text has the hash `of`.
///
/// # Errors
/// If the database fails.
pub async fn knows_receipt(tx: &mut Tx, of: &str, sha256: &str) -> Result<bool, Error> {
    let known: i64 = on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM receipt_files f JOIN versions v ON v.id = f.version_id WHERE f.sha256 = $1 AND v.sha256 = $2")
        .bind(sha256).bind(of).fetch_one(c).await)?;
    Ok(known > 0)
}

/// Keeps the hash of a file as a receipt of the sent version whose canonical text has the hash `of`. Once more changes nothing.
///
/// # Errors
/// If the database fails.
pub async fn know_receipt(tx: &mut Tx, of: &str, sha256: &str) -> Result<(), Error> {
    on!(tx, c => sqlx::query("INSERT INTO receipt_files (sha256, version_id) SELECT $1, v.id FROM versions v WHERE v.sha256 = $2 AND v.sent_at IS NOT NULL ON CONFLICT DO NOTHING")
        .bind(sha256).bind(of).execute(c).await.map(drop))
}

/// The current letters of a kind in a case, by claim number; `state` is a key, or empty for all.
///
/// # Errors
/// If the database fails.
pub async fn of_case(
    tx: &mut Tx,
    case: CaseId,
    kind: &str,
    state: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<Row>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{ROW} WHERE t.case_id = $1 AND t.kind = $2 AND t.is_current AND ($3 = '' OR t.state = $3) ORDER BY t.claim_id LIMIT $4 OFFSET $5"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(kind).bind(state).bind(limit).bind(offset).fetch_all(c).await)
}

/// The current letters of a kind of the claims after one, by claim, but none of a withdrawn claim: they are read to be sent out. `state`
/// is a key, or empty for all. Whatever is marked while a reader goes on from the last claim that it had, none of the others is left out.
///
/// # Errors
/// If the database fails.
pub async fn after(
    tx: &mut Tx,
    case: CaseId,
    (kind, state): (&str, &str),
    claim: ClaimId,
    limit: i64,
) -> Result<Vec<Row>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{ROW} WHERE t.case_id = $1 AND t.kind = $2 AND t.is_current AND k.status <> 'withdrawn' AND ($3 = '' OR t.state = $3) AND t.claim_id > $4 ORDER BY t.claim_id LIMIT $5"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(kind).bind(state).bind(claim).bind(limit).fetch_all(c).await)
}

/// Current letters of a kind in a state.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    /// Kind key.
    pub kind: String,
    /// State key.
    pub state: String,
    /// How many there are.
    pub letters: i64,
    /// How many of them are of withdrawn claims.
    pub withdrawn: i64,
}

/// How many current letters of each kind are in each state.
///
/// # Errors
/// If the database fails.
pub async fn counts(tx: &mut Tx, case: CaseId) -> Result<Vec<Count>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT t.kind, t.state, COUNT(*) AS letters, COUNT(CASE WHEN k.status = 'withdrawn' THEN 1 END) AS withdrawn FROM letters t JOIN claims k ON k.id = t.claim_id \
         WHERE t.case_id = $1 AND t.is_current AND t.kind <> 'receipt' GROUP BY t.kind, t.state ORDER BY t.kind, t.state",
    )
    .bind(case).fetch_all(c).await)
}

/// Whether all money of the claim `k` in the category `$2` was decided to be another claim's. Copies without a value are nobody's money:
/// they are still asked for.
const WHOLLY: &str = "EXISTS (SELECT 1 FROM removed r WHERE r.claim_id = k.id AND r.category = $2 AND r.confirmed > 0 \
                      AND r.confirmed >= (SELECT SUM(s.amount) FROM totals s WHERE s.version_id = k.in_force_id AND s.category = $2)) \
                      AND NOT EXISTS (SELECT 1 FROM totals s WHERE s.version_id = k.in_force_id AND s.category = $2 AND s.basis = 'units_only')";

/// That the kind is no receipt's is said though `$3` never is one: neither database else knows that `letters_current` has the letter, and each
/// would read all letters of the case for every claim.
const NEEDED: &str = "FROM claims k JOIN versions v ON v.id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'submitted' \
                      AND EXISTS (SELECT 1 FROM lines l WHERE l.version_id = v.id AND l.category = $2) \
                      AND NOT EXISTS (SELECT 1 FROM letters t WHERE t.claim_id = k.id AND t.kind = $3 AND t.kind <> 'receipt' AND t.is_current AND (t.version_id = v.id OR t.state <> 'drafted'))";

/// The submitted claims with lines of a category that have no letter of a kind, or only a draft about an earlier version; not those
/// whose money in the category was wholly decided to be another claim's.
///
/// # Errors
/// If the database fails.
pub async fn needed(tx: &mut Tx, case: CaseId, category: &str, kind: &str) -> Result<Vec<ClaimId>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT k.id {NEEDED} AND NOT ({WHOLLY}) ORDER BY k.id"));
    on!(tx, c => sqlx::query_scalar(sql).bind(case).bind(category).bind(kind).fetch_all(c).await)
}

/// How many claims [`needed`] gives.
///
/// # Errors
/// If the database fails.
pub async fn count_needed(tx: &mut Tx, case: CaseId, category: &str, kind: &str) -> Result<i64, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) {NEEDED} AND NOT ({WHOLLY})"));
    on!(tx, c => sqlx::query_scalar(sql).bind(case).bind(category).bind(kind).fetch_one(c).await)
}

/// A claim whose letter would name money that another claim asks for too.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Shared {
    /// Claim number.
    pub number: String,
    /// Whether all of its money in the category was decided to be another claim's, so that it needs no letter.
    pub wholly: bool,
}

/// The submitted claims with lines of a category of whose money some was taken off, or is in an overlap that nobody decided yet, and
/// whose letter of a kind is not written, or only drafted.
///
/// # Errors
/// If the database fails.
pub async fn shared(tx: &mut Tx, case: CaseId, category: &str, kind: &str) -> Result<Vec<Shared>, Error> {
    let sql = sqlx::AssertSqlSafe(shared_sql());
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(category).bind(kind).fetch_all(c).await)
}

fn shared_sql() -> String {
    format!(
        "SELECT COALESCE(k.number, '') AS number, ({WHOLLY}) AS wholly FROM claims k JOIN versions v ON v.id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'submitted' \
         AND EXISTS (SELECT 1 FROM lines l WHERE l.version_id = v.id AND l.category = $2) \
         AND (EXISTS (SELECT 1 FROM removed r WHERE r.claim_id = k.id AND r.category = $2 AND (r.confirmed > 0 OR r.suspected > 0)) \
              OR EXISTS (SELECT 1 FROM ledger_parts p JOIN ledger_entries e ON e.id = p.entry_id WHERE p.claim_id = k.id AND e.suspected > 0 \
                         AND e.family = CASE WHEN $2 = 'held_inventory' THEN 'stock' ELSE 'sales' END)) \
         AND NOT EXISTS (SELECT 1 FROM letters t WHERE t.claim_id = k.id AND t.kind = $3 AND t.kind <> 'receipt' AND t.is_current AND t.state <> 'drafted') ORDER BY k.id"
    )
}

/// A step of a letter.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Step {
    /// State key.
    pub state: String,
    /// The day on which it happened.
    pub day: NaiveDate,
    /// Note or reason.
    pub note: String,
    /// Whether it corrects what was said before.
    pub is_correction: bool,
    /// Who entered it.
    pub entered_by: Option<String>,
    /// When.
    pub entered_at: Instant,
}

/// Takes a step; `false` if somebody took one since `steps` were counted.
///
/// # Errors
/// If the database fails.
pub async fn step(
    tx: &mut Tx,
    letter: LetterId,
    steps: i64,
    (state, day, note, correction): (&str, NaiveDate, &str, bool),
    by: AccountId,
    now: Instant,
) -> Result<bool, Error> {
    on!(tx, c => {
        let done = sqlx::query("UPDATE letters SET state = $3, since = $4, steps = steps + 1 WHERE id = $1 AND steps = $2 AND is_current")
            .bind(letter).bind(steps).bind(state).bind(day).execute(&mut *c).await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("INSERT INTO letter_steps (letter_id, state, day, note, is_correction, entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(letter).bind(state).bind(day).bind(note).bind(correction).bind(by).bind(now).execute(c).await?;
        Ok(true)
    })
}

/// The steps of a letter, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn steps(tx: &mut Tx, letter: LetterId) -> Result<Vec<Step>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT s.state, s.day, s.note, s.is_correction, a.name AS entered_by, s.entered_at FROM letter_steps s LEFT JOIN accounts a ON a.id = s.entered_by WHERE s.letter_id = $1 ORDER BY s.id",
    )
    .bind(letter).fetch_all(c).await)
}

/// What counsel set for the letters of a case, as answers.
///
/// # Errors
/// If the database fails.
pub async fn settings(tx: &mut Tx, case: CaseId) -> Result<Option<Answers>, Error> {
    let found: Option<Json<Answers>> = on!(tx, c => sqlx::query_scalar("SELECT answers FROM letter_texts WHERE case_id = $1").bind(case).fetch_optional(c).await)?;
    Ok(found.map(|answers| answers.0))
}

/// Keeps them.
///
/// # Errors
/// If the database fails.
pub async fn save_settings(tx: &mut Tx, case: CaseId, answers: &Answers, now: Instant) -> Result<(), Error> {
    on!(tx, c => sqlx::query("INSERT INTO letter_texts (case_id, answers, saved_at) VALUES ($1, $2, $3) ON CONFLICT (case_id) DO UPDATE SET answers = $2, saved_at = $3")
        .bind(case).bind(Json(answers)).bind(now).execute(c).await.map(drop))
}

/// The letters that go with a mail.
///
/// # Errors
/// If the database fails.
pub async fn attached(tx: &mut Tx, mail: MailId) -> Result<Vec<LetterId>, Error> {
    on!(tx, c => sqlx::query_scalar("SELECT letter_id FROM mail_letters WHERE mail_id = $1 ORDER BY letter_id").bind(mail).fetch_all(c).await)
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqlitePoolOptions;

    use super::*;

    /// Else a case of some thousand claims with letters keeps everybody who writes waiting for seconds.
    #[tokio::test]
    async fn the_letter_of_a_claim_is_found_by_its_index() {
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        crate::store::SQLITE.run(&pool).await.unwrap();
        for sql in [format!("SELECT k.id {NEEDED} AND NOT ({WHOLLY})"), shared_sql()] {
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
                    .bind(1)
                    .bind("held_inventory")
                    .bind("return")
                    .fetch_all(&pool)
                    .await
                    .unwrap();
            assert!(plan.iter().any(|(.., step)| step.contains("letters_current")), "{plan:?}");
        }
    }
}
