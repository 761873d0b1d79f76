//! Rows of a CSV file (RFC 4180), with the leniency of most readers: a row may end in `\n`, `\r` or both, blank rows are none,
//! a quotation mark counts only where it begins a cell, and one that is never closed ends with the file.
//!
//! Reading is a large part of matching a table, so a row without quotation marks is found and taken apart by vector search
//! ([`memchr`]) and never looked at byte by byte.

use memchr::{memchr, memchr3};
use std::io::{self, Read};

/// Read at once, at least.
const PORTION: usize = 1 << 18;

/// Reads rows.
pub(super) struct Rows<'a> {
    from: &'a mut dyn Read,
    /// Bytes read; those before `at` are done with.
    bytes: Vec<u8>,
    at: usize,
    ended: bool,
    /// Bytes read in all.
    read: u64,
}

/// The cells of a row.
#[derive(Default)]
pub(super) struct Row {
    /// All cells, with a comma between any two: what is valid UTF-8 as a whole is valid cell by cell.
    text: Vec<u8>,
    /// Where each cell ends in it.
    ends: Vec<usize>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(from: &'a mut dyn Read) -> Self {
        Self { from, bytes: Vec::new(), at: 0, ended: false, read: 0 }
    }

    /// Bytes of the file that the rows so far took.
    pub(super) fn taken(&self) -> u64 {
        self.read - (self.bytes.len() - self.at) as u64
    }

    /// Reads the next row; `false` at the end of the file.
    pub(super) fn next(&mut self, row: &mut Row) -> io::Result<bool> {
        loop {
            let blank = self.bytes[self.at..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            self.at += blank;
            let rest = &self.bytes[self.at..];
            if rest.is_empty() && self.ended {
                return Ok(false);
            }
            if let Some(length) = row.take(rest, self.ended).filter(|_| !rest.is_empty()) {
                self.at += length;
                return Ok(true);
            }
            self.refill()?;
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.bytes.drain(..self.at);
        self.at = 0;
        // As much again as is there, so that a row of any length is gone over a few times only.
        let (before, wanted) = (self.bytes.len(), PORTION.max(self.bytes.len()));
        let read = (&mut *self.from).take(wanted as u64).read_to_end(&mut self.bytes)?;
        if self.read == 0 && self.bytes.starts_with(b"\xef\xbb\xbf") {
            // The mark that some programs put before UTF-8.
            self.at = 3;
        }
        self.ended = self.bytes.len() == before;
        self.read += read as u64;
        Ok(())
    }
}

impl Row {
    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All cells as one text, if they are UTF-8.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.text).ok()
    }

    /// Where a cell stands in the text; nowhere if there is none.
    pub(super) fn range(&self, cell: usize) -> std::ops::Range<usize> {
        let Some(end) = self.ends.get(cell) else { return 0..0 };
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] + 1 };
        start..*end
    }

    /// The bytes of all cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|cell| &self.text[self.range(cell)])
    }

    /// Takes the row that `bytes` begin with and tells how many they were; `None` if the row may go on after them.
    fn take(&mut self, bytes: &[u8], ended: bool) -> Option<usize> {
        self.text.clear();
        self.ends.clear();
        let end = memchr3(b'\n', b'\r', b'"', bytes);
        if end.is_some_and(|end| bytes[end] == b'"') {
            return self.take_quoted(bytes, ended);
        }
        let end = end.or(ended.then_some(bytes.len()))?;
        self.text.extend_from_slice(&bytes[..end]);
        self.end_at_commas();
        self.ends.push(end);
        Some(end)
    }

    /// Ends a cell at every comma, found eight bytes at a time: cells are so short that a search begun anew for each costs more
    /// than the bytes it looks at.
    fn end_at_commas(&mut self) {
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        let (words, rest) = self.text.as_chunks::<8>();
        for (nth, word) in words.iter().enumerate() {
            let differs = u64::from_le_bytes(*word) ^ u64::from_le_bytes([b','; 8]);
            // The highest bit of every byte that is equal, and of no other.
            let mut equal = !(((differs & LOW) + LOW) | differs | LOW);
            while equal != 0 {
                self.ends.push(nth * 8 + equal.trailing_zeros() as usize / 8);
                equal &= equal - 1;
            }
        }
        let commas = rest.iter().enumerate().filter(|(_, byte)| **byte == b',');
        self.ends.extend(commas.map(|(place, _)| words.len() * 8 + place));
    }

    fn take_quoted(&mut self, bytes: &[u8], ended: bool) -> Option<usize> {
        let mut at = 0;
        loop {
            if bytes.get(at) == Some(&b'"') {
                at = self.take_marked(bytes, at + 1, ended)?;
            }
            let rest = &bytes[at..];
            let end = memchr3(b',', b'\n', b'\r', rest).or(ended.then_some(rest.len()))?;
            self.text.extend_from_slice(&rest[..end]);
            self.ends.push(self.text.len());
            at += end;
            if bytes.get(at) != Some(&b',') {
                return Some(at);
            }
            self.text.push(b',');
            at += 1;
        }
    }

    /// Takes what stands between quotation marks, of which two are one that is meant; tells where it ends.
    fn take_marked(&mut self, bytes: &[u8], mut at: usize, ended: bool) -> Option<usize> {
        loop {
            let rest = &bytes[at..];
            let Some(end) = memchr(b'"', rest) else {
                self.text.extend_from_slice(rest);
                return ended.then_some(bytes.len());
            };
            self.text.extend_from_slice(&rest[..end]);
            at += end + 1;
            match bytes.get(at) {
                Some(b'"') => self.text.push(b'"'),
                None if !ended => return None,
                _ => return Some(at),
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives a byte at a time, so that every row is cut everywhere.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(buffer.len()).min(1);
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn rows(from: &mut dyn Read) -> Vec<Vec<Vec<u8>>> {
        let (mut rows, mut row, mut all) = (Rows::new(from), Row::default(), Vec::new());
        while rows.next(&mut row).is_ok_and(|more| more) {
            all.push(row.cells().map(<[u8]>::to_vec).collect());
        }
        all
    }

    fn rows_of_csv_crate(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        reader.byte_records().map_while(Result::ok).map(|row| row.iter().map(<[u8]>::to_vec).collect()).collect()
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_csv_crate(text in "([ab]|[,\"\n\r]|é){0,40}") {
            let expected = rows_of_csv_crate(text.as_bytes());
            prop_assert_eq!(&rows(&mut text.as_bytes()), &expected);
            prop_assert_eq!(&rows(&mut Dripping(text.as_bytes())), &expected);
        }
    }

    #[test]
    fn a_row_longer_than_a_portion_is_one_row() {
        let long = "é,".repeat(PORTION);
        for text in [format!("{long}\nx"), format!("\"{long}\"\nx"), format!("\u{feff}{long}\r\nx\r\n")] {
            let found = rows(&mut text.as_bytes());
            assert_eq!(found.len(), 2);
            assert_eq!(found, rows_of_csv_crate(text.as_bytes()));
        }
    }
}
