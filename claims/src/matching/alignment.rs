//! Which words of two phrases belong together, and what follows for the phrases.

use super::{
    distance,
    normalise::phrase::MOST_WORDS,
    phrases::{Agreement, Phrases},
};

/// Which words of the shorter phrase found a partner in the longer one.
pub(super) struct Alignment {
    left_taken: u32,
    exact: u32,
    soft: u32,
    slipped: u32,
    left_open: usize,
    right_taken: u32,
    last_agrees: bool,
}

impl Alignment {
    /// Finds partners: the same word, else an initial, a nickname or a misspelling.
    pub(super) fn of(book: &Phrases, left: &[u32], right: &[u32]) -> Self {
        let mut found = Self {
            left_taken: 0,
            exact: 0,
            soft: 0,
            slipped: 0,
            left_open: left.len(),
            right_taken: 0,
            last_agrees: false,
        };
        let mut left_taken = 0_u32;
        for (i, word) in left.iter().enumerate() {
            let partner =
                right.iter().enumerate().position(|(j, other)| word == other && found.right_taken >> j & 1 == 0);
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
                let (x, y) = (book.shape(word), book.shape(*other));
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

    /// What the partners say about the phrases.
    pub(super) fn verdict(&self, book: &Phrases, left: &[u32], right: &[u32]) -> Agreement {
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
