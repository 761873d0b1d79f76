//! Exports of a small case against what its pages show.

mod office;

use std::collections::BTreeMap;

use futures::TryStreamExt;

use super::*;
use crate::{
    CaseId,
    intake::steps::Step,
    line::{Basis, Category},
    store,
    totals::counted,
};
use office::{EURO, Office, case_with_claims, cents, read, sum};

#[tokio::test]
async fn files_add_up_to_what_the_pages_show() {
    let office = case_with_claims().await;
    let submitted = Filter { status: Some(ClaimStatus::Submitted), ..Filter::default() };
    let filters = [
        submitted.clone(),
        Filter { category: Some(Category::HeldInventory), ..submitted.clone() },
        Filter { category: Some(Category::HeldInventory), basis: Some(Basis::Retail), ..submitted.clone() },
        Filter { basis: Some(Basis::UnitsOnly), ..submitted.clone() },
        Filter { category: Some(Category::UnpaidSales), ..submitted.clone() },
        Filter { sworn_only: Some(true), ..submitted.clone() },
        Filter { text: "cappella".to_owned(), ..submitted.clone() },
        Filter { status: Some(ClaimStatus::Withdrawn), ..Filter::default() },
    ];
    for filter in filters {
        let page = office.sums(&filter).await;
        assert!(page.claims > 0, "{filter:?}");
        let claims = office.rows(What::Claims, &filter).await;
        assert_eq!(i64::try_from(claims.len()).unwrap(), page.claims, "{filter:?}");
        assert_eq!(sum(&claims, "amount", |_| true), page.amount, "{filter:?}");
        assert_eq!(sum(&claims, "documented", |_| true), page.documented, "{filter:?}");
        assert_eq!(sum(&claims, "sworn_only", |_| true), page.amount - page.documented, "{filter:?}");
        assert_eq!(
            claims.iter().map(|row| row["units"].parse::<i64>().unwrap()).sum::<i64>(),
            page.units,
            "{filter:?}"
        );
        for (column, more) in [("lines_in_no_total", page.more_lines), ("units_in_no_total", page.more_units)] {
            assert_eq!(claims.iter().map(|row| row[column].parse::<i64>().unwrap()).sum::<i64>(), more, "{filter:?}");
        }
        let lines = office.rows(What::Lines, &filter).await;
        // Of a chosen basis, or of withdrawn claims, the sums are those of what was chosen, though no line of it may count in the case.
        let chosen = filter.basis.is_some() || filter.status == Some(ClaimStatus::Withdrawn);
        let counted = |row: &BTreeMap<String, String>| chosen || row["counted"] == "yes";
        let lines_beside = lines.iter().filter(|row| !counted(row)).count();
        assert_eq!(i64::try_from(lines_beside).unwrap(), page.more_lines, "{filter:?}");
        assert_eq!(sum(&lines, "case_amount", counted), page.amount, "{filter:?}");
        assert_eq!(
            sum(&lines, "case_amount", |row| counted(row) && row["documented"] == "yes"),
            page.documented,
            "{filter:?}"
        );
        assert_eq!(i64::try_from(lines.iter().filter(|row| counted(row)).count()).unwrap(), page.lines, "{filter:?}");
        let totals = office.rows(What::Totals, &filter).await;
        let gross = totals.last().unwrap();
        assert_eq!(
            (gross["category"].as_str(), cents(gross, "amount"), cents(gross, "documented")),
            ("gross", page.amount, page.documented),
            "{filter:?}"
        );
        assert_eq!(
            (gross["claims"].clone(), gross["lines"].clone(), gross["units"].clone()),
            (page.claims.to_string(), page.lines.to_string(), page.units.to_string()),
            "{filter:?}"
        );
        assert_eq!(sum(&totals, "amount", |row| counted(row) && row["category"] != "gross"), page.amount, "{filter:?}");
    }
    let mut tx = office.recoup.store.read().await.unwrap();
    let of_case = store::totals::of_case(&mut tx, office.case.id).await.unwrap();
    drop(tx);
    // 15,000.01 + 650.00 + 8,700.00 EUR at 1.1154 + 120,001 JPY at 0.0093
    assert_eq!(counted(&of_case, Basis::Wholesale).amount, 1_500_001 + 65_000 + 970_398 + 111_601);
    let totals = office.rows(What::Totals, &Filter::default()).await;
    for total in of_case {
        let row = totals
            .iter()
            .find(|row| row["category"] == total.category.key() && row["basis"] == total.basis.map_or("", Basis::key))
            .unwrap();
        assert_eq!(
            (cents(row, "amount"), cents(row, "documented"), cents(row, "interest")),
            (total.amount, total.documented, total.interest)
        );
        assert_eq!((row["lines"].clone(), row["units"].clone()), (total.lines.to_string(), total.units.to_string()));
    }
    assert_eq!(
        totals.iter().find(|row| row["basis"] == "retail").map(|row| (row["amount"].clone(), row["counted"].clone())),
        Some(("28000.00".to_owned(), "no".to_owned()))
    );
}

/// By hand, of stock at wholesale: what counts are two sales, the royalties and the stock at wholesale; two lines at retail and one
/// without a value do not.
#[tokio::test]
async fn what_has_no_value_counts_no_more_than_what_is_valued_otherwise() {
    let office = case_with_claims().await;
    let everything = Filter::default();
    let submitted = Filter { status: Some(ClaimStatus::Submitted), ..Filter::default() };
    let page = office.sums(&submitted).await;
    // 1,200 copies were sold, 100 are held at wholesale.
    assert_eq!((page.lines, page.units, page.more_lines, page.more_units), (4, 1_300, 3, 12_000));
    let totals = office.rows(What::Totals, &everything).await;
    let gross = totals.last().unwrap();
    assert_eq!((gross["lines"].as_str(), gross["units"].as_str()), ("4", "1300"));
    let counted = |basis: &str| totals.iter().find(|row| row["basis"] == basis).unwrap()["counted"].clone();
    assert_eq!(["wholesale", "retail", "units_only"].map(counted), ["yes", "no", "no"]);
    // Whether a line counts in the case does not depend on what somebody filtered by.
    for basis in [Basis::Retail, Basis::UnitsOnly] {
        let of_basis = Filter { basis: Some(basis), ..Filter::default() };
        for what in [What::Lines, What::Totals] {
            let rows = office.rows(what, &of_basis).await;
            let stock = rows.iter().filter(|row| row["category"] == "held_inventory");
            assert!(stock.clone().count() > 0 && stock.clone().all(|row| row["counted"] == "no"), "{what:?} {rows:?}");
        }
    }
    // Who holds stock is found by the category, whatever it is valued at.
    let stock = Filter { category: Some(Category::HeldInventory), ..submitted };
    let claims = office.rows(What::Claims, &stock).await;
    let figures: Vec<_> = claims
        .iter()
        .map(|row| ["amount", "lines", "lines_in_no_total", "units_in_no_total"].map(|column| row[column].as_str()))
        .collect();
    assert_eq!(figures, [["650.00", "1", "1", "1000"], ["0.00", "0", "1", "10000"], ["0.00", "0", "1", "1000"]]);
}

#[tokio::test]
async fn a_withdrawn_claim_adds_nothing_to_what_is_counted_once() {
    let office = case_with_claims().await;
    let claims = office.rows(What::Claims, &Filter::default()).await;
    let gone = claims.iter().find(|row| row["status"] == "withdrawn").unwrap();
    assert_eq!(
        ["amount", "unique_at_least", "unique_at_most"].map(|column| gone[column].as_str()),
        ["15000.01", "0.00", "0.00"]
    );
    let withdrawn = Filter { status: Some(ClaimStatus::Withdrawn), ..Filter::default() };
    for row in office.rows(What::Totals, &withdrawn).await {
        assert_eq!((row["amount"].as_str(), row["unique_at_most"].as_str()), ("15000.01", "0.00"));
        assert_eq!(row["counted"], "no", "{row:?}");
    }
    let lines = office.rows(What::Lines, &withdrawn).await;
    let counted: Vec<_> = lines.iter().map(|row| (row["case_amount"].as_str(), row["counted"].as_str())).collect();
    assert_eq!(counted, [("15000.01", "no")]);
    let submitted = claims.iter().find(|row| row["status"] == "submitted").unwrap();
    assert_eq!(submitted["unique_at_most"], submitted["amount"]);
}

#[tokio::test]
async fn only_what_was_sent_is_exported() {
    let office = case_with_claims().await;
    let everything = Filter::default();
    let claims = office.rows(What::Claims, &everything).await;
    assert_eq!(
        claims.iter().map(|row| row["status"].as_str()).collect::<Vec<_>>(),
        ["submitted", "submitted", "submitted", "withdrawn"]
    );
    assert_eq!(claims[3]["withdrawn_reason"], "A mistake");
    for what in What::ALL {
        let text = office.text(what, &everything, true).await;
        assert!(!text.contains("Never sent"), "{what:?}");
        assert_eq!(text.contains("Withdrawn"), what == What::Claims, "{what:?}");
    }
    let documents = office.rows(What::Documents, &everything).await;
    assert_eq!(
        (documents.len(), documents[0]["cited_by"].as_str(), documents[0]["name"].as_str()),
        (2, "1", "statement, \"final\".pdf")
    );
}

#[tokio::test]
async fn cells_are_quoted_and_cannot_run() {
    let office = case_with_claims().await;
    let everything = Filter::default();
    let safe = office.text(What::Lines, &everything, false).await;
    let raw = office.text(What::Lines, &everything, true).await;
    assert_eq!(safe.matches("\r\n").count(), 1 + 7);
    assert_eq!(
        safe.lines().next().unwrap(),
        What::Lines.columns().iter().map(|column| column.name).collect::<Vec<_>>().join(",")
    );
    let (safe, raw) = (read(&safe), read(&raw));
    assert_eq!((safe[0]["note"].as_str(), raw[0]["note"].as_str()), ("'=HYPERLINK(\"x\")", "=HYPERLINK(\"x\")"));
    let euro = |rows: &[BTreeMap<String, String>]| rows.iter().find(|row| row["currency"] == "EUR").unwrap().clone();
    let (safe, raw) = (euro(&safe), euro(&raw));
    assert_eq!((safe["title"].as_str(), raw["title"].as_str()), ("'-5 °C", "-5 °C"));
    assert_eq!(safe["artist"], "Müller, \"Ännchen\"");
    assert_eq!(safe["claimant"], "'=cmd|' /C calc'!A0");
    assert_eq!((safe["evidence"].as_str(), raw["evidence"].as_str()), ("'+invoice.pdf, p. 3", "+invoice.pdf, p. 3"));
    assert_eq!(safe["gtin"], "0036000291452");
    // What was typed in figures is exact in the file.
    let figures = [
        "amount",
        "case_amount",
        "rate",
        "units",
        "units_shipped",
        "unit_price",
        "net_due",
        "interest",
        "case_interest",
        "period_to",
    ];
    assert_eq!(
        figures.map(|column| safe[column].as_str()),
        ["8700.00", "9703.98", "1.1154", "1200", "1250", "7.25", "8700.00", "10.00", "11.15", "2015-03-31"]
    );
    let claimants = office.text(What::Claimants, &everything, false).await;
    let claimants = read(&claimants);
    assert_eq!(
        (claimants.len(), claimants[0]["phone"].as_str(), claimants[0]["other_names"].as_str()),
        (3, "'+44 20 7946 0000", "First imprint\nSecond, \"quoted\"")
    );
    assert_eq!(
        (claimants[0]["agreement_date"].as_str(), claimants[0]["late_shipments"].as_str()),
        ("2009-03-01", "1200")
    );
    let yen = office.rows(What::Lines, &everything).await.into_iter().find(|row| row["currency"] == "JPY").unwrap();
    assert_eq!((yen["amount"].as_str(), yen["case_amount"].as_str()), ("120001", "1116.01"));
}

#[tokio::test]
async fn an_export_is_an_event_and_others_get_nothing() {
    let office = case_with_claims().await;
    let refused =
        stream(&office.recoup, By::Counsel(&office.claimant), &office.case, What::Claims, &Filter::default(), false)
            .await
            .err();
    assert!(matches!(refused, Some(Failure::Refused(Refusal::NotFound))));
    let elsewhere = Actor { counsel_of: [CaseId(99)].into(), ..office.counsel.clone() };
    assert!(
        stream(&office.recoup, By::Counsel(&elsewhere), &office.case, What::Claims, &Filter::default(), false)
            .await
            .is_err()
    );
    let filter = Filter { category: Some(Category::Other), ..Filter::default() };
    office.text(What::Lines, &filter, true).await;
    let dir = office.dir.join("out");
    let files = to_directory(&office.recoup, "allegro", &What::ALL, &dir, false).await.unwrap();
    assert_eq!(files.len(), What::ALL.len());
    assert_eq!(
        std::fs::read_to_string(dir.join("claims.csv")).unwrap(),
        office.text(What::Claims, &Filter::default(), false).await
    );
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), What::ALL.len(), "nothing temporary is left");
    assert!(to_directory(&office.recoup, "nothing", &What::ALL, &dir, false).await.is_err());
    let mut tx = office.recoup.store.read().await.unwrap();
    let events: Vec<_> = store::events::of_case(&mut tx, office.case.id, 100, 0)
        .await
        .unwrap()
        .into_iter()
        .filter(|event| event.kind == "exported")
        .collect();
    let found: Vec<_> = events.iter().map(|event| (event.account_id, event.details.as_str())).collect();
    let counsel = Some(office.counsel.account);
    assert_eq!(
        found,
        [
            (counsel, r#"{"filter":"","raw":false,"what":"claims"}"#),
            (
                None,
                r#"{"filter":"","raw":false,"what":"claims, lines, claimants, documents, totals, matches, overlaps"}"#
            ),
            (counsel, r#"{"filter":"category other","raw":true,"what":"lines"}"#),
        ]
    );
    assert_eq!(store::events::verify(&mut tx, office.case.id).await.unwrap().1, None);
}

/// A and W, and W and B, were said to be of one claimant each: that makes A and B one, as long as W counts. The ledger takes nothing off for
/// what was said of a claim that was withdrawn, and the export gives it as no reason either.
#[tokio::test]
async fn a_withdrawn_claim_makes_no_others_one() {
    let mut office = Office::open().await;
    let mut claims = Vec::new();
    for name in ["Alder Records", "Willow Records", "Birch Records"] {
        let id = office.start(name).await;
        office.line(id, Category::UnpaidSales, None, EURO).await;
        let number = office.send(id).await;
        claims.push((id, number));
    }
    let [(a, number_a), (w, _), (b, number_b)] = claims.as_slice() else { panic!("three claims") };
    let run = async || while crate::actions::match_case::run_due(&office.recoup, "m").await.unwrap() > 0 {};
    run().await;
    let now = office.recoup.clock.now();
    let pairs = [(*a, *w), (*w, *b)];
    let found = pairs.map(|claims| store::matches::Found {
        claims,
        score: 1_000,
        decision: "review",
        explanation: "{}".to_owned(),
        stake: 1,
    });
    let mut tx = office.recoup.store.write().await.unwrap();
    store::matches::replace(&mut tx, office.case.id, &found, "1", now).await.unwrap();
    for claims in pairs {
        let decision = store::matches::NewDecision {
            case_id: office.case.id,
            claims,
            verdict: "same",
            reason: "One house.",
            engine: "1",
            score: 1_000,
            by: office.counsel.account,
        };
        store::matches::decide(&mut tx, &decision, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let decisions = async |number: &str| {
        let rows = office.rows(What::Overlaps, &Filter::default()).await;
        let row = rows.iter().find(|row| row["claim"] == number).expect("its row of the ledger");
        row["decisions"].clone()
    };
    let through = format!("of the same claimant as {number_b}, as both are of that of further claims");
    assert!(decisions(number_a).await.contains(&through), "{}", decisions(number_a).await);

    crate::actions::withdraw::withdraw(&office.recoup, &office.claimant, *w, "A mistake").await.unwrap();
    run().await;
    assert_eq!((decisions(number_a).await, decisions(number_b).await), (String::new(), String::new()));
    let rows = office.rows(What::Overlaps, &Filter::default()).await;
    assert_eq!((sum(&rows, "overlap_removed", |_| true), rows.len()), (0, 2), "nothing is taken off by decision");
    assert!(sum(&rows, "overlap_suspected", |_| true) > 0);
}

#[tokio::test]
async fn long_files_come_in_chunks() {
    let mut office = Office::open().await;
    let id = office.start("Many lines").await;
    for _ in 0..400 {
        office.line(id, Category::UnpaidSales, None, EURO).await;
    }
    office.send(id).await;
    let chunks =
        stream(&office.recoup, By::Operator, &office.case, What::Lines, &Filter::default(), false).await.unwrap();
    let chunks: Vec<Bytes> = chunks.try_collect().await.unwrap();
    assert!(
        chunks.len() > 1 && chunks.iter().all(|chunk| chunk.len() < 100_000),
        "{:?}",
        chunks.iter().map(Bytes::len).collect::<Vec<_>>()
    );
    let rows = read(&String::from_utf8(chunks.concat()).unwrap());
    assert_eq!((rows.len(), sum(&rows, "case_amount", |_| true)), (400, 400 * 970_398));
}

#[test]
fn the_dictionary_names_every_column_once_and_every_field() {
    for (what, columns) in DICTIONARY {
        for (place, column) in columns.iter().enumerate() {
            assert!(columns[..place].iter().all(|other| other.name != column.name), "{what:?} {}", column.name);
            assert!(!column.meaning.is_empty() && !column.meaning.ends_with('.'), "{}", column.name);
        }
    }
    let names: Vec<&str> = What::Claimants.columns().iter().map(|column| column.name).collect();
    let forms = [Step::Claimant, Step::Agreement, Step::Others];
    let fields: Vec<&str> = forms
        .iter()
        .flat_map(|step| crate::intake::form::fields(step.form().unwrap()))
        .map(|field| field.name)
        .collect();
    assert_eq!(names[4..], fields, "every answer is exported, in the order of the forms");
    // What one column holds for each category is said of each.
    let channel = What::Lines.columns().iter().find(|column| column.name == "channel").unwrap();
    for words in
        ["Unpaid sales: ", "Digital royalties: the service", "Other losses: the kind of loss", "Held inventory: empty"]
    {
        assert!(channel.meaning.contains(words), "{words}");
    }
}
