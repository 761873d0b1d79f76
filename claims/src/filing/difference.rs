//! What changed from one filing to a later one: row by row, and in a paragraph of plain words.

use std::collections::BTreeSet;

use super::{
    Contents, Figures, FiledClaim, caption,
    decided::{Decided, decisions, in_words},
};
use crate::{
    frozen::{FrozenClaim, FrozenEvidence, FrozenLine, NewNumbers, pairs},
    intake::Answers,
    line::Basis,
    totals::counts,
};

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
    /// `added`, `revived`, `amended`, `withdrawn`, `basis`, `overlap`, `decision`, `deadline` or `caption`. `revived`: it had been
    /// withdrawn when the filing before was made, and was taken up again. `basis`: nothing was changed in the claim, but stock is
    /// counted on another basis.
    pub change: &'static str,
    /// Claim; empty for a decision, and for what is changed of the case.
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
    let (old, new) = (before.by_number(), after.by_number());
    let sides =
        Sides { before: before.filing.case.filing_basis, after: after.filing.case.filing_basis, public: after.public };
    let mut of_case = caption::case(&mut rows, &before.filing.case, &after.filing.case);
    let withdrawn: BTreeSet<&str> = before.filing.withdrawn.iter().map(|claim| claim.number.as_str()).collect();
    let mut told = Told::default();
    let mut late = (0, 0);
    for claim in &after.claims {
        let earlier = old.get(claim.of.number.as_str());
        match earlier {
            None if withdrawn.contains(claim.of.number.as_str()) => {
                told.revived += 1;
                lines(&mut rows, REVIVED, None, Some(claim), sides);
            }
            None => {
                told.added += 1;
                lines(&mut rows, "added", None, Some(claim), sides);
            }
            Some(earlier) if earlier.of.sha256 != claim.of.sha256 => {
                told.amended += 1;
                lines(&mut rows, "amended", Some(earlier), Some(claim), sides);
            }
            Some(earlier) => other_basis(&mut rows, earlier, claim, sides),
        }
        match earlier.and_then(|earlier| caption::lateness(&mut rows, earlier, claim)) {
            Some(true) => late.0 += 1,
            Some(false) => late.1 += 1,
            None => {}
        }
    }
    of_case.extend(caption::late_in_words(late.0, late.1));
    for claim in before.claims.iter().filter(|claim| !new.contains_key(claim.of.number.as_str())) {
        told.withdrawn += 1;
        lines(&mut rows, "withdrawn", Some(claim), None, sides);
    }
    for number in old.keys().chain(new.keys()).copied().collect::<BTreeSet<_>>() {
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
    let words = words(&rows, before, after, (told, &of_case), decided);
    Difference { rows, words }
}

/// A claim that had been withdrawn when the filing before was made, and counts again.
const REVIVED: &str = "revived";

/// How many claims did what.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    added: usize,
    revived: usize,
    amended: usize,
    withdrawn: usize,
}

/// What two filings that are compared count by, and who reads of it.
#[derive(Debug, Clone, Copy)]
struct Sides {
    /// Basis of stock in the earlier filing.
    before: Basis,
    /// Basis of stock in the later one.
    after: Basis,
    /// Whether they are the variants for the public.
    public: bool,
}

/// Moves the lines of one claim. Each side is counted by the basis of its own filing, or what moved would not add up.
fn lines(
    rows: &mut Vec<Moved>,
    change: &'static str,
    before: Option<&FiledClaim>,
    after: Option<&FiledClaim>,
    sides: Sides,
) {
    let Some(shown) = after.or(before) else { return };
    let mut paired = pairs(lines_of(before), lines_of(after));
    paired.sort_by_key(|(was, is)| is.or(*was).map(|line| line.line));
    let first = rows.len();
    let mut new_numbers = NewNumbers::default();
    for (was, is) in paired {
        let counted_then = was.is_some_and(|line| counts(line.basis, sides.before));
        let counted_now = is.is_some_and(|line| counts(line.basis, sides.after));
        let renumbered = new_numbers.add((was, is));
        if renumbered || was.map(content) == is.map(content) {
            if let Some(line) = is.filter(|_| counted_then != counted_now) {
                rows.push(by_basis(shown, line, counted_now));
            }
            continue;
        }
        // A line that was counted and no longer is, or the other way, leaves one sum and enters another: two rows, of which
        // one counts.
        let moved_over = was.is_some() && is.is_some() && counted_then != counted_now;
        let told: &[(Option<&FrozenLine>, Option<&FrozenLine>)] =
            if moved_over { &[(was, None), (None, is)] } else { &[(was, is)] };
        for (was, is) in told.iter().copied() {
            let Some(line) = is.or(was) else { continue };
            let about = about(line);
            let counted = if is.is_some() { counted_now } else { counted_then };
            let what = match (was, is) {
                // The line stands in both: it was neither taken out nor added.
                (Some(was), None) if moved_over && counted => format!("{about}: counted {} no longer", valued(was)),
                (Some(was), None) if moved_over => format!("{about}: was {}", valued(was)),
                (None, Some(is)) if moved_over && counted => format!("{about}: now counted {}", valued(is)),
                (None, Some(is)) if moved_over => format!("{about}: is {}", valued(is)),
                (None, _) if change == REVIVED => format!("{about}: claimed again"),
                (None, _) => format!("{about}: new line"),
                (_, None) => format!("{about}: line taken out"),
                (Some(was), Some(is)) if was.amount_in_case != is.amount_in_case => format!("{about}: another amount"),
                (Some(was), Some(is)) if was.evidence != is.evidence => format!("{about}: other evidence"),
                _ => format!("{about}: details"),
            };
            let outside = if counted { "" } else { ", not in the total" };
            rows.push(Moved {
                change,
                claim: shown.of.number.clone(),
                claimant: shown.claimant().to_owned(),
                line: Some(line.line),
                what: format!("{what}{outside}"),
                before: was.map_or(0, |line| line.amount_in_case),
                after: is.map_or(0, |line| line.amount_in_case),
                counted,
            });
        }
    }
    let whole = |what: String| Moved {
        change,
        claim: shown.of.number.clone(),
        claimant: shown.claimant().to_owned(),
        line: None,
        what,
        before: 0,
        after: 0,
        counted: false,
    };
    rows.extend(new_numbers.words().into_iter().map(whole));
    if rows.len() == first {
        let what = match (before, after) {
            (Some(before), Some(after)) if same_answers(&before.claim, &after.claim) => {
                // The public is not shown every answer, so of the others nothing can be said to it.
                if sides.public {
                    "signed again, nothing changed that is shown here"
                } else {
                    "signed again, nothing changed"
                }
            }
            _ => "answers other than lines",
        };
        rows.push(whole(what.to_owned()));
    }
}

/// Whether a claimant says the same in two versions: all but the signature, the times, and what the case was called then.
fn same_answers(before: &FrozenClaim, after: &FrozenClaim) -> bool {
    let as_before = FrozenClaim {
        format: before.format,
        case_title: before.case_title.clone(),
        time_zone: before.time_zone.clone(),
        version: before.version,
        received_at: before.received_at,
        declaration: before.declaration.clone(),
        ..after.clone()
    };
    as_before == *before
}

/// The lines of a claim; none of no claim.
fn lines_of(claim: Option<&FiledClaim>) -> &[FrozenLine] {
    claim.map_or(&[], |claim| &claim.claim.lines)
}

/// On which basis stock is valued, in words.
fn valued(line: &FrozenLine) -> String {
    match line.basis {
        None | Some(Basis::UnitsOnly) => "without a value".to_owned(),
        Some(basis) => format!("at {}", basis.title()),
    }
}

/// What makes a line another one if it changes.
fn content(line: &FrozenLine) -> (&Answers, i64, Option<Basis>, &[FrozenEvidence]) {
    (&line.answers, line.amount_in_case, line.basis, &line.evidence)
}

fn about(line: &FrozenLine) -> String {
    match line.release.in_words() {
        words if words.is_empty() => line.category.title().to_owned(),
        words => words,
    }
}

/// A claim in which nothing changed, where stock is counted on another basis than before.
fn other_basis(rows: &mut Vec<Moved>, before: &FiledClaim, after: &FiledClaim, sides: Sides) {
    if sides.before != sides.after {
        let first = rows.len();
        lines(rows, "basis", Some(before), Some(after), sides);
        // Of a claim without stock nothing is said.
        if rows[first..].iter().all(|row| row.line.is_none()) {
            rows.truncate(first);
        }
    }
}

/// A line that is as it was, and is counted now, or no longer.
fn by_basis(claim: &FiledClaim, line: &FrozenLine, counted_now: bool) -> Moved {
    let basis = line.basis.map_or("", Basis::title);
    let (verb, before, after) =
        if counted_now { ("is", 0, line.amount_in_case) } else { ("is no longer", line.amount_in_case, 0) };
    Moved {
        change: "basis",
        claim: claim.of.number.clone(),
        claimant: claim.claimant().to_owned(),
        line: Some(line.line),
        what: format!("{}: at {basis}, which {verb} counted", about(line)),
        before,
        after,
        counted: true,
    }
}

fn words(
    rows: &[Moved],
    before: &Contents,
    after: &Contents,
    (told, of_case): (Told, &[String]),
    decided: Decided,
) -> String {
    let currency = after.filing.case.currency;
    let count = |number: usize, verb: &str| match number {
        0 => format!("no claim was {verb}"),
        1 => format!("one claim was {verb}"),
        number => format!("{} claims were {verb}", in_words(number)),
    };
    // Of what happens seldom nothing is said where it did not happen.
    let revived = match told.revived {
        0 => String::new(),
        number => format!(" {},", count(number, "taken up again that had been withdrawn")),
    };
    let mut text = format!(
        "Since {} of {}, {},{revived} {} and {}.",
        lower_first(&before.filing.title()),
        before.filing.as_of_words,
        count(told.added, "added"),
        count(told.amended, "amended"),
        count(told.withdrawn, "withdrawn"),
    );
    for sentence in of_case {
        text.push(' ');
        text.push_str(sentence);
    }
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
        let mut parts = vec![format!("{} by claims added", signed(by("added"), currency))];
        parts.extend((told.revived > 0).then(|| format!("{} by claims taken up again", signed(by(REVIVED), currency))));
        parts.push(format!("{} by amendments", signed(by("amended"), currency)));
        parts.push(format!("{} by withdrawals", signed(by("withdrawn"), currency)));
        let bases = (before.filing.case.filing_basis, after.filing.case.filing_basis);
        if bases.0 != bases.1 {
            let moved = signed(by("basis"), currency);
            parts.push(format!("{moved} by counting stock at {} instead of {}", bases.1.title(), bases.0.title()));
        }
        let last = parts.pop().unwrap_or_default();
        text.push_str(&format!(
            " The gross amount claimed went from {} to {}, which is {}: {} and {last}.",
            currency.show(old.gross),
            currency.show(new.gross),
            moved(old.gross, new.gross),
            parts.join(", "),
        ));
    }
    text.push_str(&format!(" {}", decided.words()));
    // Where nothing was removed and nothing is, there is nothing to say.
    match (old.confirmed, new.confirmed) {
        (0, 0) => {}
        (was, is) if was == is => {
            text.push_str(&format!(" The overlap that is removed by decision is unchanged at {}.", currency.show(is)));
        }
        (was, is) => text.push_str(&format!(
            " The overlap that is removed by decision went from {} to {}.",
            currency.show(was),
            currency.show(is)
        )),
    }
    let unique = |of: &Figures| match of.suspected {
        0 => currency.show(of.unique_at_most()),
        _ => format!("between {} and {}", currency.show(of.unique_at_least()), currency.show(of.unique_at_most())),
    };
    text.push_str(&match (unique(&old), unique(&new)) {
        (was, is) if was == is => format!(" The unique total is {is}, as in the filing before."),
        (was, is) => format!(" The unique total is now {is}; in the filing before it was {was}."),
    });
    text
}

fn signed(minor: i64, currency: crate::money::Currency) -> String {
    if minor > 0 { format!("+{}", currency.show(minor)) } else { currency.show(minor) }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
