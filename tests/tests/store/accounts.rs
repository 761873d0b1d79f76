//! Accounts, tokens, sessions, attempts, idempotency keys, jobs.

use chrono::Duration;
use claims::store::{
    Store, accounts, attempts, is_unique_violation, jobs, sessions, submissions,
    tokens::{self, NewToken},
};
use tests::on_both;

use crate::concurrency::start;

async fn account(store: &Store, email: &str, verified: bool) -> Result<claims::AccountId, claims::store::Error> {
    let mut tx = store.write().await?;
    let id = accounts::add(&mut tx, email, "A", "hash", false, verified.then(start), start()).await?;
    tx.commit().await?;
    Ok(id)
}

on_both! {
    async fn an_address_is_unique_among_those_who_proved_it(database) {
        let store = database.store().await;
        let first = account(&store, "Ada@Example.org", false).await.unwrap();
        let second = account(&store, " ada@example.ORG", false).await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert_eq!(accounts::by_email(&mut tx, "ADA@example.org").await.unwrap().unwrap().id, first, "who came first is not displaced");
        assert_eq!(accounts::newest_unproved(&mut tx, "ADA@example.org").await.unwrap().unwrap().id, second);
        accounts::set_verified(&mut tx, first, start()).await.unwrap();
        assert_eq!(accounts::by_email(&mut tx, "ada@example.org").await.unwrap().unwrap().id, first, "who proved it counts");
        assert_eq!(accounts::newest_unproved(&mut tx, "ada@example.org").await.unwrap(), None);
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        let error = accounts::set_verified(&mut tx, second, start()).await.unwrap_err();
        assert!(is_unique_violation(&error), "{error}");
        drop(tx);
        assert!(is_unique_violation(&account(&store, "ada@example.org", true).await.unwrap_err()));
        account(&store, "ada@example.org", false).await.expect("somebody may begin with a known address");
    }

    async fn a_first_confirmation_stays(database) {
        let store = database.store().await;
        let id = account(&store, "a@example.org", false).await.unwrap();
        let mut tx = store.write().await.unwrap();
        accounts::set_verified(&mut tx, id, start()).await.unwrap();
        accounts::set_verified(&mut tx, id, start() + Duration::days(1)).await.unwrap();
        assert_eq!(accounts::by_id(&mut tx, id).await.unwrap().unwrap().verified_at, Some(start()));
    }

    async fn a_disabled_account_is_nobody(database) {
        let store = database.store().await;
        let id = account(&store, "a@example.org", true).await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert!(accounts::actor(&mut tx, id).await.unwrap().is_some());
        accounts::set_disabled(&mut tx, id, Some(start())).await.unwrap();
        assert!(accounts::actor(&mut tx, id).await.unwrap().is_none());
        accounts::set_disabled(&mut tx, id, None).await.unwrap();
        assert!(accounts::actor(&mut tx, id).await.unwrap().is_some());
    }

    async fn a_token_is_spent_once_by_two_at_once(database) {
        let store = database.store().await;
        let mut tx = store.write().await.unwrap();
        let new = NewToken { hash: "h", purpose: "verify", account_id: None, email: Some("a@example.org"), case_id: None, expires_at: start() + Duration::hours(1) };
        tokens::add(&mut tx, &new, start()).await.unwrap();
        assert_eq!(tokens::find(&mut tx, "h", "reset").await.unwrap(), None, "another purpose is another token");
        let id = tokens::find(&mut tx, "h", "verify").await.unwrap().unwrap().id;
        tx.commit().await.unwrap();

        let spenders = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut tx = store.write().await.unwrap();
                let spent = tokens::spend(&mut tx, id, start()).await.unwrap();
                tx.commit().await.unwrap();
                spent
            })
        });
        let spent = futures::future::join_all(spenders).await;
        assert_eq!(spent.into_iter().filter(|spent| *spent.as_ref().unwrap()).count(), 1);
    }

    async fn sessions_end(database) {
        let store = database.store().await;
        let (a, b) = (account(&store, "a@example.org", true).await.unwrap(), account(&store, "b@example.org", true).await.unwrap());
        let mut tx = store.write().await.unwrap();
        let data = serde_json::json!({ "account": 1, "notice": "ä “quoted”" });
        for (hash, of) in [("a1", a), ("a2", a), ("b1", b)] {
            sessions::save(&mut tx, hash, Some(of), &data, "Firefox", start() + Duration::hours(1), start()).await.unwrap();
        }
        assert_eq!(sessions::load(&mut tx, "a1", start()).await.unwrap(), Some((data.clone(), start() + Duration::hours(1))));
        assert_eq!(sessions::load(&mut tx, "a1", start() + Duration::hours(1)).await.unwrap(), None, "expired");
        assert_eq!(sessions::of_account(&mut tx, a, start()).await.unwrap().len(), 2);
        assert_eq!(sessions::delete_of_account(&mut tx, a, Some("a2")).await.unwrap(), 1);
        assert_eq!(sessions::load(&mut tx, "a1", start()).await.unwrap(), None);
        assert!(sessions::load(&mut tx, "a2", start()).await.unwrap().is_some());
        assert!(sessions::load(&mut tx, "b1", start()).await.unwrap().is_some(), "another's session stays");
        assert_eq!(sessions::clean(&mut tx, start() + Duration::hours(2)).await.unwrap(), 2);
    }

    async fn attempts_are_counted_and_forgotten(database) {
        let store = database.store().await;
        let mut tx = store.write().await.unwrap();
        let forget = start() - Duration::hours(1);
        for expected in 1..=3 {
            assert_eq!(attempts::count(&mut tx, "k", start(), forget).await.unwrap(), expected);
        }
        assert_eq!(attempts::find(&mut tx, "k").await.unwrap(), Some((3, start())));
        let later = start() + Duration::hours(3);
        assert_eq!(attempts::count(&mut tx, "k", later, later - Duration::hours(1)).await.unwrap(), 1, "old failures no longer count");
        // Taken back: by one, to the time before if none was counted since, and never below none.
        let (second, third) = (later + Duration::seconds(1), later + Duration::seconds(2));
        attempts::count(&mut tx, "k", second, start()).await.unwrap();
        attempts::take_back(&mut tx, "k", second, later).await.unwrap();
        assert_eq!(attempts::find(&mut tx, "k").await.unwrap(), Some((1, later)));
        attempts::count(&mut tx, "k", second, start()).await.unwrap();
        attempts::count(&mut tx, "k", third, start()).await.unwrap();
        for expected in [2, 1, 0, 0] {
            attempts::take_back(&mut tx, "k", second, later).await.unwrap();
            assert_eq!(attempts::find(&mut tx, "k").await.unwrap(), Some((expected, third)));
        }
        attempts::take_back(&mut tx, "unknown", second, later).await.unwrap();
        assert_eq!(attempts::find(&mut tx, "unknown").await.unwrap(), None);
        attempts::clear(&mut tx, "k").await.unwrap();
        assert_eq!(attempts::find(&mut tx, "k").await.unwrap(), None);
    }

    async fn an_idempotency_key_is_of_one_account(database) {
        let store = database.store().await;
        let (a, b) = (account(&store, "a@example.org", true).await.unwrap(), account(&store, "b@example.org", true).await.unwrap());
        let mut tx = store.write().await.unwrap();
        submissions::add(&mut tx, a, "k", "add_line", "f", "7", start()).await.unwrap();
        submissions::add(&mut tx, b, "k", "add_line", "f", "8", start()).await.unwrap();
        assert_eq!(submissions::find(&mut tx, a, "k").await.unwrap(), Some(("add_line".to_owned(), "f".to_owned(), "7".to_owned())));
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        // On SQLite it waits for what is run next.
        let error = match submissions::add(&mut tx, a, "k", "add_line", "f", "9", start()).await {
            Ok(()) => tx.commit().await.unwrap_err(),
            Err(error) => error,
        };
        assert!(is_unique_violation(&error));
        let mut tx = store.read().await.unwrap();
        assert_eq!(submissions::find(&mut tx, a, "k").await.unwrap().map(|(_, _, answer)| answer), Some("7".to_owned()));
    }

    async fn a_job_is_taken_by_one_process(database) {
        let store = database.store().await;
        let until = start() + Duration::minutes(30);
        let takers = ["a", "b", "c", "d"].map(|owner| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut tx = store.write().await.unwrap();
                let taken = jobs::take(&mut tx, "clean-up", owner, start(), until).await.unwrap();
                tx.commit().await.unwrap();
                taken.then_some(owner)
            })
        });
        let taken: Vec<_> = futures::future::join_all(takers).await.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(taken.len(), 1, "{taken:?}");

        let mut tx = store.write().await.unwrap();
        let after = until + Duration::seconds(1);
        assert!(jobs::take(&mut tx, "clean-up", "e", after, after + Duration::minutes(30)).await.unwrap(), "a dead worker's lease ends");
        jobs::give_back(&mut tx, "clean-up", "e", "", after, after + Duration::hours(1)).await.unwrap();
        assert!(!jobs::take(&mut tx, "clean-up", "f", after + Duration::minutes(59), until).await.unwrap(), "not due yet");
        assert!(jobs::is_due(&mut tx, "clean-up", after + Duration::hours(1)).await.unwrap());
    }
}
