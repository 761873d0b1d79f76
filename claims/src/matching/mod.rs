//! Who is the same claimant, and which lines are about the same release: probabilistic record linkage.

pub mod block;
pub mod codes;
pub mod columns;
pub mod compare;
pub mod distance;
pub mod intern;
pub mod normalise;
pub mod period;
pub mod phrases;
#[cfg(feature = "matching-files")]
pub mod read;
pub mod records;
pub mod text;
pub mod threads;
pub mod words;
