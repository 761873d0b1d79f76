//! Cases and their counsel.

use claims::{
    CaseDocumentId,
    access::Refusal,
    actions::{Failure, account, cases, counsel, second_factor},
    line::Category,
    store::{cases as rows, claims as rows_of_claims, events, lines, second_factors, totals},
};
use tests::{App, on_both, stage};

on_both! {
    // While `3.6.2016` was read with the day first, cases were saved with it.
    async fn a_case_that_was_saved_with_dots_in_its_days_is_shown_and_is_saved_anew_without_them(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let id = stage::case(&app.recoup, "allegro", "ALG").await;
        let mut tx = app.recoup.store.write().await.unwrap();
        let row = rows::by_id(&mut tx, id).await.unwrap().unwrap();
        let kept = row.settings.0.with("valuation_date", "3.6.2016").with("key_dates", "3.6.2016 The stock is seized.");
        let saved = rows::save(&mut tx, id, (row.revision, row.last_claim), "allegro", "ALG", &kept, row.deadline_at, true);
        assert!(saved.await.unwrap());
        tx.commit().await.unwrap();
        app.browser().get("/cases/allegro").await.expect("3 June 2016");
        let mut tx = app.recoup.store.read().await.unwrap();
        let row = rows::by_id(&mut tx, id).await.unwrap().unwrap();
        drop(tx);
        let settings = row.read().unwrap().settings;
        assert_eq!((settings.valuation_date.to_string(), settings.key_dates[0].0), ("2016-06-03".to_owned(), settings.valuation_date));
        let refused = cases::save(&app.recoup, &root, id, row.revision, &kept).await;
        let Err(Failure::Invalid(wrong)) = refused else { panic!("{refused:?}") };
        assert_eq!(wrong.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["key_dates", "valuation_date"]);
        let typed = kept.with("valuation_date", "3 June 2016").with("key_dates", "2016-06-03 The stock is seized.");
        cases::save(&app.recoup, &root, id, row.revision, &typed).await.unwrap();
    }

    async fn counsel_is_appointed_by_mail(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let case = cases::add(&app.recoup, &root, &stage::case_answers("allegro", "ALG")).await.unwrap();
        let invitation = stage::answers(&[("email", "Lee@law.example")]);
        counsel::invite(&app.recoup, &root, case, &invitation, "key").await.unwrap();
        let once = database.row_counts().await;
        counsel::invite(&app.recoup, &root, case, &invitation, "key").await.expect("a double click");
        assert_eq!(database.row_counts().await, once, "one invitation, one mail");
        let other = stage::answers(&[("email", "eve@law.example")]);
        assert!(matches!(counsel::invite(&app.recoup, &root, case, &other, "key").await, Err(Failure::Said(_))));
        let token = crate::accounts::token(&app, "counsel_invited", "lee@law.example").await;
        let (email, title, known) = counsel::read_invitation(&app.recoup, &token).await.unwrap();
        assert_eq!((email.as_str(), title.as_str(), known), ("Lee@law.example", "Claims against Allegro Media Group", false));
        let refused = counsel::accept(&app.recoup, &token, None, &stage::answers(&[("name", "Lee"), ("password", "short")])).await;
        assert!(matches!(refused, Err(Failure::Invalid(_))), "a refused password does not use the invitation up");
        let answers = stage::answers(&[("name", "Lee"), ("password", stage::PASSWORD)]);
        let account = counsel::accept(&app.recoup, &token, None, &answers).await.unwrap().expect("a new account");
        let lee = stage::actor(&app.recoup, account).await;
        assert!(lee.verified && lee.counsel_of.contains(&case) && !lee.administrator);
        assert!(counsel::accept(&app.recoup, &token, None, &answers).await.is_err(), "an invitation works once");

        counsel::dismiss(&app.recoup, &root, case, account).await.unwrap();
        assert!(stage::actor(&app.recoup, account).await.counsel_of.is_empty());
    }

    async fn dismissed_counsel_do_not_come_back_by_an_invitation_that_was_not_used(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let case = cases::add(&app.recoup, &root, &stage::case_answers("allegro", "ALG")).await.unwrap();
        let other = cases::add(&app.recoup, &root, &stage::case_answers("other", "OTH")).await.unwrap();
        let invited = async |case, email: &str| {
            counsel::invite(&app.recoup, &root, case, &stage::answers(&[("email", email)]), "").await.unwrap();
            crate::accounts::token(&app, "counsel_invited", email).await
        };
        let second = invited(case, "Lee@law.example").await;
        let elsewhere = invited(other, "lee@law.example").await;
        let somebody = invited(case, "kim@law.example").await;
        let first = invited(case, "lee@law.example").await;
        let answers = stage::answers(&[("name", "Lee"), ("password", stage::PASSWORD)]);
        let lee = counsel::accept(&app.recoup, &first, None, &answers).await.unwrap().expect("a new account");
        assert!(counsel::read_invitation(&app.recoup, &second).await.is_err(), "accepting one ends the others");
        let third = invited(case, "LEE@law.example").await;
        for _ in 0..2 {
            counsel::dismiss(&app.recoup, &root, case, lee).await.unwrap();
        }
        let dismissed: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM events WHERE kind = 'counsel_dismissed'").await;
        assert_eq!(dismissed, [(1,)], "once more changes nothing");
        for ended in [&second, &third] {
            assert!(counsel::accept(&app.recoup, ended, Some(lee), &answers).await.is_err());
        }
        assert!(stage::actor(&app.recoup, lee).await.counsel_of.is_empty());
        // What is another's or for another case stays, and a later invitation works.
        counsel::read_invitation(&app.recoup, &somebody).await.unwrap();
        counsel::read_invitation(&app.recoup, &elsewhere).await.unwrap();
        let again = invited(case, "lee@law.example").await;
        counsel::accept(&app.recoup, &again, Some(lee), &answers).await.unwrap();
        assert!(stage::actor(&app.recoup, lee).await.counsel_of.contains(&case));
    }

    async fn a_public_document_is_taken_off_once(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let case = cases::add(&app.recoup, &root, &stage::case_answers("allegro", "ALG")).await.unwrap();
        let file = stage::bytes(&app, "order.txt", "text/plain", b"An order.").await;
        cases::add_document(&app.recoup, &root, case, &file).await.unwrap();
        let shown: Vec<(i64,)> = database.rows("SELECT id FROM case_documents").await;
        for _ in 0..2 {
            cases::remove_document(&app.recoup, &root, case, CaseDocumentId(shown[0].0)).await.unwrap();
        }
        let events: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM events WHERE kind = 'case_document_removed'").await;
        assert_eq!(events, [(1,)], "what is not there is not taken off");
    }

    async fn an_invitation_is_withdrawn_once(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let case = cases::add(&app.recoup, &root, &stage::case_answers("allegro", "ALG")).await.unwrap();
        for email in ["lee@law.example", "kim@law.example"] {
            counsel::invite(&app.recoup, &root, case, &stage::answers(&[("email", email)]), "").await.unwrap();
        }
        let (lee, kim) = (crate::accounts::token(&app, "counsel_invited", "lee@law.example").await, crate::accounts::token(&app, "counsel_invited", "kim@law.example").await);
        assert!(matches!(counsel::withdraw(&app.recoup, &eve, case, "lee@law.example").await, Err(Failure::Refused(_))));
        assert!(counsel::withdraw(&app.recoup, &root, case, "Lee@Law.example").await.unwrap());
        assert!(!counsel::withdraw(&app.recoup, &root, case, "lee@law.example").await.unwrap(), "a second click");
        assert!(counsel::read_invitation(&app.recoup, &lee).await.is_err());
        counsel::read_invitation(&app.recoup, &kim).await.expect("what went to somebody else stays");
        let mut tx = app.recoup.store.read().await.unwrap();
        let told = events::of_case(&mut tx, case, 10, 0).await.unwrap();
        assert_eq!(told.iter().filter(|event| event.kind == "counsel_invitation_withdrawn").count(), 1);
    }

    async fn what_is_done_with_the_account_of_counsel_stands_in_their_cases(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let case = cases::add(&app.recoup, &root, &stage::case_answers("allegro", "ALG")).await.unwrap();
        let other = cases::add(&app.recoup, &root, &stage::case_answers("other", "OTH")).await.unwrap();
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await.account;
        counsel::appoint(&app.recoup, case, lee).await.unwrap();
        account::set_disabled(&app.recoup, &root, lee, true).await.unwrap();
        account::set_disabled(&app.recoup, &root, lee, true).await.unwrap();
        assert!(account::set_disabled_by_email(&app.recoup, "lee@law.example", false).await.unwrap());
        let mut tx = app.recoup.store.write().await.unwrap();
        second_factors::begin(&mut tx, lee, "JBSWY3DPEHPK3PXP", app.recoup.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(second_factor::remove_by_email(&app.recoup, "lee@law.example").await.unwrap());
        let mut tx = app.recoup.store.read().await.unwrap();
        let told = events::of_case(&mut tx, case, 10, 0).await.unwrap();
        let told: Vec<_> = told.iter().map(|event| (event.kind.as_str(), event.account_id)).take(3).collect();
        assert_eq!(told, [("counsel_second_factor_removed", None), ("counsel_enabled", None), ("counsel_disabled", Some(root.account))]);
        let elsewhere = events::of_case(&mut tx, other, 10, 0).await.unwrap();
        assert_eq!(elsewhere.len(), 1, "only that the case was made");
        assert_eq!(events::verify(&mut tx, case).await.unwrap().1, None);
    }

    async fn disabled_counsel_stay_appointed_and_get_no_mail(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let case = cases::add(&app.recoup, &root, &stage::case_answers("allegro", "ALG")).await.unwrap();
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await.account;
        counsel::appoint(&app.recoup, case, lee).await.unwrap();
        account::set_disabled(&app.recoup, &root, lee, true).await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        assert!(rows::counsel(&mut tx, case).await.unwrap().is_empty());
        let appointed = rows::appointed(&mut tx, case).await.unwrap();
        assert_eq!(appointed.iter().map(|of| (of.account, of.disabled_at.is_some())).collect::<Vec<_>>(), [(lee, true)]);
    }

    async fn a_valuation_date_is_not_still_to_come(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let today = claims::deadline::day_in(app.recoup.clock.now(), "America/Los_Angeles");
        let tomorrow = today.succ_opt().unwrap().to_string();
        let settings = stage::case_answers("allegro", "ALG").with("valuation_date", tomorrow.clone());
        let refused = |done: Failure| match done {
            Failure::Invalid(errors) => (errors[0].field.clone(), errors[0].message.clone()),
            other => panic!("{other:?}"),
        };
        let expected = ("valuation_date".to_owned(), "The valuation date is still to come.".to_owned());
        assert_eq!(refused(cases::add(&app.recoup, &root, &settings).await.unwrap_err()), expected);
        let settings = settings.with("valuation_date", today.to_string());
        let case = cases::add(&app.recoup, &root, &settings).await.unwrap();
        let later = settings.with("valuation_date", tomorrow);
        assert_eq!(refused(cases::save(&app.recoup, &root, case, 1, &later).await.unwrap_err()), expected);
    }

    async fn somebody_with_an_account_accepts_where_they_are_signed_in(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await;
        let case = cases::add(&app.recoup, &root, &stage::case_answers("allegro", "ALG")).await.unwrap();
        counsel::invite(&app.recoup, &root, case, &stage::answers(&[("email", "lee@law.example")]), "").await.unwrap();
        let token = crate::accounts::token(&app, "counsel_invited", "lee@law.example").await;
        // Whoever reads the mail is not always whose account it is.
        let root = Some(root.account);
        for other in [None, root] {
            let refused = counsel::accept(&app.recoup, &token, other, &Default::default()).await;
            assert!(matches!(&refused, Err(Failure::Said(why)) if why.contains("Sign in as lee@law.example first")), "{refused:?}");
        }
        assert!(stage::actor(&app.recoup, lee.account).await.counsel_of.is_empty());
        let accepted = counsel::accept(&app.recoup, &token, Some(lee.account), &Default::default()).await.unwrap();
        assert_eq!(accepted, None, "they are signed in already");
        assert!(stage::actor(&app.recoup, lee.account).await.counsel_of.contains(&case));
    }

    async fn only_an_administrator_makes_cases(database) {
        let app = App::start(&database).await;
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let made = cases::add(&app.recoup, &eve, &stage::case_answers("allegro", "ALG")).await;
        assert!(matches!(made, Err(Failure::Refused(Refusal::Forbidden))));
    }

    async fn what_claims_rest_on_stays_once_they_are_filed(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let settings = stage::case_answers("allegro", "ALG");
        let case = cases::add(&app.recoup, &root, &settings).await.unwrap();
        let revision = async || {
            let mut tx = app.recoup.store.read().await.unwrap();
            rows::by_id(&mut tx, case).await.unwrap().unwrap().revision
        };
        cases::save(&app.recoup, &root, case, revision().await, &settings.clone().with("prefix", "ALX")).await.unwrap();
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        stage::sent(&app.recoup, account, "allegro", "Jay Records").await;
        let now = settings.with("prefix", "ALX");
        let fixed = [
            ("slug", "other"),
            ("prefix", "XYZ"),
            ("case_currency", "EUR"),
            ("rates", "EUR 2"),
            ("rates", "GBP 1.4439"),
            ("valuation_date", "2016-06-04"),
            ("rate_source", "Somebody's word"),
        ];
        for (field, typed) in fixed {
            let changed = now.clone().with(field, typed);
            let changed = if field == "case_currency" { changed.with("rates", "USD 1.1") } else { changed };
            let saved = cases::save(&app.recoup, &root, case, revision().await, &changed).await;
            assert!(matches!(saved, Err(Failure::Invalid(_))), "{field}: {saved:?}");
        }
        cases::save(&app.recoup, &root, case, revision().await, &now.clone().with("title", "Another title")).await.unwrap();
        let more = format!("{}\nSEK 0.1201", now.get("rates"));
        cases::save(&app.recoup, &root, case, revision().await, &now.with("rates", more)).await.expect("another currency changes no claim");
    }

    // What is saved is saved, and said so, also if the lines of drafts cannot be written then.
    async fn settings_are_saved_whatever_becomes_of_the_lines_of_drafts(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        stage::fill_steps(&app.recoup, &actor, id, "Jay Records").await;
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("100.00").with("currency", "EUR"), None).await;
        let root = app.browser_of(&stage::person(&app.recoup, "root@example.org", true, true).await).await;
        let page = root.get("/admin/cases/allegro").await;
        database.tamper("ALTER TABLE lines RENAME COLUMN case_amount TO away").await;
        let page = root.send(page.form("/admin/cases/allegro").fill("rates", "EUR 2")).await;
        page.expect_status(200);
        page.expect("The settings are saved.");
        assert_eq!(page.form("/admin/cases/allegro").value("rates"), Some("EUR 2"));
        database.tamper("ALTER TABLE lines RENAME COLUMN away TO case_amount").await;
        // The draft is brought to the rates before it is signed.
        let refused = stage::send(&app.recoup, &actor, id).await;
        assert!(matches!(refused, Err(Failure::Changed(_))), "{refused:?}");
        let mut tx = app.recoup.store.read().await.unwrap();
        let draft = stage::draft(&app.recoup, id).await;
        assert_eq!(lines::find(&mut tx, draft, 1).await.unwrap().unwrap().case_amount, Some(20_000));
    }

    async fn who_may_change_the_public_files_of_a_case_finds_it_by_its_name(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        assert_eq!(cases::for_documents(&app.recoup, &root, "allegro").await.unwrap(), case);
        for (who, slug, refusal) in [(&root, "other", Refusal::NotFound), (&ada, "allegro", Refusal::Forbidden), (&ada, "other", Refusal::Forbidden)] {
            let refused = cases::for_documents(&app.recoup, who, slug).await;
            assert!(matches!(&refused, Err(Failure::Refused(why)) if *why == refusal), "{refused:?}");
        }
    }

    // By hand, of 100.00 EUR and 100.00 GBP: 200.00 and 145.15 at the new rate; then the pounds have none; then 50.00. The dollars are 7.00.
    async fn other_rates_are_in_every_draft_when_the_settings_are_saved(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let mut drafts = Vec::new();
        for name in ["ada", "bob"] {
            let account = stage::person(&app.recoup, &format!("{name}@example.org"), true, false).await.account;
            let (actor, id) = stage::start(&app.recoup, account, "allegro", name).await;
            let line = |amount: &str, currency: &str| stage::sales(amount).with("currency", currency);
            for answers in [line("100.00", "EUR"), line("100.00", "GBP"), line("7.00", "USD")] {
                stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &answers, None).await;
            }
            drafts.push(stage::draft(&app.recoup, id).await);
        }
        let worth = async |draft| {
            let mut tx = app.recoup.store.read().await.unwrap();
            let all = lines::list(&mut tx, draft, None, lines::Order::Number, 10, 0).await.unwrap();
            let sum = totals::so_far(&mut tx, draft).await.unwrap().iter().map(|total| total.amount).sum::<i64>();
            let edits = rows_of_claims::version(&mut tx, draft).await.unwrap().unwrap().edits;
            (all.iter().map(|line| line.case_amount).collect::<Vec<_>>(), sum, edits)
        };
        let mut edits = worth(drafts[0]).await.2;
        for (rates, euros, pounds) in [
            ("EUR 2\nGBP 1.4515", Some(20_000), Some(14_515)),
            ("EUR 2", Some(20_000), None),
            ("EUR 2\nGBP 0.5", Some(20_000), Some(5_000)),
        ] {
            stage::setting(&app.recoup, "allegro", "rates", rates).await;
            for draft in &drafts {
                let (lines, sum, _) = worth(*draft).await;
                assert_eq!(lines, [euros, pounds, Some(7_00)], "{rates}");
                assert_eq!(sum, lines.iter().flatten().sum::<i64>(), "{rates}");
            }
            let after = worth(drafts[0]).await.2;
            assert_eq!(after, edits + 1, "a page that showed the draft before is out of date");
            edits = after;
            stage::setting(&app.recoup, "allegro", "title", &format!("Claims, {edits}")).await;
            assert_eq!(worth(drafts[0]).await.2, edits, "nothing else edits a draft");
        }
        let mut tx = app.recoup.store.read().await.unwrap();
        let pounds = lines::find(&mut tx, drafts[0], 2).await.unwrap().unwrap();
        assert_eq!((pounds.answers.0.get("net_due"), pounds.is_right, pounds.amount), ("100.00", true, Some(10_000)));
    }

    async fn what_a_setting_was_is_recorded_with_what_it_is(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let settings = stage::case_answers("allegro", "ALG");
        let before = settings.get("deadline_day").to_owned();
        let case = cases::add(&app.recoup, &root, &settings).await.unwrap();
        cases::save(&app.recoup, &root, case, 1, &settings.with("deadline_day", "2099-12-31")).await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        let event = events::of_case(&mut tx, case, 10, 0).await.unwrap().into_iter().find(|event| event.kind == "case_saved").unwrap();
        let details: serde_json::Value = serde_json::from_str(&event.details).unwrap();
        assert_eq!(details, serde_json::json!({ "changed": { "deadline_day": [before, "2099-12-31"] } }));
    }

    async fn two_administrators_do_not_overwrite_each_other(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let settings = stage::case_answers("allegro", "ALG");
        let case = cases::add(&app.recoup, &root, &settings).await.unwrap();
        let saves = (0..6).map(|n| {
            let (recoup, root, settings) = (app.recoup.clone(), root.clone(), settings.clone().with("title", format!("Title {n}")));
            tokio::spawn(async move { cases::save(&recoup, &root, case, 1, &settings).await.is_ok() })
        });
        assert_eq!(futures::future::join_all(saves).await.into_iter().filter(|saved| *saved.as_ref().unwrap()).count(), 1);
    }

    async fn a_case_in_preparation_is_not_public(database) {
        let app = App::start(&database).await;
        stage::case_with(&app.recoup, &stage::case_answers("allegro", "ALG").with("state", "preparing")).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        assert!(matches!(cases::public_case(&mut tx, "allegro").await, Err(Failure::Refused(Refusal::NotFound))));
        assert_eq!(rows::all(&mut tx, true).await.unwrap().len(), 0);
    }

    async fn short_name_and_prefix_that_are_taken_are_named(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        cases::add(&app.recoup, &root, &stage::case_answers("allegro", "ALG")).await.unwrap();
        for (slug, prefix, field) in [("allegro", "XYZ", "slug"), ("other", "ALG", "prefix")] {
            let Err(Failure::Invalid(errors)) = cases::add(&app.recoup, &root, &stage::case_answers(slug, prefix)).await else { panic!() };
            assert_eq!(errors[0].field, field);
        }
    }
}
