//! A submitted version, frozen: canonical JSON and its SHA-256. The receipt, its CSV and every later proof are made from
//! this text alone.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    Instant,
    intake::Answers,
    line::{Basis, Category, Release},
    money::Currency,
    period::Period,
    totals::Total,
};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

impl FrozenClaim {
    /// The canonical text: JSON with sorted keys, no white space, integers only (amounts are minor units), as RFC 8785
    /// gives it for such data.
    ///
    /// # Errors
    /// Only if the data cannot be written as JSON, which no value of this type does.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_value(self).map(|value| value.to_string())
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
                changes.push(format!("{} · {}: “{old}” became “{}”.", words(step), words(field), answer.trim()));
            }
        }
    }
    let show = |line: &FrozenLine| line.currency.show(line.amount);
    for line in &after.lines {
        match before.lines.iter().find(|old| old.line == line.line) {
            None => changes.push(format!("Line {} added: {}, {}.", line.line, line.category.title(), show(line))),
            Some(old) if old.amount != line.amount || old.currency != line.currency => {
                changes.push(format!("Line {}: {} became {}.", line.line, show(old), show(line)));
            }
            Some(old) if old.answers != line.answers => {
                changes.push(format!("Line {}: details changed, amount still {}.", line.line, show(line)))
            }
            Some(old) if old.evidence != line.evidence => changes.push(format!(
                "Line {}: other evidence, {} before, {} now.",
                line.line,
                old.evidence.len(),
                line.evidence.len()
            )),
            Some(_) => {}
        }
    }
    for old in before.lines.iter().filter(|old| !after.lines.iter().any(|line| line.line == old.line)) {
        changes.push(format!("Line {} removed: {}, {}.", old.line, old.category.title(), show(old)));
    }
    for document in
        after.documents.iter().filter(|document| !before.documents.iter().any(|old| old.sha256 == document.sha256))
    {
        changes.push(format!("Document added: {}.", document.name));
    }
    for old in
        before.documents.iter().filter(|old| !after.documents.iter().any(|document| document.sha256 == old.sha256))
    {
        changes.push(format!("Document removed: {}.", old.name));
    }
    changes
}

fn words(key: &str) -> String {
    key.replace('_', " ")
}
