//! Pairs of claims that resemble each other, and what people said of them.

use super::{Error, Tx, on};
use crate::{AccountId, CaseId, ClaimId, Instant, MatchId};

/// What the engine found of two claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The two claims, the smaller id first.
    pub claims: (ClaimId, ClaimId),
    /// Score in thousandths of a bit.
    pub score: i64,
    /// Key of the engine's decision.
    pub decision: &'static str,
    /// The parts of the score, as JSON ([`crate::matching::explain::Explanation`]).
    pub explanation: String,
    /// The smaller of the two claims, in minor units.
    pub stake: i64,
}

/// A pair with what people said of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Match {
    /// Row id.
    pub id: MatchId,
    /// The claims.
    pub claim_a: ClaimId,
    /// The other.
    pub claim_b: ClaimId,
    /// Their numbers.
    pub number_a: String,
    /// The other.
    pub number_b: String,
    /// Legal names as signed.
    pub claimant_a: String,
    /// The other.
    pub claimant_b: String,
    /// Status keys.
    pub status_a: String,
    /// The other.
    pub status_b: String,
    /// Score in thousandths of a bit.
    pub score: i64,
    /// Key of the engine's decision.
    pub decision: String,
    /// Version of the engine.
    pub engine: String,
    /// The parts of the score, as JSON.
    pub explanation: String,
    /// The smaller of the two claims, in minor units.
    pub stake: i64,
    /// When the engine found it as it is.
    pub found_at: Instant,
    /// What a person said: `same`, `different` or `later`.
    pub verdict: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
    /// What the engine's score was then.
    pub decided_score: Option<i64>,
    /// What the engine's version was then.
    pub decided_engine: Option<String>,
}

const SELECT: &str = "SELECT m.id, m.claim_a, m.claim_b, a.number AS number_a, b.number AS number_b, va.claimant_name AS claimant_a, vb.claimant_name AS claimant_b, a.status AS status_a, \
    b.status AS status_b, m.score, m.decision, m.engine, m.explanation, m.stake, m.found_at, d.verdict, d.reason, w.name AS decided_by, d.at AS decided_at, d.score AS decided_score, \
    d.engine AS decided_engine FROM matches m JOIN claims a ON a.id = m.claim_a JOIN claims b ON b.id = m.claim_b JOIN versions va ON va.id = a.in_force_id \
    JOIN versions vb ON vb.id = b.in_force_id LEFT JOIN match_decisions d ON d.claim_a = m.claim_a AND d.claim_b = m.claim_b AND d.undone_at IS NULL LEFT JOIN accounts w ON w.id = d.account_id";

/// The pairs of a case, most money at stake first.
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Match>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE m.case_id = $1 ORDER BY m.stake DESC, m.score DESC, m.id"));
    on!(tx, c => sqlx::query_as(sql).bind(case).fetch_all(c).await)
}

/// The same without their explanations, which are left empty: for lists.
///
/// # Errors
/// If the database fails.
pub async fn in_brief(tx: &mut Tx, case: CaseId) -> Result<Vec<Match>, Error> {
    let brief = SELECT.replace("m.explanation", "'' AS explanation");
    let sql = sqlx::AssertSqlSafe(format!("{brief} WHERE m.case_id = $1 ORDER BY m.stake DESC, m.score DESC, m.id"));
    on!(tx, c => sqlx::query_as(sql).bind(case).fetch_all(c).await)
}

/// The pairs of one claim, best first.
///
/// # Errors
/// If the database fails.
pub async fn of_claim(tx: &mut Tx, claim: ClaimId) -> Result<Vec<Match>, Error> {
    let sql =
        sqlx::AssertSqlSafe(format!("{SELECT} WHERE m.claim_a = $1 OR m.claim_b = $1 ORDER BY m.score DESC, m.id"));
    on!(tx, c => sqlx::query_as(sql).bind(claim).fetch_all(c).await)
}

/// Finds a pair of a case.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, case: CaseId, id: MatchId) -> Result<Option<Match>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE m.id = $2 AND m.case_id = $1"));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(id).fetch_optional(c).await)
}

/// How many pairs of a case wait for a person, and how many were put off. Pairs with a withdrawn claim wait for nobody.
///
/// # Errors
/// If the database fails.
pub async fn waiting(tx: &mut Tx, case: CaseId) -> Result<(i64, i64), Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT COUNT(CASE WHEN d.id IS NULL THEN 1 END), COUNT(CASE WHEN d.verdict = 'later' THEN 1 END) FROM matches m JOIN claims a ON a.id = m.claim_a JOIN claims b ON b.id = m.claim_b \
         LEFT JOIN match_decisions d ON d.claim_a = m.claim_a AND d.claim_b = m.claim_b AND d.undone_at IS NULL WHERE m.case_id = $1 AND a.status = 'submitted' AND b.status = 'submitted'",
    )
    .bind(case).fetch_one(c).await)
}

/// What a run found: new pairs are added, known ones brought up to date, and those it no longer finds go, unless a person
/// said something of them: a later run never overturns a person.
///
/// # Errors
/// If the database fails.
pub async fn replace(tx: &mut Tx, case: CaseId, found: &[Found], engine: &str, now: Instant) -> Result<(), Error> {
    let known: Vec<(MatchId, ClaimId, ClaimId)> = on!(tx, c => sqlx::query_as("SELECT id, claim_a, claim_b FROM matches WHERE case_id = $1").bind(case).fetch_all(c).await)?;
    let still: std::collections::BTreeSet<_> = found.iter().map(|found| found.claims).collect();
    for (id, a, b) in known {
        if !still.contains(&(a, b)) {
            on!(tx, c => sqlx::query(
                "DELETE FROM matches WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM match_decisions d WHERE d.claim_a = $2 AND d.claim_b = $3 AND d.undone_at IS NULL)",
            )
            .bind(id).bind(a).bind(b).execute(c).await.map(drop))?;
        }
    }
    for found in found {
        on!(tx, c => sqlx::query(
            "INSERT INTO matches (case_id, claim_a, claim_b, score, decision, engine, explanation, stake, found_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (claim_a, claim_b) DO UPDATE SET score = $4, decision = $5, engine = $6, explanation = $7, stake = $8, \
             found_at = CASE WHEN matches.explanation = $7 AND matches.engine = $6 THEN matches.found_at ELSE $9 END",
        )
        .bind(case).bind(found.claims.0).bind(found.claims.1).bind(found.score).bind(found.decision).bind(engine).bind(&found.explanation).bind(found.stake).bind(now)
        .execute(c).await.map(drop))?;
    }
    Ok(())
}

/// A decision of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDecision<'a> {
    /// Case.
    pub case_id: CaseId,
    /// The two claims, the smaller id first.
    pub claims: (ClaimId, ClaimId),
    /// `same`, `different` or `later`.
    pub verdict: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Version of the engine whose score the person saw.
    pub engine: &'a str,
    /// That score.
    pub score: i64,
    /// Who.
    pub by: AccountId,
}

/// Adds a decision; the one before it is undone.
///
/// # Errors
/// If the database fails.
pub async fn decide(tx: &mut Tx, decision: &NewDecision<'_>, now: Instant) -> Result<(), Error> {
    undo(tx, decision.claims, decision.by, now).await?;
    on!(tx, c => sqlx::query(
        "INSERT INTO match_decisions (case_id, claim_a, claim_b, verdict, reason, engine, score, account_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(decision.case_id).bind(decision.claims.0).bind(decision.claims.1).bind(decision.verdict).bind(decision.reason).bind(decision.engine).bind(decision.score)
    .bind(decision.by).bind(now).execute(c).await.map(drop))
}

/// Undoes the decision in force; `false` if there is none.
///
/// # Errors
/// If the database fails.
pub async fn undo(tx: &mut Tx, claims: (ClaimId, ClaimId), by: AccountId, now: Instant) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE match_decisions SET undone_at = $4, undone_by = $3 WHERE claim_a = $1 AND claim_b = $2 AND undone_at IS NULL")
        .bind(claims.0).bind(claims.1).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected() > 0))
}

/// The decisions in force of a case: the claims and the verdict.
///
/// # Errors
/// If the database fails.
pub async fn verdicts(tx: &mut Tx, case: CaseId) -> Result<Vec<(ClaimId, ClaimId, String)>, Error> {
    on!(tx, c => sqlx::query_as("SELECT claim_a, claim_b, verdict FROM match_decisions WHERE case_id = $1 AND undone_at IS NULL ORDER BY claim_a, claim_b").bind(case).fetch_all(c).await)
}

/// A decision as it is told: in force or undone.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Decided {
    /// `same`, `different` or `later`.
    pub verdict: String,
    /// Why.
    pub reason: String,
    /// Version of the engine.
    pub engine: String,
    /// Its score then.
    pub score: i64,
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
    /// When it was undone.
    pub undone_at: Option<Instant>,
}

/// All decisions ever made of two claims, newest first.
///
/// # Errors
/// If the database fails.
pub async fn history(tx: &mut Tx, claims: (ClaimId, ClaimId)) -> Result<Vec<Decided>, Error> {
    on!(tx, c => sqlx::query_as(
        "SELECT d.verdict, d.reason, d.engine, d.score, w.name AS by, d.at, d.undone_at FROM match_decisions d JOIN accounts w ON w.id = d.account_id \
         WHERE d.claim_a = $1 AND d.claim_b = $2 ORDER BY d.id DESC",
    )
    .bind(claims.0).bind(claims.1).fetch_all(c).await)
}
