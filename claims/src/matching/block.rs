//! Blocking: which pairs are compared at all (Fellegi & Sunter 1969, §3; Christen 2012, ch. 4).
//!
//! A record has one key for each of several blocking rules; two records are compared when a key agrees. A pair that agrees
//! in several keys is compared under the first only, which is seen from the keys themselves, so that no set of pairs has to
//! be kept. A block too large is split by a second key; what is still too large is compared within a sliding window
//! (sorted neighbourhood: Hernández & Stolfo 1995) and the report says how many pairs that left out.

use super::{
    keys::{second_key, split_key},
    records::Records,
    text, threads,
};
use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, Hasher},
};

/// More records than this with one key are split by the second key.
pub const LARGEST_BLOCK: usize = 60;
/// How many neighbours a record is compared with in a block that is still too large.
pub const WINDOW: usize = 30;

/// What blocking did, for the report.
#[derive(Clone, Debug, Default)]
pub struct BlockingReport {
    /// One a rule.
    pub rules: Vec<RuleReport>,
}

/// What one rule did.
#[derive(Clone, Debug, Default)]
pub struct RuleReport {
    /// Its name.
    pub rule: &'static str,
    /// Records with a key.
    pub records: u64,
    /// Pairs compared under this rule first.
    pub compared: u64,
    /// Blocks split by the second key.
    pub split_blocks: u64,
    /// Blocks still too large, compared within a window.
    pub capped_blocks: u64,
    /// Pairs that the window left out.
    pub left_out: u64,
}

impl RuleReport {
    /// Nothing yet.
    #[must_use]
    pub fn new(rule: &'static str) -> Self {
        Self { rule, ..Self::default() }
    }
}

/// A run of records with one key; in a capped block each record meets only its next [`WINDOW`] neighbours.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Position of the first entry.
    pub start: usize,
    /// Position after the last entry.
    pub end: usize,
    /// Whether only neighbours are compared.
    pub capped: bool,
}

/// The keys of all records, and the blocks of one rule after another.
pub struct Blocks<'a> {
    records: &'a Records,
    /// Rules and keys of the blocks that were split, and of what is still too large after that.
    split: KeySet,
    capped: KeySet,
    /// Bits of the keys in `split`: hardly any key was split, and its bit says so at once.
    may_be_split: Vec<u64>,
}

/// Bits for keys that were split.
const SPLIT_BITS: usize = 1 << 16;

/// Where the bit of a key stands among these words, whose number is a power of two. Keys are hashes already.
fn bit_of(key: u32, words: &[u64]) -> (usize, u64) {
    ((key >> 6) as usize & (words.len() - 1), 1 << (key & 63))
}

/// Keys with their rule. Keys are hashes already.
type KeySet = HashSet<u64, BuildHasherDefault<AsIs>>;

#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = text::hash(bytes);
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key.rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn with_rule(rule: usize, key: u32) -> u64 {
    (rule as u64) << 32 | u64::from(key)
}

impl<'a> Blocks<'a> {
    /// The keys of all records.
    #[must_use]
    pub fn new(records: &'a Records) -> Self {
        let may_be_split = vec![0; SPLIT_BITS / 64];
        Self { records, split: KeySet::default(), capped: KeySet::default(), may_be_split }
    }

    /// Whether a pair already met under a rule in use before the one of this place.
    #[inline]
    #[must_use]
    pub fn met_before(&self, a: u32, b: u32, nth: usize) -> bool {
        let row = |r: u32| &self.records.keys.of(r)[..nth];
        let (keys, others) = (row(a), row(b));
        // Most pairs share no other key, and finding that out without a branch for each key is what costs least.
        let shares = keys.iter().zip(others).fold(false, |shares, (x, y)| shares | (x == y) & (*x != 0));
        shares && self.met_under_a_key(a, b, keys, others)
    }

    /// Whether records of these keys met under one that they share.
    #[inline(never)]
    fn met_under_a_key(&self, a: u32, b: u32, keys: &[u32], others: &[u32]) -> bool {
        let mut of_rules = keys.iter().zip(others).zip(self.records.keys.rules());
        of_rules.any(|((key, other), rule)| key == other && *key != 0 && self.met(a, b, *rule, *key))
    }

    /// Whether two records of one key met under it: they did unless its block was split between them, or capped.
    fn met(&self, a: u32, b: u32, rule: usize, key: u32) -> bool {
        let (word, bit) = bit_of(key, &self.may_be_split);
        if self.may_be_split[word] & bit == 0 || !self.split.contains(&with_rule(rule, key)) {
            return true;
        }
        let second = |r| split_key(key, second_key(self.records, r, rule));
        // Neighbours in a capped block may have met; that they may meet again under a later rule does no harm.
        second(a) == second(b) && !self.capped.contains(&with_rule(rule, second(a)))
    }

    /// The entries of the rule in use of this place as sorted records, and its blocks of two or more.
    pub fn of_rule(&mut self, nth: usize, report: &mut RuleReport) -> (Vec<u32>, Vec<Block>) {
        let rule = self.records.keys.rules()[nth];
        let keys = (0_u32..).zip(self.records.keys.under(nth)).filter(|(_, key)| *key != 0);
        let mut often = Often::new(self.records.len());
        report.records = keys.clone().inspect(|(_, key)| often.note(*key)).count() as u64;
        let entries = keys.filter(|(_, key)| often.may_repeat(*key));
        let mut entries: Vec<u64> = entries.map(|(record, key)| u64::from(key) << 32 | u64::from(record)).collect();
        threads::sort(&mut entries);
        let mut split: Vec<u64> = Vec::new();
        let mut blocks = Vec::new();
        let mut members: Vec<u32> = Vec::new();
        for run in entries.chunk_by(|a, b| a >> 32 == b >> 32) {
            if run.len() > LARGEST_BLOCK {
                report.split_blocks += 1;
                self.split.insert(with_rule(rule, high(run[0])));
                let (word, bit) = bit_of(high(run[0]), &self.may_be_split);
                self.may_be_split[word] |= bit;
                split.extend(run.iter().map(|entry| {
                    let record = low(*entry);
                    let second = second_key(self.records, record, rule);
                    u64::from(split_key(high(*entry), second)) << 32 | u64::from(record)
                }));
            } else if run.len() > 1 {
                push_block(&mut blocks, &mut members, run, false);
            }
        }
        drop(entries);
        split.sort_unstable();
        for run in split.chunk_by(|a, b| a >> 32 == b >> 32) {
            let capped = run.len() > LARGEST_BLOCK;
            if capped {
                self.capped.insert(with_rule(rule, high(run[0])));
                report.capped_blocks += 1;
                let n = run.len() as u64;
                let window = WINDOW as u64;
                report.left_out += n * (n - 1) / 2 - (window * n - window * (window + 1) / 2);
            }
            if run.len() > 1 {
                push_block(&mut blocks, &mut members, run, capped);
            }
        }
        (members, blocks)
    }
}

/// Which keys occur more than once, as far as a few bits tell (after Bloom 1970): most keys occur once, make no block, and need
/// not be sorted. A key that shares its bit with another is taken along without harm.
struct Often {
    once: Vec<u64>,
    again: Vec<u64>,
}

impl Often {
    fn new(keys: usize) -> Self {
        let words = (keys / 8).next_power_of_two();
        Self { once: vec![0; words], again: vec![0; words] }
    }

    fn note(&mut self, key: u32) {
        let (word, bit) = bit_of(key, &self.once);
        self.again[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }

    fn may_repeat(&self, key: u32) -> bool {
        let (word, bit) = bit_of(key, &self.once);
        self.again[word] & bit != 0
    }
}

fn push_block(blocks: &mut Vec<Block>, members: &mut Vec<u32>, run: &[u64], capped: bool) {
    let start = members.len();
    members.extend(run.iter().map(|entry| low(*entry)));
    blocks.push(Block { start, end: members.len(), capped });
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
fn low(entry: u64) -> u32 {
    entry as u32
}

fn high(entry: u64) -> u32 {
    low(entry >> 32)
}
