//! claims
pub mod matching;
pub mod overlap;
