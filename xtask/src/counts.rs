//! How many checks passed and failed, read from what test programs print.

use std::fmt;
use std::ops::AddAssign;

/// Checks that passed and checks that failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Checks that passed.
    pub passed: u64,
    /// Checks that failed.
    pub failed: u64,
}

impl Counts {
    /// Reads one line of output. Two kinds of line count: cargo's `test result: ok. 3 passed; 0 failed; …`, one for each
    /// test program, and the browser checks' closing `3 passed, 0 failed`.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        let found = if let Some(rest) = line.strip_prefix("test result: ") {
            rest.split_once(". ").and_then(|(_, numbers)| pair(numbers, "; "))
        } else {
            pair(line, ", ")
        };
        if let Some(found) = found {
            *self += found;
        }
    }
}

/// `3 passed<separator>0 failed`, whatever follows another separator.
fn pair(text: &str, separator: &str) -> Option<Counts> {
    let mut parts = text.split(separator);
    let passed = parts.next()?.strip_suffix(" passed")?.parse().ok()?;
    let failed = parts.next()?.strip_suffix(" failed")?.parse().ok()?;
    Some(Counts { passed, failed })
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn adds_up_cargo_and_browser_lines_and_nothing_else() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test money::rounds ... ok",
            "test result: ok. 41 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
            "ok 1 - 3 passed, later",
            "7 passed, 1 failed",
        ] {
            counts.read(line);
        }
        assert_eq!(counts, Counts { passed: 53, failed: 3 });
        assert_eq!(counts.to_string(), "53 passed, 3 failed");
    }
}
