//! The corpus of statements: one file per layout and trap, each with what is understood of it as a snapshot. With
//! `UPDATE_STATEMENTS=1` the snapshots are written anew, to be read before they are committed.
#![cfg(feature = "statements")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::{
    fmt::Write as _,
    fs,
    io::{Cursor, Write as _},
    path::PathBuf,
};

use claims::{
    line::Category,
    money::Currency,
    statements::{
        self, Choices, Grouping, Input, Reading, Refused, Rules, Statement, Wish, dates, number,
        problem::{Kind, acceptance},
    },
};
use proptest::prelude::*;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/statements")
}

fn choices(name: &str) -> Choices {
    Choices {
        aggregator: if ["itunes", "amazon", "bandcamp"].iter().any(|layout| name.starts_with(layout)) {
            "The Orchard".to_owned()
        } else {
            String::new()
        },
        ..Choices::default()
    }
}

/// A reading as a person would check it against the file.
fn snapshot(read: Result<Statement, Refused>) -> String {
    let statement = match read {
        Ok(statement) => statement,
        Err(refused) => return format!("refused: {refused}\n"),
    };
    let Reading {
        format,
        layout,
        category,
        header_row,
        columns,
        days,
        questions,
        period,
        rows,
        data_rows,
        left_out,
        sums,
        file_totals,
        problems,
        ..
    } = &statement.reading;
    let mut out = String::new();
    let mut say = |line: String| writeln!(out, "{line}").unwrap();
    say(format!("format: {}", format.words()));
    say(format!("layout: {layout}, header in row {header_row}, {}", category.map_or("?", Category::key)));
    for column in columns {
        say(format!(
            "column: {} = {} {}",
            column.header,
            column.field.map_or("-", claims::statements::field::Field::key),
            column.mark.map_or("", number::Mark::key)
        )
        .trim_end()
        .to_owned());
    }
    say(format!("days: {}", days.map_or("-", dates::DayOrder::key)));
    questions.iter().for_each(|question| {
        say(format!("question: {} [{}] {}", question.choice, question.examples.join(" | "), question.words));
    });
    say(format!("period: {}", period.map(dates::show).unwrap_or_default()));
    say(format!("rows: {rows}, read: {data_rows}"));
    left_out
        .iter()
        .for_each(|left| say(format!("left out: {} {} ({})", left.rows, left.reason.words(left.rows), left.which)));
    for sum in sums {
        say(format!(
            "sum: {} rows {} units {} exact {} lines {} below zero {}",
            sum.currency.map(|currency| currency.to_string()).unwrap_or_default(),
            sum.rows,
            sum.units,
            sum.millionths,
            sum.lines,
            sum.below_zero
        ));
    }
    file_totals.iter().for_each(|total| {
        say(format!("file total: row {} says {} rows come to {}", total.row, total.stated, total.computed));
    });
    problems.iter().for_each(|problem| {
        say(format!(
            "{}: row {} [{}] “{}” {}",
            problem.kind.key(),
            problem.row,
            problem.column,
            problem.value,
            problem.message
        ));
    });
    for line in &statement.lines {
        let answers: Vec<String> = line.answers.0.iter().map(|(name, answer)| format!("{name}={answer}")).collect();
        say(format!("line: {} {} ({}) {}", line.amount, line.currency, line.rows, answers.join("; ")));
    }
    out
}

#[test]
fn every_file_of_the_corpus_reads_as_its_snapshot() {
    let update = std::env::var_os("UPDATE_STATEMENTS").is_some();
    let mut wrong = Vec::new();
    let mut files = 0;
    let mut names: Vec<PathBuf> = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names.iter().filter(|path| {
        path.is_file()
            && !["md", "expected"].iter().any(|ending| path.extension().is_some_and(|found| found == *ending))
    }) {
        files += 1;
        let name = path.file_name().unwrap().to_str().unwrap();
        let found =
            snapshot(statements::read(&Input::File(path.clone()), &choices(name), &Rules::any(), Wish::default()));
        let expected = path.with_file_name(format!("{name}.expected"));
        if update {
            fs::write(&expected, &found).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        if found != expected {
            wrong.push(format!("== {name}\n-- expected\n{expected}-- found\n{found}"));
        }
    }
    assert!(files >= 20, "the corpus is not there");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The exact sum of all rows of a file is that of its rows, whatever becomes of them.
#[test]
fn rows_and_lines_add_up() {
    let path = corpus().join("orchard.csv");
    let wish = Wish { rows: true, ..Wish::default() };
    let statement = statements::read(&Input::File(path), &Choices::default(), &Rules::any(), wish).unwrap();
    for (place, line) in statement.lines.iter().enumerate() {
        let of_line = statement.rows.iter().filter(|row| row.group as usize == place);
        assert_eq!(of_line.map(|row| i128::from(row.millionths)).sum::<i128>(), line.millionths);
    }
}

#[derive(Debug, Clone)]
struct Row {
    month: u32,
    artist: String,
    title: String,
    units: i64,
    millionths: i64,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let text = "[A-Za-zÄÖÜäöüéèß '\"&.,;|-]{1,20}".prop_map(|text| format!("x{}", text.trim()));
    let row = (1u32..13, text.clone(), text, 1i64..500, 1i64..9_999_999_999)
        .prop_map(|(month, artist, title, units, millionths)| Row { month, artist, title, units, millionths });
    prop::collection::vec(row, 1..40)
}

fn written(millionths: i64, comma: bool, groups: bool) -> String {
    let whole = (millionths / 1_000_000).to_string();
    let decimals = format!("{:06}", millionths % 1_000_000);
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if groups && place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(if comma { '.' } else { ',' });
        }
        text.push(digit);
    }
    format!("{text}{}{decimals}", if comma { ',' } else { '.' })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Rows written in any locale, with any separator and encoding, are the rows that are read.
    #[test]
    fn what_is_written_is_read(rows in rows(), separator in prop::sample::select(vec![b',', b';', b'\t', b'|']), comma: bool, groups: bool, encoding in 0u8..5, crlf: bool) {
        let mut writer = csv::WriterBuilder::new().delimiter(separator).terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') }).from_writer(Vec::new());
        writer.write_record(["Period", "Catalogue Number", "Artist", "Title", "Net Units", "Net Due", "Currency"]).unwrap();
        for (place, row) in rows.iter().enumerate() {
            writer.write_record([format!("2015-{:02}", row.month), format!("AB {place}"), row.artist.clone(), row.title.clone(), row.units.to_string(), written(row.millionths, comma, groups), "USD".to_owned()]).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let bytes: Vec<u8> = match encoding {
            0 => text.clone().into_bytes(),
            1 => format!("\u{feff}{text}").into_bytes(),
            2 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
            3 => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            _ => [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        };
        let wish = Wish { rows: true, ..Wish::default() };
        let choices = Choices { grouping: statements::Grouping::Rows, ..Choices::default() };
        let read = statements::read(&Input::Memory(&bytes), &choices, &Rules::any(), wish).unwrap();
        prop_assert_eq!(read.reading.data_rows, rows.len() as u64);
        let due: Vec<&Row> = rows.iter().filter(|row| row.millionths > 5_000).collect();
        prop_assert_eq!(read.lines.len(), due.len(), "{:?}", read.reading.problems);
        for (line, row) in read.lines.iter().zip(due) {
            prop_assert_eq!(line.millionths, i128::from(row.millionths));
            prop_assert_eq!(line.units, row.units);
            prop_assert_eq!(line.answers.get("artist"), row.artist.trim());
            prop_assert_eq!(line.answers.get("title"), row.title.trim());
        }
    }

    /// Whatever the bytes, the answer is a reading or a sentence. The fuzz target runs the same.
    #[test]
    fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..600), head in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"Period,Barcode,Title,Net Units,Net Due,Currency\n", b"\xff\xfe", b"sep=;\n"])) {
        let bytes: Vec<u8> = head.iter().copied().chain(bytes).collect();
        let _ = statements::read(&Input::Memory(&bytes), &Choices::default(), &Rules::any(), Wish::default()).map_err(|refused| refused.to_string());
    }
}

/// A workbook of one part beside those that make it one.
fn workbook(sheet: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let mut part = |name: &str, bytes: &[u8]| {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    };
    part(
        "[Content_Types].xml",
        br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
    );
    part("_rels/.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#);
    part("xl/workbook.xml", br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>"#);
    part("xl/_rels/workbook.xml.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#);
    part("xl/worksheets/sheet1.xml", sheet);
    zip.finish().unwrap().into_inner()
}

fn refusal(bytes: &[u8]) -> String {
    statements::read(&Input::Memory(bytes), &Choices::default(), &Rules::any(), Wish::default())
        .expect_err("a refusal")
        .to_string()
}

#[test]
fn too_much_is_refused_with_a_sentence() {
    let wide = refusal(",".repeat(100_000).as_bytes());
    assert!(wide.contains("Row 1 has more than 500 columns"), "{wide}");
    let long = refusal(&vec![b'a'; 100_000_000]);
    assert!(long.contains("Row 1") && long.contains("kB"), "{long}");
    let quoted: Vec<u8> = b"a,b\n1,\"".iter().copied().chain(std::iter::repeat_n(b'x', 3_000_000)).collect();
    assert!(refusal(&quoted).contains("quotation mark"), "{}", refusal(&quoted));

    let path = std::env::temp_dir().join(format!("recoup-large-{}", std::process::id()));
    fs::File::create(&path).unwrap().set_len(1_000_000_000).unwrap();
    let large = statements::read(&Input::File(path.clone()), &Choices::default(), &Rules::any(), Wish::default())
        .expect_err("a refusal")
        .to_string();
    fs::remove_file(path).unwrap();
    assert!(large.contains("has 1000 MB; a statement can have 256 MB"), "{large}");
}

#[test]
fn a_zip_bomb_is_not_opened() {
    let mut sheet =
        br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#.to_vec();
    sheet.resize(300_000_000, b' ');
    let bomb = workbook(&sheet);
    assert!(bomb.len() < 1_000_000);
    let words = refusal(&bomb);
    assert!(words.contains("unpacks to more than") && words.contains("not opened"), "{words}");
}

#[test]
fn one_cell_of_an_opendocument_sheet_cannot_stand_for_a_billion() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(br#"<office:document-content xmlns:office="o" xmlns:table="t"><table:table table:name="a"><table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/></table:table-row></table:table></office:document-content>"#).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert!(refusal(&bytes).contains("more than 2000000 cells"), "{}", refusal(&bytes));
}

#[test]
fn damaged_workbooks_are_refused() {
    let whole = workbook(br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Period</t></is></c></row></sheetData></worksheet>"#);
    for cut in (0..whole.len()).step_by(37) {
        let _ = statements::read(&Input::Memory(&whole[..cut]), &Choices::default(), &Rules::any(), Wish::default())
            .map_err(|refused| refused.to_string());
        let mut flipped = whole.clone();
        flipped[cut] ^= 0x55;
        let _ = statements::read(&Input::Memory(&flipped), &Choices::default(), &Rules::any(), Wish::default())
            .map_err(|refused| refused.to_string());
    }
}

/// The copy with remarks reads as its original did, and its remarks stand beside the rows they are about.
#[test]
fn a_copy_to_be_corrected_says_what_to_mend() {
    let path = corpus().join("damage.csv");
    let mut copy = Vec::new();
    statements::corrected::write(&Input::File(path.clone()), &Choices::default(), &Rules::any(), &mut copy).unwrap();
    let text = String::from_utf8(copy.clone()).unwrap();
    let row = |number: usize| text.lines().nth(number - 1).unwrap().to_owned();
    assert!(row(1).ends_with("What to mend"), "{}", row(1));
    assert!(row(5).contains("it would have to be 2"), "{}", row(5));
    assert!(row(10).contains("this cell is empty"), "{}", row(10));
    let original =
        statements::read(&Input::File(path), &Choices::default(), &Rules::any(), Wish::default()).unwrap().reading;
    let again =
        statements::read(&Input::Memory(&copy), &Choices::default(), &Rules::any(), Wish::default()).unwrap().reading;
    assert_eq!((original.counts, original.sums), (again.counts, again.sums));
}

fn reading(csv: &str, choices: &Choices, rules: &Rules) -> Reading {
    statements::read(&Input::Memory(csv.as_bytes()), choices, rules, Wish::default()).unwrap().reading
}

#[test]
fn a_typed_day_has_one_meaning_and_goes_by_the_order_of_the_file() {
    let csv = "Catalogue Number,Title,Net Units,Net Due (USD)\nAB 1,One,3,12.50\n";
    let typed = |from: &str, days| Choices { from: from.to_owned(), days, ..Choices::default() };
    let asked = reading(csv, &typed("03/04/2015", None), &Rules::any());
    assert_eq!(asked.questions.iter().map(|question| question.choice.as_str()).collect::<Vec<_>>(), ["period"]);
    assert_eq!(asked.wrong.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["from"]);
    assert!(asked.wrong[0].message.contains("can mean 4 March 2015 or 3 April 2015"), "{}", asked.wrong[0].message);
    for (days, shown) in [(dates::DayOrder::DayFirst, "3 April 2015"), (dates::DayOrder::MonthFirst, "4 March 2015")] {
        let known = reading(csv, &typed("03/04/2015", Some(days)), &Rules::any());
        assert_eq!((known.questions, known.wrong), (Vec::new(), Vec::new()));
        assert_eq!(known.period.map(dates::show).as_deref(), Some(shown));
    }
    // Where most rows say it themselves, what was typed for the others must be right too.
    let csv = "Period,Catalogue Number,Title,Net Units,Net Due (USD)\n31/01/2015,AB 1,One,3,12.50\n,AB 2,Two,3,12.50\n";
    let asked = reading(csv, &typed("soon", None), &Rules::any());
    assert!(asked.asks("period").is_some() && asked.wrong[0].message.contains("“soon” is not a day or month"));
    let known = reading(csv, &typed("03/04/2015", None), &Rules::any());
    assert_eq!(known.period.map(dates::show).as_deref(), Some("31 January 2015 – 3 April 2015"));
}

fn in_dollars() -> Choices {
    Choices { currency: "USD".to_owned(), ..Choices::default() }
}

/// Two rows that come to 20.00 and a total line, without a currency.
fn with_total(total: &str) -> String {
    format!(
        "Period,Barcode,Title,Net Units,Net Due\n2015-03,036000291452,One,2,15.00\n2015-03,036000291452,One,2,5.00\nTotal,,,,{total}\n"
    )
}

#[test]
fn a_total_is_compared_only_once_the_rows_can_be_added_up() {
    for total in ["20.00", "1020.00"] {
        let asked = reading(&with_total(total), &Choices::default(), &Rules::any());
        assert_eq!(asked.questions.iter().map(|question| question.choice.as_str()).collect::<Vec<_>>(), ["currency"]);
        assert_eq!((asked.counts, asked.file_totals), (Vec::new(), Vec::new()), "{total}");
        let no_period = with_total(total).replace("Period", "Remark").replace("2015-03", "x");
        let asked = reading(&no_period, &in_dollars(), &Rules::any());
        assert!(asked.questions.iter().any(|question| question.choice == "period"));
        assert_eq!((asked.counts, asked.file_totals), (Vec::new(), Vec::new()), "{total}");
    }
    assert!(reading(&with_total("20.00"), &in_dollars(), &Rules::any()).is_ready(&in_dollars()));
    let wrong = reading(&with_total("1020.00"), &in_dollars(), &Rules::any());
    assert_eq!(wrong.open_warnings(&in_dollars()), [Kind::TotalDiffers]);
}

#[test]
fn a_warning_is_accepted_as_it_was_shown() {
    let shown = reading(&with_total("1020.00"), &in_dollars(), &Rules::any());
    let other = reading(&with_total("1021.00"), &in_dollars(), &Rules::any());
    let problem = &shown.problems[0];
    for accepted in [
        acceptance(Kind::TotalDiffers.key(), &shown.mark(Kind::TotalDiffers)),
        acceptance(&problem.key(), &problem.mark()),
    ] {
        let choices = Choices { accepted: [accepted].into(), ..in_dollars() };
        assert!(shown.open_warnings(&choices).is_empty());
        assert_eq!(other.open_warnings(&choices), [Kind::TotalDiffers]);
    }
    // As acceptances were kept once: still read, but bound to nothing.
    let kept = r#"{"accepted":["total_differs","total_differs:4:4"],"currency":"USD"}"#;
    let choices: Choices = serde_json::from_str(kept).unwrap();
    assert_eq!(shown.open_warnings(&choices), [Kind::TotalDiffers]);
}

/// A row without a currency among others with a sign is asked for, not left out without a word.
#[test]
fn a_row_without_a_sign_above_others_with_one_is_asked_for() {
    let csv =
        "Period,Barcode,Title,Net Units,Net Due\n2015-03,036000291452,One,2,15.00\n2015-03,036000291452,One,2,$5.00\n";
    let asked = reading(csv, &Choices::default(), &Rules::any());
    assert!(asked.questions.iter().any(|question| question.choice == "currency"), "{asked:?}");
    assert_eq!(reading(csv, &in_dollars(), &Rules::any()).not_added(), 0);
}

#[test]
fn texts_are_the_same_after_the_copy_to_be_corrected() {
    let titles = ["=SUM Songs", "+44", "-Ish", "@home", "＝Wide", "'Round Midnight", "'", "it's", "=it's'", "-5"];
    let mut csv = "Period,Catalogue Number,Title,Net Units,Net Due,Currency\n".to_owned();
    for (place, title) in titles.iter().enumerate() {
        writeln!(csv, "2015-03,AB {place},{title},2,15.00,USD").unwrap();
    }
    csv.push_str("2015-03,AB 99,Wrong,2,abc,USD\n");
    let mut copy = Vec::new();
    statements::corrected::write(&Input::Memory(csv.as_bytes()), &Choices::default(), &Rules::any(), &mut copy)
        .unwrap();
    let copy = String::from_utf8(copy).unwrap();
    assert!(
        copy.contains(",'=SUM Songs,") && copy.contains(",'Round Midnight,") && copy.contains(",'＝Wide,"),
        "{copy}"
    );
    let mended = copy.replace(",abc,", ",1.00,");
    let again =
        statements::read(&Input::Memory(mended.as_bytes()), &Choices::default(), &Rules::any(), Wish::default());
    let found: Vec<String> =
        again.unwrap().lines.iter().map(|line| line.answers.get("title").to_owned()).take(titles.len()).collect();
    assert_eq!(found, titles);
}

/// A spreadsheet that opened the copy and saved it keeps the apostrophe as part of the text.
#[test]
fn the_apostrophe_is_taken_off_in_workbooks_too() {
    let cell = |place: &str, text: &str| format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let row = |number: usize, texts: [&str; 6]| {
        let cells: String =
            "ABCDEF".chars().zip(texts).map(|(column, text)| cell(&format!("{column}{number}"), text)).collect();
        format!(r#"<row r="{number}">{cells}</row>"#)
    };
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}{}{}</sheetData></worksheet>"#,
        row(1, ["Period", "Catalogue Number", "Title", "Net Units", "Net Due", "Currency"]),
        row(2, ["2015-03", "AB 1", "'=SUM Songs", "2", "15.00", "USD"]),
        row(3, ["2015-03", "AB 2", "'Round Midnight", "2", "15.00", "USD"]),
    );
    let book = workbook(sheet.as_bytes());
    let read = statements::read(&Input::Memory(&book), &Choices::default(), &Rules::any(), Wish::default()).unwrap();
    let found: Vec<&str> = read.lines.iter().map(|line| line.answers.get("title")).collect();
    assert_eq!(found, ["=SUM Songs", "'Round Midnight"]);
}

#[test]
fn a_category_that_the_case_does_not_take_is_said_and_nothing_asked() {
    let rules = Rules { categories: vec![Category::UnpaidSales, Category::DigitalRoyalties], ..Rules::any() };
    let read =
        statements::read(&Input::File(corpus().join("inventory.csv")), &Choices::default(), &rules, Wish::default());
    let Statement { reading, lines, .. } = read.unwrap();
    let [question] = &reading.questions[..] else { panic!("{:?}", reading.questions) };
    assert_eq!(question.choice, "category");
    assert_eq!(
        question.words,
        "The rows of this file are held inventory, which cannot be claimed in this case. What can be claimed: unpaid sales, digital royalties."
    );
    assert!(lines.is_empty());
}

#[test]
fn releases_and_rows_are_named_as_lines_name_them() {
    let csv = "Period,Artist,Title,Barcode,Net Units,Net Due,Currency\n2015-03,Mona Keys,Blue,,-2,-15.00,USD\n2015-03,,,036000291452,-2,-5.00,USD\n2015-03,,,036000291452,-2,-5.00,USD\n2015-03,,Red,,2,abc,USD\n";
    let read = reading(csv, &Choices::default(), &Rules::any());
    let below: Vec<&str> = read
        .problems
        .iter()
        .filter(|problem| problem.kind == Kind::BelowZero)
        .map(|problem| problem.message.as_str())
        .collect();
    assert_eq!(
        below,
        [
            "“Mona Keys: Blue” in March 2015 comes to −15.00 USD (row 2).",
            "“0036000291452” in March 2015 comes to −10.00 USD (rows 3–4)."
        ]
    );
    assert_eq!((read.data_rows, read.not_added()), (4, 1));
}

#[test]
fn what_is_left_out_below_zero_is_named_as_the_surplus_and_set_off_by_release() {
    let csv = "Period,Barcode,Title,Net Units,Net Due,Currency\n2015-01,036000291452,One,20,212.50,USD\n2015-02,036000291452,One,-3,-37.50,USD\n";
    let by_month = Choices::default();
    let read = reading(csv, &by_month, &Rules::any());
    assert_eq!((read.sums[0].lines, read.above_the_rows()), (21_250, vec![(Currency::USD, 37_500_000)]));
    assert!(read.may_be_set_off(&by_month));
    let by_release = Choices { grouping: Grouping::Release, ..Choices::default() };
    let read = reading(csv, &by_release, &Rules::any());
    assert_eq!((read.sums[0].lines, read.above_the_rows()), (17_500, Vec::new()));
    assert!(!read.may_be_set_off(&by_release));
    // Where a release comes to less than nothing as a whole, no grouping helps.
    let read = reading(&csv.replace("212.50", "12.50"), &by_release, &Rules::any());
    assert_eq!(read.above_the_rows(), [(Currency::USD, 25_000_000)]);
    assert!(!read.may_be_set_off(&by_release));
}

#[test]
fn errors_that_an_open_question_about_numbers_may_clear_are_not_named() {
    let csv = "Period,Barcode,Title,Net Units,Net Due,Currency\n2015-01,036000291452,One,1.250,90,USD\n2015-02,036000291452,One,x,90,USD\n";
    let asked = reading(csv, &Choices::default(), &Rules::any());
    assert_eq!(asked.questions.iter().map(|question| question.choice.as_str()).collect::<Vec<_>>(), ["decimal"]);
    // What no answer makes a number is named at once.
    assert_eq!(asked.counts, [(Kind::Number, 1)]);
    let answered =
        |decimal| reading(csv, &Choices { decimal: Some(decimal), ..Choices::default() }, &Rules::any()).counts;
    assert_eq!(answered(number::Mark::Comma), [(Kind::Number, 1)]);
    assert_eq!(answered(number::Mark::Point), [(Kind::Number, 1), (Kind::Units, 1)]);
}
