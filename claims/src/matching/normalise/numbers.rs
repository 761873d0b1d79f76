//! Dates, years, playing times, track numbers.

use super::{leading_digits, numbers_in};
use std::fmt::Write as _;

/// A date as `yyyymmdd` from `1987-05-27`, `19870527`, `27/05/1987` or `1987`; missing parts are `00`. The figures are
/// kept as typed: an impossible day is a slip, not a missing date.
pub fn date(raw: &str, out: &mut String) {
    out.clear();
    let mut groups = numbers_in(raw);
    let (year, month, day) = match (groups.next(), groups.next(), groups.next()) {
        (Some(d), None, _) if d.len() == 8 => (&d[..4], &d[4..6], &d[6..]),
        (Some(y), None, _) if y.len() == 4 => (y, "00", "00"),
        (Some(y), Some(m), None) if y.len() == 4 && m.len() <= 2 => (y, m, "00"),
        (Some(y), Some(m), Some(d)) if y.len() == 4 && m.len() <= 2 && d.len() <= 2 => (y, m, d),
        (Some(d), Some(m), Some(y)) if y.len() == 4 && m.len() <= 2 && d.len() <= 2 => (y, m, d),
        _ => return,
    };
    out.push_str(year);
    for part in [month, day] {
        if part.len() == 1 {
            out.push('0');
        }
        out.push_str(part);
    }
}

/// A four-digit year from anything that starts or ends with one (`2008`, `1987-05-27`, `'08`, `c2001`); two digits are
/// the years 1931 to 2030.
pub fn year(raw: &str, out: &mut String) {
    out.clear();
    let mut groups = numbers_in(raw);
    let found = groups.clone().find(|g| g.len() == 4);
    if let Some(full) = found {
        out.push_str(full);
    } else if let (Some(short), None) = (groups.next(), groups.next())
        && let (2, Ok(two)) = (short.len(), short.parse::<u16>())
    {
        let full = if two > 30 { 1900 + two } else { 2000 + two };
        let _ = write!(out, "{full}");
    }
}

/// A playing time in seconds from `3:12`, `3.12` (minutes), `192`, `192 sec`, `192000` (milliseconds above 5,000).
pub fn length(raw: &str, out: &mut String) {
    out.clear();
    let raw = raw.trim();
    if raw.is_empty() {
        return;
    }
    let seconds = if let Some((minutes, rest)) = raw.split_once(':') {
        let seconds = leading_digits(rest, usize::MAX);
        minutes
            .trim()
            .parse::<u32>()
            .ok()
            .zip(seconds.parse::<u32>().ok())
            .and_then(|(m, s)| m.checked_mul(60)?.checked_add(s))
    } else if let Some((minutes, fraction)) = raw.split_once('.').filter(|(m, _)| m.len() < 3) {
        let digits = leading_digits(fraction, 4);
        let scale = 10_u32.pow(u32::try_from(digits.len()).unwrap_or(0));
        minutes.parse::<u32>().ok().zip(digits.parse::<u32>().ok()).map(|(m, f)| m * 60 + f * 60 / scale)
    } else {
        let digits = leading_digits(raw, usize::MAX);
        digits.parse::<u32>().ok().map(|n| if n > 5_000 { n.saturating_add(500) / 1000 } else { n })
    };
    if let Some(seconds) = seconds.filter(|s| *s > 0) {
        let _ = write!(out, "{seconds}");
    }
}

/// The last number in a cell (`A7`, `7/12` → the first of a fraction) without leading zeros.
pub fn track(raw: &str, out: &mut String) {
    out.clear();
    let number = numbers_in(raw).next().unwrap_or("");
    out.push_str(number.trim_start_matches('0'));
    if out.len() > 4 {
        out.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{super::canonical as run, *};

    #[test]
    fn dates_and_years() {
        assert_eq!(run(date, "1987-5-27"), "19870527");
        assert_eq!(run(date, "19870527"), "19870527");
        assert_eq!(run(date, "27/05/1987"), "19870527");
        assert_eq!(run(date, "1987"), "19870000");
        assert_eq!(run(date, "soon"), "");
        assert_eq!(run(year, "'08"), "2008");
        assert_eq!(run(year, "2008-01-02"), "2008");
        assert_eq!(run(year, "null"), "");
    }

    #[test]
    fn playing_times() {
        assert_eq!(run(length, "3:12"), "192");
        assert_eq!(run(length, "192000"), "192");
        assert_eq!(run(length, "192 sec"), "192");
        assert_eq!(run(length, "3.2"), "192");
        assert_eq!(run(length, "unk."), "");
        assert_eq!(run(track, "A07"), "7");
    }
}
