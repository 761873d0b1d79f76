//! Mail over real SMTP: a server that refuses, greylists, hangs, drops, is away, or cannot prove who it is.

use std::sync::atomic::Ordering;

use chrono::Duration;
use server::{
    config::MailBy,
    mail::{Post, worker},
};
use tests::{
    App, Database, Options, PATIENCE, on_both,
    smtp::{Authority, Mood, Smtp},
    stage,
};
use tokio::sync::watch;

/// An app that mails through a server, with a claim that was sent by two people.
async fn sent(database: &Database, url: String, patience: Option<std::time::Duration>) -> App {
    let mail = Some(MailBy::Smtp { url, ca: None });
    let app = App::start_with(database, Options { mail, patience, ..Options::default() }).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    for name in ["ada", "bert"] {
        let account = stage::person(&app.recoup, &format!("{name}@example.org"), true, false).await.account;
        stage::sent(&app.recoup, account, "allegro", &format!("Label of {name}")).await;
    }
    app
}

/// State, attempts and last answer of each mail, by recipient.
async fn states(database: &Database) -> Vec<(String, String, i64, String)> {
    database
        .rows("SELECT recipient, state, attempts, COALESCE((SELECT detail FROM deliveries d WHERE d.mail_id = outbox.id ORDER BY d.id DESC LIMIT 1), '') FROM outbox WHERE kind = 'receipt' ORDER BY recipient")
        .await
}

async fn of(database: &Database) -> Vec<(String, i64)> {
    states(database).await.into_iter().map(|(_, state, attempts, _)| (state, attempts)).collect()
}

/// Delivers until the server has a mail and the process is killed, before it is told what became of it; `false` if no mail was due.
async fn killed(app: &App, smtp: &Smtp) -> bool {
    let (say, mut has) = watch::channel(false);
    smtp.feel(Mood::Hangs);
    smtp.once_it_has_a_mail(move || _ = say.send_replace(true));
    let (_go_on, never) = watch::channel(false);
    // Its connections end with it.
    let post = Post::open(&MailBy::Smtp { url: smtp.url(), ca: None }, "Recoup <claims@example.org>").unwrap();
    tokio::select! {
        _ = worker::run_once(&app.recoup, &post, "a process that is killed", &never) => false,
        has = has.wait_for(|has| *has) => has.is_ok(),
    }
}

/// A process that is told to stop as soon as the server has a mail.
fn stopped_by(smtp: &Smtp) -> watch::Receiver<bool> {
    let (say, stop) = watch::channel(false);
    smtp.feel(Mood::Takes);
    smtp.once_it_has_a_mail(move || _ = say.send_replace(true));
    stop
}

fn state(state: &str, attempts: i64) -> (String, i64) {
    (state.to_owned(), attempts)
}

on_both! {
    async fn refused_for_good_is_failed_with_the_servers_words(database) {
        let smtp = Smtp::start().await;
        smtp.feel(Mood::Refuses("550 5.7.1 we take nothing from you\r\n"));
        let app = sent(&database, smtp.url(), None).await;
        app.run_jobs().await;
        let states = states(&database).await;
        assert!(states.iter().all(|(_, state, attempts, why)| state == "failed" && *attempts == 1 && why.contains("we take nothing from you")), "{states:?}");
        app.pass(Duration::days(4));
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 0);
    }

    async fn what_is_not_about_the_mail_leaves_it_waiting(database) {
        let smtp = Smtp::start().await;
        let app = sent(&database, smtp.url_with_password(), None).await;
        for (n, mood, words) in [
            (1, Mood::Sulks, "permanent error (554): 5.3.2 not today"),
            (2, Mood::KnowsNoPassword, "permanent error (535): 5.7.8 wrong password"),
            (3, Mood::TakesNothingFromUs, "permanent error (553): 5.1.8 not your address"),
        ] {
            smtp.feel(mood);
            app.run_jobs().await;
            let states = states(&database).await;
            assert!(states.iter().all(|(_, state, attempts, why)| state == "waiting" && *attempts == n && why == words), "{states:?}");
            app.pass(Duration::hours(1));
        }
        smtp.feel(Mood::Takes);
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("sent", 4), state("sent", 4)]);
    }

    async fn told_to_stop_the_worker_ends_the_mail_in_hand_and_gives_the_others_back(database) {
        let smtp = Smtp::start().await;
        let app = sent(&database, smtp.url(), None).await;
        let stop = stopped_by(&smtp);
        assert_eq!(app.deliver(&stop).await, 1);
        assert_eq!(of(&database).await, [state("sent", 1), state("waiting", 0)]);
        assert_eq!(app.deliver(&stop).await, 0, "nothing is begun any more");
        // The next process need not wait for a lease to end.
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("sent", 1), state("sent", 1)]);
        assert_eq!(smtp.mails().len(), 2);
    }

    async fn a_slow_server_holds_up_no_mail_that_was_not_tried(database) {
        let smtp = Smtp::start().await;
        let app = sent(&database, smtp.url(), None).await;
        let clock = app.clock.clone();
        smtp.once_it_has_a_mail(move || clock.advance(Duration::minutes(3)));
        let (_go_on, never) = watch::channel(false);
        assert_eq!(app.deliver(&never).await, 1);
        assert_eq!(of(&database).await, [state("sent", 1), state("waiting", 0)]);
        assert_eq!(app.deliver(&never).await, 1);
        assert_eq!(of(&database).await, [state("sent", 1), state("sent", 1)]);
    }

    async fn a_kill_counts_as_a_try_of_the_mail_in_hand_alone_and_others_get_their_turn_first(database) {
        let smtp = Smtp::start().await;
        let app = sent(&database, smtp.url(), None).await;
        assert!(killed(&app, &smtp).await);
        assert_eq!(of(&database).await, [state("sending", 1), state("sending", 0)]);
        assert_eq!(app.deliver(&stopped_by(&smtp)).await, 0, "the leases hold");
        app.pass(Duration::minutes(6));
        assert_eq!(app.deliver(&stopped_by(&smtp)).await, 1);
        assert_eq!(of(&database).await, [state("waiting", 1), state("sent", 1)]);
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("sent", 2), state("sent", 1)]);
        let mails = smtp.mails().clone();
        let ids: Vec<_> = mails.iter().filter(|mail| mail.to == "ada@example.org").map(|mail| mail.id.as_str()).collect();
        assert!(ids.len() == 2 && ids[0] == ids[1], "the mailbox cannot tell: {ids:?}");
    }

    async fn a_mail_that_ends_the_process_each_time_is_tried_less_and_less_and_given_up(database) {
        let smtp = Smtp::start().await;
        let app = sent(&database, smtp.url(), None).await;
        let mut kills = 0;
        for _ in 0..90 {
            kills += usize::from(killed(&app, &smtp).await);
            app.pass(Duration::hours(1));
        }
        let states = states(&database).await;
        let given_up = |why: &str, attempts: i64| why == format!("given up after {attempts} attempts: the program ended during the last");
        assert!(states.iter().all(|(_, state, attempts, why)| state == "failed" && (8..=30).contains(attempts) && given_up(why, *attempts)), "{states:?}");
        assert_eq!(smtp.mails().len(), kills, "every try that was counted is one that was begun");
    }

    async fn greylisted_is_sent_when_the_time_has_come(database) {
        let smtp = Smtp::start().await;
        smtp.feel(Mood::Refuses("450 4.2.0 greylisted, come back later\r\n"));
        let app = sent(&database, smtp.url(), None).await;
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("waiting", 1), state("waiting", 1)]);
        smtp.feel(Mood::Takes);
        // Not before its time.
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 0);
        app.pass(Duration::minutes(1));
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("sent", 2), state("sent", 2)]);
        assert_eq!(smtp.mails().len(), 2);
    }

    async fn one_recipient_of_two(database) {
        let smtp = Smtp::start().await;
        smtp.feel(Mood::Knows { not: "ada@example.org" });
        let app = sent(&database, smtp.url(), None).await;
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("failed", 1), state("sent", 1)]);
        assert_eq!(smtp.mails().iter().map(|mail| mail.to.clone()).collect::<Vec<_>>(), ["bert@example.org"]);
    }

    async fn a_server_that_hangs_is_given_up_for_now(database) {
        let smtp = Smtp::start().await;
        smtp.feel(Mood::Hangs);
        let app = sent(&database, smtp.url(), Some(PATIENCE)).await;
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("waiting", 1), state("waiting", 1)]);
        smtp.feel(Mood::Takes);
        app.pass(Duration::minutes(1));
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("sent", 2), state("sent", 2)]);
        assert_eq!(smtp.mails().iter().filter(|mail| mail.accepted).count(), 2);
    }

    async fn a_server_that_drops_after_the_mail_gets_it_again_under_the_same_id(database) {
        let smtp = Smtp::start().await;
        smtp.feel(Mood::DropsAfterData);
        let app = sent(&database, smtp.url(), None).await;
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("waiting", 1), state("waiting", 1)]);
        smtp.feel(Mood::Takes);
        app.pass(Duration::minutes(1));
        app.run_jobs().await;
        assert_eq!(of(&database).await, [state("sent", 2), state("sent", 2)]);
        let mails = smtp.mails().clone();
        for to in ["ada@example.org", "bert@example.org"] {
            let ids: Vec<_> = mails.iter().filter(|mail| mail.to == to).map(|mail| mail.id.as_str()).collect();
            assert!(ids.len() == 2 && ids[0] == ids[1] && ids[0].starts_with('<'), "the mailbox cannot tell: {ids:?}");
            assert_eq!(mails.iter().filter(|mail| mail.to == to && mail.accepted).count(), 1);
        }
    }

    async fn a_server_that_is_back_after_an_hour(database) {
        let smtp = Smtp::start().await;
        smtp.feel(Mood::Away);
        let app = sent(&database, smtp.url(), None).await;
        for _ in 0..60 {
            app.run_jobs().await;
            app.pass(Duration::minutes(1));
        }
        let tried = smtp.connections.load(Ordering::SeqCst);
        // 0, 30 s, 90 s, 3½, 7½, 15½, 31½ minutes, each for two mails, and not every minute.
        assert!((8..=24).contains(&tried), "{tried} connections in an hour");
        assert!(of(&database).await.iter().all(|(state, _)| state == "waiting"));
        smtp.feel(Mood::Takes);
        app.pass(Duration::hours(2));
        app.run_jobs().await;
        assert!(of(&database).await.iter().all(|(state, _)| state == "sent"), "{:?}", states(&database).await);
        assert_eq!(smtp.mails().len(), 2);
    }

    async fn a_server_that_never_comes_back_is_given_up(database) {
        let smtp = Smtp::start().await;
        smtp.feel(Mood::Away);
        let app = sent(&database, smtp.url(), None).await;
        for _ in 0..40 {
            app.run_jobs().await;
            app.pass(Duration::hours(3));
        }
        let states = states(&database).await;
        assert!(states.iter().all(|(_, state, _, why)| state == "failed" && why.contains("given up after")), "{states:?}");
    }

    async fn only_a_server_that_proves_its_name_gets_mail(database) {
        let authority = Authority::new();
        let stranger = Authority::new();
        let ca = database.directory().join("ca.pem");
        // Two authorities in one file: the second vouches.
        std::fs::write(&ca, format!("{}{}", Authority::new().pem, authority.pem)).unwrap();
        for (tls, trusts, arrives) in [
            // Self-made, and nobody said that it is to be trusted.
            (stranger.vouch_for("localhost"), None, false),
            // Of an authority that is not the configured one.
            (stranger.vouch_for("localhost"), Some(ca.clone()), false),
            // Of the right one, for another server.
            (authority.vouch_for("mail.example.org"), Some(ca.clone()), false),
            (authority.vouch_for("localhost"), Some(ca.clone()), true),
        ] {
            let smtp = Smtp::start_with(Some(tls)).await;
            let by = MailBy::Smtp { url: smtp.url_with_tls(), ca: trusts };
            let app = App::start_with(&database, Options { mail: Some(by), ..Options::default() }).await;
            let account = format!("ada{}@example.org", smtp.url().len() + smtp.connections.load(Ordering::SeqCst) + app.address.len());
            let slug = format!("case{}", app.address.rsplit(':').next().unwrap());
            stage::case(&app.recoup, &slug, &prefix(&slug)).await;
            let person = stage::person(&app.recoup, &format!("{slug}{account}"), true, false).await.account;
            stage::sent(&app.recoup, person, &slug, "Jay Records").await;
            app.run_jobs().await;
            assert!(smtp.connections.load(Ordering::SeqCst) > 0);
            let mails = smtp.mails().clone();
            assert_eq!(!mails.is_empty(), arrives, "{mails:?}");
            assert!(mails.iter().all(|mail| mail.over_tls), "a mail went in the clear");
            // What was not delivered here is not delivered by the next either: it would hide what is tested.
            database.tamper("UPDATE outbox SET state = 'failed' WHERE state <> 'sent'").await;
        }
    }

    async fn a_server_without_tls_gets_nothing_when_tls_is_required(database) {
        let smtp = Smtp::start().await;
        let app = sent(&database, smtp.url_with_tls(), None).await;
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 0);
        assert!(of(&database).await.iter().all(|(state, _)| state != "sent"));
    }
}

/// Letters for a case of a port.
fn prefix(slug: &str) -> String {
    slug.bytes().filter(u8::is_ascii_digit).map(|digit| char::from(b'A' + digit - b'0')).collect()
}
