//! A submitted version, frozen: canonical JSON and its SHA-256. The receipt, its CSV and every later proof are made from
//! this text alone.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    Instant,
    intake::{Answers, claimant::CAPACITIES, form, steps::Step},
    line::{Basis, Category, Release},
    money::Currency,
    period::Period,
    totals::{self, Total},
};

mod documents;
mod lines_csv;
mod pairs;

pub use documents::FrozenDocuments;
pub use lines_csv::{LINE_COLUMNS, lines_csv};
pub use pairs::{NewNumbers, Pair, pairs};

/// The number of the format below; a change that an old reader would misread gets a new one.
pub const FORMAT: u32 = 1;

/// Everything that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenClaim {
    /// [`FORMAT`].
    pub format: u32,
    /// Short name of the case.
    pub case: String,
    /// Title of the case on the day.
    pub case_title: String,
    /// Claim number.
    pub number: String,
    /// Version, from 1.
    pub version: i64,
    /// When it was received.
    pub received_at: Instant,
    /// IANA zone in which days were counted.
    pub time_zone: String,
    /// Currency of totals.
    pub currency: Currency,
    /// Day of the rates.
    pub valuation_date: NaiveDate,
    /// Answers of each step that is one form, as typed.
    pub answers: BTreeMap<String, Answers>,
    /// Lines in order.
    pub lines: Vec<FrozenLine>,
    /// Documents in order.
    pub documents: Vec<FrozenDocument>,
    /// Totals by category and basis, in `currency`.
    pub totals: Vec<Total>,
    /// The declaration and signature.
    pub declaration: FrozenDeclaration,
}

/// A line as signed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FrozenLine {
    /// Number of the line; it stays the same over versions.
    pub line: i64,
    /// Category.
    pub category: Category,
    /// Answers as typed.
    pub answers: Answers,
    /// Currency of the line.
    pub currency: Currency,
    /// Amount in minor units of `currency`.
    pub amount: i64,
    /// Rate into the case's currency, as text.
    pub rate: String,
    /// Amount in minor units of the case's currency.
    pub amount_in_case: i64,
    /// Interest in minor units of the case's currency.
    pub interest_in_case: i64,
    /// Costs in minor units of the case's currency.
    pub costs_in_case: i64,
    /// Basis, for held inventory.
    pub basis: Option<Basis>,
    /// Period.
    pub period: Option<Period>,
    /// Release.
    pub release: Release,
    /// Units.
    pub units: Option<i64>,
    /// Documents cited.
    pub evidence: Vec<FrozenEvidence>,
}

/// A citation as signed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FrozenEvidence {
    /// Name of the file.
    pub document: String,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// Page or row, as typed; empty for the whole.
    pub place: String,
}

/// A document as signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenDocument {
    /// Name of the file.
    pub name: String,
    /// Media type found in the bytes.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: i64,
    /// Pages, where it has any.
    pub pages: Option<i64>,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// What it proves, as typed.
    pub proves: String,
}

/// Declaration and signature as made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenDeclaration {
    /// Which text, with its version.
    pub text: String,
    /// The words.
    pub words: String,
    /// Typed name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Capacity.
    pub capacity: String,
    /// City and country.
    pub place: String,
    /// Day in the zone of the case.
    pub date: NaiveDate,
    /// Address of the client, as the server saw it.
    pub client_address: String,
    /// Why the claim is late; absent if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_reason: Option<String>,
}

/// A sent version without its lines: where a few words are said of it, nobody is kept waiting by its length.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FrozenInBrief {
    /// Claim number.
    pub number: String,
    /// Version, from 1.
    pub version: i64,
    /// When it was received.
    pub received_at: Instant,
    /// Answers of each step that is one form, as typed.
    pub answers: BTreeMap<String, Answers>,
    /// Totals by category and basis.
    pub totals: Vec<Total>,
    /// The declaration and signature.
    pub declaration: FrozenDeclaration,
}

impl FrozenInBrief {
    /// Reads a canonical text.
    ///
    /// # Errors
    /// If it is not one.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

impl FrozenClaim {
    /// The canonical text: JSON with sorted keys, no white space, integers only (amounts are minor units), as RFC 8785
    /// gives it for such data.
    ///
    /// # Errors
    /// Only if the data cannot be written as JSON, which no value of this type does.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_value(self).map(|value| value.to_string())
    }

    /// The canonical text of some lines: the part of the text of a claim that takes long to write when there are many.
    ///
    /// # Errors
    /// As [`Self::canonical`].
    pub fn canonical_lines(lines: &[FrozenLine]) -> Result<String, serde_json::Error> {
        serde_json::to_value(lines).map(|value| value.to_string())
    }

    /// The canonical text of this claim, whose lines were written before by [`Self::canonical_lines`].
    ///
    /// # Errors
    /// As [`Self::canonical`].
    pub fn canonical_around(&self, lines: &str) -> Result<String, serde_json::Error> {
        let value = serde_json::to_value(self)?;
        let mut text = String::with_capacity(lines.len() + 16_384);
        for (name, part) in value.as_object().into_iter().flatten() {
            text.push(if text.is_empty() { '{' } else { ',' });
            let part = if name == "lines" { lines } else { &part.to_string() };
            text.extend(["\"", name, "\":", part]);
        }
        text.push('}');
        Ok(text)
    }

    /// Reads a canonical text.
    ///
    /// # Errors
    /// If it is not one.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// What changed between two versions, in words, one change each.
#[must_use]
pub fn changes(before: &FrozenClaim, after: &FrozenClaim) -> Vec<String> {
    let mut changes = Vec::new();
    for (step, answers) in &after.answers {
        let earlier = before.answers.get(step);
        for (field, answer) in &answers.0 {
            let old = earlier.map_or("", |answers| answers.get(field));
            if old != answer.trim() {
                let (step, field) = (step_in_words(step), field_in_words(step, field));
                changes.push(match (old, answer.trim()) {
                    ("", new) => format!("{step} · {field}: “{new}” was added."),
                    (old, "") => format!("{step} · {field}: “{old}” was taken out."),
                    (old, new) => format!("{step} · {field}: “{old}” became “{new}”."),
                });
            }
        }
    }
    let mut new_numbers = NewNumbers::default();
    for pair in pairs(&before.lines, &after.lines) {
        if new_numbers.add(pair) {
            continue;
        }
        match pair {
            (None, Some(line)) => {
                changes.push(format!("Line {} added: {}, {}.", line.line, line.category.title(), show(line)));
            }
            (Some(old), None) => {
                changes.push(format!("Line {} removed: {}, {}.", old.line, old.category.title(), show(old)));
            }
            (Some(old), Some(line)) => changes.extend(change_of_line(old, line)),
            (None, None) => {}
        }
    }
    changes.extend(new_numbers.words().into_iter().map(|words| format!("{words}.")));
    changes.extend(documents::changes(&before.documents, &after.documents));
    changes.extend(changes_of_signer(&before.declaration, &after.declaration));
    changes
}

/// Who signed, with title, and in what capacity, where that is not who signed before.
fn changes_of_signer(before: &FrozenDeclaration, after: &FrozenDeclaration) -> Vec<String> {
    let who = |signed: &FrozenDeclaration| match signed.title.as_str() {
        "" => signed.name.clone(),
        title => format!("{}, {title}", signed.name),
    };
    let capacity = |signed: &FrozenDeclaration| {
        let known = CAPACITIES.iter().find(|(key, _)| *key == signed.capacity);
        known.map_or(signed.capacity.as_str(), |(_, words)| words).to_owned()
    };
    [("Signed by", who(before), who(after)), ("Signed as", capacity(before), capacity(after))]
        .into_iter()
        .filter(|(_, was, is)| was != is)
        .map(|(what, was, is)| format!("{what}: “{was}” became “{is}”."))
        .collect()
}

/// What a line claims: its amount as it was typed, or the units where they are all.
fn show(line: &FrozenLine) -> String {
    match line.basis {
        Some(Basis::UnitsOnly) => totals::without_value(line.units.unwrap_or(0)),
        _ => line.currency.show(line.amount),
    }
}

/// What changed in a line that kept its number, in words.
fn change_of_line(old: &FrozenLine, line: &FrozenLine) -> Option<String> {
    let (was, is) = (show(old), show(line));
    if was != is {
        // Words without a value have a comma of their own.
        let comma = if old.basis == Some(Basis::UnitsOnly) { "," } else { "" };
        return Some(format!("Line {}: {was}{comma} became {is}.", line.line));
    }
    if old.answers != line.answers {
        let what = if line.basis == Some(Basis::UnitsOnly) { "" } else { "amount " };
        return Some(format!("Line {}: details changed, {what}still {is}.", line.line));
    }
    (old.evidence != line.evidence).then(|| {
        format!("Line {}: other evidence, {} before, {} now.", line.line, old.evidence.len(), line.evidence.len())
    })
}

fn step_in_words(key: &str) -> &str {
    Step::parse_form(key).map_or(key, |step| step.title())
}

fn field_in_words<'a>(step: &str, key: &'a str) -> &'a str {
    Step::parse_form(step)
        .and_then(Step::form)
        .and_then(|sections| form::find(sections, key))
        .map_or(key, |field| field.label)
}

/// A claim of one line of 15,000.00 USD.
#[cfg(test)]
pub(crate) fn example() -> FrozenClaim {
    let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    FrozenClaim {
        format: FORMAT,
        case: "allegro".to_owned(),
        case_title: "Allegro".to_owned(),
        number: "ALG-000001-X".to_owned(),
        version: 1,
        received_at: Instant::default(),
        time_zone: "Etc/UTC".to_owned(),
        currency: Currency::USD,
        valuation_date: day,
        answers: BTreeMap::from([(
            "claimant".to_owned(),
            Answers::default().with("legal_name", "Summit").with("city", "Tempe"),
        )]),
        lines: vec![FrozenLine {
            line: 1,
            category: Category::UnpaidSales,
            answers: Answers::default(),
            currency: Currency::USD,
            amount: 1_500_000,
            rate: "1".to_owned(),
            amount_in_case: 1_500_000,
            interest_in_case: 0,
            costs_in_case: 0,
            basis: None,
            period: Period::new(day, day),
            release: Release::default(),
            units: None,
            evidence: Vec::new(),
        }],
        documents: Vec::new(),
        totals: Vec::new(),
        declaration: FrozenDeclaration {
            text: String::new(),
            words: String::new(),
            name: String::new(),
            title: String::new(),
            capacity: String::new(),
            place: String::new(),
            date: day,
            client_address: String::new(),
            late_reason: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_said_in_the_words_of_the_form() {
        let before = example();
        let mut after = example();
        after.answers.insert(
            "claimant".to_owned(),
            Answers::default().with("legal_name", "Summit Records").with("city", "").with("phone", "1"),
        );
        after.lines[0].amount = 1_400_000;
        let said = changes(&before, &after);
        assert!(
            said.contains(&"Who is claiming · Legal name: “Summit” became “Summit Records”.".to_owned()),
            "{said:?}"
        );
        assert!(said.contains(&"Who is claiming · City: “Tempe” was taken out.".to_owned()), "{said:?}");
        assert!(said.contains(&"Who is claiming · Telephone: “1” was added.".to_owned()), "{said:?}");
        assert!(said.contains(&"Line 1: 15,000.00 USD became 14,000.00 USD.".to_owned()), "{said:?}");
        assert!(changes(&before, &before).is_empty());
    }

    #[test]
    fn another_signer_is_named() {
        let mut before = example();
        (before.declaration.name, before.declaration.capacity) = ("Ada Label".to_owned(), "officer".to_owned());
        let mut after = before.clone();
        (after.declaration.title, after.declaration.capacity) = ("Counsel".to_owned(), "attorney".to_owned());
        after.declaration.place = "Bristol".to_owned();
        assert_eq!(
            changes(&before, &after),
            [
                "Signed by: “Ada Label” became “Ada Label, Counsel”.",
                "Signed as: “Owner, officer or employee” became “Attorney”.",
            ]
        );
    }

    #[test]
    fn units_without_a_value_are_told_as_units() {
        let held = |number, units, basis, amount| FrozenLine {
            line: number,
            category: Category::HeldInventory,
            basis: Some(basis),
            units: Some(units),
            amount,
            ..example().lines.remove(0)
        };
        let mut before = example();
        before.lines = vec![
            held(6, 1, Basis::UnitsOnly, 0),
            held(7, 50, Basis::UnitsOnly, 0),
            held(8, 50, Basis::UnitsOnly, 0),
            held(9, 50, Basis::UnitsOnly, 0),
        ];
        let mut after = before.clone();
        after.lines = vec![
            held(7, 60, Basis::UnitsOnly, 0),
            held(8, 50, Basis::Retail, 70_000),
            held(9, 50, Basis::UnitsOnly, 0),
            held(10, 1_000, Basis::UnitsOnly, 0),
        ];
        after.lines[2].answers = Answers::default().with("title", "Sonatas");
        assert_eq!(
            changes(&before, &after),
            [
                "Line 7: 50 units, no value claimed, became 60 units, no value claimed.",
                "Line 8: 50 units, no value claimed, became 700.00 USD.",
                "Line 9: details changed, still 50 units, no value claimed.",
                "Line 10 added: Held inventory, 1,000 units, no value claimed.",
                "Line 6 removed: Held inventory, 1 unit, no value claimed.",
            ]
        );
    }

    #[test]
    fn the_canonical_text_reads_back() {
        let text = example().canonical().unwrap();
        assert_eq!(FrozenClaim::read(&text).unwrap().canonical().unwrap(), text);
    }

    #[test]
    fn in_brief_it_says_the_same() {
        let claim = example();
        let brief = FrozenInBrief::read(&claim.canonical().unwrap()).unwrap();
        assert_eq!((brief.number, brief.version, brief.received_at), (claim.number, claim.version, claim.received_at));
        assert_eq!((brief.answers, brief.totals, brief.declaration), (claim.answers, claim.totals, claim.declaration));
    }

    #[test]
    fn lines_written_before_give_the_same_text() {
        let mut claim = example();
        claim
            .answers
            .insert("others".to_owned(), Answers::default().with("\"lines\":[]", "{\"lines\":[],\n\\\u{1f3bb}"));
        claim.lines.push(FrozenLine {
            line: 7,
            answers: Answers::default().with("note", "],\""),
            ..claim.lines[0].clone()
        });
        for lines in [claim.lines.clone(), Vec::new()] {
            claim.lines = lines;
            let written = FrozenClaim::canonical_lines(&claim.lines).unwrap();
            let around = FrozenClaim { lines: Vec::new(), ..claim.clone() };
            assert_eq!(around.canonical_around(&written).unwrap(), claim.canonical().unwrap());
        }
    }
}
