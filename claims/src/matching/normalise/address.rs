//! Street, city, postcode, region, country.

use crate::matching::{
    text::{self, Splitter, Words},
    words,
};

/// `3499 73rd Avenue, Apt. 5B` → `3499|73rd ave|5b`: number, street words in order, unit. A post-office box is the street
/// `pobox` with the box as number. Words that name a kind of unit are dropped, the unit itself is kept.
pub fn street(raw: &str, scratch: &mut Scratch, out: &mut String) {
    out.clear();
    if words::says_nothing(raw) {
        return;
    }
    scratch.folded.clear();
    text::fold_into(raw, &mut scratch.folded);
    if scratch.folded.contains('#') {
        scratch.folded = scratch.folded.replace('#', " apt ");
    }
    let all = scratch.splitter.split(&scratch.folded, true);
    let (mut number, mut unit) = ("", "");
    let mut unit_next = false;
    scratch.street.clear();
    let is_box = boxed(all);
    for word in all.iter() {
        if is_box {
            let digits = word.trim_start_matches(|c: char| !c.is_ascii_digit());
            if number.is_empty() && !digits.is_empty() {
                number = digits;
            }
            continue;
        }
        let canonical = words::street_word(word);
        if canonical == Some("#") {
            unit_next = true;
        } else if unit_next {
            unit = word;
            unit_next = false;
        } else if number.is_empty() && scratch.street.is_empty() && word.starts_with(|c: char| c.is_ascii_digit()) {
            number = word;
        } else {
            if !scratch.street.is_empty() {
                scratch.street.push(' ');
            }
            match canonical.map_or_else(|| words::street_ending(word), |canonical| Some(("", canonical))) {
                Some((name, ending)) => {
                    scratch.street.push_str(name);
                    scratch.street.push_str(ending);
                }
                None => scratch.street.push_str(word),
            }
        }
    }
    if is_box {
        scratch.street.push_str("pobox");
    }
    if number.is_empty() && scratch.street.is_empty() {
        return;
    }
    out.push_str(number);
    out.push('|');
    out.push_str(&scratch.street);
    out.push('|');
    out.push_str(unit);
}

/// Whether the words are those of a post-office box: `po box 12`, `p o box 12`, `pob 12`, `box 12`.
fn boxed(all: Words) -> bool {
    match all.get(0) {
        first if first.starts_with("box") || first.starts_with("pob") => {
            let rest = first.strip_prefix("pobox").unwrap_or(&first[3..]);
            rest.bytes().all(|b| b.is_ascii_digit())
        }
        "po" => all.get(1).starts_with("box"),
        "p" => all.get(1) == "o",
        _ => false,
    }
}

/// Number, street words and unit of a canonical street.
#[must_use]
pub fn parts(canonical: &str) -> (&str, &str, &str) {
    let (number, rest) = text::split_once(canonical, b'|').unwrap_or(("", canonical));
    let (street, unit) = text::split_once(rest, b'|').unwrap_or((rest, ""));
    (number, street, unit)
}

/// Buffers that survive from record to record.
#[derive(Default)]
pub struct Scratch {
    folded: String,
    splitter: Splitter,
    street: String,
}

/// A place name: folded words with single spaces; `st.` and `saint` are one, so are `ft` and `fort`.
pub fn place(raw: &str, out: &mut String) {
    out.clear();
    if words::says_nothing(raw) {
        return;
    }
    let folded = text::fold(raw);
    for word in Splitter::default().split(&folded, true).iter() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(match word {
            "saint" => "st",
            "fort" => "ft",
            "mount" => "mt",
            other => other,
        });
    }
}

/// A postcode without spaces; of a ZIP+4 the first five digits.
pub fn postcode(raw: &str, out: &mut String) {
    out.clear();
    if raw.len() == 5 && raw.bytes().all(|b| b.is_ascii_digit()) {
        out.push_str(raw);
        return;
    }
    out.extend(raw.chars().take(16).filter(|c| c.is_ascii_alphanumeric() || *c == '-').map(|c| c.to_ascii_lowercase()));
    if let Some((zip, _)) = out.split_once('-').filter(|(zip, _)| zip.len() == 5) {
        out.truncate(zip.len());
    }
    out.retain(|c| c != '-');
    if out.len() == 9 && out.bytes().all(|b| b.is_ascii_digit()) {
        out.truncate(5);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets() {
        let mut scratch = Scratch::default();
        let mut run = |raw| {
            let mut out = String::new();
            street(raw, &mut scratch, &mut out);
            out
        };
        assert_eq!(run("3499 73rd Avenue, Apt. 5B"), "3499|73rd ave|5b");
        assert_eq!(run("3992 Elm Rd #44A"), "3992|elm rd|44a");
        assert_eq!(run("P.O. Box 5849"), "5849|pobox|");
        assert_eq!(run("P O BOX 5849"), "5849|pobox|");
        assert_eq!(run("POB 5849"), "5849|pobox|");
        assert_eq!(run("Box 3346"), "3346|pobox|");
        assert_eq!(run("Boxwood Lane"), "|boxwood ln|");
        for one in ["Lindenstraße 14", "Lindenstr. 14", "LINDENSTRASSE 14"] {
            assert_eq!(run(one), run("Lindenstrasse 14"));
        }
        assert_eq!(run("Marienplatz 3"), run("Marienpl. 3"));
        assert_ne!(run("Lindenstr. 14"), run("Lindenpl. 14"));
        assert_eq!(run(""), "");
        assert_eq!(parts("3499|73rd ave|5b"), ("3499", "73rd ave", "5b"));
    }

    #[test]
    fn places() {
        let mut out = String::new();
        place("Saint  Louis", &mut out);
        assert_eq!(out, "st louis");
        postcode("20087-8988", &mut out);
        assert_eq!(out, "20087");
        postcode("M5V 5E6", &mut out);
        assert_eq!(out, "m5v5e6");
    }
}
