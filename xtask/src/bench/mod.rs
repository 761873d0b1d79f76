//! `cargo xtask bench`: what Recoup costs, measured by one command each. A new bench is a file here, a variant of [`Bench`]
//! and a line in [`run`]; [`measure`] tells seconds, processor time and peak memory of any program.

mod bulk;
mod filing;
mod incremental;
mod lighthouse;
mod matching;
mod measure;
mod pages;
mod splink;
mod statements;
mod waits;

use anyhow::Result;
use clap::Subcommand;

use crate::run::Interrupt;
use crate::workspace::Workspace;

/// What to measure.
#[derive(Subcommand)]
pub enum Bench {
    /// Matches generated claimants and lines, and lets Splink do the same where it can be installed
    Match(matching::Options),
    /// Typesets a filing of many claims, lines and exhibits
    Filing(filing::Options),
    /// Matches one new record against an index of 100,000
    Incremental,
    /// Exports a million lines, submits claims, uploads a gigabyte, beside sqlite3, bare transactions and cp
    Bulk(bulk::Options),
    /// Lets Lighthouse judge public, claimant and counsel pages, and weighs what they load
    Lighthouse,
    /// Reads and stores statements, beside the csv crate, sqlite3 and calamine alone
    Statements,
    /// Asks for pages beside bare axum, with a large case, and in a storm of sign-ins
    Pages(pages::Options),
    /// Works on a claim of 20,000 lines, and says how long others wait to write meanwhile
    Waits,
}

/// Measures.
pub fn run(workspace: &Workspace, interrupt: &Interrupt, bench: &Bench) -> Result<()> {
    match bench {
        Bench::Match(options) => matching::run(workspace, interrupt, options),
        Bench::Filing(options) => filing::run(workspace, interrupt, options),
        Bench::Incremental => incremental::run(workspace, interrupt),
        Bench::Bulk(options) => bulk::run(workspace, interrupt, options),
        Bench::Lighthouse => lighthouse::run(workspace, interrupt),
        Bench::Statements => statements::run(workspace, interrupt),
        Bench::Pages(options) => pages::run(workspace, interrupt, options),
        Bench::Waits => waits::run(workspace, interrupt),
    }
}
