//! Two Recoups on one database: sessions, links and mail.

use tests::{App, Options, on_both, stage};

use crate::walk;

on_both! {
    async fn two_processes_are_one_site(database) {
        let one = App::start(&database).await;
        let other = App::start_with(&database, Options { base_url: Some(one.address.clone()), clock: Some(one.clock.clone()), ..Options::default() }).await;
        stage::case(&one.recoup, "allegro", "ALG").await;
        let browser = one.browser();
        let form = browser.get("/register").await.form("/register").fill_all([("name", "Ada"), ("email", "ada@example.org"), ("password", stage::PASSWORD)]);
        browser.send(form).await.expect_status(200);
        let there = browser.at(&other.address);
        assert_eq!(there.get("/account").await.path, "/account", "a session of the one is a session of the other");
        // The mail is sent by the other, its link works at either.
        let link = other.mailed_path("verify_address", "ada@example.org").await;
        assert_eq!(one.mails().await, []);
        browser.send(browser.get(&link).await.form(&link)).await.expect("confirmed");
        there.get(&link).await.expect_status(410);

        let (path, receipt) = walk::file(&there, "allegro", &walk::whole_claim("Jay Records")).await;
        browser.get(&path).await.expect(&walk::number(&receipt));
        let page = browser.get("/account").await;
        browser.send(page.form("/sign-out")).await;
        assert!(there.get("/account").await.path.starts_with("/sign-in"), "signed out at one is signed out at the other");
    }

    async fn every_mail_is_sent_once(database) {
        let one = App::start(&database).await;
        let other = App::start_with(&database, Options { base_url: Some(one.address.clone()), clock: Some(one.clock.clone()), ..Options::default() }).await;
        stage::case(&one.recoup, "allegro", "ALG").await;
        let account = stage::person(&one.recoup, "ada@example.org", true, false).await.account;
        for n in 0..60 {
            stage::sent(if n % 2 == 0 { &one.recoup } else { &other.recoup }, account, "allegro", &format!("Label {n}")).await;
        }
        tokio::join!(one.run_jobs(), other.run_jobs());
        let (of_one, of_other) = (one.mails().await, other.mails().await);
        let mut ids: Vec<_> = of_one.iter().chain(&of_other).map(|mail| mail.id).collect();
        ids.sort();
        let all = ids.len();
        ids.dedup();
        assert_eq!((all, ids.len()), (60, 60));
    }
}
