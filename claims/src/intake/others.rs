//! Who else may claim some of this money: the question that keeps money from being counted twice.

use super::agreement::YES_NO;
use super::form::{Answers, Field, FieldError, Kind, Section};
use super::reader::Reader;
use crate::money::Currency;

/// The form.
pub const FORM: &[Section] = &[Section {
    title: "",
    intro: "A label and its artist can both claim the same money. Saying so does not reduce your claim; it saves questions later.",
    fields: &[
        Field::required("others", "May anyone else claim some of this money?", Kind::Radio(YES_NO))
            .hint("For example an artist on a percentage, a co-owner, a publisher, your label."),
        Field::optional("others_who", "Who, and for which releases?", Kind::LongText(2_000)).hint("One on each line."),
        Field::optional("others_share", "Their share in per cent, if you know it", Kind::Text(200))
            .hint("In your own words if there are several, for example: the artist 20, the co-owner 50."),
        Field::optional("assigned", "Has any of this money been assigned, sold or pledged?", Kind::Select(YES_NO)),
        Field::optional("assigned_note", "To whom, and when?", Kind::LongText(1_000)),
    ],
}];

/// Reads the form.
///
/// # Errors
/// Every field that is wrong.
pub fn read(answers: &Answers) -> Result<(), Vec<FieldError>> {
    let mut reader = Reader::new(FORM, answers, Currency::USD);
    if reader.yes("others") {
        reader.require("others_who");
    }
    if reader.yes("assigned") {
        reader.require("assigned_note");
    }
    reader.finish(Some(()))
}
