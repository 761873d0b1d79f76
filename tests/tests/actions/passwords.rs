//! Passwords: which are taken, how a forgotten one is replaced, and what a new one ends.

use chrono::Duration;
use claims::{
    actions::{Failure, account, sign_in},
    intake::Answers,
    passwords::Breached,
};
use tests::{App, on_both, stage};

use crate::accounts::{registration, said, session, session_count, set_up_factor, signs_in, token};

on_both! {
    async fn a_password_may_have_any_characters_and_is_taken_as_it_is_typed(database) {
        let app = App::start(&database).await;
        let long: String = (0..1_000).filter_map(|place| char::from_u32(0x4e00 + place * 7)).collect();
        let chosen = ["  white space at both ends  ", "девять громких тромбонов", "🎻🥁🎷🎸🎹🪕🪗🪘🎺🎼", "'; DROP \\ \"%00\" <b> {{name}} \t&", &long];
        for (place, password) in chosen.into_iter().enumerate() {
            let email = format!("ada{place}@example.org");
            let answers = registration(&email).with("password", password);
            let id = sign_in::register(&app.recoup, &answers, "192.0.2.1", "").await.unwrap_or_else(|failure| panic!("{password}: {failure:?}"));
            assert_eq!(signs_in(&app, &email, password).await.unwrap(), id, "{password}");
            let mut shorter: Vec<char> = password.chars().collect();
            shorter.pop();
            let shorter: String = shorter.into_iter().collect();
            for other in [shorter, password.to_uppercase() + "!", password.trim().to_owned() + " "] {
                assert!(signs_in(&app, &email, &other).await.is_err(), "{other} is not {password}");
            }
        }
        let failure = sign_in::register(&app.recoup, &registration("eve@example.org").with("password", long + "楽"), "192.0.2.1", "").await.unwrap_err();
        assert!(matches!(&failure, Failure::Invalid(errors) if errors[0].message.contains("1,000 characters")), "{failure:?}");
    }

    async fn breached_passwords_are_refused_wherever_one_is_chosen(database) {
        let mut app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        // SHA-1 of “nine stolen trombones” and of something else, as the downloader of Have I Been Pwned writes them.
        let list = database.directory().join("breached.txt");
        std::fs::write(&list, "0000000CAEF405439D57847A8657218C618160B2:15\r\n4AEBA79C58728BA9D0647379A32AA54F78DB0794:3\r\n").unwrap();
        app.recoup.passwords = app.recoup.passwords.clone().refusing(Breached::new(list).unwrap());
        let refused = "nine stolen trombones";
        let chosen = stage::answers(&[("current", stage::PASSWORD), ("password", refused)]);
        let failure = account::change_password(&app.recoup, &ada, &chosen, "session").await.unwrap_err();
        assert!(matches!(&failure, Failure::Invalid(errors) if errors[0].message.contains("stolen from some other site")), "{failure:?}");
        let failure = sign_in::register(&app.recoup, &registration("eve@example.org").with("password", refused), "192.0.2.1", "").await.unwrap_err();
        assert!(matches!(&failure, Failure::Invalid(errors) if errors[0].field == "password"), "{failure:?}");
        let chosen = stage::answers(&[("current", stage::PASSWORD), ("password", "nine bought trombones")]);
        account::change_password(&app.recoup, &ada, &chosen, "session").await.unwrap();
    }

    async fn a_forgotten_password_is_as_much_work_without_an_account(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        let mut written = Vec::new();
        for (email, client) in [("nobody@example.org", "192.0.2.1"), ("ada@example.org", "192.0.2.2")] {
            let before = database.row_counts().await;
            sign_in::forgotten(&app.recoup, &stage::answers(&[("email", email)]), client).await.unwrap();
            let after = database.row_counts().await;
            let new = after.into_iter().zip(before).map(|((table, after), (_, before))| (table, after - before));
            written.push(new.filter(|(table, new)| *new != 0 && table != "outbox").collect::<Vec<_>>());
        }
        assert_eq!(written[0], written[1]);
        assert_eq!(written[0].iter().map(|(table, new)| (table.as_str(), *new)).collect::<Vec<_>>(), [("attempts", 3), ("tokens", 1)]);
        // Nobody's mail was written too, and taken back: its number is gone.
        let kept: Vec<(i64, String)> = database.rows("SELECT id, recipient FROM outbox").await;
        assert_eq!(kept, [(2, "ada@example.org".to_owned())]);
    }

    async fn who_guesses_in_one_session_keeps_nobody_from_a_new_password_in_another(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let guess = stage::answers(&[("current", "a guess of some length"), ("password", "nine loud trombones")]);
        let change = async |typed: &Answers, session: &str| account::change_password(&app.recoup, &ada, typed, session).await;
        for _ in 0..5 {
            assert!(matches!(change(&guess, "stolen").await, Err(Failure::Invalid(_))));
        }
        assert!(matches!(change(&guess, "stolen").await, Err(Failure::TooOften(_))));
        let right = guess.clone().with("current", stage::PASSWORD);
        change(&right, "own").await.expect("the owner is not held up");

        // From many sessions it is slow too, but never long for the owner.
        let mut looked_at = 0;
        for session in 0..60 {
            if matches!(change(&guess, &format!("stolen {session}")).await, Err(Failure::Invalid(_))) {
                looked_at += 1;
            }
        }
        assert_eq!(looked_at, 50);
        let right = right.with("current", "nine loud trombones").with("password", "ten loud trombones");
        let Err(Failure::TooOften(wait)) = change(&right, "own").await else { panic!("no wait") };
        assert!(wait <= Duration::seconds(30), "{wait}");
        app.pass(wait);
        change(&right, "own").await.unwrap();
    }

    async fn a_reset_is_single_use_and_ends_every_session(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        session(&app, ada.account, "one").await;
        session(&app, ada.account, "two").await;
        let ask = stage::answers(&[("email", "ADA@example.org")]);
        sign_in::forgotten(&app.recoup, &ask, "192.0.2.1").await.unwrap();
        let first = token(&app, "reset_password", "ada@example.org").await;
        sign_in::forgotten(&app.recoup, &ask, "192.0.2.1").await.unwrap();
        let second = token(&app, "reset_password", "ada@example.org").await;
        assert_ne!(first, second);

        let new = stage::answers(&[("password", "nine loud trombones")]);
        let short = sign_in::reset(&app.recoup, &second, &stage::answers(&[("password", "short")])).await.unwrap_err();
        assert!(matches!(short, Failure::Invalid(_)), "a refused password does not use the link up");
        assert_eq!(sign_in::reset(&app.recoup, &second, &new).await.unwrap(), ada.account);
        assert_eq!(session_count(&app, ada.account).await, 0);
        for used in [&first, &second] {
            assert!(said(sign_in::reset(&app.recoup, used, &new).await.unwrap_err()).contains("used already"), "the earlier link ends too");
        }
        assert!(signs_in(&app, "ada@example.org", stage::PASSWORD).await.is_err());
        signs_in(&app, "ada@example.org", "nine loud trombones").await.unwrap();
        app.mail("password_changed", "ada@example.org").await;
    }

    async fn a_reset_link_lives_half_an_hour(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        sign_in::forgotten(&app.recoup, &stage::answers(&[("email", "ada@example.org")]), "192.0.2.1").await.unwrap();
        let token = token(&app, "reset_password", "ada@example.org").await;
        app.pass(Duration::minutes(30));
        let failure = sign_in::reset(&app.recoup, &token, &stage::answers(&[("password", "nine loud trombones")])).await.unwrap_err();
        assert!(said(failure).contains("expired"));
        signs_in(&app, "ada@example.org", stage::PASSWORD).await.unwrap();
    }

    async fn nobody_is_mailed_a_reset_who_has_no_account(database) {
        let app = App::start(&database).await;
        sign_in::forgotten(&app.recoup, &stage::answers(&[("email", "nobody@example.org")]), "192.0.2.1").await.unwrap();
        assert_eq!(app.mails().await, []);
    }

    // Checking a password takes a while: what was changed meanwhile counts.
    async fn who_signs_in_while_something_is_changed_is_not_let_in_by_what_was_before(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let proved = async |password: &str| {
            let answers = stage::answers(&[("email", "ada@example.org"), ("password", password)]);
            sign_in::sign_in(&app.recoup, &answers, "192.0.2.1").await.unwrap()
        };
        let before = proved(stage::PASSWORD).await;
        assert!(before.holds(&app.recoup, false).await.unwrap());
        let new = stage::answers(&[("current", stage::PASSWORD), ("password", "nine loud trombones")]);
        account::change_password(&app.recoup, &ada, &new, "session").await.unwrap();
        for by_code in [false, true] {
            assert!(!before.holds(&app.recoup, by_code).await.unwrap(), "its password is no longer the account's");
        }
        let after = proved("nine loud trombones").await;
        set_up_factor(&app, ada.account, "nine loud trombones").await;
        assert!(!after.holds(&app.recoup, false).await.unwrap(), "a code is asked for by now");
        assert!(after.holds(&app.recoup, true).await.unwrap());
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        account::set_disabled(&app.recoup, &root, ada.account, true).await.unwrap();
        assert!(!after.holds(&app.recoup, true).await.unwrap());
    }

    async fn a_new_password_ends_the_other_sessions(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        session(&app, ada.account, "mine").await;
        session(&app, ada.account, "other").await;
        let wrong = stage::answers(&[("current", "not this one at all"), ("password", "nine loud trombones")]);
        assert!(matches!(account::change_password(&app.recoup, &ada, &wrong, "mine").await, Err(Failure::Invalid(_))));
        assert_eq!(session_count(&app, ada.account).await, 2);
        let right = wrong.with("current", stage::PASSWORD);
        account::change_password(&app.recoup, &ada, &right, "mine").await.unwrap();
        let left = account::list_sessions(&app.recoup, &ada).await.unwrap();
        assert_eq!(left.iter().map(|session| session.id_hash.as_str()).collect::<Vec<_>>(), ["mine"]);
        signs_in(&app, "ada@example.org", "nine loud trombones").await.unwrap();
    }

    async fn the_present_password_cannot_be_guessed_inside_a_session(database) {
        let app = App::start(&database).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let guess = stage::answers(&[("current", "a guess of some length"), ("password", "nine loud trombones")]);
        for _ in 0..5 {
            assert!(matches!(account::change_password(&app.recoup, &ada, &guess, "").await, Err(Failure::Invalid(_))));
        }
        let right = guess.with("current", stage::PASSWORD);
        assert!(matches!(account::change_password(&app.recoup, &ada, &right, "").await, Err(Failure::TooOften(_))));
        app.pass(Duration::minutes(15));
        account::change_password(&app.recoup, &ada, &right, "").await.unwrap();
    }
}
