//! tests

pub mod generate;
