//! What a run of matching writes by the hundred in one statement is what it would be one by one.

use std::collections::BTreeMap;

use claims::{
    ReleaseId,
    line::Category,
    overlap::Removed,
    store::{
        overlaps::{self, New, NewPart, Which, copies},
        releases, removed,
    },
};
use tests::{App, on_both, stage};

/// More than two statements hold.
const MANY: usize = 1_201;

on_both! {
    async fn descriptions_get_rows_in_their_order_and_keep_them(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let described: Vec<_> = (0..MANY).map(|n| (format!("key {n}"), format!("words {n}"))).collect();
        let mut tx = app.recoup.store.write().await.unwrap();
        let first = releases::add(&mut tx, case, &described[..700]).await.unwrap();
        let again = releases::add(&mut tx, case, &described[600..]).await.unwrap();
        assert_eq!((first.len(), again.len()), (700, MANY - 600));
        let all = releases::of_case(&mut tx, case).await.unwrap();
        let keys: Vec<_> = all.iter().map(|of| of.key.as_str()).collect();
        assert_eq!(keys, described.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>());
        assert!(all.iter().all(|of| of.id == of.release_id && first.iter().chain(&again).any(|(key, id)| *key == of.key && *id == of.id)));
        // Every second one is the release of the one before it.
        let moved: Vec<_> = all.chunks_exact(2).map(|pair| (pair[1].id, pair[0].id)).collect();
        releases::set(&mut tx, &moved).await.unwrap();
        for pair in releases::of_case(&mut tx, case).await.unwrap().chunks_exact(2) {
            assert_eq!((pair[0].release_id, pair[1].release_id), (pair[0].id, pair[0].id));
        }
        releases::add(&mut tx, case, &described).await.unwrap();
        assert_eq!(releases::of_release(&mut tx, case, all[0].id).await.unwrap().len(), 2, "what is known stays as it was said");
    }

    async fn the_ledger_is_what_was_written_last(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "a@example.org", true, false).await.account;
        let (_, a, _) = stage::sent(&app.recoup, account, "allegro", "Waveform").await;
        let (_, b, _) = stage::sent(&app.recoup, account, "allegro", "Summit").await;
        let entry = |n: i64, suspected: i64| New {
            family: "sales",
            release_id: ReleaseId(n + 1),
            channel: "itunes".to_owned(),
            words: format!("Release {n}"),
            first_month: 24_180,
            last_month: 24_191,
            months: 12,
            over_whole: false,
            contradictory: n == 7,
            parts: vec![
                NewPart { claim_id: a, gross: 1_000 + n, confirmed: 0, suspected: 0, through: None, months: "24180-24191".to_owned() },
                NewPart { claim_id: b, gross: 500 + n, confirmed: 100, suspected, through: Some(a), months: "24180-24191".to_owned() },
            ],
        };
        let many = i64::try_from(MANY).unwrap();
        let written = async |entries: &[New]| {
            let mut tx = app.recoup.store.write().await.unwrap();
            overlaps::replace(&mut tx, case, entries, &BTreeMap::new()).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = app.recoup.store.read().await.unwrap();
            let mut all = overlaps::list(&mut tx, case, Which::All, None, i64::MAX, 0).await.unwrap();
            all.sort_by_key(|entry| entry.release_id.0);
            let mut rows = Vec::new();
            for entry in all {
                let parts = overlaps::parts(&mut tx, entry.id).await.unwrap();
                let parts: Vec<_> = parts.iter().map(|part| (part.claim_id, part.gross, part.confirmed, part.suspected, part.through.is_some())).collect();
                rows.push((entry.id, entry.release_id.0, entry.words, entry.gross, entry.suspected, entry.contradictory, parts));
            }
            rows
        };
        let first = written(&(0..many).map(|n| entry(n, 50)).collect::<Vec<_>>()).await;
        assert_eq!(first.len(), MANY);
        for (n, row) in (0_i64..).zip(&first) {
            let parts = vec![(a, 1_000 + n, 0, 0, false), (b, 500 + n, 100, 50, true)];
            assert_eq!((row.1, row.2.as_str(), row.3, row.4, row.5, &row.6), (n + 1, format!("Release {n}").as_str(), 1_500 + 2 * n, 50, n == 7, &parts));
        }
        // Some stay, some change, some go, some come: what stays or changes keeps its row.
        let second = written(&(100..many + 100).map(|n| entry(n, if n % 2 == 0 { 50 } else { 60 })).collect::<Vec<_>>()).await;
        assert_eq!(second.len(), MANY);
        for (new, old) in second.iter().zip(&first[100..]) {
            assert_eq!((new.0, new.1), (old.0, old.1));
            assert_eq!(new.4, if new.1 % 2 == 1 { 50 } else { 60 });
            assert_eq!(new.6[1].3, new.4);
        }
    }

    // Every two of 30 claims of a release would be 225 rows.
    async fn of_many_claims_of_a_release_few_are_shown_beside_each_other(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "a@example.org", true, false).await.account;
        let mut claims = Vec::new();
        for n in 0..30 {
            claims.push(stage::sent(&app.recoup, account, "allegro", &format!("Label {n}")).await.1);
        }
        let copies_of = |release: i64, claim: usize, basis: &str| copies::New {
            release,
            words: format!("Release {release}"),
            claim: claims[claim],
            basis: basis.to_owned(),
            units: 10,
        };
        let mut found: Vec<_> = (0..30).map(|n| copies_of(0, n, if n < 15 { "retail" } else { "wholesale" })).collect();
        found.extend([copies_of(1, 0, "retail"), copies_of(1, 1, "wholesale")]);
        let mut tx = app.recoup.store.write().await.unwrap();
        copies::replace(&mut tx, case, &found).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        let shown = async |tx: &mut _, limit| {
            let rows = copies::of_case(tx, case, limit).await.unwrap();
            rows.into_iter().map(|of| (of.words, of.basis, of.other_basis)).collect::<Vec<_>>()
        };
        let row = |release: i64| (format!("Release {release}"), "retail".to_owned(), "wholesale".to_owned());
        assert_eq!(shown(&mut tx, 20).await, [row(0), row(0), row(0), row(0), row(1)]);
        assert_eq!(shown(&mut tx, 1).await, [row(0)]);
        let beside = copies::of_claim(&mut tx, claims[0], 20).await.unwrap();
        assert_eq!(beside.len(), 16, "the page of a claim has its own");
    }

    async fn what_is_taken_off_is_set_anew(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "a@example.org", true, false).await.account;
        let (_, a, _) = stage::sent(&app.recoup, account, "allegro", "Waveform").await;
        let mut tx = app.recoup.store.write().await.unwrap();
        let of = |confirmed, suspected| (a, Category::UnpaidSales, Removed { confirmed, suspected });
        removed::set(&mut tx, &[of(1, 2), (a, Category::Other, Removed { confirmed: 5, suspected: 0 })]).await.unwrap();
        removed::set(&mut tx, &[of(3, 4)]).await.unwrap();
        removed::set(&mut tx, &[]).await.unwrap();
        let all = removed::of_claims(&mut tx, case).await.unwrap();
        assert_eq!(all, [(a, Category::Other, Removed { confirmed: 5, suspected: 0 }), of(3, 4)]);
    }
}
