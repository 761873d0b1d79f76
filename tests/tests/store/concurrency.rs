//! Many at once: SQLite's writers queue instead of failing, numbers are given once.

use chrono::{TimeZone, Utc};
use claims::{Instant, store::cases};
use tests::{Kind, on_both, stage};

/// An instant.
pub fn start() -> Instant {
    Utc.with_ymd_and_hms(2026, 3, 4, 17, 0, 0).unwrap()
}

on_both! {
    async fn twenty_writers_queue(database) {
        let store = database.store().await;
        let mut tx = store.write().await.unwrap();
        let answers = stage::case_answers("allegro", "ALG");
        let id = cases::add(&mut tx, "allegro", "ALG", &answers, start(), true, start()).await.unwrap();
        tx.commit().await.unwrap();

        let writers = (0..20).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                for _ in 0..5 {
                    let mut tx = store.write().await?;
                    // A read before the write: in a deferred transaction of SQLite this is what fails at once.
                    cases::by_id(&mut tx, id).await?;
                    numbers.push(cases::next_claim(&mut tx, id).await?);
                    tx.commit().await?;
                }
                Ok::<_, claims::store::Error>(numbers)
            })
        });
        let mut numbers = Vec::new();
        for done in futures::future::join_all(writers).await {
            numbers.extend(done.unwrap().expect("no writer finds the database busy"));
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=100).collect::<Vec<i64>>());
    }

    async fn two_processes_write_the_same_database(database) {
        let (one, other) = (database.store().await, database.store().await);
        let mut tx = one.write().await.unwrap();
        let answers = stage::case_answers("allegro", "ALG");
        let id = cases::add(&mut tx, "allegro", "ALG", &answers, start(), true, start()).await.unwrap();
        tx.commit().await.unwrap();
        let writers = (0..8).map(|n| {
            let store = if n % 2 == 0 { one.clone() } else { other.clone() };
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                for _ in 0..10 {
                    let mut tx = store.write().await?;
                    // As in one process: what was read must still be so when it is written.
                    cases::by_id(&mut tx, id).await?;
                    numbers.push(cases::next_claim(&mut tx, id).await?);
                    tx.commit().await?;
                }
                Ok::<_, claims::store::Error>(numbers)
            })
        });
        let mut numbers = Vec::new();
        for done in futures::future::join_all(writers).await {
            numbers.extend(done.unwrap().expect("the other process's writer is waited for"));
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=80).collect::<Vec<i64>>());
    }

    async fn what_is_not_committed_leaves_no_trace(database) {
        let store = database.store().await;
        let answers = stage::case_answers("allegro", "ALG");
        let mut tx = store.write().await.unwrap();
        cases::add(&mut tx, "allegro", "ALG", &answers, start(), true, start()).await.unwrap();
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert!(cases::by_slug(&mut tx, "allegro").await.unwrap().is_none());
    }

    async fn a_reader_sees_one_moment(database) {
        let store = database.store().await;
        let answers = stage::case_answers("allegro", "ALG");
        let mut tx = store.write().await.unwrap();
        let id = cases::add(&mut tx, "allegro", "ALG", &answers, start(), true, start()).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = store.read().await.unwrap();
        assert_eq!(cases::by_id(&mut reader, id).await.unwrap().unwrap().last_claim, 0);
        let mut tx = store.write().await.unwrap();
        cases::next_claim(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(cases::by_id(&mut reader, id).await.unwrap().unwrap().last_claim, 0, "the moment at which reading began");
        drop(reader);
        let mut reader = store.read().await.unwrap();
        assert_eq!(cases::by_id(&mut reader, id).await.unwrap().unwrap().last_claim, 1);
    }

    async fn reading_never_writes(database) {
        let store = database.store().await;
        let mut tx = store.read().await.unwrap();
        let answers = stage::case_answers("allegro", "ALG");
        let written = cases::add(&mut tx, "allegro", "ALG", &answers, start(), true, start()).await;
        if database.kind() == Kind::Postgres {
            assert!(written.is_err(), "PostgreSQL's readers are READ ONLY");
        }
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert!(cases::by_slug(&mut tx, "allegro").await.unwrap().is_none());
    }
}
