//! The book of phrases: every distinct name or title once, with its words, and how two of them agree.

use super::{
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
struct Shape {
    letters: u32,
    bytes: u8,
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

    fn are_nicknames(self, other: Self) -> bool {
        self.nicknames[0] != 0 && self.nicknames.iter().any(|g| *g != 0 && other.nicknames.contains(g))
    }

    /// Whether one may be the other with slips of the keys.
    fn may_slip(self, other: Self) -> bool {
        let limit = distance::slips(usize::from(self.bytes.min(other.bytes)));
        limit > 0 && self.bytes.abs_diff(other.bytes) <= 6 && distance::letters_allow(self.letters, other.letters, limit)
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
        let free = self.members(id).iter().fold(total, |product, word| {
            product * f64::from(self.word_bearers[*word as usize].max(1)) / all
        });
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

/// Which words of the shorter phrase found a partner in the longer one.
struct Alignment {
    left_taken: u32,
    exact: u32,
    soft: u32,
    slipped: u32,
    left_open: usize,
    right_taken: u32,
    last_agrees: bool,
}

impl Alignment {
    fn of(book: &Phrases, left: &[u32], right: &[u32]) -> Self {
        let mut found =
            Self { left_taken: 0, exact: 0, soft: 0, slipped: 0, left_open: left.len(), right_taken: 0, last_agrees: false };
        let mut left_taken = 0_u32;
        for (i, word) in left.iter().enumerate() {
            let partner = right.iter().enumerate().position(|(j, other)| word == other && found.right_taken >> j & 1 == 0);
            if let Some(j) = partner {
                found.take(i, j, &mut left_taken);
                found.exact += 1;
                found.last_agrees |= i + 1 == left.len() && j + 1 == right.len();
            }
        }
        for (i, word) in left.iter().enumerate().filter(|(i, _)| left_taken >> i & 1 == 0).collect::<Few>() {
            for (j, other) in right.iter().enumerate() {
                if found.right_taken >> j & 1 == 1 {
                    continue;
                }
                let (x, y) = (book.shapes[word as usize], book.shapes[*other as usize]);
                let initial = x.bytes.min(y.bytes) <= 4 && is_initial_of(book.word(word), book.word(*other));
                if initial || x.are_nicknames(y) {
                    found.soft += 1;
                } else if x.may_slip(y) && is_slip(book.word(word), book.word(*other)) {
                    found.slipped += 1;
                    found.last_agrees |= i + 1 == left.len() && j + 1 == right.len();
                } else {
                    continue;
                }
                found.take(i, j, &mut left_taken);
                break;
            }
        }
        found.left_taken = left_taken;
        found
    }

    /// Whether both sides are left with a middle initial: `Emily H. Jones` is not `Emily A. Jones`.
    fn initials_contradict(&self, book: &Phrases, left: &[u32], right: &[u32]) -> bool {
        let lone = |side: &[u32], taken: u32| {
            side.iter().enumerate().any(|(i, w)| taken >> i & 1 == 0 && book.word(*w).chars().nth(1).is_none())
        };
        lone(left, self.left_taken) && lone(right, self.right_taken)
    }

    fn take(&mut self, i: usize, j: usize, left_taken: &mut u32) {
        *left_taken |= 1 << i;
        self.right_taken |= 1 << j;
        self.left_open -= 1;
    }

    fn verdict(&self, book: &Phrases, left: &[u32], right: &[u32]) -> Agreement {
        let right_open = right.len() - self.right_taken.count_ones() as usize;
        let anchored = self.exact > 0 || self.slipped > 0;
        if self.left_open == 0 && right_open == 0 && anchored {
            return if self.slipped > 0 { Agreement::Near } else { Agreement::Variant };
        }
        let open_right = || right.iter().enumerate().filter(|(j, _)| self.right_taken >> j & 1 == 0).map(|(_, w)| *w);
        if self.left_open == 0 && anchored && open_right().all(|w| book.word(w).chars().nth(1).is_none()) {
            return if self.slipped > 0 { Agreement::Near } else { Agreement::Variant };
        }
        if !self.initials_contradict(book, left, right) && run_together(book, left, right) {
            return Agreement::Near;
        }
        if self.left_open == 0 && anchored {
            return Agreement::Contained;
        }
        match (self.last_agrees, self.exact + self.slipped) {
            (true, _) => Agreement::Family,
            (false, 0) => Agreement::Different,
            (false, _) => Agreement::Shared,
        }
    }
}

/// A handful of `(position, word)` pairs on the stack.
#[derive(Default)]
struct Few {
    items: [(usize, u32); MOST_WORDS],
    n: usize,
    next: usize,
}

impl<'a> FromIterator<(usize, &'a u32)> for Few {
    fn from_iter<I: IntoIterator<Item = (usize, &'a u32)>>(items: I) -> Self {
        let mut few = Self::default();
        for (i, word) in items.into_iter().take(MOST_WORDS) {
            few.items[few.n] = (i, *word);
            few.n += 1;
        }
        few
    }
}

impl Iterator for Few {
    type Item = (usize, u32);
    fn next(&mut self) -> Option<Self::Item> {
        let item = (self.next < self.n).then(|| self.items[self.next]);
        self.next += 1;
        item
    }
}

/// Whether one is the initial of the other.
fn is_initial_of(a: &str, b: &str) -> bool {
    let mut short = a.chars();
    let mut long = b.chars();
    match (short.next(), short.next(), long.next(), long.next()) {
        (Some(x), None, Some(y), _) | (Some(x), _, Some(y), None) => x == y,
        _ => false,
    }
}

/// Whether one is the other with slips of the keys. First letters are rarely mistyped, so a word whose first letter differs
/// may have one slip only.
fn is_slip(a: &str, b: &str) -> bool {
    let shorter = a.len().min(b.len());
    if a.len().abs_diff(b.len()) > 2 * 3 {
        return false;
    }
    let limit = distance::slips(shorter);
    limit > 0 && distance::within(a, b, if a.as_bytes()[0] == b.as_bytes()[0] { limit } else { 1 }).is_some()
}

/// Whether the phrases are the same letters but for spaces and slips (`Rober tBrown`).
fn run_together(book: &Phrases, left: &[u32], right: &[u32]) -> bool {
    let letters = |side: &[u32]| side.iter().map(|w| book.word(*w).len()).sum::<usize>();
    let (n, m) = (letters(left), letters(right));
    if n.min(m) < 6 || n.abs_diff(m) > 2 || n.max(m) > 44 {
        return false;
    }
    let (mut a, mut b) = (String::with_capacity(n), String::with_capacity(m));
    left.iter().for_each(|w| a.push_str(book.word(*w)));
    right.iter().for_each(|w| b.push_str(book.word(*w)));
    distance::within(&a, &b, distance::slips(n.min(m))).is_some()
}
