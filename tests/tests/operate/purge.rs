//! Drafts that nobody goes on with.

use chrono::Duration;
use claims::{
    actions::{documents, purge},
    line::Category,
    store::{events, sessions},
};
use tests::{App, on_both, stage};

on_both! {
    async fn an_abandoned_draft_goes_and_can_be_begun_again(database) {
        let app = App::start(&database).await;
        let recoup = &app.recoup;
        let case = stage::case(recoup, "allegro", "ALG").await;
        let account = stage::person(recoup, "ada@example.org", true, false).await.account;
        let (actor, abandoned) = stage::ready(recoup, account, "allegro", "Abandoned").await;
        let file = stage::bytes(&app, "secret.txt", "text/plain", b"What nobody sent.").await;
        documents::add(recoup, &actor, abandoned, &file).await.unwrap();
        let csv = b"Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,A,2,15.00,USD\n";
        let import = stage::bytes(&app, "statement.csv", "text/csv", csv).await;
        stage::import(&app, &actor, abandoned, &import, csv).await;
        let (actor, edited) = stage::ready(recoup, account, "allegro", "Edited since").await;
        let (sender, sent, _) = stage::sent(recoup, account, "allegro", "Sent").await;
        stage::open_next_version(recoup, &sender, sent).await;
        app.pass(Duration::days(300));
        stage::line(recoup, &actor, edited, Category::UnpaidSales, &stage::sales("1.00"), None).await;
        app.pass(Duration::days(100));
        let before = app.clock.now() - Duration::days(365);

        let rows = database.row_counts().await;
        let found = purge::abandoned(recoup, before).await.unwrap();
        assert_eq!(found.iter().map(|draft| draft.claim).collect::<Vec<_>>(), [abandoned]);
        assert_eq!(database.row_counts().await, rows, "looking changes nothing");
        for kept in [edited, sent] {
            assert!(!purge::draft(recoup, kept, before).await.unwrap(), "{kept} is not abandoned");
        }
        assert!(purge::draft(recoup, abandoned, before).await.unwrap());
        assert!(!purge::draft(recoup, abandoned, before).await.unwrap(), "once is enough");
        for left in ["lines", "answers", "versions"] {
            let of_claim = if left == "versions" { "claim_id = 1" } else { "version_id = 1" };
            let rows: Vec<(i64,)> = database.rows(&format!("SELECT COUNT(*) FROM {left} WHERE {of_claim}")).await;
            assert_eq!(rows, [(0,)], "{left}");
        }
        for left in ["documents", "imports"] {
            let rows: Vec<(i64,)> = database.rows(&format!("SELECT COUNT(*) FROM {left} WHERE claim_id = {abandoned}")).await;
            assert_eq!(rows, [(0,)], "{left}");
        }
        let mut tx = recoup.store.read().await.unwrap();
        assert_eq!(events::verify(&mut tx, case).await.unwrap().1, None, "the audit trail is whole");
        drop(tx);

        let owner = stage::actor(recoup, account).await;
        let browser = app.browser_of(&owner).await;
        browser.get("/claims").await.expect("Abandoned");
        let page = browser.get(&format!("/claims/{abandoned}")).await;
        page.expect("It was not finished for a long time, so what was entered was deleted.");
        page.expect("What was entered was deleted");
        // The deadline is over for this case; in one that still takes claims the claimant begins again.
        app.pass(Duration::days(-390));
        let browser = app.browser_of(&owner).await;
        let page = browser.get(&format!("/claims/{abandoned}")).await;
        let page = browser.send(page.form(&format!("/claims/{abandoned}/amend"))).await;
        page.expect_status(200);
        stage::fill_steps(recoup, &owner, abandoned, "Abandoned no more").await;
        stage::line(recoup, &owner, abandoned, Category::UnpaidSales, &stage::sales("9.00"), None).await;
        let received = stage::send(recoup, &owner, abandoned).await.unwrap();
        browser.get(&format!("/claims/{abandoned}/versions/{}", received.version)).await.expect(&received.number);
    }

    async fn a_dry_run_counts_and_leaves(database) {
        let app = App::start(&database).await;
        let recoup = &app.recoup;
        let actor = stage::person(recoup, "ada@example.org", true, false).await;
        app.browser_of(&actor).await;
        app.pass(Duration::hours(13));
        app.browser_of(&actor).await;
        let counted = purge::expired(recoup, true).await.unwrap();
        assert_eq!(counted.sessions, 1);
        let rows: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM sessions").await;
        assert_eq!(rows, [(2,)]);
        assert_eq!(purge::expired(recoup, false).await.unwrap(), counted);
        let mut tx = recoup.store.read().await.unwrap();
        assert_eq!(sessions::of_account(&mut tx, actor.account, app.clock.now()).await.unwrap().len(), 1, "the other goes on");
        drop(tx);
        assert_eq!(purge::expired(recoup, false).await.unwrap().sessions, 0);
    }
}
