//! Looks into a spreadsheet before it is opened: what it really unpacks to, counted while unpacking and not believed from
//! its own list, so that a file of a few kilobytes cannot fill the memory.

use std::io::{BufRead, BufReader, Read, Write};

use memchr::memmem;
use quick_xml::{Reader, events::Event};
use zip::ZipArchive;

use super::{
    input::Bytes,
    limits::{MOST_ODS, MOST_PARTS, MOST_RATIO, MOST_TEXTS, MOST_UNPACKED, Refused, UNSUSPICIOUS},
};

/// Which spreadsheet it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Book {
    /// Office Open XML.
    Xlsx,
    /// OpenDocument.
    Ods,
}

/// Most cells of an OpenDocument spreadsheet, repeated ones counted.
const MOST_ODS_CELLS: u64 = 2_000_000;

fn damaged(error: impl std::fmt::Display) -> Refused {
    Refused::Workbook(error.to_string())
}

/// Unpacks every part without keeping it. Also says whether a sheet speaks of merged cells: they stand behind all rows of their
/// sheet, and looking for them takes as long as reading it.
///
/// # Errors
/// [`Refused`] with what is too large, or that the archive is damaged.
pub fn check(bytes: &mut dyn Bytes, size: u64) -> Result<(Book, bool), Refused> {
    let mut archive = ZipArchive::new(bytes).map_err(damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(Refused::Workbook(format!("it holds {} parts, a real one has a few dozen", archive.len())));
    }
    let names: Vec<String> =
        archive.file_names().map(|name| name.map(Into::into)).collect::<Result<_, _>>().map_err(damaged)?;
    let has = |name: &str| names.iter().any(|known| known.trim_start_matches('/').eq_ignore_ascii_case(name));
    let book = if has("content.xml") {
        Book::Ods
    } else if has("xl/workbook.xml") {
        Book::Xlsx
    } else {
        return Err(Refused::NotATable("This is an archive, but not a spreadsheet in XLSX or ODS. Unpack it, and import the statements in it one by one.".to_owned()));
    };
    let (mut unpacked, mut merged) = (0, false);
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.to_ascii_lowercase();
        let mut counted = Counted { from: part, bytes: unpacked, size, over: None };
        let before = counted.bytes;
        if book == Book::Ods && name == "content.xml" {
            ods_cells(BufReader::with_capacity(64 * 1024, &mut counted)).or_else(|refused| counted.refused(refused))?;
        }
        let mut merges = Merges::default();
        let sheet = book == Book::Xlsx && name.contains("worksheets/");
        let rest = if sheet {
            std::io::copy(&mut counted, &mut merges)
        } else {
            std::io::copy(&mut counted, &mut std::io::sink())
        };
        merged |= merges.found;
        if let Some(refused) = counted.over {
            return Err(refused);
        }
        rest.map_err(damaged)?;
        let here = counted.bytes - before;
        if book == Book::Xlsx && name.ends_with("sharedstrings.xml") && here > MOST_TEXTS {
            return Err(Refused::LargeWorkbook { most: MOST_TEXTS, why: " of texts" });
        }
        if book == Book::Ods && here > MOST_ODS {
            return Err(Refused::LargeWorkbook { most: MOST_ODS, why: "" });
        }
        unpacked = counted.bytes;
    }
    Ok((book, merged))
}

/// The name of what a sheet says of each of its merged cells.
const MERGE: &[u8] = b"mergeCell";

/// Looks for [`MERGE`] in what is written to it.
#[derive(Default)]
struct Merges {
    found: bool,
    /// The last bytes so far, in which it may begin.
    last: Vec<u8>,
}

impl Write for Merges {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if !self.found {
            let begin = &bytes[..bytes.len().min(MERGE.len() - 1)];
            self.last.extend_from_slice(begin);
            self.found = memmem::find(&self.last, MERGE).is_some() || memmem::find(bytes, MERGE).is_some();
            if begin.len() < bytes.len() {
                self.last.clear();
                self.last.extend_from_slice(&bytes[bytes.len().saturating_sub(MERGE.len() - 1)..]);
            } else {
                self.last.drain(..self.last.len().saturating_sub(MERGE.len() - 1));
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Counts what is unpacked, and stops when it is too much.
struct Counted<R> {
    from: R,
    bytes: u64,
    size: u64,
    over: Option<Refused>,
}

impl<R> Counted<R> {
    /// What stopped the reading: too much unpacked, or else `refused`.
    fn refused(&mut self, refused: Refused) -> Result<(), Refused> {
        Err(self.over.take().unwrap_or(refused))
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.bytes += read as u64;
        if self.bytes > UNSUSPICIOUS && self.bytes / self.size.max(1) > MOST_RATIO {
            self.over = Some(Refused::Bomb { unpacked: self.bytes / 1_000_000, ratio: self.bytes / self.size.max(1) });
        } else if self.bytes > MOST_UNPACKED {
            self.over = Some(Refused::LargeWorkbook { most: MOST_UNPACKED, why: "" });
        }
        if self.over.is_some() { Err(std::io::Error::other("too large")) } else { Ok(read) }
    }
}

/// Counts the cells that an OpenDocument sheet says it has: one cell can stand for a billion by its repeat count.
fn ods_cells(content: impl BufRead) -> Result<(), Refused> {
    let mut reader = Reader::from_reader(content);
    let mut buffer = Vec::new();
    let (mut cells, mut rows, mut width, mut last) = (0u64, 1u64, 0u64, 0u64);
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(damaged)?;
        match &event {
            Event::Eof => return Ok(()),
            Event::Start(start) | Event::Empty(start) => {
                let name = start.local_name();
                let name: &[u8] = name.as_ref().as_ref();
                let (mut repeat, mut full) = (1u64, false);
                for attribute in start.attributes().flatten() {
                    let key = attribute.key.local_name();
                    let key: &[u8] = key.as_ref().as_ref();
                    match key {
                        b"number-rows-repeated" | b"number-columns-repeated" => {
                            let value: &[u8] = attribute.value.as_ref().as_ref();
                            repeat = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok()).unwrap_or(1);
                        }
                        b"value-type" | b"formula" => full = true,
                        _ => {}
                    }
                }
                if name == b"table-row" {
                    (rows, width, last) = (repeat, 0, 0);
                } else if name == b"table-cell" || name == b"covered-table-cell" {
                    width = width.saturating_add(repeat);
                    if full {
                        last = width;
                    }
                }
            }
            Event::End(end) => {
                let name = end.local_name();
                let name: &[u8] = name.as_ref().as_ref();
                if name == b"table-row" && last > 0 {
                    cells = cells.saturating_add(rows.saturating_mul(last));
                    if cells > MOST_ODS_CELLS {
                        return Err(Refused::Workbook(format!("it says that it has more than {MOST_ODS_CELLS} cells")));
                    }
                }
            }
            _ => {}
        }
    }
}
