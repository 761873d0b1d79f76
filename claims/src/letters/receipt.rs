//! What a receipt lists: lines by category and basis, because amounts of different bases are never added together; what they
//! come to; and the answers.

use crate::{
    frozen::{FrozenClaim, FrozenLine},
    intake::{form, steps::Step},
    line::Basis,
    totals::{Total, counts},
};

/// Most lines that a receipt lists, of all categories together: it is mailed, and a claim may have a hundred thousand. All of
/// them are in the CSV file beside it.
pub const MOST_LINES: usize = 1_000;

/// The lines of a category and basis with their sum.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    /// The sum, as signed.
    pub total: &'a Total,
    /// Those that are listed.
    pub listed: Vec<&'a FrozenLine>,
}

/// The lines of a claim in the order of its totals, the first [`MOST_LINES`] of them.
#[must_use]
pub fn lines(claim: &FrozenClaim) -> Vec<Lines<'_>> {
    let mut room = MOST_LINES;
    claim
        .totals
        .iter()
        .map(|total| {
            let of = |line: &&FrozenLine| line.category == total.category && line.basis == total.basis;
            let listed: Vec<&FrozenLine> = claim.lines.iter().filter(of).take(room).collect();
            room -= listed.len();
            Lines { total, listed }
        })
        .collect()
}

/// A sum with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// What it is.
    pub name: String,
    /// Minor units of the case's currency.
    pub amount: i64,
}

/// The name of a total with stock on `basis`: it says so where stock is valued on another too, which is not in it.
#[must_use]
pub fn total_name(totals: &[Total], basis: Option<Basis>) -> String {
    let valued = || totals.iter().filter_map(|total| total.basis).filter(|basis| *basis != Basis::UnitsOnly);
    match basis.filter(|basis| valued().any(|other| other != *basis)) {
        Some(basis) => format!("Total, with stock at {} only", basis.title()),
        None => "Total".to_owned(),
    }
}

/// What a claim comes to: the total, with stock on the basis of the case only, and interest and costs, which are in no total. There is
/// no total where the basis is not known and stock is valued on several.
#[must_use]
pub fn sums(totals: &[Total], filing_basis: Option<Basis>) -> Vec<Sum> {
    let mut bases: Vec<Basis> =
        totals.iter().filter_map(|total| total.basis).filter(|basis| *basis != Basis::UnitsOnly).collect();
    bases.sort_unstable();
    bases.dedup();
    let basis = filing_basis.or(if let [only] = bases.as_slice() { Some(*only) } else { None });
    let mut sums = Vec::new();
    let known = basis.is_some() || bases.is_empty();
    if known {
        let counted = totals.iter().filter(|total| match basis {
            Some(basis) => counts(total.basis, basis),
            None => total.basis.is_none(),
        });
        sums.push(Sum {
            name: total_name(totals, basis),
            amount: counted.fold(0, |sum: i64, total| sum.saturating_add(total.amount)),
        });
    }
    for (name, part) in [
        ("Interest, in no total", (|total| total.interest) as fn(&Total) -> i64),
        ("Costs, in no total", |total| total.costs),
    ] {
        let amount = totals.iter().fold(0, |sum: i64, total| sum.saturating_add(part(total)));
        if amount != 0 {
            sums.push(Sum { name: name.to_owned(), amount });
        }
    }
    sums
}

/// The steps that are one form, with what was answered to each question; what was left empty is left out.
#[must_use]
pub fn answered(claim: &FrozenClaim) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let steps = [Step::Claimant, Step::Agreement, Step::Others];
    let of = |step: Step| {
        let answers = claim.answers.get(step.key())?;
        let fields = form::fields(step.form()?);
        let rows: Vec<_> = fields
            .map(|field| (field.label, form::shown(field, answers)))
            .filter(|(_, answer)| !answer.is_empty())
            .collect();
        (!rows.is_empty()).then(|| (step.title(), rows))
    };
    steps.into_iter().filter_map(of).collect()
}
