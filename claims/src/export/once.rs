//! What is counted once, as files: pairs of claims that may be of the same claimant, and the ledger of overlaps. A filter of the
//! register narrows both to what concerns one of its claims.

use std::collections::BTreeSet;

use super::sheet::Sheet;
use crate::{
    ClaimId,
    actions::{
        Failure,
        overlap_pairs::{Meets, Said},
    },
    case::Case,
    matching::{explain::Kept, of_case::percent, period::month_text},
    overlap::family_of,
    store::{
        Tx, export,
        matches::{self, Match},
        overlaps::{self, Overlap, Part},
        register::Filter,
    },
};

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
pub(super) async fn overlaps(
    tx: &mut Tx,
    case: &Case,
    filter: &Filter,
    current: bool,
    sheet: &mut Sheet,
) -> Result<(), Failure> {
    let shown = claims(tx, case, filter).await?;
    let said = Said::read(tx, case.id).await?;
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
            let meets = Meets::each(&parts);
            for of in &meets {
                overlap_row(case, &entry, of.part, &in_words(&said, &entry, of, &meets), sheet);
                sheet.yes(current);
                sheet.end().await?;
            }
        }
    }
}

/// What people said of a claim and the others of its entry, in words.
fn in_words(said: &Said, entry: &Overlap, of: &Meets<'_>, all: &[Meets<'_>]) -> String {
    let part = of.part;
    let mut words = Vec::new();
    // Of two that share no month nothing is removed, whatever was said of them.
    for other in all.iter().filter(|other| other.part.claim_id != part.claim_id && !other.misses(of)) {
        let other = other.part;
        let of_money = words.len();
        for decision in said.of_money(entry, (part, other)) {
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
            words.extend(of_claimants(said, (part, other)));
        }
    }
    words.join("; ")
}

/// That two claims are of one claimant, if a person said so, of them or of others that link them.
fn of_claimants(said: &Said, (part, other): (&Part, &Part)) -> Option<String> {
    let same = format!("of the same claimant as {}", other.number);
    match said.one_claimant((part, other))? {
        Some(pair) => {
            let (by, reason) = (pair.decided_by.as_deref(), pair.reason.as_deref());
            Some(format!("{same} ({}: {})", by.unwrap_or_default(), reason.unwrap_or_default()))
        }
        None => Some(format!("{same}, as both are of that of further claims")),
    }
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
    use super::bits;

    #[test]
    fn scores_keep_their_sign_below_one_bit() {
        assert_eq!([bits(-250), bits(12_034), bits(0)], ["-0.250", "12.034", "0.000"]);
    }
}
