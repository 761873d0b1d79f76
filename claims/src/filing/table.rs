//! Tables as data: what becomes a CSV file and a sheet of the workbook.

use chrono::NaiveDate;

use crate::{Instant, money::Currency};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// What somebody typed.
    Text(String),
    /// A key, a hash, a number of a claim: safe in a spreadsheet as it is.
    Key(String),
    /// A whole number.
    Integer(i64),
    /// An amount in minor units.
    Amount(i64, Currency),
    /// A day.
    Day(NaiveDate),
    /// A moment.
    Moment(Instant),
    /// Nothing.
    Empty,
}

impl Cell {
    /// What somebody typed, empty for nothing.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A key.
    #[must_use]
    pub fn key(text: impl Into<String>) -> Self {
        Self::Key(text.into())
    }

    /// The same, empty for `None`.
    #[must_use]
    pub fn optional(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// A whole number, empty for `None`.
    #[must_use]
    pub fn units(units: Option<i64>) -> Self {
        units.map_or(Self::Empty, Self::Integer)
    }

    /// A day, empty for `None`.
    #[must_use]
    pub fn day(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Empty, Self::Day)
    }

    /// The cell as it stands in a file, before it is made safe for spreadsheets.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Key(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Amount(minor, currency) => currency.plain(*minor),
            Self::Day(day) => day.to_string(),
            Self::Moment(at) => at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            Self::Empty => String::new(),
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name in the header row.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name of its file without ending: `schedule-a`.
    pub key: &'static str,
    /// Title: `Schedule A. Unpaid sales`.
    pub title: &'static str,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Rows in order, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
    /// What the amounts of its main column add up to, where it has one.
    pub sum: Option<i64>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(key: &'static str, title: &'static str, columns: &[(&'static str, &'static str)]) -> Self {
        let columns = columns.iter().map(|(name, meaning)| Column { name, meaning }).collect();
        Self { key, title, columns, rows: Vec::new(), sum: None }
    }
}
