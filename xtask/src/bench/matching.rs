//! `cargo xtask bench match`: generated tables of claimants and of lines, matched by `recoup match` and, where it can be
//! installed, by Splink on the same file in the same run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::bench::measure::{Cost, measure};
use crate::bench::splink::Splink;
use crate::run::{Interrupt, quietly};
use crate::workspace::Workspace;

/// What to match.
#[derive(Args)]
pub struct Options {
    /// Only this kind of table
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// How many records the large table has; the small one has a tenth
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// What the generator starts from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often `recoup match` runs; the least processor time counts
    #[arg(long, default_value_t = 3)]
    repeat: usize,
    /// Leave Splink out
    #[arg(long)]
    no_splink: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Claimants,
    Lines,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Claimants => "claimants",
            Self::Lines => "lines",
        }
    }

    /// The settings of `tests/bench/splink_match.py`, on the large table; those of claimants for the best F1 at any price on the small one, for on the large
    /// one they take many times as long as all the rest.
    const fn ways_of_splink(self) -> &'static [(&'static str, Table)] {
        match self {
            Self::Claimants => &[("claimants", Table::Large), ("claimants-thorough", Table::Small)],
            Self::Lines => &[("lines", Table::Large), ("lines-cheap", Table::Large), ("lines-thorough", Table::Large)],
        }
    }
}

#[derive(Clone, Copy)]
enum Table {
    Small,
    Large,
}

/// Builds, generates, matches and prints.
pub fn run(workspace: &Workspace, interrupt: &Interrupt, options: &Options) -> Result<()> {
    let bench = Bench::new(workspace, interrupt, options)?;
    let kinds = options.kind.map_or_else(|| Kind::value_variants().to_vec(), |kind| vec![kind]);
    for kind in kinds {
        bench.compare(kind)?;
    }
    Ok(())
}

struct Bench<'a> {
    interrupt: &'a Interrupt,
    options: &'a Options,
    recoup: PathBuf,
    /// Generates tables and scores pairs: `tests/examples/bench_match.rs`.
    helper: PathBuf,
    folder: PathBuf,
    splink: Option<Splink>,
}

/// What matching a table took and found.
struct Matched {
    records: usize,
    folder: PathBuf,
    cost: Cost,
    f1: f64,
}

/// How right a list of pairs is.
struct Right {
    /// At the decisions of the list.
    f1: f64,
    /// At the threshold that would be chosen by somebody who knows the truth.
    best_f1: f64,
}

impl<'a> Bench<'a> {
    fn new(workspace: &Workspace, interrupt: &'a Interrupt, options: &'a Options) -> Result<Self> {
        // No package is named, for the reason given in `build.rs`.
        interrupt.run(&mut workspace.cargo(["build", "--release", "--bin", "recoup", "--example", "bench_match"]))?;
        let splink = if options.no_splink { None } else { Some(Splink::find_or_install(workspace)) };
        let splink = splink.and_then(|found| found.map_err(|cause| println!("{cause:#}")).ok());
        let helper = workspace.target.join("release/examples/bench_match");
        let folder = workspace.target.join("bench/match");
        Ok(Self { interrupt, options, recoup: workspace.recoup(), helper, folder, splink })
    }

    fn compare(&self, kind: Kind) -> Result<()> {
        let small = self.ours(kind, self.options.records / 10)?;
        let large = self.ours(kind, self.options.records)?;
        println!(
            "  F1 {:.3} at {}, {:.3} at {}: {:+.3}",
            small.f1,
            self.options.records / 10,
            large.f1,
            self.options.records,
            large.f1 - small.f1
        );
        for (way, table) in kind.ways_of_splink() {
            let ours = match table {
                Table::Small => &small,
                Table::Large => &large,
            };
            self.splink(way, ours)?;
        }
        Ok(())
    }

    /// Lets Splink match the table that ours matched, in one of its ways, and tells how much less ours took.
    fn splink(&self, way: &str, ours: &Matched) -> Result<()> {
        let Some(splink) = &self.splink else { return Ok(()) };
        let folder = &ours.folder;
        let pairs = folder.join("splink.csv");
        let cost = splink.run(self.interrupt, way, &folder.join("records.csv"), &pairs)?;
        let right = self.score(&pairs, folder)?;
        println!(
            "{}, {way}, on the same {} records\n  {cost}  F1 {:.3}, {:.3} with the threshold that the truth shows to be best",
            splink.version, ours.records, right.f1, right.best_f1
        );
        let ratio = |ours: Option<f64>, theirs: Option<f64>| match (ours, theirs) {
            (Some(ours), Some(theirs)) if ours > 0.0 => format!("{:.1}", theirs / ours),
            _ => "an unknown number of".to_owned(),
        };
        #[expect(clippy::cast_precision_loss, reason = "for a ratio")]
        let bytes = |cost: Cost| cost.peak_bytes.map(|bytes| bytes as f64);
        println!(
            "  recoup match: {} times less processor time, {} times less memory\n",
            ratio(ours.cost.cpu_seconds, cost.cpu_seconds),
            ratio(bytes(ours.cost), bytes(cost)),
        );
        Ok(())
    }

    /// Generates a table, matches it several times and keeps the cheapest run.
    fn ours(&self, kind: Kind, records: usize) -> Result<Matched> {
        let folder = self.folder(kind, records);
        fs::create_dir_all(&folder)?;
        let generate =
            ["generate", kind.word(), &records.to_string(), &self.options.seed.to_string()].map(str::to_owned);
        quietly(Command::new(&self.helper).args(generate).arg(&folder))?;
        println!("{records} {}, seed {}", kind.word(), self.options.seed);
        let mut best: Option<Cost> = None;
        for _ in 0..self.options.repeat.max(1) {
            let cost = measure(
                self.interrupt,
                Command::new(&self.recoup)
                    .args(["match", "--kind", kind.word()])
                    .arg("--records")
                    .arg(folder.join("records.csv"))
                    .arg("--pairs")
                    .arg(folder.join("pairs.csv"))
                    .arg("--clusters")
                    .arg(folder.join("clusters.csv"))
                    .arg("--report")
                    .arg(folder.join("report.json")),
            )?;
            println!("  {cost}  {}", phases(&folder.join("report.json"))?);
            if best.is_none_or(|best| cost.cpu_seconds < best.cpu_seconds) {
                best = Some(cost);
            }
        }
        let f1 = self.score(&folder.join("pairs.csv"), &folder)?.f1;
        Ok(Matched { records, folder, cost: best.unwrap_or_default(), f1 })
    }

    fn folder(&self, kind: Kind, records: usize) -> PathBuf {
        self.folder.join(format!("{}-{records}", kind.word()))
    }

    fn score(&self, pairs: &Path, folder: &Path) -> Result<Right> {
        let told = quietly(Command::new(&self.helper).arg("score").arg(pairs).arg(folder.join("truth.csv")))?;
        let told: Value = serde_json::from_slice(&told)?;
        let number = |name: &str| told[name].as_f64().with_context(|| format!("the helper told no {name}"));
        Ok(Right { f1: number("f1")?, best_f1: number("best_f1")? })
    }
}

/// Seconds by phase from a report.
fn phases(report: &Path) -> Result<String> {
    let report: Value = serde_json::from_slice(&fs::read(report)?)?;
    let phases = report["seconds"].as_object().into_iter().flatten();
    Ok(phases
        .map(|(phase, seconds)| format!("{phase} {:.2} s", seconds.as_f64().unwrap_or(0.0)))
        .collect::<Vec<_>>()
        .join(", "))
}
