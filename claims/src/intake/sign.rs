//! Signing: typed name, title, capacity, place; the reason where the claim is late.

use super::claimant::CAPACITIES;
use super::form::{Answers, Choice, Field, FieldError, Kind, Section};
use super::reader::Reader;
use crate::{
    declaration::{Declaration, Forum},
    money::Currency,
};

/// Where the signer is.
pub const PLACES: &[Choice] = &[("us", "In the United States"), ("abroad", "Outside the United States")];

/// The form.
pub const FORM: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("place", "Where are you signing?", Kind::Radio(PLACES)),
        Field::required("place_name", "City and country", Kind::Text(160))
            .hint("For example Portland, Oregon, or Bristol, United Kingdom."),
        Field::required("signature", "Your full name", Kind::Text(200))
            .hint("Typing it is your signature.")
            .autocomplete("name"),
        Field::optional("signer_title", "Your title", Kind::Text(120))
            .hint("For example Owner or President. Leave empty if you sign for yourself.")
            .autocomplete("organization-title"),
        Field::required("signer_capacity", "You sign as", Kind::Select(CAPACITIES)),
        Field::optional("late_reason", "Why the claim is late", Kind::LongText(2_000)),
        Field::required("agree", "I have read the declaration above and make it.", Kind::Tick),
    ],
}];

/// A signature, read from answers that are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The declaration made.
    pub declaration: Declaration,
    /// Typed name.
    pub name: String,
    /// Title; empty for a person signing for themselves.
    pub title: String,
    /// One of [`CAPACITIES`].
    pub capacity: String,
    /// City and country.
    pub place: String,
    /// Why the claim is late, if it is.
    pub late_reason: Option<String>,
}

/// Reads the form. `late` asks for a reason as well.
///
/// # Errors
/// Every field that is wrong.
pub fn read(answers: &Answers, forum: Forum, late: bool) -> Result<Signature, Vec<FieldError>> {
    let mut reader = Reader::new(FORM, answers, Currency::USD);
    if late {
        reader.require("late_reason");
    }
    if reader.text("signature").is_some_and(|name| !name.chars().any(char::is_alphabetic)) {
        reader.error("signature", "Type your name.");
    }
    let signature = (|| {
        Some(Signature {
            declaration: Declaration::choose(forum, reader.text("place")? == "us"),
            name: reader.text("signature")?,
            title: reader.text("signer_title").unwrap_or_default(),
            capacity: reader.text("signer_capacity")?,
            place: reader.text("place_name")?,
            late_reason: late.then(|| reader.text("late_reason")).flatten(),
        })
    })();
    reader.finish(signature)
}
