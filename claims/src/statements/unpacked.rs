//! A spreadsheet as its plain rows, in a file of our own. Whoever reads strangers' spreadsheets has them unpacked by another process,
//! whose memory and time are limited, and reads these rows instead: the libraries that open spreadsheets believe what a file says of
//! itself, and a few hundred bytes can ask for any amount of memory.
//!
//! Layout, numbers little-endian: [`MAGIC`]; for each visible sheet its rows, ended by [`END`] or by [`REFUSED`] with a sentence; then the
//! names of the sheets and where each begins, and at the very end where that list begins. A text is its length (`u32`) and its bytes.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
};

use super::{
    cells::{CellKind, Cells},
    input::Input,
    limits::{LONGEST_CELL, MOST_COLUMNS, MOST_PARTS, MOST_UNPACKED, Refused},
    workbook::Workbook,
};

const MAGIC: &[u8] = b"recoup rows 1\n";
/// Before a row.
const ROW: u8 = 1;
/// After the last row.
const END: u8 = 0;
/// After the last row that could be read, before the reason.
const REFUSED: u8 = 2;

const KINDS: [CellKind; 5] = [CellKind::Text, CellKind::Number, CellKind::Day, CellKind::First, CellKind::Failed];

/// Unpacks a spreadsheet into a file. A sheet that cannot be read to its end is unpacked as far as it goes, with the reason.
///
/// # Errors
/// [`Refused`] if it cannot be opened, unpacks to too much, or the file cannot be written.
pub fn write(from: &Input<'_>, to: &Path) -> Result<(), Refused> {
    let mut book = Workbook::open(from)?;
    let mut to = Counting { to: BufWriter::new(File::create(to)?), written: 0 };
    to.put(MAGIC)?;
    let mut sheets = Vec::new();
    for sheet in book.sheets.clone() {
        sheets.push((sheet.clone(), to.written));
        let mut take = |cells: &mut Cells| -> Result<bool, Refused> {
            to.row(cells)?;
            // One text can stand in millions of cells.
            if to.written > MOST_UNPACKED {
                return Err(Refused::LargeWorkbook { most: MOST_UNPACKED, why: "" });
            }
            Ok(true)
        };
        match book.rows(&sheet, &mut take) {
            Ok(()) => to.put(&[END])?,
            Err(large @ Refused::LargeWorkbook { .. }) => return Err(large),
            Err(Refused::Io(error)) => return Err(Refused::Io(error)),
            Err(refused) => {
                to.put(&[REFUSED])?;
                to.text(refused.to_string().as_bytes())?;
            }
        }
    }
    let list = to.written;
    to.number(sheets.len())?;
    for (name, at) in sheets {
        to.text(name.as_bytes())?;
        to.put(&at.to_le_bytes())?;
    }
    to.put(&list.to_le_bytes())?;
    Ok(to.to.flush()?)
}

struct Counting {
    to: BufWriter<File>,
    written: u64,
}

impl Counting {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.written += bytes.len() as u64;
        self.to.write_all(bytes)
    }

    fn number(&mut self, number: usize) -> std::io::Result<()> {
        self.put(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes())
    }

    fn text(&mut self, text: &[u8]) -> std::io::Result<()> {
        self.number(text.len())?;
        self.put(text)
    }

    fn row(&mut self, cells: &Cells) -> std::io::Result<()> {
        self.put(&[ROW])?;
        self.put(&cells.number.to_le_bytes())?;
        self.number(cells.len())?;
        for column in 0..cells.len() {
            let kind = KINDS.iter().position(|kind| *kind == cells.kind(column)).unwrap_or_default();
            self.put(&[u8::try_from(kind).unwrap_or_default()])?;
            self.text(cells.get(column))?;
        }
        self.number(cells.merged.len())?;
        for (column, row) in &cells.merged {
            self.number(*column)?;
            self.put(&row.to_le_bytes())?;
        }
        Ok(())
    }
}

/// An unpacked spreadsheet that was opened.
pub struct Unpacked {
    file: BufReader<File>,
    sheets: Vec<(String, u64)>,
}

fn broken(what: &str) -> Refused {
    Refused::Io(std::io::Error::new(std::io::ErrorKind::InvalidData, format!("unpacked rows: {what}")))
}

impl Unpacked {
    /// Opens what [`write`] wrote.
    ///
    /// # Errors
    /// If it is not there, or is something else.
    pub fn open(path: &Path) -> Result<Self, Refused> {
        let mut file = BufReader::with_capacity(256 * 1024, File::open(path)?);
        let mut magic = [0; MAGIC.len()];
        file.read_exact(&mut magic)?;
        if magic != MAGIC {
            return Err(broken("another file"));
        }
        file.seek(SeekFrom::End(-8))?;
        let list = long(&mut file)?;
        file.seek(SeekFrom::Start(list))?;
        let mut sheets = Vec::new();
        for _ in 0..short(&mut file, MOST_PARTS)? {
            let mut name = Vec::new();
            text(&mut file, &mut name, LONGEST_CELL)?;
            sheets.push((String::from_utf8_lossy(&name).into_owned(), long(&mut file)?));
        }
        Ok(Self { file, sheets })
    }

    /// The names of its sheets.
    pub fn sheets(&self) -> Vec<String> {
        self.sheets.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Gives every row of a sheet to `take`, until that says to stop with `false`.
    ///
    /// # Errors
    /// [`Refused`], from when it was unpacked or from `take`.
    pub fn rows(
        &mut self,
        sheet: &str,
        take: &mut dyn FnMut(&mut Cells) -> Result<bool, Refused>,
    ) -> Result<(), Refused> {
        let at = self.sheets.iter().find(|(name, _)| name == sheet).ok_or_else(|| broken("no such sheet"))?.1;
        self.file.seek(SeekFrom::Start(at))?;
        let mut cells = Cells::default();
        loop {
            match byte(&mut self.file)? {
                END => return Ok(()),
                REFUSED => {
                    let mut why = Vec::new();
                    text(&mut self.file, &mut why, LONGEST_CELL)?;
                    return Err(Refused::NotATable(String::from_utf8_lossy(&why).into_owned()));
                }
                ROW => self.row(&mut cells)?,
                _ => return Err(broken("no row")),
            }
            if !take(&mut cells)? {
                return Ok(());
            }
        }
    }

    /// Reads a row as it stood: its cells were trimmed when they were unpacked, and an apostrophe that is left is a part of them.
    fn row(&mut self, cells: &mut Cells) -> Result<(), Refused> {
        cells.begin(long(&mut self.file)?);
        for column in 0..short(&mut self.file, MOST_COLUMNS)? {
            let kind = KINDS.get(usize::from(byte(&mut self.file)?)).copied().unwrap_or_default();
            let from = cells.text.len();
            text(&mut self.file, &mut cells.text, LONGEST_CELL)?;
            let to = cells.text.len();
            cells.put_span(column, (from, to), kind);
        }
        for _ in 0..short(&mut self.file, MOST_COLUMNS)? {
            let column = short(&mut self.file, MOST_COLUMNS)?;
            let row = long(&mut self.file)?;
            cells.merged.push((column, row));
        }
        Ok(())
    }
}

fn byte(from: &mut impl Read) -> Result<u8, Refused> {
    let mut one = [0];
    from.read_exact(&mut one)?;
    Ok(one[0])
}

fn long(from: &mut impl Read) -> Result<u64, Refused> {
    let mut eight = [0; 8];
    from.read_exact(&mut eight)?;
    Ok(u64::from_le_bytes(eight))
}

/// A number of at most so much.
fn short(from: &mut impl Read, most: usize) -> Result<usize, Refused> {
    let mut four = [0; 4];
    from.read_exact(&mut four)?;
    let number = usize::try_from(u32::from_le_bytes(four)).unwrap_or(usize::MAX);
    if number > most { Err(broken("too large a number")) } else { Ok(number) }
}

/// Adds a text of at most so many bytes to `to`.
fn text(from: &mut impl Read, to: &mut Vec<u8>, most: usize) -> Result<(), Refused> {
    let length = short(from, most)?;
    let begin = to.len();
    to.resize(begin + length, 0);
    Ok(from.read_exact(&mut to[begin..])?)
}
