//! What changes while somebody types: the deadline passes, another tab was faster, the same form comes again with other content.

use claims::{ClaimId, access::Actor, store::claims as store};
use tests::{App, Browser, Database, Page, html::Form, on_both, stage};

use crate::ground::{Ground, Role};

async fn begun(database: &Database) -> (App, Actor, Browser, ClaimId) {
    let app = App::start(database).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
    let (ada, id) = stage::ready(&app.recoup, ada.account, "allegro", "Jay Records").await;
    let browser = app.browser_of(&ada).await;
    (app, ada, browser, id)
}

/// The signature page, filled in.
async fn signed(browser: &Browser, id: ClaimId) -> Form {
    let path = format!("/claims/{id}/sign");
    let form = browser.get(&path).await.form(&path);
    let typed = stage::signature().0;
    typed
        .iter()
        .filter(|(name, _)| *name != "agree")
        .fold(form, |form, (name, value)| form.fill(name, value))
        .tick("agree")
}

/// A page with a form for a line, filled in.
async fn line(browser: &Browser, id: ClaimId, amount: &str) -> Form {
    let path = format!("/claims/{id}/lines/unpaid_sales");
    let form = browser.get(&format!("{path}/new")).await.form(&path);
    stage::sales(amount).0.iter().fold(form, |form, (name, value)| form.fill(name, value))
}

/// A form of counsel or of an administrator that carries a key.
struct Keyed {
    role: Role,
    /// The page on which it stands.
    page: &'static str,
    typed: &'static [(&'static str, &'static str)],
    /// A field, and what it holds when the same form comes again.
    other: (&'static str, &'static str),
    /// The button that does it, where another shows first what would be done.
    button: Option<&'static str>,
    /// Whether it can be meant a second time, as the answer says.
    again: bool,
}

impl Keyed {
    fn find(&self, page: &Page) -> Form {
        let is_it = |form: &Form| form.post && form.has("key") && form.has(self.other.0);
        page.forms()
            .into_iter()
            .find(is_it)
            .unwrap_or_else(|| panic!("{} has no such form: {}", self.page, page.text()))
    }

    /// The form as it is sent, after a look where there is one.
    async fn ready(&self, browser: &Browser, form: Form) -> Form {
        match self.button {
            Some(button) => self.find(&browser.send(form.forge("do", "look")).await).forge("do", button),
            None => form,
        }
    }
}

/// What stands in every table.
async fn rows(database: &Database) -> Vec<(String, u64)> {
    database.contents().await
}

on_both! {
    async fn the_deadline_passes_over_open_forms(database) {
        let (app, ada, browser, id) = begun(&database).await;
        let (sign, sale) = (signed(&browser, id).await, line(&browser, id, "7.00").await);
        let half_typed = signed(&browser, id).await.fill("place_name", "");
        let others = format!("/claims/{id}/others");
        let step = browser.get(&others).await.form(&others).fill("others", "yes").fill("others_who", "Her brother.");
        // The last minute of 30 June in Los Angeles goes by.
        let deadline = chrono::DateTime::parse_from_rfc3339("2026-07-01T07:00:00Z").unwrap();
        app.pass(deadline.to_utc() - app.clock.now());
        // The session went with the months, the forms did not.
        let browser = app.browser_of(&ada).await;
        let before = rows(&database).await;
        let page = browser.send(sign).await;
        page.expect_status(409);
        page.expect("deadline has passed");
        let but_answers = |rows: Vec<(String, u64)>| rows.into_iter().filter(|(table, _)| table != "answers").collect::<Vec<_>>();
        assert_eq!(but_answers(rows(&database).await), but_answers(before), "nothing was sent");
        // What was typed is kept all the same, but for the tick: a deadline can be moved.
        let mut tx = app.recoup.store.read().await.unwrap();
        let draft = store::by_id(&mut tx, id).await.unwrap().unwrap().draft_id.unwrap();
        let kept = store::answers(&mut tx, draft).await.unwrap().remove("sign").unwrap();
        drop(tx);
        assert_eq!((kept.get("signature"), kept.get("agree")), (stage::signature().get("signature"), ""));
        browser.send(step).await.expect("Your answers are saved");
        assert_eq!(browser.get(&others).await.form(&others).value("others_who"), Some("Her brother."));
        browser.send(sale).await.expect_status(200);
        browser.get(&format!("/claims/{id}/lines/unpaid_sales")).await.expect("7.00");
        let page = browser.get(&format!("/claims/{id}/sign")).await;
        page.expect("This case takes no more claims");
        page.expect("Your draft is kept");
        browser.send(half_typed).await.expect_status(409);
        let page = browser.get(&format!("/claims/{id}/sign")).await;
        page.expect_no("City and country");
        assert!(page.forms().iter().all(|form| !form.has("signature")));
    }

    async fn a_claim_that_another_tab_changed_is_shown_again_before_it_is_signed(database) {
        let (_app, _, browser, id) = begun(&database).await;
        let sign = format!("/claims/{id}/sign");
        browser.get(&sign).await.expect("1 line,");
        let stale = signed(&browser, id).await;
        browser.send(line(&browser, id, "9,999,999.00").await).await.expect("is saved");
        let page = browser.send(stale.clone()).await;
        page.expect_status(409);
        for words in ["The claim was changed since you opened this page", "Nothing was sent", "with what you typed", "2 lines,", "10,014,999.00"] {
            page.expect(words);
        }
        let form = page.form(&sign);
        let typed = ["place_name", "signature", "signer_title", "agree"].map(|name| form.value(name));
        assert_eq!(typed, [Some("Portland, Oregon"), Some("Ada Label"), Some("Owner"), None]);
        assert_ne!(form.value("seen"), stale.value("seen"));
        let sent: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM versions WHERE sent_at IS NOT NULL").await;
        assert_eq!(sent, [(0,)]);
        // The page of a program before this one, open over an upgrade, carries no mark.
        let mut unmarked: Vec<(String, String)> = stage::signature().0.into_iter().collect();
        unmarked.push(("version".to_owned(), form.value("version").unwrap().to_owned()));
        let request = browser.request("POST", &sign).header("sec-fetch-site", "same-origin").form(&unmarked);
        let page = browser.fetch(request).await;
        page.expect_status(409);
        page.expect("The claim was changed since you opened this page");
        let form = page.form(&sign);
        assert_eq!(form.value("signature"), Some("Ada Label"));
        // Signed once more, on a page that shows what is signed; a double click gets the same receipt.
        let form = form.tick("agree");
        let receipt = browser.send(form.clone()).await;
        receipt.expect("Your claim is received");
        receipt.expect("10,014,999.00");
        assert_eq!(browser.send(form).await.path, receipt.path);
        assert_eq!(browser.send(stale).await.path, receipt.path, "what is sent is sent");
    }

    async fn a_changed_claim_that_cannot_be_signed_says_both(database) {
        let (app, ada, browser, id) = begun(&database).await;
        let stale = signed(&browser, id).await;
        claims::actions::edit_lines::remove(&app.recoup, &ada, id, 1).await.unwrap();
        let page = browser.send(stale).await;
        page.expect_status(409);
        page.expect("The claim was changed since you opened this page");
        page.expect("add at least one line");
        page.expect_no("with what you typed");
        assert!(page.forms().iter().all(|form| !form.has("signature")));
    }

    async fn a_claim_that_is_worth_something_else_is_shown_again_before_it_is_signed(database) {
        let (app, ada, browser, id) = begun(&database).await;
        let sign = format!("/claims/{id}/sign");
        let pounds = stage::sales("100.00").with("currency", "GBP");
        stage::line(&app.recoup, &ada, id, claims::line::Category::UnpaidSales, &pounds, None).await;
        browser.get(&sign).await.expect("15,145.15");
        let stale = signed(&browser, id).await;
        stage::setting(&app.recoup, "allegro", "rates", "EUR 1.1154\nGBP 2").await;
        let page = browser.send(stale).await;
        page.expect_status(409);
        for words in ["The claim was changed since you opened this page", "it is worth something else now", "15,200.00"] {
            page.expect(words);
        }
        // Every page has the new rates at once.
        stage::setting(&app.recoup, "allegro", "rates", "EUR 1.1154\nGBP 3").await;
        for path in ["sign", "lines/unpaid_sales", "check"] {
            browser.get(&format!("/claims/{id}/{path}")).await.expect("300.00");
        }
        // A draft that was not reached when they were saved is shown again, too.
        database.tamper("UPDATE lines SET rate = '2', case_amount = 20000 WHERE currency = 'GBP'").await;
        let opened = browser.get(&sign).await;
        opened.expect("15,200.00");
        let page = browser.send(opened.form(&sign).tick("agree")).await;
        page.expect_status(409);
        page.expect("15,300.00");
        let receipt = browser.send(page.form(&sign).tick("agree")).await;
        receipt.expect("Your claim is received");
        receipt.expect("15,300.00");
    }

    async fn a_claim_that_another_tab_withdrew_keeps_nothing_more(database) {
        let (app, ada, browser, id) = begun(&database).await;
        let sign = signed(&browser, id).await;
        claims::actions::withdraw::withdraw(&app.recoup, &ada, id, "settled").await.unwrap();
        let before = rows(&database).await;
        let page = browser.send(sign).await;
        page.expect_status(409);
        page.expect("This claim was withdrawn");
        assert_eq!(rows(&database).await, before);
    }

    async fn a_claim_that_another_tab_sent_is_not_changed_by_this_one(database) {
        let (_app, _, browser, id) = begun(&database).await;
        let (sign, again, sale) = (signed(&browser, id).await, signed(&browser, id).await, line(&browser, id, "7.00").await);
        let others = format!("/claims/{id}/others");
        let step = browser.get(&others).await.form(&others).fill("others", "yes").fill("others_who", "Her brother.");
        let documents = format!("/claims/{id}/documents");
        let file = browser.get(&documents).await.form(&documents).attach("files", "late.txt", b"Late.".to_vec());
        let receipt = browser.send(sign).await;
        receipt.expect("Your claim is received");
        let before = rows(&database).await;
        for form in [step, sale, file] {
            let what = form.action.clone();
            let page = browser.send(form).await;
            assert_eq!(page.status.as_u16(), 409, "{what}: {}", page.text());
            page.expect("This claim was sent meanwhile, perhaps from another tab");
            page.expect("Amend this claim");
        }
        // Signed twice, it is the same claim with the same receipt.
        let page = browser.send(again).await;
        assert_eq!(page.path, receipt.path);
        assert_eq!(rows(&database).await, before);
    }

    async fn a_line_that_another_tab_removed_does_not_come_back(database) {
        let (_app, _, browser, id) = begun(&database).await;
        let path = format!("/claims/{id}/line/1");
        let form = browser.get(&path).await.form(&path).fill("net_due", "9.00");
        let remove = format!("{path}/remove");
        browser.send(browser.get(&remove).await.form(&remove)).await.expect_status(200);
        let before = rows(&database).await;
        let page = browser.send(form).await;
        page.expect_status(409);
        page.expect("This line was removed meanwhile, perhaps from another tab");
        assert_eq!(rows(&database).await, before);
    }

    async fn a_form_that_comes_again_with_other_content_is_told_so(database) {
        let (_app, _, browser, id) = begun(&database).await;
        let form = line(&browser, id, "7.00").await;
        browser.send(form.clone()).await.expect_status(200);
        let before = rows(&database).await;
        // Back, and sent again as it was: done already.
        browser.send(form.clone()).await.expect_status(200);
        assert_eq!(rows(&database).await, before);
        // Back, and changed: nobody knows which of the two is meant, so it is said, and nothing is done.
        let page = browser.send(form.fill("net_due", "8.00")).await;
        page.expect_status(409);
        page.expect("This form was sent before with other content");
        let kept = page.form(&format!("/claims/{id}/lines/unpaid_sales"));
        assert_eq!(kept.value("net_due"), Some("8.00"), "what was typed is kept");
        assert_eq!(rows(&database).await, before);
        let sql = "SELECT amount FROM lines WHERE amount IS NOT NULL ORDER BY id";
        let amounts: Vec<(i64,)> = database.rows(sql).await;
        assert_eq!(amounts, [(1_500_000,), (700,)]);
        // Once more, as the page says: now it is another line.
        browser.send(kept).await.expect_status(200);
        let amounts: Vec<(i64,)> = database.rows(sql).await;
        assert_eq!(amounts, [(1_500_000,), (700,), (800,)]);

        let start = browser.get("/cases/allegro/file").await;
        let form = start.form("/cases/allegro/file").fill_all([("legal_name", "Another Label"), ("kind", "label"), ("capacity", "officer")]);
        let form = if form.has("who") { form.fill("who", "new") } else { form };
        let page = browser.send(form.clone()).await;
        page.expect_status(200);
        let before = rows(&database).await;
        assert_eq!(browser.send(form.clone()).await.path, page.path);
        let page = browser.send(form.fill("legal_name", "A Third Label")).await;
        page.expect("This form was sent before with other content");
        assert_eq!(rows(&database).await, before);
        let kept = page.form("/cases/allegro/file");
        assert_eq!(kept.value("legal_name"), Some("A Third Label"));
        browser.send(kept).await.expect_status(200);
        assert_ne!(rows(&database).await, before);
    }

    async fn a_key_that_comes_again_with_another_body_does_nothing_but_say_so(database) {
        let ground = Ground::prepare(&database, None).await;
        let said = "This form was sent before with other content";
        let counsel = |page, typed, other| Keyed { role: Role::Counsel, page, typed, other, button: None, again: true };
        for keyed in [
            counsel("/counsel/{slug}/mail/news", &[("title", "News"), ("text", "A hearing.")], ("text", "No hearing.")),
            Keyed {
                button: Some("queue"),
                ..counsel(
                    "/counsel/{slug}/mail/write",
                    &[("about", "claim"), ("subject", "A deadline"), ("text", "Dear {{name}},"), ("per_hour", "600")],
                    ("text", "Dear {{claimant}},"),
                )
            },
            Keyed {
                button: Some("send"),
                ..counsel(
                    "/counsel/{slug}/overlaps/{id}/letter",
                    &[("subject", "One release"), ("text", "Who was to be paid?")],
                    ("text", "Who is to be paid?"),
                )
            },
            counsel("/counsel/{slug}/matches/{id}", &[("verdict", "later"), ("reason", "I asked them.")], ("reason", "They asked me.")),
            counsel("/counsel/{slug}/overlaps/{id}", &[("relation", "distinct"), ("reason", "Two pressings.")], ("reason", "Two labels.")),
            // The same step on the same day is no further one.
            Keyed { again: false, ..counsel("/counsel/{slug}/letters/{id}", &[("state", "sent")], ("note", "By post.")) },
            Keyed {
                role: Role::Administrator,
                ..counsel("/admin/cases/{slug}", &[("email", "one@law.example")], ("email", "two@law.example"))
            },
        ] {
            let (what, (field, other)) = (keyed.page, keyed.other);
            let browser = ground.browser(keyed.role).await;
            let form = keyed.find(&browser.get(&ground.path(what)).await).fill_all(keyed.typed.iter().copied());
            let form = keyed.ready(&browser, form).await;
            let untouched = ground.rows().await;
            browser.send_once(&form).await.expect_status(303);
            let before = ground.rows().await;
            assert_ne!(before, untouched, "{what}");
            // A double click.
            browser.send_once(&form).await.expect_status(303);
            assert_eq!(ground.rows().await, before, "{what}");
            let page = browser.send_once(&form.clone().fill(field, other)).await;
            page.expect_status(409);
            page.expect(said);
            assert_eq!(ground.rows().await, before, "{what}");
            let kept = keyed.find(&page);
            assert_eq!(kept.value(field), Some(other), "{what}: what was typed is kept");
            // Once more, as the page says: with a key of its own it is another form.
            assert_ne!(kept.value("key"), form.value("key"), "{what}");
            if keyed.again {
                browser.send_once(&keyed.ready(&browser, kept).await).await.expect_status(303);
                assert_ne!(ground.rows().await, before, "{what}");
            }
        }

        // The key of one form in another.
        let owner = ground.browser(Role::Owner).await;
        let spent = line(&owner, ground.claim, "7.00").await;
        owner.send_once(&spent).await.expect_status(303);
        let key = spent.value("key").unwrap().to_owned();
        let version = stage::draft(&ground.app.recoup, ground.claim).await;
        let mut signed: Vec<(String, String)> = stage::signed(&ground.app.recoup, version).await.0.into_iter().collect();
        signed.extend([("version".to_owned(), version.to_string()), ("key".to_owned(), key.clone())]);
        let but_answers = async || ground.rows().await.into_iter().filter(|(table, _)| table != "answers").collect::<Vec<_>>();
        let before = but_answers().await;
        for (route, body) in [
            ("/claims/{id}/line/{line}/copy", vec![("key".to_owned(), key.clone())]),
            ("/claims/{id}/import/{import}/confirm", vec![("key".to_owned(), key)]),
            // What was typed here is kept, as ever.
            ("/claims/{id}/sign", signed),
        ] {
            let request = owner.request("POST", &ground.path(route)).header("sec-fetch-site", "same-origin").form(&body);
            let answer = owner.fetch(request).await;
            owner.follow(answer).await.expect(said);
            assert_eq!(but_answers().await, before, "{route}");
        }
    }

    async fn a_line_that_another_tab_changed_is_not_overwritten_unseen(database) {
        let (_app, _, browser, id) = begun(&database).await;
        let path = format!("/claims/{id}/line/1");
        let open = async || browser.get(&path).await.form(&path);
        let (one, two) = (open().await, open().await);
        let changed = one.fill("net_due", "700.00");
        browser.send(changed.clone()).await.expect("Line 1 is saved");
        // A double click says the same twice.
        browser.send(changed).await.expect("Line 1 is saved");
        let page = browser.send(two.fill("note", "From “the” ledger.")).await;
        page.expect_status(409);
        page.expect("Line 1 was changed meanwhile, perhaps in another tab");
        page.expect("Stored now at “Net due to you”: “700.00”.");
        page.expect("Stored now at “Note for counsel”: nothing.");
        page.expect_no("The line counts once it is right");
        let kept = page.form(&path);
        assert_eq!((kept.value("net_due"), kept.value("note")), (Some("15,000.00"), Some("From “the” ledger.")));
        let stored = open().await;
        assert_eq!((stored.value("net_due"), stored.value("note")), (Some("700.00"), Some("")), "nothing is overwritten");
        // From the page that said so, it is meant.
        browser.send(kept.clone()).await.expect("Line 1 is saved");
        let stored = open().await;
        assert_eq!((stored.value("net_due"), stored.value("note")), (Some("15,000.00"), Some("From “the” ledger.")));
        // Twice in a row in one tab, nobody is in between.
        browser.send(stored.fill("net_due", "8.00")).await.expect("Line 1 is saved");
        browser.send(open().await.fill("net_due", "9.00")).await.expect("Line 1 is saved");
        // That page itself grew old: it is said again.
        browser.send(kept).await.expect("Stored now at “Net due to you”: “9.00”.");

        // Another line, a document and a step are nothing to this one.
        let form = open().await;
        browser.send(line(&browser, id, "7.00").await).await.expect("Line 2 is saved");
        let documents = format!("/claims/{id}/documents");
        let file = browser.get(&documents).await.form(&documents).attach("files", "late.txt", b"Late.".to_vec());
        browser.send(file).await.expect("late.txt");
        let others = format!("/claims/{id}/others");
        let step = browser.get(&others).await.form(&others).fill("others", "yes").fill("others_who", "Her brother.");
        browser.send(step).await.expect("Your answers are saved");
        browser.send(form.fill("net_due", "10.00")).await.expect("Line 1 is saved");

        // What was chosen to be cited is kept too.
        let (one, two) = (open().await, open().await);
        browser.send(one.fill("net_due", "11.00")).await.expect("Line 1 is saved");
        let document = { let ids: Vec<(i64,)> = database.rows("SELECT id FROM documents").await; ids[0].0.to_string() };
        let page = browser.send(two.fill("document", &document).fill("place", "page 1")).await;
        page.expect_status(409);
        let kept = page.form(&path);
        assert_eq!((kept.value("document"), kept.value("place")), (Some(document.as_str()), Some("page 1")));
        let cited: Vec<(i64,)> = database.rows("SELECT id FROM evidence").await;
        assert!(cited.is_empty());
    }

    async fn a_step_that_another_tab_changed_is_not_overwritten_unseen(database) {
        let (_app, _, browser, id) = begun(&database).await;
        let path = format!("/claims/{id}/claimant");
        let open = async || browser.get(&path).await.form(&path);
        let (one, two) = (open().await, open().await);
        browser.send(one.fill("phone", "+1 503 555 0199")).await.expect("Your answers are saved");
        let page = browser.send(two.clone().fill("city", "Salem")).await;
        page.expect_status(409);
        page.expect("“Who is claiming” was changed meanwhile, perhaps in another tab");
        page.expect("Stored now at “Telephone”: “+1 503 555 0199”.");
        let kept = page.form(&path);
        assert_eq!(kept.value("city"), Some("Salem"), "what was typed is kept");
        let stored = open().await;
        assert_eq!(stored.value("phone"), Some("+1 503 555 0199"));
        assert_ne!(stored.value("city"), Some("Salem"));
        // What is stored now is typed in as well, and both are kept.
        browser.send(kept.fill("phone", "+1 503 555 0199")).await.expect("Your answers are saved");
        let stored = open().await;
        assert_eq!((stored.value("phone"), stored.value("city")), (Some("+1 503 555 0199"), Some("Salem")));
        // Back, and sent again as it is stored: there is nothing to say.
        browser.send(two.fill("phone", "+1 503 555 0199").fill("city", "Salem")).await.expect("Your answers are saved");

        // A page without a mark, as they were before, saves as ever.
        let pairs = stored.pairs().into_iter().filter(|(name, _)| name != "seen");
        let pairs: Vec<_> = pairs.map(|(name, value)| if name == "city" { (name, "Bend".to_owned()) } else { (name, value) }).collect();
        let request = browser.request("POST", &path).header("sec-fetch-site", "same-origin").form(&pairs);
        browser.fetch(request).await.expect_status(303);
        assert_eq!(open().await.value("city"), Some("Bend"));
    }
}
