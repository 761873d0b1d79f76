//! Guessing passwords gets slower; the owner gets in.

use chrono::Duration;
use claims::actions::{
    Failure,
    sign_in::{register, sign_in},
};
use tests::{App, on_both, stage};

const OWNER: &str = "192.0.2.1";

async fn attempt(app: &App, email: &str, password: &str, client: &str) -> Result<(), Failure> {
    sign_in(&app.recoup, &stage::answers(&[("email", email), ("password", password)]), client).await.map(drop)
}

async fn wait_after_a_guess(app: &App, client: &str) -> Option<Duration> {
    match attempt(app, "ada@example.org", "a wrong password", client).await {
        Err(Failure::Invalid(errors)) => {
            assert_eq!(errors.len(), 1);
            None
        }
        Err(Failure::TooOften(wait)) => Some(wait),
        other => panic!("{other:?}"),
    }
}

on_both! {
    async fn the_wait_of_one_who_guesses_grows_and_ends(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        for _ in 0..5 {
            assert_eq!(wait_after_a_guess(&app, "198.51.100.1").await, None);
        }
        let mut waits = Vec::new();
        for _ in 0..4 {
            let wait = wait_after_a_guess(&app, "198.51.100.1").await.expect("a wait");
            assert_eq!(wait_after_a_guess(&app, "198.51.100.1").await, Some(wait), "asking again during the wait does not lengthen it");
            let right = attempt(&app, "ada@example.org", stage::PASSWORD, "198.51.100.1").await;
            assert!(matches!(right, Err(Failure::TooOften(_))), "the right password does not end the wait either");
            waits.push(wait.num_seconds());
            app.pass(wait);
            assert_eq!(wait_after_a_guess(&app, "198.51.100.1").await, None, "the wait is over");
        }
        assert_eq!(waits, [2, 4, 8, 16]);
        attempt(&app, "ada@example.org", stage::PASSWORD, OWNER).await.expect("the owner elsewhere is not held up");
    }

    async fn a_success_begins_anew(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        for _ in 0..3 {
            for _ in 0..4 {
                assert_eq!(wait_after_a_guess(&app, OWNER).await, None);
            }
            attempt(&app, "ada@example.org", stage::PASSWORD, OWNER).await.unwrap();
        }
    }

    async fn a_stranger_cannot_lock_the_owner_out(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        // Guesses from many addresses: each is below its own limits, together they are over the account's.
        for n in 0..70 {
            let client = format!("198.51.100.{n}");
            if let Some(wait) = wait_after_a_guess(&app, &client).await {
                assert!(wait <= Duration::seconds(30), "{wait}");
                app.pass(wait);
            }
        }
        match attempt(&app, "ada@example.org", stage::PASSWORD, OWNER).await {
            Ok(()) => {}
            Err(Failure::TooOften(wait)) => {
                assert!(wait <= Duration::seconds(30), "the owner would wait {wait}");
                app.pass(wait);
                attempt(&app, "ada@example.org", stage::PASSWORD, OWNER).await.unwrap();
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn one_client_cannot_try_every_address(database) {
        let app = App::start(&database).await;
        let mut tried = 0;
        while !matches!(attempt(&app, &format!("{tried}@example.org"), "a wrong password", "198.51.100.1").await, Err(Failure::TooOften(_))) {
            tried += 1;
            assert!(tried < 100);
        }
        assert_eq!(tried, 30);
    }

    async fn who_gets_in_locks_nobody_out_behind_the_same_address(database) {
        let app = App::start(&database).await;
        for email in ["ada@example.org", "bob@example.org"] {
            stage::person(&app.recoup, email, true, false).await;
        }
        for n in 0..40 {
            let email = if n % 2 == 0 { "ada@example.org" } else { "bob@example.org" };
            attempt(&app, email, stage::PASSWORD, OWNER).await.unwrap_or_else(|failure| panic!("sign-in {n}: {failure}"));
        }
        // What somebody else got wrong still makes everybody wait; signing in after the wait begins no other one.
        let mut wrong = 0;
        let wait = loop {
            match attempt(&app, &format!("{wrong}@example.org"), "a wrong password", OWNER).await {
                Err(Failure::TooOften(wait)) if wrong >= 35 => break wait,
                Err(Failure::TooOften(wait)) => app.pass(wait),
                _ => wrong += 1,
            }
        };
        assert!(matches!(attempt(&app, "ada@example.org", stage::PASSWORD, OWNER).await, Err(Failure::TooOften(_))));
        app.pass(wait);
        for email in ["ada@example.org", "bob@example.org", "ada@example.org"] {
            attempt(&app, email, stage::PASSWORD, OWNER).await.expect("the wait is over for everybody");
        }
    }

    async fn an_account_of_ones_own_under_the_same_address_takes_no_guess_back(database) {
        // Whoever began first, or last.
        for owner_is_first in [true, false] {
            let database = database.another(database.kind()).await;
            let app = App::start(&database).await;
            let passwords = if owner_is_first { [stage::PASSWORD, "a stranger's own password"] } else { ["a stranger's own password", stage::PASSWORD] };
            for password in passwords {
                let answers = stage::answers(&[("name", "Ada"), ("email", "ada@example.org"), ("password", password)]);
                register(&app.recoup, &answers, "203.0.113.1", "").await.unwrap();
            }
            let mut guesses = 0;
            while wait_after_a_guess(&app, "198.51.100.1").await.is_none() {
                guesses += 1;
                assert!(guesses <= 5, "the stranger's own account gives guesses back");
                if guesses < 5 {
                    attempt(&app, "ada@example.org", "a stranger's own password", "198.51.100.1").await.unwrap();
                }
            }
            attempt(&app, "ada@example.org", stage::PASSWORD, OWNER).await.expect("the owner elsewhere is not held up");
        }
    }

    async fn an_account_of_ones_own_takes_no_guess_back(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "eve@example.org", true, false).await;
        let mut guesses = 0;
        loop {
            match attempt(&app, &format!("{guesses}@example.org"), "a wrong password", OWNER).await {
                Err(Failure::TooOften(_)) => break,
                _ => guesses += 1,
            }
            assert!(guesses < 100);
            if guesses < 30 {
                attempt(&app, "eve@example.org", stage::PASSWORD, OWNER).await.unwrap();
            }
        }
        assert_eq!(guesses, 30, "as many as without the account, and not fewer");
    }

    async fn guesses_at_once_are_counted(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        let guesses = (0..40).map(|_| {
            let recoup = app.recoup.clone();
            tokio::spawn(async move {
                let answers = stage::answers(&[("email", "ada@example.org"), ("password", "a wrong password")]);
                matches!(sign_in(&recoup, &answers, "198.51.100.1").await, Err(Failure::Invalid(_)))
            })
        });
        let looked_at = futures::future::join_all(guesses).await.into_iter().filter(|guess| *guess.as_ref().unwrap()).count();
        assert_eq!(looked_at, 5, "only the free guesses reach the password");
    }

    async fn unknown_and_known_addresses_get_the_same_answer(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        let answer = async |email: &str| format!("{:?}", attempt(&app, email, "a wrong password", "198.51.100.1").await.unwrap_err());
        for _ in 0..5 {
            assert_eq!(answer("ada@example.org").await, answer("nobody@example.org").await);
        }
        let known = answer("ada@example.org").await;
        assert!(known.contains("TooOften"));
        assert_eq!(known, answer("nobody@example.org").await, "the wait is the same too");
    }
}
