//! Files that end or hold whoever reads them: they are damaged, and nobody else notices.

use std::io::{Cursor, Write as _};

use claims::unreadable::Unreadable;
use tests::{App, Browser, on_both, pdfs, stage};

async fn claim(app: &App) -> (Browser, String) {
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
    (app.browser_of(&actor).await, format!("/claims/{id}"))
}

/// An archive of parts. The first is not packed, and says what it is.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (place, (name, text)) in parts.iter().enumerate() {
        let packed = if place == 0 { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        zip.start_file(*name, zip::write::SimpleFileOptions::default().compression_method(packed)).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook that says that it has so many texts.
fn texts(count: u64) -> Vec<u8> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = |id: u8, kind: &str, target: &str| {
        format!(r#"<Relationship Id="rId{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#)
    };
    let relations = |all: &str| {
        format!(
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{all}</Relationships>"#
        )
    };
    archive(&[
        (
            "xl/workbook.xml",
            &format!(
                r#"<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        (
            "[Content_Types].xml",
            r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
        ),
        ("_rels/.rels", &relations(&relation(1, "officeDocument", "xl/workbook.xml"))),
        (
            "xl/_rels/workbook.xml.rels",
            &relations(
                &(relation(1, "worksheet", "worksheets/sheet1.xml")
                    + &relation(2, "sharedStrings", "sharedStrings.xml")),
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!(r#"<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData/></worksheet>"#),
        ),
        (
            "xl/sharedStrings.xml",
            &format!(r#"<?xml version="1.0"?><sst xmlns="{MAIN}" uniqueCount="{count}"><si><t>x</t></si></sst>"#),
        ),
    ])
}

/// A spreadsheet whose one sheet has these rows.
fn sheet(rows: &str) -> Vec<u8> {
    const NAMES: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0""#;
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "content.xml",
            &format!(
                r#"<office:document-content {NAMES}><office:body><office:spreadsheet><table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
            ),
        ),
        ("META-INF/manifest.xml", "<manifest/>"),
    ])
}

on_both! {
    async fn documents_that_end_their_reader_are_damaged(database) {
        let app = App::start(&database).await;
        let (browser, claim) = claim(&app).await;
        let path = format!("{claim}/documents");
        for (name, bytes) in [
            ("lists.pdf", pdfs::page_with(&pdfs::nested(100_000))),
            ("deep.pdf", pdfs::tree(10_000, 1)),
        ] {
            let page = browser.send(browser.get(&path).await.form(&path).attach("files", name, bytes)).await;
            page.expect_status(200);
            page.expect(name);
            page.expect("damaged or cut off");
        }
        let whole = browser.get(&path).await.form(&path).attach("files", "whole.pdf", pdfs::page_with(""));
        browser.send(whole).await.expect("1 page");
        let pages: Vec<(String, Option<i64>)> = database.rows("SELECT name, pages FROM documents ORDER BY name").await;
        let pages: Vec<_> = pages.iter().map(|(name, pages)| (name.as_str(), *pages)).collect();
        assert_eq!(pages, [("deep.pdf", None), ("lists.pdf", None), ("whole.pdf", Some(1))]);
    }

    async fn spreadsheets_that_ask_for_all_memory_are_refused(database) {
        let app = App::start(&database).await;
        let (browser, claim) = claim(&app).await;
        let repeated = r#"<table:table-cell office:value="1" table:number-columns-repeated="16384"/>"#;
        for (name, bytes) in [
            ("texts.xlsx", texts(10_000_000_000)),
            ("rows.ods", sheet(&format!(r#"<table:table-row table:number-rows-repeated="6000">{repeated}</table:table-row>"#))),
            ("many.ods", sheet(&format!("<table:table-row>{repeated}</table:table-row>").repeat(20_000))),
        ] {
            let path = format!("{claim}/import");
            let page = browser.get(&path).await;
            let form = page.forms().into_iter().find(|form| form.multipart).unwrap().attach("file", name, bytes);
            let mut page = browser.send(form).await;
            // Where much else is done it takes longer than a form waits.
            let read = async { while page.text().contains("% of the file") { page = browser.get(&page.path).await; } };
            tokio::time::timeout(std::time::Duration::from_secs(120), read).await.expect("it ends");
            page.expect_status(200);
            page.expect("This spreadsheet cannot be opened: it asks for more memory or time than a statement needs.");
            // Nor is it the copy to be corrected.
            browser.get(&format!("{}/corrected.csv", page.path)).await.expect("cannot be opened");
        }
        app.browser().get("/healthz").await.expect_status(200);
    }
}

#[tokio::test]
async fn a_document_that_takes_for_ever_is_given_up() {
    server::apart::use_program_above();
    let pages = |pdf: Vec<u8>, seconds| server::apart::pages(pdf.into(), std::time::Duration::from_secs(seconds));
    assert_eq!(pages(pdfs::tree(40, 2), 1).await.unwrap(), Err(Unreadable::Damaged));
    assert_eq!(pages(pdfs::page_with(""), 60).await.unwrap(), Ok(1));
}
