//! Who is the same claimant, and which lines are about the same release: probabilistic record linkage.

mod alignment;
pub mod block;
pub mod cluster;
pub mod codes;
pub mod columns;
pub mod compare;
pub mod decide;
pub mod distance;
pub mod explain;
pub mod group;
pub mod index;
pub mod intern;
pub mod model;
pub mod normalise;
mod partners;
pub mod period;
pub mod phrases;
#[cfg(feature = "matching-files")]
pub mod read;
pub mod records;
pub mod run;
pub mod text;
pub mod threads;
pub mod values;
pub mod weigh;
pub mod words;
