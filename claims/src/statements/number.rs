//! Numbers as statements write them, exact to the millionth, and the evidence they give of their decimal mark.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

/// Millionths in one.
pub const ONE: i64 = 1_000_000;

/// What stands before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

impl Mark {
    const fn byte(self) -> u8 {
        match self {
            Self::Point => b'.',
            Self::Comma => b',',
        }
    }

    /// The mark between thousands.
    const fn other(self) -> u8 {
        match self {
            Self::Point => b',',
            Self::Comma => b'.',
        }
    }

    /// The name in choices.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        [Self::Point, Self::Comma].into_iter().find(|mark| mark.key() == key)
    }
}

/// What a written number says about the decimal mark of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// No mark in it.
    None,
    /// It can only be read with a point before the decimals.
    Point,
    /// It can only be read with a comma before the decimals.
    Comma,
    /// `1,234` and `1.234` can be read either way.
    Either,
}

/// Looks at a written number.
#[must_use]
pub fn evidence(text: &[u8]) -> Evidence {
    if let Some(plain) = Plain::of(text) {
        return plain.evidence();
    }
    any_evidence(text)
}

fn any_evidence(text: &[u8]) -> Evidence {
    let mut points = 0u32;
    let mut commas = 0u32;
    let (mut last, mut before, mut after, mut grouped) = (0u8, 0u32, 0u32, false);
    let mut leading_zero = false;
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                if last == 0 {
                    if before == 0 {
                        leading_zero = *byte == b'0';
                    }
                    before += 1;
                } else {
                    after += 1;
                }
            }
            b'.' | b',' => {
                if *byte == b'.' {
                    points += 1;
                } else {
                    commas += 1;
                }
                if last != 0 {
                    grouped = true;
                }
                last = *byte;
                after = 0;
            }
            b'\'' | b' ' | 0xa0 if before > 0 && last == 0 => grouped = true,
            b'E' | b'e' if before > 0 => return if commas > 0 { Evidence::Comma } else { Evidence::Point },
            _ => {}
        }
    }
    let decimal = |mark: u8| if mark == b'.' { Evidence::Point } else { Evidence::Comma };
    match (points, commas) {
        (0, 0) => Evidence::None,
        (0, 1) | (1, 0) => {
            let either = after == 3 && (1..=3).contains(&before) && !leading_zero && !grouped;
            if either { Evidence::Either } else { decimal(last) }
        }
        // Several of one kind stand between thousands.
        (_, 0) => Evidence::Comma,
        (0, _) => Evidence::Point,
        _ => decimal(last),
    }
}

/// A number that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// Millionths.
    pub millionths: i64,
    /// Whether it had more than six digits after the mark, and was rounded half to even.
    pub finer: bool,
}

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotANumber {
    /// Not a number with either mark.
    Text,
    /// A number only with the other decimal mark.
    OtherMark,
    /// Beyond what a line can hold.
    TooLarge,
}

/// Reads a number with its decimal mark: brackets and a minus before or after it make it negative; a currency's sign or
/// code and marks between thousands are left out.
///
/// # Errors
/// [`NotANumber`].
pub fn read(text: &[u8], mark: Mark) -> Result<Number, NotANumber> {
    if let Some(number) = Plain::of(text).and_then(|plain| plain.number(mark)) {
        return Ok(number);
    }
    let (text, negative) = stripped(text).ok_or(NotANumber::Text)?;
    let number = grouped(&text, mark).map_err(|error| match error {
        NotANumber::Text if evidence(text.as_bytes()) != Evidence::Either => {
            let other = if mark == Mark::Point { Mark::Comma } else { Mark::Point };
            if grouped(&text, other).is_ok() { NotANumber::OtherMark } else { NotANumber::Text }
        }
        error => error,
    })?;
    Ok(Number { millionths: if negative { -number.millionths } else { number.millionths }, ..number })
}

/// The largest number that a statement holds, in millionths: a million million.
const LARGEST: i64 = 1_000_000_000_000 * ONE;

/// The common case: digits, perhaps a minus before them and a mark between them; seventeen characters at most.
#[derive(Debug, Clone, Copy)]
struct Plain {
    digits: u64,
    negative: bool,
    mark: Option<u8>,
    before: u32,
    after: u32,
    leading_zero: bool,
}

impl Plain {
    #[inline]
    fn of(text: &[u8]) -> Option<Self> {
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        if text.is_empty() || text.len() > 17 {
            return None;
        }
        let (mut digits, mut count, mut mark, mut before) = (0u64, 0u32, None, 0);
        for byte in text {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                // Seventeen digits are far below the most that fit.
                digits = digits.wrapping_mul(10).wrapping_add(u64::from(digit));
                count = count.wrapping_add(1);
            } else if matches!(byte, b'.' | b',') && mark.is_none() {
                (mark, before) = (Some(*byte), count);
            } else {
                return None;
            }
        }
        if mark.is_none() {
            before = count;
        }
        Some(Self { digits, negative, mark, before, after: count - before, leading_zero: text[0] == b'0' })
    }

    fn evidence(self) -> Evidence {
        match self.mark {
            None => Evidence::None,
            Some(_) if self.after == 3 && (1..=3).contains(&self.before) && !self.leading_zero => Evidence::Either,
            Some(b'.') => Evidence::Point,
            Some(_) => Evidence::Comma,
        }
    }

    /// The number, with at most six digits after its mark.
    fn number(self, mark: Mark) -> Option<Number> {
        const TENS: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
        if self.mark.is_some_and(|written| written != mark.byte()) || self.before + self.after == 0 {
            return None;
        }
        let value = i64::try_from(self.digits).ok()?.checked_mul(*TENS.get(self.after as usize)?)?;
        // What is too large is left to the long way, which refuses it: a barcode in the column of amounts, say.
        (value <= LARGEST).then_some(Number { millionths: if self.negative { -value } else { value }, finer: false })
    }
}

/// Digits and marks alone, and whether the whole is negative.
fn stripped(text: &[u8]) -> Option<(String, bool)> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let (mut text, mut negative) = match text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    // Signs and currencies stand in any order before and after the digits.
    loop {
        let before = text;
        text = text.trim_matches(|c: char| c.is_whitespace() || "$€£¥\u{a0}\u{202f}%".contains(c));
        if let Some(inner) = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
            (text, negative) = (inner, true);
        }
        for minus in ['-', '\u{2212}', '\u{2013}'] {
            if let Some(rest) = text.strip_prefix(minus).or_else(|| text.strip_suffix(minus)) {
                if negative {
                    return None;
                }
                (text, negative) = (rest, true);
            }
        }
        text = text.strip_prefix('+').unwrap_or(text);
        text = without_code(text);
        if text == before {
            break;
        }
    }
    Some((text.to_owned(), negative))
}

/// Leaves out a currency's code or national sign before or after a number.
fn without_code(text: &str) -> &str {
    for code in ["US$", "CA$", "A$", "C$", "kr.", "kr", "zł", "Fr."] {
        if let Some(rest) = text.strip_prefix(code).or_else(|| text.strip_suffix(code)) {
            return rest;
        }
    }
    let letters = |part: &str| part.len() == 3 && crate::money::Currency::parse(part).is_some();
    if text.len() > 3 && text.is_char_boundary(3) && letters(&text[..3]) {
        return &text[3..];
    }
    let cut = text.len().saturating_sub(3);
    if cut > 0 && text.is_char_boundary(cut) && letters(&text[cut..]) {
        return &text[..cut];
    }
    text
}

/// A number without sign and currency, with or without marks between thousands.
fn grouped(text: &str, mark: Mark) -> Result<Number, NotANumber> {
    if text.contains(['e', 'E'])
        && mark == Mark::Point
        && text.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b))
    {
        let exact = Decimal::from_scientific(text).map_err(|_| NotANumber::Text)?;
        return millionths(exact);
    }
    let (whole, decimals) = text.split_once(char::from(mark.byte())).unwrap_or((text, ""));
    if !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotANumber::Text);
    }
    let mut digits = String::with_capacity(whole.len() + decimals.len());
    let mut groups = 0;
    for group in whole.split(|c: char| {
        c == char::from(mark.other()) || matches!(c, ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}')
    }) {
        let fits = if groups == 0 { group.len() <= 3 || !whole.contains(group_mark) } else { group.len() == 3 };
        if !fits || !group.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotANumber::Text);
        }
        digits.push_str(group);
        groups += 1;
    }
    // A number below one has no thousands: `0,258` with a point before the decimals is another's decimal comma.
    if digits.is_empty() && decimals.is_empty() || groups > 1 && digits.starts_with('0') {
        return Err(NotANumber::Text);
    }
    if digits.trim_start_matches('0').len() > 12 {
        return Err(NotANumber::TooLarge);
    }
    let decimals = decimals.get(..decimals.len().min(15)).unwrap_or(decimals);
    let exact = Decimal::from_str_exact(&format!("0{digits}.{decimals}0")).map_err(|_| NotANumber::Text)?;
    millionths(exact)
}

fn group_mark(c: char) -> bool {
    !c.is_ascii_digit()
}

fn millionths(exact: Decimal) -> Result<Number, NotANumber> {
    let finer = exact.normalize().scale() > 6;
    let mut rounded = exact.round_dp_with_strategy(6, RoundingStrategy::MidpointNearestEven);
    rounded.rescale(6);
    let millionths = rounded.mantissa().to_i64().ok_or(NotANumber::TooLarge)?;
    if millionths.abs() > LARGEST { Err(NotANumber::TooLarge) } else { Ok(Number { millionths, finer }) }
}

/// Millionths as an exact decimal.
#[must_use]
pub fn to_decimal(millionths: i128) -> Decimal {
    Decimal::try_from_i128_with_scale(millionths, 6).unwrap_or_default()
}

/// Millionths as a person reads them: at least `places` digits after the point, thousands separated.
#[must_use]
pub fn show(millionths: i128, places: u32) -> String {
    let mut exact = to_decimal(millionths).normalize();
    if exact.scale() < places {
        exact.rescale(places);
    }
    let text = exact.abs().to_string();
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let whole = whole.parse::<i64>().map_or_else(|_| whole.to_owned(), crate::money::grouped_units);
    let sign = if exact.is_sign_negative() && !exact.is_zero() { "\u{2212}" } else { "" };
    rest.map_or_else(|| format!("{sign}{whole}"), |rest| format!("{sign}{whole}.{rest}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str, mark: Mark) -> Option<i64> {
        read(text.as_bytes(), mark).ok().map(|number| number.millionths)
    }

    #[test]
    fn as_statements_write_them() {
        for (text, mark, millionths) in [
            ("0,258066", Mark::Comma, 258_066),
            ("1.234,56", Mark::Comma, 1_234_560_000),
            ("1,234.56", Mark::Point, 1_234_560_000),
            ("(12.50)", Mark::Point, -12_500_000),
            ("12.50-", Mark::Point, -12_500_000),
            ("-$1,250.00", Mark::Point, -1_250_000_000),
            ("($1,250.00)", Mark::Point, -1_250_000_000),
            ("$(5.00)", Mark::Point, -5_000_000),
            ("€ 13,75", Mark::Comma, 13_750_000),
            ("13.75 EUR", Mark::Point, 13_750_000),
            ("USD13.75", Mark::Point, 13_750_000),
            ("1 234,5", Mark::Comma, 1_234_500_000),
            ("1\u{a0}234,5", Mark::Comma, 1_234_500_000),
            ("1'234.50", Mark::Point, 1_234_500_000),
            ("\u{2212}7", Mark::Point, -7_000_000),
            (".5", Mark::Point, 500_000),
            ("2.5E-05", Mark::Point, 25),
            ("1234567.123456", Mark::Point, 1_234_567_123_456),
            ("+3", Mark::Point, 3_000_000),
        ] {
            assert_eq!(value(text, mark), Some(millionths), "{text}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in ["", "-", ".", "abc", "1,23,4.5", "12.34.56", "--5", "(-5)", "1/2", "12:30"] {
            assert_eq!(value(text, Mark::Point), None, "{text}");
        }
        assert_eq!(read(b"1.234,56", Mark::Point), Err(NotANumber::OtherMark));
        for barcode in ["99999999999999999", "9520200000019", "-5012345678900"] {
            assert_eq!(read(barcode.as_bytes(), Mark::Point), Err(NotANumber::TooLarge), "{barcode}");
        }
        assert!(read(b"0.1234567", Mark::Point).unwrap().finer);
    }

    #[test]
    fn evidence_of_the_mark() {
        for (text, found) in [
            ("12", Evidence::None),
            ("1,234", Evidence::Either),
            ("1.234", Evidence::Either),
            ("12.345", Evidence::Either),
            ("0.258", Evidence::Point),
            ("0,258066", Evidence::Comma),
            ("1234,567", Evidence::Comma),
            ("13,75", Evidence::Comma),
            ("1.234,56", Evidence::Comma),
            ("1,234.56", Evidence::Point),
            ("1.234.567", Evidence::Comma),
            ("1,234,567", Evidence::Point),
            ("-1,234", Evidence::Either),
        ] {
            assert_eq!(evidence(text.as_bytes()), found, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(millionths in -1_000_000_000_000_000i64..1_000_000_000_000_000, comma: bool, groups: bool, brackets: bool) {
            let mark = if comma { Mark::Comma } else { Mark::Point };
            let plain = to_decimal(i128::from(millionths)).normalize().abs().to_string();
            let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
            let whole = if groups { crate::money::grouped_units(whole.parse().unwrap()) } else { whole.to_owned() };
            let mut text = if decimals.is_empty() { whole } else { format!("{whole};{decimals}") };
            if comma { text = text.replace(',', "."); }
            text = text.replace(';', if comma { "," } else { "." });
            if millionths < 0 { text = if brackets { format!("({text})") } else { format!("-{text}") }; }
            prop_assert_eq!(value(&text, mark), Some(millionths), "{}", text);
        }

        #[test]
        fn plain_numbers_say_and_are_the_same_by_the_long_way(text in "-?[0-9]{0,6}([.,][0-9]{0,8})?") {
            prop_assert_eq!(evidence(text.as_bytes()), any_evidence(text.as_bytes()));
            for mark in [Mark::Point, Mark::Comma] {
                if let Some(number) = Plain::of(text.as_bytes()).and_then(|plain| plain.number(mark)) {
                    let digits = text.trim_start_matches('-').replace(',', ".");
                    let exact = Decimal::from_str_exact(&format!("0{digits}{}", if digits.contains('.') { "0" } else { ".0" })).map(millionths);
                    let negative = if text.starts_with('-') { -1 } else { 1 };
                    prop_assert_eq!(exact.ok().and_then(Result::ok).map(|exact| exact.millionths * negative), Some(number.millionths), "{}", text);
                }
            }
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (read(&bytes, Mark::Point), read(&bytes, Mark::Comma), evidence(&bytes));
        }
    }
}
