//! The public tally of a case: what is claimed by category, too coarse to read from two looks at it exactly what a claim in between added.

use super::{Error, Tx, on};
use crate::{CaseId, line::Basis};

/// A public figure that rests on fewer claimants than this is not shown: one of them could be read from it.
pub const FEWEST_SHOWN: i64 = 5;

/// One category of the public tally: the claimants, units and amount of the same lines, stock on the filing basis only. Each
/// figure is given only if enough claimants stand behind that very figure; units and amounts are [rounded](rounded_down).
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TallyRow {
    /// Category key.
    pub category: String,
    claimants: i64,
    units: i64,
    with_units: i64,
    amount: i64,
    with_amount: i64,
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
        (self.with_units >= FEWEST_SHOWN).then(|| rounded_down(self.units))
    }

    /// Claimed, rounded down; minor units.
    #[must_use]
    pub fn amount(&self) -> Option<i64> {
        (self.with_amount >= FEWEST_SHOWN).then(|| rounded_down(self.amount))
    }
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
    on!(tx, c => sqlx::query_as(
        "SELECT t.category, COUNT(DISTINCT k.id) AS claimants, CAST(SUM(t.units) AS BIGINT) AS units, COUNT(DISTINCT CASE WHEN t.units > 0 THEN k.id END) AS with_units, \
         CAST(SUM(t.amount) AS BIGINT) AS amount, COUNT(DISTINCT CASE WHEN t.amount <> 0 THEN k.id END) AS with_amount \
         FROM claims k JOIN totals t ON t.version_id = k.in_force_id WHERE k.case_id = $1 AND k.status = 'submitted' AND t.basis IN ('', $2) GROUP BY t.category",
    )
    .bind(case).bind(filing_basis.key()).fetch_all(c).await)
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
        };
        assert_eq!((row.claimants(), row.units(), row.amount()), (Some(9), Some(700), None));
        assert_eq!(TallyRow { claimants: 4, ..row }.claimants(), None);
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
        };
        assert_eq!((row.units(), row.amount()), (Some(1_200), Some(98_000_000)));
    }
}
