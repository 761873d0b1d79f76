//! Registering, confirming, changing the address.

use chrono::Duration;
use claims::{
    AccountId,
    access::Actor,
    actions::{
        Failure, account, second_factor,
        sign_in::{self, Confirmed},
    },
    intake::Answers,
    store::{accounts, claims as rows, sessions},
};
use tests::{App, on_both, stage};

pub fn registration(email: &str) -> Answers {
    stage::answers(&[("name", "Ada"), ("email", email), ("password", stage::PASSWORD)])
}

pub async fn register(app: &App, email: &str) -> Actor {
    let id = sign_in::register(&app.recoup, &registration(email), "192.0.2.1", "").await.unwrap();
    stage::actor(&app.recoup, id).await
}

/// The token of the last mailed link of a kind.
pub async fn token(app: &App, kind: &str, to: &str) -> String {
    app.mailed_path(kind, to).await.rsplit('/').next().unwrap().to_owned()
}

pub async fn signs_in(app: &App, email: &str, password: &str) -> Result<AccountId, Failure> {
    let answers = stage::answers(&[("email", email), ("password", password)]);
    sign_in::sign_in(&app.recoup, &answers, "192.0.2.1").await.map(|proved| proved.account)
}

/// A session of an account, as the server writes it.
pub async fn session(app: &App, account: AccountId, hash: &str) {
    let now = app.clock.now();
    let mut tx = app.recoup.store.write().await.unwrap();
    sessions::save(&mut tx, hash, Some(account), &serde_json::json!({}), "", now + Duration::days(1), now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Sets a second factor up for an account with this password.
pub async fn set_up_factor(app: &App, account: AccountId, password: &str) {
    let actor = stage::actor(&app.recoup, account).await;
    second_factor::begin(&app.recoup, &actor, &stage::answers(&[("current", password)]), "").await.unwrap();
    let standing = second_factor::standing(&app.recoup, &actor).await.unwrap();
    let second_factor::Standing::Begun(secret) = standing else { panic!("{standing:?}") };
    let code = secret.code(app.clock.now());
    let mark = second_factor::mark(&secret);
    second_factor::confirm(&app.recoup, &actor, &stage::answers(&[("code", &code)]), "", &mark).await.unwrap();
    assert!(second_factor::is_asked_of(&app.recoup, account).await.unwrap());
}

pub async fn session_count(app: &App, account: AccountId) -> usize {
    let mut tx = app.recoup.store.read().await.unwrap();
    sessions::of_account(&mut tx, account, app.clock.now()).await.unwrap().len()
}

pub fn said(failure: Failure) -> String {
    match failure {
        Failure::Said(words) => words,
        other => panic!("{other:?}"),
    }
}

on_both! {
    async fn an_address_is_confirmed_by_its_link_once(database) {
        let app = App::start(&database).await;
        let ada = register(&app, "ada@example.org").await;
        assert!(!ada.verified);
        let token = token(&app, "verify_address", "ada@example.org").await;
        sign_in::peek(&app.recoup, claims::actions::links::Purpose::Verify, &token).await.expect("looking at a link does not use it");
        let confirmed = sign_in::confirm_address(&app.recoup, &token, Some(ada.account)).await.unwrap();
        assert_eq!(confirmed, Confirmed::Address);
        assert!(stage::actor(&app.recoup, ada.account).await.verified);
        let again = sign_in::confirm_address(&app.recoup, &token, Some(ada.account)).await;
        assert!(said(again.unwrap_err()).contains("used already"));
    }

    async fn a_changed_link_is_refused(database) {
        let app = App::start(&database).await;
        register(&app, "ada@example.org").await;
        let token = token(&app, "verify_address", "ada@example.org").await;
        let mut changed = token.clone().into_bytes();
        changed[3] = if changed[3] == b'A' { b'B' } else { b'A' };
        for wrong in [String::from_utf8(changed).unwrap(), token[..token.len() - 4].to_owned(), String::new(), "ä".to_owned(), "A".repeat(43)] {
            assert!(said(sign_in::confirm_address(&app.recoup, &wrong, None).await.unwrap_err()).contains("not complete"), "{wrong}");
        }
        let other = sign_in::reset(&app.recoup, &token, &stage::answers(&[("password", "another long password")])).await;
        assert!(said(other.unwrap_err()).contains("not complete"), "a link for one thing does nothing else");
    }

    async fn a_link_expires(database) {
        let app = App::start(&database).await;
        register(&app, "ada@example.org").await;
        let token = token(&app, "verify_address", "ada@example.org").await;
        app.pass(Duration::hours(48));
        assert!(said(sign_in::confirm_address(&app.recoup, &token, None).await.unwrap_err()).contains("expired"));
    }

    async fn a_link_opened_twice_at_once_works_once(database) {
        let app = App::start(&database).await;
        register(&app, "ada@example.org").await;
        let token = token(&app, "verify_address", "ada@example.org").await;
        let opened = futures::future::join_all((0..6).map(|_| {
            let (recoup, token) = (app.recoup.clone(), token.clone());
            tokio::spawn(async move { sign_in::confirm_address(&recoup, &token, None).await.is_ok() })
        }));
        assert_eq!(opened.await.into_iter().filter(|opened| *opened.as_ref().unwrap()).count(), 1);
    }

    async fn what_an_unconfirmed_twin_entered_moves_to_the_confirmed_account(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let old = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let twin = register(&app, "Ada@Example.org").await;
        let (twin, claim) = stage::start(&app.recoup, twin.account, "allegro", "Jay Records").await;
        session(&app, twin.account, "twin").await;
        session(&app, old.account, "old").await;

        let token = token(&app, "address_known", "ada@example.org").await;
        assert_eq!(sign_in::confirm_address(&app.recoup, &token, Some(old.account)).await.unwrap(), Confirmed::MovedToOlderAccount);
        assert_eq!(stage::actor(&app.recoup, old.account).await.claimants, twin.claimants);
        assert_eq!(session_count(&app, twin.account).await, 0, "the closed account's sessions end");
        assert_eq!(session_count(&app, old.account).await, 1, "who is signed in to the account stays so");
        let mut tx = app.recoup.store.read().await.unwrap();
        assert!(accounts::actor(&mut tx, twin.account).await.unwrap().is_none(), "the twin is closed");
        assert_eq!(rows::of_account(&mut tx, old.account).await.unwrap()[0].id, claim);
        drop(tx);
        assert_eq!(signs_in(&app, "ada@example.org", stage::PASSWORD).await.unwrap(), old.account);
    }

    async fn who_began_an_account_under_anothers_address_loses_it_to_the_mailbox(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        // Eve is first, with a password of hers; Ada confirms the wrong one of two mails that look alike, where Eve is signed in.
        let eves = registration("ada@example.org").with("password", "eve has long passwords");
        let eves = sign_in::register(&app.recoup, &eves, "198.51.100.1", "").await.unwrap();
        let look_alike = token(&app, "verify_address", "ada@example.org").await;
        let ada = register(&app, "ada@example.org").await;
        let own = token(&app, "verify_address", "ada@example.org").await;
        let (ada, claim) = stage::start(&app.recoup, ada.account, "allegro", "Jay Records").await;
        assert_eq!(sign_in::confirm_address(&app.recoup, &look_alike, Some(eves)).await.unwrap(), Confirmed::Address);
        // Eve has whatever gets her back in later.
        set_up_factor(&app, eves, "eve has long passwords").await;
        session(&app, eves, "eve").await;
        let eve = stage::actor(&app.recoup, eves).await;
        let change = stage::answers(&[("email", "eve@example.org"), ("current", "eve has long passwords")]);
        account::change_address(&app.recoup, &eve, &change, "session").await.unwrap();
        let takeover = token(&app, "confirm_new_address", "eve@example.org").await;

        let confirmed = sign_in::confirm_address(&app.recoup, &own, Some(ada.account)).await.unwrap();
        let Confirmed::NewPasswordNeeded(reset) = confirmed else { panic!("{confirmed:?}") };
        assert_eq!(session_count(&app, eves).await, 0, "Eve is out");
        assert!(signs_in(&app, "ada@example.org", "eve has long passwords").await.is_err(), "and does not get in again");
        assert!(said(account::confirm_new_address(&app.recoup, &takeover, Some(eves)).await.unwrap_err()).contains("used already"));
        sign_in::reset(&app.recoup, &reset, &stage::answers(&[("password", "nine loud trombones")])).await.unwrap();
        let account = signs_in(&app, "ada@example.org", "nine loud trombones").await.unwrap();
        assert!(second_factor::is_asked_of(&app.recoup, account).await.unwrap(), "an address that was proved before keeps its factor");
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(rows::of_account(&mut tx, account).await.unwrap()[0].id, claim);
    }

    // Ada has no account, or one of her own that is signed in: neither says that the password of this one is hers.
    async fn a_mailbox_alone_confirms_an_address_and_keeps_no_password_of_a_stranger(database) {
        let app = App::start(&database).await;
        for (email, has_account) in [("ada@example.org", false), ("bea@example.org", true)] {
            let eves = registration(email).with("password", "eve has long passwords");
            let eves = sign_in::register(&app.recoup, &eves, "198.51.100.1", "").await.unwrap();
            let link = token(&app, "verify_address", email).await;
            set_up_factor(&app, eves, "eve has long passwords").await;
            session(&app, eves, &format!("eve as {email}")).await;
            let eve = stage::actor(&app.recoup, eves).await;
            let change = stage::answers(&[("email", "eve@example.org"), ("current", "eve has long passwords")]);
            account::change_address(&app.recoup, &eve, &change, "session").await.unwrap();
            let takeover = token(&app, "confirm_new_address", "eve@example.org").await;
            let own = if has_account { Some(register(&app, email).await.account) } else { None };

            let to_confirm = sign_in::to_confirm(&app.recoup, &link, own).await.unwrap();
            assert!(to_confirm.asks_password && to_confirm.email == email, "{to_confirm:?}");
            let confirmed = sign_in::confirm_address(&app.recoup, &link, own).await.unwrap();
            let Confirmed::AddressOnly(reset) = confirmed else { panic!("{confirmed:?}") };
            assert!(stage::actor(&app.recoup, eves).await.verified);
            assert_eq!(session_count(&app, eves).await, 0, "Eve is out");
            assert!(signs_in(&app, email, "eve has long passwords").await.is_err(), "and does not get in again");
            assert!(said(account::confirm_new_address(&app.recoup, &takeover, Some(eves)).await.unwrap_err()).contains("used already"));
            assert!(!second_factor::is_asked_of(&app.recoup, eves).await.unwrap(), "nobody is asked for Eve's code");
            assert!(app.mail("second_factor", email).await.subject.contains("was removed"));
            sign_in::reset(&app.recoup, &reset, &stage::answers(&[("password", "nine loud trombones")])).await.unwrap();
            assert_eq!(signs_in(&app, email, "nine loud trombones").await.unwrap(), eves);
        }
    }

    // Ada asks for a new password instead of opening the mail that she did not ask for. Once the address is hers, so is the factor.
    async fn a_new_password_by_mail_keeps_no_second_factor_from_before_the_address_was_proved(database) {
        let app = App::start(&database).await;
        let eves = registration("ada@example.org").with("password", "eve has long passwords");
        let eves = sign_in::register(&app.recoup, &eves, "198.51.100.1", "").await.unwrap();
        set_up_factor(&app, eves, "eve has long passwords").await;
        for (password, stays) in [("nine loud trombones", false), ("ten quiet bassoons", true)] {
            sign_in::forgotten(&app.recoup, &stage::answers(&[("email", "ada@example.org")]), "192.0.2.1").await.unwrap();
            let reset = token(&app, "reset_password", "ada@example.org").await;
            sign_in::reset(&app.recoup, &reset, &stage::answers(&[("password", password)])).await.unwrap();
            assert_eq!(signs_in(&app, "ada@example.org", password).await.unwrap(), eves);
            assert!(stage::actor(&app.recoup, eves).await.verified);
            assert_eq!(second_factor::is_asked_of(&app.recoup, eves).await.unwrap(), stays);
            if !stays {
                set_up_factor(&app, eves, password).await;
            }
        }
    }

    async fn who_knows_the_password_confirms_where_they_are_not_signed_in(database) {
        let app = App::start(&database).await;
        let ada = register(&app, "ada@example.org").await;
        session(&app, ada.account, "computer").await;
        let link = token(&app, "verify_address", "ada@example.org").await;
        assert!(!sign_in::to_confirm(&app.recoup, &link, Some(ada.account)).await.unwrap().asks_password);
        let typed = async |password: &str| {
            sign_in::prove(&app.recoup, claims::actions::links::Purpose::Verify, &link, &stage::answers(&[("current", password)])).await
        };
        for wrong in ["", "not this one at all"] {
            let failure = typed(wrong).await.unwrap_err();
            assert!(matches!(&failure, Failure::Invalid(errors) if errors[0].field == "current"), "{failure:?}");
        }
        let own = typed(stage::PASSWORD).await.unwrap();
        assert_eq!(own, ada.account);
        assert_eq!(sign_in::confirm_address(&app.recoup, &link, Some(own)).await.unwrap(), Confirmed::Address);
        assert_eq!(session_count(&app, ada.account).await, 1, "who is signed in elsewhere stays so");
        signs_in(&app, "ada@example.org", stage::PASSWORD).await.unwrap();
        assert!(said(typed(stage::PASSWORD).await.unwrap_err()).contains("used already"));
    }

    // A new password by mail confirms the address too: the link of before changes nothing then, whoever opens it.
    async fn a_link_for_an_address_that_was_confirmed_meanwhile_ends_nothing(database) {
        let app = App::start(&database).await;
        let ada = register(&app, "ada@example.org").await;
        let link = token(&app, "verify_address", "ada@example.org").await;
        sign_in::forgotten(&app.recoup, &stage::answers(&[("email", "ada@example.org")]), "192.0.2.1").await.unwrap();
        let reset = token(&app, "reset_password", "ada@example.org").await;
        sign_in::reset(&app.recoup, &reset, &stage::answers(&[("password", "nine loud trombones")])).await.unwrap();
        session(&app, ada.account, "ada").await;
        assert!(!sign_in::to_confirm(&app.recoup, &link, None).await.unwrap().asks_password);
        assert_eq!(sign_in::confirm_address(&app.recoup, &link, None).await.unwrap(), Confirmed::Address);
        assert_eq!(session_count(&app, ada.account).await, 1);
        signs_in(&app, "ada@example.org", "nine loud trombones").await.unwrap();
    }

    async fn the_password_of_an_account_cannot_be_guessed_by_its_link(database) {
        let app = App::start(&database).await;
        register(&app, "ada@example.org").await;
        let link = token(&app, "verify_address", "ada@example.org").await;
        let typed = async |password: &str| {
            sign_in::prove(&app.recoup, claims::actions::links::Purpose::Verify, &link, &stage::answers(&[("current", password)])).await
        };
        for _ in 0..5 {
            assert!(matches!(typed("a guess of some length").await, Err(Failure::Invalid(_))));
        }
        assert!(matches!(typed(stage::PASSWORD).await, Err(Failure::TooOften(_))));
    }

    async fn a_form_sent_twice_registers_once(database) {
        let app = App::start(&database).await;
        let sent = futures::future::join_all((0..5).map(|_| {
            let recoup = app.recoup.clone();
            tokio::spawn(async move { sign_in::register(&recoup, &registration("ada@example.org"), "192.0.2.1", "key").await.unwrap() })
        })).await;
        let made: std::collections::BTreeSet<_> = sent.into_iter().map(Result::unwrap).collect();
        assert_eq!(made.len(), 1);
        let rows = database.row_counts().await;
        for table in ["accounts", "outbox"] {
            assert!(rows.contains(&(table.to_owned(), 1)), "{rows:?}");
        }
        for (field, typed) in [("email", "eve@example.org"), ("password", "another long password")] {
            let other = registration("ada@example.org").with(field, typed);
            said(sign_in::register(&app.recoup, &other, "192.0.2.1", "key").await.unwrap_err());
        }
        assert!(database.row_counts().await.contains(&("accounts".to_owned(), 1)));
    }

    async fn only_accounts_that_are_made_count_against_an_address(database) {
        let app = App::start(&database).await;
        let registers = async |answers: &Answers, key: &str| sign_in::register(&app.recoup, answers, "192.0.2.1", key).await;
        let first = registers(&registration("ada@example.org"), "key").await.unwrap();
        for _ in 0..25 {
            assert_eq!(registers(&registration("ada@example.org"), "key").await.unwrap(), first, "the same form again");
        }
        for n in 1..20 {
            registers(&registration(&format!("person{n}@example.org")), "").await.unwrap();
        }
        assert!(matches!(registers(&registration("eve@example.org"), "").await, Err(Failure::TooOften(_))), "twenty were made");
    }

    async fn who_registers_an_unconfirmed_address_again_takes_nothing_over(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let first = register(&app, "ada@example.org").await;
        let second = registration("ada@example.org").with("password", "another long password");
        let second = sign_in::register(&app.recoup, &second, "198.51.100.1", "").await.unwrap();
        let third = registration("ada@example.org").with("password", "a third long password");
        let third = sign_in::register(&app.recoup, &third, "198.51.100.2", "").await.unwrap();
        assert_eq!(signs_in(&app, "ada@example.org", stage::PASSWORD).await.unwrap(), first.account);
        assert_eq!(signs_in(&app, "ada@example.org", "a third long password").await.unwrap(), third);
        let (third, claim) = stage::start(&app.recoup, third, "allegro", "Jay Records").await;

        // Who reads the mailbox gets the first account, and is offered what the newest holds.
        sign_in::forgotten(&app.recoup, &stage::answers(&[("email", "ada@example.org")]), "192.0.2.1").await.unwrap();
        let reset = token(&app, "reset_password", "ada@example.org").await;
        sign_in::reset(&app.recoup, &reset, &stage::answers(&[("password", "quite a new password")])).await.unwrap();
        assert_eq!(signs_in(&app, "ada@example.org", "quite a new password").await.unwrap(), first.account);
        for twin in ["another long password", "a third long password"] {
            assert!(signs_in(&app, "ada@example.org", twin).await.is_err(), "the address is proved now");
        }
        let offer = token(&app, "address_known", "ada@example.org").await;
        assert_eq!(sign_in::confirm_address(&app.recoup, &offer, Some(first.account)).await.unwrap(), Confirmed::MovedToOlderAccount);
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(rows::of_account(&mut tx, first.account).await.unwrap()[0].id, claim);
        assert!(accounts::actor(&mut tx, third.account).await.unwrap().is_none());
        assert!(accounts::actor(&mut tx, second).await.unwrap().is_some_and(|second| !second.verified));
    }

    async fn twins_that_confirm_at_the_same_moment_become_one(database) {
        let app = App::start(&database).await;
        let mut links = Vec::new();
        for password in ["the first long password", "the second long password"] {
            let answers = registration("ada@example.org").with("password", password);
            let twin = sign_in::register(&app.recoup, &answers, "192.0.2.1", "").await.unwrap();
            links.push((twin, token(&app, "verify_address", "ada@example.org").await));
        }
        let confirmed = futures::future::join_all(links.into_iter().map(|(twin, link)| {
            let recoup = app.recoup.clone();
            tokio::spawn(async move { sign_in::confirm_address(&recoup, &link, Some(twin)).await.unwrap() })
        })).await;
        let mut confirmed: Vec<_> = confirmed.into_iter().map(Result::unwrap).collect();
        confirmed.sort_by_key(|confirmed| *confirmed != Confirmed::Address);
        assert!(matches!(confirmed.as_slice(), [Confirmed::Address, Confirmed::NewPasswordNeeded(_)]), "{confirmed:?}");
    }

    async fn nothing_is_stored_of_a_wrong_registration(database) {
        let app = App::start(&database).await;
        let before = database.row_counts().await;
        for (field, typed) in [
            ("email", "nonsense"), ("password", "short"), ("password", "password123"), ("password", "1234567891011"), ("password", "adaexample"), ("password", "ada@example.org"), ("name", ""),
        ] {
            let failure = sign_in::register(&app.recoup, &registration("ada@example.org").with(field, typed), "192.0.2.1", "").await.unwrap_err();
            let Failure::Invalid(errors) = failure else { panic!("{failure:?}") };
            assert_eq!(errors[0].field, field);
        }
        assert_eq!(database.row_counts().await, before);
    }

    async fn mails_to_one_address_are_limited(database) {
        let app = App::start(&database).await;
        let ada = register(&app, "ada@example.org").await;
        let mut asked = 0;
        while sign_in::mail_confirmation_again(&app.recoup, &ada).await.is_ok() {
            asked += 1;
            assert!(asked < 50, "somebody's mailbox can be filled without end");
        }
        assert_eq!(asked, 5);
        let forgotten = stage::answers(&[("email", "ADA@example.org")]);
        for client in ["198.51.100.1", "198.51.100.2"] {
            for _ in 0..5 {
                sign_in::forgotten(&app.recoup, &forgotten, client).await.unwrap();
            }
            let failure = sign_in::forgotten(&app.recoup, &forgotten, client).await.unwrap_err();
            assert!(matches!(failure, Failure::TooOften(_)), "the same mailbox by another form: {failure:?}");
            let failure = sign_in::register(&app.recoup, &registration("ada@example.org"), client, "").await.unwrap_err();
            assert!(matches!(failure, Failure::TooOften(_)), "and by a third: {failure:?}");
        }
        assert_eq!(app.mails().await.len(), 10, "the others wait");
        app.pass(Duration::hours(1));
        sign_in::mail_confirmation_again(&app.recoup, &ada).await.unwrap();
    }

    async fn who_changes_an_address_again_and_again_fills_no_mailbox(database) {
        let app = App::start(&database).await;
        let ada = register(&app, "ada@example.org").await;
        let mut asked = 0;
        loop {
            let new = format!("new{asked}@example.org");
            let change = stage::answers(&[("email", new.as_str()), ("current", stage::PASSWORD)]);
            if account::change_address(&app.recoup, &ada, &change, "session").await.is_err() {
                break;
            }
            asked += 1;
            assert!(asked < 50, "the mailbox that is left can be filled without end");
        }
        assert_eq!(asked, 5);
        assert_eq!(app.mails().await.iter().filter(|mail| mail.kind == "address_changed").count(), 5);
    }

    async fn nobody_is_kept_from_registering_by_mails_that_a_stranger_asks_for(database) {
        let app = App::start(&database).await;
        let forgotten = async |client: usize| {
            sign_in::forgotten(&app.recoup, &stage::answers(&[("email", "ada@example.org")]), &format!("198.51.100.{client}")).await
        };
        for _ in 0..5 {
            for client in 0..10 {
                forgotten(client).await.unwrap();
            }
        }
        assert!(matches!(forgotten(0).await, Err(Failure::TooOften(_))));
        assert_eq!(app.mails().await, [], "there is no account");
        let ada = register(&app, "ada@example.org").await;
        app.mail("verify_address", "ada@example.org").await;

        // Now there is one, and mails go to it: ten at once, further ones later and later, and not without end.
        for client in 20..60 {
            forgotten(client).await.unwrap();
        }
        assert_eq!(app.mails().await.len(), 10);
        let twin = registration("ada@example.org").with("password", "another long password");
        sign_in::register(&app.recoup, &twin, "192.0.2.2", "").await.expect("an account without a mail, which is asked for later");
        app.pass(Duration::seconds(60));
        assert_eq!(app.mails().await.len(), 11);
        app.pass(Duration::seconds(19_800));
        assert_eq!(app.mails().await.len(), 25);
        // The life of a link begins when its mail leaves.
        let link = token(&app, "reset_password", "ada@example.org").await;
        let new = stage::answers(&[("password", "nine loud trombones")]);
        assert_eq!(sign_in::reset(&app.recoup, &link, &new).await.unwrap(), ada.account);
    }

    async fn an_account_is_made_though_its_mail_has_to_wait(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let forgotten = stage::answers(&[("email", "ada@example.org")]);
        for client in 0..10 {
            sign_in::forgotten(&app.recoup, &forgotten, &format!("198.51.100.{client}")).await.unwrap();
        }
        let twin = register(&app, "ada@example.org").await;
        let kinds = async || app.mails().await.into_iter().filter(|mail| mail.kind == "address_known").count();
        assert_eq!(kinds().await, 0);
        app.pass(Duration::seconds(60));
        assert_eq!(kinds().await, 1);
        app.pass(Duration::hours(48) - Duration::seconds(1));
        let link = token(&app, "address_known", "ada@example.org").await;
        let confirmed = sign_in::confirm_address(&app.recoup, &link, Some(ada.account)).await.unwrap();
        assert_eq!(confirmed, Confirmed::MovedToOlderAccount);
        let mut tx = app.recoup.store.read().await.unwrap();
        assert!(accounts::actor(&mut tx, twin.account).await.unwrap().is_none());
    }

    async fn a_new_address_counts_when_its_link_is_opened(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let change = stage::answers(&[("email", "Ada@New.example"), ("current", stage::PASSWORD)]);
        account::change_address(&app.recoup, &ada, &change, "session").await.unwrap();
        app.mail("address_changed", "ada@example.org").await;
        assert_eq!(stage::actor(&app.recoup, ada.account).await.email, "ada@example.org");
        let token = token(&app, "confirm_new_address", "ada@new.example").await;
        account::confirm_new_address(&app.recoup, &token, Some(ada.account)).await.unwrap();
        assert_eq!(stage::actor(&app.recoup, ada.account).await.email, "Ada@New.example");
        signs_in(&app, "ada@new.example", stage::PASSWORD).await.unwrap();
        assert!(signs_in(&app, "ada@example.org", stage::PASSWORD).await.is_err());
        let told = app.mail("address_left", "ada@example.org").await;
        assert!(told.body_text.contains("Ada@New.example"), "{}", told.body_text);
    }

    async fn a_new_password_ends_a_change_of_address_that_somebody_else_began(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let change = stage::answers(&[("email", "eve@example.org"), ("current", stage::PASSWORD)]);
        let begun = async || {
            account::change_address(&app.recoup, &ada, &change, "session").await.unwrap();
            token(&app, "confirm_new_address", "eve@example.org").await
        };
        let by_reset = begun().await;
        sign_in::forgotten(&app.recoup, &stage::answers(&[("email", "ada@example.org")]), "192.0.2.1").await.unwrap();
        let reset = token(&app, "reset_password", "ada@example.org").await;
        sign_in::reset(&app.recoup, &reset, &stage::answers(&[("password", stage::PASSWORD)])).await.unwrap();
        let by_form = begun().await;
        let new = stage::answers(&[("current", stage::PASSWORD), ("password", "nine loud trombones")]);
        account::change_password(&app.recoup, &ada, &new, "session").await.unwrap();
        for ended in [by_reset, by_form] {
            assert!(said(account::confirm_new_address(&app.recoup, &ended, Some(ada.account)).await.unwrap_err()).contains("used already"));
        }
        assert_eq!(stage::actor(&app.recoup, ada.account).await.email, "ada@example.org");
    }

    // Eve types the address of somebody who is to be invited as counsel: their click must not give her account their address.
    async fn a_new_address_is_confirmed_by_whoever_has_the_account(database) {
        let app = App::start(&database).await;
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let lee = stage::person(&app.recoup, "lee@law.example", false, false).await;
        let change = stage::answers(&[("email", "lee@law.example"), ("current", stage::PASSWORD)]);
        account::change_address(&app.recoup, &eve, &change, "session").await.unwrap();
        let token = token(&app, "confirm_new_address", "lee@law.example").await;
        for other in [None, Some(lee.account)] {
            assert!(said(account::confirm_new_address(&app.recoup, &token, other).await.unwrap_err()).contains("for another account"));
        }
        assert_eq!(stage::actor(&app.recoup, eve.account).await.email, "eve@example.org");
        let found = account::to_confirm_new_address(&app.recoup, &token).await.expect("it was not used");
        assert_eq!((found.account, found.old.as_str(), found.new.as_str()), (eve.account, "eve@example.org", "lee@law.example"));
        // Over HTTP: whoever is not signed in to the account gives its password.
        let (stranger, path) = (app.browser_of(&lee).await, format!("/confirm-address/{token}"));
        let page = stranger.get(&path).await;
        page.expect("the account that has the address eve@example.org until now");
        assert_eq!(stranger.send(page.form(&path)).await.path, path);
        let wrong = stranger.send(page.form(&path).fill("current", "a wrong password")).await;
        wrong.expect("If the account is not yours, leave this page: nothing changes.");
        assert_eq!(stage::actor(&app.recoup, eve.account).await.email, "eve@example.org");
        stranger.send(page.form(&path).fill("current", stage::PASSWORD)).await.expect_status(200);
        assert_eq!(stage::actor(&app.recoup, eve.account).await.email, "lee@law.example");
    }

    async fn a_second_factor_is_finished_where_it_was_begun_and_soon(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let begin = async || {
            second_factor::begin(&app.recoup, &ada, &stage::answers(&[("current", stage::PASSWORD)]), "").await.unwrap()
        };
        let mark = begin().await;
        let standing = second_factor::standing(&app.recoup, &ada).await.unwrap();
        let second_factor::Standing::Begun(secret) = standing else { panic!("{standing:?}") };
        assert_eq!(second_factor::mark(&secret), mark);
        let confirm = async |mark: &str| {
            let code = stage::answers(&[("code", &secret.code(app.clock.now()))]);
            second_factor::confirm(&app.recoup, &ada, &code, "", mark).await
        };
        for elsewhere in ["", "another"] {
            assert!(said(confirm(elsewhere).await.unwrap_err()).contains("nothing to confirm"), "{elsewhere}");
        }
        app.pass(Duration::minutes(15));
        assert_eq!(second_factor::standing(&app.recoup, &ada).await.unwrap(), second_factor::Standing::None);
        assert!(said(confirm(&mark).await.unwrap_err()).contains("nothing to confirm"), "it waited too long");
        // On the pages: another session of the account asks for the password anew.
        let (here, elsewhere) = (app.browser_of(&ada).await, app.browser_of(&ada).await);
        let path = "/account/second-factor";
        let form = here.get(path).await.form("/account/second-factor/begin").fill("current", stage::PASSWORD);
        here.send(form).await.expect("Let it read this picture");
        assert!(!elsewhere.get(path).await.text().contains("Let it read this picture"));
        let _ = elsewhere.get(path).await.form("/account/second-factor/begin");
        here.get(path).await.expect("Let it read this picture");
    }

    async fn a_new_address_ends_the_links_that_went_to_the_old_one(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        sign_in::forgotten(&app.recoup, &stage::answers(&[("email", "ada@example.org")]), "192.0.2.1").await.unwrap();
        let reset = token(&app, "reset_password", "ada@example.org").await;
        let change = stage::answers(&[("email", "ada@new.example"), ("current", stage::PASSWORD)]);
        account::change_address(&app.recoup, &ada, &change, "session").await.unwrap();
        let link = token(&app, "confirm_new_address", "ada@new.example").await;
        account::confirm_new_address(&app.recoup, &link, Some(ada.account)).await.unwrap();
        let late = sign_in::reset(&app.recoup, &reset, &stage::answers(&[("password", "nine loud trombones")])).await;
        assert!(said(late.unwrap_err()).contains("used already"));
    }

    async fn a_new_address_that_is_anothers_is_refused_when_the_link_is_opened(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let change = stage::answers(&[("email", "bea@example.org"), ("current", stage::PASSWORD)]);
        account::change_address(&app.recoup, &ada, &change, "session").await.expect("the answer does not tell that the address is known");
        stage::person(&app.recoup, "bea@example.org", true, false).await;
        let token = token(&app, "confirm_new_address", "bea@example.org").await;
        assert!(said(account::confirm_new_address(&app.recoup, &token, Some(ada.account)).await.unwrap_err()).contains("another account"));
        assert_eq!(stage::actor(&app.recoup, ada.account).await.email, "ada@example.org");
    }

    async fn the_first_administrators_link_works_once_and_only_without_an_administrator(database) {
        let app = App::start(&database).await;
        let old = account::first_administrator_link(&app.recoup).await.unwrap().unwrap();
        let link = account::first_administrator_link(&app.recoup).await.unwrap().unwrap();
        let token = |link: &str| link.rsplit('/').next().unwrap().to_owned();
        assert!(account::become_first_administrator(&app.recoup, &token(&old), &registration("root@example.org")).await.is_err(), "a later start ends the earlier link");
        let id = account::become_first_administrator(&app.recoup, &token(&link), &registration("root@example.org")).await.unwrap();
        let root = stage::actor(&app.recoup, id).await;
        assert!(root.administrator && root.verified);
        assert!(account::become_first_administrator(&app.recoup, &token(&link), &registration("eve@example.org")).await.is_err());
        assert_eq!(account::first_administrator_link(&app.recoup).await.unwrap(), None);
    }

    async fn a_disabled_account_is_out_at_once(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        session(&app, ada.account, "ada").await;
        assert!(matches!(account::set_disabled(&app.recoup, &ada, root.account, true).await, Err(Failure::Refused(_))));
        assert!(account::set_disabled(&app.recoup, &root, root.account, true).await.is_err(), "nobody locks themselves out");
        account::set_disabled(&app.recoup, &root, ada.account, true).await.unwrap();
        assert_eq!(session_count(&app, ada.account).await, 0);
        assert!(signs_in(&app, "ada@example.org", stage::PASSWORD).await.is_err());
        account::set_disabled(&app.recoup, &root, ada.account, false).await.unwrap();
        signs_in(&app, "ada@example.org", stage::PASSWORD).await.unwrap();
    }
}
