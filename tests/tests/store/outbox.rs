//! The outbox: leased by one worker at a time, nothing lost, nothing settled by who lost its lease.

use std::collections::BTreeSet;

use chrono::Duration;
use claims::{
    MailId,
    store::{
        Store,
        outbox::{self, NewMail},
    },
};
use tests::on_both;

use crate::concurrency::start;

fn mail(n: usize) -> NewMail {
    NewMail {
        case_id: None,
        claim_id: None,
        kind: "verify_address",
        recipient: format!("{n}@example.org"),
        subject: "S".to_owned(),
        body_text: "T".to_owned(),
        body_html: "<p>T</p>".to_owned(),
        account_id: None,
        mailing_id: None,
        unsubscribe: String::new(),
        not_before: None,
    }
}

async fn queue(store: &Store, most: usize) -> Vec<MailId> {
    let mut tx = store.write().await.unwrap();
    let mut ids = Vec::new();
    for n in 0..most {
        ids.push(outbox::add(&mut tx, &mail(n), start()).await.unwrap());
    }
    tx.commit().await.unwrap();
    ids
}

async fn lease(store: &Store, owner: &str, at: claims::Instant) -> Vec<MailId> {
    let mut tx = store.write().await.unwrap();
    let mails = outbox::lease(&mut tx, owner, 10, at, at + Duration::minutes(5)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(mails.iter().all(|mail| mail.state == "sending"));
    mails.into_iter().map(|mail| mail.id).collect()
}

async fn begin(store: &Store, id: MailId, owner: &str, next: claims::Instant) -> bool {
    let mut tx = store.write().await.unwrap();
    let begun = outbox::begin(&mut tx, id, owner, next).await.unwrap();
    tx.commit().await.unwrap();
    begun
}

async fn give_back(store: &Store, id: MailId, owner: &str) {
    let mut tx = store.write().await.unwrap();
    outbox::give_back(&mut tx, id, owner).await.unwrap();
    tx.commit().await.unwrap();
}

/// How many deliveries of each mail were begun, the last mail first.
async fn attempts(store: &Store) -> Vec<i64> {
    let mut tx = store.read().await.unwrap();
    outbox::list(&mut tx, None, 100, 0).await.unwrap().into_iter().map(|row| row.attempts).collect()
}

async fn settle(store: &Store, id: MailId, owner: &str, state: &str, next: claims::Instant) -> bool {
    let mut tx = store.write().await.unwrap();
    let settled = outbox::settle(&mut tx, id, owner, state, "because", next, start()).await.unwrap();
    tx.commit().await.unwrap();
    settled
}

on_both! {
    async fn workers_never_get_the_same_mail(database) {
        let store = database.store().await;
        let ids: BTreeSet<_> = queue(&store, 200).await.into_iter().collect();
        let workers = (0..6).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let batch = lease(&store, &format!("worker {n}"), start()).await;
                    if batch.is_empty() {
                        return mine;
                    }
                    mine.extend(batch);
                }
            })
        });
        let all: Vec<MailId> = futures::future::join_all(workers).await.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(all.len(), 200, "every mail once");
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), ids);
    }

    async fn many_mails_are_queued_as_they_are_given(database) {
        let store = database.store().await;
        let mails: Vec<_> = (0..1_201)
            .map(|n| NewMail { not_before: (n >= 2).then(|| start() + Duration::seconds(i64::try_from(n).unwrap())), ..mail(n) })
            .collect();
        let mut tx = store.write().await.unwrap();
        outbox::add_many(&mut tx, &mails.iter().collect::<Vec<_>>(), start()).await.unwrap();
        outbox::add_many(&mut tx, &[], start()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(lease(&store, "a", start()).await.len(), 2, "the others wait for their time");
        let mut tx = store.read().await.unwrap();
        let mut rows = outbox::list(&mut tx, None, 2_000, 0).await.unwrap();
        rows.sort_unstable_by_key(|row| row.id);
        let to: Vec<_> = rows.into_iter().map(|row| row.recipient).collect();
        assert_eq!(to, mails.into_iter().map(|mail| mail.recipient).collect::<Vec<_>>());
        assert_eq!(outbox::counts(&mut tx).await.unwrap(), [("sending".to_owned(), 2), ("waiting".to_owned(), 1_199)]);
    }

    async fn a_dead_workers_mail_is_taken_up_when_its_lease_ends(database) {
        let store = database.store().await;
        let ids = queue(&store, 1).await;
        assert_eq!(lease(&store, "dead", start()).await, ids);
        assert_eq!(attempts(&store).await, [0], "a lease is no delivery");
        assert!(begin(&store, ids[0], "dead", start() + Duration::seconds(30)).await);
        assert_eq!(lease(&store, "b", start() + Duration::minutes(5)).await, [], "the lease still runs");
        let after = start() + Duration::minutes(5) + Duration::seconds(1);
        assert_eq!(lease(&store, "b", after).await, ids);

        assert!(!begin(&store, ids[0], "dead", after).await, "who lost the lease begins nothing");
        assert!(begin(&store, ids[0], "b", after).await);
        assert!(!settle(&store, ids[0], "dead", "sent", start()).await, "who lost the lease settles nothing");
        assert!(settle(&store, ids[0], "b", "sent", start()).await);
        assert!(!settle(&store, ids[0], "b", "failed", start()).await, "what is settled stays settled");
        let mut tx = store.read().await.unwrap();
        let row = outbox::list(&mut tx, Some("sent"), 10, 0).await.unwrap().remove(0);
        assert_eq!((row.attempts, row.last.as_deref()), (2, Some("because")));
        assert_eq!(outbox::counts(&mut tx).await.unwrap(), [("sent".to_owned(), 1)]);
    }

    async fn a_delivery_of_which_nothing_is_known_is_not_tried_before_its_time(database) {
        let store = database.store().await;
        let ids = queue(&store, 2).await;
        assert_eq!(lease(&store, "dead", start()).await, ids);
        let next = start() + Duration::minutes(20);
        assert!(begin(&store, ids[0], "dead", next).await);
        let after = start() + Duration::minutes(6);
        assert_eq!(lease(&store, "b", after).await, ids[1..], "the other was not begun");
        assert!(settle(&store, ids[1], "b", "sent", start()).await);
        assert_eq!(lease(&store, "b", next - Duration::microseconds(1)).await, []);
        assert_eq!(lease(&store, "b", next).await, ids[..1]);
        assert_eq!(attempts(&store).await, [0, 1]);
    }

    async fn who_is_due_longer_comes_first(database) {
        let store = database.store().await;
        let ids = queue(&store, 2).await;
        lease(&store, "a", start()).await;
        assert!(settle(&store, ids[0], "a", "waiting", start() + Duration::seconds(2)).await);
        assert!(settle(&store, ids[1], "a", "waiting", start() + Duration::seconds(1)).await);
        assert_eq!(lease(&store, "a", start() + Duration::seconds(2)).await, [ids[1], ids[0]]);
    }

    async fn a_mail_that_is_given_back_is_due_as_before(database) {
        let store = database.store().await;
        let ids = queue(&store, 1).await;
        lease(&store, "a", start()).await;
        give_back(&store, ids[0], "b").await;
        assert_eq!(lease(&store, "b", start()).await, [], "it is not theirs to give back");
        give_back(&store, ids[0], "a").await;
        assert_eq!(lease(&store, "b", start()).await, ids);
        assert!(settle(&store, ids[0], "b", "sent", start()).await);
        give_back(&store, ids[0], "b").await;
        assert_eq!(lease(&store, "b", start()).await, [], "what was sent is not given back");
        assert_eq!(attempts(&store).await, [0]);
    }

    async fn what_was_begun_is_not_taken_back(database) {
        let store = database.store().await;
        let ids = queue(&store, 2).await;
        lease(&store, "a", start()).await;
        assert!(begin(&store, ids[0], "a", start()).await);
        for id in &ids {
            give_back(&store, *id, "a").await;
            let mut tx = store.write().await.unwrap();
            outbox::take_back(&mut tx, *id).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(lease(&store, "b", start()).await, ids[..1]);
    }

    async fn a_mail_waits_until_it_is_due_again(database) {
        let store = database.store().await;
        let ids = queue(&store, 1).await;
        lease(&store, "a", start()).await;
        let next = start() + Duration::seconds(30);
        assert!(settle(&store, ids[0], "a", "waiting", next).await);
        assert_eq!(lease(&store, "a", next - Duration::microseconds(1)).await, []);
        assert_eq!(lease(&store, "a", next).await, ids);
    }

    async fn a_failed_mail_is_not_tried_again(database) {
        let store = database.store().await;
        let ids = queue(&store, 1).await;
        lease(&store, "a", start()).await;
        assert!(settle(&store, ids[0], "a", "failed", start()).await);
        assert_eq!(lease(&store, "a", start() + Duration::days(30)).await, []);
    }
}
