//! A copy of a statement to be corrected: its own rows, and beside each what is to be mended in it.

use std::io::Write;

use super::{
    cells::Cells,
    choices::{Choices, Rules},
    file::Format,
    input::Input,
    limits::Refused,
    number::{self, Mark},
    read::{Wish, read},
};
use crate::spreadsheet;

/// The header of the column that is added; it is known again, and left alone, when the copy is imported.
pub const REMARKS: &str = "What to mend";

/// Writes the copy as CSV in UTF-8, with the separator of the original and the byte order mark that spreadsheets want.
/// Cells that a spreadsheet would run get an apostrophe in front, which [`Cells`] leaves out again; numbers are left as
/// they are.
///
/// # Errors
/// [`Refused`], if the statement or its sheet cannot be read; the writer's errors.
pub fn write(input: &Input<'_>, choices: &Choices, rules: &Rules, mut to: impl Write) -> Result<(), Refused> {
    let original = read(input, choices, rules, Wish::default())?.reading;
    if let Some(question) = original.asks("sheet") {
        return Err(Refused::NotATable(question.words.clone()));
    }
    let header_row = original.header_row;
    let separator = match original.format {
        Format::Text { separator, .. } => separator,
        Format::Book { .. } => b',',
    };
    to.write_all("\u{feff}".as_bytes())?;
    let mut writer =
        csv::WriterBuilder::new().delimiter(separator).flexible(true).terminator(csv::Terminator::CRLF).from_writer(to);
    let mut columns = 0;
    let mut before = 0;
    let mut row = |cells: &Cells, remarks: &[String]| -> Result<(), Refused> {
        // Blank rows stay, so that the numbers of the rows stay.
        for _ in before + 1..cells.number {
            writer.write_record([""]).map_err(std::io::Error::from)?;
        }
        before = cells.number;
        let header = cells.number == header_row;
        if header {
            columns = cells.len();
        }
        for column in 0..cells.len() {
            writer.write_field(safe(&cells.words(column))).map_err(std::io::Error::from)?;
        }
        for _ in cells.len()..columns {
            writer.write_field("").map_err(std::io::Error::from)?;
        }
        if header || !remarks.is_empty() {
            // A remark begins with the name of its column, which the file gives.
            let words = if header { REMARKS.to_owned() } else { safe(&remarks.join(" ")) };
            writer.write_field(words).map_err(std::io::Error::from)?;
        }
        Ok(writer.write_record(None::<&[u8]>).map_err(std::io::Error::from)?)
    };
    read(input, choices, rules, Wish { remarks: Some(&mut row), ..Wish::default() })?;
    Ok(writer.flush()?)
}

/// A text that no spreadsheet takes for a formula.
fn safe(text: &str) -> String {
    let formula = spreadsheet::runs(text)
        && number::read(text.as_bytes(), Mark::Point).is_err()
        && number::read(text.as_bytes(), Mark::Comma).is_err();
    if formula { format!("'{text}") } else { text.to_owned() }
}
