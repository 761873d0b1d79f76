//! One row as it stands in the file: its cells as bytes of UTF-8, without white space around them.

use crate::spreadsheet;

/// The cells of a row. One value is used for all rows of a file, so that reading allocates nothing per row.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// The row as a spreadsheet counts it, from 1.
    pub number: u64,
    pub(super) text: Vec<u8>,
    pub(super) spans: Vec<(u32, u32)>,
    /// For each cell of a spreadsheet, what it is; empty for text files.
    pub(super) kinds: Vec<CellKind>,
    /// Cells that lie in a merged one which begins in a row above, and hold its value: their column, and that row.
    pub(super) merged: Vec<(usize, u64)>,
}

/// What a cell of a spreadsheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CellKind {
    /// Text, as in every text file.
    #[default]
    Text,
    /// A number: written with a point, whatever the language of the file.
    Number,
    /// A day, written `2016-06-03`.
    Day,
    /// The same of a column in which all days are the first of their month: the month may be meant.
    First,
    /// A formula that failed, such as `#REF!`.
    Failed,
}

impl Cells {
    /// Empties the row and gives it a number.
    pub(super) fn begin(&mut self, number: u64) {
        self.number = number;
        self.text.clear();
        self.spans.clear();
        self.kinds.clear();
        self.merged.clear();
    }

    /// Puts something else into a cell.
    pub(super) fn put(&mut self, column: usize, cell: &[u8], kind: CellKind) {
        while self.len() <= column {
            self.push(b"", CellKind::Text);
        }
        let from = self.text.len();
        self.text.extend_from_slice(cell);
        self.spans[column] = (short(from), short(self.text.len()));
        self.kinds.resize(self.spans.len(), CellKind::Text);
        self.kinds[column] = kind;
    }

    /// A cell that lies in [`Self::text`] as it is to be, further than all before it.
    pub(super) fn put_span(&mut self, column: usize, (from, to): (usize, usize), kind: CellKind) {
        debug_assert_eq!(column, self.len(), "cells come in their order");
        self.spans.push((short(from), short(to)));
        self.kinds.resize(self.spans.len() - 1, CellKind::Text);
        self.kinds.push(kind);
    }

    /// A cell that lies in [`Self::text`], trimmed, and without the apostrophe that keeps a spreadsheet from running it.
    #[inline]
    pub(super) fn span(&mut self, from: usize, to: usize) {
        let whole = &self.text[from..to];
        let unusual = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'\'');
        if !unusual(whole.first()) && !unusual(whole.last()) {
            self.spans.push((short(from), short(to)));
            return;
        }
        let start = whole.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let end = to - whole[start..].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
        let guard = usize::from(is_guarded(&self.text[from + start..end]));
        self.spans.push((short(from + start + guard), short(end)));
    }

    /// A further cell.
    pub(super) fn push(&mut self, cell: &[u8], kind: CellKind) {
        let from = self.text.len();
        self.text.extend_from_slice(cell);
        self.span(from, self.text.len());
        self.kinds.resize(self.spans.len() - 1, CellKind::Text);
        self.kinds.push(kind);
    }

    /// How many cells the row has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether the row has no cells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// A cell; empty where the row is shorter.
    #[must_use]
    pub fn get(&self, column: usize) -> &[u8] {
        self.spans.get(column).map_or(&[], |(from, to)| &self.text[*from as usize..*to as usize])
    }

    /// What a cell is.
    #[must_use]
    pub fn kind(&self, column: usize) -> CellKind {
        self.kinds.get(column).copied().unwrap_or_default()
    }

    /// A cell as text.
    #[must_use]
    pub fn words(&self, column: usize) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.get(column))
    }

    /// All cells.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|column| self.get(column))
    }

    /// Whether every cell is empty.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.iter().all(<[u8]>::is_empty)
    }
}

/// Whether a text has the apostrophe that our exports and the copy to be corrected put before what a spreadsheet would run, as people do
/// who type it into a spreadsheet. Any other at the beginning is part of the text: `'Round Midnight`.
const fn is_guarded(text: &[u8]) -> bool {
    matches!(text, [b'\'', rest @ ..] if spreadsheet::runs_as_bytes(rest))
}

/// Places inside a row are far below 4 GB: rows have a limit.
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
