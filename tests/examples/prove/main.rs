//! `cargo xtask prove`: the real binary under faults that take minutes. Every run prints what it did and what it compared; the
//! first thing that is not as it must be ends it with an error.
//!
//! ```text
//! prove kill  --recoup FILE --folder DIR --database sqlite|postgres [--submits 1000] [--seed 1]
//! prove disk  --recoup FILE --folder DIR
//! prove outage --recoup FILE --folder DIR --database sqlite|postgres [--submits 300] [--seed 1]
//! ```
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a proof that cannot go on stops")]

use std::path::PathBuf;

mod cluster;
mod disk;
mod kill;
mod outage;
mod site;
mod verify;
mod work;

/// What to do, from the command line.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The product.
    pub recoup: PathBuf,
    /// An empty folder.
    pub folder: PathBuf,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// How many claims.
    pub submits: usize,
    /// Seed of everything that is chance.
    pub seed: u64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let of = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1).cloned()
    };
    let what = arguments.first().cloned().unwrap_or_default();
    let plan = Plan {
        recoup: of("--recoup").expect("--recoup FILE").into(),
        folder: of("--folder").expect("--folder DIR").into(),
        database: of("--database").unwrap_or_else(|| "sqlite".to_owned()),
        submits: of("--submits").map_or(if what == "kill" { 1_000 } else { 300 }, |number| number.parse().unwrap()),
        seed: of("--seed").map_or(1, |number| number.parse().unwrap()),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    std::fs::create_dir_all(&plan.folder).unwrap();
    match what.as_str() {
        "kill" => kill::run(&plan).await,
        "disk" => disk::run(&plan).await,
        "outage" => outage::run(&plan).await,
        other => panic!("“{other}” is none of kill, disk, outage"),
    }
}
