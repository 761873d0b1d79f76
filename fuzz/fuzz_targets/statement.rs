//! Any bytes are a statement: the answer is a reading or a sentence, never a panic. `cargo +nightly fuzz run statement
//! corpus ../tests/fixtures/statements`. The normal tests run the same on random bytes (`claims/tests/statements.rs`).
#![no_main]

use claims::statements::{self, Choices, Input, Rules, Wish};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = statements::read(&Input::Memory(bytes), &Choices::default(), &Rules::any(), Wish::default());
});
