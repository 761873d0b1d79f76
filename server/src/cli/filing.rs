//! `recoup filing`.

use std::{fs::File, path::PathBuf, process::ExitCode};

use anyhow::{Context, anyhow, bail};
use claims::{
    Clock,
    access::Refusal,
    actions::{Failure, Recoup, build_filing, match_case},
    case::Case,
    filing::{difference, difference_table},
    random::Random,
    store::{self, cases},
};
use clap::{Args, Subcommand};
use futures::TryStreamExt;
use render::{package, sheets};
use tokio::io::AsyncWriteExt;

use crate::{config::Config, documents::Documents, filings, opening};

/// Commands on filings.
#[derive(Debug, Subcommand)]
pub(super) enum FilingCommand {
    /// Build the next filing of a case, and write its packages into a directory
    Build {
        /// Short name of the case, as in its link
        #[arg(long)]
        case: String,
        /// Directory to write into; it is made if it is missing
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Make an earlier filing again instead, and compare it with what was kept
        #[arg(long, value_name = "NUMBER")]
        again: Option<i64>,
    },
    /// Verify a package offline: every file, its hash, and the signature
    Verify(VerifyArgs),
    /// Say what changed from one filing to another
    Diff {
        /// Short name of the case
        #[arg(long)]
        case: String,
        /// The earlier filing
        from: i64,
        /// The later filing
        to: i64,
        /// Also write the rows as CSV
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// Print the public key with which packages of this installation are verified
    Key,
}

/// What to verify, with which key.
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The package
    #[arg(value_name = "PACKAGE.zip")]
    package: PathBuf,
    /// Public key: 64 hexadecimal digits, or a file that holds them
    #[arg(long, value_name = "KEY")]
    key: String,
}

/// Verifies without an installation.
pub(super) fn verify(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let text = match package::PublicKey::read(&args.key) {
        Some(_) => args.key.clone(),
        None => std::fs::read_to_string(&args.key)
            .with_context(|| format!("{} is neither a public key nor a file that can be read", args.key))?,
    };
    let key = package::PublicKey::read(&text).ok_or_else(|| anyhow!("{} holds no public key", args.key))?;
    let report = package::verify(|| File::open(&args.package), &key)
        .with_context(|| format!("{} cannot be read", args.package.display()))?;
    for problem in &report.problems {
        say!("{problem}");
    }
    if let Some(manifest) = &report.manifest {
        say!(
            "{} filing {} ({}), as of {}: {}, {}, {}, {} on {}",
            manifest.case,
            manifest.filing,
            manifest.variant,
            manifest.as_of,
            plural(manifest.files.len(), "file"),
            plural(manifest.sources.claims, "claim"),
            plural(manifest.sources.lines, "line"),
            plural(manifest.sources.exhibits, "exhibit"),
            plural(manifest.sources.pages, "page")
        );
    }
    if report.problems.is_empty() {
        say!("It is whole: every file is as it was built, and the signature fits.");
        return Ok(ExitCode::SUCCESS);
    }
    // Of what could not be compared nobody knows.
    if !matches!(report.problems[..], [package::Problem::Later(_)]) {
        say!("It is NOT as it was built.");
    }
    Ok(ExitCode::FAILURE)
}

/// “1 claim”, “12 claims”.
fn plural(number: impl std::fmt::Display, one: &str) -> String {
    let number = number.to_string();
    let s = if number == "1" { "" } else { "s" };
    format!("{number} {one}{s}")
}

/// Runs a command.
pub(super) async fn run(config: &Config, command: FilingCommand) -> anyhow::Result<ExitCode> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = opening::up_to_date(config).await?;
    let recoup = Recoup::new(store, Clock::System, Random::System, &config.address(), config.limits()).await?;
    let documents = Documents::open(&config.documents, Random::System)?;
    let done = match command {
        FilingCommand::Build { case, out, again: None } => build(&recoup, &documents, &case, &out).await,
        FilingCommand::Build { case, out: _, again: Some(number) } => again(&recoup, &documents, &case, number).await,
        FilingCommand::Diff { case, from, to, csv } => diff(&recoup, &case, (from, to), csv).await,
        FilingCommand::Key => {
            say!("{}", filings::key(&recoup).public().text());
            Ok(ExitCode::SUCCESS)
        }
        FilingCommand::Verify(args) => verify(&args),
    };
    recoup.store.close().await;
    done
}

async fn case_of(recoup: &Recoup, slug: &str) -> anyhow::Result<Case> {
    let mut tx = recoup.store.read().await?;
    let row = cases::by_slug(&mut tx, slug).await?.ok_or_else(|| anyhow!("There is no case “{slug}”."))?;
    Ok(row.read()?)
}

/// What was read of a filing. On the command line nothing is "not there for this person": the number is wrong.
fn there<T>(number: i64, read: Result<T, Failure>) -> anyhow::Result<T> {
    match read {
        Err(Failure::Refused(Refusal::NotFound)) => Err(anyhow!("The case has no filing {number}.")),
        read => read.with_context(|| format!("filing {number}")),
    }
}

async fn build(recoup: &Recoup, documents: &Documents, slug: &str, out: &PathBuf) -> anyhow::Result<ExitCode> {
    let case = case_of(recoup, slug).await?;
    let owner = recoup.random.token();
    // What was filed since the last look is matched first: a filing has no figures of yesterday.
    match_case::run(recoup, case.id, &owner).await?;
    let id = build_filing::ask(recoup, None, case.id).await?;
    let number = match filings::run(recoup, documents, id, &owner).await? {
        Some(Ok(number)) => number,
        Some(Err(why)) => bail!("{why}"),
        None => bail!("Another process is building a filing of this case. Wait until it is done, and build again."),
    };
    std::fs::create_dir_all(out)?;
    let mut tx = recoup.store.read().await?;
    let filing = store::filings::by_number(&mut tx, case.id, number).await?.context("the filing is gone")?;
    for file in store::filings::files(&mut tx, filing.id).await?.into_iter().filter(|file| file.name.is_empty()) {
        let suffix = if file.variant == "public" { "-public" } else { "" };
        let path = out.join(format!("{slug}-filing-{number}{suffix}.zip"));
        let mut stream = documents.read(&file.sha256).await?;
        let mut to = tokio::fs::File::create(&path).await?;
        while let Some(chunk) = stream.try_next().await? {
            to.write_all(&chunk).await?;
        }
        to.sync_all().await?;
        say!("{}  {}", file.sha256, path.display());
    }
    Ok(ExitCode::SUCCESS)
}

async fn again(recoup: &Recoup, documents: &Documents, slug: &str, number: i64) -> anyhow::Result<ExitCode> {
    let case = case_of(recoup, slug).await?;
    let made = there(number, filings::again(recoup, documents, case.id, number).await)?;
    let mut tx = recoup.store.read().await?;
    let filing = store::filings::by_number(&mut tx, case.id, number).await?.context("there is no such filing")?;
    let kept = store::filings::files(&mut tx, filing.id).await?;
    let mut same = true;
    for (variant, sha256) in made {
        let before =
            kept.iter().find(|file| file.variant == variant && file.name.is_empty()).map(|file| file.sha256.clone());
        let equal = before.as_deref() == Some(&sha256);
        say!("{variant}: {sha256}, {}", if equal { "the same bytes as kept" } else { "NOT the bytes that were kept" });
        same &= equal;
    }
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn diff(recoup: &Recoup, slug: &str, (from, to): (i64, i64), csv: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let case = case_of(recoup, slug).await?;
    let before = there(from, build_filing::load(recoup, case.id, from).await)?;
    let after = there(to, build_filing::load(recoup, case.id, to).await)?;
    let difference = difference(&before, &after);
    say!("{}", difference.words);
    let currency = after.filing.case.currency;
    for row in &difference.rows {
        let line = row.line.map(|line| format!(" line {line}")).unwrap_or_default();
        say!(
            "{:<9} {}{line}: {}, {} → {}",
            row.change,
            row.claim,
            row.what,
            currency.grouped(row.before),
            currency.show(row.after)
        );
    }
    if let Some(path) = csv {
        std::fs::write(&path, sheets::csv(&difference_table(&difference, currency))?)?;
    }
    Ok(ExitCode::SUCCESS)
}
