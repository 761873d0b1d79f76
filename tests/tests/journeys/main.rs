//! Whole journeys over HTTP without JavaScript: what people do, on the pages as they are.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod accounting;
mod administrator;
mod allegro;
mod allegro_filings;
mod claimant;
mod counsel;
mod documents;
mod filings;
mod letters;
mod mail;
mod matching;
mod on_paper;
mod scanner;
mod statements;
mod two_processes;
mod walk;
