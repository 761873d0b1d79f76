//! The ways through the pages that several journeys share.

use tests::{App, Browser, Page, html, stage};

/// A line as somebody types it: category, answers, name of the document it cites, page or row.
pub type Line<'a> = (&'a str, Vec<(&'a str, &'a str)>, Option<(&'a str, &'a str)>);

/// A claim as somebody types it.
pub struct Claim<'a> {
    /// The step “Who is claiming”; kind, legal name and capacity are asked for at the start as well.
    pub claimant: Vec<(&'a str, &'a str)>,
    /// The step “Your agreement”.
    pub agreement: Vec<(&'a str, &'a str)>,
    /// The step “Who else may claim this”.
    pub others: Vec<(&'a str, &'a str)>,
    /// Names and bytes.
    pub documents: Vec<(&'a str, Vec<u8>)>,
    /// Lines.
    pub lines: Vec<Line<'a>>,
    /// The signature.
    pub signature: Vec<(&'a str, &'a str)>,
}

/// Registers through the page and confirms by the mailed link.
pub async fn register(app: &App, email: &str) -> Browser {
    let browser = app.browser();
    let page = browser.get("/register").await;
    let form = page.form("/register").fill("name", "Ada").fill("email", email).fill("password", stage::PASSWORD);
    let page = browser.send(form).await;
    page.expect_status(200);
    page.expect("confirm the address");
    let link = app.mailed_path("verify_address", email).await;
    let page = browser.get(&link).await;
    page.expect(email);
    browser.send(page.form(&link)).await.expect("address is confirmed");
    browser
}

fn typed<'a>(answers: &[(&'a str, &'a str)], name: &str) -> &'a str {
    answers.iter().find(|(field, _)| *field == name).map_or("", |(_, answer)| answer)
}

/// Starts a claim; gives the path of its page.
pub async fn start(browser: &Browser, slug: &str, claimant: &[(&str, &str)]) -> String {
    let case = browser.get(&format!("/cases/{slug}")).await;
    let page = browser.click(&case, "File a claim").await;
    let names = ["kind", "legal_name", "capacity"].map(|name| (name, typed(claimant, name)));
    let mut form = page.form(&format!("/cases/{slug}/file")).fill_all(names);
    if form.has("who") {
        form = form.fill("who", "new");
    }
    let page = browser.send(form).await;
    page.expect_status(200);
    page.path
}

/// Fills in a step that is one form and stops if something is wrong with it.
pub async fn step(browser: &Browser, claim: &str, step: &str, answers: &[(&str, &str)]) -> Page {
    let path = format!("{claim}/{step}");
    let form = browser.get(&path).await.form(&path).fill_all(answers.iter().copied());
    let page = browser.send(form).await;
    page.expect("Your answers are saved");
    page
}

/// Uploads documents in one go.
pub async fn upload(browser: &Browser, claim: &str, files: &[(&str, Vec<u8>)]) -> Page {
    let path = format!("{claim}/documents");
    let form = browser.get(&path).await.form(&path);
    assert!(form.multipart);
    let form = files.iter().fold(form, |form, (name, bytes)| form.attach("files", name, bytes.clone()));
    browser.send(form).await
}

/// Adds a line and gives the page that follows.
pub async fn line(browser: &Browser, claim: &str, (category, answers, cited): &Line<'_>) -> Page {
    let list = format!("{claim}/lines/{category}");
    let page = browser.click(&browser.get(&list).await, "Add a line").await;
    let mut form = page.form(&list).fill_all(answers.iter().copied());
    if let Some((document, place)) = cited {
        let id = html::attributes(&page.body, "select[name=document] option", "value");
        let names = html::texts(&page.body, "select[name=document] option");
        let chosen = names
            .iter()
            .position(|name| name == document)
            .unwrap_or_else(|| panic!("{document} is not among {names:?}"));
        form = form.fill("document", &id[chosen]).fill("place", place);
    }
    browser.send(form).await
}

/// Signs and sends; gives the receipt.
pub async fn sign(browser: &Browser, claim: &str, signature: &[(&str, &str)]) -> Page {
    let check = browser.get(&format!("{claim}/check")).await;
    check.expect_status(200);
    let path = format!("{claim}/sign");
    let page = browser.get(&path).await;
    let form = signature
        .iter()
        .filter(|(name, _)| *name != "agree")
        .fold(page.form(&path), |form, (name, answer)| form.fill(name, answer));
    let form = if typed(signature, "agree") == "yes" { form.tick("agree") } else { form };
    browser.send(form).await
}

/// Files a whole claim through the pages; gives the path of its page and the receipt.
pub async fn file(browser: &Browser, slug: &str, claim: &Claim<'_>) -> (String, Page) {
    let path = start(browser, slug, &claim.claimant).await;
    step(browser, &path, "claimant", &claim.claimant).await;
    step(browser, &path, "agreement", &claim.agreement).await;
    step(browser, &path, "others", &claim.others).await;
    if !claim.documents.is_empty() {
        let page = upload(browser, &path, &claim.documents).await;
        for (name, _) in &claim.documents {
            page.expect(&format!("{name} was received"));
        }
    }
    for one in &claim.lines {
        let page = line(browser, &path, one).await;
        page.expect("is saved");
    }
    let receipt = sign(browser, &path, &claim.signature).await;
    receipt.expect_status(200);
    receipt.expect("Your claim is received");
    (path, receipt)
}

/// The claim number on a receipt.
pub fn number(receipt: &Page) -> String {
    let heading = html::texts(&receipt.body, "h1").remove(0);
    heading.rsplit(' ').next().unwrap().to_owned()
}

/// A small PDF of one page.
pub fn pdf(words: &str) -> Vec<u8> {
    format!("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n% {words}\ntrailer<</Root 1 0 R>>\n%%EOF\n").into_bytes()
}

/// A claim with a line in each category.
pub fn whole_claim<'a>(name: &'a str) -> Claim<'a> {
    Claim {
        claimant: vec![
            ("kind", "label"),
            ("legal_name", name),
            ("email", "label@example.org"),
            ("street", "1 Main Street"),
            ("city", "Portland"),
            ("country", "United States"),
            ("organised_in", "Oregon"),
            ("principal_place", "Oregon"),
            ("capacity", "officer"),
            ("other_names", "Jay & Sons\n“Quiet” Imprint"),
        ],
        agreement: vec![
            ("has_agreement", "yes"),
            ("agreement_date", "1 March 2009"),
            ("title_clause", "Title stays with the label."),
        ],
        others: vec![("others", "yes"), ("others_who", "The artists, 10 per cent")],
        documents: vec![
            ("Statement 2015.pdf", pdf("statement")),
            ("inventory.csv", b"release,units\nQuiet,1000\n".to_vec()),
        ],
        lines: vec![
            (
                "unpaid_sales",
                vec![
                    ("channel", "physical"),
                    ("period_from", "2015-01-01"),
                    ("period_to", "2015-12-31"),
                    ("units_shipped", "1,000"),
                    ("units_returned", "100"),
                    ("unit_price", "7.505"),
                    ("net_due", "6,754.50"),
                    ("paid", "754.50"),
                ],
                Some(("Statement 2015.pdf", "page 1")),
            ),
            (
                "held_inventory",
                vec![("as_of", "2016-06-03"), ("units_claimed", "1000"), ("basis", "retail"), ("unit_value", "14.00")],
                Some(("inventory.csv", "row 2")),
            ),
            (
                "digital_royalties",
                vec![
                    ("aggregator", "The Orchard"),
                    ("period_from", "2016-01-01"),
                    ("period_to", "2016-03-31"),
                    ("currency", "EUR"),
                    ("net_receipts", "123.456789"),
                    ("split_rate", "85"),
                    ("money_state", "escrow"),
                    ("letter_state", "sent"),
                ],
                None,
            ),
            (
                "other",
                vec![
                    ("loss", "buy_back"),
                    ("explanation", "Bought my own stock back."),
                    ("period_from", "2016-07-01"),
                    ("units", "500"),
                    ("unit_price", "1.00"),
                    ("shipping", "80.25"),
                    ("interest", "12.34"),
                ],
                None,
            ),
        ],
        signature: vec![
            ("place", "us"),
            ("place_name", "Portland, Oregon"),
            ("signature", "Ada Label"),
            ("signer_title", "Owner"),
            ("signer_capacity", "officer"),
            ("agree", "yes"),
        ],
    }
}
