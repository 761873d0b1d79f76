//! Schedules A to D: by claim, each amount beside the pages that prove it.

use claims::{
    filing::{
        Contents,
        schedules::{Entry, Group, Part, Schedule},
    },
    line::Basis,
    money::{Currency, grouped_units},
    place::in_short,
};

use super::{Plan, Section};
use crate::{
    ledger::{Column, Kind, Line, Row, Sheet, Table, cell},
    measure::Style,
};

const NUMBER: f64 = 34.0;
const ABOUT: f64 = 226.0;
const EVIDENCE: f64 = 118.0;
const AMOUNT: f64 = 90.0;

/// The sections of one schedule: one a part. A schedule without lines has one that says so.
pub(super) fn sections(contents: &Contents, schedule: &Schedule) -> Vec<Section> {
    let letter = schedule.letter.to_ascii_lowercase();
    if schedule.parts.is_empty() {
        let mut plan = Plan::new(&schedule.title());
        plan.intro = vec!["No claim in force has a line in this category.".to_owned()];
        return vec![plan.ledger(
            &format!("schedule-{letter}"),
            &schedule.title(),
            table(contents.filing.case.currency),
        )];
    }
    let several = schedule.parts.iter().any(|part| part.basis.is_some());
    let parts = schedule.parts.iter().enumerate();
    parts
        .map(|(place, part)| {
            let mut plan = Plan::new(if place == 0 { schedule.title() } else { String::new() }.as_str());
            let mut foot = schedule.title();
            if let (true, Some(basis)) = (several, part.basis) {
                plan.subtitle = format!("{}-{} at {}", schedule.letter, place + 1, basis.title());
                if basis == Basis::UnitsOnly {
                    plan.subtitle = format!("{}-{} Units only, no value claimed", schedule.letter, place + 1);
                }
                foot = format!("Schedule {}-{}. {}", schedule.letter, place + 1, schedule.category.title());
            }
            plan.intro = intro(contents, part);
            plan.ledger(&format!("schedule-{letter}-{}", place + 1), &foot, lines(contents.filing.case.currency, part))
        })
        .collect()
}

fn intro(contents: &Contents, part: &Part) -> Vec<String> {
    let currency = contents.filing.case.currency;
    let claims = plural(part.groups.len(), "claim", "claims");
    let lines = plural(usize::try_from(part.lines).unwrap_or(0), "line", "lines");
    let all = if part.basis == Some(Basis::UnitsOnly) {
        plural(usize::try_from(part.units).unwrap_or(0), "unit", "units")
    } else {
        currency.show(part.sum)
    };
    let mut words = format!("{claims}, {lines}, {all} in all");
    if part.sum > 0 {
        words.push_str(&format!(", of which {} is documented", currency.show(part.documented)));
    }
    words.push('.');
    if !part.counts {
        words.push_str(if part.basis == Some(Basis::UnitsOnly) {
            " No value is claimed for them: they are in no total."
        } else {
            " Valued on another basis than the totals of this filing use: not in any total."
        });
    }
    vec![words]
}

/// “1 claim”, “12 claims”.
pub(super) fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped_units(i64::try_from(number).unwrap_or(i64::MAX)), if number == 1 { one } else { many })
}

fn table(currency: Currency) -> Table {
    Table {
        sheet: Sheet::Upright,
        columns: vec![
            Column::left(NUMBER, "Line"),
            Column::left(ABOUT, "What is claimed"),
            Column::left(EVIDENCE, "Evidence"),
            Column::right(AMOUNT, &format!("Amount {}", currency.code())),
        ],
        rows: Vec::new(),
        intro: Vec::new(),
        carry: None,
        taken: 0.0,
    }
}

fn lines(currency: Currency, part: &Part) -> Table {
    let mut table = table(currency);
    table.carry = (part.basis != Some(Basis::UnitsOnly)).then_some((3, currency));
    for group in &part.groups {
        table.rows.push(head(group));
        let last = group.lines.len().saturating_sub(1);
        for (place, entry) in group.lines.iter().enumerate() {
            // A sum stands under at least one of its lines.
            table.rows.push(line(part.basis, currency, entry, place == last && last > 0));
        }
        if group.lines.len() > 1 {
            table.rows.push(sum(part.basis, currency, group));
        }
    }
    table.rows.push(Row {
        kind: Kind::Sum,
        cells: vec![
            cell(NUMBER + ABOUT + EVIDENCE, "Sum of the schedule", Style::Bold),
            Vec::new(),
            Vec::new(),
            vec![(amount(part.basis, currency, part.sum), Style::Bold.key())],
        ],
        amount: 0,
        with_next: false,
        span: 3,
    });
    table
}

fn head(group: &Group) -> Row {
    let mut lines = cell(NUMBER + ABOUT + EVIDENCE, &group.claimant, Style::Bold);
    lines.extend(cell(NUMBER + ABOUT + EVIDENCE, &format!("Claim {}", group.claim), Style::Soft));
    Row {
        kind: Kind::Group,
        cells: vec![lines, Vec::new(), Vec::new(), Vec::new()],
        amount: 0,
        with_next: true,
        span: 3,
    }
}

/// An amount; a dash where there is no value.
fn amount(basis: Option<Basis>, currency: Currency, minor: i64) -> String {
    if basis == Some(Basis::UnitsOnly) { "–".to_owned() } else { currency.grouped(minor) }
}

/// Pages with the rows on them, of which the table beside this file names all.
fn in_few_rows(range: &str) -> String {
    match range.split_once(" (").and_then(|(pages, rows)| Some((pages, rows.strip_suffix(')')?))) {
        Some((pages, rows)) => format!("{pages} ({})", in_short(rows)),
        None => range.to_owned(),
    }
}

fn line(basis: Option<Basis>, currency: Currency, entry: &Entry, with_next: bool) -> Row {
    let mut about = cell(ABOUT, &entry.about, Style::Plain);
    about.extend(cell(ABOUT, &entry.details, Style::Soft));
    let mut evidence: Vec<Line> = Vec::new();
    for range in &entry.evidence {
        evidence.extend(cell(EVIDENCE, &in_few_rows(range), Style::Plain));
    }
    if evidence.is_empty() {
        evidence = cell(EVIDENCE, "sworn only", Style::Soft);
    }
    let mut shown = vec![(amount(basis, currency, entry.amount), Style::Plain.key())];
    shown.extend(cell(AMOUNT, &entry.foreign, Style::Soft));
    Row {
        kind: Kind::Line,
        cells: vec![vec![(entry.line.to_string(), Style::Plain.key())], about, evidence, shown],
        amount: entry.amount,
        with_next,
        span: 1,
    }
}

fn sum(basis: Option<Basis>, currency: Currency, group: &Group) -> Row {
    Row {
        kind: Kind::Sum,
        cells: vec![
            cell(NUMBER + ABOUT + EVIDENCE, &format!("Claim {}", group.claim), Style::Plain),
            Vec::new(),
            Vec::new(),
            vec![(amount(basis, currency, group.sum), Style::Bold.key())],
        ],
        amount: 0,
        with_next: false,
        span: 3,
    }
}
