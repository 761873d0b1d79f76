//! Letters: the receipt that is mailed, letters of direction and demands for return, made singly and all at once, and where each is.

use claims::{
    CaseId, ClaimId,
    access::Actor,
    actions::{decide_overlap, letters as actions, withdraw},
    intake::Answers,
    letters::LetterKind,
    line::Category,
    store::{events, letters as store, overlaps},
};
use tests::{App, Browser, Database, Kind, Page, html, on_both, stage};

use crate::filings::text_of;

struct Scene {
    app: App,
    case: CaseId,
    counsel: Actor,
    browser: Browser,
}

/// A line of royalties at an aggregator.
fn royalties(aggregator: &str, amount: &str, title: &str) -> Answers {
    stage::answers(&[
        ("aggregator", aggregator),
        ("service", "iTunes"),
        ("period_from", "2016-01-01"),
        ("period_to", "2016-03-31"),
        ("currency", "USD"),
        ("amount", amount),
        ("money_state", "escrow"),
        ("letter_state", "none"),
        ("artist", "Ilse Varga"),
        ("title", title),
    ])
}

impl Scene {
    async fn open(database: &Database) -> Self {
        let app = App::start(database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let counsel = stage::person(&app.recoup, "counsel@example.org", true, false).await.account;
        claims::actions::counsel::appoint(&app.recoup, case, counsel).await.unwrap();
        let counsel = stage::actor(&app.recoup, counsel).await;
        let browser = app.browser_of(&counsel).await;
        Self { app, case, counsel, browser }
    }

    /// A claim of somebody of their own, with lines of royalties and of stock; sent.
    async fn claim(&self, name: &str, lines: &[(Category, Answers)]) -> (Actor, ClaimId, String) {
        let recoup = &self.app.recoup;
        let email = format!("{}@example.org", name.replace(' ', "-").to_lowercase());
        let owner = stage::person(recoup, &email, true, false).await.account;
        let (actor, id) = stage::ready(recoup, owner, "allegro", name).await;
        for (category, answers) in lines {
            stage::line(recoup, &actor, id, *category, answers, None).await;
        }
        let sent = stage::send(recoup, &actor, id).await.unwrap();
        (actor, id, sent.number)
    }

    /// Says through the page to whom letters go.
    async fn say_to_whom(&self) {
        let path = "/counsel/allegro/letters/texts";
        let form = self.browser.get(path).await.form(path);
        let form = form
            .fill("distributor", "Allegro Media Group")
            .fill("aggregator", "The Orchard")
            .fill("aggregator_address", "23 East 4th Street\nNew York")
            .fill("holder", "The Liquidator");
        self.browser.send(form).await.expect("Saved.");
    }

    async fn draft_all(&self, kind: &str) -> Page {
        let page = self.browser.get(&format!("/counsel/allegro/letters?kind={kind}")).await;
        self.browser.send(page.form("/counsel/allegro/letters/make")).await
    }
}

/// The bytes behind a path.
async fn bytes(browser: &Browser, path: &str) -> Vec<u8> {
    let answer = browser.request("GET", path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.unwrap().into()
}

on_both! {
    async fn the_page_of_letters_opens_on_what_the_claims_of_the_case_need(database) {
        let scene = Scene::open(&database).await;
        let path = "/counsel/allegro/letters";
        scene.claim("Jay Books", &[(Category::HeldInventory, stage::stock("10", "retail", "14.00"))]).await;
        let page = scene.browser.get(path).await;
        page.expect("For claims of held stock");
        page.expect("Say first who holds the copies");
        // Where no royalties can be claimed there is no way to letters about them, and nothing is asked for them.
        stage::setting(&scene.app.recoup, "allegro", "digital_royalties", "").await;
        scene.browser.get(path).await.expect_no("Letters of direction");
        let page = scene.browser.get(&format!("{path}?kind=direction")).await;
        page.expect("This case takes no claims of digital royalties, so no such letter is needed.");
        page.expect_no("Say first");
    }

    async fn the_receipt_is_mailed_and_is_the_same_whenever_it_is_asked_for(database) {
        let scene = Scene::open(&database).await;
        let (actor, id, number) = scene.claim("Jay Records", &[(Category::HeldInventory, stage::stock("10", "retail", "14.00"))]).await;
        let mail = scene.app.mail("receipt", "jay-records@example.org").await;
        assert_eq!(mail.attachments.len(), 1);
        let file = &mail.attachments[0];
        assert_eq!((file.name.as_str(), file.media_type), (format!("{number}-receipt-v1.pdf").as_str(), "application/pdf"));
        let pages = text_of(&file.bytes).join("\n");
        // By hand: 15,000.00 of unpaid sales; 10 × 14.00 = 140.00 of stock at retail, a sum of its own.
        for words in [number.as_str(), "Jay Records", "15,000.00", "140.00", "Held inventory at retail list price", "I declare under penalty of perjury", "Ada Label, Owner", "sworn only", "Page 1 of ", "15,140.00", "Entry in the log of the case", "Who is claiming", "Your agreement", "Who else may claim this", "Was there a written", "Declared of", "The claim as it was sent: the sums above, and the"] {
            assert!(pages.contains(words), "{words} is not in the receipt:\n{pages}");
        }
        let mut tx = scene.app.recoup.store.read().await.unwrap();
        let sha256 = claims::store::claims::versions(&mut tx, id).await.unwrap()[0].sha256.clone().unwrap();
        drop(tx);
        assert!(pages.contains(&sha256[..32]) && pages.contains(&sha256[32..]), "{pages}");

        // On the receipt page, for the claimant and for counsel; also after counsel changed the words of receipts.
        let claimant = scene.app.browser_of(&actor).await;
        let page = claimant.get(&format!("/claims/{id}/versions/1")).await;
        let path = page.link("This receipt as PDF");
        assert!(bytes(&claimant, &path).await == file.bytes);
        let texts = "/counsel/allegro/letters/texts";
        let form = scene.browser.get(texts).await.form(texts).fill("receipt", "Other words for {{ claimant }}.");
        scene.browser.send(form).await.expect("Saved.");
        assert!(bytes(&scene.browser, &path).await == file.bytes);
        scene.app.browser().get(&path).await.expect("Sign in");
        let other = scene.claim("Other Label", &[]).await.0;
        scene.app.browser_of(&other).await.get(&path).await.expect_status(404);
        let other = scene.app.mail("receipt", "other-label@example.org").await;
        assert!(text_of(&other.attachments[0].bytes).join("\n").contains("Other words for Other Label."));
        // Anybody who has the file may ask whether it is one, and hears no more than of the hash of what was sent.
        let stranger = scene.app.browser();
        let hash = render::package::sha256(&file.bytes);
        let words = format!("The receipt (PDF) of claim {number}, version 1, of the case “Claims against Allegro Media Group”");
        let page = stranger.get(&format!("/verify?hash={hash}")).await;
        page.expect(&words);
        page.expect_no("Jay Records");
        let text = format!("The canonical text (JSON) of claim {number}, version 1, of the case “Claims against Allegro Media Group”");
        stranger.get(&format!("/verify?hash={sha256}")).await.expect(&text);
        stranger.get(&format!("/verify?hash={}", render::package::sha256(&file.bytes[1..]))).await.expect("Unknown");
        // A receipt from before receipts were kept has the first words, and is the same each time too.
        database.tamper("DELETE FROM mail_letters").await;
        database.tamper("DELETE FROM letters").await;
        let again = bytes(&claimant, &path).await;
        assert_eq!(text_of(&again).join("\n"), text_of(&file.bytes).join("\n"));
        stranger.get(&format!("/verify?hash={}", render::package::sha256(&again))).await.expect(&words);
    }

    async fn whoever_has_a_file_hears_what_became_of_its_version(database) {
        let scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup;
        let (actor, id, number) = scene.claim("Jay Records", &[]).await;
        let stranger = scene.app.browser();
        let hash = async |version: usize| {
            let mut tx = recoup.store.read().await.unwrap();
            claims::store::claims::versions(&mut tx, id).await.unwrap()[version - 1].sha256.clone().unwrap()
        };
        let ask = async |version: usize| stranger.get(&format!("/verify?hash={}", hash(version).await)).await;
        let page = ask(1).await;
        page.expect(&format!("The canonical text (JSON) of claim {number}, version 1, "));
        page.expect_no("replaced");
        page.expect_no("withdrawn");

        stage::open_next_version(recoup, &actor, id).await;
        stage::send(recoup, &actor, id).await.unwrap();
        ask(1).await.expect("This version was replaced: version 2 is in force.");
        ask(2).await.expect_no("replaced");

        claims::actions::withdraw::withdraw(recoup, &actor, id, "Settled out of court.").await.unwrap();
        let withdrawn = "The claim was withdrawn since: it counts in no total.";
        ask(1).await.expect(&format!("This version was replaced by version 2. {withdrawn}"));
        let page = ask(2).await;
        page.expect(withdrawn);
        page.expect_no("replaced");
        for secret in ["Jay Records", "Settled", "15,000.00"] {
            page.expect_no(secret);
        }
        stranger.get(&format!("/verify?hash={}", "0".repeat(64))).await.expect_no("withdrawn");
    }

    async fn a_receipt_has_the_same_total_on_the_page_as_on_paper(database) {
        let scene = Scene::open(&database).await;
        let stock = |basis: &str, price: &str| (Category::HeldInventory, stage::stock("10", basis, price));
        let (actor, id, _) = scene.claim("Jay Records", &[stock("retail", "14.00"), stock("wholesale", "9.00")]).await;
        // By hand: 15,000.00 of unpaid sales and 10 × 14.00 at retail, the basis of the case; 10 × 9.00 at wholesale is beside it.
        let file = scene.app.mail("receipt", "jay-records@example.org").await.attachments.remove(0);
        let pages = text_of(&file.bytes).join("\n");
        assert!(pages.contains("15,140.00") && !pages.contains("15,230.00"), "{pages}");
        let page = scene.app.browser_of(&actor).await.get(&format!("/claims/{id}/versions/1")).await;
        page.expect("Total, with stock at retail list price only");
        page.expect("15,140.00");
        page.expect("in the time zone Pacific (Los Angeles, Portland)");
    }

    async fn a_wrong_placeholder_is_named_and_nothing_is_lost(database) {
        let scene = Scene::open(&database).await;
        let path = "/counsel/allegro/letters/texts";
        let form = scene.browser.get(path).await.form(path).fill("aggregator", "The Orchard").fill("direction", "Pay {{ clamant }} now.");
        let page = scene.browser.send(form).await;
        page.expect_status(422);
        page.expect("There is no placeholder “clamant” here");
        let typed = page.form(path);
        assert_eq!((typed.value("direction"), typed.value("aggregator")), (Some("Pay {{ clamant }} now."), Some("The Orchard")));
        let mut tx = scene.app.recoup.store.read().await.unwrap();
        assert!(store::settings(&mut tx, scene.case).await.unwrap().is_none());
        drop(tx);
        let typed = typed.fill("direction", "Pay {{ claimant }} now.").fill("distributor", "Allegro");
        scene.browser.send(typed).await.expect("Saved.");
        let mut tx = scene.app.recoup.store.read().await.unwrap();
        let event = events::of_case(&mut tx, scene.case, 1, 0).await.unwrap().remove(0);
        let details: serde_json::Value = serde_json::from_str(&event.details).unwrap();
        let changed = details["changed"].as_object().unwrap();
        assert_eq!(changed["aggregator"], serde_json::json!(["", "The Orchard"]));
        assert_eq!(changed["direction"][1], "Pay {{ claimant }} now.");
        scene.browser.get("/counsel/allegro/events").await.expect("Aggregator: nothing → The Orchard");
    }

    // One of counsel writes a letter anew, which was a draft when it was looked at; another says meanwhile that it was sent.
    async fn nobody_says_that_a_letter_was_sent_while_it_is_written_anew(database) {
        let scene = Scene::open(&database).await;
        let (_, id, _) = scene.claim("Jay Records", &[(Category::DigitalRoyalties, royalties("The Orchard", "900.00", "Sonatas"))]).await;
        scene.say_to_whom().await;
        scene.draft_all("direction").await;
        let recoup = scene.app.recoup.clone();
        let mut tx = recoup.store.write().await.unwrap();
        claims::store::queue_up(&mut tx, &format!("letters {}", scene.case)).await.unwrap();
        let draft = store::of_claim(&mut tx, id).await.unwrap().remove(0);
        assert_eq!(draft.state, "drafted");
        let other = (recoup.clone(), scene.counsel.clone(), draft.id);
        let saying = tokio::spawn(async move {
            let (recoup, counsel, letter) = other;
            let sent = stage::answers(&[("state", "sent"), ("day", "2026-03-04")]);
            actions::take_step(&recoup, &counsel, letter, 0, &sent, "").await
        });
        // On SQLite whoever writes queues up before anything is read; on PostgreSQL it is seen that somebody waits for a lock.
        let waiting = async {
            let locks = "SELECT pid FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            while database.kind() == Kind::Postgres && database.rows::<(i32,)>(locks).await.is_empty() {
                assert!(!saying.is_finished(), "it waits until the letter is written");
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.expect("somebody waits");
        let (frozen, sha256, _) = store::texts(&mut tx, draft.id).await.unwrap().unwrap();
        let version_id = claims::store::claims::by_id(&mut tx, id).await.unwrap().unwrap().in_force_id.unwrap();
        let anew = store::NewLetter {
            case_id: scene.case,
            claim_id: id,
            version_id,
            kind: LetterKind::Direction.key(),
            frozen: &frozen,
            sha256: &sha256,
            state: "drafted",
            since: draft.since,
            by: None,
        };
        store::add(&mut tx, &anew, scene.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let refused = saying.await.unwrap().unwrap_err();
        assert!(refused.to_string().contains("Look at what happened below"), "{refused}");
        let mut tx = recoup.store.read().await.unwrap();
        let letter = store::of_claim(&mut tx, id).await.unwrap().remove(0);
        assert!(letter.id != draft.id && letter.state == "drafted");
    }

    async fn letters_of_direction_are_drafted_tracked_and_read(database) {
        let scene = Scene::open(&database).await;
        let (jay, jay_id, jay_number) = scene.claim("Jay Records", &[
            (Category::DigitalRoyalties, royalties("The Orchard", "900.00", "Sonatas")),
            (Category::DigitalRoyalties, royalties("Orchard", "300.00", "Sonatas")),
            (Category::DigitalRoyalties, royalties("Believe", "50.00", "Sonatas")),
        ]).await;
        let (_, _, wave_number) = scene.claim("Waveform", &[(Category::DigitalRoyalties, royalties("The Orchard", "20.00", "Waves"))]).await;
        scene.claim("Elsewhere", &[(Category::DigitalRoyalties, royalties("Believe", "20.00", "Waves"))]).await;
        scene.claim("No Royalties", &[]).await;

        // Nothing can be drafted before counsel say to whom it goes.
        scene.browser.get("/counsel/allegro/letters").await.expect("Say first who the aggregator is");
        scene.say_to_whom().await;
        scene.browser.get("/counsel/allegro/letters").await.expect("Draft all 3 that are needed");
        let page = scene.draft_all("direction").await;
        page.expect("2 letters were drafted. For 1 claim none was");
        let table = html::table(&page.body, "Letters of direction").expect("the letters");
        let rows: Vec<_> = table.iter().skip(1).map(|row| (row[0].as_str(), row[1].as_str(), row[3].as_str())).collect();
        assert_eq!(rows, [(jay_number.as_str(), "Jay Records", "Drafted"), (wave_number.as_str(), "Waveform", "Drafted")]);
        // Once more makes none anew.
        scene.draft_all("direction").await.expect("0 letters were drafted");

        // The letter: who pays, who directs, what has accrued. By hand: 900.00 + 300.00 = 1,200.00; Believe's 50.00 are not in it.
        let page = scene.browser.get(&format!("/counsel/allegro/claims/{jay_number}")).await;
        let letter = page.link("Letter of direction");
        let page = scene.browser.get(&letter).await;
        page.expect("Lines of this claim that name Believe are not in this letter.");
        let pdf = page.link("Download it");
        let first = bytes(&scene.browser, &pdf).await;
        let text = text_of(&first).join("\n");
        for words in ["The Orchard", "23 East 4th Street", "Allegro Media Group", "Jay Records", "1,200.00 USD", "Directing party", "Acknowledged and", "Sonatas", "Lines 2, 3 of the claim", "iTunes"] {
            assert!(text.contains(words), "{words} is not in the letter:\n{text}");
        }
        assert!(!text.contains("1,250") && !text.contains("{{"), "{text}");
        assert!(bytes(&scene.browser, &pdf).await == first, "the same bytes each time");

        // Step by step, with wrong answers beside what was typed.
        let step = async |state: &str, day: &str, note: &str| {
            let page = scene.browser.get(&letter).await;
            scene.browser.send(page.form(&letter).fill("state", state).fill("day", day).fill("note", note)).await
        };
        let wrong = step("signed", "2026-03-01", "").await;
        wrong.expect_status(422);
        wrong.expect("What follows is “sent” after “drafted”. Say why you correct it.");
        assert_eq!(wrong.form(&letter).value("day"), Some("2026-03-01"));
        step("sent", "2026-03-05", "").await.expect("This day lies in the future");
        step("sent", "2026-03-04", "By courier.").await.expect("The letter is “sent” since 4 March 2026.");
        // What was sent stays as it is.
        let made = actions::make(&scene.app.recoup, &scene.counsel, "allegro", &jay_number, LetterKind::Direction).await;
        assert!(made.unwrap_err().to_string().contains("set it back to “drafted” with a reason"));
        let stale = scene.browser.get(&letter).await.form(&letter);
        step("signed", "2026-03-04", "").await.expect("“signed”");
        let late = scene.browser.send(stale.fill("state", "signed").fill("day", "2026-03-04")).await;
        late.expect_status(409);
        late.expect("Meanwhile somebody said that this letter is “signed”");
        step("accepted", "2026-03-04", "").await.expect("“accepted”");
        step("paying", "2026-03-04", "The first statement came.").await.expect("“paying”");
        step("accepted", "2026-03-04", "").await.expect("Nothing follows after “paying”");
        let page = step("accepted", "2026-03-04", "The statement was another label’s.").await;
        page.expect("Corrected: Accepted");
        page.expect("The statement was another label’s.");

        // The claimant sees it, reads it, and sees what happened; nobody else finds it.
        let claimant = scene.app.browser_of(&jay).await;
        let page = claimant.get(&format!("/claims/{jay_id}")).await;
        for words in ["The aggregator accepted it.", "The letter of direction is “sent” since 4 March 2026", "Corrected: the letter of direction is “accepted”", "By courier."] {
            page.expect(words);
        }
        assert!(bytes(&claimant, &pdf).await == first);
        let other = stage::person(&scene.app.recoup, "other@example.org", true, false).await;
        scene.app.browser_of(&other).await.get(&pdf).await.expect_status(404);
        scene.app.browser_of(&other).await.get(&letter).await.expect_status(404);
        let mut tx = scene.app.recoup.store.read().await.unwrap();
        let kinds: Vec<String> = events::of_claim(&mut tx, jay_id).await.unwrap().into_iter().map(|event| event.kind).filter(|kind| kind.starts_with("letter_")).collect();
        drop(tx);
        assert_eq!(kinds.iter().filter(|kind| *kind == "letter_step").count(), 5, "{kinds:?}");
        assert_eq!(kinds.iter().filter(|kind| *kind == "letter_made").count(), 1, "{kinds:?}");
        assert_eq!(kinds.iter().filter(|kind| *kind == "letter_opened").count(), 3, "{kinds:?}");

        // All in one file, those in one state in another.
        let zip = |bytes: Vec<u8>| render::package::files(std::io::Cursor::new(bytes)).unwrap();
        let all = zip(bytes(&scene.browser, "/counsel/allegro/letters/zip/direction").await);
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [format!("{jay_number}-letter-of-direction.pdf"), format!("{wave_number}-letter-of-direction.pdf")]);
        assert!(all[0].1 == first);
        let drafts = zip(bytes(&scene.browser, "/counsel/allegro/letters/zip/direction?state=drafted").await);
        assert_eq!(drafts.len(), 1);
        // A state that somebody makes up is none, as on the page, and stands in no event.
        let made_up = zip(bytes(&scene.browser, "/counsel/allegro/letters/zip/direction?state=nobody").await);
        assert!(made_up == all);
        let mut tx = scene.app.recoup.store.read().await.unwrap();
        let newest = events::of_case(&mut tx, scene.case, 2, 0).await.unwrap();
        drop(tx);
        let states: Vec<_> = newest.iter().map(|event| {
            let details: serde_json::Value = serde_json::from_str(&event.details).unwrap();
            (event.kind.clone(), details["state"].clone())
        }).collect();
        assert_eq!(states, ["", "drafted"].map(|state| ("letters_downloaded".to_owned(), serde_json::json!(state))));
        // Read piece by piece, a letter that is marked in between hides none of those that follow.
        let (_, _, third_number) = scene.claim("Third", &[(Category::DigitalRoyalties, royalties("The Orchard", "20.00", "Third"))]).await;
        scene.draft_all("direction").await;
        let next = async |last| {
            let mut tx = scene.app.recoup.store.read().await.unwrap();
            claims::store::letters::after(&mut tx, scene.case, ("direction", "drafted"), last, 1).await.unwrap().pop()
        };
        let wave = next(ClaimId(0)).await.unwrap();
        assert_eq!(wave.number, wave_number);
        let letter = format!("/counsel/allegro/letters/{}", wave.id);
        let page = scene.browser.get(&letter).await;
        scene.browser.send(page.form(&letter).fill("state", "sent").fill("day", "2026-03-04")).await.expect("“sent”");
        let third = next(wave.claim_id).await.unwrap();
        assert_eq!(third.number, third_number);
        assert!(next(third.claim_id).await.is_none());
        assert_eq!(scene.app.recoup.zips.of(scene.case, LetterKind::Direction), None, "the progress ends with the file");
        let running = scene.app.recoup.zips.begin(scene.case, LetterKind::Direction, 240);
        running.one_more();
        scene.browser.get("/counsel/allegro/letters").await.expect("1 of 240");
        drop(running);
        scene.browser.get("/counsel/allegro/letters").await.expect_no("of 240");
    }

    async fn who_has_no_money_of_their_own_needs_no_letter_and_counsel_are_told_of_the_rest(database) {
        let scene = Scene::open(&database).await;
        scene.say_to_whom().await;
        let mut claims = Vec::new();
        for (name, amount) in [("Jay Records", "1,200.00"), ("Ilse Varga", "360.00")] {
            claims.push(scene.claim(name, &[(Category::DigitalRoyalties, royalties("The Orchard", amount, "Sonatas"))]).await);
        }
        scene.app.run_jobs().await;
        let path = "/counsel/allegro/letters?kind=direction";
        let page = scene.browser.get(path).await;
        page.expect("Draft all 2 that are needed");
        page.expect("Another claim asks for some of the same money");
        page.expect(&claims[0].2);
        let mut tx = scene.app.recoup.store.read().await.unwrap();
        let entry = overlaps::list(&mut tx, scene.case, overlaps::Which::All, None, 9, 0).await.unwrap().remove(0);
        drop(tx);
        let same = stage::answers(&[("relation", "same_money"), ("reason", "One royalty, claimed by label and artist.")]);
        decide_overlap::decide(&scene.app.recoup, &scene.counsel, scene.case, entry.id, (claims[0].1, claims[1].1), &same, "k").await.unwrap();
        scene.app.run_jobs().await;
        let page = scene.browser.get(path).await;
        page.expect("Draft the one that is needed");
        page.expect("No letter is needed for");
        page.expect_no("Another claim asks for some of the same money");
        scene.draft_all("direction").await.expect("1 letter was drafted");
        let mut tx = scene.app.recoup.store.read().await.unwrap();
        let made = store::of_case(&mut tx, scene.case, "direction", "", 9, 0).await.unwrap();
        assert_eq!(made.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), [claims[0].2.as_str()]);
    }

    async fn letters_of_a_withdrawn_claim_say_so_and_do_not_go_out(database) {
        let scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup;
        let (jay, jay_id, jay_number) = scene.claim("Jay Records", &[(Category::DigitalRoyalties, royalties("The Orchard", "900.00", "Sonatas"))]).await;
        let (_, _, wave_number) = scene.claim("Waveform", &[(Category::DigitalRoyalties, royalties("The Orchard", "20.00", "Waves"))]).await;
        // Before anybody is named there is no button to draft with.
        let page = scene.browser.get("/counsel/allegro/letters").await;
        page.expect_no("with the button above");
        assert_eq!(page.link("Say first to whom letters go"), "/counsel/allegro/letters/texts");
        scene.say_to_whom().await;
        scene.browser.get("/counsel/allegro/letters").await.expect("with the button above");
        scene.draft_all("direction").await.expect("Download 2 letters (ZIP)");

        // Two days later one of the claims is withdrawn: its letter says so, and is in no ZIP.
        scene.app.pass(chrono::Duration::days(2));
        let withdrawn_at = recoup.clock.now();
        withdraw::withdraw(recoup, &jay, jay_id, "Paid in full.").await.unwrap();
        let counsel = scene.app.browser_of(&scene.counsel).await;
        let page = counsel.get("/counsel/allegro/letters?kind=direction").await;
        let table = html::table(&page.body, "Letters of direction").expect("the letters");
        let about: Vec<_> = table.iter().skip(1).map(|row| (row[0].as_str(), row[2].as_str())).collect();
        assert_eq!(about, [(jay_number.as_str(), "version 1; the claim is withdrawn"), (wave_number.as_str(), "version 1")]);
        page.expect("1 letter is of a withdrawn claim. It is not in the ZIP.");
        page.expect("Download 1 letter (ZIP)");
        page.expect("Every submitted claim with digital royalties that needs a letter has it.");
        for zip in ["/counsel/allegro/letters/zip/direction", "/counsel/allegro/letters/zip/direction?state=drafted"] {
            let files = render::package::files(std::io::Cursor::new(bytes(&counsel, zip).await)).unwrap();
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, [format!("{wave_number}-letter-of-direction.pdf")]);
        }
        let mut tx = recoup.store.read().await.unwrap();
        let count = store::counts(&mut tx, scene.case).await.unwrap().remove(0);
        drop(tx);
        assert_eq!((count.kind.as_str(), count.state.as_str(), count.letters, count.withdrawn), ("direction", "drafted", 2, 1));
        let claim = format!("/counsel/allegro/claims/{jay_number}");
        let letter = counsel.get(&claim).await.link("Letter of direction");
        let page = counsel.get(&letter).await;
        page.expect("It was withdrawn on 6 March 2026. This draft is not to be sent");
        page.expect(&format!("version 1 of claim {jay_number}; the claim is withdrawn"));
        page.expect_no("The claim was amended since");
        assert_ne!(page.form(&letter).value("state"), Some("sent"), "nothing is proposed");
        let claimant = scene.app.browser_of(&jay).await;
        claimant.get(&format!("/claims/{jay_id}")).await.expect("The claim is withdrawn, so it is not to be sent.");

        // What happened before is told as ever; what happened since needs a note.
        let step = async |state: &str, day: &str, note: &str| {
            let page = counsel.get(&letter).await;
            counsel.send(page.form(&letter).fill("state", state).fill("day", day).fill("note", note)).await
        };
        let refused = step("sent", "2026-03-06", "").await;
        refused.expect_status(422);
        refused.expect("The claim was withdrawn on 6 March 2026. If this happened all the same, say how.");
        let page = step("sent", "2026-03-05", "").await;
        page.expect("The letter is “sent” since 5 March 2026.");
        page.expect("Whoever has this letter may have to be told.");
        step("signed", "2026-03-06", "").await.expect_status(422);
        step("signed", "2026-03-06", "Signed before the distributor heard of it.").await.expect("The letter is “signed” since 6 March 2026.");
        let page = claimant.get(&format!("/claims/{jay_id}")).await;
        page.expect("Tell counsel if you hear or receive something because of this letter.");
        page.expect_no("The aggregator is to accept it.");

        // An amendment that is begun changes nothing of it; once it is sent, the letter is about a version that is no longer in force.
        scene.app.pass(chrono::Duration::hours(1));
        stage::open_next_version(recoup, &jay, jay_id).await;
        let mut tx = recoup.store.read().await.unwrap();
        let row = store::of_claim(&mut tx, jay_id).await.unwrap().remove(0);
        drop(tx);
        assert_eq!((row.withdrawn_at, row.in_force), (Some(withdrawn_at), false));
        stage::send(recoup, &jay, jay_id).await.unwrap();
        let page = counsel.get(&letter).await;
        page.expect(&format!("version 1 of claim {jay_number}, which is no longer in force"));
        page.expect_no("The claim is withdrawn");
        counsel.get(&claim).await.expect("version 1, which is no longer in force");
    }

    async fn a_draft_is_written_anew_when_the_claim_is_amended(database) {
        let scene = Scene::open(&database).await;
        scene.say_to_whom().await;
        let stock = stage::stock("350", "retail", "10.00").with("opening", "100").with("sent_in", "1,000").with("sold", "700").with("returned_to_label", "40").with("destroyed", "5").with("reported", "350").with("difference", "Five were lost.").with("title", "Sonatas");
        let (jay, jay_id, number) = scene.claim("Jay Records", &[(Category::HeldInventory, stock)]).await;
        let claim = format!("/counsel/allegro/claims/{number}");
        let page = scene.browser.get(&claim).await;
        let page = scene.browser.send(page.forms().into_iter().find(|form| form.value("kind") == Some("return")).expect("the button")).await;
        page.expect("The letter is drafted.");
        let first = page.path.clone();
        let pages = text_of(&bytes(&scene.browser, &page.link("Download it")).await);
        // By hand: 100 + 1,000 − 700 − 40 − 5 = 355 should be there, 350 were reported and are demanded.
        let row = pages.last().unwrap().lines().find(|line| line.contains("Sonatas")).expect("the row").split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(row, "Sonatas 100 1,000 700 40 5 355 350 350");
        let all = pages.join("\n");
        for words in ["The Liquidator", "demands the return of 350", "Five were lost.", "Copies demanded", "Page 1 of "] {
            assert!(all.contains(words), "{words}:\n{all}");
        }
        // The same again is the same letter.
        let page = scene.browser.get(&claim).await;
        let again = scene.browser.send(page.forms().into_iter().find(|form| form.value("kind") == Some("return")).unwrap()).await;
        assert_eq!(again.path, first);

        stage::open_next_version(&scene.app.recoup, &jay, jay_id).await;
        stage::line(&scene.app.recoup, &jay, jay_id, Category::HeldInventory, &stage::stock("7", "retail", "10.00").with("title", "Trios"), None).await;
        stage::send(&scene.app.recoup, &jay, jay_id).await.unwrap();
        scene.browser.get(&first).await.expect("The claim was amended since");
        scene.draft_all("return").await.expect("1 letter was drafted");
        let page = scene.browser.get(&claim).await;
        let second = page.link("Demand for return of stock");
        assert_ne!(second, first);
        scene.browser.get(&first).await.expect("This draft was written anew");
        let text = text_of(&bytes(&scene.browser, &scene.browser.get(&second).await.link("Download it")).await).join("\n");
        // By hand: 350 + 7 = 357.
        assert!(text.contains("demands the return of 357"), "{text}");
        // The claimant sees only the letter that counts.
        let claimant = scene.app.browser_of(&jay).await;
        let old = first.rsplit('/').next().unwrap();
        claimant.get(&format!("/letters/{old}")).await.expect_status(404);
        let refused = actions::make(&scene.app.recoup, &scene.counsel, "allegro", &number, LetterKind::Direction).await.unwrap_err();
        assert!(refused.to_string().contains("would name nothing"), "{refused}");
    }
}
