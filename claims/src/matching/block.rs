//! Blocking: which pairs are compared at all (Fellegi & Sunter 1969, §3; Christen 2012, ch. 4).
//!
//! A record has one key for each of several blocking rules; two records are compared when a key agrees. A pair that agrees
//! in several keys is compared under the first only, which is seen from the keys themselves, so that no set of pairs has to
//! be kept. A block too large is split by a second key; what is still too large is compared within a sliding window
//! (sorted neighbourhood: Hernández & Stolfo 1995) and the report says how many pairs that left out.

use super::{
    columns::Kind,
    intern::MISSING,
    phrases::Phrases,
    records::{GtinKind, Party, Records, Release},
    text::mix,
    values::Values,
};
use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, Hasher},
};

/// More records than this with one key are split by the second key.
pub const LARGEST_BLOCK: usize = 60;
/// How many neighbours a record is compared with in a block that is still too large.
pub const WINDOW: usize = 30;

/// Names of the rules for claimants, in the order of [`keys`].
pub const CLAIMANT_RULES: [&str; 12] = [
    "tax number",
    "e-mail",
    "telephone",
    "door",
    "name",
    "mailbox",
    "firm",
    "birth date",
    "first word and postcode",
    "last word and birth year",
    "first word and birth year",
    "last word, initial and postcode",
];
/// Names of the rules for lines, in the order of [`keys`].
pub const LINE_RULES: [&str; 11] = [
    "barcode",
    "recording code",
    "catalogue number",
    "title and artist",
    "title",
    "artist and year",
    "artist and title start",
    "album and track",
    "title start and label",
    "title start and length",
    "longest words of title and album",
];

/// The most rules any kind has.
pub const MOST_RULES: usize = 12;

/// How many rules a kind has.
#[must_use]
pub fn rules(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Claimants => &CLAIMANT_RULES,
        Kind::Lines => &LINE_RULES,
    }
}

/// The blocking keys of a record, 0 where a rule does not apply.
pub fn keys(records: &Records, record: u32, out: &mut [u32]) {
    let i = record as usize;
    match records.kind {
        Kind::Claimants => claimant_keys(&records.values, &records.parties[i], out),
        Kind::Lines => line_keys(&records.values, &records.releases[i], out),
    }
}

/// The second key of a record under a rule, for blocks that are too large.
#[must_use]
pub fn second_key(records: &Records, record: u32, rule: usize) -> u32 {
    let i = record as usize;
    match records.kind {
        Kind::Claimants => {
            let (v, p) = (&records.values, &records.parties[i]);
            match rule {
                // Many names at one e-mail, telephone, door or firm: an agent; only equal names are of interest.
                0..=3 | 5 | 6 => v.names.key(p.name),
                // Many bearers of one name: those of one place.
                4 => v.postcodes.hash(p.postcode) ^ v.cities.hash(p.city).rotate_left(7),
                _ => v.names.key(p.name),
            }
        }
        Kind::Lines => {
            let (v, r) = (&records.values, &records.releases[i]);
            match rule {
                0..=2 => v.titles.key(r.title),
                3 => v.labels.key(r.label),
                4 => v.artists.key(r.artist),
                _ => v.titles.key(r.title),
            }
        }
    }
}

/// The key of a record in a block that was split.
#[must_use]
pub fn split_key(key: u32, second: u32) -> u32 {
    join(100, &[key.max(1), second.max(1)])
}

/// A key from parts, of which none may be missing (0).
fn join(rule: u32, parts: &[u32]) -> u32 {
    let mut state = u64::from(rule) + 1;
    for part in parts {
        if *part == 0 {
            return 0;
        }
        state = mix(state ^ u64::from(*part));
    }
    u32::try_from(state >> 32).unwrap_or(0).max(1)
}

fn first_word(book: &Phrases, id: u32) -> u32 {
    book.members(id).first().map_or(0, |m| book.word_hash(m.word).max(1))
}

fn last_word(book: &Phrases, id: u32) -> u32 {
    book.members(id).last().map_or(0, |m| book.word_hash(m.word).max(1))
}

fn start(book: &Phrases, id: u32, letters: usize) -> u32 {
    let mut state = 0_u64;
    for c in book.text(id).chars().filter(|c| *c != ' ').take(letters) {
        state = mix(state ^ u64::from(u32::from(c)));
    }
    if id == MISSING { 0 } else { u32::try_from(state >> 32).unwrap_or(0).max(1) }
}

fn claimant_keys(v: &Values, p: &Party, out: &mut [u32]) {
    let value = |id: u32, hash: u32| if id == MISSING { 0 } else { hash.max(1) };
    let birth_year = if p.birth_date == MISSING {
        0
    } else {
        u32::try_from(super::text::hash(&v.birth_dates.text(p.birth_date).as_bytes()[..4]) >> 32).unwrap_or(0).max(1)
    };
    let door = {
        let (number, street, _) = super::normalise::address::parts(v.streets.text(p.street));
        let hash = super::text::hash(number.as_bytes()) ^ super::text::hash(street.as_bytes()).rotate_left(9);
        if p.street == MISSING { 0 } else { u32::try_from(hash >> 32).unwrap_or(0).max(1) }
    };
    let name = if p.name == MISSING { 0 } else { v.names.key(p.name).max(1) };
    let first = first_word(&v.names, p.name);
    let last = last_word(&v.names, p.name);
    let words = v.names.members(p.name);
    let (first_of, last_of) = (words.first().map(|m| m.word), words.last().map(|m| m.word));
    out[0] = join(0, &[value(p.tax_id, v.tax_ids.hash(p.tax_id))]);
    out[1] = join(1, &[value(p.email, v.emails.hash(p.email))]);
    out[2] = join(2, &[value(p.phone, v.phones.hash(p.phone))]);
    out[3] = join(3, &[door]);
    out[4] = join(4, &[name]);
    out[5] = join(5, &[value(p.mailbox, v.mailboxes.hash(p.mailbox))]);
    out[6] = join(6, &[value(p.firm, v.firms.hash(p.firm))]);
    out[7] = join(7, &[value(p.birth_date, v.birth_dates.hash(p.birth_date))]);
    out[8] = join(8, &[first, initial(&v.names, last_of), value(p.postcode, v.postcodes.hash(p.postcode))]);
    out[9] = join(9, &[last, birth_year]);
    out[10] = join(10, &[first, birth_year]);
    out[11] = join(11, &[last, initial(&v.names, first_of), value(p.postcode, v.postcodes.hash(p.postcode))]);
}

/// The first letter of a word as a key.
fn initial(book: &Phrases, word: Option<u32>) -> u32 {
    word.and_then(|w| book.word(w).chars().next()).map_or(0, u32::from)
}

fn line_keys(v: &Values, r: &Release, out: &mut [u32]) {
    let value = |id: u32, hash: u32| if id == MISSING { 0 } else { hash.max(1) };
    let title = if r.title == MISSING { 0 } else { v.titles.key(r.title).max(1) };
    let artist = if r.artist == MISSING { 0 } else { v.artists.key(r.artist).max(1) };
    let album = if r.album == MISSING { 0 } else { v.albums.key(r.album).max(1) };
    out[0] = if r.gtin_kind == GtinKind::Cut { 0 } else { join(20, &[value(r.gtin, v.gtins.hash(r.gtin))]) };
    out[1] = join(21, &[value(r.isrc, v.isrcs.hash(r.isrc))]);
    out[2] = join(22, &[value(r.catalog, r.catalog_stem)]);
    out[3] = join(23, &[title, artist]);
    out[4] = join(24, &[title]);
    out[5] = join(25, &[artist, value(r.year, v.years.hash(r.year))]);
    out[6] = join(26, &[artist, start(&v.titles, r.title, 4)]);
    out[7] = join(27, &[album, value(r.track, v.tracks.hash(r.track))]);
    out[8] = join(28, &[start(&v.titles, r.title, 6), first_word(&v.labels, r.label)]);
    if r.length != MISSING {
        out[9] = join(29, &[start(&v.titles, r.title, 8), v.lengths.hash(r.length).max(1)]);
    }
    if r.album != MISSING {
        out[10] = join(30, &[longest_word(&v.titles, r.title), longest_word(&v.albums, r.album)]);
    }
}

/// The longest word of a phrase, by its hash among equals: a stand-in for its rarest, which is known only when all records are.
fn longest_word(book: &Phrases, id: u32) -> u32 {
    let longest = book.members(id).iter().max_by_key(|m| (book.word(m.word).len(), book.word_hash(m.word)));
    longest.map_or(0, |m| book.word_hash(m.word).max(1))
}

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
    width: usize,
    /// Rules and keys of the blocks that were split, and of what is still too large after that.
    split: KeySet,
    capped: KeySet,
}

/// Keys with their rule. Keys are hashes already.
type KeySet = HashSet<u64, BuildHasherDefault<AsIs>>;

#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = super::text::hash(bytes);
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
        let width = rules(records.kind).len();
        Self { records, width, split: KeySet::default(), capped: KeySet::default() }
    }

    /// Whether a pair already met under a rule before this one.
    #[must_use]
    pub fn met_before(&self, a: u32, b: u32, rule: usize) -> bool {
        let row = |r: u32| &self.records.keys[r as usize * self.width..][..rule];
        let (keys, others) = (row(a), row(b));
        // Most pairs share no other key, and finding that out without a branch for each key is what costs least.
        let shares = keys.iter().zip(others).fold(false, |shares, (x, y)| shares | (x == y) & (*x != 0));
        shares
            && (0..rule).any(|rule| keys[rule] == others[rule] && keys[rule] != 0 && self.met(a, b, rule, keys[rule]))
    }

    /// Whether two records of one key met under it: they did unless its block was split between them, or capped.
    fn met(&self, a: u32, b: u32, rule: usize, key: u32) -> bool {
        if !self.split.contains(&with_rule(rule, key)) {
            return true;
        }
        let second = |r| split_key(key, second_key(self.records, r, rule));
        // Neighbours in a capped block may have met; that they may meet again under a later rule does no harm.
        second(a) == second(b) && !self.capped.contains(&with_rule(rule, second(a)))
    }

    /// The entries of a rule as sorted records, and its blocks of two or more.
    pub fn of_rule(&mut self, rule: usize, report: &mut RuleReport) -> (Vec<u32>, Vec<Block>) {
        let keys = self.records.keys.iter().skip(rule).step_by(self.width);
        let entries = (0_u32..).zip(keys).filter(|(_, key)| **key != 0);
        let mut entries: Vec<u64> = entries.map(|(record, key)| u64::from(*key) << 32 | u64::from(record)).collect();
        report.records = entries.len() as u64;
        super::threads::sort(&mut entries);
        let mut split: Vec<u64> = Vec::new();
        let mut blocks = Vec::new();
        let mut members: Vec<u32> = Vec::new();
        for run in entries.chunk_by(|a, b| a >> 32 == b >> 32) {
            if run.len() > LARGEST_BLOCK {
                report.split_blocks += 1;
                self.split.insert(with_rule(rule, high(run[0])));
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
