//! Duplicates, overlaps, and the index of exhibits.

use claims::{
    filing::{Contents, Form, Match, Run, unused},
    money::grouped_units,
    period::show_day,
};

use super::{Plan, Section, schedule::plural};
use crate::{
    ledger::{Column, Kind, Line, Row, Sheet, Table},
    measure::Style,
};

fn table(columns: Vec<Column>) -> Table {
    Table { sheet: Sheet::Upright, columns, rows: Vec::new(), intro: Vec::new(), carry: None, taken: 0.0 }
}

fn row(cells: Vec<Vec<Line>>) -> Row {
    Row { kind: Kind::Line, cells, amount: 0, with_next: false, span: 1 }
}

/// Weight in bits with one decimal.
fn bits(thousandths: i64) -> String {
    let tenths = (thousandths.unsigned_abs() + 50) / 100;
    let sign = if thousandths < 0 { "\u{2212}" } else { "" };
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

/// Pairs of claims with the parts of their weight and every decision.
pub(super) fn duplicates(contents: &Contents) -> Section {
    let mut out = table(vec![
        Column::left(112.0, "Claims"),
        Column::left(190.0, "Why, with weights"),
        Column::right(48.0, "Bits"),
        Column::left(118.0, "Decision"),
    ]);
    for pair in &contents.filing.matches {
        let mut who = if pair.pairs > 0 {
            out.cell(0, &format!("{} pairs", grouped_units(pair.pairs)), Style::Plain)
        } else {
            out.cell(0, &pair.a, Style::Plain)
        };
        who.extend(out.cell(0, &pair.b, Style::Plain));
        let mut why = out.cell(1, &pair.method, Style::Plain);
        if !pair.release.is_empty() {
            why.extend(out.cell(1, &format!("about {}", pair.release), Style::Plain));
        }
        let parts: Vec<String> =
            pair.parts.iter().map(|(field, weight)| format!("{} {}", field.replace('_', " "), bits(*weight))).collect();
        why.extend(out.cell(1, &parts.join("; "), Style::Soft));
        let mut decision = out.cell(3, &pair.decision, Style::Bold);
        decision.extend(out.cell(3, &pair.by, Style::Soft));
        // What people decided on money was not weighed.
        let weight = if pair.parts.is_empty() { String::new() } else { bits(pair.weight) };
        let weight = out.cell(2, &weight, Style::Plain);
        out.rows.push(row(vec![who, why, weight, decision]));
    }
    let mut plan = Plan::new("Duplicates and decisions");
    plan.intro = vec![if contents.filing.matches.is_empty() {
        "No two claims of this filing were found to be of one claimant or about the same money.".to_owned()
    } else {
        let by = if contents.public { " Who decided, when and why stands in the full filing." } else { "" };
        format!(
            "{}.{by} The weight, in bits, stands for the odds that two claims are of one claimant: at 0 they are even, each bit more doubles them, each bit less halves them (Fellegi and Sunter, 1969). It is the sum of its parts: the odds before comparison, then how much the agreement or disagreement of each field that could be compared moves them. Figures are rounded to a tenth here; duplicates.csv has three decimals. A pair about money has no weight; it is open while something of it is only suspected.",
            counted(&contents.filing.matches),
        )
    }];
    plan.ledger("duplicates", "Duplicates and decisions", out)
}

/// How many pairs there are and how many are open, those of claimants and those about money apart: the portal counts open matches, which
/// are the former, and open entries of the ledger, of which one may have many pairs.
fn counted(matches: &[Match]) -> String {
    let of = |kind: &str, what: &str| {
        let of_kind = || matches.iter().filter(|pair| pair.kind == kind);
        let all: i64 = of_kind().map(Match::count).sum();
        let open: i64 = of_kind().filter(|pair| pair.is_open()).map(Match::count).sum();
        let put_off = match of_kind().filter(|pair| pair.is_put_off()).count() {
            0 => String::new(),
            1 => ", one of them put off".to_owned(),
            more => format!(", {more} of them put off"),
        };
        let open = if open == 1 { "one is".to_owned() } else { format!("{} are", grouped_units(open)) };
        let pairs = plural(usize::try_from(all).unwrap_or(usize::MAX), "pair", "pairs");
        (all > 0).then(|| format!("{pairs} of claims {what}, of which {open} open{put_off}"))
    };
    let kinds = [
        of("claimants", "that may be of the same claimant"),
        of("money", "about the same money, counted once for each release"),
    ];
    kinds.into_iter().flatten().collect::<Vec<_>>().join(", and ")
}

/// What marks an overlap in which shares come to more than the whole.
const OVER_WHOLE: &str = "Shares over 100\u{a0}%";

/// What marks an overlap about which decisions say different things.
const CONTRADICTORY: &str = "Contradictory decisions";

/// What the marks of overlaps mean; nothing where there are none.
fn flagged(contents: &Contents) -> Vec<String> {
    let overlaps = &contents.filing.overlaps;
    let mut words = Vec::new();
    if overlaps.iter().any(|overlap| overlap.over_whole) {
        words.push(format!(
            "Where “{OVER_WHOLE}” stands, the shares that were decided to be part of other money come to more than all of it in some month."
        ));
    }
    if overlaps.iter().any(|overlap| overlap.contradictory) {
        words.push(format!(
            "Where “{CONTRADICTORY}” stands, decisions say different things of the same money in some month."
        ));
    }
    words
}

/// Money that more than one claim holds.
pub(super) fn overlaps(contents: &Contents) -> Section {
    let currency = contents.filing.case.currency;
    let mut out = table(vec![
        Column::left(210.0, "Release, channel, months"),
        Column::right(86.0, "Claimed"),
        Column::right(86.0, "Removed"),
        Column::right(86.0, "Suspected"),
    ]);
    let (mut removed, mut suspected) = (0, 0);
    for subject in contents.filing.overlaps.chunk_by(|one, next| one.subject == next.subject) {
        let mut cells = vec![Vec::new(); 4];
        cells[0] = crate::ledger::cell(468.0, &subject[0].subject, Style::Bold);
        // Two releases that are called the same, on CD and on LP, stand under one head: a mark of either is there.
        let marks = [
            (subject.iter().any(|overlap| overlap.over_whole), OVER_WHOLE),
            (subject.iter().any(|overlap| overlap.contradictory), CONTRADICTORY),
        ];
        for (_, words) in marks.into_iter().filter(|(marked, _)| *marked) {
            cells[0].extend(crate::ledger::cell(468.0, words, Style::Soft));
        }
        out.rows.push(Row { kind: Kind::Group, cells, amount: 0, with_next: true, span: 4 });
        for overlap in subject {
            let mut who = out.cell(0, &overlap.claim, Style::Plain);
            let through = if overlap.through.is_empty() {
                String::new()
            } else {
                format!(", payable through {}", overlap.through)
            };
            who.extend(out.cell(0, &format!("{}{through}", overlap.relation), Style::Soft));
            let mut cells = vec![who];
            cells.extend(
                [overlap.gross, overlap.confirmed, overlap.suspected].map(|minor| vec![(currency.grouped(minor), "")]),
            );
            out.rows.push(row(cells));
            removed += overlap.confirmed;
            suspected += overlap.suspected;
        }
    }
    let mut plan = Plan::new("Overlaps");
    if contents.filing.overlaps.is_empty() {
        plan.intro = vec!["No amount of this filing was found to be claimed by more than one claimant.".to_owned()];
    } else {
        plan.intro = vec!["Where more than one claim asks for the same money, it is counted once. What is removed by decision is taken off the unique total; what is suspected is taken off its lower bound alone.".to_owned()];
        plan.intro.extend(flagged(contents));
        let mut cells = vec![out.cell(0, "All overlaps", Style::Bold), Vec::new()];
        cells.extend([removed, suspected].map(|minor| vec![(currency.grouped(minor), Style::Bold.key())]));
        out.rows.push(Row { kind: Kind::Sum, cells, amount: 0, with_next: false, span: 1 });
    }
    plan.ledger("overlaps", "Overlaps", out)
}

const EXHIBIT: f64 = 52.0;
const BATES: f64 = 136.0;
const FILE: f64 = 280.0;

/// Exhibits with Bates ranges and hashes.
pub(super) fn exhibits(contents: &Contents) -> Section {
    let filing = &contents.filing;
    let mut out =
        table(vec![Column::left(EXHIBIT, "Exhibit"), Column::left(BATES, "Bates numbers"), Column::left(FILE, "File")]);
    // The package of the public variant has neither volumes of exhibits nor files.
    let native = if contents.public {
        "the file itself is in the folder “native” of the full filing"
    } else {
        "the file itself is in the folder “native”"
    };
    let mut missing = unused(filing).into_iter().peekable();
    for exhibit in &filing.exhibits {
        while let Some(run) = missing.next_if(|run| run.exhibits.0 < exhibit.exhibit) {
            out.rows.push(not_used(contents, &run));
        }
        let number = out.cell(0, &exhibit.exhibit.to_string(), Style::Bold);
        let mut range = out.cell(1, &filing.range(exhibit), Style::Plain);
        range.extend(out.cell(1, &plural(usize::try_from(exhibit.pages).unwrap_or(0), "page", "pages"), Style::Soft));
        let mut file = out.cell(2, &exhibit.name, Style::Plain);
        let form = match (exhibit.form, exhibit.problem.as_str()) {
            (Form::SlipSheet, "") => format!("Slip sheet; {native}. "),
            (Form::SlipSheet, problem) => format!("Slip sheet: {problem}; {native}. "),
            (_, "") => String::new(),
            (_, problem) => format!("Here {problem}; {native}. "),
        };
        let claims = if exhibit.claims.len() == 1 { "Claim" } else { "Claims" };
        file.extend(out.cell(2, &format!("{form}{claims} {}", exhibit.claims.join(", ")), Style::Soft));
        out.rows.push(Row { kind: Kind::Group, cells: vec![number, range, file], amount: 0, with_next: true, span: 1 });
        let mut cells = vec![Vec::new(); 3];
        cells[0] = crate::ledger::cell(480.0, &exhibit.sha256, Style::Mono);
        out.rows.push(Row { kind: Kind::Under, cells, amount: 0, with_next: false, span: 3 });
    }
    out.rows.extend(missing.map(|run| not_used(contents, &run)));
    let mut plan = Plan::new("Exhibit index");
    plan.intro = vec![exhibits_in_words(contents)];
    plan.ledger("exhibits", "Exhibit index", out)
}

/// How many exhibits there are, up to which number, and where they are.
fn exhibits_in_words(contents: &Contents) -> String {
    let filing = &contents.filing;
    let Some(last) = filing.exhibits.last() else {
        return "No claim of this filing holds a document.".to_owned();
    };
    let pages = filing.exhibits.iter().map(|exhibit| exhibit.pages).sum::<i64>();
    let mut words = format!(
        "{} on {}",
        plural(filing.exhibits.len(), "exhibit", "exhibits"),
        plural(usize::try_from(pages).unwrap_or(0), "page", "pages")
    );
    if !unused(filing).is_empty() {
        words.push_str(&format!(
            ", numbered up to exhibit {} and {}: a number is given once and stays in later filings, so those of documents that are no longer filed are not used again",
            last.exhibit,
            filing.settings.bates().number(last.first + last.pages - 1)
        ));
    }
    words.push_str(". Each file stands once, however many claims hold it; under it its SHA-256 hash.");
    if contents.public {
        words.push_str(" The exhibits themselves are in the full filing.");
    }
    words
}

/// A row for numbers that are not used.
fn not_used(contents: &Contents, run: &Run) -> Row {
    let filing = &contents.filing;
    let (from, to) = run.exhibits;
    let range = filing.settings.bates().range(run.bates.0, run.bates.1);
    let of: Vec<String> = run
        .claims
        .iter()
        .map(|number| {
            let day = filing.withdrawn.iter().find(|claim| claim.number == *number).and_then(|claim| claim.on);
            let on = day.map_or_else(String::new, |day| format!(" on {}", show_day(day)));
            format!("of claim {number}, which was withdrawn{on}")
        })
        .collect();
    let why = if of.is_empty() { "not used in this filing".to_owned() } else { of.join("; ") };
    let number = if from == to { from.to_string() } else { format!("{from}\u{2013}{to}") };
    let words = |width: f64, text: &str| crate::ledger::cell(width, text, Style::Soft);
    Row {
        kind: Kind::Group,
        cells: vec![words(EXHIBIT, &number), words(BATES, &range), words(FILE, &upper_first(&why))],
        amount: 0,
        with_next: false,
        span: 1,
    }
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
