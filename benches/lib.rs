//! The generators of the whole-product tests, without what else the tests need.

#[path = "../tests/src/generate/mod.rs"]
pub mod generate;
