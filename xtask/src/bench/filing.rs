//! `cargo xtask bench filing`: what a large filing costs. The example `render/examples/bench_filing.rs` invents the claims, so that
//! nothing but tables, typesetting, binding and the redaction of the public variant is measured; it says itself how long each step took.

use anyhow::Result;
use clap::Args;

use crate::bench::measure::measure;
use crate::run::Interrupt;
use crate::workspace::Workspace;

/// How large a filing.
#[derive(Args)]
pub struct Options {
    /// Claims
    #[arg(long, default_value_t = 1_000)]
    claims: usize,
    /// Lines of each
    #[arg(long, default_value_t = 100)]
    lines: usize,
    /// Pages of documents
    #[arg(long, default_value_t = 2_000)]
    pages: usize,
}

/// Builds the example, runs it and prints what all of it cost.
pub fn run(workspace: &Workspace, interrupt: &Interrupt, options: &Options) -> Result<()> {
    interrupt.run(&mut workspace.cargo(["build", "--release", "--bin", "recoup", "--example", "bench_filing"]))?;
    let mut command = std::process::Command::new(workspace.target.join("release/examples/bench_filing"));
    command.args([options.claims, options.lines, options.pages].map(|number| number.to_string()));
    command.arg(workspace.target.join("bench-filing"));
    let cost = measure(interrupt, &mut command)?;
    println!("All together: {cost}");
    Ok(())
}
