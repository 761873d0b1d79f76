//! Folding and splitting of text, shared by every field.
//!
//! Folding is Unicode compatibility decomposition (UAX #15, NFKD), case folding and removal of combining marks, so that
//! `Électronique`, `ELECTRONIQUE` and `Électronique` are one value. Scripts without case (CJK, Hebrew, Arabic) pass
//! through; nothing is transliterated, because a wrong romanisation would be evidence that nobody gave.

use super::eight;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Longest text in bytes that is looked at. A longer cell is cut here (at a character), so that a megabyte pasted into
/// one cell costs no more than a long name.
pub const LONGEST: usize = 512;

/// Lower-cases, removes accents and unifies compatibility forms, appending to `out`.
pub fn fold_into(text: &str, out: &mut String) {
    let text = cut(text);
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
        return;
    }
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
            continue;
        }
        for lower in c.to_lowercase() {
            decompose_compatible(lower, |d| fold_char(d, out));
        }
    }
}

/// Folds into a new string; see [`fold_into`].
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    fold_into(text, &mut out);
    out
}

/// Letters that carry no separable mark in Unicode but are written without it in practice.
fn fold_char(c: char, out: &mut String) {
    match c {
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ß' => out.push_str("ss"),
        'þ' => out.push_str("th"),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        'đ' | 'ð' => out.push('d'),
        'ı' => out.push('i'),
        '’' | '‘' | '´' => out.push('\''),
        '“' | '”' => out.push('"'),
        '–' | '—' | '‐' | '‑' => out.push('-'),
        // Direction marks and joiners are invisible: two names that look alike are alike.
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {}
        c if is_combining_mark(c) => {}
        c => out.push(c),
    }
}

/// A text without white space at its ends, as [`str::trim`] gives it. Most cells have none, which two bytes tell.
#[inline]
#[must_use]
pub fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// As much of a text as is looked at.
pub(super) fn cut(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    let mut end = LONGEST;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Splits texts into words; its room is kept from text to text.
#[derive(Clone, Debug, Default)]
pub struct Splitter {
    joined: String,
    places: Vec<(usize, usize)>,
}

/// The words of a text.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    text: &'a str,
    places: &'a [(usize, usize)],
}

impl Splitter {
    /// Splits folded text into words: runs of letters and digits. Dots and apostrophes join (`l.l.c.` is `llc`, `o'neil` is
    /// `oneil`) when `dots_join`; otherwise dots separate (`vol.2` is `vol`, `2`).
    pub fn split<'a>(&'a mut self, folded: &'a str, dots_join: bool) -> Words<'a> {
        self.places.clear();
        let found = self.find(folded.as_bytes(), dots_join);
        if !found {
            self.join(folded, dots_join);
        }
        Words { text: if found { folded } else { &self.joined }, places: &self.places }
    }

    /// Finds words as they stand; `false` where that does not do: where a mark joins, or letters are not ASCII.
    fn find(&mut self, folded: &[u8], dots_join: bool) -> bool {
        if folded.len() > eight::MOST {
            return self.find_slowly(folded, dots_join);
        }
        let Some(marks) = eight::marks(folded, dots_join) else { return false };
        // Right after a word what joins may join it to another; all else is found without looking at a byte again.
        if marks.joining & marks.of_words << 1 != 0 {
            return self.find_slowly(folded, dots_join);
        }
        let mut rest = marks.of_words;
        while rest != 0 {
            let start = rest.trailing_zeros();
            let end = start + (rest >> start).trailing_ones();
            self.places.push((start as usize, end as usize));
            rest &= u64::MAX.checked_shl(end).unwrap_or(0);
        }
        true
    }

    /// The same byte by byte.
    fn find_slowly(&mut self, folded: &[u8], dots_join: bool) -> bool {
        if !folded.is_ascii() {
            return false;
        }
        let joins = |byte: u8| byte == b'\'' || (dots_join && byte == b'.');
        let mut start = 0;
        for (i, byte) in folded.iter().enumerate() {
            if byte.is_ascii_alphanumeric() {
                continue;
            }
            if i > start {
                if joins(*byte) && folded[i..].iter().find(|b| !joins(**b)).is_some_and(u8::is_ascii_alphanumeric) {
                    return false;
                }
                self.places.push((start, i));
            }
            start = i + 1;
        }
        if folded.len() > start {
            self.places.push((start, folded.len()));
        }
        true
    }

    /// The words one behind the other, without what joins or separates them.
    fn join(&mut self, folded: &str, dots_join: bool) {
        self.joined.clear();
        self.places.clear();
        let mut start = 0;
        for c in folded.chars().chain([' ']) {
            if c.is_alphanumeric() {
                self.joined.push(c);
            } else if c != '\'' && !(dots_join && c == '.') && self.joined.len() > start {
                self.places.push((start, self.joined.len()));
                start = self.joined.len();
            }
        }
    }
}

impl<'a> Words<'a> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// A word by its place; the empty text where there is none.
    #[inline]
    #[must_use]
    pub fn get(&self, nth: usize) -> &'a str {
        self.places.get(nth).map_or("", |(start, end)| &self.text[*start..*end])
    }

    /// All words.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        self.places.iter().map(move |(start, end)| &self.text[*start..*end])
    }
}

/// A text before and after the first `mark`, an ASCII character.
#[inline]
#[must_use]
pub fn split_once(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = eight::position(text.as_bytes(), mark)?;
    Some((&text[..at], &text[at + 1..]))
}

/// The parts of a text between `mark`s, an ASCII character.
pub fn split(text: &str, mark: u8) -> impl Iterator<Item = &str> + Clone {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let here = rest?;
        let (part, after) = split_once(here, mark).map_or((here, None), |(part, after)| (part, Some(after)));
        rest = after;
        Some(part)
    })
}

/// A 64-bit hash that is the same on every machine and in every version (FNV-1a with a final mix): blocking keys and
/// tables must not depend on a random seed, or two runs would differ.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ (bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (whole, rest) = bytes.as_chunks::<8>();
    for chunk in whole {
        state = mix(state ^ u64::from_le_bytes(*chunk));
    }
    mix(state ^ eight::load(rest))
}

/// Finalizer of MurmurHash3: every input bit reaches every output bit.
#[must_use]
pub fn mix(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_unifies_what_looks_alike() {
        assert_eq!(fold("Électronique ÆØß"), "electronique aeoss");
        assert_eq!(fold("E\u{301}lan"), fold("Élan"));
        assert_eq!(fold("ＡＢＣ\u{200f}"), "abc");
        assert_eq!(fold("夫妻们"), "夫妻们");
        assert_eq!(fold("שלום"), "שלום");
    }

    #[test]
    fn words_join_initialisms_only_where_asked() {
        let split = |text: &str, dots_join| -> Vec<String> {
            Splitter::default().split(text, dots_join).iter().map(str::to_owned).collect()
        };
        assert_eq!(split("o'neil l.l.c.", true), ["oneil", "llc"]);
        assert_eq!(split("emily h. jones, '.inc.'", true), ["emily", "h", "jones", "inc"]);
        assert_eq!(split("a.'b c", true), ["ab", "c"]);
        assert_eq!(split("vol.2 - live", false), ["vol", "2", "live"]);
        assert_eq!(split("élan l.l.c. d'or", true), ["élan", "llc", "dor"]);
        assert_eq!(split("'", true), [""; 0]);
    }

    proptest! {
        #[test]
        fn ends_are_trimmed_as_the_standard_library_does(text in "[a \t\u{a0}\u{3000}é\x00]{0,6}") {
            prop_assert_eq!(trim(&text), text.trim());
        }

        #[test]
        fn words_are_found_eight_bytes_at_a_time_as_one_by_one(text in "[a-zA-Z0-9 '.@\\[`{|/:\\x00-\\x7f]{0,70}", dots_join: bool) {
            let mut quick = Splitter::default();
            let mut slow = Splitter::default();
            prop_assert_eq!(quick.find(text.as_bytes(), dots_join), slow.find_slowly(text.as_bytes(), dots_join));
            prop_assert_eq!(quick.places, slow.places);
        }

        #[test]
        fn marks_and_remainders_are_found(bytes: Vec<u8>, mark in 0_u8..128) {
            prop_assert_eq!(eight::position(&bytes, mark), bytes.iter().position(|byte| *byte == mark));
            let few = &bytes[..bytes.len().min(7)];
            let mut padded = [0; 8];
            padded[..few.len()].copy_from_slice(few);
            prop_assert_eq!(eight::load(few), u64::from_le_bytes(padded));
        }
    }

    #[test]
    fn a_long_cell_is_cut_at_a_character() {
        assert!(fold(&"é".repeat(1_000_000)).len() <= LONGEST);
    }
}
