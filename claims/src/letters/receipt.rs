//! The lines of a receipt, by category and basis: amounts of different bases are never added together.

use crate::{
    frozen::{FrozenClaim, FrozenLine},
    totals::Total,
};

/// Most lines that a receipt lists, of all categories together: it is mailed, and a claim may have a hundred thousand. All of
/// them are in the CSV file beside it.
pub const MOST_LINES: usize = 1_000;

/// The lines of a category and basis with their sum.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    /// The sum, as signed.
    pub total: &'a Total,
    /// Those that are listed.
    pub listed: Vec<&'a FrozenLine>,
}

/// The lines of a claim in the order of its totals, the first [`MOST_LINES`] of them.
#[must_use]
pub fn lines(claim: &FrozenClaim) -> Vec<Lines<'_>> {
    let mut room = MOST_LINES;
    claim
        .totals
        .iter()
        .map(|total| {
            let of = |line: &&FrozenLine| line.category == total.category && line.basis == total.basis;
            let listed: Vec<&FrozenLine> = claim.lines.iter().filter(of).take(room).collect();
            room -= listed.len();
            Lines { total, listed }
        })
        .collect()
}
