//! Forms as data: fields with labels, hints and kinds; and answers as typed. [`super::reader`] turns one into values or errors.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::{
    money::{self, Currency},
    period,
};

/// One option of a choice: the value that is stored and the words that are shown.
pub type Choice = (&'static str, &'static str);

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line of text of at most so many characters.
    Text(usize),
    /// Several lines of text of at most so many characters.
    LongText(usize),
    /// An e-mail address.
    Email,
    /// A password that exists; shown as dots, never sent back.
    Password,
    /// A password being chosen.
    NewPassword,
    /// An amount of the line's currency.
    Amount,
    /// A price per unit, up to six digits after the point.
    Price,
    /// A percentage from 0 to 100, up to four digits after the point.
    Percent,
    /// A whole number from zero.
    Units,
    /// A day.
    Day,
    /// The first day of a period; a month means its first.
    FirstDay,
    /// The last day of a period; a month means its last.
    LastDay,
    /// A GTIN (UPC, EAN).
    Barcode,
    /// An ISRC.
    Isrc,
    /// One of a list, as a drop-down.
    Select(&'static [Choice]),
    /// One of a few, as radio buttons.
    Radio(&'static [Choice]),
    /// One of the currencies of the case, filled in when shown.
    CaseCurrency,
    /// A box to tick; stored as `yes`.
    Tick,
}

/// A field of a form.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Name in the form, in the stored answers and in files.
    pub name: &'static str,
    /// What stands above the control.
    pub label: &'static str,
    /// What is said before the error happens: form, example, who will see it. Empty for none.
    pub hint: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be answered.
    pub required: bool,
    /// What stands behind the label where it may be left empty.
    pub note: &'static str,
    /// HTML autocomplete token; empty for none.
    pub autocomplete: &'static str,
}

impl Field {
    /// A field that may be left empty.
    #[must_use]
    pub const fn optional(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { name, label, hint: "", kind, required: false, note: "optional", autocomplete: "" }
    }

    /// A field that must be answered.
    #[must_use]
    pub const fn required(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { name, label, hint: "", kind, required: true, note: "", autocomplete: "" }
    }

    /// The same field with a hint.
    #[must_use]
    pub const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    /// The same field, which some must answer and others not: who, in a few words.
    #[must_use]
    pub const fn needed(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }

    /// The same field with an autocomplete token.
    #[must_use]
    pub const fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = token;
        self
    }
}

/// A group of fields under a heading.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Heading; empty for a form of one group.
    pub title: &'static str,
    /// What stands under the heading; empty for nothing.
    pub intro: &'static str,
    /// The fields, in order.
    pub fields: &'static [Field],
}

/// All fields of some sections.
pub fn fields(sections: &'static [Section]) -> impl Iterator<Item = &'static Field> {
    sections.iter().flat_map(|section| section.fields)
}

/// Finds a field by name.
#[must_use]
pub fn find(sections: &'static [Section], name: &str) -> Option<&'static Field> {
    fields(sections).find(|field| field.name == name)
}

/// An answer as it is shown to be checked: choices in their words, no password.
#[must_use]
pub fn in_words(field: &Field, answers: &Answers) -> String {
    let answer = answers.get(field.name);
    match field.kind {
        Kind::Select(choices) | Kind::Radio(choices) => {
            choices.iter().find(|(value, _)| *value == answer).map_or(answer, |(_, words)| words).to_owned()
        }
        Kind::Tick if answer == "yes" => "Yes".to_owned(),
        Kind::Tick if answer.is_empty() => "No".to_owned(),
        Kind::Percent if !answer.is_empty() && !answer.ends_with('%') => format!("{answer}\u{a0}%"),
        Kind::Password | Kind::NewPassword => String::new(),
        _ => answer.to_owned(),
    }
}

/// An answer as it stands where it is sworn to and read: as [`in_words`], but days and months by their names, and amounts and prices
/// with the digits of the currency of their line. What was typed stands where the rules of the field do not read it today.
#[must_use]
pub fn shown(field: &Field, answers: &Answers) -> String {
    let answer = answers.get(field.name);
    let currency = || Currency::parse(answers.get("currency"));
    let read =
        match field.kind {
            Kind::Day => period::parse_day(answer).ok().map(period::show_day),
            Kind::FirstDay | Kind::LastDay => period::parse_first_day(answer).ok().map(|first| {
                let month = i64::from(first.year()) * 12 + i64::from(first.month0());
                let is_month = period::parse_month(answer).is_some();
                if is_month { period::show_months(month, month) } else { period::show_day(first) }
            }),
            Kind::Amount => currency()
                .and_then(|currency| Some(currency.grouped(money::parse_typed_amount(answer, currency).ok()?))),
            Kind::Price => currency()
                .and_then(|currency| Some(currency.price(money::parse_typed_price(answer, currency, 6).ok()?))),
            _ => None,
        };
    read.unwrap_or_else(|| in_words(field, answers))
}

/// Answers as typed, by field name. What was never sent is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, String>);

impl Answers {
    /// The answer to a field, without white space around it; empty if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |answer| answer.trim())
    }

    /// Sets an answer.
    pub fn set(&mut self, name: &str, answer: impl Into<String>) {
        self.0.insert(name.to_owned(), answer.into());
    }

    /// The same answers with one more.
    #[must_use]
    pub fn with(mut self, name: &str, answer: impl Into<String>) -> Self {
        self.set(name, answer);
        self
    }

    /// Whether nothing was answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|answer| answer.trim().is_empty())
    }

    /// Only the answers to `sections`' fields, each cleaned of characters that no store takes (NUL and other controls
    /// but tab and line break) and cut at [`CUT`] times its limit, so that a hostile form cannot fill the disk.
    #[must_use]
    pub fn only(&self, sections: &'static [Section]) -> Self {
        let mut kept = BTreeMap::new();
        for field in fields(sections) {
            if let Some(answer) = self.0.get(field.name) {
                kept.insert(field.name.to_owned(), clean(answer, limit(field.kind) * CUT));
            }
        }
        Self(kept)
    }
}

/// How many times the limit of a text is kept of a longer one.
pub(super) const CUT: usize = 10;

fn limit(kind: Kind) -> usize {
    match kind {
        Kind::Text(limit) | Kind::LongText(limit) => limit,
        _ => 200,
    }
}

/// `typed` without control characters and direction overrides (which can make a name show as another), at most `most`
/// characters. Line breaks are kept as `\n`.
#[must_use]
pub fn clean(typed: &str, most: usize) -> String {
    let typed = typed.replace("\r\n", "\n").replace('\r', "\n");
    typed
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .take(most)
        .collect()
}

/// What is wrong with an answer, beside the field it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// What is wrong with an answer, as it is said away from its field: with the label before it, unless it names that itself.
#[must_use]
pub fn with_label(sections: &'static [Section], error: &FieldError) -> String {
    let message = &error.message;
    let Some(field) = find(sections, &error.field) else { return message.clone() };
    let label = field.label.trim_end_matches(['?', '.']);
    if field.kind == Kind::Tick || message.to_lowercase().contains(&label.to_lowercase()) {
        return message.clone();
    }
    let mut signs = message.chars();
    let (first, second) = (signs.next(), signs.next());
    match first {
        // Not the first letter of an abbreviation.
        Some(first) if second.is_none_or(|second| !second.is_uppercase()) => {
            let after = message.strip_prefix(first).unwrap_or_default();
            format!("{label}: {}{after}", first.to_lowercase())
        }
        _ => format!("{label}: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[Section] =
        &[Section { title: "", intro: "", fields: &[Field::required("name", "Name", Kind::Text(5))] }];

    #[test]
    fn away_from_its_field_a_message_names_it() {
        const FORM: &[Section] = &[Section {
            title: "",
            intro: "",
            fields: &[
                Field::optional("note", "Note", Kind::LongText(5)),
                Field::optional("who", "Who is it?", Kind::Text(5)),
                Field::optional("isrc", "Track", Kind::Isrc),
                Field::required("agree", "I agree.", Kind::Tick),
            ],
        }];
        let said = |field: &str, message: &str| {
            with_label(FORM, &FieldError { field: field.to_owned(), message: message.to_owned() })
        };
        assert_eq!(said("note", "This has 9 characters."), "Note: this has 9 characters.");
        assert_eq!(said("note", "“ä” is no note."), "“ä” is no note.");
        assert_eq!(said("who", "Ö."), "Who is it: ö.");
        assert_eq!(said("who", "Who is it: this is needed."), "Who is it: this is needed.");
        assert_eq!(said("isrc", "ISRCs have 12 signs."), "Track: ISRCs have 12 signs.");
        assert_eq!(said("agree", "Tick the box to go on."), "Tick the box to go on.");
        assert_eq!(said("stranger", "Wrong."), "Wrong.");
    }

    #[test]
    fn what_is_sworn_to_shows_days_and_prices_alike() {
        let said = |kind: Kind, typed: &str, currency: &str| {
            shown(&Field::optional("a", "A", kind), &Answers::default().with("a", typed).with("currency", currency))
        };
        for typed in ["3 april 2009", "2009-04-03", "Apr 3, 2009"] {
            assert_eq!(said(Kind::Day, typed, ""), "3 April 2009");
            assert_eq!(said(Kind::LastDay, typed, ""), "3 April 2009");
        }
        assert_eq!(said(Kind::FirstDay, "2016-02", ""), "February 2016");
        assert_eq!(said(Kind::LastDay, "feb 2016", ""), "February 2016");
        for (typed, words) in [("8.5", "8.50"), ("8", "8.00"), ("0.123456", "0.123456"), ("1234.500", "1,234.50")] {
            assert_eq!(said(Kind::Price, typed, "USD"), words);
        }
        assert_eq!(
            (said(Kind::Price, "8", "JPY"), said(Kind::Amount, "1234.5", "USD")),
            ("8".into(), "1,234.50".into())
        );
        // What does not read, or in no currency, stands as it was typed.
        for (kind, typed) in
            [(Kind::Day, "3.6.2016"), (Kind::Day, "2015"), (Kind::LastDay, "then"), (Kind::Price, "8,5")]
        {
            assert_eq!(said(kind, typed, "USD"), typed);
        }
        assert_eq!(
            (said(Kind::Price, "8.5", ""), said(Kind::Text(9), "2015-01-01", "")),
            ("8.5".into(), "2015-01-01".into())
        );
    }

    #[test]
    fn controls_and_overrides_are_cleaned_away() {
        assert_eq!(clean("a\0b\u{202e}c\r\nd", 10), "abc\nd");
        let answers = Answers::default().with("name", "x".repeat(1_000)).with("stranger", "y");
        let kept = answers.only(FORM);
        assert_eq!(kept.get("name").len(), 50);
        assert_eq!(kept.get("stranger"), "");
    }
}
