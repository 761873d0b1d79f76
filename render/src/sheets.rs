//! Tables as CSV files (RFC 4180) and as one workbook (ISO/IEC 29500).

use chrono::{Datelike, Timelike};
use claims::{
    Instant,
    filing::{Cell, Table},
    spreadsheet,
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

/// Most rows of a sheet, its head included.
const MOST_ROWS: usize = 1_048_576;
/// Most characters of a cell.
const MOST_CHARACTERS: usize = 32_767;

/// A table as CSV in UTF-8. Cells that a spreadsheet would run begin with `'`, as in the portal's exports.
///
/// # Errors
/// Only if memory fails.
pub fn csv(table: &Table) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(table.columns.iter().map(|column| column.name))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| match cell {
            Cell::Text(text) if spreadsheet::runs(text) => format!("'{text}"),
            cell => cell.plain(),
        }))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// All tables as one workbook: a sheet each, and one that explains the columns. Amounts are numbers; texts are texts, also
/// those that look like formulas.
///
/// # Errors
/// If a table has more rows than a sheet takes.
pub fn workbook(title: &str, tables: &[Table], at: Instant) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let short = |number: u32| u8::try_from(number).unwrap_or(0);
    let created = ExcelDateTime::from_ymd(u16::try_from(at.year()).unwrap_or(0), short(at.month()), short(at.day()))?
        .and_hms(u16::try_from(at.hour()).unwrap_or(0), short(at.minute()), short(at.second()))?;
    book.set_properties(&DocProperties::new().set_title(title).set_author("Recoup").set_creation_datetime(&created));
    let head = Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_align(FormatAlign::Top);
    let days = Format::new().set_num_format("yyyy-mm-dd");
    for table in tables {
        if table.rows.len() + 1 > MOST_ROWS {
            return Err(XlsxError::ParameterError(format!("{} has more rows than a sheet takes", table.key)));
        }
        // Rows go to a temporary file as they are written, not into memory.
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(table.key)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, width) in (0u16..).zip(widths(table)) {
            sheet.set_column_width(column, width)?;
        }
        for (column, of) in (0u16..).zip(&table.columns) {
            sheet.write_string_with_format(0, column, of.name, &head)?;
        }
        for (row, cells) in (1u32..).zip(&table.rows) {
            for (column, cell) in (0u16..).zip(cells) {
                match cell {
                    Cell::Empty => {}
                    Cell::Text(text) | Cell::Key(text) => {
                        sheet.write_string(row, column, text.chars().take(MOST_CHARACTERS).collect::<String>())?;
                    }
                    #[expect(clippy::cast_precision_loss, reason = "units and line numbers are far below 2^53")]
                    Cell::Integer(number) => {
                        sheet.write_number(row, column, *number as f64)?;
                    }
                    Cell::Amount(minor, currency) => {
                        let exact = currency.plain(*minor);
                        let format = if currency.places() == 0 { "#,##0" } else { "#,##0.00" };
                        match exact.parse::<f64>() {
                            // Fifteen digits are what a spreadsheet keeps exactly.
                            Ok(number) if exact.chars().filter(char::is_ascii_digit).count() <= 15 => {
                                sheet.write_number_with_format(
                                    row,
                                    column,
                                    number,
                                    &Format::new().set_num_format(format),
                                )?;
                            }
                            _ => {
                                sheet.write_string(row, column, exact)?;
                            }
                        }
                    }
                    Cell::Day(day) => {
                        let day = ExcelDateTime::from_ymd(
                            u16::try_from(day.year()).unwrap_or(0),
                            short(day.month()),
                            short(day.day()),
                        )?;
                        sheet.write_datetime_with_format(row, column, &day, &days)?;
                    }
                    Cell::Moment(_) => {
                        sheet.write_string(row, column, cell.plain())?;
                    }
                }
            }
        }
    }
    let sheet = book.add_worksheet();
    sheet.set_name("columns")?;
    let mut row = 0;
    for (column, name) in (0u16..).zip(["table", "column", "meaning"]) {
        sheet.write_string_with_format(0, column, name, &head)?;
    }
    for table in tables {
        for column in &table.columns {
            row += 1;
            sheet.write_string(row, 0, table.key)?;
            sheet.write_string(row, 1, column.name)?;
            sheet.write_string(row, 2, column.meaning)?;
        }
    }
    book.save_to_buffer()
}

/// Widths of columns in characters: as wide as the head and the first rows, within reason.
fn widths(table: &Table) -> Vec<f64> {
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(place, column)| {
            let cells =
                table.rows.iter().take(200).filter_map(|row| row.get(place)).map(|cell| cell.plain().chars().count());
            let most = cells.chain([column.name.len()]).max().unwrap_or(8).clamp(6, 48);
            f64::from(u8::try_from(most).unwrap_or(48)) + 2.0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use claims::money::Currency;

    use super::*;

    fn table() -> Table {
        let mut table = Table::new("summary", "Summary", &[("claim", "number"), ("amount", "amount")]);
        table.rows.push(vec![Cell::text("=HYPERLINK(\"x\")"), Cell::Amount(-150_001, Currency::USD)]);
        table
    }

    #[test]
    fn csv_cells_cannot_run_and_figures_stay_figures() {
        let text = String::from_utf8(csv(&table()).unwrap()).unwrap();
        assert_eq!(text, "claim,amount\r\n\"'=HYPERLINK(\"\"x\"\")\",-1500.01\r\n");
    }

    #[test]
    fn the_same_workbook_twice() {
        let at = claims::Instant::default();
        assert_eq!(workbook("x", &[table()], at).unwrap(), workbook("x", &[table()], at).unwrap());
    }
}
