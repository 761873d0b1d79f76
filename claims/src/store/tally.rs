//! The public tally of a case: what is claimed by category, too coarse to read from two looks at it exactly what a claim in between added.

use std::collections::BTreeMap;

use super::{Error, Tx, on};
use crate::{CaseId, ClaimId, line::Basis, overlap::groups};

/// A public figure that rests on fewer claimants than this is not shown: one of them could be read from it.
pub const FEWEST_SHOWN: i64 = 5;

/// One category of the public tally: the claimants, units and amount of the same lines, stock on the filing basis only. Each
/// figure is given only if enough claimants stand behind that very figure and no one of them makes more than half of it; units and
/// amounts are [rounded](rounded_down). Claims of which a person said that they are of one claimant are of one here.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TallyRow {
    /// Category key.
    pub category: String,
    claimants: i64,
    units: i64,
    with_units: i64,
    amount: i64,
    with_amount: i64,
    /// The units and the amount of the claimant that has most of them.
    most_units: i64,
    most_amount: i64,
}

impl TallyRow {
    /// Claimants with such lines.
    #[must_use]
    pub fn claimants(&self) -> Option<i64> {
        (self.claimants >= FEWEST_SHOWN).then_some(self.claimants)
    }

    /// Units, rounded down.
    #[must_use]
    pub fn units(&self) -> Option<i64> {
        shown(self.with_units, self.most_units, self.units)
    }

    /// Claimed, rounded down; minor units.
    #[must_use]
    pub fn amount(&self) -> Option<i64> {
        shown(self.with_amount, self.most_amount, self.amount)
    }
}

/// A figure as it is shown: not at all if few stand behind it, or if one of them makes more than half of it, who could be read from it
/// within a factor of two by anybody, and much closer by whoever knows the next largest (the dominance rule of statistical offices).
fn shown(claimants: i64, most: i64, figure: i64) -> Option<i64> {
    (claimants >= FEWEST_SHOWN && most <= figure - most).then(|| rounded_down(figure))
}

/// A figure rounded down to its first two digits, and never finer than tens. Exact sums would give each new claim away to whoever looks before
/// and after it.
#[must_use]
pub fn rounded_down(figure: i64) -> i64 {
    let mut step = 10;
    while figure / step >= 100 {
        step *= 10;
    }
    figure - figure % step
}

/// The public tally of a case by category. As in [`crate::totals::counted`], stock on another basis than the filings use is in
/// no figure: its claimants and units beside an amount that leaves it out would be read as that amount's.
///
/// # Errors
/// If the database fails.
pub async fn tally(tx: &mut Tx, case: CaseId, filing_basis: Basis) -> Result<Vec<TallyRow>, Error> {
    let mut rows: Vec<TallyRow> = on!(tx, c => sqlx::query_as(
        "SELECT t.category, COUNT(DISTINCT k.id) AS claimants, CAST(SUM(t.units) AS BIGINT) AS units, COUNT(DISTINCT CASE WHEN t.units > 0 THEN k.id END) AS with_units, \
         CAST(SUM(t.amount) AS BIGINT) AS amount, COUNT(DISTINCT CASE WHEN t.amount <> 0 THEN k.id END) AS with_amount, \
         MAX(t.units) AS most_units, MAX(t.amount) AS most_amount \
         FROM claims k JOIN totals t ON t.version_id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'submitted' AND t.basis IN ('', $2) GROUP BY t.category",
    )
    .bind(case).bind(filing_basis.key()).fetch_all(c).await)?;
    // Of one claimant that filed several claims there are few: they are read one by one.
    let said: Vec<(ClaimId, ClaimId)> = on!(tx, c => sqlx::query_as(
        "SELECT d.claim_a, d.claim_b FROM match_decisions d JOIN claims a ON a.id = d.claim_a JOIN claims b ON b.id = d.claim_b \
         WHERE d.case_id = $1 AND d.verdict = 'same' AND d.undone_at IS NULL AND a.status = 'submitted' AND b.status = 'submitted' ORDER BY d.id",
    )
    .bind(case).fetch_all(c).await)?;
    let mut persons: BTreeMap<(ClaimId, String), Person> = BTreeMap::new();
    for (claim, person) in groups(said.into_iter()) {
        let sums: Vec<(String, i64, i64)> = on!(tx, c => sqlx::query_as(
            "SELECT t.category, t.units, t.amount FROM claims k JOIN totals t ON t.version_id = k.in_force_id WHERE k.id = $1 AND t.basis IN ('', $2)",
        )
        .bind(claim).bind(filing_basis.key()).fetch_all(c).await)?;
        for (category, units, amount) in sums {
            persons.entry((person, category)).or_default().add(units, amount);
        }
    }
    for ((_, category), person) in persons {
        if let Some(row) = rows.iter_mut().find(|row| row.category == category) {
            row.unite(&person);
        }
    }
    Ok(rows)
}

/// What the claims of one claimant have in a category.
#[derive(Debug, Default)]
struct Person {
    claims: i64,
    units: i64,
    with_units: i64,
    amount: i64,
    with_amount: i64,
}

impl Person {
    fn add(&mut self, units: i64, amount: i64) {
        self.claims += 1;
        self.units += units;
        self.with_units += i64::from(units > 0);
        self.amount += amount;
        self.with_amount += i64::from(amount != 0);
    }
}

impl TallyRow {
    /// Takes the claims of a person, each counted as a claimant so far, for one.
    fn unite(&mut self, person: &Person) {
        let one = |claims: i64| (claims - 1).max(0);
        self.claimants -= one(person.claims);
        self.with_units -= one(person.with_units);
        self.with_amount -= one(person.with_amount);
        self.most_units = self.most_units.max(person.units);
        self.most_amount = self.most_amount.max(person.amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_few_stand_behind_is_hidden_though_many_claim_in_the_category() {
        let row = TallyRow {
            category: "held_inventory".to_owned(),
            claimants: 9,
            units: 700,
            with_units: 5,
            amount: 1_400_000,
            with_amount: 1,
            most_units: 300,
            most_amount: 1_400_000,
        };
        assert_eq!((row.claimants(), row.units(), row.amount()), (Some(9), Some(700), None));
        assert_eq!(TallyRow { claimants: 4, ..row }.claimants(), None);
    }

    fn of(claims: &[(i64, i64)]) -> TallyRow {
        let number =
            |of: fn(&(i64, i64)) -> i64| claims.iter().filter(|claim| of(claim) > 0).count().try_into().unwrap();
        TallyRow {
            category: "unpaid_sales".to_owned(),
            claimants: claims.len().try_into().unwrap(),
            units: claims.iter().map(|(units, _)| units).sum(),
            with_units: number(|(units, _)| *units),
            amount: claims.iter().map(|(_, amount)| amount).sum(),
            with_amount: number(|(_, amount)| *amount),
            most_units: claims.iter().map(|(units, _)| *units).max().unwrap(),
            most_amount: claims.iter().map(|(_, amount)| *amount).max().unwrap(),
        }
    }

    /// One of six claims 6,000,000.00, the others together 34,158.42: at least 6,000,000 would be that one's claim.
    #[test]
    fn a_figure_of_which_one_makes_more_than_half_is_hidden() {
        let mut claims = vec![(10, 600_000_000), (10, 3_000_000), (10, 400_000), (10, 10_000), (10, 5_000), (10, 842)];
        assert_eq!((of(&claims).units(), of(&claims).amount()), (Some(60), None));
        claims.push((0, 600_000_000));
        assert_eq!(of(&claims).amount(), Some(1_200_000_000), "just half of it is not more than half");
    }

    /// Two of five filed for one person: four are behind the figures, and the two claims of the one make most of them.
    #[test]
    fn claimants_are_counted_as_persons() {
        let mut row = of(&[(10, 400), (10, 400), (10, 200), (10, 200), (10, 200), (10, 100)]);
        assert_eq!((row.claimants(), row.amount()), (Some(6), Some(1_500)));
        let mut person = Person::default();
        person.add(10, 400);
        person.add(10, 400);
        row.unite(&person);
        assert_eq!((row.claimants(), row.units(), row.amount()), (Some(5), Some(60), None), "800 of 1,500 are of one");
        let mut other = Person::default();
        other.add(10, 200);
        other.add(10, 200);
        row.unite(&other);
        assert_eq!((row.claimants(), row.units()), (None, None), "four are too few");
    }

    #[test]
    fn figures_are_rounded_down_to_two_digits_and_to_tens() {
        let figures = [0, 9, 10, 35, 99, 100, 119, 1_000, 1_299, 123_456_789, i64::MAX];
        let rounded = [0, 0, 10, 30, 90, 100, 110, 1_000, 1_200, 120_000_000, 9_200_000_000_000_000_000];
        assert_eq!(figures.map(rounded_down), rounded);
        let row = TallyRow {
            category: "unpaid_sales".to_owned(),
            claimants: 5,
            units: 1_234,
            with_units: 5,
            amount: 98_765_432,
            with_amount: 5,
            most_units: 600,
            most_amount: 40_000_000,
        };
        assert_eq!((row.units(), row.amount()), (Some(1_200), Some(98_000_000)));
    }
}
