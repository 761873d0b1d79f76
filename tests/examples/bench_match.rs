//! Tables with known truth, and how right a list of pairs is; `cargo xtask bench match` uses both.
//!
//! `bench_match generate claimants|lines RECORDS SEED FOLDER [AGENTS]` writes `records.csv` and `truth.csv`; AGENTS is the
//! share of artists who file through an agent. `bench_match score PAIRS TRUTH` prints one line of JSON: precision, recall and
//! F1 of the pairs decided to match; the best F1 that any threshold of the score would give, which only somebody who knows the
//! truth can choose; and for each tenth of probability from a half up how many pairs claim it, what they claim on average and
//! how many of them are right.

use anyhow::{Context as _, bail};
use claims::matching::decide::Decision;
use std::{collections::HashMap, fs::File, io::BufWriter, path::Path};
use tests::generate::{self, Plan};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", kind, records, seed, folder] => write(kind, Plan::new(records.parse()?, seed.parse()?), folder),
        ["generate", kind, records, seed, folder, agents] => {
            write(kind, Plan { agents: agents.parse()?, ..Plan::new(records.parse()?, seed.parse()?) }, folder)
        }
        ["score", pairs, truth] => score(Path::new(pairs), Path::new(truth)),
        _ => bail!("bench_match generate KIND RECORDS SEED FOLDER [AGENTS] | score PAIRS TRUTH"),
    }
}

fn write(kind: &str, plan: Plan, folder: &str) -> anyhow::Result<()> {
    let generated = match kind {
        "claimants" => generate::claimants(plan),
        "lines" => generate::lines(plan),
        other => bail!("\"{other}\" is neither claimants nor lines"),
    };
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder)?;
    generated.write_records(BufWriter::new(File::create(folder.join("records.csv"))?))?;
    Ok(generated.write_truth(BufWriter::new(File::create(folder.join("truth.csv"))?))?)
}

/// Pairs of one band of probability.
#[derive(Clone, Copy, Default)]
struct Band {
    pairs: u64,
    claimed: f64,
    right: u64,
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn score(pairs: &Path, truth: &Path) -> anyhow::Result<()> {
    let mut cluster: HashMap<String, String> = HashMap::new();
    let mut sizes: HashMap<String, u64> = HashMap::new();
    for row in csv::Reader::from_path(truth)?.into_records() {
        let row = row?;
        *sizes.entry(row[1].to_owned()).or_default() += 1;
        cluster.insert(row[0].to_owned(), row[1].to_owned());
    }
    let actual: u64 = sizes.values().map(|n| n * (n - 1) / 2).sum();
    let (mut found, mut right) = (0_u64, 0_u64);
    let mut scored = Vec::new();
    let mut bands = [Band::default(); 5];
    let mut reader = csv::Reader::from_path(pairs)?;
    let probability = reader.headers()?.iter().position(|column| column == "probability");
    for row in reader.into_records() {
        let row = row?;
        let of = |column: usize| cluster.get(&row[column]).context("an id that the truth does not have");
        let is_right = u64::from(of(0)? == of(1)?);
        scored.push((row[2].parse::<f64>()?, is_right));
        if &row[3] == Decision::Match.word() {
            found += 1;
            right += is_right;
        }
        let Some(claimed) = probability.and_then(|at| row[at].parse::<f64>().ok()).filter(|p| *p >= 0.5) else {
            continue;
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a tenth between 5 and 10")]
        let band = &mut bands[((claimed * 10.0) as usize).min(9) - 5];
        band.pairs += 1;
        band.claimed += claimed;
        band.right += is_right;
    }
    let ratio = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    let bands: Vec<_> = (5..)
        .zip(bands)
        .map(|(tenth, band)| {
            serde_json::json!({
                "from": f64::from(tenth) / 10.0, "pairs": band.pairs, "claimed": band.claimed / band.pairs.max(1) as f64,
                "right": ratio(band.right, band.pairs),
            })
        })
        .collect();
    println!(
        "{}",
        serde_json::json!({
            "precision": ratio(right, found), "recall": ratio(right, actual), "f1": ratio(2 * right, found + actual),
            "best_f1": best_f1(scored, actual), "bands": bands,
        })
    );
    Ok(())
}

/// The best F1 that taking all pairs from some score up gives.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn best_f1(mut scored: Vec<(f64, u64)>, actual: u64) -> f64 {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut found, mut right, mut best) = (0, 0, 0.0_f64);
    for of_one_score in scored.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        found += of_one_score.len() as u64;
        right += of_one_score.iter().map(|(_, is_right)| is_right).sum::<u64>();
        best = best.max((2 * right) as f64 / (found + actual).max(1) as f64);
    }
    best
}
