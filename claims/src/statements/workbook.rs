//! Rows of a spreadsheet, through calamine: XLSX cell by cell, ODS as one sheet in memory.

use calamine::{
    CellErrorType, Data, DataRef, Dimensions, ExcelDateTime, Ods, Range, Reader, Sheet, SheetVisible, Xlsx,
};
use rust_decimal::Decimal;

use super::{
    archive::{self, Book},
    cells::{CellKind, Cells},
    encoding::without_nul,
    input::{Bytes, Input},
    limits::{LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Refused},
    unpacked::Unpacked,
};

fn damaged(error: impl std::fmt::Display) -> Refused {
    Refused::Workbook(error.to_string().trim_end_matches('.').to_owned())
}

enum Opened<'a> {
    Xlsx(Box<Xlsx<Box<dyn Bytes + 'a>>>),
    Ods(Box<Ods<Box<dyn Bytes + 'a>>>),
    Unpacked(Unpacked),
}

/// An open spreadsheet.
pub struct Workbook<'a> {
    book: Opened<'a>,
    /// Whether any sheet has merged cells.
    has_merged: bool,
    /// The merged cells of the sheet that was read last.
    merged: Option<(String, Vec<Dimensions>)>,
    /// The names of its visible sheets.
    pub sheets: Vec<String>,
}

impl<'a> Workbook<'a> {
    /// Opens a spreadsheet that unpacks to a reasonable size.
    ///
    /// # Errors
    /// [`Refused`] with why it is not opened.
    pub fn open(input: &Input<'a>) -> Result<Self, Refused> {
        if let Input::Unpacked { rows, .. } = input {
            let book = Unpacked::open(rows)?;
            let sheets = book.sheets();
            return Ok(Self { book: Opened::Unpacked(book), has_merged: false, merged: None, sheets });
        }
        let (book, has_merged) = archive::check(&mut *input.open()?, input.size()?)?;
        let bytes = input.open()?;
        let (book, sheets) = match book {
            Book::Xlsx => {
                let book = Xlsx::new(bytes).map_err(damaged)?;
                let sheets = visible(book.sheets_metadata());
                (Opened::Xlsx(Box::new(book)), sheets)
            }
            Book::Ods => {
                let book = Ods::new(bytes).map_err(damaged)?;
                let sheets = visible(book.sheets_metadata());
                (Opened::Ods(Box::new(book)), sheets)
            }
        };
        if sheets.is_empty() {
            return Err(damaged("it has no visible sheet"));
        }
        Ok(Self { book, has_merged, merged: None, sheets })
    }

    /// Gives every row of a sheet that has cells to `take`, until that says to stop with `false`.
    ///
    /// # Errors
    /// [`Refused`], from here or from `take`.
    pub fn rows(
        &mut self,
        sheet: &str,
        take: &mut dyn FnMut(&mut Cells) -> Result<bool, Refused>,
    ) -> Result<(), Refused> {
        match &mut self.book {
            Opened::Xlsx(book) => {
                if self.has_merged && self.merged.as_ref().is_none_or(|(of, _)| of != sheet) {
                    // What cannot be read of them is as if it were not there: the cells are.
                    self.merged = Some((sheet.to_owned(), merged_columns(book.merge_cells_by_sheet_name(sheet))));
                }
                let merged = self.merged.as_ref().map_or(&[][..], |(_, merged)| &merged[..]);
                xlsx_rows(book, sheet, merged, take)
            }
            Opened::Unpacked(book) => book.rows(sheet, take),
            Opened::Ods(book) => ods_rows(&book.worksheet_range(sheet).map_err(damaged)?, take),
        }
    }
}

fn visible(sheets: &[Sheet]) -> Vec<String> {
    sheets.iter().filter(|sheet| sheet.visible == SheetVisible::Visible).map(|sheet| sheet.name.clone()).collect()
}

/// Merged cells that go over several rows, in the order of these.
fn merged_columns<E>(all: Result<Vec<Dimensions>, E>) -> Vec<Dimensions> {
    let mut merged = all.unwrap_or_default();
    merged.retain(|merged| merged.end.0 > merged.start.0 && (merged.start.1 as usize) < MOST_COLUMNS);
    merged.sort_by_key(|merged| merged.start);
    merged
}

/// Gives every cell of a merged one what stands in its first: a spreadsheet shows it for all of them. Of several columns that are
/// merged it is the first that has it.
struct Merging<'m> {
    left: &'m [Dimensions],
    /// Those that have begun, at most one for a column, with what stands in them.
    begun: Vec<(Dimensions, Vec<u8>, CellKind)>,
}

impl Merging<'_> {
    fn row(&mut self, cells: &mut Cells) {
        let row = u32::try_from(cells.number - 1).unwrap_or(u32::MAX);
        self.begun.retain(|(merged, ..)| merged.end.0 >= row);
        for (merged, text, kind) in &self.begun {
            let column = merged.start.1 as usize;
            if cells.get(column).is_empty() && !text.is_empty() {
                cells.put(column, text, *kind);
                cells.merged.push((column, u64::from(merged.start.0) + 1));
            }
        }
        while let Some((first, left)) = self.left.split_first().filter(|(first, _)| first.start.0 <= row) {
            self.left = left;
            // What begins in a row without cells is blank in all of them.
            if first.start.0 == row {
                let column = first.start.1 as usize;
                self.begun.retain(|(merged, ..)| merged.start.1 != first.start.1);
                self.begun.push((*first, cells.get(column).to_vec(), cells.kind(column)));
            }
        }
    }
}

fn xlsx_rows(
    book: &mut Xlsx<Box<dyn Bytes + '_>>,
    sheet: &str,
    merged: &[Dimensions],
    take: &mut dyn FnMut(&mut Cells) -> Result<bool, Refused>,
) -> Result<(), Refused> {
    let mut reader = book.worksheet_cells_reader(sheet).map_err(damaged)?;
    let months: Vec<bool> = reader
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().is_some_and(|format| shows_months(&format.format_code)))
        .collect();
    let mut merging = Merging { left: merged, begun: Vec::new() };
    let mut take = |cells: &mut Cells| {
        if !merged.is_empty() {
            merging.row(cells);
        }
        take(cells)
    };
    let mut cells = Cells::default();
    let mut scratch = String::new();
    cells.begin(0);
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(damaged)? {
        let (row, column) = cell.get_position();
        let (row, column) = (u64::from(row) + 1, column as usize);
        if row != cells.number {
            if cells.number > 0 && !cells.is_blank() && !take(&mut cells)? {
                return Ok(());
            }
            if row < cells.number {
                return Err(damaged(format!("row {row} stands after row {}", cells.number)));
            }
            if row > MOST_ROWS {
                return Err(Refused::TooManyRows);
            }
            cells.begin(row);
        }
        let month = months.get(style).copied().unwrap_or_default();
        let value = cell.get_value();
        let (text, kind): (&str, CellKind) = match value {
            DataRef::Empty => continue,
            DataRef::SharedString(text) => (text, CellKind::Text),
            DataRef::String(text) => (text, CellKind::Text),
            DataRef::Int(number) => written(&mut scratch, |to| number_text(to, *number as f64), CellKind::Number),
            DataRef::Float(number) => written(&mut scratch, |to| number_text(to, *number), CellKind::Number),
            DataRef::Bool(yes) => (if *yes { "TRUE" } else { "FALSE" }, CellKind::Text),
            DataRef::DateTime(at) => written(&mut scratch, |to| day_text(to, at, month), CellKind::Day),
            DataRef::DateTimeIso(at) => (at.get(..if month { MONTH } else { DAY }).unwrap_or(at), CellKind::Day),
            DataRef::DurationIso(text) => (text, CellKind::Text),
            DataRef::Error(error) => (error_text(error), CellKind::Failed),
        };
        place(&mut cells, column, text.as_bytes(), kind)?;
    }
    if cells.number > 0 && !cells.is_blank() {
        take(&mut cells)?;
    }
    Ok(())
}

fn ods_rows(range: &Range<Data>, take: &mut dyn FnMut(&mut Cells) -> Result<bool, Refused>) -> Result<(), Refused> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let firsts = columns_of_firsts(range);
    let mut cells = Cells::default();
    let mut scratch = String::new();
    for (row, values) in range.rows().enumerate() {
        cells.begin(u64::from(first_row) + row as u64 + 1);
        for (column, value) in values.iter().enumerate() {
            let first = firsts.get(column).copied().unwrap_or_default();
            let day = if first { CellKind::First } else { CellKind::Day };
            let (text, kind): (&str, CellKind) = match value {
                Data::Empty => continue,
                Data::String(text) | Data::DurationIso(text) => (text, CellKind::Text),
                Data::Int(number) => written(&mut scratch, |to| number_text(to, *number as f64), CellKind::Number),
                Data::Float(number) => written(&mut scratch, |to| number_text(to, *number), CellKind::Number),
                Data::Bool(yes) => (if *yes { "TRUE" } else { "FALSE" }, CellKind::Text),
                Data::DateTime(at) => written(&mut scratch, |to| day_text(to, at, false), day),
                Data::DateTimeIso(at) => (at.get(..DAY).unwrap_or(at), day),
                Data::Error(error) => (error_text(error), CellKind::Failed),
            };
            place(&mut cells, first_column as usize + column, text.as_bytes(), kind)?;
        }
        if !cells.is_blank() && !take(&mut cells)? {
            return Ok(());
        }
    }
    Ok(())
}

fn place(cells: &mut Cells, column: usize, text: &[u8], kind: CellKind) -> Result<(), Refused> {
    if column >= MOST_COLUMNS {
        return Err(Refused::TooWide(cells.number));
    }
    if text.len() > LONGEST_CELL {
        return Err(Refused::LongCell(cells.number));
    }
    while cells.len() < column {
        cells.push(b"", CellKind::Text);
    }
    // As in a text file.
    if text.contains(&0) {
        let mut without = text.to_vec();
        without_nul(&mut without, 0);
        cells.push(&without, kind);
    } else {
        cells.push(text, kind);
    }
    Ok(())
}

fn written(scratch: &mut String, write: impl FnOnce(&mut String), kind: CellKind) -> (&str, CellKind) {
    scratch.clear();
    write(scratch);
    (scratch, kind)
}

/// A number as it was typed: whole numbers in full (barcodes have thirteen digits), others without the noise that binary
/// fractions carry in their seventeenth digit.
fn number_text(to: &mut String, number: f64) {
    use std::fmt::Write;
    let scaled = (number * 1e6).round();
    let _ = if number.fract() == 0.0 && number.abs() < 1e15 {
        match number {
            0.0 => write!(to, "{number:.0}"),
            _ => write!(to, "{}", whole(number)),
        }
    } else if scaled.abs() < 1e15 && (scaled / 1e6).to_bits() == number.to_bits() {
        // Nearly every amount: no other decimal of so few digits is as close to it.
        let (sign, scaled) = (if number < 0.0 { "-" } else { "" }, whole(scaled).unsigned_abs());
        let (mut decimals, mut places) = (scaled % 1_000_000, 6);
        while decimals % 10 == 0 {
            decimals /= 10;
            places -= 1;
        }
        write!(to, "{sign}{}.{decimals:0places$}", scaled / 1_000_000)
    } else {
        // Fifteen significant digits are what a spreadsheet shows and keeps.
        write!(to, "{}", rounded(number))
    };
}

fn rounded(number: f64) -> String {
    match Decimal::try_from(number).ok().and_then(|exact| exact.round_sf(15)) {
        Some(exact) => exact.normalize().to_string(),
        None => format!("{number:E}"),
    }
}

/// A whole number of at most fifteen digits, which is exact either way.
#[expect(clippy::cast_possible_truncation, reason = "it is whole, and its digits fit")]
const fn whole(number: f64) -> i64 {
    number as i64
}

/// How much of `2015-03-01` says the day, and the month.
const DAY: usize = 10;
pub(super) const MONTH: usize = 7;

/// A day, or the month alone where the cell shows no more.
fn day_text(to: &mut String, at: &ExcelDateTime, month: bool) {
    use std::fmt::Write;
    let (year, of_year, day, ..) = at.to_ymd_hms_milli();
    let _ = if month { write!(to, "{year:04}-{of_year:02}") } else { write!(to, "{year:04}-{of_year:02}-{day:02}") };
}

/// Whether a format of days shows months without their days, as `mmm-yy` does: Mar-15 is that month, though the cell
/// holds its first day.
fn shows_months(format: &str) -> bool {
    let (mut month, mut quoted, mut bracketed) = (false, false, false);
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        match letter.to_ascii_lowercase() {
            '"' => quoted = !quoted,
            _ if quoted => {}
            // The letter after it stands for itself, or for room.
            '\\' | '_' | '*' => {
                letters.next();
            }
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ if bracketed => {}
            ';' => break,
            'd' | 'h' | 's' => return false,
            'm' => month = true,
            _ => {}
        }
    }
    month
}

/// Which columns of an `OpenDocument` sheet hold nothing but first days of several months. The library does not tell
/// how days are shown there; in a column of periods the months are meant.
fn columns_of_firsts(range: &Range<Data>) -> Vec<bool> {
    let mut seen: Vec<(bool, Option<String>)> = vec![(false, None); range.width()];
    let mut days = vec![false; range.width()];
    let mut scratch = String::new();
    for (column, value) in range.rows().flat_map(|values| values.iter().enumerate()) {
        let text = match value {
            Data::DateTime(at) => written(&mut scratch, |to| day_text(to, at, false), CellKind::Day).0,
            Data::DateTimeIso(at) => at.get(..DAY).unwrap_or(at),
            _ => continue,
        };
        let (several, first) = &mut seen[column];
        days[column] |= !text.ends_with("-01");
        match first {
            Some(first) => *several |= first != text,
            None => *first = Some(text.to_owned()),
        }
    }
    seen.iter().zip(days).map(|((several, _), days)| *several && !days).collect()
}

const fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        _ => "#VALUE!",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formats_of_months_are_told_from_those_of_days() {
        for months in
            ["mmm-yy", "mmm\\-yy", "[$-409]mmm\\ yyyy;@", "yyyy/mm", "MMMM YYYY", "\"d\" mmm yy", "yyyy\"年\"m\"月\""]
        {
            assert!(shows_months(months), "{months}");
        }
        for others in [
            "mm-dd-yy",
            "d-mmm",
            "yyyy\\-mm\\-dd",
            "mm:ss",
            "[mm]:ss",
            "h:mm AM/PM",
            "General",
            "0.00",
            "yyyy",
            "m/d/yy h:mm",
        ] {
            assert!(!shows_months(others), "{others}");
        }
    }

    #[test]
    fn columns_of_first_days_are_told_from_others() {
        let day = |text: &str| Data::DateTimeIso(text.to_owned());
        let rows = [["2015-03-01", "2015-03-01", "2016-06-01"], ["2015-04-01T00:00:00", "2015-04-02", "2016-06-01"]];
        let cells =
            (0..).zip(rows).flat_map(|(row, days)| (0..).zip(days).map(move |(column, text)| (row, column, text)));
        let cells = cells.map(|(row, column, text)| calamine::Cell::new((row, column), day(text))).collect();
        assert_eq!(columns_of_firsts(&Range::from_sparse(cells)), [true, false, false]);
    }

    proptest! {
        #[test]
        fn the_short_way_to_write_a_number_writes_the_same(millionths in -1_000_000_000_000_000i64..1_000_000_000_000_000, noise in -2i64..3, places in 0u32..7) {
            let exact = millionths as f64 / 10f64.powi(places.cast_signed());
            let number = f64::from_bits(exact.to_bits().saturating_add_signed(noise));
            let mut written = String::new();
            number_text(&mut written, number);
            let whole = number.fract() == 0.0;
            prop_assert_eq!(written, if whole { format!("{number:.0}") } else { rounded(number) });
        }
    }
}
