//! `cargo xtask bench incremental`: what a submitted claim waits for. The bench is `benches/`, a package of its own, so that
//! nobody who builds or tests Recoup compiles criterion.

use anyhow::Result;

use crate::run::Interrupt;
use crate::workspace::Workspace;

/// Runs the bench.
pub fn run(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    let mut command = workspace.cargo(["bench", "--bench", "incremental"]);
    interrupt.run(
        command.current_dir(workspace.root.join("benches")).env("CARGO_TARGET_DIR", workspace.target.join("benches")),
    )
}
