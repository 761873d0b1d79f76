//! Rates of reading and storing statements, beside what the libraries alone take: `bench_statements [rows]`.
//!
//! Makes a report of The Orchard with so many rows (a million, about 200 MB, unless said otherwise) and a spreadsheet of
//! 100,000 rows in the system's temporary directory, measures each part in a process of its own, three times, and keeps the
//! best. The last line is JSON.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::Path,
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, bail};
use claims::statements::{self, Choices, Input, Rules, Wish};
use rust_decimal::Decimal;

const SHEET_ROWS: usize = 100_000;
const HEADER: [&str; 18] = [
    "Period",
    "Activity Period",
    "DMS",
    "Territory",
    "Orchard UPC",
    "Manufacturer's UPC",
    "Label Catalog #",
    "Imprint Label",
    "Artist Name",
    "Release Name",
    "Track Name",
    "ISRC",
    "Volume",
    "Track #",
    "Quantity",
    "Trans Type",
    "Label Share Net Receipts",
    "Preferred Currency",
];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [part, file] = &arguments[..] {
        return measure(part, Path::new(file));
    }
    let rows = arguments.first().map_or(Ok(1_000_000), |rows| rows.parse())?;
    let dir = std::env::temp_dir().join(format!("recoup-bench-statements-{rows}"));
    std::fs::create_dir_all(&dir)?;
    let (text, book) = (dir.join("orchard.csv"), dir.join("physical.xlsx"));
    write_text(&text, rows)?;
    write_book(&book)?;
    let mut report = serde_json::json!({ "rows": rows, "bytes": text.metadata()?.len(), "sheet_rows": SHEET_ROWS, "directory": dir });
    for (part, file) in
        [("csv", &text), ("read", &text), ("calamine", &book), ("sheet", &book), ("import", &text), ("store", &text)]
    {
        report[part] = best(part, file)?;
    }
    let seconds = |part: &str| report[part]["seconds"].as_f64().unwrap_or(f64::NAN);
    let say = |what: &str, ours: &str, theirs: &str, most: f64| {
        let times = seconds(ours) / seconds(theirs);
        println!("{what}: {:.2} s against {:.2} s, {times:.2} times (at most {most})", seconds(ours), seconds(theirs));
    };
    say("Read and check a million rows, against csv and rust_decimal alone", "read", "csv", 2.0);
    say("Store their rows, against sqlite3 .import", "store", "import", 2.0);
    say("Read a spreadsheet of 100,000 rows, against calamine alone", "sheet", "calamine", 1.5);
    println!("Memory while reading: {} MB of {} MB", report["read"]["peak_mb"], text.metadata()?.len() / 1_000_000);
    println!("{report}");
    Ok(())
}

/// The best of three runs, each in a process of its own.
fn best(part: &str, file: &Path) -> anyhow::Result<serde_json::Value> {
    let mut best: Option<serde_json::Value> = None;
    for _ in 0..3 {
        let output = Command::new(std::env::current_exe()?).arg(part).arg(file).output()?;
        if !output.status.success() {
            bail!("{part} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let last = String::from_utf8(output.stdout)?.lines().last().context("no measurement")?.to_owned();
        let found: serde_json::Value = serde_json::from_str(&last)?;
        if best.as_ref().is_none_or(|best| found["seconds"].as_f64() < best["seconds"].as_f64()) {
            best = Some(found);
        }
    }
    best.context("no measurement")
}

fn measure(part: &str, file: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    let (counted, seconds) = match part {
        "csv" => (csv_alone(file)?, started.elapsed().as_secs_f64()),
        "calamine" => (calamine_alone(file)?, started.elapsed().as_secs_f64()),
        "read" | "sheet" => {
            let read =
                statements::read(&Input::File(file.to_owned()), &Choices::default(), &Rules::any(), Wish::default())?;
            (usize::try_from(read.reading.data_rows)?, started.elapsed().as_secs_f64())
        }
        "import" => import_alone(file)?,
        "store" => store(file)?,
        other => bail!("there is no part {other}"),
    };
    println!("{}", serde_json::json!({ "rows": counted, "seconds": seconds, "peak_mb": peak_mb() }));
    Ok(())
}

/// The most memory that this process ever held, in megabytes.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).map_or(0, |kb| kb / 1_000)
}

fn csv_alone(file: &Path) -> anyhow::Result<usize> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').from_reader(BufReader::with_capacity(1 << 20, File::open(file)?));
    let mut record = csv::ByteRecord::new();
    let (mut rows, mut sum) = (0, Decimal::ZERO);
    while reader.read_byte_record(&mut record)? {
        sum += std::str::from_utf8(&record[16])?.parse::<Decimal>()?;
        rows += 1;
    }
    std::hint::black_box(sum);
    Ok(rows)
}

fn calamine_alone(file: &Path) -> anyhow::Result<usize> {
    use calamine::Reader as _;
    let mut book = calamine::Xlsx::new(BufReader::new(File::open(file)?))?;
    let sheet = book.sheet_names().first().cloned().context("a sheet")?;
    Ok(book.worksheet_range(&sheet)?.height().saturating_sub(1))
}

/// The rows as the store keeps them.
fn kept(file: &Path) -> anyhow::Result<Vec<statements::pass::KeptRow>> {
    let wish = Wish { rows: true, ..Wish::default() };
    Ok(statements::read(&Input::File(file.to_owned()), &Choices::default(), &Rules::any(), wish)?.rows)
}

fn import_alone(file: &Path) -> anyhow::Result<(usize, f64)> {
    let rows = kept(file)?;
    let (table, database) = (file.with_extension("rows"), file.with_extension("db"));
    let mut out = BufWriter::new(File::create(&table)?);
    for row in &rows {
        writeln!(out, "1,{},{},{},{}", row.row, row.group + 1, row.units, row.millionths)?;
    }
    out.flush()?;
    let _ = std::fs::remove_file(&database);
    let started = Instant::now();
    let schema = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE statement_rows (import_id BIGINT NOT NULL, row_number BIGINT NOT NULL, line BIGINT NOT NULL, units BIGINT NOT NULL, millionths BIGINT NOT NULL, PRIMARY KEY (import_id, row_number)) WITHOUT ROWID;";
    let import = format!(".import --csv {} statement_rows", table.display());
    let status = Command::new("sqlite3")
        .arg(&database)
        .arg(schema)
        .arg(import)
        .stdout(std::process::Stdio::null())
        .status()
        .context("sqlite3 must be installed")?;
    if !status.success() {
        bail!("sqlite3 failed");
    }
    Ok((rows.len(), started.elapsed().as_secs_f64()))
}

fn store(file: &Path) -> anyhow::Result<(usize, f64)> {
    let rows = kept(file)?;
    let count = rows.len();
    let (done, measured) = std::sync::mpsc::channel();
    tests::run(tests::Kind::Sqlite, move |database| async move {
        use claims::store::statements as stored;
        use tests::stage;
        let app = tests::App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (_, claim) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        let stored_in = async || -> Result<f64, claims::store::Error> {
            let mut tx = app.recoup.store.write().await?;
            let new = stored::NewImport { claim, sha256: "", name: "", media_type: "", bytes: 0, by: account };
            let import = stored::add(&mut tx, &new, &Choices::default(), app.clock.now()).await?;
            let started = Instant::now();
            stored::add_rows(&mut tx, import, 1, &rows).await?;
            tx.commit().await?;
            Ok(started.elapsed().as_secs_f64())
        };
        let _ = done.send(stored_in().await);
    });
    Ok((count, measured.recv()??))
}

/// A small generator: the same rows every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn gtin(body: u64) -> String {
    let sum: u64 = format!("{body:012}")
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| u64::from(b - b'0') * if i % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{body:012}{}", (10 - sum % 10) % 10)
}

fn write_text(path: &Path, rows: usize) -> anyhow::Result<()> {
    let mut out = csv::WriterBuilder::new().delimiter(b';').from_writer(BufWriter::new(File::create(path)?));
    out.write_record(HEADER)?;
    let mut dice = Dice(7);
    for row in 0..rows {
        let release = dice.roll(300);
        let track = dice.roll(12) + 1;
        out.write_record([
            "2017M10".to_owned(),
            format!("2017M{}", 7 + row * 3 / rows),
            ["iTunes", "Amazon", "YouTube", "Spotify"][usize::try_from(dice.roll(4))?].to_owned(),
            ["US", "GB", "DE", "FR", "NL"][usize::try_from(dice.roll(5))?].to_owned(),
            gtin(19_177_400_000 + release),
            gtin(73_488_500_000 + release),
            format!("LBL {}-CD", 1_000 + release),
            "A label with a name of its own".to_owned(),
            format!("The ensemble of the {release}th street"),
            format!("Collected works, volume {release}, with all the songs"),
            format!("Song number {track} of many"),
            format!("USLBL17{:05}", release * 12 + track),
            "1".to_owned(),
            track.to_string(),
            (dice.roll(90) + 1).to_string(),
            "DT".to_owned(),
            format!("{}.{:06}", dice.roll(3), dice.roll(1_000_000)),
            "USD".to_owned(),
        ])?;
    }
    Ok(out.flush()?)
}

fn write_book(path: &Path) -> anyhow::Result<()> {
    let mut zip = zip::ZipWriter::new(BufWriter::new(File::create(path)?));
    let options = zip::write::SimpleFileOptions::default();
    let parts = [
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
    ];
    for (name, text) in parts {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    zip.start_file("xl/worksheets/sheet1.xml", options)?;
    zip.write_all(br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#)?;
    let texts = |row: usize, cells: &[&str]| {
        let cells: String = cells
            .iter()
            .enumerate()
            .map(|(column, text)| {
                format!(
                    r#"<c r="{}{row}" t="inlineStr"><is><t>{text}</t></is></c>"#,
                    ["A", "B", "C", "D", "E", "F", "G", "H"][column]
                )
            })
            .collect();
        cells
    };
    writeln!(
        zip,
        "<row r=\"1\">{}</row>",
        texts(1, &["Period", "Barcode", "Catalogue Number", "Artist", "Title", "Currency", "Net Units", "Net Due"])
    )?;
    let mut dice = Dice(7);
    for row in 2..SHEET_ROWS + 2 {
        let release = dice.roll(300);
        let named = [
            format!("2015-{:02}", dice.roll(12) + 1),
            gtin(73_488_500_000 + release),
            format!("LBL {release}"),
            "An ensemble".to_owned(),
            format!("Volume {release}"),
            "USD".to_owned(),
        ];
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        writeln!(
            zip,
            "<row r=\"{row}\">{}<c r=\"G{row}\"><v>{}</v></c><c r=\"H{row}\"><v>{}.{:02}</v></c></row>",
            texts(row, &named),
            dice.roll(90),
            dice.roll(500),
            dice.roll(100)
        )?;
    }
    zip.write_all(b"</sheetData></worksheet>")?;
    zip.finish()?.flush()?;
    Ok(())
}
