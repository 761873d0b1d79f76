//! The fonts of every document: Libertinus Serif, and DejaVu Sans Mono for hashes and for letters that the first lacks.
//! Both are free (SIL Open Font License; Bitstream Vera licence) and come with `typst-assets`.

use std::sync::LazyLock;

use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

/// Families in order of preference.
const FAMILIES: [&str; 2] = ["libertinus serif", "dejavu sans mono"];

/// The fonts with their index.
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
    /// The same fonts, to be measured.
    pub(crate) faces: Vec<ttf_parser::Face<'static>>,
}

pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let mut found: Vec<(usize, Font, ttf_parser::Face<'static>)> = typst_assets::fonts()
        .filter_map(|bytes| {
            let font = Font::new(Bytes::new(bytes), 0)?;
            let family = font.info().family.to_lowercase();
            let place = FAMILIES.iter().position(|known| *known == family)?;
            Some((place, font, ttf_parser::Face::parse(bytes, 0).ok()?))
        })
        .collect();
    found.sort_by_key(|(place, ..)| *place);
    let (fonts, faces): (Vec<Font>, Vec<_>) = found.into_iter().map(|(_, font, face)| (font, face)).unzip();
    Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts, faces }
});

/// A text in letters that the fonts have: a character that none of them draws becomes a box, and every space, line end and
/// control character one space. PDF/A refuses characters without a shape (ISO 19005-2, 6.2.11.8); files of data keep the text.
pub(crate) fn drawable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if is_invisible(c) {
        } else if is_drawable(c) {
            out.push(c);
        } else {
            out.push('\u{25a1}');
        }
    }
    out.trim().to_owned()
}

fn is_drawable(c: char) -> bool {
    c.is_ascii_graphic() || FONTS.faces.iter().any(|face| face.glyph_index(c).is_some())
}

/// Joiners, variation selectors and marks of direction: nothing is lost without them.
fn is_invisible(c: char) -> bool {
    matches!(u32::from(c), 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfe00..=0xfe0f | 0xfeff | 0xad | 0xe0000..=0xe01ef)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_are_there_and_nothing_else() {
        assert!(FONTS.fonts.len() >= 8, "{}", FONTS.fonts.len());
        assert_eq!(FONTS.fonts[0].info().family, "Libertinus Serif");
    }

    #[test]
    fn letters_without_a_shape_become_boxes() {
        assert_eq!(drawable("Müller – Čajkovskij Чайковский"), "Müller – Čajkovskij Чайковский");
        assert_eq!(drawable("a\n b\t\u{0}c"), "a b c");
        assert_eq!(drawable("音楽"), "□□");
        assert_eq!(drawable("no\u{200b}thing\u{fe0f}"), "nothing");
    }
}
