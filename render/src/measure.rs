//! How wide words are, and where lines break: with these widths a table is broken into pages before Typst sees it. Tables are
//! set without kerning and ligatures, so that a line is as wide as its letters.

use std::{collections::HashMap, sync::LazyLock};

use crate::fonts::{FONTS, drawable};

/// Size of all text, in points. D. Or. LR 10-1 asks for 12 points or more.
pub(crate) const SIZE: f64 = 12.0;

/// A way to write a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Style {
    /// As running text.
    Plain,
    /// Bold.
    Bold,
    /// Italic, for what explains.
    Soft,
    /// Of one width, for hashes.
    Mono,
}

impl Style {
    /// The letter that the template knows it by.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "b",
            Self::Soft => "s",
            Self::Mono => "m",
        }
    }

    fn font(self) -> usize {
        let (family, bold, italic) = match self {
            Self::Plain => ("Libertinus Serif", false, false),
            Self::Bold => ("Libertinus Serif", true, false),
            Self::Soft => ("Libertinus Serif", false, true),
            Self::Mono => ("DejaVu Sans Mono", false, false),
        };
        let found = FONTS.fonts.iter().zip(&FONTS.faces).position(|(font, face)| {
            font.info().family == family
                && face.is_italic() == italic
                && (face.weight().to_number() == if bold { 700 } else { 400 })
        });
        found.unwrap_or(0)
    }
}

/// Widths of the characters that are common, by style.
static WIDTHS: LazyLock<HashMap<(Style, char), f64>> = LazyLock::new(|| {
    let common: Vec<char> = (' '..='~').chain('\u{a0}'..='\u{24f}').chain("–—‘’“”…·□".chars()).collect();
    let styles = [Style::Plain, Style::Bold, Style::Soft, Style::Mono];
    styles.into_iter().flat_map(|style| common.iter().map(move |c| ((style, *c), look_up(style, *c)))).collect()
});

fn look_up(style: Style, c: char) -> f64 {
    let preferred = style.font();
    let order = std::iter::once(preferred).chain((0..FONTS.faces.len()).filter(move |index| *index != preferred));
    for index in order {
        let face = &FONTS.faces[index];
        if let Some(glyph) = face.glyph_index(c) {
            let advance = f64::from(face.glyph_hor_advance(glyph).unwrap_or(0));
            return advance / f64::from(face.units_per_em()) * SIZE;
        }
    }
    SIZE
}

/// Width of a text in points.
pub(crate) fn width(text: &str, style: Style) -> f64 {
    text.chars().map(|c| WIDTHS.get(&(style, c)).copied().unwrap_or_else(|| look_up(style, c))).sum()
}

/// Where a word may go on in the next line, in texts that Typst breaks itself; the template makes an invisible space of it.
/// No text has one of its own, because [`drawable`] takes it out.
const BREAK: char = '\u{200b}';

/// The text, which is [`drawable`], with [`BREAK`] where each word that is wider than `most` points would leave the line.
pub(crate) fn breakable(text: &str, style: Style, most: f64) -> String {
    let one = |word: &str| if width(word, style) > most { apart(word, style, most) } else { word.to_owned() };
    text.split(' ').map(one).collect::<Vec<_>>().join(" ")
}

/// A word in pieces that fit, as long as they may be: Typst gives up where there are hundreds of places. Never between letters that join, or
/// that break by rules of their own.
fn apart(word: &str, style: Style, most: f64) -> String {
    let own_rules = |c: char| ('\u{590}'..'\u{1e00}').contains(&c) || c >= '\u{2e80}';
    let accent = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
    let mut out = String::with_capacity(word.len() + 16);
    let mut taken = 0.0;
    for c in word.chars() {
        let wide = width(c.encode_utf8(&mut [0; 4]), style);
        let may_break = out.chars().next_back().is_some_and(|before| !own_rules(before)) && !own_rules(c) && !accent(c);
        if may_break && taken + wide > most {
            out.push(BREAK);
            taken = 0.0;
        }
        taken += wide;
        out.push(c);
    }
    out
}

/// Breaks a text into lines no wider than `most` points: between words, and within a word that is wider than a line.
pub(crate) fn wrap(text: &str, style: Style, most: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in drawable(text).split(' ').filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, style) <= most {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if width(&line, style) > most && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, c.to_string()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_never_too_wide_and_nothing_is_lost() {
        let text =
            "Einstürzende Neubauten: Silence Is Sexy (20th anniversary edition) Donaudampfschifffahrtsgesellschaft";
        for most in [20.0, 60.0, 120.0, 468.0] {
            for style in [Style::Plain, Style::Bold, Style::Soft, Style::Mono] {
                let lines = wrap(text, style, most);
                assert!(lines.iter().all(|line| width(line, style) <= most), "{most} {lines:?}");
                assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
            }
        }
        assert_eq!(wrap("", Style::Plain, 50.0), Vec::<String>::new());
    }

    #[test]
    fn only_a_word_that_is_too_wide_may_break() {
        let name = "Allegro_Statement.pdf";
        assert_eq!(breakable(&format!("{name}, page 1"), Style::Plain, 200.0), format!("{name}, page 1"));
        let most = width(name, Style::Plain);
        assert_eq!(breakable(name, Style::Plain, most), name);
        let broken = breakable(&format!("{name}, page 1"), Style::Plain, 60.0);
        assert!(broken.contains(BREAK) && broken.ends_with(", page 1"), "{broken}");
        assert!(broken.split([BREAK, ' ']).all(|piece| width(piece, Style::Plain) <= 60.0), "{broken}");
        assert_eq!(broken.replace(BREAK, ""), format!("{name}, page 1"));
        // Kanji break by themselves, Arabic letters join, an accent stays with its letter.
        for word in ["東京音楽", "شركة", "e\u{301}"] {
            assert_eq!(breakable(word, Style::Plain, 10.0), word);
        }
        assert_eq!(drawable(&broken), format!("{name}, page 1"));
    }

    #[test]
    fn a_hash_fits_the_measure() {
        assert!(width(&"f".repeat(64), Style::Mono) < 468.0);
    }
}
