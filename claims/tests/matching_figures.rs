//! The engine's figures on records with known truth, at its own decision: they may rise, not fall.
#![cfg(feature = "matching-files")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use claims::matching::{
    decide::Decision,
    read,
    records::Records,
    run::{self, Options, Outcome},
    weigh,
};
use std::{
    collections::{HashMap, HashSet},
    fs::File,
    path::PathBuf,
};

fn file(set: &str, name: &str) -> File {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "tests", "fixtures", "matching", set, name].iter().collect();
    File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A matched set with the true cluster of each record.
struct Scored {
    records: Records,
    outcome: Outcome,
    truth: Vec<usize>,
}

impl Scored {
    fn new(set: &str) -> Self {
        let records = read::read(file(set, "records.csv"), None, None, |_| {}).unwrap().records;
        let outcome = run::run(&records, Options { threads: 2, link: false }, |_, _| {});
        let mut truth = vec![0; records.len()];
        let mut clusters: HashMap<String, usize> = HashMap::new();
        for row in csv::Reader::from_reader(file(set, "truth.csv")).into_records() {
            let row = row.unwrap();
            let next = clusters.len();
            truth[records.position(&row[0]).unwrap() as usize] = *clusters.entry(row[1].to_owned()).or_insert(next);
        }
        Self { records, outcome, truth }
    }

    fn is_true(&self, a: u32, b: u32) -> bool {
        self.truth[a as usize] == self.truth[b as usize]
    }

    /// F1 of the pairs decided to match.
    fn f1(&self) -> f64 {
        let mut sizes: HashMap<usize, u64> = HashMap::new();
        self.truth.iter().for_each(|c| *sizes.entry(*c).or_default() += 1);
        let actual: u64 = sizes.values().map(|n| n * (n - 1) / 2).sum();
        let decided: Vec<_> =
            self.outcome.pairs.iter().filter(|p| self.outcome.decision(p) == Decision::Match).collect();
        let right = decided.iter().filter(|p| self.is_true(p.a, p.b)).count();
        f1(right, decided.len(), usize::try_from(actual).unwrap())
    }

    /// For bands of probability from 0.5 up: how many pairs, what they claim on average, and how many are right.
    fn calibration(&self) -> Vec<(usize, f64, f64)> {
        (5..10)
            .map(|band| {
                let of_band: Vec<(f64, bool)> = self
                    .outcome
                    .pairs
                    .iter()
                    .map(|p| (weigh::probability(p.score), self.is_true(p.a, p.b)))
                    .filter(|(p, _)| *p >= f64::from(band) / 10.0 && (*p < f64::from(band + 1) / 10.0 || band == 9))
                    .collect();
                let n = of_band.len();
                let mean = |f: fn(&(f64, bool)) -> f64| of_band.iter().map(f).sum::<f64>() / n.max(1) as f64;
                (n, mean(|x| x.0), mean(|x| f64::from(u8::from(x.1))))
            })
            .collect()
    }
}

fn f1(right: usize, found: usize, actual: usize) -> f64 {
    2.0 * right as f64 / (found + actual) as f64
}

#[test]
fn claimants() {
    let scored = Scored::new("claimants_dev_10k");
    assert!(scored.f1() >= 0.970, "{}", scored.f1());
}

#[test]
fn lines_and_their_overlaps() {
    let scored = Scored::new("lines_dev_10k");
    assert!(scored.f1() >= 0.988, "{}", scored.f1());
    let id = |record| scored.records.id(record).to_owned();
    let found: HashSet<(String, String)> = run::overlapping(&scored.records, &scored.outcome)
        .map(|o| (id(o.pair.a), id(o.pair.b)))
        .map(|(a, b)| if a < b { (a, b) } else { (b, a) })
        .collect();
    let truth: HashSet<(String, String)> = csv::Reader::from_reader(file("lines_dev_10k", "truth_overlaps.csv"))
        .into_records()
        .map(|row| row.unwrap())
        .map(|row| {
            if row[0] < row[1] {
                (row[0].to_owned(), row[1].to_owned())
            } else {
                (row[1].to_owned(), row[0].to_owned())
            }
        })
        .collect();
    let overlaps = f1(found.intersection(&truth).count(), found.len(), truth.len());
    assert!(overlaps >= 0.985, "{overlaps}");
}

#[test]
fn people_of_the_example_sets() {
    let fake = Scored::new("fake_1000").f1();
    assert!(fake >= 0.92, "{fake}");
    let febrl = Scored::new("febrl3").f1();
    assert!(febrl >= 0.995, "{febrl}");
}

/// From 0.9 up, where nearly all pairs are, a band may be off by 0.01. The bands below hold few pairs and say little: they may be
/// off by 0.05 and twice the standard error of their share.
#[test]
fn probabilities_are_what_they_claim() {
    for set in ["claimants_dev_10k", "lines_dev_10k", "fake_1000", "febrl3"] {
        let bands = Scored::new(set).calibration();
        let highest = bands.len() - 1;
        for (band, (n, claimed, right)) in bands.into_iter().enumerate() {
            let error = (claimed * (1.0 - claimed) / n.max(1) as f64).sqrt();
            let most = if band == highest { 0.01 } else { 0.05 + 2.0 * error };
            assert!(n == 0 || (claimed - right).abs() <= most, "{set}: {n} pairs at {claimed:.2}, {right:.2} right");
        }
    }
}
