//! Texts that an administrator typed, and facts of a case, as the public reads them.

use claims::{file_size, intake::reader::read_email, line::Category};
use leptos::prelude::*;

/// The longest first sentence that is shown; a longer one is cut at a word.
const SENTENCE: usize = 240;
/// What is shorter is an abbreviation, not a sentence: “Allegro Media Inc.”
const SHORTEST: usize = 40;

/// The first sentence of a text, for a list.
#[must_use]
pub fn first_sentence(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim();
    let end = line.char_indices().find(|(at, c)| {
        let rest = &line[at + c.len_utf8()..];
        matches!(c, '.' | '!' | '?') && *at >= SHORTEST && rest.chars().next().is_none_or(char::is_whitespace)
    });
    let sentence = end.map_or(line, |(at, c)| &line[..at + c.len_utf8()]);
    if sentence.chars().count() <= SENTENCE {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(SENTENCE).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end_matches([',', ';', ':', '–']))
}

/// A typed text as paragraphs; single line breaks are kept.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<AnyView> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| {
            let paragraph = paragraph.to_owned();
            view! { <p class="lines">{paragraph}</p> }.into_any()
        })
        .collect()
}

/// A contact as typed, with its e-mail addresses as links.
#[must_use]
pub fn contact(text: &str) -> AnyView {
    let parts: Vec<_> = text
        .trim()
        .split_inclusive(char::is_whitespace)
        .map(|part| {
            let word = part.trim_end();
            let bare = word.trim_end_matches(['.', ',', ';', ')', '>']).trim_start_matches(['(', '<']);
            match (read_email(bare), word.split_once(bare)) {
                (Ok(address), Some((before, after))) => {
                    let after = format!("{after}{}", &part[word.len()..]);
                    let href = format!("mailto:{address}");
                    view! { {before.to_owned()}<a href=href>{address}</a>{after} }.into_any()
                }
                _ => part.to_owned().into_any(),
            }
        })
        .collect();
    view! { <p class="lines">{parts}</p> }.into_any()
}

/// What a category means, in plain words.
#[must_use]
pub const fn in_plain_words(category: Category) -> &'static str {
    match category {
        Category::UnpaidSales => "money owed to you for copies and downloads that were sold",
        Category::HeldInventory => "your copies that the distributor had and did not give back",
        Category::DigitalRoyalties => "money from digital services for your releases that has not reached you",
        Category::Other => "what you paid to get stock back, unlicensed copies, fees, and what else you lost",
    }
}

/// Kind and size of a file, to know before it is opened: `PDF, 2.1 MB`.
#[must_use]
pub fn kind_and_size(media_type: &str, bytes: i64) -> String {
    let kind = match media_type {
        "application/pdf" => "PDF",
        "image/png" => "PNG",
        "image/jpeg" => "JPEG",
        "image/heif" => "HEIC photo",
        "text/csv" => "CSV",
        "text/plain" => "text",
        "message/rfc822" => "e-mail",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "XLSX",
        "application/vnd.oasis.opendocument.spreadsheet" => "ODS",
        other => other.rsplit('/').next().unwrap_or(other),
    };
    format!("{kind}, {}", file_size::show_stored(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_sentence_ends_at_a_sentence() {
        let text = "Allegro Media Inc. distributed records and stopped paying. In June 2016 it closed.\n\nMore.";
        // An abbreviation near the start does not end it; the first full stop after forty characters does.
        assert_eq!(first_sentence(text), "Allegro Media Inc. distributed records and stopped paying.");
        assert_eq!(first_sentence("  Short one.  \nNext"), "Short one.");
        assert_eq!(first_sentence(""), "");
        let long = first_sentence(&"word, ".repeat(100));
        assert!(long.ends_with("word…") && long.chars().count() <= SENTENCE, "{long}");
    }

    #[test]
    fn addresses_of_a_contact_are_links_and_the_rest_is_text() {
        let html =
            contact("Ada Marlowe (ada@example.org), <b>Portland</b>\n+1 503 555 0100").to_html().replace("<!>", "");
        assert!(html.contains("<a href=\"mailto:ada@example.org\">ada@example.org</a>"), "{html}");
        assert!(
            html.contains('(') && html.contains("),") && html.contains("&lt;b&gt;Portland") && html.contains('\n'),
            "{html}"
        );
    }

    #[test]
    fn sizes() {
        assert_eq!(kind_and_size("application/pdf", 2_140_000), "PDF, 2.1 MB");
        assert_eq!(kind_and_size("image/gif", 999), "gif, 999 bytes");
        assert_eq!(kind_and_size("text/csv", 90_400), "CSV, 90 kB");
    }
}
