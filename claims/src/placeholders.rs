//! Texts with placeholders between double braces, as counsel write them: `Dear {{ name }}`.

use std::collections::BTreeMap;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// What lies between placeholders.
    Words(&'a str),
    /// A placeholder.
    Name(&'a str),
    /// Two opening braces that nothing closes, and what follows them.
    Open(&'a str),
}

/// The pieces of a text, in order.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        pieces.push(Piece::Words(before));
        let Some((name, left)) = after.split_once("}}") else {
            pieces.push(Piece::Open(after));
            return pieces;
        };
        pieces.push(Piece::Name(name.trim()));
        rest = left;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// A text with its placeholders filled, in one pass: what a value contains is never read as a placeholder.
pub(crate) fn fill(text: &str, values: &BTreeMap<&'static str, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => filled.push_str(words),
            Piece::Open(after) => filled.extend(["{{", after]),
            Piece::Name(name) => filled.push_str(values.get(name).map_or("", String::as_str)),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once() {
        let values = BTreeMap::from([("name", "Ada {{number}}".to_owned()), ("number", "A-1".to_owned())]);
        assert_eq!(fill("Dear {{ name }}, {{number}}{{number}}: {x}", &values), "Dear Ada {{number}}, A-1A-1: {x}");
        assert_eq!(fill("{{unknown}}{{ name", &values), "{{ name");
    }
}
