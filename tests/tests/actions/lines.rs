//! Lines: added once, copied whole, cited in numbers.

use std::collections::BTreeSet;

use claims::{
    actions::{
        Failure, Limits, claim_view,
        edit_lines::{self, Cite},
        save_step,
    },
    intake::{Answers, steps::Step},
    line::Category,
    store::lines,
};
use tests::{App, Options, on_both, stage};

use crate::submitting::ready;

async fn numbers(app: &App, id: claims::ClaimId) -> Vec<(i64, i64)> {
    let draft = stage::draft(&app.recoup, id).await;
    let mut tx = app.recoup.store.read().await.unwrap();
    let all = lines::list(&mut tx, draft, None, lines::Order::Number, 100, 0).await.unwrap();
    all.into_iter().map(|line| (line.line, line.citations)).collect()
}

on_both! {
    async fn a_double_click_adds_one_line(database) {
        let (app, actor, id) = ready(&database).await;
        // Several rounds: in the first, opening connections keeps the clicks apart.
        for round in 2..6 {
            let clicks = (0..10).map(|_| {
                let (recoup, actor) = (app.recoup.clone(), actor.clone());
                tokio::spawn(async move {
                    let saved = edit_lines::add(&recoup, &actor, id, Category::UnpaidSales, &stage::sales("5.00"), &Cite::default(), &format!("key {round}")).await;
                    saved.expect("a double click gets the first click's answer").line
                })
            });
            let lines: BTreeSet<i64> = futures::future::join_all(clicks).await.into_iter().map(Result::unwrap).collect();
            assert_eq!(lines, BTreeSet::from([round]));
        }
        assert_eq!(numbers(&app, id).await.len(), 5);
    }

    async fn a_key_used_for_something_else_is_refused(database) {
        let (app, actor, id) = ready(&database).await;
        let add = async |amount: &str| edit_lines::add(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales(amount), &Cite::default(), "key").await;
        add("5.00").await.unwrap();
        assert!(matches!(add("6.00").await, Err(Failure::Said(_))));
        assert_eq!(numbers(&app, id).await.len(), 2);
    }

    async fn a_wrong_line_is_kept_and_named(database) {
        let (app, actor, id) = ready(&database).await;
        let typed = stage::sales("12,3").with("artist", "Ada & the “Quiet”");
        let saved = edit_lines::add(&app.recoup, &actor, id, Category::UnpaidSales, &typed, &Cite::default(), "").await.unwrap();
        assert!(!saved.right);
        let draft = stage::draft(&app.recoup, id).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        let line = lines::find(&mut tx, draft, saved.line).await.unwrap().unwrap();
        assert_eq!((line.answers.0, line.is_right, line.amount), (typed, false, None));
    }

    async fn a_wrong_line_sent_twice_is_still_said_to_be_wrong(database) {
        let (app, actor, id) = ready(&database).await;
        let add = async || edit_lines::add(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("12,3"), &Cite::default(), "key").await.unwrap();
        assert_eq!(add().await, add().await);
    }

    async fn a_day_that_is_still_to_come_is_asked_about_and_stops_nothing(database) {
        let (app, actor, id) = ready(&database).await;
        let agreement = Answers::default().with("has_agreement", "no").with("heard_on", "2061-04-01").with("last_payment", "2016-01-31");
        assert!(save_step::save(&app.recoup, &actor, id, Step::Agreement, &agreement).await.unwrap());
        let typed = stage::sales("5.00").with("period_from", "2015-01-01").with("period_to", "2061-03-31");
        let saved = edit_lines::add(&app.recoup, &actor, id, Category::UnpaidSales, &typed, &Cite::default(), "").await.unwrap();
        assert!(saved.right);
        let draft = claim_view::draft(&app.recoup, &actor, id).await.unwrap();
        let asked: Vec<_> = draft.remarks().into_iter().filter(|remark| remark.words.contains("still to come")).collect();
        let words: Vec<_> = asked.iter().map(|remark| remark.words.as_str()).collect();
        assert_eq!(words, [
            "“Heard of the closing” is still to come: 1 April 2061. Is the year right?",
            "The period of line 2 of “Unpaid sales” ends on a day that is still to come. Is the year right?",
        ]);
        assert!(asked.iter().all(|remark| !remark.stops));
    }

    async fn foreign_money_is_converted_once(database) {
        let (app, actor, id) = ready(&database).await;
        let line = stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("100.05").with("currency", "EUR"), None).await;
        let draft = stage::draft(&app.recoup, id).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        let line = lines::find(&mut tx, draft, line).await.unwrap().unwrap();
        // 100.05 × 1.1154 = 111.595 77
        assert_eq!((line.amount, line.case_amount), (Some(10_005), Some(11_160)));
    }

    async fn a_copy_has_all_citations(database) {
        let (app, actor, id) = ready(&database).await;
        for name in ["a.pdf", "b.pdf"] {
            let document = stage::document(&app.recoup, &actor, id, name).await;
            edit_lines::cite_many(&app.recoup, &actor, id, document, "1", "page 1").await.unwrap();
        }
        let copy = edit_lines::copy(&app.recoup, &actor, id, 1, "key").await.unwrap();
        assert_eq!(edit_lines::copy(&app.recoup, &actor, id, 1, "key").await.unwrap(), copy, "a double click copies once");
        assert_eq!(numbers(&app, id).await, [(1, 2), (2, 2)]);
    }

    async fn a_document_is_cited_with_many_lines(database) {
        let (app, actor, id) = ready(&database).await;
        for _ in 0..4 {
            stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), None).await;
        }
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        assert_eq!(edit_lines::cite_many(&app.recoup, &actor, id, document, "1-2, 4", "row 7").await.unwrap().lines, 3);
        assert_eq!(numbers(&app, id).await, [(1, 1), (2, 1), (3, 0), (4, 1), (5, 0)]);
        let missing = edit_lines::cite_many(&app.recoup, &actor, id, document, "3, 9", "").await;
        assert!(matches!(missing, Err(Failure::Invalid(_))));
        assert_eq!(numbers(&app, id).await[2], (3, 0), "nothing is stored by half");
        assert_eq!(edit_lines::cite_many(&app.recoup, &actor, id, document, "all", "row 7").await.unwrap().lines, 5);
        assert_eq!(numbers(&app, id).await, [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]);
    }

    async fn a_range_of_lines_has_gaps_where_some_were_removed(database) {
        let (app, actor, id) = ready(&database).await;
        for _ in 0..4 {
            stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), None).await;
        }
        edit_lines::remove(&app.recoup, &actor, id, 3).await.unwrap();
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        let cite = async |typed: &str| edit_lines::cite_many(&app.recoup, &actor, id, document, typed, "row 7").await;
        let done = cite("1-12, 4").await.unwrap();
        assert_eq!((done.lines, done.skipped), (4, vec![(3, 3), (6, 12)]));
        assert_eq!(numbers(&app, id).await, [(1, 1), (2, 1), (4, 1), (5, 1)]);
        for (typed, says) in [("3", "There is no line 3."), ("1-2, 9", "There is no line 9."), ("6-12", "There is no line from 6 to 12.")] {
            let Err(Failure::Invalid(errors)) = cite(typed).await else { panic!("{typed}") };
            assert_eq!((errors[0].field.as_str(), errors[0].message.as_str()), ("lines", says));
        }
    }

    async fn a_place_is_never_cut(database) {
        let (app, actor, id) = ready(&database).await;
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        let (whole, long) = ("ü".repeat(100), "ü".repeat(101));
        let too_long = |failure: Failure| match failure {
            Failure::Invalid(errors) => errors[0].field == "place" && errors[0].message.contains("101 characters"),
            _ => false,
        };
        assert!(too_long(edit_lines::cite_many(&app.recoup, &actor, id, document, "1", &long).await.unwrap_err()));
        let cite = Cite { document: Some(document), place: long };
        assert!(too_long(edit_lines::save(&app.recoup, &actor, id, 1, &stage::sales("7.00"), &cite).await.unwrap_err()));
        let add = edit_lines::add(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("7.00"), &cite, "key").await;
        assert!(too_long(add.unwrap_err()));
        assert_eq!(numbers(&app, id).await, [(1, 0)]);
        edit_lines::cite_many(&app.recoup, &actor, id, document, "1", &whole).await.unwrap();
        let draft = stage::draft(&app.recoup, id).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(lines::citations(&mut tx, draft, None).await.unwrap()[0].place, whole);
    }

    async fn another_claims_document_cannot_be_cited(database) {
        let (app, actor, id) = ready(&database).await;
        let (actor, other) = stage::ready(&app.recoup, actor.account, "allegro", "Other Label").await;
        let document = stage::document(&app.recoup, &actor, other, "a.pdf").await;
        assert!(edit_lines::cite_many(&app.recoup, &actor, id, document, "1", "").await.is_err());
        assert_eq!(numbers(&app, id).await, [(1, 0)]);
    }

    async fn lines_and_drafts_have_their_limits(database) {
        let limits = Limits { lines: 3, drafts: 2, ..Limits::default() };
        let app = App::start_with(&database, Options { limits: Some(limits), ..Options::default() }).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "A").await;
        for _ in 0..2 {
            stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), None).await;
        }
        let fourth = edit_lines::add(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), &Cite::default(), "").await;
        assert!(matches!(fourth, Err(Failure::Said(words)) if words.contains("at most 3 lines")));
        stage::start(&app.recoup, account, "allegro", "B").await;
        let who = claims::actions::start_claim::Who::New(stage::answers(&[("kind", "label"), ("legal_name", "C"), ("capacity", "officer")]));
        let third = claims::actions::start_claim::start(&app.recoup, &actor, "allegro", &who, "k").await;
        assert!(matches!(third, Err(Failure::Said(words)) if words.contains("2 unfinished claims")));
    }
}
