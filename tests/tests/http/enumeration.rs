//! No answer tells whether an address has an account.

use tests::{App, Page, html, on_both, stage};

/// The body without what is new in every answer.
fn bare(page: &Page, email: &str) -> String {
    let mut body = page.body.replace(email, "EMAIL");
    let mut fresh = html::attributes(&page.body, "[nonce]", "nonce");
    fresh.extend(html::attributes(&page.body, "input[name=key]", "value"));
    for value in fresh.into_iter().filter(|value| !value.is_empty()) {
        body = body.replace(&value, "FRESH");
    }
    body
}

async fn answer(app: &App, path: &str, email: &str, more: &[(&str, &str)]) -> (u16, String, String) {
    let browser = app.browser();
    let form = more.iter().fold(browser.get(path).await.form(path), |form, (name, typed)| form.fill(name, typed));
    let page = browser.send_once(&form.fill("email", email)).await;
    let location = page.header("location").to_owned();
    let shown = browser.follow(page.clone()).await;
    (page.status.as_u16(), location, format!("{}\n{}", bare(&page, email), bare(&shown, email)))
}

on_both! {
    async fn known_and_unknown_addresses_get_the_same_bytes(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "known@example.org", true, false).await;
        stage::person(&app.recoup, "began@example.org", false, false).await;
        let wrong: &[(&str, &str)] = &[("password", "a wrong password")];
        let new: &[(&str, &str)] = &[("name", "Somebody"), ("password", stage::PASSWORD)];
        for (path, more) in [("/sign-in", wrong), ("/forgotten", &[]), ("/register", new)] {
            let known = answer(&app, path, "known@example.org", more).await;
            for other in ["knawn@example.org", "began@example.org"] {
                assert_eq!(known, answer(&app, path, other, more).await, "{path}");
            }
        }
    }

    async fn a_wrong_password_is_not_sent_back(database) {
        let app = App::start(&database).await;
        let browser = app.browser();
        for (path, more) in [("/sign-in", None), ("/register", Some(("name", "")))] {
            let form = browser.get(path).await.form(path).fill("email", "a@example.org").fill("password", "secret-but-wrong-1");
            let form = if let Some((name, typed)) = more { form.fill(name, typed) } else { form };
            let page = browser.send(form).await;
            page.expect_status(422);
            assert!(!page.body.contains("secret-but-wrong-1"));
            assert_eq!(page.form(path).value("email"), Some("a@example.org"), "what was typed stays");
        }
    }

    async fn signing_in_leads_back_but_never_away(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        for (next, lands) in [("/account/password", "/account/password"), ("//evil.example/", "/claims"), ("https://evil.example", "/claims"), ("/\\evil.example", "/claims")] {
            let browser = app.browser();
            let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            let page = browser.get(&format!("/sign-in?next={query}")).await;
            let form = page.form("/sign-in").fill("email", "ada@example.org").fill("password", stage::PASSWORD);
            assert_eq!(browser.send(form).await.path, lands, "{next}");
        }
        let browser = app.browser();
        let page = browser.get("/account/email").await;
        let form = page.form("/sign-in").fill("email", "ada@example.org").fill("password", stage::PASSWORD);
        assert_eq!(browser.send(form).await.path, "/account/email");
    }
}
