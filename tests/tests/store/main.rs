//! The store on both databases: what a constraint, a lease or a lock promises.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod accounts;
mod claims_and_lines;
mod concurrency;
mod events;
mod exporting;
mod ledger;
mod migrations;
mod outbox;
mod register;
mod registered;
mod totals;
