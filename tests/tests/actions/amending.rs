//! Amending, withdrawing, taking up again.

use chrono::Duration;
use claims::{
    actions::{
        Failure, amend::amend, claim_view, discard::discard, documents, edit_lines, submit_claim::submit,
        withdraw::withdraw,
    },
    intake::steps::Step,
    line::Category,
    store::{claims as rows, events, lines, totals},
};
use tests::{on_both, stage};

use crate::submitting::ready;

on_both! {
    async fn the_version_in_force_counts_until_the_next_is_sent(database) {
        let (app, actor, id) = ready(&database).await;
        let number = stage::send(&app.recoup, &actor, id).await.unwrap().number;
        amend(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.expect("from two tabs");
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("14,000.00"), None).await;
        let sum = async || {
            let mut tx = app.recoup.store.read().await.unwrap();
            let case = rows::by_id(&mut tx, id).await.unwrap().unwrap().case_id;
            totals::of_case(&mut tx, case).await.unwrap().iter().map(|total| total.amount).sum::<i64>()
        };
        assert_eq!(sum().await, 1_500_000);
        let received = stage::send(&app.recoup, &actor, id).await.unwrap();
        assert_eq!((received.number, received.version), (number, 2));
        assert_eq!(sum().await, 2_900_000, "the earlier version no longer counts");

        let (_, _, versions) = claim_view::sent_versions(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(versions.iter().map(|v| (v.version.version, v.frozen.lines.len())).collect::<Vec<_>>(), [(1, 1), (2, 2)], "every version stays readable");
        let mut tx = app.recoup.store.read().await.unwrap();
        let kinds: Vec<_> = events::of_claim(&mut tx, id).await.unwrap().into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, ["claim_started", "claim_submitted", "amendment_started", "claim_amended"]);
    }

    async fn a_discarded_amendment_leaves_no_trace_but_the_event(database) {
        let (app, actor, id) = ready(&database).await;
        let kept = stage::document(&app.recoup, &actor, id, "kept.pdf").await;
        let taken = stage::document(&app.recoup, &actor, id, "taken.pdf").await;
        edit_lines::cite_many(&app.recoup, &actor, id, taken, "1", "").await.unwrap();
        assert!(matches!(discard(&app.recoup, &actor, id).await, Err(Failure::Said(_))), "a first draft is withdrawn instead");
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let before = database.row_counts().await;
        amend(&app.recoup, &actor, id).await.unwrap();
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("14,000.00"), None).await;
        let added = stage::document(&app.recoup, &actor, id, "added.pdf").await;
        edit_lines::cite_many(&app.recoup, &actor, id, added, "1", "").await.unwrap();
        documents::remove(&app.recoup, &actor, id, taken).await.unwrap();

        discard(&app.recoup, &actor, id).await.unwrap();
        discard(&app.recoup, &actor, id).await.expect("a second click");
        let after = database.row_counts().await;
        let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).map(|(before, _)| before.0.as_str()).collect();
        assert_eq!(changed, ["events"], "{before:?} {after:?}");
        let (_, _, versions) = claim_view::sent_versions(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(versions.len(), 1);

        amend(&app.recoup, &actor, id).await.unwrap();
        let draft = claim_view::draft(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(draft.documents.iter().map(|document| document.id).collect::<Vec<_>>(), [kept, taken]);
        let received = stage::send(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(received.version, 2, "the number of the discarded version was never seen by anybody else");
    }

    async fn an_amendment_is_signed_again(database) {
        let (app, actor, id) = ready(&database).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        assert!(claim_view::draft(&app.recoup, &actor, id).await.unwrap().answers_of(Step::Sign).is_empty());
        let draft = stage::draft(&app.recoup, id).await;
        let unsigned = submit(&app.recoup, &actor, id, draft, &stage::on_page(&app.recoup, draft, claims::intake::Answers::default()).await, "", "k").await;
        assert!(matches!(unsigned, Err(Failure::Invalid(_))));
    }

    async fn who_amends_again_and_again_waits_and_no_first_version_does(database) {
        let (app, actor, id) = ready(&database).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        for version in 2..=11 {
            amend(&app.recoup, &actor, id).await.unwrap();
            assert_eq!(stage::send(&app.recoup, &actor, id).await.unwrap().version, version);
        }
        amend(&app.recoup, &actor, id).await.unwrap();
        let mailed = app.mails().await.len();
        for again in [false, true] {
            let refused = stage::send(&app.recoup, &actor, id).await;
            let Err(Failure::TooOften(wait)) = refused else { panic!("it was sent: {refused:?}") };
            assert_eq!(wait, Duration::seconds(60), "again: {again}; what is refused counts for nothing");
        }
        assert_eq!(app.mails().await.len(), mailed);
        let typed = claim_view::draft(&app.recoup, &actor, id).await.unwrap().answers_of(Step::Sign);
        assert_eq!((typed.get("signature"), typed.get("agree")), ("Ada Label", ""), "what was typed is kept");
        // Another claim of the same person is sent meanwhile.
        let (other, first) = stage::ready(&app.recoup, actor.account, "allegro", "Other Label").await;
        stage::send(&app.recoup, &other, first).await.unwrap();
        app.pass(Duration::seconds(60));
        assert_eq!(stage::send(&app.recoup, &actor, id).await.unwrap().version, 12);
        amend(&app.recoup, &actor, id).await.unwrap();
        let refused = stage::send(&app.recoup, &actor, id).await;
        assert!(matches!(&refused, Err(Failure::TooOften(wait)) if *wait == Duration::seconds(120)), "{refused:?}");
        app.pass(Duration::days(1));
        assert_eq!(stage::send(&app.recoup, &actor, id).await.unwrap().version, 13);
    }

    async fn a_tab_with_an_earlier_draft_gets_the_answer_of_that_draft(database) {
        let (app, actor, id) = ready(&database).await;
        let first = stage::draft(&app.recoup, id).await;
        let received = stage::send(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        let again = submit(&app.recoup, &actor, id, first, &stage::signature(), "", "old tab").await.unwrap();
        assert_eq!(again, received, "the old tab does not send the new draft");
        assert_ne!(stage::draft(&app.recoup, id).await, first);
    }

    async fn opened_from_many_tabs_there_is_one_amendment(database) {
        let (app, actor, id) = ready(&database).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let opened = (0..8).map(|_| {
            let (recoup, actor) = (app.recoup.clone(), actor.clone());
            tokio::spawn(async move { amend(&recoup, &actor, id).await.unwrap() })
        });
        for opened in futures::future::join_all(opened).await {
            opened.unwrap();
        }
        let mut tx = app.recoup.store.read().await.unwrap();
        let versions = rows::versions(&mut tx, id).await.unwrap();
        assert_eq!(versions.iter().map(|version| version.version).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(lines::list(&mut tx, versions[1].id, None, lines::Order::Number, 10, 0).await.unwrap().len(), 1);
    }

    async fn a_sent_claim_is_not_edited_without_an_amendment(database) {
        let (app, actor, id) = ready(&database).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let added = edit_lines::add(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), &Default::default(), "").await;
        assert!(matches!(added, Err(Failure::Said(words)) if words.contains("Amend this claim")));
    }

    async fn withdrawing_takes_a_reason_and_stops_counting(database) {
        let (app, actor, id) = ready(&database).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        assert!(matches!(withdraw(&app.recoup, &actor, id, "  ").await, Err(Failure::Invalid(_))));
        withdraw(&app.recoup, &actor, id, "Paid meanwhile").await.unwrap();
        withdraw(&app.recoup, &actor, id, "Twice").await.expect("withdrawing again changes nothing");
        let mut tx = app.recoup.store.read().await.unwrap();
        let claim = rows::by_id(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((claim.status.as_str(), claim.withdrawn_reason.as_deref()), ("withdrawn", Some("Paid meanwhile")));
        assert_eq!(totals::of_case(&mut tx, claim.case_id).await.unwrap(), []);
        drop(tx);
        let mails = app.mails().await;
        assert_eq!(mails.iter().filter(|mail| mail.kind == "claim_withdrawn").count(), 1);
    }

    async fn a_withdrawn_claim_is_taken_up_again(database) {
        let (app, actor, id) = ready(&database).await;
        let number = stage::send(&app.recoup, &actor, id).await.unwrap().number;
        withdraw(&app.recoup, &actor, id, "By mistake").await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        let received = stage::send(&app.recoup, &actor, id).await.unwrap();
        assert_eq!((received.number, received.version), (number, 2), "it keeps its number");
        let mut tx = app.recoup.store.read().await.unwrap();
        let claim = rows::by_id(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((claim.status.as_str(), claim.withdrawn_reason), ("submitted", None));
    }

    async fn a_withdrawn_draft_is_taken_up_again(database) {
        let (app, actor, id) = ready(&database).await;
        let page = app.browser_of(&actor).await.get(&format!("/claims/{id}/withdraw")).await;
        page.expect("nobody but you has seen it");
        page.expect_no("Why do you withdraw");
        withdraw(&app.recoup, &actor, id, "").await.expect("nobody asks why a draft is given up that nobody saw");
        assert!(matches!(stage::send(&app.recoup, &actor, id).await, Err(Failure::Said(words)) if words.contains("withdrawn")));
        let edited = edit_lines::add(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), &Default::default(), "").await;
        assert!(matches!(edited, Err(Failure::Said(words)) if words.contains("withdrawn")));
        amend(&app.recoup, &actor, id).await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
    }

    async fn a_page_from_before_the_withdrawal_does_not_take_the_claim_up_again(database) {
        let (app, actor, id) = ready(&database).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        let draft = stage::draft(&app.recoup, id).await;
        let page = stage::signed(&app.recoup, draft).await;
        let browser = app.browser_of(&actor).await;
        let said = "Once you sign and send this amendment, the claim is taken up again";
        browser.get(&format!("/claims/{id}/sign")).await.expect_no(said);
        withdraw(&app.recoup, &actor, id, "Paid meanwhile").await.unwrap();
        let sent = submit(&app.recoup, &actor, id, draft, &page, "", "k").await;
        assert!(matches!(sent, Err(Failure::Changed(_))), "{sent:?}");
        let status = async || {
            let mut tx = app.recoup.store.read().await.unwrap();
            rows::by_id(&mut tx, id).await.unwrap().unwrap().status
        };
        assert_eq!(status().await, "withdrawn");
        browser.get(&format!("/claims/{id}/sign")).await.expect(said);
        stage::send(&app.recoup, &actor, id).await.expect("the page says what signing does");
        assert_eq!(status().await, "submitted");
    }

    async fn an_open_amendment_of_a_withdrawn_claim_can_still_be_sent(database) {
        let (app, actor, id) = ready(&database).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        withdraw(&app.recoup, &actor, id, "By mistake").await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(rows::by_id(&mut tx, id).await.unwrap().unwrap().status, "submitted");
    }
}
