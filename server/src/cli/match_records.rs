//! `recoup match`: finds records that are one and lines that overlap, from a CSV file and without a database.

use anyhow::{Context as _, anyhow, bail};
use claims::matching::{
    columns::{Column, Kind},
    decide::Decision,
    model, period,
    read::{self, Table},
    records::Records,
    run::{self, Options, Outcome, Phase},
    threads, weigh,
};
use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufWriter, IsTerminal as _, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

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
    let outputs = Outputs::new();
    outputs.write(&args.pairs, |to| write_pairs(&records, &outcome, threads, to))?;
    outputs.write(&args.clusters, |to| write_clusters(&records, &outcome, to))?;
    let mut overlaps = None;
    if let Some(path) = &args.overlaps {
        outputs.write(path, |to| {
            overlaps = Some(write_overlaps(&records, &outcome, to)?);
            Ok(())
        })?;
    }
    clock.lap("write");
    progress.clear();
    if let Some(path) = &args.report {
        let report = report(&args, &records, &outcome, &unknown_columns, overlaps, threads, &clock);
        outputs.write(path, |to| Ok(serde_json::to_writer_pretty(to, &report)?))?;
    }
    outputs.publish()?;
    let groups = outcome.clusters.of.iter().collect::<BTreeSet<_>>().len();
    eprintln!(
        "{} records, {} pairs compared, {} listed, {groups} groups, {:.1} s",
        records.len(),
        outcome.report.compared,
        outcome.pairs.len(),
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

fn write_pairs(records: &Records, outcome: &Outcome, threads: usize, to: &mut dyn Write) -> anyhow::Result<()> {
    const PORTION: usize = 8_192;
    let mut header = vec!["id_a", "id_b", "score", "decision", "probability", "base"];
    header.extend(outcome.weights.fields().iter().map(|f| f.name));
    header.push("group");
    writeln!(to, "{}", header.join(","))?;
    // A few portions at a time, so that memory does not grow with the number of pairs.
    for batch in outcome.pairs.chunks(PORTION * 4 * threads) {
        let portions: Vec<_> = batch.chunks(PORTION).collect();
        for text in threads::map(portions.len(), threads, |i| pair_rows(records, outcome, portions[i])) {
            to.write_all(text?.as_slice())?;
        }
    }
    Ok(())
}

fn pair_rows(records: &Records, outcome: &Outcome, pairs: &[run::Pair]) -> anyhow::Result<Vec<u8>> {
    let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let mut cell = Vec::with_capacity(16);
    for pair in pairs {
        let parts = outcome.weights.weigh(records, pair.a, pair.b);
        let group = pair.score - outcome.base.millibits - parts.sum();
        rows.write_field(records.id(pair.a))?;
        rows.write_field(records.id(pair.b))?;
        rows.write_field(decimal(pair.score, &mut cell))?;
        rows.write_field(outcome.decision(pair).word())?;
        cell.clear();
        write!(cell, "{:.6}", weigh::probability(pair.score))?;
        rows.write_field(&cell)?;
        rows.write_field(decimal(outcome.base.millibits, &mut cell))?;
        for weight in &parts.weights[..outcome.weights.fields().len()] {
            rows.write_field(decimal(*weight, &mut cell))?;
        }
        rows.write_field(decimal(group, &mut cell))?;
        rows.write_record(None::<&[u8]>)?;
    }
    Ok(rows.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// Thousandths as a decimal number, exactly.
fn decimal(value: weigh::Millibits, cell: &mut Vec<u8>) -> &[u8] {
    cell.clear();
    if value == 0 {
        cell.push(b'0');
        return cell;
    }
    if value < 0 {
        cell.push(b'-');
    }
    let (whole, rest) = (value.unsigned_abs() / 1000, value.unsigned_abs() % 1000);
    // Writing to memory cannot fail.
    let _ = if rest == 0 { write!(cell, "{whole}") } else { write!(cell, "{whole}.{rest:03}") };
    cell
}

fn write_clusters(records: &Records, outcome: &Outcome, to: &mut dyn Write) -> anyhow::Result<()> {
    let mut rows = csv_writer(to);
    rows.write_record(["id", "cluster_id"])?;
    for (record, group) in (0_u32..).zip(&outcome.clusters.of) {
        rows.write_record([records.id(record), records.id(*group)])?;
    }
    Ok(rows.flush()?)
}

fn write_overlaps(records: &Records, outcome: &Outcome, to: &mut dyn Write) -> anyhow::Result<u64> {
    let mut rows = csv_writer(to);
    rows.write_record(["id_a", "id_b", "score", "overlap_start", "overlap_end"])?;
    let mut count = 0;
    for overlap in run::overlapping(records, outcome) {
        rows.write_record([
            records.id(overlap.pair.a),
            records.id(overlap.pair.b),
            &format!("{:.3}", weigh::bits(overlap.pair.score)),
            &period::month_text(overlap.first),
            &period::month_text(overlap.last),
        ])?;
        count += 1;
    }
    rows.flush()?;
    Ok(count)
}

fn csv_writer(to: &mut dyn Write) -> csv::Writer<&mut dyn Write> {
    csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(to)
}

fn report(
    args: &Args,
    records: &Records,
    outcome: &Outcome,
    unknown_columns: &[String],
    overlaps: Option<u64>,
    threads: usize,
    clock: &Clock,
) -> serde_json::Value {
    let count = |decision| outcome.pairs.iter().filter(|p| outcome.decision(p) == decision).count();
    let rules: Vec<_> = outcome
        .report
        .blocking
        .rules
        .iter()
        .map(|r| {
            serde_json::json!({
                "rule": r.rule, "records": r.records, "pairs_compared_first_here": r.compared,
                "blocks_split_by_second_key": r.split_blocks, "blocks_capped": r.capped_blocks, "pairs_left_out": r.left_out,
            })
        })
        .collect();
    let splits: Vec<_> = outcome
        .clusters
        .splits
        .iter()
        .take(10_000)
        .map(|s| serde_json::json!({"id_a": records.id(s.a), "id_b": records.id(s.b), "reason": s.reason.words()}))
        .collect();
    serde_json::json!({
        "version": model::VERSION,
        "records_file": args.records.file_name().map(|n| n.to_string_lossy()),
        "kind": match records.kind { Kind::Claimants => "claimants", Kind::Lines => "lines" },
        "records": records.len(),
        "unknown_columns": unknown_columns,
        "candidates_compared": outcome.report.compared,
        "pairs": {
            "listed": outcome.pairs.len(), "match": count(Decision::Match), "review": count(Decision::Review),
            "none": count(Decision::None),
        },
        "groups": outcome.clusters.of.iter().collect::<BTreeSet<_>>().len(),
        "overlaps": overlaps,
        "blocking": rules,
        "groups_kept_apart": { "count": outcome.clusters.splits.len(), "first": splits },
        "parameters": {
            "base_bits": weigh::bits(outcome.base.millibits),
            "true_pairs_expected_per_record": outcome.base.pairs_per_record,
            "match_from_bits": weigh::bits(claims::matching::decide::MATCH_FROM),
            "review_from_bits": weigh::bits(claims::matching::decide::REVIEW_FROM),
            "listed_from_bits": weigh::bits(claims::matching::decide::LIST_FROM),
            "largest_block": claims::matching::block::LARGEST_BLOCK,
            "window": claims::matching::block::WINDOW,
            "fields": outcome.weights.fields().iter().map(|f| serde_json::json!({
                "field": f.name,
                "levels": f.levels.iter().map(|l| serde_json::json!({
                    "level": l.words, "bits": l.bits, "rarity_added": l.rarity, "contradicts": l.contradicts,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        },
        "threads": threads,
        "seconds": clock.laps.iter().map(|(name, s)| ((*name).to_owned(), serde_json::json!(s))).collect::<serde_json::Map<_, _>>(),
        "cpu_seconds": cpu_seconds(),
        "peak_memory_bytes": peak_memory(),
    })
}

/// Processor seconds of all threads so far, where the system tells (Linux, in ticks of a hundredth of a second).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the name, is in parentheses and may hold anything; user and system time are the 12th and 13th after.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u32>().ok()?.checked_add(fields.next()?.parse::<u32>().ok()?)?;
    Some(f64::from(ticks) / 100.0)
}

/// The process's largest resident memory so far in bytes, where the system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// Output files under temporary names until all are complete; an interrupted run leaves none.
struct Outputs {
    files: Arc<Mutex<Vec<(PathBuf, PathBuf)>>>,
}

impl Outputs {
    fn new() -> Self {
        let files = Arc::new(Mutex::new(Vec::new()));
        remove_on_signal(&files);
        Self { files }
    }

    fn write(&self, path: &Path, fill: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let partial = path.with_file_name(format!(".{name}.{}.partial", std::process::id()));
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push((partial.clone(), path.to_owned()));
        let attempt = || -> anyhow::Result<()> {
            let mut to = BufWriter::with_capacity(1 << 20, File::create(&partial)?);
            fill(&mut to)?;
            to.flush()?;
            Ok(to.get_ref().sync_all()?)
        };
        attempt().with_context(|| format!("{}: cannot be written", path.display()))
    }

    /// Gives all files their names.
    fn publish(&self) -> anyhow::Result<()> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        for (partial, path) in files.iter() {
            std::fs::rename(partial, path).with_context(|| format!("{}: cannot be written", path.display()))?;
        }
        files.clear();
        Ok(())
    }
}

impl Drop for Outputs {
    fn drop(&mut self) {
        remove(&self.files);
    }
}

fn remove(files: &Mutex<Vec<(PathBuf, PathBuf)>>) {
    for (partial, _) in files.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let _ = std::fs::remove_file(partial);
    }
}

/// Removes partial files and ends with the shell's code for an interrupt. A system without signals keeps its default.
fn remove_on_signal(files: &Arc<Mutex<Vec<(PathBuf, PathBuf)>>>) {
    let files = Arc::clone(files);
    let waiting = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            remove(&files);
            std::process::exit(130);
        }
    };
    // The thread ends with the process.
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(waiting);
}

/// Seconds by phase.
struct Clock {
    started: Instant,
    last: Instant,
    laps: Vec<(&'static str, f64)>,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        Self { started: now, last: now, laps: Vec::new() }
    }

    fn lap(&mut self, name: &'static str) {
        let now = Instant::now();
        self.laps.push((name, (now - self.last).as_secs_f64()));
        self.last = now;
    }

    fn total(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// A bar on a terminal, nothing elsewhere.
struct Progress {
    shown: Option<Mutex<Instant>>,
}

impl Progress {
    fn new() -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { shown: terminal.then(|| Mutex::new(Instant::now())) }
    }

    fn show(&self, what: &str, share: f64) {
        const WIDTH: usize = 30;
        let Some(shown) = &self.shown else { return };
        let mut last = shown.lock().unwrap_or_else(PoisonError::into_inner);
        if share > 0.0 && last.elapsed() < Duration::from_millis(100) {
            return;
        }
        *last = Instant::now();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a few columns")]
        let full = (share.clamp(0.0, 1.0) * 30.0) as usize;
        eprint!("\r{what:<10} [{}{}] {:3.0} %", "#".repeat(full), " ".repeat(WIDTH - full), share * 100.0);
    }

    fn clear(&self) {
        if self.shown.is_some() {
            eprint!("\r{:50}\r", "");
        }
    }
}
