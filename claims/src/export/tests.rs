//! Exports of a small case against what its pages show.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use futures::TryStreamExt;

use super::*;
use crate::{
    CaseId, ClaimId, Clock, DocumentId, Instant,
    actions::{
        Limits, cases as make_cases, counsel, documents, edit_lines, save_step, start_claim, submit_claim, withdraw,
    },
    intake::{Answers, steps::Step},
    line::{Basis, Category},
    random::Random,
    store::{self, Store, accounts, documents::NewDocument, register},
    totals::counted,
};

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A database in a directory of its own, which goes with it.
struct Office {
    recoup: Recoup,
    claimant: Actor,
    counsel: Actor,
    case: Case,
    dir: PathBuf,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().fold(Answers::default(), |answers, (name, answer)| answers.with(name, *answer))
}

async fn actor(recoup: &Recoup, email: &str) -> Actor {
    let mut tx = recoup.store.write().await.unwrap();
    let id = match accounts::by_email(&mut tx, email).await.unwrap() {
        Some(account) => account.id,
        None => accounts::add(
            &mut tx,
            email,
            "Somebody",
            "",
            email.starts_with("admin"),
            Some(recoup.clock.now()),
            recoup.clock.now(),
        )
        .await
        .unwrap(),
    };
    let actor = accounts::actor(&mut tx, id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    actor
}

impl Office {
    async fn open() -> Self {
        let dir = std::env::temp_dir().join(format!(
            "recoup-export-{}-{}",
            std::process::id(),
            DATABASES.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&dir).unwrap();
        let store = Store::open(&format!("sqlite:{}", dir.join("test.db").display())).await.unwrap();
        let clock = Clock::fixed(Instant::from_timestamp(1_795_000_000, 0).unwrap());
        let recoup = Recoup::new(store, clock, Random::seeded(1), "http://localhost", Limits::default()).await.unwrap();
        let settings = answers(&[
            ("title", "Claims against Allegro"),
            ("slug", "allegro"),
            ("prefix", "ALG"),
            ("state", "open"),
            ("forum", "federal"),
            ("what_happened", "It closed."),
            ("class_definition", "Labels."),
            ("contact", "Ask."),
            ("deadline_day", "2027-03-14"),
            ("deadline_time", "23:59"),
            ("time_zone", "America/Los_Angeles"),
            ("late_claims", "refused"),
            ("cure_days", "30"),
            ("unpaid_sales", "yes"),
            ("held_inventory", "yes"),
            ("digital_royalties", "yes"),
            ("other", "yes"),
            ("filing_basis", "wholesale"),
            ("case_currency", "USD"),
            ("valuation_date", "2016-06-03"),
            ("rates", "EUR 1.1154\nJPY 0.0093"),
        ]);
        let admin = actor(&recoup, "admin@example.org").await;
        let case = make_cases::add(&recoup, &admin, &settings).await.unwrap();
        let lawyer = actor(&recoup, "counsel@example.org").await;
        counsel::appoint(&recoup, case, lawyer.account).await.unwrap();
        let mut tx = recoup.store.read().await.unwrap();
        let case = store::cases::by_id(&mut tx, case).await.unwrap().unwrap().read().unwrap();
        drop(tx);
        let (claimant, counsel) =
            (actor(&recoup, "label@example.org").await, actor(&recoup, "counsel@example.org").await);
        Self { claimant, counsel, case, dir, recoup }
    }

    async fn start(&mut self, name: &str) -> ClaimId {
        let who = start_claim::Who::New(answers(&[("kind", "label"), ("legal_name", name), ("capacity", "officer")]));
        let id = start_claim::start(&self.recoup, &self.claimant, "allegro", &who, "").await.unwrap();
        self.claimant = actor(&self.recoup, "label@example.org").await;
        let details = answers(&[
            ("kind", "label"),
            ("legal_name", name),
            ("email", "label@example.org"),
            ("phone", "+44 20 7946 0000"),
            ("street", "1 Road"),
            ("city", "Bristol"),
            ("country", "United Kingdom"),
            ("organised_in", "England"),
            ("principal_place", "Bristol"),
            ("capacity", "officer"),
            ("other_names", "First imprint\nSecond, \"quoted\""),
        ]);
        assert!(save_step::save(&self.recoup, &self.claimant, id, Step::Claimant, &details).await.unwrap());
        let agreement =
            answers(&[("has_agreement", "yes"), ("agreement_date", "1 March 2009"), ("late_shipments", "1,200")]);
        assert!(save_step::save(&self.recoup, &self.claimant, id, Step::Agreement, &agreement).await.unwrap());
        assert!(
            save_step::save(&self.recoup, &self.claimant, id, Step::Others, &answers(&[("others", "no")]))
                .await
                .unwrap()
        );
        id
    }

    async fn line(&self, id: ClaimId, category: Category, cite: Option<DocumentId>, pairs: &[(&str, &str)]) {
        let cite = edit_lines::Cite { document: cite, place: "p. 3".to_owned() };
        let saved =
            edit_lines::add(&self.recoup, &self.claimant, id, category, &answers(pairs), &cite, "").await.unwrap();
        assert!(saved.right, "{pairs:?}");
    }

    async fn document(&self, id: ClaimId, name: &str) -> DocumentId {
        let new = NewDocument {
            sha256: "ab".repeat(32),
            name: name.to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: 1_000,
            pages: Some(3),
        };
        match documents::add(&self.recoup, &self.claimant, id, &new).await.unwrap() {
            documents::Added::New(id) | documents::Added::Known(id, _) => id,
        }
    }

    async fn send(&self, id: ClaimId) -> String {
        let mut tx = self.recoup.store.read().await.unwrap();
        let draft = store::claims::by_id(&mut tx, id).await.unwrap().unwrap().draft_id.unwrap();
        drop(tx);
        let signature = answers(&[
            ("place", "abroad"),
            ("place_name", "Bristol"),
            ("signature", "Ada"),
            ("signer_capacity", "officer"),
            ("agree", "yes"),
        ]);
        submit_claim::submit(&self.recoup, &self.claimant, id, draft, &signature, "127.0.0.1", "").await.unwrap().number
    }

    async fn text(&self, what: What, filter: &Filter, raw: bool) -> String {
        let chunks = stream(&self.recoup, By::Counsel(&self.counsel), &self.case, what, filter, raw).await.unwrap();
        let chunks: Vec<Bytes> = chunks.try_collect().await.unwrap();
        String::from_utf8(chunks.concat()).unwrap()
    }

    async fn rows(&self, what: What, filter: &Filter) -> Vec<BTreeMap<String, String>> {
        read(&self.text(what, filter, true).await)
    }

    async fn sums(&self, filter: &Filter) -> register::RegisterSums {
        let mut tx = self.recoup.store.read().await.unwrap();
        register::sums(&mut tx, self.case.id, self.case.settings.filing_basis, filter).await.unwrap()
    }
}

fn read(text: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
}

/// An amount with two places as minor units.
fn cents(row: &BTreeMap<String, String>, column: &str) -> i64 {
    let (whole, cents) = row[column].split_once('.').unwrap_or_else(|| panic!("{column}: {:?}", row[column]));
    assert_eq!(cents.len(), 2, "{column}");
    format!("{whole}{cents}").parse().unwrap()
}

fn sum(rows: &[BTreeMap<String, String>], column: &str, keep: impl Fn(&BTreeMap<String, String>) -> bool) -> i64 {
    rows.iter().filter(|row| keep(row)).map(|row| cents(row, column)).sum()
}

const SALE: &[(&str, &str)] = &[
    ("channel", "both"),
    ("period_from", "2015-01-01"),
    ("period_to", "31 March 2015"),
    ("currency", "USD"),
    ("net_due", "15,000.01"),
    ("note", "=HYPERLINK(\"x\")"),
];
const EURO: &[(&str, &str)] = &[
    ("channel", "physical"),
    ("period_from", "2015-01-01"),
    ("period_to", "2015-03-31"),
    ("currency", "EUR"),
    ("units_shipped", "1,250"),
    ("units_returned", "50"),
    ("unit_price", "7.25"),
    ("net_due", "8,700.00"),
    ("artist", "Müller, \"Ännchen\""),
    ("title", "-5 °C"),
    ("gtin", "036000291452"),
    ("interest", "10"),
];
const WHOLESALE: &[(&str, &str)] = &[
    ("as_of", "2016-06-03"),
    ("basis", "wholesale"),
    ("currency", "USD"),
    ("units_claimed", "100"),
    ("unit_value", "6.5"),
];
const RETAIL: &[(&str, &str)] = &[
    ("as_of", "2016-06-03"),
    ("basis", "retail"),
    ("currency", "USD"),
    ("units_claimed", "1000"),
    ("unit_value", "14"),
];
const UNITS: &[(&str, &str)] =
    &[("as_of", "2016-06-03"), ("basis", "units_only"), ("currency", "USD"), ("units_claimed", "10000")];
const ROYALTIES: &[(&str, &str)] = &[
    ("aggregator", "The Orchard"),
    ("period_from", "2016-01-01"),
    ("period_to", "2016-06-30"),
    ("currency", "JPY"),
    ("amount", "120001"),
    ("money_state", "escrow"),
    ("letter_state", "none"),
];

/// Four sent claims (one withdrawn since) and a draft.
async fn case_with_claims() -> Office {
    let mut office = Office::open().await;
    let first = office.start("Cappella & Co").await;
    let document = office.document(first, "statement, \"final\".pdf").await;
    office.line(first, Category::UnpaidSales, Some(document), SALE).await;
    office.line(first, Category::HeldInventory, None, WHOLESALE).await;
    office.line(first, Category::HeldInventory, None, RETAIL).await;
    assert_eq!(office.send(first).await.split('-').next(), Some("ALG"));
    let second = office.start("=cmd|' /C calc'!A0").await;
    let document = office.document(second, "+invoice.pdf").await;
    office.line(second, Category::UnpaidSales, Some(document), EURO).await;
    office.line(second, Category::DigitalRoyalties, None, ROYALTIES).await;
    office.line(second, Category::HeldInventory, None, UNITS).await;
    office.send(second).await;
    let third = office.start("Only retail").await;
    office.line(third, Category::HeldInventory, None, RETAIL).await;
    office.send(third).await;
    let withdrawn = office.start("Withdrawn").await;
    office.line(withdrawn, Category::UnpaidSales, None, SALE).await;
    office.send(withdrawn).await;
    withdraw::withdraw(&office.recoup, &office.claimant, withdrawn, "A mistake").await.unwrap();
    let draft = office.start("Never sent").await;
    office.line(draft, Category::UnpaidSales, None, SALE).await;
    office
}

#[tokio::test]
async fn files_add_up_to_what_the_pages_show() {
    let office = case_with_claims().await;
    let submitted = Filter { status: Some(ClaimStatus::Submitted), ..Filter::default() };
    let filters = [
        submitted.clone(),
        Filter { category: Some(Category::HeldInventory), ..submitted.clone() },
        Filter { category: Some(Category::HeldInventory), basis: Some(Basis::Retail), ..submitted.clone() },
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
        let lines = office.rows(What::Lines, &filter).await;
        let counted = |row: &BTreeMap<String, String>| row["counted"] == "yes";
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
    assert_eq!(files.len(), 5);
    assert_eq!(
        std::fs::read_to_string(dir.join("claims.csv")).unwrap(),
        office.text(What::Claims, &Filter::default(), false).await
    );
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 5, "nothing temporary is left");
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
            (None, r#"{"filter":"","raw":false,"what":"claims, lines, claimants, documents, totals"}"#),
            (counsel, r#"{"filter":"category other","raw":true,"what":"lines"}"#),
        ]
    );
    assert_eq!(store::events::verify(&mut tx, office.case.id).await.unwrap().1, None);
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
}
