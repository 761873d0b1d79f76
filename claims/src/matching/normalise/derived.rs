//! E-mails that are made of the name. `olivia.wright@…` agrees for two Olivia Wrights without telling more than the name
//! did; counting it as independent evidence is what makes thresholds fail as data grow and namesakes multiply.

use super::contact;
use crate::matching::{distance, words};

/// No limit: the e-mail is not made of the name.
pub const UNLIMITED: u8 = u8::MAX;

/// Bits that an agreeing provider and an agreeing way of making a mailbox of a name are worth.
pub const HABIT: u8 = 3;
/// Bits that a figure in a mailbox is worth: log2 10, less because birth years and small numbers are preferred.
const FIGURE: usize = 3;

/// How many bits the agreement of this canonical e-mail can be worth, given the words of the name and of the contact.
#[must_use]
pub fn limit<'a>(email: &str, words: &(impl Iterator<Item = &'a str> + Clone), buffer: &mut String) -> u8 {
    let (mailbox, domain) = contact::mailbox(email);
    if words::is_free_mail(domain) {
        return match figures_beside_name(mailbox, words, buffer) {
            Some(figures) => bits(figures),
            None => UNLIMITED,
        };
    }
    // A firm's own domain: made of the name if its first part is, and then the mailbox adds a function or a given name.
    let stem = domain.split('.').next().unwrap_or("");
    match figures_beside_name(stem, words, buffer) {
        Some(figures) => bits(figures),
        None => UNLIMITED,
    }
}

/// Words that everybody adds, each with the letters of its start.
const COMMON: [(&str, u32); 11] = [
    with_letters("official"),
    with_letters("recordings"),
    with_letters("records"),
    with_letters("music"),
    with_letters("band"),
    with_letters("label"),
    with_letters("entertainment"),
    with_letters("audio"),
    with_letters("sound"),
    with_letters("the"),
    with_letters("and"),
];

/// The letters of the first [`START`] are those of [`distance::letters`].
const fn with_letters(word: &'static str) -> (&'static str, u32) {
    let (mut letters, mut at) = (0, 0);
    while at < word.len() && at < START {
        letters |= 1 << (word.as_bytes()[at] & 31);
        at += 1;
    }
    (word, letters)
}

/// So many letters at the start of a word stand for it.
const START: usize = 4;

fn bits(figures: usize) -> u8 {
    u8::try_from(usize::from(HABIT) + FIGURE * figures).unwrap_or(UNLIMITED)
}

/// The number of figures in `text` if its letters are words of the name, their starts, initials and words that everybody adds.
fn figures_beside_name<'a>(
    text: &str,
    words: &(impl Iterator<Item = &'a str> + Clone),
    rest: &mut String,
) -> Option<usize> {
    rest.clear();
    // Most have their figures at the end.
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    if text.as_bytes()[letters..].iter().all(u8::is_ascii_digit) {
        rest.push_str(&text[..letters]);
    } else {
        rest.extend(text.chars().filter(|c| c.is_alphabetic()));
    }
    let figures = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = distance::letters(rest);
    let mut found = false;
    for word in words.clone() {
        found |= take(rest, letters, word);
    }
    if !found {
        return None;
    }
    for (common, of_start) in COMMON {
        if of_start & !letters == 0 {
            take(rest, letters, common);
        }
    }
    let initials = rest.len() <= 3 && rest.chars().all(|c| words.clone().any(|word| word.starts_with(c)));
    initials.then_some(figures)
}

/// Removes a word, or its start of four letters and more, from the text; tells whether it was there. No letters but these
/// occur in the text.
fn take(rest: &mut String, letters: u32, word: &str) -> bool {
    let least = word.len().min(START);
    if least < 3 || rest.len() < least {
        return false;
    }
    let Some(start) = word.get(..least) else { return false };
    if distance::letters(start) & !letters != 0 {
        return false;
    }
    // Words this short are found sooner by looking at every place than by preparing a search.
    let starts_here = |place: &[u8]| place == start.as_bytes();
    let Some(first) = rest.as_bytes().windows(least).position(starts_here) else {
        return false;
    };
    // The longest start of the word that occurs anywhere, at its first place.
    let mut best = (first, least);
    for at in first..=rest.len() - least {
        let same = rest.as_bytes()[at..].iter().zip(word.as_bytes()).take_while(|(x, y)| x == y).count();
        let same = (0..=same).rev().find(|end| word.is_char_boundary(*end)).unwrap_or(0);
        if same > best.1 {
            best = (at, same);
        }
    }
    rest.drain(best.0..best.0 + best.1);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(email: &str, name: &str) -> u8 {
        limit(email, &name.split(' '), &mut String::new())
    }

    #[test]
    fn a_mailbox_made_of_the_name_is_worth_little() {
        assert_eq!(of("oliviawright@gmail.com", "olivia wright"), 3);
        assert_eq!(of("owright84@gmail.com", "olivia wright"), 9);
        assert_eq!(of("amyrodrigu2304@gmail.com", "amy rodriguez"), 15);
        assert_eq!(of("oliviawrightmusic@gmail.com", "olivia wright"), 3);
    }

    #[test]
    fn anything_else_is_not_limited() {
        assert_eq!(of("bluetrain@gmail.com", "olivia wright"), UNLIMITED);
        assert_eq!(of("rpatel@attackthat.com", "reece patel"), UNLIMITED);
        assert_eq!(of("info@johnsonsons.net", "johnson sons"), 3);
    }
}
