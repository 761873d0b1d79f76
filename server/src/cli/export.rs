//! `recoup export`.

use std::path::PathBuf;

use claims::{
    Clock,
    actions::Recoup,
    export::{self, What},
    random::Random,
};
use clap::{Args, builder::PossibleValuesParser};

use crate::{config::Config, opening};

/// What to export, and where to.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// Short name of the case, as in its link
    #[arg(long)]
    case: String,
    /// Which files; all of them if none is named
    #[arg(long = "what", value_name = "WHAT", value_delimiter = ',', value_parser = PossibleValuesParser::new(What::ALL.map(What::key)))]
    whats: Vec<String>,
    /// Directory to write into; it is made if it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// For machines: cells that a spreadsheet would run are left as they are
    #[arg(long)]
    raw: bool,
}

/// Runs the command.
pub(super) async fn run(config: &Config, args: ExportArgs) -> anyhow::Result<()> {
    let whats: Vec<What> = if args.whats.is_empty() {
        What::ALL.to_vec()
    } else {
        args.whats.iter().filter_map(|key| What::parse(key)).collect()
    };
    let store = opening::up_to_date(config).await?;
    let recoup = Recoup::new(store, Clock::System, Random::System, &config.address(), config.limits()).await?;
    for file in export::to_directory(&recoup, &args.case, &whats, &args.out, args.raw).await? {
        say!("{}", file.display());
    }
    recoup.store.close().await;
    Ok(())
}
