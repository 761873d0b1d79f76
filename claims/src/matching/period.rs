//! Periods of lines as whole months.

use super::text;

/// First and last month (year × 12 + month − 1) of a period. A year alone is all its months, a month or a day its month;
/// `2017M10` is the aggregators' way to write October 2017. One side missing means the same as the other.
#[must_use]
pub fn months(start: &str, end: &str) -> Option<(i32, i32)> {
    let (first, last) = (span(start), span(end));
    let from = first.or(last)?.0;
    let to = last.or(first)?.1;
    (from <= to).then_some((from, to))
}

fn span(text: &str) -> Option<(i32, i32)> {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = |digits: &[u8]| digits.iter().fold(0, |number, digit| number * 10 + i32::from(digit - b'0'));
    let text = text::trim(text).as_bytes();
    let year = text.get(..4).filter(|_| digits(text) == 4).map(number)?;
    let rest = text.get(5..).unwrap_or_default();
    match rest.get(..digits(rest)).filter(|month| (1..=2).contains(&month.len())).map(number) {
        None => Some((year * 12, year * 12 + 11)),
        Some(month) if (1..=12).contains(&month) => Some((year * 12 + month - 1, year * 12 + month - 1)),
        Some(_) => None,
    }
}

/// A month as `yyyy-mm`.
#[must_use]
pub fn month_text(month: i32) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_months_and_days() {
        assert_eq!(months("2002", "2004"), Some((24024, 24059)));
        assert_eq!(months("2017M10", ""), Some((24213, 24213)));
        assert_eq!(months("2016-06-03", "2016-07-01"), Some((24197, 24198)));
        assert_eq!(months("2016-13", ""), None);
        assert_eq!(months("2004", "2002"), None);
        assert_eq!(months("", ""), None);
        assert_eq!(month_text(24213), "2017-10");
    }
}
