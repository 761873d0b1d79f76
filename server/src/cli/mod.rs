//! The command line.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use claims::{Clock, random::Random};
use clap::{Parser, Subcommand};
use tokio::sync::watch;

use crate::{
    apart,
    config::{Config, Keys},
    demo, doctor, opening,
    serve::{self, Installation},
};

mod backup;
mod export;
mod filing;
pub mod match_records;
mod purge;
mod statement;
mod user;

/// Recoup: people hurt by the same wrong file what they are owed, with proof; counsel gets totals that stand up in court.
#[derive(Debug, Parser)]
#[command(name = "recoup", version, about, max_term_width = 110)]
struct Cli {
    /// TOML file with configuration; see recoup.example.toml
    #[arg(long, env = "RECOUP_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    keys: Keys,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the site; prints a one-time link for the first administrator if there is none
    Serve,
    /// Bring the database's schema up to date, and stop
    Migrate,
    /// Check configuration, database, documents and mail; each failure comes with its remedy
    Doctor {
        /// Also read every document and compare it with its hash, find rows without bytes and bytes without rows
        #[arg(long)]
        deep: bool,
        /// With --deep: remove bytes that no row names
        #[arg(long, requires = "deep")]
        clean: bool,
        /// With --clean: only those that have been there for so many hours; uploads under way are not disturbed then
        #[arg(long, requires = "clean", default_value_t = 24, value_name = "HOURS")]
        older_than: u32,
    },
    /// Write a backup of database and documents, also while the site goes on
    Backup(backup::BackupArgs),
    /// Restore a backup into an empty place, on SQLite or PostgreSQL
    Restore(backup::RestoreArgs),
    /// Delete what has served its time: abandoned drafts, expired sessions and links
    Purge {
        /// Only name what would be deleted
        #[arg(long)]
        dry_run: bool,
    },
    /// Load the demo case (Allegro Media Group) into an empty data directory, print the sign-ins, and serve
    Demo {
        /// Load only, do not serve
        #[arg(long)]
        load_only: bool,
    },
    /// Add, list, disable and enable accounts
    #[command(subcommand)]
    User(user::UserCommand),
    /// Write a case's claims as CSV files
    Export(export::ExportArgs),
    /// Build, verify and compare filings
    #[command(subcommand)]
    Filing(filing::FilingCommand),
    /// Find records of the same claimant or the same release in a CSV file
    Match(match_records::Args),
    /// Read the statements of distributors and services
    #[command(subcommand)]
    Statement(statement::StatementCommand),
    /// Read a stranger's file apart from the process that serves
    #[command(hide = true)]
    Apart(apart::ApartArgs),
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    // What any command writes is for its owner alone, wherever it is: the database, its journal, exports and filings hold what people
    // entered, and the keys.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let cli = Cli::parse();
    match start(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("recoup: {}", crate::causes::in_a_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<ExitCode> {
    // Matching or reading a file needs no installation.
    let command = match cli.command {
        Command::Match(args) => return match_records::run(args).map(|()| ExitCode::SUCCESS),
        Command::Statement(command) => return statement::run(command),
        Command::Apart(args) => return apart::work(args),
        // Verifying needs none either: the package and the public key are enough.
        Command::Filing(filing::FilingCommand::Verify(args)) => return filing::verify(&args),
        command => command,
    };
    let config = Config::read(cli.keys, cli.config.as_deref())?;
    crate::logs::start(config.log_json);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime cannot start")?;
    runtime.block_on(run(config, command))
}

/// Waits until no other process serves the installation; `None` if this one is told to stop before. It comes before anything else: the
/// other process has the port, and brings its database up to date itself.
async fn alone(config: &Config, mut stop: watch::Receiver<bool>) -> anyhow::Result<Option<opening::Alone>> {
    tokio::select! {
        alone = opening::alone(config) => alone.map(Some),
        _ = stop.wait_for(|stop| *stop) => Ok(None),
    }
}

async fn run(config: Config, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => {
            let stop = serve::stop_on_signal()?;
            let Some(_alone) = alone(&config, stop.clone()).await? else { return Ok(ExitCode::SUCCESS) };
            let listening = serve::bind(&config).await?;
            let installation = Installation::open(&config, &listening.base_url, Clock::System, Random::System).await?;
            say!("Recoup is at {}", listening.base_url);
            if let Some(link) = claims::actions::account::first_administrator_link(&installation.recoup).await? {
                say!(
                    "There is no administrator yet. Open this link once, within 24 hours, to become the first:\n  {link}"
                );
            }
            serve::run(installation, listening, stop).await?;
        }
        Command::Migrate => {
            let store = opening::up_to_date_or_made(&config).await?;
            say!("The {} database is up to date.", store.kind());
            store.close().await;
        }
        Command::Doctor { deep, clean, older_than } => {
            let clean = clean.then(|| chrono::Duration::hours(older_than.into()));
            return doctor::run(&config, doctor::Depth { deep, clean }).await;
        }
        Command::Backup(args) => backup::run(&config, args).await?,
        Command::Restore(args) => backup::restore(&config, args).await?,
        Command::Purge { dry_run } => purge::run(&config, dry_run).await?,
        Command::Demo { load_only } => {
            anyhow::ensure!(
                config.listen.ip().is_loopback(),
                "the demo holds made-up accounts and is served on this machine only: listen must be a loopback address, like 127.0.0.1:8016"
            );
            let stop = serve::stop_on_signal()?;
            let Some(_alone) = alone(&config, stop.clone()).await? else { return Ok(ExitCode::SUCCESS) };
            let listening = serve::bind(&config).await?;
            let installation = Installation::open(&config, &listening.base_url, Clock::System, Random::System).await?;
            let sign_ins = demo::load(&installation, &config.data_dir).await?;
            say!(
                "Recoup is at {}\n\nSign in as:\n{sign_ins}\nMails are written to files in {}.",
                listening.base_url,
                config.data_dir.join("mail").display()
            );
            if !load_only {
                serve::run(installation, listening, stop).await?;
            }
        }
        Command::User(command) => user::run(&config, command).await?,
        Command::Export(args) => export::run(&config, args).await?,
        Command::Filing(command) => return filing::run(&config, command).await,
        Command::Match(_) | Command::Statement(_) | Command::Apart(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}
