//! Barcodes, catalogue numbers, recording codes.

use super::{code, phrase::Scratch};
use crate::matching::text;

/// Marks a barcode that a spreadsheet has cut to its leading figures (`1.91774E+11`).
pub const DAMAGED: char = '~';

/// A GTIN as thirteen digits (GS1 General Specifications §3.2, §7.9). Eleven digits have lost either a leading zero or the
/// check digit: whichever reading gives a valid code is taken. Figures in scientific notation keep their leading digits
/// after `~`. An invalid check digit is kept as typed: it is a slip, to be compared as one.
pub fn gtin(raw: &str, out: &mut String) {
    out.clear();
    let raw = text::trim(raw);
    let may_be_cut = !raw.bytes().all(|b| b.is_ascii_digit());
    if may_be_cut
        && let Some((mantissa, _)) = raw.split_once(['E', 'e']).filter(|(m, e)| m.contains('.') && e.len() <= 4)
    {
        let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_end_matches('0');
        if digits.len() >= 4 {
            out.push(DAMAGED);
            out.push_str(digits);
        }
        return;
    }
    let mut digits = [b'0'; 14];
    let mut n = 0;
    for b in raw.bytes().filter(u8::is_ascii_digit) {
        if n == digits.len() {
            return;
        }
        digits[n] = b;
        n += 1;
    }
    if n < 8 || digits[..n].iter().all(|b| *b == b'0') {
        return;
    }
    // Padded on the left to thirteen; a GTIN-14 of packaging level 0 is its GTIN-13.
    let mut padded = [b'0'; 13];
    if n <= 13 {
        padded[13 - n..].copy_from_slice(&digits[..n]);
    } else {
        padded.copy_from_slice(&digits[1..]);
    }
    if n == 11 && check_digit(&padded[..12]) != padded[12] {
        padded.copy_within(1..13, 0);
        padded[12] = check_digit(&padded[..12]);
    }
    out.push_str(std::str::from_utf8(&padded).unwrap_or_default());
}

/// The check digit of twelve digits: weights 3 and 1 from the right, complement to the next ten.
fn check_digit(twelve: &[u8]) -> u8 {
    let sum: u32 =
        twelve.iter().rev().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 3 } else { 1 }).sum();
    b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// Whether a canonical barcode has a right check digit.
#[must_use]
pub fn is_valid_gtin(canonical: &str) -> bool {
    let bytes = canonical.as_bytes();
    bytes.len() == 13 && bytes.iter().all(u8::is_ascii_digit) && check_digit(&bytes[..12]) == bytes[12]
}

/// `RHIN-220-2` → `rhin220|2`: letters and digits without separators and without zeros that only pad, then the suffix
/// of the carrier (CD, LP, `-2`, a trailing letter).
pub fn catalog(raw: &str, scratch: &mut Scratch, out: &mut String) {
    out.clear();
    let Scratch { folded, splitter, .. } = scratch;
    folded.clear();
    text::fold_into(raw, folded);
    let all = splitter.split(folded, false);
    let mut suffix = "";
    for (i, mut part) in all.iter().enumerate() {
        let last = i + 1 == all.len();
        if last && i > 0 && out.bytes().any(|b| b.is_ascii_digit()) && is_carrier(part) {
            suffix = part;
            break;
        }
        if last && let Some((body, tail)) = split_carrier(part).filter(|(body, _)| ends_in_digit(body)) {
            (part, suffix) = (body, tail);
        }
        push_without_padding(part, out);
    }
    if !suffix.is_empty() && !out.is_empty() {
        out.push('|');
        out.push_str(suffix);
    }
    if out.chars().nth(1).is_none() {
        out.clear();
    }
}

fn ends_in_digit(text: &str) -> bool {
    text.bytes().last().is_some_and(|b| b.is_ascii_digit())
}

fn is_carrier(word: &str) -> bool {
    matches!(
        word,
        "cd" | "lp" | "d" | "v" | "dvd" | "dig" | "digital" | "mc" | "ep" | "1" | "2" | "3" | "4" | "cs" | "sacd"
    )
}

fn split_carrier(word: &str) -> Option<(&str, &str)> {
    let start = word.rfind(|c: char| c.is_ascii_digit())? + 1;
    let tail = &word[start..];
    (!tail.is_empty() && is_carrier(tail)).then(|| (&word[..start], tail))
}

/// Appends without the zeros at the start of each run of digits.
fn push_without_padding(part: &str, out: &mut String) {
    let mut in_digits = false;
    let mut pending = false;
    for c in part.chars() {
        if c == '0' && !in_digits {
            pending = true;
            continue;
        }
        if pending && !c.is_ascii_digit() {
            out.push('0');
        }
        pending = false;
        in_digits = c.is_ascii_digit();
        out.push(c);
    }
    if pending {
        out.push('0');
    }
}

/// A canonical catalogue number without its carrier suffix.
#[must_use]
pub fn catalog_stem(canonical: &str) -> &str {
    text::split_once(canonical, b'|').map_or(canonical, |(stem, _)| stem)
}

/// An ISRC as twelve characters (ISO 3901), hyphens optional; anything else is kept as letters and digits.
pub fn isrc(raw: &str, out: &mut String) {
    code(raw, 32, 5, out);
}

/// The first two letters of a language (`English`, `Eng.` and `en` agree in them); placeholders do not count.
pub fn language(raw: &str, out: &mut String) {
    out.clear();
    let language = text::fold(raw.trim());
    if !matches!(language.as_str(), "unk" | "unk." | "unknown" | "null" | "[multiple languages]") {
        out.extend(language.chars().filter(|c| c.is_alphanumeric()).take(2));
    }
}

#[cfg(test)]
mod tests {
    use super::{super::canonical as run, *};

    #[test]
    fn barcodes() {
        assert_eq!(run(gtin, "036000291452"), "0036000291452");
        assert_eq!(run(gtin, "0 36000 29145 2"), "0036000291452");
        assert_eq!(run(gtin, "36000291452"), "0036000291452", "lost its leading zero");
        assert_eq!(run(gtin, "81485089935"), "0814850899352", "lost its check digit");
        assert_eq!(run(gtin, "1.91774E+11"), "~191774");
        assert_eq!(run(gtin, "8.84830E+11"), "~88483");
        assert_eq!(run(gtin, "n/a"), "");
        assert!(is_valid_gtin("0036000291452"));
        assert!(!is_valid_gtin("0036000291453"));
    }

    #[test]
    fn catalogue_numbers() {
        let catalog = |raw: &str, out: &mut String| super::catalog(raw, &mut Scratch::default(), out);
        assert_eq!(run(catalog, "RHIN-220-2"), "rhin220|2");
        assert_eq!(run(catalog, "rhin 220"), "rhin220");
        assert_eq!(run(catalog, "OLDH1039D"), "oldh1039|d");
        assert_eq!(run(catalog, "WAR-045CD"), "war45|cd");
        assert_eq!(run(catalog, "SENI_0753"), "seni753");
        assert_eq!(run(catalog, "-"), "");
    }
}
