//! What counsel write: a mail to many, a text that is kept, news; and the placeholders in them.

use super::form::{Answers, Choice, Field, FieldError, Kind, Section, clean};
use super::reader::Reader;
use crate::money::Currency;
use crate::placeholders::{Piece, pieces};

/// Placeholders with what stands in their place.
pub const PLACEHOLDERS: &[(&str, &str)] = &[
    ("name", "the person who gets the mail"),
    ("claimant", "legal name of the claimant"),
    ("number", "number of the claim"),
    ("claimed", "what the claim adds up to"),
    ("documented", "how much of it cites a document"),
    ("case", "title of the case"),
    ("deadline", "the last moment for claims"),
    ("link", "address of the claim"),
    ("counsel", "your name"),
];

/// What a mail to many is.
pub const ABOUT: &[Choice] = &[
    ("claim", "About each claim itself: one mail for each claim, which nobody can do without"),
    ("news", "News of the case: one mail for each person, not to those who want none, ended with one click"),
];

/// Most mails an hour.
pub(crate) const MOST_PER_HOUR: i64 = 3_600;

/// A mail to many.
pub const MAILING: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("about", "This mail is", Kind::Radio(ABOUT)),
        Field::required("subject", "Subject", Kind::Text(200)),
        Field::required("text", "Text", Kind::LongText(8_000))
            .hint("Placeholders like {{name}} or {{number}} are filled in for each recipient. Your name and the link to the claim follow by themselves."),
        Field::required("per_hour", "Mails an hour", Kind::Units)
            .hint("1 to 3,600. They go out one after the other, so that you can stop in the middle."),
    ],
}];

/// A text that counsel keep.
pub const TEMPLATE: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("name", "Name of the template", Kind::Text(80)).hint("Only counsel see it."),
        Field::required("subject", "Subject", Kind::Text(200)),
        Field::required("text", "Text", Kind::LongText(8_000)),
    ],
}];

/// News of a case.
pub const NEWS: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("title", "Title", Kind::Text(160)),
        Field::required("text", "Text", Kind::LongText(8_000)),
        Field::optional("mail", "Also send it by mail to everybody who files in this case and wants news", Kind::Tick),
        Field::required("per_hour", "Mails an hour", Kind::Units).hint("1 to 3,600."),
    ],
}];

/// A mail that waits, while it is edited.
pub const WAITING: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("subject", "Subject", Kind::Text(250)),
        Field::required("text", "Text", Kind::LongText(12_000)),
    ],
}];

/// A mail to many, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    /// Whether it is news, which people can do without.
    pub news: bool,
    /// Subject, with placeholders.
    pub subject: String,
    /// Text, with placeholders.
    pub text: String,
    /// Mails an hour.
    pub per_hour: i64,
}

/// Reads [`MAILING`].
///
/// # Errors
/// Every field that is wrong; an unknown placeholder is named.
pub fn read_mailing(answers: &Answers) -> Result<Mailing, Vec<FieldError>> {
    let mut reader = Reader::new(MAILING, answers, Currency::USD);
    check(&mut reader, &["subject", "text"]);
    let per_hour = per_hour(&mut reader);
    let read = (|| {
        Some(Mailing {
            news: reader.text("about")? == "news",
            subject: reader.text("subject")?,
            text: reader.text("text")?,
            per_hour: per_hour?,
        })
    })();
    reader.finish(read)
}

/// Reads [`TEMPLATE`]: name, subject and text.
///
/// # Errors
/// Every field that is wrong; an unknown placeholder is named.
pub fn read_template(answers: &Answers) -> Result<(String, String, String), Vec<FieldError>> {
    let mut reader = Reader::new(TEMPLATE, answers, Currency::USD);
    check(&mut reader, &["subject", "text"]);
    let read = (|| Some((reader.text("name")?, reader.text("subject")?, reader.text("text")?)))();
    reader.finish(read)
}

/// Reads [`NEWS`]: title, text, and mails an hour if they are to be mailed.
///
/// # Errors
/// Every field that is wrong.
pub fn read_news(answers: &Answers) -> Result<(String, String, Option<i64>), Vec<FieldError>> {
    let mut reader = Reader::new(NEWS, answers, Currency::USD);
    for field in ["title", "text"] {
        if reader.text(field).is_some_and(|text| text.contains("{{")) {
            reader.error(field, "News is the same for everybody: take the placeholder, {{…}}, away.");
        }
    }
    let per_hour = per_hour(&mut reader);
    let mail = reader.yes("mail");
    let read = reader.text("title").zip(reader.text("text"));
    let read = read.map(|(title, text)| (title, text, per_hour.filter(|_| mail)));
    reader.finish(read)
}

/// Reads [`WAITING`]: subject and text.
///
/// # Errors
/// Every field that is wrong.
pub fn read_waiting(answers: &Answers) -> Result<(String, String), Vec<FieldError>> {
    let mut reader = Reader::new(WAITING, answers, Currency::USD);
    // Nothing is filled in any more: two braces would go out as they stand.
    for field in ["subject", "text"] {
        if reader.text(field).is_some_and(|text| pieces(&text).iter().any(|piece| !matches!(piece, Piece::Words(_)))) {
            reader.error(
                field,
                "This mail goes to one person, and placeholders in it are not filled in: write the words themselves.",
            );
        }
    }
    let read = reader.text("subject").zip(reader.text("text"));
    reader.finish(read)
}

fn per_hour(reader: &mut Reader<'_>) -> Option<i64> {
    let per_hour = reader.units("per_hour")?;
    if (1..=MOST_PER_HOUR).contains(&per_hour) {
        return Some(per_hour);
    }
    reader.error("per_hour", "Choose 1 to 3,600 mails an hour.");
    None
}

fn check(reader: &mut Reader<'_>, fields: &[&str]) {
    for field in fields {
        if let Some(wrong) = reader.text(field).and_then(|text| wrong_placeholder(&text)) {
            reader.error(field, wrong);
        }
    }
}

/// What is wrong with the placeholders of a text; `None` if nothing is.
#[must_use]
pub fn wrong_placeholder(text: &str) -> Option<String> {
    wrong_besides(text, &[])
}

/// The same where there are `more` placeholders than those of every mailing.
#[must_use]
pub fn wrong_besides(text: &str, more: &[&str]) -> Option<String> {
    let known = || PLACEHOLDERS.iter().map(|(name, _)| *name).chain(more.iter().copied());
    let list = || known().map(|name| format!("{{{{{name}}}}}")).collect::<Vec<_>>().join(", ");
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Name(name) if !known().any(|known| known == name) => {
            Some(format!("There is no placeholder {{{{{}}}}}. There are: {}.", clean(name, 40), list()))
        }
        Piece::Open(after) => Some(format!(
            "The placeholder that begins with {{{{{} has no end: write }}}} after its name.",
            clean(after, 20)
        )),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_placeholder_is_named() {
        assert_eq!(wrong_placeholder("{{name}} { {{ claimant }}"), None);
        let wrong = wrong_placeholder("Dear {{nmae}}").unwrap();
        assert!(wrong.starts_with("There is no placeholder {{nmae}}.") && wrong.contains("{{claimant}}"), "{wrong}");
        assert!(wrong_placeholder("Dear {{name").unwrap().contains("{{name has no end"));
        let answers = Answers::default().with("name", "T").with("subject", "{{x}}").with("text", "{{name}} {{y}}");
        let fields: Vec<String> = read_template(&answers).unwrap_err().into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["subject", "text"]);
    }

    #[test]
    fn a_subject_has_one_line_and_a_rate_has_limits() {
        let answers = |subject: &str, rate: &str| {
            Answers::default().with("about", "claim").with("subject", subject).with("text", "T").with("per_hour", rate)
        };
        assert_eq!(read_mailing(&answers("A", "60")).unwrap().per_hour, 60);
        assert_eq!(read_mailing(&answers("A\nBcc: x@example.org", "60")).unwrap_err()[0].field, "subject");
        for rate in ["0", "3601", "x", ""] {
            assert_eq!(read_mailing(&answers("A", rate)).unwrap_err()[0].field, "per_hour", "{rate}");
        }
    }

    #[test]
    fn every_placeholder_can_be_filled() {
        for (name, words) in PLACEHOLDERS {
            assert!(!words.is_empty());
            assert_eq!(wrong_placeholder(&format!("{{{{{name}}}}}")), None);
        }
    }
}
