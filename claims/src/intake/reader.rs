//! Reading answers against a form: every field by its kind, every error at once.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::form::{Answers, CUT, Field, FieldError, Kind, Section, fields, find};
use crate::{
    identifiers::{Gtin, Isrc},
    money::{self, Currency},
    period,
};

/// Reads answers against a form, collecting every error instead of stopping at the first.
pub struct Reader<'a> {
    sections: &'static [Section],
    answers: &'a Answers,
    currency: Currency,
    /// Whether the answers were accepted once: then days have the meaning that they had then.
    is_kept: bool,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    /// Starts reading; every field's own rule (required, length, kind) is checked at once. Amounts are read in the
    /// currency named by the answer `currency`, if the form has one, else in `currency`.
    #[must_use]
    pub fn new(sections: &'static [Section], answers: &'a Answers, currency: Currency) -> Self {
        Self { is_kept: false, ..Self::accepted(sections, answers, currency) }.checked()
    }

    /// Starts reading what was typed and saved before: checked like [`Self::new`], but days keep the meaning that they had when they were
    /// accepted, although they would have to be written otherwise today.
    #[must_use]
    pub fn kept(sections: &'static [Section], answers: &'a Answers, currency: Currency) -> Self {
        Self::accepted(sections, answers, currency).checked()
    }

    fn checked(mut self) -> Self {
        for field in fields(self.sections) {
            if let Err(message) = self.check(field) {
                self.error(field.name, message);
            }
        }
        self
    }

    fn check(&self, field: &Field) -> Result<(), String> {
        let answer = self.answers.get(field.name);
        if answer.is_empty() {
            return if field.required { Err(missing(field)) } else { Ok(()) };
        }
        match field.kind {
            Kind::Text(most) | Kind::LongText(most) => {
                let count = answer.chars().count();
                if count > most {
                    // Of what is longer only so much is kept, so nobody knows how long it was.
                    let has = match most * CUT {
                        cut if count >= cut => format!("more than {}", cut - 1),
                        _ => count.to_string(),
                    };
                    return Err(format!("This has {has} characters; at most {most} fit."));
                }
                if matches!(field.kind, Kind::Text(_)) && answer.contains('\n') {
                    return Err("Write this on one line.".to_owned());
                }
                Ok(())
            }
            Kind::Email => read_email(answer).map(drop),
            Kind::Password => Ok(()),
            Kind::NewPassword => Ok(()),
            Kind::Amount => money::parse_typed_amount(answer, self.currency).map(drop).map_err(|e| e.to_string()),
            Kind::Price => money::parse_typed_price(answer, self.currency, 6).map(drop).map_err(|e| e.to_string()),
            Kind::Percent => {
                let number = answer.trim_end_matches(['%', ' ']);
                let grouped = money::grouped_in_thousands(number, None, 4);
                match grouped.and_then(|()| money::parse_decimal(number, 4)) {
                    Ok(percent) if percent <= Decimal::ONE_HUNDRED => Ok(()),
                    Err(error @ money::AmountError::TooFine(..)) => Err(error.to_string()),
                    _ => Err("A percentage is a number from 0 to 100, like 12.5.".to_owned()),
                }
            }
            Kind::Units if money::thousands_meant(answer).is_some() => {
                Err(format!("“{answer}” can be read in two ways. Write the number without a point."))
            }
            Kind::Units => {
                read_units(answer)?;
                money::grouped_in_thousands(answer, None, 0).map_err(|error| error.to_string())
            }
            Kind::Day => self.read_day(field, answer).map(drop).map_err(|message| one_day(field, answer, message)),
            Kind::FirstDay | Kind::LastDay => {
                self.read_day(field, answer).map(drop).map_err(|message| self.one_end(field, answer, message))
            }
            Kind::Barcode => Gtin::parse(answer).map(drop).map_err(|e| e.to_string()),
            Kind::Isrc => Isrc::parse(answer).map(drop).map_err(|e| e.to_string()),
            Kind::Select(choices) | Kind::Radio(choices) => {
                if choices.iter().any(|(value, _)| *value == answer) {
                    Ok(())
                } else {
                    Err("Choose one of the answers given.".to_owned())
                }
            }
            Kind::CaseCurrency => {
                Currency::parse(answer).map(drop).ok_or_else(|| "Choose one of the currencies of the case.".to_owned())
            }
            Kind::Tick => {
                if answer == "yes" {
                    Ok(())
                } else {
                    Err("Tick the box or leave it.".to_owned())
                }
            }
        }
    }

    fn read_day(&self, field: &Field, answer: &str) -> Result<NaiveDate, String> {
        match (field.kind, self.is_kept) {
            (Kind::FirstDay, false) => period::parse_first_day(answer),
            (Kind::FirstDay, true) => period::parse_kept_first_day(answer),
            (Kind::LastDay, false) => period::parse_last_day(answer),
            (Kind::LastDay, true) => period::parse_kept_last_day(answer),
            (_, false) => period::parse_day(answer),
            (_, true) => period::parse_kept_day(answer),
        }
    }

    /// What is wrong with an end of a period; a whole year is told from what is no day at all, and where its two ends belong.
    fn one_end(&self, field: &Field, answer: &str, message: String) -> String {
        let Some(year) = period::parse_year(answer).map(|year| year.from.year()) else { return message };
        let (here, there, other) = match field.kind {
            Kind::FirstDay => ("January", "December", Kind::LastDay),
            _ => ("December", "January", Kind::FirstDay),
        };
        let under = fields(self.sections).find(|field| field.kind == other);
        let under = under.map(|other| format!(", and {there} {year} under {}", other.label)).unwrap_or_default();
        format!("“{}” is a whole year. Write {here} {year} here{under}.", money::shortened(answer))
    }

    /// Reads answers that were accepted once: nothing is checked again, so that they keep the meaning that they had then.
    /// What cannot be read is as if it were not there.
    #[must_use]
    pub fn accepted(sections: &'static [Section], answers: &'a Answers, currency: Currency) -> Self {
        let currency = Currency::parse(answers.get("currency")).unwrap_or(currency);
        Self { sections, answers, currency, is_kept: true, errors: Vec::new() }
    }

    /// Records what is wrong with a field. Only the first message of a field is kept.
    pub fn error(&mut self, field: &str, message: impl Into<String>) {
        if !self.has_error(field) {
            self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
        }
    }

    /// Whether a field was found wrong.
    #[must_use]
    pub fn has_error(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }

    /// Whether any of some fields was found wrong.
    #[must_use]
    pub fn any_error(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.has_error(field))
    }

    /// Records that a field must be answered after all (because of another answer).
    pub fn require(&mut self, name: &str) {
        if self.answers.get(name).is_empty() {
            let message = find(self.sections, name).map_or_else(|| "Answer this.".to_owned(), missing);
            self.error(name, message);
        }
    }

    /// The currency that amounts are read in.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The answer, unless it is empty or wrong.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        let answer = self.answers.get(name);
        (!answer.is_empty() && !self.has_error(name)).then(|| answer.to_owned())
    }

    /// An amount in minor units of [`Self::currency`].
    #[must_use]
    pub fn amount(&self, name: &str) -> Option<i64> {
        money::parse_amount(&self.text(name)?, self.currency).ok()
    }

    /// A price per unit or another exact number.
    #[must_use]
    pub fn decimal(&self, name: &str) -> Option<Decimal> {
        money::parse_decimal(self.text(name)?.trim_end_matches(['%', ' ']), 6).ok()
    }

    /// A whole number.
    #[must_use]
    pub fn units(&self, name: &str) -> Option<i64> {
        read_units(&self.text(name)?).ok()
    }

    /// A day; of a month, the first or the last, as the field wants it.
    #[must_use]
    pub fn day(&self, name: &str) -> Option<NaiveDate> {
        self.read_day(find(self.sections, name)?, &self.text(name)?).ok()
    }

    /// A barcode in its stored form.
    #[must_use]
    pub fn barcode(&self, name: &str) -> Option<Gtin> {
        Gtin::parse(&self.text(name)?).ok()
    }

    /// An ISRC in its stored form.
    #[must_use]
    pub fn isrc(&self, name: &str) -> Option<Isrc> {
        Isrc::parse(&self.text(name)?).ok()
    }

    /// Whether a box is ticked or a yes/no question answered yes.
    #[must_use]
    pub fn yes(&self, name: &str) -> bool {
        self.answers.get(name) == "yes"
    }

    /// Checks that a period does not end before it starts, and gives it.
    pub fn period(&mut self, from: &str, to: &str) -> Option<period::Period> {
        let (first, last) = (self.day(from)?, self.day(to)?);
        let found = period::Period::new(first, last);
        if found.is_none() {
            self.error(to, format!("The period ends before it starts: it starts on {}.", period::show_day(first)));
        }
        found
    }

    /// Says in other words what is wrong with a field that was left empty although it is needed.
    pub fn instead_of_missing(&mut self, name: &str, message: String) {
        if self.answers.get(name).is_empty()
            && let Some(error) = self.errors.iter_mut().find(|error| error.field == name)
        {
            error.message = message;
        }
    }

    /// The errors found, in the order of the form.
    #[must_use]
    pub fn into_errors(mut self) -> Vec<FieldError> {
        let place = |error: &FieldError| {
            fields(self.sections).position(|field| field.name == error.field).unwrap_or(usize::MAX)
        };
        self.errors.sort_by_key(place);
        self.errors
    }

    /// `value` if nothing was wrong, else the errors in the order of the form.
    ///
    /// # Errors
    /// Every [`FieldError`] recorded so far.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        let errors = self.into_errors();
        match value {
            Some(value) if errors.is_empty() => Ok(value),
            _ => Err(errors),
        }
    }
}

fn missing(field: &Field) -> String {
    match field.kind {
        Kind::Select(_) | Kind::Radio(_) | Kind::CaseCurrency => {
            format!("{}: choose an answer.", field.label.trim_end_matches('?'))
        }
        Kind::Tick => "Tick the box to go on.".to_owned(),
        _ => format!("{}: this is needed.", field.label.trim_end_matches('?')),
    }
}

/// What is wrong with a day; a month, which other fields take, and a year are told from what is no day at all.
fn one_day(field: &Field, answer: &str, message: String) -> String {
    let month = period::parse_month(answer).map(|month| (month, "month"));
    let Some((whole, what)) = month.or_else(|| Some((period::parse_year(answer)?, "year"))) else { return message };
    let (label, typed) = (field.label.trim_end_matches('?'), money::shortened(answer));
    format!("{label}: “{typed}” is a whole {what}. Write one day, like {} or {}.", whole.to, period::show_day(whole.to))
}

fn read_units(answer: &str) -> Result<i64, String> {
    let decimal = money::parse_decimal(answer, 12).map_err(|error| match error {
        money::AmountError::NotANumber(typed) => format!("“{typed}” is not a number. Write digits, like 1200."),
        money::AmountError::Negative => "This number cannot be below zero.".to_owned(),
        money::AmountError::DecimalComma(_) => "Write a whole number, without a fraction.".to_owned(),
        other => other.to_string(),
    })?;
    if !decimal.is_integer() {
        return Err("Write a whole number, without a fraction.".to_owned());
    }
    i64::try_from(decimal).map_err(|_| "This number is too large.".to_owned())
}

/// Reads an e-mail address: one `@`, a name, a domain with a dot, nothing that could add a header or a recipient.
///
/// # Errors
/// A text that says what is missing.
pub fn read_email(typed: &str) -> Result<String, String> {
    let typed = typed.trim();
    let wrong = || "Write an e-mail address like name@example.org.".to_owned();
    if typed.len() > 254
        || typed.chars().any(|c| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')' | '[' | ']' | '\\' | ':')
        })
    {
        return Err(wrong());
    }
    let (name, domain) = typed.split_once('@').ok_or_else(wrong)?;
    let labels_fine = domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let name_fine =
        !name.is_empty() && name.len() <= 64 && !name.starts_with('.') && !name.ends_with('.') && !name.contains("..");
    if !name_fine || !labels_fine || domain.contains('@') {
        return Err(wrong());
    }
    Ok(typed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[Section] = &[Section {
        title: "",
        intro: "",
        fields: &[
            Field::required("name", "Name", Kind::Text(5)),
            Field::optional("units", "Units", Kind::Units),
            Field::optional("rate", "Rate", Kind::Percent),
            Field::optional("from", "From", Kind::FirstDay),
            Field::optional("to", "To", Kind::LastDay),
            Field::optional("on", "Happened on?", Kind::Day),
        ],
    }];

    #[test]
    fn every_error_at_once_in_the_order_of_the_form() {
        let answers = Answers::default()
            .with("rate", "101")
            .with("units", "1.5")
            .with("from", "2016-02-01")
            .with("to", "2016-01-01");
        let mut reader = Reader::new(FORM, &answers, Currency::USD);
        reader.period("from", "to");
        let errors = reader.into_errors();
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["name", "units", "rate", "to"]);
        assert!(errors[3].message.contains("1 February 2016"));
    }

    #[test]
    fn a_whole_year_is_led_to_its_two_ends() {
        assert_eq!(
            said("from", "2015"),
            "“2015” is a whole year. Write January 2015 here, and December 2015 under To."
        );
        assert_eq!(
            said("to", "2015"),
            "“2015” is a whole year. Write December 2015 here, and January 2015 under From."
        );
        assert_eq!(
            said("on", "2015"),
            "Happened on: “2015” is a whole year. Write one day, like 2015-12-31 or 31 December 2015."
        );
        assert!(said("from", "1066").contains("is not a day or month"));
    }

    #[test]
    fn a_month_will_do_where_a_period_begins_and_ends() {
        let answers = Answers::default().with("from", "January 2016").with("to", "February 2016");
        let mut reader = Reader::new(FORM, &answers, Currency::USD);
        let period = reader.period("from", "to").map(|period| (period.from.to_string(), period.to.to_string()));
        assert_eq!(period, Some(("2016-01-01".to_owned(), "2016-02-29".to_owned())));
        assert_eq!(
            said("on", "February 2016"),
            "Happened on: “February 2016” is a whole month. Write one day, like 2016-02-29 or 29 February 2016."
        );
        assert_eq!(said("on", "24.6.2016"), "");
        assert!(said("on", "3.6.2016").contains("“3.6.2016” can mean 6 March 2016 or 3 June 2016."));
    }

    #[test]
    fn days_that_were_kept_mean_what_they_meant() {
        let answers = Answers::default().with("from", "3.6.2016").with("to", "July 2016").with("on", "4.6.2016");
        let typed = Reader::new(FORM, &answers, Currency::USD);
        assert!(typed.any_error(&["from"]) && typed.any_error(&["on"]) && typed.day("on").is_none());
        for reader in [Reader::kept(FORM, &answers, Currency::USD), Reader::accepted(FORM, &answers, Currency::USD)] {
            assert!(!reader.any_error(&["from", "to", "on"]));
            let days = ["from", "to", "on"].map(|name| reader.day(name).unwrap().to_string());
            assert_eq!(days, ["2016-06-03", "2016-07-31", "2016-06-04"]);
        }
        assert!(Reader::kept(FORM, &answers, Currency::USD).has_error("name"), "everything else is checked");
    }

    fn said(field: &str, typed: &str) -> String {
        let answers = Answers::default().with("name", "Ada").with(field, typed);
        Reader::new(FORM, &answers, Currency::USD).into_errors().into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn a_text_that_was_cut_is_longer_than_what_is_left_of_it() {
        let said_of_name = |length: usize| {
            let typed = Answers::default().with("name", "x".repeat(length)).only(FORM);
            Reader::new(FORM, &typed, Currency::USD).into_errors().remove(0).message
        };
        assert_eq!(said_of_name(6), "This has 6 characters; at most 5 fit.");
        assert_eq!(said_of_name(49), "This has 49 characters; at most 5 fit.");
        assert_eq!(said_of_name(50), "This has more than 49 characters; at most 5 fit.");
        assert_eq!(said_of_name(5_000), "This has more than 49 characters; at most 5 fit.");
    }

    #[test]
    fn a_wrong_percentage_is_called_one() {
        for typed in ["101", "abc", "12,5", "-1", "1 2", "1.234,50", "9999999999999"] {
            assert_eq!(said("rate", typed), "A percentage is a number from 0 to 100, like 12.5.", "{typed}");
        }
        assert!(said("rate", "33.33333").contains("at most 4 digits"));
        for typed in ["0", "100", "12.5", "12.5 %", "33.3333%"] {
            assert_eq!(said("rate", typed), "", "{typed}");
        }
    }

    #[test]
    fn units_are_grouped_in_thousands_or_not_at_all() {
        for typed in ["1200", "1,200", "1 200", "1\u{a0}200", "1’200", "12 345 678"] {
            assert_eq!(said("units", typed), "", "{typed}");
        }
        assert!(said("units", "12 50").ends_with("Write 1250."), "{}", said("units", "12 50"));
        assert!(said("units", "1 2").ends_with("Write 12."));
        assert!(said("units", "13,75").contains("whole number"));
    }

    #[test]
    fn what_was_accepted_once_keeps_its_meaning() {
        let answers = Answers::default().with("units", "12 50");
        assert_eq!(Reader::new(FORM, &answers, Currency::USD).units("units"), None);
        assert_eq!(Reader::accepted(FORM, &answers, Currency::USD).units("units"), Some(1_250));
    }

    #[test]
    fn addresses() {
        assert!(read_email("a.b+c@example.org").is_ok());
        for wrong in ["", "a", "a@b", "a@@b.c", "a b@c.d", "a@b.c\nBcc: x@y.z", "a@b..c", "<a@b.c>", "a@b.c,d@e.f"] {
            assert!(read_email(wrong).is_err(), "{wrong:?}");
        }
    }
}
