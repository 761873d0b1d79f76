//! What counsel says of two claims that resemble each other, and of money that two claim.

use super::form::{Answers, Choice, Field, FieldError, Kind, Section};
use super::mailing::wrong_besides;
use super::reader::Reader;
use crate::money::Currency;

/// What two claims that resemble each other are.
pub const VERDICTS: &[Choice] = &[
    ("same", "The same claimant: count it once"),
    ("different", "Different claimants"),
    ("later", "Later: I cannot say yet"),
];

/// The form below a pair of claims.
pub const MATCH: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("verdict", "These two are", Kind::Radio(VERDICTS)),
        Field::required("reason", "Why", Kind::LongText(2_000))
            .hint("What you saw or were told. It stands in the audit trail and in filings, beside the engine's score."),
    ],
}];

/// How the money of two claims is related. “First” and “second” are said with their names on the page.
pub const RELATIONS: &[Choice] = &[
    ("first_of_second", "The first claims a share of what the second claims"),
    ("second_of_first", "The second claims a share of what the first claims"),
    ("same_money", "Both claim the same money: the larger amount stays"),
    ("distinct", "Different money: nothing is removed"),
];

/// The form below an overlap of two claims.
pub const OVERLAP: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("relation", "How the two are related", Kind::Radio(RELATIONS)),
        Field::optional("everywhere", "This holds for every release that the two share", Kind::Tick),
        Field::required("reason", "Why", Kind::LongText(2_000))
            .hint("For example: clause 4 of their agreement; different pressings. It stands in the audit trail and in filings."),
    ],
}];

/// The placeholder in a letter to the parties of an overlap that stands for the months of each.
pub const MONTHS: &str = "months";

/// A letter to the parties of an overlap.
pub const LETTER: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("subject", "Subject", Kind::Text(200)),
        Field::required("text", "Text", Kind::LongText(8_000))
            .hint("{{months}} becomes the months in which the claim of each recipient meets others, {{name}} and {{number}} their name and claim."),
    ],
}];

/// Reads [`MATCH`]: verdict and reason.
///
/// # Errors
/// Every field that is wrong.
pub fn read_match(answers: &Answers) -> Result<(String, String), Vec<FieldError>> {
    let reader = Reader::new(MATCH, answers, Currency::USD);
    let read = reader.text("verdict").zip(reader.text("reason"));
    reader.finish(read)
}

/// Reads [`OVERLAP`]: relation, whether it holds everywhere, and reason.
///
/// # Errors
/// Every field that is wrong.
pub fn read_overlap(answers: &Answers) -> Result<(String, bool, String), Vec<FieldError>> {
    let reader = Reader::new(OVERLAP, answers, Currency::USD);
    let everywhere = !answers.get("everywhere").is_empty();
    let read =
        reader.text("relation").zip(reader.text("reason")).map(|(relation, reason)| (relation, everywhere, reason));
    reader.finish(read)
}

/// Reads [`LETTER`]: subject and text.
///
/// # Errors
/// Every field that is wrong; an unknown placeholder is named.
pub fn read_letter(answers: &Answers) -> Result<(String, String), Vec<FieldError>> {
    let mut reader = Reader::new(LETTER, answers, Currency::USD);
    for field in ["subject", "text"] {
        if let Some(wrong) = reader.text(field).and_then(|text| wrong_besides(&text, &[MONTHS])) {
            reader.error(field, wrong);
        }
    }
    let read = reader.text("subject").zip(reader.text("text"));
    reader.finish(read)
}
