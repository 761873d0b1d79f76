//! The book of phrases: every distinct name or title once, with its words, and how two of them agree.

use super::{
    alignment::Alignment,
    codes, distance,
    intern::{Interner, MISSING},
    normalise::phrase::{self, MOST_WORDS, Marks, ORGANISATION},
    text, words,
};

/// How two phrases agree, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// The same distinctive words.
    Same,
    /// The same but for a middle initial, an initial for a given name, or a nickname.
    Variant,
    /// The same but for slips of the keys, or words run together.
    Near,
    /// All words of the shorter occur in the longer, which has more.
    Contained,
    /// The last words agree, others contradict (a family name).
    Family,
    /// Some word agrees.
    Shared,
    /// Nothing agrees.
    Different,
}

/// What can be said of a word without looking at it again: rules out most words as misspellings of one another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    letters: u32,
    pub(super) bytes: u8,
    nicknames: [u8; 3],
}

impl Shape {
    fn of(word: &str) -> Self {
        Self {
            letters: distance::letters(word),
            bytes: u8::try_from(word.len()).unwrap_or(u8::MAX),
            nicknames: words::nickname_groups(word),
        }
    }

    pub(super) fn are_nicknames(self, other: Self) -> bool {
        self.nicknames[0] != 0 && self.nicknames.iter().any(|g| *g != 0 && other.nicknames.contains(g))
    }

    /// Whether one may be the other with slips of the keys.
    pub(super) fn may_slip(self, other: Self) -> bool {
        let limit = distance::slips(usize::from(self.bytes.min(other.bytes)));
        limit > 0
            && self.bytes.abs_diff(other.bytes) <= 6
            && distance::letters_allow(self.letters, other.letters, limit)
    }
}

/// Distinct phrases with the words they are made of.
#[derive(Clone, Debug, Default)]
pub struct Phrases {
    words: Interner,
    /// How many bearers each word has.
    word_bearers: Vec<u32>,
    /// How many bearers there are in all.
    all_bearers: u32,
    shapes: Vec<Shape>,
    phrases: Interner,
    /// Where the words of each phrase end in `members`.
    ends: Vec<u32>,
    members: Vec<u32>,
    marks: Vec<Marks>,
    /// Hash of the sorted words: equal for the same words in any order.
    keys: Vec<u32>,
    /// How many different things bear each phrase, as far as can be told.
    bearers: Vec<u32>,
}

impl Phrases {
    /// Notes one occurrence of a canonical phrase and returns its number.
    pub fn add(&mut self, canonical: &str) -> u32 {
        if self.ends.is_empty() {
            self.learn("");
        }
        if canonical.is_empty() {
            return MISSING;
        }
        let id = self.phrases.intern(canonical);
        if id as usize == self.ends.len() {
            self.learn(canonical);
        }
        id
    }

    /// Makes room for this many distinct phrases.
    pub fn reserve(&mut self, phrases: usize) {
        self.phrases.reserve(phrases);
    }

    fn learn(&mut self, canonical: &str) {
        let (text, marks) = phrase::parse(canonical);
        let start = self.members.len();
        for word in text.split(' ').filter(|w| !w.is_empty()) {
            let id = self.words.intern(word);
            self.members.push(id);
        }
        self.word_bearers.resize(self.words.len(), 0);
        for word in self.shapes.len()..self.words.len() {
            self.shapes.push(Shape::of(self.words.text(u32::try_from(word).unwrap_or(MISSING))));
        }
        let mut sorted = [0; MOST_WORDS];
        let n = self.members.len() - start;
        for (slot, word) in sorted.iter_mut().zip(&self.members[start..]) {
            *slot = self.words.hash(*word);
        }
        sorted[..n].sort_unstable();
        let mut key = 0_u64;
        for word in &sorted[..n] {
            key = text::mix(key ^ u64::from(*word));
        }
        self.ends.push(u32::try_from(self.members.len()).unwrap_or(u32::MAX));
        self.marks.push(marks);
        self.keys.push(u32::try_from(key >> 32).unwrap_or(0));
    }

    fn span(&self, id: u32) -> std::ops::Range<usize> {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        start..self.ends[id] as usize
    }

    /// The numbers of the words of a phrase.
    #[must_use]
    pub fn members(&self, id: u32) -> &[u32] {
        &self.members[self.span(id)]
    }

    /// A word by its number.
    #[must_use]
    pub fn word(&self, word: u32) -> &str {
        self.words.text(word)
    }

    /// How many bearers a word has.
    #[must_use]
    pub fn word_bearers(&self, word: u32) -> u32 {
        self.word_bearers[word as usize]
    }

    pub(super) fn shape(&self, word: u32) -> Shape {
        self.shapes[word as usize]
    }

    /// Hash of a word.
    #[must_use]
    pub fn word_hash(&self, word: u32) -> u32 {
        self.words.hash(word)
    }

    /// The distinctive words of a phrase, as people read them.
    #[must_use]
    pub fn text(&self, id: u32) -> &str {
        phrase::parse(self.phrases.text(id)).0
    }

    /// What is set apart from the words.
    #[must_use]
    pub fn marks(&self, id: u32) -> Marks {
        self.marks[id as usize]
    }

    /// Hash of the words in any order.
    #[must_use]
    pub fn key(&self, id: u32) -> u32 {
        self.keys[id as usize]
    }

    /// Whether the phrase names an organisation.
    #[must_use]
    pub fn is_organisation(&self, id: u32) -> bool {
        self.marks[id as usize].descriptors & ORGANISATION != 0
    }

    /// How many distinct phrases there are, the empty one included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no phrase was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.len() <= 1
    }

    /// How many others among `total` records are expected to bear the phrase by chance: how many different bearers were seen
    /// besides one, or what the frequencies of its words give if they combine freely (a rare bearer of two common names is
    /// still common).
    #[must_use]
    pub fn expected(&self, id: u32, total: f64) -> f64 {
        /// Imagined bearers of other words: in a handful of records every word is frequent without being common.
        const IMAGINED: f64 = 100.0;
        let seen = f64::from(self.bearers.get(id as usize).copied().unwrap_or(0).saturating_sub(1));
        let all = f64::from(self.all_bearers) + IMAGINED;
        let free = self
            .members(id)
            .iter()
            .fold(total, |product, word| product * f64::from(self.word_bearers[*word as usize].max(1)) / all);
        seen.max(free)
    }

    /// Counts the bearers of each phrase from `(phrase, bearer)` pairs, bearer as any stable number: two records of one name
    /// and one e-mail are one bearer.
    pub fn count_bearers(&mut self, pairs: impl Iterator<Item = (u32, u32)>) {
        self.bearers = codes::count_distinct(pairs, self.ends.len());
        self.word_bearers.fill(0);
        self.all_bearers = self.bearers.iter().sum();
        for id in 0..u32::try_from(self.ends.len()).unwrap_or(u32::MAX) {
            for i in self.span(id) {
                self.word_bearers[self.members[i] as usize] += self.bearers[id as usize];
            }
        }
    }

    /// Notes that a phrase has one more bearer.
    pub fn one_more_bearer(&mut self, id: u32) {
        self.bearers.resize(self.ends.len().max(self.bearers.len()), 0);
        self.bearers[id as usize] += 1;
        self.all_bearers += 1;
        for i in self.span(id) {
            self.word_bearers[self.members[i] as usize] += 1;
        }
    }

    /// How two phrases agree.
    #[must_use]
    pub fn agreement(&self, a: u32, b: u32) -> Agreement {
        if a == b || self.keys[a as usize] == self.keys[b as usize] {
            return Agreement::Same;
        }
        let (left, right) = (self.members(a), self.members(b));
        let (left, right) = if left.len() <= right.len() { (left, right) } else { (right, left) };
        Alignment::of(self, left, right).verdict(self, left, right)
    }
}
