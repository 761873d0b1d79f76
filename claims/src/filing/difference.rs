//! What changed from one filing to a later one: row by row, and in a paragraph of plain words.

use std::collections::BTreeMap;

use super::{Contents, FiledClaim, Filing};
use crate::{frozen::FrozenLine, totals::counts};

/// The difference of two filings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What changed, claim by claim and line by line. The moved amounts of the rows that count add up to what the unique
    /// total (with nothing suspected removed) moved.
    pub rows: Vec<Moved>,
    /// The same in plain words.
    pub words: String,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// `added`, `amended`, `withdrawn`, `overlap` or `decision`.
    pub change: &'static str,
    /// Claim; empty for a decision.
    pub claim: String,
    /// Claimant.
    pub claimant: String,
    /// Line; `None` for the whole claim.
    pub line: Option<i64>,
    /// What changed, in words.
    pub what: String,
    /// Amount before, in minor units; overlap removed is below zero.
    pub before: i64,
    /// Amount after.
    pub after: i64,
    /// Whether the amount is in the total.
    pub counted: bool,
}

/// Compares two filings of one case.
#[must_use]
pub fn difference(before: &Contents, after: &Contents) -> Difference {
    let mut rows = Vec::new();
    let old: BTreeMap<&str, &FiledClaim> =
        before.claims.iter().map(|claim| (claim.of.number.as_str(), claim)).collect();
    let new: BTreeMap<&str, &FiledClaim> = after.claims.iter().map(|claim| (claim.of.number.as_str(), claim)).collect();
    let mut told = [0usize; 3];
    for claim in &after.claims {
        match old.get(claim.of.number.as_str()) {
            None => {
                told[0] += 1;
                lines(&mut rows, "added", None, Some(claim), after);
            }
            Some(earlier) if earlier.of.sha256 != claim.of.sha256 => {
                told[1] += 1;
                lines(&mut rows, "amended", Some(earlier), Some(claim), after);
            }
            Some(_) => {}
        }
    }
    for claim in before.claims.iter().filter(|claim| !new.contains_key(claim.of.number.as_str())) {
        told[2] += 1;
        lines(&mut rows, "withdrawn", Some(claim), None, after);
    }
    for number in old.keys().chain(new.keys()).copied().collect::<std::collections::BTreeSet<_>>() {
        let removed = |claim: Option<&&FiledClaim>| claim.map_or(0, |claim| -claim.of.figures.confirmed);
        let (was, is) = (removed(old.get(number)), removed(new.get(number)));
        if was != is {
            rows.push(Moved {
                change: "overlap",
                claim: number.to_owned(),
                claimant: new.get(number).or(old.get(number)).map_or("", |claim| claim.claimant()).to_owned(),
                line: None,
                what: "overlap removed by decision".to_owned(),
                before: was,
                after: is,
                counted: true,
            });
        }
    }
    let decided = decisions(&mut rows, &before.filing, &after.filing);
    let words = words(&rows, before, after, told, decided);
    Difference { rows, words }
}

fn lines(
    rows: &mut Vec<Moved>,
    change: &'static str,
    before: Option<&FiledClaim>,
    after: Option<&FiledClaim>,
    contents: &Contents,
) {
    let Some(shown) = after.or(before) else { return };
    let of = |claim: Option<&FiledClaim>| -> BTreeMap<i64, FrozenLine> {
        claim.map_or_else(BTreeMap::new, |claim| {
            claim.claim.lines.iter().map(|line| (line.line, line.clone())).collect()
        })
    };
    let (old, new) = (of(before), of(after));
    let numbers: std::collections::BTreeSet<i64> = old.keys().chain(new.keys()).copied().collect();
    let first = rows.len();
    for number in numbers {
        let (was, is) = (old.get(&number), new.get(&number));
        let basis = contents.filing.case.filing_basis;
        let counted = |line: Option<&FrozenLine>| line.is_some_and(|line| counts(line.basis, basis));
        // A line whose basis changed leaves one sum and enters another: two rows, of which one counts.
        let sides: &[(Option<&FrozenLine>, Option<&FrozenLine>)] =
            if was.is_some() && is.is_some() && counted(was) != counted(is) {
                &[(was, None), (None, is)]
            } else {
                &[(was, is)]
            };
        for (was, is) in sides.iter().copied() {
            let Some(line) = is.or(was) else { continue };
            if was.map(|line| (&line.answers, line.amount_in_case, &line.evidence))
                == is.map(|line| (&line.answers, line.amount_in_case, &line.evidence))
            {
                continue;
            }
            let about = match line.release.in_words() {
                words if words.is_empty() => line.category.title().to_owned(),
                words => words,
            };
            let what = match (was, is) {
                (None, _) => format!("{about}: new line"),
                (_, None) => format!("{about}: line taken out"),
                (Some(was), Some(is)) if was.amount_in_case != is.amount_in_case => format!("{about}: another amount"),
                (Some(was), Some(is)) if was.evidence != is.evidence => format!("{about}: other evidence"),
                _ => format!("{about}: details"),
            };
            let outside = if counts(line.basis, basis) { "" } else { ", not in the total" };
            rows.push(Moved {
                change,
                claim: shown.of.number.clone(),
                claimant: shown.claimant().to_owned(),
                line: Some(line.line),
                what: format!("{what}{outside}"),
                before: was.map_or(0, |line| line.amount_in_case),
                after: is.map_or(0, |line| line.amount_in_case),
                counted: counts(line.basis, basis),
            });
        }
    }
    if rows.len() == first {
        rows.push(Moved {
            change,
            claim: shown.of.number.clone(),
            claimant: shown.claimant().to_owned(),
            line: None,
            what: "answers other than lines".to_owned(),
            before: 0,
            after: 0,
            counted: false,
        });
    }
}

/// Pairs on which somebody decided, or decided otherwise, in between.
fn decisions(rows: &mut Vec<Moved>, before: &Filing, after: &Filing) -> usize {
    let old: BTreeMap<(&str, &str, &str), &str> = before
        .matches
        .iter()
        .map(|pair| ((pair.kind.as_str(), pair.a.as_str(), pair.b.as_str()), pair.decision.as_str()))
        .collect();
    let mut decided = 0;
    for pair in &after.matches {
        // A pair that was found in between and is still open was decided by nobody.
        let was = old.get(&(pair.kind.as_str(), pair.a.as_str(), pair.b.as_str())).copied().unwrap_or("open");
        if was == pair.decision {
            continue;
        }
        if pair.decision != "open" {
            decided += 1;
        }
        rows.push(Moved {
            change: "decision",
            claim: pair.a.clone(),
            claimant: String::new(),
            line: None,
            what: format!("{} and {}: {was} became {}", pair.a, pair.b, pair.decision),
            before: 0,
            after: 0,
            counted: false,
        });
    }
    decided
}

fn words(rows: &[Moved], before: &Contents, after: &Contents, told: [usize; 3], decided: usize) -> String {
    let currency = after.filing.case.currency;
    let count = |number: usize, verb: &str| match number {
        0 => format!("no claim was {verb}"),
        1 => format!("one claim was {verb}"),
        number => format!("{number} claims were {verb}"),
    };
    let [added, amended, withdrawn] = told;
    let mut text = format!(
        "Since {} of {}, {}, {} and {}.",
        lower_first(&before.filing.title()),
        before.filing.as_of_words,
        count(added, "added"),
        count(amended, "amended"),
        count(withdrawn, "withdrawn"),
    );
    let (old, new) = (before.filing.figures, after.filing.figures);
    let moved = |was: i64, is: i64| match is - was {
        0 => "unchanged".to_owned(),
        more if more > 0 => format!("{} more", currency.show(more)),
        less => format!("{} less", currency.show(-less)),
    };
    let by = |change: &str| {
        let rows = rows.iter().filter(|row| row.change == change && row.counted);
        rows.map(|row| row.after - row.before).sum::<i64>()
    };
    if old.gross == new.gross {
        text.push_str(&format!(" The gross amount claimed is unchanged at {}.", currency.show(new.gross)));
    } else {
        text.push_str(&format!(
            " The gross amount claimed went from {} to {}, which is {}: {} by claims added, {} by amendments and {} by withdrawals.",
            currency.show(old.gross),
            currency.show(new.gross),
            moved(old.gross, new.gross),
            signed(by("added"), currency),
            signed(by("amended"), currency),
            signed(by("withdrawn"), currency),
        ));
    }
    let verdict = match decided {
        0 => " No match was decided in between.".to_owned(),
        1 => " One match was decided in between.".to_owned(),
        number => format!(" {number} matches were decided in between."),
    };
    text.push_str(&verdict);
    text.push_str(&format!(
        " The overlap that is removed by decision went from {} to {}.",
        currency.show(old.confirmed),
        currency.show(new.confirmed)
    ));
    let unique = if new.suspected == 0 {
        format!(" The unique total is now {}", currency.show(new.unique_at_most()))
    } else {
        format!(
            " The unique total is now between {} and {}",
            currency.show(new.unique_at_least()),
            currency.show(new.unique_at_most())
        )
    };
    text.push_str(&unique);
    text.push_str(&format!("; in the filing before it was at most {}.", currency.show(old.unique_at_most())));
    text
}

fn signed(minor: i64, currency: crate::money::Currency) -> String {
    if minor > 0 { format!("+{}", currency.show(minor)) } else { currency.show(minor) }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
