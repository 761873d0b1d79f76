//! Identifiers in statements: barcodes, ISRCs, catalogue numbers, and what spreadsheets do to them.
//!
//! A barcode is repaired only where its check digit proves the repair; else the damage is named and the barcode left out.

/// What a barcode cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barcode {
    /// Nothing.
    None,
    /// A right one, as a number of up to thirteen digits.
    Right(u64),
    /// A spreadsheet had dropped its leading zeros; with them the check digit fits.
    Restored(u64),
    /// A spreadsheet had written it as `1.91774000001E+11`, with all digits; the check digit fits.
    Spelled(u64),
    /// A spreadsheet rounded it; digits are lost.
    Rounded,
    /// A wrong check digit; the right one.
    Check(u8),
    /// Not a barcode.
    Wrong,
}

/// Reads a barcode.
#[must_use]
pub fn barcode(text: &[u8]) -> Barcode {
    if text.is_empty() {
        return Barcode::None;
    }
    // A number cell that was saved as text can end in `.0`.
    let text = text.strip_suffix(b".0").unwrap_or(text);
    let text = text.strip_prefix(b"'").unwrap_or(text);
    let (value, digits, right) = match all_digits(text) {
        Some((value, right)) => (value, text.len(), right),
        None => match spaced_digits(text) {
            Ok(found) => found,
            Err(other) => return other,
        },
    };
    if value == 0 {
        return if matches!(digits, 1 | 8 | 12 | 13 | 14) { Barcode::None } else { Barcode::Wrong };
    }
    match digits {
        8 | 12..=14 if value >= 10u64.pow(13) => Barcode::Wrong,
        8 | 12..=14 if right => Barcode::Right(value),
        8 | 12..=14 if value % 10_000 == 0 => Barcode::Rounded,
        8 | 12..=14 => Barcode::Check(check_digit(value / 10)),
        9..=11 if right => Barcode::Restored(value),
        _ => Barcode::Wrong,
    }
}

/// Twelve to fourteen digits and nothing else, which nearly all barcodes are: their number, and whether the check digit fits.
/// Eight of them are looked at in one word, as are the last eight, of which those that both hold count once.
fn all_digits(text: &[u8]) -> Option<(u64, bool)> {
    const TENS: u64 = 0x0f0f_0f0f_0f0f_0f0f;
    const SIXES: u64 = 0x0606_0606_0606_0606;
    const ODD: u64 = 0x00ff_00ff_00ff_00ff;
    if !(12..=14).contains(&text.len()) {
        return None;
    }
    let first = u64::from_le_bytes(*text.first_chunk()?);
    let last = u64::from_le_bytes(*text.last_chunk()?);
    let digits = |word: u64| word & !TENS == 0x3030_3030_3030_3030 && (word & TENS).wrapping_add(SIXES) & !TENS == 0;
    if !digits(first) || !digits(last) {
        return None;
    }
    let rest = text.len() - 8;
    let first = first & TENS;
    let last = last & TENS & (!0 << (8 * (8 - rest)));
    // Pairs, then fours, then eight: each step adds neighbours, the left one weighed.
    let number = |word: u64| {
        let pairs = (word.wrapping_mul(10 * 256 + 1) >> 8) & ODD;
        let fours = (pairs.wrapping_mul(100 * 65_536 + 1) >> 16) & 0x0000_ffff_0000_ffff;
        fours.wrapping_mul(10_000 * (1 << 32) + 1) >> 32
    };
    let sum = |word: u64| (word & ODD).wrapping_mul(0x0001_0001_0001_0001) >> 48;
    // The check digit is the last byte of `last`; from there every second digit weighs one, the others three.
    let (ones, threes) = (sum(last >> 8), sum(last));
    let (first_odd, first_even) = (sum(first >> 8), sum(first));
    let (more_ones, more_threes) =
        if rest.is_multiple_of(2) { (first_odd, first_even) } else { (first_even, first_odd) };
    let value = number(first) * 10u64.pow(u32::try_from(rest).ok()?) + number(last);
    Some((value, (ones + more_ones + 3 * (threes + more_threes)).is_multiple_of(10)))
}

/// Any digits, perhaps with spaces and hyphens: their number, how many they are, and whether the last fits the others.
fn spaced_digits(text: &[u8]) -> Result<(u64, usize, bool), Barcode> {
    // The digits of even and of odd places are summed apart: which of them weigh three shows at the end.
    let (mut value, mut digits, mut sums) = (0u64, 0usize, [0u32; 2]);
    for byte in text {
        match byte {
            b'0'..=b'9' if digits < 18 => {
                value = value * 10 + u64::from(byte - b'0');
                sums[digits % 2] += u32::from(byte - b'0');
                digits += 1;
            }
            b' ' | b'-' => {}
            b'.' | b',' | b'E' | b'e' | b'+' => return Err(scientific(text)),
            _ => return Err(Barcode::Wrong),
        }
    }
    Ok((value, digits, (sums[(digits + 1) % 2] + 3 * sums[digits % 2]).is_multiple_of(10)))
}

/// `1.91774E+11`, also with a decimal comma.
fn scientific(text: &[u8]) -> Barcode {
    let text = String::from_utf8_lossy(text).to_ascii_uppercase().replace(',', ".");
    let Some((mantissa, exponent)) = text.split_once('E') else { return Barcode::Wrong };
    let (Some(exponent), Some((whole, decimals))) =
        (exponent.trim_start_matches('+').parse::<usize>().ok(), mantissa.split_once('.').or(Some((mantissa, ""))))
    else {
        return Barcode::Wrong;
    };
    let digits = format!("{whole}{decimals}");
    if whole.len() != 1 || !digits.bytes().all(|byte| byte.is_ascii_digit()) || !(6..=13).contains(&exponent) {
        return Barcode::Wrong;
    }
    // All digits are there only if the last one is.
    if decimals.len() < exponent {
        return Barcode::Rounded;
    }
    match digits.parse::<u64>() {
        Ok(value) if decimals.len() == exponent && value % 10 == u64::from(check_digit(value / 10)) => {
            Barcode::Spelled(value)
        }
        _ => Barcode::Rounded,
    }
}

/// GS1 General Specifications, section 7.9: weights 3 and 1 from the right.
fn check_digit(mut body: u64) -> u8 {
    let (mut sum, mut weight) = (0, 3);
    while body > 0 {
        sum += (body % 10) * weight;
        weight = 4 - weight;
        body /= 10;
    }
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// A barcode's number as thirteen digits.
#[must_use]
pub fn gtin(value: u64) -> String {
    format!("{value:013}")
}

/// What a text is that is not an ISRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnIsrc;

/// An ISRC in capital letters without hyphens; `None` for an empty cell.
///
/// # Errors
/// If it is not one.
pub fn isrc(text: &[u8]) -> Result<Option<[u8; 12]>, NotAnIsrc> {
    let mut found = [0; 12];
    let mut count = 0;
    let apart = |byte: &u8| matches!(byte, b'-' | b' ' | b'.');
    if let Ok(whole) = <[u8; 12]>::try_from(text)
        && !whole.iter().any(apart)
    {
        return checked(whole.map(|byte| byte.to_ascii_uppercase())).map(Some);
    }
    for byte in text.iter().filter(|byte| !apart(byte)) {
        *found.get_mut(count).ok_or(NotAnIsrc)? = byte.to_ascii_uppercase();
        count += 1;
    }
    match count {
        0 => Ok(None),
        12 => checked(found).map(Some),
        _ => Err(NotAnIsrc),
    }
}

fn checked(found: [u8; 12]) -> Result<[u8; 12], NotAnIsrc> {
    let fits = found[..2].iter().all(u8::is_ascii_uppercase)
        && found[2..5].iter().all(u8::is_ascii_alphanumeric)
        && found[5..].iter().all(u8::is_ascii_digit);
    if fits { Ok(found) } else { Err(NotAnIsrc) }
}

/// Whether a catalogue number looks like a date that a spreadsheet made of it: `Mar-15`, `1-Mar`, `3/1/2015`, `2015-03-01`.
#[must_use]
pub fn looks_like_a_date(text: &[u8]) -> bool {
    // A date begins with a digit or with a month's name, whose letters are not all capital.
    let named = |first: &[u8; 3]| first.iter().any(u8::is_ascii_lowercase);
    if !text.first().is_some_and(u8::is_ascii_digit) && !text.first_chunk().is_some_and(named) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let mut parts = text.split(['-', '/', '.', ' ']);
    let (Some(first), Some(second)) = (parts.next(), parts.next()) else { return false };
    let third = parts.next();
    let digits = |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let month = |part: &str| {
        part.len() == 3
            && ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai", "okt", "dez"]
                .contains(&part.to_ascii_lowercase().as_str())
    };
    match third {
        // Capital letters are how labels write a prefix: MAR-15 is a catalogue number, Mar-15 is a spreadsheet's date.
        None => {
            let named = |part: &str| month(part) && part.bytes().any(|byte| byte.is_ascii_lowercase());
            digits(first) && named(second) || named(first) && digits(second)
        }
        Some(third) if text.contains(['-', '/']) && parts.next().is_none_or(|rest| rest.contains(':')) => {
            let year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
            let short = |part: &str| digits(part) && part.len() <= 2;
            digits(first)
                && digits(second)
                && digits(third)
                && (year(first) && short(second) && third.len() <= 2 || year(third) && short(first) && short(second))
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn barcodes_and_their_damage() {
        for (text, found) in [
            ("036000291452", Barcode::Right(36_000_291_452)),
            ("0 36000-29145 2", Barcode::Right(36_000_291_452)),
            ("36000291452", Barcode::Restored(36_000_291_452)),
            ("36000291452.0", Barcode::Restored(36_000_291_452)),
            ("036000291453", Barcode::Check(2)),
            ("191774000000", Barcode::Rounded),
            ("1.91E+11", Barcode::Rounded),
            ("1,91774E+11", Barcode::Rounded),
            ("5.028421952345E+12", barcode(b"5028421952345").spelled()),
            ("0", Barcode::None),
            ("000000000000", Barcode::None),
            ("12345", Barcode::Wrong),
            ("N/A", Barcode::Wrong),
            ("1.5", Barcode::Wrong),
        ] {
            assert_eq!(barcode(text.as_bytes()), found, "{text}");
        }
    }

    impl Barcode {
        fn spelled(self) -> Self {
            match self {
                Self::Right(value) => Self::Spelled(value),
                // Without a fitting check digit, digits count as lost.
                _ => Self::Rounded,
            }
        }
    }

    #[test]
    fn dates_made_of_catalogue_numbers() {
        for text in ["Mar-15", "1-Mar", "3/1/2015", "2015-03-01", "2015-03-01 00:00:00"] {
            assert!(looks_like_a_date(text.as_bytes()), "{text}");
        }
        for text in ["MAR-15", "AV 2345", "DE 3412", "WW-910-232-2", "1-2", "CD 12", "", "2015"] {
            assert!(!looks_like_a_date(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn recordings() {
        assert_eq!(isrc(b"us-s1z-99-00001"), Ok(Some(*b"USS1Z9900001")));
        assert_eq!(isrc(b""), Ok(None));
        assert_eq!(isrc(b"USS1Z990001"), Err(NotAnIsrc));
    }

    proptest! {
        #[test]
        fn agrees_with_the_portal(digits in 0u64..10_000_000_000_000) {
            let text = format!("{digits:013}");
            let right = crate::identifiers::Gtin::parse(&text).is_ok();
            prop_assert_eq!(matches!(barcode(text.as_bytes()), Barcode::Right(_)), right);
        }

        #[test]
        fn one_word_at_a_time_agrees_with_one_digit_at_a_time(text in "[0-9]{12,14}|[0-9 :/.A-Z-]{12,14}") {
            match (all_digits(text.as_bytes()), spaced_digits(text.as_bytes())) {
                (Some((value, right)), other) => prop_assert_eq!(Ok((value, text.len(), right)), other),
                (None, _) => prop_assert!(!text.bytes().all(|byte| byte.is_ascii_digit())),
            }
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (barcode(&bytes), isrc(&bytes), looks_like_a_date(&bytes));
        }
    }
}
