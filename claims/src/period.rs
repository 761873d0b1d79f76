//! Days and periods as people write them.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A span of days, both ends included; it never ends before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Period {
    /// A period, or `None` if it would end before it starts.
    #[must_use]
    pub fn new(from: NaiveDate, to: NaiveDate) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a day as people type it: `2016-06-03`, `3 June 2016`, `June 3, 2016`, `3 Jun 2016`, or `6/24/2016` and `24.6.2016` where only
/// one reading is possible.
///
/// # Errors
/// A text that says what would be right; `03/06/2016` is refused because it means two days, and so is `03.06.2016`: most people who write
/// dots write the day first, but what is read here is sworn to.
pub fn parse_day(typed: &str) -> Result<NaiveDate, String> {
    read_day(typed, false)
}

/// Reads a day that was typed and accepted once. As [`parse_day`], but numbers between dots that mean two days mean the day first: so they
/// were read while they were accepted, and what was saved, signed and filed then stays what it was.
///
/// # Errors
/// As [`parse_day`].
pub fn parse_kept_day(kept: &str) -> Result<NaiveDate, String> {
    read_day(kept, true)
}

fn read_day(typed: &str, is_kept: bool) -> Result<NaiveDate, String> {
    let example =
        || format!("“{}” is not a day. Write it like 2016-06-03 or 3 June 2016.", crate::money::shortened(typed));
    let parts: Vec<&str> = typed
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '-' | '.'))
        .filter(|p| !p.is_empty())
        .collect();
    let [a, b, c] = parts.as_slice() else { return Err(example()) };
    let day = match (number(a), number(b), number(c)) {
        (Some(first), Some(second), Some(year)) if a.len() < 3 && c.len() == 2 && !typed.contains('-') => {
            return Err(short_year(typed, first, second, year).unwrap_or_else(example));
        }
        (Some(year), Some(month), Some(day)) if a.len() == 4 => date(year, month, day),
        (Some(first), Some(second), Some(year)) if c.len() == 4 => {
            let dotted = typed.contains('.') && !typed.contains(['/', '-']);
            match (date(year, first, second), date(year, second, first)) {
                (us, other) if is_kept && dotted => other.or(us),
                (Some(us), Some(other)) if us != other => {
                    let each = [us, other].map(|day| (show_day(day), day.to_string()));
                    return Err(two_meanings(typed, &each));
                }
                (us, other) => us.or(other),
            }
        }
        (Some(day), None, Some(year)) if c.len() == 4 => month(b).and_then(|m| date(year, m, day)),
        (None, Some(day), Some(year)) if c.len() == 4 => month(a).and_then(|m| date(year, m, day)),
        _ => None,
    };
    within_reach(day.ok_or_else(example)?)
}

/// What is said of `6/9/16`: what it can mean. It is never read, because the year may stand first too.
fn short_year(typed: &str, first: u32, second: u32, year: u32) -> Option<String> {
    let year = year + if year < 50 { 2000 } else { 1900 };
    match (date(year, first, second), date(year, second, first)) {
        (Some(us), Some(other)) if us != other => {
            Some(two_meanings(typed, &[us, other].map(|day| (show_day(day), day.to_string()))))
        }
        (us, other) => {
            let (typed, day) = (crate::money::shortened(typed), us.or(other)?);
            Some(format!("“{typed}” has a short year. If you mean {}, write it so, or like {day}.", show_day(day)))
        }
    }
}

/// The day, if its year can be meant.
fn within_reach(day: NaiveDate) -> Result<NaiveDate, String> {
    if (1950..=2100).contains(&day.year()) {
        Ok(day)
    } else {
        Err(format!("The year {} cannot be right here.", day.year()))
    }
}

/// Reads the first day of a period: a day as [`parse_day`] reads it, or a month, which begins on its first.
///
/// # Errors
/// A text that says what would be right.
pub fn parse_first_day(typed: &str) -> Result<NaiveDate, String> {
    first_day(typed, false)
}

/// The same of what was accepted once, as [`parse_kept_day`] reads it.
///
/// # Errors
/// As [`parse_first_day`].
pub fn parse_kept_first_day(kept: &str) -> Result<NaiveDate, String> {
    first_day(kept, true)
}

fn first_day(typed: &str, is_kept: bool) -> Result<NaiveDate, String> {
    parse_month(typed).map_or_else(|| day_or_month(typed, is_kept), |month| within_reach(month.from))
}

/// Reads the last day of a period: a day as [`parse_day`] reads it, or a month, which ends on its last.
///
/// # Errors
/// A text that says what would be right.
pub fn parse_last_day(typed: &str) -> Result<NaiveDate, String> {
    last_day(typed, false)
}

/// The same of what was accepted once, as [`parse_kept_day`] reads it.
///
/// # Errors
/// As [`parse_last_day`].
pub fn parse_kept_last_day(kept: &str) -> Result<NaiveDate, String> {
    last_day(kept, true)
}

fn last_day(typed: &str, is_kept: bool) -> Result<NaiveDate, String> {
    parse_month(typed).map_or_else(|| day_or_month(typed, is_kept), |month| within_reach(month.to))
}

fn day_or_month(typed: &str, is_kept: bool) -> Result<NaiveDate, String> {
    let (day, month) =
        ("is not a day. Write it like 2016-06-03 or", "is not a day or month. Write it like June 2016, or");
    read_day(typed, is_kept).map_err(|said| said.replace(day, month))
}

/// Reads a whole month as people type it: `January 2016`, `Jan 2016`, `2016-01` or `1/2016`.
#[must_use]
pub fn parse_month(typed: &str) -> Option<Period> {
    let parts: Vec<&str> = typed
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '-' | '.'))
        .filter(|p| !p.is_empty())
        .collect();
    let [a, b] = parts.as_slice() else { return None };
    let (year, name) = if b.len() == 4 && number(b).is_some() { (b, a) } else { (a, b) };
    let year = number(year).filter(|_| year.len() == 4)?;
    let from = date(year, number(name).filter(|_| name.len() <= 2).or_else(|| month(name))?, 1)?;
    let to = from.checked_add_months(Months::new(1))?.pred_opt()?;
    Period::new(from, to)
}

/// Reads a whole year: its first and its last day.
#[must_use]
pub fn parse_year(typed: &str) -> Option<Period> {
    let typed = typed.trim();
    let year = number(typed).filter(|year| typed.len() == 4 && (1950..=2100).contains(year))?;
    Period::new(date(year, 1, 1)?, date(year, 12, 31)?)
}

/// Says that what was typed has two meanings, and what to write instead. Each meaning comes as a person reads it, which can be typed
/// too, and with the year first.
pub(crate) fn two_meanings(typed: &str, [(one, like_one), (other, like_other)]: &[(String, String); 2]) -> String {
    let typed = crate::money::shortened(typed);
    format!(
        "“{typed}” can mean {one} or {other}. Write {like_one} or {one} for the first, {like_other} or {other} for the second."
    )
}

fn number(text: &str) -> Option<u32> {
    (text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn month(text: &str) -> Option<u32> {
    let text = text.to_ascii_lowercase();
    let found = MONTHS.iter().position(|m| *m == text || text.len() >= 3 && m.starts_with(&text))?;
    u32::try_from(found + 1).ok()
}

fn date(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// A day as a person reads it: `3 June 2016`.
#[must_use]
pub fn show_day(day: NaiveDate) -> String {
    let name = MONTHS[day.month0() as usize];
    let (first, rest) = name.split_at(1);
    format!("{} {}{} {}", day.day(), first.to_ascii_uppercase(), rest, day.year())
}

/// Months, counted from year 0, as a person reads them: `October 2015`, `October to December 2015`, `July 2014 to June 2015`. Empty
/// for 0, which stands for no month.
#[must_use]
pub fn show_months(first: i64, last: i64) -> String {
    let name = |month: i64| {
        let name = usize::try_from(month.rem_euclid(12)).ok().and_then(|place| MONTHS.get(place)).unwrap_or(&"");
        let (first, rest) = name.split_at(name.len().min(1));
        format!("{}{rest}", first.to_ascii_uppercase())
    };
    let year = |month: i64| month.div_euclid(12);
    match (first, last) {
        (0, 0) => String::new(),
        (first, last) if first == last => format!("{} {}", name(first), year(first)),
        (first, last) if year(first) == year(last) => format!("{} to {} {}", name(first), name(last), year(last)),
        (first, last) => format!("{} {} to {} {}", name(first), year(first), name(last), year(last)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn months_in_words() {
        let january = 2015 * 12;
        assert_eq!(show_months(january + 9, january + 11), "October to December 2015");
        assert_eq!(show_months(january - 6, january + 5), "July 2014 to June 2015");
        assert_eq!((show_months(january, january), show_months(0, 0)), ("January 2015".to_owned(), String::new()));
    }

    #[test]
    fn days_as_people_write_them() {
        let day = NaiveDate::from_ymd_opt(2016, 6, 24).unwrap();
        for typed in [
            "2016-06-24",
            "24 June 2016",
            "June 24, 2016",
            "24 jun 2016",
            "6/24/2016",
            "24/6/2016",
            "24.6.2016",
            "24.06.2016",
            "6.24.2016",
            " 2016/6/24 ",
        ] {
            assert_eq!(parse_day(typed), Ok(day), "{typed}");
        }
        for same in ["6/6/2016", "6.6.2016", "06.06.2016"] {
            assert_eq!(parse_day(same).unwrap().to_string(), "2016-06-06", "{same}");
        }
    }

    #[test]
    fn dots_decide_no_more_than_slashes_which_number_is_the_month() {
        let instead = "can mean 6 March 2016 or 3 June 2016. Write 2016-03-06 or 6 March 2016 for the first, 2016-06-03 or 3 June 2016 for the second.";
        for dotted in ["03.06.2016", "3.6.2016", "3. 6. 2016"] {
            assert_eq!(parse_day(dotted).unwrap_err(), format!("“{dotted}” {instead}"));
            assert_eq!(parse_first_day(dotted), parse_day(dotted));
            assert_eq!(parse_last_day(dotted), parse_day(dotted));
        }
        // What it says to write is read as it says.
        for (typed, day) in
            [("2016-03-06", "2016-03-06"), ("6 March 2016", "2016-03-06"), ("3 June 2016", "2016-06-03")]
        {
            assert_eq!(parse_day(typed).unwrap().to_string(), day);
        }
    }

    #[test]
    fn what_was_accepted_with_dots_keeps_the_day_first() {
        for kept in ["03.06.2016", "3.6.2016", "3. 6. 2016", "3 June 2016", "2016-06-03"] {
            for read in [parse_kept_day, parse_kept_first_day, parse_kept_last_day] {
                assert_eq!(read(kept).unwrap().to_string(), "2016-06-03", "{kept}");
            }
        }
        // Where only one reading is possible it is that one, and slashes were never accepted where there are two.
        assert_eq!(parse_kept_day("6.24.2016"), parse_day("6.24.2016"));
        for refused in ["3/6/2016", "3-6-2016", "3.6-2016", "31.6.2016", "yesterday"] {
            assert_eq!(parse_kept_day(refused), parse_day(refused));
            assert!(parse_kept_day(refused).is_err(), "{refused}");
        }
        assert_eq!(parse_kept_last_day("2.2016").unwrap().to_string(), "2016-02-29");
    }

    #[test]
    fn a_month_has_a_first_and_a_last_day() {
        for typed in ["February 2016", "feb 2016", "2016 February", "2016-02", "02/2016", "2.2016"] {
            let days = (parse_first_day(typed).unwrap().to_string(), parse_last_day(typed).unwrap().to_string());
            assert_eq!(days, ("2016-02-01".to_owned(), "2016-02-29".to_owned()), "{typed}");
            assert!(parse_day(typed).unwrap_err().contains("is not a day"), "{typed}");
        }
        assert_eq!(parse_first_day("3 June 2016"), parse_last_day("2016-06-03"));
        assert!(parse_last_day("13/2016").unwrap_err().contains("is not a day or month. Write it like"));
        assert!(parse_last_day("May 1066").unwrap_err().contains("1066"));
        assert!(parse_first_day("03/06/2016").unwrap_err().contains("can mean"));
    }

    #[test]
    fn refused_with_what_would_be_right() {
        assert_eq!(
            parse_day("03/06/2016").unwrap_err(),
            "“03/06/2016” can mean 6 March 2016 or 3 June 2016. Write 2016-03-06 or 6 March 2016 for the first, 2016-06-03 or 3 June 2016 for the second."
        );
        assert_eq!(
            parse_day("6/9/16").unwrap_err(),
            "“6/9/16” can mean 9 June 2016 or 6 September 2016. Write 2016-06-09 or 9 June 2016 for the first, 2016-09-06 or 6 September 2016 for the second."
        );
        assert_eq!(
            parse_first_day("24.6.16").unwrap_err(),
            "“24.6.16” has a short year. If you mean 24 June 2016, write it so, or like 2016-06-24."
        );
        assert!(parse_day("6/6/99").unwrap_err().contains("If you mean 6 June 1999, write"));
        for nothing in ["31/31/16", "16-06-03"] {
            assert!(
                parse_day(nothing).unwrap_err().ends_with("is not a day. Write it like 2016-06-03 or 3 June 2016.")
            );
        }
        assert_eq!(
            parse_last_day("then").unwrap_err(),
            "“then” is not a day or month. Write it like June 2016, or 3 June 2016."
        );
        assert!(parse_day("31 June 2016").unwrap_err().contains("is not a day"));
        assert!(parse_day("yesterday").unwrap_err().contains("is not a day"));
        assert!(parse_day("1066-10-14").unwrap_err().contains("1066"));
    }

    proptest! {
        #[test]
        fn a_shown_day_reads_back(days in 0i64..40_000) {
            let day = NaiveDate::from_ymd_opt(1960, 1, 1).unwrap() + chrono::Duration::days(days);
            prop_assert_eq!(parse_day(&show_day(day)), Ok(day));
            prop_assert_eq!(parse_day(&day.to_string()), Ok(day));
            prop_assert_eq!(parse_kept_day(&show_day(day)), Ok(day));
        }

        #[test]
        fn nothing_typed_makes_it_panic(typed in ".{0,40}") {
            let _ = (parse_day(&typed), parse_first_day(&typed), parse_last_day(&typed));
            let _ = (parse_kept_first_day(&typed), parse_kept_last_day(&typed));
            // What is accepted means the same when it is read again.
            if let Ok(day) = parse_day(&typed) {
                prop_assert_eq!(parse_kept_day(&typed), Ok(day));
            }
        }
    }
}
