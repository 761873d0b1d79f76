//! Reading a table of records from CSV (RFC 4180).

use super::{
    columns::{Column, Kind},
    draft::BATCH,
    records::{RecordError, Records},
    rows::{Row, Rows},
};
use std::io::Read;

/// Why a table cannot be matched. Rows are counted as a spreadsheet does: the header is row 1.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No header row.
    #[error("the file is empty: it needs a header row with a column \"id\"")]
    Empty,
    /// No column `id`.
    #[error("row 1: there is no column \"id\" among: {0}")]
    NoId(String),
    /// A known column stands in the header twice.
    #[error("row 1: the column \"{0}\" occurs twice")]
    RepeatedColumn(String),
    /// Nothing to compare.
    #[error("row 1: no known column to compare among: {0}")]
    NothingToCompare(String),
    /// The kind asked for has no column in the table.
    #[error("row 1: no column tells a {0}; use --kind auto or name the columns as documented")]
    WrongKind(&'static str),
    /// Bytes that are not UTF-8.
    #[error("row {row}, column \"{column}\": the text is not valid UTF-8; save the file as UTF-8")]
    NotUtf8 {
        /// The row.
        row: u64,
        /// The column.
        column: String,
    },
    /// More or fewer cells than the header has.
    #[error("row {row}: {found} cells where the header has {expected}")]
    Cells {
        /// The row.
        row: u64,
        /// Cells found.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// An id that is empty or repeated.
    #[error("row {row}, column \"id\": {problem}")]
    Id {
        /// The row.
        row: u64,
        /// What is wrong.
        problem: String,
    },
    /// The source of the bytes failed, or they are not CSV.
    #[error("row {row}: {problem}")]
    Csv {
        /// The row.
        row: u64,
        /// What is wrong.
        problem: String,
    },
}

impl ReadError {
    fn id(row: u64, error: &RecordError) -> Self {
        let problem = match error {
            RecordError::EmptyId => error.to_string(),
            RecordError::RepeatedId { id, first } => format!("\"{id}\" was already used in row {}", first + 1),
        };
        Self::Id { row, problem }
    }
}

/// Room is made for at most this many records before they are seen.
const MOST_EXPECTED: usize = 1 << 24;

/// A table that was read.
#[derive(Debug)]
pub struct Table {
    /// The records.
    pub records: Records,
    /// Header cells that name no known column.
    pub unknown_columns: Vec<String>,
}

/// Reads a table. `kind` is `None` to choose by the columns present; `size` is the number of bytes to come where that is known;
/// `progress` is told the bytes read now and then.
///
/// # Errors
/// The first problem found, with its row and column.
pub fn read(
    mut input: impl Read,
    kind: Option<Kind>,
    size: Option<u64>,
    mut progress: impl FnMut(u64),
) -> Result<Table, ReadError> {
    read_from(&mut input, kind, size, &mut progress)
}

/// Not generic, so that it is compiled here, with this crate's optimisation, and once.
fn read_from(
    input: &mut dyn Read,
    kind: Option<Kind>,
    size: Option<u64>,
    progress: &mut dyn FnMut(u64),
) -> Result<Table, ReadError> {
    let mut rows = Rows::new(input);
    let mut row = Row::default();
    let mut number = 1;
    if !next(&mut rows, &mut row, number)? {
        return Err(ReadError::Empty);
    }
    let (header, columns, unknown_columns) = header(&row)?;
    let kind = checked_kind(kind, &columns, &header)?;
    let id_column = columns.iter().position(|c| *c == Some(Column::Id)).unwrap_or(0);
    let mut records = Records::new(kind, &columns);
    let mut waiting = 0;
    while next(&mut rows, &mut row, number + 1)
        .or_else(|error| settled(&mut records, number, waiting).and(Err(error)))?
    {
        number += 1;
        if let Err(error) = draft(&mut records, &row, &header, id_column, number) {
            // Records that wait stand before this one: a fault of theirs is the first one.
            settled(&mut records, number - 1, waiting)?;
            return Err(error);
        }
        waiting += 1;
        if waiting == BATCH {
            settled(&mut records, number, waiting)?;
            waiting = 0;
        }
        if let (4096, Some(size)) = (number, size) {
            let rows = size / (rows.taken() / 4096).max(1);
            records.reserve(usize::try_from(rows).unwrap_or(0).min(MOST_EXPECTED));
        }
        if number % 4096 == 0 {
            progress(rows.taken());
        }
    }
    settled(&mut records, number, waiting)?;
    records.finish();
    Ok(Table { records, unknown_columns })
}

/// Adds the records that wait, the last of which stands in row `last`.
fn settled(records: &mut Records, last: u64, waiting: usize) -> Result<(), ReadError> {
    records.settle().map_err(|(before, error)| ReadError::id(last - (waiting - 1 - before) as u64, &error))
}

/// Checks a row and normalises it.
fn draft(records: &mut Records, row: &Row, header: &[String], id_column: usize, number: u64) -> Result<(), ReadError> {
    let Some(text) = row.text() else {
        return Err(not_utf8(row, header, number));
    };
    if row.len() > header.len() || (row.len() < header.len() && row.len() <= id_column) {
        return Err(ReadError::Cells { row: number, found: row.len(), expected: header.len() });
    }
    records.draft(|cell| &text[row.range(cell)]).map(|_| ()).map_err(|error| ReadError::id(number, &error))
}

fn not_utf8(row: &Row, header: &[String], number: u64) -> ReadError {
    let bad = row.cells().position(|cell| std::str::from_utf8(cell).is_err()).unwrap_or(0);
    let column = header.get(bad).cloned().unwrap_or_else(|| format!("number {}", bad + 1));
    ReadError::NotUtf8 { row: number, column }
}

fn next(rows: &mut Rows, row: &mut Row, number: u64) -> Result<bool, ReadError> {
    rows.next(row).map_err(|error| ReadError::Csv { row: number, problem: error.to_string() })
}

/// The header's cells, the columns they name, and those they do not.
type Header = (Vec<String>, Vec<Option<Column>>, Vec<String>);

fn header(row: &Row) -> Result<Header, ReadError> {
    let mut names = Vec::with_capacity(row.len());
    for (i, cell) in row.cells().enumerate() {
        let name = std::str::from_utf8(cell)
            .map_err(|_| ReadError::NotUtf8 { row: 1, column: format!("number {}", i + 1) })?;
        names.push(name.trim().trim_start_matches('\u{feff}').to_owned());
    }
    if names.iter().all(String::is_empty) {
        return Err(ReadError::Empty);
    }
    let columns: Vec<Option<Column>> = names.iter().map(|name| Column::of(name)).collect();
    for (i, column) in columns.iter().enumerate() {
        if column.is_some() && columns[..i].contains(column) {
            return Err(ReadError::RepeatedColumn(names[i].clone()));
        }
    }
    if !columns.contains(&Some(Column::Id)) {
        return Err(ReadError::NoId(list(&names)));
    }
    let unknown = names.iter().zip(&columns).filter(|(_, c)| c.is_none()).map(|(n, _)| n.clone()).collect();
    Ok((names, columns, unknown))
}

fn checked_kind(kind: Option<Kind>, columns: &[Option<Column>], names: &[String]) -> Result<Kind, ReadError> {
    let has = |test: fn(Column) -> bool| columns.iter().flatten().any(|c| test(*c));
    match kind {
        Some(Kind::Claimants) if !has(Column::is_party) => Err(ReadError::WrongKind("claimant")),
        Some(Kind::Lines) if !has(Column::is_release) => Err(ReadError::WrongKind("release")),
        Some(kind) => Ok(kind),
        None => Kind::of(columns).ok_or_else(|| ReadError::NothingToCompare(list(names))),
    }
}

/// Names for a message; a table may have very many.
fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(40).map(|n| n.chars().take(40).collect()).collect();
    let more = if names.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
