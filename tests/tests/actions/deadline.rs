//! The deadline passes while somebody is typing.

use chrono::{Duration, TimeZone, Utc};
use claims::{
    actions::{Failure, amend::amend, start_claim, submit_claim::submit},
    store::claims as rows,
};
use tests::{App, on_both, stage};

/// The last instant of 30 June 2026 in Los Angeles, and the first of July.
fn deadline() -> claims::Instant {
    Utc.with_ymd_and_hms(2026, 7, 1, 7, 0, 0).unwrap()
}

async fn app(database: &tests::Database, late: &str) -> (App, claims::access::Actor, claims::ClaimId) {
    let app = App::start(database).await;
    stage::case_with(&app.recoup, &stage::case_answers("allegro", "ALG").with("late_claims", late)).await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    (app, actor, id)
}

on_both! {
    async fn the_last_minute_still_counts(database) {
        let (app, actor, id) = app(&database, "refused").await;
        app.pass(deadline() - app.clock.now() - Duration::microseconds(1));
        stage::send(&app.recoup, &actor, id).await.unwrap();
    }

    async fn a_case_that_refuses_late_claims_keeps_the_draft(database) {
        let (app, actor, id) = app(&database, "refused").await;
        app.pass(deadline() - app.clock.now());
        let Err(Failure::Said(words)) = stage::send(&app.recoup, &actor, id).await else { panic!("a late claim was taken") };
        assert!(words.contains("deadline has passed"), "{words}");
        assert_eq!(claims::actions::claim_view::draft(&app.recoup, &actor, id).await.unwrap().line_count(), 1);
        let who = start_claim::Who::New(stage::answers(&[("kind", "label"), ("legal_name", "B"), ("capacity", "officer")]));
        assert!(matches!(start_claim::start(&app.recoup, &actor, "allegro", &who, "k").await, Err(Failure::Said(_))));
    }

    async fn a_sent_claim_is_not_amended_after_the_deadline(database) {
        let (app, actor, id) = app(&database, "refused").await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        app.pass(deadline() - app.clock.now());
        assert!(matches!(amend(&app.recoup, &actor, id).await, Err(Failure::Said(_))));
        claims::actions::withdraw::withdraw(&app.recoup, &actor, id, "settled").await.expect("withdrawing is always possible");
    }

    async fn an_amendment_that_was_not_signed_in_time_is_not_hidden(database) {
        let (app, actor, id) = app(&database, "refused").await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        let words = "Your amendment was not signed before the deadline and does not count.";
        let tasks = format!("/claims/{id}/tasks");
        app.browser_of(&actor).await.get("/claims").await.expect_no(words);
        app.pass(deadline() - app.clock.now());
        let browser = app.browser_of(&actor).await;
        let list = browser.get("/claims").await;
        list.expect(words);
        assert_eq!(list.link("Look at it"), tasks);
        let page = browser.get(&format!("/claims/{id}")).await;
        page.expect(words);
        assert_eq!(page.link("Look at the amendment"), tasks);
        browser.get(&tasks).await.expect("it can no longer be sent");
    }

    async fn a_case_that_takes_late_claims_asks_for_the_reason(database) {
        let (app, actor, id) = app(&database, "with_reason").await;
        app.pass(deadline() - app.clock.now());
        let Err(Failure::Invalid(errors)) = stage::send(&app.recoup, &actor, id).await else { panic!("taken without a reason") };
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["late_reason"]);
        let version = stage::draft(&app.recoup, id).await;
        let signed = stage::on_page(&app.recoup, version, stage::signature().with("late_reason", "The mail came late.")).await;
        submit(&app.recoup, &actor, id, version, &signed, "", "k").await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        let frozen = rows::version(&mut tx, version).await.unwrap().unwrap().frozen.unwrap();
        assert!(frozen.contains("The mail came late."));
    }

    async fn late_is_what_comes_after_the_deadline_that_holds(database) {
        let (app, actor, id) = app(&database, "with_reason").await;
        app.pass(deadline() - app.clock.now());
        let version = stage::draft(&app.recoup, id).await;
        let signed = stage::on_page(&app.recoup, version, stage::signature().with("late_reason", "The mail came late.")).await;
        submit(&app.recoup, &actor, id, version, &signed, "", "k").await.unwrap();
        let late = async |day: &str| {
            stage::setting(&app.recoup, "allegro", "deadline_day", day).await;
            let mut tx = app.recoup.store.read().await.unwrap();
            let case = claims::store::cases::by_slug(&mut tx, "allegro").await.unwrap().unwrap().id;
            assert_eq!(claims::store::registered::wrong(&mut tx, case).await.unwrap(), [""; 0]);
            claims::store::export::claims(&mut tx, &[id]).await.unwrap().remove(0).late
        };
        assert!(late("2026-06-29").await);
        assert!(!late("2026-07-31").await, "the court gave more time");
        assert!(late("2026-06-30").await);
    }

    async fn counsel_are_told_that_a_claim_is_late_by_the_deadline_that_holds(database) {
        let app = App::start(&database).await;
        let case = stage::case_with(&app.recoup, &stage::case_answers("allegro", "ALG").with("late_claims", "with_reason")).await;
        let counsel = stage::person(&app.recoup, "counsel@example.org", true, false).await;
        claims::actions::counsel::appoint(&app.recoup, case, counsel.account).await.unwrap();
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (_, first) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        let (actor, second) = stage::ready(&app.recoup, account, "allegro", "Kay Records").await;
        app.pass(deadline() - app.clock.now());
        let told = async |id| {
            let version = stage::draft(&app.recoup, id).await;
            let signed = stage::on_page(&app.recoup, version, stage::signature().with("late_reason", "The mail came late.")).await;
            let number = submit(&app.recoup, &actor, id, version, &signed, "", "").await.unwrap().number;
            // The court gives more time before counsel are told of the second.
            if id == second {
                stage::setting(&app.recoup, "allegro", "deadline_day", "2026-07-31").await;
            }
            let mail = app.mail("new_claim", "counsel@example.org").await;
            assert!(mail.subject.contains(&number), "{}", mail.subject);
            mail.body_text
        };
        let (of_first, of_second) = (told(first).await, told(second).await);
        assert!(of_first.contains("Late: yes"), "{of_first}");
        assert!(!of_second.contains("Late:"), "{of_second}");
    }

    async fn one_sentence_says_until_when_a_claim_is_amended_and_what_comes_after(database) {
        for (late, slug, prefix, amending, filing) in [
            (
                "with_reason",
                "allegro",
                "ALG",
                "You can amend the claim until 30 June 2026, 11:59 p.m. PDT, and after that if you say why it is late.",
                "After that a claim is still taken if you say why it is late; whether it counts is decided then.",
            ),
            ("refused", "other", "OTH", "You can amend the claim until 30 June 2026, 11:59 p.m. PDT.", "After that no claim is taken."),
        ] {
            let app = App::start(&database).await;
            stage::case_with(&app.recoup, &stage::case_answers(slug, prefix).with("late_claims", late)).await;
            let email = format!("{slug}@example.org");
            let account = stage::person(&app.recoup, &email, true, false).await.account;
            let (actor, id, _) = stage::sent(&app.recoup, account, slug, "Jay Records").await;
            let mail = app.mail("receipt", &email).await;
            assert!(mail.body_text.contains(amending), "{}", mail.body_text);
            let browser = app.browser_of(&actor).await;
            for page in [format!("/claims/{id}"), format!("/claims/{id}/versions/1")] {
                browser.get(&page).await.expect(amending);
            }
            for page in [format!("/cases/{slug}"), format!("/cases/{slug}/file")] {
                browser.get(&page).await.expect(filing);
            }
        }
    }

    async fn a_case_that_is_closed_early_says_so(database) {
        let (app, actor, id) = app(&database, "refused").await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend(&app.recoup, &actor, id).await.unwrap();
        stage::setting(&app.recoup, "allegro", "state", "closed").await;
        let browser = app.browser_of(&actor).await;
        for page in ["/claims".to_owned(), format!("/claims/{id}")] {
            browser.get(&page).await.expect("Your amendment was not signed before the case was closed for claims");
        }
        browser.get(&format!("/claims/{id}/withdraw")).await.expect("this is final");
    }

    async fn a_claim_in_time_has_no_reason_for_being_late(database) {
        let (app, actor, id) = app(&database, "with_reason").await;
        let version = stage::draft(&app.recoup, id).await;
        let signed = stage::on_page(&app.recoup, version, stage::signature().with("late_reason", "None needed.")).await;
        submit(&app.recoup, &actor, id, version, &signed, "", "k").await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        assert!(!rows::version(&mut tx, version).await.unwrap().unwrap().frozen.unwrap().contains("None needed."));
    }
}
