//! claims
pub mod matching;
