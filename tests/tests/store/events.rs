//! The chain of events of a case.

use claims::store::{cases, events};
use tests::{on_both, stage};

use crate::concurrency::start;

async fn chain(database: &tests::Database) -> (claims::store::Store, claims::CaseId) {
    let store = database.store().await;
    let mut tx = store.write().await.unwrap();
    let settings = stage::case_answers("allegro", "ALG");
    let case = cases::add(&mut tx, "allegro", "ALG", &settings, start(), true, start()).await.unwrap();
    tx.commit().await.unwrap();
    let writers = (0..12).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            let details = serde_json::json!({ "n": n, "words": "“ä”" });
            let event = events::NewEvent { case_id: case, claim_id: None, account: None, kind: "case_saved", details };
            let mut tx = store.write().await.unwrap();
            events::add(&mut tx, &event, start()).await.unwrap();
            tx.commit().await.unwrap();
        })
    });
    for written in futures::future::join_all(writers).await {
        written.unwrap();
    }
    (store, case)
}

async fn verify(store: &claims::store::Store, case: claims::CaseId) -> (i64, Option<i64>) {
    let mut tx = store.read().await.unwrap();
    events::verify(&mut tx, case).await.unwrap()
}

on_both! {
    async fn events_written_at_once_make_one_chain(database) {
        let (store, case) = chain(&database).await;
        assert_eq!(verify(&store, case).await, (12, None));
        let mut tx = store.read().await.unwrap();
        let newest = events::of_case(&mut tx, case, 5, 0).await.unwrap();
        assert_eq!(newest.iter().map(|event| event.seq).collect::<Vec<_>>(), [12, 11, 10, 9, 8]);
    }

    async fn a_changed_event_is_found(database) {
        let (store, case) = chain(&database).await;
        assert_eq!(database.tamper("UPDATE events SET details = '{\"n\":99}' WHERE seq = 5").await, 1);
        assert_eq!(verify(&store, case).await, (12, Some(5)));
    }

    async fn a_changed_time_is_found(database) {
        let (store, case) = chain(&database).await;
        let sql = match database.kind() {
            tests::Kind::Sqlite => "UPDATE events SET at = '2026-03-04T17:00:01+00:00' WHERE seq = 12",
            tests::Kind::Postgres => "UPDATE events SET at = at + interval '1 second' WHERE seq = 12",
        };
        assert_eq!(database.tamper(sql).await, 1);
        assert_eq!(verify(&store, case).await, (12, Some(12)));
    }

    async fn a_removed_event_is_found(database) {
        let (store, case) = chain(&database).await;
        assert_eq!(database.tamper("DELETE FROM events WHERE seq = 7").await, 1);
        assert_eq!(verify(&store, case).await, (12, Some(7)));
    }

    async fn a_removed_end_is_found(database) {
        let (store, case) = chain(&database).await;
        assert_eq!(database.tamper("DELETE FROM events WHERE seq > 10").await, 2);
        assert_eq!(verify(&store, case).await, (12, Some(11)));
    }

    async fn a_rewritten_end_does_not_fit_the_case(database) {
        let (store, case) = chain(&database).await;
        assert_eq!(database.tamper("DELETE FROM events WHERE seq = 12").await, 1);
        assert_eq!(database.tamper("UPDATE cases SET event_count = 11").await, 1);
        assert_eq!(verify(&store, case).await, (11, Some(12)), "the head kept with the case is of another event");
    }
}
