//! Figures beside their limits.

/// Ours must be at least so much of theirs.
pub fn at_least(what: &str, ours: f64, theirs: f64, least: f64) {
    let ratio = ours / theirs;
    println!("{what:40} {ours:10.0} {theirs:10.0}   {ratio:5.2} (at least {least}) {}", verdict(ratio >= least));
}

/// Ours may be at most so much.
pub fn at_most(what: &str, ours: f64, most: f64) {
    println!("{what:40} {ours:10.1} {most:10.1}   {:5.2} (at most 1) {}", ours / most, verdict(ours <= most));
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "MISSED" }
}
