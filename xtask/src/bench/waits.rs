//! `cargo xtask bench waits`: how long others wait for the database while a claim of 20,000 lines is imported, sent, amended, matched.

use anyhow::Result;

use crate::run::Interrupt;
use crate::workspace::Workspace;

/// Runs `tests/examples/bench_waits.rs`, which says what it measures.
pub fn run(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    interrupt.run(&mut workspace.cargo(["run", "--release", "--package", "tests", "--example", "bench_waits"]))
}
