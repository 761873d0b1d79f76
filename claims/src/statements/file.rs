//! The file as rows: what it is, and its rows one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use super::{
    cells::Cells,
    encoding::{Charset, Decoded},
    input::Input,
    limits::{LARGEST_FILE, Refused},
    split::{self, Splitter},
    workbook::Workbook,
};

/// What a file is and how its rows are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Format {
    /// Text with a separator.
    Text {
        /// How its bytes are read.
        charset: Charset,
        /// Between cells.
        separator: u8,
        /// Between rows.
        newline: u8,
    },
    /// A spreadsheet.
    Book {
        /// The sheet that is read.
        sheet: String,
        /// All of its visible sheets.
        sheets: Vec<String>,
    },
}

/// A file that was opened.
pub struct Opened<'a> {
    /// What it is.
    pub format: Format,
    input: Input<'a>,
    book: Option<Workbook<'a>>,
}

/// The name, as a workbook has it, of the sheet that somebody named: it may begin or end with a space, which a form does
/// not send.
#[must_use]
pub fn sheet_named<'s>(sheets: &'s [String], name: &str) -> Option<&'s str> {
    let exact = sheets.iter().find(|sheet| *sheet == name);
    exact.or_else(|| sheets.iter().find(|sheet| sheet.trim() == name.trim())).map(String::as_str)
}

/// Bytes at the beginning from which the format is found.
const HEAD: u64 = 256 * 1024;

impl<'a> Opened<'a> {
    /// Opens a file and finds its format; `sheet` chooses one of a spreadsheet, by name.
    ///
    /// # Errors
    /// [`Refused`] with why it is not read.
    pub fn open(input: &Input<'a>, sheet: &str) -> Result<Self, Refused> {
        let size = input.size()?;
        if size > LARGEST_FILE {
            return Err(Refused::TooLarge(size));
        }
        let head = input.head(HEAD)?;
        let whole = head.len() as u64 == size;
        match &head[..] {
            [] => Err(Refused::Empty),
            [b'P', b'K', 3, 4, ..] => Self::book(input, sheet),
            [b'P', b'K', 5, 6, ..] => Err(Refused::Empty),
            [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(Refused::NotATable(
                "This is a spreadsheet of the old kind (.xls), or one with a password. Save it as XLSX or CSV without a password, and send that.".to_owned(),
            )),
            [b'%', b'P', b'D', b'F', ..] => Err(Refused::NotATable(
                "This is a PDF: its rows cannot be read safely. Ask for the statement as CSV or XLSX, or add it as a document and type its sums.".to_owned(),
            )),
            _ => Ok(Self { format: text(&head, whole)?, input: input.clone(), book: None }),
        }
    }

    fn book(input: &Input<'a>, sheet: &str) -> Result<Self, Refused> {
        let book = careful(|| Workbook::open(input))?;
        let chosen = match sheet {
            "" => book.sheets.first().map(String::as_str),
            named => sheet_named(&book.sheets, named),
        };
        match chosen {
            Some(chosen) => {
                let format = Format::Book { sheet: chosen.to_owned(), sheets: book.sheets.clone() };
                Ok(Self { format, input: input.clone(), book: Some(book) })
            }
            None => Err(Refused::Choice(format!("There is no sheet “{sheet}”; there are {}.", book.sheets.join(", ")))),
        }
    }

    /// The sheets of a spreadsheet beside the one that is read.
    #[must_use]
    pub fn other_sheets(&self) -> Vec<String> {
        match &self.format {
            Format::Text { .. } => Vec::new(),
            Format::Book { sheet, sheets } => sheets.iter().filter(|other| *other != sheet).cloned().collect(),
        }
    }

    /// Turns to another sheet of a spreadsheet.
    pub fn turn_to(&mut self, other: &str) {
        if let Format::Book { sheet, .. } = &mut self.format {
            other.clone_into(sheet);
        }
    }

    /// Gives every row to `take`, from the first, until that says to stop with `false`. `progress` is told thousandths of
    /// the file.
    ///
    /// # Errors
    /// [`Refused`], from reading or from `take`. A text that turns out not to be UTF-8 gives `Ok(false)` and is read as
    /// Windows-1252 the next time.
    pub fn rows(
        &mut self,
        progress: &dyn Fn(u64),
        take: &mut dyn FnMut(&mut Cells) -> Result<bool, Refused>,
    ) -> Result<bool, Refused> {
        match &mut self.format {
            Format::Text { charset, separator, newline } => {
                let size = self.input.size()?.max(1);
                let mut rows = Splitter::new(Decoded::new(self.input.open()?, *charset), *separator, *newline);
                let mut cells = Cells::default();
                loop {
                    match rows.next(&mut cells) {
                        Ok(true) => {}
                        Ok(false) => return Ok(true),
                        Err(_) if rows.not_utf8 => {
                            *charset = Charset::Windows1252;
                            return Ok(false);
                        }
                        Err(refused) => return Err(refused),
                    }
                    if cells.number.is_multiple_of(8_192) {
                        progress(rows.taken() * 1_000 / size);
                    }
                    if !take(&mut cells)? {
                        return Ok(true);
                    }
                }
            }
            Format::Book { sheet, .. } => match &mut self.book {
                Some(book) => careful(|| book.rows(sheet, take)).map(|()| true),
                None => Err(Refused::Workbook("it was closed".to_owned())),
            },
        }
    }
}

fn text(head: &[u8], whole: bool) -> Result<Format, Refused> {
    let charset = Charset::of(head, whole);
    let mut text = Vec::new();
    let mut decoded = Decoded::new(head, charset);
    // A character that was cut in two at the end of the head is no reason to stop.
    while matches!(decoded.more(&mut text), Ok(true)) {}
    let controls = decoded.left_out + text.iter().filter(|byte| **byte < 9 || matches!(**byte, 14..=31)).count();
    if controls * 100 > decoded.left_out + text.len() {
        return Err(Refused::NotATable(
            "This file is neither text nor a spreadsheet. Statements are read from CSV, TSV, XLSX and ODS.".to_owned(),
        ));
    }
    if text.trim_ascii().is_empty() {
        return Err(Refused::Empty);
    }
    if let Some((separator, newline)) = split::sniff(&text) {
        return Ok(Format::Text { charset, separator, newline });
    }
    // What cannot be split is refused for the reason why, if there is one.
    let mut rows = Splitter::new(Decoded::new(&text[..], Charset::Utf8), b',', b'\n');
    let mut cells = Cells::default();
    while rows.next(&mut cells)? {}
    Err(Refused::NotATable("No columns were found: the rows have neither commas, semicolons, tabs nor bars between cells. Save the statement as CSV or XLSX and send that.".to_owned()))
}

impl Format {
    /// The format in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Text { charset, separator, .. } => {
                let separator = match separator {
                    b',' => "commas".to_owned(),
                    b';' => "semicolons".to_owned(),
                    b'\t' => "tabs".to_owned(),
                    b'|' => "bars".to_owned(),
                    other => format!("“{}”", char::from(*other)),
                };
                format!("Text ({}) with {separator} between the cells", charset.title())
            }
            Self::Book { sheet, sheets } if sheets.len() == 1 => format!("Spreadsheet, its only sheet “{sheet}”"),
            Self::Book { sheet, sheets } => format!("Spreadsheet, sheet “{sheet}” of {}", sheets.len()),
        }
    }
}

/// Whatever a damaged spreadsheet makes of the library that reads it, it is an answer and not the end of the process.
fn careful<T>(work: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Refused::Workbook("its parts contradict each other".to_owned())))
}
