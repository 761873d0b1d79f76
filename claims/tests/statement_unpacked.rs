//! A spreadsheet whose rows were unpacked by another process reads as the spreadsheet itself.
#![cfg(feature = "statements")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod parts;

use std::path::PathBuf;

use claims::statements::{self, Choices, Input, Refused, Rules, Wish, unpacked};
use parts::workbook;

/// Two files that go with their test.
struct Files([PathBuf; 2]);

impl Files {
    fn of(name: &str, bytes: &[u8]) -> Self {
        let place =
            |kind: &str| std::env::temp_dir().join(format!("recoup-unpacked-{name}-{}.{kind}", std::process::id()));
        let files = Self([place("file"), place("rows")]);
        std::fs::write(&files.0[0], bytes).unwrap();
        files
    }

    fn unpack(&self) -> Result<Input<'static>, Refused> {
        let [file, rows] = self.0.clone();
        unpacked::write(&Input::File(file.clone()), &rows)?;
        Ok(Input::Unpacked { file, rows })
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        for file in &self.0 {
            let _ = std::fs::remove_file(file);
        }
    }
}

fn read(input: &Input<'_>) -> String {
    let wish = Wish { rows: true, ..Wish::default() };
    format!("{:#?}", statements::read(input, &Choices::default(), &Rules::any(), wish))
}

#[track_caller]
fn reads_the_same(name: &str, bytes: &[u8]) -> String {
    let files = Files::of(name, bytes);
    let direct = read(&Input::File(files.0[0].clone()));
    assert_eq!(read(&files.unpack().unwrap()), direct);
    direct
}

/// Texts as rows of cells, with what stands between the rows and the end of the sheet.
fn sheet(rows: &[&[&str]], after: &str) -> String {
    let text = |cell: &&str| format!("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{cell}</t></is></c>");
    let rows: String =
        rows.iter().map(|row| format!("<row>{}</row>", row.iter().map(text).collect::<String>())).collect();
    format!("<sheetData>{rows}</sheetData>{after}")
}

#[test]
fn texts_numbers_days_months_and_merged_cells_are_the_same() {
    let text = |cell: &str| format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>");
    let head: String = ["Period", "Cat No", "Artist", "Title", "Units", "Net Due", "Currency"].map(text).concat();
    let row = |period: &str, number: &str, artist: &str, due: &str| {
        let [number, artist, title, currency] = [number, artist, "A title", "USD"].map(text);
        format!("<row>{period}{number}{artist}{title}<c><v>2</v></c>{due}{currency}</row>")
    };
    // A month, then a day of it; 1.234 is no thousand, for it is a number; what two rows share is due once.
    let (month, day, blank) = ("<c s=\"1\"><v>42064</v></c>", "<c s=\"2\"><v>42066</v></c>", "<c/>");
    let book = format!(
        "<sheetData><row>{head}</row>{}{}<row/>{}</sheetData><mergeCells><mergeCell ref=\"F2:F3\"/><mergeCell ref=\"A4:A5\"/></mergeCells>",
        row(month, "SP 1", "Ada", "<c><v>1.234</v></c>"),
        row(day, "SP 2", "Bea", blank),
        row(month, "SP 3", "Kee", "<c><v>7.25</v></c>"),
    );
    let read = reads_the_same("months", &workbook(&book));
    assert!(read.contains("millionths: 8484000"), "{read}");
}

#[test]
fn spaces_and_apostrophes_are_taken_off_once() {
    // Two apostrophes: the second is typed, and belongs to what the first keeps from being run.
    let rows: &[&[&str]] = &[
        &["Period", "Artist", "Title", "Net Due"],
        &["2015-01", "  Ada ", "''=1+1", "1.00"],
        &["2015-01", "'Round", "'=1+1", "2.00"],
        // What is behind the apostrophe begins with a tab, which is typed.
        &["2015-01", "Bea", "'\t=2", "3.00"],
    ];
    let read = reads_the_same("apostrophes", &workbook(&sheet(rows, "")));
    assert!(read.contains("'=1+1") && read.contains("'Round"), "{read}");
}

#[test]
fn a_sheet_that_cannot_be_read_to_its_end_says_why_as_far_as_it_goes() {
    let long = "x".repeat(200_000);
    let rows: &[&[&str]] = &[
        &["Period", "Artist", "Title", "Net Due"],
        &["2015-01", "Ada", "One", "1.00"],
        &["2015-01", &long, "Two", "1.00"],
    ];
    let files = Files::of("long", &workbook(&sheet(rows, "")));
    let said = |input: &Input<'_>| {
        statements::read(input, &Choices::default(), &Rules::any(), Wish::default()).unwrap_err().to_string()
    };
    let direct = said(&Input::File(files.0[0].clone()));
    assert!(direct.starts_with("Row 3 has a cell of more than"), "{direct}");
    assert_eq!(said(&files.unpack().unwrap()), direct);
}

#[test]
fn what_is_not_unpacked_rows_is_not_read_as_such() {
    let files = Files::of("other", &workbook(&sheet(&[&["Period", "Net Due"], &["2015-01", "1.00"]], "")));
    let input = files.unpack().unwrap();
    let whole = std::fs::read(&files.0[1]).unwrap();
    for bytes in [&b""[..], b"Period,Net Due\n2015-01,1.00\n", &whole[..whole.len() - 9], &whole[whole.len() / 2..]] {
        std::fs::write(&files.0[1], bytes).unwrap();
        let refused = statements::read(&input, &Choices::default(), &Rules::any(), Wish::default()).unwrap_err();
        assert!(matches!(refused, Refused::Io(_)), "{refused}");
    }
}
