//! From what people type to what can be compared. Every function writes the canonical form of one cell to a buffer that
//! the caller reuses; an empty buffer means that the cell says nothing.

pub mod address;
pub mod contact;
pub mod derived;
pub mod numbers;
pub mod phrase;
pub mod release;

/// Letters and digits of a code of at most `longest` characters, in upper case; nothing if fewer than `least` are left.
fn code(raw: &str, longest: usize, least: usize, out: &mut String) {
    out.clear();
    let kept = raw.bytes().take(longest).filter(u8::is_ascii_alphanumeric);
    out.extend(kept.map(|b| char::from(b.to_ascii_uppercase())));
    if out.len() < least {
        out.clear();
    }
}

/// The runs of digits of a cell.
fn numbers_in(raw: &str) -> impl Iterator<Item = &str> + Clone {
    raw.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty())
}

/// The digits that a cell starts with, at most `longest`.
fn leading_digits(raw: &str, longest: usize) -> &str {
    &raw[..raw.bytes().take(longest).take_while(u8::is_ascii_digit).count()]
}

/// Whether all characters are the same (`000000000`): then nobody meant them.
fn is_one_repeated(text: &str) -> bool {
    text.bytes().all(|b| Some(&b) == text.as_bytes().first())
}

#[cfg(test)]
fn canonical(normalise: impl Fn(&str, &mut String), raw: &str) -> String {
    let mut out = String::new();
    normalise(raw, &mut out);
    out
}
