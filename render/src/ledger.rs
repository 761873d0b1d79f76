//! Tables over pages: rows of known height, heads repeated, sums carried.

use claims::money::Currency;
use serde::Serialize;

use crate::measure::{Style, wrap};

/// From one line of a cell to the next, in points.
const PITCH: f64 = 14.4;
/// Above and below the lines of a row together.
const PADDING: f64 = 5.6;
/// Left and right of the lines of a cell together.
pub(crate) const GUTTER: f64 = 8.0;
/// Most lines of a row; a longer one is broken in two.
const MOST_LINES: usize = 24;

/// How a sheet lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// Letter, upright: 6.5 × 9 inches inside its margins.
    Upright,
    /// Letter, on its side: 9 × 6.5 inches inside its margins.
    OnItsSide,
}

impl Sheet {
    /// Width inside the margins.
    pub(crate) const fn width(self) -> f64 {
        match self {
            Self::Upright => 468.0,
            Self::OnItsSide => 648.0,
        }
    }

    const fn height(self) -> f64 {
        match self {
            Self::Upright => 648.0,
            Self::OnItsSide => 468.0,
        }
    }
}

/// A line of a cell with its style.
pub(crate) type Line = (String, &'static str);

/// A column.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Column {
    /// Width in points.
    pub(crate) width: f64,
    /// Whether figures stand in it, to the right.
    pub(crate) right: bool,
    /// Its head.
    pub(crate) head: String,
}

impl Column {
    /// A column of words.
    pub(crate) fn left(width: f64, head: &str) -> Self {
        Self { width, right: false, head: head.to_owned() }
    }

    /// A column of figures.
    pub(crate) fn right(width: f64, head: &str) -> Self {
        Self { width, right: true, head: head.to_owned() }
    }
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Opens the rows of a claim; stands again on the next page if they go on there.
    Group,
    /// A row.
    Line,
    /// A sum.
    Sum,
    /// A sum carried from page to page.
    Carried,
    /// Goes on under the row before it, without a rule between.
    Under,
}

/// A row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    /// Lines of each cell.
    pub(crate) cells: Vec<Vec<Line>>,
    /// What it adds to the carried sum.
    pub(crate) amount: i64,
    /// Whether the next row must stand on the same page.
    pub(crate) with_next: bool,
    /// How many columns the first cell spans.
    pub(crate) span: usize,
}

/// A table to be broken into pages.
pub(crate) struct Table {
    pub(crate) sheet: Sheet,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    /// Lines of text over the table on its first page.
    pub(crate) intro: Vec<Line>,
    /// Column in which the sum is carried, and its currency.
    pub(crate) carry: Option<(usize, Currency)>,
    /// Points that something else takes on the first page.
    pub(crate) taken: f64,
}

/// A row with its height, for the template.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Placed {
    kind: Kind,
    height: f64,
    cells: Vec<Vec<Line>>,
    span: usize,
}

/// A page of a table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Page {
    /// Rows in order.
    pub(crate) rows: Vec<Placed>,
}

impl Table {
    /// Lines of a cell of column `column`.
    pub(crate) fn cell(&self, column: usize, text: &str, style: Style) -> Vec<Line> {
        cell(self.columns[column].width, text, style)
    }

    /// Height of the head.
    pub(crate) fn head_height(&self) -> f64 {
        let lines = self.columns.iter().map(|column| wrap(&column.head, Style::Bold, column.width - GUTTER).len());
        height(lines.max().unwrap_or(1))
    }

    fn total_row(&self, words: &str, sum: i64, column: usize, currency: Currency, kind: Kind) -> Row {
        let mut cells = vec![Vec::new(); self.columns.len()];
        cells[0] = vec![(words.to_owned(), Style::Soft.key())];
        cells[column] = vec![(currency.grouped(sum), Style::Soft.key())];
        Row { kind, cells, amount: 0, with_next: false, span: column }
    }

    /// Breaks the table into pages.
    pub(crate) fn pages(&self) -> Vec<Page> {
        let carried_height = if self.carry.is_some() { height(1) } else { 0.0 };
        let intro = if self.intro.is_empty() { 0.0 } else { self.intro.len() as f64 * PITCH + 8.0 };
        let body =
            |first: bool| self.sheet.height() - self.head_height() - if first { self.taken + intro } else { 0.0 };
        let rows: Vec<Row> = self.rows.iter().flat_map(split).collect();
        let mut pages = Vec::new();
        let (mut at, mut sum) = (0, 0i64);
        let mut group: Option<Row> = None;
        while at < rows.len() || pages.is_empty() {
            let first = pages.is_empty();
            let mut placed: Vec<Placed> = Vec::new();
            let mut left = body(first);
            if let (Some((column, currency)), false) = (self.carry, first) {
                let row = self.total_row("Brought forward", sum, column, currency, Kind::Carried);
                left -= carried_height;
                placed.push(place(&row));
            }
            if let Some(group) =
                group.as_ref().filter(|_| !first && rows.get(at).is_some_and(|row| row.kind != Kind::Group))
            {
                let again = continued(group);
                left -= height(lines_of(&again));
                placed.push(place(&again));
            }
            let begin = at;
            while at < rows.len() {
                let mut end = at;
                while rows[end].with_next && end + 1 < rows.len() {
                    end += 1;
                }
                let needed: f64 = rows[at..=end].iter().map(|row| height(lines_of(row))).sum();
                // The last rows need no line that carries their sum on.
                let reserve = if end + 1 == rows.len() { 0.0 } else { carried_height };
                if needed + reserve > left && at > begin {
                    break;
                }
                // A chain of rows that no page could hold is broken; a row alone always fits, because long ones were split.
                let end = if needed + reserve > left { at } else { end };
                for row in &rows[at..=end] {
                    match row.kind {
                        Kind::Group => group = Some(row.clone()),
                        Kind::Sum => group = None,
                        _ => {}
                    }
                    sum = sum.saturating_add(row.amount);
                    left -= height(lines_of(row));
                    placed.push(place(row));
                }
                at = end + 1;
            }
            if let (Some((column, currency)), true) = (self.carry, at < rows.len()) {
                placed.push(place(&self.total_row("Carried forward", sum, column, currency, Kind::Carried)));
            }
            pages.push(Page { rows: placed });
        }
        pages
    }
}

/// Lines of a cell of a column `width` points wide.
pub(crate) fn cell(width: f64, text: &str, style: Style) -> Vec<Line> {
    wrap(text, style, width - GUTTER).into_iter().map(|line| (line, style.key())).collect()
}

/// Height of a row of so many lines.
pub(crate) fn height(lines: usize) -> f64 {
    lines.max(1) as f64 * PITCH + PADDING
}

fn lines_of(row: &Row) -> usize {
    row.cells.iter().map(Vec::len).max().unwrap_or(1)
}

fn place(row: &Row) -> Placed {
    Placed { kind: row.kind, height: height(lines_of(row)), cells: row.cells.clone(), span: row.span }
}

/// The head of a claim on the page where its rows go on: its first line.
fn continued(group: &Row) -> Row {
    let mut again = group.clone();
    for (place, cell) in again.cells.iter_mut().enumerate() {
        cell.truncate(1);
        if place == 0 {
            cell.push(("continued".to_owned(), Style::Soft.key()));
        }
    }
    again
}

/// A row with more lines than a page takes, as several rows.
fn split(row: &Row) -> Vec<Row> {
    let lines = lines_of(row);
    if lines <= MOST_LINES {
        return vec![row.clone()];
    }
    let parts = lines.div_ceil(MOST_LINES);
    (0..parts)
        .map(|part| Row {
            cells: row
                .cells
                .iter()
                .map(|cell| cell.iter().skip(part * MOST_LINES).take(MOST_LINES).cloned().collect())
                .collect(),
            amount: if part == 0 { row.amount } else { 0 },
            with_next: row.with_next && part + 1 == parts,
            ..row.clone()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize) -> Table {
        let line = |n: usize| Row {
            kind: Kind::Line,
            cells: vec![vec![(format!("{n}"), ""); 1 + n % 3], vec![("1.00".to_owned(), "")]],
            amount: 100,
            with_next: false,
            span: 1,
        };
        Table {
            sheet: Sheet::Upright,
            columns: vec![Column::left(368.0, "What"), Column::right(100.0, "Amount")],
            rows: (0..rows).map(line).collect(),
            intro: Vec::new(),
            carry: Some((1, Currency::USD)),
            taken: 60.0,
        }
    }

    #[test]
    fn pages_are_full_but_never_too_full_and_sums_are_carried() {
        let table = table(500);
        let pages = table.pages();
        let mut seen = 0;
        for (number, page) in pages.iter().enumerate() {
            let used: f64 = page.rows.iter().map(|row| row.height).sum();
            let body = 648.0 - table.head_height() - if number == 0 { 60.0 } else { 0.0 };
            assert!(used <= body + 0.001, "page {number}: {used} in {body}");
            assert!(number + 1 == pages.len() || used > body - 60.0, "page {number} is not full: {used}");
            if number > 0 {
                assert_eq!(page.rows[0].cells[1][0].0, Currency::USD.grouped(i64::try_from(seen).unwrap() * 100));
            }
            seen += page.rows.iter().filter(|row| row.kind == Kind::Line).count();
            let last = page.rows.last().unwrap();
            if number + 1 < pages.len() {
                assert_eq!(last.kind, Kind::Carried);
                assert_eq!(last.cells[1][0].0, Currency::USD.grouped(i64::try_from(seen).unwrap() * 100));
            } else {
                assert_eq!(last.kind, Kind::Line);
            }
        }
        assert_eq!(seen, 500, "no row is lost or repeated");
    }

    #[test]
    fn a_row_longer_than_a_page_is_broken() {
        let mut table = table(1);
        table.rows[0].cells[0] = (0..100).map(|n| (format!("line {n}"), "")).collect();
        let pages = table.pages();
        let all: Vec<String> = pages
            .iter()
            .flat_map(|page| &page.rows)
            .filter(|row| row.kind == Kind::Line)
            .flat_map(|row| row.cells[0].iter().map(|line| line.0.clone()))
            .collect();
        assert_eq!(all, (0..100).map(|n| format!("line {n}")).collect::<Vec<_>>());
        assert!(pages.len() > 1);
    }

    #[test]
    fn an_empty_table_has_one_page() {
        assert_eq!(table(0).pages().len(), 1);
    }
}
