//! `cargo xtask bench lighthouse`: what Lighthouse says of the demo's pages, in the Chromium of the browser checks, and what the
//! pages weigh. Below 95 in a category, or above a limit of weight, it ends with an error.

use anyhow::Result;

use crate::browser;
use crate::build;
use crate::run::Interrupt;
use crate::workspace::Workspace;

/// Builds the product, installs Lighthouse and asks it.
pub fn run(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    build::build(workspace, interrupt)?;
    // The demo is started and signed in to by the harness of the browser checks.
    browser::install_packages(interrupt, &workspace.browser())?;
    let folder = workspace.root.join("tests/lighthouse");
    browser::install_packages(interrupt, &folder)?;
    let mut command = browser::node(interrupt)?;
    interrupt.run(command.arg("run.mjs").current_dir(folder).env("RECOUP", workspace.recoup()))
}
