//! Adding a row that is right to the sums of the file and to its group.

use super::{Added, KeptRow, Pass};
use crate::statements::{choices::Grouping, field::Field, group::MORE, group::RowFacts, number::ONE};

/// The place of the value per unit among the further figures.
const UNIT_VALUE: usize = {
    let mut place = 0;
    while !matches!(MORE[place], Field::UnitValue) {
        place += 1;
    }
    place
};

/// In the key of a group: what its row is, where that is no barcode.
const AGGREGATOR: u64 = 1 << 60;
const WRITTEN: u64 = 2 << 60;
const LUMP_SUM: u64 = 3 << 60;

impl Pass<'_> {
    pub(super) fn add(&mut self, facts: &RowFacts<'_>, stock: bool) {
        let place = self.sum_up(facts, stock);
        self.group_in(facts, stock, place);
    }

    /// Adds a row to the sums of the file; gives the place of its currency.
    pub(super) fn sum_up(&mut self, facts: &RowFacts<'_>, stock: bool) -> usize {
        let (period, currency) = (facts.period, facts.currency);
        let amount = i128::from(facts.amount);
        self.all += if stock { i128::from(facts.units) * i128::from(ONE) } else { amount };
        if let Some(found) = period {
            let whole = self.period.get_or_insert(found);
            whole.from = whole.from.min(found.from);
            whole.to = whole.to.max(found.to);
        }
        let place = self.added.iter().position(|added| added.currency == currency).unwrap_or_else(|| {
            self.added.push(Added { currency, ..Added::default() });
            self.added.len() - 1
        });
        let added = &mut self.added[place];
        added.rows += 1;
        added.units = added.units.saturating_add(facts.units);
        added.millionths += amount;
        if self.values
            && let Some(value) = facts.more.and_then(|more| more[UNIT_VALUE])
        {
            added.value += i128::from(value) * i128::from(facts.units);
        }
        place
    }

    /// Adds a row to its group.
    pub(super) fn group(&mut self, facts: &RowFacts<'_>) {
        let place = self.added.iter().position(|added| added.currency == facts.currency).unwrap_or(self.added.len());
        self.group_in(facts, false, place);
    }

    fn group_in(&mut self, facts: &RowFacts<'_>, stock: bool, place: usize) {
        let period = facts.period;
        let key = match self.choices.grouping {
            Grouping::Rows => (u64::from(facts.row), 0),
            _ if facts.lump_sum.is_some() => (LUMP_SUM | u64::from(facts.row), place as u64),
            grouping => {
                let release = self.release(facts);
                // Stock of two days is not added up.
                let mut rest = place as u64 & 0xff;
                if grouping == Grouping::Month || stock {
                    rest |= u64::from(self.month(period, stock)) << 8;
                    rest |= u64::from(facts.service) << 36;
                }
                (release, rest)
            }
        };
        let group = self.groups.add(facts, self.most_groups, key);
        match group {
            None => self.too_many = true,
            Some(group) => {
                if let Some(kept) = &mut self.kept {
                    kept.push(KeptRow { row: facts.row, group, units: facts.units, millionths: facts.amount });
                }
            }
        }
    }

    /// The release of a row as a number: its barcode, else a place among those that are named otherwise.
    fn release(&mut self, facts: &RowFacts<'_>) -> u64 {
        if facts.gtin > 0 {
            return facts.gtin;
        }
        if facts.aggregator_gtin > 0 {
            return AGGREGATOR | facts.aggregator_gtin;
        }
        let mut written = std::mem::take(&mut self.written);
        written.clear();
        if !facts.catalogue.is_empty() {
            written.push(b'c');
            written.extend(
                facts
                    .catalogue
                    .iter()
                    .filter(|byte| byte.is_ascii_alphanumeric() || **byte > 127)
                    .map(u8::to_ascii_uppercase),
            );
        } else if let Some(isrc) = facts.isrc {
            written.push(b'i');
            written.extend_from_slice(&isrc);
        } else {
            written.push(b't');
            written.extend(facts.artist.iter().map(u8::to_ascii_lowercase));
            written.push(0);
            written.extend(
                if facts.title.is_empty() { facts.track } else { facts.title }.iter().map(u8::to_ascii_lowercase),
            );
        }
        let release = WRITTEN | u64::from(self.groups.release(&written));
        self.written = written;
        release
    }
}
