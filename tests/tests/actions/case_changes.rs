//! Settings that people rely on are changed: it is asked first, and whoever it concerns is told.

use claims::{
    access::Actor,
    actions::{build_filing, counsel},
    line::Category,
    store::cases as rows,
};
use tests::{App, Database, on_both, stage};

struct Scene {
    app: App,
    root: Actor,
    counsel: Actor,
    case: claims::CaseId,
}

/// A case with a sent claim of 100.00 at retail and 40.00 at wholesale beside 15,000.00 of sales, and a draft of somebody else.
async fn scene(database: &Database, late: &str) -> Scene {
    let app = App::start(database).await;
    let recoup = &app.recoup;
    let case = stage::case_with(recoup, &stage::case_answers("allegro", "ALG").with("late_claims", late)).await;
    let root = stage::person(recoup, "root@example.org", true, true).await;
    let lee = stage::person(recoup, "lee@law.example", true, false).await;
    counsel::appoint(recoup, case, lee.account).await.unwrap();
    let lee = stage::actor(recoup, lee.account).await;
    let account = stage::person(recoup, "ada@example.org", true, false).await.account;
    let (ada, sent) = stage::ready(recoup, account, "allegro", "Jay Records").await;
    for (basis, price) in [("retail", "10.00"), ("wholesale", "4.00")] {
        stage::line(
            recoup,
            &ada,
            sent,
            Category::HeldInventory,
            &stage::stock("10", basis, price).with("title", basis),
            None,
        )
        .await;
    }
    stage::send(recoup, &ada, sent).await.unwrap();
    let bob = stage::person(recoup, "bob@example.org", true, false).await.account;
    stage::ready(recoup, bob, "allegro", "Kay Records").await;
    app.run_jobs().await;
    Scene { app, root, counsel: lee, case }
}

/// The mails of a kind.
async fn mails(app: &App, kind: &str) -> Vec<(String, String)> {
    let mails = app.mails().await.into_iter().filter(|mail| mail.kind == kind);
    mails.map(|mail| (mail.recipient, format!("{}\n{}", mail.subject, mail.body_text))).collect()
}

on_both! {
    async fn what_touches_claims_is_asked_before_it_is_saved(database) {
        let scene = Box::pin(scene(&database, "with_reason")).await;
        let root = scene.app.browser_of(&scene.root).await;
        let path = "/admin/cases/allegro";
        let form = root.get(path).await.form(path);
        let past = form.fill_all([("deadline_day", "2026-01-31"), ("late_claims", "refused"), ("filing_basis", "wholesale"), ("forum", "oregon"), ("title", "Labels <b>against</b> Allegro")]);
        let page = root.send(past).await;
        for words in [
            "Nothing is saved yet",
            "1 claim is in force, and 1 draft or amendment is not signed.",
            "The new moment has passed already: claims and amendments are refused",
            "Late claims: from taken with a reason to refused.",
            "The gross amount claimed goes from 15,100.00 USD to 15,040.00 USD.",
            "1 claim has the words of 28 U.S.C. § 1746, for a federal court, which the new forum does not ask for.",
            "1 claim in force was signed under the title before.",
        ] {
            page.expect(words);
        }
        let settings = async || {
            let mut tx = scene.app.recoup.store.read().await.unwrap();
            rows::by_id(&mut tx, scene.case).await.unwrap().unwrap().settings.0
        };
        assert_eq!(settings().await.get("deadline_day"), "2026-06-30", "nothing is saved before it is confirmed");
        // Back in the form, nothing has to be typed twice, and saving asks again.
        let back = root.send(page.form(path).forge("back", "yes")).await;
        assert_eq!(back.form(path).value("title"), Some("Labels <b>against</b> Allegro"));
        let again = root.send(back.form(path)).await;
        again.expect("Nothing is saved yet");
        root.send(again.form(path).forge("confirmed", "yes")).await.expect("The settings are saved.");
        let saved = settings().await;
        assert_eq!((saved.get("deadline_day"), saved.get("filing_basis")), ("2026-01-31", "wholesale"));
        // What nobody relies on is saved at once, and what is locked stays locked.
        let form = root.get(path).await.form(path);
        root.send(form.clone().fill("contact", "new@example.org")).await.expect("The settings are saved.");
        let form = root.get(path).await.form(path);
        root.send(form.fill_all([("prefix", "XYZ"), ("forum", "federal")])).await.expect("It can no longer be changed");
    }

    async fn a_case_without_claims_is_saved_at_once(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let root = app.browser_of(&stage::person(&app.recoup, "root@example.org", true, true).await).await;
        let path = "/admin/cases/allegro";
        let form = root.get(path).await.form(path).fill_all([("deadline_day", "2026-01-31"), ("forum", "oregon")]);
        root.send(form).await.expect("The settings are saved.");
    }

    async fn counsel_and_whoever_files_are_told_once(database) {
        let scene = Box::pin(scene(&database, "refused")).await;
        stage::setting(&scene.app.recoup, "allegro", "deadline_day", "2026-07-31").await;
        let told = mails(&scene.app, "case_changed").await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, "lee@law.example");
        assert!(told[0].1.contains("from 30 June 2026, 11:59 p.m. PDT to 31 July 2026, 11:59 p.m. PDT"), "{}", told[0].1);
        let told = mails(&scene.app, "deadline_changed").await;
        assert_eq!(told.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["ada@example.org", "bob@example.org"]);
        assert!(told[0].1.contains("It counts as it is, and need not be sent again."), "{}", told[0].1);
        assert!(told[1].1.contains("Kay Records: a draft.") && !told[1].1.contains("Jay"), "{}", told[1].1);
        // Counsel, who do not know who writes drafts, do not find the mail to one among those of the case.
        let page = scene.app.browser_of(&scene.counsel).await.get("/counsel/allegro/mail").await;
        page.expect("ada@example.org");
        page.expect_no("bob@example.org");

        // Of another forum or basis counsel hear, and claimants do not; of other words on the public page nobody does.
        stage::setting(&scene.app.recoup, "allegro", "forum", "oregon").await;
        stage::setting(&scene.app.recoup, "allegro", "filing_basis", "wholesale").await;
        stage::setting(&scene.app.recoup, "allegro", "what_happened", "It closed.").await;
        let told = mails(&scene.app, "case_changed").await;
        assert_eq!(told.len(), 3);
        assert!(told[1].1.contains("The declarations stay as they were signed"), "{}", told[1].1);
        assert!(told[2].1.contains("goes from 15,100.00 USD to 15,040.00 USD"), "{}", told[2].1);
        assert_eq!(mails(&scene.app, "deadline_changed").await.len(), 2);
    }

    async fn filings_state_the_deadline_and_those_before_it(database) {
        let scene = Box::pin(scene(&database, "refused")).await;
        stage::setting(&scene.app.recoup, "allegro", "deadline_day", "2026-07-31").await;
        stage::setting(&scene.app.recoup, "allegro", "time_zone", "America/New_York").await;
        let snapshot = build_filing::snapshot(&scene.app.recoup, scene.case, Vec::new()).await.unwrap();
        let today = claims::deadline::day_in(scene.app.clock.now(), "America/New_York");
        let earlier = [(today, "30 June 2026, 11:59 p.m. PDT".to_owned()), (today, "31 July 2026, 11:59 p.m. PDT".to_owned())];
        assert_eq!(snapshot.filing.case.earlier_deadlines, earlier);
        assert_eq!(snapshot.filing.case.deadline, "31 July 2026, 11:59 p.m. EDT");
    }
}
