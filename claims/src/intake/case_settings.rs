//! What an administrator says of a case: all that intake, totals and the public page need.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;

use super::form::{Answers, Choice, Field, FieldError, Kind, Section};
use super::reader::{Reader, read_email};
use crate::{
    declaration::Forum,
    line::{Basis, Category},
    money::{self, Currency},
    period,
};

/// Time zones offered; any IANA name is accepted.
const ZONES: &[Choice] = &[
    ("America/Los_Angeles", "Pacific (Los Angeles, Portland)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/New_York", "Eastern (New York)"),
    ("Europe/London", "London"),
    ("Europe/Berlin", "Central Europe (Berlin)"),
    ("Etc/UTC", "UTC"),
];

/// A time zone as people know it; one that is not among those offered by its own name.
#[must_use]
pub fn zone_in_words(zone: &str) -> &str {
    ZONES.iter().find(|(key, _)| *key == zone).map_or(zone, |(_, words)| words)
}

const CURRENCY_CHOICES: &[Choice] = &[
    ("USD", "US dollar"),
    ("EUR", "Euro"),
    ("GBP", "Pound sterling"),
    ("CAD", "Canadian dollar"),
    ("AUD", "Australian dollar"),
    ("CHF", "Swiss franc"),
    ("JPY", "Yen"),
    ("SEK", "Swedish krona"),
    ("NOK", "Norwegian krone"),
    ("DKK", "Danish krone"),
];

/// The form.
pub const FORM: &[Section] = &[
    Section {
        title: "The case",
        intro: "",
        fields: &[
            Field::required("title", "Title", Kind::Text(200)).hint("As claimants know it, for example: Claims against the distributor."),
            Field::required("slug", "Short name for links", Kind::Text(40)).hint("Small letters, digits and hyphens, like allegro. It cannot be changed once claims are filed."),
            Field::required("prefix", "Prefix of claim numbers", Kind::Text(6)).hint("Two to six capital letters, like ALG. It cannot be changed once claims are filed."),
            Field::required("state", "Shown to the public", Kind::Select(&[("preparing", "No, still being prepared"), ("open", "Yes, open for claims"), ("closed", "Yes, closed for claims")])),
            Field::optional("court", "Court", Kind::Text(200)).hint("Leave empty if there is none yet."),
            Field::optional("docket", "Case number at the court", Kind::Text(80)),
            Field::optional("parties", "Parties", Kind::LongText(1_000)),
            Field::required("forum", "Forum", Kind::Select(&[("federal", "Federal court"), ("oregon", "Oregon state court"), ("other", "Other, or none yet")])).hint("Decides the words of the declaration."),
        ],
    },
    Section {
        title: "What the public reads",
        intro: "",
        fields: &[
            Field::required("what_happened", "What happened", Kind::LongText(4_000)),
            Field::required("class_definition", "Who is in the class", Kind::LongText(2_000)),
            Field::optional("key_dates", "Key dates", Kind::LongText(4_000)).hint("One on each line: 2016-06-03 The distributor closes."),
            Field::optional("questions", "Questions and answers", Kind::LongText(12_000)).hint("A question on a line that ends with ?, its answer on the lines below, an empty line before the next question. An answer of several paragraphs has each on one line."),
            Field::required("contact", "Contact", Kind::LongText(500)),
        ],
    },
    Section {
        title: "Claims",
        intro: "",
        fields: &[
            Field::required("deadline_day", "Last day for claims", Kind::Day),
            Field::required("deadline_time", "Time on that day", Kind::Text(5)).hint("24 hours, like 23:59."),
            Field::required("time_zone", "Time zone", Kind::Select(ZONES)),
            Field::required("late_claims", "Late claims are", Kind::Select(&[("refused", "Refused"), ("with_reason", "Taken, with a reason")])),
            Field::required("cure_days", "Days to cure a deficiency", Kind::Units),
            Field::optional("unpaid_sales", "Unpaid sales can be claimed", Kind::Tick),
            Field::optional("held_inventory", "Held inventory can be claimed", Kind::Tick),
            Field::optional("digital_royalties", "Digital royalties can be claimed", Kind::Tick),
            Field::optional("other", "Other losses can be claimed", Kind::Tick),
            Field::required(
                "filing_basis",
                "Basis of stock that filings use",
                Kind::Select(&[("manufacturing_cost", "Manufacturing cost"), ("wholesale", "Wholesale price (PPD)"), ("retail", "Retail list price")]),
            ),
        ],
    },
    Section {
        title: "Money",
        intro: "Foreign amounts are converted once, at the published rate of the valuation date; both amounts are kept.",
        fields: &[
            Field::required("case_currency", "Currency of the case", Kind::Select(CURRENCY_CHOICES)),
            Field::required("valuation_date", "Valuation date", Kind::Day),
            Field::optional("rates", "Rates on that date", Kind::LongText(2_000)).hint("One on each line: EUR 1.1154 means that one euro is 1.1154 of the case's currency."),
            Field::optional("rate_source", "Source of the rates", Kind::Text(200)).hint("For example: European Central Bank reference rates."),
        ],
    },
    Section {
        title: "Security",
        intro: "",
        fields: &[
            Field::optional("second_factor", "Counsel must use a second factor at sign-in", Kind::Tick)
                .hint("A code from an authenticator app. Administrators must then use one too, or they could appoint themselves."),
        ],
    },
    Section {
        title: "Alerts to counsel",
        intro: "",
        fields: &[
            Field::optional("alert_claim", "A single claim above", Kind::Amount),
            Field::optional("alert_total", "The total above", Kind::Amount).hint("In the currency of the case. Nothing is told of an amount that is not set."),
            Field::optional("alert_members", "Number of class members", Kind::Units).hint("Counsel is told of 40 anyway, from which numerosity is usually presumed."),
        ],
    },
];

/// Whether a case takes claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseState {
    /// Not public yet.
    Preparing,
    /// Public, takes claims until the deadline.
    Open,
    /// Public, takes none.
    Closed,
}

impl CaseState {
    /// The name in storage.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// The settings of a case, read from answers that are right.
#[derive(Debug, Clone)]
pub struct CaseSettings {
    /// Title.
    pub title: String,
    /// Short name in links.
    pub slug: String,
    /// Prefix of claim numbers.
    pub prefix: String,
    /// Whether it is public and open.
    pub state: CaseState,
    /// Court, if there is one.
    pub court: Option<String>,
    /// Number at the court.
    pub docket: Option<String>,
    /// Parties.
    pub parties: Option<String>,
    /// Forum.
    pub forum: Forum,
    /// What happened, for the public.
    pub what_happened: String,
    /// Who is in the class.
    pub class_definition: String,
    /// Dates with their words.
    pub key_dates: Vec<(NaiveDate, String)>,
    /// Questions with their answers.
    pub questions: Vec<(String, String)>,
    /// Whom to ask.
    pub contact: String,
    /// Last day for claims, in [`Self::time_zone`].
    pub deadline_day: NaiveDate,
    /// Time on that day; the whole of that minute still counts.
    pub deadline_time: NaiveTime,
    /// IANA name of the zone.
    pub time_zone: String,
    /// Whether late claims are taken, with a reason.
    pub late_with_reason: bool,
    /// Days to cure a deficiency.
    pub cure_days: i64,
    /// Categories that can be claimed.
    pub categories: Vec<Category>,
    /// Basis of stock in totals and filings.
    pub filing_basis: Basis,
    /// Currency of totals.
    pub currency: Currency,
    /// Day of the exchange rates.
    pub valuation_date: NaiveDate,
    /// Units of the case's currency for one unit of each currency, the case's own (1) included.
    pub rates: BTreeMap<Currency, Decimal>,
    /// Where the rates were published.
    pub rate_source: String,
    /// Whether counsel must have a second factor.
    pub second_factor: bool,
    /// Alert for a single claim, minor units.
    pub alert_claim: Option<i64>,
    /// Alert for the total, minor units.
    pub alert_total: Option<i64>,
    /// Alert for the number of members.
    pub alert_members: Option<i64>,
}

impl CaseSettings {
    /// The currencies that a line may be in.
    #[must_use]
    pub fn currencies(&self) -> BTreeSet<Currency> {
        self.rates.keys().copied().collect()
    }

    /// The rate that brings `currency` into the case's currency.
    #[must_use]
    pub fn rate(&self, currency: Currency) -> Option<Decimal> {
        self.rates.get(&currency).copied()
    }
}

/// Reads the form.
///
/// # Errors
/// Every field that is wrong. Whether the time zone exists is checked where the deadline is computed.
pub fn read(answers: &Answers) -> Result<CaseSettings, Vec<FieldError>> {
    let currency = currency(answers);
    read_by(Reader::new(FORM, answers, currency), currency, period::parse_day)
}

/// Reads what was saved, with the meaning that its days had then.
///
/// # Errors
/// As [`read`].
pub fn read_kept(answers: &Answers) -> Result<CaseSettings, Vec<FieldError>> {
    let currency = currency(answers);
    read_by(Reader::kept(FORM, answers, currency), currency, period::parse_kept_day)
}

fn currency(answers: &Answers) -> Currency {
    Currency::parse(answers.get("case_currency")).unwrap_or(Currency::USD)
}

fn read_by(
    mut reader: Reader<'_>,
    currency: Currency,
    day: fn(&str) -> Result<NaiveDate, String>,
) -> Result<CaseSettings, Vec<FieldError>> {
    if reader.text("slug").is_some_and(|slug| {
        !slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') || slug.starts_with('-')
    }) {
        reader.error("slug", "Use small letters, digits and hyphens only, like allegro.");
    }
    if reader.text("slug").as_deref() == Some("new") {
        reader.error("slug", "This is the address of the page for new cases. Choose another.");
    }
    if reader.text("prefix").is_some_and(|prefix| prefix.len() < 2 || !prefix.bytes().all(|b| b.is_ascii_uppercase())) {
        reader.error("prefix", "Use two to six capital letters, like ALG.");
    }
    let time = reader.text("deadline_time").map(|time| NaiveTime::parse_from_str(&time, "%H:%M"));
    if matches!(time, Some(Err(_))) {
        reader.error("deadline_time", "Write hours and minutes, like 23:59.");
    }
    let categories: Vec<Category> = Category::ALL.into_iter().filter(|category| reader.yes(category.key())).collect();
    if categories.is_empty() {
        reader.error("unpaid_sales", "Choose at least one category that can be claimed.");
    }
    let rates = collect(&mut reader, "rates", |line| read_rate(line, currency));
    let mut rates: BTreeMap<Currency, Decimal> = rates.into_iter().collect();
    rates.insert(currency, Decimal::ONE);
    let key_dates = collect(&mut reader, "key_dates", |line| read_key_date(line, day));
    let settings = (|| {
        Some(CaseSettings {
            title: reader.text("title")?,
            slug: reader.text("slug")?,
            prefix: reader.text("prefix")?,
            state: match reader.text("state")?.as_str() {
                "open" => CaseState::Open,
                "closed" => CaseState::Closed,
                _ => CaseState::Preparing,
            },
            court: reader.text("court"),
            docket: reader.text("docket"),
            parties: reader.text("parties"),
            forum: Forum::parse(&reader.text("forum")?)?,
            what_happened: reader.text("what_happened")?,
            class_definition: reader.text("class_definition")?,
            key_dates,
            questions: read_questions(&reader.text("questions").unwrap_or_default()),
            contact: reader.text("contact")?,
            deadline_day: reader.day("deadline_day")?,
            deadline_time: time?.ok()?,
            time_zone: reader.text("time_zone")?,
            late_with_reason: reader.text("late_claims")? == "with_reason",
            second_factor: reader.yes("second_factor"),
            cure_days: reader.units("cure_days")?,
            categories,
            filing_basis: Basis::parse(&reader.text("filing_basis")?)?,
            currency,
            valuation_date: reader.day("valuation_date")?,
            rates,
            rate_source: reader.text("rate_source").unwrap_or_default(),
            alert_claim: reader.amount("alert_claim"),
            alert_total: reader.amount("alert_total"),
            alert_members: reader.units("alert_members"),
        })
    })();
    reader.finish(settings)
}

/// Reads a field line by line; the first wrong line is the field's error, with its number.
fn collect<T>(reader: &mut Reader<'_>, field: &str, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
    let text = reader.text(field).unwrap_or_default();
    let mut values = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match read(line.trim()) {
            Ok(value) => values.push(value),
            Err(message) => reader.error(field, format!("Line {}: {message}", number + 1)),
        }
    }
    values
}

fn read_rate(line: &str, case_currency: Currency) -> Result<(Currency, Decimal), String> {
    let (code, rate) = line.split_once(char::is_whitespace).ok_or("write a code and a rate, like EUR 1.1154.")?;
    let currency =
        Currency::parse(code).ok_or_else(|| format!("“{}” is not a currency code.", money::shortened(code)))?;
    if currency == case_currency {
        return Err(format!("{currency} is the currency of the case; it needs no rate."));
    }
    let rate = money::parse_decimal(rate, 8).map_err(|error| error.to_string())?;
    if rate.is_zero() { Err("a rate cannot be zero.".to_owned()) } else { Ok((currency, rate)) }
}

fn read_key_date(line: &str, read: fn(&str) -> Result<NaiveDate, String>) -> Result<(NaiveDate, String), String> {
    let (day, words) = line
        .split_once(char::is_whitespace)
        .ok_or("write a day and what happened, like 2016-06-03 The distributor closes.")?;
    Ok((read(day)?, words.trim().to_owned()))
}

impl CaseSettings {
    /// The first e-mail address in the contact, to which mails of the case are answered. One address and nothing else, whatever
    /// stands around it.
    #[must_use]
    pub fn contact_address(&self) -> Option<String> {
        first_address(&self.contact)
    }

    /// The contact in one line.
    #[must_use]
    pub fn contact_in_a_line(&self) -> String {
        let lines = self.contact.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join(", ")
    }
}

/// Questions with their answers. What does not begin with a question goes on with the answer above it.
fn read_questions(text: &str) -> Vec<(String, String)> {
    let mut questions: Vec<(String, String)> = Vec::new();
    for (_, block) in blocks(text) {
        let (first, below) = (block[0], block[1..].join("\n"));
        match questions.last_mut() {
            Some((_, answer)) if !first.ends_with('?') || below.is_empty() => {
                answer.push_str("\n\n");
                answer.push_str(&block.join("\n"));
            }
            _ => questions.push((first.to_owned(), below)),
        }
    }
    questions
}

/// The lines between empty ones, with the number of the first of them.
fn blocks(text: &str) -> Vec<(usize, Vec<&str>)> {
    let mut blocks: Vec<(usize, Vec<&str>)> = Vec::new();
    let mut ended = true;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        match blocks.last_mut() {
            _ if line.is_empty() => {}
            Some((_, block)) if !ended => block.push(line),
            _ => blocks.push((number + 1, vec![line])),
        }
        ended = line.is_empty();
    }
    blocks
}

/// What is wrong with the questions and answers of a form that is being saved, so that none stands on the public page as a part of
/// another. Not looked at where a stored case is read: one that was saved before is still a case.
#[must_use]
pub fn question_problem(answers: &Answers) -> Option<FieldError> {
    let message = blocks(answers.get("questions")).into_iter().enumerate().find_map(|(place, (number, block))| {
        let first = money::shortened(block[0]);
        match (block[0].ends_with('?'), block.len()) {
            (true, 1) => Some(format!("Line {number}: write the answer to “{first}” on the line below it.")),
            (false, 1) if place > 0 => None,
            (true, _) => None,
            (false, _) if place == 0 => Some(format!("Line {number}: “{first}” is no question. End it with ?")),
            (false, _) => Some(format!(
                "Line {number}: “{first}” is no question. End it with ?, or write it on one line if it goes on with the answer above."
            )),
        }
    });
    message.map(|message| FieldError { field: "questions".to_owned(), message })
}

fn first_address(text: &str) -> Option<String> {
    text.split_whitespace()
        .map(|word| word.trim_start_matches(['(', '<']).trim_end_matches(['.', ',', ';', ')', '>']))
        .find_map(|word| read_email(word).ok())
}

/// The answers of a case in euros that files in a federal court.
#[cfg(test)]
pub(crate) fn example() -> Answers {
    let answers = [
        ("title", "Claims against Allegro"),
        ("slug", "allegro"),
        ("prefix", "ALG"),
        ("state", "open"),
        ("forum", "federal"),
        ("what_happened", "It closed."),
        ("class_definition", "Labels."),
        ("contact", "claims@example.org"),
        ("deadline_day", "2026-06-30"),
        ("deadline_time", "23:59"),
        ("time_zone", "Europe/Berlin"),
        ("late_claims", "with_reason"),
        ("cure_days", "30"),
        ("unpaid_sales", "yes"),
        ("filing_basis", "retail"),
        ("case_currency", "EUR"),
        ("valuation_date", "2016-06-03"),
    ];
    answers.iter().fold(Answers::default(), |all, (name, text)| all.with(name, *text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_ends_with_a_mark_and_has_its_answer_below() {
        let pair = |question: &str, answer: &str| (question.to_owned(), answer.to_owned());
        assert_eq!(
            read_questions("Who are you?\nWe are we.\n\nAnd more.\n  \nWhy? \nBecause.\nReally."),
            [pair("Who are you?", "We are we.\n\nAnd more."), pair("Why?", "Because.\nReally.")]
        );
        // As cases were saved before: the first line is the question even so.
        assert_eq!(read_questions("Who are you\nWe are we."), [pair("Who are you", "We are we.")]);
        assert_eq!(read_questions(" \n\n"), []);

        let wrong = |text: &str| {
            let error = question_problem(&Answers::default().with("questions", text))?;
            assert_eq!(error.field, "questions");
            Some(error.message)
        };
        assert_eq!(wrong(""), None);
        assert_eq!(wrong("Who are you?\nWe are we.\n\nAnd more.\n\nWhy?\nBecause."), None);
        assert_eq!(wrong("Who are you\nWe.").as_deref(), Some("Line 1: “Who are you” is no question. End it with ?"));
        assert!(wrong("We are we.").is_some());
        assert!(wrong("Who?\nWe.\n\nWhy").is_none(), "it goes on with the answer");
        assert!(wrong("Who?\nWe.\n\nWhy\nSo.").unwrap().starts_with("Line 4: “Why” is no question."));
        assert!(wrong("Who?\n\nWe.").unwrap().contains("on the line below"));
    }

    #[test]
    fn a_case_that_was_saved_with_dots_in_its_days_is_a_case() {
        let settings = example()
            .with("key_dates", "2016-05-01 It stops paying.\n3.6.2016 It closes.")
            .with("deadline_day", "3.6.2016")
            .with("valuation_date", "3.6.2016");
        let kept = read_kept(&settings).unwrap();
        let days = [kept.deadline_day, kept.key_dates[1].0, kept.valuation_date];
        assert_eq!(days.map(|day| day.to_string()), ["2016-06-03"; 3]);
        let wrong = read(&settings).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["key_dates", "deadline_day", "valuation_date"]);
        assert!(wrong.iter().all(|error| error.message.contains("can mean 6 March 2016 or 3 June 2016")), "{wrong:?}");
        assert!(wrong[0].message.starts_with("Line 2:"));
        assert!(read_kept(&settings.with("valuation_date", "3/6/2016")).is_err(), "that was never accepted");
    }

    #[test]
    fn the_address_of_a_contact_is_one_address_and_nothing_else() {
        let found = |text: &str| first_address(text).unwrap_or_default();
        assert_eq!(found("Ada Counsel\n(claims@example.org), or other@example.org."), "claims@example.org");
        assert_eq!(found("<claims@example.org>\r\nBcc: all@example.org"), "claims@example.org");
        assert_eq!(found("Call +1 503 555 0100"), "");
    }
}
