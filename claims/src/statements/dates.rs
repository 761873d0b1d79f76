//! Days and periods as statements write them, and the evidence they give of the order of day and month.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    money,
    period::{self, Period},
};

/// Which comes first in `03/06/2016`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOrder {
    /// 3 June.
    DayFirst,
    /// 6 March.
    MonthFirst,
}

impl DayOrder {
    /// The name in choices.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::DayFirst => "day_first",
            Self::MonthFirst => "month_first",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        [Self::DayFirst, Self::MonthFirst].into_iter().find(|order| order.key() == key)
    }
}

/// Why a text is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotADate {
    /// Nothing of the kind.
    Text,
    /// Only with the other order of day and month.
    OtherOrder,
    /// A day and month without a year: a spreadsheet's work.
    NoYear,
    /// The year cannot be right.
    Year(i32),
}

/// Whether a text begins as a day does whose order matters: one or two digits and a mark.
#[must_use]
pub(super) fn may_show_order(text: &[u8]) -> bool {
    let mark = |place: usize| matches!(text.get(place), Some(b'/' | b'.' | b'-'));
    let digit = |place: usize| text.get(place).is_some_and(u8::is_ascii_digit);
    digit(0) && (mark(1) || digit(1) && mark(2))
}

/// What a written day says about the order of its column: `None` if nothing, both if it can be read either way.
#[must_use]
pub fn evidence(text: &str) -> Option<Option<DayOrder>> {
    if !may_show_order(text.as_bytes()) {
        return None;
    }
    let mut parts = text.split([' ', 'T']).next()?.split(['/', '.', '-']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |part: &str| {
        ((1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let (first, second) = (number(first)?, number(second)?);
    if !matches!(year.len(), 2 | 4) || parts.next().is_some() {
        return None;
    }
    match (first, second) {
        (13..=31, 1..=12) => Some(Some(DayOrder::DayFirst)),
        (1..=12, 13..=31) => Some(Some(DayOrder::MonthFirst)),
        (a, b) if a == b => None,
        (1..=12, 1..=12) => Some(None),
        _ => None,
    }
}

/// Reads a day, month, quarter, half-year, year, or a span of them.
///
/// # Errors
/// [`NotADate`].
pub fn read(text: &str, order: DayOrder) -> Result<Period, NotADate> {
    let text = text.trim();
    if text.len() > 60 || !text.is_ascii() && text.chars().count() > 60 {
        return Err(NotADate::Text);
    }
    let whole = single(text, order);
    if let Ok(period) = whole {
        return checked(period);
    }
    for between in [" - ", " – ", " to ", " bis ", " until ", "–", " / ", ".."] {
        if let Some((from, to)) = text.split_once(between)
            && let (Ok(from), Ok(to)) = (single(from.trim(), order), single(to.trim(), order))
        {
            return checked(Period::new(from.from, to.to).ok_or(NotADate::Text)?);
        }
    }
    whole.and_then(checked)
}

/// Reads what a person typed for a whole file: as [`read`] does, but what can mean two days is refused unless it is known
/// which comes first in the file. What can be read in one order only is read in that one.
///
/// # Errors
/// A sentence that says what would be right.
pub fn typed(text: &str, order: Option<DayOrder>) -> Result<Period, String> {
    let (day_first, month_first) = (read(text, DayOrder::DayFirst), read(text, DayOrder::MonthFirst));
    match (order, day_first, month_first) {
        (None, Ok(one), Ok(other)) if one != other => {
            Err(period::two_meanings(text, &[other, one].map(|meant| (show(meant), year_first(meant)))))
        }
        (Some(DayOrder::MonthFirst), _, Ok(period)) | (_, Ok(period), _) | (_, _, Ok(period)) => Ok(period),
        (_, Err(NotADate::Year(year)), _) => Err(format!("The year {year} cannot be right here.")),
        _ => {
            let typed = money::shortened(text);
            Err(format!("“{typed}” is not a day or month. Write it like 2015-03-31 or March 2015."))
        }
    }
}

/// A period as it can be typed with the year first: one day, or the first and the last.
fn year_first(Period { from, to }: Period) -> String {
    if from == to { from.to_string() } else { format!("{from} to {to}") }
}

fn checked(period: Period) -> Result<Period, NotADate> {
    let year = period.from.year();
    if (1950..=2100).contains(&year) { Ok(period) } else { Err(NotADate::Year(year)) }
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Number { value: u32, digits: usize },
    Month(u32),
    Quarter,
    Half,
}

fn single(text: &str, order: DayOrder) -> Result<Period, NotADate> {
    let mut parts = [Part::Quarter; 3];
    let mut count = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same = |c: char| c.is_ascii_digit() == first.is_ascii_digit() && c.is_alphanumeric();
        if !first.is_alphanumeric() {
            if !matches!(first, ' ' | '/' | '-' | '.' | ',' | '\'' | '_') {
                return Err(NotADate::Text);
            }
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if count == 3 {
            // What follows a whole day is a time of day.
            let time = word.len() <= 2 && after.starts_with(':') || matches!(word, "T" | "t");
            return if time { read_parts(&parts, order) } else { Err(NotADate::Text) };
        }
        rest = after;
        parts[count] = match word {
            _ if first.is_ascii_digit() => {
                Part::Number { value: word.parse().map_err(|_| NotADate::Text)?, digits: word.len() }
            }
            // `2017M10`: the month as a number.
            "M" | "m" => continue,
            "Q" | "q" | "Quarter" | "quarter" | "T" => Part::Quarter,
            "H" | "h" => Part::Half,
            "of" | "th" | "st" | "nd" | "rd" => continue,
            _ => Part::Month(month(word).ok_or(NotADate::Text)?),
        };
        count += 1;
    }
    read_parts(&parts[..count], order)
}

fn read_parts(parts: &[Part], order: DayOrder) -> Result<Period, NotADate> {
    use Part::{Half, Month, Number, Quarter};
    let n = |value| value;
    match *parts {
        [Number { value, digits: 4 }] => months(year(value, 4)?, 1, 12),
        [Number { value, digits: 6 }] => months(n(value / 100), value % 100, 1),
        [Number { value, digits: 8 }] => day(value / 10_000, value / 100 % 100, value % 100),
        [Number { value: y, digits: 4 }, Number { value: m, digits: 1 | 2 }]
        | [Number { value: m, digits: 1 | 2 }, Number { value: y, digits: 4 }] => months(y, m, 1),
        [Number { value: y, digits: 4 }, Month(m)] | [Month(m), Number { value: y, digits: 4 }] => months(y, m, 1),
        // `Jan-15`: in a column of periods the month of a year.
        [Month(m), Number { value: y, digits: 2 }] => months(year(y, 2)?, m, 1),
        [Number { digits: 1 | 2, .. }, Month(_)] => Err(NotADate::NoYear),
        [Quarter, Number { value: q, digits: 1 }, Number { value: y, digits }]
        | [Number { value: y, digits }, Quarter, Number { value: q, digits: 1 }]
        | [Number { value: q, digits: 1 }, Quarter, Number { value: y, digits }] => {
            if (1..=4).contains(&q) {
                months(year(y, digits)?, q * 3 - 2, 3)
            } else {
                Err(NotADate::Text)
            }
        }
        [Half, Number { value: h, digits: 1 }, Number { value: y, digits }]
        | [Number { value: y, digits }, Half, Number { value: h, digits: 1 }] => {
            if (1..=2).contains(&h) {
                months(year(y, digits)?, h * 6 - 5, 6)
            } else {
                Err(NotADate::Text)
            }
        }
        [Number { value: y, digits: 4 }, Number { value: m, .. }, Number { value: d, .. }] => day(y, m, d),
        [Number { value: d, digits: 1 | 2 }, Month(m), Number { value: y, digits }]
        | [Month(m), Number { value: d, digits: 1 | 2 }, Number { value: y, digits }] => day(year(y, digits)?, m, d),
        [Number { value: a, digits: 1 | 2 }, Number { value: b, digits: 1 | 2 }, Number { value: y, digits }] => {
            let y = year(y, digits)?;
            let (usual, other) = match order {
                DayOrder::DayFirst => (day(y, b, a), day(y, a, b)),
                DayOrder::MonthFirst => (day(y, a, b), day(y, b, a)),
            };
            usual.map_err(|error| if other.is_ok() { NotADate::OtherOrder } else { error })
        }
        _ => Err(NotADate::Text),
    }
}

fn year(value: u32, digits: usize) -> Result<u32, NotADate> {
    match digits {
        4 => Ok(value),
        2 if value < 70 => Ok(2_000 + value),
        2 => Ok(1_900 + value),
        _ => Err(NotADate::Text),
    }
}

fn day(year: u32, month: u32, day: u32) -> Result<Period, NotADate> {
    let day = date(year, month, day)?;
    Ok(Period { from: day, to: day })
}

fn date(year: u32, month: u32, day: u32) -> Result<NaiveDate, NotADate> {
    i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day)).ok_or(NotADate::Text)
}

fn months(year: u32, first: u32, count: u32) -> Result<Period, NotADate> {
    let from = date(year, first, 1)?;
    let to = from.checked_add_months(Months::new(count)).and_then(|after| after.pred_opt()).ok_or(NotADate::Text)?;
    Ok(Period { from, to })
}

/// The beginnings of the names of the months in English, German, Dutch, French and Spanish, from January.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "mrz", "mrt", "maa"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "aoû", "aou", "ago"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let longest = word.chars().count() <= 10;
    let found = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    longest.then(|| u32::try_from(found + 1).ok()).flatten()
}

/// The month that a period lies in, as its first day; the period itself if it spans several.
#[must_use]
pub fn month_of(period: Period) -> Period {
    let from = period.from.with_day(1).unwrap_or(period.from);
    let whole = months(period.from.year().unsigned_abs(), period.from.month(), 1);
    match whole {
        Ok(month) if month.from == from && period.to <= month.to => month,
        _ => period,
    }
}

/// A period as statements call it: `October 2017`, `the third quarter of 2015` is left as its days.
#[must_use]
pub fn show(period: Period) -> String {
    let whole = months(period.from.year().unsigned_abs(), period.from.month(), 1);
    if whole == Ok(period) {
        return period.from.format("%B %Y").to_string();
    }
    if period.from == period.to {
        return crate::period::show_day(period.from);
    }
    format!("{} – {}", crate::period::show_day(period.from), crate::period::show_day(period.to))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(text: &str) -> String {
        read(text, DayOrder::DayFirst).map_or_else(|error| format!("{error:?}"), |p| format!("{}..{}", p.from, p.to))
    }

    #[test]
    fn as_statements_write_them() {
        for (text, expected) in [
            ("2017M10", "2017-10-01..2017-10-31"),
            ("2017-02", "2017-02-01..2017-02-28"),
            ("201602", "2016-02-01..2016-02-29"),
            ("10/2017", "2017-10-01..2017-10-31"),
            ("Q3 2015", "2015-07-01..2015-09-30"),
            ("2015 Q3", "2015-07-01..2015-09-30"),
            ("2015Q3", "2015-07-01..2015-09-30"),
            ("3Q15", "2015-07-01..2015-09-30"),
            ("H1 2015", "2015-01-01..2015-06-30"),
            ("Jan-15", "2015-01-01..2015-01-31"),
            ("Januar 2015", "2015-01-01..2015-01-31"),
            ("märz 2015", "2015-03-01..2015-03-31"),
            ("2015", "2015-01-01..2015-12-31"),
            ("31/12/2015", "2015-12-31..2015-12-31"),
            ("31.12.15", "2015-12-31..2015-12-31"),
            ("20151231", "2015-12-31..2015-12-31"),
            ("2015-12-31T10:00:00Z", "2015-12-31..2015-12-31"),
            ("2015-12-31 10:00:00", "2015-12-31..2015-12-31"),
            ("31 Dec 2015", "2015-12-31..2015-12-31"),
            ("December 31, 2015", "2015-12-31..2015-12-31"),
            ("01/01/2015 - 31/03/2015", "2015-01-01..2015-03-31"),
            ("Jan 2015 to Mar 2015", "2015-01-01..2015-03-31"),
            ("12/31/2015", "OtherOrder"),
            ("15-Jan", "NoYear"),
            ("AV-15", "Text"),
            ("2015-02-30", "Text"),
            ("0999-01-01", "Year(999)"),
            ("", "Text"),
        ] {
            assert_eq!(span(text), expected, "{text}");
        }
    }

    #[test]
    fn evidence_of_the_order() {
        assert_eq!(evidence("31/12/2015"), Some(Some(DayOrder::DayFirst)));
        assert_eq!(evidence("12/31/2015"), Some(Some(DayOrder::MonthFirst)));
        assert_eq!(evidence("03/06/2016"), Some(None));
        for nothing in ["06/06/2016", "2016-06-03", "2017M10", "", "x"] {
            assert_eq!(evidence(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn what_is_typed_for_the_whole_file_has_one_meaning() {
        use DayOrder::{DayFirst, MonthFirst};
        let span = |text, order| typed(text, order).map(|period| format!("{}..{}", period.from, period.to));
        for (text, order, expected) in [
            ("03/04/2015", Some(DayFirst), "2015-04-03..2015-04-03"),
            ("03/04/2015", Some(MonthFirst), "2015-03-04..2015-03-04"),
            ("03/03/2015", None, "2015-03-03..2015-03-03"),
            ("01/31/2015", None, "2015-01-31..2015-01-31"),
            ("01/31/2015", Some(DayFirst), "2015-01-31..2015-01-31"),
            ("31/01/2015 - 03/04/2015", None, "2015-01-31..2015-04-03"),
            ("March 2015", None, "2015-03-01..2015-03-31"),
        ] {
            assert_eq!(span(text, order).as_deref(), Ok(expected), "{text} {order:?}");
        }
        for (text, words) in [
            (
                "03/04/2015",
                "“03/04/2015” can mean 4 March 2015 or 3 April 2015. Write 2015-03-04 or 4 March 2015 for the first, 2015-04-03 or 3 April 2015 for the second.",
            ),
            (
                "02/01/2015 - 05/04/2015",
                "“02/01/2015 - 05/04/2015” can mean 1 February 2015 – 4 May 2015 or 2 January 2015 – 5 April 2015. Write 2015-02-01 to 2015-05-04 or 1 February 2015 – 4 May 2015 for the first, 2015-01-02 to 2015-04-05 or 2 January 2015 – 5 April 2015 for the second.",
            ),
            ("2015-13-01", "“2015-13-01” is not a day or month. Write it like 2015-03-31 or March 2015."),
            ("31.12.2015 foo", "“31.12.2015 foo” is not a day or month. Write it like 2015-03-31 or March 2015."),
            ("0999-01-01", "The year 999 cannot be right here."),
        ] {
            assert_eq!(span(text, None).unwrap_err(), words);
        }
    }

    #[test]
    fn days_fall_into_their_month() {
        let period = read("03/06/2016", DayOrder::DayFirst).unwrap();
        assert_eq!(show(month_of(period)), "June 2016");
        let quarter = read("Q3 2015", DayOrder::DayFirst).unwrap();
        assert_eq!(month_of(quarter), quarter);
        assert_eq!(show(quarter), "1 July 2015 – 30 September 2015");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in ".{0,40}") {
            let _ = (read(&text, DayOrder::DayFirst), evidence(&text), typed(&text, None));
        }
    }
}
