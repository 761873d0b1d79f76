//! `cargo xtask test`: every check there is, in the order in which they most cheaply fail.

use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Instant;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::counts::Counts;
use crate::postgres::Postgres;
use crate::run::{Interrupt, succeeded};
use crate::tools::{find_or_install, on_path};
use crate::workspace::Workspace;
use crate::{browser, build, wasm};

/// Where the tests look for a PostgreSQL server they may use.
const POSTGRES: &str = "RECOUP_TEST_POSTGRES";

/// How many tests run at once.
const THREADS: &str = "RUST_TEST_THREADS";

/// Which checks to run.
#[derive(Args)]
pub struct Options {
    /// Run only this stage; may be given several times
    #[arg(long, value_enum)]
    only: Vec<Stage>,
    /// Name the stages and stop
    #[arg(long)]
    list: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stage {
    Format,
    Lints,
    Wall,
    Build,
    Tests,
    Browser,
}

impl Stage {
    const fn title(self) -> &'static str {
        match self {
            Self::Format => "format: cargo fmt --check",
            Self::Lints => "lints: clippy on all there is",
            Self::Wall => "wall: the rules compile to wasm without store",
            Self::Build => "build: the product with all that the browser loads",
            Self::Tests => "tests: cargo test, stores on SQLite and PostgreSQL",
            Self::Browser => "browser: the product in Chromium, with axe-core",
        }
    }

    /// Does the work; the counts are of checks that count themselves.
    fn run(self, workspace: &Workspace, interrupt: &Interrupt) -> Result<Counts> {
        let cargo = |mut command| interrupt.run(&mut command).map(|()| Counts::default());
        match self {
            Self::Format => cargo(workspace.cargo(["fmt", "--all", "--check"])),
            Self::Lints => {
                cargo(workspace.cargo(["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"]))
            }
            Self::Wall => {
                wasm::install_target(workspace, interrupt)?;
                cargo(workspace.cargo([
                    "check",
                    "--release",
                    "--package",
                    "claims",
                    "--no-default-features",
                    "--target",
                    wasm::TARGET,
                ]))
            }
            Self::Build => build::build(workspace, interrupt).map(|()| Counts::default()),
            // Asked for alone, these too need the product of today.
            Self::Tests => build::build(workspace, interrupt).and_then(|()| cargo_tests(workspace, interrupt)),
            Self::Browser => build::build(workspace, interrupt).and_then(|()| browser::run(workspace, interrupt)),
        }
    }
}

/// Runs the stages, prints what became of each, and last of all the count.
pub fn run(workspace: &Workspace, interrupt: &Interrupt, options: &Options) -> Result<ExitCode> {
    if options.list {
        for stage in Stage::value_variants() {
            println!("{}", stage.title());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut counts = Counts::default();
    let mut summary = Vec::new();
    for stage in Stage::value_variants() {
        if !options.only.is_empty() && !options.only.contains(stage) {
            continue;
        }
        println!("\n── {}", stage.title());
        let begun = Instant::now();
        let outcome = match stage.run(workspace, interrupt) {
            Ok(found) => {
                counts += found;
                if found.failed == 0 { "ok" } else { "FAILED" }
            }
            Err(cause) => {
                interrupt.check()?;
                // A stage that cannot count its failures is one failure, so that the last line never claims success.
                counts.failed += 1;
                eprintln!("{cause:#}");
                "FAILED"
            }
        };
        summary.push(format!("{outcome:6} {:>6.1} s  {}", begun.elapsed().as_secs_f64(), stage.title()));
        if outcome == "FAILED" && *stage == Stage::Build {
            summary.push("The product does not compile, so nothing else was tried.".to_owned());
            break;
        }
    }
    println!("\n{}\n{counts}", summary.join("\n"));
    Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All tests of all crates. This program's own come separately: its dependencies are compiled with fewer features than
/// they would be beside the product's, and compiling them twice takes longer.
fn cargo_tests(workspace: &Workspace, interrupt: &Interrupt) -> Result<Counts> {
    // Filings are read with other programs than the one that made them, uploads looked at by a virus scanner.
    for (package, program) in [("poppler-utils", "pdftotext"), ("qpdf", "qpdf"), ("clamav-daemon", "clamd")] {
        find_or_install(interrupt, &[package], || on_path(program))?;
    }
    let mut own = None;
    let url =
        std::env::var(POSTGRES).or_else(|_| Postgres::start(interrupt).map(|started| own.insert(started).url()))?;
    // Half of a test is waiting: for a database, a mail server, a process that ends.
    let at_once =
        std::env::var(THREADS).unwrap_or_else(|_| (2 * available_parallelism().map_or(1, usize::from)).to_string());
    let mut counts = Counts::default();
    for mut command in [
        workspace.cargo(["test", "--release", "--no-fail-fast"]),
        workspace.cargo(["test", "--release", "--no-fail-fast", "--package", "xtask"]),
    ] {
        let (status, mut found) = interrupt.run_counting(command.env(POSTGRES, &url).env(THREADS, &at_once))?;
        if found.failed == 0
            && let Err(cause) = succeeded(&command, status)
        {
            // Tests that do not compile, or end their process, report no failures of their own.
            eprintln!("{cause}");
            found.failed += 1;
        }
        counts += found;
    }
    Ok(counts)
}
