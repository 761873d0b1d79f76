//! Seconds and memory of matching a generated table, and how right it is: `bench_match claimants|lines [records] [seed]`.
//!
//! Writes `records.csv`, `truth.csv` and the outputs to a directory of its own under the system's temporary directory (or
//! `--dir DIR`), which is kept, so that other programs can be measured on the same file in the same run. The last line is
//! JSON. A process measures one kind, for its peak memory is that of the process.

use anyhow::{Context as _, bail};
use claims::matching::{decide::Decision, index::Index, read, run};
use std::{collections::HashMap, fs::File, io::BufWriter, path::PathBuf, time::Instant};
use tests::generate::{self, Plan};

fn main() -> anyhow::Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut dir = None;
    if let Some(at) = arguments.iter().position(|a| a == "--dir") {
        dir = Some(PathBuf::from(arguments.get(at + 1).context("--dir needs a directory")?));
        arguments.drain(at..=at + 1);
    }
    let kind = arguments.first().map_or("claimants", String::as_str).to_owned();
    let number = |i: usize, usual: u64| arguments.get(i).map_or(Ok(usual), |a| a.parse());
    let (records, seed) = (usize::try_from(number(1, 1_000_000)?)?, number(2, 1)?);
    let dir = dir.unwrap_or_else(|| std::env::temp_dir().join(format!("recoup-bench-{kind}-{records}-{seed}")));
    std::fs::create_dir_all(&dir)?;
    let path = |name: &str| dir.join(name);

    let plan = Plan::new(records, seed);
    let generated = match kind.as_str() {
        "claimants" => generate::claimants(plan),
        "lines" => generate::lines(plan),
        other => bail!("\"{other}\" is neither claimants nor lines"),
    };
    generated.write_records(BufWriter::new(File::create(path("records.csv"))?))?;
    generated.write_truth(BufWriter::new(File::create(path("truth.csv"))?))?;
    drop(generated);

    // The command itself, in a process of its own, so that generating does not count.
    let recoup = std::env::var_os("RECOUP").context("set RECOUP to the binary recoup")?;
    let status = std::process::Command::new(recoup)
        .args(["match", "--kind", &kind])
        .arg("--records")
        .arg(path("records.csv"))
        .arg("--pairs")
        .arg(path("pairs.csv"))
        .arg("--clusters")
        .arg(path("clusters.csv"))
        .arg("--report")
        .arg(path("report.json"))
        .status()?;
    if !status.success() {
        bail!("recoup match failed: {status}");
    }
    let report: serde_json::Value = serde_json::from_reader(File::open(path("report.json"))?)?;
    let score = score(&path("pairs.csv"), &path("truth.csv"))?;
    let index = index_latency(&path("records.csv"), records.min(100_000))?;
    println!(
        "{}",
        serde_json::json!({
            "kind": kind, "records": records, "seed": seed, "directory": dir, "f1": score, "seconds": report["seconds"],
            "cpu_seconds": report["cpu_seconds"], "peak_memory_bytes": report["peak_memory_bytes"],
            "candidates_compared": report["candidates_compared"], "index_milliseconds": index,
        })
    );
    Ok(())
}

/// F1 of the pairs decided to match.
fn score(pairs: &std::path::Path, truth: &std::path::Path) -> anyhow::Result<f64> {
    let mut cluster: HashMap<String, String> = HashMap::new();
    let mut sizes: HashMap<String, u64> = HashMap::new();
    for row in csv::Reader::from_path(truth)?.into_records() {
        let row = row?;
        *sizes.entry(row[1].to_owned()).or_default() += 1;
        cluster.insert(row[0].to_owned(), row[1].to_owned());
    }
    let actual: u64 = sizes.values().map(|n| n * (n - 1) / 2).sum();
    let (mut found, mut right) = (0_u64, 0_u64);
    for row in csv::Reader::from_path(pairs)?.into_records() {
        let row = row?;
        if &row[3] == Decision::Match.word() {
            found += 1;
            right += u64::from(cluster.get(&row[0]) == cluster.get(&row[1]));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    Ok(2.0 * right as f64 / (found + actual) as f64)
}

/// Milliseconds to add one record to an index of `records` and find what it resembles: the middle and the longest of 1,000.
fn index_latency(path: &std::path::Path, records: usize) -> anyhow::Result<[f64; 2]> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path)?;
    let rows: Vec<csv::StringRecord> = reader.records().take(records + 1).collect::<Result<_, _>>()?;
    let new = rows.len().saturating_sub(1_000).max(1);
    let mut text = csv::Writer::from_writer(Vec::new());
    for row in &rows[..new] {
        text.write_record(row)?;
    }
    let text = text.into_inner()?;
    let table = read::read(text.as_slice(), None, Some(text.len() as u64), |_| {})?.records;
    let base = run::run(&table, run::Options::default(), |_, _| {}).base;
    let mut index = Index::new(table, base);
    let mut times = Vec::new();
    for row in &rows[new..] {
        let started = Instant::now();
        let record = index.add(|i| row.get(i).unwrap_or(""))?;
        std::hint::black_box(index.resembling(record));
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok([times.get(times.len() / 2).copied().unwrap_or(0.0), times.last().copied().unwrap_or(0.0)])
}
