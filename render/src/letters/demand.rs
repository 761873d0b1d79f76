//! The demand for return of stock, with the roll-forward of each release.

use claims::{
    intake::steps::Step,
    letters::{Contents, Stock, stock},
    money::grouped_units,
    period::{parse_kept_day, show_day},
};

use super::{Block, Line, Row, Sheet, cell, column, figures, named, numbers, plain, row, soft, strong, wide};
use crate::fonts::drawable;

pub(super) fn sheets(contents: &Contents) -> (String, Vec<Sheet>) {
    let letter = &contents.letter;
    let title = "Demand for return of stock".to_owned();
    let claimant = contents.claimant();
    let mut blocks = vec![
        Block::address(&claimant),
        Block::Day { words: show_day(letter.day) },
        Block::address(&letter.to),
        Block::title(&title, ""),
    ];
    let facts = facts(contents);
    let between = if facts.is_empty() { Vec::new() } else { vec![Block::facts(facts)] };
    let parties = vec![("For the claimant".to_owned(), drawable(&claimant.name))];
    blocks.extend(Block::signed(&letter.words, between, parties));
    let schedule = vec![
        Block::heading("Schedule: the copies demanded, line by line"),
        Block::words(&["Held is what should be there: opening stock and copies sent in, less those sold, returned and destroyed. Where a figure is not known there is a dash.".to_owned()]),
        table(&stock(&contents.claim)),
    ];
    (title, vec![Sheet { on_side: false, blocks }, Sheet { on_side: true, blocks: schedule }])
}

/// What was agreed and asked before, as far as the claim says it.
fn facts(contents: &Contents) -> Vec<(&'static str, Vec<Line>)> {
    let answers = contents.answers(Step::Agreement);
    let day = |name: &str| parse_kept_day(answers.get(name)).ok().map(show_day);
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    facts.extend(day("agreement_date").map(|day| ("Agreement of", day)));
    if !answers.get("title_clause").is_empty() {
        facts.push(("Title clause", answers.get("title_clause").to_owned()));
    }
    facts.extend(day("terminated_on").map(|day| ("Agreement ended on", day)));
    facts.extend(day("return_demanded_on").map(|day| ("Return asked for on", day)));
    facts.extend(day("refusal_on").map(|day| ("Refused on", day)));
    facts.into_iter().map(|(name, value)| (name, plain(&value))).collect()
}

fn table(rows: &[Stock]) -> Block {
    let figure = |units: Option<i64>| cell(plain(&units.map_or("–".to_owned(), grouped_units)));
    let mut out: Vec<Row> = Vec::new();
    for of in rows {
        let mut release = plain(&named(&of.release, "The whole stock"));
        release.extend(numbers(&of.release).iter().flat_map(|number| soft(number)));
        let as_of = of.as_of.map(|day| format!(" · as of {}", show_day(day))).unwrap_or_default();
        release.extend(soft(&format!("Line {}{as_of}", of.line)));
        let mut cells = vec![cell(release)];
        let figures = [of.opening, of.received, of.sold, of.returned, of.destroyed, of.held, of.reported, of.claimed];
        cells.extend(figures.map(figure));
        out.push(row("line", cells));
        if !of.difference.is_empty() {
            out.push(row("under", vec![wide(9, soft(&format!("Why the report differs: {}", of.difference)))]));
        }
    }
    let known = rows.iter().filter_map(|of| of.claimed).fold(0i64, i64::saturating_add);
    let all = if rows.iter().any(|of| of.claimed.is_none()) {
        "Copies demanded, as far as they are counted"
    } else {
        "Copies demanded"
    };
    out.push(row("sum", vec![wide(8, soft(all)), cell(strong(&grouped_units(known)))]));
    let heads = ["Opening", "Sent in", "Sold", "Returned", "Destroyed", "Held", "Reported", "Demanded"];
    let mut columns = vec![column(0.0, "Release")];
    columns.extend(heads.map(|head| figures(if head.len() > 7 { 63.0 } else { 54.0 }, head)));
    Block::Table { columns, rows: out }
}
