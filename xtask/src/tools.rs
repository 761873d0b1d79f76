//! Programs that we need and do not build: found where they are, installed where we may.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::run::Interrupt;

/// A program that exists.
pub struct Program(PathBuf);

impl Program {
    /// The file, when there is one.
    pub fn found(path: PathBuf) -> Option<Self> {
        path.is_file().then_some(Self(path))
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A command that starts it.
    pub fn command(&self) -> Command {
        Command::new(&self.0)
    }
}

/// The first program of that name on the path.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Finds something, after installing the Debian packages that bring it if it is not there.
pub fn find_or_install<T>(interrupt: &Interrupt, packages: &[&str], find: impl Fn() -> Option<T>) -> Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let wanted = packages.join(" ");
    if !is_root() || on_path("apt-get").is_none() {
        bail!("The Debian package {wanted} is missing; install it with `apt-get install {wanted}`.");
    }
    println!("Installing {wanted} …");
    // Without lists, as on a fresh machine, apt knows no package; old lists name files that are gone.
    let installed = interrupt
        .run(apt().arg("update"))
        .and_then(|()| interrupt.run(apt().args(["install", "-y", "--no-install-recommends"]).args(packages)));
    interrupt.check()?;
    match (installed, find()) {
        (_, Some(found)) => Ok(found),
        (Ok(()), None) => bail!("The Debian package {wanted} was installed but does not bring what is needed."),
        (Err(cause), None) => bail!("The Debian package {wanted} is missing and could not be installed: {cause}"),
    }
}

/// Whether this process may do everything on this machine.
pub fn is_root() -> bool {
    // The owner of a process's entry is its effective user.
    #[cfg(unix)]
    return std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    #[cfg(not(unix))]
    return false;
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.arg("--quiet=2").env("DEBIAN_FRONTEND", "noninteractive");
    command
}
