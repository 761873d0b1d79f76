//! The claims that the press reported, each filed through the pages as a person would, then counsel's totals and files.

use std::path::Path;

use claims::line::Category;
use serde_json::Value;
use tests::{App, on_both, stage};

use crate::{
    counsel::{cents, export, gross},
    walk::{self, Claim},
};

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/allegro").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn names() -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/allegro");
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json") && name != "case.json")
        .collect();
    names.sort();
    names
}

fn pairs(answers: &Value) -> Vec<(&str, &str)> {
    answers.as_object().unwrap().iter().map(|(name, typed)| (name.as_str(), typed.as_str().unwrap())).collect()
}

/// The words of a document as a PDF that says them.
fn document(document: &Value) -> (&str, Vec<u8>) {
    let name = document["name"].as_str().unwrap();
    let words = document["pages"].to_string();
    (name, if name.ends_with(".pdf") { walk::pdf(&words) } else { words.into_bytes() })
}

fn claim(fixture: &Value) -> Claim<'_> {
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
        claims::actions::counsel::appoint(&app.recoup, case, lee).await.unwrap();
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
}
