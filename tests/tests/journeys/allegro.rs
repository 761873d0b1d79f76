//! The claims that the press reported, each filed through the pages as a person would, then counsel's totals and files.
#![expect(clippy::inconsistent_digit_grouping, reason = "cents stand apart, as in the amounts by hand")]

use std::path::Path;

use claims::{
    actions::{counsel as counsel_actions, decide_match, decide_overlap},
    line::Category,
    store::{matches, overlaps},
};
use serde_json::Value;
use tests::{App, Browser, html, on_both, stage};

use crate::{
    counsel::{cents, export, gross},
    walk::{self, Claim},
};

pub fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/allegro").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn names() -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/allegro");
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json") && name != "case.json")
        .collect();
    names.sort();
    names
}

pub fn pairs(answers: &Value) -> Vec<(&str, &str)> {
    answers.as_object().unwrap().iter().map(|(name, typed)| (name.as_str(), typed.as_str().unwrap())).collect()
}

/// The words of a document as a PDF that says them.
fn document(document: &Value) -> (&str, Vec<u8>) {
    let name = document["name"].as_str().unwrap();
    let pages = &document["pages"];
    if !name.ends_with(".pdf") {
        return (name, pages.to_string().into_bytes());
    }
    // As many pages as it has: lines cite them.
    let pages: Vec<Vec<String>> = serde_json::from_value(pages.clone()).unwrap();
    (name, server::demo::pdf::draw(&pages).unwrap())
}

pub fn claim(fixture: &Value) -> Claim<'_> {
    let cited = |line: &'_ Value| line["evidence"].as_array().and_then(|cited| cited.first()).cloned();
    Claim {
        claimant: pairs(&fixture["claimant"]),
        agreement: pairs(&fixture["agreement"]),
        others: pairs(&fixture["others"]),
        documents: fixture["documents"].as_array().unwrap().iter().map(document).collect(),
        lines: fixture["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| {
                assert!(
                    line["evidence"].as_array().is_none_or(|cited| cited.len() <= 1),
                    "a line cites one document here"
                );
                let evidence = cited(line).map(|_| &line["evidence"][0]);
                let cited = evidence
                    .map(|cited| (cited["document"].as_str().unwrap(), cited["place"].as_str().unwrap_or_default()));
                (line["category"].as_str().unwrap(), pairs(&line["answers"]), cited)
            })
            .collect(),
        signature: pairs(&fixture["signature"]),
    }
}

on_both! {
    async fn what_the_press_reported_is_what_counsel_sees(database) {
        let app = App::start(&database).await;
        let settings = fixture("case.json");
        let case = stage::case_with(&app.recoup, &stage::answers(&pairs(&settings))).await;
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await.account;
        counsel_actions::appoint(&app.recoup, case, lee).await.unwrap();
        let slug = settings["slug"].as_str().unwrap();
        assert!(names().len() >= 5, "{:?}", names());

        let (mut counted, mut rows) = (0, Vec::new());
        for (n, name) in names().into_iter().enumerate() {
            let fixture = fixture(&name);
            let browser = walk::register(&app, &format!("filer-{n}@example.org")).await;
            let (_, receipt) = walk::file(&browser, slug, &claim(&fixture)).await;
            receipt.expect(fixture["claimant"]["legal_name"].as_str().unwrap());
            counted += fixture["expected"]["counted"].as_i64().unwrap();
            rows.extend(fixture["expected"]["totals"].as_array().unwrap().clone());
        }

        let counsel = app.browser_of(&stage::actor(&app.recoup, lee).await).await;
        assert_eq!(gross(&counsel, slug).await.0, counted);
        let totals = export(&counsel, &format!("/counsel/{slug}/exports/totals.csv")).await;
        for category in Category::ALL {
            for basis in ["", "manufacturing_cost", "wholesale", "retail", "units_only"] {
                let of = |row: &&Value| row["category"] == category.key() && row["basis"].as_str().unwrap_or_default() == basis;
                let add = |column: &str| rows.iter().filter(of).map(|row| row[column].as_i64().unwrap()).sum::<i64>();
                let expected = ["amount", "documented", "interest", "costs"].map(add);
                let found = totals.iter().find(|row| row["category"] == category.key() && row["basis"] == basis);
                let figures = ["amount", "documented", "interest", "costs"].map(|column| found.map_or(0, |row| cents(&row[column])));
                assert_eq!(figures, expected, "{} {basis}", category.key());
                let units = found.map_or(0, |row| row["units"].parse::<i64>().unwrap());
                assert_eq!(units, add("units"), "{} {basis}", category.key());
            }
        }
        let lines = export(&counsel, &format!("/counsel/{slug}/exports/lines.csv")).await;
        let of_all: i64 = lines.iter().filter(|row| row["counted"] == "yes").map(|row| cents(&row["case_amount"])).sum();
        assert_eq!(of_all, counted);

        // The press's own figures, by name.
        let claims = export(&counsel, &format!("/counsel/{slug}/exports/claims.csv")).await;
        let of = |name: &str, column: &str| claims.iter().find(|row| row["claimant"].contains(name)).unwrap_or_else(|| panic!("no claim of {name}"))[column].clone();
        assert_eq!(cents(&of("Cappella Romana", "unpaid_sales")), 1_500_000);
        assert_eq!(cents(&of("Waveform", "unpaid_sales")), 1_500_000);
        assert_eq!(cents(&of("Waveform", "held_at_retail")), 1_400_000);
        assert_eq!(of("Summit", "held_units_only"), "10000");
    }

    // To the five reported claims (68,064.50 counted) come three invented ones: a label, its artist, and the second filing of one
    // of the five. By hand:
    // - The label's 1,200.00 of 2015 are 100.00 a month, the artist's 240.00 from July to December 40.00: 6 × 40.00 = 240.00.
    // - From iTunes 900.00 and 300.00 over three months, 300.00 and 100.00 a month: 3 × 100.00 = 300.00. Together 540.00.
    // - Waveform filed its 15,000.00 and 14,000.00 twice: lump sums, the same only once a person says so: 29,000.00.
    async fn whoever_filed_twice_and_whoever_claims_the_same_money_is_counted_once(database) {
        let app = App::start(&database).await;
        let settings = fixture("case.json");
        let case = stage::case_with(&app.recoup, &stage::answers(&pairs(&settings))).await;
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await.account;
        counsel_actions::appoint(&app.recoup, case, lee).await.unwrap();
        let slug = settings["slug"].as_str().unwrap();
        let more = ["blue-fjord-editions", "ilse-varga", "waveform-again"].map(|name| format!("overlapping/{name}.json"));
        for (n, name) in names().into_iter().chain(more).enumerate() {
            let fixture = fixture(&name);
            let browser = walk::register(&app, &format!("filer-{n}@example.org")).await;
            walk::file(&browser, slug, &claim(&fixture)).await;
        }
        app.run_jobs().await;
        let lee = stage::actor(&app.recoup, lee).await;
        let counsel = app.browser_of(&lee).await;
        let gross = 68_064_50 + 2_100_00 + 540_00 + 29_000_00;
        assert_eq!(figures(&counsel, slug).await, (gross, 0, 540_00, gross - 540_00, gross));

        let found = export(&counsel, &format!("/counsel/{slug}/exports/matches.csv")).await;
        let names: Vec<_> = found.iter().map(|row| (row["claimant_a"].as_str(), row["claimant_b"].as_str(), row["stake"].as_str(), row["engine_decision"].as_str())).collect();
        assert_eq!(names, [("Waveform Records", "WAVEFORM RECORDINGS", "29000.00", "match")]);
        let ledger = export(&counsel, &format!("/counsel/{slug}/exports/overlaps.csv")).await;
        let rows: Vec<_> = ledger.iter().map(|row| (row["claimant"].as_str(), row["channel"].as_str(), row["first_month"].as_str(), row["last_month"].as_str(), row["months"].as_str(), row["amount"].as_str(), row["overlap_suspected"].as_str())).collect();
        assert_eq!(rows, [
            ("Blue Fjord Editions LLC", "itunes", "2016-01", "2016-03", "3", "900.00", "0.00"),
            ("Ilse Varga", "itunes", "2016-01", "2016-03", "3", "300.00", "300.00"),
            ("Blue Fjord Editions LLC", "physical", "2015-07", "2015-12", "6", "600.00", "0.00"),
            ("Ilse Varga", "physical", "2015-07", "2015-12", "6", "240.00", "240.00"),
        ]);

        let mut tx = app.recoup.store.read().await.unwrap();
        let pair = matches::of_case(&mut tx, case).await.unwrap().remove(0).id;
        let entry = overlaps::list(&mut tx, case, overlaps::Which::Open, None, 1, 0).await.unwrap().remove(0).id;
        let parts = overlaps::parts(&mut tx, entry).await.unwrap();
        drop(tx);
        let (label, artist) = (parts[0].claim_id, parts[1].claim_id);
        let same = stage::answers(&[("verdict", "same"), ("reason", "One contact, one address, the same figures.")]);
        decide_match::decide(&app.recoup, &lee, case, pair, &same, "").await.unwrap();
        let derivative = stage::answers(&[("relation", "second_of_first"), ("reason", "A royalty of 20 per cent."), ("everywhere", "yes")]);
        decide_overlap::decide(&app.recoup, &lee, case, entry, (label, artist), &derivative, "").await.unwrap();
        app.run_jobs().await;
        let removed = 540_00 + 29_000_00;
        assert_eq!(figures(&counsel, slug).await, (gross, removed, 0, gross - removed, gross - removed));
        let ledger = export(&counsel, &format!("/counsel/{slug}/exports/overlaps.csv")).await;
        let through: i64 = ledger.iter().filter(|row| row["claimant"] == "Ilse Varga" && !row["payable_through"].is_empty()).map(|row| cents(&row["overlap_removed"])).sum();
        assert_eq!(through, 540_00);
        assert!(ledger.iter().any(|row| row["decisions"].contains("A royalty of 20 per cent.")));
        // What is taken off because both claims are of one claimant has its reason beside it.
        let twice: Vec<_> = ledger.iter().filter(|row| row["claimant"].to_lowercase().starts_with("waveform")).collect();
        assert!(twice.iter().any(|row| cents(&row["overlap_removed"]) > 0), "{twice:?}");
        for row in twice {
            let words = &row["decisions"];
            assert!(words.starts_with("of the same claimant as ALG-") && words.contains("One contact, one address, the same figures."), "{words}");
        }
        let found = export(&counsel, &format!("/counsel/{slug}/exports/matches.csv")).await;
        assert_eq!((found[0]["verdict"].as_str(), found[0]["reason"].as_str()), ("same", "One contact, one address, the same figures."));
        let claims = export(&counsel, &format!("/counsel/{slug}/exports/claims.csv")).await;
        let sum = |column: &str| claims.iter().map(|row| cents(&row[column])).sum::<i64>();
        assert_eq!((sum("overlap_removed"), sum("overlap_suspected"), sum("unique_at_most")), (removed, 0, gross - removed));
        let overview = counsel.get(&format!("/counsel/{slug}")).await;
        overview.expect("7 members");
    }
}

/// Gross, removed, suspected, unique at least and at most: on the overview, in the foot of the register and in the file of totals.
async fn figures(counsel: &Browser, slug: &str) -> (i64, i64, i64, i64, i64) {
    let page = counsel.get(&format!("/counsel/{slug}")).await;
    let table = html::table(&page.body, "Counted once").expect("the three figures");
    let foot = table.iter().find(|row| row[0] == "All").expect("the sum");
    // A range names its two ends.
    let unique: Vec<i64> = foot[4].split('–').map(cents).collect();
    let shown = (cents(&foot[1]), cents(&foot[2]), cents(&foot[3]), unique[0], unique[unique.len() - 1]);
    let totals = export(counsel, &format!("/counsel/{slug}/exports/totals.csv")).await;
    let last = totals.last().expect("the gross");
    let of = |column: &str| cents(&last[column]);
    let file =
        (of("amount"), of("overlap_removed"), of("overlap_suspected"), of("unique_at_least"), of("unique_at_most"));
    assert_eq!(shown, file);
    let register = counsel.get(&format!("/counsel/{slug}/claims?status=submitted")).await;
    for figure in [shown.0, shown.4] {
        let words = claims::money::Currency::USD.grouped(figure);
        assert!(register.text().contains(&words), "{words} is not in the register");
    }
    shown
}
