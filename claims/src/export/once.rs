//! What is counted once, as files: pairs of claims that may be of the same claimant, and the ledger of overlaps. A filter of the
//! register narrows both to what concerns one of its claims.

use std::collections::{BTreeMap, BTreeSet};

use super::sheet::Sheet;
use crate::{
    ClaimId,
    actions::Failure,
    case::Case,
    matching::{explain::Kept, of_case::percent, period::month_text},
    overlap::family_of,
    store::{
        Tx, export,
        matches::{self, Match},
        overlaps::{self, Decision, Overlap, Part},
        register::Filter,
    },
};

/// Two claims, the one with the smaller id first.
type Two = (ClaimId, ClaimId);

fn two(a: ClaimId, b: ClaimId) -> Two {
    (a.min(b), a.max(b))
}

/// Entries of the ledger that are read at once.
const AT_ONCE: i64 = 1_000;

async fn claims(tx: &mut Tx, case: &Case, filter: &Filter) -> Result<BTreeSet<ClaimId>, Failure> {
    Ok(export::ids(tx, case.id, case.settings.filing_basis, filter).await?.into_iter().collect())
}

/// A score in bits, with three decimals.
fn bits(millibits: i64) -> String {
    let sign = if millibits < 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", millibits.abs() / 1_000, millibits.abs() % 1_000)
}

/// Writes a row for each pair.
pub(super) async fn matches(tx: &mut Tx, case: &Case, filter: &Filter, sheet: &mut Sheet) -> Result<(), Failure> {
    let shown = claims(tx, case, filter).await?;
    for pair in matches::of_case(tx, case.id).await? {
        if shown.contains(&pair.claim_a) || shown.contains(&pair.claim_b) {
            match_row(case, &pair, sheet)?;
            sheet.end().await?;
        }
    }
    Ok(())
}

fn match_row(case: &Case, pair: &Match, sheet: &mut Sheet) -> Result<(), Failure> {
    let kept: Kept = serde_json::from_str(&pair.explanation)
        .map_err(|error| Failure::Internal(format!("the explanation of match {} is damaged: {error}", pair.id)))?;
    let mut parts = vec![format!("before comparison {}", bits(i64::from(kept.base)))];
    let compared = kept.parts.iter().filter(|part| !part.level.is_empty());
    parts.extend(compared.map(|part| format!("{}: {} {}", part.field, part.level, bits(i64::from(part.weight)))));
    parts.extend((kept.group != 0).then(|| format!("group {}", bits(i64::from(kept.group)))));
    for (number, claimant) in [(&pair.number_a, &pair.claimant_a), (&pair.number_b, &pair.claimant_b)] {
        sheet.plain(number);
        sheet.text(claimant);
    }
    sheet.integer(i64::from(percent(pair.score)));
    sheet.plain(&bits(pair.score));
    sheet.plain(&pair.decision);
    sheet.plain(&pair.engine);
    sheet.text(&parts.join("; "));
    sheet.plain(case.settings.currency.code());
    sheet.amount(pair.stake, case.settings.currency);
    sheet.plain(pair.verdict.as_deref().unwrap_or_default());
    sheet.text_or_empty(pair.reason.as_deref());
    sheet.text_or_empty(pair.decided_by.as_deref());
    match pair.decided_at {
        Some(at) => sheet.moment(at),
        None => sheet.plain(""),
    }
    sheet.plain(&pair.decided_score.map(bits).unwrap_or_default());
    sheet.plain(pair.decided_engine.as_deref().unwrap_or_default());
    Ok(())
}

/// Writes a row for each claim of each entry.
pub(super) async fn overlaps(tx: &mut Tx, case: &Case, filter: &Filter, sheet: &mut Sheet) -> Result<(), Failure> {
    let shown = claims(tx, case, filter).await?;
    let said = Said::read(tx, case).await?;
    let mut offset = 0;
    loop {
        let entries = overlaps::list(tx, case.id, overlaps::Which::All, None, AT_ONCE, offset).await?;
        if entries.is_empty() {
            return Ok(());
        }
        offset += AT_ONCE;
        for entry in entries {
            // A category is compared with those of its family.
            if filter.category.is_some_and(|category| family_of(category).key() != entry.family) {
                continue;
            }
            let parts = overlaps::parts(tx, entry.id).await?;
            if !parts.iter().any(|part| shown.contains(&part.claim_id)) {
                continue;
            }
            for part in &parts {
                overlap_row(case, &entry, part, &said.in_words(&entry, part, &parts), sheet);
                sheet.end().await?;
            }
        }
    }
}

/// What people said of claims, two by two.
struct Said {
    /// Of their money.
    money: BTreeMap<Two, Vec<Decision>>,
    /// Of their claimants.
    claimants: BTreeMap<Two, Match>,
    /// Of each claim that is of one claimant with others, which claim stands for them all.
    one: BTreeMap<ClaimId, ClaimId>,
}

impl Said {
    async fn read(tx: &mut Tx, case: &Case) -> Result<Self, Failure> {
        let mut money: BTreeMap<Two, Vec<Decision>> = BTreeMap::new();
        for decision in overlaps::decisions(tx, case.id).await? {
            money.entry(two(decision.claim_a, decision.claim_b)).or_default().push(decision);
        }
        let pairs = matches::in_brief(tx, case.id).await?.into_iter().filter(|pair| pair.verdict.is_some());
        let claimants: BTreeMap<Two, Match> = pairs.map(|pair| (two(pair.claim_a, pair.claim_b), pair)).collect();
        let same = claimants.iter().filter(|(_, pair)| is(pair, "same")).map(|(pair, _)| *pair);
        let one = groups(same);
        Ok(Self { money, claimants, one })
    }

    /// What people said of a claim and the others of its entry, in words.
    fn in_words(&self, entry: &Overlap, part: &Part, parts: &[Part]) -> String {
        let mut words = Vec::new();
        for other in parts.iter().filter(|other| other.claim_id != part.claim_id) {
            let pair = two(part.claim_id, other.claim_id);
            let of_money = words.len();
            let of = self.money.get(&pair).into_iter().flatten();
            for decision in of.filter(|of| of.release_id == entry.scope() || of.release_id == overlaps::EVERYWHERE) {
                let relation = match decision.relation.as_str() {
                    "derivative" if decision.of_claim == Some(part.claim_id) => {
                        format!("{} claims a share of it", other.number)
                    }
                    "derivative" => format!("a share of what {} claims", other.number),
                    "same_money" => format!("the same money as {}", other.number),
                    _ => format!("other money than {}", other.number),
                };
                let everywhere = if decision.release_id == overlaps::EVERYWHERE { ", in every release" } else { "" };
                words.push(format!("{relation}{everywhere} ({}: {})", decision.by, decision.reason));
            }
            // That two are of one claimant is the reason where nothing was said of their money.
            if words.len() == of_money {
                words.extend(self.of_claimants(pair, other));
            }
        }
        words.join("; ")
    }

    /// That two claims are of one claimant, if a person said so, of them or of others that link them.
    fn of_claimants(&self, pair: Two, other: &Part) -> Option<String> {
        let same = format!("of the same claimant as {}", other.number);
        match self.claimants.get(&pair) {
            Some(said) if is(said, "same") => {
                let (by, reason) = (said.decided_by.as_deref(), said.reason.as_deref());
                Some(format!("{same} ({}: {})", by.unwrap_or_default(), reason.unwrap_or_default()))
            }
            Some(said) if is(said, "different") => None,
            _ => {
                let one = self.one.get(&pair.0).is_some_and(|one| self.one.get(&pair.1) == Some(one));
                one.then(|| format!("{same}, as both are of that of further claims"))
            }
        }
    }
}

fn is(pair: &Match, verdict: &str) -> bool {
    pair.verdict.as_deref() == Some(verdict)
}

/// Of each claim that pairs link with others, which claim stands for them all.
fn groups(pairs: impl Iterator<Item = Two>) -> BTreeMap<ClaimId, ClaimId> {
    let mut one = BTreeMap::new();
    for (a, b) in pairs {
        let (a, b) = (*one.entry(a).or_insert(a), *one.entry(b).or_insert(b));
        one.values_mut().filter(|of| **of == b).for_each(|of| *of = a);
    }
    one
}

fn overlap_row(case: &Case, entry: &Overlap, part: &Part, decisions: &str, sheet: &mut Sheet) {
    let month = |month: i64| match i32::try_from(month) {
        Ok(month) if month > 0 => month_text(month),
        _ => String::new(),
    };
    sheet.integer(entry.id.0);
    sheet.plain(&entry.family);
    sheet.text(&entry.words);
    sheet.text(&entry.channel);
    sheet.plain(&month(entry.first_month));
    sheet.plain(&month(entry.last_month));
    sheet.integer(if entry.first_month > 0 { entry.months } else { 0 });
    sheet.plain(&part.number);
    sheet.text(&part.claimant);
    sheet.plain(case.settings.currency.code());
    for amount in [part.gross, part.confirmed, part.suspected] {
        sheet.amount(amount, case.settings.currency);
    }
    sheet.plain(part.through.as_deref().unwrap_or_default());
    sheet.yes(entry.over_whole);
    sheet.yes(entry.contradictory);
    sheet.text(decisions);
}

#[cfg(test)]
mod tests {
    use super::{ClaimId, bits, groups};

    #[test]
    fn scores_keep_their_sign_below_one_bit() {
        assert_eq!([bits(-250), bits(12_034), bits(0)], ["-0.250", "12.034", "0.000"]);
    }

    #[test]
    fn who_is_one_with_the_same_is_one() {
        let pairs = [(1, 4), (2, 3), (5, 6), (3, 4)].map(|(a, b)| (ClaimId(a), ClaimId(b)));
        let one = groups(pairs.into_iter());
        let of = |claim| one.get(&ClaimId(claim));
        assert!((2..=4).all(|claim| of(claim) == of(1)) && of(5) == of(6));
        assert!(of(5) != of(1) && of(7).is_none());
    }
}
