//! Words in a mail that lead somewhere: links in the HTML part, addresses under the line in the text part.
//!
//! They are marked with characters for private use. What people typed is written without such characters, so nobody can make
//! a link of their own.

use std::fmt::Write as _;

use minijinja::{Error, ErrorKind, Output, State, Value, escape_formatter};

const START: char = '\u{e000}';
const MIDDLE: char = '\u{e001}';
const END: char = '\u{e002}';

/// `words` that lead to `href`, to be put among other words that [`plain`] cleaned.
#[must_use]
pub fn linked(words: &str, href: &str) -> String {
    format!("{START}{}{MIDDLE}{}{END}", plain(words), plain(href))
}

/// What somebody typed, without marks, on one line.
#[must_use]
pub fn plain(typed: &str) -> String {
    unmarked(typed).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without marks, its lines kept.
#[must_use]
pub fn unmarked(text: &str) -> String {
    text.chars().filter(|c| !matches!(*c, START..=END)).collect()
}

/// Writes a value of a template: as it is if it was made with [`linked`] and said to be safe, else without marks.
///
/// # Errors
/// If a placeholder has no value.
pub(super) fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if value.is_safe() => out.write_str(text).map_err(Error::from),
        Some(text) => out.write_str(&unmarked(text)).map_err(Error::from),
        None if value.is_undefined() => Err(Error::new(ErrorKind::UndefinedError, "a placeholder has no value")),
        None => escape_formatter(out, state, value),
    }
}

/// The marked words of a line with their addresses, and what lies between.
fn pieces(line: &str) -> impl Iterator<Item = (&str, Option<(&str, &str)>)> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let Some((before, marked)) = text.split_once(START) else { return Some((text, None)) };
        let (link, after) = marked.split_once(END).unwrap_or((marked, ""));
        rest = (!after.is_empty()).then_some(after);
        Some((before, Some(link.split_once(MIDDLE).unwrap_or((link, "")))))
    })
}

/// Marked words without where they lead: for a subject.
pub(super) fn words(marked: &str) -> String {
    pieces(marked).flat_map(|(before, link)| [before, link.map_or("", |(words, _)| words)]).collect()
}

/// The text part: each line without marks, its addresses under it, but for those that have a line of their own in the mail.
pub(super) fn text(marked: &str) -> String {
    let own: Vec<&str> = marked.lines().map(str::trim).filter(|line| line.starts_with("http")).collect();
    let mut out = String::with_capacity(marked.len());
    for (place, line) in marked.lines().enumerate() {
        if place > 0 {
            out.push('\n');
        }
        let mut under: Vec<&str> = Vec::new();
        for (before, link) in pieces(line) {
            out.push_str(before);
            if let Some((words, href)) = link {
                out.push_str(words);
                if !own.contains(&href) && !under.contains(&href) {
                    under.push(href);
                }
            }
        }
        for href in under {
            let _ = write!(out, "\n  {href}");
        }
    }
    out
}

/// A line of the HTML part, already escaped, with its links.
pub(super) fn html(escaped: &str) -> String {
    let mut out = String::with_capacity(escaped.len());
    for (before, link) in pieces(escaped) {
        out.push_str(before);
        if let Some((words, href)) = link {
            let _ = write!(out, "<a href=\"{href}\">{words}</a>");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_somewhere_in_both_parts() {
        let line = format!(
            "- {}: {} and {}.",
            linked("A-1", "https://x/a"),
            linked("$1.00", "https://x/a"),
            linked("2", "https://x/b")
        );
        assert_eq!(text(&line), "- A-1: $1.00 and 2.\n  https://x/a\n  https://x/b");
        assert_eq!(
            html(&line),
            "- <a href=\"https://x/a\">A-1</a>: <a href=\"https://x/a\">$1.00</a> and <a href=\"https://x/b\">2</a>."
        );
        let own = format!("{}\n\nhttps://x/a", linked("$1.00", "https://x/a"));
        assert_eq!(text(&own), "$1.00\n\nhttps://x/a", "an address that stands below is not repeated");
    }

    #[test]
    fn nobody_makes_a_link_by_typing() {
        let typed = "\u{e000}click\u{e001}https://evil.example\u{e002}\nBcc: x";
        assert_eq!(plain(typed), "clickhttps://evil.example Bcc: x");
        assert!(!linked(typed, "https://x/a").contains("click\u{e001}https://evil"));
    }
}
