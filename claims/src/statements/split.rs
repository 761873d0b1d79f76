//! Rows and cells of a text file, with any separator.
//!
//! The `csv` crate skips blank rows and merges rows silently where a quotation mark stays open; statements need both
//! counted and named, so that a row has the number that a spreadsheet shows. Hence a splitter of our own. A cell is quoted
//! if it begins with a quotation mark and ends with one before the next separator; else the marks are part of the text
//! (`"Weird Al" Yankovic`, as services write it into files with tabs).

use std::io::Read;

use memchr::{memchr2, memchr3};

use super::{
    cells::Cells,
    encoding::{Decoded, is_not_utf8},
    limits::{LONGEST_CELL, LONGEST_ROW, MOST_COLUMNS, MOST_ROWS, Refused},
};

/// Reads rows.
pub struct Splitter<R> {
    from: Decoded<R>,
    separator: u8,
    /// `\n`, or `\r` in files of old Macintosh programs.
    newline: u8,
    text: Vec<u8>,
    at: usize,
    ended: bool,
    row: u64,
    /// Whether the bytes turned out not to be UTF-8, although that was assumed.
    pub not_utf8: bool,
}

/// Why a row cannot be split yet.
enum Stop {
    More,
    OpenQuote,
    Refused(Refused),
}

impl<R: Read> Splitter<R> {
    /// Splits decoded text.
    pub fn new(from: Decoded<R>, separator: u8, newline: u8) -> Self {
        Self { from, separator, newline, text: Vec::new(), at: 0, ended: false, row: 0, not_utf8: false }
    }

    /// Bytes taken from the file so far.
    pub fn taken(&self) -> u64 {
        self.from.taken
    }

    /// Reads the next row into `cells`; `false` at the end of the file.
    ///
    /// # Errors
    /// [`Refused`], when a limit is exceeded or the bytes cannot be read.
    pub fn next(&mut self, cells: &mut Cells) -> Result<bool, Refused> {
        loop {
            if self.at < self.text.len() {
                cells.begin(self.row + 1);
                match self.split(cells) {
                    Ok(next) => {
                        self.at = next;
                        self.row += 1;
                        if self.row > MOST_ROWS {
                            return Err(Refused::TooManyRows);
                        }
                        return Ok(true);
                    }
                    Err(Stop::Refused(refused)) => return Err(refused),
                    Err(Stop::OpenQuote) if self.ended => return Err(Refused::OpenQuote(self.row + 1)),
                    Err(Stop::OpenQuote | Stop::More) => {
                        if self.text.len() - self.at > LONGEST_ROW {
                            return Err(Refused::LongRow(self.row + 1));
                        }
                    }
                }
            } else if self.ended {
                return Ok(false);
            }
            self.refill()?;
        }
    }

    fn refill(&mut self) -> Result<(), Refused> {
        self.text.drain(..self.at);
        self.at = 0;
        match self.from.more(&mut self.text) {
            Ok(more) => self.ended = !more,
            Err(error) => {
                self.not_utf8 = is_not_utf8(&error);
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Splits the row at `self.at`; gives where the next one begins.
    fn split(&self, cells: &mut Cells) -> Result<usize, Stop> {
        let text = &self.text[..];
        let row = self.row + 1;
        // Most rows are short and without quotation marks: they are copied whole, and their separators found in passing.
        let rest = &text[self.at..];
        if self.separator != b'"'
            && let Some(end) = memchr2(self.newline, b'"', rest)
            && rest[end] == self.newline
            && end <= LONGEST_CELL
        {
            return unquoted(cells, &rest[..end], self.separator, row).map(|()| self.at + end + 1);
        }
        let (mut at, mut cell) = (self.at, self.at);
        loop {
            if text.get(cell) == Some(&b'"') && at == cell {
                if let Some((end, quoted)) = self.quoted(cell, row)? {
                    let from = cells.text.len();
                    cells.text.extend_from_slice(&quoted);
                    cells.span(from, cells.text.len());
                    match text.get(end) {
                        Some(byte) if *byte == self.separator => {
                            at = end + 1;
                            cell = at;
                            too_wide(cells, row)?;
                            continue;
                        }
                        None if !self.ended => return Err(Stop::More),
                        _ => return self.after_row(end),
                    }
                }
                at += 1;
            }
            let Some(found) = memchr3(self.separator, self.newline, b'"', &text[at.min(text.len())..]) else {
                if !self.ended {
                    return Err(Stop::More);
                }
                push(cells, &text[cell.min(text.len())..], row)?;
                return Ok(text.len());
            };
            let place = at + found;
            if text[place] == b'"' {
                at = place + 1;
                continue;
            }
            push(cells, &text[cell..place], row)?;
            if text[place] == self.newline {
                return Ok(place + 1);
            }
            too_wide(cells, row)?;
            at = place + 1;
            cell = at;
        }
    }

    /// Where the next row begins, when a quoted cell ended the row at `end`.
    fn after_row(&self, end: usize) -> Result<usize, Stop> {
        let rest = &self.text[end..];
        match rest.iter().position(|byte| *byte == self.newline) {
            Some(place) => Ok(end + place + 1),
            None if self.ended => Ok(self.text.len()),
            None => Err(Stop::More),
        }
    }

    /// A quoted cell that begins at `start`: where it ends, and its text; `None` if it is not one after all.
    fn quoted(&self, start: usize, row: u64) -> Result<Option<(usize, Vec<u8>)>, Stop> {
        let text = &self.text[..];
        let mut quoted = Vec::new();
        let mut at = start + 1;
        loop {
            let Some(found) = text.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) else {
                if text.len() - start > LONGEST_CELL {
                    return Err(Stop::Refused(Refused::LongCell(row)));
                }
                return Err(Stop::OpenQuote);
            };
            quoted.extend_from_slice(&text[at..at + found]);
            at += found + 1;
            if quoted.len() > LONGEST_CELL {
                return Err(Stop::Refused(Refused::LongCell(row)));
            }
            match text.get(at) {
                Some(b'"') => {
                    quoted.push(b'"');
                    at += 1;
                }
                None if !self.ended => return Err(Stop::More),
                _ => break,
            }
        }
        // White space between the mark and the separator is nothing; other text makes the marks part of the cell.
        let blank = text[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\r') && **byte != self.newline).count();
        match text.get(at + blank) {
            None => Ok(Some((at + blank, quoted))),
            Some(byte) if *byte == self.separator || *byte == self.newline => Ok(Some((at + blank, quoted))),
            Some(_) => Ok(None),
        }
    }
}

/// Splits a row without quotation marks, eight bytes at a time: cells are so short that a search begun anew for each costs
/// more than the bytes it looks at.
fn unquoted(cells: &mut Cells, text: &[u8], separator: u8, row: u64) -> Result<(), Stop> {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let from = cells.text.len();
    cells.text.extend_from_slice(text);
    let mut cell = from;
    let mut end_cell = |cells: &mut Cells, place: usize| {
        cells.span(cell, place);
        cell = place + 1;
        too_wide(cells, row)
    };
    let (words, rest) = text.as_chunks::<8>();
    let mut at = from;
    for word in words {
        let differs = u64::from_le_bytes(*word) ^ u64::from_le_bytes([separator; 8]);
        // The highest bit of every byte that is equal, and of no other.
        let mut equal = !(((differs & LOW) + LOW) | differs | LOW);
        while equal != 0 {
            end_cell(cells, at + equal.trailing_zeros() as usize / 8)?;
            equal &= equal - 1;
        }
        at += 8;
    }
    for byte in rest {
        if *byte == separator {
            end_cell(cells, at)?;
        }
        at += 1;
    }
    cells.span(cell, at);
    Ok(())
}

fn push(cells: &mut Cells, cell: &[u8], row: u64) -> Result<(), Stop> {
    if cell.len() > LONGEST_CELL {
        return Err(Stop::Refused(Refused::LongCell(row)));
    }
    let from = cells.text.len();
    cells.text.extend_from_slice(cell);
    cells.span(from, cells.text.len());
    Ok(())
}

fn too_wide(cells: &Cells, row: u64) -> Result<(), Stop> {
    if cells.len() >= MOST_COLUMNS { Err(Stop::Refused(Refused::TooWide(row))) } else { Ok(()) }
}

/// The separator and the line ending of a text, from its beginning.
#[must_use]
pub fn sniff(text: &[u8]) -> Option<(u8, u8)> {
    let newline = if text.contains(&b'\n') || !text.contains(&b'\r') { b'\n' } else { b'\r' };
    // Excel's own hint in the first row.
    let first = text.split(|byte| *byte == newline).next().unwrap_or_default().trim_ascii();
    if let [b's', b'e', b'p', b'=', separator] = first.to_ascii_lowercase()[..] {
        return Some((separator, newline));
    }
    // The separator that gives the most rows the same number of cells, the more cells the better. A comma may stand before
    // decimals, so where two are equal it is the other.
    let best = *b"|\t;,"
        .iter()
        .map(|separator| (score(text, *separator, newline), *separator))
        .rev()
        .max_by_key(|(score, _)| *score)
        .as_ref()?;
    (best.0 > 0).then_some((best.1, newline))
}

fn score(text: &[u8], separator: u8, newline: u8) -> usize {
    let mut rows = Splitter::new(Decoded::new(text, super::encoding::Charset::Utf8), separator, newline);
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    let mut cells = Cells::default();
    for _ in 0..200 {
        match rows.next(&mut cells) {
            Ok(true) if cells.is_blank() => {}
            Ok(true) => *counts.entry(cells.len()).or_default() += 1,
            _ => break,
        }
    }
    counts.into_iter().map(|(cells, rows)| (cells - 1) * rows * rows).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statements::encoding::Charset;

    fn rows(text: &str, separator: u8) -> Result<Vec<(u64, Vec<String>)>, Refused> {
        let mut splitter = Splitter::new(Decoded::new(text.as_bytes(), Charset::Utf8), separator, b'\n');
        let mut cells = Cells::default();
        let mut rows = Vec::new();
        while splitter.next(&mut cells)? {
            rows.push((cells.number, (0..cells.len()).map(|column| cells.words(column).into_owned()).collect()));
        }
        Ok(rows)
    }

    fn row(number: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let found = rows("a,b\r\n\r\n\"x\ny\",2\r\nlast,\"q\"\"q\"", b',').unwrap();
        assert_eq!(found, [row(1, &["a", "b"]), row(2, &[""]), row(3, &["x\ny", "2"]), row(4, &["last", "q\"q"])]);
        assert_eq!(rows("a,b\n1,\"2\"\n", b',').unwrap().len(), 2);
        assert_eq!(rows("a,b\n1,\n", b',').unwrap()[1], row(2, &["1", ""]));
        assert_eq!(rows("a,\"", b',').map_err(|error| error.to_string()).unwrap_err()[..10].to_owned(), "In row 1 a");
    }

    #[test]
    fn a_row_without_quotes_is_split_as_one_with_them() {
        let row = "a; b ;;\u{e9}\u{2019};12345678;\u{bb}\t;;;;12345;x";
        for length in row.char_indices().map(|(place, _)| place).chain([row.len()]) {
            let plain = rows(&format!("{}\n", &row[..length]), b';').unwrap();
            let marked = rows(&format!("{};\"\"\n", &row[..length]), b';').unwrap();
            assert_eq!(plain[0].1, marked[0].1[..marked[0].1.len() - 1], "{length}");
        }
    }

    #[test]
    fn marks_inside_a_cell_are_text() {
        let found = rows("\"Weird Al\" Yankovic\t12\" LP\t\"Heroes\"\n", b'\t').unwrap();
        assert_eq!(found, [row(1, &["\"Weird Al\" Yankovic", "12\" LP", "Heroes"])]);
    }

    #[test]
    fn limits_are_sentences() {
        let wide = ",".repeat(100_000);
        assert!(matches!(rows(&wide, b','), Err(Refused::TooWide(1))));
        let long = "a".repeat(3_000_000);
        assert!(matches!(rows(&long, b','), Err(Refused::LongRow(1))));
        assert!(matches!(rows(&format!("a,\"{long}"), b','), Err(Refused::LongCell(1))));
    }

    #[test]
    fn separators_are_found() {
        assert_eq!(sniff(b"a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n"), Some((b';', b'\n')));
        assert_eq!(sniff(b"A statement, of sorts\n\na,b\n1,2\n3,4\n"), Some((b',', b'\n')));
        assert_eq!(sniff(b"a\tb\r1\t2\r"), Some((b'\t', b'\r')));
        assert_eq!(sniff(b"sep=|\na|b\n"), Some((b'|', b'\n')));
        assert_eq!(sniff(b"just words\n"), None);
    }
}
