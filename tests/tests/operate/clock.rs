//! A clock that is set back.

use chrono::Duration;
use claims::store::events;
use server::doctor::{Depth, examine};
use tests::{App, on_both, stage};

use crate::scene::config;

on_both! {
    async fn nothing_is_lost_when_the_clock_is_set_back(database) {
        let app = App::start(&database).await;
        let recoup = &app.recoup;
        let case = stage::case(recoup, "allegro", "ALG").await;
        let account = stage::person(recoup, "ada@example.org", true, false).await.account;
        let (actor, _, first) = stage::sent(recoup, account, "allegro", "First").await;
        let browser = app.browser_of(&actor).await;
        app.pass(Duration::hours(-3));
        let (_, second, number) = stage::sent(recoup, account, "allegro", "Second").await;
        assert_ne!(first, number);
        // The session goes on, the receipt is there, the audit trail is whole.
        browser.get(&format!("/claims/{second}/versions/1")).await.expect(&number);
        let mut tx = recoup.store.read().await.unwrap();
        assert_eq!(events::verify(&mut tx, case).await.unwrap().1, None);
        drop(tx);
        // What was queued after the clock was set back goes at once, what was queued before when its time has come again.
        let sent: Vec<_> = app.mails().await.into_iter().map(|mail| mail.subject).collect();
        assert!(sent.iter().any(|subject| subject.contains(&number)), "{sent:?}");
        app.pass(Duration::hours(3));
        let sent: Vec<_> = app.mails().await.into_iter().map(|mail| mail.subject).collect();
        for number in [&first, &number] {
            assert_eq!(sent.iter().filter(|subject| subject.contains(number.as_str())).count(), 1, "{sent:?}");
        }
    }

    async fn the_doctor_tells_of_a_clock_that_was_set_back(database) {
        let ahead = claims::Clock::fixed(claims::Clock::System.now() + Duration::days(2));
        let app = App::start_with(&database, tests::Options { clock: Some(ahead), ..tests::Options::default() }).await;
        let mut settings = stage::case_answers("allegro", "ALG");
        settings.set("deadline_day", "2090-01-01");
        stage::case_with(&app.recoup, &settings).await;
        let report = examine(&config(&database), Depth::default()).await;
        assert!(report.lines.iter().any(|line| line.starts_with("FAIL  clock") && line.contains("NTP")), "{:#?}", report.lines);
    }
}
