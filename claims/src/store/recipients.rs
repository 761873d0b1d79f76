//! To whom counsel write: who acts for the claims that a filter of the register shows, and everybody who files in a case.

use sqlx::QueryBuilder;

use super::{
    Error, Tx, on,
    register::{Filter, filtered},
};
use crate::{AccountId, CaseId, ClaimId, line::Basis};

/// Somebody to be written to about a claim.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Recipient {
    /// Claim.
    pub claim_id: ClaimId,
    /// Its number; empty while it is a draft.
    pub number: String,
    /// Legal name of the claimant.
    pub claimant: String,
    /// What the whole claim adds up to, whatever chose it.
    pub amount: i64,
    /// Of it documented.
    pub documented: i64,
    /// Account.
    pub account: AccountId,
    /// Its address.
    pub email: String,
    /// Its name.
    pub name: String,
    /// Whether it takes news of the case.
    pub takes_news: bool,
}

const WHO: &str = "JOIN account_claimants w ON w.claimant_id = c.claimant_id JOIN accounts a ON a.id = w.account_id AND a.disabled_at IS NULL AND a.verified_at IS NOT NULL";
const TAKES_NEWS: &str = "NOT EXISTS (SELECT 1 FROM notice_preferences p WHERE p.account_id = a.id AND p.case_id = c.case_id AND p.kind = 'news' AND p.way = 'off') AS takes_news";

/// Who acts for the claims that a filter shows, by number of the claim; only confirmed addresses. The filter chooses claims and
/// nothing else: where it shows sums of a part, such as one category, the amounts here are still those of the whole claim.
///
/// # Errors
/// If the database fails.
pub async fn of_filter(
    tx: &mut Tx,
    case: CaseId,
    filing_basis: Basis,
    filter: &Filter,
) -> Result<Vec<Recipient>, Error> {
    on!(tx, c => {
        let mut query = QueryBuilder::new(format!(
            "SELECT r.id AS claim_id, r.number, r.claimant, g.amount, g.documented, a.id AS account, a.email, a.name, {TAKES_NEWS} FROM "
        ));
        filtered(case, filing_basis, filter, &mut query);
        query.push(" JOIN registered g ON g.claim_id = r.id JOIN claims c ON c.id = r.id ").push(WHO).push(" ORDER BY r.number, a.email_key, a.id");
        query.build_query_as().fetch_all(c).await
    })
}

/// Everybody who files in a case, drafts included and withdrawn claims not, by claim; only confirmed addresses.
///
/// # Errors
/// If the database fails.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Recipient>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT c.id AS claim_id, COALESCE(c.number, '') AS number, l.legal_name AS claimant, CAST(0 AS BIGINT) AS amount, CAST(0 AS BIGINT) AS documented, a.id AS account, a.email, a.name, \
         {TAKES_NEWS} FROM claims c JOIN claimants l ON l.id = c.claimant_id {WHO} WHERE c.case_id = $1 AND c.status <> 'withdrawn' ORDER BY c.id, a.email_key, a.id"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(case).fetch_all(c).await)
}
