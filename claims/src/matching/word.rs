//! A word of a phrase, and what can be said of it without looking at its letters again.

use super::{distance, words};

/// What rules out most words as another spelling of one another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    /// Which letters occur in it ([`distance::letters`]).
    letters: u32,
    bytes: u8,
    /// Its first byte.
    pub(super) first: u8,
    /// Whether it is a single letter.
    pub(super) single: bool,
    /// Whether it is a given name for which others are used.
    pub(super) has_nicknames: bool,
}

impl Shape {
    /// How many bytes it has, at most 255.
    pub(super) fn bytes(self) -> usize {
        usize::from(self.bytes)
    }

    /// Whether one may be the initial of the other.
    pub(super) fn may_be_initial(self, other: Self) -> bool {
        self.first == other.first && (self.single || other.single)
    }

    /// Whether one may be the other with slips of the keys.
    #[inline]
    pub(super) fn may_slip(self, other: Self) -> bool {
        if !self.may_be_spelt_as(other) {
            return false;
        }
        let limit = distance::slips(usize::from(self.bytes.min(other.bytes)));
        limit > 0
            && self.bytes.abs_diff(other.bytes) <= 6
            && distance::letters_allow(self.letters, other.letters, limit)
    }

    /// What rules most words out as the same or one another with slips, before anything else is looked at.
    #[inline]
    pub(super) fn may_be_spelt_as(self, other: Self) -> bool {
        distance::letters_allow(self.letters, other.letters, distance::MOST_SLIPS)
    }
}

/// A word where it stands in a phrase, with its shape: the comparison of two phrases looks nowhere else in most cases.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The number of the word.
    pub word: u32,
    pub(super) shape: Shape,
}

/// What is known of a distinct word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) shape: Shape,
    pub(super) hash: u32,
    /// Groups of given names used for one another ([`words::nickname_groups`]).
    nicknames: [u8; 3],
}

impl Known {
    pub(super) fn of(word: &str, hash: u32) -> Self {
        let nicknames = words::nickname_groups(word);
        let shape = Shape {
            letters: distance::letters(word),
            bytes: u8::try_from(word.len()).unwrap_or(u8::MAX),
            first: word.as_bytes().first().copied().unwrap_or(0),
            single: word.chars().nth(1).is_none(),
            has_nicknames: nicknames[0] != 0,
        };
        Self { shape, hash, nicknames }
    }

    /// Whether they are given names used for one another.
    pub(super) fn are_nicknames(&self, other: &Self) -> bool {
        self.nicknames.iter().any(|group| *group != 0 && other.nicknames.contains(group))
    }

    /// Letters of the word, for those of its phrase.
    pub(super) fn letters(&self) -> u32 {
        self.shape.letters
    }
}
