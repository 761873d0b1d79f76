//! People, cases and claims, made by the actions.

use claims::{
    AccountId, CaseId, ClaimId, DocumentId, VersionId,
    access::Actor,
    actions::{
        Failure, Recoup, amend, cases,
        documents::{self, Added},
        edit_lines::{self, Cite},
        save_step, seen,
        start_claim::{self, Who},
        submit_claim::{self, Received},
    },
    intake::{Answers, steps::Step},
    line::Category,
    store::{self, documents::NewDocument},
};

/// Everybody's password.
pub const PASSWORD: &str = "seven quiet cellos";

/// Answers from pairs.
#[must_use]
pub fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().fold(Answers::default(), |answers, (name, typed)| answers.with(name, *typed))
}

/// An account with the common password.
pub async fn person(recoup: &Recoup, email: &str, verified: bool, administrator: bool) -> Actor {
    let now = recoup.clock.now();
    let hash = recoup.passwords.hash(PASSWORD).await.unwrap();
    let mut tx = recoup.store.write().await.unwrap();
    let name = email.split('@').next().unwrap_or_default();
    let verified = verified.then_some(now);
    let id = store::accounts::add(&mut tx, email, name, &hash, administrator, verified, now).await.unwrap();
    tx.commit().await.unwrap();
    actor(recoup, id).await
}

/// An account as it is now, with all that it may do.
pub async fn actor(recoup: &Recoup, id: AccountId) -> Actor {
    let mut tx = recoup.store.read().await.unwrap();
    store::accounts::actor(&mut tx, id).await.unwrap().expect("the account")
}

/// What an administrator answers about a case.
#[must_use]
pub fn case_answers(slug: &str, prefix: &str) -> Answers {
    answers(&[
        ("title", "Claims against Allegro Media Group"),
        ("slug", slug),
        ("prefix", prefix),
        ("state", "open"),
        ("forum", "federal"),
        ("what_happened", "The distributor closed and the stock was seized."),
        ("class_definition", "Labels and artists distributed by Allegro."),
        ("key_dates", "2016-06-03 The stock is seized."),
        ("questions", "Who may file?\nEverybody who is owed something."),
        ("contact", "claims@example.org"),
        ("deadline_day", "2026-06-30"),
        ("deadline_time", "23:59"),
        ("time_zone", "America/Los_Angeles"),
        ("late_claims", "refused"),
        ("cure_days", "30"),
        ("unpaid_sales", "yes"),
        ("held_inventory", "yes"),
        ("digital_royalties", "yes"),
        ("other", "yes"),
        ("filing_basis", "retail"),
        ("case_currency", "USD"),
        ("valuation_date", "2016-06-03"),
        ("rates", "EUR 1.1154\nGBP 1.4515"),
        ("rate_source", "European Central Bank"),
    ])
}

/// A case that takes claims until 30 June 2026.
pub async fn case(recoup: &Recoup, slug: &str, prefix: &str) -> CaseId {
    case_with(recoup, &case_answers(slug, prefix)).await
}

/// A case with other settings.
pub async fn case_with(recoup: &Recoup, settings: &Answers) -> CaseId {
    let email = format!("maker-of-{}@example.org", settings.get("slug"));
    let administrator = person(recoup, &email, true, true).await;
    cases::add(recoup, &administrator, settings).await.unwrap()
}

/// Changes one setting of a case.
pub async fn setting(recoup: &Recoup, slug: &str, field: &str, answer: &str) {
    let administrator = person(recoup, &format!("{}@setting.example", recoup.random.token()), true, true).await;
    let mut tx = recoup.store.read().await.unwrap();
    let row = store::cases::by_slug(&mut tx, slug).await.unwrap().unwrap();
    drop(tx);
    cases::save(recoup, &administrator, row.id, row.revision, &row.settings.0.with(field, answer)).await.unwrap();
}

/// The answers to the step “Who is claiming”.
#[must_use]
pub fn claimant_answers(name: &str) -> Answers {
    answers(&[
        ("kind", "label"),
        ("legal_name", name),
        ("email", "label@example.org"),
        ("street", "1 Main Street"),
        ("city", "Portland"),
        ("country", "United States"),
        ("organised_in", "Oregon"),
        ("principal_place", "Oregon"),
        ("capacity", "officer"),
    ])
}

/// A line of unpaid sales.
#[must_use]
pub fn sales(amount: &str) -> Answers {
    answers(&[
        ("channel", "physical"),
        ("period_from", "2015-01-01"),
        ("period_to", "2015-12-31"),
        ("currency", "USD"),
        ("net_due", amount),
    ])
}

/// A line of held copies.
#[must_use]
pub fn stock(units: &str, basis: &str, price: &str) -> Answers {
    answers(&[
        ("as_of", "2016-06-03"),
        ("units_claimed", units),
        ("basis", basis),
        ("currency", "USD"),
        ("unit_value", price),
    ])
}

/// The answers to the signature page.
#[must_use]
pub fn signature() -> Answers {
    answers(&[
        ("place", "us"),
        ("place_name", "Portland, Oregon"),
        ("signature", "Ada Label"),
        ("signer_title", "Owner"),
        ("signer_capacity", "officer"),
        ("agree", "yes"),
    ])
}

/// Answers as the signature page of a draft sends them if it is opened now.
pub async fn on_page(recoup: &Recoup, version: VersionId, typed: Answers) -> Answers {
    let mut tx = recoup.store.read().await.unwrap();
    let draft = store::claims::version(&mut tx, version).await.unwrap().expect("the version");
    let case = store::claims::by_id(&mut tx, draft.claim_id).await.unwrap().expect("the claim").case_id;
    let revision = store::cases::revision(&mut tx, case).await.unwrap().expect("the case");
    typed.with(seen::FIELD, seen::mark_of_draft(&draft, revision))
}

/// The answers to the signature page of a draft as it is now.
pub async fn signed(recoup: &Recoup, version: VersionId) -> Answers {
    on_page(recoup, version, signature()).await
}

/// Starts a claim for a new claimant; gives it with the account as it is then.
pub async fn start(recoup: &Recoup, account: AccountId, slug: &str, name: &str) -> (Actor, ClaimId) {
    let who = Who::New(answers(&[("kind", "label"), ("legal_name", name), ("capacity", "officer")]));
    let person = actor(recoup, account).await;
    let id = start_claim::start(recoup, &person, slug, &who, &recoup.random.token()).await.unwrap();
    (actor(recoup, account).await, id)
}

/// A claim with every step filled in and one line of 15,000.00, ready to be signed.
pub async fn ready(recoup: &Recoup, account: AccountId, slug: &str, name: &str) -> (Actor, ClaimId) {
    let (actor, id) = start(recoup, account, slug, name).await;
    fill_steps(recoup, &actor, id, name).await;
    line(recoup, &actor, id, Category::UnpaidSales, &sales("15,000.00"), None).await;
    (actor, id)
}

/// Fills in the steps that are one form.
pub async fn fill_steps(recoup: &Recoup, actor: &Actor, id: ClaimId, name: &str) {
    assert!(save_step::save(recoup, actor, id, Step::Claimant, &claimant_answers(name)).await.unwrap());
    assert!(save_step::save(recoup, actor, id, Step::Agreement, &answers(&[("has_agreement", "no")])).await.unwrap());
    assert!(save_step::save(recoup, actor, id, Step::Others, &answers(&[("others", "no")])).await.unwrap());
}

/// Adds a line that must be right; gives its number. It cites the first page of a document, and all of one that has no pages.
pub async fn line(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    category: Category,
    answers: &Answers,
    document: Option<DocumentId>,
) -> i64 {
    let mut place = String::new();
    if let Some(document) = document {
        let mut tx = recoup.store.read().await.unwrap();
        let row = store::documents::by_id(&mut tx, document).await.unwrap().unwrap();
        if ["application/pdf", "image/png"].contains(&row.media_type.as_str()) {
            place = "page 1".to_owned();
        }
    }
    let cite = Cite { document, place };
    let saved = edit_lines::add(recoup, actor, id, category, answers, &cite, "").await.unwrap();
    assert!(saved.right, "line {} is wrong: {answers:?}", saved.line);
    saved.line
}

/// Adds a document row; its bytes lie nowhere.
pub async fn document(recoup: &Recoup, actor: &Actor, id: ClaimId, name: &str) -> DocumentId {
    let new = NewDocument {
        sha256: claims::actions::links::hash(name),
        name: name.to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: 1_000,
        pages: Some(1),
        unreadable: None,
    };
    match documents::add(recoup, actor, id, &new).await.unwrap() {
        Added::New(document) | Added::Back(document, _) | Added::Known(document, _) => document,
    }
}

/// Puts bytes into the document store of an app and gives what a row says of them.
pub async fn bytes(app: &crate::App, name: &str, media_type: &str, bytes: &'static [u8]) -> NewDocument {
    let chunks = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(bytes))]);
    let incoming = app.documents.receive(chunks, 1_000_000).await.unwrap();
    app.documents.keep(&incoming).await.unwrap();
    NewDocument {
        sha256: incoming.sha256,
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        bytes: i64::try_from(incoming.bytes).unwrap(),
        pages: None,
        unreadable: None,
    }
}

/// The version being written.
pub async fn draft(recoup: &Recoup, id: ClaimId) -> VersionId {
    let mut tx = recoup.store.read().await.unwrap();
    store::claims::by_id(&mut tx, id).await.unwrap().unwrap().draft_id.expect("a draft")
}

/// Signs and sends the draft.
///
/// # Errors
/// As the action.
pub async fn send(recoup: &Recoup, actor: &Actor, id: ClaimId) -> Result<Received, Failure> {
    let version = draft(recoup, id).await;
    let signed = signed(recoup, version).await;
    submit_claim::submit(recoup, actor, id, version, &signed, "192.0.2.1", &recoup.random.token()).await
}

/// A claim that was sent; gives the account as it is then, the claim and its number.
pub async fn sent(recoup: &Recoup, account: AccountId, slug: &str, name: &str) -> (Actor, ClaimId, String) {
    let (actor, id) = ready(recoup, account, slug, name).await;
    let received = send(recoup, &actor, id).await.unwrap();
    (actor, id, received.number)
}

/// Opens the next version.
pub async fn open_next_version(recoup: &Recoup, actor: &Actor, id: ClaimId) {
    amend::amend(recoup, actor, id).await.unwrap();
}

/// Begins to import a statement whose bytes lie in the document store, and reads it.
pub async fn import(
    app: &crate::App,
    actor: &Actor,
    id: ClaimId,
    file: &NewDocument,
    bytes: &[u8],
) -> claims::ImportId {
    use claims::actions::begin_import;
    let begin_import::Begun::New(import) = begin_import::begin(&app.recoup, actor, id, file).await.unwrap() else {
        panic!("the file is known")
    };
    read_import(&app.recoup, actor, id, import, bytes).await;
    import
}

/// Reads a statement by its choices, as the server does.
pub async fn read_import(recoup: &Recoup, actor: &Actor, id: ClaimId, import: claims::ImportId, bytes: &[u8]) {
    use claims::{actions::imports, statements};
    let (found, _, case) = imports::open(recoup, actor, id, import).await.unwrap();
    let rules = imports::rules(recoup, &case);
    let mut read =
        statements::read(&statements::Input::Memory(bytes), &found.choices, &rules, statements::Wish::default());
    imports::understood(recoup, actor, import, &found.choices, read.as_mut().map_err(|refused| &*refused))
        .await
        .unwrap();
}
