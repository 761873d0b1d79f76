//! The fonts of every document, in `render/assets`: Libertinus Serif, then Noto fonts for the scripts that it lacks (Arabic, Hebrew,
//! Chinese, Japanese, Korean, emoji), and DejaVu Sans Mono for hashes. All may be embedded (SIL Open Font License; Bitstream Vera
//! licence). `render/assets/README.md` says where they come from and how they were cut to size.

use std::sync::LazyLock;

use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

/// The files, in the order in which a letter is looked for. The templates name the families in the same order, so that what is
/// measured is what is set.
const FILES: [&[u8]; 10] = [
    include_bytes!("../assets/LibertinusSerif-Regular.otf"),
    include_bytes!("../assets/LibertinusSerif-Bold.otf"),
    include_bytes!("../assets/LibertinusSerif-Italic.otf"),
    include_bytes!("../assets/LibertinusSerif-BoldItalic.otf"),
    include_bytes!("../assets/NotoNaskhArabic-Regular.ttf"),
    include_bytes!("../assets/NotoSerifHebrew-Regular.ttf"),
    include_bytes!("../assets/NotoSansCJKsc-Regular.otf"),
    include_bytes!("../assets/DejaVuSansMono.ttf"),
    include_bytes!("../assets/DejaVuSansMono-Bold.ttf"),
    include_bytes!("../assets/NotoEmoji-Regular.ttf"),
];

/// The fonts with their index.
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
    /// The same fonts, to be measured.
    pub(crate) faces: Vec<ttf_parser::Face<'static>>,
}

pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let found = FILES
        .into_iter()
        .filter_map(|bytes| Some((Font::new(Bytes::new(bytes), 0)?, ttf_parser::Face::parse(bytes, 0).ok()?)));
    let (fonts, faces): (Vec<Font>, Vec<_>) = found.unzip();
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
    fn every_font_is_there_and_the_templates_name_it() {
        assert_eq!(FONTS.fonts.len(), FILES.len());
        let mut families: Vec<&str> = FONTS.fonts.iter().map(|font| font.info().family.as_str()).collect();
        families.dedup();
        let named = families.iter().map(|family| format!("\"{family}\"")).collect::<Vec<_>>().join(", ");
        for template in [include_str!("templates/common.typ"), include_str!("templates/exhibits.typ")] {
            assert!(template.contains(&named), "{named} is not in\n{template}");
        }
    }

    #[test]
    fn names_in_many_scripts_are_drawn() {
        for name in [
            "東京音楽出版株式会社",
            "林俊傑 王菲",
            "김민수 레코드",
            "شركة النور للموسيقى",
            "שלמה ארצי",
            "Ωδείο Αθηνών",
            "Чайковский",
            "Đặng Thái Sơn",
            "🎻🎵 ♫",
        ] {
            assert_eq!(drawable(name), name);
        }
        let missing: Vec<char> =
            ('一'..='龥').chain('가'..='힣').chain('ぁ'..='ヿ').filter(|c| !is_drawable(*c)).collect();
        assert!(missing.iter().all(|c| matches!(c, '\u{3097}' | '\u{3098}')), "{missing:?}");
    }

    #[test]
    fn letters_without_a_shape_become_boxes() {
        assert_eq!(drawable("Müller – Čajkovskij Чайковский"), "Müller – Čajkovskij Чайковский");
        assert_eq!(drawable("a\n b\t\u{0}c"), "a b c");
        assert_eq!(drawable("\u{e000}\u{12000}"), "□□");
        assert_eq!(drawable("no\u{200b}thing\u{fe0f}"), "nothing");
    }
}
