//! A case with something in most tables, for tests that look at everything.

use axum::http::Method;
use claims::{
    AccountId, ClaimId,
    actions::{counsel, documents, edit_lines},
    store::cases,
};
use server::config::{Config, Keys};
use tests::{App, Browser, Database, Options, stage};

/// The app and who is in it.
pub struct Scene {
    pub app: App,
    pub claimant: AccountId,
}

impl Scene {
    /// A claim that is sent and being amended, another that is sent, a draft, documents, an import, matches, a filing.
    pub async fn prepare(database: &Database, options: Options) -> Self {
        let app = App::start_with(database, options).await;
        let recoup = &app.recoup;
        let case = stage::case(recoup, "allegro", "ALG").await;
        let claimant = stage::person(recoup, "ada@example.org", true, false).await.account;
        let (actor, claim) = stage::ready(recoup, claimant, "allegro", "Jay Records – „Ümlaut“").await;
        let file = stage::bytes(&app, "statement.txt", "text/plain", b"What was sold.").await;
        let documents::Added::New(document) = documents::add(recoup, &actor, claim, &file).await.unwrap() else {
            panic!()
        };
        edit_lines::cite_many(recoup, &actor, claim, document, "1", "row 1").await.unwrap();
        stage::send(recoup, &actor, claim).await.unwrap();
        stage::open_next_version(recoup, &actor, claim).await;
        let csv = b"Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,A,2,15.00,USD\n";
        let file = stage::bytes(&app, "statement.csv", "text/csv", csv).await;
        stage::import(&app, &actor, claim, &file, csv).await;
        let other = stage::person(recoup, "bert@example.org", true, false).await.account;
        stage::sent(recoup, other, "allegro", "Jay Recordings").await;
        stage::ready(recoup, other, "allegro", "A draft").await;
        app.run_jobs().await;
        let of_case = stage::person(recoup, "counsel@law.example", true, false).await.account;
        counsel::appoint(recoup, case, of_case).await.unwrap();
        let lawyer = stage::actor(recoup, of_case).await;
        let browser = app.browser_of(&lawyer).await;
        let page = browser.get("/counsel/allegro/filings").await;
        browser.send(page.form("/counsel/allegro/filings/build")).await;
        app.run_jobs().await;
        let mut tx = recoup.store.read().await.unwrap();
        assert!(cases::by_slug(&mut tx, "allegro").await.unwrap().is_some());
        drop(tx);
        Self { app, claimant }
    }

    /// The browser of the claimant.
    pub async fn browser(&self) -> Browser {
        let actor = stage::actor(&self.app.recoup, self.claimant).await;
        self.app.browser_of(&actor).await
    }
}

/// The configuration of an installation on a database, as the command line reads it.
pub fn config(database: &Database) -> Config {
    let keys = Keys {
        data_dir: Some(database.directory().to_owned()),
        database_url: Some(database.url().to_owned()),
        ..Keys::default()
    };
    Config::read(keys, None).unwrap()
}

/// Sends the signature of a claim whose draft is ready; gives the answer.
pub async fn sign(app: &App, browser: &Browser, claim: ClaimId, headers: &[(&str, &str)]) -> tests::Page {
    let draft = stage::draft(&app.recoup, claim).await;
    let mut sent: Vec<(String, String)> = stage::signed(&app.recoup, draft).await.0.into_iter().collect();
    sent.push(("version".to_owned(), draft.to_string()));
    let mut request = browser.request(Method::POST.as_str(), &format!("/claims/{claim}/sign")).form(&sent);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.fetch(request).await
}
