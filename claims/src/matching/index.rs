//! Matching one new record against all others, in milliseconds: the blocks of a full run, kept open.
//!
//! Scores are those of a full run over the same records with the same base ([`super::weigh::Base`]), without what groups add;
//! frequencies and fan-out include the new record. Blocks are split and capped as in a full run.

use super::{
    block::{LARGEST_BLOCK, WINDOW},
    columns::Kind,
    decide::LIST_FROM,
    explain::{self, Explanation},
    keys::{second_key, split_key},
    records::{RecordError, Records},
    weigh::{Base, Millibits, Weights},
};
use std::collections::{HashMap, HashSet};

/// A record that resembles the one asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resemblance {
    /// The other record.
    pub record: u32,
    /// The score of the two.
    pub score: Millibits,
}

/// Records with their blocks.
#[derive(Clone, Debug)]
pub struct Index {
    records: Records,
    base: Base,
    weights: Weights,
    blocks: HashMap<(usize, u32), Block>,
    /// Which partners of a value were counted.
    seen: HashSet<(u8, u32, u32)>,
}

#[derive(Clone, Debug)]
enum Block {
    Open(Vec<u32>),
    /// Too large: its members stand under keys joined with their second key.
    Split,
}

impl Index {
    /// An index of records with the base of a full run, or [`Index::usual_base`] for a small case.
    #[must_use]
    pub fn new(mut records: Records, base: Base) -> Self {
        records.values.open();
        let weights = Weights::new(records.kind, records.len());
        let mut index = Self { records, base, weights, blocks: HashMap::new(), seen: HashSet::new() };
        for record in 0..index.count() {
            index.records.count_one(record, &mut index.seen, false);
            index.insert(record);
        }
        index
    }

    /// The base before anything was learned, for a case of this many records.
    #[must_use]
    pub fn usual_base(kind: Kind, records: usize) -> Base {
        Base::new(kind, records, super::model::PRIOR_PAIRS_PER_RECORD)
    }

    /// The records.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }

    fn count(&self) -> u32 {
        u32::try_from(self.records.len()).unwrap_or(u32::MAX)
    }

    /// Adds a record (cells in the order of the table's columns) and returns its number.
    ///
    /// # Errors
    /// An empty or repeated id; nothing is added.
    pub fn add<'a>(&mut self, cells: impl Fn(usize) -> &'a str) -> Result<u32, RecordError> {
        let record = self.records.push(cells)?;
        self.records.count_one(record, &mut self.seen, true);
        self.insert(record);
        self.weights = Weights::new(self.records.kind, self.records.len());
        self.base = Base::new(self.records.kind, self.records.len(), self.base.pairs_per_record);
        Ok(record)
    }

    /// The records that resemble this one, best first, from [`LIST_FROM`] up.
    #[must_use]
    pub fn resembling(&self, record: u32) -> Vec<Resemblance> {
        let mut others: Vec<u32> = Vec::new();
        for (rule, key) in self.keys(record) {
            let members = match self.blocks.get(&(rule, key)) {
                Some(Block::Open(members)) => members,
                Some(Block::Split) => {
                    let second = split_key(key, second_key(&self.records, record, rule));
                    match self.blocks.get(&(rule, second)) {
                        Some(Block::Open(members)) => members,
                        _ => continue,
                    }
                }
                None => continue,
            };
            let at = members.partition_point(|m| *m < record);
            let (before, after) = (&members[..at], &members[at..]);
            if members.len() > LARGEST_BLOCK {
                others.extend(&before[before.len().saturating_sub(WINDOW)..]);
                others.extend(after.iter().take(WINDOW + 1));
            } else {
                others.extend(members);
            }
        }
        others.sort_unstable();
        others.dedup();
        let mut found: Vec<Resemblance> = others
            .into_iter()
            .filter(|other| *other != record)
            .map(|other| Resemblance { record: other, score: self.score(record, other) })
            .filter(|found| found.score >= LIST_FROM)
            .collect();
        found.sort_unstable_by_key(|f| (std::cmp::Reverse(f.score), f.record));
        found
    }

    fn score(&self, a: u32, b: u32) -> Millibits {
        self.base.millibits + self.weights.sum(&self.records, a.min(b), a.max(b))
    }

    /// Why two records have their score.
    #[must_use]
    pub fn explain(&self, a: u32, b: u32) -> Explanation {
        explain::explain(&self.records, &self.weights, self.base, a.min(b), a.max(b))
    }

    /// The rules under which a record has a key, with it.
    fn keys(&self, record: u32) -> Vec<(usize, u32)> {
        let keys = &self.records.keys;
        keys.rules().iter().copied().zip(keys.of(record).iter().copied()).filter(|(_, key)| *key != 0).collect()
    }

    fn insert(&mut self, record: u32) {
        for (rule, key) in self.keys(record) {
            let second = |r: u32| split_key(key, second_key(&self.records, r, rule));
            let moved = match self.blocks.entry((rule, key)).or_insert_with(|| Block::Open(Vec::new())) {
                Block::Open(members) if members.len() < LARGEST_BLOCK => {
                    members.push(record);
                    continue;
                }
                block => match std::mem::replace(block, Block::Split) {
                    Block::Open(mut members) => {
                        members.push(record);
                        members
                    }
                    Block::Split => vec![record],
                },
            };
            for member in moved {
                let block = self.blocks.entry((rule, second(member))).or_insert_with(|| Block::Open(Vec::new()));
                if let Block::Open(members) = block {
                    members.push(member);
                }
            }
        }
    }
}
