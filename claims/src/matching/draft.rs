//! Some records on their way into the dictionaries: normalised, hashed, not yet numbered.
//!
//! Looking up a value waits for memory, several times over. Where many records are at hand, all their look-ups can wait
//! together: [`super::intern::Interner::foresee`] asks for everything that numbering them is going to touch.

use super::{columns::Kind, intern, normalise::phrase, text};

/// How many records are numbered at once: enough for memory to be busy, few enough to stay in the fastest cache.
#[cfg(feature = "matching-files")]
pub(super) const BATCH: usize = 128;

/// The drafted values of a party, in their order.
pub(super) mod party {
    pub const NAME: usize = 0;
    pub const CONTACT: usize = 1;
    pub const EMAIL: usize = 2;
    pub const FIRM: usize = 3;
    pub const MAILBOX: usize = 4;
    pub const PHONE: usize = 5;
    pub const WEBSITE: usize = 6;
    pub const STREET: usize = 7;
    pub const TAX_ID: usize = 8;
    pub const BIRTH_DATE: usize = 9;
    pub const DRAFTED: usize = 10;
}

/// The drafted values of a line, in their order.
pub(super) mod line {
    pub const ARTIST: usize = 0;
    pub const TITLE: usize = 1;
    pub const ALBUM: usize = 2;
    pub const CATALOG: usize = 3;
    pub const GTIN: usize = 4;
    pub const ISRC: usize = 5;
    pub const LENGTH: usize = 6;
    pub const TRACK: usize = 7;
    pub const DRAFTED: usize = 8;
}

/// How many values of a record are drafted.
pub(super) const fn drafted(kind: Kind) -> usize {
    match kind {
        Kind::Claimants => party::DRAFTED,
        Kind::Lines => line::DRAFTED,
    }
}

/// The canonical values of some records, so many a record.
#[derive(Clone, Debug, Default)]
pub(super) struct Drafts {
    text: String,
    values: Vec<Draft>,
    /// Hashes of the words of the phrase that most often has words of its own: the name of a party, the title of a line.
    words: Vec<u32>,
}

/// Where a value stands, and its hash.
#[derive(Clone, Copy, Debug)]
struct Draft {
    start: u32,
    end: u32,
    hash: u32,
}

impl Drafts {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.values.clear();
        self.words.clear();
    }

    /// Adds the next value.
    #[inline]
    pub(super) fn push(&mut self, canonical: &str) {
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        if canonical.is_empty() {
            // Nothing is looked up for it.
            self.values.push(Draft { start, end: start, hash: 0 });
            return;
        }
        self.text.push_str(canonical);
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.values.push(Draft { start, end, hash: intern::short(canonical) });
    }

    /// Adds the next value, a phrase whose words are to be foreseen as well.
    pub(super) fn push_phrase(&mut self, canonical: &str) {
        self.push(canonical);
        self.words.extend(text::split(phrase::words_of(canonical), b' ').map(intern::short));
    }

    /// A value and its hash.
    pub(super) fn get(&self, value: usize) -> (&str, u32) {
        self.of(&self.values[value])
    }

    fn of(&self, draft: &Draft) -> (&str, u32) {
        (&self.text[draft.start as usize..draft.end as usize], draft.hash)
    }
}

/// Drafted values by field, those of all records one after another.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// All drafts.
    pub(super) drafts: &'a Drafts,
    /// The place of the first field among the values of a record.
    pub(super) first: usize,
    /// How many values a record has.
    pub(super) width: usize,
}

impl<'a> Fields<'a> {
    /// A field of each record.
    pub(super) fn of(self, field: usize) -> Drafted<'a> {
        let Self { drafts, first, width } = self;
        Drafted { drafts, values: drafts.values.get(first + field..).unwrap_or_default(), width }
    }

    /// The hashes of the words of all phrases.
    pub(super) fn words(self) -> impl Iterator<Item = u32> + Clone + 'a {
        self.drafts.words.iter().copied()
    }
}

/// One drafted field of some records.
#[derive(Clone, Copy)]
pub(super) struct Drafted<'a> {
    drafts: &'a Drafts,
    values: &'a [Draft],
    width: usize,
}

impl<'a> Drafted<'a> {
    /// The text and the hash of each record.
    pub(super) fn values(self) -> impl Iterator<Item = (&'a str, u32)> {
        self.values.iter().step_by(self.width).map(move |draft| self.drafts.of(draft))
    }

    /// The text of each record.
    pub(super) fn texts(self) -> impl Iterator<Item = &'a str> {
        self.values().map(|(text, _)| text)
    }

    /// The hash of each record.
    pub(super) fn hashes(self) -> impl Iterator<Item = u32> + Clone + 'a {
        self.values.iter().step_by(self.width).map(|draft| draft.hash)
    }
}
