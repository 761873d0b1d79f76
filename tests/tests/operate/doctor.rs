//! `recoup doctor`: what it finds, and that each finding comes with a remedy.

use chrono::Duration;
use claims::{
    Clock, Instant,
    store::outbox::{self, NewMail},
};
use server::{
    config::{Config, Keys},
    doctor::{Depth, Report, examine},
};
use tests::{App, Database, Kind, Options, on_both, proxy::Proxy, stage};

use crate::scene::{Scene, config};

async fn deep(database: &Database) -> Report {
    examine(&config(database), Depth { deep: true, clean: None }).await
}

/// The findings that say something; each has its remedy below it.
#[track_caller]
fn finding<'a>(report: &'a Report, words: &str) -> &'a str {
    let found = report.lines.iter().find(|line| line.contains(words));
    let found = found.unwrap_or_else(|| panic!("nothing says “{words}”: {:#?}", report.lines));
    assert!(!found.starts_with("ok") && found.lines().count() >= 2, "no remedy: {found}");
    found
}

/// The command ends as one that failed.
async fn assert_failure(config: &Config) {
    let code = server::doctor::run(config, Depth::default()).await.unwrap();
    assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::FAILURE));
}

on_both! {
    async fn bytes_without_a_row_are_found_and_cleaned(database) {
        let scene = Scene::prepare(&database, Options::default()).await;
        let app = &scene.app;
        assert!(!deep(&database).await.lines.iter().any(|line| line.contains("no row")));
        let orphan = stage::bytes(app, "orphan.txt", "text/plain", b"Nobody's.").await;
        let half = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"half"))]);
        app.documents.receive(half, 100).await.unwrap();
        // What a process leaves that was killed while it wrote.
        std::fs::write(database.directory().join("documents/incoming/AAAAAAAAAAAAAAAAAAAAAA#1"), b"killed").unwrap();
        let report = deep(&database).await;
        finding(&report, "1 have bytes but no row");
        finding(&report, "2 temporary ones of 10 bytes");
        assert!(report.lines.iter().any(|line| line.contains(&orphan.sha256)));
        // What is young may belong to an upload that goes on.
        let clean = |hours| Depth { deep: true, clean: Some(Duration::hours(hours)) };
        let report = examine(&config(&database), clean(24)).await;
        finding(&report, "1 have bytes but no row");
        assert_eq!(app.documents.check(&orphan.sha256).await.unwrap(), Some(true));
        let report = examine(&config(&database), clean(0)).await;
        assert!(report.lines.iter().any(|line| line.contains("1 without a row were removed")), "{:#?}", report.lines);
        assert_eq!(app.documents.check(&orphan.sha256).await.unwrap(), None);
        assert_eq!(app.documents.incoming().await.unwrap(), (0, 0));
        let report = deep(&database).await;
        assert!(!report.lines.iter().any(|line| line.contains("no row") || line.contains("no longer match")), "{:#?}", report.lines);
    }

    async fn what_recoup_did_not_write_is_told_and_left(database) {
        let scene = Scene::prepare(&database, Options::default()).await;
        let well = deep(&database).await;
        let at = database.directory().join("documents");
        let misplaced = format!("documents/ab/{}", "c".repeat(64));
        let foreign =
            ["documents/zz/.abc.Xy12", "documents/eu/€uro.txt", "documents/stray.txt", "other/f", "incoming/notes.txt", "e", &misplaced];
        for name in foreign {
            std::fs::create_dir_all(at.join(name).parent().unwrap()).unwrap();
            std::fs::write(at.join(name), b"x").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(&at, at.join("circle")).unwrap();
        #[cfg(not(unix))]
        std::fs::write(at.join("circle"), b"x").unwrap();
        let orphan = stage::bytes(&scene.app, "orphan.txt", "text/plain", b"Nobody's.").await;
        for clean in [None, Some(Duration::zero())] {
            let report = examine(&config(&database), Depth { deep: true, clean }).await;
            finding(&report, "8 lie among the documents that Recoup did not write");
            for name in foreign.into_iter().chain(["circle"]) {
                assert!(report.lines.iter().any(|line| line.contains(&format!("{name:?} is none of Recoup's"))), "{name}: {:#?}", report.lines);
                assert!(at.join(name).exists(), "{name} was removed");
            }
            assert_eq!(report.failures, well.failures, "the check went on to its end: {:#?}", report.lines);
            assert!(report.lines.iter().any(|line| line.contains(&orphan.sha256)), "what lies beside is found");
        }
        assert_eq!(scene.app.documents.check(&orphan.sha256).await.unwrap(), None, "what Recoup wrote is cleaned");
    }

    async fn a_flipped_bit_and_a_lost_file_are_named(database) {
        let scene = Scene::prepare(&database, Options::default()).await;
        let named: Vec<(String,)> = database.rows("SELECT sha256 FROM documents UNION SELECT sha256 FROM imports ORDER BY 1").await;
        let file = |sha256: &str| database.directory().join("documents/documents").join(&sha256[..2]).join(sha256);
        let (flipped, lost) = (&named[0].0, &named[1].0);
        let mut bytes = std::fs::read(file(flipped)).unwrap();
        bytes[3] ^= 1;
        std::fs::write(file(flipped), bytes).unwrap();
        std::fs::remove_file(file(lost)).unwrap();
        let report = deep(&database).await;
        assert!(finding(&report, flipped).starts_with("FAIL"));
        assert!(finding(&report, lost).contains("has a row but no bytes"));
        assert!(report.failures >= 2);
        drop(scene);
    }

    async fn what_is_kept_twice_is_compared_and_mended(database) {
        let scene = Scene::prepare(&database, Options::default()).await;
        let silent = |report: &Report| !report.lines.iter().any(|line| line.contains("register:"));
        let well = deep(&database).await;
        assert!(silent(&well));
        let clean = Depth { deep: true, clean: Some(Duration::hours(24)) };
        let claims = "claims are not as the register shows them";
        let sums = "the sums of the case “allegro” are not those of its lines";
        for (spoil, words) in [
            ("UPDATE registered SET documented = documented + 1", claims),
            ("UPDATE registered SET citizenship = 'X'", claims),
            ("UPDATE case_totals SET amount = amount + 1", sums),
            ("UPDATE case_totals SET documented = documented + 1", sums),
            ("DELETE FROM case_totals", sums),
            (
                "INSERT INTO case_totals (case_id, category, basis, lines, amount, documented, interest, costs, units) SELECT id, 'other', '', 1, 1, 0, 0, 0, 0 FROM cases",
                sums,
            ),
        ] {
            assert!(database.tamper(spoil).await > 0, "{spoil}");
            // Without `--clean` nothing is changed.
            for _ in 0..2 {
                let report = deep(&database).await;
                assert!(finding(&report, words).contains("--clean"));
                assert!(report.failures > well.failures, "{spoil}");
            }
            let report = examine(&config(&database), clean).await;
            assert!(finding(&report, words).starts_with("note"), "{:#?}", report.lines);
            assert_eq!(report.failures, well.failures, "what is mended is nothing to mend: {spoil}");
            assert!(report.lines.iter().any(|line| line == "ok    register: “allegro” was brought up to date"), "{:#?}", report.lines);
            assert!(silent(&deep(&database).await), "{spoil}");
        }
        // What was signed cannot be mended from what is kept beside it.
        assert!(database.tamper("UPDATE lines SET case_amount = case_amount + 1").await > 0);
        let report = examine(&config(&database), clean).await;
        assert!(finding(&report, "are not those that were counted when they were sent").contains("Restore"));
        assert_eq!(report.failures, well.failures + 1, "{:#?}", report.lines);
        drop(scene);
    }

    async fn a_broken_audit_trail_is_named(database) {
        let scene = Scene::prepare(&database, Options::default()).await;
        let well = deep(&database).await;
        assert!(database.tamper("UPDATE events SET kind = 'nothing' WHERE seq = 2").await > 0);
        let report = deep(&database).await;
        let found = finding(&report, "audit trail: allegro: event 2 of ");
        assert!(found.starts_with("FAIL") && found.contains("does not fit the chain"), "{found}");
        assert!(found.contains("Compare it with a backup from before that event."), "{found}");
        assert_eq!(report.failures, well.failures + 1, "{:#?}", report.lines);
        assert_failure(&config(&database)).await;
        drop(scene);
    }

    async fn a_database_that_cannot_be_reached_is_told_with_the_key_to_check(database) {
        let away = match database.kind() {
            Kind::Sqlite => {
                std::fs::write(database.directory().join("recoup.db"), "This is no database. ".repeat(1_000)).unwrap();
                database.clone()
            }
            Kind::Postgres => {
                let mut url = url::Url::parse(database.url()).unwrap();
                let proxy = Proxy::to(format!("127.0.0.1:{}", url.port().unwrap()).parse().unwrap()).await;
                proxy.set_open(false);
                url.set_port(Some(proxy.address.port())).unwrap();
                database.at(url.as_str())
            }
        };
        let report = deep(&away).await;
        let found = finding(&report, "FAIL  database: ");
        assert!(found.contains("Check the key database_url, that the server runs"), "{found}");
        assert!(!report.is_nowhere, "it is no empty place");
        // What needs no database is looked at all the same.
        assert!(report.lines.iter().any(|line| line.contains(" mail: ")), "{:#?}", report.lines);
        assert_failure(&config(&away)).await;
    }

    async fn each_part_that_is_ill_is_told_with_its_remedy(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        database.tamper("UPDATE events SET at = '2090-01-01T00:00:00+00:00'").await;
        // A port at which nobody listens any more.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let directory = database.directory();
        let keys = Keys {
            data_dir: Some(directory.to_owned()),
            database_url: Some(database.url().to_owned()),
            listen: Some("0.0.0.0:8016".to_owned()),
            documents: Some(format!("file:{}", directory.join("gone").display())),
            mail: Some(format!("smtp://127.0.0.1:{port}")),
            clamd: Some(format!("127.0.0.1:{port}")),
            breached_passwords: Some(directory.join("missing.txt")),
            ..Keys::default()
        };
        let config = Config::read(keys, None).unwrap();
        let report = examine(&config, Depth::default()).await;
        for (words, remedy) in [
            ("FAIL  address: the site listens beyond this machine", "Set base_url"),
            ("FAIL  documents: the directory", "Check the key documents."),
            ("FAIL  virus scanner: ", "Start clamd and check the key clamd"),
            ("FAIL  breached passwords: ", "Check the key breached_passwords"),
            ("FAIL  clock: it shows a time before the newest event", "Set this machine's clock right"),
            ("FAIL  mail: ", "Check the key mail: host, port, user and password"),
        ] {
            assert!(finding(&report, words).contains(remedy), "{words}");
        }
        assert_failure(&config).await;
    }

    async fn an_old_schema_and_a_new_one_are_told_and_left(database) {
        claims::store::Store::open_at(database.url(), 3).await.unwrap().close().await;
        let report = deep(&database).await;
        assert!(finding(&report, "its schema is 3").contains("recoup migrate"));
        let store = claims::store::Store::connect(database.url()).await.unwrap();
        assert_eq!(store.schema().await.unwrap(), Some(3), "a doctor changes nothing");
        store.close().await;
        database.store().await.close().await;
        database.tamper("UPDATE _sqlx_migrations SET version = 999 WHERE version = 1").await;
        finding(&deep(&database).await, "its schema is 999");
        // Whoever starts an older program is told the same.
        let error = server::opening::or_made(&config(&database)).await.unwrap_err().to_string();
        assert!(error.contains("its schema is 999") && error.contains(server::opening::LATER), "{error}");
    }

    async fn an_empty_place_is_told_and_left(database) {
        let report = deep(&database).await;
        let found = finding(&report, "There is no installation in");
        assert!(found.starts_with("note") && found.contains(server::opening::SAY_WHERE), "{found}");
        assert!(report.is_nowhere);
        let error = server::opening::as_it_is(&config(&database)).await.unwrap_err().to_string();
        assert!(error.contains("There is no installation in") && error.contains(server::opening::SAY_WHERE), "{error}");
        assert!(server::opening::find(&config(&database)).await.unwrap().is_none());
        for made in ["recoup.db", "documents", "mail"] {
            assert!(!database.directory().join(made).exists(), "{made} was made");
        }
        server::opening::or_made(&config(&database)).await.unwrap().close().await;
        server::opening::as_it_is(&config(&database)).await.unwrap().close().await;
        assert!(!deep(&database).await.is_nowhere);
    }

    async fn mails_whose_turn_has_not_come_are_no_fault(database) {
        // The doctor looks by the machine's clock, so the app goes by it as well.
        let options = Options { clock: Some(Clock::System), metrics_token: Some("token".to_owned()), ..Options::default() };
        let app = App::start_with(&database, options).await;
        let store = &app.recoup.store;
        let now = Clock::System.now();
        let queued = |n: i64, due: Instant| NewMail {
            case_id: None,
            claim_id: None,
            kind: "letter",
            recipient: format!("{n}@example.org"),
            subject: "S".to_owned(),
            body_text: "T".to_owned(),
            body_html: "<p>T</p>".to_owned(),
            account_id: None,
            mailing_id: None,
            unsubscribe: String::new(),
            not_before: Some(due),
        };
        let waits = async || {
            let browser = app.browser();
            let page = browser.fetch(browser.request("GET", "/metrics").header("authorization", "Bearer token")).await;
            let line = page.body.lines().find_map(|line| line.strip_prefix("recoup_mail_oldest_waiting_seconds "));
            line.unwrap_or_else(|| panic!("{}", page.body)).parse::<i64>().unwrap()
        };
        // A mailing that was queued nine hours ago, at one mail in two hours, and of which every mail so far went out at its time.
        let mut tx = store.write().await.unwrap();
        for n in 0..20 {
            let due = now + Duration::hours(2 * n - 9);
            let id = outbox::add(&mut tx, &queued(n, due), now - Duration::hours(9)).await.unwrap();
            if due <= now {
                assert!(outbox::lease_one(&mut tx, id, "worker", due).await.unwrap());
                assert!(outbox::settle(&mut tx, id, "worker", "sent", "taken", due, due).await.unwrap());
            }
        }
        tx.commit().await.unwrap();
        let report = deep(&database).await;
        assert!(report.lines.iter().any(|line| line.starts_with("ok    mails: 5 sent, 15 waiting")), "{:#?}", report.lines);
        assert_eq!(waits().await, 0);
        // One that was refused for now, and is tried again in four hours, waits since it was due.
        let mut tx = store.write().await.unwrap();
        let late = outbox::add(&mut tx, &queued(20, now - Duration::hours(3)), now - Duration::hours(9)).await.unwrap();
        assert!(outbox::lease_one(&mut tx, late, "worker", now).await.unwrap());
        let again = now + Duration::hours(4);
        assert!(outbox::settle(&mut tx, late, "worker", "waiting", "greylisted", again, now).await.unwrap());
        tx.commit().await.unwrap();
        assert!(finding(&deep(&database).await, "1 wait, the oldest for 3 hours").starts_with("FAIL"));
        assert!((10_800..14_400).contains(&waits().await));
        // Whoever sends it anew gives it new time.
        let mut tx = store.write().await.unwrap();
        assert!(outbox::send_now(&mut tx, late, Clock::System.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!deep(&database).await.lines.iter().any(|line| line.contains("the oldest for")));
        assert!(waits().await < 3_600);
    }

    async fn waiting_mails_and_failing_jobs_are_told(database) {
        // The doctor looks by the machine's clock; this test's began long before.
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        stage::sent(&app.recoup, account, "allegro", "Jay Records").await;
        finding(&deep(&database).await, "1 wait, the oldest for");
        app.run_jobs().await;
        let report = deep(&database).await;
        assert!(report.lines.iter().any(|line| line.starts_with("ok    mails: 1 sent, 0 waiting")), "{:#?}", report.lines);
        database.tamper("INSERT INTO jobs (name, next_at, last_error) VALUES ('clean-up', '2026-01-01T00:00:00+00:00', 'the store is away')").await;
        assert!(finding(&deep(&database).await, "“clean-up” failed").contains("the store is away"));
    }
}

#[cfg(unix)]
on_both! {
    async fn folders_of_ours_may_lie_on_another_disk(database) {
        let scene = Scene::prepare(&database, Options::default()).await;
        let (at, other) = (database.directory().join("documents"), database.directory().join("other"));
        std::fs::create_dir(&other).unwrap();
        for name in ["documents", "incoming"] {
            std::fs::rename(at.join(name), other.join(name)).unwrap();
            std::os::unix::fs::symlink(other.join(name), at.join(name)).unwrap();
        }
        let half = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"half"))]);
        scene.app.documents.receive(half, 100).await.unwrap();
        let report = deep(&database).await;
        finding(&report, "1 temporary ones of 4 bytes");
        assert!(!report.lines.iter().any(|line| line.contains("Recoup did not write")), "{:#?}", report.lines);
        // The disk is away: nobody is told to take away by hand what leads there.
        std::fs::rename(other.join("documents"), other.join("away")).unwrap();
        let report = deep(&database).await;
        assert!(!report.lines.iter().any(|line| line.contains("Recoup did not write")), "{:#?}", report.lines);
        assert!(finding(&report, "The check stopped here").starts_with("FAIL"));
    }
}
