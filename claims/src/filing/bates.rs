//! Bates numbers: one for each page of every exhibit, without gap, the same in every filing of a case.

/// How the numbers of a case are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bates {
    /// Letters before the number.
    pub prefix: String,
    /// Digits.
    pub width: usize,
}

impl Bates {
    /// One number: `ALG000123`.
    #[must_use]
    pub fn number(&self, number: i64) -> String {
        format!("{}{number:0width$}", self.prefix, width = self.width)
    }

    /// A range: `ALG000123–000127`, or one number where both ends are the same.
    #[must_use]
    pub fn range(&self, first: i64, last: i64) -> String {
        if first == last {
            self.number(first)
        } else {
            format!("{}\u{2013}{last:0width$}", self.number(first), width = self.width)
        }
    }
}

/// The pages that a citation means within a document of `pages` pages: `page 3`, `p. 2-4`, `pp. 2–4`, `3`. `None` where it
/// names something else, like a row, or a page that the document does not have: then the whole document is meant.
#[must_use]
pub fn cited_pages(place: &str, pages: i64) -> Option<(i64, i64)> {
    let lower = place.trim().to_lowercase();
    let rest = ["pages", "page", "pp.", "pp", "p.", "p"].iter().find_map(|word| lower.strip_prefix(word));
    let rest = rest.unwrap_or(&lower).trim();
    let mut ends = rest.split(['-', '\u{2013}']).map(|end| end.trim().parse::<i64>());
    let first = ends.next()?.ok()?;
    let last = match ends.next() {
        None => first,
        Some(last) => last.ok()?,
    };
    (ends.next().is_none() && 1 <= first && first <= last && last <= pages).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges() {
        let bates = Bates { prefix: "ALG".to_owned(), width: 6 };
        assert_eq!(bates.number(7), "ALG000007");
        assert_eq!(bates.range(7, 7), "ALG000007");
        assert_eq!(bates.range(7, 12), "ALG000007–000012");
        assert_eq!(bates.number(12_345_678), "ALG12345678", "a number never loses a digit");
    }

    #[test]
    fn places_as_people_type_them() {
        for (place, pages, found) in [
            ("page 3", 5, Some((3, 3))),
            ("p. 2-4", 5, Some((2, 4))),
            ("Pages 2 – 4", 5, Some((2, 4))),
            ("3", 5, Some((3, 3))),
            ("page 6", 5, None),
            ("row 12", 5, None),
            ("", 5, None),
            ("page 4-2", 5, None),
            ("page 1-2-3", 5, None),
        ] {
            assert_eq!(cited_pages(place, pages), found, "{place}");
        }
    }
}
