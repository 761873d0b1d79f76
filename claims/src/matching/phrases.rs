//! The book of phrases: every distinct name or title once, with its words, and how two of them agree.

use super::{
    alignment::{self, Alignment},
    codes,
    intern::{self, Interner},
    normalise::phrase::{self, MOST_WORDS, Marks, ORGANISATION},
    text,
    word::{self, Member},
};
use std::ops::ControlFlow;

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

/// What is known of a phrase, in one place in memory.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Where its words start in `members`, and how many there are.
    start: u32,
    words: u8,
    marks: Marks,
    /// Hash of the sorted words: equal for the same words in any order.
    key: u32,
    /// Hash of the first word.
    first: u32,
    /// How many different things bear it, as far as can be told.
    bearers: u32,
    /// What [`Phrases::expected`] gave when bearers were last counted.
    expected: f32,
    /// Letters and bytes of all words.
    letters: u32,
    bytes: u8,
}

/// Distinct phrases with the words they are made of; phrase 0 is the empty one.
#[derive(Clone, Debug)]
pub struct Phrases {
    words: Interner,
    /// How many bearers each word has.
    word_bearers: Vec<u32>,
    /// How many bearers there are in all.
    all_bearers: u32,
    /// Among how many records bearers were counted last, while nothing was added since.
    counted: Option<f64>,
    known_words: Vec<word::Known>,
    phrases: Interner,
    known: Vec<Known>,
    members: Vec<Member>,
}

impl Default for Phrases {
    fn default() -> Self {
        // The empty text has number 0 in every book of texts.
        let mut book = Self {
            words: Interner::default(),
            word_bearers: vec![0],
            all_bearers: 0,
            counted: None,
            known_words: vec![word::Known::of("", intern::short(""))],
            phrases: Interner::default(),
            known: Vec::new(),
            members: Vec::new(),
        };
        book.known.push(Known::default());
        book
    }
}

impl Phrases {
    /// The numbers of some canonical phrases, given with their hashes: what one look-up waits for is asked for for all of them.
    pub(super) fn add_all<'a>(
        &mut self,
        hashes: &[u32],
        texts: impl Iterator<Item = &'a str> + Clone,
        mut numbered: impl FnMut(usize, u32),
    ) {
        let mut fresh = Fresh::of(hashes.len());
        let mut known = self.known.len();
        let mut of_fresh = texts.clone().enumerate();
        self.phrases.intern_all(hashes, texts, |nth, id| {
            numbered(nth, id);
            if id as usize == known {
                known += 1;
                fresh.add(of_fresh.find(|(place, _)| *place == nth).map_or("", |(_, text)| text));
            }
            ControlFlow::Continue(())
        });
        self.learn(&fresh);
    }

    /// Loads what is known of these phrases.
    pub(super) fn foresee_known(&self, phrases: impl Iterator<Item = u32>) {
        std::hint::black_box(phrases.fold(0, |seen, id| seen ^ self.known[id as usize].key));
    }

    /// Makes room for this many distinct phrases.
    pub fn reserve(&mut self, phrases: usize) {
        self.phrases.reserve(phrases);
    }

    fn learn(&mut self, fresh: &Fresh) {
        let mut words = Vec::with_capacity(fresh.words.len());
        self.words.intern_all(&fresh.hashes, fresh.words.iter().copied(), |nth, id| {
            if id as usize == self.known_words.len() {
                self.known_words.push(word::Known::of(fresh.words[nth], fresh.hashes[nth]));
                self.word_bearers.push(0);
            }
            words.push(id);
            ControlFlow::Continue(())
        });
        std::hint::black_box(words.iter().fold(0, |seen, word| seen ^ self.known_words[*word as usize].hash));
        let mut words = words.into_iter();
        for (marks, count) in &fresh.phrases {
            let start = self.members.len();
            let mut sorted = [0; MOST_WORDS];
            let sorted = &mut sorted[..*count];
            let (mut letters, mut bytes) = (0, 0);
            for (sorted, word) in sorted.iter_mut().zip(&mut words) {
                let known = &self.known_words[word as usize];
                self.members.push(Member { word, shape: known.shape });
                *sorted = known.hash;
                letters |= known.letters();
                bytes += known.shape.bytes();
            }
            let first = sorted.first().copied().unwrap_or(0);
            sorted.sort_unstable();
            let key = sorted.iter().fold(0, |key, word| text::mix(key ^ u64::from(*word)));
            self.known.push(Known {
                start: u32::try_from(start).unwrap_or(u32::MAX),
                words: u8::try_from(*count).unwrap_or(u8::MAX),
                marks: *marks,
                key: u32::try_from(key >> 32).unwrap_or(0),
                first,
                bearers: 0,
                expected: 0.0,
                letters,
                bytes: u8::try_from(bytes).unwrap_or(u8::MAX),
            });
        }
    }

    fn span(&self, id: u32) -> std::ops::Range<usize> {
        let known = &self.known[id as usize];
        let start = known.start as usize;
        start..start + usize::from(known.words)
    }

    /// The words of a phrase.
    #[inline]
    #[must_use]
    pub fn members(&self, id: u32) -> &[Member] {
        &self.members[self.span(id)]
    }

    /// A word by its number.
    #[inline]
    #[must_use]
    pub fn word(&self, word: u32) -> &str {
        self.words.text(word)
    }

    /// How many bearers a word has.
    #[must_use]
    pub fn word_bearers(&self, word: u32) -> u32 {
        self.word_bearers[word as usize]
    }

    /// Hash of a word.
    #[must_use]
    pub fn word_hash(&self, word: u32) -> u32 {
        self.known_words[word as usize].hash
    }

    /// The distinctive words of a phrase, as people read them.
    #[must_use]
    pub fn text(&self, id: u32) -> &str {
        phrase::words_of(self.phrases.text(id))
    }

    /// What is set apart from the words.
    #[inline]
    #[must_use]
    pub fn marks(&self, id: u32) -> Marks {
        self.known[id as usize].marks
    }

    /// Hash of the words in any order.
    #[inline]
    #[must_use]
    pub fn key(&self, id: u32) -> u32 {
        self.known[id as usize].key
    }

    /// Hash of the first word, 0 where there is none.
    #[inline]
    #[must_use]
    pub fn first(&self, id: u32) -> u32 {
        self.known[id as usize].first
    }

    /// Whether a phrase has the words of one of another book, in the same order.
    pub(super) fn reads_as(&self, id: u32, book: &Self, other: u32) -> bool {
        // The keys are at hand, and hardly ever the same.
        self.key(id) == book.key(other) && self.text(id) == book.text(other)
    }

    /// Whether the phrase names an organisation.
    #[inline]
    #[must_use]
    pub fn is_organisation(&self, id: u32) -> bool {
        self.known[id as usize].marks.descriptors & ORGANISATION != 0
    }

    /// How many distinct phrases there are, the empty one included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether no phrase was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.len() <= 1
    }

    /// How many others among `total` records are expected to bear the phrase by chance: how many different bearers were seen
    /// besides one, or what the frequencies of its words give if they combine freely (a rare bearer of two common names is
    /// still common).
    #[inline]
    #[must_use]
    pub fn expected(&self, id: u32, total: f64) -> f32 {
        if self.counted == Some(total) {
            return self.known[id as usize].expected;
        }
        self.expected_now(&self.known[id as usize], total)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a count of records needs no more than seven figures")]
    fn expected_now(&self, known: &Known, total: f64) -> f32 {
        /// Imagined bearers of other words: in a handful of records every word is frequent without being common.
        const IMAGINED: f64 = 100.0;
        let seen = f64::from(known.bearers.saturating_sub(1));
        let all = f64::from(self.all_bearers) + IMAGINED;
        let start = known.start as usize;
        let members = &self.members[start..start + usize::from(known.words)];
        let free = members
            .iter()
            .fold(total, |product, member| product * f64::from(self.word_bearers[member.word as usize].max(1)) / all);
        seen.max(free) as f32
    }

    /// The same for two phrases that agree: as common as the commoner one.
    #[must_use]
    pub fn expected_of_both(&self, a: u32, b: u32, total: f64) -> f32 {
        let expected = self.expected(a, total);
        if a == b { expected } else { expected.max(self.expected(b, total)) }
    }

    /// Counts the bearers of each phrase from `(phrase, bearer)` pairs, bearer as any stable number: two records of one name
    /// and one e-mail are one bearer; `total` is the number of records.
    pub fn count_bearers(&mut self, pairs: &(impl Iterator<Item = (u32, u32)> + Clone), total: f64) {
        let bearers = codes::count_distinct(pairs, self.known.len());
        self.word_bearers.fill(0);
        self.all_bearers = bearers.iter().sum();
        for (known, bearers) in self.known.iter_mut().zip(bearers) {
            known.bearers = bearers;
            let start = known.start as usize;
            for member in &self.members[start..start + usize::from(known.words)] {
                self.word_bearers[member.word as usize] += bearers;
            }
        }
        // All at once memory answers many at a time; pair by pair each would be waited for.
        let expected: Vec<f32> = self.known.iter().map(|known| self.expected_now(known, total)).collect();
        for (known, expected) in self.known.iter_mut().zip(expected) {
            known.expected = expected;
        }
        self.counted = Some(total);
    }

    /// Notes that a phrase has one more bearer.
    pub fn one_more_bearer(&mut self, id: u32) {
        self.counted = None;
        self.known[id as usize].bearers += 1;
        self.all_bearers += 1;
        for i in self.span(id) {
            self.word_bearers[self.members[i].word as usize] += 1;
        }
    }

    /// How two phrases agree.
    #[must_use]
    pub fn agreement(&self, a: u32, b: u32) -> Agreement {
        let (x, y) = (&self.known[a as usize], &self.known[b as usize]);
        if a == b || x.key == y.key {
            return Agreement::Same;
        }
        let (left, right) = (self.members(a), self.members(b));
        let may_run_together = alignment::may_run_together((x.bytes, x.letters), (y.bytes, y.letters));
        if !may_run_together && !left.iter().any(|l| right.iter().any(|r| self.may_be_one(l, r))) {
            return Agreement::Different;
        }
        let (left, right) = if left.len() <= right.len() { (left, right) } else { (right, left) };
        Alignment::of(self, left, right).verdict(self, left, right, may_run_together)
    }

    /// Whether two phrases are the same but for initials, nicknames, slips and spaces: whether they agree as [`Agreement::Near`] or better. Most
    /// pairs are seen not to without finding out which word belongs to which.
    #[must_use]
    pub fn are_near(&self, a: u32, b: u32) -> bool {
        let (x, y) = (&self.known[a as usize], &self.known[b as usize]);
        if a == b || x.key == y.key {
            return true;
        }
        let (left, right) = (self.members(a), self.members(b));
        let (left, right) = if left.len() <= right.len() { (left, right) } else { (right, left) };
        let may_run_together = alignment::may_run_together((x.bytes, x.letters), (y.bytes, y.letters));
        // Of the longer one only initials may be left over, and initials and nicknames alone make no name the same.
        let may_align = || {
            right.iter().filter(|word| !word.shape.single).count() <= left.len()
                && left.iter().any(|l| right.iter().any(|r| may_be_misspelt(l, r)))
        };
        (may_run_together || may_align())
            && Alignment::of(self, left, right).verdict(self, left, right, may_run_together) <= Agreement::Near
    }

    /// Whether two words may be used for one another in any way.
    fn may_be_one(&self, left: &Member, right: &Member) -> bool {
        left.shape.may_be_initial(right.shape) || may_be_misspelt(left, right) || self.are_nicknames(left, right)
    }

    /// Whether two words are given names used for one another.
    pub(super) fn are_nicknames(&self, left: &Member, right: &Member) -> bool {
        left.shape.has_nicknames
            && right.shape.has_nicknames
            && self.known_words[left.word as usize].are_nicknames(&self.known_words[right.word as usize])
    }

    /// Loads what comparing these phrases will look at, as [`Interner::intern_all`] does for numbering them.
    pub(super) fn foresee_compared(&self, phrases: impl Iterator<Item = u32> + Clone) {
        let starts = phrases.map(|id| self.known[id as usize].start as usize);
        let first = |start: usize| self.members.get(start).map_or(0, |member| member.word);
        std::hint::black_box(starts.fold(0, |seen, start| seen ^ first(start)));
    }

    /// Gives back the room for looking phrases up, until the next one is added.
    pub(super) fn close(&mut self) {
        self.words.close();
        self.phrases.close();
    }

    /// Makes phrases ready to be looked up again.
    pub(super) fn open(&mut self) {
        self.words.open();
        self.phrases.open();
    }
}

/// Whether two words may be the same but for slips of the keys.
fn may_be_misspelt(left: &Member, right: &Member) -> bool {
    let (x, y) = (left.shape, right.shape);
    x.may_be_spelt_as(y) && (left.word == right.word || x.may_slip(y))
}

/// Phrases that are new, taken apart: they wait for what is known of their words together.
struct Fresh<'a> {
    /// Their marks, and how many words each has.
    phrases: Vec<(Marks, usize)>,
    words: Vec<&'a str>,
    hashes: Vec<u32>,
}

impl<'a> Fresh<'a> {
    /// Room for so many phrases.
    fn of(phrases: usize) -> Self {
        /// Words of a phrase, more than most have.
        const WORDS: usize = 4;
        let room = phrases * WORDS;
        Self { phrases: Vec::with_capacity(phrases), words: Vec::with_capacity(room), hashes: Vec::with_capacity(room) }
    }

    fn add(&mut self, canonical: &'a str) {
        let (words, marks) = phrase::parse(canonical);
        let before = self.words.len();
        for word in phrase::words(words) {
            self.words.push(word);
            self.hashes.push(intern::short(word));
        }
        self.phrases.push((marks, self.words.len() - before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The short way to the answer gives the same answer.
        #[test]
        fn phrases_are_near_as_they_agree(
            left in "(olivia|olivai|bob|robert|o|w|wright|wrigth|rober|tbrown|brown|robertbrown)( (olivia|olivai|bob|robert|o|w|wright|wrigth|brown|rober|tbrown)){0,3}",
            right in "(olivia|olivai|bob|robert|o|w|wright|wrigth|rober|tbrown|brown|robertbrown)( (olivia|olivai|bob|robert|o|w|wright|wrigth|brown|rober|tbrown)){0,3}",
        ) {
            let texts = [left.as_str(), right.as_str()];
            let mut book = Phrases::default();
            let mut numbers = Vec::new();
            book.add_all(&texts.map(intern::short), texts.into_iter(), |_, number| numbers.push(number));
            prop_assert_eq!(
                book.are_near(numbers[0], numbers[1]),
                book.agreement(numbers[0], numbers[1]) <= Agreement::Near
            );
        }
    }
}
