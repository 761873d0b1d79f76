//! What people type as amounts, prices and numbers. Whatever would have to be guessed is refused with what would be right, so that nobody
//! claims a thousand times what they meant; what was accepted once keeps its meaning.

use rust_decimal::Decimal;

use super::{Currency, LARGEST_AMOUNT, LARGEST_UNITS, grouped_units};

/// Why something typed is not an amount. The text says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a number at all.
    #[error("“{0}” is not an amount. Write digits with a point before the cents, like 1250.00.")]
    NotANumber(String),
    /// A decimal comma, or points between thousands.
    #[error("Write the cents after a point, not a comma: {0}.")]
    DecimalComma(String),
    /// A point before three digits: between thousands, or before the cents?
    #[error("“{typed}” can be read in two ways. Write {thousands} or {decimal}.")]
    TwoWays {
        /// What was typed.
        typed: String,
        /// It, if the point stands between thousands.
        thousands: String,
        /// It, if the point stands before the fraction.
        decimal: String,
    },
    /// A space or an apostrophe elsewhere than between thousands.
    #[error("“{typed}” has a space or an apostrophe that does not stand between thousands. Write {right}.")]
    Ungrouped {
        /// What was typed.
        typed: String,
        /// What was perhaps meant.
        right: String,
    },
    /// The sign of one currency in the field of another.
    #[error(
        "“{0}” stands for another currency than {1}, in which this is read. Choose the currency, or leave the sign away."
    )]
    OtherCurrency(char, String),
    /// Below zero.
    #[error(
        "An amount cannot be below zero. Write it without the minus sign; each field says whether it is added or taken off."
    )]
    Negative,
    /// More digits after the point than the currency (or a rate) has.
    #[error("{0} has {digits} after the point.", digits = most_digits(*.1))]
    TooFine(String, u32),
    /// Beyond [`LARGEST_AMOUNT`].
    #[error("This is more than the largest amount that can be entered, {0}.")]
    TooLarge(String),
}

/// How many digits there may be, in words.
fn most_digits(places: u32) -> String {
    match places {
        0 => "no digits".to_owned(),
        1 => "at most 1 digit".to_owned(),
        more => format!("at most {more} digits"),
    }
}

/// Reads what a person typed as an amount of `currency`, in minor units.
///
/// Accepts `1250`, `1250.5`, `1,250.00`, `$1,250.00`, `1250 €`, and spaces and apostrophes, wherever they stand. A decimal
/// comma is refused with the amount it probably means, because guessing would make `1,250` mean two things.
///
/// # Errors
/// [`AmountError`], whose text can be shown beside the field.
pub fn parse_amount(typed: &str, currency: Currency) -> Result<i64, AmountError> {
    let decimal = parse_number(typed, Some(currency))?;
    let places = currency.places();
    if decimal.normalize().scale() > places {
        return Err(AmountError::TooFine(format!("An amount in {currency}"), places));
    }
    let too_large = || AmountError::TooLarge(currency.show(LARGEST_AMOUNT));
    let minor = currency.round(decimal).ok_or_else(too_large)?;
    if minor > LARGEST_AMOUNT { Err(too_large()) } else { Ok(minor) }
}

/// Reads what a person types as an amount now, as [`parse_amount`] does, but refuses what that would have to guess:
/// `12.500`, which is twelve thousand five hundred to a German, `12 50`, and `€100` where dollars are asked for. What was
/// accepted once is read by [`parse_amount`].
///
/// # Errors
/// [`AmountError`], whose text can be shown beside the field.
pub fn parse_typed_amount(typed: &str, currency: Currency) -> Result<i64, AmountError> {
    let minor = parse_amount(typed, currency)?;
    no_other_currency(typed, currency)?;
    match thousands_meant(typed) {
        Some(thousands) if currency.places() < 3 => {
            let thousands = currency.plain(thousands * 10_i64.pow(currency.places()));
            Err(AmountError::TwoWays { typed: shortened(typed), thousands, decimal: currency.plain(minor) })
        }
        _ => grouped_in_thousands(typed, Some(currency), currency.places()).map(|()| minor),
    }
}

/// Reads what a person types as a price per unit in `currency` now. What was accepted once is read by [`parse_decimal`].
///
/// # Errors
/// [`AmountError`], as for [`parse_typed_amount`].
pub fn parse_typed_price(typed: &str, currency: Currency, places: u32) -> Result<Decimal, AmountError> {
    let price = parse_decimal(typed, places)?;
    no_other_currency(typed, currency)?;
    grouped_in_thousands(typed, None, places).map(|()| price)
}

/// Refuses the sign of another currency, before the number or after it.
fn no_other_currency(typed: &str, currency: Currency) -> Result<(), AmountError> {
    match typed.chars().find(|sign| !currency.may_be_written(*sign)) {
        Some(sign) => Err(AmountError::OtherCurrency(sign, currency.code().to_owned())),
        None => Ok(()),
    }
}

/// Refuses spaces and apostrophes of a number elsewhere than between thousands: `12 50` may be 1250 or 12.50. The number
/// may have `places` digits after the point.
///
/// # Errors
/// [`AmountError::Ungrouped`], which says what was perhaps meant.
pub fn grouped_in_thousands(typed: &str, currency: Option<Currency>, places: u32) -> Result<(), AmountError> {
    // Spaces of any width are one separator, straight and curled apostrophes another.
    let alike = |c: char| match c {
        '’' => '\'',
        '\'' => c,
        _ if separator(c) => ' ',
        _ => c,
    };
    let text: String = bare(typed, currency).chars().map(alike).collect();
    let Some(mark) = text.chars().find(|c| separator(*c)) else { return Ok(()) };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if thousands_are_grouped(whole, mark) && !fraction.contains(separator) {
        return Ok(());
    }
    let closed: String = text.chars().filter(|c| *c == '.' || c.is_ascii_digit()).collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let right = match text.split_once(mark) {
        Some((before, after)) if digits(before) && digits(after) && after.len() <= places as usize => {
            format!("{closed} or {before}.{after}")
        }
        _ => closed,
    };
    Err(AmountError::Ungrouped { typed: shortened(typed), right })
}

/// The whole number meant if the only point of a text stands between thousands (`12.500`, `1.000 EUR`); `None` for other texts.
#[must_use]
pub fn thousands_meant(typed: &str) -> Option<i64> {
    let (before, after) = typed.split_once('.')?;
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    if before.contains(',') || after.contains('.') || !(1..=3).contains(&digits(before)) || digits(after) != 3 {
        return None;
    }
    let number: String = before.chars().chain(after.chars()).filter(char::is_ascii_digit).collect();
    number.parse().ok().filter(|_| !number.starts_with('0'))
}

/// Reads a number that is not rounded to a currency's minor unit: a unit price or a rate, with at most `places` digits
/// after the point.
///
/// # Errors
/// [`AmountError`], as for [`parse_amount`].
pub fn parse_decimal(typed: &str, places: u32) -> Result<Decimal, AmountError> {
    let decimal = parse_number(typed, None)?;
    if decimal.normalize().scale() > places {
        return Err(AmountError::TooFine("This number".to_owned(), places));
    }
    if decimal > Decimal::from(LARGEST_UNITS) {
        return Err(AmountError::TooLarge(grouped_units(LARGEST_UNITS)));
    }
    Ok(decimal.normalize())
}

/// A number of nothing but digits, and a point between them: how almost all are typed, and all that come from files.
fn plain_number(typed: &str) -> Option<Decimal> {
    let (whole, fraction) = typed.split_once('.').unwrap_or((typed, ""));
    if !(1..=15).contains(&whole.len()) || fraction.len() > 12 || whole.len() + fraction.len() > 18 {
        return None;
    }
    let mut digits = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        digits = digits * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    Some(Decimal::new(digits, u32::try_from(fraction.len()).ok()?))
}

/// What was typed without the code of its currency and a currency's sign, before or after the number.
fn bare(typed: &str, currency: Option<Currency>) -> String {
    let mut text = typed.trim().to_owned();
    if let Some(currency) = currency {
        let upper = text.to_ascii_uppercase();
        if let Some(rest) = upper.strip_prefix(currency.code()).or_else(|| upper.strip_suffix(currency.code())) {
            text = rest.trim().to_owned();
        }
    }
    let signs = ['$', '€', '£', '¥'];
    let after_sign = text.trim_start_matches(signs);
    let number = if after_sign.len() < text.len() { after_sign } else { text.strip_suffix(signs).unwrap_or(&text) };
    number.trim().to_owned()
}

/// Whether a character can stand between thousands, besides the comma.
fn separator(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

fn parse_number(typed: &str, currency: Option<Currency>) -> Result<Decimal, AmountError> {
    if let Some(number) = plain_number(typed.trim()) {
        return Ok(number);
    }
    let not_a_number = || AmountError::NotANumber(shortened(typed));
    let text: String = bare(typed, currency).chars().filter(|c| !separator(*c)).collect();
    if text.starts_with(['-', '\u{2212}']) || (text.starts_with('(') && text.ends_with(')')) {
        return Err(AmountError::Negative);
    }
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',') {
        return Err(not_a_number());
    }
    if let Some(meant) = decimal_comma(&text) {
        return Err(AmountError::DecimalComma(meant));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if whole.contains(',') && !thousands_are_grouped(whole, ',') || fraction.contains([',', '.']) {
        return Err(not_a_number());
    }
    let digits = whole.replace(',', "");
    if digits.is_empty() && fraction.is_empty() {
        return Err(not_a_number());
    }
    if digits.trim_start_matches('0').len() > 15 {
        return Err(AmountError::TooLarge(
            currency.map_or_else(|| grouped_units(LARGEST_UNITS), |currency| currency.show(LARGEST_AMOUNT)),
        ));
    }
    if fraction.len() > 12 {
        return Err(AmountError::TooFine("A number".to_owned(), 12));
    }
    let digits = if digits.is_empty() { "0" } else { &digits };
    Decimal::from_str_exact(&format!("{digits}.{}", if fraction.is_empty() { "0" } else { fraction }))
        .map_err(|_| not_a_number())
}

/// The amount meant by a text with a decimal comma (`1.234,56`, `13,75`), written with a point; `None` for other texts.
fn decimal_comma(text: &str) -> Option<String> {
    let (before, after) = text.rsplit_once(',')?;
    if after.contains('.') || before.contains(',') || after.len() == 3 && !before.contains('.') {
        return None;
    }
    let whole: String = before.chars().filter(char::is_ascii_digit).collect();
    (!whole.is_empty() && !after.is_empty()).then(|| format!("{whole}.{after}"))
}

fn thousands_are_grouped(whole: &str, mark: char) -> bool {
    let mut groups = whole.split(mark);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first))
        && groups.all(|group| group.len() == 3 && digits(group))
}

/// At most 40 characters of what was typed, for an error text.
pub(crate) fn shortened(typed: &str) -> String {
    let typed = typed.trim();
    if typed.chars().count() <= 40 { typed.to_owned() } else { typed.chars().take(40).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_as_people_write_them() {
        for (typed, minor) in [
            ("1250", 125_000),
            ("1,250.00", 125_000),
            ("$15,000", 1_500_000),
            ("0.5", 50),
            (".5", 50),
            ("12 345.60 usd", 1_234_560),
            ("1250.", 125_000),
            ("1250$", 125_000),
            ("1,250.00 $", 125_000),
            ("1250 $ USD", 125_000),
            ("1’234.56", 123_456),
        ] {
            assert_eq!(parse_amount(typed, Currency::USD), Ok(minor), "{typed}");
            assert_eq!(parse_typed_amount(typed, Currency::USD), Ok(minor), "{typed}");
        }
    }

    #[test]
    fn refused_with_what_would_be_right() {
        let refused = |typed: &str| parse_amount(typed, Currency::USD).unwrap_err().to_string();
        assert!(refused("1.234,56").contains("1234.56"));
        assert!(refused("13,75").contains("13.75"));
        assert!(refused("abc").contains("“abc” is not an amount"));
        assert!(refused("-5").contains("below zero"));
        assert!(refused("(5)").contains("below zero"));
        assert!(refused("12345678901234567890").contains("largest amount"));
        assert!(refused("1.005").contains("at most 2 digits"));
        let yen = parse_amount("12.5", Currency::parse("JPY").unwrap()).unwrap_err().to_string();
        assert_eq!(yen, "An amount in JPY has no digits after the point.");
        assert!(refused("1,2345").contains("12345") || refused("1,2345").contains("1.2345"));
        assert!(refused("").contains("is not an amount"));
        assert!(refused(".").contains("is not an amount"));
    }

    #[test]
    fn what_has_two_meanings_is_asked() {
        let usd = |typed: &str| parse_typed_amount(typed, Currency::USD).map_err(|error| error.to_string());
        for (typed, thousands, decimal) in [
            ("12.500", "12500.00", "12.50"),
            ("1.000", "1000.00", "1.00"),
            ("$15.000", "15000.00", "15.00"),
            ("1.250 USD", "1250.00", "1.25"),
        ] {
            let error = usd(typed).unwrap_err();
            assert!(error.contains(thousands) && error.contains(decimal), "{typed}: {error}");
        }
        for (typed, minor) in
            [("12.50", 1_250), ("0.500", 50), ("1,250.000", 125_000), ("12500", 1_250_000), ("1250.000", 125_000)]
        {
            assert_eq!(usd(typed), Ok(minor), "{typed}");
        }
        let yen = Currency::parse("jpy").unwrap();
        assert!(parse_typed_amount("1.000", yen).unwrap_err().to_string().contains("1000 or 1."));
        assert_eq!(parse_amount("12.500", Currency::USD), Ok(1_250), "what was accepted once keeps its meaning");
    }

    #[test]
    fn spaces_and_apostrophes_stand_between_thousands() {
        let usd = |typed: &str| parse_typed_amount(typed, Currency::USD).map_err(|error| error.to_string());
        for (typed, minor) in [
            ("12 345", 1_234_500),
            ("1 234.56", 123_456),
            ("1\u{a0}234.56", 123_456),
            ("1\u{202f}234\u{2009}567.8", 123_456_780),
            ("1'234.56", 123_456),
            ("1’234.56", 123_456),
            ("$ 12 345", 1_234_500),
            ("12 345 $", 1_234_500),
            ("USD 12 345", 1_234_500),
            ("12\u{a0}USD", 1_200),
        ] {
            assert_eq!(usd(typed), Ok(minor), "{typed}");
            assert_eq!(parse_amount(typed, Currency::USD), Ok(minor), "{typed}");
        }
        for (typed, right) in [
            ("12 50", "Write 1250 or 12.50."),
            ("1 2", "Write 12 or 1.2."),
            ("12\u{a0}50", "Write 1250 or 12.50."),
            ("1’2", "Write 12 or 1.2."),
            ("$12 50", "Write 1250 or 12.50."),
            ("12 50 USD", "Write 1250 or 12.50."),
            ("1 2345", "Write 12345."),
            ("1234 567", "Write 1234567."),
            ("1  234", "Write 1234."),
            ("1 234'567", "Write 1234567."),
            ("1, 234", "Write 1234."),
            ("1,234.5 6", "Write 1234.56."),
            ("12 .50", "Write 12.50."),
        ] {
            let error = usd(typed).unwrap_err();
            assert!(error.ends_with(right), "{typed}: {error}");
            assert!(parse_amount(typed, Currency::USD).is_ok(), "what was accepted once keeps its meaning: {typed}");
        }
        assert_eq!(parse_amount("12 50", Currency::USD), Ok(125_000));
        assert!(usd("1 234,56").unwrap_err().ends_with("not a comma: 1234.56."));
        let yen = parse_typed_amount("1 2", Currency::parse("jpy").unwrap()).unwrap_err().to_string();
        assert!(yen.ends_with("Write 12."), "{yen}");
    }

    #[test]
    fn prices_are_grouped_as_amounts_are() {
        let price = |typed: &str| parse_typed_price(typed, Currency::USD, 6).map_err(|error| error.to_string());
        for (typed, millionths) in
            [("1 234.567", 1_234_567_000), ("1.000", 1_000_000), ("$7.25", 7_250_000), ("7.25 $", 7_250_000)]
        {
            assert_eq!(price(typed), Ok(Decimal::new(millionths, 6).normalize()), "{typed}");
        }
        assert!(price("7 25").unwrap_err().ends_with("Write 725 or 7.25."));
        assert!(price("7.25 €").unwrap_err().contains("another currency than USD"));
        assert_eq!(parse_decimal("7 25", 6), Ok(Decimal::from(725)), "what was accepted once keeps its meaning");
    }

    #[test]
    fn a_sign_of_another_currency_is_asked_about() {
        let euro = Currency::parse("eur").unwrap();
        for (typed, currency) in [
            ("€100", Currency::USD),
            ("£100", euro),
            ("$100", euro),
            ("¥100", Currency::USD),
            ("12 €", Currency::USD),
            ("12$", euro),
            ("USD €12", Currency::USD),
        ] {
            let error = parse_typed_amount(typed, currency).unwrap_err();
            assert!(matches!(error, AmountError::OtherCurrency(..)), "{typed}");
        }
        assert_eq!(parse_typed_amount("$100", Currency::USD), Ok(10_000));
        assert_eq!(parse_typed_amount("€ 100", euro), Ok(10_000));
        assert_eq!(parse_typed_amount("12 €", euro), Ok(1_200));
        assert!(matches!(parse_typed_amount("$12€", euro), Err(AmountError::NotANumber(_))));
        assert_eq!(parse_typed_amount("$100", Currency::parse("cad").unwrap()), Ok(10_000));
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(minor in 0..=LARGEST_AMOUNT, code in prop::sample::select(vec!["USD", "JPY", "EUR"])) {
            let currency = Currency::parse(code).unwrap();
            prop_assert_eq!(parse_amount(&currency.grouped(minor), currency), Ok(minor));
            prop_assert_eq!(parse_amount(&currency.show(minor), currency), Ok(minor));
            prop_assert_eq!(parse_amount(&currency.plain(minor), currency), Ok(minor));
        }

        #[test]
        fn a_plain_number_is_what_the_long_way_reads(typed in "0{0,2}[0-9]{0,17}(\\.[0-9]{0,13})?") {
            // An apostrophe is passed over, and keeps the short way out.
            let long_way = |typed: &str| parse_number(&format!("'{typed}"), None).map(|number| number.normalize());
            if let Some(number) = plain_number(&typed) {
                prop_assert_eq!(Ok(number.normalize()), long_way(&typed));
            }
        }

        #[test]
        fn nothing_typed_makes_it_panic(typed in ".{0,60}") {
            let _ = parse_amount(&typed, Currency::USD);
            let _ = parse_decimal(&typed, 6);
            let _ = parse_typed_amount(&typed, Currency::USD);
            let _ = parse_typed_price(&typed, Currency::USD, 6);
        }
    }
}
