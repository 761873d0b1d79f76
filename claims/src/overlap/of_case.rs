//! The reckoning of a whole case: from its lines to the ledger that counsel reads and the figures of each claim.
//!
//! Money meets only within a release and a channel ([`super::Key`]), so the lines are reckoned channel by channel: a case of a million
//! lines needs no more memory than the largest channel of a release, and a channel that only one claimant claims costs nothing, however
//! many of them one claim names and for however many years.

use std::collections::BTreeMap;

use super::{Claimant, Family, Key, KeyOverlap, Line, Minor, Relation, Runs, reckon, spread};
use crate::{line::Category, status::ClaimStatus};

/// A line with its category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseLine {
    /// What it claims.
    pub category: Category,
    /// The line as the arithmetic sees it; its family is that of the category.
    pub line: Line,
}

/// The family in which a category is compared.
#[must_use]
pub const fn family_of(category: Category) -> Family {
    match category {
        Category::UnpaidSales | Category::DigitalRoyalties => Family::Sales,
        Category::HeldInventory => Family::Stock,
        Category::Other => Family::Other,
    }
}

/// What is taken off a claim's amount in one category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Because a person said so.
    pub confirmed: Minor,
    /// As well, if every suspicion is right.
    pub suspected: Minor,
}

impl Removed {
    /// Both together with another's.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { confirmed: self.confirmed + other.confirmed, suspected: self.suspected + other.suspected }
    }

    /// What is left of a gross amount: if everything suspected overlaps, and if nothing does.
    #[must_use]
    pub const fn unique(self, gross: Minor) -> (Minor, Minor) {
        (gross - self.confirmed - self.suspected, gross - self.confirmed)
    }

    /// What a claim adds to the unique total, least and most: nothing while it counts for nothing.
    #[must_use]
    pub const fn unique_of(self, status: Option<ClaimStatus>, gross: Minor) -> (Minor, Minor) {
        match status {
            Some(ClaimStatus::Submitted) => self.unique(gross),
            _ => (0, 0),
        }
    }
}

/// One claimant in an entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Who claims.
    pub claimant: Claimant,
    /// Claimed in the months in which somebody else claims too.
    pub gross: Minor,
    /// What is taken off.
    pub removed: Removed,
    /// Whose money the confirmed part is.
    pub through: Option<Claimant>,
    /// The months in which it claims something and somebody else does too.
    pub months: Runs,
}

/// An entry of the ledger: a release in one channel, over all months in which more than one claimant claims it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Family of the categories.
    pub family: Family,
    /// Release; `None` for lump sums.
    pub release: Option<u64>,
    /// Channel or service.
    pub channel: u32,
    /// First such month, counted from year 0.
    pub first: i32,
    /// Last such month.
    pub last: i32,
    /// How many such months there are.
    pub months: u32,
    /// The claimants, in the order of their numbers.
    pub parts: Vec<Part>,
    /// Shares over 100 % in some month.
    pub over_whole: bool,
    /// Decisions contradict each other in some month.
    pub contradictory: bool,
}

impl Entry {
    /// What is taken off all claimants together.
    #[must_use]
    pub fn removed(&self) -> Removed {
        self.parts.iter().fold(Removed::default(), |sum, part| sum.plus(part.removed))
    }
}

/// The ledger of a case and what it takes off each claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseLedger {
    /// Entries by family, release and channel.
    pub entries: Vec<Entry>,
    /// What is taken off, by claimant and category; nothing where nothing is.
    pub removed: BTreeMap<(Claimant, Category), Removed>,
}

/// Reckons the lines of a case, in any order. `relation` is that of [`reckon`]; `united` tells whether a person said of a
/// claimant that it is the same as another one, for only such claimants' lump sums can be the same money.
pub fn of_case(
    mut lines: Vec<CaseLine>,
    relation: impl Fn(Claimant, Claimant, &Key) -> Relation,
    united: impl Fn(Claimant) -> bool,
) -> CaseLedger {
    lines.retain(|of| of.line.release.is_some() || united(of.line.claimant));
    let channel = |of: &CaseLine| (of.line.family, of.line.release, of.line.channel);
    lines.sort_unstable_by_key(|of| (channel(of), of.line.claimant));
    let mut ledger = CaseLedger::default();
    for of_channel in lines.chunk_by(|a, b| channel(a) == channel(b)) {
        if of_channel.first().map(|of| of.line.claimant) == of_channel.last().map(|of| of.line.claimant) {
            continue;
        }
        let plain: Vec<Line> = of_channel.iter().map(|of| of.line).collect();
        let found = reckon(&plain, &relation);
        take_off(of_channel, &found.keys, &mut ledger.removed);
        ledger.entries.extend(entries(found.keys));
    }
    ledger.removed.retain(|_, removed| *removed != Removed::default());
    ledger
}

/// The months of each channel as one entry. Keys come in the order of family, release, channel and month.
fn entries(keys: Vec<KeyOverlap>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for found in keys {
        let Key { family, release, channel, month } = found.key;
        // Months in which nothing can be taken off, whatever people say, are no overlap: somebody claims nothing there.
        if found.entries.iter().filter(|entry| entry.gross > 0).count() < 2 {
            continue;
        }
        let same =
            entries.last().is_some_and(|last| (last.family, last.release, last.channel) == (family, release, channel));
        if !same {
            entries.push(Entry {
                family,
                release,
                channel,
                first: month,
                last: month,
                months: 0,
                parts: Vec::new(),
                over_whole: false,
                contradictory: false,
            });
        }
        let Some(entry) = entries.last_mut() else { continue };
        entry.last = month;
        entry.months += 1;
        entry.over_whole |= found.over_whole;
        entry.contradictory |= found.contradictory;
        for of in found.entries {
            let place = entry.parts.binary_search_by_key(&of.claimant, |part| part.claimant).unwrap_or_else(|place| {
                let removed = Removed::default();
                let months = Runs::default();
                entry.parts.insert(place, Part { claimant: of.claimant, gross: 0, removed, through: None, months });
                place
            });
            let part = &mut entry.parts[place];
            part.gross += of.gross;
            part.removed.confirmed += of.confirmed;
            part.removed.suspected += of.suspected;
            part.through = part.through.or(of.through);
            if of.gross > 0 {
                part.months.push(month);
            }
        }
    }
    entries
}

/// Takes what was removed off the categories that the claimant's lines in the key are of: in proportion to what each brings
/// in, by largest remainder, so that the categories add up to the claim.
fn take_off(lines: &[CaseLine], keys: &[KeyOverlap], removed: &mut BTreeMap<(Claimant, Category), Removed>) {
    let mut amounts: BTreeMap<(Key, Claimant), [Minor; Category::ALL.len()]> = BTreeMap::new();
    for of in lines {
        let line = of.line;
        let months = line.last.saturating_sub(line.first).saturating_add(1);
        let months = u32::try_from(months).unwrap_or(1).min(super::LONGEST);
        for (month, part) in (line.first..).zip(spread(line.amount, months)) {
            let key = Key { family: line.family, release: line.release, channel: line.channel, month };
            amounts.entry((key, line.claimant)).or_default()[of.category as usize] += part;
        }
    }
    for found in keys {
        for entry in found.entries.iter().filter(|entry| entry.confirmed > 0 || entry.suspected > 0) {
            let Some(of) = amounts.get(&(found.key, entry.claimant)) else { continue };
            // Shared out together and the confirmed part once more: rounded apart, the two could take a cent more off a category
            // than was claimed in it.
            let all = share_out(entry.confirmed + entry.suspected, of);
            let confirmed = share_out(entry.confirmed, &all);
            for (place, category) in Category::ALL.into_iter().enumerate() {
                let sum = removed.entry((entry.claimant, category)).or_default();
                sum.confirmed += confirmed[place];
                sum.suspected += all[place] - confirmed[place];
            }
        }
    }
}

/// Shares an amount out in proportion to the positive weights, exactly; of equal remainders the first gets the cent. Nothing
/// goes to a weight of zero or less.
fn share_out<const N: usize>(amount: Minor, weights: &[Minor; N]) -> [Minor; N] {
    let mut shares = [0; N];
    let whole: i128 = weights.iter().map(|weight| i128::from((*weight).max(0))).sum();
    if whole == 0 || amount == 0 {
        return shares;
    }
    let mut remainders: Vec<(i128, usize)> = Vec::with_capacity(N);
    let mut left = amount;
    for (place, weight) in weights.iter().enumerate() {
        let product = i128::from(amount) * i128::from((*weight).max(0));
        // No share is larger than the amount, which fits.
        shares[place] = Minor::try_from(product / whole).unwrap_or_default();
        left -= shares[place];
        remainders.push((product % whole, place));
    }
    remainders.sort_by_key(|(remainder, place)| (std::cmp::Reverse(*remainder), *place));
    for (_, place) in remainders {
        if left == 0 {
            break;
        }
        shares[place] += 1;
        left -= 1;
    }
    shares
}

#[cfg(test)]
#[expect(clippy::inconsistent_digit_grouping, reason = "cents stand apart, as in the amounts by hand")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const JANUARY: i32 = 2015 * 12;

    fn line(
        claimant: Claimant,
        category: Category,
        release: Option<u64>,
        channel: u32,
        months: (i32, i32),
        amount: Minor,
    ) -> CaseLine {
        let (first, last) = (JANUARY + months.0, JANUARY + months.1);
        CaseLine {
            category,
            line: Line { claimant, family: family_of(category), release, channel, first, last, amount },
        }
    }

    /// A label claims 1,200.00 of sales and 600.00 of royalties in the same channel and months; its artist 360.00. By hand:
    /// in a month the artist's 30.00 meet 150.00, all of it derives, 12 times: 360.00. It is the artist's royalties only.
    #[test]
    fn months_become_one_entry_and_removals_find_their_category() {
        let lines = vec![
            line(1, Category::UnpaidSales, Some(7), 1, (0, 11), 1_200_00),
            line(1, Category::DigitalRoyalties, Some(7), 1, (0, 11), 600_00),
            line(2, Category::DigitalRoyalties, Some(7), 1, (0, 11), 360_00),
            line(2, Category::DigitalRoyalties, Some(8), 1, (0, 11), 999_00),
            line(1, Category::UnpaidSales, None, 1, (0, 11), 5_000_00),
            line(2, Category::UnpaidSales, None, 1, (0, 11), 5_000_00),
        ];
        let suspected = of_case(lines.clone(), |_, _, _| Relation::Suspected, |_| false);
        assert_eq!(suspected.entries.len(), 1);
        let entry = &suspected.entries[0];
        assert_eq!((entry.first, entry.last, entry.months), (JANUARY, JANUARY + 11, 12));
        assert_eq!(entry.parts.iter().map(|part| part.gross).collect::<Vec<_>>(), [1_800_00, 360_00]);
        assert_eq!(
            suspected.removed,
            BTreeMap::from([((2, Category::DigitalRoyalties), Removed { confirmed: 0, suspected: 360_00 })])
        );

        // The same claimant, filed twice: the largest stays in each key, and the lump sums are the same money too.
        let same = of_case(lines, |_, _, _| Relation::SameMoney, |_| true);
        let confirmed: Minor = same.entries.iter().map(|entry| entry.removed().confirmed).sum();
        assert_eq!(confirmed, 360_00 + 5_000_00);
    }

    #[test]
    fn what_two_categories_bring_in_is_taken_off_both_to_the_cent() {
        assert_eq!(share_out(100, &[1, 0, 1, 1]), [34, 0, 33, 33]);
        assert_eq!(share_out(7, &[0, 0, 0, 0]), [0; 4]);
        assert_eq!(share_out(5, &[-3, 2, 0, 8]), [0, 1, 0, 4]);
        assert_eq!(share_out(i64::MAX, &[i64::MAX, i64::MAX, 0, 0]).iter().sum::<i64>(), i64::MAX);
    }

    /// Of a claimant's 100 of sales and 100 of royalties 51 are removed by decision and 149 are suspected: nothing is left of either, and
    /// rounding the two apart would take 101 off the sales.
    #[test]
    fn confirmed_and_suspected_never_take_more_off_a_category_than_was_claimed_in_it() {
        let lines = vec![
            line(1, Category::UnpaidSales, Some(7), 1, (0, 0), 51),
            line(2, Category::UnpaidSales, Some(7), 1, (0, 0), 300),
            line(3, Category::UnpaidSales, Some(7), 1, (0, 0), 100),
            line(3, Category::DigitalRoyalties, Some(7), 1, (0, 0), 100),
        ];
        let relation = |a: Claimant, b: Claimant, _: &Key| match (a, b) {
            (1, 3) => Relation::Derivative { of: 1 },
            (2, 3) => Relation::Suspected,
            _ => Relation::Distinct,
        };
        let removed = of_case(lines, relation, |_| false).removed;
        for (of, sum) in removed {
            assert!(sum.confirmed + sum.suspected <= 100, "{of:?}: {sum:?}");
        }
    }

    /// A claim of very many lines, each at a service of its own and for a century, with one that somebody else claims too. Reckoned twice,
    /// once for the ledger and once for the categories, what is spread is the two lines that meet.
    #[test]
    fn channels_of_one_claimant_are_not_spread_over_their_months() {
        let lonely = |channel| line(1, Category::DigitalRoyalties, Some(7), channel, (0, 1_199), 5_000_00);
        let mut lines: Vec<CaseLine> = (1..=20_000).map(lonely).collect();
        lines.push(line(2, Category::DigitalRoyalties, Some(7), 3, (12, 23), 360_00));
        let before = super::super::spread::months_spread();
        let ledger = of_case(lines, |_, _, _| Relation::Suspected, |_| false);
        assert_eq!(super::super::spread::months_spread() - before, 2 * (1_200 + 12));
        assert_eq!((ledger.entries.len(), ledger.entries[0].channel, ledger.entries[0].months), (1, 3, 12));
    }

    prop_compose! {
        fn any_line()(claimant in 0u32..4, category in 0usize..4, release in prop::option::weighted(0.8, 0u64..3), channel in 0u32..2,
                      from in 0i32..6, months in 0i32..6, amount in -500i64..5_000) -> CaseLine {
            line(claimant, Category::ALL[category], release, channel, (from, from + months), amount)
        }
    }

    proptest! {
        /// Channels that only one claimant has say nothing about the others.
        #[test]
        fn lonely_channels_change_no_ledger(lines in prop::collection::vec(any_line(), 0..24), more in prop::collection::vec(any_line(), 0..12)) {
            let relation = |a: Claimant, b: Claimant, _: &Key| if (a + b).is_multiple_of(2) { Relation::SameMoney } else { Relation::Suspected };
            let without = of_case(lines.clone(), relation, |_| true);
            let lonely = more.into_iter().map(|mut of| {
                of.line.channel = 10 + of.line.claimant;
                of
            });
            let with: Vec<CaseLine> = lines.into_iter().chain(lonely).collect();
            let whole = reckon(&with.iter().map(|of| of.line).collect::<Vec<_>>(), relation);
            prop_assert_eq!(of_case(with, relation, |_| true), without.clone());
            prop_assert_eq!(entries(whole.keys), without.entries, "as if everything had been spread");
        }

        #[test]
        fn release_by_release_is_the_same_as_all_at_once(lines in prop::collection::vec(any_line(), 0..24), relations in prop::collection::vec(0u8..4, 16)) {
            let relation = |a: Claimant, b: Claimant, _: &Key| match relations[(a * 4 + b) as usize] {
                0 => Relation::Suspected,
                1 => Relation::SameMoney,
                2 => Relation::Distinct,
                _ => Relation::Derivative { of: a },
            };
            let united = |claimant: Claimant| (0..4).any(|other| other != claimant && relations[(claimant.min(other) * 4 + claimant.max(other)) as usize] == 1);
            let whole = reckon(&lines.iter().map(|of| of.line).collect::<Vec<_>>(), relation);
            let mut turned = lines.clone();
            turned.reverse();
            let ledger = of_case(lines.clone(), relation, united);
            prop_assert_eq!(&ledger, &of_case(turned, relation, united), "the order of lines does not matter");
            let sum = |pick: fn(&Removed) -> Minor| ledger.removed.values().map(pick).sum::<Minor>();
            prop_assert_eq!(sum(|removed| removed.confirmed), whole.totals.confirmed);
            prop_assert_eq!(sum(|removed| removed.suspected), whole.totals.suspected);
            for ((claimant, category), removed) in &ledger.removed {
                let claimed: Minor = lines.iter().filter(|of| (of.line.claimant, of.category) == (*claimant, *category)).map(|of| of.line.amount.max(0)).sum();
                prop_assert!(removed.confirmed >= 0 && removed.suspected >= 0);
                prop_assert!(removed.confirmed + removed.suspected <= claimed, "nothing is taken off that was not claimed");
            }
            let in_entries: Minor = ledger.entries.iter().map(|entry| entry.removed().confirmed + entry.removed().suspected).sum();
            prop_assert_eq!(in_entries, whole.totals.confirmed + whole.totals.suspected, "every cent that is taken off stands in the ledger");
        }
    }
}
