//! Whether what a filing adds up can be added up. Claims that were sent before a claim had a limit may hold any amounts.

use std::collections::BTreeMap;

use super::{Contents, Figures, Mismatch};
use crate::{frozen::FrozenLine, money::grouped_units};

/// A sum by its name, and what a part of it is.
type Sum<T, N> = (&'static str, fn(&T) -> N);

/// Looks at every sum of a filing, before anything is added up. Each is asked by the sizes of its parts: where these fit together, so does
/// any part of the sum, in whatever order and with whatever signs.
///
/// # Errors
/// The first sum that does not fit.
pub(super) fn check(contents: &Contents) -> Result<(), Mismatch> {
    let money = contents.filing.case.currency.show(i64::MAX);
    let of_lines: [Sum<FrozenLine, i64>; 3] = [
        ("amounts", |line| line.amount_in_case),
        ("interest", |line| line.interest_in_case),
        ("costs", |line| line.costs_in_case),
    ];
    for (what, of) in of_lines {
        fits(what, &money, contents.lines().map(|(claim, line)| (claim.of.number.as_str(), size(of(line)))))?;
    }
    let units = contents.lines().map(|(claim, line)| (claim.of.number.as_str(), size(line.units.unwrap_or(0))));
    fits("units", &grouped_units(i64::MAX), units)?;
    let of_claims: [Sum<Figures, i128>; 3] = [
        ("gross amounts", |figures| size(figures.gross)),
        ("documented amounts", |figures| size(figures.documented)),
        ("overlaps, decided and suspected", |figures| size(figures.confirmed) + size(figures.suspected)),
    ];
    for (what, of) in of_claims {
        let claims = contents.claims.iter().map(|claim| (claim.of.number.as_str(), of(&claim.of.figures)));
        fits(what, &money, claims)?;
    }
    let overlaps = contents.filing.overlaps.iter();
    let overlaps = overlaps.map(|of| (of.claim.as_str(), size(of.confirmed) + size(of.suspected)));
    fits("entries of the ledger of overlaps", &money, overlaps)
}

fn size(part: i64) -> i128 {
    i128::from(part).abs()
}

/// Whether these parts of claims can be added up; else it is said what is too large, and which claim has most of it.
fn fits<'a>(what: &'static str, most: &str, parts: impl Iterator<Item = (&'a str, i128)>) -> Result<(), Mismatch> {
    let mut of_claims: BTreeMap<&str, i128> = BTreeMap::new();
    for (claim, part) in parts {
        *of_claims.entry(claim).or_default() += part;
    }
    if of_claims.values().sum::<i128>() <= i128::from(i64::MAX) {
        return Ok(());
    }
    let largest = of_claims.into_iter().max_by_key(|(_, sum)| *sum).map_or("", |(claim, _)| claim);
    Err(Mismatch::TooLarge { what, most: most.to_owned(), claim: largest.to_owned() })
}
