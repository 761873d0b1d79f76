//! Mail over HTTP without JavaScript: what counsel hear, what they write, and what claimants get and can end.

use claims::actions::counsel as appoint;
use tests::{App, Browser, Database, html, on_both, stage};

/// A case with counsel and three claims.
async fn filed(database: &Database) -> (App, Browser) {
    let app = App::start(database).await;
    let recoup = &app.recoup;
    let case = stage::case(recoup, "allegro", "ALG").await;
    let counsel = stage::person(recoup, "counsel@example.org", true, false).await.account;
    appoint::appoint(recoup, case, counsel).await.unwrap();
    for (email, name) in
        [("ada@example.org", "Ada Label"), ("bob@example.org", "Bob & Sons"), ("cem@example.org", "Cem Klang")]
    {
        let account = stage::person(recoup, email, true, false).await.account;
        stage::sent(recoup, account, "allegro", name).await;
    }
    app.run_jobs().await;
    let browser = app.browser_of(&stage::actor(recoup, counsel).await).await;
    (app, browser)
}

on_both! {
    async fn counsel_choose_how_they_hear(database) {
        let (app, browser) = filed(&database).await;
        let action = "/counsel/allegro/mail/preferences";
        let page = browser.get(action).await;
        let form = page.form(action);
        assert_eq!((form.value("claim_new"), form.value("duplicates")), (Some("at_once"), Some("digest")), "as the program begins");
        let page = browser.send(form.fill("claim_new", "digest").fill("duplicates", "off")).await;
        page.expect("Saved");
        let form = page.form(action);
        assert_eq!((form.value("claim_new"), form.value("duplicates")), (Some("digest"), Some("off")));
        let wrong = browser.send(form.forge("claim_new", "never")).await;
        wrong.expect_status(422);
        wrong.expect("New claims: choose an answer.");
        let account = stage::person(&app.recoup, "dora@example.org", true, false).await.account;
        let before = app.mails().await.len();
        stage::sent(&app.recoup, account, "allegro", "Dora Music").await;
        let new: Vec<_> = app.mails().await.split_off(before).into_iter().map(|mail| mail.kind).collect();
        assert_eq!(new, ["receipt"], "counsel hear of it tomorrow");
        app.pass(chrono::Duration::days(1));
        let digest = app.mail("digest", "counsel@example.org").await;
        let browser = app.signed_in("counsel@example.org").await;
        for line in digest.body_text.lines().map(str::trim).filter(|line| line.starts_with("http")) {
            let path = line.strip_prefix(&*app.recoup.base_url).unwrap();
            browser.get(path).await.expect_status(200);
        }
        // The mail can be read here too.
        let list = browser.get("/mail").await;
        browser.click(&list, "what changed since").await.expect("Dora Music claims 15,000.00 USD");
    }

    async fn counsel_write_to_many_look_test_queue_and_stop(database) {
        let (app, browser) = filed(&database).await;
        let page = browser.get("/counsel/allegro/claims?q=la&status=submitted").await;
        let page = browser.click(&page, "Write to these claimants").await;
        page.expect("2 people");
        let action = "/counsel/allegro/mail/write";
        let post = |page: &tests::Page| page.forms().into_iter().find(|form| form.action == action && form.post).unwrap();
        // Something wrong: it stands beside what was typed, which is kept.
        let typed = [("subject", "About {{number}}"), ("text", "Dear {{nmae}},\n\nplease add documents."), ("per_hour", "6")];
        let wrong = browser.send(post(&page).fill_all(typed).forge("do", "look")).await;
        wrong.expect_status(422);
        assert_eq!(html::texts(&wrong.body, "#error-text"), ["Error: There is no placeholder {{nmae}}. There are: {{name}}, {{claimant}}, {{number}}, {{claimed}}, {{documented}}, {{case}}, {{deadline}}, {{link}}, {{counsel}}."]);
        assert_eq!(post(&wrong).value("subject"), Some("About {{number}}"));
        // How it will read.
        let seen = browser.send(post(&wrong).fill("text", "Dear {{name}},\n\nplease add documents of {{claimant}}.").forge("do", "look")).await;
        for words in ["How they will read: 2 of 2", "please add documents of Ada Label.", "please add documents of Cem Klang.", "Queue 2 mails"] {
            seen.expect(words);
        }
        let tested = browser.send(post(&seen).forge("do", "test")).await;
        tested.expect("A test is on its way to counsel@example.org");
        assert_eq!(app.mail("letter", "counsel@example.org").await.subject, format!("Test: About {}", first_number(&app).await));
        // Queued twice by a double click.
        let form = post(&tested).forge("do", "queue");
        let queued = browser.send(form.clone()).await;
        queued.expect("Its mails");
        assert_eq!(browser.send(form).await.path, queued.path);
        let letters = async || app.mails().await.iter().filter(|mail| mail.kind == "letter" && mail.recipient != "counsel@example.org").count();
        assert_eq!(letters().await, 1);
        let page = browser.get(&queued.path).await;
        page.expect("Sent 1 of 2");
        page.expect("waiting 1");
        let stopped = browser.send(page.form(&format!("{}/stop", queued.path))).await;
        stopped.expect("Stopped: 1 mail is discarded");
        app.pass(chrono::Duration::days(1));
        assert_eq!(letters().await, 1);
        let browser = app.signed_in("counsel@example.org").await;
        let mail = browser.get("/counsel/allegro/mail?state=discarded").await;
        assert_eq!(html::table(&mail.body, "Mails").unwrap().len(), 2);
        browser.get("/counsel/allegro/events").await.expect("Mails to many were stopped");
    }

    async fn what_waits_is_edited_sent_and_discarded_on_its_page(database) {
        let (app, browser) = filed(&database).await;
        let page = browser.get("/counsel/allegro/mail/write?status=submitted").await;
        let action = "/counsel/allegro/mail/write";
        let post = |page: &tests::Page| page.forms().into_iter().find(|form| form.action == action && form.post).unwrap();
        let form = post(&page).fill_all([("subject", "A question"), ("text", "Who?"), ("per_hour", "1")]);
        let seen = browser.send(form.forge("do", "look")).await;
        browser.send(post(&seen).forge("do", "queue")).await.expect_status(200);
        let list = browser.get("/counsel/allegro/mail?state=waiting").await;
        let links = html::attributes(&list.body, ".roomy tbody th a", "href");
        let mut of_mails = links.into_iter().filter(|href| !href.contains("mailings"));
        // The first is due at once, the others an hour apart.
        let (_, other, one) = (of_mails.next().unwrap(), of_mails.next().unwrap(), of_mails.next().unwrap());
        let page = browser.get(&one).await;
        let wrong = browser.send(page.form(&one).fill("subject", "").fill("text", "New words.")).await;
        wrong.expect_status(422);
        assert_eq!(wrong.form(&one).value("text"), Some("New words."), "nothing typed is lost");
        let saved = browser.send(wrong.form(&one).fill("subject", "Another question")).await;
        saved.expect("Another question");
        let sent = browser.send(saved.form(&format!("{one}/send"))).await;
        sent.expect("The mail goes out now");
        assert!(app.mails().await.iter().any(|mail| mail.subject == "Another question" && mail.body_text.contains("New words.")));
        let late = browser.send_once(&saved.form(&format!("{one}/discard"))).await;
        late.expect_status(409);
        late.expect("no longer waits");

        // A mail that failed says why in plain words, and is tried again.
        let id: i64 = other.rsplit('/').next().unwrap().parse().unwrap();
        fail(&app, claims::MailId(id)).await;
        let failed = browser.get("/counsel/allegro/mail?state=failed").await;
        failed.expect("There is no such mailbox.");
        browser.get("/counsel/allegro").await.expect("Mail (1");
        let page = browser.get(&other).await;
        page.expect("5.1.1 no such user");
        browser.send(page.form(&format!("{other}/send"))).await.expect("The mail goes out now");
        assert!(app.mails().await.iter().any(|mail| mail.id.0 == id));
    }

    async fn the_pages_say_that_withdrawn_claims_are_left_out(database) {
        let (app, browser) = filed(&database).await;
        let action = "/counsel/allegro/mail/write";
        let post = |page: &tests::Page| page.forms().into_iter().find(|form| form.action == action && form.post).unwrap();
        let page = browser.get(action).await;
        page.expect("Withdrawn claims are left out");
        page.expect_no("All sent");
        let form = post(&page).fill_all([("subject", "A question"), ("text", "Who?"), ("per_hour", "1")]);
        let seen = browser.send(form.forge("do", "look")).await;
        let queued = browser.send(post(&seen).forge("do", "queue")).await;
        queued.expect("To: all submitted claims.");
        app.run_jobs().await;
        app.pass(chrono::Duration::minutes(1));
        // Cem’s letter is the last of three, an hour apart.
        let cem: Vec<(i64, i64)> = database.rows("SELECT o.claim_id, o.id FROM outbox o WHERE o.kind = 'letter' AND o.recipient = 'cem@example.org'").await;
        let (claim, mail) = cem[0];
        let account: Vec<(i64,)> = database.rows("SELECT id FROM accounts WHERE email = 'cem@example.org'").await;
        let actor = stage::actor(&app.recoup, claims::AccountId(account[0].0)).await;
        claims::actions::withdraw::withdraw(&app.recoup, &actor, claims::ClaimId(claim), "Paid.").await.unwrap();
        let page = browser.get(action).await;
        page.expect("2 claims");
        browser.get(&format!("{action}?status=withdrawn")).await.expect_no("Withdrawn claims are left out");
        let here = format!("/counsel/allegro/mail/{mail}");
        let page = browser.get(&here).await;
        page.expect("The claim was withdrawn after this mail was queued");
        assert!(page.forms().iter().all(|form| form.action != format!("{here}/send") && form.action != here), "neither sent at once nor edited");
        app.pass(chrono::Duration::hours(3));
        app.run_jobs().await;
        let browser = app.signed_in("counsel@example.org").await;
        browser.get(&here).await.expect("Its claim was withdrawn before it went out.");
        browser.get(&queued.path).await.expect("discarded 1");
    }

    async fn templates_are_kept_checked_and_used(database) {
        let (_app, browser) = filed(&database).await;
        let list = browser.get("/counsel/allegro/mail/templates").await;
        let page = browser.click(&list, "New template").await;
        let action = "/counsel/allegro/mail/templates/new";
        let wrong = browser.send(page.form(action).fill("name", "Documents").fill("subject", "Claim {{nubmer}}").fill("text", "Dear {{name}},")).await;
        wrong.expect_status(422);
        wrong.expect("There is no placeholder {{nubmer}}");
        assert_eq!(wrong.form(action).value("text"), Some("Dear {{name}},"));
        let saved = browser.send(wrong.form(action).fill("subject", "Claim {{number}}")).await;
        saved.expect("The template is saved");
        let write = browser.click(&saved, "Write with it").await;
        let form = write.forms().into_iter().find(|form| form.post && form.action.ends_with("/mail/write")).unwrap();
        assert_eq!((form.value("subject"), form.value("text")), (Some("Claim {{number}}"), Some("Dear {{name}},")));
        let page = browser.click(&saved, "Documents").await;
        let remove = page.forms().into_iter().find(|form| form.action.ends_with("/remove")).unwrap();
        browser.send(remove).await.expect("The template is removed");
    }

    async fn news_are_published_mailed_and_ended_with_one_click(database) {
        let (app, browser) = filed(&database).await;
        let action = "/counsel/allegro/mail/news";
        let page = browser.get(action).await;
        page.expect("By mail it would go to 3 people");
        assert_eq!(page.form(action).value("mail"), None, "nobody is written to by one press");
        let form = page.form(action).fill("mail", "yes").fill("title", "A <hearing>").fill("text", "On 4 May.\n\nNobody needs to come.").fill("per_hour", "3600");
        browser.send(form.clone()).await.expect("Published. 3 mails are queued.");
        browser.send(form).await;
        let public = app.browser().get("/cases/allegro").await;
        public.expect("A <hearing>");
        assert_eq!(public.body.matches("Nobody needs to come.").count(), 1, "sent twice, published once");
        app.pass(chrono::Duration::minutes(1));
        let mail = app.mail("news", "ada@example.org").await;
        let path = mail.unsubscribe.strip_prefix(&*app.recoup.base_url).unwrap().to_owned();
        assert!(mail.body_text.contains(&mail.unsubscribe));

        // Looking at the link ends nothing: programs open links too.
        let stranger = app.browser();
        let page = stranger.get(&path).await;
        page.expect("Stop these mails");
        let ada = app.signed_in("ada@example.org").await;
        let prefs = async || { let form = ada.get("/account/mail").await.form("/account/mail/allegro"); (form.value("news").is_some(), form.value("reminders").is_some()) };
        assert_eq!(prefs().await, (true, true));
        // A mail program: from another site, without cookies, with the body of RFC 8058, once more, and as multipart.
        for _ in 0..2 {
            let request = stranger.request("POST", &path).header("origin", "https://mail.example").header("sec-fetch-site", "cross-site");
            let page = stranger.fetch(request.form(&[("List-Unsubscribe", "One-Click")])).await;
            page.expect_status(200);
            assert!(page.header("location").is_empty());
        }
        assert_eq!(prefs().await, (false, true));
        let multipart = reqwest::multipart::Form::new().text("List-Unsubscribe", "One-Click");
        stranger.fetch(stranger.request("POST", &path).multipart(multipart)).await.expect_status(200);
        // Chosen again, and ended by the button of the page.
        ada.send(ada.get("/account/mail").await.form("/account/mail/allegro").tick("news")).await.expect("Saved.");
        assert_eq!(prefs().await, (true, true));
        stranger.send(page.form(&path)).await.expect("will not be mailed to you any more");
        assert_eq!(prefs().await, (false, true));
        // Forged.
        for forged in [format!("{path}A"), path[..path.len() - 3].to_owned(), "/unsubscribe/AAAA".to_owned()] {
            stranger.get(&forged).await.expect_status(410);
            stranger.fetch(stranger.request("POST", &forged).form(&[("List-Unsubscribe", "One-Click")])).await.expect_status(410);
        }
        // Only this address is open to other sites.
        let request = stranger.request("POST", "/sign-in").header("origin", "https://mail.example").header("sec-fetch-site", "cross-site");
        stranger.fetch(request.form(&[("email", "x")])).await.expect_status(403);
        let form = browser.get(action).await.form(action).tick("mail").fill("title", "More").fill("text", "Words.").fill("per_hour", "3600");
        browser.send(form).await.expect("Published. 2 mails are queued.");
    }

    async fn claimants_read_their_mail_and_nobody_elses(database) {
        let (app, _) = filed(&database).await;
        let ada = app.signed_in("ada@example.org").await;
        let list = ada.get("/mail").await;
        let receipt = ada.click(&list, "Received: claim ALG-").await;
        receipt.expect("SHA-256 of what was sent");
        let bob = app.signed_in("bob@example.org").await;
        bob.get(&receipt.path).await.expect_status(404);
        bob.get("/mail").await.expect_no("Ada");
        ada.get("/mail/99999").await.expect_status(404);
        ada.get("/mail?page=99").await.expect("Received: claim ALG-");
    }
}

async fn first_number(app: &App) -> String {
    let rows: Vec<(String,)> = app.database().rows("SELECT number FROM claims WHERE number LIKE 'ALG-000001-%'").await;
    rows[0].0.clone()
}

/// Lets one mail fail for good, as a server that knows no such mailbox does.
async fn fail(app: &App, id: claims::MailId) {
    let now = app.clock.now();
    let far = now + chrono::Duration::days(1);
    let mut tx = app.recoup.store.write().await.unwrap();
    for mail in claims::store::outbox::lease(&mut tx, "w", 100, far, far).await.unwrap() {
        let (state, why) =
            if mail.id == id { ("failed", "permanent error (550): 5.1.1 no such user") } else { ("waiting", "later") };
        claims::store::outbox::settle(&mut tx, mail.id, "w", state, why, far, now).await.unwrap();
    }
    tx.commit().await.unwrap();
}
