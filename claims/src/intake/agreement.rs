//! The facts of the agreement, asked once per claim: they feed counsel's consignment matrix and the chronology.

use super::form::{Answers, Choice, Field, FieldError, Kind, Section};
use super::reader::Reader;
use crate::money::Currency;

/// Yes, no, not known.
pub const YES_NO: &[Choice] = &[("yes", "Yes"), ("no", "No"), ("unknown", "I do not know")];

/// The form. Nothing but the first question must be answered: many have lost their papers.
pub const FORM: &[Section] = &[
    Section {
        title: "The agreement",
        intro: "",
        fields: &[
            Field::required("has_agreement", "Was there a written agreement?", Kind::Radio(YES_NO)),
            Field::optional("agreement_date", "Date of the agreement", Kind::Day)
                .hint("For example 2009-03-01 or 1 March 2009."),
            Field::optional("title_clause", "Consignment or title clause", Kind::LongText(2_000))
                .hint("Copy the words that say who owns unsold copies, if there are any."),
            Field::optional("governing_law", "Governing law", Kind::Text(120))
                .hint("The country or state whose law the agreement names."),
        ],
    },
    Section {
        title: "Notice to the lender under U.S. law (UCC-1)",
        intro: "Under U.S. law a consignor may file a financing statement and tell the distributor's bank. Where another law governs, leave this empty.",
        fields: &[
            Field::optional("ucc_filed", "Was a UCC-1 filed?", Kind::Select(YES_NO)),
            Field::optional("ucc_state", "State", Kind::Text(60)).needed("needed if it was filed"),
            Field::optional("ucc_number", "Filing number", Kind::Text(60)),
            Field::optional("ucc_date", "Filed on", Kind::Day),
            Field::optional("lender_notified", "Was the lender told?", Kind::Select(YES_NO)),
            Field::optional("large_deliveries", "Were single deliveries worth $1,000 or more?", Kind::Select(YES_NO))
                .hint("Under U.S. law: U.C.C. § 9-102(a)(20) speaks of deliveries of at least $1,000."),
        ],
    },
    Section {
        title: "The end",
        intro: "Dates that you know. Leave the others empty.",
        fields: &[
            Field::optional("last_payment", "Last payment received", Kind::Day),
            Field::optional("last_purchase_order", "Last purchase order received", Kind::Day),
            Field::optional("late_shipments", "Copies sent in the last 45 days", Kind::Units).hint(
                "Before the distributor closed, became insolvent or lost its stock. U.S. law has rules for them.",
            ),
            Field::optional("terminated_on", "You ended the agreement on", Kind::Day),
            Field::optional("return_demanded_on", "You asked for your stock back on", Kind::Day),
            Field::optional("refusal_on", "That was refused on", Kind::Day),
            Field::optional("heard_on", "You heard of the closing on", Kind::Day)
                .hint("That the distributor closed, is wound up or is insolvent."),
            Field::optional("heard_how", "How you heard", Kind::Text(300)),
            Field::optional("buy_back_offered", "Were your own copies offered to you for money?", Kind::Select(YES_NO)),
            Field::optional("buy_back_note", "What was offered, and what you did", Kind::LongText(1_000)),
        ],
    },
];

/// The day fields that make the chronology of a case, with their words.
pub const CHRONOLOGY: &[(&str, &str)] = &[
    ("agreement_date", "Agreement made"),
    ("ucc_date", "UCC-1 filed"),
    ("last_payment", "Last payment received"),
    ("last_purchase_order", "Last purchase order received"),
    ("terminated_on", "Agreement ended by the claimant"),
    ("return_demanded_on", "Return of stock demanded"),
    ("refusal_on", "Return refused"),
    ("heard_on", "Heard of the closing"),
];

/// Reads the form.
///
/// # Errors
/// Every field that is wrong.
pub fn read(answers: &Answers) -> Result<(), Vec<FieldError>> {
    let mut reader = Reader::new(FORM, answers, Currency::USD);
    if reader.yes("ucc_filed") {
        reader.require("ucc_state");
    }
    if let (Some(demanded), Some(refused)) = (reader.day("return_demanded_on"), reader.day("refusal_on"))
        && refused < demanded
    {
        reader.error("refusal_on", "The refusal cannot come before the demand.");
    }
    reader.finish(Some(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{intake::line, line::Category};

    /// Every word that the forms of a claim ask with.
    fn words(form: &[Section]) -> String {
        let of_field = |field: &Field| {
            let choices = match field.kind {
                Kind::Select(choices) | Kind::Radio(choices) => {
                    choices.iter().map(|(_, words)| *words).collect::<Vec<_>>()
                }
                _ => Vec::new(),
            };
            format!("{} {} {}", field.label, field.hint, choices.join(" "))
        };
        let of_section = |section: &Section| {
            let fields: Vec<String> = section.fields.iter().map(of_field).collect();
            format!("{} {} {}", section.title, section.intro, fields.join(" "))
        };
        form.iter().map(of_section).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_forms_tell_the_story_of_no_case() {
        let mut all = words(FORM);
        for category in Category::ALL {
            all.push_str(&words(line::form(category)));
        }
        for story in ["seizure", "seized", "liquidat", "Oregon", "Allegro", "Orchard", "sleeve", "CD, LP", "2016-06"] {
            assert!(!all.contains(story), "{story}: {all}");
        }
        assert!(words(line::form(Category::UnpaidSales)).contains("Book"));
        // What only one law asks for says so.
        let notice = FORM.iter().find(|section| section.title.contains("UCC-1")).unwrap();
        assert!(
            notice.title.contains("U.S. law") && notice.intro.contains("Where another law governs, leave this empty")
        );
    }

    #[test]
    fn who_does_not_know_the_day_of_an_agreement_leaves_it_open() {
        assert_eq!(read(&Answers::default().with("has_agreement", "yes")), Ok(()));
        let wrong = Answers::default().with("has_agreement", "yes").with("agreement_date", "some day");
        assert_eq!(read(&wrong).unwrap_err()[0].field, "agreement_date");
    }

    #[test]
    fn signed_claims_are_read_by_the_keys_that_they_were_signed_with() {
        let keys: Vec<&str> = FORM.iter().flat_map(|section| section.fields).map(|field| field.name).collect();
        let signed = "has_agreement agreement_date title_clause governing_law ucc_filed ucc_state ucc_number ucc_date lender_notified \
                      large_deliveries last_payment last_purchase_order late_shipments terminated_on return_demanded_on refusal_on \
                      heard_on heard_how buy_back_offered buy_back_note";
        assert_eq!(keys, signed.split_whitespace().collect::<Vec<_>>());
    }
}
