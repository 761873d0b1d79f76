//! Sums of claims: by category and, for stock, by basis, because amounts of different bases are never added.

use serde::{Deserialize, Serialize};

use crate::{
    line::{Basis, Category},
    money::{Currency, LARGEST_AMOUNT, grouped_units},
    status::ClaimStatus,
};

/// What the lines of one category (and basis) of a claim, or of a case, add up to, in minor units of the case's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Category.
    pub category: Category,
    /// Basis, for held inventory.
    pub basis: Option<Basis>,
    /// Number of lines.
    pub lines: i64,
    /// Claimed, without interest and costs.
    pub amount: i64,
    /// The part of `amount` on lines that cite a document.
    pub documented: i64,
    /// Interest claimed.
    pub interest: i64,
    /// Costs claimed.
    pub costs: i64,
    /// Units claimed.
    pub units: i64,
}

impl Total {
    /// An empty total.
    #[must_use]
    pub const fn zero(category: Category, basis: Option<Basis>) -> Self {
        Self { category, basis, lines: 0, amount: 0, documented: 0, interest: 0, costs: 0, units: 0 }
    }

    /// The part of `amount` that rests on the declaration alone.
    #[must_use]
    pub const fn sworn_only(&self) -> i64 {
        self.amount - self.documented
    }
}

/// One line, as far as sums need it.
#[derive(Debug, Clone, Copy)]
pub struct Addend {
    /// Category.
    pub category: Category,
    /// Basis, for held inventory.
    pub basis: Option<Basis>,
    /// Amount in the case's currency.
    pub amount: i64,
    /// Interest in the case's currency.
    pub interest: i64,
    /// Costs in the case's currency.
    pub costs: i64,
    /// Units.
    pub units: Option<i64>,
    /// Whether the line cites a document.
    pub documented: bool,
}

/// Adds lines up, one total per category and basis, in the order of the schedules. `None` on overflow.
#[must_use]
pub fn add_up(lines: impl IntoIterator<Item = Addend>) -> Option<Vec<Total>> {
    let mut totals: Vec<Total> = Vec::new();
    for line in lines {
        let place = totals
            .iter()
            .position(|total| (total.category, total.basis) == (line.category, line.basis))
            .unwrap_or_else(|| {
                totals.push(Total::zero(line.category, line.basis));
                totals.len() - 1
            });
        let total = &mut totals[place];
        total.lines += 1;
        total.amount = total.amount.checked_add(line.amount)?;
        total.interest = total.interest.checked_add(line.interest)?;
        total.costs = total.costs.checked_add(line.costs)?;
        total.units = total.units.checked_add(line.units.unwrap_or(0))?;
        if line.documented {
            total.documented = total.documented.checked_add(line.amount)?;
        }
    }
    totals.sort_by_key(|total| (total.category, total.basis));
    Some(totals)
}

/// What counts in the one figure of a case, its lines and units with it: everything that [`counts`].
#[must_use]
pub fn counted(totals: &[Total], filing_basis: Basis) -> Total {
    let mut sum = Total::zero(Category::Other, None);
    for total in totals.iter().filter(|total| counts(total.basis, filing_basis)) {
        sum.lines += total.lines;
        sum.amount = sum.amount.saturating_add(total.amount);
        sum.documented = sum.documented.saturating_add(total.documented);
        sum.interest = sum.interest.saturating_add(total.interest);
        sum.costs = sum.costs.saturating_add(total.costs);
        sum.units = sum.units.saturating_add(total.units);
    }
    sum
}

/// Whether a claim comes to more than one may: all its lines with interest and costs, on whatever basis. Not for what one claimant asks, but
/// for what all together do: the figures of a case are sums of claims. It is asked when a claim is sent, so those that were sent before it
/// was asked may come to more.
#[must_use]
pub fn too_much(parts: impl IntoIterator<Item = i64>) -> bool {
    parts.into_iter().map(i128::from).sum::<i128>() > i128::from(LARGEST_AMOUNT)
}

/// Units that are claimed without a value, in words.
#[must_use]
pub fn without_value(units: i64) -> String {
    format!("{} {}, no value claimed", grouped_units(units), if units == 1 { "unit" } else { "units" })
}

/// Whether lines of a basis count in the one figure of a case whose filings use `filing_basis`. Stock that is valued on another
/// basis does not, nor does stock without a value: neither is in a total of money, nor in the number of lines beside one.
#[must_use]
pub fn counts(basis: Option<Basis>, filing_basis: Basis) -> bool {
    basis.is_none_or(|basis| basis == filing_basis && basis != Basis::UnitsOnly)
}

/// What is said where somebody chooses the basis of stock: on which one their case adds it up.
#[must_use]
pub fn basis_in_words(filing_basis: Basis) -> String {
    match filing_basis {
        Basis::UnitsOnly => "This case adds up no values of stock: they are listed by themselves.".to_owned(),
        basis => format!("This case adds up stock at {}; at another basis it is listed by itself.", basis.title()),
    }
}

/// Stock that is valued on another basis than the case files, in words, each basis by itself: `3,000.00 USD of stock at wholesale (PPD)`.
#[must_use]
pub fn apart_in_words(totals: &[Total], filing_basis: Basis, currency: Currency) -> Option<String> {
    let apart: Vec<String> = valued_otherwise(totals, filing_basis)
        .map(|(basis, total)| format!("{} of stock at {}", currency.show(total.amount), basis.title()))
        .collect();
    (!apart.is_empty()).then(|| apart.join(" and "))
}

/// What a claimant is told whose claim holds such stock: that it is claimed too, although the total of the case leaves it out.
#[must_use]
pub fn besides_in_words(totals: &[Total], filing_basis: Basis, currency: Currency) -> Option<String> {
    let apart = apart_in_words(totals, filing_basis, currency)?;
    let adds_up = match filing_basis {
        Basis::UnitsOnly => "no stock".to_owned(),
        basis => format!("only stock at {}", basis.title()),
    };
    let sum = counted(totals, filing_basis).amount;
    let all = valued_otherwise(totals, filing_basis).count() + usize::from(sum != 0);
    let filed = match all {
        1 => "It is filed",
        2 => "Both are filed",
        _ => "All of them are filed",
    };
    let claimed = if sum == 0 { apart } else { format!("{}, and besides {apart}", currency.show(sum)) };
    Some(format!("You claim {claimed}. {filed}; the total of the case adds up {adds_up}."))
}

fn valued_otherwise(totals: &[Total], filing_basis: Basis) -> impl Iterator<Item = (Basis, &Total)> {
    let otherwise = move |total: &&Total| !counts(total.basis, filing_basis);
    totals
        .iter()
        .filter(otherwise)
        .filter_map(|total| total.basis.filter(|basis| *basis != Basis::UnitsOnly).map(|basis| (basis, total)))
}

/// As [`counts`], for lines of a claim: one that is not submitted, because it was withdrawn, counts for nothing.
#[must_use]
pub fn counts_of(status: Option<ClaimStatus>, basis: Option<Basis>, filing_basis: Basis) -> bool {
    status == Some(ClaimStatus::Submitted) && counts(basis, filing_basis)
}

/// What does not count in the one figure of a case: how many lines there are more than those beside it.
#[must_use]
pub fn more_lines(totals: &[Total], filing_basis: Basis) -> i64 {
    totals.iter().filter(|total| !counts(total.basis, filing_basis)).map(|total| total.lines).sum()
}

/// The sentence that stands where a number of lines beside an amount leaves some out; `None` where it leaves out none.
#[must_use]
pub fn more_in_words(lines: i64) -> Option<String> {
    match lines {
        0 => None,
        1 => Some("1 more line, of stock that is valued otherwise or not at all, is in no total.".to_owned()),
        more => Some(format!(
            "{} more lines, of stock that is valued otherwise or not at all, are in no total.",
            grouped_units(more)
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn addend(category: Category, basis: Option<Basis>, amount: i64, documented: bool) -> Addend {
        Addend { category, basis, amount, interest: 1, costs: 2, units: Some(3), documented }
    }

    #[test]
    fn bases_are_never_added_together() {
        let lines = [
            addend(Category::HeldInventory, Some(Basis::Retail), 100, true),
            addend(Category::HeldInventory, Some(Basis::Wholesale), 50, false),
            addend(Category::UnpaidSales, None, 7, false),
        ];
        let totals = add_up(lines).unwrap();
        assert_eq!(totals.len(), 3);
        assert_eq!(counted(&totals, Basis::Retail).amount, 107);
        assert_eq!(counted(&totals, Basis::Wholesale).amount, 57);
        assert_eq!(counted(&totals, Basis::Retail).documented, 100);
    }

    #[test]
    fn what_has_no_value_or_another_basis_is_in_no_sum_and_no_number_of_lines() {
        let held = Category::HeldInventory;
        let lines = [
            addend(held, Some(Basis::Retail), 100, true),
            addend(held, Some(Basis::Wholesale), 50, false),
            addend(held, Some(Basis::UnitsOnly), 0, false),
            addend(Category::UnpaidSales, None, 7, false),
        ];
        let totals = add_up(lines).unwrap();
        let sum = counted(&totals, Basis::Retail);
        assert_eq!((sum.lines, sum.units, sum.amount), (2, 6, 107));
        assert_eq!(more_lines(&totals, Basis::Retail), 2);
        assert!(counts_of(Some(ClaimStatus::Submitted), None, Basis::Retail));
        assert!(!counts_of(Some(ClaimStatus::Submitted), Some(Basis::Wholesale), Basis::Retail));
        assert!(!counts_of(Some(ClaimStatus::Withdrawn), None, Basis::Retail), "a withdrawn claim counts for nothing");
        // No case files without values; if one did, what has no value would still be in no sum of money.
        assert!(!counts(Some(Basis::UnitsOnly), Basis::UnitsOnly));
        assert_eq!(more_in_words(0), None);
        assert!(more_in_words(1).unwrap().starts_with("1 more line, "));
        assert!(more_in_words(1_234).unwrap().starts_with("1,234 more lines, "));
    }

    #[test]
    fn what_is_claimed_beside_the_total_is_said_and_never_added() {
        let held = Category::HeldInventory;
        let [sales, wholesale, cost, units] = [
            addend(Category::UnpaidSales, None, 32_687, false),
            addend(held, Some(Basis::Wholesale), 300_000, false),
            addend(held, Some(Basis::ManufacturingCost), 1_000, false),
            addend(held, Some(Basis::UnitsOnly), 0, false),
        ];
        let said = |lines: &[Addend]| {
            besides_in_words(&add_up(lines.iter().copied()).unwrap(), Basis::Retail, Currency::USD).unwrap_or_default()
        };
        assert_eq!(
            said(&[sales, wholesale, units]),
            "You claim 326.87 USD, and besides 3,000.00 USD of stock at wholesale (PPD). Both are filed; the total of the case adds up only stock at retail list price."
        );
        assert!(
            said(&[wholesale])
                .starts_with("You claim 3,000.00 USD of stock at wholesale (PPD). It is filed; the total")
        );
        let three = said(&[sales, wholesale, cost]);
        assert!(
            three.contains(
                "10.00 USD of stock at manufacturing cost and 3,000.00 USD of stock at wholesale (PPD). All of them"
            ),
            "{three}"
        );
        assert_eq!(said(&[sales, units]), "");
    }

    #[test]
    fn the_sums_of_very_many_claims_can_be_counted() {
        assert!(!too_much([LARGEST_AMOUNT - 1, 1]));
        assert!(too_much([LARGEST_AMOUNT - 1, 1, 1]));
        assert!(too_much([i64::MAX, i64::MAX]));
        assert!(LARGEST_AMOUNT.checked_mul(900_000).is_some());
    }

    proptest! {
        #[test]
        fn order_does_not_matter_and_nothing_is_lost(amounts in prop::collection::vec((0usize..4, 0i64..1_000_000, any::<bool>()), 0..50)) {
            let lines: Vec<_> = amounts.iter().map(|(c, amount, documented)| addend(Category::ALL[*c], None, *amount, *documented)).collect();
            let forward = add_up(lines.clone()).unwrap();
            let backward = add_up(lines.into_iter().rev()).unwrap();
            prop_assert_eq!(&forward, &backward);
            prop_assert_eq!(forward.iter().map(|t| t.amount).sum::<i64>(), amounts.iter().map(|a| a.1).sum::<i64>());
            prop_assert_eq!(forward.iter().map(Total::sworn_only).sum::<i64>(), amounts.iter().filter(|a| !a.2).map(|a| a.1).sum::<i64>());
        }
    }
}
