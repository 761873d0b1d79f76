//! `cargo xtask bench statements`: reading and storing statements, beside the csv crate, sqlite3 and calamine alone.

use anyhow::Result;

use crate::run::Interrupt;
use crate::workspace::Workspace;

/// Runs `tests/examples/bench_statements.rs`, which says what it measures.
pub fn run(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    interrupt.run(&mut workspace.cargo(["run", "--release", "--package", "tests", "--example", "bench_statements"]))
}
