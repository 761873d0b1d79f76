//! Counsel: totals, the register, exports equal to the page to the cent, the log.

use std::collections::BTreeMap;

use claims::{actions::withdraw, line::Category};
use tests::{App, Browser, html, on_both, stage};

/// An amount or a number of a page or a file, in hundredths.
pub fn cents(cell: &str) -> i64 {
    let plain: String = cell.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, "00"));
    assert_eq!(part.len(), 2, "{cell}");
    whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()
}

/// The rows of an export, by the names of its columns.
pub async fn export(browser: &Browser, path: &str) -> Vec<BTreeMap<String, String>> {
    let page = browser.get(path).await;
    page.expect_status(200);
    assert!(page.header("content-type").starts_with("text/csv"));
    assert!(page.header("content-disposition").starts_with("attachment"));
    let mut reader = csv::Reader::from_reader(page.body.trim_start_matches('\u{feff}').as_bytes());
    let head = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|row| head.iter().map(str::to_owned).zip(row.unwrap().iter().map(str::to_owned)).collect())
        .collect()
}

/// The gross row of the overview: claimed, documented, sworn only.
pub async fn gross(browser: &Browser, slug: &str) -> (i64, i64, i64) {
    let page = browser.get(&format!("/counsel/{slug}")).await;
    page.expect_status(200);
    let table = html::table(&page.body, "By category").expect("the table of amounts");
    let foot = table.iter().find(|row| row[0] == "Gross").expect("the sum");
    (cents(&foot[3]), cents(&foot[4]), cents(&foot[5]))
}

async fn filed(database: &tests::Database) -> (App, Browser) {
    let app = App::start(database).await;
    let recoup = &app.recoup;
    let case = stage::case(recoup, "allegro", "ALG").await;
    let counsel = stage::person(recoup, "counsel@example.org", true, false).await.account;
    claims::actions::counsel::appoint(recoup, case, counsel).await.unwrap();
    let account = stage::person(recoup, "ada@example.org", true, false).await.account;
    for n in 0..6_u32 {
        let name = ["Jay Records", "=HYPERLINK(\"x\")", "Åse & Sons", "Waveform", "Wholesale Ltd", "Gone"][n as usize];
        let (actor, id) = stage::start(recoup, account, "allegro", name).await;
        stage::fill_steps(recoup, &actor, id, name).await;
        let file = stage::bytes(&app, "statement.txt", "text/plain", b"A statement.").await;
        let claims::actions::documents::Added::New(document) =
            claims::actions::documents::add(recoup, &actor, id, &file).await.unwrap()
        else {
            panic!()
        };
        let sales = stage::sales(&format!("1{n}00.0{n}"))
            .with("currency", ["USD", "EUR", "GBP"][n as usize % 3])
            .with("title", "=1+1");
        stage::line(recoup, &actor, id, Category::UnpaidSales, &sales, (n % 2 == 0).then_some(document)).await;
        let basis = if n == 4 { "wholesale" } else { "retail" };
        stage::line(recoup, &actor, id, Category::HeldInventory, &stage::stock("1000", basis, "13.99"), None).await;
        stage::send(recoup, &actor, id).await.unwrap();
        if n == 5 {
            withdraw::withdraw(recoup, &actor, id, "settled").await.unwrap();
        }
        app.pass(chrono::Duration::hours(30));
    }
    stage::ready(recoup, account, "allegro", "Draft").await;
    let browser = app.browser_of(&stage::actor(recoup, counsel).await).await;
    (app, browser)
}

fn sum(rows: &[BTreeMap<String, String>], column: &str, of: impl Fn(&BTreeMap<String, String>) -> bool) -> i64 {
    rows.iter().filter(|row| of(row)).map(|row| cents(&row[column])).sum()
}

on_both! {
    async fn page_and_files_agree_to_the_cent(database) {
        let (_app, browser) = filed(&database).await;
        let (claimed, documented, sworn) = gross(&browser, "allegro").await;
        // Five claims count: their sales, and stock at retail of four of them.
        // 1000.00 + 1100.01 × 1.1154 + 1200.02 × 1.4515 + 1300.03 + 1400.04 × 1.1154
        let sales = 100_000 + 122_695 + 174_183 + 130_003 + 156_160;
        assert_eq!(claimed, sales + 4 * 1_399_000);
        assert_eq!((claimed - documented, documented), (sworn, 100_000 + 174_183 + 156_160));

        let totals = export(&browser, "/counsel/allegro/exports/totals.csv").await;
        let last = totals.last().unwrap();
        assert_eq!((last["category"].as_str(), cents(&last["amount"]), cents(&last["documented"]), cents(&last["sworn_only"])), ("gross", claimed, documented, sworn));
        assert_eq!(sum(&totals, "amount", |row| row["counted"] == "yes" && row["category"] != "gross"), claimed);
        let claims = export(&browser, "/counsel/allegro/exports/claims.csv").await;
        assert_eq!(claims.len(), 6, "withdrawn ones too, drafts not");
        let counts = |row: &BTreeMap<String, String>| row["status"] == "submitted";
        assert_eq!((sum(&claims, "amount", counts), sum(&claims, "documented", counts)), (claimed, documented));
        let lines = export(&browser, "/counsel/allegro/exports/lines.csv").await;
        assert_eq!(lines.len(), 10, "lines of what counts only");
        let counted = |row: &BTreeMap<String, String>| row["status"] == "submitted" && row["counted"] == "yes";
        assert_eq!(sum(&lines, "case_amount", counted), claimed);
        assert_eq!(sum(&lines, "case_amount", |row| counted(row) && row["documented"] == "yes"), documented);
        assert_eq!(export(&browser, "/counsel/allegro/exports/claimants.csv").await.len(), 5);
        assert_eq!(export(&browser, "/counsel/allegro/exports/documents.csv").await.len(), 5);
    }

    async fn each_figure_opens_what_it_sums(database) {
        let (_app, browser) = filed(&database).await;
        let page = browser.get("/counsel/allegro").await;
        let mut opened = 0;
        for (href, words) in html::attributes(&page.body, "table td a", "href").into_iter().zip(html::texts(&page.body, "table td a")) {
            if !href.starts_with("/counsel/allegro/claims?") && href != "/counsel/allegro/claims" || !words.contains('.') {
                continue;
            }
            let register = browser.get(&href).await;
            register.expect_status(200);
            let table = html::table(&register.body, "Claims").expect("the register");
            let foot = table.iter().find(|row| row[0].starts_with("Submitted") || row[0].contains(": ")).unwrap_or_else(|| panic!("no sum at {href}: {table:?}"));
            // A cell may hold two figures, a range its two ends.
            let sums: Vec<i64> = foot[foot.len() - 4..].iter().flat_map(|cell| cell.split_whitespace()).filter(|word| word.contains('.')).map(cents).collect();
            assert!(sums.contains(&cents(&words)), "{words} opens {href} with {foot:?}");
            opened += 1;
        }
        assert!(opened >= 6, "{opened} figures lead to the register");
    }

    async fn the_register_filters_and_says_when_it_cannot(database) {
        let (_app, browser) = filed(&database).await;
        let rows = async |query: &str| {
            let page = browser.get(&format!("/counsel/allegro/claims?{query}")).await;
            page.expect_status(200);
            let names = html::texts(&page.body, "tbody tr td:nth-of-type(1)");
            names.join(", ")
        };
        assert_eq!(rows("q=%C3%85SE").await, "Åse & Sons");
        assert_eq!(rows("status=withdrawn").await, "Gone");
        assert_eq!(rows("basis=wholesale").await, "Wholesale Ltd");
        assert_eq!(rows("q=100%25").await, "");
        assert!(rows("sort=amount").await.starts_with("Åse & Sons") || rows("sort=amount").await.starts_with("Gone"));
        for wrong in ["from=nonsense", "category=everything", "from=2026-03-05&to=2026-03-04"] {
            let page = browser.get(&format!("/counsel/allegro/claims?{wrong}")).await;
            page.expect_status(422);
            assert!(!page.text().contains("Waveform"), "{wrong}: nothing is shown that was not asked for");
            browser.get(&format!("/counsel/allegro/exports/claims.csv?{wrong}")).await.expect_status(422);
        }
        // The form itself, and the export of exactly what it shows.
        let form = browser.get("/counsel/allegro/claims").await.forms().into_iter().find(|form| form.has("q")).unwrap();
        let page = browser.send(form.fill("q", "wave").fill("category", "held_inventory")).await;
        page.expect("13,990.00");
        let exported = export(&browser, &html::attributes(&page.body, "a[href*=\"exports/claims.csv\"]", "href")[0]).await;
        assert_eq!(exported.len(), 1);
        assert_eq!(cents(&exported[0]["amount"]), 1_399_000);
    }

    async fn a_withdrawn_claim_is_said_to_be_one_and_counts_for_nothing(database) {
        let (_app, browser) = filed(&database).await;
        let page = browser.get("/counsel/allegro/claims?status=withdrawn").await;
        let table = html::table(&page.body, "Claims").expect("the register");
        let of = |name: &str| table.iter().find(|row| row[0].contains(name)).unwrap_or_else(|| panic!("{name} is not in {table:?}"));
        for row in [of("ALG-"), of("Withdrawn, counts for nothing")] {
            assert_eq!(row.last().map(String::as_str), Some("0.00 withdrawn"), "{row:?}");
        }
        let claim = browser.click(&page, "ALG-").await;
        let versions = html::table(&claim.body, "Versions as signed").expect("the versions");
        assert!(versions[1][1].starts_with("withdrawn on ") && versions[1][1].contains("counts for nothing"), "{versions:?}");
        let version = html::attributes(&claim.body, "a", "href").into_iter().find(|href| href.ends_with("/versions/1")).unwrap();
        let version = browser.get(&version).await;
        version.expect("Version 1, the last one, was withdrawn on ");
        version.expect_no("is in force");
        // One that counts is in force, as ever.
        let submitted = browser.get("/counsel/allegro/claims?status=submitted").await;
        let claim = browser.click(&submitted, "ALG-").await;
        let versions = html::table(&claim.body, "Versions as signed").expect("the versions");
        assert_eq!(versions[1][1], "in force");
    }

    async fn a_cell_does_not_run_in_a_spreadsheet(database) {
        let (_app, browser) = filed(&database).await;
        for what in ["claims", "lines", "claimants", "documents", "totals"] {
            for row in export(&browser, &format!("/counsel/allegro/exports/{what}.csv")).await {
                for (column, cell) in row {
                    let number = cell.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || c == '.');
                    assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{what}.{column}: {cell}");
                }
            }
        }
        let raw = export(&browser, "/counsel/allegro/exports/claims.csv?raw=1").await;
        assert!(raw.iter().any(|row| row["claimant"] == "=HYPERLINK(\"x\")"), "the raw file is exact");
    }

    async fn a_claim_with_its_lines_documents_and_history(database) {
        let (app, browser) = filed(&database).await;
        let register = browser.get("/counsel/allegro/claims?sort=number").await;
        let claim = browser.click(&register, "ALG-").await;
        claim.expect_status(200);
        for words in ["Jay Records", "1,000.00", "13,990.00", "statement.txt"] {
            claim.expect(words);
        }
        let document = browser.get("/documents/1").await;
        assert_eq!(document.body, "A statement.");
        let version = html::attributes(&claim.body, "a", "href").into_iter().find(|href| href.ends_with("/versions/1")).unwrap();
        browser.get(&version).await.expect("penalty of perjury");
        let events = browser.get("/counsel/allegro/events").await;
        let verified = browser.send(events.form("/counsel/allegro/events/verify")).await;
        verified.expect("The chain is whole");
        assert_eq!(app.database().tamper("UPDATE events SET details = '{}' WHERE kind = 'document_opened'").await, 1);
        browser.send(events.form("/counsel/allegro/events/verify")).await.expect("The chain is broken");
    }

    async fn a_draft_is_nobodys_but_its_owners(database) {
        let (_app, browser) = filed(&database).await;
        for path in ["/counsel/allegro", "/counsel/allegro/claims", "/counsel/allegro/events"] {
            let page = browser.get(path).await;
            let names: Vec<_> = html::texts(&page.body, "td, th").into_iter().filter(|cell| cell == "Draft").collect();
            assert!(page.status == 200 && !page.text().contains("The claim of Draft"), "{path}: {names:?}");
        }
        for what in ["claims", "lines", "claimants", "documents"] {
            for row in export(&browser, &format!("/counsel/allegro/exports/{what}.csv")).await {
                assert!(row.values().all(|cell| cell != "Draft"), "{what}");
            }
        }
    }
}
