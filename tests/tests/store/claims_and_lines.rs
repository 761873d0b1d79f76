//! Claims, versions, lines, documents.

use claims::{
    CaseId, ClaimId, ClaimantId, VersionId,
    intake::Answers,
    line::Category,
    store::{
        Store, accounts, cases,
        claims::{self as rows, Sent},
        documents::{self, NewDocument},
        is_unique_violation, lines,
    },
};
use tests::{on_both, stage};

use crate::concurrency::start;

struct Ground {
    store: Store,
    account: claims::AccountId,
    case: CaseId,
    claimant: ClaimantId,
    claim: ClaimId,
    version: VersionId,
}

async fn ground(database: &tests::Database) -> Ground {
    let store = database.store().await;
    let mut tx = store.write().await.unwrap();
    let account = accounts::add(&mut tx, "a@example.org", "A", "hash", false, Some(start()), start()).await.unwrap();
    let settings = stage::case_answers("allegro", "ALG");
    let case = cases::add(&mut tx, "allegro", "ALG", &settings, start(), true, start()).await.unwrap();
    let claimant = rows::add_claimant(&mut tx, account, "label", "Jay Records", "officer", start()).await.unwrap();
    let (claim, version) = rows::add(&mut tx, case, claimant, start()).await.unwrap();
    tx.commit().await.unwrap();
    Ground { store, account, case, claimant, claim, version }
}

fn file(name: &str) -> NewDocument {
    NewDocument {
        sha256: claims::actions::links::hash(name),
        name: name.to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: 10,
        pages: Some(2),
        unreadable: None,
    }
}

on_both! {
    async fn one_claim_per_claimant_and_case(database) {
        let Ground { store, case, claimant, .. } = ground(&database).await;
        let mut tx = store.write().await.unwrap();
        assert!(is_unique_violation(&rows::add(&mut tx, case, claimant, start()).await.unwrap_err()));
    }

    async fn short_name_and_prefix_of_a_case_are_its_own(database) {
        let Ground { store, .. } = ground(&database).await;
        for (slug, prefix) in [("allegro", "XYZ"), ("other", "ALG")] {
            let mut tx = store.write().await.unwrap();
            let error = cases::add(&mut tx, slug, prefix, &Answers::default(), start(), true, start()).await.unwrap_err();
            assert!(is_unique_violation(&error), "{error}");
        }
    }

    async fn a_second_save_of_the_same_revision_is_refused(database) {
        let Ground { store, case, .. } = ground(&database).await;
        let answers = stage::case_answers("allegro", "ALG");
        let mut tx = store.write().await.unwrap();
        assert!(cases::save(&mut tx, case, (1, 0), "allegro", "ALG", &answers, start(), true).await.unwrap());
        assert!(!cases::save(&mut tx, case, (1, 0), "allegro", "ALG", &answers, start(), true).await.unwrap());
        assert!(cases::save(&mut tx, case, (2, 0), "allegro", "ALG", &answers, start(), true).await.unwrap());
        // A claim got its number after the settings were read: what may be changed is another question now.
        assert_eq!(cases::next_claim(&mut tx, case).await.unwrap(), 1);
        assert!(!cases::save(&mut tx, case, (3, 0), "allegro", "ALG", &answers, start(), true).await.unwrap());
        assert!(cases::save(&mut tx, case, (3, 1), "allegro", "ALG", &answers, start(), true).await.unwrap());
    }

    async fn answers_come_back_as_typed(database) {
        let Ground { store, version, .. } = ground(&database).await;
        let typed = stage::answers(&[("legal_name", "  Ångström & “Søn” \u{1f3bb} <b>"), ("note", "one\ntwo\t'; DROP TABLE claims; --")]);
        let mut tx = store.write().await.unwrap();
        rows::save_answers(&mut tx, version, "claimant", &Answers::default(), start()).await.unwrap();
        rows::save_answers(&mut tx, version, "claimant", &typed, start()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(rows::answers(&mut tx, version).await.unwrap()["claimant"], typed);
    }

    async fn the_number_of_a_removed_line_is_given_again_only_if_it_was_the_last(database) {
        let Ground { store, version, claim, .. } = ground(&database).await;
        let mut tx = store.write().await.unwrap();
        let mut numbers = Vec::new();
        let mut ids = Vec::new();
        for _ in 0..3 {
            let id = lines::add(&mut tx, version, Category::Other, &Answers::default()).await.unwrap();
            numbers.push(lines::by_id(&mut tx, id).await.unwrap().unwrap().line);
            ids.push(id);
        }
        assert_eq!(numbers, [1, 2, 3]);
        lines::remove(&mut tx, ids[1]).await.unwrap();
        let id = lines::add(&mut tx, version, Category::Other, &Answers::default()).await.unwrap();
        assert_eq!(lines::by_id(&mut tx, id).await.unwrap().unwrap().line, 4, "a gap is not filled");

        // What a sent version calls line 4 is never another line in the next one.
        let next = rows::add_version(&mut tx, claim, 2, start()).await.unwrap();
        rows::copy_version(&mut tx, version, next).await.unwrap();
        let fourth = lines::find(&mut tx, next, 4).await.unwrap().unwrap().id;
        lines::remove(&mut tx, fourth).await.unwrap();
        let id = lines::add(&mut tx, next, Category::Other, &Answers::default()).await.unwrap();
        assert_eq!(lines::by_id(&mut tx, id).await.unwrap().unwrap().line, 5);
    }

    async fn an_amendment_begins_with_everything_but_the_signature(database) {
        let Ground { store, account, claim, version, .. } = ground(&database).await;
        let mut tx = store.write().await.unwrap();
        rows::save_answers(&mut tx, version, "claimant", &stage::claimant_answers("Jay"), start()).await.unwrap();
        rows::save_answers(&mut tx, version, "sign", &stage::signature(), start()).await.unwrap();
        let first = lines::add(&mut tx, version, Category::UnpaidSales, &stage::sales("10.00")).await.unwrap();
        let second = lines::add(&mut tx, version, Category::UnpaidSales, &stage::sales("20.00")).await.unwrap();
        let document = documents::add(&mut tx, claim, &file("a.pdf"), account, 1, start()).await.unwrap();
        lines::cite(&mut tx, second, document, "page 2").await.unwrap();
        lines::cite(&mut tx, second, document, "page 2").await.unwrap();
        lines::cite(&mut tx, second, document, "page 3").await.unwrap();
        let next = rows::add_version(&mut tx, claim, 2, start()).await.unwrap();
        rows::copy_version(&mut tx, version, next).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = store.read().await.unwrap();
        let answers = rows::answers(&mut tx, next).await.unwrap();
        assert_eq!(answers.keys().collect::<Vec<_>>(), ["claimant"]);
        let copied = lines::list(&mut tx, next, None, lines::Order::Number, 10, 0).await.unwrap();
        assert_eq!(copied.iter().map(|line| (line.line, line.citations)).collect::<Vec<_>>(), [(1, 0), (2, 2)]);
        assert_eq!(copied[1].answers.0, stage::sales("20.00"));
        let cited = lines::citations(&mut tx, next, None).await.unwrap();
        assert_eq!(cited.iter().map(|c| (c.line_id, c.place.as_str())).collect::<Vec<_>>(), [(copied[1].id, "page 2"), (copied[1].id, "page 3")]);
        assert_eq!(lines::citations(&mut tx, version, None).await.unwrap().len(), 2, "the version in force keeps its own");
        assert_ne!(copied[0].id, first);
    }

    async fn a_version_is_frozen_once(database) {
        let Ground { store, account, version, .. } = ground(&database).await;
        let freezers = (0..5).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let text = format!("{{\"n\":{n}}}");
                let sent = Sent { frozen: &text, sha256: "h", by: account, claimant_name: "Jay", citizenship: "Oregon", late_reason: None };
                let mut tx = store.write().await.unwrap();
                let frozen = rows::freeze(&mut tx, version, &sent, start()).await.unwrap();
                tx.commit().await.unwrap();
                frozen.then_some(text)
            })
        });
        let texts: Vec<String> = futures::future::join_all(freezers).await.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(texts.len(), 1);
        let mut tx = store.read().await.unwrap();
        assert_eq!(rows::version(&mut tx, version).await.unwrap().unwrap().frozen.as_deref(), Some(texts[0].as_str()));
    }

    async fn a_document_is_in_the_versions_that_had_it(database) {
        let Ground { store, account, claim, version, .. } = ground(&database).await;
        let mut tx = store.write().await.unwrap();
        let line = lines::add(&mut tx, version, Category::Other, &Answers::default()).await.unwrap();
        let kept = documents::add(&mut tx, claim, &file("kept.pdf"), account, 1, start()).await.unwrap();
        lines::cite(&mut tx, line, kept, "").await.unwrap();
        let error = {
            let mut tx = store_twice(&store, tx, claim, account).await;
            documents::by_hash(&mut tx, claim, &file("kept.pdf").sha256).await.unwrap()
        };
        assert_eq!(error.unwrap().id, kept);

        let mut tx = store.write().await.unwrap();
        let next = rows::add_version(&mut tx, claim, 2, start()).await.unwrap();
        rows::copy_version(&mut tx, version, next).await.unwrap();
        let added = documents::add(&mut tx, claim, &file("later.pdf"), account, 2, start()).await.unwrap();
        let row = documents::by_id(&mut tx, kept).await.unwrap().unwrap();
        documents::remove(&mut tx, &row, next, 2).await.unwrap();
        let of = async |tx: &mut _, number| documents::of_version(tx, claim, number).await.unwrap().into_iter().map(|d| d.id).collect::<Vec<_>>();
        assert_eq!(of(&mut tx, 1).await, [kept]);
        assert_eq!(of(&mut tx, 2).await, [added]);
        assert_eq!(lines::citations(&mut tx, version, None).await.unwrap().len(), 1, "the sent version still cites it");
        assert_eq!(lines::citations(&mut tx, next, None).await.unwrap().len(), 0);
        assert_eq!(lines::find(&mut tx, next, 1).await.unwrap().unwrap().citations, 0);
        let row = documents::by_id(&mut tx, added).await.unwrap().unwrap();
        documents::remove(&mut tx, &row, next, 2).await.unwrap();
        assert_eq!(documents::by_id(&mut tx, added).await.unwrap(), None, "what no sent version holds is gone");
    }

    async fn counsel_may_open_what_was_sent(database) {
        let Ground { store, account, case, claimant, claim, version } = ground(&database).await;
        let mut tx = store.write().await.unwrap();
        let document = documents::add(&mut tx, claim, &file("a.pdf"), account, 1, start()).await.unwrap();
        assert_eq!(documents::owner(&mut tx, document).await.unwrap(), Some((case, claimant, false)));
        let sent = Sent { frozen: "{}", sha256: "h", by: account, claimant_name: "Jay", citizenship: "Oregon", late_reason: None };
        rows::freeze(&mut tx, version, &sent, start()).await.unwrap();
        assert_eq!(documents::owner(&mut tx, document).await.unwrap(), Some((case, claimant, true)));
        let later = documents::add(&mut tx, claim, &file("b.pdf"), account, 2, start()).await.unwrap();
        assert_eq!(documents::owner(&mut tx, later).await.unwrap(), Some((case, claimant, false)), "added in a version that was not sent");
        assert!(documents::is_named(&mut tx, &file("a.pdf").sha256).await.unwrap());
        assert!(!documents::is_named(&mut tx, &file("c.pdf").sha256).await.unwrap());
        assert_eq!(documents::hashes(&mut tx, "", 10).await.unwrap().len(), 2);
        assert_eq!(documents::bytes_of_claim(&mut tx, claim).await.unwrap(), 20);
    }

    async fn lines_are_paged_and_sorted_the_same_everywhere(database) {
        let Ground { store, version, .. } = ground(&database).await;
        let mut tx = store.write().await.unwrap();
        for n in 1..=2_000 {
            let category = Category::ALL[n % 4];
            lines::add(&mut tx, version, category, &stage::sales(&format!("{n}.00"))).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        for order in [lines::Order::Number, lines::Order::Amount, lines::Order::Release, lines::Order::Wrong] {
            let mut seen = Vec::new();
            for page in 0..20 {
                seen.extend(lines::list(&mut tx, version, None, order, 100, page * 100).await.unwrap().into_iter().map(|line| line.line));
            }
            assert_eq!(seen, (1..=2_000).collect::<Vec<i64>>(), "{order:?}: every line once, equal ones by number");
        }
        let of_one = lines::list(&mut tx, version, Some(Category::Other), lines::Order::Number, 1_000, 0).await.unwrap();
        assert_eq!(of_one.len(), 500);
        let counted = lines::counts(&mut tx, version, start().date_naive()).await.unwrap();
        assert_eq!(counted.iter().map(|of| (of.lines, of.wrong, of.uncited, of.to_come)).collect::<Vec<_>>(), [(500, 500, 500, 0); 4]);
        assert_eq!(lines::count(&mut tx, version).await.unwrap(), 2_000);
    }
}

/// Commits, then tries to add the same bytes again, which the database refuses; gives a transaction to go on with.
async fn store_twice(
    store: &Store,
    tx: claims::store::Tx,
    claim: ClaimId,
    account: claims::AccountId,
) -> claims::store::Tx {
    tx.commit().await.unwrap();
    let mut again = store.write().await.unwrap();
    let error = documents::add(&mut again, claim, &file("kept.pdf"), account, 1, start()).await.unwrap_err();
    assert!(is_unique_violation(&error), "{error}");
    drop(again);
    store.read().await.unwrap()
}
