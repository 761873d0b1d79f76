//! What a filing begins and ends with: caption, contents, figures, difference, summary of claims, declaration.

use claims::{
    filing::{Contents, Difference, FiledClaim, schedules::schedules},
    line::{Basis, Category},
    totals::{counts, more_in_words},
};

use super::{Body, FigureRow, FigureTable, Part, Plan, Section, schedule::plural};
use crate::{
    fonts::drawable,
    ledger::{Column, GUTTER, Kind, Row, Sheet, Table, cell},
    measure::{Style, width},
};

/// Paragraphs of a text that people typed.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(drawable).filter(|paragraph| !paragraph.is_empty()).collect()
}

fn section(title: &str, label: &str, body: Body) -> Section {
    Section {
        title: title.to_owned(),
        subtitle: String::new(),
        label: label.to_owned(),
        sublabel: format!("{label}-part"),
        foot: title.to_owned(),
        on_side: false,
        first: 0,
        body,
    }
}

/// Caption and contents; the entries are filled in when pages are counted.
pub(super) fn cover(contents: &Contents, difference: Option<&Difference>) -> Section {
    let filing = &contents.filing;
    let claims = plural(contents.claims.len(), "claim", "claims");
    let mut words = match (&filing.previous, difference.is_some()) {
        (Some(before), changed) => format!(
            "This filing supplements filing {}. It was made from {claims} in force, read at one moment and frozen, and states the totals anew as of that moment.{}",
            before.number,
            if changed { " What changed since then is listed after the summary." } else { "" },
        ),
        (None, _) => format!("This filing was made from {claims} in force, read at one moment and frozen."),
    };
    words.push_str(&format!(" Gross claimed: {}.", filing.case.currency.show(filing.figures.gross)));
    let mut cover = section("Contents", "contents", Body::Cover { words: vec![words], contents: Vec::new() });
    cover.foot = filing.title();
    cover
}

/// The figures.
pub(super) fn summary(contents: &Contents) -> Section {
    let filing = &contents.filing;
    let (currency, figures) = (filing.case.currency, filing.figures);
    let mut rows = Vec::new();
    let mut row = |name: String, value: String, strong| rows.push(FigureRow { name, value, strong });
    for schedule in schedules(contents) {
        let counted: i64 = schedule.parts.iter().filter(|part| part.counts).map(|part| part.sum).sum();
        let basis = if schedule.category == Category::HeldInventory {
            format!(", at {}", filing.case.filing_basis.title())
        } else {
            String::new()
        };
        row(format!("{}{basis}", schedule.title()), currency.grouped(counted), false);
    }
    row("Gross claimed".to_owned(), currency.grouped(figures.gross), true);
    row("less overlap removed by decision".to_owned(), currency.grouped(-figures.confirmed), false);
    if figures.suspected == 0 {
        row("Unique total".to_owned(), currency.grouped(figures.unique_at_most()), true);
    } else {
        row("Unique total, nothing suspected removed".to_owned(), currency.grouped(figures.unique_at_most()), true);
        row("less overlap suspected, not yet decided".to_owned(), currency.grouped(-figures.suspected), false);
        row("Unique total, everything suspected removed".to_owned(), currency.grouped(figures.unique_at_least()), true);
    }
    if filing.members.is_some() {
        row("Members, each counted once".to_owned(), filing.members_in_words(), false);
    }
    row("Documented, of the gross".to_owned(), currency.grouped(figures.documented), false);
    row("Sworn only, of the gross".to_owned(), currency.grouped(figures.sworn_only()), false);
    let (mut counted, mut outside) = (0, 0);
    for (_, line) in contents.lines() {
        if counts(line.basis, filing.case.filing_basis) { counted += 1 } else { outside += 1 }
    }
    let outside = more_in_words(outside).map_or_else(String::new, |words| format!(" {words}"));
    let mut words = vec![format!(
        "As of {}, {} in force. {} {} {} gross.{outside} {}",
        filing.as_of_words,
        if contents.claims.len() == 1 {
            "1 claim is".to_owned()
        } else {
            format!("{} are", plural(contents.claims.len(), "claim", "claims"))
        },
        plural(counted, "line", "lines"),
        if counted == 1 { "comes to" } else { "come to" },
        currency.show(figures.gross),
        besides(contents),
    )];
    words.extend(deadlines(contents));
    words.extend(late(contents));
    let figures = FigureTable { head: ["Figure".to_owned(), format!("Amount in {}", currency.code())], rows };
    section("Summary", "summary", Body::Summary { words, figures, after: after(contents) })
}

/// What is claimed besides the totals.
fn besides(contents: &Contents) -> String {
    let (currency, basis) = (contents.filing.case.currency, contents.filing.case.filing_basis);
    let (mut interest, mut costs) = (0, 0);
    for (_, line) in contents.lines().filter(|(_, line)| counts(line.basis, basis)) {
        interest += line.interest_in_case;
        costs += line.costs_in_case;
    }
    let sums: Vec<String> = [("interest", interest), ("costs", costs)]
        .into_iter()
        .filter(|(_, sum)| *sum != 0)
        .map(|(what, sum)| format!("{what} of {}", currency.show(sum)))
        .collect();
    let sums = if sums.is_empty() { String::new() } else { format!("; claimed besides: {}", sums.join(" and ")) };
    format!("Interest and costs are in no total of this filing{sums}.")
}

/// Until when claims were in time, and the moments that were set before.
fn deadlines(contents: &Contents) -> Option<String> {
    let case = &contents.filing.case;
    if case.deadline.is_empty() {
        return None;
    }
    let before = case.earlier_deadlines.iter().map(|(until, deadline)| {
        format!(" Until it was changed on {}, the deadline was {deadline}.", claims::period::show_day(*until))
    });
    Some(format!("The deadline for claims is {}.{}", case.deadline, before.collect::<String>()))
}

/// How many claims came late, and that their amounts are in the figures all the same: the portal decides nothing about them.
fn late(contents: &Contents) -> Option<String> {
    let (late, gross) = contents.late();
    let gross = contents.filing.case.currency.show(gross);
    match late {
        0 => None,
        1 => Some(format!(
            "1 of these claims, of {gross} gross, was sent after the deadline in the version that is in force, with a reason. It is in every figure; whether it counts is for the court. The list of claimants marks it."
        )),
        more => Some(format!(
            "{} of these claims, of {gross} gross, were sent after the deadline in the versions that are in force, with a reason. They are in every figure; whether they count is for the court. The list of claimants marks them.",
            claims::money::grouped_units(i64::try_from(more).unwrap_or(i64::MAX))
        )),
    }
}

/// What is said after the figures: class, other bases, rates.
fn after(contents: &Contents) -> Vec<Part> {
    let filing = &contents.filing;
    let mut parts = Vec::new();
    let mut words = paragraphs(&filing.case.class_definition);
    words.push(format!(
        "Claims in force: {}. Claims withdrawn after they had been sent: {}.",
        contents.claims.len(),
        filing.withdrawn.len()
    ));
    words.extend(members(contents));
    parts.push(Part { title: "Class".to_owned(), words });
    let other: Vec<String> = schedules(contents)
        .iter()
        .flat_map(|schedule| &schedule.parts)
        .filter(|part| !part.counts)
        .map(|part| match part.basis {
            Some(Basis::UnitsOnly) | None => {
                format!("{} units are claimed without a value.", claims::money::grouped_units(part.units))
            }
            Some(basis) => format!(
                "Stock of {} is valued at {}; amounts of different bases are never added together.",
                filing.case.currency.show(part.sum),
                basis.title()
            ),
        })
        .collect();
    if !other.is_empty() {
        parts.push(Part { title: "Stock outside the totals".to_owned(), words: other });
    }
    if !filing.case.rates.is_empty() {
        let rates: Vec<String> = filing
            .case
            .rates
            .iter()
            .map(|(code, rate)| format!("1 {code} = {rate} {}", filing.case.currency))
            .collect();
        let source = if filing.case.rate_source.is_empty() {
            String::new()
        } else {
            format!(" ({})", drawable(&filing.case.rate_source))
        };
        let words = format!(
            "Foreign amounts were converted once, at the rates of {}{source}: {}.",
            claims::period::show_day(filing.case.valuation_date),
            rates.join("; ")
        );
        parts.push(Part { title: "Exchange rates".to_owned(), words: vec![words] });
    }
    parts
}

/// How many claimants these are once those that are one are counted once.
fn members(contents: &Contents) -> Option<String> {
    let (least, most) = contents.filing.members?;
    let words = contents.filing.members_in_words();
    Some(if least == most {
        format!("Members of the class among them, claimants that were decided to be one counted once: {words}.")
    } else {
        format!(
            "Members of the class among them, claimants that were decided to be one counted once: {words}, the lower figure if all that resemble each other are one, the higher if they are not."
        )
    })
}

/// What changed, in plain words.
pub(super) fn difference_words(contents: &Contents, difference: &Difference) -> Section {
    let before = contents.filing.previous.as_ref().map_or(0, |previous| previous.number);
    let title = format!("Difference to filing {before}");
    let words = vec![drawable(&difference.words)];
    section(&title, "difference", Body::Words { words, sworn: String::new(), signature: false, signer: String::new() })
}

/// What changed, row by row.
pub(super) fn difference_lines(contents: &Contents, difference: &Difference) -> Section {
    let currency = contents.filing.case.currency;
    let mut table = Table {
        sheet: Sheet::OnItsSide,
        columns: vec![
            Column::left(78.0, "Change"),
            Column::left(188.0, "Claim"),
            Column::left(160.0, "What"),
            Column::right(74.0, "Before"),
            Column::right(74.0, "After"),
            Column::right(74.0, "Moved"),
        ],
        rows: Vec::new(),
        intro: Vec::new(),
        carry: None,
        taken: 0.0,
    };
    for moved in &difference.rows {
        let mut who = table.cell(1, &moved.claimant, Style::Plain);
        let line = moved.line.map(|line| format!(", line {line}")).unwrap_or_default();
        who.extend(table.cell(1, &format!("{}{line}", moved.claim), Style::Soft));
        let style = if moved.counted { Style::Plain } else { Style::Soft };
        let cells = vec![
            table.cell(0, moved.change, Style::Plain),
            who,
            table.cell(2, &moved.what, style),
            vec![(currency.grouped(moved.before), style.key())],
            vec![(currency.grouped(moved.after), style.key())],
            // What is in no total has moved nothing in it: the column adds up to the sum under it.
            if moved.counted { vec![(currency.grouped(moved.after - moved.before), style.key())] } else { Vec::new() },
        ];
        table.rows.push(Row { kind: Kind::Line, cells, amount: 0, with_next: false, span: 1 });
    }
    let moved: i64 = difference.rows.iter().filter(|row| row.counted).map(|row| row.after - row.before).sum();
    let mut cells = vec![Vec::new(); 6];
    cells[0] = cell(400.0, "Moved in the unique total, nothing suspected removed", Style::Bold);
    cells[5] = vec![(currency.grouped(moved), Style::Bold.key())];
    table.rows.push(Row { kind: Kind::Sum, cells, amount: 0, with_next: false, span: 5 });
    let mut plan = Plan::new("");
    plan.subtitle = "Line by line".to_owned();
    plan.ledger("difference-lines", "Difference", table)
}

/// What a claim asks for in each category, and in all.
fn amounts_of(claim: &FiledClaim, basis: Basis) -> [i64; 5] {
    let mut amounts = [0; 5];
    for total in claim.claim.totals.iter().filter(|total| counts(total.basis, basis)) {
        if let Some(place) = Category::ALL.iter().position(|category| *category == total.category) {
            amounts[place] += total.amount;
        }
    }
    amounts[4] = claim.of.figures.gross;
    amounts
}

/// How wide the columns of the summary of claims are: as a rule, or as wide as their sums, which are their longest amounts. What
/// the amounts need more is taken from the names, which go on in the next line.
fn widths(sums: [f64; 5]) -> [f64; 6] {
    const RULE: [f64; 5] = [88.0, 88.0, 88.0, 84.0, 96.0];
    let mut widths = [0.0; 6];
    for ((width, rule), sum) in widths[1..].iter_mut().zip(RULE).zip(sums) {
        *width = (sum + GUTTER).ceil().max(rule);
    }
    widths[0] = (Sheet::OnItsSide.width() - widths[1..].iter().sum::<f64>()).max(NAMES);
    widths
}

/// The least room for names in the summary of claims.
const NAMES: f64 = 84.0;

/// One row a claim.
pub(super) fn claims(contents: &Contents) -> Section {
    let filing = &contents.filing;
    let currency = filing.case.currency;
    let amounts = contents.claims.iter().map(|claim| amounts_of(claim, filing.case.filing_basis));
    let mut sums = [0i64; 5];
    for amounts in amounts {
        for (sum, amount) in sums.iter_mut().zip(amounts) {
            *sum += amount;
        }
    }
    let widths = widths(sums.map(|sum| width(&currency.grouped(sum), Style::Bold)));
    let mut table = Table {
        sheet: Sheet::OnItsSide,
        columns: vec![
            Column::left(widths[0], "Claimant and claim"),
            Column::right(widths[1], "A. Sales"),
            Column::right(widths[2], "B. Stock"),
            Column::right(widths[3], "C. Royalties"),
            Column::right(widths[4], "D. Other"),
            Column::right(widths[5], "Gross"),
        ],
        rows: Vec::new(),
        intro: Vec::new(),
        carry: Some((5, currency)),
        taken: 0.0,
    };
    for claim in &contents.claims {
        let mut who = table.cell(0, claim.claimant(), Style::Plain);
        let late = if claim.late { ", late" } else { "" };
        who.extend(table.cell(0, &format!("{}{late}", claim.of.number), Style::Soft));
        let [amounts @ .., gross] = amounts_of(claim, filing.case.filing_basis);
        let mut cells = vec![who];
        cells.extend(amounts.map(|amount: i64| {
            let shown = if amount == 0 { "–".to_owned() } else { currency.grouped(amount) };
            vec![(shown, Style::Plain.key())]
        }));
        cells.push(vec![(currency.grouped(gross), Style::Bold.key())]);
        table.rows.push(Row { kind: Kind::Line, cells, amount: gross, with_next: false, span: 1 });
    }
    let mut cells = vec![cell(widths[0], "All claims", Style::Bold)];
    cells.extend(sums.iter().map(|sum| vec![(currency.grouped(*sum), Style::Bold.key())]));
    table.rows.push(Row { kind: Kind::Sum, cells, amount: 0, with_next: false, span: 1 });
    let mut plan = Plan::new("Summary of claims");
    plan.intro = vec![format!(
        "Amounts in {}. Stock is counted at {}; the schedules also show what is valued otherwise.",
        currency.code(),
        filing.case.filing_basis.title()
    )];
    plan.ledger("claims", "Summary of claims", table)
}

/// The declaration on method.
pub(super) fn declaration(contents: &Contents) -> Section {
    let settings = &contents.filing.settings;
    let mut words = paragraphs(&settings.declaration);
    let engines: Vec<String> =
        contents.filing.engines.iter().map(|(name, version)| format!("{name} {version}")).collect();
    words.push(format!(
        "Made by {}. The frozen text of this filing has the SHA-256 hash {}.",
        engines.join(", "),
        contents.sha256
    ));
    let signer =
        if settings.declarant.is_empty() { "Name and title".to_owned() } else { drawable(&settings.declarant) };
    let sworn = contents.filing.sworn();
    section("Declaration on method", "declaration", Body::Words { words, sworn, signature: true, signer })
}
