//! Exact money: integer minor units, one rounding per line (half to even, where a rate is applied).

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

mod typed;

pub(crate) use typed::shortened;
pub use typed::{
    AmountError, grouped_in_thousands, parse_amount, parse_decimal, parse_typed_amount, parse_typed_price,
    thousands_meant,
};

/// The largest amount a person may type, and the most that one claim may come to with all its lines, in minor units: a hundred
/// thousand million in a currency with cents. So the sums of 900,000 claims fit an `i64`, whatever was typed into them. Claims that were
/// sent before a claim had a limit may come to more: a filing looks at its sums before it adds them up.
pub const LARGEST_AMOUNT: i64 = 9_999_999_999_999;

/// The largest number of units (copies, downloads) a person may type on one line.
pub const LARGEST_UNITS: i64 = 1_000_000_000;

/// A currency by its ISO 4217 code, with the number of decimal places it is written with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    places: u8,
}

/// ISO 4217 codes that Recoup accepts, with the number of minor-unit digits each has.
const CURRENCIES: &[(&str, u8)] = &[
    ("AUD", 2),
    ("BRL", 2),
    ("CAD", 2),
    ("CHF", 2),
    ("CNY", 2),
    ("CZK", 2),
    ("DKK", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("HKD", 2),
    ("HUF", 2),
    ("ILS", 2),
    ("INR", 2),
    ("ISK", 0),
    ("JPY", 0),
    ("KRW", 0),
    ("MXN", 2),
    ("NOK", 2),
    ("NZD", 2),
    ("PLN", 2),
    ("RON", 2),
    ("SEK", 2),
    ("SGD", 2),
    ("TRY", 2),
    ("TWD", 2),
    ("USD", 2),
    ("ZAR", 2),
];

impl Currency {
    /// The United States dollar.
    pub const USD: Self = Self { code: *b"USD", places: 2 };

    /// Reads an ISO 4217 code, in any case; `None` where Recoup does not know it.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim();
        let (known, places) = CURRENCIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code))?;
        let mut bytes = [0; 3];
        bytes.copy_from_slice(known.as_bytes());
        Some(Self { code: bytes, places: *places })
    }

    /// The three-letter code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// Digits after the decimal point.
    #[must_use]
    pub fn places(self) -> u32 {
        u32::from(self.places)
    }

    /// Whether an amount of this currency may have this character before or after it: any but the sign of another currency.
    fn may_be_written(self, sign: char) -> bool {
        match sign {
            '$' => matches!(self.code(), "AUD" | "BRL" | "CAD" | "HKD" | "MXN" | "NZD" | "SGD" | "TWD" | "USD"),
            '€' => self.code() == "EUR",
            '£' => self.code() == "GBP",
            '¥' => matches!(self.code(), "CNY" | "JPY"),
            _ => true,
        }
    }

    /// Every code that can be chosen.
    pub fn all() -> impl Iterator<Item = Self> {
        CURRENCIES.iter().filter_map(|(code, _)| Self::parse(code))
    }

    /// `minor` as an exact decimal number of major units.
    #[must_use]
    pub fn to_decimal(self, minor: i64) -> Decimal {
        Decimal::new(minor, self.places())
    }

    /// A decimal number of major units as minor units, rounded half to even; `None` beyond `i64`.
    #[must_use]
    pub fn round(self, major: Decimal) -> Option<i64> {
        let mut rounded = major.round_dp_with_strategy(self.places(), RoundingStrategy::MidpointNearestEven);
        rounded.rescale(self.places());
        rounded.mantissa().to_i64()
    }

    /// `minor` without a code and without separators, as it stands in a file: `15000.00`.
    #[must_use]
    pub fn plain(self, minor: i64) -> String {
        self.to_decimal(minor).to_string()
    }

    /// `minor` with thousands separators and without a code, as a person reads it: `15,000.00`.
    #[must_use]
    pub fn grouped(self, minor: i64) -> String {
        let plain = self.plain(minor.abs());
        let (whole, cents) = plain.split_once('.').map_or((plain.as_str(), None), |(w, c)| (w, Some(c)));
        let sign = if minor < 0 { "\u{2212}" } else { "" };
        let whole = group_thousands(whole);
        cents.map_or_else(|| format!("{sign}{whole}"), |cents| format!("{sign}{whole}.{cents}"))
    }

    /// A price per unit as a person reads it: with the digits of the currency at least, and with more where it has more.
    #[must_use]
    pub fn price(self, price: Decimal) -> String {
        let mut price = price.normalize();
        price.rescale(price.scale().max(self.places()));
        let plain = price.to_string();
        match plain.split_once('.') {
            Some((whole, rest)) => format!("{}.{rest}", group_thousands(whole)),
            None => group_thousands(&plain),
        }
    }

    /// `minor` with separators and code: `15,000.00 USD`.
    #[must_use]
    pub fn show(self, minor: i64) -> String {
        format!("{} {}", self.grouped(minor), self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom(format!("unknown currency {code}")))
    }
}

fn group_thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A whole number with thousands separators, as a person reads it.
#[must_use]
pub fn grouped_units(units: i64) -> String {
    let sign = if units < 0 { "\u{2212}" } else { "" };
    format!("{sign}{}", group_thousands(&units.unsigned_abs().to_string()))
}

/// Converts `minor` units of `from` into minor units of `to` at `rate` (units of `to` for one unit of `from`), rounded
/// once, half to even. `None` if the result does not fit.
#[must_use]
pub fn convert(minor: i64, from: Currency, rate: Decimal, to: Currency) -> Option<i64> {
    to.round(from.to_decimal(minor).checked_mul(rate)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_half_to_even() {
        let half = Decimal::new(5, 1);
        assert_eq!(convert(1, Currency::USD, half, Currency::USD), Some(0));
        assert_eq!(convert(3, Currency::USD, half, Currency::USD), Some(2));
        let yen = Currency::parse("jpy").unwrap();
        assert_eq!(convert(1_000, Currency::USD, Decimal::new(1105, 1), yen), Some(1105));
    }
}
