//! The identifiers of the music trade and of Recoup: GTIN, ISRC, ISNI, IPI, GS1 company prefix, catalogue number, claim number.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why something typed is not the identifier it should be. The text says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IdentifierError(String);

fn refuse<T>(text: impl Into<String>) -> Result<T, IdentifierError> {
    Err(IdentifierError(text.into()))
}

/// A Global Trade Item Number (UPC, EAN), kept as 13 digits with zeros on the left.
///
/// GS1 General Specifications, section 7.9: weights 3 and 1 from the right, check digit = (10 − sum mod 10) mod 10.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Gtin(String);

impl Gtin {
    /// Reads a barcode of 8, 12, 13 or 14 digits; spaces and hyphens are ignored.
    ///
    /// # Errors
    /// A text that names the right check digit, or the spreadsheet damage that was recognised.
    pub fn parse(typed: &str) -> Result<Self, IdentifierError> {
        let compact: String =
            typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}')).collect();
        if compact.contains(['E', 'e'])
            && compact.chars().next().is_some_and(|c| c.is_ascii_digit())
            && compact.contains(['+', '.'])
        {
            return refuse(format!(
                "“{}” is a barcode that a spreadsheet rounded; its digits are lost. Copy it from the sleeve or the label.",
                crate::money::shortened(typed)
            ));
        }
        if !compact.chars().all(|c| c.is_ascii_digit()) {
            return refuse("A barcode has digits only, like 036000291452.");
        }
        if !matches!(compact.len(), 8 | 12 | 13 | 14) {
            return refuse(format!(
                "A barcode (UPC or EAN) has 8, 12, 13 or 14 digits; this one has {}.",
                compact.len()
            ));
        }
        let (body, check) = compact.split_at(compact.len() - 1);
        let expected = check_digit(body);
        if !check.ends_with(expected) {
            if compact.ends_with("0000") {
                return refuse(
                    "This barcode ends in zeros and its check digit is wrong: a spreadsheet rounded it and its digits are lost. Copy it from the sleeve or the label.",
                );
            }
            return refuse(format!(
                "The last digit of this barcode does not fit the others: it would have to be {expected}. Check for a wrong or swapped digit."
            ));
        }
        let significant = compact.trim_start_matches('0');
        if significant.is_empty() {
            return refuse("A barcode of zeros only names no release.");
        }
        if significant.len() > 13 {
            return refuse("This is the barcode of a carton (14 digits). Give the barcode of the release itself.");
        }
        Ok(Self(format!("{significant:0>13}")))
    }

    /// Thirteen digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_digit(body: &str) -> char {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| u32::from(b - b'0') * if i.is_multiple_of(2) { 3 } else { 1 })
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

/// An International Standard Recording Code (ISO 3901), kept as twelve characters without hyphens. It has no check digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Isrc(String);

impl Isrc {
    /// Reads `CC-XXX-YY-NNNNN`, with or without hyphens, in any case.
    ///
    /// # Errors
    /// A text that shows the form.
    pub fn parse(typed: &str) -> Result<Self, IdentifierError> {
        let compact: String =
            typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_ascii_uppercase();
        let b = compact.as_bytes();
        let right = b.len() == 12
            && b[..2].iter().all(u8::is_ascii_uppercase)
            && b[2..5].iter().all(u8::is_ascii_alphanumeric)
            && b[5..].iter().all(u8::is_ascii_digit);
        if right {
            Ok(Self(compact))
        } else {
            refuse("An ISRC has two letters, three letters or digits and seven digits, like US-S1Z-99-00001.")
        }
    }

    /// Twelve characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is typed of a number, without what stands between its digits.
fn compact(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}')).collect()
}

/// Checks an International Standard Name Identifier (ISO 27729): fifteen digits and a check character (ISO 7064 MOD 11-2).
///
/// # Errors
/// A text that shows the form, or says that the check character does not fit.
pub fn check_isni(typed: &str) -> Result<(), IdentifierError> {
    let digits = compact(typed).to_ascii_uppercase();
    let Some((body, last)) = digits.split_at_checked(15).filter(|(body, last)| {
        last.len() == 1
            && body.bytes().all(|b| b.is_ascii_digit())
            && last.bytes().all(|b| b.is_ascii_digit() || b == b'X')
    }) else {
        return refuse("An ISNI has 16 digits, like 0000 0001 2150 090X.");
    };
    let sum = body.bytes().fold(0, |sum, b| (sum + u32::from(b - b'0')) * 2 % 11);
    let expected = char::from_digit((12 - sum) % 11, 10).unwrap_or('X');
    if !last.starts_with(expected) {
        return refuse(
            "The last digit of this ISNI does not fit the others. Check for a wrong or swapped digit; it has 16, like 0000 0001 2150 090X.",
        );
    }
    Ok(())
}

/// Checks the form of an IPI name number: eleven digits, of which zeros at the start may be missing. How its last digits check the others
/// is published nowhere that could be cited, and a right number that is refused keeps somebody from claiming.
///
/// # Errors
/// A text that shows the form.
pub fn check_ipi(typed: &str) -> Result<(), IdentifierError> {
    let digits = compact(typed);
    let is_form = digits.len() <= 11 && digits.bytes().all(|b| b.is_ascii_digit()) && digits.bytes().any(|b| b != b'0');
    if is_form { Ok(()) } else { refuse("An IPI name number has 11 digits, like 00000000297.") }
}

/// Checks GS1 company prefixes, of six to twelve digits each, several with commas or spaces between them.
///
/// # Errors
/// A text that shows the form.
pub fn check_gs1_prefixes(typed: &str) -> Result<(), IdentifierError> {
    let right = |prefix: &str| {
        let digits = compact(prefix);
        (6..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/');
    if typed.split(between).filter(|prefix| !prefix.is_empty()).all(right) {
        Ok(())
    } else {
        refuse("A GS1 company prefix has 6 to 12 digits, like 036000. Write a comma between several.")
    }
}

/// A catalogue number as compared: without case, spaces, hyphens and dots. A format suffix (CD, LP) stays.
#[must_use]
pub fn compact_catalogue_number(typed: &str) -> String {
    typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The number of a claim, `ALG-000123-K`: the case's prefix, a running number, and a check character over both
/// (ISO 7064 MOD 37,36), so that a mistyped number is noticed instead of opening another's claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimNumber(String);

const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

impl ClaimNumber {
    /// The number of the `running`-th claim of a case with `prefix` (capital letters and digits).
    #[must_use]
    pub fn new(prefix: &str, running: i64) -> Self {
        let body = format!("{prefix}{running:06}");
        Self(format!("{prefix}-{running:06}-{}", mod_37_36(&body)))
    }

    /// Reads a claim number; hyphens, spaces and case do not matter.
    ///
    /// # Errors
    /// A text that says whether the form or the check character is wrong.
    pub fn parse(typed: &str) -> Result<Self, IdentifierError> {
        let compact: String =
            typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        if compact.len() < 9 || !compact.is_ascii() {
            return refuse("A claim number looks like ALG-000123-K.");
        }
        let (body, check) = compact.split_at(compact.len() - 1);
        let (prefix, digits) = body.split_at(body.len() - 6);
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return refuse("A claim number looks like ALG-000123-K.");
        }
        if !check.starts_with(mod_37_36(body)) {
            return refuse("This claim number is mistyped: its last character does not fit the others.");
        }
        Ok(Self(format!("{prefix}-{digits}-{check}")))
    }

    /// The number as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClaimNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// ISO 7064 MOD 37,36 over characters of [`ALPHABET`]; others count as zero.
fn mod_37_36(body: &str) -> char {
    let value = |b: u8| ALPHABET.iter().position(|a| *a == b).unwrap_or(0);
    let mut product = 36;
    for b in body.bytes() {
        let sum = (product + value(b)) % 36;
        product = (if sum == 0 { 36 } else { sum }) * 2 % 37;
    }
    let check = (37 - product) % 36;
    char::from(ALPHABET[check])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn gtin_vectors() {
        assert_eq!(Gtin::parse("036000291452").unwrap().as_str(), "0036000291452");
        assert_eq!(Gtin::parse("0 36000-29145 2").unwrap().as_str(), "0036000291452");
        assert!(Gtin::parse("036000291453").unwrap_err().to_string().contains("would have to be 2"));
        assert!(Gtin::parse("191774000000").unwrap_err().to_string().contains("spreadsheet"));
        assert!(Gtin::parse("1.91774E+11").unwrap_err().to_string().contains("spreadsheet"));
        assert!(Gtin::parse("12345").unwrap_err().to_string().contains("has 5"));
        assert!(Gtin::parse("000000000000").is_err());
    }

    #[test]
    fn isrc_and_catalogue_number() {
        assert_eq!(Isrc::parse("us-s1z-99-00001").unwrap().as_str(), "USS1Z9900001");
        assert!(Isrc::parse("USS1Z990001").is_err());
        assert_eq!(compact_catalogue_number("avie av-2345 cd"), "AVIEAV2345CD");
        assert_ne!(compact_catalogue_number("AV 2345 CD"), compact_catalogue_number("AV 2345 LP"));
    }

    #[test]
    fn names_are_numbered_with_digits_that_check_each_other() {
        for right in ["0000 0001 2150 090X", "000000012150090x", "0000-0001-2281-955X", "0000 0001 2103 2683"] {
            assert_eq!(check_isni(right), Ok(()), "{right}");
        }
        for wrong in ["1234", "0000 0001 2150 09X0", "0000 0001 2150 0900 1", "äöüäöüäöüäöüäöüä"] {
            assert_eq!(
                check_isni(wrong).unwrap_err().to_string(),
                "An ISNI has 16 digits, like 0000 0001 2150 090X.",
                "{wrong}"
            );
        }
        assert!(check_isni("0000 0001 2150 0901").unwrap_err().to_string().contains("does not fit"));
        // Zeros at the start may be left out.
        for right in ["00000000297", "297", "00017798450", "17798450"] {
            assert_eq!(check_ipi(right), Ok(()), "{right}");
        }
        for wrong in ["0", "I-297", "123456789012"] {
            assert!(
                check_ipi(wrong).unwrap_err().to_string().starts_with("An IPI name number has 11 digits"),
                "{wrong}"
            );
        }
        for right in ["036000", "0360002, 4012345", "0-36000 401234567890"] {
            assert_eq!(check_gs1_prefixes(right), Ok(()), "{right}");
        }
        for wrong in ["12", "0360002, 12", "GS1 0360002", "4012345678901"] {
            assert!(check_gs1_prefixes(wrong).is_err(), "{wrong}");
        }
    }

    /// ISO/IEC 7064 gives `A12425GABC1234002` with check character `M` as a MOD 37,36 example.
    #[test]
    fn mod_37_36_vector() {
        assert_eq!(mod_37_36("A12425GABC1234002"), 'M');
    }

    proptest! {
        #[test]
        fn claim_number_reads_back_and_notices_one_wrong_digit(running in 1i64..999_999, at in 0usize..6, by in 1u8..10) {
            let number = ClaimNumber::new("ALG", running);
            prop_assert_eq!(ClaimNumber::parse(&number.as_str().to_lowercase()).unwrap(), number.clone());
            let mut bytes = number.as_str().as_bytes().to_vec();
            let i = 4 + at;
            bytes[i] = b'0' + (bytes[i] - b'0' + by) % 10;
            prop_assert!(ClaimNumber::parse(std::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn nothing_typed_makes_it_panic(typed in ".{0,40}") {
            let _ = (Gtin::parse(&typed), Isrc::parse(&typed), ClaimNumber::parse(&typed));
            let _ = (check_isni(&typed), check_ipi(&typed), check_gs1_prefixes(&typed));
        }
    }
}
