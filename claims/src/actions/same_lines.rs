//! Lines of a draft that say the same: perhaps one and the same money, entered twice. What was meant only the claimant knows, so
//! it is a remark and nothing more.

use std::collections::HashMap;

use chrono::{Datelike, Days};

use super::claim_view::Remark;
use crate::{
    identifiers::{self, Gtin},
    intake::{Answers, steps::Step},
    line::Category,
    money::{Currency, grouped_units},
    period::{self, Period},
    store::lines::Line,
};

/// Groups of equal lines that are named; a file imported row by row may make very many.
const NAMED: usize = 5;

/// Lines of a group that are named.
const NUMBERS: usize = 4;

/// A remark for each group of right lines that are equal in all that tells money from other money.
#[must_use]
pub fn remarks(lines: &[Line]) -> Vec<Remark> {
    let groups = groups(lines);
    let mut remarks: Vec<Remark> = groups.iter().take(NAMED).filter_map(|group| remark(group)).collect();
    if let Some((next, step)) = groups.get(NAMED).and_then(|group| Some((*group.first()?, step(group.first()?)?))) {
        let words = match groups.len() - NAMED {
            1 => format!("Another group of lines is the same, from line {} on.", next.line),
            more => format!(
                "So are the lines of {} more groups, the first of which begins with line {}.",
                grouped_units(i64::try_from(more).unwrap_or(i64::MAX)),
                next.line
            ),
        };
        remarks.push(Remark { step, words, stops: false });
    }
    remarks
}

/// Said of a line that was just saved, if there are others of which [`remarks`] would say that they are the same.
#[must_use]
pub fn same_as(lines: &[Line], saved: i64) -> Option<String> {
    let group = groups(lines).into_iter().find(|group| group.iter().any(|line| line.line == saved))?;
    let others: Vec<&Line> = group.into_iter().filter(|line| line.line != saved).collect();
    let (word, remove) = if others.len() == 1 { ("line", "one of them") } else { ("lines", "all but one") };
    let others = in_a_row(&others);
    Some(format!("Line {saved} is the same as {word} {others}. If that is one and the same money, remove {remove}."))
}

/// The lines that are equal, in their order, and the groups by their first. Most lines differ in their amounts already, so that
/// nothing else of them is looked at.
fn groups(lines: &[Line]) -> Vec<Vec<&Line>> {
    let mut by_amount: HashMap<_, Vec<&Line>> = HashMap::new();
    for line in lines.iter().filter(|line| line.is_right) {
        let amount = (line.category.as_str(), line.currency.as_deref(), line.amount, line.basis.as_deref());
        by_amount.entry(amount).or_default().push(line);
    }
    let mut alike: HashMap<_, Vec<&Line>> = HashMap::new();
    for (amount, lines) in by_amount.into_iter().filter(|(_, lines)| lines.len() > 1) {
        for line in lines {
            alike.entry((amount, key(line))).or_default().push(line);
        }
    }
    let mut groups: Vec<Vec<&Line>> =
        alike.into_values().flat_map(by_statement).filter(|group| group.len() > 1).collect();
    for group in &mut groups {
        group.sort_by_key(|line| line.line);
    }
    groups.sort_by_key(|group| group.first().map(|line| line.line));
    groups
}

/// Two statements are two debts. A line that names none may be of any, as long as there is only one.
fn by_statement(group: Vec<&Line>) -> Vec<Vec<&Line>> {
    let mut numbers: HashMap<String, Vec<&Line>> = HashMap::new();
    for line in &group {
        numbers.entry(plain(line.answers.get("statement_number"))).or_default().push(line);
    }
    let named = numbers.keys().filter(|number| !number.is_empty()).count();
    if named < 2 { vec![group] } else { numbers.into_values().collect() }
}

/// What tells a line from others beside its amount: release, period, service, territory and what else says what money it is.
fn key(line: &Line) -> Vec<String> {
    let answers = &line.answers;
    let barcode = |name| {
        Gtin::parse(answers.get(name)).map_or_else(|_| plain(answers.get(name)), |gtin| gtin.as_str().to_owned())
    };
    let mut key = vec![
        barcode("gtin"),
        barcode("aggregator_gtin"),
        identifiers::compact_catalogue_number(answers.get("catalogue_number")),
        plain(answers.get("isrc")).replace(['-', ' '], ""),
    ];
    // A number names the format too; a title does not.
    let numbered = key.iter().any(|code| !code.is_empty());
    key.push(if numbered { String::new() } else { plain(answers.get("format")) });
    key.extend(
        ["artist", "title", "channel", "aggregator", "service", "territory", "loss", "explanation"]
            .map(|name| plain(answers.get(name))),
    );
    key.push(match period(answers) {
        Some(period) => format!("{} {}", period.from, period.to),
        None => ["as_of", "period_from", "period_to"].map(|name| plain(answers.get(name))).join(" "),
    });
    if line.category == Category::HeldInventory.key() {
        key.push(line.units.unwrap_or_default().to_string());
    }
    key
}

/// A text as it is compared: however it is spaced, in small letters.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The days of a line, however they were typed.
fn period(answers: &Answers) -> Option<Period> {
    if let Ok(day) = period::parse_day(answers.get("as_of")) {
        return Period::new(day, day);
    }
    let from = period::parse_first_day(answers.get("period_from")).ok()?;
    let to = match answers.get("period_to") {
        "" => period::parse_last_day(answers.get("period_from")),
        to => period::parse_last_day(to),
    };
    Period::new(from, to.ok()?)
}

fn step(line: &Line) -> Option<Step> {
    Some(Step::Lines(Category::parse(&line.category)?))
}

/// The numbers of lines in a sentence, the first few of very many.
fn in_a_row(lines: &[&Line]) -> String {
    let numbers: Vec<String> = lines.iter().take(NUMBERS).map(|line| line.line.to_string()).collect();
    match (lines.len().saturating_sub(NUMBERS), &numbers[..]) {
        (0, [only]) => only.clone(),
        (0, [before @ .., last]) => format!("{} and {last}", before.join(", ")),
        (more, some) => {
            format!("{} and {} more", some.join(", "), grouped_units(i64::try_from(more).unwrap_or(i64::MAX)))
        }
    }
}

fn remark(group: &[&Line]) -> Option<Remark> {
    let first = group.first()?;
    let numbers = in_a_row(group);
    let remove = if group.len() == 2 { "remove one" } else { "remove all but one" };
    let what: Vec<String> = [named(&first.answers), days(&first.answers), worth(first)]
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect();
    let words =
        format!("Lines {numbers} are the same: {}. If that is one and the same money, {remove}.", what.join(", "));
    Some(Remark { step: step(first)?, words, stops: false })
}

/// The release in words, else the service or statement that the line is of.
fn named(answers: &Answers) -> String {
    let names: Vec<&str> =
        ["artist", "title"].map(|name| answers.get(name)).into_iter().filter(|name| !name.is_empty()).collect();
    if !names.is_empty() {
        return names.join(": ");
    }
    let others = ["catalogue_number", "gtin", "aggregator_gtin", "isrc", "service", "statement_number"];
    let other = others.map(|name| answers.get(name)).into_iter().find(|answer| !answer.is_empty());
    other.unwrap_or("no release named").to_owned()
}

/// The days in words; whole months by their names.
fn days(answers: &Answers) -> String {
    let Some(Period { from, to }) = period(answers) else { return String::new() };
    let month = |day: chrono::NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    let ends = to.checked_add_days(Days::new(1)).is_some_and(|next| next.day() == 1);
    match (from == to, from.day() == 1 && ends) {
        (true, _) => period::show_day(from),
        (false, true) => period::show_months(month(from), month(to)),
        (false, false) => format!("{} to {}", period::show_day(from), period::show_day(to)),
    }
}

/// The amount; of stock without a value, the copies.
fn worth(line: &Line) -> String {
    match (line.currency.as_deref().and_then(Currency::parse), line.amount.filter(|amount| *amount != 0)) {
        (Some(currency), Some(amount)) => currency.show(amount),
        _ => format!("{} copies", grouped_units(line.units.unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::types::Json;

    use super::*;
    use crate::LineId;

    fn line(number: i64, amount: i64, typed: &[(&str, &str)]) -> Line {
        let base = Answers::default()
            .with("channel", "physical")
            .with("period_from", "2015-01-01")
            .with("period_to", "2015-03-31")
            .with("artist", "Mona Keys")
            .with("title", "Blue");
        Line {
            id: LineId(number),
            line: number,
            category: Category::UnpaidSales.key().to_owned(),
            answers: Json(typed.iter().fold(base, |answers, (name, typed)| answers.with(name, *typed))),
            is_right: true,
            currency: Some("USD".to_owned()),
            amount: Some(amount),
            rate: None,
            case_amount: Some(amount),
            basis: None,
            artist: None,
            title: None,
            units: None,
            citations: 0,
        }
    }

    fn said(lines: &[Line]) -> Vec<String> {
        let remarks = remarks(lines);
        assert!(remarks.iter().all(|remark| !remark.stops && remark.step == Step::Lines(Category::UnpaidSales)));
        remarks.into_iter().map(|remark| remark.words).collect()
    }

    #[test]
    fn what_was_entered_twice_is_named_however_it_was_typed() {
        // As an import writes it, and as a person does.
        let typed = [
            ("period_from", "January 2015"),
            ("period_to", "31 March 2015"),
            ("title", " blue "),
            ("artist", "MONA  KEYS"),
        ];
        assert_eq!(
            said(&[line(14, 8_400, &[]), line(15, 8_400, &typed), line(16, 8_401, &[])]),
            [
                "Lines 14 and 15 are the same: Mona Keys: Blue, January to March 2015, 84.00 USD. If that is one and the same money, remove one."
            ]
        );
        let three = said(&[line(1, 1, &[]), line(2, 1, &[]), line(9, 1, &[])]);
        assert!(three[0].starts_with("Lines 1, 2 and 9 are the same") && three[0].ends_with("remove all but one."));
    }

    #[test]
    fn a_line_that_was_just_saved_is_told_from_the_one_that_it_repeats() {
        let lines = [line(1, 5, &[]), line(2, 5, &[]), line(3, 6, &[])];
        assert_eq!(
            same_as(&lines, 2).unwrap(),
            "Line 2 is the same as line 1. If that is one and the same money, remove one of them."
        );
        assert_eq!(same_as(&lines, 3), None);
        let many: Vec<Line> = (1..=9).map(|number| line(number, 5, &[])).collect();
        assert!(same_as(&many, 9).unwrap().starts_with("Line 9 is the same as lines 1, 2, 3, 4 and 4 more. If"));
    }

    #[test]
    fn lines_that_differ_in_anything_that_tells_money_apart_are_not_the_same() {
        for other in [
            ("title", "Red"),
            ("gtin", "036000291452"),
            ("period_to", "2015-04-30"),
            ("service", "iTunes"),
            ("territory", "DE"),
            ("format", "lp"),
            ("channel", "download"),
        ] {
            assert!(said(&[line(1, 5, &[]), line(2, 5, &[other])]).is_empty(), "{other:?}");
        }
        let wrong = Line { is_right: false, ..line(2, 5, &[]) };
        assert!(said(&[line(1, 5, &[]), wrong]).is_empty());
        let euro = Line { currency: Some("EUR".to_owned()), ..line(2, 5, &[]) };
        assert!(said(&[line(1, 5, &[]), euro]).is_empty());
        // What does not tell it apart.
        assert_eq!(said(&[line(1, 5, &[("note", "One")]), line(2, 5, &[("label", "Imprint")])]).len(), 1);
    }

    #[test]
    fn two_statements_are_two_debts_and_a_line_without_one_may_be_of_the_only_one() {
        let numbered = |line_number, number| line(line_number, 5, &[("statement_number", number)]);
        assert_eq!(said(&[numbered(1, "S-1"), line(2, 5, &[])]).len(), 1);
        assert!(said(&[numbered(1, "S-1"), numbered(2, "S-2"), line(3, 5, &[])]).is_empty());
    }

    #[test]
    fn very_many_are_named_in_a_few_sentences() {
        let lines: Vec<Line> = (1..=40).map(|number| line(number, number / 2, &[])).collect();
        let said = said(&lines);
        assert_eq!(said.len(), NAMED + 1, "{said:?}");
        assert!(
            said[NAMED].starts_with("So are the lines of 14 more groups, the first of which begins with line 12"),
            "{said:?}"
        );
        let equal: Vec<Line> = (1..=1_000).map(|number| line(number, 5, &[])).collect();
        assert!(super::remarks(&equal)[0].words.starts_with("Lines 1, 2, 3, 4 and 996 more are the same"));
    }
}
