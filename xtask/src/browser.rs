//! The browser checks: Playwright and axe-core from npm, driving the Chromium of the system.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::counts::Counts;
use crate::fingerprint::Fingerprint;
use crate::run::{Interrupt, succeeded};
use crate::tools;
use crate::workspace::Workspace;

/// Runs the checks of `tests/browser` against the built product.
pub fn run(workspace: &Workspace, interrupt: &Interrupt) -> Result<Counts> {
    let node = tools::find_or_install(interrupt, &["nodejs"], || tools::on_path("node"))?;
    let chromium = tools::find_or_install(interrupt, &["chromium", "fonts-dejavu-core"], chromium)?;
    install_packages(workspace, interrupt)?;
    let mut command = Command::new(node);
    command
        .arg("run.mjs")
        .current_dir(workspace.browser())
        .env("CHROMIUM", chromium)
        .env("RECOUP", workspace.recoup())
        .env("SCREENSHOTS", workspace.target.join("screenshots"));
    let (status, mut counts) = interrupt.run_counting(&mut command)?;
    if counts.failed == 0 && succeeded(&command, status).is_err() {
        counts.failed += 1;
    }
    Ok(counts)
}

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from).filter(|file| file.is_file());
    named.or_else(|| ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(tools::on_path))
}

/// Installs what the lock file names, when that changed since the last time.
fn install_packages(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    let folder = workspace.browser();
    let lock = Fingerprint::new().file(&folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed");
    if lock.matches(&stamp) {
        return Ok(());
    }
    let npm = tools::find_or_install(interrupt, &["npm"], || tools::on_path("npm"))?;
    let mut command = Command::new(npm);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder);
    interrupt.run(&mut command)?;
    fs::create_dir_all(folder.join("node_modules"))?;
    lock.write(&stamp)
}
