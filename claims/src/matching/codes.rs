//! Distinct values of a field that is one code (an e-mail, a barcode), with how often each occurs and how many different
//! names share it.

use super::intern::{Interner, MISSING};
use std::ops::ControlFlow;

/// Distinct codes of one field.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    values: Interner,
    records: Vec<u32>,
    fan_out: Vec<u32>,
}

impl Codes {
    /// The numbers of some canonical values, each of which occurs once more; without noting it where `count` is not wanted.
    pub(super) fn add_all<'a>(
        &mut self,
        hashes: &[u32],
        texts: impl Iterator<Item = &'a str>,
        count: bool,
        mut numbered: impl FnMut(usize, u32),
    ) {
        let mut ids = Vec::with_capacity(hashes.len());
        self.values.intern_all(hashes, texts, |nth, id| {
            numbered(nth, id);
            ids.push(id);
            ControlFlow::Continue(())
        });
        if count {
            self.records.resize(self.values.len(), 0);
            // One after the other without a look-up between them, so that memory works on many at once.
            for id in ids.into_iter().filter(|id| *id != MISSING) {
                self.records[id as usize] += 1;
            }
        }
    }

    /// The number of a canonical value, without noting an occurrence.
    pub fn number(&mut self, canonical: &str) -> u32 {
        if canonical.is_empty() {
            return MISSING;
        }
        self.values.intern(canonical)
    }

    /// Notes one occurrence of a value.
    pub fn count(&mut self, id: u32) {
        if id == MISSING {
            return;
        }
        if self.records.len() < self.values.len() {
            self.records.resize(self.values.len(), 0);
        }
        self.records[id as usize] += 1;
    }

    /// Gives back the room for looking values up, until the next one is added.
    pub(super) fn close(&mut self) {
        self.values.close();
    }

    /// Makes values ready to be looked up again.
    pub(super) fn open(&mut self) {
        self.values.open();
    }

    /// Makes room for this many distinct values.
    pub fn reserve(&mut self, values: usize) {
        self.values.reserve(values);
    }

    /// The canonical value.
    #[inline]
    #[must_use]
    pub fn text(&self, id: u32) -> &str {
        self.values.text(id)
    }

    /// Hash of a value, the same in every run.
    #[must_use]
    pub fn hash(&self, id: u32) -> u32 {
        self.values.hash(id)
    }

    /// In how many records the value occurs.
    #[inline]
    #[must_use]
    pub fn records(&self, id: u32) -> u32 {
        self.records.get(id as usize).copied().unwrap_or(0)
    }

    /// How many different names the value stands with; its records where names were not counted.
    #[inline]
    #[must_use]
    pub fn fan_out(&self, id: u32) -> u32 {
        self.fan_out.get(id as usize).copied().unwrap_or_else(|| self.records(id))
    }

    /// Counts the different names of each value from `(value, name)` pairs, name as any stable number.
    pub fn count_names(&mut self, pairs: &(impl Iterator<Item = (u32, u32)> + Clone)) {
        self.fan_out = count_distinct(pairs, self.values.len());
    }

    /// Notes that one more name stands with a value.
    pub fn one_more_name(&mut self, id: u32) {
        self.fan_out.resize(self.values.len().max(self.fan_out.len()), 0);
        self.fan_out[id as usize] += 1;
    }

    /// How many distinct values there are, the empty one included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether no value was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// For each value, how many different partners it has among `(value, partner)` pairs; pairs of no value do not count.
///
/// Partners are dealt out by value (a counting sort), so that only the few partners of one value are ever sorted.
#[must_use]
pub fn count_distinct(pairs: &(impl Iterator<Item = (u32, u32)> + Clone), values: usize) -> Vec<u32> {
    let mut ends = vec![0_u32; values + 1];
    let known = || pairs.clone().filter(|(value, _)| *value != MISSING);
    for (value, _) in known() {
        ends[value as usize + 1] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    // Now `ends` holds starts; dealing out moves each to its end.
    let mut partners = vec![0_u32; sum as usize];
    for (value, partner) in known() {
        let place = &mut ends[value as usize];
        partners[*place as usize] = partner;
        *place += 1;
    }
    let mut start = 0;
    ends.truncate(values);
    for end in &mut ends {
        let mine = &mut partners[start..*end as usize];
        start = *end as usize;
        *end = match mine {
            [] => 0,
            // Most values have one.
            [_] => 1,
            _ => {
                mine.sort_unstable();
                u32::try_from(mine.chunk_by(PartialEq::eq).count()).unwrap_or(u32::MAX)
            }
        };
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partners_count_once() {
        let pairs = [(2, 7), (1, 7), (2, 7), (2, 8), (MISSING, 9)];
        assert_eq!(count_distinct(&pairs.into_iter(), 4), [0, 1, 2, 0]);
    }
}
