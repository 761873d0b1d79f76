//! What stands between the claims of a case: matches and decisions, the ledger of overlaps, and what it takes off.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use claims::{
    CaseId, ClaimId, ReleaseId,
    line::Category,
    matching::model,
    overlap::Removed,
    store::{
        Tx, matches,
        matching::{self, Ran},
        overlaps::{self, New, NewDecision, NewPart},
        removed,
    },
};

use super::super::Random;

/// A claim that counts, as far as others need it.
#[derive(Clone, Copy)]
pub struct Counted {
    /// Claim.
    pub id: ClaimId,
    /// What it claims in all.
    pub amount: i64,
    /// Lines.
    pub lines: i64,
}

/// Pairs, decisions, entries of the ledger and amounts taken off: about one claim in six is in some of them.
pub async fn seed(tx: &mut Tx, case: CaseId, claims: &[Counted], by: claims::AccountId, random: &mut Random) {
    let now: DateTime<Utc> = "2024-11-20T12:00:00Z".parse().unwrap();
    let pairs: Vec<[Counted; 2]> = (0..claims.len() / 12)
        .map(|_| {
            let first = random.below(claims.len() - 1);
            [claims[first], claims[first + 1 + random.below((claims.len() - first - 1).min(50))]]
        })
        .collect();
    let mut found: BTreeMap<(ClaimId, ClaimId), matches::Found> = BTreeMap::new();
    for [a, b] in &pairs {
        let score = 4_000 + random.below(16_000) as i64;
        let explanation = serde_json::json!({
            "version": model::VERSION, "base": -12_000, "group": 0, "score": score,
            "parts": [{ "field": "name", "level": "close", "weight": 12_000 + score, "a": "One", "b": "One Ltd." }],
        });
        let (decision, stake) = (if score > 10_000 { "match" } else { "review" }, a.amount.min(b.amount));
        let explanation = explanation.to_string();
        found.insert((a.id, b.id), matches::Found { claims: (a.id, b.id), score, decision, explanation, stake });
    }
    let found: Vec<matches::Found> = found.into_values().collect();
    matches::replace(tx, case, &found, model::VERSION, now).await.unwrap();
    for pair in found.iter().step_by(3) {
        let verdict = random.pick(&["same", "different", "later"]);
        let decision = matches::NewDecision {
            case_id: case,
            claims: pair.claims,
            verdict,
            reason: "Compared by address and catalogue.",
            engine: model::VERSION,
            score: pair.score,
            by,
        };
        matches::decide(tx, &decision, now).await.unwrap();
    }
    let mut taken: BTreeMap<ClaimId, Removed> = BTreeMap::new();
    let mut entries = Vec::new();
    for (n, [a, b]) in pairs.iter().enumerate() {
        let gross = (a.amount.min(b.amount) / 20).max(2);
        let (confirmed, suspected) = if n % 3 == 0 { (gross / 2, 0) } else { (0, gross / 2) };
        let of = taken.entry(b.id).or_default();
        of.confirmed += confirmed;
        of.suspected += suspected;
        let through = (confirmed > 0).then_some(a.id);
        let months = format!("{}-{}", 2_012 * 12, 2_012 * 12 + 5);
        entries.push(New {
            family: "sales",
            release_id: ReleaseId(n as i64 + 1),
            channel: "physical".to_owned(),
            words: format!("Release {n}"),
            first_month: 2_012 * 12,
            last_month: 2_012 * 12 + 5,
            months: 6,
            over_whole: n % 50 == 0,
            contradictory: false,
            parts: vec![
                NewPart { claim_id: a.id, gross, confirmed: 0, suspected: 0, through: None, months: months.clone() },
                NewPart { claim_id: b.id, gross, confirmed, suspected, through, months },
            ],
        });
    }
    overlaps::replace(tx, case, &entries, &BTreeMap::new()).await.unwrap();
    for [a, b] in pairs.iter().step_by(9) {
        let decision = NewDecision {
            case_id: case,
            claims: (a.id, b.id),
            release_id: ReleaseId(0),
            relation: "derivative",
            of_claim: Some(a.id),
            reason: "One is the label of the other.",
            engine: model::VERSION,
            by,
        };
        overlaps::decide(tx, &decision, now).await.unwrap();
    }
    let taken: Vec<_> = taken.iter().map(|(claim, of)| (*claim, Category::UnpaidSales, *of)).collect();
    removed::set(tx, &taken).await.unwrap();
    matching::want(tx, case).await.unwrap();
    assert!(matching::take(tx, case, "seed", now, now).await.unwrap());
    let lines = claims.iter().map(|claim| claim.lines).sum();
    let members = (claims.len() as i64 - found.len() as i64, claims.len() as i64);
    let ran = Ran { seen: 1, engine: model::VERSION, claims: claims.len() as i64, lines, members };
    assert!(matching::finish(tx, case, "seed", &ran, now).await.unwrap());
}
