//! The documents of a sent version while an amendment is open: which there are, what they prove.

use std::collections::BTreeMap;

use claims::{
    access::Refusal,
    actions::{Failure, amend::amend, claim_view, discard::discard, documents},
    export::{self, By, What},
    store::{cases, claims as rows, documents as stored, events, register::Filter},
};
use futures::TryStreamExt;
use tests::{on_both, stage};

use crate::submitting::ready;

on_both! {
    async fn a_document_removed_twice_stays_where_it_was(database) {
        let (app, actor, id) = ready(&database).await;
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        documents::remove(&app.recoup, &actor, id, document).await.unwrap();
        documents::remove(&app.recoup, &actor, id, document).await.expect("a double click");
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        // From a tab that was opened before the second version was sent.
        documents::remove(&app.recoup, &actor, id, document).await.unwrap();
        let described = documents::describe(&app.recoup, &actor, id, document, "Something else").await;
        assert!(matches!(described, Err(Failure::Refused(Refusal::NotFound))), "{described:?}");
        let held = async || {
            let mut tx = app.recoup.store.read().await.unwrap();
            let mut held = Vec::new();
            for version in 1..=3 {
                held.push(stored::of_version(&mut tx, id, version).await.unwrap().len());
            }
            held
        };
        assert_eq!(held().await, [1, 0, 0], "what was sent does not change");
        discard(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(held().await, [1, 0, 0], "nor when the amendment is discarded");
        let mut tx = app.recoup.store.read().await.unwrap();
        let removals = events::of_claim(&mut tx, id).await.unwrap().into_iter().filter(|event| event.kind == "document_removed").count();
        assert_eq!(removals, 1);
    }

    async fn the_store_writes_a_removal_once(database) {
        let (app, actor, id) = ready(&database).await;
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        let draft = stage::draft(&app.recoup, id).await;
        let mut tx = app.recoup.store.write().await.unwrap();
        let found = stored::by_id(&mut tx, document).await.unwrap().unwrap();
        for version in [2, 3] {
            stored::remove(&mut tx, &found, draft, version).await.unwrap();
        }
        assert_eq!(stored::by_id(&mut tx, document).await.unwrap().unwrap().removed_in, Some(2));
    }

    async fn what_a_document_proves_is_what_was_signed_until_the_next_version_is_sent(database) {
        let (app, actor, id) = ready(&database).await;
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        documents::describe(&app.recoup, &actor, id, document, "Sales of 2015").await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        let case = rows::by_id(&mut tx, id).await.unwrap().unwrap().case_id;
        let case = cases::by_id(&mut tx, case).await.unwrap().unwrap().read().unwrap();
        drop(tx);
        let exported = async || {
            let everything = Filter::default();
            let chunks = export::stream(&app.recoup, By::Operator, &case, What::Documents, &everything, true).await.unwrap();
            let chunks: Vec<bytes::Bytes> = chunks.try_collect().await.unwrap();
            let text = chunks.concat();
            let rows: Vec<BTreeMap<String, String>> = csv::Reader::from_reader(text.as_slice()).deserialize().map(Result::unwrap).collect();
            rows.into_iter().map(|row| row["proves"].clone()).collect::<Vec<_>>()
        };
        let in_draft = async || claim_view::draft(&app.recoup, &actor, id).await.unwrap().documents[0].proves.clone();
        amend(&app.recoup, &actor, id).await.unwrap();
        documents::describe(&app.recoup, &actor, id, document, "Sales of 2016").await.unwrap();
        assert_eq!((exported().await, in_draft().await), (vec!["Sales of 2015".to_owned()], "Sales of 2016".to_owned()));
        discard(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(in_draft().await, "Sales of 2015", "as if nothing had been opened");
        documents::describe(&app.recoup, &actor, id, document, "Sales of 2017").await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(exported().await, ["Sales of 2017"]);
    }
}
