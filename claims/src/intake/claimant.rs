//! Who is claiming: the claimant's details and the capacity of the person who files.

use serde::{Deserialize, Serialize};

use super::form::{Answers, Choice, Field, FieldError, Kind, Section};
use super::reader::Reader;
use crate::{
    identifiers::{IdentifierError, check_gs1_prefixes, check_ipi, check_isni},
    money::Currency,
};

/// Kinds of claimant.
pub const KINDS: &[Choice] = &[
    ("person", "A person (musician, composer, producer)"),
    ("label", "A label or another company"),
    ("publisher", "A publisher"),
    ("nonprofit", "An ensemble, choir or other non-profit"),
    ("estate", "An estate"),
];

/// Capacities in which an account acts for a claimant.
pub const CAPACITIES: &[Choice] = &[
    ("self", "I am the claimant"),
    ("officer", "Owner, officer or employee"),
    ("manager", "Manager or agent"),
    ("attorney", "Attorney"),
    ("heir", "Heir or executor"),
];

/// The short form with which a claim is started.
pub const START: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("kind", "Who is claiming?", Kind::Radio(KINDS)),
        Field::required("legal_name", "Legal name", Kind::Text(200))
            .hint("The person's full name, or the name under which the company is registered."),
        Field::required("capacity", "You file as", Kind::Select(CAPACITIES)),
    ],
}];

/// The whole form.
pub const FORM: &[Section] = &[
    Section {
        title: "Name",
        intro: "",
        fields: &[
            Field::required("kind", "Who is claiming?", Kind::Radio(KINDS)),
            Field::required("legal_name", "Legal name", Kind::Text(200))
                .hint("The person's full name, or the name under which the company is registered."),
            Field::optional("other_names", "Other names and imprints", Kind::LongText(1_000))
                .hint("One on each line: stage names, imprints, earlier names."),
        ],
    },
    Section {
        title: "Contact",
        intro: "Seen by counsel, and part of the filing that goes to the court. Its version for the public shows neither address, e-mail nor telephone.",
        fields: &[
            Field::optional("contact", "Contact person", Kind::Text(200)).autocomplete("name"),
            Field::required("email", "E-mail", Kind::Email).autocomplete("email"),
            Field::optional("phone", "Telephone", Kind::Text(40)).autocomplete("tel"),
            Field::required("street", "Street and number", Kind::Text(300)).autocomplete("street-address"),
            Field::required("city", "City", Kind::Text(120)).autocomplete("address-level2"),
            Field::optional("region", "State or region", Kind::Text(120)).autocomplete("address-level1"),
            Field::optional("postcode", "Postcode", Kind::Text(20)).autocomplete("postal-code"),
            Field::required("country", "Country", Kind::Text(80)).autocomplete("country-name"),
        ],
    },
    Section {
        title: "Citizenship",
        intro: "A federal court decides by citizenship whether it may hear the case. A person gives the state or country; a company gives both where it was organised and where it is run from. An estate has the citizenship of the person who died, wherever heirs and executors live (28 U.S.C. § 1332(c)(2)).",
        fields: &[
            Field::optional("citizenship", "A person's state or country of citizenship", Kind::Text(80))
                .hint("For example Oregon, or United Kingdom.")
                .needed("needed for a person"),
            Field::optional("organised_in", "A company's state or country of organisation", Kind::Text(80))
                .needed("needed for a company"),
            Field::optional("principal_place", "A company's principal place of business", Kind::Text(120))
                .needed("needed for a company"),
            Field::optional("decedent_citizenship", "Citizenship of the person who died", Kind::Text(80))
                .hint("For an estate: the US state, or the country, of which they were a citizen when they died.")
                .needed("needed for an estate"),
        ],
    },
    Section {
        title: "Identifiers",
        intro: "If you have them. They help counsel to see that two names are one claimant. Never give tax or bank numbers here: Recoup does not pay and has no place for them.",
        fields: &[
            Field::optional("gs1_prefixes", "GS1 company prefixes", Kind::Text(200))
                .hint("The first digits that all your barcodes share."),
            Field::optional("vendor_number", "Vendor number at the distributor", Kind::Text(60)),
            Field::optional("ipi", "IPI name number", Kind::Text(11)),
            Field::optional("isni", "ISNI", Kind::Text(19)),
        ],
    },
    Section {
        title: "You",
        intro: "",
        fields: &[
            Field::required("capacity", "You file as", Kind::Select(CAPACITIES)),
            Field::optional("authority", "Proof of authority", Kind::LongText(1_000))
                .hint("What entitles you, and which of the documents shows it.")
                .needed("needed if you file for someone else"),
        ],
    },
];

/// A claimant, read from answers that are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimantDetails {
    /// One of [`KINDS`].
    pub kind: String,
    /// Legal name.
    pub legal_name: String,
    /// E-mail for questions about the claim.
    pub email: String,
    /// The citizenship that counts for 28 U.S.C. § 1332: a person's, both of a company's joined by a semicolon, or of an estate
    /// that of the person who died.
    pub citizenship: String,
}

/// Reads the whole form.
///
/// # Errors
/// Every field that is wrong.
pub fn read(answers: &Answers) -> Result<ClaimantDetails, Vec<FieldError>> {
    let mut reader = Reader::new(FORM, answers, Currency::USD);
    let kind = reader.text("kind");
    let citizenship = match kind.as_deref() {
        Some("person") => {
            reader.require("citizenship");
            reader.text("citizenship")
        }
        Some("estate") => {
            reader.require("decedent_citizenship");
            reader.text("decedent_citizenship")
        }
        Some(_) => {
            reader.require("organised_in");
            reader.require("principal_place");
            reader.text("organised_in").zip(reader.text("principal_place")).map(|(a, b)| format!("{a}; {b}"))
        }
        None => None,
    };
    acts_for_it(&mut reader);
    if matches!(answers.get("capacity"), "manager" | "attorney" | "heir") {
        reader.require("authority");
    }
    numbers(&mut reader);
    let details = (|| {
        Some(ClaimantDetails {
            kind: kind?,
            legal_name: reader.text("legal_name")?,
            email: reader.text("email")?,
            citizenship: citizenship?,
        })
    })();
    reader.finish(details)
}

/// Says what is wrong with the numbers by which the claimant is reached and known.
fn numbers(reader: &mut Reader<'_>) {
    if reader.text("phone").is_some_and(|phone| !is_telephone(&phone)) {
        reader.error("phone", "Write digits, like +1 503 555 0142.");
    }
    let mut check = |name: &str, read: fn(&str) -> Result<(), IdentifierError>| {
        if let Some(error) = reader.text(name).and_then(|typed| read(&typed).err()) {
            reader.error(name, error.to_string());
        }
    };
    check("gs1_prefixes", check_gs1_prefixes);
    check("ipi", check_ipi);
    check("isni", check_isni);
}

/// Whether it can be dialled: five digits at least, and beside them only what people write between digits or before an extension.
fn is_telephone(typed: &str) -> bool {
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    let words = typed.to_lowercase().replace("ext", "");
    let between = |c: char| {
        c.is_whitespace() || matches!(c, '+' | '(' | ')' | '-' | '.' | '/' | 'x' | '#' | '\u{2010}'..='\u{2015}')
    };
    digits >= 5 && words.chars().all(|c| c.is_ascii_digit() || between(c))
}

/// Whether only somebody else can file and sign for such a claimant: a company and an estate have no hand of their own.
#[must_use]
pub fn needs_somebody(kind: &str) -> bool {
    KINDS.iter().any(|(known, _)| *known == kind && kind != "person")
}

/// Refuses that a company or an estate files for itself.
fn acts_for_it(reader: &mut Reader<'_>) {
    let (kind, capacity) = (reader.text("kind").unwrap_or_default(), reader.text("capacity"));
    if needs_somebody(&kind) && capacity.as_deref() == Some("self") {
        reader.error(
            "capacity",
            "“I am the claimant” is for a person who claims for themselves. For a company or an estate choose what you are to it.",
        );
    }
}

/// Reads the short form: kind, legal name and capacity.
///
/// # Errors
/// Every field that is wrong.
pub fn read_start(answers: &Answers) -> Result<(String, String, String), Vec<FieldError>> {
    let mut reader = Reader::new(START, answers, Currency::USD);
    acts_for_it(&mut reader);
    let read = (|| Some((reader.text("kind")?, reader.text("legal_name")?, reader.text("capacity")?)))();
    reader.finish(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimant(kind: &str, capacity: &str) -> Answers {
        [
            ("kind", kind),
            ("legal_name", "Estate of Ann Gray"),
            ("email", "heir@example.org"),
            ("street", "1 Main Street"),
            ("city", "Portland"),
            ("country", "United States"),
            ("capacity", capacity),
            ("authority", "Letters testamentary."),
        ]
        .iter()
        .fold(Answers::default(), |answers, (name, answer)| answers.with(name, *answer))
    }

    fn wrong(answers: &Answers) -> Vec<String> {
        read(answers).err().unwrap_or_default().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn an_estate_has_the_citizenship_of_the_person_who_died() {
        let estate = claimant("estate", "heir");
        assert_eq!(wrong(&estate), ["decedent_citizenship"]);
        // Where a company was organised says nothing of it.
        let company = estate.clone().with("organised_in", "Delaware").with("principal_place", "Portland");
        assert_eq!(wrong(&company), ["decedent_citizenship"]);
        let read = read(&company.with("decedent_citizenship", "Oregon")).unwrap();
        assert_eq!(read.citizenship, "Oregon");
        assert_eq!(wrong(&claimant("label", "heir")), ["organised_in", "principal_place"]);
        assert_eq!(wrong(&claimant("person", "heir")), ["citizenship"]);
    }

    #[test]
    fn numbers_that_can_be_none_are_refused_with_what_would_be_right() {
        let person = claimant("person", "heir").with("citizenship", "Oregon");
        let said = |name: &str, typed: &str| {
            let errors = read(&person.clone().with(name, typed)).err().unwrap_or_default();
            errors.into_iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>()
        };
        for wrong in ["abc", "1234", "call 503 555 0142"] {
            assert_eq!(said("phone", wrong), ["phone: Write digits, like +1 503 555 0142."], "{wrong}");
        }
        for right in
            ["+1 503 555 0142", "(503) 555-0142 ext. 12", "503 555 0142 x12", "0341/123456", "+44 20 7946 0000"]
        {
            assert!(said("phone", right).is_empty(), "{right}");
        }
        assert_eq!(said("isni", "1234"), ["isni: An ISNI has 16 digits, like 0000 0001 2150 090X."]);
        assert!(said("isni", "0000 0001 2150 090X").is_empty());
        assert_eq!(said("ipi", "I-297").len(), 1);
        assert_eq!(said("gs1_prefixes", "12").len(), 1);
        // What is too long is said once, as of any text.
        assert_eq!(said("isni", &"0".repeat(20)), ["isni: This has 20 characters; at most 19 fit."]);
    }

    #[test]
    fn a_company_or_an_estate_does_not_file_for_itself() {
        for kind in ["label", "publisher", "nonprofit", "estate"] {
            assert!(wrong(&claimant(kind, "self")).contains(&"capacity".to_owned()), "{kind}");
            assert_eq!(read_start(&claimant(kind, "self")).unwrap_err()[0].field, "capacity", "{kind}");
            assert!(read_start(&claimant(kind, "heir")).is_ok(), "{kind}");
        }
        assert!(read_start(&claimant("person", "self")).is_ok());
    }
}
