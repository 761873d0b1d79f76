//! Where the sources are and where cargo puts what it builds.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The workspace as cargo sees it, so that `CARGO_TARGET_DIR` and a user's own cargo configuration are honoured.
pub struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub fn find() -> Result<Self> {
        let output = cargo_command()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .context("cargo could not be started; install Rust from https://rustup.rs")?;
        ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let path = |key: &str| {
            metadata[key].as_str().map(PathBuf::from).with_context(|| format!("cargo metadata names no {key}"))
        };
        Ok(Self { root: path("workspace_root")?, target: path("target_directory")? })
    }

    /// A cargo command that runs in the workspace.
    pub fn cargo<const N: usize>(&self, args: [&str; N]) -> Command {
        let mut command = cargo_command();
        command.args(args).current_dir(&self.root);
        command
    }

    /// What the browser loads, ready to be built into the product.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The product.
    pub fn recoup(&self) -> PathBuf {
        self.target.join("release/recoup")
    }

    /// The npm package of the browser checks.
    pub fn browser(&self) -> PathBuf {
        self.root.join("tests/browser")
    }
}

/// The cargo that runs this program, or the one on the path, without what it told this program about its own package:
/// build scripts (ring's for one) watch these variables, and much would be compiled anew after every direct use of cargo.
fn cargo_command() -> Command {
    const OURS: [&str; 5] = ["CARGO_BIN_", "CARGO_CRATE_", "CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PRIMARY_"];
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if OURS.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}
