//! What a program costs: seconds, processor time and peak memory, by the same means for ours and others'.

use std::fmt;
use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::run::{Interrupt, succeeded};

/// What a program cost. Processor time and memory are told on Linux only.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    /// Seconds on the clock.
    pub seconds: f64,
    /// Seconds of all processors, user and system.
    pub cpu_seconds: Option<f64>,
    /// The largest resident memory in bytes.
    pub peak_bytes: Option<u64>,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:6.2} s", self.seconds)?;
        if let Some(cpu) = self.cpu_seconds {
            write!(f, "  {cpu:6.2} CPU s")?;
        }
        #[expect(clippy::cast_precision_loss, reason = "shown in megabytes")]
        if let Some(bytes) = self.peak_bytes {
            write!(f, "  {:5.0} MB", bytes as f64 / 1e6)?;
        }
        Ok(())
    }
}

/// Runs a program to its end and tells what it cost. No other program of ours may run meanwhile.
pub fn measure(interrupt: &Interrupt, command: &mut Command) -> Result<Cost> {
    let before = cpu_of_children();
    let begun = Instant::now();
    let mut peak_bytes = None;
    let status = interrupt.run_watching(command, |process| peak_bytes = peak_memory(process).max(peak_bytes))?;
    let seconds = begun.elapsed().as_secs_f64();
    succeeded(command, status)?;
    let cpu_seconds = before.zip(cpu_of_children()).map(|(before, after)| after - before);
    Ok(Cost { seconds, cpu_seconds, peak_bytes })
}

/// Processor seconds of all programs that we started and that have ended, and of theirs.
fn cpu_of_children() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the name, is in parentheses and may hold anything; children's user and system time in hundredths of
    // a second are the 14th and 15th after it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
    let ticks = fields.next()?.parse::<u32>().ok()?.checked_add(fields.next()?.parse::<u32>().ok()?)?;
    Some(f64::from(ticks) / 100.0)
}

/// The largest resident memory of a running process so far. The kernel keeps the peak, so looking now and then is enough.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
