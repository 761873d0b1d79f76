//! `cargo xtask bench bulk`: a million lines exported, claims submitted, a gigabyte uploaded, each beside what the real binary is
//! measured by in the same run: `sqlite3 -csv`, bare transactions, `cp` with `sha256sum`. The work is done by the example
//! `tests/examples/bench_bulk`; here everything is built and given its places.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::build;
use crate::run::Interrupt;
use crate::tools::find_or_install;
use crate::workspace::Workspace;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Only this part
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// How often each thing is done; the fastest counts
    #[arg(long, default_value_t = 3)]
    times: usize,
    /// Makes every wait for the disk so many milliseconds longer, for ours and for what it is measured by (Linux, with a C compiler)
    #[arg(long)]
    disk_ms: Option<u32>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
    Export,
    Submit,
    Upload,
}

/// Builds and measures. The case of a million lines is kept for the next time.
pub fn run(workspace: &Workspace, interrupt: &Interrupt, options: &Options) -> Result<()> {
    build::build(workspace, interrupt)?;
    interrupt.run(&mut workspace.cargo([
        "build",
        "--release",
        "--example",
        "bench_case",
        "--example",
        "bench_bulk",
    ]))?;
    let bare = workspace.target.join("benches");
    let mut build = workspace.cargo(["build", "--release"]);
    interrupt.run(build.current_dir(workspace.root.join("benches/bare_submits")).env("CARGO_TARGET_DIR", &bare))?;
    find_or_install(interrupt, &["sqlite3"], || crate::tools::on_path("sqlite3"))?;
    let examples = workspace.target.join("release/examples");
    let mut command = Command::new(examples.join("bench_bulk"));
    command.arg("--recoup").arg(workspace.recoup()).arg("--seed").arg(examples.join("bench_case"));
    command.arg("--bare-submits").arg(bare.join("release/bare_submits"));
    command.arg("--folder").arg(workspace.target.join("bench/bulk")).args(["--times", &options.times.to_string()]);
    let part = options.only.map(|part| match part {
        Part::Export => "export",
        Part::Submit => "submit",
        Part::Upload => "upload",
    });
    if let Some(milliseconds) = options.disk_ms {
        let library = slow_disk(workspace, interrupt)?;
        println!("Every wait for the disk is {milliseconds} ms longer.");
        command.env("LD_PRELOAD", library).env("RECOUP_BENCH_DISK_MS", milliseconds.to_string());
    }
    interrupt.run(command.args(part.iter().flat_map(|part| ["--only", part])))
}

/// Compiles what makes the disk slower: disks that do not lose what they were told to keep take milliseconds for it, those of rented machines
/// often a tenth of one.
fn slow_disk(workspace: &Workspace, interrupt: &Interrupt) -> Result<PathBuf> {
    let folder = workspace.target.join("bench");
    fs::create_dir_all(&folder)?;
    let library = folder.join("slow_disk.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(workspace.root.join("tests/bench/slow_disk.c"));
    interrupt.run(compiler.arg("-ldl"))?;
    Ok(library)
}
