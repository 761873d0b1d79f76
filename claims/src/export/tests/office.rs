//! A small case with claims, filed by the same actions as on the site.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use futures::TryStreamExt;

use super::super::*;
use crate::{
    ClaimId, Clock, DocumentId, Instant,
    actions::{
        Limits, cases as make_cases, counsel, documents, edit_lines, save_step, seen, start_claim, submit_claim,
        withdraw,
    },
    intake::{Answers, case_settings, steps::Step},
    line::Category,
    random::Random,
    store::{self, Store, accounts, documents::NewDocument, register},
};

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A database in a directory of its own, which goes with it.
pub(super) struct Office {
    pub(super) recoup: Recoup,
    pub(super) claimant: Actor,
    pub(super) counsel: Actor,
    pub(super) case: Case,
    pub(super) dir: PathBuf,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

pub(super) fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().fold(Answers::default(), |answers, (name, answer)| answers.with(name, *answer))
}

pub(super) async fn actor(recoup: &Recoup, email: &str) -> Actor {
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
    pub(super) async fn open() -> Self {
        let dir = std::env::temp_dir().join(format!(
            "recoup-export-{}-{}",
            std::process::id(),
            DATABASES.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&dir).unwrap();
        let store = Store::open(&format!("sqlite:{}", dir.join("test.db").display())).await.unwrap();
        let clock = Clock::fixed(Instant::from_timestamp(1_795_000_000, 0).unwrap());
        let recoup = Recoup::new(store, clock, Random::seeded(1), "http://localhost", Limits::default()).await.unwrap();
        let settings = [
            ("contact", "Ask."),
            ("deadline_day", "2027-03-14"),
            ("time_zone", "America/Los_Angeles"),
            ("late_claims", "refused"),
            ("held_inventory", "yes"),
            ("digital_royalties", "yes"),
            ("other", "yes"),
            ("filing_basis", "wholesale"),
            ("case_currency", "USD"),
            ("rates", "EUR 1.1154\nJPY 0.0093"),
        ];
        let settings = settings.iter().fold(case_settings::example(), |all, (name, text)| all.with(name, *text));
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

    pub(super) async fn start(&mut self, name: &str) -> ClaimId {
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

    pub(super) async fn line(&self, id: ClaimId, category: Category, cite: Option<DocumentId>, pairs: &[(&str, &str)]) {
        let cite = edit_lines::Cite { document: cite, place: "p. 3".to_owned() };
        let saved =
            edit_lines::add(&self.recoup, &self.claimant, id, category, &answers(pairs), &cite, "").await.unwrap();
        assert!(saved.right, "{pairs:?}");
    }

    pub(super) async fn document(&self, id: ClaimId, name: &str) -> DocumentId {
        let new = NewDocument {
            sha256: "ab".repeat(32),
            name: name.to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: 1_000,
            pages: Some(3),
            unreadable: None,
        };
        match documents::add(&self.recoup, &self.claimant, id, &new).await.unwrap() {
            documents::Added::New(id) | documents::Added::Back(id, _) | documents::Added::Known(id, _) => id,
        }
    }

    pub(super) async fn send(&self, id: ClaimId) -> String {
        let mut tx = self.recoup.store.read().await.unwrap();
        let claim = store::claims::by_id(&mut tx, id).await.unwrap().unwrap();
        let draft = claim.draft_id.unwrap();
        let version = store::claims::version(&mut tx, draft).await.unwrap().unwrap();
        let revision = store::cases::revision(&mut tx, claim.case_id).await.unwrap().unwrap();
        drop(tx);
        let signature = answers(&[
            ("place", "abroad"),
            ("place_name", "Bristol"),
            ("signature", "Ada"),
            ("signer_capacity", "officer"),
            ("agree", "yes"),
            (seen::FIELD, &seen::mark_of_draft(&version, revision)),
        ]);
        submit_claim::submit(&self.recoup, &self.claimant, id, draft, &signature, "127.0.0.1", "").await.unwrap().number
    }

    pub(super) async fn text(&self, what: What, filter: &Filter, raw: bool) -> String {
        let chunks = stream(&self.recoup, By::Counsel(&self.counsel), &self.case, what, filter, raw).await.unwrap();
        let chunks: Vec<Bytes> = chunks.try_collect().await.unwrap();
        String::from_utf8(chunks.concat()).unwrap()
    }

    pub(super) async fn rows(&self, what: What, filter: &Filter) -> Vec<BTreeMap<String, String>> {
        read(&self.text(what, filter, true).await)
    }

    pub(super) async fn sums(&self, filter: &Filter) -> register::RegisterSums {
        let mut tx = self.recoup.store.read().await.unwrap();
        register::sums(&mut tx, self.case.id, self.case.settings.filing_basis, filter).await.unwrap()
    }
}

pub(super) fn read(text: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
}

/// An amount with two places as minor units.
pub(super) fn cents(row: &BTreeMap<String, String>, column: &str) -> i64 {
    let (whole, cents) = row[column].split_once('.').unwrap_or_else(|| panic!("{column}: {:?}", row[column]));
    assert_eq!(cents.len(), 2, "{column}");
    format!("{whole}{cents}").parse().unwrap()
}

pub(super) fn sum(
    rows: &[BTreeMap<String, String>],
    column: &str,
    keep: impl Fn(&BTreeMap<String, String>) -> bool,
) -> i64 {
    rows.iter().filter(|row| keep(row)).map(|row| cents(row, column)).sum()
}

pub(super) const SALE: &[(&str, &str)] = &[
    ("channel", "both"),
    ("period_from", "2015-01-01"),
    ("period_to", "31 March 2015"),
    ("currency", "USD"),
    ("net_due", "15,000.01"),
    ("note", "=HYPERLINK(\"x\")"),
];
pub(super) const EURO: &[(&str, &str)] = &[
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
pub(super) const WHOLESALE: &[(&str, &str)] = &[
    ("as_of", "2016-06-03"),
    ("basis", "wholesale"),
    ("currency", "USD"),
    ("units_claimed", "100"),
    ("unit_value", "6.5"),
];
pub(super) const RETAIL: &[(&str, &str)] = &[
    ("as_of", "2016-06-03"),
    ("basis", "retail"),
    ("currency", "USD"),
    ("units_claimed", "1000"),
    ("unit_value", "14"),
];
pub(super) const UNITS: &[(&str, &str)] =
    &[("as_of", "2016-06-03"), ("basis", "units_only"), ("currency", "USD"), ("units_claimed", "10000")];
pub(super) const ROYALTIES: &[(&str, &str)] = &[
    ("aggregator", "The Orchard"),
    ("period_from", "2016-01-01"),
    ("period_to", "2016-06-30"),
    ("currency", "JPY"),
    ("amount", "120001"),
    ("money_state", "escrow"),
    ("letter_state", "none"),
];

/// Four sent claims (one withdrawn since) and a draft.
pub(super) async fn case_with_claims() -> Office {
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
