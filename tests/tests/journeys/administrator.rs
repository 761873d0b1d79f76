//! The administrator makes a case and invites counsel by mail; accounts are disabled.

use claims::{
    actions::{account, save_step},
    intake::steps::Step,
};
use tests::{App, html, on_both, stage};

use crate::walk;

on_both! {
    async fn from_the_first_link_to_counsel_and_a_claim(database) {
        let app = App::start(&database).await;
        let link = account::first_administrator_link(&app.recoup).await.unwrap().unwrap();
        let link = link.strip_prefix(&*app.recoup.base_url).unwrap().to_owned();
        let root = app.browser();
        let form = root.get(&link).await.form(&link).fill_all([("name", "Root"), ("email", "root@example.org"), ("password", stage::PASSWORD)]);
        root.send(form).await.expect_status(200);
        app.browser().get(&link).await.expect_status(410);

        // A case in preparation; wrong settings stay on the page.
        let mut form = root.get("/admin/cases/new").await.form("/admin/cases/new");
        let settings = stage::case_answers("allegro", "ALG").with("state", "preparing");
        for (name, typed) in &settings.0 {
            form = form.fill(name, typed);
        }
        let page = root.send(form.clone().fill("rates", "EUR much")).await;
        page.expect_status(422);
        assert_eq!(page.form("/admin/cases/new").value("rates"), Some("EUR much"));
        page.expect("Line 1");
        let page = root.send(form).await;
        assert_eq!(page.path, "/admin/cases/allegro");
        app.browser().get("/cases/allegro").await.expect_status(404);

        // Shown to the public, with a document.
        let page = root.send(page.form("/admin/cases/allegro").fill("state", "open")).await;
        page.expect("saved");
        let form = page.form("/admin/cases/allegro/documents");
        let name = if form.has("files") { "files" } else { "file" };
        let page = root.send(form.attach(name, "order.txt", "An order.")).await;
        page.expect("order.txt");
        let public = app.browser().get("/cases/allegro").await;
        public.expect("The distributor closed");
        public.expect("30 June 2026");
        let document = app.browser().get(&public.link("order.txt")).await;
        assert_eq!((document.status.as_u16(), document.body.as_str()), (200, "An order."));
        // It is removed after a question, not by one press.
        let path = public.link("order.txt");
        let ask = root.get(&root.get("/admin/cases/allegro").await.link("Remove order.txt")).await;
        ask.expect("Remove this document?");
        app.browser().get(&path).await.expect_status(200);
        root.send(ask.form(&ask.path)).await.expect("no longer shown to the public");
        app.browser().get(&path).await.expect_status(404);

        // Counsel by mail.
        let page = root.send(page.form("/admin/cases/allegro/counsel").fill("email", "lee@law.example")).await;
        page.expect("lee@law.example");
        let link = app.mailed_path("counsel_invited", "lee@law.example").await;
        let lee = app.browser();
        let page = lee.get(&link).await;
        page.expect("Claims against Allegro Media Group");
        let form = page.form(&link).fill("name", "Lee").fill("password", stage::PASSWORD);
        lee.send(form).await.expect_status(200);
        root.get("/admin/cases/allegro").await.expect("Lee");

        // A claim comes: counsel is told.
        let browser = walk::register(&app, "ada@example.org").await;
        let (_, receipt) = walk::file(&browser, "allegro", &walk::whole_claim("Jay Records")).await;
        let mail = app.mail("new_claim", "lee@law.example").await;
        assert!(mail.body_text.contains(&walk::number(&receipt)), "{}", mail.body_text);
        // The administrator reads no claim: what a mail says of one, in its subject too, is not shown.
        let amount = mail.subject.rsplit_once(": ").expect("the sum of the claim").1;
        let mails = root.get("/admin/mail").await;
        for words in ["lee@law.example", "A claim came in, to counsel", "Receipt", "Invitation of counsel"] {
            mails.expect(words);
        }
        for told in [amount, walk::number(&receipt).as_str()] {
            mails.expect_no(told);
        }
        root.get("/claims/1").await.expect_status(404);

        // Accounts are disabled at once.
        let accounts = root.get("/admin/accounts").await;
        accounts.expect("ada@example.org");
        assert!(!accounts.forms().iter().any(|form| form.action.ends_with("/disable")), "nothing is disabled by one click");
        root.get("/admin/accounts?q=%25").await.expect_no("ada@example.org");
        let rows: Vec<(i64,)> = database.rows("SELECT id FROM accounts WHERE email_key = 'ada@example.org'").await;
        let found = root.get("/admin/accounts?q=ADA@").await;
        found.expect("in address or name: 1");
        found.expect_no("lee@law.example");
        let ask = root.get(&found.link("Disable ada@example.org")).await;
        ask.expect("Disable this account?");
        let done = root.send(ask.form(&format!("/admin/accounts/{}/disable", rows[0].0))).await;
        assert_eq!(done.path, "/admin/accounts?q=ADA%40");
        assert!(browser.get("/claims").await.path.starts_with("/sign-in"));
    }

    async fn an_appointment_ends_only_once_it_was_asked(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await.account;
        claims::actions::counsel::appoint(&app.recoup, case, lee).await.unwrap();
        let counsel = app.browser_of(&stage::actor(&app.recoup, lee).await).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let root = app.browser_of(&root).await;
        let page = root.get("/admin/cases/allegro").await;
        let ask = format!("/admin/cases/allegro/counsel/{lee}/dismiss");
        assert!(!page.forms().iter().any(|form| form.action == ask), "nothing ends by one click");
        assert_eq!(page.link("End the appointment of lee, lee@law.example"), ask);
        let page = root.get(&ask).await;
        for words in ["End this appointment?", "lee@law.example", "Claims against Allegro Media Group", "Nobody else acts as counsel of this case"] {
            page.expect(words);
        }
        counsel.get("/counsel/allegro").await.expect_status(200);
        // Lee is told of a claim, tries a letter to its claimant out, and has a claim of their own in another case.
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (_, _, theirs) = stage::sent(&app.recoup, ada, "allegro", "Jay Records").await;
        stage::case(&app.recoup, "bethel", "BET").await;
        let (_, _, own) = stage::sent(&app.recoup, lee, "bethel", "Lee Records").await;
        app.run_jobs().await;
        let write = counsel.get("/counsel/allegro/mail/write").await;
        let letter = write.forms().into_iter().find(|form| form.post && form.action == "/counsel/allegro/mail/write").expect("the form of a mailing");
        let letter = letter.fill_all([("subject", "About {{number}}"), ("text", "Of {{claimed}}, {{documented}} is documented."), ("per_hour", "6")]);
        counsel.send(letter.forge("do", "test")).await.expect_status(200);
        let told = counsel.get("/mail").await;
        let subjects = [app.mail("new_claim", "lee@law.example").await.subject, format!("Test: About {theirs}")];
        let opened: Vec<String> = subjects.iter().map(|subject| told.link(subject)).collect();
        for mail in &opened {
            counsel.get(mail).await.expect_status(200);
        }
        let own = format!("Received: claim {own}");
        let kept = told.link(&own);
        root.send(page.form(&ask)).await.expect("The appointment has ended.");
        counsel.get("/counsel/allegro").await.expect_status(404);
        let left = counsel.get("/mail").await;
        assert!(!left.body.contains(&theirs), "who is no longer counsel reads no more what they were told of the case");
        for mail in &opened {
            counsel.get(mail).await.expect_status(404);
        }
        assert_eq!(left.link(&own), kept, "what is about one's own claim stays");
        counsel.get(&kept).await.expect_status(200);
        let again = root.get(&ask).await;
        assert_eq!(again.path.split('#').next(), Some("/admin/cases/allegro"));
        again.expect("This appointment has ended already.");
    }

    async fn disabled_counsel_are_shown_and_an_open_invitation_is_withdrawn(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await.account;
        claims::actions::counsel::appoint(&app.recoup, case, lee).await.unwrap();
        let actor = stage::person(&app.recoup, "root@example.org", true, true).await;
        account::set_disabled(&app.recoup, &actor, lee, true).await.unwrap();
        let root = app.browser_of(&actor).await;
        let path = "/admin/cases/allegro";
        let page = root.get(path).await;
        page.expect("Every account below is disabled, so nobody can read what is filed.");
        assert!(!page.text().contains("Nobody acts as counsel yet"));
        assert_eq!(html::texts(&page.body, "#counsel th .tag"), ["Disabled"]);
        let ask = format!("{path}/counsel/{lee}/dismiss");
        root.send(root.get(&ask).await.form(&ask)).await.expect("The appointment has ended.");
        root.get(path).await.expect("Nobody acts as counsel yet");

        let invite = format!("{path}/counsel");
        let page = root.send(root.get(path).await.form(&invite).fill("email", "kim@law.example")).await;
        let link = app.mailed_path("counsel_invited", "kim@law.example").await;
        app.browser().get(&link).await.expect_status(200);
        let withdraw = page.form(&format!("{path}/counsel/withdraw"));
        root.send(withdraw.clone()).await.expect("The invitation of kim@law.example is withdrawn: its link no longer works.");
        app.browser().get(&link).await.expect_status(410);
        let page = root.send(withdraw).await;
        page.expect("This invitation is not open any more");
        assert!(!page.text().contains("open until"));
    }

    async fn who_has_an_account_accepts_an_invitation_signed_in_to_it(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        stage::person(&app.recoup, "mia@law.example", true, false).await;
        let root = app.browser_of(&stage::person(&app.recoup, "root@example.org", true, true).await).await;
        let invite = "/admin/cases/allegro/counsel";
        root.send(root.get("/admin/cases/allegro").await.form(invite).fill("email", "mia@law.example")).await;
        let link = app.mailed_path("counsel_invited", "mia@law.example").await;
        // Signed in as somebody else, as on a machine that is shared.
        let browser = app.browser_of(&stage::person(&app.recoup, "kim@law.example", true, false).await).await;
        let page = browser.get(&link).await;
        page.expect("There is an account under mia@law.example already: sign in to it first.");
        let page = browser.send(page.form(&link)).await;
        page.expect("Sign in as mia@law.example. Then accept the invitation.");
        let page = browser.send(page.form("/sign-in").fill("email", "mia@law.example").fill("password", stage::PASSWORD)).await;
        assert_eq!(page.path, link);
        assert_eq!(browser.send(page.form(&link)).await.path, "/counsel");
        browser.get("/counsel/allegro").await.expect_status(200);
    }

    async fn a_case_whose_last_day_is_over_is_made_with_a_warning(database) {
        let app = App::start(&database).await;
        let root = app.browser_of(&stage::person(&app.recoup, "root@example.org", true, true).await).await;
        for (slug, prefix, day, over) in [("past", "PST", "2020-01-31", true), ("open", "OPN", "2099-12-31", false)] {
            let settings = stage::case_answers(slug, prefix).with("deadline_day", day);
            let form = root.get("/admin/cases/new").await.form("/admin/cases/new");
            let page = root.send(settings.0.iter().fold(form, |form, (name, typed)| form.fill(name, typed))).await;
            page.expect("The case is made.");
            assert_eq!(page.text().contains("Its last day for claims is over already"), over, "{slug}");
        }
    }

    // An address belongs to nobody before it is confirmed, so several accounts may have it.
    async fn the_buttons_of_accounts_are_told_apart(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        for verified in [true, false, false] {
            stage::person(&app.recoup, "ada@example.org", verified, false).await;
        }
        let page = app.browser_of(&root).await.get("/admin/accounts").await;
        let mut names = html::texts(&page.body, "td.row-actions a");
        assert_eq!(names.len(), 3);
        assert!(names.iter().all(|name| name.contains("ada@example.org")), "{names:?}");
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 3, "{names:?}");
    }

    async fn one_address_and_password_are_changed_through_the_pages(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        // One claim names the address of the account as its contact, the other another one.
        for (name, email) in [("Jay Records", "Ada@example.org"), ("Kay Records", "kay@example.org")] {
            let (ada, id) = stage::ready(&app.recoup, ada.account, "allegro", name).await;
            let contact = stage::claimant_answers(name).with("email", email);
            save_step::save(&app.recoup, &ada, id, Step::Claimant, &contact).await.unwrap();
        }
        let (mine, other) = (app.signed_in("ada@example.org").await, app.signed_in("ada@example.org").await);
        let form = mine.get("/account/password").await.form("/account/password").fill("current", stage::PASSWORD).fill("password", "nine loud trombones");
        mine.send(form).await.expect_status(200);
        assert_eq!(mine.get("/account").await.path, "/account");
        assert!(other.get("/account").await.path.starts_with("/sign-in"), "the other session ended");

        let form = mine.get("/account/email").await.form("/account/email").fill("email", "ada@new.example").fill("current", "nine loud trombones");
        mine.send(form).await.expect_status(200);
        let link = app.mailed_path("confirm_new_address", "ada@new.example").await;
        let page = mine.get(&link).await;
        let page = mine.send(page.form(&link)).await;
        page.expect_status(200);
        page.expect("One of your claims still names the old address as its contact");
        mine.get("/account").await.expect("ada@new.example");

        // Forgotten: the mailed link sets a new one and ends every session.
        let stranger = app.browser();
        let form = stranger.get("/forgotten").await.form("/forgotten").fill("email", "ada@new.example");
        stranger.send(form).await.expect_status(200);
        let link = app.mailed_path("reset_password", "ada@new.example").await;
        let form = stranger.get(&link).await.form(&link).fill("password", "ten silent organs");
        stranger.send(form).await.expect_status(200);
        assert!(mine.get("/account").await.path.starts_with("/sign-in"));
        stranger.get(&link).await.expect_status(410);
    }
}
