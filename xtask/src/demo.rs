//! Starting the product from a clone.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::build;
use crate::run::Interrupt;
use crate::workspace::Workspace;

/// Builds the product and becomes it.
pub fn start(workspace: &Workspace, interrupt: &Interrupt, task: &str, arguments: &[OsString]) -> Result<()> {
    build::build(workspace, interrupt)?;
    let mut command = Command::new(workspace.recoup());
    command.arg(task).current_dir(&workspace.root);
    if !arguments.iter().any(|argument| argument.to_string_lossy().starts_with("--data-dir")) {
        command.args(["--data-dir", "./data"]);
    }
    // Taking our place rather than running below us, so that Ctrl-C and the exit status are its own.
    let cause = command.args(arguments).exec();
    Err(cause).with_context(|| format!("{} could not be started", workspace.recoup().display()))
}
