//! Distinct values of a field that is one code (an e-mail, a barcode), with how often each occurs and how many different
//! names share it.

use super::intern::{Interner, MISSING};

/// Distinct codes of one field.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    values: Interner,
    records: Vec<u32>,
    fan_out: Vec<u32>,
}

impl Codes {
    /// Notes one occurrence of a canonical value.
    pub fn add(&mut self, canonical: &str) -> u32 {
        if canonical.is_empty() {
            return MISSING;
        }
        let id = self.values.intern(canonical);
        self.records.resize(self.values.len(), 0);
        self.records[id as usize] += 1;
        id
    }

    /// Makes room for this many distinct values.
    pub fn reserve(&mut self, values: usize) {
        self.values.reserve(values);
    }

    /// The canonical value.
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
    #[must_use]
    pub fn records(&self, id: u32) -> u32 {
        self.records.get(id as usize).copied().unwrap_or(0)
    }

    /// How many different names the value stands with; its records where names were not counted.
    #[must_use]
    pub fn fan_out(&self, id: u32) -> u32 {
        self.fan_out.get(id as usize).copied().unwrap_or_else(|| self.records(id))
    }

    /// Counts the different names of each value from `(value, name)` pairs, name as any stable number.
    pub fn count_names(&mut self, pairs: impl Iterator<Item = (u32, u32)>) {
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
#[must_use]
pub fn count_distinct(pairs: impl Iterator<Item = (u32, u32)>, values: usize) -> Vec<u32> {
    let mut all: Vec<u64> = pairs
        .filter(|(value, _)| *value != MISSING)
        .map(|(value, partner)| u64::from(value) << 32 | u64::from(partner))
        .collect();
    all.sort_unstable();
    all.dedup();
    let mut counts = vec![0; values];
    for pair in all {
        counts[(pair >> 32) as usize] += 1;
    }
    counts
}
