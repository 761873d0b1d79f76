//! `cargo xtask bench pages`: requests a second beside bare axum, waiting times with a large case and in a storm of sign-ins,
//! memory, time to start, and what the browser loads. `server/examples/bench_pages` says how.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::build;
use crate::postgres::Postgres;
use crate::run::{Interrupt, quietly};
use crate::workspace::Workspace;

/// What is measured.
#[derive(Args)]
pub struct Options {
    /// Claims of the case
    #[arg(long, default_value_t = 20_000)]
    claims: usize,
    /// Their lines
    #[arg(long, default_value_t = 1_000_000)]
    lines: usize,
    /// On PostgreSQL instead of SQLite
    #[arg(long)]
    postgres: bool,
    /// Keeps the data directory as it is now for the next run; on SQLite only
    #[arg(long)]
    keep: bool,
}

/// Builds, makes the case and measures.
pub fn run(workspace: &Workspace, interrupt: &Interrupt, options: &Options) -> Result<()> {
    build::build(workspace, interrupt)?;
    // No package is named, for the reason given in `build.rs`.
    let examples = ["build", "--release", "--example", "bench_case", "--example", "bench_pages"];
    interrupt.run(&mut workspace.cargo(examples))?;
    let folder = workspace.target.join(format!("bench/pages-{}-{}", options.claims, options.lines));
    let cluster = if options.postgres { Some(Postgres::start(interrupt)?) } else { None };
    let database_url = cluster.as_ref().map(Postgres::url);
    let seeded = case(workspace, options, &folder, database_url.as_deref())?;
    let mut command = Command::new(example(workspace, "bench_pages"));
    command.arg(workspace.recoup()).arg(&folder).arg(seeded).args(database_url);
    let measured = interrupt.run(&mut command);
    if !options.keep {
        std::fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    measured
}

fn example(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.target.join("release/examples").join(name)
}

/// Makes the case, unless an earlier run kept it; gives where to look in it.
fn case(workspace: &Workspace, options: &Options, folder: &Path, database_url: Option<&str>) -> Result<String> {
    let told = folder.join("seeded.json");
    if database_url.is_none()
        && let Ok(seeded) = std::fs::read_to_string(&told)
    {
        return Ok(seeded);
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    println!("Making a case of {} claims with {} lines …", options.claims, options.lines);
    let sqlite = format!("sqlite:{}", folder.join("recoup.db").display());
    let mut command = Command::new(example(workspace, "bench_case"));
    command.arg(database_url.unwrap_or(&sqlite)).args([options.claims, options.lines].map(|size| size.to_string()));
    let output = String::from_utf8(quietly(&mut command)?)?;
    let seeded = output.lines().last().context("the case was not made")?.to_owned();
    std::fs::write(told, &seeded)?;
    Ok(seeded)
}
