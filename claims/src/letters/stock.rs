//! The schedule of a demand for return: line by line, how the stock came about, as far as the lines know it.

use chrono::NaiveDate;

use crate::{
    frozen::FrozenClaim,
    intake::{Reader, line},
    line::{Category, Release},
};

/// Copies of a release, or of all of them, as one line says it. What it does not say is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// Line of the claim.
    pub line: i64,
    /// The release; empty for the whole stock.
    pub release: Release,
    /// Day of the count.
    pub as_of: Option<NaiveDate>,
    /// Opening stock.
    pub opening: Option<i64>,
    /// Sent in.
    pub received: Option<i64>,
    /// Sold.
    pub sold: Option<i64>,
    /// Returned to the label.
    pub returned: Option<i64>,
    /// Destroyed or given away.
    pub destroyed: Option<i64>,
    /// Opening and sent in less the others; `None` if the line says none of them.
    pub held: Option<i64>,
    /// What the distributor reported.
    pub reported: Option<i64>,
    /// Copies claimed.
    pub claimed: Option<i64>,
    /// Why the report differs, as typed.
    pub difference: String,
}

/// The held copies of a claim in the order of its lines.
#[must_use]
pub fn stock(claim: &FrozenClaim) -> Vec<Stock> {
    let held = claim.lines.iter().filter(|line| line.category == Category::HeldInventory);
    held.map(|of| {
        let reader = Reader::accepted(line::form(Category::HeldInventory), &of.answers, of.currency);
        let units = |name: &str| reader.units(name);
        let parts = [
            (units("opening"), 1),
            (units("sent_in"), 1),
            (units("sold"), -1),
            (units("returned_to_label"), -1),
            (units("destroyed"), -1),
        ];
        let any = parts.iter().any(|(part, _)| part.is_some());
        Stock {
            line: of.line,
            release: of.release.clone(),
            as_of: of.period.map(|period| period.to),
            opening: parts[0].0,
            received: parts[1].0,
            sold: parts[2].0,
            returned: parts[3].0,
            destroyed: parts[4].0,
            held: any.then(|| parts.iter().map(|(part, sign)| part.unwrap_or(0) * sign).sum()),
            reported: units("reported"),
            claimed: of.units,
            difference: of.answers.get("difference").to_owned(),
        }
    })
    .collect()
}
