//! Bad input, each with a clear message beside what was typed, what was typed kept, and nothing stored by half.

use chrono::Duration;
use tests::{App, Browser, Page, html, on_both, stage};

use crate::ground::{Ground, Role};

async fn claim(app: &App) -> (Browser, String) {
    stage::case(&app.recoup, "allegro", "ALG").await;
    let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
    let (ada, id) = stage::ready(&app.recoup, ada.account, "allegro", "Jay Records").await;
    (app.browser_of(&ada).await, format!("/claims/{id}"))
}

/// The message beside a field.
fn message(page: &Page, field: &str) -> String {
    let described = html::attributes(&page.body, &format!("[name=\"{field}\"]"), "aria-describedby").concat();
    let ids = described.split_whitespace().filter(|id| id.contains("error"));
    ids.map(|id| html::texts(&page.body, &format!("[id=\"{id}\"]")).concat()).collect()
}

on_both! {
    async fn wrong_lines_say_what_is_wrong_beside_it(database) {
        let app = App::start(&database).await;
        let (browser, claim) = claim(&app).await;
        let sold = [("channel", "physical"), ("period_from", "2015-01-01"), ("period_to", "2015-12-31"), ("net_due", "15.00")];
        let held = [("as_of", "2016-06-03"), ("basis", "retail"), ("unit_value", "4.00"), ("units_claimed", "2")];
        let streamed = [
            ("aggregator", "The Orchard"),
            ("period_from", "2016-01-01"),
            ("period_to", "2016-03-31"),
            ("amount", "9.00"),
            ("money_state", "escrow"),
            ("letter_state", "none"),
        ];
        for (category, field, typed, says) in [
            ("unpaid_sales", "net_due", "fifteen", "like"),
            ("unpaid_sales", "net_due", "1.234,56", "1234.56"),
            ("unpaid_sales", "net_due", "-5", "below zero"),
            ("unpaid_sales", "net_due", "99999999999999999999", "large"),
            ("unpaid_sales", "net_due", "15.001", "digits"),
            ("unpaid_sales", "net_due", "12.500", "12500.00 or 12.50"),
            ("unpaid_sales", "net_due", "€100", "another currency"),
            ("unpaid_sales", "net_due", "100 €", "another currency"),
            ("unpaid_sales", "net_due", "12 50", "1250 or 12.50"),
            ("unpaid_sales", "unit_price", "7 25", "725 or 7.25"),
            ("unpaid_sales", "units_net", "1 2", "Write 12."),
            ("held_inventory", "units_claimed", "1.000", "two ways"),
            ("unpaid_sales", "net_due", "1e9", "like"),
            ("unpaid_sales", "gtin", "036000291453", "last digit"),
            ("unpaid_sales", "gtin", "abc", "digits"),
            ("digital_royalties", "isrc", "US-XX", "ISRC"),
            ("unpaid_sales", "period_from", "31 February 2015", "is not a day"),
            ("unpaid_sales", "period_to", "2014-01-01", "before"),
            ("held_inventory", "units_claimed", "2.5", "whole"),
        ] {
            let path = format!("{claim}/lines/{category}");
            let whole = match category {
                "held_inventory" => &held[..],
                "digital_royalties" => &streamed[..],
                _ => &sold[..],
            };
            let page = browser.get(&format!("{path}/new")).await;
            let form = page.form(&path).fill_all(whole.iter().copied());
            let before = database.row_counts().await;
            let page = browser.send(form.fill(field, typed)).await;
            let said = message(&page, field);
            assert!(said.to_lowercase().contains(&says.to_lowercase()), "{field} = {typed}: “{said}” does not say “{says}”: {}", page.text());
            let form = page.forms().into_iter().find(|form| form.has(field)).expect("the form again");
            assert_eq!(form.value(field), Some(typed), "what was typed stays");
            // The line is kept as typed, and the claim cannot be sent with it.
            let kept = database.row_counts().await;
            let changed: Vec<_> = kept.iter().zip(&before).filter(|(a, b)| a != b).map(|(after, _)| after.0.as_str()).collect();
            assert!(changed.iter().all(|table| ["lines", "submissions", "sessions"].contains(table)), "{changed:?}");
        }
        browser.get(&format!("{claim}/check")).await.expect("of “Unpaid sales” need attention");
        // The page that signs has no form for it, and the form of a page that was open before is refused.
        let sign = format!("{claim}/sign");
        let shown = browser.get(&sign).await;
        assert!(shown.forms().iter().all(|form| !form.has("signature")), "{}", shown.text());
        let mut tx = app.recoup.store.read().await.unwrap();
        let id = claims::ClaimId(claim.rsplit('/').next().unwrap().parse().unwrap());
        let draft = claims::store::claims::by_id(&mut tx, id).await.unwrap().unwrap().draft_id.unwrap();
        drop(tx);
        let mut signed: Vec<(String, String)> = stage::signed(&app.recoup, draft).await.0.into_iter().collect();
        signed.push(("version".to_owned(), draft.to_string()));
        let request = browser.request("POST", &sign).header("sec-fetch-site", "same-origin").form(&signed);
        let page = browser.fetch(request).await;
        page.expect_status(409);
        page.expect("The claim cannot be sent yet");
        page.expect("needs attention");
        let sent: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM versions WHERE sent_at IS NOT NULL").await;
        assert_eq!(sent, [(0,)]);
    }

    async fn a_form_without_a_file_stands_there_again_with_the_reason_beside_the_control(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let root = app.browser_of(&root).await;
        for (browser, page, path, id, hint) in [
            (&root, "/admin/cases/allegro", "/admin/cases/allegro/documents", "files", "hint-files"),
            (&app.browser(), "/verify", "/verify", "file", "file-hint"),
        ] {
            // Beside it, a hash can be typed into a form to the same address.
            let of_files = |page: &Page| page.forms().into_iter().find(|form| form.multipart && form.action == path).expect("the form");
            let beside = |answer: &Page, says: &str| {
                let described = html::attributes(&answer.body, &format!("#field-{id}"), "aria-describedby");
                assert_eq!(described, [format!("{hint} error-{id}")], "{path}");
                let said = html::texts(&answer.body, &format!("#error-{id}")).concat();
                assert!(said.contains(says), "{path}: {said}");
                assert_eq!(html::attributes(&answer.body, ".error-summary a", "href"), [format!("#field-{id}")], "{path}");
                assert_eq!(html::attributes(&answer.body, "[aria-invalid=true]", "id"), [format!("field-{id}")], "{path}");
                assert!(of_files(answer).has(id), "{path}: the file can be chosen at once");
            };
            let form = of_files(&browser.get(page).await);
            // A control of which nothing was chosen sends an empty name.
            beside(&browser.send(form.attach(id, "", Vec::new())).await, "No file was chosen");
            for (kind, body) in [("multipart/form-data", "a"), ("multipart/form-data; boundary=x", "--x\r\nno header"), ("text/plain", "a")] {
                let request = browser.request("POST", path).header("sec-fetch-site", "same-origin").header("content-type", kind).body(body);
                let answer = browser.fetch(request).await;
                beside(&browser.follow(answer).await, "did not arrive");
            }
            // Said once.
            let again = browser.get(page).await;
            again.expect_status(200);
            assert_eq!(html::texts(&again.body, ".error-summary, .error").len(), 0, "{}", again.text());
        }
        let kept: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM case_documents").await;
        assert_eq!(kept, [(0,)]);
    }

    async fn a_session_that_ends_over_a_form_loses_nothing(database) {
        let app = App::start(&database).await;
        let (browser, claim) = claim(&app).await;
        let path = format!("{claim}/others");
        let form = browser.get(&path).await.form(&path).fill("others", "yes").fill("others_who", "The drummer’s heirs & “friends” =1+1\r\nof old");
        app.pass(Duration::hours(13));
        let page = browser.send(form.clone()).await;
        page.expect_status(401);
        page.expect("Nothing you typed is lost");
        // The form stands in this page alone, so the way to another password leaves it open.
        assert_eq!(html::attributes(&page.body, "a[href='/forgotten']", "target"), ["_blank"]);
        assert!(html::texts(&page.body, "a[href='/forgotten']")[0].ends_with("(opens in a new tab)"), "{}", page.body);
        let plain = app.browser().get("/sign-in").await;
        assert_eq!(html::texts(&plain.body, "a[href='/forgotten']"), ["Set a new one"]);
        assert_eq!(html::attributes(&plain.body, "a[href='/forgotten']", "target"), [] as [&str; 0]);
        assert_eq!(html::texts(&page.body, "h1").len(), 1);
        let wrong = browser.send(page.form("/sign-in").fill("email", "ada@example.org").fill("password", "a wrong password")).await;
        wrong.expect_status(422);
        let page = browser.send(wrong.form("/sign-in").fill("email", "ada@example.org").fill("password", stage::PASSWORD)).await;
        page.expect("You are signed in again");
        let again = page.form(&path);
        assert_eq!(again.value("others_who").map(|text| text.replace("\r\n", "\n")), form.value("others_who").map(|text| text.replace("\r\n", "\n")));
        browser.send(again).await.expect("Your answers are saved");
        assert_eq!(browser.get(&path).await.form(&path).value("others_who"), Some("The drummer’s heirs & “friends” =1+1\nof old"));

        // Somebody else who signs in there gets nothing of it into that claim.
        app.pass(Duration::hours(13));
        let page = browser.send(form).await;
        stage::person(&app.recoup, "eve@example.org", true, false).await;
        let page = browser.send(page.form("/sign-in").fill("email", "eve@example.org").fill("password", stage::PASSWORD)).await;
        browser.send(page.form(&path)).await.expect_status(404);
    }

    async fn a_session_that_ends_over_a_form_that_is_too_long_to_keep_leaves_its_page_open(database) {
        let app = App::start(&database).await;
        let (browser, claim) = claim(&app).await;
        let path = format!("{claim}/others");
        let form = browser.get(&path).await.form(&path).fill("others", "yes").fill("others_who", &"x".repeat(300_001));
        app.pass(Duration::hours(13));
        let page = browser.send(form).await;
        page.expect_status(401);
        page.expect("nothing you typed is lost as long as this page is open");
        assert_eq!(html::attributes(&page.body, "main a[href='/sign-in']", "target"), ["_blank"]);
        assert_eq!(html::attributes(&page.body, "main a[href='/sign-in']", "rel"), ["noopener"]);
        assert_eq!(html::texts(&page.body, "main a[href='/sign-in']"), ["Sign in (opens in a new tab)"]);
        // Other pages of this kind lead on in their own tab.
        let lost = app.browser().get("/nowhere").await;
        assert_eq!(html::attributes(&lost.body, "main a[href='/']", "target"), [] as [&str; 0]);
        lost.expect("To the start page");
    }

    async fn a_session_that_ends_over_files_leads_back_to_choose_them_again(database) {
        let app = App::start(&database).await;
        let (browser, claim) = claim(&app).await;
        for (path, field) in [(format!("{claim}/documents"), "files"), (format!("{claim}/import"), "file")] {
            let form = browser.get(&path).await.form(&path).attach(field, "notes.txt", b"Some notes.".to_vec());
            app.pass(Duration::hours(13));
            let page = browser.send(form).await;
            page.expect_status(401);
            page.expect("choose the files again");
            let page = browser.send(page.form("/sign-in").fill("email", "ada@example.org").fill("password", stage::PASSWORD)).await;
            page.expect_status(200);
            assert_eq!(page.path, path);
            assert!(page.form(&path).multipart);
        }
        let kept: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM documents").await;
        assert_eq!(kept, [(0,)]);
    }

    async fn a_session_that_ends_over_the_signature_files_nothing_unseen(database) {
        let app = App::start(&database).await;
        let (browser, claim) = claim(&app).await;
        let path = format!("{claim}/sign");
        let typed = [("place", "us"), ("place_name", "Portland, Oregon"), ("signature", "Ada Label"), ("signer_capacity", "officer")];
        let form = browser.get(&path).await.form(&path).fill_all(typed).tick("agree");
        app.pass(Duration::hours(13));
        let page = browser.send(form).await;
        let page = browser.send(page.form("/sign-in").fill("email", "ada@example.org").fill("password", stage::PASSWORD)).await;
        page.expect("Your claim was not sent.");
        page.expect_no("Send what I typed");
        let page = browser.send(page.form(&path)).await;
        let sent: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM versions WHERE sent_at IS NOT NULL").await;
        assert_eq!((page.path.as_str(), sent), (path.as_str(), vec![(0,)]));
        // The declaration stands there, with what was typed but for the tick.
        page.expect("under penalty of perjury");
        let form = page.form(&path);
        assert_eq!((form.value("signature"), form.value("place_name"), form.value("agree")), (Some("Ada Label"), Some("Portland, Oregon"), None));
        browser.send(form.tick("agree")).await.expect("Your claim is received");
    }

    async fn a_text_that_is_too_long_is_named_wherever_it_is_said(database) {
        let app = App::start(&database).await;
        let (browser, claim) = claim(&app).await;
        let path = format!("{claim}/claimant");
        let long = browser.get(&path).await.form(&path).fill("city", &"x".repeat(5_000)).fill("phone", &"1".repeat(41));
        let page = browser.send(long).await;
        let summary = html::texts(&page.body, ".error-summary a");
        assert_eq!(summary, ["Telephone: this has 41 characters; at most 40 fit.", "City: this has more than 1199 characters; at most 120 fit."]);
        assert!(message(&page, "phone").ends_with("This has 41 characters; at most 40 fit."), "{}", message(&page, "phone"));
        let check = browser.get(&format!("{claim}/check")).await;
        check.expect("Telephone: this has 41 characters; at most 40 fit.");
    }

    async fn too_much_of_anything_is_refused_with_a_sentence(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::Owner).await;
        let before = ground.rows().await;
        let path = format!("/claims/{}/others", ground.claim);
        let post = |body: String| browser.request("POST", &path).header("content-type", "application/x-www-form-urlencoded").body(body);
        let page = browser.fetch(post(format!("others=yes&others_who={}", "x".repeat(10_000_000)))).await;
        page.expect_status(409);
        page.expect("larger than 1 MB");
        assert_eq!(ground.rows().await, before);
        // More fields than any form has: the last ones may be those that count, so none is read. Of fewer those of the form are kept.
        let many = |most: u32| (1..most).map(|n| format!("&f{n}=x")).collect::<String>();
        for most in [1_001, 10_000] {
            let page = browser.fetch(post(format!("others=no{}", many(most)))).await;
            page.expect_status(409);
            page.expect("more than 1,000 fields");
            assert_eq!(ground.rows().await, before);
        }
        browser.fetch(post(format!("others=no{}", many(1_000)))).await.expect_status(303);
        let kept: Vec<(String,)> = database.rows("SELECT CAST(answers AS TEXT) FROM answers WHERE step = 'others'").await;
        assert!(!kept.is_empty() && kept.iter().all(|(answers,)| !answers.contains("f1")), "{kept:?}");
        // A long text is cut where the form says, and said so, or refused; it is never half a failure.
        let page = browser.fetch(post(format!("others=yes&others_who={}", "ü".repeat(40_000)))).await;
        assert!([303, 422].contains(&page.status.as_u16()), "{}", page.status);
    }

    async fn bytes_that_are_no_text_are_read_as_far_as_they_go(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::Owner).await;
        let path = format!("/claims/{}/others", ground.claim);
        for (bytes, kept) in [
            ("caf%FF", "caf\u{fffd}"),
            ("a%ED%A0%80b", "a\u{fffd}\u{fffd}\u{fffd}b"),
            ("a%00b", "ab"),
            ("a%E2%80%AEb", "ab"),
            ("%F0%9F%8E%BB", "🎻"),
        ] {
            let request = browser.request("POST", &path).header("content-type", "application/x-www-form-urlencoded").body(format!("others=yes&others_who={bytes}"));
            let page = browser.fetch(request).await;
            assert!([303, 422].contains(&page.status.as_u16()), "{bytes}: {}", page.status);
            assert_eq!(browser.get(&path).await.form(&path).value("others_who"), Some(kept), "{bytes}");
        }
    }

    async fn files_that_are_not_what_they_say_are_refused(database) {
        let app = App::start(&database).await;
        let (browser, claim) = claim(&app).await;
        let path = format!("{claim}/documents");
        let before = database.row_counts().await;
        for (name, bytes) in [
            ("statement.pdf", b"MZ\x90\0\x03\0\0\0".as_slice()),
            ("statement.pdf", b"<html><script>alert(1)</script></html>"),
            ("picture.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
            ("picture.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
            ("page.html", b"<script>alert(1)</script>"),
            ("run.exe", b"MZ\x90\0"),
            ("a.pdf.exe", b"%PDF-1.7\n"),
            ("empty.pdf", b""),
            ("GIF89a.png", b"GIF89a/*<script>*/"),
        ] {
            let form = browser.get(&path).await.form(&path).attach("files", name, bytes);
            let page = browser.send(form).await;
            page.expect("was not taken");
            assert!(page.text().contains(name), "it is named: {}", page.text());
        }
        let after = database.row_counts().await;
        let changed: Vec<_> = after.iter().zip(&before).filter(|(a, b)| a != b && a.0 != "sessions").map(|(after, _)| after.clone()).collect();
        assert_eq!(changed, [], "nothing of them is kept");
    }

    async fn a_made_up_host_changes_no_link(database) {
        let ground = Ground::prepare(&database, Some("https://claims.example.org")).await;
        let browser = ground.app.browser();
        for name in ["host", "x-forwarded-host", "x-original-host", "forwarded"] {
            let value = if name == "forwarded" { "host=evil.example;proto=http" } else { "evil.example" };
            let request = browser.request("POST", "/forgotten").header(name, value).header("sec-fetch-site", "same-origin").form(&[("email", "owner@example.org")]);
            let page = browser.fetch(request).await;
            assert!(page.status.as_u16() < 500 && !page.body.contains("evil.example") && !page.header("location").contains("evil"), "{name}");
        }
        for mail in ground.app.mails().await {
            assert!(!mail.body_text.contains("evil.example") && !mail.body_html.contains("evil.example"));
        }
    }
}
