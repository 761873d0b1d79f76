//! Public pages are rendered once for every change: a stranger sees each change at once, whoever made it within a second, and
//! nobody sees what was rendered for somebody else.

use chrono::Duration;
use claims::{
    actions::{amend, cases, withdraw},
    line::Category,
    store::cases as case_rows,
};
use tests::{App, Options, Page, html, on_both, stage};

async fn read(app: &App) -> Page {
    app.browser().get("/cases/allegro").await
}

fn nonce(page: &Page) -> &str {
    page.header("content-security-policy").split("'nonce-").nth(1).unwrap().split('\'').next().unwrap()
}

async fn save(app: &App, root: &claims::access::Actor, field: &str, value: &str) {
    let mut tx = app.recoup.store.read().await.unwrap();
    let row = case_rows::by_slug(&mut tx, "allegro").await.unwrap().unwrap();
    drop(tx);
    let settings = row.settings.0.clone().with(field, value);
    cases::save(&app.recoup, root, row.id, row.revision, &settings).await.unwrap();
}

on_both! {
    async fn every_change_of_a_case_is_seen_at_once(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        // Twice, so that the second is what was prepared.
        read(&app).await.expect("Claims against Allegro");
        read(&app).await.expect("Claims against Allegro");

        save(&app, &root, "title", "Labels against Allegro").await;
        read(&app).await.expect("Labels against Allegro");
        app.browser().get("/").await.expect("Labels against Allegro");
        save(&app, &root, "what_happened", "A warehouse was closed in one night, and nobody was told of it.").await;
        read(&app).await.expect("A warehouse was closed");
        app.browser().get("/").await.expect("A warehouse was closed");

        // Documents and news.
        let browser = app.browser_of(&root).await;
        let page = browser.get("/admin/cases/allegro").await;
        let form = page.form("/admin/cases/allegro/documents");
        let name = if form.has("files") { "files" } else { "file" };
        let page = browser.send(form.attach(name, "order.txt", "An order.")).await;
        read(&app).await.expect("order.txt");
        let ask = browser.get(&page.link("Remove order.txt")).await;
        browser.send(ask.form(&ask.path)).await;
        read(&app).await.expect_no("order.txt");
        database.tamper("INSERT INTO news (case_id, title, body, published_at) VALUES (1, 'A hearing is set', 'In May.', '2026-03-04T17:00:00+00:00')").await;
        // Somebody else's transaction: it is seen within a second.
        app.pass(Duration::seconds(1));
        read(&app).await.expect("A hearing is set");

        // Taken from the public.
        save(&app, &root, "state", "preparing").await;
        read(&app).await.expect_status(404);
        app.browser().get("/").await.expect_no("Labels against Allegro");
        save(&app, &root, "state", "open").await;
        read(&app).await.expect_status(200);
    }

    async fn what_is_prepared_has_the_headers_and_the_place_in_the_figures_of_every_answer(database) {
        let app = App::start_with(&database, Options { metrics_token: Some("a-token-of-letters".to_owned()), ..Options::default() }).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let (first, second) = (read(&app).await, read(&app).await);
        let said = |page: &Page| -> Vec<(String, String)> {
            let fixed = ["x-content-type-options", "referrer-policy", "cache-control", "cross-origin-opener-policy", "permissions-policy", "content-type"];
            fixed.into_iter().map(|name| (name.to_owned(), page.header(name).to_owned())).collect()
        };
        assert_eq!(said(&first), said(&second));
        assert!(said(&second).iter().all(|(_, value)| !value.is_empty()), "{:?}", said(&second));
        assert_ne!(nonce(&first), nonce(&second));
        assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
        assert_eq!(second.header("x-request-id").len(), 16);
        let figures = app.browser().request("GET", "/metrics").bearer_auth("a-token-of-letters").send().await.unwrap().text().await.unwrap();
        let counted = figures.lines().find(|line| line.starts_with("recoup_http_requests_total") && line.contains("/cases/{slug}"));
        assert!(counted.is_some_and(|line| line.ends_with(" 2")), "{figures}");
    }

    async fn what_is_claimed_is_seen_at_once(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let mut claims = Vec::new();
        for n in 1..=6 {
            read(&app).await.expect_no("90,000");
            let (actor, id, _) = stage::sent(&app.recoup, account, "allegro", &format!("Label {n}")).await;
            claims.push((actor, id));
        }
        read(&app).await.expect("90,000");
        let (actor, first) = claims[0].clone();
        amend::amend(&app.recoup, &actor, first).await.unwrap();
        stage::line(&app.recoup, &actor, first, Category::UnpaidSales, &stage::sales("10,000.00"), None).await;
        read(&app).await.expect("90,000");
        stage::send(&app.recoup, &actor, first).await.unwrap();
        read(&app).await.expect("100,000");
        let (actor, last) = claims[5].clone();
        withdraw::withdraw(&app.recoup, &actor, last, "settled").await.unwrap();
        read(&app).await.expect("85,000");
    }

    async fn days_go_by(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        read(&app).await.expect("118 days left");
        app.pass(Duration::hours(16));
        read(&app).await.expect("117 days left");
        app.browser().get("/").await.expect("117 days left");
        app.pass(Duration::days(118));
        read(&app).await.expect("takes no more claims");
        app.browser().get("/").await.expect("Takes no more claims");
        // A clock that was set back.
        app.pass(Duration::days(-118));
        read(&app).await.expect("117 days left");
    }

    async fn everybody_has_their_own_navigation_and_nonce(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let browser = app.browser_of(&ada).await;
        for _ in 0..2 {
            read(&app).await.expect("Sign in");
            browser.get("/cases/allegro").await.expect("Sign out");
        }
        read(&app).await.expect_no("Sign out");
        let stale = app.browser();
        stale.set_cookie("recoup", "nobody");
        stale.get("/cases/allegro").await.expect("Sign in");

        // The page with a script.
        let verify = async || app.browser().get("/verify").await;
        let (first, second) = (verify().await, verify().await);
        for page in [&first, &second] {
            assert_eq!(html::attributes(&page.body, "script", "nonce"), [nonce(page)]);
        }
        assert_ne!(nonce(&first), nonce(&second));
        assert_eq!(first.body.replace(nonce(&first), ""), second.body.replace(nonce(&second), ""));
    }

    async fn only_the_head_is_given_to_who_asks_for_it(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        for path in ["/", "/cases/allegro", "/verify"] {
            for _ in 0..2 {
                let browser = app.browser();
                let (head, whole) = (browser.fetch(browser.request("HEAD", path)).await, browser.get(path).await);
                head.expect_status(200);
                assert_eq!(head.bytes.len(), 0, "{path}");
                for name in ["content-type", "cache-control", "content-length", "x-content-type-options", "etag"] {
                    assert_eq!(head.header(name), whole.header(name), "{name} of {path}");
                }
                assert_eq!(whole.header("content-length"), whole.bytes.len().to_string(), "{path}");
                assert_eq!((whole.header("cache-control"), whole.header("etag")), ("no-store", ""), "{path}");
            }
        }
        // Other addresses of the same page are answered alike, and other methods are not.
        app.browser().get("/cases/%61llegro").await.expect("Claims against Allegro");
        app.browser().get("/cases/allegro?from=elsewhere").await.expect("Claims against Allegro");
        app.browser().get("/verify?hash=12").await.expect_status(422);
        let browser = app.browser();
        browser.fetch(browser.request("POST", "/cases/allegro")).await.expect_status(405);
    }
}
