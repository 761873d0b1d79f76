//! The address of a client behind a proxy: believed from proxies that are trusted, from nobody else.

use std::net::IpAddr;

use tests::{App, Options, on_both, stage};

use crate::scene::sign;

const FORWARDED: (&str, &str) = ("x-forwarded-for", "198.51.100.66, 203.0.113.9");

on_both! {
    async fn a_trusted_proxy_tells_the_clients_address(database) {
        for (trusted, expected) in [(vec!["127.0.0.1".parse::<IpAddr>().unwrap()], "203.0.113.9"), (Vec::new(), "127.0.0.1")] {
            let app = App::start_with(&database, Options { trusted_proxies: trusted, ..Options::default() }).await;
            let slug = if expected == "127.0.0.1" { "direct" } else { "proxied" };
            stage::case(&app.recoup, slug, &slug[..3].to_uppercase()).await;
            let account = stage::person(&app.recoup, &format!("{slug}@example.org"), true, false).await.account;
            let (actor, claim) = stage::ready(&app.recoup, account, slug, "Jay Records").await;
            let browser = app.browser_of(&actor).await;
            // Other headers of that kind are never believed.
            let headers = [FORWARDED, ("x-real-ip", "192.0.2.99"), ("forwarded", "for=192.0.2.98"), ("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")];
            sign(&app, &browser, claim, &headers).await.expect_status(303);
            let sent = browser.get(&format!("/claims/{claim}/versions/1/claim.json")).await;
            let frozen: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
            assert_eq!(frozen["declaration"]["client_address"], expected);
            let mails = app.mails().await;
            assert!(mails.iter().all(|mail| !mail.body_text.contains("evil.example")), "a made-up host stands in a mail");
        }
    }
}
