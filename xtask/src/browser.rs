//! The browser checks: Playwright and axe-core from npm, driving the Chromium of the system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::counts::Counts;
use crate::fingerprint::Fingerprint;
use crate::run::{Interrupt, succeeded};
use crate::tools;
use crate::workspace::Workspace;

/// Runs the checks of `tests/browser` against the built product.
pub fn run(workspace: &Workspace, interrupt: &Interrupt) -> Result<Counts> {
    let folder = workspace.browser();
    install_packages(interrupt, &folder)?;
    // What is printed is read.
    tools::find_or_install(interrupt, &["poppler-utils"], || tools::on_path("pdftotext"))?;
    let mut command = node(interrupt)?;
    command.arg("run.mjs").current_dir(folder).env("RECOUP", workspace.recoup());
    let (status, mut counts) = interrupt.run_counting(&mut command)?;
    if counts.failed == 0 && succeeded(&command, status).is_err() {
        counts.failed += 1;
    }
    Ok(counts)
}

/// A node that knows where Chromium is.
pub fn node(interrupt: &Interrupt) -> Result<Command> {
    let node = tools::find_or_install(interrupt, &["nodejs"], || tools::on_path("node"))?;
    let chromium = tools::find_or_install(interrupt, &["chromium", "fonts-dejavu-core"], chromium)?;
    let mut command = Command::new(node);
    command.env("CHROMIUM", chromium);
    Ok(command)
}

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from).filter(|file| file.is_file());
    named.or_else(|| ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(tools::on_path))
}

/// Installs what the lock file of an npm package names, when that changed since the last time.
pub fn install_packages(interrupt: &Interrupt, folder: &Path) -> Result<()> {
    let lock = Fingerprint::new().file(&folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed");
    if lock.matches(&stamp) {
        return Ok(());
    }
    let npm = tools::find_or_install(interrupt, &["npm"], || tools::on_path("npm"))?;
    let mut command = Command::new(npm);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
    interrupt.run(&mut command)?;
    fs::create_dir_all(folder.join("node_modules"))?;
    lock.write(&stamp)
}
