//! A second factor: set up with a device, asked for at every sign-in, each code once, guesses slowed, demanded by a case.

use chrono::Duration;
use claims::{actions::account::first_administrator_link, second_factor::Secret};
use tests::{App, Browser, Page, html, on_both, stage};

const SETUP: &str = "/account/second-factor";

/// Sets a second factor up through the pages; gives the secret and the recovery codes.
async fn set_up(app: &App, browser: &Browser) -> (Secret, Vec<String>) {
    let page = browser.get(SETUP).await;
    let begin = page.form("/account/second-factor/begin");
    let wrong = browser.send(begin.clone().fill("current", "a wrong password")).await;
    wrong.expect_status(422);
    wrong.expect("This is not your present password");
    let page = browser.send(begin.fill("current", stage::PASSWORD)).await;
    assert!(page.body.contains("class=\"qr\""), "a picture for the app");
    let key = html::texts(&page.body, "dd code").concat().replace(' ', "");
    let secret = Secret::parse(&key).expect("the key in words");
    let confirm = page.form("/account/second-factor/confirm");
    let wrong = browser.send(confirm.clone().fill("code", "000000")).await;
    wrong.expect_status(422);
    wrong.expect("This code does not work");
    let page = browser.send(confirm.fill("code", &secret.code(app.clock.now()))).await;
    page.expect_status(200);
    let codes = html::texts(&page.body, ".codes code");
    assert_eq!(codes.len(), 10);
    app.pass(Duration::seconds(30));
    (secret, codes)
}

/// Gives the right password; the page that asks for the code.
async fn half_way(browser: &Browser, from: &str, email: &str) -> Page {
    let page = browser.get(from).await;
    let page = browser.send(page.form("/sign-in").fill("email", email).fill("password", stage::PASSWORD)).await;
    assert!(page.path.starts_with("/sign-in/code"), "{}", page.path);
    page
}

async fn give(browser: &Browser, page: &Page, code: &str) -> Page {
    browser.send(page.form("/sign-in/code").fill("code", code)).await
}

on_both! {
    async fn a_password_alone_no_longer_lets_in(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        let (here, elsewhere) = (app.signed_in("ada@example.org").await, app.signed_in("ada@example.org").await);
        let (secret, codes) = set_up(&app, &here).await;
        assert!(elsewhere.get("/claims").await.path.starts_with("/sign-in"), "other sessions ended");
        here.get("/claims").await.expect_status(200);
        here.get(SETUP).await.expect("10");

        let browser = app.browser();
        let page = half_way(&browser, "/account/email", "ada@example.org").await;
        assert!(browser.get("/account").await.path.starts_with("/sign-in"), "half a sign-in is none");
        let before = browser.cookies().clone();
        give(&browser, &page, "123456").await.expect_status(422);
        let code = secret.code(app.clock.now());
        assert_eq!(give(&browser, &page, &code).await.path, "/account/email", "on to where one wanted to go");
        assert_ne!(*browser.cookies(), before, "the session has another id");

        // The same code was seen by somebody: it works once.
        let thief = app.browser();
        let page = half_way(&thief, "/sign-in", "ada@example.org").await;
        give(&thief, &page, &code).await.expect_status(422);
        assert!(thief.get("/account").await.path.starts_with("/sign-in"));

        // Without the device.
        let lost = app.browser();
        let page = half_way(&lost, "/sign-in", "ada@example.org").await;
        assert_eq!(give(&lost, &page, &codes[3].to_uppercase()).await.path, "/claims");
        assert!(app.mail("second_factor", "ada@example.org").await.body_text.contains("A recovery code was used"));
        let again = app.browser();
        let page = half_way(&again, "/sign-in", "ada@example.org").await;
        give(&again, &page, &codes[3]).await.expect_status(422);
        lost.get(SETUP).await.expect("9");
    }

    async fn what_is_kept_gives_no_code_away(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        let (_, codes) = set_up(&app, &app.signed_in("ada@example.org").await).await;
        let kept: Vec<(String,)> = database.rows("SELECT hash FROM recovery_codes").await;
        assert_eq!(kept.len(), 10);
        for code in codes {
            assert!(kept.iter().all(|(hash,)| !hash.contains(&code) && !hash.contains(&code.replace('-', ""))));
        }
    }

    async fn guesses_are_slowed_and_half_a_sign_in_ends(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        let (secret, _) = set_up(&app, &app.signed_in("ada@example.org").await).await;
        let browser = app.browser();
        let page = half_way(&browser, "/sign-in", "ada@example.org").await;
        for _ in 0..5 {
            give(&browser, &page, "000000").await.expect_status(422);
        }
        let slowed = give(&browser, &page, &secret.code(app.clock.now())).await;
        slowed.expect_status(429);
        assert!(!slowed.header("retry-after").is_empty());
        // The right password once more takes nothing of it back.
        let anew = app.browser();
        let again = half_way(&anew, "/sign-in", "ada@example.org").await;
        give(&anew, &again, &secret.code(app.clock.now())).await.expect_status(429);
        app.pass(Duration::seconds(5));
        assert_eq!(give(&browser, &page, &secret.code(app.clock.now())).await.path, "/claims", "the wait ends");

        let slow = app.browser();
        let page = half_way(&slow, "/sign-in", "ada@example.org").await;
        app.pass(Duration::minutes(11));
        let late = give(&slow, &page, &secret.code(app.clock.now())).await;
        assert!(late.path.starts_with("/sign-in") && !late.path.starts_with("/sign-in/code"), "{}", late.path);
        late.expect("Sign in again");
    }

    async fn half_a_sign_in_ends_with_the_sessions_of_its_account(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        let here = app.signed_in("ada@example.org").await;
        let (secret, _) = set_up(&app, &here).await;
        let gives_in_vain = async |thief: &Browser, page: &Page, why: &str| {
            let ended = give(thief, page, &secret.code(app.clock.now())).await;
            assert!(ended.path.starts_with("/sign-in") && !ended.path.starts_with("/sign-in/code"), "{why}: {}", ended.path);
            ended.expect("Sign in again");
            assert!(thief.get("/account").await.path.starts_with("/sign-in"), "{why}");
        };
        // Somebody knows the password, and is about to get a code.
        let thief = app.browser();
        let page = half_way(&thief, "/sign-in", "ada@example.org").await;
        let shown = here.get("/account").await;
        let sessions = html::table(&shown.body, "Sessions of your account").expect("the sessions");
        assert_eq!(sessions.len(), 2, "the head and one session: nobody is signed in by half a sign-in");
        here.send(shown.form("/account/sign-out-everywhere")).await.expect_status(200);
        gives_in_vain(&thief, &page, "signed out everywhere").await;

        let page = half_way(&thief, "/sign-in", "ada@example.org").await;
        let owner = app.browser();
        owner.send(owner.get("/forgotten").await.form("/forgotten").fill("email", "ada@example.org")).await;
        let link = app.mailed_path("reset_password", "ada@example.org").await;
        let set = owner.send(owner.get(&link).await.form(&link).fill("password", "another long password")).await;
        set.expect("Your new password is set");
        gives_in_vain(&thief, &page, "a new password").await;

        // Who knows the new one goes on with the same code, which nobody has used.
        let page = owner.get("/sign-in").await;
        let page = owner.send(page.form("/sign-in").fill("email", "ada@example.org").fill("password", "another long password")).await;
        assert_eq!(give(&owner, &page, &secret.code(app.clock.now())).await.path, "/claims");
    }

    async fn a_form_that_waits_outlasts_half_a_sign_in(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let (ada, id) = stage::ready(&app.recoup, ada.account, "allegro", "Jay Records").await;
        let browser = app.browser_of(&ada).await;
        let (secret, _) = set_up(&app, &browser).await;
        let path = format!("/claims/{id}/others");
        let form = browser.get(&path).await.form(&path).fill("others", "yes").fill("others_who", "The drummer’s heirs.");
        app.pass(Duration::hours(13));
        let password = async |page: &Page| {
            let form = page.form("/sign-in").fill("email", "ada@example.org").fill("password", stage::PASSWORD);
            browser.send(form).await
        };
        let page = password(&browser.send(form).await).await;
        page.expect("Your second factor");
        // Who looks for help leaves the form open.
        assert_eq!(html::attributes(&page.body, "a[href='/sign-in/lost-device']", "target"), ["_blank"]);
        app.pass(Duration::minutes(11));
        let late = give(&browser, &page, &secret.code(app.clock.now())).await;
        late.expect_status(401);
        late.expect("Nothing you typed is lost");
        let page = password(&late).await;
        let page = give(&browser, &page, &secret.code(app.clock.now())).await;
        page.expect("You are signed in again");
        let again = page.form(&path);
        assert_eq!(again.value("others_who"), Some("The drummer’s heirs."));
        browser.send(again).await.expect("Your answers are saved");
    }

    async fn a_new_password_by_mail_keeps_it_and_its_owner_removes_it(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        let (secret, _) = set_up(&app, &app.signed_in("ada@example.org").await).await;
        let browser = app.browser();
        browser.send(browser.get("/forgotten").await.form("/forgotten").fill("email", "ada@example.org")).await;
        let link = app.mailed_path("reset_password", "ada@example.org").await;
        let page = browser.send(browser.get(&link).await.form(&link).fill("password", "another long password")).await;
        let page = browser.send(page.form("/sign-in").fill("email", "ada@example.org").fill("password", "another long password")).await;
        assert!(page.path.starts_with("/sign-in/code"), "the mailbox alone does not let in");
        give(&browser, &page, &secret.code(app.clock.now())).await.expect_status(200);
        app.pass(Duration::seconds(30));

        let page = browser.get(SETUP).await;
        let mut form = page.form("/account/second-factor/codes").fill("current", "another long password").fill("code", "111111");
        browser.send(form.clone()).await.expect_status(422);
        form.action = "/account/second-factor/remove".to_owned();
        browser.send(form.clone()).await.expect_status(422);
        let page = browser.send(form.fill("code", &secret.code(app.clock.now()))).await;
        page.expect("The second factor is removed");

        let alone = app.browser();
        let page = alone.get("/sign-in").await;
        let page = alone.send(page.form("/sign-in").fill("email", "ada@example.org").fill("password", "another long password")).await;
        assert_eq!(page.path, "/claims");
    }

    async fn a_case_demands_it_of_counsel_and_administrators(database) {
        let app = App::start(&database).await;
        let link = first_administrator_link(&app.recoup).await.unwrap().unwrap();
        let link = link.strip_prefix(&*app.recoup.base_url).unwrap().to_owned();
        let root = app.browser();
        let form = root.get(&link).await.form(&link).fill_all([("name", "Root"), ("email", "root@example.org"), ("password", stage::PASSWORD)]);
        root.send(form).await.expect_status(200);
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await;
        let mut tx = app.recoup.store.write().await.unwrap();
        claims::store::cases::appoint(&mut tx, case, lee.account, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let counsel = app.browser_of(&lee).await;
        counsel.get("/counsel/allegro").await.expect_status(200);
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        stage::sent(&app.recoup, ada.account, "allegro", "Jay Records").await;
        counsel.get("/counsel").await.expect("claimed of");

        let demand = root.get("/admin/cases/allegro").await.form("/admin/cases/allegro").tick("second_factor");
        let refused = root.send(demand.clone()).await;
        refused.expect_status(422);
        refused.expect("You have no second factor yourself yet");
        set_up(&app, &root).await;
        root.send(demand).await.expect_status(200);

        for path in ["/counsel/allegro", "/counsel/allegro/claims", "/counsel/allegro/exports/claims.csv", "/counsel/allegro/filings"] {
            let closed = counsel.get(path).await;
            closed.expect_status(403);
            closed.expect("Set up a second factor");
        }
        // The list of cases names the case, and none of its figures.
        let desk = counsel.get("/counsel").await;
        desk.expect("Shown once your account has a second factor");
        desk.expect("Claims against Allegro Media Group");
        desk.expect_no("claimed of");
        // An administrator without one, who could appoint themselves, gets no further.
        let other = stage::person(&app.recoup, "other@example.org", true, true).await;
        app.browser_of(&other).await.get("/admin").await.expect_status(403);
        root.get("/admin").await.expect_status(200);

        set_up(&app, &counsel).await;
        counsel.get("/counsel/allegro").await.expect_status(200);
        counsel.get("/counsel").await.expect("claimed of");
        // Claimants are asked for nothing.
        app.browser_of(&ada).await.get("/claims").await.expect_status(200);
    }
}
