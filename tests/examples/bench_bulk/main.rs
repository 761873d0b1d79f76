//! `cargo xtask bench bulk`: exports, submits and uploads of the real binary, each beside what they are measured by, in one run.
//!
//! ```text
//! bench_bulk --recoup FILE --seed FILE --bare-submits FILE --folder DIR [--only export|submit|upload] [--times 3]
//! ```
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use program::Places;

mod export;
mod program;
mod submit;
mod upload;

/// Prints a figure beside its limit: what, ours, the limit's measure, their ratio, and what the ratio may be.
pub fn say(what: &str, ours: &str, theirs: &str, ratio: f64, limit: &str, kept: bool) {
    let verdict = if kept { "kept" } else { "MISSED" };
    println!("{what}: {ours}; {theirs}; {ratio:.2} ({limit}) {verdict}");
}

/// Bytes in megabytes.
#[expect(clippy::cast_precision_loss, reason = "shown in megabytes")]
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let of = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1).cloned()
    };
    let path = |name: &str| std::path::PathBuf::from(of(name).unwrap_or_else(|| panic!("{name} is missing")));
    let times = of("--times").map_or(3, |times| times.parse().unwrap());
    let places = Places {
        recoup: path("--recoup"),
        seed: path("--seed"),
        bare_submits: path("--bare-submits"),
        folder: path("--folder"),
        times,
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    std::fs::create_dir_all(&places.folder).unwrap();
    let only = of("--only");
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if wanted("export") {
        export::measure(&places).await;
    }
    if wanted("submit") {
        submit::measure(&places).await;
    }
    if wanted("upload") {
        upload::measure(&places).await;
    }
}
