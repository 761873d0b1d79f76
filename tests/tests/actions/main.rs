//! The actions on both databases: one use case, one transaction, the same answer to the same form.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod accounts;
mod amending;
mod case_changes;
mod cases;
mod deadline;
mod documents;
mod imports;
mod large;
mod lines;
mod mailing;
mod mails;
mod matching;
mod matching_later;
mod matching_pairs;
mod notices;
mod passwords;
mod sent_documents;
mod signing_in;
mod submitting;
mod two_tabs;
