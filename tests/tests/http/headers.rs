//! What every answer carries, and the attributes of the cookie.

use axum::http::Method;
use tests::{Page, html, on_both, stage};

use crate::ground::{Ground, ROLES, Role};

/// What every answer has, of files and of what machines ask for too.
fn check_any(route: &str, page: &Page) {
    let at = format!("{route} ({})", page.status);
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{at}");
    assert_eq!(page.header("referrer-policy"), "no-referrer", "{at}");
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{at}");
    assert_eq!(page.header("cross-origin-resource-policy"), "same-origin", "{at}");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{at}: {policy}");
    // No other site reads an answer with its visitor's cookies, or without.
    let shared: Vec<_> = page.headers.keys().filter(|name| name.as_str().starts_with("access-control-")).collect();
    assert!(shared.is_empty(), "{at}: {shared:?}");
    let kind = page.header("content-type");
    assert!(!kind.is_empty() || page.bytes.is_empty(), "{at}: of what kind is it?");
    assert!(!kind.starts_with("text/") || kind.contains("charset=utf-8"), "{at}: {kind}");
}

fn check(route: &str, page: &Page) {
    check_any(route, page);
    let at = format!("{route} ({})", page.status);
    assert!(page.header("cache-control").contains("no-store"), "{at}: {}", page.header("cache-control"));
    let policy = page.header("content-security-policy");
    if !page.header("content-type").starts_with("text/html") {
        return;
    }
    // Nothing is asked of a third party.
    for part in [
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    ] {
        assert!(policy.contains(part), "{at}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{at}: {policy}");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    assert!(nonce.len() >= 22, "{at}: {nonce}");
    for script in html::attributes(&page.body, "script", "nonce") {
        assert_eq!(script, nonce, "{at}");
    }
    assert_eq!(html::texts(&page.body, "script:not([nonce])").len(), 0, "{at}: a script without the nonce");
    assert_eq!(html::attributes(&page.body, "[style]", "style"), [] as [&str; 0], "{at}: an inline style");
    assert_eq!(html::texts(&page.body, "style").len(), 0, "{at}: an inline stylesheet");
    for handler in ["onclick", "onload", "onerror", "onsubmit", "onchange", "oninput"] {
        assert_eq!(html::attributes(&page.body, &format!("[{handler}]"), handler), [] as [&str; 0], "{at}");
    }
    assert_eq!(html::texts(&page.body, "h1").len(), 1, "{at}: one heading of the first order");
    assert_eq!(html::texts(&page.body, "head title").len(), 1, "{at}");
    assert_eq!(html::attributes(&page.body, "html[lang]", "lang"), ["en"], "{at}");
    for form in html::forms(&page.body) {
        assert!(form.post || !form.has("key"), "{at}: a form that creates something must be sent by POST");
    }
    for id in html::attributes(&page.body, "label[for]", "for") {
        let found = html::attributes(&page.body, &format!("[id=\"{id}\"]"), "id");
        assert_eq!(found.len(), 1, "{at}: the label for {id} names {} controls", found.len());
    }
}

on_both! {
    async fn every_page_has_them(database) {
        let ground = Ground::prepare(&database, None).await;
        let mut nonces = std::collections::BTreeSet::new();
        let mut pages = 0;
        for (_, route) in ground.app.routes.iter().filter(|(method, _)| *method == Method::GET) {
            for role in ROLES {
                let page = ground.ask(&Method::GET, route, role, &[]).await;
                check(route, &page);
                pages += 1;
                nonces.insert(page.header("content-security-policy").to_owned());
            }
        }
        assert!(nonces.len() * 10 > pages * 9, "the nonce is new in every answer: {} in {pages}", nonces.len());
        for (method, path) in [("GET", "/nothing"), ("POST", "/nothing"), ("PUT", "/"), ("POST", "/sign-in")] {
            let browser = ground.app.browser();
            check(path, &browser.fetch(browser.request(method, path)).await);
        }
    }

    async fn files_and_what_machines_ask_for_have_them_too(database) {
        let ground = Ground::prepare(&database, Some("https://claims.example.org")).await;
        let browser = ground.app.browser();
        let assets = server::http::assets::manifest();
        let files = [assets.style_url, assets.loader_url, assets.script_url, assets.wasm_url];
        let machines = ["/favicon.svg", "/healthz", "/readyz", "/metrics", "/assets/nothing.css"];
        for path in files.into_iter().flatten().chain(machines) {
            let page = browser.fetch(browser.request("GET", path).header("origin", "https://evil.example")).await;
            assert!(page.status.as_u16() < 500, "{path}: {}", page.status);
            check_any(path, &page);
            assert_eq!(page.header("strict-transport-security"), "max-age=63072000; includeSubDomains", "{path}");
        }
    }

    async fn behind_tls_every_answer_says_to_stay_there(database) {
        let ground = Ground::prepare(&database, Some("https://claims.example.org")).await;
        for (_, route) in ground.app.routes.iter().filter(|(method, _)| *method == Method::GET) {
            for role in [Role::Stranger, Role::Owner] {
                let page = ground.ask(&Method::GET, route, role, &[("origin", "https://evil.example")]).await;
                check(route, &page);
                assert_eq!(page.header("strict-transport-security"), "max-age=63072000; includeSubDomains", "{route}");
            }
        }
        for (method, path) in [("POST", "/sign-in"), ("PUT", "/"), ("GET", "/nothing")] {
            let browser = ground.app.browser();
            let page = browser.fetch(browser.request(method, path)).await;
            assert_eq!(page.header("strict-transport-security"), "max-age=63072000; includeSubDomains", "{method} {path}");
        }
    }

    async fn a_pdf_that_is_shown_in_the_browser_may_do_nothing_there(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::Owner).await;
        let path = format!("/claims/{}/documents", ground.claim);
        let pdf = b"%PDF-1.4\n%no pages\n".to_vec();
        let page = browser.send(browser.get(&path).await.form(&path).attach("files", "proof.pdf", pdf.clone())).await;
        let link = page.link("proof.pdf");
        let shown = browser.get(&format!("{}?inline=1", link.split('?').next().unwrap_or_default())).await;
        shown.expect_status(200);
        assert_eq!((shown.header("content-type"), shown.header("x-content-type-options")), ("application/pdf", "nosniff"));
        assert!(shown.header("content-disposition").starts_with("inline"), "{}", shown.header("content-disposition"));
        // The browser's viewer does not start in a sandbox: it gets neither scripts nor anything to load, and only our pages frame it.
        assert_eq!(shown.header("content-security-policy"), "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'");
        assert_eq!(shown.bytes, pdf);
    }

    async fn a_document_never_runs_in_our_origin(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::Owner).await;
        for (path, disposition) in [("/documents/1", "attachment"), ("/documents/1?inline=1", "inline"), ("/documents/2?inline=1", "attachment")] {
            let page = browser.get(path).await;
            page.expect_status(200);
            assert!(page.header("content-disposition").starts_with(disposition), "{path}: {}", page.header("content-disposition"));
            assert_eq!(page.header("x-content-type-options"), "nosniff");
            assert!(page.header("content-security-policy").contains("sandbox"), "{path}");
            assert_eq!(page.header("cache-control"), "private, no-store");
        }
        assert_eq!(browser.get("/documents/1").await.bytes, crate::ground::PIXEL);
    }

    async fn a_file_that_is_two_things_is_served_as_the_one_it_was_taken_for(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::Owner).await;
        let path = format!("/claims/{}/documents", ground.claim);
        // A picture to who looks at the first bytes, a page with a script to who reads on.
        let both = [crate::ground::PIXEL, b"<html><script>alert(1)</script></html>"].concat();
        let send = async |name: &str| {
            let bytes = [both.as_slice(), name.as_bytes()].concat();
            browser.send(browser.get(&path).await.form(&path).attach("files", name, bytes)).await
        };
        // Whatever it is called, it is a picture from here on, and never a page.
        let mut page = send("one.png").await;
        page.expect("one.png was received");
        for (name, kept) in [("two.html", "two.html.png"), ("three.svg", "three.svg.png"), ("four.pdf", "four.png"), ("five.js", "five.js.png")] {
            page = send(name).await;
            page.expect(&format!("It came as {name}; it is kept under a name that says what is in it."));
            assert!(!page.link(kept).is_empty());
        }
        let link = page.link("two.html.png");
        let (plain, shown) = (browser.get(&link).await, browser.get(&format!("{}?inline=1", link.split('?').next().unwrap_or_default())).await);
        for page in [plain, shown] {
            page.expect_status(200);
            assert_eq!((page.header("content-type"), page.header("x-content-type-options")), ("image/png", "nosniff"));
            assert!(page.header("content-security-policy").contains("sandbox"), "{}", page.header("content-security-policy"));
        }
    }

    async fn behind_tls_the_cookie_is_bound_to_it(database) {
        let ground = Ground::prepare(&database, Some("https://claims.example.org")).await;
        let browser = ground.app.browser();
        let page = browser.get("/sign-in").await;
        assert_eq!(page.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
        let form = page.form("/sign-in").fill("email", "owner@example.org").fill("password", stage::PASSWORD);
        let request = browser.request("POST", &form.action).header("origin", "https://claims.example.org");
        let page = browser.fetch(request.form(&form.pairs())).await;
        page.expect_status(303);
        let cookie = page.header("set-cookie");
        assert!(cookie.starts_with("__Host-recoup="), "{cookie}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        browser.get("/account").await.expect_status(200);

        // The session is not kept under its id: who reads the database is not signed in.
        let id = browser.cookies()["__Host-recoup"].clone();
        let rows: Vec<(String,)> = database.rows("SELECT id_hash FROM sessions").await;
        assert!(rows.iter().all(|(hash,)| *hash != id) && rows.iter().any(|(hash,)| *hash == claims::actions::links::hash(&id)));
    }

    async fn a_plain_site_says_so_in_its_cookie(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.app.browser();
        let form = browser.get("/sign-in").await.form("/sign-in").fill("email", "owner@example.org").fill("password", stage::PASSWORD);
        let page = browser.send_once(&form).await;
        let cookie = page.header("set-cookie");
        assert!(cookie.starts_with("recoup=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
        assert_eq!(page.header("strict-transport-security"), "");
    }

    async fn signing_in_renews_the_session(database) {
        let ground = Ground::prepare(&database, None).await;
        let app = &ground.app;
        // A session of a stranger, whose id somebody else knows because they planted it.
        let (planted, now) = (app.recoup.random.token(), app.clock.now());
        let mut tx = app.recoup.store.write().await.unwrap();
        let (hash, left) = (claims::actions::links::hash(&planted), serde_json::json!({ "notice": "Left by a stranger." }));
        claims::store::sessions::save(&mut tx, &hash, None, &left, "", now + server::sessions::idle(), now).await.unwrap();
        tx.commit().await.unwrap();
        let browser = app.browser();
        browser.set_cookie("recoup", &planted);
        let form = browser.get("/register").await.form("/register").fill_all([("name", "Ada"), ("email", "ada@example.org"), ("password", stage::PASSWORD)]);
        let page = browser.send(form).await;
        page.expect_status(200);
        page.expect_no("Left by a stranger");
        assert_ne!(browser.cookies()["recoup"], planted);
        let thief = app.browser();
        thief.set_cookie("recoup", &planted);
        assert!(thief.get("/account").await.path.starts_with("/sign-in"), "who planted the session is signed in with its victim");
    }

    async fn signing_out_ends_the_session_at_the_server(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::Owner).await;
        let id = browser.cookies()["recoup"].clone();
        let page = browser.get("/account").await;
        let out = browser.send(page.form("/sign-out")).await;
        assert!(out.path.starts_with("/sign-in"), "{}", out.path);
        browser.set_cookie("recoup", &id);
        assert!(browser.get("/account").await.path.starts_with("/sign-in"));
    }

    async fn a_session_ends_unused_and_in_any_case(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::Owner).await;
        for _ in 0..20 {
            ground.app.pass(chrono::Duration::hours(8));
            let page = browser.get("/account").await;
            assert_eq!(page.path, "/account", "a session in use goes on");
        }
        ground.app.pass(chrono::Duration::hours(9));
        assert!(browser.get("/account").await.path.starts_with("/sign-in"), "after seven days it ends in any case");
        let browser = ground.browser(Role::Owner).await;
        ground.app.pass(chrono::Duration::hours(12));
        assert!(browser.get("/account").await.path.starts_with("/sign-in"), "unused for twelve hours it ends");
    }
}
