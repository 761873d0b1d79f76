//! Whole-product tests: a database of its own for every test, the real router over real HTTP, a browser without JavaScript.
//!
//! [`on_both!`] makes two tests of one body, one on SQLite and one on PostgreSQL. [`App`] is a running Recoup with a clock that
//! tests move and a mailbox that they read. [`Browser`] follows links and fills in the forms that stand on the pages, so that
//! a journey breaks when a field disappears from its page. [`stage`] builds people, cases and claims by the actions.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod app;
mod browser;
mod database;
pub mod generate;
pub mod html;
pub mod pdfs;
pub mod proxy;
pub mod s3;
pub mod smtp;
pub mod stage;

pub use app::{App, Options, PATIENCE, beginning};
pub use browser::{Browser, Page};
pub use database::{Database, Kind, Part, run};

/// Makes two tests of one body: `on_both!(async fn name(database: Database) { … })`.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($database:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "a body may need nothing of its module")]
            use super::*;

            async fn body($database: $crate::Database) $body

            #[test]
            fn sqlite() {
                $crate::run($crate::Kind::Sqlite, body);
            }

            #[test]
            fn postgres() {
                $crate::run($crate::Kind::Postgres, body);
            }
        }
    )*};
}
