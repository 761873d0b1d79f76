//! The log of a whole journey: what happened stands in it, and who it happened to does not.

use std::{
    io::Write,
    sync::{Mutex, Once, PoisonError},
};

use axum::http::Method;
use server::{config::MailBy, logs};
use tests::{
    App, Browser, Options, html, on_both,
    smtp::{Mood, Smtp},
    stage,
};
use tracing_subscriber::util::SubscriberInitExt;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From now on this process logs as the product does, but more: also what is only for those who look for a mistake.
fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = tracing_subscriber::EnvFilter::new(
            "debug,hyper=info,reqwest=info,s3s=off,h2=info,rustls=info,lettre=info,sqlx=debug",
        );
        logs::subscriber(true, filter, || Kept).init();
    });
}

/// The log so far: this test's entries and those of others beside it.
fn log() -> String {
    String::from_utf8(LOG.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap()
}

/// What nobody but those who are meant to may read.
const PRIVATE: [&str; 12] = [
    "Wilhelmina",
    "Quastenberg",
    "wq.private@secret.example",
    "secret.example",
    "+1 503 555 0199",
    "5550199",
    "17 Hidden Lane",
    "Nowhereville",
    "ledger of quast",
    "Zyzzyva Imprint",
    "quite a secret password",
    "198.51.100.77",
];

async fn journey(app: &App, email: &str) -> (Browser, Vec<String>) {
    let mut secrets = Vec::new();
    let browser = app.browser();
    let form = browser.get("/register").await.form("/register");
    secrets.push(form.pairs().iter().find(|(name, _)| name == "key").map(|(_, key)| key.clone()).unwrap());
    browser
        .send(form.fill_all([
            ("name", "Wilhelmina Quastenberg"),
            ("email", email),
            ("password", "quite a secret password 1"),
        ]))
        .await
        .expect_status(200);
    let stranger = app.browser();
    for (email, password) in
        [(email, "not quite a secret password"), ("somebody.wq.private@secret.example", "quite a secret password")]
    {
        let form = stranger.get("/sign-in").await.form("/sign-in").fill("email", email).fill("password", password);
        stranger.send(form).await.expect_status(422);
    }
    let form = stranger.get("/forgotten").await.form("/forgotten").fill("email", email);
    stranger.send(form).await;
    stranger.get("/reset/not-a-token-wq.private@secret.example").await.expect_status(410);
    // Lines that pretend to be entries.
    stranger.get("/claims/1%0a%7B%22level%22:%22ERROR%22,%22forged%22:true%7D").await.expect_status(404);
    let agent = stranger.request("GET", "/sign-in?next=/%0aforged").header("user-agent", "Wilhelmina\u{9b}Quastenberg");
    stranger.fetch(agent.header("x-request-id", "forged")).await;
    secrets.extend(browser.cookies().values().cloned());
    (browser, secrets)
}

on_both! {
    async fn a_whole_journey_leaves_nothing_personal_in_the_log(database) {
        keep();
        let smtp = Smtp::start().await;
        smtp.feel(Mood::Refuses("550 5.1.1 <wq.private@secret.example>: Wilhelmina is unknown to wq.private@secret.example\r\n"));
        let options = Options {
            mail: Some(MailBy::Smtp { url: smtp.url(), ca: None }),
            trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
            ..Options::default()
        };
        let app = App::start_with(&database, options).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let email = "wq.private@secret.example";
        let (browser, mut secrets) = journey(&app, email).await;
        app.run_jobs().await;
        // The tokens of the mails that did not leave.
        let bodies: Vec<(String,)> = database.rows("SELECT body_text FROM outbox").await;
        secrets.extend(bodies.iter().flat_map(|(text,)| text.split_whitespace().filter(|word| word.contains("://")).filter_map(|link| link.rsplit('/').next()).filter(|token| token.len() > 20).map(str::to_owned).collect::<Vec<_>>()));
        database.tamper("UPDATE accounts SET verified_at = created_at").await;

        let page = browser.get("/cases/allegro/file").await;
        let page = browser.send(page.form("/cases/allegro/file").fill_all([("kind", "person"), ("legal_name", "Wilhelmina Quastenberg"), ("capacity", "self")])).await;
        page.expect_status(200);
        let claim = page.path.clone();
        browser.get("/claims/999999").await.expect_status(404);
        browser.get("/admin").await.expect_status(403);
        let path = format!("{claim}/claimant");
        let form = browser.get(&path).await.form(&path);
        let form = [("email", email), ("phone", "+1 503 555 0199"), ("street", "17 Hidden Lane"), ("city", "Nowhereville"), ("country", "United States"), ("other_names", "Zyzzyva Imprint"), ("citizenship", "United States")]
            .into_iter().filter(|(name, _)| form.has(name)).fold(form.clone(), |form, (name, value)| form.fill(name, value));
        browser.send(form).await;
        let documents = format!("{claim}/documents");
        let form = browser.get(&documents).await.form(&documents).attach("files", "ledger of quast.txt", b"17 Hidden Lane".to_vec()).attach("files", "ledger of quast.exe", b"MZ Quastenberg".to_vec());
        let page = browser.send(form).await;
        page.expect("ledger of quast.txt was received");
        browser.get(&page.link("ledger of quast.txt")).await.expect_status(200);
        let id: i64 = claim.rsplit('/').next().unwrap().parse().unwrap();
        let actor = stage::actor(&app.recoup, claims::AccountId(1)).await;
        let _ = actor;
        let (path, csv) = (format!("{claim}/import"), b"Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,Quastenberg,Wilhelmina,x,17 Hidden Lane,USD\n".to_vec());
        let page = browser.get(&path).await;
        let form = page.form(&path).attach(&html::attributes(&page.body, "input[type=file]", "name")[0], "ledger of quast.csv", csv);
        browser.send(form).await;
        let sign = browser.request(Method::POST.as_str(), &format!("/claims/{id}/sign")).header("x-forwarded-for", "198.51.100.77").form(&[("signature", "Wilhelmina Quastenberg")]);
        browser.fetch(sign).await;
        app.run_jobs().await;
        let failed: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM outbox WHERE state = 'failed'").await;
        assert!(failed[0].0 >= 2, "the server's answer, which names people, was to be logged");
        // A failure that says what failed.
        app.recoup.store.close().await;
        let page = browser.get(&claim).await;
        page.expect_status(503);
        let number = page.header("x-request-id").to_owned();

        let log = log();
        for private in PRIVATE {
            let found = log.lines().find(|line| line.to_lowercase().contains(&private.to_lowercase()));
            assert!(found.is_none(), "{private} stands in the log: {found:?}");
        }
        assert!(secrets.len() >= 4, "{secrets:?}");
        for secret in &secrets {
            assert!(!log.contains(secret.as_str()), "a secret stands in the log: {secret}");
        }
        assert!(!log.contains("forged"));
        // What is needed to understand what happened is there, for machines to read.
        let entries: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
        assert!(entries.iter().all(|entry| entry["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')) && entry["level"].is_string()));
        let answered = |route: &str, status: u64| entries.iter().find(|entry| entry["route"] == route && entry["status"] == status).unwrap_or_else(|| panic!("{route} {status} is not in the log"));
        let refused = answered("/sign-in", 422);
        assert!(refused["account"].is_null() && refused["client"].as_str().unwrap().len() == 12, "{refused}");
        assert!(answered("/claims/{id}/documents", 303)["account"].is_number());
        answered("/reset/{token}", 410);
        let failure: Vec<_> = entries.iter().filter(|entry| entry["spans"].as_array().is_some_and(|spans| spans.iter().any(|span| span["id"] == number.as_str()))).collect();
        assert!(failure.iter().any(|entry| entry["level"] == "ERROR"), "the number on the page leads to the mistake: {failure:?}");
        // What was refused, and to whom.
        for refusal in ["NotFound", "Forbidden"] {
            let said = |entry: &&serde_json::Value| entry["message"] == "an action was refused" && entry["refusal"] == refusal;
            assert!(entries.iter().filter(said).any(|entry| entry["account"].is_number()), "{refusal} of somebody is not in the log");
        }
        let passwords: Vec<_> = entries.iter().filter(|entry| entry["message"] == "a password was refused").collect();
        assert!(passwords.iter().any(|entry| entry["account"].is_number()), "of an account that is known: {passwords:?}");
        assert!(passwords.iter().any(|entry| entry["account"].is_null()), "and of none: {passwords:?}");
        assert!(entries.iter().any(|entry| entry["message"] == "a mail was not delivered" && entry["why"].as_str().is_some_and(|why| why.contains("550"))));
    }
}
