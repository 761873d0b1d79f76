//! The lines of a sent version as CSV (RFC 4180), for a spreadsheet.

use super::{FrozenClaim, FrozenLine};
use crate::{
    identifiers::{Gtin, Isrc},
    intake::{form::fields, line},
    line::Basis,
    spreadsheet,
};

/// The columns, in order. New ones are added at the end, so that a file read by position stays readable.
pub const LINE_COLUMNS: [&str; 27] = [
    "claim",
    "version",
    "line",
    "category",
    "amount",
    "currency",
    "rate",
    "case_amount",
    "case_currency",
    "case_interest",
    "case_costs",
    "basis",
    "period_from",
    "period_to",
    "units",
    "gtin",
    "aggregator_gtin",
    "catalogue_number",
    "isrc",
    "artist",
    "title",
    "label",
    "format",
    "citations",
    "evidence",
    "sha256",
    "other_answers",
];

/// The lines of a sent version. Cells that a spreadsheet would run as a formula begin with `'`; the canonical text is the
/// lossless variant.
#[must_use]
pub fn lines_csv(claim: &FrozenClaim) -> String {
    let mut text = String::new();
    write_row(&mut text, LINE_COLUMNS.iter().map(|name| (*name).to_owned()));
    for line in &claim.lines {
        write_row(&mut text, cells(claim, line).into_iter());
    }
    text
}

fn cells(claim: &FrozenClaim, line: &FrozenLine) -> [String; LINE_COLUMNS.len()] {
    let release = &line.release;
    let text = |answer: &Option<String>| answer.clone().unwrap_or_default();
    let barcode = |gtin: &Option<Gtin>| gtin.as_ref().map_or_else(String::new, |gtin| gtin.as_str().to_owned());
    let join =
        |part: fn(&super::FrozenEvidence) -> String| line.evidence.iter().map(part).collect::<Vec<_>>().join("; ");
    [
        claim.number.clone(),
        claim.version.to_string(),
        line.line.to_string(),
        line.category.key().to_owned(),
        line.currency.plain(line.amount),
        line.currency.code().to_owned(),
        line.rate.clone(),
        claim.currency.plain(line.amount_in_case),
        claim.currency.code().to_owned(),
        claim.currency.plain(line.interest_in_case),
        claim.currency.plain(line.costs_in_case),
        line.basis.map_or("", Basis::key).to_owned(),
        line.period.map_or_else(String::new, |period| period.from.to_string()),
        line.period.map_or_else(String::new, |period| period.to.to_string()),
        line.units.map_or_else(String::new, |units| units.to_string()),
        barcode(&release.gtin),
        barcode(&release.aggregator_gtin),
        text(&release.catalogue_number),
        release.isrc.as_ref().map(Isrc::as_str).unwrap_or_default().to_owned(),
        text(&release.artist),
        text(&release.title),
        text(&release.label),
        text(&release.format),
        line.evidence.len().to_string(),
        join(|evidence| {
            if evidence.place.is_empty() {
                evidence.document.clone()
            } else {
                format!("{}, {}", evidence.document, evidence.place)
            }
        }),
        join(|evidence| evidence.sha256.clone()),
        other_answers(line),
    ]
}

/// What was typed into fields that have no column of their own, in the order of the form.
fn other_answers(line: &FrozenLine) -> String {
    let told = ["as_of", "units_claimed", "quantity", "interest", "costs"];
    fields(line::form(line.category))
        .filter(|field| !LINE_COLUMNS.contains(&field.name) && !told.contains(&field.name))
        .filter_map(|field| {
            let answer = line.answers.get(field.name);
            (!answer.is_empty()).then(|| format!("{}: {answer}", field.name))
        })
        .collect::<Vec<_>>()
        .join("; ")
}

fn write_row(text: &mut String, cells: impl Iterator<Item = String>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        let cell = if spreadsheet::runs(&cell) { format!("'{cell}") } else { cell };
        if cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn quoted_and_safe_in_a_spreadsheet() {
        let mut claim = example();
        claim.lines[0].release.title = Some("=cmd|'/c calc'!A1".to_owned());
        claim.lines[0].release.artist = Some("Smith, \"Bob\"".to_owned());
        claim.lines[0].release.label = Some("＝1+1".to_owned());
        claim.lines[0].answers.set("note", "one\ntwo");
        let text = lines_csv(&claim);
        let (head, row) = text.split_once("\r\n").unwrap();
        assert_eq!(head.split(',').count(), LINE_COLUMNS.len());
        assert!(row.starts_with("ALG-000001-X,1,1,unpaid_sales,15000.00,USD,1,15000.00,USD,"), "{row}");
        assert!(row.contains("\"Smith, \"\"Bob\"\"\",'=cmd|'/c calc'!A1,"), "{row}");
        assert!(row.contains(",'＝1+1,"), "{row}");
        assert!(row.ends_with("note: one\ntwo\"\r\n"), "{row}");
    }

    #[test]
    fn every_answer_of_a_line_is_in_the_row() {
        let mut claim = example();
        for field in fields(line::form(claim.lines[0].category)) {
            if matches!(field.kind, crate::intake::Kind::Text(_) | crate::intake::Kind::LongText(_))
                && !LINE_COLUMNS.contains(&field.name)
            {
                claim.lines[0].answers.set(field.name, format!("typed-{}", field.name));
            }
        }
        let text = lines_csv(&claim);
        for (name, typed) in &claim.lines[0].answers.0 {
            assert!(!typed.starts_with("typed-") || text.contains(typed.as_str()), "{name}");
        }
    }
}
