//! The product: what the browser loads, and the binary with it inside.

use anyhow::Result;

use crate::run::Interrupt;
use crate::site;
use crate::workspace::Workspace;

/// Brings `target/release/recoup` up to date.
pub fn build(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    site::build(workspace, interrupt)?;
    // No package is named, so cargo takes the default members, as `cargo test` does: with the same packages come the same
    // features of every dependency, and the tests find everything compiled.
    interrupt.run(&mut workspace.cargo(["build", "--release", "--bin", "recoup"]))
}
