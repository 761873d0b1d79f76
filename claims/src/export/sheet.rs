//! A CSV file on its way out: RFC 4180, in chunks, cells safe in a spreadsheet unless raw.

use std::time::Duration;

use bytes::Bytes;
use chrono::{NaiveDate, SecondsFormat};
use tokio::{fs::File, io::AsyncWriteExt, sync::mpsc::Sender, time::timeout};

use super::Column;
use crate::{Instant, actions::Failure, money::Currency};

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
    writer: csv::Writer<Vec<u8>>,
    to: To,
    raw: bool,
    columns: usize,
    cells: usize,
    error: Option<csv::Error>,
}

impl Sheet {
    /// Begins with the header row.
    pub(super) async fn begin(columns: &[Column], raw: bool, to: To) -> Result<Self, Failure> {
        let mut sheet = Self { writer: writer(), to, raw, columns: columns.len(), cells: 0, error: None };
        for column in columns {
            sheet.cell(column.name.as_bytes());
        }
        sheet.end().await?;
        Ok(sheet)
    }

    fn cell(&mut self, cell: &[u8]) {
        self.cells += 1;
        if let Err(error) = self.writer.write_field(cell) {
            self.error = Some(error);
        }
    }

    /// A cell that somebody typed.
    pub(super) fn text(&mut self, text: &str) {
        if self.raw || !runs_in_a_spreadsheet(text) {
            self.cell(text.as_bytes());
        } else {
            self.cell(format!("'{text}").as_bytes());
        }
    }

    /// The same, empty for `None`.
    pub(super) fn text_or_empty(&mut self, text: Option<&str>) {
        self.text(text.unwrap_or_default());
    }

    /// A number, a key or a date of ours, which is safe as it is.
    pub(super) fn plain(&mut self, value: &str) {
        self.cell(value.as_bytes());
    }

    /// A whole number.
    pub(super) fn integer(&mut self, number: i64) {
        self.cell(number.to_string().as_bytes());
    }

    /// An amount with the currency's places.
    pub(super) fn amount(&mut self, minor: i64, currency: Currency) {
        self.cell(currency.plain(minor).as_bytes());
    }

    /// A day.
    pub(super) fn day(&mut self, day: Option<NaiveDate>) {
        self.cell(day.map(|day| day.to_string()).unwrap_or_default().as_bytes());
    }

    /// A moment, in UTC to the second.
    pub(super) fn moment(&mut self, at: Instant) {
        self.cell(at.to_rfc3339_opts(SecondsFormat::Secs, true).as_bytes());
    }

    /// Yes or no.
    pub(super) fn yes(&mut self, yes: bool) {
        self.cell(if yes { b"yes" } else { b"no" });
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
        let ended = self.writer.write_record(None::<&[u8]>);
        if let Some(error) = self.error.take().or(ended.err()) {
            return Err(Failure::Internal(format!("a row of an export could not be written: {error}")));
        }
        if self.writer.get_ref().len() >= CHUNK { self.send().await } else { Ok(()) }
    }

    async fn send(&mut self) -> Result<(), Failure> {
        let full = std::mem::replace(&mut self.writer, writer());
        let chunk = full.into_inner().map_err(|error| Failure::Internal(error.to_string()))?;
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

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::with_capacity(CHUNK + 16 * 1024))
}

/// Whether a spreadsheet would take a text for a formula: by its first character, the wide forms of East Asia included.
fn runs_in_a_spreadsheet(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

#[cfg(test)]
mod tests {
    use super::runs_in_a_spreadsheet;

    #[test]
    fn formulas_are_known_by_their_first_character() {
        for text in ["=1+1", "+44 20", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert!(runs_in_a_spreadsheet(text), "{text:?}");
        }
        for text in ["", "a=1", "Ümlaut", "12", " x", "'="] {
            assert!(!runs_in_a_spreadsheet(text), "{text:?}");
        }
    }
}
