//! Telling counsel and claimants: each thing once, in the way that each person chose, digests once a morning.

use chrono::Duration;
use claims::{
    CaseId, ClaimId, Clock, Instant,
    access::Actor,
    actions::{
        cases as case_actions, counsel as appoint, match_case,
        notices::{look, preferences, unsubscribe},
        save_step, withdraw,
    },
    intake::{Answers, steps::Step},
    line::Category,
    notices::{Kind, Way},
    store::{
        cases,
        outbox::{self, Mail},
    },
};
use tests::{App, Database, Options, on_both, stage};

const COUNSEL: &str = "counsel@example.org";

/// A case with a counsel, whose thresholds are low.
async fn case(database: &Database) -> (App, CaseId, Actor) {
    let app = App::start(database).await;
    let settings = stage::case_answers("allegro", "ALG")
        .with("alert_members", "2")
        .with("alert_claim", "20,000.00")
        .with("alert_total", "25,000.00");
    let case = stage::case_with(&app.recoup, &settings).await;
    let counsel = stage::person(&app.recoup, COUNSEL, true, false).await;
    appoint::appoint(&app.recoup, case, counsel.account).await.unwrap();
    let counsel = stage::actor(&app.recoup, counsel.account).await;
    (app, case, counsel)
}

/// A claim of somebody who resembles nobody else.
async fn file(app: &App, n: u32, name: &str, amount: &str) -> (Actor, ClaimId) {
    let (actor, id) = draft(app, n, name, amount).await;
    stage::send(&app.recoup, &actor, id).await.unwrap();
    (actor, id)
}

async fn draft(app: &App, n: u32, name: &str, amount: &str) -> (Actor, ClaimId) {
    let account = stage::person(&app.recoup, &format!("person{n}@example.org"), true, false).await.account;
    let (actor, id) = stage::start(&app.recoup, account, "allegro", name).await;
    stage::fill_steps(&app.recoup, &actor, id, name).await;
    let who = stage::claimant_answers(name)
        .with("email", format!("post{n}@{}.example", name.to_lowercase().replace(' ', "")))
        .with("phone", format!("+1 503 555 {:04}", 100 + n * 37))
        .with("street", format!("{} {name} Street", n * 13 + 5));
    assert!(save_step::save(&app.recoup, &actor, id, Step::Claimant, &who).await.unwrap());
    let sales =
        stage::sales(amount).with("title", format!("Songs of {name}")).with("catalogue_number", format!("C {n}"));
    stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &sales, None).await;
    (actor, id)
}

/// Chooses one way for all kinds, but for some.
async fn choose(app: &App, counsel: &Actor, case: CaseId, all: Way, but: &[(Kind, Way)]) {
    let mut answers = Kind::ALL.iter().fold(Answers::default(), |answers, kind| answers.with(kind.key(), all.key()));
    for (kind, way) in but {
        answers.set(kind.key(), way.key());
    }
    preferences::set_of_counsel(&app.recoup, counsel, case, &answers).await.unwrap();
}

/// The mails to counsel of one kind, after the jobs have run.
async fn told(app: &App, kind: &str) -> Vec<Mail> {
    let mails = app.mails().await;
    mails.into_iter().filter(|mail| mail.kind == kind && mail.recipient == COUNSEL).collect()
}

fn subjects(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.split(": Claims against").next().unwrap_or_default()).collect()
}

/// Moves the clock to a moment.
fn to(app: &App, moment: &str) {
    let moment: Instant = moment.parse().unwrap();
    assert!(moment >= app.clock.now());
    app.pass(moment - app.clock.now());
}

/// Another process on the same database, at the same time; its mailbox is empty.
async fn restart(app: &App) -> App {
    let clock = Clock::fixed(app.clock.now());
    App::start_with(app.database(), Options { clock: Some(clock), ..Options::default() }).await
}

on_both! {
    async fn a_threshold_is_told_of_once_to_and_fro_and_after_a_restart(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::AtOnce, &[]).await;
        file(&app, 1, "Harbor Light", "15,000.00").await;
        assert_eq!(told(&app, "notice").await.len(), 0, "one member, 15,000.00");
        let (actor, id) = file(&app, 2, "Brass Lantern", "15,000.00").await;
        let mails = told(&app, "notice").await;
        let mut found = subjects(&mails);
        found.sort_unstable();
        assert_eq!(found, ["2 members reached", "Unique total above 25,000.00 USD"]);
        let total = mails.iter().find(|mail| mail.subject.starts_with("Unique")).unwrap();
        for link in ["/counsel/allegro/claims?status=submitted&sort=overlap", "/counsel/allegro/mail/preferences"] {
            assert!(total.body_text.contains(link), "{}", total.body_text);
        }

        withdraw::withdraw(&app.recoup, &actor, id, "By mistake.").await.unwrap();
        app.run_jobs().await;
        stage::open_next_version(&app.recoup, &actor, id).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let after = told(&app, "notice").await;
        assert!(after.len() == 3 && after[2].subject.starts_with("Withdrawn: claim ALG-000002"), "only the withdrawal is new: {:?}", subjects(&after));

        let again = restart(&app).await;
        file(&again, 3, "Odile Marsh", "1.00").await;
        assert!(told(&again, "notice").await.is_empty(), "after a restart nothing is told again");
    }

    async fn a_large_claim_is_told_of_once_and_never_in_two_mails(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::Off, &[(Kind::ClaimNew, Way::AtOnce), (Kind::ClaimAmended, Way::Off), (Kind::ClaimLarge, Way::AtOnce)]).await;
        let (actor, id) = file(&app, 1, "Harbor Light", "30,000.00").await;
        let mail = told(&app, "new_claim").await.remove(0);
        assert!(mail.body_text.contains("Claimed: 30,000.00 USD, more than the 20,000.00 USD set for this case"), "{}", mail.body_text);
        assert!(told(&app, "notice").await.is_empty(), "one mail says both");
        // Amended to less and to more again.
        stage::open_next_version(&app.recoup, &actor, id).await;
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("5.00"), None).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        assert!(told(&app, "notice").await.is_empty(), "the same claim is told of once");

        choose(&app, &counsel, case, Way::Off, &[(Kind::ClaimLarge, Way::AtOnce)]).await;
        file(&app, 2, "Brass Lantern", "40,000.00").await;
        let large = format!("A large claim, {}: 40,000.00 USD", number(&app, 2).await);
        assert_eq!(subjects(&told(&app, "notice").await), [large]);
        assert_eq!(told(&app, "new_claim").await.len(), 1, "of new claims nothing is told any more");
    }

    async fn preferences_are_honoured_for_each_person_and_case(database) {
        let (app, case, counsel) = case(&database).await;
        let other = stage::case(&app.recoup, "other", "OTH").await;
        let partner = stage::person(&app.recoup, "partner@example.org", true, false).await;
        for of in [case, other] {
            appoint::appoint(&app.recoup, of, partner.account).await.unwrap();
        }
        appoint::appoint(&app.recoup, other, counsel.account).await.unwrap();
        let counsel = stage::actor(&app.recoup, counsel.account).await;
        choose(&app, &counsel, case, Way::Off, &[]).await;
        let outsider = stage::person(&app.recoup, "outsider@example.org", true, false).await;
        let all = Kind::ALL.iter().fold(Answers::default(), |answers, kind| answers.with(kind.key(), "off"));
        assert!(preferences::set_of_counsel(&app.recoup, &outsider, case, &all).await.is_err());
        assert!(preferences::of_counsel(&app.recoup, &outsider, case).await.is_err());

        file(&app, 1, "Harbor Light", "15,000.00").await;
        let mails = app.mails().await;
        let to = |email: &str| mails.iter().filter(|mail| mail.kind == "new_claim" && mail.recipient == email).count();
        assert_eq!((to(COUNSEL), to("partner@example.org")), (0, 1), "off for one, as the program begins for the other");

        let account = stage::person(&app.recoup, "person9@example.org", true, false).await.account;
        stage::sent(&app.recoup, account, "other", "Elsewhere").await;
        assert_eq!(told(&app, "new_claim").await.len(), 1, "off in one case says nothing of another");
        app.pass(Duration::days(2));
        assert!(told(&app, "digest").await.is_empty());
    }

    async fn counsel_who_are_dismissed_are_told_nothing_more(database) {
        let (app, case, counsel) = case(&database).await;
        let partner = stage::person(&app.recoup, "partner@example.org", true, false).await;
        appoint::appoint(&app.recoup, case, partner.account).await.unwrap();
        // Counsel has a claim too, of which they go on hearing.
        stage::sent(&app.recoup, counsel.account, "allegro", "Harbor Light").await;
        // A new claim is told of once it was compared with the others.
        while match_case::run_due(&app.recoup, "a matcher").await.unwrap() > 0 {}
        look::look(&app.recoup).await.unwrap();
        let waiting = async |email: &str| {
            let rows: Vec<(String, String, String)> = database.rows("SELECT recipient, kind, state FROM outbox ORDER BY id").await;
            let of = rows.into_iter().filter(|(recipient, _, _)| recipient == email);
            of.map(|(_, kind, state)| format!("{kind} {state}")).collect::<Vec<_>>()
        };
        assert_eq!(waiting(COUNSEL).await, ["receipt waiting", "new_claim waiting"]);
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        // A worker has both just then, and is refused for now.
        let now = app.clock.now();
        let mut tx = app.recoup.store.write().await.unwrap();
        let mails = outbox::lease(&mut tx, "a worker", 10, now, now + Duration::minutes(5)).await.unwrap();
        tx.commit().await.unwrap();
        appoint::dismiss(&app.recoup, &root, case, counsel.account).await.unwrap();
        let mut tx = app.recoup.store.write().await.unwrap();
        for mail in mails {
            assert!(outbox::settle(&mut tx, mail.id, "a worker", "waiting", "later", now, now).await.unwrap());
        }
        tx.commit().await.unwrap();
        let (_go_on, never) = tokio::sync::watch::channel(false);
        assert_eq!(app.deliver(&never).await, 3);
        assert_eq!(waiting(COUNSEL).await, ["receipt sent", "new_claim discarded"]);
        assert_eq!(waiting("partner@example.org").await, ["new_claim sent"], "nobody else is dismissed");
        let why: Vec<(String,)> = database.rows("SELECT detail FROM deliveries WHERE outcome = 'discarded'").await;
        assert_eq!(why, [("not sent: whom it is for is no longer counsel of the case".to_owned(),)]);
        assert!(app.mails().await.iter().all(|mail| mail.recipient != COUNSEL || mail.kind == "receipt"));
    }

    async fn what_was_turned_off_meanwhile_is_not_in_the_digest(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::Digest, &[]).await;
        file(&app, 1, "Harbor Light", "15,000.00").await;
        app.run_jobs().await;
        choose(&app, &counsel, case, Way::Off, &[]).await;
        app.pass(Duration::days(1));
        assert!(told(&app, "digest").await.is_empty());
        choose(&app, &counsel, case, Way::Digest, &[]).await;
        app.pass(Duration::days(1));
        assert!(told(&app, "digest").await.is_empty(), "and does not come back");
    }

    async fn a_morning_of_unwanted_news_leaves_the_figures_to_the_next_digest(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::Digest, &[]).await;
        file(&app, 1, "Harbor Light", "15,000.00").await;
        app.run_jobs().await;
        to(&app, "2026-03-05T15:00:00Z");
        assert_eq!(told(&app, "digest").await.len(), 1);
        file(&app, 2, "Brass Lantern", "5,000.00").await;
        app.run_jobs().await;
        choose(&app, &counsel, case, Way::Off, &[]).await;
        to(&app, "2026-03-06T15:00:00Z");
        assert_eq!(told(&app, "digest").await.len(), 1, "nothing of it is wanted any more");
        choose(&app, &counsel, case, Way::Digest, &[]).await;
        file(&app, 3, "Odile Marsh", "5.00").await;
        app.run_jobs().await;
        to(&app, "2026-03-07T15:00:00Z");
        let digests = told(&app, "digest").await;
        assert_eq!(digests.len(), 2);
        for words in ["since the last such mail, 5 March 2026", "Claims: 3 (2 more)", "Gross claimed: 20,005.00 USD (5,005.00 USD more)"] {
            assert!(digests[1].body_text.contains(words), "{words}: {}", digests[1].body_text);
        }
    }

    async fn a_digest_comes_once_a_morning_in_the_zone_of_the_case(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::Digest, &[]).await;
        // Wednesday, nine in the morning in Oregon: the digest of this morning is past.
        file(&app, 1, "Harbor Light", "15,000.00").await;
        assert!(told(&app, "digest").await.is_empty());
        to(&app, "2026-03-05T14:59:59Z");
        assert!(told(&app, "digest").await.is_empty());
        to(&app, "2026-03-05T15:00:00Z");
        let first = told(&app, "digest").await;
        assert_eq!(first.len(), 1);
        for words in ["this is the first such mail", "New claims\n- ALG-000001", "Harbor Light claims 15,000.00 USD", "Claims: 1\n", "Gross claimed: 15,000.00 USD", "/counsel/allegro/claims/ALG-000001"] {
            assert!(first[0].body_text.contains(words), "{words}: {}", first[0].body_text);
        }
        assert!(told(&app, "new_claim").await.is_empty());

        // Again at once, an hour later with news, and after a restart: that morning had its digest.
        assert_eq!(told(&app, "digest").await.len(), 1);
        file(&app, 2, "Brass Lantern", "5,000.00").await;
        app.pass(Duration::hours(1));
        assert_eq!(told(&app, "digest").await.len(), 1);
        let again = restart(&app).await;
        assert!(told(&again, "digest").await.is_empty());

        to(&app, "2026-03-06T15:00:00Z");
        let second = told(&app, "digest").await;
        assert_eq!(second.len(), 2);
        for words in ["since the last such mail, 5 March 2026, 7:00 a.m. PST", "Brass Lantern claims 5,000.00 USD", "Claims: 2 (1 more)", "Gross claimed: 20,000.00 USD (5,000.00 USD more)", "2 members: 2 reached"] {
            assert!(second[1].body_text.contains(words), "{words}: {}", second[1].body_text);
        }
        assert!(!second[1].body_text.contains("Harbor Light"), "what was told is not told again: {}", second[1].body_text);
        assert!(second[1].subject.ends_with("what changed since 5 March 2026"), "{}", second[1].subject);

        // A night in which clocks are put forward: seven o'clock comes an hour earlier.
        to(&app, "2026-03-08T01:00:00Z");
        file(&app, 3, "Odile Marsh", "5.00").await;
        to(&app, "2026-03-08T13:59:59Z");
        assert_eq!(told(&app, "digest").await.len(), 2);
        to(&app, "2026-03-08T14:00:00Z");
        assert_eq!(told(&app, "digest").await.len(), 3);

        // Nothing ran for days: one mail, with everything until seven this morning.
        file(&app, 4, "Winter Count", "6.00").await;
        match_all(&app).await;
        to(&app, "2026-03-12T23:00:00Z");
        file(&app, 5, "Night Ferry", "7.00").await;
        let late = told(&app, "digest").await;
        assert_eq!(late.len(), 4);
        assert!(late[3].body_text.contains("Winter Count") && !late[3].body_text.contains("Night Ferry"), "{}", late[3].body_text);
        to(&app, "2026-03-13T13:59:00Z");
        assert_eq!(told(&app, "digest").await.len(), 4);
        to(&app, "2026-03-13T14:00:00Z");
        assert_eq!(told(&app, "digest").await.len(), 5);
        to(&app, "2026-03-20T14:00:00Z");
        assert_eq!(told(&app, "digest").await.len(), 5, "nothing happened, nothing is mailed");
    }

    async fn processes_that_look_at_the_same_time_send_one_digest(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::Digest, &[(Kind::Deadline, Way::AtOnce)]).await;
        file(&app, 1, "Harbor Light", "15,000.00").await;
        match_all(&app).await;
        to(&app, "2026-06-25T15:00:00Z");
        let looks = futures::future::join_all((0..5).map(|n| {
            let recoup = app.recoup.clone();
            tokio::spawn(async move { if n % 2 == 0 { look::look(&recoup).await } else { look::run_due(&recoup, &format!("{n}")).await.map(drop) } })
        })).await;
        for looked in looks {
            looked.unwrap().unwrap();
        }
        assert_eq!(told(&app, "digest").await.len(), 1);
        assert_eq!(subjects(&told(&app, "notice").await), ["5 days left for claims"]);
    }

    async fn the_job_looks_once_a_minute_and_by_one_process(database) {
        let (app, ..) = case(&database).await;
        assert!(look::run_due(&app.recoup, "a").await.unwrap());
        assert!(!look::run_due(&app.recoup, "b").await.unwrap());
        app.pass(Duration::minutes(1));
        assert!(look::run_due(&app.recoup, "b").await.unwrap());
    }

    async fn a_claim_withdrawn_before_counsel_was_told_is_not_said_to_resemble_nobody(database) {
        let (app, ..) = case(&database).await;
        let (actor, id) = file(&app, 1, "Harbor Light", "30,000.00").await;
        withdraw::withdraw(&app.recoup, &actor, id, "By mistake.").await.unwrap();
        let mail = told(&app, "new_claim").await.remove(0);
        assert!(mail.body_text.contains("It was withdrawn meanwhile, and counts in no total."), "{}", mail.body_text);
        for wrong in ["resembles no other", "more than the", "could not be compared"] {
            assert!(!mail.body_text.contains(wrong), "{}", mail.body_text);
        }
        // And an amendment that came before the first version was told.
        let (actor, id) = file(&app, 2, "Brass Lantern", "1.00").await;
        stage::open_next_version(&app.recoup, &actor, id).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let mails = told(&app, "new_claim").await;
        assert!(mails[1].body_text.contains("A later version was sent meanwhile"), "{}", mails[1].body_text);
    }

    async fn likely_duplicates_and_overlaps_are_told_of_once(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::Off, &[(Kind::Matches, Way::AtOnce)]).await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        for name in ["Jay Records", "Jay Recordings"] {
            let (actor, id) = stage::ready(&app.recoup, account, "allegro", name).await;
            let of_a_release = stage::sales("7.00").with("title", "Sonatas").with("catalogue_number", "JAY 7");
            stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &of_a_release, None).await;
            stage::send(&app.recoup, &actor, id).await.unwrap();
        }
        let mails = told(&app, "notice").await;
        assert_eq!(mails.len(), 1, "{:?}", subjects(&mails));
        for words in ["ALG-000001", "may be of one claimant", "% probable", "7.00 USD may be counted twice", "/counsel/allegro/matches/", "/counsel/allegro/overlaps/"] {
            assert!(mails[0].body_text.contains(words), "{words}: {}", mails[0].body_text);
        }
        let mut tx = app.recoup.store.write().await.unwrap();
        claims::store::matching::want(&mut tx, case).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told(&app, "notice").await.len(), 1, "another run finds nothing new");
    }

    async fn the_deadline_is_told_of_at_its_marks_and_days_off_become_one_mail(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::Off, &[(Kind::Deadline, Way::AtOnce)]).await;
        // The last day is 30 June in Oregon, where it is still 30 May in the evening when it is the 31st in UTC.
        to(&app, "2026-05-31T06:59:00Z");
        assert!(told(&app, "notice").await.is_empty());
        to(&app, "2026-05-31T07:00:00Z");
        assert_eq!(subjects(&told(&app, "notice").await), ["30 days left for claims"]);
        to(&app, "2026-06-01T07:00:00Z");
        assert_eq!(told(&app, "notice").await.len(), 1);
        // Off from before the seventh day until the last but one.
        to(&app, "2026-06-29T20:00:00Z");
        assert_eq!(subjects(&told(&app, "notice").await)[1..], ["One day left for claims"]);
        let again = restart(&app).await;
        assert!(told(&again, "notice").await.is_empty());

        // Moved to a later day, it comes near again.
        let administrator = stage::person(&app.recoup, "root@example.org", true, true).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        let row = cases::by_id(&mut tx, case).await.unwrap().unwrap();
        drop(tx);
        let settings = row.settings.0.clone().with("deadline_day", "2026-07-04");
        case_actions::save(&app.recoup, &administrator, case, row.revision, &settings).await.unwrap();
        let mails = told(&app, "notice").await;
        assert_eq!(subjects(&mails)[2..], ["5 days left for claims"]);
        to(&app, "2026-07-06T20:00:00Z");
        assert_eq!(told(&app, "notice").await.len(), 3, "after it nothing comes near");
    }

    async fn a_mail_that_fails_is_told_of_once_and_one_to_counsel_never(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::Off, &[(Kind::MailFailed, Way::AtOnce), (Kind::ClaimNew, Way::AtOnce)]).await;
        file(&app, 1, "Harbor Light", "15,000.00").await;
        match_all(&app).await;
        fail_everything(&app).await;
        let mails = told(&app, "notice").await;
        assert_eq!(subjects(&mails), ["A mail to person1@example.org could not be delivered"], "of the mail to counsel nothing is told");
        assert!(mails[0].body_text.contains("no such mailbox") && mails[0].body_text.contains("/counsel/allegro/mail/"), "{}", mails[0].body_text);
        assert_eq!(told(&app, "notice").await.len(), 1);
    }

    async fn of_drafts_that_stall_their_number_is_told_and_nothing_else(database) {
        let (app, case, counsel) = case(&database).await;
        choose(&app, &counsel, case, Way::Off, &[(Kind::DraftsStalled, Way::AtOnce)]).await;
        let (actor, id) = draft(&app, 1, "Harbor Light", "15,000.00").await;
        draft(&app, 2, "Brass Lantern", "15,000.00").await;
        app.pass(Duration::days(10));
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("5.00"), None).await;
        app.pass(Duration::days(5));
        let mails = told(&app, "notice").await;
        assert_eq!(subjects(&mails), ["1 draft stalls"], "work on a line is work");
        assert!(!mails[0].body_text.contains("Brass") && !mails[0].body_text.contains("person2"), "{}", mails[0].body_text);
        app.pass(Duration::days(10));
        assert_eq!(subjects(&told(&app, "notice").await), ["1 draft stalls", "1 draft stalls"]);
        // Taken up and left again: the same draft is told of once.
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("6.00"), None).await;
        app.pass(Duration::days(20));
        assert_eq!(told(&app, "notice").await.len(), 2);
    }

    async fn claimants_are_reminded_of_what_is_unfinished(database) {
        let (app, ..) = case(&database).await;
        draft(&app, 1, "Harbor Light", "15,000.00").await;
        let (quiet, _) = draft(&app, 2, "Brass Lantern", "15,000.00").await;
        let (amending, id) = file(&app, 3, "Odile Marsh", "5.00").await;
        stage::open_next_version(&app.recoup, &amending, id).await;
        file(&app, 4, "Night Ferry", "5.00").await;
        let unproved = stage::person(&app.recoup, "unproved@example.org", false, false).await.account;
        stage::ready(&app.recoup, unproved, "allegro", "Unproved").await;
        preferences::set_of_claimant(&app.recoup, &quiet, "allegro", &Answers::default().with("news", "yes")).await.unwrap();

        let reminded = async || {
            let mails = app.mails().await;
            let mails: Vec<Mail> = mails.into_iter().filter(|mail| mail.kind == "reminder").collect();
            mails
        };
        to(&app, "2026-06-15T20:00:00Z");
        assert!(reminded().await.is_empty());
        to(&app, "2026-06-16T20:00:00Z");
        let mails = reminded().await;
        let whom: Vec<_> = mails.iter().map(|mail| mail.recipient.as_str()).collect();
        assert_eq!(whom, ["person1@example.org", "person3@example.org"], "not who sent, not who wants none, not an address that nobody proved");
        assert!(mails[0].subject.starts_with("14 days left: your claim") && mails[1].subject.contains("your amendment"), "{} {}", mails[0].subject, mails[1].subject);
        assert!(mails.iter().all(|mail| mail.body_text.contains("30 June 2026, 11:59 p.m. PDT") && mail.body_text.contains(&mail.unsubscribe) && !mail.unsubscribe.is_empty()));
        to(&app, "2026-06-20T20:00:00Z");
        assert_eq!(reminded().await.len(), 2);
        to(&app, "2026-06-30T20:00:00Z");
        assert_eq!(reminded().await.len(), 4, "days off become one reminder");
    }

    async fn who_begins_after_a_mark_is_reminded_at_the_next_and_so_is_who_takes_a_claim_up_again(database) {
        let (app, ..) = case(&database).await;
        let (back, id) = file(&app, 1, "Harbor Light", "15,000.00").await;
        withdraw::withdraw(&app.recoup, &back, id, "By mistake.").await.unwrap();
        let (gone, of_gone) = file(&app, 2, "Brass Lantern", "15,000.00").await;
        stage::open_next_version(&app.recoup, &gone, of_gone).await;
        app.pass(Duration::minutes(1));
        withdraw::withdraw(&app.recoup, &gone, of_gone, "For good, with an amendment half written.").await.unwrap();
        stage::open_next_version(&app.recoup, &back, id).await;
        let reminded = async || {
            let mails = app.mails().await;
            mails.into_iter().filter(|mail| mail.kind == "reminder").map(|mail| mail.recipient).collect::<Vec<_>>()
        };
        to(&app, "2026-06-16T20:00:00Z");
        assert_eq!(reminded().await, ["person1@example.org"], "taken up again, and not signed");
        draft(&app, 3, "Odile Marsh", "5.00").await;
        app.pass(Duration::minutes(2));
        assert_eq!(reminded().await.len(), 1, "who writes just now knows it");
        to(&app, "2026-06-22T20:00:00Z");
        assert_eq!(reminded().await.len(), 1);
        to(&app, "2026-06-23T20:00:00Z");
        assert_eq!(reminded().await[1..], ["person1@example.org", "person3@example.org"]);
    }

    async fn one_click_ends_what_the_link_names_and_nothing_else(database) {
        let (app, _, _) = case(&database).await;
        let (actor, _) = draft(&app, 1, "Harbor Light", "15,000.00").await;
        to(&app, "2026-06-16T20:00:00Z");
        let mail = app.mail("reminder", "person1@example.org").await;
        let token = mail.unsubscribe.rsplit('/').next().unwrap();
        // Every bit of it is signed.
        let bytes = token.as_bytes();
        for place in 0..bytes.len() {
            let mut forged = bytes.to_vec();
            forged[place] = if forged[place] == b'A' { b'Q' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(forged == token || unsubscribe::end(&app.recoup, &forged).await.is_err(), "{forged}");
        }
        for wrong in ["", "x", &token[..token.len() - 4], &format!("{token}AAAA"), &"A".repeat(44)] {
            assert!(unsubscribe::end(&app.recoup, wrong).await.is_err(), "{wrong}");
        }
        let subscribed = async || preferences::of_claimant(&app.recoup, &actor).await.unwrap()[0].to.iter().map(|(_, on)| *on).collect::<Vec<_>>();
        assert_eq!(subscribed().await, [true, true]);
        for _ in 0..2 {
            unsubscribe::end(&app.recoup, token).await.unwrap();
            assert_eq!(subscribed().await, [true, false], "reminders end, news do not; once more changes nothing");
        }
        to(&app, "2026-06-24T20:00:00Z");
        assert_eq!(app.mails().await.iter().filter(|mail| mail.kind == "reminder").count(), 1);
    }
}

/// The number of the claim that was sent as the `n`th.
async fn number(app: &App, n: i64) -> String {
    let rows: Vec<(String,)> =
        app.database().rows(&format!("SELECT number FROM claims WHERE number LIKE 'ALG-{n:06}-%'")).await;
    rows[0].0.clone()
}

async fn match_all(app: &App) {
    while claims::actions::match_case::run_due(&app.recoup, "a run").await.unwrap() > 0 {}
}

/// Lets every mail that is due fail for good.
async fn fail_everything(app: &App) {
    let now = app.clock.now();
    let mut tx = app.recoup.store.write().await.unwrap();
    for mail in outbox::lease(&mut tx, "failing", 100, now, now + Duration::minutes(5)).await.unwrap() {
        let why = "permanent error (550): 5.1.1 no such mailbox";
        assert!(outbox::settle(&mut tx, mail.id, "failing", "failed", why, now, now).await.unwrap());
    }
    tx.commit().await.unwrap();
}
