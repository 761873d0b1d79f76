//! Counsel decides who is the same and what money is the same, on the pages.

use claims::{
    ClaimId,
    actions::save_step,
    intake::{Answers, steps::Step},
    line::Category,
};
use tests::{App, Browser, Database, Page, html, on_both, stage};

use crate::counsel::cents;

/// A label that filed twice under two names, and an artist who claims a share of its money; counsel of this case and of another.
struct Filed {
    app: App,
    counsel: Browser,
    elsewhere: Browser,
    claims: Vec<(ClaimId, String)>,
}

const LABEL: &str = "Harbor Light Records LLC";
const TWIN: &str = "Harbor Light Recordings";
const ARTIST: &str = "Ilse Varga";

/// Royalties of one release from one service over a year.
fn itunes(amount: &str) -> Answers {
    stage::answers(&[
        ("aggregator", "The Orchard"),
        ("service", "iTunes"),
        ("period_from", "2015-01-01"),
        ("period_to", "2015-12-31"),
        ("currency", "USD"),
        ("money_state", "escrow"),
        ("letter_state", "none"),
        ("artist", ARTIST),
        ("title", "Sonatas"),
        ("gtin", "0036000291452"),
        ("amount", amount),
    ])
}

/// A claim of one line that was sent; gives its number too.
async fn file(app: &App, email: &str, who: &Answers, category: Category, line: &Answers) -> (ClaimId, String) {
    let recoup = &app.recoup;
    let account = stage::person(recoup, email, true, false).await.account;
    let name = who.get("legal_name");
    let (actor, id) = stage::start(recoup, account, "allegro", name).await;
    stage::fill_steps(recoup, &actor, id, name).await;
    assert!(save_step::save(recoup, &actor, id, Step::Claimant, who).await.unwrap());
    stage::line(recoup, &actor, id, category, line, None).await;
    (id, stage::send(recoup, &actor, id).await.unwrap().number)
}

async fn filed(database: &Database) -> Filed {
    let app = App::start(database).await;
    let recoup = &app.recoup;
    let mut browsers = Vec::new();
    for (slug, prefix) in [("allegro", "ALG"), ("other", "OTH")] {
        let case = stage::case(recoup, slug, prefix).await;
        let counsel = stage::person(recoup, &format!("counsel@{slug}.example"), true, false).await.account;
        claims::actions::counsel::appoint(recoup, case, counsel).await.unwrap();
        browsers.push(app.browser_of(&stage::actor(recoup, counsel).await).await);
    }
    let label = stage::claimant_answers(LABEL)
        .with("email", "office@harborlight.example")
        .with("phone", "+1 503 555 0143")
        .with("street", "12 Alder Street");
    let twin = label.clone().with("legal_name", TWIN).with("phone", "(503) 555-0143");
    let artist = stage::claimant_answers(ARTIST)
        .with("email", "ilse@varga.example")
        .with("phone", "+1 646 555 0199")
        .with("street", "88 Willow Lane")
        .with("city", "New York");
    let mut claims = Vec::new();
    let people = [
        ("ada@example.org", label, Category::DigitalRoyalties, itunes("1,200.00")),
        ("bob@example.org", twin, Category::UnpaidSales, stage::sales("500.00")),
        ("ilse@example.org", artist, Category::DigitalRoyalties, itunes("360.00")),
    ];
    for (email, who, category, line) in people {
        claims.push(file(&app, email, &who, category, &line).await);
    }
    app.run_jobs().await;
    let elsewhere = browsers.pop().unwrap();
    Filed { app, counsel: browsers.pop().unwrap(), elsewhere, claims }
}

/// Thousandths of a bit, as a page shows them.
fn bits(cell: &str) -> i64 {
    let minus = cell.starts_with('\u{2212}');
    let digits: i64 = cell.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
    if minus { -digits } else { digits }
}

fn rows(page: &Page, caption: &str) -> Vec<Vec<String>> {
    html::table(&page.body, caption).unwrap_or_else(|| panic!("no table “{caption}” on {}: {}", page.path, page.text()))
}

on_both! {
    async fn a_pair_is_looked_at_decided_and_undone(database) {
        let Filed { app, counsel, elsewhere, claims } = filed(&database).await;
        let list = counsel.get("/counsel/allegro/matches").await;
        list.expect("Matches (1 waiting )");
        list.expect("3 claims, 3 lines that count, engine");
        let table = rows(&list, "Pairs");
        assert_eq!(table.len(), 2, "{table:?}");
        assert!(table[1][0].starts_with(LABEL) && table[1][1].starts_with(TWIN), "{table:?}");
        assert_eq!((table[1][4].as_str(), table[1][5].as_str()), ("500.00", "Open"), "the smaller of the two is at stake");

        let pair = counsel.click(&list, "Compare").await;
        for words in ["12 Alder Street", "the same number", "office@harborlight.example", "1,200.00 USD", "bob@example.org"] {
            pair.expect(words);
        }
        let marked = html::texts(&pair.body, "mark");
        assert!(marked.contains(&"Recordings".to_owned()) && !marked.contains(&"Harbor".to_owned()), "{marked:?}");
        let weights = rows(&pair, "The same in figures");
        let (sum, parts) = weights.split_last().unwrap();
        let parts: i64 = parts[1..].iter().map(|row| bits(&row[1])).sum();
        assert_eq!(parts, bits(&sum[1]), "the parts add up to the score: {weights:?}");
        assert!(html::attributes(&pair.body, "svg[role=img]", "aria-label").iter().any(|label| label.contains("Score")));

        // Nothing is chosen: what was typed stays, and nothing is decided.
        let typed = "They share a <house> & a telephone.";
        let again = counsel.send(pair.form(&pair.path).fill("reason", typed)).await;
        again.expect_status(422);
        assert!(html::texts(&again.body, "title")[0].starts_with("Error:"));
        assert_eq!(again.form(&pair.path).value("reason"), Some(typed));
        let table = rows(&counsel.get("/counsel/allegro/matches").await, "Pairs");
        assert_eq!(table[1][5], "Open");

        // A double click sends the same form twice.
        let form = again.form(&pair.path).fill("verdict", "same");
        for _ in 0..2 {
            assert_eq!(counsel.send_once(&form).await.status, 303);
        }
        let decided = counsel.get(&pair.path).await;
        decided.expect("It is decided: the same claimant.");
        decided.expect("being matched again");
        let history = rows(&decided, "Decisions about these two claims");
        assert_eq!(history.len(), 2, "{history:?}");
        assert_eq!((history[1][1].as_str(), history[1][2].as_str(), history[1][3].as_str(), history[1][5].as_str()), ("counsel", "The same claimant", typed, "Yes"));
        counsel.get("/counsel/allegro/matches").await.expect("Nothing is open");
        counsel.get("/counsel/allegro/matches?show=decided").await.expect("The same claimant");
        let events = counsel.get("/counsel/allegro/events").await;
        events.expect("Two claims were compared: the same claimant");
        events.expect(typed);
        app.run_jobs().await;
        counsel.get(&pair.path).await.expect_no("being matched again");

        // Another case knows nothing of it, neither to look at nor to decide.
        let id = pair.path.rsplit('/').next().unwrap();
        for browser in [&elsewhere, &counsel] {
            let slug = "other";
            for path in [format!("/counsel/{slug}/matches/{id}"), format!("/counsel/{slug}/matches?claim={}", claims[0].1)] {
                browser.get(&path).await.expect_status(404);
            }
        }
        let mut forged = form.clone();
        forged.action = format!("/counsel/other/matches/{id}");
        elsewhere.send(forged).await.expect_status(404);
        let narrowed = counsel.get(&format!("/counsel/allegro/matches?show=all&claim={}", claims[2].1)).await;
        narrowed.expect("No two claims resemble each other");

        let decided = counsel.get(&pair.path).await;
        let undone = counsel.send(decided.form(&format!("{}/undo", pair.path))).await;
        undone.expect("the pair is open again");
        counsel.send(decided.form(&format!("{}/undo", pair.path))).await.expect_status(200);
        let history = rows(&undone, "Decisions about these two claims");
        assert!(history[1][5].starts_with("No, until"), "{history:?}");
        counsel.get("/counsel/allegro/matches").await.expect("Compare");
        let page = counsel.get("/counsel/allegro/matches").await;
        counsel.send(page.form("/counsel/allegro/matches/run")).await.expect("matched again");
    }

    // The label claims 1,200.00 from iTunes for the year and its artist 360.00. By hand: 100.00 and 30.00 a month, so of
    // 1,560.00 the artist's 360.00 are the label's money.
    async fn an_overlap_is_looked_at_decided_and_written_about(database) {
        let Filed { app, counsel, elsewhere, claims } = filed(&database).await;
        let list = counsel.get("/counsel/allegro/overlaps").await;
        list.expect("Overlaps (1 waiting )");
        let table = rows(&list, "The ledger");
        assert_eq!((table[1][0].as_str(), table[1][2].as_str()), ("Ilse Varga: Sonatas", "Jan–Dec 2015, 12 months"));
        let foot = table.last().unwrap();
        assert_eq!(foot[..4].iter().map(String::as_str).collect::<Vec<_>>(), ["1 entry", "1,560.00", "0.00", "360.00"]);

        let entry = counsel.click(&list, "Sonatas").await;
        entry.expect("iTunes, Jan–Dec 2015, 12 months");
        let months = rows(&entry, "What each claims in each month");
        assert_eq!(months.len(), 14);
        assert_eq!(months[1], ["Jan 2015", "100.00", "30.00", "130.00"]);
        assert_eq!(months[13], ["Together", "1,200.00", "360.00", "1,560.00"]);
        let lines = rows(&entry, "The lines");
        assert_eq!(lines.len(), 3);
        let href = html::link(&entry.body, &format!("{}, line 1", claims[2].1)).unwrap();
        counsel.get(&href).await.expect("Line 1: digital royalties");

        let (label, artist) = (claims[0].0, claims[2].0);
        let action = format!("{}/{label}/{artist}", entry.path);
        entry.expect("Ilse Varga claims a share of what Harbor Light Records LLC claims");
        let again = counsel.send(entry.form(&action).fill("reason", "Clause 4.").tick("everywhere")).await;
        again.expect_status(422);
        assert_eq!((again.form(&action).value("reason"), again.form(&action).value("everywhere")), (Some("Clause 4."), Some("yes")));
        let to = html::attributes(&again.body, ".error-summary a", "href");
        assert_eq!(html::attributes(&again.body, &format!("[id=\"{}\"]", &to[0][1..]), "name"), ["relation"], "the error leads to its field");

        let form = again.form(&action).fill("relation", "second_of_first");
        for _ in 0..2 {
            assert_eq!(counsel.send_once(&form).await.status, 303);
        }
        app.run_jobs().await;
        let decided = counsel.get(&entry.path).await;
        let table = rows(&decided, "Claims in this entry");
        let figures = |row: &[String]| row[2..6].iter().map(|cell| cents(cell)).collect::<Vec<_>>();
        assert_eq!(figures(&table[1]), [120_000, 0, 0, 120_000]);
        assert_eq!(figures(&table[2]), [36_000, 36_000, 0, 0]);
        assert_eq!(table[2][6], format!("through {}", claims[0].1));
        assert_eq!(rows(&decided, "Decisions about").len(), 2, "one decision, however often it was sent");
        assert_eq!(decided.form(&action).value("relation"), Some("second_of_first"), "what is in force stands in the form");
        let foot = rows(&counsel.get("/counsel/allegro/overlaps?show=decided").await, "The ledger").pop().unwrap();
        assert_eq!(foot[..4].iter().map(String::as_str).collect::<Vec<_>>(), ["1 entry", "1,560.00", "360.00", "0.00"]);
        counsel.get("/counsel/allegro/events").await.expect(&format!("a share of what {} claims", claims[0].1));

        let id = entry.path.rsplit('/').next().unwrap().to_owned();
        for path in [format!("/counsel/other/overlaps/{id}"), format!("/counsel/other/overlaps/{id}/letter")] {
            elsewhere.get(&path).await.expect_status(404);
        }

        // A letter to both, as counsel worded it.
        let letter = counsel.click(&decided, "Write to both").await;
        letter.expect("ada@example.org");
        letter.expect("ilse@example.org");
        letter.expect_no("bob@example.org");
        let action = format!("{}/letter", entry.path);
        let wrong = counsel.send(letter.form(&action).fill("subject", "").fill("text", "My own words.")).await;
        wrong.expect_status(422);
        assert_eq!(wrong.form(&action).value("text"), Some("My own words."));
        let looked_at = counsel.send(wrong.form(&action).fill("subject", "Who was to be paid?").fill("text", "My own words, {{months}}.")).await;
        looked_at.expect("How they will read: 2 of 2");
        looked_at.expect("My own words, January to December 2015.");
        assert!(!app.mails().await.iter().any(|mail| mail.kind == "letter"), "nothing is sent before it was looked at");
        // Enter in the subject presses the first button, which looks; and what was changed since is not sent unseen.
        assert_eq!(html::attributes(&looked_at.body, "form .actions button[name=do]", "value"), ["look", "send"]);
        let form = looked_at.form(&action).forge("do", "send");
        let unseen = counsel.send(form.clone().fill("text", "Words of afterwards.")).await;
        unseen.expect("The claims, or your words, changed since you looked");
        assert_eq!(unseen.form(&action).value("text"), Some("Words of afterwards."));
        assert!(!app.mails().await.iter().any(|mail| mail.kind == "letter"));
        counsel.send(form.clone()).await.expect("2 mails wait");
        counsel.send(form).await.expect("2 mails wait");
        let mails = app.mails().await;
        let mut letters: Vec<_> = mails.iter().filter(|mail| mail.kind == "letter").map(|mail| mail.recipient.as_str()).collect();
        letters.sort_unstable();
        assert_eq!(letters, ["ada@example.org", "ilse@example.org"], "sent once, whatever the clicks");
        assert!(mails.iter().filter(|mail| mail.kind == "letter").all(|mail| mail.body_text.contains("My own words, January to December 2015.")));
        counsel.get("/counsel/allegro/events").await.expect("The parties of an overlap were written to");

        let undo = format!("{}/{label}/{artist}/undo", entry.path);
        counsel.send(decided.form(&undo)).await.expect("The decision is undone");
        app.run_jobs().await;
        let table = rows(&counsel.get(&entry.path).await, "Claims in this entry");
        assert_eq!(figures(&table[2]), [36_000, 0, 36_000, 36_000], "undoing restores the figures");
    }

    async fn a_claim_says_who_else_and_claimants_never_see_it(database) {
        let Filed { app, counsel, claims, .. } = filed(&database).await;
        let claim = counsel.get(&format!("/counsel/allegro/claims/{}", claims[0].1)).await;
        claim.expect("Who else");
        claim.expect(TWIN);
        counsel.click(&claim, TWIN).await.expect("The two records");
        counsel.click(&claim, "All overlaps (1)").await.expect("Ilse Varga: Sonatas");

        for (place, email, others) in [(0, "ada@example.org", [TWIN, "bob@example.org"]), (1, "bob@example.org", [LABEL, "ada@example.org"])] {
            let browser = app.signed_in(email).await;
            let id = claims[place].0;
            let other = claims[1 - place].1.as_str();
            for path in ["/claims".to_owned(), format!("/claims/{id}"), format!("/claims/{id}/versions/1"), format!("/claims/{id}/versions/1/claim.json"), "/account".to_owned(), "/cases/allegro".to_owned()] {
                let page = browser.get(&path).await;
                page.expect_status(200);
                for word in [others[0], others[1], other, "/counsel/", "resembl", "Overlap", "suspected"] {
                    assert!(!page.body.contains(word), "{path} says “{word}” to {email}");
                }
            }
            for path in ["matches", "overlaps", "matches/1", "overlaps/1"] {
                browser.get(&format!("/counsel/allegro/{path}")).await.expect_status(404);
            }
            for mail in app.mails().await.iter().filter(|mail| mail.recipient == email) {
                for word in [others[0], others[1], other, "/counsel/", "resembl", "overlap"] {
                    assert!(!mail.body_text.contains(word) && !mail.body_html.contains(word), "the mail {} says “{word}” to {email}", mail.kind);
                }
            }
        }
        // Counsel is told in the mail about the claim.
        let mail = app.mail("new_claim", "counsel@allegro.example").await;
        assert!(mail.body_text.contains("/counsel/allegro/"), "{}", mail.body_text);
    }
}
