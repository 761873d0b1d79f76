//! What happens to values between two filings.

use super::Random;

/// One slip of the keys: a letter dropped, doubled, swapped with the next, or replaced.
pub fn slip(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.len() < 4 {
        return text.to_owned();
    }
    let at = 1 + random.below(chars.len() - 2);
    match random.below(4) {
        0 => drop(chars.remove(at)),
        1 => chars.insert(at, chars[at]),
        2 => chars.swap(at, at + 1),
        _ => {
            chars[at] = if chars[at].is_ascii_digit() {
                char::from(b'0' + u8::try_from(random.below(10)).unwrap_or(0))
            } else {
                char::from(b'a' + u8::try_from(random.below(26)).unwrap_or(0))
            }
        }
    }
    chars.into_iter().collect()
}

/// A slip with some probability.
pub fn maybe_slip(text: &str, probability: f64, random: &mut Random) -> String {
    if random.chance(probability) { slip(text, random) } else { text.to_owned() }
}

/// Another case now and then.
pub fn cased(text: String, random: &mut Random) -> String {
    match random.below(20) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        _ => text,
    }
}

/// Ten digits in one of the usual ways.
pub fn phone(digits: &str, random: &mut Random) -> String {
    let (area, rest) = digits.split_at(3);
    let (exchange, line) = rest.split_at(3);
    match random.below(5) {
        0 => format!("({area}) {exchange}-{line}"),
        1 => format!("{area}.{exchange}.{line}"),
        2 => format!("+1 {area} {exchange} {line}"),
        3 => format!("1{digits}"),
        _ => digits.to_owned(),
    }
}
