//! Signing: typed name, title, capacity, place; the reason where the claim is late.

use super::claimant::{self, CAPACITIES};
use super::form::{Answers, Choice, Field, FieldError, Kind, Section, find, in_words};
use super::place;
use super::reader::Reader;
use super::steps::Step;
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

/// Said beside the tick of a form that comes back, because of something else: it is never kept, so that nobody makes a declaration by sending again
/// what was mended.
pub const TICK_AGAIN: &str = "Tick the declaration again: it is asked anew each time.";

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

/// Reads the form of a claim of which `claimant` are the answers to “Who is claiming”: who signs acts as the claim says. `late` asks for
/// a reason as well.
///
/// # Errors
/// Every field that is wrong, and a capacity that differs from the claim's.
pub fn read(answers: &Answers, claimant: &Answers, forum: Forum, late: bool) -> Result<Signature, Vec<FieldError>> {
    let mut reader = placed(answers, claimant);
    if let Some(words) = reader.text("signer_capacity").and_then(|signed| differs(&signed, claimant)) {
        reader.error("signer_capacity", words);
    }
    finish(reader, forum, late)
}

/// What the form shows before anything is typed into it: the capacity that the claim gives.
#[must_use]
pub fn begun(answers: Answers, claimant: &Answers) -> Answers {
    let capacity = claimant.get("capacity");
    if answers.get("signer_capacity").is_empty() && !capacity.is_empty() {
        return answers.with("signer_capacity", capacity);
    }
    answers
}

/// In what the capacity of a signer differs from what the claim says, and which of the two to mend.
fn differs(signed: &str, claimant: &Answers) -> Option<String> {
    if signed == "self" && claimant::needs_somebody(claimant.get("kind")) {
        return Some(
            "“I am the claimant” is for a person who claims for themselves. A company or an estate is signed for by somebody: choose as what you sign."
                .to_owned(),
        );
    }
    let said = claimant.get("capacity");
    if said.is_empty() || said == signed {
        return None;
    }
    let words = |capacity: &str| {
        find(FORM, "signer_capacity")
            .map(|field| in_words(field, &Answers::default().with(field.name, capacity)))
            .unwrap_or_default()
    };
    Some(format!(
        "This differs from the claim: at “{}” it says that you file as “{}”. Choose that here if it is right. If you sign as “{}”, correct “You file as” there first.",
        Step::Claimant.title(),
        words(said),
        words(signed)
    ))
}

/// Reads where it is signed: the place must not be elsewhere than the signer says.
fn placed<'a>(answers: &'a Answers, claimant: &Answers) -> Reader<'a> {
    let mut reader = Reader::new(FORM, answers, Currency::USD);
    if let Some(words) = place::problem(answers, claimant) {
        reader.error("place_name", words);
    }
    reader
}

fn finish(mut reader: Reader<'_>, forum: Forum, late: bool) -> Result<Signature, Vec<FieldError>> {
    if late {
        reader.require("late_reason");
    }
    if reader.text("signature").is_some_and(|name| name.chars().filter(|c| c.is_alphabetic()).count() < 2) {
        reader.error("signature", "Write your name, as on the claim.");
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

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(capacity: &str) -> Answers {
        [
            ("place", "us"),
            ("place_name", "Portland, Oregon"),
            ("signature", "Ada Label"),
            ("signer_capacity", capacity),
            ("agree", "yes"),
        ]
        .iter()
        .fold(Answers::default(), |answers, (name, answer)| answers.with(name, *answer))
    }

    fn said(capacity: &str, kind: &str, filed_as: &str) -> Option<String> {
        let claimant = Answers::default().with("kind", kind).with("capacity", filed_as);
        let errors = read(&signed(capacity), &claimant, Forum::Federal, false).err()?;
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["signer_capacity"]);
        errors.into_iter().next().map(|error| error.message)
    }

    #[test]
    fn who_signs_acts_as_the_claim_says() {
        assert_eq!(said("officer", "label", "officer"), None);
        assert_eq!(said("self", "person", "self"), None);
        let attorney = said("attorney", "label", "officer").unwrap();
        assert!(
            attorney.contains("it says that you file as “Owner, officer or employee”")
                && attorney.contains("If you sign as “Attorney”, correct “You file as” there first."),
            "{attorney}"
        );
        // Also where the claim itself says so: drafts begun before it was refused there.
        for filed_as in ["officer", "self"] {
            let company = said("self", "estate", filed_as).unwrap();
            assert!(company.contains("A company or an estate is signed for by somebody"), "{company}");
        }
    }

    #[test]
    fn the_form_begins_with_the_capacity_of_the_claim_and_keeps_what_was_typed() {
        let claimant = Answers::default().with("kind", "label").with("capacity", "officer");
        assert_eq!(begun(Answers::default(), &claimant).get("signer_capacity"), "officer");
        assert_eq!(begun(signed("attorney"), &claimant).get("signer_capacity"), "attorney");
        assert_eq!(begun(Answers::default(), &Answers::default()), Answers::default());
    }
}
