//! The walls: who may open which page and send which form, what every answer carries, what other sites cannot do.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod access;
mod anything;
mod bad_input;
mod cross_site;
mod early_answers;
mod enumeration;
mod ground;
mod headers;
mod hostile_files;
mod hostile_text;
mod others_ids;
mod own_sessions;
mod prepared;
mod raw;
mod second_factor;
mod while_typing;
