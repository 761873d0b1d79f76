//! What a spreadsheet would run: whatever leaves the house as a table is guarded against it, and what comes in is freed of that guard.

/// Whether a spreadsheet would take a text for a formula: by its first character, the wide forms of East Asia included, and white space
/// that it passes over. Such a text gets an apostrophe in front (OWASP: CSV injection).
#[must_use]
pub const fn runs(text: &str) -> bool {
    runs_as_bytes(text.as_bytes())
}

/// The same of a text that is not known to be UTF-8.
#[must_use]
pub const fn runs_as_bytes(text: &[u8]) -> bool {
    // The wide forms are U+FF1D, U+FF0B, U+FF0D and U+FF20.
    matches!(
        text,
        [b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n', ..] | [0xef, 0xbc, 0x9d | 0x8b | 0x8d | 0xa0, ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_known_by_their_first_character() {
        for text in ["=1+1", "+44 20", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1"] {
            assert!(runs(text), "{text:?}");
        }
        for text in ["", "a=1", "Ümlaut", "12", " x", "'=", "＜"] {
            assert!(!runs(text), "{text:?}");
        }
    }
}
