//! Names of people, labels and artists, and titles of releases: which words distinguish, which only describe, and which
//! (volume, edition, generation) must be equal for two things to be one.
//!
//! The canonical form is `words \t generation \t descriptors \t editions \t volume`, the numbers in hexadecimal and left
//! out when all are zero, so that an ordinary name is just its words.

use crate::matching::{
    text::{self, Splitter, Words},
    words::{self, Class},
};

/// More words than this are not a name; the rest is ignored.
pub const MOST_WORDS: usize = 12;

/// Bit of [`Marks::descriptors`] that says the name is an organisation's.
pub const ORGANISATION: u8 = 1 << 7;

/// What is set apart from the distinctive words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// 0 none, 1 senior, 2 junior, 3 and 4 the third and fourth.
    pub generation: u8,
    /// Kinds of label word (bit set), with [`ORGANISATION`].
    pub descriptors: u8,
    /// Editions (bit set of [`words::edition_bit`]).
    pub editions: u16,
    /// Volume or part number, 0 for none.
    pub volume: u16,
}

/// Buffers that survive from record to record.
#[derive(Default)]
pub struct Scratch {
    pub(super) folded: String,
    pub(super) splitter: Splitter,
    spare: String,
}

/// A party's name. `Jane Doe d/b/a Odeon Records` is Odeon Records; the person before the mark goes to `alias`.
/// `Doe, Jane` is put in order unless what follows the comma is a legal form.
pub fn party(raw: &str, scratch: &mut Scratch, out: &mut String, alias: &mut String) {
    alias.clear();
    let Scratch { folded, splitter, spare } = scratch;
    folded.clear();
    text::fold_into(raw, folded);
    let mut name = folded.as_str();
    if let Some((before, after)) = split_alias(name) {
        canonical_name(before, splitter, spare, alias);
        name = after;
    }
    canonical_name(name, splitter, spare, out);
}

/// What stands before and after `d/b/a` and its like.
fn split_alias(name: &str) -> Option<(&str, &str)> {
    const MARKS: [&str; 5] = [" d/b/a ", " dba ", " t/a ", " trading as ", " doing business as "];
    // Hardly any name has one: only a space before a `d` or a `t` is worth a closer look.
    let bytes = name.as_bytes();
    let starts = |at: &usize| bytes[*at] == b' ' && matches!(bytes.get(at + 1), Some(b'd' | b't'));
    (0..bytes.len()).filter(starts).find_map(|at| {
        let mark = MARKS.iter().find(|mark| bytes[at..].starts_with(mark.as_bytes()))?;
        Some((&name[..at], &name[at + mark.len()..]))
    })
}

/// A label's name; a cell that says there is none (`Independent`) is empty.
pub fn label(raw: &str, scratch: &mut Scratch, out: &mut String) {
    out.clear();
    let Scratch { folded, splitter, spare } = scratch;
    folded.clear();
    text::fold_into(raw, folded);
    if !words::is_no_label(folded) {
        canonical_name(folded, splitter, spare, out);
    }
}

/// An artist's name; collaborators' joining words (`&`, `and`, `feat.`) are dropped.
pub fn artist(raw: &str, scratch: &mut Scratch, out: &mut String) {
    let Scratch { folded, splitter, spare } = scratch;
    folded.clear();
    text::fold_into(raw, folded);
    canonical_name(folded, splitter, spare, out);
}

fn canonical_name(folded: &str, splitter: &mut Splitter, spare: &mut String, out: &mut String) {
    out.clear();
    let all = splitter.split(in_order(folded, spare), true);
    let mut marks = Marks::default();
    let mut kept = 0;
    for (i, word) in all.iter().enumerate() {
        match words::class(word) {
            Class::Distinctive => kept += push_word(word, kept, out),
            Class::Descriptive => marks.descriptors |= descriptor(word) | ORGANISATION,
            // A legal form stands at the end; `As`, `Co` or `Sa` at the start is a word of the name.
            Class::LegalForm if i > 0 && i + 2 >= all.len() => marks.descriptors |= ORGANISATION,
            Class::LegalForm => kept += push_word(word, kept, out),
            Class::Generation(g) if i > 0 => marks.generation = g,
            Class::Generation(_) => kept += push_word(word, kept, out),
            Class::Joining => {}
        }
    }
    if kept == 0 {
        // Nothing but label words (`The Records`): then they are the name.
        for word in all.iter() {
            kept += push_word(word, kept, out);
        }
    }
    push_marks(marks, out);
}

/// Puts `Family, Given` in the order of speech; a comma before a legal form or a generation stays where it is.
fn in_order<'a>(folded: &'a str, spare: &'a mut String) -> &'a str {
    let Some((before, after)) = text::split_once(folded, b',') else {
        return folded;
    };
    let first = after.split_whitespace().next().unwrap_or("").replace('.', "");
    if first.is_empty() || after.contains(',') || !matches!(words::class(&first), Class::Distinctive | Class::Joining) {
        return folded;
    }
    spare.clear();
    spare.push_str(after.trim());
    spare.push(' ');
    spare.push_str(before);
    spare
}

fn push_word(word: &str, kept: usize, out: &mut String) -> usize {
    if kept >= MOST_WORDS {
        return 0;
    }
    if kept > 0 {
        out.push(' ');
    }
    out.push_str(word);
    1
}

fn push_marks(marks: Marks, out: &mut String) {
    if marks != Marks::default() && !out.is_empty() {
        let Marks { generation, descriptors, editions, volume } = marks;
        for number in [u16::from(generation), u16::from(descriptors), editions, volume] {
            out.push('\t');
            push_hexadecimal(number, out);
        }
    }
}

fn push_hexadecimal(number: u16, out: &mut String) {
    let digits = (16 - (number | 1).leading_zeros()).div_ceil(4);
    for digit in (0..digits).rev() {
        out.extend(char::from_digit(u32::from(number >> (4 * digit) & 0xf), 16));
    }
}

/// The words of a canonical form.
#[must_use]
pub fn words_of(canonical: &str) -> &str {
    text::split_once(canonical, b'\t').map_or(canonical, |(words, _)| words)
}

/// Each word of a canonical form, as many as count.
pub fn each_word(canonical: &str) -> impl Iterator<Item = &str> + Clone {
    words(words_of(canonical))
}

/// Each word of the words of a canonical form.
pub fn words(words: &str) -> impl Iterator<Item = &str> + Clone {
    text::split(words, b' ').filter(|word| !word.is_empty()).take(MOST_WORDS)
}

/// The words and the marks of a canonical form.
#[must_use]
pub fn parse(canonical: &str) -> (&str, Marks) {
    let words = words_of(canonical);
    if words.len() == canonical.len() {
        return (words, Marks::default());
    }
    let mut parts = canonical[words.len() + 1..].split('\t');
    let mut number = || parts.next().and_then(|p| u16::from_str_radix(p, 16).ok()).unwrap_or(0);
    let byte = |n: u16| u8::try_from(n).unwrap_or(0);
    let generation = byte(number());
    let descriptors = byte(number());
    (words, Marks { generation, descriptors, editions: number(), volume: number() })
}

/// Kinds of label word; `record`, `rec.` and `recordings` are one kind.
fn descriptor(word: &str) -> u8 {
    match word.as_bytes() {
        [b'r', b'e', ..] => 1,
        [b'm', b'u', ..] => 1 << 1,
        [b'e', b'n', ..] => 1 << 2,
        [b'p', b'r', ..] => 1 << 3,
        [b's', b'o', ..] | [b'a', b'u', ..] => 1 << 4,
        [b'd', b'i', ..] | [b't', b'a', ..] => 1 << 5,
        _ => 0,
    }
}

/// The title of a release or track. Guests (`feat. …`) are dropped, volume and edition set apart wherever they stand:
/// `Ride, Vol. 2 [Deluxe Edition]`, `Ride Volume II - Deluxe`.
pub fn title(raw: &str, scratch: &mut Scratch, out: &mut String) {
    out.clear();
    let Scratch { folded, splitter, .. } = scratch;
    folded.clear();
    text::fold_into(raw, folded);
    let body = without_track_number(folded);
    let mut marks = Marks::default();
    let mut kept = 0;
    for (nth, segment) in segments(body).enumerate() {
        kept += title_segment(splitter.split(segment, false), nth == 0, kept, &mut marks, out);
    }
    if kept == 0 {
        marks = Marks::default();
        for word in splitter.split(body, false).iter() {
            kept += push_word(word, kept, out);
        }
    }
    push_marks(marks, out);
}

/// One bracketed or dashed part of a title; returns how many words it added.
fn title_segment(all: Words, first: bool, kept: usize, marks: &mut Marks, out: &mut String) -> usize {
    let word = |i: usize| all.get(i);
    let is_edition = |i: usize| words::edition_bit(word(i)) != 0 || words::is_edition_filler(word(i));
    let is_year = |i: usize| word(i).len() == 4 && word(i).bytes().all(|b| b.is_ascii_digit());
    // Guests end what counts; before them, where does the run of edition words at the end begin? In a bracket it may be all.
    let guests = (usize::from(first)..all.len()).find(|i| matches!(word(*i), "feat" | "ft" | "featuring"));
    let end = guests.unwrap_or(all.len());
    let mut tail = end;
    while tail > usize::from(first) && (is_edition(tail - 1) || is_year(tail - 1)) {
        tail -= 1;
    }
    let says_edition = (tail..end).any(|i| words::edition_bit(word(i)) != 0);
    let only_filler = !first && tail == 0 && (0..end).any(|i| words::is_edition_filler(word(i)));
    if !(says_edition || only_filler) {
        tail = end;
    }
    for i in tail..end {
        marks.editions |= words::edition_bit(word(i));
    }
    let mut added = 0;
    let mut i = 0;
    while i < tail {
        let here = word(i);
        if words::is_volume_word(here)
            && let Some(number) = words::ordinal(word(i + 1))
        {
            marks.volume = number;
            i += 2;
            continue;
        }
        if !matches!(here, "the" | "and" | "a") {
            added += push_word(here, kept + added, out);
        }
        i += 1;
    }
    added
}

/// The parts of a title between brackets, dashes with spaces, colons and slashes.
fn segments(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let here = rest?;
        let bytes = here.as_bytes();
        let mut ends = (0..bytes.len()).filter_map(|at| match bytes[at] {
            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b':' | b';' | b'/' => Some((at, at + 1)),
            b' ' if bytes[at..].starts_with(b" - ") => Some((at, at + 3)),
            _ => None,
        });
        let Some((end, next)) = ends.next() else {
            return rest.take();
        };
        rest = Some(&here[next..]);
        Some(&here[..end])
    })
}

/// `007-Action Painting` is track seven, not part of the title.
fn without_track_number(folded: &str) -> &str {
    let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
    match folded[digits..].strip_prefix('-') {
        Some(rest) if (2..=3).contains(&digits) && folded.starts_with('0') => rest,
        _ => folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(f: fn(&str, &mut Scratch, &mut String), raw: &str) -> String {
        let mut out = String::new();
        f(raw, &mut Scratch::default(), &mut out);
        out
    }

    fn name(raw: &str) -> (String, String) {
        let (mut out, mut alias) = (String::new(), String::new());
        party(raw, &mut Scratch::default(), &mut out, &mut alias);
        (parse(&out).0.to_owned(), alias)
    }

    #[test]
    fn names_keep_what_distinguishes() {
        assert_eq!(name("The Wishing Moon Records, Ltd.").0, "wishing moon");
        assert_eq!(name("WISHING MOON RECORDSS LLC").0, "wishing moon");
        assert_eq!(name("Lopez && Sons Music Group LLC").0, "lopez sons");
        assert_eq!(name("King, Sophie").0, "sophie king");
        assert_eq!(name("Sway Music, L.L.C.").0, "sway");
        assert_eq!(name("The Records").0, "the records");
        assert_eq!(name("Jack Shields d/b/a Lis Amor Records"), ("lis amor".into(), "jack shields".into()));
    }

    #[test]
    fn generations_are_set_apart() {
        assert_eq!(run(artist, "George Christen Jr."), "george christen\t2\t0\t0\t0");
        assert_eq!(run(artist, "George Christen, Sr."), "george christen\t1\t0\t0\t0");
    }

    #[test]
    fn titles_set_editions_and_volumes_apart() {
        for same in
            ["Ride, Vol. 2 [Deluxe Edition]", "RIDE Volume II - Deluxe", "Ride vol.2 (Deluxe Edition) (feat. Jo)"]
        {
            assert_eq!(run(title, same), "ride\t0\t0\t4\t2", "{same}");
        }
        assert_eq!(run(title, "Christmas (Album)"), "christmas");
        assert_eq!(run(title, "Live"), "live");
        assert_eq!(run(title, "The"), "the");
        assert_eq!(run(title, "007-Action Painting!"), "action painting");
        assert_eq!(run(title, "Garden Vol 2 (feat. Oscar Robertson)"), "garden\t0\t0\t0\t2");
        assert_eq!(run(title, "Azure (2009 Remaster)"), "azure\t0\t0\t2\t0");
        assert_eq!(run(title, "Selffish - Instrumental (feat. Wil Forsythe)"), "selffish\t0\t0\t10\t0");
    }

    #[test]
    fn no_label_is_empty() {
        assert_eq!(run(label, "Self-released"), "");
        assert_ne!(run(label, "Selfless Records"), "");
    }
}
