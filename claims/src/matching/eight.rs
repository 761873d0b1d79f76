//! Eight bytes of a text at a time: texts are so short that preparing a search costs more than the search.

/// The longest text whose bytes have a bit each in a mask.
pub(super) const MOST: usize = 64;

const HIGH: u64 = 0x8080_8080_8080_8080;
const LOW: u64 = !HIGH;

/// A bit for each byte of a text.
#[derive(Default)]
pub(super) struct Marks {
    /// Letters and digits.
    pub(super) of_words: u64,
    /// Apostrophes, and dots where they join.
    pub(super) joining: u64,
}

/// What the bytes of a text are; `None` if they are not all ASCII.
pub(super) fn marks(text: &[u8], dots_join: bool) -> Option<Marks> {
    let mut marks = Marks::default();
    for (nth, bytes) in text.chunks(8).enumerate() {
        let eight = load(bytes);
        if eight & HIGH != 0 {
            return None;
        }
        let letters = from_to(eight | repeated(0x20), b'a', b'z');
        let dots = if dots_join { equal(eight, b'.') } else { 0 };
        marks.of_words |= bits(letters | from_to(eight, b'0', b'9')) << (8 * nth);
        marks.joining |= bits(equal(eight, b'\'') | dots) << (8 * nth);
    }
    Some(marks)
}

/// The place of the first byte that is this one, an ASCII character.
#[inline]
pub(super) fn position(text: &[u8], byte: u8) -> Option<usize> {
    let (whole, rest) = text.as_chunks::<8>();
    for (nth, eight) in whole.iter().enumerate() {
        // The lowest of these bits is right; one above it may be another byte's.
        let differs = u64::from_le_bytes(*eight) ^ repeated(byte);
        let equal = differs.wrapping_sub(repeated(1)) & !differs & HIGH;
        if equal != 0 {
            return Some(nth * 8 + equal.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|other| *other == byte).map(|place| whole.len() * 8 + place)
}

/// At most eight bytes, the first lowest, zeros above.
#[inline]
pub(super) fn load(bytes: &[u8]) -> u64 {
    let half = |at: usize| bytes[at..].first_chunk().map_or(0, |four| u64::from(u32::from_le_bytes(*four)));
    match bytes.len() {
        8.. => bytes.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight)),
        // Two halves that overlap agree where they do.
        n @ 4..8 => half(0) | half(n - 4) << (8 * (n - 4)),
        _ => bytes.iter().rev().fold(0, |eight, byte| eight << 8 | u64::from(*byte)),
    }
}

const fn repeated(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

/// The highest bit of each byte from `first` to `last`; all bytes are ASCII.
fn from_to(eight: u64, first: u8, last: u8) -> u64 {
    (eight + repeated(0x80 - first)) & !(eight + repeated(0x7f - last)) & HIGH
}

/// The highest bit of each byte that is this one; all bytes are ASCII.
fn equal(eight: u64, byte: u8) -> u64 {
    !((eight ^ repeated(byte)) + LOW) & HIGH
}

/// The highest bits of eight bytes, side by side.
fn bits(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
