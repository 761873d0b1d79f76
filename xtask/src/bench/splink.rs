//! Splink, the best free program for the same task, in a Python environment of its own under cargo's target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::bench::measure::{Cost, measure};
use crate::run::{Interrupt, quietly};
use crate::tools;
use crate::workspace::Workspace;

/// An installed Splink.
pub struct Splink {
    python: PathBuf,
    script: PathBuf,
    /// Its version, as it says itself.
    pub version: String,
}

impl Splink {
    /// Finds it, or installs it from PyPI; an error says in one sentence why there is none.
    pub fn find_or_install(workspace: &Workspace) -> Result<Self> {
        let home = workspace.target.join("bench/splink");
        let python = home.join("bin/python");
        let installed = Self::at(workspace, &python);
        if installed.is_ok() {
            return installed;
        }
        let system = tools::on_path("python3").context("Splink is left out: there is no python3 on the path.")?;
        println!("Installing Splink from PyPI …");
        quietly(Command::new(system).args(["-m", "venv"]).arg(&home))
            .and_then(|_| quietly(Command::new(&python).args(["-m", "pip", "install", "--quiet", "splink"])))
            .context("Splink is left out: it could not be installed")?;
        Self::at(workspace, &python)
    }

    fn at(workspace: &Workspace, python: &Path) -> Result<Self> {
        let version = "import duckdb, splink; print(f'Splink {splink.__version__}, DuckDB {duckdb.__version__}')";
        let version = quietly(Command::new(python).args(["-c", version]))?;
        Ok(Self {
            python: python.to_owned(),
            script: workspace.root.join("tests/bench/splink_match.py"),
            version: String::from_utf8_lossy(&version).trim().to_owned(),
        })
    }

    /// Matches a table; the pairs from even odds up are decided to match.
    pub fn run(&self, interrupt: &Interrupt, kind: &str, records: &Path, pairs: &Path) -> Result<Cost> {
        let mut python = Command::new(&self.python);
        // It would leave what it compiles among the sources.
        python.env("PYTHONDONTWRITEBYTECODE", "1");
        measure(interrupt, python.arg(&self.script).arg(kind).arg(records).arg(pairs))
    }
}
