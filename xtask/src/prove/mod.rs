//! `cargo xtask prove`: what takes minutes. The real binary is killed, its disk filled, its database stopped, while people file
//! claims; then everything they were told is compared with what is there. The work is done by the example
//! `tests/examples/prove`; here it is built and given its places.

use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::build;
use crate::run::Interrupt;
use crate::tools::find_or_install;
use crate::workspace::Workspace;

/// What to prove.
#[derive(Args)]
pub struct Options {
    /// Run only this proof; may be given several times
    #[arg(long, value_enum)]
    only: Vec<Proof>,
    /// Seed of everything that is chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Proof {
    /// kill -9 at random moments during 1,000 submits, on SQLite
    KillSqlite,
    /// The same on PostgreSQL
    KillPostgres,
    /// Disk full during upload, submit and log
    Disk,
    /// Database locked by another process
    Locked,
    /// PostgreSQL stopped, killed, away for a minute
    Stopped,
}

impl Proof {
    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::KillSqlite => &["kill", "--database", "sqlite"],
            Self::KillPostgres => &["kill", "--database", "postgres"],
            Self::Disk => &["disk"],
            Self::Locked => &["outage", "--database", "sqlite"],
            Self::Stopped => &["outage", "--database", "postgres"],
        }
    }
}

/// Builds the product and the example, and runs the proofs one after the other.
pub fn run(workspace: &Workspace, interrupt: &Interrupt, options: &Options) -> Result<()> {
    build::build(workspace, interrupt)?;
    interrupt.run(&mut workspace.cargo(["build", "--release", "--example", "prove"]))?;
    find_or_install(interrupt, &["postgresql"], || std::fs::read_dir("/usr/lib/postgresql").ok())?;
    let mut summary = Vec::new();
    for proof in Proof::value_variants() {
        if !options.only.is_empty() && !options.only.contains(proof) {
            continue;
        }
        let begun = Instant::now();
        let folder = std::env::temp_dir().join(format!("recoup-prove-{}-{}", std::process::id(), summary.len()));
        let mut command = Command::new(workspace.target.join("release/examples/prove"));
        command.args(proof.arguments()).arg("--recoup").arg(workspace.recoup()).arg("--folder").arg(&folder);
        command.args(["--seed", &options.seed.to_string()]);
        interrupt.run(&mut command)?;
        // Kept when something failed: log and database tell why.
        std::fs::remove_dir_all(&folder)?;
        summary.push(format!("{:>6.1} s  {}", begun.elapsed().as_secs_f64(), proof.arguments().join(" ")));
    }
    println!("\n{}\nproved.", summary.join("\n"));
    Ok(())
}
