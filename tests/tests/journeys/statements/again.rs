//! Statements that come again: the same one, a corrected one, one that was undone, and what counsel read of them.

use super::*;

on_both! {
    async fn a_double_click_imports_once(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await;
        let form = page.form(&format!("{}/confirm", page.path));
        let (one, two) = tokio::join!(browser.send(form.clone()), browser.send(form.clone()));
        one.expect_status(200);
        two.expect_status(200);
        browser.send(form).await.expect("was imported already");
        assert_eq!(counts(&database).await, (6, 6, 6, 1));
    }

    async fn the_same_file_is_recognised(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await;
        upload(&browser, &claim, "b.csv", &corpus("physical.csv")).await.expect("You were looking at this very file already");
        browser.send(page.form(&format!("{}/confirm", page.path))).await;
        let again = upload(&browser, &claim, "b.csv", &corpus("physical.csv")).await;
        again.expect("imported already: nothing was added");
        assert_eq!(counts(&database).await, (6, 6, 6, 1));
    }

    async fn counsel_read_what_an_import_left_out_and_by_what_it_was_replaced(database) {
        let (app, browser, claim) = claim(&database).await;
        let id: claims::ClaimId = claim.strip_prefix("/claims/").and_then(|id| id.parse().ok()).map(claims::ClaimId).unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        let case = claims::store::cases::by_slug(&mut tx, "allegro").await.unwrap().unwrap().id;
        drop(tx);
        let accounts: Vec<(i64,)> = database.rows("SELECT id FROM accounts WHERE email = 'ada@example.org'").await;
        let ada = stage::actor(&app.recoup, claims::AccountId(accounts[0].0)).await;
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await.account;
        claims::actions::counsel::appoint(&app.recoup, case, lee).await.unwrap();
        let counsel = app.browser_of(&stage::actor(&app.recoup, lee).await).await;
        stage::fill_steps(&app.recoup, &ada, id, "Jay Records").await;
        let csv = |units: &str, due: &str, below: &str| format!("Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,One,{units},{due},EUR\n2015-03,4006381333931,Two,-1,-{below},EUR\n");
        let page = upload(&browser, &claim, "o1.csv", csv("2", "20.00", "3.10").as_bytes()).await;
        let page = browser.send(form_with(&page, "accept:below_zero").tick("accept:below_zero")).await;
        page.expect("more was returned than sold: −3.10 EUR.");
        page.expect("No other row was left out.");
        page.expect_no("No row was left out.");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
        stage::send(&app.recoup, &ada, id).await.unwrap();
        let told = "Left out of the lines is what comes to less than nothing, as where more was returned than sold: −3.10 EUR. The claimant accepted that.";
        let numbers: Vec<(String,)> = database.rows("SELECT number FROM claims").await;
        let read = format!("/counsel/allegro/claims/{}", numbers[0].0);
        counsel.get(&read).await.expect(told);

        claims::actions::amend::amend(&app.recoup, &ada, id).await.unwrap();
        let page = upload(&browser, &claim, "o2.csv", csv("4", "40.00", "1.20").as_bytes()).await;
        let page = browser.send(form_with(&page, "replaces").fill("replaces", "1")).await;
        let page = browser.send(form_with(&page, "accept:below_zero").tick("accept:below_zero")).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
        // Nothing of a draft is told.
        let page = counsel.get(&read).await;
        page.expect(told);
        page.expect_no("o2.csv");
        stage::send(&app.recoup, &ada, id).await.unwrap();
        let page = counsel.get(&read).await;
        page.expect("Its lines were replaced by those of “o2.csv”.");
        page.expect("−1.20 EUR. The claimant accepted that.");
        page.expect_no("−3.10 EUR");
        counsel.get(&format!("{read}/versions/1")).await.expect(told);
    }

    async fn an_import_is_undone_and_repeated(database) {
        let (app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await;
        let first = page.path.clone();
        browser.send(page.form(&format!("{first}/confirm"))).await.expect("6 lines were imported");
        let done = browser.get(&first).await;
        let ask = browser.click(&done, "Remove the lines of this import").await;
        ask.expect("6 lines are taken out of this draft");
        assert_eq!(counts(&database).await.0, 6, "nothing goes before it is confirmed");
        let undone = browser.send(ask.form(&format!("{first}/remove"))).await;
        undone.expect("6 lines were removed.");
        undone.expect("no line of it is left in the claim");
        assert_eq!(counts(&database).await, (0, 0, 6, 1), "the document stays");
        browser.send(ask.form(&format!("{first}/remove"))).await.expect("No line of it was left.");
        browser.get(&format!("{claim}/import")).await.expect("Imported, no line of it is left");

        // The same file again, and a near copy of it: nothing is left that they could double.
        let near = [corpus("physical.csv"), b"\n".to_vec()].concat();
        upload(&browser, &claim, "near.csv", &near).await.expect_no("A period that another import has too");
        let page = upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await;
        page.expect_no("imported already");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("6 lines were imported");
        let lines: Vec<(i64,)> = database.rows("SELECT line FROM lines ORDER BY line").await;
        assert_eq!(lines.iter().map(|(line,)| *line).collect::<Vec<_>>(), [7, 8, 9, 10, 11, 12], "no number comes again");

        // Removed one by one: as long as one is left the file is there.
        let id: i64 = claim.rsplit('/').next().unwrap().parse().unwrap();
        let account = stage::person(&app.recoup, "bob@example.org", true, false).await;
        let refused = claims::actions::undo_import::undo(&app.recoup, &account, claims::ClaimId(id), claims::ImportId(1)).await;
        assert!(refused.is_err(), "another’s");
        for line in 7..=12 {
            upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await.expect("imported already: nothing was added");
            let ask = browser.get(&format!("{claim}/line/{line}/remove")).await;
            browser.send(ask.form(&format!("{claim}/line/{line}/remove"))).await.expect(&format!("Line {line} is removed."));
        }
        let page = browser.get(&page.path).await;
        let page = browser.send(form_with(&page, "sheet")).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("6 lines were imported");
    }

    async fn what_an_amendment_undoes_is_back_when_it_is_discarded(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        let (browser, claim) = (app.browser_of(&actor).await, format!("/claims/{id}"));
        let page = upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await;
        let first = page.path.clone();
        browser.send(page.form(&format!("{first}/confirm"))).await.expect("6 lines were imported");
        stage::send(&app.recoup, &actor, id).await.unwrap();
        // A claim that was sent offers nothing that changes it.
        browser.get(&first).await.expect_no("Remove the lines of this import");
        app.pass(chrono::Duration::hours(1));
        stage::open_next_version(&app.recoup, &actor, id).await;
        let before = database.row_counts().await;
        upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await.expect("imported already: nothing was added");
        let ask = browser.click(&browser.get(&first).await, "Remove the lines of this import").await;
        browser.send(ask.form(&format!("{first}/remove"))).await.expect("6 lines were removed.");
        let page = upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("6 lines were imported");
        claims::actions::discard::discard(&app.recoup, &actor, id).await.unwrap();
        stage::open_next_version(&app.recoup, &actor, id).await;
        let after = database.row_counts().await;
        for table in ["lines", "evidence", "imports", "import_lines", "statement_rows", "documents"] {
            let rows = |counts: &[(String, i64)]| counts.iter().find(|(name, _)| name == table).unwrap().1;
            assert_eq!(rows(&before), rows(&after), "{table}");
        }
        upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await.expect("imported already: nothing was added");
    }

    async fn a_corrected_file_shows_the_difference_and_replaces(database) {
        let (app, browser, claim) = claim(&database).await;
        let first = String::from_utf8(corpus("orchard_detail.csv")).unwrap();
        let page = upload(&browser, &claim, "first.csv", first.as_bytes()).await;
        // Each row is of another release or service, so they are as many lines.
        let page = browser.send(form_with(&page, "grouping").fill("grouping", "rows")).await;
        let page = said(&browser, &page).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("6 lines were imported");
        let corrected: String = first.replace("10.485000", "20.485000").lines().take(6).map(|line| format!("{line}\n")).collect();
        let page = upload(&browser, &claim, "corrected.csv", corrected.as_bytes()).await;
        page.expect("A period that another import has too");
        let options = page.forms().into_iter().find(|form| form.has("replaces")).unwrap();
        let page = browser.send(options.fill("replaces", "1")).await;
        let page = said(&browser, &page).await;
        page.expect("0 new, 1 changed, 1 removed, 4 the same");
        // The line that goes is named by its release, not by its barcode.
        page.expect("Čapek: Track 1, February 2016, Amazon");
        page.expect("10.48 USD, 2 units");
        page.expect_no("A period that another import has too");
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("5 lines were imported");
        let lines: Vec<(i64,)> = database.rows("SELECT line FROM lines ORDER BY line").await;
        assert_eq!(lines.into_iter().map(|(line,)| line).collect::<Vec<_>>(), [7, 8, 9, 10, 11]);
        browser.get(&format!("{claim}/import")).await.expect("Replaced by another file");
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(stored::lines_of(&mut tx, claims::ImportId(2)).await.unwrap().len(), 5);
        drop(tx);

        // Undone, it leaves neither: that is said before, and the first file can be read again from its own page.
        let remove = format!("{claim}/import/2/remove");
        let ask = browser.get(&remove).await;
        ask.expect("These lines took the place of those of “first.csv”, which do not come back by themselves");
        assert_eq!(ask.link("first.csv"), format!("{claim}/import/1"));
        let earlier = browser.send(ask.form(&remove)).await;
        earlier.expect("5 lines were removed. Those of “first.csv”, which they had replaced, are not back");
        assert_eq!(earlier.path, format!("{claim}/import/1"));
        earlier.expect("Read this file once more");
        // What was said of it need not be said again.
        let page = browser.send(form_with(&earlier, "sheet")).await;
        assert_eq!(form_with(&page, "grouping").value("grouping"), Some("rows"));
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("6 lines were imported");
    }

    // A chain of three files, of which each replaces the one before; then the last is undone and the first read once more.
    async fn counsel_read_of_no_file_that_it_was_replaced_by_one_that_was_undone(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let lee = stage::person(&app.recoup, "lee@law.example", true, false).await.account;
        claims::actions::counsel::appoint(&app.recoup, case, lee).await.unwrap();
        let counsel = app.browser_of(&stage::actor(&app.recoup, lee).await).await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        let (browser, claim) = (app.browser_of(&actor).await, format!("/claims/{id}"));
        let read = async || {
            let numbers: Vec<(String,)> = database.rows("SELECT number FROM claims").await;
            counsel.get(&format!("/counsel/allegro/claims/{}", numbers[0].0)).await
        };
        let import = async |name: &str, due: &str, replaces: &str| {
            let csv = format!("Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,One,2,{due},USD\n");
            let mut page = upload(&browser, &claim, name, csv.as_bytes()).await;
            if !replaces.is_empty() {
                page = browser.send(form_with(&page, "replaces").fill("replaces", replaces)).await;
            }
            browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
        };
        import("first.csv", "15.00", "").await;
        import("second.csv", "16.00", "1").await;
        import("third.csv", "17.00", "2").await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let page = read().await;
        // Both: in the claim are the lines of the third.
        assert_eq!(page.text().matches("Its lines were replaced by those of “third.csv”.").count(), 2, "{}", page.text());
        page.expect_no("those of “second.csv”");

        stage::open_next_version(&app.recoup, &actor, id).await;
        let remove = format!("{claim}/import/3/remove");
        browser.send(browser.get(&remove).await.form(&remove)).await.expect("1 line was removed.");
        let once_more = async |import: i64| {
            browser.send(form_with(&browser.get(&format!("{claim}/import/{import}")).await, "sheet")).await
        };
        let confirm = async |page: &Page| {
            browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
            stage::send(&app.recoup, &actor, id).await.unwrap();
        };
        confirm(&once_more(1).await).await;
        read().await.expect_no("were replaced by those of");

        stage::open_next_version(&app.recoup, &actor, id).await;
        let again = once_more(2).await;
        confirm(&browser.send(form_with(&again, "replaces").fill("replaces", "4")).await).await;
        let page = read().await;
        page.expect("Its lines were replaced by those of “second.csv”.");
        page.expect_no("those of “third.csv”");

        // Read once more beside the second, the first has lines again, and nothing takes its place.
        stage::open_next_version(&app.recoup, &actor, id).await;
        let again = once_more(1).await;
        confirm(&browser.send(form_with(&again, "accept:overlap").tick("accept:overlap")).await).await;
        read().await.expect_no("were replaced by those of");
    }

    async fn a_file_replaces_only_one_whose_rows_are_the_same(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, "sales.csv", &corpus("physical.csv")).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("6 lines were imported");
        let stock = upload(&browser, &claim, "stock.csv", &corpus("inventory.csv")).await;
        assert!(!stock.forms().iter().any(|form| form.has("replaces")), "sales are no stock");
        let csv = b"Period,Barcode,Title,Net Units,Net Due,Currency\n2017-03,036000291452,One,2,15.00,USD\n";
        let sales = upload(&browser, &claim, "more.csv", csv).await;
        browser.send(form_with(&sales, "replaces").fill("replaces", "1")).await.expect("1 new, 0 changed, 6 removed");
    }

    async fn a_discarded_amendment_takes_its_import_along(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id, _) = stage::sent(&app.recoup, account, "allegro", "Jay Records").await;
        let (browser, claim) = (app.browser_of(&actor).await, format!("/claims/{id}"));
        app.pass(chrono::Duration::hours(1));
        stage::open_next_version(&app.recoup, &actor, id).await;
        let before = database.row_counts().await;
        let page = upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("6 lines were imported");
        claims::actions::discard::discard(&app.recoup, &actor, id).await.unwrap();
        stage::open_next_version(&app.recoup, &actor, id).await;
        let after = database.row_counts().await;
        let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).map(|(before, _)| before.0.as_str()).collect();
        // A mapping that was remembered stays, as do what happened and what was told.
        assert!(changed.iter().all(|table| ["events", "statement_mappings", "submissions", "sessions"].contains(table)), "{changed:?}");
        let again = upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await;
        browser.send(again.form(&format!("{}/confirm", again.path))).await.expect("6 lines were imported");
    }

    async fn a_statement_removed_in_a_sent_version_stays_out_of_that_version(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        let (browser, claim) = (app.browser_of(&actor).await, format!("/claims/{id}"));
        // The first version shows the file as a document.
        let file = stage::bytes(&app, "a.csv", "text/csv", corpus("physical.csv").leak()).await;
        claims::actions::documents::add(&app.recoup, &actor, id, &file).await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        // The second goes without it.
        stage::open_next_version(&app.recoup, &actor, id).await;
        let draft = claims::actions::claim_view::draft(&app.recoup, &actor, id).await.unwrap();
        let document = draft.documents.iter().find(|document| document.name == "a.csv").unwrap().id;
        claims::actions::documents::remove(&app.recoup, &actor, id, document).await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        // The third imports it as a statement.
        stage::open_next_version(&app.recoup, &actor, id).await;
        let page = upload(&browser, &claim, "a.csv", &corpus("physical.csv")).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("lines were imported");
        let mut tx = app.recoup.store.read().await.unwrap();
        for (version, held) in [(1, true), (2, false), (3, true)] {
            let documents = claims::store::documents::of_version(&mut tx, id, version).await.unwrap();
            assert_eq!(documents.iter().any(|document| document.name == "a.csv"), held, "version {version}");
        }
    }
}
