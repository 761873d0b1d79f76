//! The chronology: the case's own dates and those that claimants gave, in one order.

use chrono::NaiveDate;

use super::{
    Contents,
    table::{Cell, Table},
};
use crate::{
    intake::{agreement::CHRONOLOGY, steps::Step},
    period,
};

/// The chronology.
pub(super) fn chronology(contents: &Contents) -> Table {
    let mut events: Vec<(NaiveDate, String, String, String)> = Vec::new();
    for (day, what) in &contents.filing.case.key_dates {
        events.push((*day, String::new(), String::new(), what.clone()));
    }
    for claim in &contents.claims {
        for (field, words) in CHRONOLOGY {
            let Ok(day) = period::parse_kept_day(claim.answer(Step::Agreement, field)) else { continue };
            let how = claim.answer(Step::Agreement, "heard_how");
            let what =
                if *field == "heard_on" && !how.is_empty() { format!("{words}: {how}") } else { (*words).to_owned() };
            events.push((day, claim.of.number.clone(), claim.claimant().to_owned(), what));
        }
    }
    events.sort();
    let mut table = Table::new(
        "chronology",
        "Chronology",
        &[
            ("day", "day"),
            ("claim", "number of the claim that gave it; empty for a date of the case"),
            ("claimant", "legal name as signed"),
            ("event", "what happened"),
        ],
    );
    table.rows = events
        .into_iter()
        .map(|(day, claim, claimant, what)| {
            vec![
                Cell::Day(day),
                if claim.is_empty() { Cell::Empty } else { Cell::Key(claim) },
                Cell::text(claimant),
                Cell::text(what),
            ]
        })
        .collect();
    table
}
