//! Writing to many, and looking after what waits: the rate, the middle, the double click, and the worker that is faster.

use std::collections::BTreeMap;

use chrono::Duration;
use claims::{
    CaseId, ClaimId, MailId, MailingId,
    access::Actor,
    actions::{
        Failure, counsel as appoint, look_after_mail, mail_templates,
        notices::preferences,
        own_mail, publish_news,
        withdraw::withdraw,
        write_to_many::{self, Preview, Wish},
    },
    case::Case,
    intake::Answers,
    line::{Basis, Category},
    status::ClaimStatus,
    store::{
        cases, events, mailings,
        outbox::{self, ReadMail},
        register::Filter,
    },
};
use tests::{App, Database, on_both, stage};

/// A case with counsel and claims of four people; one acts for two of them.
async fn case(database: &Database) -> (App, Case, Actor, Vec<Actor>) {
    let app = App::start(database).await;
    let id = stage::case(&app.recoup, "allegro", "ALG").await;
    let counsel = stage::person(&app.recoup, "counsel@example.org", true, false).await;
    appoint::appoint(&app.recoup, id, counsel.account).await.unwrap();
    let mut people = Vec::new();
    for (n, names) in
        [["Ada Label", "Ada Press"].as_slice(), &["Bob & Sons"], &["Cem Klang"], &["Dora Music"]].iter().enumerate()
    {
        let account = stage::person(&app.recoup, &format!("person{n}@example.org"), true, false).await.account;
        for name in *names {
            stage::sent(&app.recoup, account, "allegro", name).await;
        }
        people.push(stage::actor(&app.recoup, account).await);
    }
    let counsel = stage::actor(&app.recoup, counsel.account).await;
    app.run_jobs().await;
    let mut tx = app.recoup.store.read().await.unwrap();
    let case = cases::by_id(&mut tx, id).await.unwrap().unwrap().read().unwrap();
    (app, case, counsel, people)
}

fn letter(about: &str, per_hour: &str) -> Answers {
    stage::answers(&[
        ("about", about),
        ("subject", "Claim {{number}}"),
        ("text", "Dear {{name}},\n\nof {{claimed}} of {{claimant}} is {{documented}} documented."),
        ("per_hour", per_hour),
    ])
}

fn submitted() -> Filter {
    Filter { status: Some(ClaimStatus::Submitted), ..Filter::default() }
}

fn withdrawn() -> Filter {
    Filter { status: Some(ClaimStatus::Withdrawn), ..Filter::default() }
}

/// The claim of a claimant of [`case`].
async fn claim_of(app: &App, counsel: &Actor, case: &Case, claimant: &str) -> ClaimId {
    let chosen = write_to_many::choose(&app.recoup, counsel, case, &submitted()).await.unwrap();
    chosen.recipients.iter().find(|recipient| recipient.claimant == claimant).expect("a claim").claim_id
}

fn wish<'a>(filter: &'a Filter, seen: &'a str, answers: &'a Answers, key: &'a str) -> Wish<'a> {
    Wish { filter, filter_words: "submitted", seen, answers, key }
}

/// The mark of those whom the page shows as chosen, who are `mails`.
async fn seen(app: &App, counsel: &Actor, case: &Case, filter: &Filter, answers: &Answers, mails: usize) -> String {
    let preview = write_to_many::preview(&app.recoup, counsel, case, filter, answers).await.unwrap();
    assert_eq!(preview.mails, mails);
    preview.mark
}

async fn counts(app: &App, case: CaseId, mailing: MailingId) -> BTreeMap<String, i64> {
    let mut tx = app.recoup.store.read().await.unwrap();
    outbox::counts_of_case(&mut tx, case, Some(mailing)).await.unwrap()
}

fn is(pairs: &[(&str, i64)]) -> BTreeMap<String, i64> {
    pairs.iter().map(|(state, count)| ((*state).to_owned(), *count)).collect()
}

async fn mails(app: &App, case: CaseId, mailing: MailingId) -> Vec<ReadMail> {
    let mut tx = app.recoup.store.read().await.unwrap();
    outbox::of_case(&mut tx, case, "", Some(mailing), 100, 0).await.unwrap()
}

async fn lease(app: &App) -> Vec<MailId> {
    let now = app.clock.now();
    let mut tx = app.recoup.store.write().await.unwrap();
    let mails = outbox::lease(&mut tx, "a worker", 100, now, now + Duration::minutes(5)).await.unwrap();
    tx.commit().await.unwrap();
    mails.into_iter().map(|mail| mail.id).collect()
}

async fn settle(app: &App, id: MailId, state: &str) {
    let now = app.clock.now();
    let mut tx = app.recoup.store.write().await.unwrap();
    assert!(outbox::settle(&mut tx, id, "a worker", state, "because", now, now).await.unwrap());
    tx.commit().await.unwrap();
}

fn said(failure: Failure) -> String {
    match failure {
        Failure::Said(words) => words,
        Failure::Invalid(errors) => {
            errors.into_iter().map(|error| format!("{}: {}", error.field, error.message)).collect()
        }
        other => panic!("{other}"),
    }
}

on_both! {
    async fn mails_go_out_at_the_stated_rate_and_a_double_click_queues_them_once(database) {
        let (app, case, counsel, _) = case(&database).await;
        let (filter, answers) = (submitted(), letter("claim", "4"));
        let seen = seen(&app, &counsel, &case, &filter, &answers, 5).await;
        let clicks = futures::future::join_all((0..3).map(|_| {
            let (recoup, counsel, case, answers, seen) = (app.recoup.clone(), counsel.clone(), case.clone(), answers.clone(), seen.clone());
            tokio::spawn(async move { write_to_many::queue(&recoup, &counsel, &case, &wish(&submitted(), &seen, &answers, "one key")).await.unwrap() })
        })).await;
        let ids: Vec<MailingId> = clicks.into_iter().map(Result::unwrap).collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert!(write_to_many::queue(&app.recoup, &counsel, &case, &wish(&filter, &seen, &letter("claim", "9"), "one key")).await.is_err(), "another form under the same key");
        assert_eq!(counts(&app, case.id, ids[0]).await, is(&[("waiting", 5)]));

        let letters = async || app.mails().await.into_iter().filter(|mail| mail.kind == "letter").collect::<Vec<_>>();
        assert_eq!(letters().await.len(), 1);
        app.pass(Duration::minutes(14));
        assert_eq!(letters().await.len(), 1);
        app.pass(Duration::minutes(1));
        assert_eq!(letters().await.len(), 2);
        app.pass(Duration::minutes(45));
        let all = letters().await;
        assert_eq!(all.len(), 5);
        assert_eq!(all[2].body_text.lines().nth(2).unwrap(), "of 15,000.00 USD of Bob & Sons is 0.00 USD documented.");
        assert!(all[2].body_html.contains("Bob &amp; Sons") && all[2].subject.starts_with("Claim ALG-000003"), "{}", all[2].body_html);
        assert!(all.iter().all(|mail| mail.unsubscribe.is_empty()), "a letter about a claim is not to be done without");
    }

    async fn stopped_in_the_middle_nothing_more_goes_out(database) {
        let (app, case, counsel, _) = case(&database).await;
        let answers = letter("claim", "60");
        let seen = seen(&app, &counsel, &case, &submitted(), &answers, 5).await;
        let id = write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &answers, "")).await.unwrap();
        app.run_jobs().await;
        app.pass(Duration::minutes(1));
        let on_its_way = lease(&app).await;
        assert_eq!(on_its_way.len(), 1);
        assert_eq!(counts(&app, case.id, id).await, is(&[("sent", 1), ("sending", 1), ("waiting", 3)]));
        assert_eq!(write_to_many::stop(&app.recoup, &counsel, case.id, id).await.unwrap(), 3);
        assert_eq!(write_to_many::stop(&app.recoup, &counsel, case.id, id).await.unwrap(), 0, "once more changes nothing");
        // The one that was on its way could not be delivered: it is not tried again.
        settle(&app, on_its_way[0], "waiting").await;
        app.pass(Duration::hours(5));
        app.run_jobs().await;
        assert_eq!(counts(&app, case.id, id).await, is(&[("sent", 1), ("discarded", 4)]));
        assert_eq!(app.mails().await.iter().filter(|mail| mail.kind == "letter").count(), 1);
        let mut tx = app.recoup.store.read().await.unwrap();
        assert!(mailings::by_id(&mut tx, case.id, id).await.unwrap().unwrap().stopped_at.is_some());
        let kinds: Vec<_> = events::of_case(&mut tx, case.id, 2, 0).await.unwrap().into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, ["mailing_stopped", "mailing_queued"]);
    }

    async fn what_a_worker_had_when_the_mailing_was_stopped_does_not_go_out_later(database) {
        let (app, case, counsel, _) = case(&database).await;
        let answers = letter("claim", "3600");
        let seen = seen(&app, &counsel, &case, &submitted(), &answers, 5).await;
        let id = write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &answers, "")).await.unwrap();
        app.pass(Duration::minutes(1));
        let leased = lease(&app).await;
        assert_eq!(leased.len(), 5);
        assert_eq!(write_to_many::stop(&app.recoup, &counsel, case.id, id).await.unwrap(), 0);
        // One is given back untried, one failed, and with the others the worker dies.
        let mut tx = app.recoup.store.write().await.unwrap();
        outbox::give_back(&mut tx, leased[0], "a worker").await.unwrap();
        tx.commit().await.unwrap();
        settle(&app, leased[1], "failed").await;
        app.pass(Duration::minutes(6));
        app.run_jobs().await;
        assert_eq!(counts(&app, case.id, id).await, is(&[("discarded", 4), ("failed", 1)]));
        let mut tx = app.recoup.store.read().await.unwrap();
        for mail in [leased[0], leased[4]] {
            let log = outbox::deliveries(&mut tx, mail).await.unwrap();
            assert!(matches!(log.as_slice(), [(_, outcome, why)] if outcome == "discarded" && why == "not sent: the mailing was stopped"), "{log:?}");
        }
        drop(tx);
        // What counsel ask for by itself goes out.
        look_after_mail::send_now(&app.recoup, &counsel, case.id, leased[1]).await.unwrap();
        app.run_jobs().await;
        assert_eq!(counts(&app, case.id, id).await, is(&[("discarded", 4), ("sent", 1)]));
    }

    async fn a_mail_to_many_is_in_the_portal_once_it_was_tried(database) {
        let (app, case, counsel, people) = case(&database).await;
        let answers = letter("claim", "3600");
        let seen = seen(&app, &counsel, &case, &submitted(), &answers, 5).await;
        write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &answers, "")).await.unwrap();
        app.pass(Duration::minutes(1));
        let letters = async || {
            let (list, _) = own_mail::list(&app.recoup, &people[2], 10, 1).await.unwrap();
            list.iter().filter(|own| own.mail.kind == "letter").count()
        };
        // A worker that has it may give it back, and then counsel may stop it.
        let leased = lease(&app).await;
        assert_eq!(letters().await, 0);
        let mut tx = app.recoup.store.write().await.unwrap();
        for mail in leased {
            assert!(outbox::begin(&mut tx, mail, "a worker", app.clock.now()).await.unwrap());
        }
        tx.commit().await.unwrap();
        assert_eq!(letters().await, 1);
    }

    async fn stopping_and_settling_at_the_same_time_leave_nothing_waiting(database) {
        let (app, case, counsel, _) = case(&database).await;
        let answers = letter("claim", "3600");
        let seen = seen(&app, &counsel, &case, &submitted(), &answers, 5).await;
        let id = write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &answers, "")).await.unwrap();
        app.pass(Duration::minutes(1));
        let leased = lease(&app).await;
        assert_eq!(leased.len(), 5);
        let settling = leased.iter().map(|mail| {
            let (store, mail, now) = (app.recoup.store.clone(), *mail, app.clock.now());
            tokio::spawn(async move {
                let mut tx = store.write().await.unwrap();
                outbox::settle(&mut tx, mail, "a worker", "waiting", "later", now, now).await.unwrap();
                tx.commit().await.unwrap();
            })
        });
        let (settled, stopped) = tokio::join!(futures::future::join_all(settling), write_to_many::stop(&app.recoup, &counsel, case.id, id));
        assert!(settled.into_iter().all(|done| done.is_ok()) && stopped.is_ok());
        assert_eq!(counts(&app, case.id, id).await, is(&[("discarded", 5)]));
    }

    async fn a_preview_shows_three_and_a_test_goes_to_oneself_alone(database) {
        let (app, case, counsel, _) = case(&database).await;
        let answers = letter("claim", "60");
        let Preview { mails: count, samples, mark: seen } = write_to_many::preview(&app.recoup, &counsel, &case, &submitted(), &answers).await.unwrap();
        let whom: Vec<_> = samples.iter().map(|sample| sample.recipient.as_str()).collect();
        assert_eq!((count, whom), (5, vec!["person0 <person0@example.org>", "person1 <person1@example.org>", "person3 <person3@example.org>"]));
        assert!(samples[2].text.contains("Dora Music") && samples[2].subject.starts_with("Claim ALG-000005"));
        let before = app.mails().await.len();
        for _ in 0..2 {
            write_to_many::test(&app.recoup, &counsel, &case, &submitted(), &answers, "key").await.unwrap();
        }
        let mails = app.mails().await;
        assert_eq!(mails.len(), before + 1, "clicked twice, tested once");
        let test = mails.last().unwrap();
        assert_eq!(test.recipient, "counsel@example.org");
        assert!(test.subject.starts_with("Test: Claim ALG-000001"));
        // The form's key still queues.
        write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &answers, "key")).await.unwrap();
        // Nobody is sent words that were not looked at; how fast they go may be said afterwards.
        let other = answers.clone().with("text", "Other words.");
        let refused = said(write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &other, "")).await.unwrap_err());
        assert!(refused.contains("would read otherwise than when you looked") && refused.contains("Nothing was queued"), "{refused}");
        write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &answers.clone().with("per_hour", "7"), "")).await.unwrap();
        let none = Filter { text: "nobody".to_owned(), ..submitted() };
        assert!(said(write_to_many::queue(&app.recoup, &counsel, &case, &wish(&none, &seen, &answers, "")).await.unwrap_err()).contains("Nobody would get this mail"));
        let fewer = format!("4{}", seen.trim_start_matches('5'));
        assert!(said(write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &fewer, &answers, "")).await.unwrap_err()).contains("now chooses 5 mails, not 4"));
    }

    async fn nobody_is_written_to_who_was_not_among_those_looked_at(database) {
        let (app, case, counsel, people) = case(&database).await;
        for about in ["claim", "news"] {
            let answers = letter(about, "60");
            let mails = if about == "claim" { 5 } else { 4 };
            let before = seen(&app, &counsel, &case, &submitted(), &answers, mails).await;
            // One claim goes and another comes: there are as many mails as before.
            let left = if about == "claim" { ("Bob & Sons", &people[1]) } else { ("Cem Klang", &people[2]) };
            withdraw(&app.recoup, left.1, claim_of(&app, &counsel, &case, left.0).await, "Paid.").await.unwrap();
            let new = stage::person(&app.recoup, &format!("new-{about}@example.org"), true, false).await.account;
            stage::sent(&app.recoup, new, "allegro", &format!("New for {about}")).await;
            let after = seen(&app, &counsel, &case, &submitted(), &answers, mails).await;
            assert_ne!(before, after, "{about}");
            let refused = said(write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &before, &answers, "")).await.unwrap_err());
            assert!(refused.contains("would now go to others") && refused.contains("Nothing was queued"), "{refused}");
            write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &after, &answers, "")).await.unwrap();
        }
    }

    async fn a_refused_mailing_keeps_what_was_typed(database) {
        let (app, case, counsel, _) = case(&database).await;
        let browser = app.browser_of(&counsel).await;
        let action = format!("/counsel/{}/mail/write", case.settings.slug);
        let post = |page: &tests::Page| page.forms().into_iter().find(|form| form.action == action && form.post).unwrap();
        let typed = [("subject", "A question"), ("text", "Dear {{name}}, who?"), ("per_hour", "60")];
        let form = post(&browser.get(&action).await).fill_all(typed);
        let refused = browser.send(form.forge("seen", "5-others").forge("do", "queue")).await;
        refused.expect_status(409);
        refused.expect("would now go to others than when you looked");
        assert_eq!(post(&refused).value("text"), Some("Dear {{name}}, who?"));
        let looked = browser.send(post(&refused).forge("do", "look")).await;
        browser.send(post(&looked).forge("do", "queue")).await.expect("Sent 0 of 5");
    }

    async fn a_filter_chooses_claims_and_changes_no_amount(database) {
        let (app, case, counsel, _) = case(&database).await;
        let account = stage::person(&app.recoup, "eve@example.org", true, false).await.account;
        let (eve, id) = stage::ready(&app.recoup, account, "allegro", "Eve Tapes").await;
        let count = stage::document(&app.recoup, &eve, id, "count.pdf").await;
        let stock = |basis: &str, price: &str| stage::stock("100", basis, price);
        stage::line(&app.recoup, &eve, id, Category::HeldInventory, &stock("retail", "10.00"), Some(count)).await;
        stage::line(&app.recoup, &eve, id, Category::HeldInventory, &stock("wholesale", "6.00"), None).await;
        stage::send(&app.recoup, &eve, id).await.unwrap();
        app.run_jobs().await;
        let whole = "of 16,000.00 USD of Eve Tapes is 1,000.00 USD documented.";
        let answers = letter("claim", "3600");
        let by_category = |category| Filter { category: Some(category), ..submitted() };
        let by_basis = |basis| Filter { basis: Some(basis), ..submitted() };
        for (filter, mails) in [
            (submitted(), 6),
            (by_category(Category::UnpaidSales), 6),
            (by_category(Category::HeldInventory), 1),
            (by_basis(Basis::Wholesale), 1),
            (Filter { category: Some(Category::HeldInventory), ..by_basis(Basis::Retail) }, 1),
            (Filter { sworn_only: Some(false), ..by_category(Category::HeldInventory) }, 1),
        ] {
            let Preview { mails: count, samples, .. } = write_to_many::preview(&app.recoup, &counsel, &case, &filter, &answers).await.unwrap();
            assert_eq!(count, mails, "{filter:?}");
            assert!(samples.last().unwrap().text.contains(whole), "{filter:?}: {samples:?}");
        }
        let filter = by_category(Category::HeldInventory);
        write_to_many::test(&app.recoup, &counsel, &case, &filter, &answers, "key").await.unwrap();
        assert!(app.mail("letter", "counsel@example.org").await.body_text.contains(whole));
        let seen = seen(&app, &counsel, &case, &filter, &answers, 1).await;
        write_to_many::queue(&app.recoup, &counsel, &case, &wish(&filter, &seen, &answers, "")).await.unwrap();
        assert!(app.mail("letter", "eve@example.org").await.body_text.contains(whole));
    }

    async fn withdrawn_claims_are_written_to_only_where_the_filter_asks_for_them(database) {
        let (app, case, counsel, people) = case(&database).await;
        let bob = claim_of(&app, &counsel, &case, "Bob & Sons").await;
        withdraw(&app.recoup, &people[1], bob, "Paid.").await.unwrap();
        let everything = Filter::default();
        let chosen = write_to_many::choose(&app.recoup, &counsel, &case, &everything).await.unwrap();
        assert_eq!((chosen.claims(), chosen.people()), (4, 3));
        assert!(chosen.recipients.iter().all(|recipient| recipient.claim_id != bob));
        for about in ["claim", "news"] {
            seen(&app, &counsel, &case, &everything, &letter(about, "60"), if about == "claim" { 4 } else { 3 }).await;
        }
        let answers = letter("claim", "3600");
        let of_everything = seen(&app, &counsel, &case, &everything, &answers, 4).await;
        write_to_many::queue(&app.recoup, &counsel, &case, &wish(&everything, &of_everything, &answers, "")).await.unwrap();
        let Preview { mails: count, samples, mark } = write_to_many::preview(&app.recoup, &counsel, &case, &withdrawn(), &answers).await.unwrap();
        assert_eq!((count, samples[0].recipient.as_str()), (1, "person1 <person1@example.org>"));
        app.pass(Duration::minutes(1));
        let to_bob = async || app.mails().await.iter().filter(|mail| mail.kind == "letter" && mail.recipient == "person1@example.org").count();
        assert_eq!(to_bob().await, 0);
        write_to_many::queue(&app.recoup, &counsel, &case, &wish(&withdrawn(), &mark, &answers, "")).await.unwrap();
        assert_eq!(to_bob().await, 1, "counsel asked for withdrawn claims");
    }

    async fn a_letter_is_not_sent_whose_claim_is_withdrawn_before_its_time(database) {
        let (app, case, counsel, people) = case(&database).await;
        let (bob, dora) = (claim_of(&app, &counsel, &case, "Bob & Sons").await, claim_of(&app, &counsel, &case, "Dora Music").await);
        let answers = letter("claim", "4");
        let seen = seen(&app, &counsel, &case, &submitted(), &answers, 5).await;
        let id = write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &answers, "")).await.unwrap();
        app.run_jobs().await;
        app.pass(Duration::minutes(1));
        withdraw(&app.recoup, &people[1], bob, "Paid.").await.unwrap();
        withdraw(&app.recoup, &people[3], dora, "By mistake.").await.unwrap();
        stage::open_next_version(&app.recoup, &people[3], dora).await;
        stage::send(&app.recoup, &people[3], dora).await.unwrap();
        let of_bob = async || mails(&app, case.id, id).await.into_iter().find(|mail| mail.recipient == "person1@example.org").unwrap();
        let waiting = of_bob().await;
        assert_eq!((waiting.state.as_str(), waiting.claim_withdrawn), ("waiting", true));
        assert_eq!(mails(&app, case.id, id).await.iter().filter(|mail| mail.claim_withdrawn).count(), 1, "who sent the claim again gets the letter");
        let refused = look_after_mail::send_now(&app.recoup, &counsel, case.id, waiting.id).await.unwrap_err();
        assert!(said(refused).starts_with("The claim was withdrawn after this mail was queued"));
        app.pass(Duration::hours(2));
        app.run_jobs().await;
        assert_eq!(counts(&app, case.id, id).await, is(&[("sent", 4), ("discarded", 1)]));
        assert_eq!(of_bob().await.state, "discarded");
        let mut tx = app.recoup.store.read().await.unwrap();
        let log = outbox::deliveries(&mut tx, waiting.id).await.unwrap();
        drop(tx);
        let [(_, outcome, why)] = log.as_slice() else { panic!("{log:?}") };
        assert_eq!((outcome.as_str(), why.as_str()), ("discarded", "not sent: the claim was withdrawn after the mail was queued"));
        let letters: Vec<_> = app.mails().await.into_iter().filter(|mail| mail.kind == "letter").map(|mail| mail.recipient).collect();
        assert_eq!(letters.len(), 4);
        assert!(!letters.contains(&"person1@example.org".to_owned()) && letters.contains(&"person3@example.org".to_owned()), "{letters:?}");
    }

    async fn news_go_to_each_person_once_and_not_to_who_wants_none(database) {
        let (app, case, counsel, people) = case(&database).await;
        preferences::set_of_claimant(&app.recoup, &people[1], "allegro", &Answers::default().with("reminders", "yes")).await.unwrap();
        let drafting = stage::person(&app.recoup, "draft@example.org", true, false).await.account;
        stage::ready(&app.recoup, drafting, "allegro", "Draft").await;
        let news = stage::answers(&[("title", "A hearing"), ("text", "On 4 May."), ("mail", "yes"), ("per_hour", "3600")]);
        for _ in 0..2 {
            assert_eq!(publish_news::publish(&app.recoup, &counsel, &case, &news, "key").await.unwrap(), 4);
        }
        app.pass(Duration::minutes(1));
        let mails: Vec<_> = app.mails().await.into_iter().filter(|mail| mail.kind == "news").collect();
        let mut whom: Vec<_> = mails.iter().map(|mail| mail.recipient.as_str()).collect();
        whom.sort_unstable();
        assert_eq!(whom, ["draft@example.org", "person0@example.org", "person2@example.org", "person3@example.org"]);
        assert!(mails.iter().all(|mail| !mail.unsubscribe.is_empty() && mail.body_text.contains(&mail.unsubscribe)));
        // Counsel do not see who writes a draft.
        let mut tx = app.recoup.store.read().await.unwrap();
        let id = mailings::of_case(&mut tx, case.id, 1).await.unwrap()[0].id;
        drop(tx);
        assert!(self::mails(&app, case.id, id).await.iter().all(|mail| mail.recipient != "draft@example.org"));
        let wrong = news.with("text", "Dear {{name}}");
        assert!(said(publish_news::publish(&app.recoup, &counsel, &case, &wrong, "").await.unwrap_err()).starts_with("text: News is the same for everybody"));
        // A mail to many that is news, with the same wishes.
        let count = write_to_many::preview(&app.recoup, &counsel, &case, &submitted(), &letter("news", "60")).await.unwrap().mails;
        assert_eq!(count, 3);
    }

    async fn what_waits_is_edited_discarded_and_sent_at_once(database) {
        let (app, case, counsel, _) = case(&database).await;
        let answers = letter("claim", "1");
        let seen = seen(&app, &counsel, &case, &submitted(), &answers, 5).await;
        let id = write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &answers, "")).await.unwrap();
        app.run_jobs().await;
        let waiting: Vec<_> = mails(&app, case.id, id).await.into_iter().filter(|mail| mail.state == "waiting").collect();
        let [edited, discarded, sent, _] = waiting.as_slice() else { panic!("{waiting:?}") };
        let recoup = &app.recoup;
        let typed = stage::answers(&[("subject", "New subject"), ("text", "<b>New</b> \u{e000}text\u{e001}https://evil.example\u{e002}")]);
        let seen = look_after_mail::mark(edited);
        look_after_mail::edit(recoup, &counsel, case.id, edited.id, &typed, &seen).await.unwrap();
        look_after_mail::edit(recoup, &counsel, case.id, edited.id, &typed, &seen).await.unwrap();
        let other = typed.clone().with("text", "Somebody else’s text.");
        assert!(said(look_after_mail::edit(recoup, &counsel, case.id, edited.id, &other, &seen).await.unwrap_err()).contains("somebody else changed it"));
        let folded = typed.clone().with("subject", "A\nBcc: all@example.org");
        assert!(said(look_after_mail::edit(recoup, &counsel, case.id, edited.id, &folded, &seen).await.unwrap_err()).starts_with("subject: "));
        look_after_mail::send_now(recoup, &counsel, case.id, edited.id).await.unwrap();
        look_after_mail::discard(recoup, &counsel, case.id, discarded.id).await.unwrap();
        look_after_mail::discard(recoup, &counsel, case.id, discarded.id).await.unwrap();
        assert!(look_after_mail::send_now(recoup, &counsel, case.id, discarded.id).await.is_err(), "what is discarded stays so");
        look_after_mail::send_now(recoup, &counsel, case.id, sent.id).await.unwrap();
        let delivered: Vec<_> = app.mails().await.into_iter().filter(|mail| mail.kind == "letter").collect();
        assert_eq!(delivered.len(), 3);
        let new = delivered.iter().find(|mail| mail.subject == "New subject").unwrap();
        assert!(new.body_html.contains("&lt;b&gt;New&lt;/b&gt; texthttps://evil.example") && !new.body_html.contains("<a href"), "{}", new.body_html);
        assert_eq!(counts(&app, case.id, id).await, is(&[("sent", 3), ("discarded", 1), ("waiting", 1)]));
        // A receipt is the program's word.
        let mut tx = app.recoup.store.read().await.unwrap();
        let receipt = outbox::of_case(&mut tx, case.id, "", None, 100, 0).await.unwrap().into_iter().find(|mail| mail.kind == "receipt").unwrap();
        drop(tx);
        assert!(look_after_mail::edit(recoup, &counsel, case.id, receipt.id, &typed, &look_after_mail::mark(&receipt)).await.is_err());
        assert!(look_after_mail::discard(recoup, &counsel, case.id, receipt.id).await.is_err());
    }

    async fn who_comes_after_the_worker_is_told_so(database) {
        let (app, case, counsel, _) = case(&database).await;
        let answers = letter("claim", "3600");
        let seen = seen(&app, &counsel, &case, &submitted(), &answers, 5).await;
        let id = write_to_many::queue(&app.recoup, &counsel, &case, &wish(&submitted(), &seen, &answers, "")).await.unwrap();
        let before = mails(&app, case.id, id).await;
        app.pass(Duration::minutes(1));
        let leased = lease(&app).await;
        let typed = stage::answers(&[("subject", "Too"), ("text", "Late.")]);
        let mail = before.iter().find(|mail| mail.id == leased[0]).unwrap();
        let recoup = &app.recoup;
        for late in [
            look_after_mail::edit(recoup, &counsel, case.id, mail.id, &typed, &look_after_mail::mark(mail)).await,
            look_after_mail::discard(recoup, &counsel, case.id, mail.id).await,
            look_after_mail::send_now(recoup, &counsel, case.id, mail.id).await,
        ] {
            assert!(said(late.unwrap_err()).starts_with("This mail no longer waits"));
        }
        // It failed for good; counsel try it again, with new patience.
        settle(&app, mail.id, "failed").await;
        look_after_mail::send_now(recoup, &counsel, case.id, mail.id).await.unwrap();
        assert_eq!(app.mails().await.iter().filter(|sent| sent.id == mail.id).count(), 1);

        let outsider = stage::person(recoup, "outsider@example.org", true, false).await;
        // Who may not waits for nobody who writes.
        let writing = recoup.store.write().await.unwrap();
        for refused in [
            look_after_mail::edit(recoup, &outsider, case.id, mail.id, &typed, &look_after_mail::mark(mail)).await,
            look_after_mail::discard(recoup, &outsider, case.id, mail.id).await,
            look_after_mail::send_now(recoup, &outsider, case.id, mail.id).await,
        ] {
            assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");
        }
        drop(writing);
        assert!(write_to_many::preview(recoup, &outsider, &case, &submitted(), &answers).await.is_err());
        assert!(write_to_many::stop(recoup, &outsider, case.id, id).await.is_err());
        assert!(publish_news::publish(recoup, &outsider, &case, &typed, "").await.is_err());
    }

    async fn an_unknown_placeholder_is_named_and_nothing_is_saved(database) {
        let (app, case, counsel, _) = case(&database).await;
        let typed = stage::answers(&[("name", "Reminder"), ("subject", "Claim {{number}}"), ("text", "Dear {{nmae}},")]);
        let wrong = said(mail_templates::save(&app.recoup, &counsel, case.id, None, &typed).await.unwrap_err());
        assert!(wrong.starts_with("text: There is no placeholder {{nmae}}."), "{wrong}");
        let right = typed.with("text", "Dear {{name}},");
        let id = mail_templates::save(&app.recoup, &counsel, case.id, None, &right).await.unwrap();
        assert!(said(mail_templates::save(&app.recoup, &counsel, case.id, None, &right).await.unwrap_err()).starts_with("name: Another template"));
        mail_templates::save(&app.recoup, &counsel, case.id, Some(id), &right.clone().with("name", "Second")).await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        let kept: Vec<_> = mailings::templates(&mut tx, case.id).await.unwrap().into_iter().map(|template| template.name).collect();
        drop(tx);
        assert_eq!(kept, ["Second"]);
        mail_templates::remove(&app.recoup, &counsel, case.id, id).await.unwrap();
        assert!(mail_templates::save(&app.recoup, &counsel, case.id, Some(id), &right).await.is_err(), "what is gone is not saved");
    }

    async fn mail_is_read_in_the_portal_by_its_owner_without_links_that_sign_in(database) {
        let (app, _, counsel, people) = case(&database).await;
        let (list, count) = own_mail::list(&app.recoup, &people[0], 10, 1).await.unwrap();
        assert_eq!((count, list.len()), (2, 2), "two receipts");
        let read = own_mail::read(&app.recoup, &people[0], list[0].mail.id).await.unwrap();
        assert_eq!((read.zone.as_str(), list[1].zone.as_str()), ("America/Los_Angeles", "America/Los_Angeles"), "the zone of the case");
        assert!(read.mail.body_text.contains("/claims/"), "{}", read.mail.body_text);
        assert!(own_mail::read(&app.recoup, &counsel, list[0].mail.id).await.is_err(), "nobody reads another's mail here");
        assert!(own_mail::list(&app.recoup, &counsel, 10, 99).await.unwrap().0.iter().all(|own| own.mail.recipient == "counsel@example.org"));

        claims::actions::sign_in::forgotten(&app.recoup, &Answers::default().with("email", "person0@example.org"), "192.0.2.1").await.unwrap();
        let sent = app.mail("reset_password", "person0@example.org").await;
        let (list, _) = own_mail::list(&app.recoup, &people[0], 10, 1).await.unwrap();
        let own = list.iter().find(|own| own.mail.kind == "reset_password").expect("it is in the list");
        assert_eq!(own.zone, "Etc/UTC");
        let read = own_mail::read(&app.recoup, &people[0], own.mail.id).await.unwrap();
        assert!(sent.body_text.contains("/reset/") && !read.mail.body_text.contains("http"), "{}", read.mail.body_text);
    }
}
