//! Choices that fall the same way on every machine.

use claims::random::Random;

/// A seeded generator with the few throws that made-up data needs.
pub(super) struct Dice(Random);

impl Dice {
    /// Dice for one claimant or release: what is added elsewhere does not change their throws.
    pub(super) fn new(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn between(&self, least: i64, most: i64) -> i64 {
        let span = u32::try_from(most - least + 1).unwrap_or(1);
        least + i64::from(self.0.below(span))
    }

    /// True so many times in a hundred.
    pub(super) fn chance(&self, percent: u32) -> bool {
        self.0.below(100) < percent
    }

    /// One of a list that is not empty.
    pub(super) fn pick<'a, T: ?Sized>(&self, of: &[&'a T]) -> &'a T {
        of[usize::try_from(self.0.below(u32::try_from(of.len()).unwrap_or(1))).unwrap_or(0)]
    }
}
