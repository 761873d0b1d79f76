//! Comparison of two records, field by field, in ordered levels.
//!
//! A field that is empty on either side has no level: missing is neutral. Beside the level a comparison gives in how many
//! other records its agreement is expected by chance, so that sharing a rare value weighs more than sharing a common one
//! (term frequencies: Winkler 2000; Newcombe 1959).

pub mod party;
pub mod release;

/// The outcome of comparing one field: a level counted from 1 (0 when missing) and the number of records expected to agree as
/// well by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Which of the field's levels, 0 for missing.
    pub level: u8,
    /// Records that would agree by chance, at least a fraction of one.
    pub expected: f32,
    /// Most bits of rarity that the agreement is worth, where it follows in part from another field.
    pub limit: u8,
}

impl Outcome {
    /// The field is empty on either side.
    pub const MISSING: Self = Self { level: 0, expected: 0.0, limit: u8::MAX };

    /// A level whose chance does not depend on the value.
    #[must_use]
    pub const fn level(level: u8) -> Self {
        Self { level, expected: 1.0, limit: u8::MAX }
    }

    /// A level reached by agreeing on a value that this many other records are expected to bear.
    #[must_use]
    pub const fn shared(level: u8, expected: f32) -> Self {
        Self { level, expected, limit: u8::MAX }
    }

    /// The same for a number of records that was counted.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a count of records needs no more than seven figures")]
    pub const fn counted(level: u8, records: u32) -> Self {
        Self::shared(level, records as f32)
    }

    /// The same, worth no more than this many bits of rarity.
    #[must_use]
    pub const fn at_most(mut self, bits: u8) -> Self {
        self.limit = bits;
        self
    }
}
