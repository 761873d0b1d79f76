//! Claimants, the consignment matrix, the chronology.

use claims::{
    declaration::Forum,
    filing::{Contents, FiledClaim, tables},
    intake::steps::Step,
    money::grouped_units,
    period::{parse_day, parse_kept_day, show_day},
};

use super::{Plan, Section, schedule::plural};
use crate::{
    ledger::{Column, Kind, Line, Row, Sheet, Table},
    measure::Style,
};

fn table(sheet: Sheet, columns: Vec<Column>) -> Table {
    Table { sheet, columns, rows: Vec::new(), intro: Vec::new(), carry: None, taken: 0.0 }
}

fn row(cells: Vec<Vec<Line>>) -> Row {
    Row { kind: Kind::Line, cells, amount: 0, with_next: false, span: 1 }
}

/// The list of claimants with citizenship.
pub(super) fn claimants(contents: &Contents) -> Section {
    let mut table = table(
        Sheet::Upright,
        vec![Column::left(188.0, "Claimant"), Column::left(150.0, "Citizenship"), Column::left(130.0, "Place")],
    );
    for claim in &contents.claims {
        let answer = |field| claim.answer(Step::Claimant, field);
        let mut who = table.cell(0, claim.claimant(), Style::Plain);
        who.extend(table.cell(0, &format!("{}, {}", claim.of.number, kind(answer("kind"))), Style::Soft));
        who.extend(table.cell(0, &late(claim), Style::Soft));
        let citizenship = if let Some(decedent) = claim.of_the_decedent() {
            let mut cell = table.cell(1, decedent, Style::Plain);
            cell.extend(table.cell(1, "Of the person who died", Style::Soft));
            cell
        } else {
            let mut cell = if answer("kind") == "person" {
                table.cell(1, answer("citizenship"), Style::Plain)
            } else {
                table.cell(1, &with("Organised in", answer("organised_in")), Style::Plain)
            };
            cell.extend(table.cell(1, &with("Principal place", answer("principal_place")), Style::Soft));
            cell
        };
        let place: Vec<&str> =
            ["city", "region", "country"].into_iter().map(answer).filter(|part| !part.is_empty()).collect();
        let place = table.cell(2, &place.join(", "), Style::Plain);
        table.rows.push(row(vec![who, citizenship, place]));
    }
    let mut plan = Plan::new("Claimants");
    let members = match contents.filing.members {
        None => String::new(),
        Some((least, most)) if least == most => format!(
            " Counted once, they are {} of the class.",
            plural(usize::try_from(most).unwrap_or(0), "member", "members")
        ),
        Some(_) => format!(
            " Counted once, they are {} members of the class: fewer if all that resemble each other are one.",
            contents.filing.members_in_words()
        ),
    };
    // Another court asks for citizenship only where the case might be removed to a federal one.
    let law = match contents.filing.case.forum {
        None | Some(Forum::Federal) => "28 U.S.C. § 1332(c), (d)(10)",
        Some(Forum::Oregon | Forum::Other) => "for removal: 28 U.S.C. § 1332(c), (d)(10)",
    };
    plan.intro = vec![format!(
        "{}, one row each, with the citizenship that was signed: of a person the state or country, of an estate that of the person who died; of others where it was organised and where it is run from ({law}).{members}",
        plural(contents.claims.len(), "claim", "claims")
    )];
    plan.ledger("claimants", "Claimants", table)
}

/// That a claim came late, and the reason where it may be read; empty for a claim in time.
fn late(claim: &FiledClaim) -> String {
    match (claim.late, claim.late_reason()) {
        (false, _) => String::new(),
        (true, "") => "Sent after the deadline".to_owned(),
        (true, reason) => format!("Sent after the deadline: {reason}"),
    }
}

fn kind(key: &str) -> &str {
    match key {
        "person" => "a person",
        "label" => "a label or company",
        "publisher" => "a publisher",
        "nonprofit" => "a non-profit",
        "estate" => "an estate",
        other => other,
    }
}

fn with(words: &str, answer: &str) -> String {
    if answer.is_empty() { String::new() } else { format!("{words}: {answer}") }
}

/// Whose the stock was: agreement and title, notice, end.
pub(super) fn matrix(contents: &Contents) -> Section {
    let mut table = table(
        Sheet::OnItsSide,
        vec![
            Column::left(148.0, "Claimant"),
            Column::left(196.0, "Agreement and title"),
            Column::left(148.0, "Notice (UCC-1)"),
            Column::left(156.0, "The end"),
        ],
    );
    for claim in &contents.claims {
        let mut who = table.cell(0, claim.claimant(), Style::Plain);
        who.extend(table.cell(0, &claim.of.number, Style::Soft));
        let cells = [agreement(claim), notice(claim), end(claim)];
        let mut row_cells = vec![who];
        for (place, facts) in cells.iter().enumerate() {
            let lines: Vec<Line> = facts.iter().flat_map(|fact| table.cell(place + 1, fact, Style::Plain)).collect();
            row_cells.push(if lines.is_empty() { table.cell(place + 1, "not answered", Style::Soft) } else { lines });
        }
        table.rows.push(row(row_cells));
    }
    let mut plan = Plan::new("Consignment matrix");
    plan.intro = vec![
        "What each claimant answered on its agreement, on notice to the lender, and on how it ended. A consignment of goods worth $1,000 or more in one delivery can be a secured transaction (U.C.C. § 9-102(a)(20)).".to_owned(),
    ];
    plan.ledger("matrix", "Consignment matrix", table)
}

fn day(claim: &FiledClaim, field: &str) -> String {
    let typed = claim.answer(Step::Agreement, field);
    parse_kept_day(typed).map_or_else(|_| typed.to_owned(), show_day)
}

fn yes_no(answer: &str) -> &str {
    match answer {
        "yes" => "yes",
        "no" => "no",
        "unknown" => "not known",
        other => other,
    }
}

fn agreement(claim: &FiledClaim) -> Vec<String> {
    let answer = |field| claim.answer(Step::Agreement, field);
    vec![
        with("Written agreement", yes_no(answer("has_agreement"))),
        with("Date", &day(claim, "agreement_date")),
        with("Governing law", answer("governing_law")),
        with("Title clause", &quoted(answer("title_clause"))),
    ]
}

fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("“{text}”") }
}

fn notice(claim: &FiledClaim) -> Vec<String> {
    let answer = |field| claim.answer(Step::Agreement, field);
    let filed: Vec<String> = [answer("ucc_state").to_owned(), answer("ucc_number").to_owned(), day(claim, "ucc_date")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    vec![
        with("UCC-1 filed", yes_no(answer("ucc_filed"))),
        filed.join(", "),
        with("Lender told", yes_no(answer("lender_notified"))),
        with("Deliveries of $1,000", yes_no(answer("large_deliveries"))),
    ]
}

fn end(claim: &FiledClaim) -> Vec<String> {
    let answer = |field| claim.answer(Step::Agreement, field);
    let late = answer("late_shipments").replace(',', "").parse::<i64>().map(grouped_units).unwrap_or_default();
    vec![
        with("Last purchase order", &day(claim, "last_purchase_order")),
        with("Last payment", &day(claim, "last_payment")),
        with("Sent in the last 45 days", &late),
        with("Ended by claimant", &day(claim, "terminated_on")),
        with("Return demanded", &day(claim, "return_demanded_on")),
        with("Refused", &day(claim, "refusal_on")),
        with("Buy-back offered", yes_no(answer("buy_back_offered"))),
    ]
}

/// The case's dates and the claimants', in one order.
pub(super) fn chronology(contents: &Contents) -> Section {
    let mut out = table(
        Sheet::Upright,
        vec![Column::left(112.0, "Day"), Column::left(196.0, "What happened"), Column::left(160.0, "Claim")],
    );
    let source = tables(contents).into_iter().find(|table| table.key == "chronology");
    let mut last = String::new();
    for cells in source.map(|table| table.rows).unwrap_or_default() {
        let plain: Vec<String> = cells.iter().map(claims::filing::Cell::plain).collect();
        let [day, claim, claimant, event] = plain.as_slice() else { continue };
        let shown = parse_day(day).map_or_else(|_| day.clone(), show_day);
        let when = if shown == last { Vec::new() } else { out.cell(0, &shown, Style::Plain) };
        last = shown;
        let style = if claim.is_empty() { Style::Bold } else { Style::Plain };
        let what = out.cell(1, event, style);
        let mut who = out.cell(2, claimant, Style::Plain);
        who.extend(out.cell(2, claim, Style::Soft));
        out.rows.push(row(vec![when, what, who]));
    }
    let mut plan = Plan::new("Chronology");
    plan.intro = vec![
        if out.rows.is_empty() {
            "The case has no dates, and no claimant gave any."
        } else {
            "The dates of the case in bold, and the dates that claimants gave under penalty of perjury."
        }
        .to_owned(),
    ];
    plan.ledger("chronology", "Chronology", out)
}
