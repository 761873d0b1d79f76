//! What the public variant of a filing must not show, and how it is taken out of texts that people typed.
//!
//! Texts and secrets are folded alike, character by character (`İ` lowers to two characters, `Σ` to `σ` or `ς`), so that a place
//! in the folded text is a place in the typed one. One automaton (Aho and Corasick, 1975) looks for all secrets at once: a text
//! is read once, however many claims there are. Telephone numbers are compared by their last digits, whatever stands between these.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use aho_corasick::{AhoCorasick, BuildError};

use crate::matching::text::fold_into;

/// What stands for something taken out.
const OUT: &str = "[…]";

/// A secret of fewer characters must be a name, and stand as a word of its own.
const LONG: usize = 4;

/// Fewest and most digits of a telephone number.
const NUMBER: RangeInclusive<usize> = 7..=15;

/// A telephone number is known by so many of its last digits, or all: a country code or a zero before them may differ.
const LAST: usize = 9;

/// Secrets while they are collected.
#[derive(Debug, Default)]
pub(super) struct Collected {
    /// Folded, and whether each counts only as a word of its own.
    words: BTreeMap<String, bool>,
    /// The last digits of telephone numbers.
    numbers: BTreeSet<String>,
}

impl Collected {
    /// Adds a name. A name of two or three characters counts too; a single one would take every initial away. Of a person with a last
    /// name that is not short, “Last, First” and “F. Last” are added.
    pub(super) fn name(&mut self, typed: &str) {
        self.add(typed, 2, false);
        let Some((first, last)) = typed.trim().rsplit_once(char::is_whitespace) else { return };
        if last.chars().filter(|c| c.is_alphabetic()).count() < LONG {
            return;
        }
        let first = first.trim();
        self.add(&format!("{last}, {first}"), LONG, true);
        if let Some(initial) = first.chars().find(|c| c.is_alphabetic()) {
            self.add(&format!("{initial}. {last}"), LONG, true);
        }
    }

    /// Adds an address, a number or the like. A short one is none: “12” stands in many titles.
    pub(super) fn contact(&mut self, typed: &str) {
        self.add(typed, LONG, false);
        for part in Folded::new(typed).text.split(|c| !is_of_number(c)) {
            let digits: String = part.chars().filter(char::is_ascii_digit).collect();
            if NUMBER.contains(&digits.len()) {
                self.numbers.insert(digits[digits.len().saturating_sub(LAST)..].to_owned());
            }
        }
    }

    fn add(&mut self, typed: &str, least: usize, as_word: bool) {
        let folded = Folded::new(typed.trim()).text;
        let letters = folded.chars().filter(|c| c.is_alphanumeric()).count();
        if letters >= least && folded != "not reported" {
            let as_word = as_word || is_word(&folded);
            // What is somebody's whole name counts wherever it stands.
            self.words.entry(folded).and_modify(|only| *only &= as_word).or_insert(as_word);
        }
    }

    /// Makes them ready to be looked for.
    ///
    /// # Errors
    /// If they are too many for an automaton: some four thousand million characters.
    pub(super) fn ready(self) -> Result<Secrets, BuildError> {
        let whole_word = self.words.values().copied().collect();
        Ok(Secrets { automaton: AhoCorasick::new(self.words.keys())?, whole_word, numbers: self.numbers })
    }
}

/// Everything that must not be read.
pub(super) struct Secrets {
    automaton: AhoCorasick,
    /// Whether a secret, by its place, counts only as a word of its own.
    whole_word: Vec<bool>,
    /// The last digits of telephone numbers.
    numbers: BTreeSet<String>,
}

impl Secrets {
    /// Takes secrets, and whatever looks like an e-mail address or a telephone number, out of a text.
    pub(super) fn scrub(&self, typed: &str) -> String {
        let mut left = String::with_capacity(typed.len());
        let mut at = 0;
        for (start, end) in self.places(typed) {
            left.push_str(&typed[at..start]);
            left.push_str(OUT);
            at = end;
        }
        left.push_str(&typed[at..]);
        let mut words: &[&str] = &left.split(' ').collect::<Vec<_>>();
        let mut shown = Vec::with_capacity(words.len());
        while let [word, rest @ ..] = words {
            let of_contact = words_of_contact(words);
            shown.push(if of_contact > 0 { OUT } else { *word });
            words = if of_contact > 0 { &words[of_contact..] } else { rest };
        }
        shown.join(" ")
    }

    /// Where secrets stand in a text, in bytes and in order. Secrets that overlap or touch are one place: nothing of the shorter
    /// is left over when the longer is taken out.
    fn places(&self, typed: &str) -> Vec<(usize, usize)> {
        let folded = Folded::new(typed);
        let mut found: Vec<(usize, usize)> = self
            .automaton
            .find_overlapping_iter(&folded.text)
            .map(|hit| (hit.pattern(), folded.typed(typed, hit.start(), hit.end())))
            .filter(|(secret, (start, end))| !self.whole_word[secret.as_usize()] || stands_alone(typed, *start, *end))
            .map(|(_, place)| place)
            .collect();
        found.extend(self.numbers_in(&folded.text).into_iter().map(|(start, end)| folded.typed(typed, start, end)));
        found.sort_unstable();
        let mut places: Vec<(usize, usize)> = Vec::with_capacity(found.len());
        for (start, end) in found {
            match places.last_mut() {
                Some((_, last)) if start <= *last => *last = end.max(*last),
                _ => places.push((start, end)),
            }
        }
        places
    }

    /// Where telephone numbers that are known stand in a folded text, whatever stands between their digits. Each ends where a group of
    /// digits ends, and is taken out from where one begins. So few digits that none may differ before them must begin a group too: they
    /// would be found in bar codes else.
    fn numbers_in(&self, folded: &str) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        let (mut digits, mut starts) = (String::new(), Vec::new());
        let mut rest = folded.char_indices().peekable();
        while let Some((place, c)) = rest.next() {
            if !c.is_ascii_digit() {
                if !is_of_number(c) {
                    digits.clear();
                    starts.clear();
                }
                continue;
            }
            digits.push(c);
            starts.push(place);
            if self.numbers.is_empty() || rest.peek().is_some_and(|(_, next)| next.is_ascii_digit()) {
                continue;
            }
            for count in *NUMBER.start()..=LAST {
                let Some(first) = digits.len().checked_sub(count) else { break };
                if !self.numbers.contains(&digits[first..]) {
                    continue;
                }
                let before = folded[..starts[first]].trim_end_matches(|c: char| c.is_ascii_digit());
                if count == LAST || before.len() == starts[first] {
                    places.push((before.strip_suffix(['+', '(']).unwrap_or(before).len(), place + 1));
                }
            }
        }
        places
    }
}

/// What telephone numbers are written with.
fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '/' | '(' | ')' | '+')
}

/// A folded text that knows where each of its bytes comes from.
struct Folded {
    text: String,
    /// By byte of the folded text: where the character that it comes from begins in the typed one.
    starts: Vec<usize>,
}

impl Folded {
    /// Folds a text: small letters without accents, white space of any kind and length as one space.
    fn new(typed: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(typed.len()), starts: Vec::with_capacity(typed.len()) };
        let mut in_space = false;
        for (start, c) in typed.char_indices() {
            if !(in_space && c.is_whitespace()) {
                fold(c, &mut folded.text);
            }
            in_space = c.is_whitespace();
            folded.starts.resize(folded.text.len(), start);
        }
        folded
    }

    /// The place in the typed text of a place in the folded one, whole characters with the marks that follow them.
    fn typed(&self, typed: &str, start: usize, end: usize) -> (usize, usize) {
        let (first, last) = (self.starts[start], self.starts[end - 1]);
        let mut marks = typed[last..].char_indices().skip(1).skip_while(|(_, c)| {
            let mut nothing = String::new();
            fold(*c, &mut nothing);
            nothing.is_empty()
        });
        (first, marks.next().map_or(typed.len(), |(place, _)| last + place))
    }
}

fn fold(c: char, out: &mut String) {
    match c {
        c if c.is_whitespace() => out.push(' '),
        'ς' => out.push('σ'),
        c => fold_into(c.encode_utf8(&mut [0; 4]), out),
    }
}

/// Whether a secret is so short that it counts only as a word of its own: “Sia” is a name, “Siam” is another word. Scripts that
/// put no spaces between words have no words to stand alone.
fn is_word(secret: &str) -> bool {
    secret.chars().count() < LONG && !secret.chars().any(is_written_without_spaces)
}

/// Han, kana, Thai, Lao, Tibetan, Burmese and Khmer. Hangul is folded into its letters, so a name in it is never short.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{2fdf}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn stands_alone(typed: &str, start: usize, end: usize) -> bool {
    let in_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !in_word(typed[..start].chars().next_back()) && !in_word(typed[end..].chars().next())
}

/// How many of the words, from the first, look like an e-mail address, or like a telephone number: one that says so by a `+`, by an area
/// in brackets, or by groups of three, three and four digits. Other rows of digits are bar codes, catalogue numbers and years.
fn words_of_contact(words: &[&str]) -> usize {
    let Some(first) = words.first() else { return 0 };
    if first.contains('@') && first.contains('.') || is_grouped(first) {
        return 1;
    }
    let area = first.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or("", |(area, _)| area);
    if !first.starts_with('+') && area.len() != 3 && !area.starts_with('0') {
        return 0;
    }
    let is_part = |word: &&&str| {
        word.contains(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '.' | '/' | ',' | ';'))
    };
    let (mut of_number, mut digits) = (0, 0);
    for part in words.iter().take_while(is_part) {
        of_number += 1;
        digits += part.chars().filter(char::is_ascii_digit).count();
        // What follows a sign is no longer of the number.
        if part.ends_with([',', ';', '.']) || digits >= 15 {
            break;
        }
    }
    if digits >= 7 { of_number } else { 0 }
}

/// Whether a word is `503.555.0199` or `503-555-0199`, whatever signs stand around it.
fn is_grouped(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    ['.', '-'].into_iter().any(|mark| {
        let groups =
            word.split(mark).map(|group| if group.bytes().all(|b| b.is_ascii_digit()) { group.len() } else { 0 });
        groups.eq([3, 3, 4])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(names: &[&str], contacts: &[&str]) -> Secrets {
        let mut collected = Collected::default();
        names.iter().for_each(|name| collected.name(name));
        contacts.iter().for_each(|contact| collected.contact(contact));
        collected.ready().unwrap()
    }

    fn scrub(text: &str, names: &[&str]) -> String {
        secrets(names, &[]).scrub(text)
    }

    #[test]
    fn what_is_secret_is_taken_out_in_any_case_of_letters() {
        let secrets = secrets(&["Mark Powell"], &["12 Oak Lane"]);
        assert_eq!(secrets.scrub("Sung by MARK POWELL, at 12 Oak Lane"), "Sung by […], at […]");
        assert_eq!(secrets.scrub("Mark\u{a0} Powell’s at 12 Oak\nLane."), "[…]’s at […].");
        assert_eq!(
            secrets.scrub("write to a.b@example.org or +44 20 or +442079460000"),
            "write to […] or +44 20 or […]"
        );
        assert_eq!(
            secrets.scrub("+1 503 555 0199, or (503) 555-0199; (2015) 12 songs, 0 36000 29145 2, 036000291452"),
            "[…] or […] (2015) 12 songs, 0 36000 29145 2, 036000291452"
        );
        assert_eq!(scrub("Köln ÄÖÜÄ", &["äöüä"]), "Köln […]");
        assert_eq!(scrub("Elan Beyonce\u{301}, Straße", &["Élan", "Beyoncé", "STRASSE"]), "[…] […], […]");
        assert_eq!(scrub("", &["Mark"]), "");
    }

    #[test]
    fn letters_that_change_their_number_or_form_when_they_are_lowered_are_found() {
        for name in ["İpek Yılmaz", "ΓΙΩΡΓΟΣ", "Γιώργος", "ẞtraßer", "Ǆemal"] {
            for typed in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
                assert_eq!(scrub(&format!("“{typed}” ıİς live"), &[name]), "“[…]” ıİς live", "{name} as {typed}");
            }
        }
    }

    #[test]
    fn short_names_count_as_words_and_in_scripts_without_spaces_anywhere() {
        assert_eq!(scrub("SIA, Siam, Asia; by Sia", &["Sia"]), "[…], Siam, Asia; by […]");
        assert_eq!(scrub("Trio Li/Bo, Libo, Oblig Li", &["Li"]), "Trio […]/Bo, Libo, Oblig […]");
        assert_eq!(scrub("演唱王小明和李娜的歌", &["王小明", "李娜"]), "演唱[…]和[…]的歌");
        assert_eq!(scrub("가수 김산의 노래", &["김산"]), "가수 […]의 노래");
        assert_eq!(scrub("Symphony X, 王", &["X", "王"]), "Symphony X, 王");
        assert_eq!(secrets(&[], &["12"]).scrub("Op. 12"), "Op. 12");
    }

    #[test]
    fn nothing_is_left_of_secrets_that_overlap() {
        let names = ["Anna Maria", "Maria Berg", "Maria"];
        assert_eq!(scrub("with Anna Maria Berg and Maria", &names), "with […] and […]");
        assert_eq!(scrub("not reported", &["Not reported"]), "not reported");
    }

    #[test]
    fn names_are_found_turned_around_and_with_an_initial() {
        let names = ["Zebedee Quux-Farquhar", "Ann  O. Gray", "Kim Lee", "Cher"];
        assert_eq!(
            scrub("By QUUX-FARQUHAR,  Zebedee; Z. Quux-Farquhar’s; Gray, Ann O. and A. Gray", &names),
            "By […]; […]’s; […] and […]"
        );
        // A short last name stands in many words, an initial at the end of others.
        assert_eq!(
            scrub("Lee, Kim; K. Lee; DJ Za. Grayson; TZ. Quux-Farquhar", &names),
            "Lee, Kim; K. Lee; DJ Za. Grayson; TZ. Quux-Farquhar"
        );
        // Somebody's whole name is found anywhere all the same.
        assert_eq!(scrub("xA. Grayx", &["Ann Gray", "A. Gray"]), "x[…]x");
    }

    #[test]
    fn telephone_numbers_that_are_known_are_found_by_their_digits() {
        let secrets = secrets(&[], &["+1 503 555 7788", "Tel. 044 668 18 00", "555-2368"]);
        for (typed, left) in [
            ("call 503.555.7788 now", "call […] now"),
            ("5035557788", "[…]"),
            ("(503) 555-7788!", "[…]!"),
            ("503/555 7788 2015", "[…] 2015"),
            ("1-503-555-7788", "1-[…]"),
            ("Zürich +41446681800,", "Zürich […],"),
            ("0446 68 18 00", "[…]"),
            ("5\u{a0}55\u{2013}23\u{2013}68", "[…]"),
        ] {
            assert_eq!(secrets.scrub(typed), left);
        }
        let others = "0 36000 29145 2, 036000291452, ECM 1064, 2015-2016, 503 555 7789, 15552368, 45552368901, 55, 52368, 5035557788123";
        assert_eq!(secrets.scrub(others), others);
    }

    #[test]
    fn a_word_grouped_as_a_telephone_number_is_one() {
        assert_eq!(scrub("503.555.0199; “503-555-0199”, 503.555-0199", &[]), "[…] […] 503.555-0199");
        let others = "ECM 1064, 2015-2016, 0-306-40615-2, 471-234-12, A03-555-0199, 503-555-01999, 1.503.555.0199";
        assert_eq!(scrub(others, &[]), others);
    }

    #[test]
    fn a_text_full_of_almost_secrets_is_read_once() {
        // Quadratic or worse, and this would not end.
        let names: Vec<String> = (0..2_000).map(|count| format!("{}b{count}", "a".repeat(200))).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let typed = "a".repeat(500_000);
        assert_eq!(scrub(&typed, &names), typed);
        let secrets = secrets(&[], &["+1 503 555 7788"]);
        for typed in ["7".repeat(500_000), "7 ".repeat(250_000)] {
            assert_eq!(secrets.scrub(&typed), typed);
        }
    }
}
