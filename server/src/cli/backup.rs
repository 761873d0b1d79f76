//! `recoup backup` and `recoup restore`.

use std::path::PathBuf;

use anyhow::Context;
use claims::{Clock, random::Random};
use clap::Args;

use crate::{
    backup::{self, Manifest},
    config::Config,
    documents::Documents,
    opening,
};

/// Where to.
#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// Directory of the backup; it must be empty or missing
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Do not write: compare every file of the backup that is there with its hash
    #[arg(long)]
    check: bool,
}

/// Where from.
#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// Directory of the backup
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Writes or checks a backup.
pub(super) async fn run(config: &Config, args: BackupArgs) -> anyhow::Result<()> {
    if args.check {
        say("whole", &backup::check(&args.directory).await?);
        return Ok(());
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = opening::as_it_is(config).await?;
    let documents = Documents::open(&config.documents, Random::System)?;
    let made = backup::write(&store, &documents, &Clock::System, &args.directory).await?;
    store.close().await;
    say("written and read again", &made);
    Ok(())
}

/// Restores a backup.
pub(super) async fn restore(config: &Config, args: RestoreArgs) -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    backup::make_folder(&config.data_dir).context("the data directory (key data_dir)")?;
    let documents = Documents::open(&config.documents, Random::System)?;
    let restored = backup::restore(&args.directory, &config.database_url, &documents).await?;
    say("restored and compared row by row", &restored);
    say!("Run `recoup doctor --deep`, then start the site.");
    Ok(())
}

fn say(what: &str, manifest: &Manifest) {
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    say!(
        "The backup of {} ({}, schema {}) is {what}: {rows} rows of {} tables, {} documents of {} bytes.",
        manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.database,
        manifest.schema,
        manifest.tables.len(),
        manifest.documents,
        manifest.bytes
    );
}
