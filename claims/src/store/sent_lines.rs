//! Lines of sent versions in bulk. A row of the database carries a span of lines as one text: asking for a million lines one by
//! one costs several times what reading them does, in calls between threads, decoding and allocating.
//!
//! The text of a line is its numbers and keys, each ended by a semicolon, then what somebody typed, each behind its length in
//! bytes and a colon, so that nothing typed can be taken for a mark; then its citations in the same form, and a line break.

use std::{fmt::Write as _, sync::LazyLock};

use futures::stream::BoxStream;

use super::{Error, Tx, reading};
use crate::{
    VersionId,
    line::{Basis, Category},
};

/// Lines that come as one text: some 200 kB.
const LINES_OF_A_SPAN: i64 = 256;
/// Spans that one query reads.
const SPANS: usize = 500;

/// Some lines of a version, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// What the asker knows it by.
    pub of: usize,
    /// Version.
    pub version: VersionId,
    first: i64,
    last: i64,
}

impl Span {
    /// The spans of a version whose lines have numbers from `first` to `last`, ends included.
    pub fn of_version(of: usize, version: VersionId, first: i64, last: i64) -> impl Iterator<Item = Self> {
        (0..)
            .map_while(move |n: i64| first.checked_add(n.checked_mul(LINES_OF_A_SPAN)?))
            .take_while(move |first| *first <= last)
            .map(move |first| Self { of, version, first, last: last.min(first.saturating_add(LINES_OF_A_SPAN - 1)) })
    }

    /// As many as one query reads.
    pub fn at_once(spans: &[Self]) -> std::slice::Chunks<'_, Self> {
        spans.chunks(SPANS)
    }
}

/// Columns that end with a semicolon; NULL is empty.
const KEYS: [&str; 13] = [
    "line",
    "category",
    "currency",
    "amount",
    "rate",
    "case_amount",
    "case_interest",
    "case_costs",
    "basis",
    "citations",
    "period_from",
    "period_to",
    "units",
];
/// Columns that come behind their length; NULL is empty.
const TEXTS: [&str; 10] =
    ["channel", "gtin", "aggregator_gtin", "catalogue_number", "isrc", "artist", "title", "label", "format", "answers"];

/// Places of the query for few spans: a claim of ordinary size has one. SQLite looks through all names of parameters for each that is
/// bound, so that two thousand of them take milliseconds.
const FEW: usize = 4;

static SQL: LazyLock<String> = LazyLock::new(|| sql(SPANS));
static SQL_FOR_FEW: LazyLock<String> = LazyLock::new(|| sql(FEW));

/// The query with places for so many spans.
fn sql(places: usize) -> String {
    let mut cells = String::new();
    for key in KEYS {
        let _ = write!(cells, "l.{key}, ';', ");
    }
    for text in TEXTS {
        let _ = write!(cells, "octet_length(CAST(l.{text} AS TEXT)), ':', l.{text}, ");
    }
    let spans: Vec<String> = (0..places)
        .map(|span| {
            let [of, version, first, last] = [3, 4, 5, 6].map(|place| span * 4 + place);
            format!(
                "(CAST(${of} AS BIGINT), CAST(${version} AS BIGINT), CAST(${first} AS BIGINT), CAST(${last} AS BIGINT))"
            )
        })
        .collect();
    // Both databases add texts up in the order in which a sorted subquery gives them.
    format!(
        "SELECT column1, (SELECT string_agg(packed, '') FROM (SELECT concat({cells} CASE WHEN l.citations > 0 THEN (SELECT string_agg(concat(e.id, ';', d.sha256, ';', \
         octet_length(d.name), ':', d.name, octet_length(e.place), ':', e.place), '') FROM evidence e JOIN documents d ON d.id = e.document_id WHERE e.line_id = l.id) END, '\n') AS packed \
         FROM lines l WHERE l.version_id = column2 AND l.line BETWEEN column3 AND column4 AND l.is_right AND ($1 = '' OR l.category = $1) AND ($2 = '' OR l.basis = $2) ORDER BY l.line) p) \
         FROM (VALUES {}) s",
        spans.join(", ")
    )
}

/// The right lines of some spans, of one category and basis or all: what each span is known by, and its lines, in the order of
/// the spans. At most as many spans as [`Span::at_once`] gives.
pub fn read<'t>(
    tx: &'t mut Tx,
    spans: &[Span],
    category: Option<Category>,
    basis: Option<Basis>,
) -> BoxStream<'t, Result<(i64, Option<String>), Error>> {
    let (sql, places) = if spans.len() <= FEW { (SQL_FOR_FEW.as_str(), FEW) } else { (SQL.as_str(), SPANS) };
    let sql = sqlx::AssertSqlSafe(sql);
    reading!(tx, c => {
        let mut query = sqlx::query_as(sql).bind(category.map_or("", Category::key)).bind(basis.map_or("", Basis::key));
        for place in 0..places {
            // A span of nothing fills the place of one that is not there.
            let (of, version, first, last) = spans.get(place).map_or((-1, 0, 1, 0), |span| {
                (i64::try_from(span.of).unwrap_or(-1), span.version.0, span.first, span.last)
            });
            query = query.bind(of).bind(version).bind(first).bind(last);
        }
        query.fetch(c)
    })
}

/// A line of a sent version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentLine<'a> {
    /// Number in the claim.
    pub line: i64,
    /// Category key.
    pub category: &'a str,
    /// Currency.
    pub currency: &'a str,
    /// Amount in minor units of the currency.
    pub amount: i64,
    /// Rate into the case's currency.
    pub rate: &'a str,
    /// Amount in minor units of the case's currency.
    pub case_amount: i64,
    /// Interest in minor units of the case's currency.
    pub case_interest: i64,
    /// Costs in minor units of the case's currency.
    pub case_costs: i64,
    /// Basis key, for held inventory; else empty.
    pub basis: &'a str,
    /// How many places it cites.
    pub cited: i64,
    /// First day in ISO form, or empty.
    pub period_from: &'a str,
    /// Last day in ISO form, or empty.
    pub period_to: &'a str,
    /// Units, or empty.
    pub units: &'a str,
    /// Channel or service, barcodes of manufacturer and aggregator, catalogue number, ISRC, artist, title, label and format, each
    /// empty where it is not known.
    pub release: [&'a str; 9],
    /// Answers as typed, as JSON.
    pub answers: &'a str,
    /// What it cites, first to last.
    pub citations: Vec<SentCitation<'a>>,
}

/// A citation of a sent line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SentCitation<'a> {
    id: i64,
    /// Hash of the document.
    pub sha256: &'a str,
    /// Name of the document.
    pub name: &'a str,
    /// Page or row; empty for the whole.
    pub place: &'a str,
}

/// The lines in the text of a span.
///
/// # Errors
/// If it is not such a text.
pub fn unpack(packed: &str) -> impl Iterator<Item = Result<SentLine<'_>, Error>> {
    let mut rest = Rest(packed);
    std::iter::from_fn(move || {
        if rest.0.is_empty() {
            return None;
        }
        let line = rest.line();
        if line.is_none() {
            rest.0 = "";
        }
        Some(line.ok_or_else(|| Error::Decode("the database gave lines in a form that was not asked for".into())))
    })
}

/// What is not read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn until(&mut self, end: u8) -> Option<&'a str> {
        let at = self.0.as_bytes().iter().position(|byte| *byte == end)?;
        let (found, rest) = (self.0.get(..at)?, self.0.get(at + 1..)?);
        self.0 = rest;
        Some(found)
    }

    fn key(&mut self) -> Option<&'a str> {
        self.until(b';')
    }

    fn number(&mut self) -> Option<i64> {
        self.key()?.parse().ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.until(b':')?;
        // NULL has no length.
        let length: usize = if length.is_empty() { 0 } else { length.parse().ok()? };
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }

    fn line(&mut self) -> Option<SentLine<'a>> {
        let mut line = SentLine {
            line: self.number()?,
            category: self.key()?,
            currency: self.key()?,
            amount: self.number()?,
            rate: self.key()?,
            case_amount: self.number()?,
            case_interest: self.number()?,
            case_costs: self.number()?,
            basis: self.key()?,
            cited: self.number()?,
            period_from: self.key()?,
            period_to: self.key()?,
            units: self.key()?,
            release: Default::default(),
            answers: "",
            citations: Vec::new(),
        };
        for text in &mut line.release {
            *text = self.text()?;
        }
        line.answers = self.text()?;
        while !self.0.starts_with('\n') {
            let (id, sha256) = (self.number()?, self.key()?);
            line.citations.push(SentCitation { id, sha256, name: self.text()?, place: self.text()? });
        }
        self.0 = self.0.get(1..)?;
        line.citations.sort_unstable();
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_is_taken_for_a_mark() {
        let text = |typed: &str| format!("{}:{typed}", typed.len());
        let answers = r#"{"note":"1:a;\n2:b"}"#;
        let mut packed = "7;other;USD;-5;1.5;6;0;0;;2;2015-01-01;2015-03-31;;".to_owned();
        packed.push_str(&["physical", "", "", "A;7:B\n", "", "Müller", "", "", "cd", answers].map(text).concat());
        packed.push_str(&format!("12;{0};{1}{2}", "f".repeat(64), text("b\n;.pdf"), text("")));
        packed.push_str(&format!("9;{0};{1}{2}\n", "e".repeat(64), text("a.pdf"), text("p. 3")));
        let twice = packed.repeat(2);
        let lines: Vec<_> = unpack(&twice).map(Result::unwrap).collect();
        assert_eq!((lines.len(), &lines[0]), (2, &lines[1]));
        assert_eq!((lines[0].line, lines[0].amount, lines[0].units, lines[0].period_to), (7, -5, "", "2015-03-31"));
        assert_eq!((lines[0].release[3], lines[0].release[5], lines[0].answers), ("A;7:B\n", "Müller", answers));
        let cited: Vec<_> = lines[0].citations.iter().map(|cited| (cited.name, cited.place)).collect();
        assert_eq!(cited, [("a.pdf", "p. 3"), ("b\n;.pdf", "")], "in the order in which they were made");
        for broken in ["7", "7;other;", &packed[..packed.len() - 1], &packed.replace("20:", "90:")] {
            assert!(unpack(broken).any(|line| line.is_err()), "{broken}");
        }
    }

    #[test]
    fn spans_hold_every_number_once() {
        for (first, last) in [(1, 1), (1, 256), (1, 257), (5, 1_000), (3, 2)] {
            let spans: Vec<Span> = Span::of_version(0, VersionId(1), first, last).collect();
            let numbers: Vec<i64> = spans.iter().flat_map(|span| span.first..=span.last).collect();
            assert_eq!(numbers, (first..=last).collect::<Vec<_>>());
        }
        assert_eq!(Span::of_version(0, VersionId(1), i64::MAX - 1, i64::MAX).count(), 1);
    }
}
