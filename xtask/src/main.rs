//! `cargo xtask`: builds, shows and tests Recoup, and installs what that needs.

mod bench;
mod browser;
mod build;
mod counts;
mod demo;
mod fingerprint;
mod postgres;
mod prove;
mod run;
mod site;
mod style;
mod test;
mod tools;
mod wasm;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::run::Interrupt;
use crate::workspace::Workspace;

/// Builds, shows and tests Recoup.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds Recoup and starts it with the demo case in ./data
    Demo {
        /// Further arguments for `recoup demo`
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Builds Recoup and starts it with what is in ./data
    Serve {
        /// Further arguments for `recoup serve`
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Builds the release binary `recoup` with all that the browser loads inside it
    Build,
    /// Runs every check: format, lints, wasm wall, tests on SQLite and PostgreSQL, browser
    Test(test::Options),
    /// Kills the product, fills its disk, stops its database, and compares what it acknowledged with what is there
    Prove(prove::Options),
    /// Measures what Recoup costs
    #[command(subcommand)]
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(cause) => {
            eprintln!("{cause:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let interrupt = Interrupt::watch()?;
    match task {
        Task::Demo { arguments } => demo::start(&workspace, &interrupt, "demo", &arguments)?,
        Task::Serve { arguments } => demo::start(&workspace, &interrupt, "serve", &arguments)?,
        Task::Build => build::build(&workspace, &interrupt)?,
        Task::Test(options) => return test::run(&workspace, &interrupt, &options),
        Task::Prove(options) => prove::run(&workspace, &interrupt, &options)?,
        Task::Bench(bench) => bench::run(&workspace, &interrupt, &bench)?,
    }
    Ok(ExitCode::SUCCESS)
}
