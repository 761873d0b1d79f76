//! From lines to keys and totals.

use super::{
    Claimant, Family, Minor,
    key::{Entry, Relation, resolve},
    spread,
};
use std::collections::BTreeMap;

/// One line of a claim, as the arithmetic sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who claims it.
    pub claimant: Claimant,
    /// The category's family.
    pub family: Family,
    /// The release, by a number that matching gave to all lines about it; `None` for a lump sum.
    pub release: Option<u64>,
    /// The channel or service, by number.
    pub channel: u32,
    /// First month, counted from year 0.
    pub first: i32,
    /// Last month, not before the first.
    pub last: i32,
    /// The amount in minor units.
    pub amount: Minor,
}

/// Longest period in months: a century. A longer one is a slip, and is spread over its first century.
pub(super) const LONGEST: u32 = 1_200;

/// Where lines meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The category's family.
    pub family: Family,
    /// The release; `None` for lump sums.
    pub release: Option<u64>,
    /// The channel or service.
    pub channel: u32,
    /// The month, counted from year 0.
    pub month: i32,
}

/// A key that more than one claimant claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOverlap {
    /// The key.
    pub key: Key,
    /// What becomes of each claimant's amount.
    pub entries: Vec<Entry>,
    /// Shares over 100 %.
    pub over_whole: bool,
    /// Decisions that contradict each other.
    pub contradictory: bool,
}

/// The three figures, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All that is claimed.
    pub gross: Minor,
    /// Removed because a person said so.
    pub confirmed: Minor,
    /// Removed as well if every suspicion is right.
    pub suspected: Minor,
}

impl Totals {
    /// The unique total if nothing suspected is an overlap.
    #[must_use]
    pub fn unique_at_most(&self) -> Minor {
        self.gross - self.confirmed
    }

    /// The unique total if everything suspected is an overlap.
    #[must_use]
    pub fn unique_at_least(&self) -> Minor {
        self.gross - self.confirmed - self.suspected
    }
}

/// The whole reckoning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Keys claimed by more than one claimant, in order.
    pub keys: Vec<KeyOverlap>,
    /// The figures of each claimant.
    pub claimants: BTreeMap<Claimant, Totals>,
    /// The figures of all.
    pub totals: Totals,
}

/// Reckons all lines. `relation` tells how two claimants (the smaller number first) are related in a key; for a lump sum only
/// [`Relation::SameMoney`] counts, which says that the two are one claimant.
pub fn reckon(lines: &[Line], relation: impl Fn(Claimant, Claimant, &Key) -> Relation) -> Ledger {
    let mut ledger = Ledger::default();
    let mut keys: BTreeMap<Key, BTreeMap<Claimant, Minor>> = BTreeMap::new();
    for line in lines {
        ledger.claimants.entry(line.claimant).or_default().gross += line.amount;
        let months = line.last.saturating_sub(line.first).saturating_add(1);
        let months = u32::try_from(months).unwrap_or(1).min(LONGEST);
        for (month, part) in (line.first..).zip(spread(line.amount, months)) {
            let key = Key { family: line.family, release: line.release, channel: line.channel, month };
            *keys.entry(key).or_default().entry(line.claimant).or_default() += part;
        }
    }
    for (key, amounts) in keys {
        if amounts.len() < 2 || key.family == Family::Other && key.release.is_none() {
            continue;
        }
        let amounts: Vec<(Claimant, Minor)> = amounts.into_iter().collect();
        let found = resolve(&amounts, |a, b| match relation(a, b, &key) {
            Relation::SameMoney => Relation::SameMoney,
            _ if key.release.is_none() => Relation::Distinct,
            relation => relation,
        });
        for entry in &found.entries {
            let figures = ledger.claimants.entry(entry.claimant).or_default();
            figures.confirmed += entry.confirmed;
            figures.suspected += entry.suspected;
        }
        let (over_whole, contradictory) = (found.over_whole, found.contradictory);
        ledger.keys.push(KeyOverlap { key, entries: found.entries, over_whole, contradictory });
    }
    for figures in ledger.claimants.values() {
        ledger.totals.gross += figures.gross;
        ledger.totals.confirmed += figures.confirmed;
        ledger.totals.suspected += figures.suspected;
    }
    ledger
}
