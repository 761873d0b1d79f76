//! What somebody who waits is shown.

use std::{
    io::IsTerminal as _,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Seconds by phase.
pub struct Clock {
    started: Instant,
    last: Instant,
    pub laps: Vec<(&'static str, f64)>,
}

impl Clock {
    pub fn start() -> Self {
        let now = Instant::now();
        Self { started: now, last: now, laps: Vec::new() }
    }

    pub fn lap(&mut self, name: &'static str) {
        let now = Instant::now();
        self.laps.push((name, (now - self.last).as_secs_f64()));
        self.last = now;
    }

    pub fn total(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// A bar on a terminal, nothing elsewhere.
pub struct Progress {
    shown: Option<Mutex<Instant>>,
}

impl Progress {
    pub fn new() -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { shown: terminal.then(|| Mutex::new(Instant::now())) }
    }

    pub fn show(&self, what: &str, share: f64) {
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

    pub fn clear(&self) {
        if self.shown.is_some() {
            eprint!("\r{:50}\r", "");
        }
    }
}
