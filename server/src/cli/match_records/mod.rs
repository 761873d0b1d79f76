//! `recoup match`: finds records that are one and lines that overlap, from a CSV file and without a database.

mod outputs;
mod report;
mod terminal;

use anyhow::{Context as _, anyhow, bail};
use claims::matching::{
    columns::{Column, Kind},
    read::{self, Table},
    run::{self, Options, Phase},
    write,
};
use outputs::Outputs;
use std::{
    fs::File,
    path::{Path, PathBuf},
};
use terminal::{Clock, Progress};

/// Find records that are the same party or the same release.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The records: CSV in UTF-8 with a header row and a column "id".
    #[arg(long, value_name = "FILE")]
    pub records: PathBuf,
    /// What the records are.
    #[arg(long, value_enum, default_value_t = KindArg::Auto)]
    pub kind: KindArg,
    /// Compare only records whose column "source" differs.
    #[arg(long)]
    pub link: bool,
    /// Threads to use; the result does not depend on it. [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// Where the pairs go: both ids, score in bits, decision, probability, and the parts that add up to the score.
    #[arg(long, value_name = "FILE")]
    pub pairs: PathBuf,
    /// Where the groups go: every record once, with its group.
    #[arg(long, value_name = "FILE")]
    pub clusters: PathBuf,
    /// Where overlaps go: lines of different claimants for the same release whose periods meet.
    #[arg(long, value_name = "FILE")]
    pub overlaps: Option<PathBuf>,
    /// Where the report goes: JSON with counts, seconds, memory, parameters and what was capped.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// What the records are, as said on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum KindArg {
    /// Parties: claimants, people, firms.
    Claimants,
    /// Lines: releases and recordings.
    Lines,
    /// Whichever the columns tell.
    Auto,
}

/// Runs the command.
///
/// # Errors
/// An unreadable or faulty table (with row and column), or an output that cannot be written. No output file is left then.
#[expect(clippy::needless_pass_by_value, reason = "the command line gives its arguments away")]
pub fn run(args: Args) -> anyhow::Result<()> {
    let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let kind = match args.kind {
        KindArg::Claimants => Some(Kind::Claimants),
        KindArg::Lines => Some(Kind::Lines),
        KindArg::Auto => None,
    };
    check_outputs(&args)?;
    let mut clock = Clock::start();
    let progress = Progress::new();
    let Table { records, unknown_columns } = read_table(&args.records, kind, &progress)?;
    progress.clear();
    for column in &unknown_columns {
        eprintln!("{}: row 1: column \"{column}\" is not known and is ignored", args.records.display());
    }
    if args.link && !records.has(Column::Source) {
        bail!("{}: row 1: --link needs a column \"source\"", args.records.display());
    }
    if args.overlaps.is_some() && !(records.has(Column::ClaimantId) && records.has(Column::PeriodStart)) {
        eprintln!(
            "{}: row 1: without the columns \"claimant_id\" and \"period_start\" no overlap can be found",
            args.records.display()
        );
    }
    clock.lap("read");
    let outcome = run::run(&records, Options { threads, link: args.link }, |phase, share| match phase {
        Phase::Block => progress.show("blocking", share),
        Phase::Compare => progress.show("comparing", share),
        Phase::Cluster => progress.show("grouping", share),
    });
    clock.lap("match");
    progress.show("writing", 0.0);
    let outputs = Outputs::new()?;
    outputs.write(&args.pairs, |to| write::pairs(&records, &outcome, threads, to))?;
    outputs.write(&args.clusters, |to| write::clusters(&records, &outcome, to))?;
    let mut overlaps = None;
    if let Some(path) = &args.overlaps {
        outputs.write(path, |to| {
            overlaps = Some(write::overlaps(&records, &outcome, to)?);
            Ok(())
        })?;
    }
    clock.lap("write");
    progress.clear();
    if let Some(path) = &args.report {
        let report = report::report(&args, &records, &outcome, &unknown_columns, overlaps, threads, &clock);
        outputs.write(path, |to| Ok(serde_json::to_writer_pretty(to, &report)?))?;
    }
    outputs.publish()?;
    eprintln!(
        "{} records, {} pairs compared, {} listed, {} groups, {:.1} s",
        records.len(),
        outcome.report.compared,
        outcome.pairs.len(),
        outcome.clusters.count(),
        clock.total()
    );
    Ok(())
}

fn read_table(path: &Path, kind: Option<Kind>, progress: &Progress) -> anyhow::Result<Table> {
    let file = File::open(path).with_context(|| format!("{}: cannot be opened", path.display()))?;
    let size = file.metadata().map_or(0, |m| m.len());
    #[expect(clippy::cast_precision_loss, reason = "for a progress bar")]
    let shown = |read: u64| progress.show("reading", if size > 0 { read as f64 / size as f64 } else { 0.0 });
    read::read(file, kind, Some(size), shown).map_err(|error| anyhow!("{}: {error}", path.display()))
}

/// No output may be the input or another output.
fn check_outputs(args: &Args) -> anyhow::Result<()> {
    let mut seen = vec![("--records", std::path::absolute(&args.records)?)];
    let outputs = [
        ("--pairs", Some(&args.pairs)),
        ("--clusters", Some(&args.clusters)),
        ("--overlaps", args.overlaps.as_ref()),
        ("--report", args.report.as_ref()),
    ];
    for (option, path) in outputs {
        let Some(path) = path else { continue };
        let full = std::path::absolute(path)?;
        if let Some((other, _)) = seen.iter().find(|(_, p)| *p == full) {
            bail!("{option} and {other} are the same file: {}", path.display());
        }
        if full.is_dir() || !full.parent().is_some_and(Path::is_dir) {
            bail!("{option} {}: not a file in an existing directory", path.display());
        }
        seen.push((option, full));
    }
    Ok(())
}
