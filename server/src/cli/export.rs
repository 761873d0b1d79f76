//! `recoup export`.

use std::path::PathBuf;

use clap::Args;

use crate::config::Config;

/// What to export, and where to.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// Short name of the case, as in its link
    #[arg(long)]
    case: String,
    /// claims, lines, claimants, documents or totals; all of them if none is named
    #[arg(long = "what", value_name = "WHAT", value_delimiter = ',')]
    whats: Vec<String>,
    /// Directory to write into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// For machines: cells that a spreadsheet would run are left as they are
    #[arg(long)]
    raw: bool,
}

/// Runs the command.
pub(super) async fn run(_config: &Config, args: ExportArgs) -> anyhow::Result<()> {
    anyhow::bail!("{args:?}")
}
