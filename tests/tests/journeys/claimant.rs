//! The claimant: register, file, sign, amend, withdraw.

use claims::line::Category;
use tests::{App, html, on_both, stage};

use crate::walk::{self, whole_claim};

on_both! {
    async fn from_registering_to_withdrawing(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let browser = walk::register(&app, "ada@example.org").await;
        let claim = whole_claim("Jay Records & Sons");
        let (path, receipt) = walk::file(&browser, "allegro", &claim).await;
        let number = walk::number(&receipt);
        assert!(number.starts_with("ALG-"), "{number}");

        // 6,754.50 − 754.50; 1,000 × 14.00; 123.456789 × 85 % = 104.94 EUR = 117.05; 500 × 1.00 + 80.25.
        for words in ["6,000.00", "14,000.00", "117.05", "580.25", "Jay Records & Sons", "penalty of perjury", "Ada Label", "Statement 2015.pdf"] {
            receipt.expect(words);
        }
        assert!(!receipt.body.contains("&amp;amp;"), "escaped once");
        let mail = app.mail("receipt", "ada@example.org").await;
        assert!(mail.body_text.contains(&number) && mail.body_text.contains("6,000.00"));
        let link = app.mailed_path("receipt", "ada@example.org").await;
        browser.get(&link).await.expect(&number);

        // The files: the CSV has a row for each line, the JSON has the hash of the receipt.
        let csv = browser.get(&receipt.link("Lines as CSV")).await;
        assert!(csv.header("content-type").starts_with("text/csv"));
        let mut reader = csv::Reader::from_reader(csv.body.trim_start_matches('\u{feff}').as_bytes());
        assert_eq!(reader.records().map(Result::unwrap).count(), 4);
        let json = browser.get(&receipt.link("Canonical text")).await;
        receipt.expect(&claims::actions::links::hash(&json.body));
        browser.get(&receipt.path).await.expect(&number);

        // Amend: the first line is corrected, one is removed, signed again.
        let page = browser.get(&path).await;
        let page = browser.send(page.form(&format!("{path}/amend"))).await;
        page.expect_status(200);
        let line = format!("{path}/line/1");
        let form = browser.get(&line).await.form(&line);
        assert_eq!(form.value("net_due"), Some("6,754.50"), "the amendment begins with what was sent");
        browser.send(form.fill("paid", "0")).await.expect("is saved");
        let remove = browser.get(&format!("{path}/line/4/remove")).await;
        browser.send(remove.forms().into_iter().find(|form| form.action.ends_with("/line/4/remove")).unwrap()).await.expect("is removed");
        browser.get(&path).await.expect("6,000.00");
        let second = walk::sign(&browser, &path, &claim.signature).await;
        second.expect("Your claim is received");
        assert_eq!(walk::number(&second), number);
        second.expect("6,754.50");
        second.expect_no("580.25");
        let replaced = browser.get(&receipt.path).await;
        replaced.expect("580.25");
        replaced.expect("This version was replaced");
        assert_eq!(format!("{}?received=yes", replaced.link("Read the receipt of version 2")), second.path);
        second.expect_no("This version was replaced");
        let changes = browser.get(&second.link("What changed")).await;
        changes.expect_status(200);
        changes.expect("6,754.50");

        // Withdraw, with a reason.
        let withdraw = format!("{path}/withdraw");
        let page = browser.send(browser.get(&withdraw).await.form(&withdraw)).await;
        page.expect_status(422);
        let page = browser.send(page.form(&withdraw).fill("reason", "Paid in full")).await;
        page.expect("withdrawn");
        page.expect("Paid in full");
        browser.get(&receipt.path).await.expect_status(200);
        assert_eq!(app.mail("claim_withdrawn", "ada@example.org").await.recipient, "ada@example.org");
        browser.get("/claims").await.expect("Withdrawn");
    }

    async fn who_has_not_confirmed_an_address_is_told_what_the_mail_is_for(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        for confirmed in [false, true] {
            let account = stage::person(&app.recoup, &format!("{confirmed}@example.org"), confirmed, false).await.account;
            let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
            let browser = app.browser_of(&actor).await;
            let (list, tasks) = (browser.get("/claims").await, browser.get(&format!("/claims/{id}")).await);
            tasks.expect("In progress");
            let earlier = "If you registered here before with this address, open the link in the mail that we sent";
            assert_eq!((list.text().contains(earlier), tasks.text().contains("Send the mail again")), (!confirmed, !confirmed));
            if !confirmed {
                let again = browser.send_once(&tasks.form("/account/confirm-again")).await;
                assert_eq!(again.header("location"), format!("/claims/{id}"));
            }
        }
    }

    async fn wrong_answers_stay_beside_what_would_be_right(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let browser = walk::register(&app, "ada@example.org").await;
        let claim = whole_claim("Jay Records");
        let path = walk::start(&browser, "allegro", &claim.claimant).await;
        let line = ("unpaid_sales", vec![("channel", "physical"), ("period_from", "31 February 2015"), ("period_to", "2015-12-31"), ("net_due", "1.234,56"), ("artist", "</textarea><script>alert(1)</script>"), ("note", "  two\nlines & “quotes”")], None);
        let page = walk::line(&browser, &path, &line).await;
        page.expect("What you typed is kept");
        assert!(page.path.ends_with("/line/1"), "{}", page.path);
        let form = page.form(&page.path);
        assert_eq!(form.value("period_from"), Some("31 February 2015"));
        assert_eq!(form.value("net_due"), Some("1.234,56"));
        assert_eq!(form.value("artist"), Some("</textarea><script>alert(1)</script>"));
        assert_eq!(form.value("note"), Some("  two\nlines & “quotes”"));
        assert!(!page.body.contains("<script>alert"));
        assert!(html::texts(&page.body, "title").remove(0).starts_with("Error"), "{:?}", html::texts(&page.body, "title"));
        // Every error of the summary leads to a control that is marked as wrong and says why.
        let links = html::attributes(&page.body, ".error-summary a, [role=alert] a", "href");
        assert!(links.len() >= 2, "{}", page.text());
        for link in links {
            let target = link.trim_start_matches('#');
            let invalid = html::attributes(&page.body, &format!("[id=\"{target}\"]"), "aria-describedby");
            assert_eq!(invalid.len(), 1, "{link}");
        }
        browser.get(&format!("{path}/sign")).await.expect("cannot be signed yet");
        let mended = form.fill_all([("period_from", "2015-01-01"), ("net_due", "1,234.56")]);
        browser.send(mended).await.expect("is saved");
    }

    async fn a_line_is_reached_from_its_release_and_stock_says_where_it_is_added(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        let stock = stage::stock("40", "wholesale", "7.00").with("title", "Silent Organs");
        stage::line(&app.recoup, &actor, id, Category::HeldInventory, &stock, None).await;
        let browser = app.browser_of(&actor).await;
        let path = format!("/claims/{id}");
        let rule = "This case adds up stock at retail list price; at another basis it is listed by itself.";
        let list = browser.get(&format!("{path}/lines/held_inventory")).await;
        list.expect(rule);
        let to = |list: &tests::Page| html::attributes(&list.body, "td:nth-child(2) > a", "href");
        assert_eq!(to(&list), [format!("{path}/line/1")]);
        let line = browser.get(&format!("{path}/line/1")).await;
        assert_eq!(html::texts(&line.body, "#hint-basis"), [rule]);
        assert_eq!(html::attributes(&line.body, "#field-basis", "aria-describedby"), ["hint-basis"]);
        assert_eq!(browser.get(&format!("{path}/check")).await.link("Silent Organs"), format!("{path}/line/1"));
        for page in [&path, &format!("{path}/documents")] {
            let page = browser.get(page).await;
            page.expect("What is claimed so far is in no total of this case: held inventory at wholesale (PPD), 280.00 USD.");
            page.expect_no("No amount is claimed yet");
        }
        let besides = "You claim 280.00 USD of stock at wholesale (PPD). It is filed; the total of the case adds up only stock at retail list price.";
        for page in ["check", "sign"] {
            browser.get(&format!("{path}/{page}")).await.expect(besides);
        }
        browser.get("/claims").await.expect("and besides 280.00 USD of stock at wholesale (PPD)");

        // A lump sum is called by the service that owes it, also while something is wrong with it.
        let royalties = ("digital_royalties", vec![("aggregator", "The Orchard"), ("service", "Spotify"), ("amount", "x")], None);
        walk::line(&browser, &path, &royalties).await.expect("What you typed is kept");
        let list = browser.get(&format!("{path}/lines/digital_royalties")).await;
        list.expect("Needs attention");
        assert_eq!(html::texts(&list.body, "td:nth-child(2) > a"), ["Spotify, lump sum"]);
        assert_eq!(to(&list), [format!("{path}/line/2")]);
    }

    async fn an_unsigned_page_keeps_what_was_typed_but_for_the_tick(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        let browser = app.browser_of(&actor).await;
        let path = format!("/claims/{id}");
        let page = walk::sign(&browser, &path, &[("place", "abroad"), ("place_name", "Bristol, United Kingdom"), ("signature", "Ada")]).await;
        assert_eq!(page.path, format!("{path}/sign"));
        let form = page.form(&page.path);
        assert_eq!((form.value("place"), form.value("place_name"), form.value("signature"), form.value("agree")), (Some("abroad"), Some("Bristol, United Kingdom"), Some("Ada"), None));
        // What was left out is not the tick: that is asked anew, and it is said.
        let again = "Tick the declaration again: it is asked anew each time.";
        page.expect_no(again);
        let page = browser.send(form.fill("signature", "x").fill("signer_capacity", "officer").tick("agree")).await;
        page.expect("Write your name, as on the claim.");
        page.expect(again);
        let form = page.form(&page.path).fill("signature", "Ada").tick("agree");
        // A double click: both answers lead to the same receipt.
        let (one, two) = tokio::join!(browser.send(form.clone()), browser.send(form));
        assert_eq!((one.status.as_u16(), &one.path), (200, &two.path));
        one.expect("laws of the United States of America");
        assert_eq!(app.mails().await.iter().filter(|mail| mail.kind == "receipt").count(), 1);
    }

    async fn several_claimants_in_one_account(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        stage::case_with(&app.recoup, &stage::case_answers("second", "SEC").with("title", "The second case")).await;
        let browser = walk::register(&app, "manager@example.org").await;
        let first = walk::start(&browser, "allegro", &whole_claim("First Artist").claimant).await;
        let second = walk::start(&browser, "allegro", &whole_claim("Second Artist").claimant).await;
        assert_ne!(first, second);
        let list = browser.get("/claims").await;
        list.expect("First Artist");
        list.expect("Second Artist");

        // In another case both are offered, and what they said of themselves is there.
        walk::step(&browser, &first, "claimant", &whole_claim("First Artist").claimant).await;
        let page = browser.get("/cases/second/file").await;
        let who = html::attributes(&page.body, "input[name=who]", "value");
        assert_eq!(who.len(), 3, "{who:?}");
        let page = browser.send(page.form("/cases/second/file").fill("who", &who[0])).await;
        let step = format!("{}/claimant", page.path);
        assert_eq!(browser.get(&step).await.form(&step).value("street"), Some("1 Main Street"));
    }

    async fn the_start_form_sent_twice_is_one_claim(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let browser = walk::register(&app, "ada@example.org").await;
        let form = browser.get("/cases/allegro/file").await.form("/cases/allegro/file").fill_all([("kind", "label"), ("legal_name", "Jay"), ("capacity", "officer")]);
        let (one, two) = tokio::join!(browser.send(form.clone()), browser.send(form));
        one.expect_status(200);
        assert_eq!((one.status, one.path), (two.status, two.path));
        let rows: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM claims").await;
        assert_eq!(rows, [(1,)]);
    }

    async fn a_second_claim_of_the_same_name_is_asked_about(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let browser = walk::register(&app, "ada@example.org").await;
        let first = walk::start(&browser, "allegro", &whole_claim("Mona Keys").claimant).await;
        let form = async |name: &str| {
            let form = browser.get("/cases/allegro/file").await.form("/cases/allegro/file");
            form.fill_all([("kind", "label"), ("legal_name", name), ("capacity", "officer")])
        };
        let asked = browser.send(form(" mona  KEYS").await).await;
        asked.expect_status(409);
        asked.expect("You have a claim of “Mona Keys” in this case already. It is not sent yet: go on with it.");
        assert_eq!(asked.link("Open the claim of Mona Keys"), first);
        let claims = async || database.rows::<(i64,)>("SELECT COUNT(*) FROM claims").await[0].0;
        assert_eq!(claims().await, 1);
        // Sent and withdrawn claims are named with what can be done with them.
        for (change, words) in [
            ("UPDATE claims SET status = 'submitted', draft_id = NULL", "To change or add something, amend it."),
            ("UPDATE claims SET status = 'withdrawn'", "take it up again."),
        ] {
            database.tamper(change).await;
            browser.send(form("Mona Keys").await).await.expect(words);
        }
        // Somebody else of the same name is a claimant of their own, said with a second press.
        let asked = browser.send(form("Mona Keys").await).await;
        assert_eq!(html::attributes(&asked.body, "button[name=namesake]", "value"), ["yes"]);
        let page = browser.send(asked.form("/cases/allegro/file").forge("namesake", "yes")).await;
        page.expect_status(200);
        assert_ne!(page.path, first);
        assert_eq!(claims().await, 2);
    }

    async fn a_line_that_was_entered_twice_is_remarked_on(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        let browser = app.browser_of(&actor).await;
        let check = format!("/claims/{id}/check");
        browser.get(&check).await.expect_no("are the same:");
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("15,000.00"), None).await;
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("15,000.01"), None).await;
        let page = browser.get(&check).await;
        page.expect("Lines 1 and 2 are the same:");
        page.expect("15,000.00 USD. If that is one and the same money, remove one.");
        page.expect("Go on to sign");
    }

    async fn a_copy_says_that_it_counts_and_is_taken_back(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("276.87"), None).await;
        let browser = app.browser_of(&actor).await;
        let path = format!("/claims/{id}");
        let list = format!("{path}/lines/unpaid_sales");
        let copy = async || browser.send(browser.get(&list).await.form(&format!("{path}/line/1/copy"))).await;
        let page = copy().await;
        page.expect("This is a copy of line 1. It is saved and counts already; change it, or remove it.");
        page.expect_no("Cancel");
        browser.get(&list).await.expect("553.74");
        let remove = page.link("Remove the copy");
        assert_eq!(remove, format!("{path}/line/2/remove"));
        browser.send(browser.get(&remove).await.form(&remove)).await.expect("Line 2 is removed.");
        browser.get(&list).await.expect_no("553.74");

        // Saved as it is, it is said that it repeats the other; once it differs, it is a line like others.
        let page = copy().await;
        let line = format!("{path}/line/2");
        let same = "Line 2 is saved. Line 2 is the same as line 1. If that is one and the same money, remove one of them.";
        browser.send(page.form(&line)).await.expect(same);
        let saved = browser.send(page.form(&line).fill("net_due", "276.88")).await;
        saved.expect("Line 2 is saved.");
        saved.expect_no("is the same as");
        let changed = browser.get(&format!("{line}?copied=1")).await;
        changed.expect_no("This is a copy");
        assert_eq!(changed.link("Cancel"), list);
    }

    async fn a_month_will_do_for_the_period_of_a_line(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        let answers = stage::sales("1.00").with("period_from", "January 2016").with("period_to", "February 2016");
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &answers, None).await;
        let days: Vec<(chrono::NaiveDate, chrono::NaiveDate)> = database.rows("SELECT period_from, period_to FROM lines").await;
        let days: Vec<_> = days.iter().map(|(from, to)| format!("{from} {to}")).collect();
        assert_eq!(days, ["2016-01-01 2016-02-29"]);
    }

    async fn two_thousand_lines_stay_usable(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        stage::fill_steps(&app.recoup, &actor, id, "Jay Records").await;
        for n in 1..=2_000_u32 {
            let answers = stage::sales("1.25").with("title", format!("Title {n}"));
            stage::line(&app.recoup, &actor, id, claims::line::Category::UnpaidSales, &answers, None).await;
        }
        let browser = app.browser_of(&actor).await;
        let page = browser.get(&format!("/claims/{id}/lines/unpaid_sales")).await;
        page.expect("2,500.00");
        assert!(page.bytes.len() < 400_000, "{} bytes", page.bytes.len());
        let last = browser.get(&format!("/claims/{id}/lines/unpaid_sales?page=40&order=number")).await;
        last.expect("Title 2000");
        last.expect_no("Title 1950 ");
        let signature: Vec<_> = whole_claim("x").signature;
        let receipt = walk::sign(&browser, &format!("/claims/{id}"), &signature).await;
        receipt.expect("Your claim is received");
        receipt.expect("2,500.00");
    }

    async fn a_page_of_a_draft_that_was_sent_leads_to_the_claim(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id, _) = stage::sent(&app.recoup, account, "allegro", "Jay Records").await;
        let browser = app.browser_of(&actor).await;
        for step in ["sign", "check", "agreement", "lines/unpaid_sales", "line/1"] {
            let page = browser.get(&format!("/claims/{id}/{step}")).await;
            page.expect_status(200);
            page.expect("This claim was sent and is not being changed.");
            assert_eq!(page.path, format!("/claims/{id}"), "{step}");
        }
        // It is said once.
        browser.get(&format!("/claims/{id}")).await.expect_no("is not being changed");
    }

    async fn a_mail_that_confirms_is_opened_once_more(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let browser = walk::register(&app, "ada@example.org").await;
        let link = app.mailed_path("verify_address", "ada@example.org").await;
        let page = browser.get(&link).await;
        page.expect("The e-mail address of your account is confirmed, so nothing is left to do.");
        assert_eq!(page.link("Go to my claims"), "/claims");
        app.browser().get(&link).await.expect("If your address is not confirmed yet");
    }
}
