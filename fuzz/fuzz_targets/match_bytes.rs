//! Arbitrary bytes as a table of records.
#![no_main]

#[path = "../match_bytes.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entry::match_bytes(bytes));
