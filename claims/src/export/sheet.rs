//! A CSV file on its way out: RFC 4180, in chunks, cells safe in a spreadsheet unless raw.

use std::{fmt::Display, io::Write as _, time::Duration};

use bytes::Bytes;
use chrono::{NaiveDate, SecondsFormat};
use tokio::{fs::File, io::AsyncWriteExt, sync::mpsc::Sender, time::timeout};

use super::Column;
use crate::{Instant, actions::Failure, money::Currency, spreadsheet};

/// Bytes that are collected before they are sent on.
const CHUNK: usize = 64 * 1024;
/// How long a reader may take for one chunk. A transaction waits for it, and the database keeps old rows for that long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where chunks go.
pub(super) enum To {
    /// To whoever reads the stream.
    Reader(Sender<Result<Bytes, Failure>>),
    /// Into a file.
    File(File),
}

impl To {
    async fn take(&mut self, chunk: Vec<u8>) -> Result<(), Failure> {
        match self {
            Self::Reader(reader) => match timeout(PATIENCE, reader.send(Ok(Bytes::from(chunk)))).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(Failure::said("The download was broken off.")),
                Err(_) => Err(Failure::said("The download stood still for a minute and was broken off.")),
            },
            Self::File(file) => file.write_all(&chunk).await.map_err(|error| not_written(&error)),
        }
    }
}

/// Why a file could not be written, in words.
pub(super) fn not_written(error: &std::io::Error) -> Failure {
    Failure::said(format!("The file could not be written: {error}."))
}

/// Writes rows cell by cell. A row with too many or too few cells is refused.
pub(super) struct Sheet {
    out: Vec<u8>,
    to: To,
    raw: bool,
    columns: usize,
    cells: usize,
}

impl Sheet {
    /// Begins with the header row.
    pub(super) async fn begin(columns: &[Column], raw: bool, to: To) -> Result<Self, Failure> {
        let mut sheet = Self { out: room(), to, raw, columns: columns.len(), cells: 0 };
        for column in columns {
            sheet.cell(column.name);
        }
        sheet.end().await?;
        Ok(sheet)
    }

    fn comma(&mut self) {
        if self.cells > 0 {
            self.out.push(b',');
        }
        self.cells += 1;
    }

    fn cell(&mut self, cell: &str) {
        self.comma();
        write_cell(&mut self.out, "", cell);
    }

    /// A cell that somebody typed.
    pub(super) fn text(&mut self, text: &str) {
        self.comma();
        let guard = if self.raw || !spreadsheet::runs(text) { "" } else { "'" };
        write_cell(&mut self.out, guard, text);
    }

    /// The same, empty for `None`.
    pub(super) fn text_or_empty(&mut self, text: Option<&str>) {
        self.text(text.unwrap_or_default());
    }

    /// A number, a key or a date of ours, which is safe as it is.
    pub(super) fn plain(&mut self, value: &str) {
        self.cell(value);
    }

    /// What is shown without any character that would need quoting.
    pub(super) fn shown(&mut self, value: &impl Display) {
        self.comma();
        // Writing into a Vec does not fail.
        let _ = write!(self.out, "{value}");
    }

    /// A whole number.
    pub(super) fn integer(&mut self, number: i64) {
        self.shown(&number);
    }

    /// An amount with the currency's places.
    pub(super) fn amount(&mut self, minor: i64, currency: Currency) {
        self.comma();
        write_amount(&mut self.out, minor, currency.places());
    }

    /// A day.
    pub(super) fn day(&mut self, day: Option<NaiveDate>) {
        match day {
            Some(day) => self.shown(&day),
            None => self.comma(),
        }
    }

    /// A moment, in UTC to the second.
    pub(super) fn moment(&mut self, at: Instant) {
        self.cell(&at.to_rfc3339_opts(SecondsFormat::Secs, true));
    }

    /// Yes or no.
    pub(super) fn yes(&mut self, yes: bool) {
        self.cell(if yes { "yes" } else { "no" });
    }

    /// Ends a row.
    pub(super) async fn end(&mut self) -> Result<(), Failure> {
        if self.cells != self.columns {
            return Err(Failure::Internal(format!(
                "a row of an export has {} cells in {} columns",
                self.cells, self.columns
            )));
        }
        self.cells = 0;
        self.out.extend_from_slice(b"\r\n");
        if self.out.len() >= CHUNK { self.send().await } else { Ok(()) }
    }

    async fn send(&mut self) -> Result<(), Failure> {
        let chunk = std::mem::replace(&mut self.out, room());
        if chunk.is_empty() { Ok(()) } else { self.to.take(chunk).await }
    }

    /// Sends what is left, and makes a file last.
    pub(super) async fn finish(mut self) -> Result<(), Failure> {
        self.send().await?;
        match &mut self.to {
            To::Reader(_) => Ok(()),
            To::File(file) => {
                file.flush().await.map_err(|error| not_written(&error))?;
                file.sync_all().await.map_err(|error| not_written(&error))
            }
        }
    }
}

fn room() -> Vec<u8> {
    Vec::with_capacity(CHUNK + 16 * 1024)
}

/// A cell of RFC 4180, as the crate csv writes it. A million lines have sixty million cells, and what that crate does for each,
/// which can be told to write other dialects, takes longer than everything else.
fn write_cell(out: &mut Vec<u8>, guard: &str, cell: &str) {
    let quoted = cell.bytes().fold(false, |quoted, byte| quoted | matches!(byte, b',' | b'"' | b'\r' | b'\n'));
    if !quoted {
        out.extend_from_slice(guard.as_bytes());
        out.extend_from_slice(cell.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(guard.as_bytes());
    for byte in cell.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// An amount as [`Currency::plain`] shows it.
fn write_amount(out: &mut Vec<u8>, minor: i64, places: u32) {
    // An i64 has at most 19 digits, an amount at least one before the point.
    let mut digits = [b'0'; 24];
    let (mut rest, mut at) = (minor.unsigned_abs(), digits.len());
    let mut place = 0;
    while rest > 0 || place <= places {
        if place == places && places > 0 {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        place += 1;
    }
    if minor < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{write_amount, write_cell};
    use crate::money::Currency;

    proptest! {
        #[test]
        fn cells_are_as_the_crate_csv_writes_them(cells in prop::collection::vec("[a-z,;\"'\r\n =é]{0,12}", 2..6)) {
            let mut theirs = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
            theirs.write_record(&cells).unwrap();
            let mut ours = Vec::new();
            for (place, cell) in cells.iter().enumerate() {
                if place > 0 {
                    ours.push(b',');
                }
                write_cell(&mut ours, "", cell);
            }
            ours.extend_from_slice(b"\r\n");
            prop_assert_eq!(String::from_utf8(ours), String::from_utf8(theirs.into_inner().unwrap()));
        }

        #[test]
        fn amounts_are_as_money_shows_them(minor in prop_oneof![any::<i64>(), -1_000..1_000_i64], code in prop::sample::select(vec!["USD", "JPY"])) {
            let currency = Currency::parse(code).unwrap();
            let mut ours = Vec::new();
            write_amount(&mut ours, minor, currency.places());
            prop_assert_eq!(String::from_utf8(ours).unwrap(), currency.plain(minor));
        }
    }
}
