//! What an accountant of many labels looks for: that nothing is passed over before it is signed, and that one finds back.

use chrono::Duration;
use claims::{
    actions::{amend, withdraw},
    line::Category,
};
use tests::{App, Browser, Page, html, on_both, stage};

/// Uploads a statement; gives the page that it leads to.
async fn upload(browser: &Browser, claim: &str, name: &str, bytes: &str) -> Page {
    let page = browser.get(&format!("{claim}/import")).await;
    let form = page.forms().into_iter().find(|form| form.multipart).unwrap().attach("file", name, bytes.as_bytes());
    browser.send(form).await
}

/// The form of a page that has a field.
fn form_with(page: &Page, field: &str) -> html::Form {
    page.forms().into_iter().find(|form| form.has(field)).unwrap_or_else(|| panic!("no {field}: {}", page.text()))
}

on_both! {
    // By hand: 2 copies at 10.00 are due; 3.10 of another release were returned. The corrected file has 4 copies and 1.20.
    async fn what_statements_leave_out_and_which_prove_nothing_is_said_before_signing(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        stage::fill_steps(&app.recoup, &actor, id, "Jay Records").await;
        let browser = app.browser_of(&actor).await;
        let claim = format!("/claims/{id}");
        let csv = |units: &str, due: &str, below: &str| format!("Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,One,{units},{due},EUR\n2015-03,4006381333931,Two,-1,-{below},EUR\n");
        let page = upload(&browser, &claim, "o1.csv", &csv("2", "20.00", "3.10")).await;
        let page = browser.send(form_with(&page, "accept:below_zero").tick("accept:below_zero")).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
        let told = "“o1.csv”: Left out of the lines is what comes to less than nothing, as where more was returned than sold: −3.10 EUR. You accepted that: the claim asks for so much more than the statement comes to.";
        for step in ["check", "sign"] {
            browser.get(&format!("{claim}/{step}")).await.expect(told);
        }
        browser.get(&format!("{claim}/check")).await.expect_no("proves no line");

        let page = upload(&browser, &claim, "o2.csv", &csv("4", "40.00", "1.20")).await;
        let page = browser.send(form_with(&page, "replaces").fill("replaces", "1")).await;
        let page = browser.send(form_with(&page, "accept:below_zero").tick("accept:below_zero")).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("1 line was imported");
        let check = browser.get(&format!("{claim}/check")).await;
        check.expect("1 document proves no line: “o1.csv”, replaced by “o2.csv”. It becomes an exhibit of the filing all the same");
        check.expect("“o2.csv”: Left out of the lines");
        check.expect_no("3.10 EUR");
        check.expect("Go on to sign");
    }

    async fn a_citation_keeps_every_row_and_pages_show_the_first(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        stage::fill_steps(&app.recoup, &actor, id, "Jay Records").await;
        let browser = app.browser_of(&actor).await;
        let claim = format!("/claims/{id}");
        // Two releases in turn, so that no two rows of one follow each other.
        let rows = (0..120).map(|row| format!("2015-03,{},T,1,{}.25,USD\n", ["036000291452", "4006381333931"][row % 2], 1 + row));
        let csv = format!("Period,Barcode,Title,Net Units,Net Due,Currency\n{}", rows.collect::<String>());
        let page = upload(&browser, &claim, "a.csv", &csv).await;
        browser.send(page.form(&format!("{}/confirm", page.path))).await.expect("2 lines were imported");
        let whole = |first: u32| format!("rows {}", (0..60).map(|row| (first + 2 * row).to_string()).collect::<Vec<_>>().join(", "));
        let places: Vec<(String,)> = database.rows("SELECT place FROM evidence ORDER BY id").await;
        assert_eq!(places, [(whole(2),), (whole(3),)]);
        let check = browser.get(&format!("{claim}/check")).await;
        check.expect(&claims::place::in_short(&whole(2)));
        check.expect_no("118, 120");
        let receipt = stage::send(&app.recoup, &actor, id).await.unwrap();
        let sent = format!("{claim}/versions/{}", receipt.version);
        for file in ["claim.json", "lines.csv"] {
            let file = browser.get(&format!("{sent}/{file}")).await;
            assert!(file.body.contains(&whole(2)) && file.body.contains(&whole(3)), "{}", file.body);
        }
    }

    async fn who_signs_otherwise_than_the_claim_says_is_told_and_keeps_what_was_typed(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        let browser = app.browser_of(&actor).await;
        let path = format!("/claims/{id}/sign");
        let form = browser.get(&path).await.form(&path);
        assert_eq!(form.value("signer_capacity"), Some("officer"), "as the claim says");
        let form = form.fill_all([("place", "us"), ("place_name", "Portland, Oregon"), ("signature", "Ada Label"), ("signer_capacity", "attorney")]).tick("agree");
        let page = browser.send(form).await;
        page.expect("This differs from the claim: at “Who is claiming” it says that you file as “Owner, officer or employee”.");
        let form = page.form(&path);
        assert_eq!((form.value("signer_capacity"), form.value("signature")), (Some("attorney"), Some("Ada Label")));
        let page = browser.send(form.fill("signer_capacity", "self").tick("agree")).await;
        page.expect("A company or an estate is signed for by somebody");
        browser.send(page.form(&path).fill("signer_capacity", "officer").tick("agree")).await.expect("Your claim is received");
    }

    async fn my_claims_show_the_last_edit_and_what_each_claim_comes_to(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        app.pass(Duration::hours(3));
        let (_, other) = stage::start(&app.recoup, account, "allegro", "Other Label").await;
        app.pass(Duration::hours(1));
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("5.00"), None).await;
        let edited = app.clock.now();
        let browser = app.browser_of(&stage::actor(&app.recoup, account).await).await;
        let list = browser.get("/claims").await;
        assert_eq!(html::attributes(&list.body, "tbody th a", "href"), [format!("/claims/{id}"), format!("/claims/{other}")], "last changed first");
        let changed = [edited, edited - Duration::hours(1)].map(|at| at.to_rfc3339());
        assert_eq!(html::attributes(&list.body, "tbody time", "datetime"), changed);
        assert_eq!(html::texts(&list.body, "tbody td.num"), ["15,005.00 USD so far", "0.00 USD so far"]);
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend::amend(&app.recoup, &actor, id).await.unwrap();
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), None).await;
        let list = browser.get("/claims").await;
        assert_eq!(html::texts(&list.body, "tbody td.num")[0], "15,005.00 USD 15,006.00 USD in the amendment so far");
    }

    async fn a_line_leads_back_to_where_it_was_opened(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        for n in 1..=55 {
            let answers = stage::sales(&format!("{n}.00")).with("title", format!("Title {n}"));
            stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &answers, None).await;
        }
        let browser = app.browser_of(&actor).await;
        let claim = format!("/claims/{id}");
        let list = format!("{claim}/lines/unpaid_sales");
        let leads = async |form: &html::Form| browser.send_once(form).await.header("location").to_owned();
        // The largest first: the second page has the lines of 5.00 to 1.00.
        let shown = browser.get(&format!("{list}?order=amount&page=2")).await;
        let edit = html::attributes(&shown.body, "#line-3 td > a", "href");
        assert_eq!(edit, [format!("{claim}/line/3?back=amount-2")]);
        let line = browser.get(&edit[0]).await;
        assert_eq!(line.link("Cancel"), format!("{list}?order=amount&page=2"));
        // Wrong at first: the way back is not lost.
        let wrong = browser.send(line.form(&format!("{claim}/line/3")).fill("net_due", "x")).await;
        let form = wrong.form(&format!("{claim}/line/3")).fill("net_due", "3.50");
        assert_eq!(leads(&form).await, format!("{list}?order=amount&page=2#line-3"));
        let remove = browser.get(&html::attributes(&shown.body, "#line-2 .row-actions a", "href")[1]).await;
        assert_eq!(remove.link("Keep it"), format!("{list}?order=amount&page=2"));
        assert_eq!(leads(&form_with(&remove, "category")).await, format!("{list}?order=amount&page=2"));

        // A copy, and a line that is new, are shown where they stand.
        let copy = leads(&shown.form(&format!("{claim}/line/3/copy"))).await;
        assert_eq!(copy, format!("{claim}/line/56?copied=3&back=amount"));
        let form = browser.get(&copy).await.form(&format!("{claim}/line/56"));
        assert_eq!(leads(&form).await, format!("{list}?order=amount&page=2#line-56"));
        let new = browser.click(&browser.get(&list).await, "Add a line").await;
        let answers = stage::sales("1.00");
        let form = new.form(&list).fill_all(answers.0.iter().map(|(name, answer)| (name.as_str(), answer.as_str())));
        assert_eq!(leads(&form).await, format!("{list}?order=number&page=2#line-57"));

        // Only places of this list are gone back to.
        let strange = browser.get(&format!("{claim}/line/3?back=//evil.example/-2&page=9")).await;
        strange.expect_status(200);
        let form = strange.form(&format!("{claim}/line/3"));
        assert_eq!(leads(&form).await, format!("{list}?order=number&page=2#line-3"));
        assert_eq!(leads(&form.forge("back", "x\r\nSet-Cookie: a")).await, format!("{list}#line-3"));
    }

    async fn a_claim_taken_up_again_is_given_up_again(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id, _) = stage::sent(&app.recoup, account, "allegro", "Jay Records").await;
        withdraw::withdraw(&app.recoup, &actor, id, "Paid in full").await.unwrap();
        amend::amend(&app.recoup, &actor, id).await.unwrap();
        let browser = app.browser_of(&actor).await;
        // Nobody who withdrew is urged to sign what was begun; it is reached from the page of the claim.
        let list = browser.get("/claims").await;
        list.expect("Nothing: the claim is withdrawn. You can take it up again until 30 June 2026");
        list.expect_no("Sign it anew");
        let page = browser.get(&format!("/claims/{id}")).await;
        page.expect("You need not do anything. You can take it up again until 30 June 2026");
        assert_eq!(page.link("Look at the amendment"), format!("/claims/{id}/tasks"));
        let tasks = browser.get(&format!("/claims/{id}/tasks")).await;
        tasks.expect("If you do not want to go on");
        tasks.expect_no("withdraw the claim");
        let discard = browser.click(&tasks, "discard the amendment").await;
        discard.expect("The claim stays withdrawn, as it is now.");
        let page = browser.send(discard.form(&discard.path)).await;
        page.expect("The amendment is discarded. The claim stays withdrawn.");
        let kept: Vec<(String, Option<i64>)> = database.rows("SELECT status, draft_id FROM claims").await;
        assert_eq!(kept, [("withdrawn".to_owned(), None)]);
        page.expect("Take it up again");
    }

    async fn a_draft_that_was_withdrawn_is_no_claim_that_is_amended(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        withdraw::withdraw(&app.recoup, &actor, id, "").await.unwrap();
        let browser = app.browser_of(&actor).await;
        let page = browser.get(&format!("/claims/{id}")).await;
        page.expect("You can take the draft up again until 30 June 2026");
        page.expect_no("amend the claim");
        let list = browser.get("/claims").await;
        list.expect("Nothing: the draft is withdrawn. You can take it up again until 30 June 2026");
        list.expect_no("so far");
    }

    async fn many_lines_that_cite_a_document_are_folded(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        let document = stage::document(&app.recoup, &actor, id, "proof.pdf").await;
        let browser = app.browser_of(&actor).await;
        let page = format!("/claims/{id}/documents");
        for n in 1..=7 {
            stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), Some(document)).await;
            let folded = html::texts(&browser.get(&page).await.body, "summary").iter().any(|words| words.starts_with("Cited by"));
            assert_eq!(folded, n > 5, "{n}");
        }
        let page = browser.get(&page).await;
        page.expect("Cited by 7 lines (1–7)");
        assert_eq!(page.link("line 7"), format!("/claims/{id}/line/7"));
    }
}
