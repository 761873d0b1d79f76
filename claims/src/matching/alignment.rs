//! Which words of two phrases belong together, and what follows for the phrases.

use super::{
    distance,
    phrases::{Agreement, Phrases},
    word::Member,
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
    pub(super) fn of(book: &Phrases, left: &[Member], right: &[Member]) -> Self {
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
            let is_free = |j: &usize| found.right_taken >> j & 1 == 0;
            let partner = (0..right.len()).filter(is_free).find(|j| right[*j].word == word.word);
            if let Some(j) = partner {
                found.take(i, j, &mut left_taken);
                found.exact += 1;
                found.last_agrees |= i + 1 == left.len() && j + 1 == right.len();
            }
        }
        let with_partner = left_taken;
        for (i, word) in left.iter().enumerate().filter(|(i, _)| with_partner >> i & 1 == 0) {
            for (j, other) in right.iter().enumerate() {
                if found.right_taken >> j & 1 == 1 {
                    continue;
                }
                let (x, y) = (word.shape, other.shape);
                let texts = || (book.word(word.word), book.word(other.word));
                if x.may_be_initial(y) && is_initial_of(texts()) || book.are_nicknames(word, other) {
                    found.soft += 1;
                } else if x.may_slip(y) && is_slip(texts()) {
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
    fn initials_contradict(&self, left: &[Member], right: &[Member]) -> bool {
        let lone =
            |side: &[Member], taken: u32| side.iter().enumerate().any(|(i, w)| taken >> i & 1 == 0 && w.shape.single);
        lone(left, self.left_taken) && lone(right, self.right_taken)
    }

    fn take(&mut self, i: usize, j: usize, left_taken: &mut u32) {
        *left_taken |= 1 << i;
        self.right_taken |= 1 << j;
        self.left_open -= 1;
    }

    /// What the partners say about the phrases.
    pub(super) fn verdict(
        &self,
        book: &Phrases,
        left: &[Member],
        right: &[Member],
        may_run_together: bool,
    ) -> Agreement {
        let right_open = right.len() - self.right_taken.count_ones() as usize;
        let anchored = self.exact > 0 || self.slipped > 0;
        if self.left_open == 0 && right_open == 0 && anchored {
            return if self.slipped > 0 { Agreement::Near } else { Agreement::Variant };
        }
        let mut open_right = right.iter().enumerate().filter(|(j, _)| self.right_taken >> j & 1 == 0);
        if self.left_open == 0 && anchored && open_right.all(|(_, w)| w.shape.single) {
            return if self.slipped > 0 { Agreement::Near } else { Agreement::Variant };
        }
        if may_run_together && !self.initials_contradict(left, right) && run_together(book, left, right) {
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

/// Whether one is the initial of the other.
fn is_initial_of((a, b): (&str, &str)) -> bool {
    let mut short = a.chars();
    let mut long = b.chars();
    match (short.next(), short.next(), long.next(), long.next()) {
        (Some(x), None, Some(y), _) | (Some(x), _, Some(y), None) => x == y,
        _ => false,
    }
}

/// Whether one is the other with slips of the keys. First letters are rarely mistyped, so a word whose first letter differs
/// may have one slip only.
fn is_slip((a, b): (&str, &str)) -> bool {
    let shorter = a.len().min(b.len());
    if a.len().abs_diff(b.len()) > 2 * 3 {
        return false;
    }
    let limit = distance::slips(shorter);
    limit > 0 && distance::within(a, b, if a.as_bytes()[0] == b.as_bytes()[0] { limit } else { 1 }).is_some()
}

/// Whether phrases of so many bytes and of these letters may be the same but for spaces and slips.
pub(super) fn may_run_together(left: (u8, u32), right: (u8, u32)) -> bool {
    let (short, long) = (left.0.min(right.0), left.0.max(right.0));
    let slips = distance::slips(usize::from(short));
    short >= 6 && long - short <= 2 && long <= MOST_RUN_TOGETHER && distance::letters_allow(left.1, right.1, slips)
}

/// Whether the phrases, for which [`may_run_together`] holds, are the same letters but for spaces and slips
/// (`Rober tBrown`).
fn run_together(book: &Phrases, left: &[Member], right: &[Member]) -> bool {
    const MOST: usize = MOST_RUN_TOGETHER as usize;
    let (mut a, mut b) = ([0; MOST], [0; MOST]);
    let (mut n, mut m) = (0, 0);
    for (side, all, end) in [(left, &mut a, &mut n), (right, &mut b, &mut m)] {
        for member in side {
            let word = book.word(member.word).as_bytes();
            all[*end..*end + word.len()].copy_from_slice(word);
            *end += word.len();
        }
    }
    match (std::str::from_utf8(&a[..n]), std::str::from_utf8(&b[..m])) {
        (Ok(a), Ok(b)) => distance::within(a, b, distance::slips(n.min(m))).is_some(),
        _ => false,
    }
}

/// Longer phrases than this, in bytes, are not compared without their spaces.
const MOST_RUN_TOGETHER: u8 = 44;
