//! Importing statements through plain forms: what is understood, asked, accepted and imported.

use claims::{ClaimId, access::Actor, store::statements as stored};
use tests::{App, Browser, Database, Page, html::Form, on_both, stage};

mod again;

async fn ada(database: &Database) -> (App, Actor, ClaimId) {
    let app = App::start(database).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
    (app, actor, id)
}

async fn claim(database: &Database) -> (App, Browser, String) {
    let (app, actor, id) = ada(database).await;
    let browser = app.browser_of(&actor).await;
    (app, browser, format!("/claims/{id}"))
}

/// Another claimant of the case, with a draft.
async fn bob(app: &App) -> (Browser, String) {
    let account = stage::person(&app.recoup, "bob@example.org", true, false).await.account;
    let (actor, id) = stage::start(&app.recoup, account, "allegro", "Other Label").await;
    (app.browser_of(&actor).await, format!("/claims/{id}"))
}

/// Uploads a file; gives the page that it leads to.
async fn upload(browser: &Browser, claim: &str, name: &str, bytes: &[u8]) -> Page {
    let path = format!("{claim}/import");
    let page = browser.get(&path).await;
    let form = page.forms().into_iter().find(|form| form.multipart).unwrap().attach("file", name, bytes);
    browser.send(form).await
}

fn corpus(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/statements/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A workbook with sheets of texts, cell by cell.
fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    use std::{fmt::Write as _, io::Write as _};
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let (mut names, mut relations) = (String::new(), String::new());
    for (place, (name, _)) in (1..).zip(sheets) {
        write!(names, r#"<sheet name="{name}" sheetId="{place}" r:id="rId{place}"/>"#).unwrap();
        write!(relations, r#"<Relationship Id="rId{place}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{place}.xml"/>"#).unwrap();
    }
    // The first part says what kind of archive it is.
    part(
        "xl/workbook.xml",
        &format!(
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{names}</sheets></workbook>"#
        ),
    );
    part(
        "[Content_Types].xml",
        r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
    );
    part(
        "_rels/.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &format!(
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>"#
        ),
    );
    for (place, (_, rows)) in (1..).zip(sheets) {
        let mut data = String::new();
        for (row, cells) in (1..).zip(*rows) {
            write!(data, r#"<row r="{row}">"#).unwrap();
            for (column, cell) in ('A'..).zip(*cells) {
                write!(data, r#"<c r="{column}{row}" t="inlineStr"><is><t>{cell}</t></is></c>"#).unwrap();
            }
            data.push_str("</row>");
        }
        part(
            &format!("xl/worksheets/sheet{place}.xml"),
            &format!(
                r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{data}</sheetData></worksheet>"#
            ),
        );
    }
    zip.finish().unwrap().into_inner()
}

const HEADER: &[&str] = &["Period", "Barcode", "Title", "Net Units", "Net Due", "Currency"];

/// The form of a page that has a field.
#[track_caller]
fn form_with(page: &Page, field: &str) -> Form {
    page.forms()
        .into_iter()
        .find(|form| form.has(field))
        .unwrap_or_else(|| panic!("no form with {field}: {}", page.text()))
}

/// Says of royalties what no file does: where the money is, and how far the letter of direction.
async fn said(browser: &Browser, page: &Page) -> Page {
    let form = form_with(page, "money_state").fill("money_state", "escrow").fill("letter_state", "sent");
    browser.send(form).await
}

async fn counts(database: &Database) -> (i64, i64, i64, i64) {
    let count = async |sql: &'static str| -> i64 { database.rows::<(i64,)>(sql).await[0].0 };
    (
        count("SELECT COUNT(*) FROM lines").await,
        count("SELECT COUNT(*) FROM evidence").await,
        count("SELECT COUNT(*) FROM statement_rows").await,
        count("SELECT COUNT(*) FROM documents").await,
    )
}

on_both! {
    async fn a_known_layout_is_imported_once_it_is_said_where_the_money_is(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, "orchard traps.csv", &corpus("orchard_traps.csv")).await;
        for words in ["The Orchard, sales by release and track", "A comma before the decimals", "3.582579", "1 row, a total: 20", "The rows above it come to the same", "rows 5–6", "None: every row was understood"] {
            page.expect(words);
        }
        assert_eq!(counts(&database).await, (0, 0, 0, 0), "nothing is saved before the claimant says so");
        // What the lines swear to is asked, as their own form asks it.
        let confirm = format!("{}/confirm", page.path);
        assert!(!page.forms().iter().any(|form| form.action == confirm), "it is not said yet");
        page.expect_no("choose an answer");
        let page = browser.send(form_with(&page, "money_state").fill("letter_state", "sent")).await;
        page.expect("The money is: choose an answer.");
        page.expect_no("Letter of direction: choose an answer.");
        assert_eq!(tests::html::attributes(&page.body, ".error-summary a", "href"), ["#field-money_state"]);
        assert_eq!(tests::html::attributes(&page.body, "select[aria-invalid=true]", "name"), ["money_state"]);
        assert!(!page.forms().iter().any(|form| form.action == confirm));
        let page = said(&browser, &page).await;
        page.expect_no("choose an answer");
        let page = browser.send(page.form(&confirm)).await;
        page.expect("6 lines were imported from orchard traps.csv");
        page.expect("Cappella Romana: Arctic Light");
        assert_eq!(counts(&database).await, (6, 6, 12, 1));
        let exact: Vec<(i64,)> = database.rows("SELECT CAST(SUM(millionths) AS BIGINT) FROM statement_rows").await;
        assert_eq!(exact[0].0, 3_582_579);
        browser.get(&format!("{claim}/line/1")).await.expect("orchard traps.csv");
        let sworn: Vec<(String,)> = database.rows("SELECT CAST(answers AS TEXT) FROM lines").await;
        assert!(sworn.iter().all(|(answers,)| answers.contains("escrow") && answers.contains("sent")), "{sworn:?}");
        browser.get(&format!("{claim}/documents")).await.expect("rows 5–6");
        browser.get(&format!("{claim}/import")).await.expect("Imported");
    }

    async fn errors_stop_and_warnings_are_accepted(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, "damage.csv", &corpus("damage.csv")).await;
        page.expect("its last digits are lost");
        page.expect("it would have to be 2");
        page.expect("There are errors");
        assert!(!page.forms().iter().any(|form| form.action.ends_with("/confirm")));
        let copy = browser.get(&format!("{}/corrected.csv", page.path)).await;
        assert!(copy.body.contains("What to mend") && copy.body.contains("Net Due: “abc” is not a number."), "{}", copy.body);

        let page = upload(&browser, &claim, "returns.csv", &corpus("returns.csv")).await;
        page.expect("comes to −16.50 USD");
        page.expect("Left out of the lines is what comes to less than nothing, as where more was returned than sold: −16.50 USD.");
        page.expect("1 row, with nothing due on it: 5");
        page.expect("First accept the warnings");
        page.expect("Accept it: the claim is then 16.50 USD above the file’s own sum");
        let accept = page.forms().into_iter().find(|form| form.has("accept:below_zero")).unwrap();
        let page = browser.send(accept.tick("accept:below_zero").tick("accept:no_release")).await;
        page.expect("First accept the warnings above, such as “The file’s own total differs”");
        let accept = page.forms().into_iter().find(|form| form.has("accept:total_differs")).unwrap();
        let page = browser.send(accept.tick("accept:total_differs")).await;
        page.expect("All 3 warnings are accepted.");
        page.expect_no("to look at. Accept each kind");
        let page = browser.send(page.form(&format!("{}/confirm", page.path))).await;
        page.expect("2 lines were imported");
    }

    async fn months_below_zero_are_set_off_where_that_is_chosen(database) {
        let (_app, browser, claim) = claim(&database).await;
        let csv = "Period,Barcode,Title,Net Units,Net Due,Currency\n2015-01,036000291452,One,20,212.50,USD\n2015-02,036000291452,One,-3,-37.50,USD\n";
        let page = upload(&browser, &claim, "a.csv", csv.as_bytes()).await;
        page.expect("Accept it: the claim is then 37.50 USD above the file’s own sum");
        page.expect("“One line for each release, over the whole period of the file” sets them off");
        // The button belongs to a form of its own, which needs no script.
        assert_eq!(tests::html::attributes(&page.body, "button[form]", "form"), ["set-off"]);
        assert_eq!(tests::html::attributes(&page.body, "form#set-off", "action"), std::slice::from_ref(&page.path));
        let form = page.forms().into_iter().find(|form| form.value("grouping") == Some("release")).unwrap();
        let page = browser.send(form).await;
        page.expect("175.00");
        page.expect_no("come to less than nothing");
        assert!(tests::html::attributes(&page.body, "button[form]", "form").is_empty());
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
    }

    // By hand: 2 copies at 10.00 are due; 3.10 of another release were returned. The corrected file has 4 copies and 1.20.
    async fn a_total_is_compared_once_the_currency_is_known_and_accepted_as_it_was_shown(database) {
        let (_app, browser, claim) = claim(&database).await;
        let csv = "Period,Barcode,Title,Net Units,Net Due\n2015-03,036000291452,One,2,15.00\n2015-03,036000291452,One,2,5.00\nTotal,,,,1020.00\n";
        let page = upload(&browser, &claim, "a.csv", csv.as_bytes()).await;
        page.expect("No column says in which currency");
        page.expect_no("own total differs");
        let form = page.forms().into_iter().find(|form| form.has("currency")).unwrap();
        let page = browser.send(form.fill("currency", "USD")).await;
        page.expect("The file says 1,020.00 here; the rows above it come to 20.00");
        page.expect("First accept the warnings");
        // What was accepted of other figures, or in the words of an earlier version, accepts nothing.
        let accept = || page.forms().into_iter().find(|form| form.has("accept:total_differs")).unwrap();
        for mark in ["yes", "0000000000000000"] {
            browser.send(accept().forge("accept:total_differs", mark)).await.expect("First accept the warnings");
        }
        browser.send(accept().tick("accept:total_differs")).await.expect("Import 1 line");
    }

    async fn only_what_the_case_takes_is_offered_and_read(database) {
        let app = App::start(&database).await;
        let settings = stage::case_answers("allegro", "ALG").with("held_inventory", "").with("other", "");
        stage::case_with(&app.recoup, &settings).await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        let (browser, claim) = (app.browser_of(&actor).await, format!("/claims/{id}"));
        let page = browser.get(&format!("{claim}/import")).await;
        let links = tests::html::attributes(&page.body, "a", "href");
        let offered = |category: &str| links.contains(&format!("{claim}/import/templates/{category}"));
        assert!(offered("unpaid_sales") && offered("digital_royalties") && !offered("held_inventory"), "{links:?}");
        browser.get(&format!("{claim}/import/templates/held_inventory")).await.expect_status(404);
        let page = upload(&browser, &claim, "stock.csv", &corpus("inventory.csv")).await;
        page.expect("The rows of this file are held inventory, which cannot be claimed in this case. What can be claimed: unpaid sales, digital royalties.");
        page.expect_no("What do the columns mean?");
        page.expect_no("Say what the columns mean");
        assert!(!page.forms().iter().any(|form| form.action.ends_with("/confirm")));
    }

    async fn what_the_file_does_not_tell_is_asked(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, "n.csv", &corpus("ambiguous_numbers.csv")).await;
        page.expect("1.234 · 2.500 · 7.125");
        let form = page.forms().into_iter().find(|form| form.has("decimal")).unwrap();
        let page = browser.send(form.fill("decimal", "comma")).await;
        page.expect("10,859.00");
        let page = upload(&browser, &claim, "d.csv", &corpus("ambiguous_days.csv")).await;
        page.expect("01/03/2015");
        let form = page.forms().into_iter().find(|form| form.has("days")).unwrap();
        let page = browser.send(form.fill("days", "day_first")).await;
        page.expect("1 March 2015 – 2 April 2015");
    }

    async fn a_day_that_cannot_be_so_stands_beside_its_field(database) {
        let (_app, browser, claim) = claim(&database).await;
        let mut page = upload(&browser, &claim, "n.csv", b"Catalogue Number,Title,Net Units,Net Due (USD)\nAB 1,One,3,12.50\n").await;
        page.expect("No column says when the sales were made.");
        for (from, to, words) in [
            ("2015-13-01", "", "“2015-13-01” is not a day or month. Write it like 2015-03-31 or March 2015."),
            ("31.12.2015 foo", "", "“31.12.2015 foo” is not a day or month. Write it like 2015-03-31 or March 2015."),
            ("2015-03-31", "2015-01-31", "The period ends before it starts: it starts on 31 March 2015."),
            ("03/04/2015", "", "“03/04/2015” can mean 4 March 2015 or 3 April 2015. Write 2015-03-04 or 4 March 2015 for the first, 2015-04-03 or 3 April 2015 for the second."),
        ] {
            page = browser.send(form_with(&page, "from").fill("from", from).fill("to", to)).await;
            page.expect(words);
            page.expect_no("This file cannot be imported as it is");
            let field = if to.is_empty() { "from" } else { "to" };
            assert!(tests::html::attributes(&page.body, ".error-summary a", "href").contains(&format!("#field-{field}")), "{}", page.body);
            assert_eq!(tests::html::attributes(&page.body, "input[aria-invalid=true]", "name"), [field]);
            let form = form_with(&page, "from");
            assert_eq!((form.value("from"), form.value("to")), (Some(from), Some(to)));
            assert!(!page.forms().iter().any(|form| form.action.ends_with("/confirm")));
        }
        // What can be read in one order only is read, and shown in words.
        let page = browser.send(form_with(&page, "from").fill("from", "01/31/2015").fill("to", "")).await;
        page.expect("31 January 2015");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
    }

    async fn two_columns_of_one_meaning_are_shown_again_as_they_were_said(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, "u.csv", &corpus("unknown.csv")).await;
        let columns = browser.get(&format!("{}/columns", page.path)).await;
        let form = columns.form(&page.path).fill("category", "unpaid_sales").fill("column-2", "amount");
        let wrong = browser.send(form).await;
        wrong.expect_status(422);
        wrong.expect("is what a column above means already; it can be only one.");
        assert_eq!(tests::html::attributes(&wrong.body, "select[aria-invalid=true]", "name"), ["column-6"]);
        let form = wrong.form(&page.path);
        assert_eq!((form.value("column-2"), form.value("column-6"), form.value("category")), (Some("amount"), Some("amount"), Some("unpaid_sales")));
        // Nothing of it was kept.
        browser.get(&page.path).await.expect("What do the columns mean?");
        browser.send(form.fill("column-2", "title")).await.expect("72.00");
    }

    async fn what_the_rows_are_and_what_has_no_place_in_them_is_said_beside_its_field(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, "u.csv", &corpus("unknown.csv")).await;
        let form = browser.get(&format!("{}/columns", page.path)).await.form(&page.path);
        let open = browser.send(form.clone().forge("category", "").fill("column-2", "title")).await;
        open.expect_status(422);
        assert_eq!(tests::html::texts(&open.body, "#error-category"), ["Error: Say what the rows are."]);
        assert_eq!(tests::html::attributes(&open.body, ".error-summary a", "href"), ["#field-category"]);
        assert_eq!(open.form(&page.path).value("column-2"), Some("title"));
        let lost = browser.send(form.fill("category", "unpaid_sales").fill("column-2", "track")).await;
        lost.expect_status(422);
        lost.expect("“Title of the track” has no place in unpaid sales.");
        assert_eq!(tests::html::attributes(&lost.body, "select[aria-invalid=true]", "name"), ["column-2"]);

        // The price of a copy in stock is its value, and is asked about as that.
        let stock = b"Spalte A;Spalte B;Spalte C;Spalte D\nAB 1;One;12;3,50\nAB 2;Two;7;4,25\n";
        let page = upload(&browser, &claim, "stock.csv", stock).await;
        let form = browser.get(&format!("{}/columns", page.path)).await.form(&page.path).fill("category", "held_inventory");
        let form = form.fill_all([("column-0", "catalogue_number"), ("column-1", "title"), ("column-2", "on_hand"), ("column-3", "unit_price")]);
        let page = browser.send(form).await;
        page.expect_status(200);
        page.expect("What is the value per unit in this file?");
        page.expect("→ Value per unit");
    }

    async fn each_sheet_of_a_workbook_is_an_import_of_its_own(database) {
        let (_app, browser, claim) = claim(&database).await;
        let row = |period: &'static str| [period, "036000291452", "One", "2", "15.00", "USD"];
        let (first, second) = (row("2015-01"), row("2015-04"));
        let book = workbook(&[("Q1", &[HEADER, &first]), ("Q2", &[HEADER, &second])]);
        let page = upload(&browser, &claim, "year.xlsx", &book).await;
        page.expect("Only the sheet “Q1” is imported. The others can be imported afterwards, each by itself: “Q2”.");
        let done = page.path.clone();
        browser.send(page.form(&format!("{done}/confirm"))).await.expect("1 line was imported");
        let again = upload(&browser, &claim, "year.xlsx", &book).await;
        again.expect("imported already: nothing was added");
        again.expect("Other sheets of this file");
        // Removing is no part of what is said of the other sheets.
        let text = again.text();
        assert!(text.find("Remove the lines of this import").unwrap() < text.find("Other sheets of this file").unwrap(), "{text}");
        let page = browser.send(form_with(&again, "sheet").fill("sheet", "Q2")).await;
        page.expect("sheet “Q2” of 2");
        page.expect("April 2015");
        // The first one is not imported once more by way of another layout.
        let layout = form_with(&page, "layout");
        browser.send(layout.fill("sheet", "Q1")).await.expect("The sheet “Q1” of this very file was imported already.");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
        assert_eq!(counts(&database).await, (2, 2, 2, 1));
        let places: Vec<(String,)> = database.rows("SELECT place FROM evidence ORDER BY id").await;
        assert_eq!(places.into_iter().map(|(place,)| place).collect::<Vec<_>>(), ["sheet Q1, row 2", "sheet Q2, row 2"]);
        let page = browser.get(&done).await;
        page.expect("Imported: Q2");
        assert!(!page.forms().iter().any(|form| form.has("sheet")), "no sheet is left");
        browser.get(&format!("{claim}/import")).await.expect("sheet “Q2”");
    }

    // What a form sends is trimmed; the sheets are found all the same.
    async fn names_of_sheets_may_begin_and_end_with_a_space(database) {
        let (_app, browser, claim) = claim(&database).await;
        let row = |period: &'static str| [period, "036000291452", "One", "2", "15.00", "USD"];
        let (first, second) = (row("2015-01"), row("2015-04"));
        let book = workbook(&[("Q1 ", &[HEADER, &first]), (" Q2 ", &[HEADER, &second])]);
        let page = upload(&browser, &claim, "year.xlsx", &book).await;
        let done = page.path.clone();
        // The other one and back again, by way of the layout.
        let page = browser.send(form_with(&page, "layout").fill("sheet", " Q2 ")).await;
        page.expect("April 2015");
        assert_eq!(form_with(&page, "layout").value("sheet"), Some(" Q2 "));
        let page = browser.send(form_with(&page, "layout").fill("sheet", "Q1 ")).await;
        page.expect("January 2015");
        browser.send(page.form(&format!("{done}/confirm"))).await.expect("1 line was imported");

        let page = browser.send(form_with(&browser.get(&done).await, "sheet").fill("sheet", " Q2 ")).await;
        page.expect("April 2015");
        let again = browser.send(form_with(&page, "layout").fill("sheet", "Q1 ")).await;
        again.expect("of this very file was imported already.");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
        let places: Vec<(String,)> = database.rows("SELECT place FROM evidence ORDER BY id").await;
        assert_eq!(places.into_iter().map(|(place,)| place).collect::<Vec<_>>(), ["sheet Q1, row 2", "sheet Q2, row 2"]);

        // Undone, it is read once more.
        let remove = format!("{done}/remove");
        let undone = browser.send(browser.get(&remove).await.form(&remove)).await;
        let page = browser.send(form_with(&undone, "sheet")).await;
        page.expect("January 2015");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
    }

    async fn a_mapping_that_is_remembered_is_read_by_on_the_sheet_that_was_chosen(database) {
        let (_app, browser, claim) = claim(&database).await;
        let unknown = String::from_utf8(corpus("unknown.csv")).unwrap();
        let cells: Vec<Vec<&str>> = unknown.lines().take(2).map(|line| line.split(';').collect()).collect();
        let later: Vec<&str> = cells[1].iter().map(|cell| if *cell == "31.01.2015" { "31.07.2015" } else { cell }).collect();
        let book = workbook(&[("One", &[&cells[0], &cells[1]]), ("Two", &[&cells[0], &later])]);
        let page = upload(&browser, &claim, "u.xlsx", &book).await;
        let columns = browser.get(&format!("{}/columns", page.path)).await;
        let form = columns.form(&page.path).fill("category", "unpaid_sales").fill("column-2", "title");
        let page = browser.send(form).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
        let done = browser.get(&page.path).await;
        let page = browser.send(form_with(&done, "sheet").fill("sheet", "Two")).await;
        page.expect("as you said for an earlier file with the same header");
        page.expect("sheet “Two” of 2");
        page.expect("July 2015");
    }

    async fn a_sheet_that_cannot_be_read_asks_which_one_is_meant(database) {
        let (_app, browser, claim) = claim(&database).await;
        let row = ["2015-01", "036000291452", "One", "2", "15.00", "USD"];
        let cover: &[&[&str]] = &[&["Prepared for"], &["Jay Records"]];
        let book = workbook(&[("Cover", cover), ("Sales", &[HEADER, &row]), ("Empty", &[])]);
        let page = upload(&browser, &claim, "report.xlsx", &book).await;
        page.expect("The sheet “Cover” cannot be read");
        page.expect("“Sales” is the only other sheet in which a table was found.");
        page.expect("Empty (no table was found)");
        browser.get(&format!("{}/columns", page.path)).await.expect("The sheet “Cover” cannot be read");
        let form = form_with(&page, "sheet");
        assert_eq!(form.value("sheet"), Some("Sales"));
        let page = browser.send(form).await;
        page.expect("sheet “Sales” of 3");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");

        let second = ["2015-02", "036000291452", "One", "2", "15.00", "USD"];
        let book = workbook(&[("Cover", cover), ("January", &[HEADER, &row]), ("February", &[HEADER, &second])]);
        let page = upload(&browser, &claim, "two.xlsx", &book).await;
        page.expect("Which sheet is the statement?");
        assert_eq!(form_with(&page, "sheet").value("sheet"), Some(""));
        browser.send(form_with(&page, "sheet").fill("sheet", "February")).await.expect("sheet “February” of 3");
    }

    async fn a_mapping_is_remembered_and_offered_once_the_claim_is_sent(database) {
        let (app, ada, id) = ada(&database).await;
        let (browser, claim) = (app.browser_of(&ada).await, format!("/claims/{id}"));
        let page = upload(&browser, &claim, "u.csv", &corpus("unknown.csv")).await;
        page.expect("What do the columns mean?");
        let columns = browser.get(&format!("{}/columns", page.path)).await;
        columns.expect("Interpret");
        let form = columns.form(&page.path);
        assert_eq!(form.value("column-6"), Some("amount"));
        let page = browser.send(form.fill("category", "unpaid_sales").fill("column-2", "title")).await;
        page.expect("72.00");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("4 lines were imported");

        let other = String::from_utf8(corpus("unknown.csv")).unwrap().replace("31.01.2015", "31.07.2015");
        let page = upload(&browser, &claim, "v.csv", other.as_bytes()).await;
        page.expect("as you said for an earlier file with the same header");
        browser.send(page.form(&format!("{}/discard", page.path))).await.expect("The file is discarded");
        let (bob, of_bob) = bob(&app).await;
        // Nobody vouches for what is in a draft.
        let page = upload(&bob, &of_bob, "w.csv", other.as_bytes()).await;
        page.expect("What do the columns mean?");
        page.expect_no("Another claimant");
        stage::fill_steps(&app.recoup, &ada, id, "Jay Records").await;
        stage::send(&app.recoup, &ada, id).await.unwrap();
        let later = other.replace("31.07.2015", "31.08.2015");
        let page = upload(&bob, &of_bob, "x.csv", later.as_bytes()).await;
        page.expect("Another claimant of this case imported a file with the same header");
        page.expect_no("Jay Records");
    }

    async fn only_the_meaning_of_columns_is_taken_over_from_another_claimant(database) {
        let (app, ada, id) = ada(&database).await;
        let (browser, claim) = (app.browser_of(&ada).await, format!("/claims/{id}"));
        // Whatever the file leaves open: how numbers and days are read, the currency, the aggregator.
        let file = |day: &str| format!("Verkaufsdatum;Interpret;Werk;Strichcode;Menge;Auszahlung\n{day};Cappella Romana;Arctic Light;734885411001;1;1.500\n");
        let page = upload(&browser, &claim, "a.csv", file("03/04/2015").as_bytes()).await;
        let columns = browser.get(&format!("{}/columns", page.path)).await.form(&page.path);
        let meant = [("category", "digital_royalties"), ("column-0", "period"), ("column-2", "title"), ("column-4", "units"), ("column-5", "amount")];
        let page = browser.send(columns.fill_all(meant)).await;
        page.expect_no("Pay Mallory Ltd");
        let answers = [("decimal", "comma"), ("days", "day_first"), ("currency", "USD"), ("aggregator", "Pay Mallory Ltd")];
        let page = browser.send(form_with(&page, "decimal").fill_all(answers)).await;
        page.expect("Aggregator Pay Mallory Ltd");
        page.expect("1,500.00");
        let page = said(&browser, &page).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
        stage::fill_steps(&app.recoup, &ada, id, "Jay Records").await;
        stage::send(&app.recoup, &ada, id).await.unwrap();

        let (bob, of_bob) = bob(&app).await;
        let page = upload(&bob, &of_bob, "b.csv", file("03/05/2015").as_bytes()).await;
        page.expect("Another claimant of this case imported a file with the same header");
        page.expect("Digital royalties");
        page.expect("→ Amount due to you");
        page.expect_no("Pay Mallory Ltd");
        let asked = form_with(&page, "decimal");
        assert_eq!((asked.value("decimal"), asked.value("days"), asked.value("aggregator")), (None, None, Some("")));
        assert!(asked.has("currency"));

        // One's own answers are there, and are shown.
        stage::open_next_version(&app.recoup, &ada, id).await;
        let page = upload(&browser, &claim, "c.csv", file("03/06/2015").as_bytes()).await;
        page.expect("as you said for an earlier file with the same header");
        page.expect("Aggregator Pay Mallory Ltd");
        page.expect("1,500.00");
    }

    async fn the_value_of_stock_is_asked_for_and_what_is_not_used_is_shown(database) {
        let (_app, browser, claim) = claim(&database).await;
        let file = |value: &str| format!("Catalog #,Title,On hand,As of,{value}\nNW 1,Arctic Light,100,2016-06-03,6.25\nNW 2,Psalms,50,2016-06-03,6.25\n");
        let page = upload(&browser, &claim, "a.csv", file("Appraisal").as_bytes()).await;
        page.expect("Columns of the file that are not used, with their first values:");
        page.expect("“Appraisal”: 6.25");
        page.expect("A column of numbers is not used");
        assert_eq!(page.link("Change what the columns mean"), format!("{}/columns", page.path));
        let page = browser.send(form_with(&page, "basis").fill("basis", "wholesale")).await;
        page.expect("but no column is said to hold it. Say which one does, or leave the value out.");
        page.expect_no("There are errors");

        let page = upload(&browser, &claim, "b.csv", file("Wholesale price (PPD)").as_bytes()).await;
        page.expect("No column says in which currency the values are.");
        page.expect_no("Columns of the file that are not used");
        let form = page.forms().into_iter().find(|form| form.has("basis") && form.has("currency")).unwrap();
        let page = browser.send(form.fill("basis", "wholesale").fill("currency", "USD")).await;
        page.expect("Value of the lines");
        page.expect("937.50");
        page.expect_no("Whole numbers");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("2 lines were imported");
    }

    async fn a_deduction_of_the_statement_is_set_off_where_that_is_chosen(database) {
        let (_app, browser, claim) = claim(&database).await;
        let csv = "Statement Number,Period,Barcode,Title,Net Units,Net Due\nQ1,2016-01,036000291452,One,20,212.50\nQ1,2016-01,734885411001,Two,3,37.50\nWarehouse fee,,,,,-125.00\nBalance due,,,,,125.00\n";
        let page = upload(&browser, &claim, "a.csv", csv.as_bytes()).await;
        let page = browser.send(form_with(&page, "currency").fill("currency", "USD")).await;
        page.expect("“Warehouse fee” takes 125.00 USD off the statement of January 2016; no line is lowered by it.");
        page.expect("Accept it: the claim is then 125.00 USD above the file’s own sum");
        page.expect("as chargebacks of the lines that they belong to");
        page.expect_no("lump sum");
        let form = page.forms().into_iter().find(|form| form.value("grouping") == Some("release") && !form.has("replaces") && !form.has("channel")).unwrap();
        let page = browser.send(form).await;
        page.expect("“Warehouse fee” 125.00 USD (row 4)");
        page.expect_no("belong to no release");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("2 lines were imported");
        let due: Vec<(i64,)> = database.rows("SELECT CAST(SUM(amount) AS BIGINT) FROM lines").await;
        assert_eq!(due[0].0, 12_500);
    }

    async fn what_is_no_statement_is_refused_with_a_sentence(database) {
        let (_app, browser, claim) = claim(&database).await;
        for (name, bytes, words) in [
            ("a.pdf", b"%PDF-1.4\n".to_vec(), "is not a table"),
            ("a.exe", b"MZ".to_vec(), "was not taken"),
            ("a.csv", Vec::new(), "it is empty"),
            ("words.txt", b"Dear label we owe you nothing.".to_vec(), "No columns were found"),
            ("quote.csv", b"Period,Barcode,Net Due,Units\n2015-03,\"1,2,3\n".to_vec(), "In row 2 a quotation mark"),
        ] {
            let page = upload(&browser, &claim, name, &bytes).await;
            page.expect_status(200);
            page.expect(words);
        }
        let page = browser.get(&format!("{claim}/import")).await;
        page.expect("Cannot be read");
        let file = browser.click(&page, "words.txt").await;
        let discard = format!("{}/discard", file.path);
        browser.send(file.form(&discard)).await.expect("The file is discarded");
    }

    async fn what_no_text_of_a_database_holds_is_left_out_of_cells(database) {
        let (_app, browser, claim) = claim(&database).await;
        // So long a header that what is looked at of an upload, to see what it is, does not reach the end of it.
        let long: Vec<String> = (0..300).map(|n| format!("A column that says nothing of use: number {n}")).collect();
        assert!(long.join(",").len() > 8_192);
        let cells = vec!["x"; 300].join(",");
        let csv = format!("{},Per\0iod,Net\0Due\n{cells},2015-03,15\0.00\n{cells},2015-04,16.00\n{cells},2015-05,1\07.00\n", long.join(","));
        let page = upload(&browser, &claim, "long.csv", csv.as_bytes()).await;
        page.expect_status(200);
        page.expect_no("% of the file");
        let kept: Vec<(String, Option<String>)> = database.rows("SELECT refused, CAST(reading AS TEXT) FROM imports").await;
        let [(refused, Some(reading))] = &kept[..] else { panic!("{kept:?}") };
        assert!(refused.is_empty() && reading.contains("\"NetDue\"") && reading.contains("\"Period\""), "{refused} {reading}");
        assert!(!reading.contains("u0000"), "{reading}");
    }

    async fn a_file_that_is_not_read_because_of_us_says_so_at_once(database) {
        let (_app, browser, claim) = claim(&database).await;
        // As a disk without room for the copy that is read.
        let folder = database.directory().join("tmp");
        std::fs::remove_dir_all(&folder).unwrap();
        let csv = "Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,A,2,15.00,USD\n";
        let page = upload(&browser, &claim, "statement.csv", csv.as_bytes()).await;
        page.expect("It could not be read because of something on our side, which was logged. The file itself is kept.");
        page.expect_no("% of the file");
        browser.get(&format!("{claim}/import")).await.expect("Cannot be read");
        std::fs::create_dir(&folder).unwrap();
        let again = page.forms().into_iter().find(|form| form.has("part")).expect("a way to read it again");
        let page = browser.send(again).await;
        page.expect("What was understood");
        page.expect_no("on our side");
    }

    async fn hostile_cells_stay_text(database) {
        let (_app, browser, claim) = claim(&database).await;
        let csv = "Period,Barcode,<script>alert(1)</script>,Title,Net Units,Net Due,Currency\n2015-03,036000291452,<img src=x>,</textarea><script>x</script>,2,15.00,USD\n2015-03,,,\"=cmd|'/c calc'!A1\",1,1.00,USD\n2015-04,036000291453,,@x,1,1.00,USD\n";
        let page = upload(&browser, &claim, "<b>x.csv", csv.as_bytes()).await;
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x") && !page.body.contains("<script>x"), "{}", page.body);
        let columns = browser.get(&format!("{}/columns", page.path)).await;
        assert!(!columns.body.contains("<script>alert"));
        let copy = browser.get(&format!("{}/corrected.csv", page.path)).await;
        assert!(copy.body.contains("'=cmd") && copy.body.contains("'@x"), "{}", copy.body);
    }
}
