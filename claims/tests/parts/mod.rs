//! A workbook as spreadsheet programs write it, with one sheet.

use std::io::{Cursor, Write as _};

/// The styles that a cell names by its place: none, a month (`mmm-yy`), a day.
const STYLES: &str = r#"<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="17"/><xf numFmtId="14"/></cellXfs>"#;

/// An XLSX file whose one sheet, `Sales`, has this within `<worksheet>`.
pub fn workbook(sheet: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(format!("<?xml version=\"1.0\"?>{text}").as_bytes()).unwrap();
    };
    part("[Content_Types].xml", &format!(r#"<Types xmlns="{PACKAGE}/content-types"/>"#));
    let relation = |kind: &str, target: &str| {
        format!(
            r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    part("_rels/.rels", &relation("officeDocument", "xl/workbook.xml"));
    part(
        "xl/workbook.xml",
        &format!(
            r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>"#
        ),
    );
    part("xl/_rels/workbook.xml.rels", &relation("worksheet", "worksheets/sheet1.xml"));
    part("xl/styles.xml", &format!(r#"<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>"#));
    part("xl/worksheets/sheet1.xml", &format!(r#"<worksheet xmlns="{MAIN}">{sheet}</worksheet>"#));
    zip.finish().unwrap().into_inner()
}
