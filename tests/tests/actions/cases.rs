//! Cases and their counsel.

use claims::{
    access::Refusal,
    actions::{Failure, cases, counsel},
    store::{cases as rows, events},
};
use tests::{App, on_both, stage};

on_both! {
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
        let refused = counsel::accept(&app.recoup, &token, &stage::answers(&[("name", "Lee"), ("password", "short")])).await;
        assert!(matches!(refused, Err(Failure::Invalid(_))), "a refused password does not use the invitation up");
        let answers = stage::answers(&[("name", "Lee"), ("password", stage::PASSWORD)]);
        let account = counsel::accept(&app.recoup, &token, &answers).await.unwrap().expect("a new account");
        let lee = stage::actor(&app.recoup, account).await;
        assert!(lee.verified && lee.counsel_of.contains(&case) && !lee.administrator);
        assert!(counsel::accept(&app.recoup, &token, &answers).await.is_err(), "an invitation works once");

        counsel::dismiss(&app.recoup, &root, case, account).await.unwrap();
        assert!(stage::actor(&app.recoup, account).await.counsel_of.is_empty());
    }

    async fn somebody_with_an_account_signs_in_as_always(database) {
        let app = App::start(&database).await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await;
        let case = cases::add(&app.recoup, &root, &stage::case_answers("allegro", "ALG")).await.unwrap();
        counsel::invite(&app.recoup, &root, case, &stage::answers(&[("email", "lee@law.example")]), "").await.unwrap();
        let token = crate::accounts::token(&app, "counsel_invited", "lee@law.example").await;
        assert_eq!(counsel::accept(&app.recoup, &token, &Default::default()).await.unwrap(), None, "the link alone signs nobody in");
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
