//! Numbers of exhibits that a filing does not use: a number is given once and for ever, so some are missing where a claim was
//! withdrawn or a document taken out, and whoever counts should read why.

use super::{Filing, Unused};

/// Exhibits that follow each other and are missing for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Numbers of the first and the last exhibit.
    pub exhibits: (i64, i64),
    /// The first and the last Bates number.
    pub bates: (i64, i64),
    /// Numbers of the withdrawn claims that hold them; empty where none does.
    pub claims: Vec<String>,
}

impl Run {
    fn of(unused: &Unused) -> Self {
        Self {
            exhibits: (unused.exhibit, unused.exhibit),
            bates: (unused.first, unused.first + unused.pages - 1),
            claims: unused.claims.clone(),
        }
    }
}

/// The numbers that a filing does not use, run by run. Of a filing that does not keep them the gaps between its exhibits are told.
#[must_use]
pub fn unused(filing: &Filing) -> Vec<Run> {
    let missing = if filing.unused.is_empty() { gaps(filing) } else { filing.unused.iter().map(Run::of).collect() };
    let mut runs: Vec<Run> = Vec::new();
    for run in missing {
        match runs.last_mut() {
            Some(last) if last.exhibits.1 + 1 == run.exhibits.0 && last.claims == run.claims => {
                last.exhibits.1 = run.exhibits.1;
                last.bates.1 = run.bates.1;
            }
            _ => runs.push(run),
        }
    }
    runs
}

/// What is missing before each exhibit.
fn gaps(filing: &Filing) -> Vec<Run> {
    let (mut exhibit, mut bates) = (1, 1);
    let mut gaps = Vec::new();
    for of in &filing.exhibits {
        if of.exhibit > exhibit && of.first > bates {
            gaps.push(Run { exhibits: (exhibit, of.exhibit - 1), bates: (bates, of.first - 1), claims: Vec::new() });
        }
        (exhibit, bates) = (of.exhibit + 1, of.first + of.pages);
    }
    gaps
}
