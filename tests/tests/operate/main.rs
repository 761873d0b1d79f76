//! Operating it: limits on clients, health and figures, the log, backups, the doctor; and what happens when disk, database,
//! document store or mail server fail.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod backup;
mod clock;
mod database;
mod doctor;
mod documents;
mod health;
mod inventory;
mod log;
mod mail;
mod metrics;
mod proxies;
mod purge;
mod restore;
mod scene;
mod serving;
mod stopping;
