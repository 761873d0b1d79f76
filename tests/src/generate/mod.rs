//! Seeded generators of records with known truth, for speed and to guard against fitting one data set: claimants and lines
//! with the hard cases that a portal sees. The same seed and size give the same bytes on every machine.

pub mod case;
mod claimants;
mod lines;
mod noise;
mod random;
mod words;

pub use claimants::claimants;
pub use lines::lines;
pub use random::Random;

use std::io::{self, Write};

/// What is generated.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Number of records.
    pub records: usize,
    /// Seed.
    pub seed: u64,
    /// Share of artists who file through an agent.
    pub agents: f64,
}

impl Plan {
    /// A plan with the usual share of agents.
    #[must_use]
    pub fn new(records: usize, seed: u64) -> Self {
        Self { records, seed, agents: 0.03 }
    }
}

/// Records with their true entity, shuffled.
pub struct Generated {
    header: &'static [&'static str],
    rows: Vec<(u32, Vec<String>)>,
}

impl Generated {
    fn new(header: &'static [&'static str], mut rows: Vec<(u32, Vec<String>)>, random: &mut Random) -> Self {
        for i in (1..rows.len()).rev() {
            rows.swap(i, random.below(i + 1));
        }
        Self { header, rows }
    }

    /// Writes the records as CSV with a column `id` first.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_records(&self, to: impl Write) -> io::Result<()> {
        let mut rows = csv::Writer::from_writer(to);
        rows.write_record(std::iter::once("id").chain(self.header.iter().copied()))?;
        for (i, (_, cells)) in self.rows.iter().enumerate() {
            let id = format!("g{:07}", i + 1);
            rows.write_record(std::iter::once(id.as_str()).chain(cells.iter().map(String::as_str)))?;
        }
        rows.flush()
    }

    /// Writes `id,cluster_id`.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_truth(&self, mut to: impl Write) -> io::Result<()> {
        writeln!(to, "id,cluster_id")?;
        for (i, (entity, _)) in self.rows.iter().enumerate() {
            writeln!(to, "g{:07},e{entity}", i + 1)?;
        }
        Ok(())
    }
}
