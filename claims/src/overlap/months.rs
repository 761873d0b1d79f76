//! An entry of the ledger month by month: what each claimant claims in the months in which they meet.

use std::collections::BTreeMap;

use super::{Claimant, LONGEST, Line, Minor, spread};

/// A month in which more than one claimant claims something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// The month, counted from year 0.
    pub month: i32,
    /// What each claimant claims in it, in the order of their numbers; who claims nothing is left out.
    pub amounts: Vec<(Claimant, Minor)>,
}

/// The months in which the lines of one release in one channel meet, in order, as [`super::of_case`] reckons them: together
/// they add up to what the ledger says is claimed.
///
/// A label claims 100.00 for January to March 2015, its artist 25.00 for February and 10.00 for April. By hand: 33.34, 33.33
/// and 33.33; only in February do both claim.
///
/// ```
/// use claims::overlap::{Family, Line, Month, months};
///
/// let january = 2015 * 12;
/// let line = |claimant, first, last, amount| Line { claimant, family: Family::Sales, release: Some(7), channel: 1, first, last, amount };
/// let lines = [line(1, january, january + 2, 100_00), line(2, january + 1, january + 1, 25_00), line(2, january + 3, january + 3, 10_00)];
/// assert_eq!(months(&lines), [Month { month: january + 1, amounts: vec![(1, 33_33), (2, 25_00)] }]);
/// ```
#[must_use]
pub fn months(lines: &[Line]) -> Vec<Month> {
    let mut by_month: BTreeMap<i32, BTreeMap<Claimant, Minor>> = BTreeMap::new();
    for line in lines {
        let span = u32::try_from(line.last.saturating_sub(line.first).saturating_add(1)).unwrap_or(1).min(LONGEST);
        for (month, part) in (line.first..).zip(spread(line.amount, span)) {
            *by_month.entry(month).or_default().entry(line.claimant).or_default() += part;
        }
    }
    by_month
        .into_iter()
        .filter(|(_, amounts)| amounts.values().filter(|amount| **amount > 0).count() > 1)
        .map(|(month, amounts)| Month { month, amounts: amounts.into_iter().collect() })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        line::Category,
        overlap::{CaseLine, Family, Relation, of_case},
    };

    prop_compose! {
        fn any_line()(claimant in 0u32..4, first in 0i32..6, more in 0i32..6, amount in -500i64..5_000) -> Line {
            Line { claimant, family: Family::Sales, release: Some(7), channel: 1, first, last: first + more, amount }
        }
    }

    proptest! {
        #[test]
        fn the_months_add_up_to_the_entry(lines in prop::collection::vec(any_line(), 0..16)) {
            let of_lines = lines.iter().map(|line| CaseLine { category: Category::UnpaidSales, line: *line }).collect();
            let ledger = of_case(of_lines, |_, _, _| Relation::Suspected, |_| false);
            let found = months(&lines);
            let entry = ledger.entries.first();
            prop_assert_eq!(found.len(), entry.map_or(0, |entry| entry.months as usize));
            for part in entry.into_iter().flat_map(|entry| &entry.parts) {
                let sum: Minor = found.iter().flat_map(|month| &month.amounts).filter(|(claimant, _)| *claimant == part.claimant).map(|(_, amount)| amount).sum();
                prop_assert_eq!(sum, part.gross);
            }
        }
    }
}
