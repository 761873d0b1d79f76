//! Whoever finds a session of theirs that they do not know ends it, and no other; and whose mailbox it is ends those of a stranger.

use tests::{App, Browser, html, on_both, stage};

on_both! {
    async fn an_account_that_somebody_else_began_belongs_to_its_mailbox(database) {
        let app = App::start(&database).await;
        let (eve, ada) = (app.browser(), app.browser());
        let registered = async |browser: &Browser, password: &str| {
            let form = browser.get("/register").await.form("/register").fill("name", "Ada").fill("email", "ada@example.org");
            browser.send(form.fill("password", password)).await.expect_status(200);
            app.mailed_path("verify_address", "ada@example.org").await
        };
        let look_alike = registered(&eve, "eve has long passwords").await;
        let own = registered(&ada, stage::PASSWORD).await;
        // Ada takes the mail that Eve caused for hers: her password is not the one of that account.
        let page = ada.get(&look_alike).await;
        let page = ada.send(page.form(&look_alike).fill("current", stage::PASSWORD)).await;
        page.expect("This is not the password of the account.");
        assert_eq!(eve.get("/account").await.path, "/account");
        let page = ada.click(&page, "Choose a new password").await;
        page.expect("every session of it is signed out");
        let page = ada.send(page.form(&format!("{look_alike}?password=new"))).await;
        page.expect("Your e-mail address is confirmed. The password that the account had no longer works");
        assert!(page.path.starts_with("/reset/"), "{}", page.path);
        assert!(eve.get("/account").await.path.starts_with("/sign-in"), "Eve is out");
        assert_eq!(ada.get("/account").await.path, "/account", "of her own account nothing ended");
        // Then she finds her own.
        let page = ada.get(&own).await;
        let page = ada.send(page.form(&own)).await;
        page.expect("What you entered was moved there");
        assert!(page.path.starts_with("/reset/"), "{}", page.path);
        assert!(ada.get("/account").await.path.starts_with("/sign-in"), "the account of her session is closed");
        let form = page.form(&page.path).fill("password", "nine loud trombones");
        ada.send(form).await.expect("Your new password is set");
        let sign_in = async |browser: &Browser, password: &str| {
            let form = browser.get("/sign-in").await.form("/sign-in").fill("email", "ada@example.org");
            browser.send(form.fill("password", password)).await
        };
        sign_in(&eve, "eve has long passwords").await.expect("do not fit together");
        assert_eq!(sign_in(&ada, "nine loud trombones").await.path, "/claims");
    }

    async fn who_opens_the_mail_on_another_device_gives_the_password_once(database) {
        let app = App::start(&database).await;
        let (computer, telephone) = (app.browser(), app.browser());
        let form = computer.get("/register").await.form("/register").fill("name", "Ada").fill("email", "ada@example.org");
        computer.send(form.fill("password", stage::PASSWORD)).await.expect_status(200);
        let link = app.mailed_path("verify_address", "ada@example.org").await;
        let page = telephone.get(&link).await;
        page.expect("The password says that it was you who registered.");
        let form = page.form(&link);
        telephone.send(form.clone().fill("current", "not this one at all")).await.expect_status(422);
        let page = telephone.send(form.fill("current", stage::PASSWORD)).await;
        page.expect("Your e-mail address is confirmed.");
        for browser in [&computer, &telephone] {
            assert_eq!(browser.get("/claims").await.path, "/claims");
        }
        computer.get("/account").await.expect_no("not confirmed yet");
        telephone.get(&link).await.expect_status(410);
    }

    async fn who_is_signed_in_to_a_third_account_stays_so(database) {
        let app = App::start(&database).await;
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let old = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let (third, there) = (app.browser_of(&eve).await, app.browser_of(&old).await);
        let twin = app.browser();
        let form = twin.get("/register").await.form("/register").fill("name", "Ada").fill("email", "ada@example.org");
        twin.send(form.fill("password", "another long password")).await.expect_status(200);
        let link = app.mailed_path("address_known", "ada@example.org").await;
        let page = third.get(&link).await;
        let page = third.send(page.form(&link)).await;
        page.expect("What you entered was moved there");
        assert!(page.path.starts_with("/reset/"), "{}", page.path);
        for ended in [&twin, &there] {
            assert!(ended.get("/account").await.path.starts_with("/sign-in"));
        }
        third.get("/account").await.expect("eve@example.org");
    }

    async fn what_is_moved_into_the_account_that_is_signed_in_signs_nobody_out(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        let (here, there) = (app.signed_in("ada@example.org").await, app.signed_in("ada@example.org").await);
        let twin = app.browser();
        let form = twin.get("/register").await.form("/register").fill("name", "Ada").fill("email", "ada@example.org");
        twin.send(form.fill("password", "another long password")).await.expect_status(200);
        let link = app.mailed_path("address_known", "ada@example.org").await;
        let page = here.get(&link).await;
        let page = here.send(page.form(&link)).await;
        page.expect("was moved into this one");
        assert_eq!((page.path.as_str(), there.get("/claims").await.path.as_str()), ("/claims", "/claims"));
        assert!(twin.get("/account").await.path.starts_with("/sign-in"), "the other account is closed");
        app.signed_in("ada@example.org").await.get("/account").await.expect("ada@example.org");
    }

    async fn signing_out_everywhere_ends_every_session_of_ones_own(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        stage::person(&app.recoup, "eve@example.org", true, false).await;
        let (here, there, eve) =
            (app.signed_in("ada@example.org").await, app.signed_in("ada@example.org").await, app.signed_in("eve@example.org").await);
        let out = here.get("/account").await.form("/account/sign-out-everywhere");
        here.send(out).await.expect_status(200);
        for ended in [&here, &there] {
            assert!(ended.get("/claims").await.path.starts_with("/sign-in"));
        }
        assert_eq!(eve.get("/claims").await.path, "/claims", "another's goes on");
        app.signed_in("ada@example.org").await.get("/claims").await.expect_status(200);
    }

    async fn one_session_is_ended_from_another(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        stage::person(&app.recoup, "eve@example.org", true, false).await;
        let (here, there, eve) =
            (app.signed_in("ada@example.org").await, app.signed_in("ada@example.org").await, app.signed_in("eve@example.org").await);
        let page = here.get("/account").await;
        assert_eq!(html::table(&page.body, "Sessions of your account").expect("the sessions").len(), 3, "two, and the head");
        let ends: Vec<_> = page.forms().into_iter().filter(|form| form.action == "/account/end-session").collect();
        assert_eq!(ends.len(), 1, "not the one that is looking");
        // Somebody else's account knows no such session.
        let forged = eve.get("/account").await.form("/account/sign-out-everywhere");
        assert!(!forged.has("session"));
        let answer = eve.request("POST", "/account/end-session").header("sec-fetch-site", "same-origin");
        let name = ends[0].value("session").expect("the name of the session").to_owned();
        assert_eq!(answer.form(&[("session", name.as_str())]).send().await.unwrap().status().as_u16(), 303);
        assert_eq!(there.get("/claims").await.path, "/claims", "it goes on");
        here.send(ends[0].clone()).await.expect("The session is ended");
        assert!(there.get("/claims").await.path.starts_with("/sign-in"));
        assert_eq!(here.get("/claims").await.path, "/claims");
        here.send(ends[0].clone()).await.expect("The session is ended");
        assert_eq!(here.get("/account").await.forms().into_iter().filter(|form| form.action == "/account/end-session").count(), 0);
    }
}
