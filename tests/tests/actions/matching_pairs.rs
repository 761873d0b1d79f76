//! Every two claims of an overlap: which of them meet, what waits for somebody, what is told of them, and what nobody may overwrite.
#![expect(clippy::inconsistent_digit_grouping, reason = "cents stand apart, as in the amounts by hand")]

use claims::{
    CaseId, ClaimId,
    access::Actor,
    actions::{Failure, amend, build_filing, decide_match, decide_overlap, edit_lines, seen},
    filing::Match,
    intake::Answers,
    line::{Basis, Category},
    store::{
        lines, matches,
        overlaps::{self, copies},
        removed as kept, tally,
    },
};
use tests::{App, Browser, on_both, stage};

use super::matching::{case, file, ledger, lump, number, pairs, relation, royalties, verdict, who, with_release};

/// Royalties of one release from iTunes in some months of 2015.
fn months(amount: &str, from: &str, to: &str) -> (Category, Answers) {
    let (category, answers) = royalties(0, "iTunes", amount);
    (category, answers.with("period_from", from).with("period_to", to))
}

/// A label claims the whole year, an artist its first half, a publisher its second: the artist and the publisher never meet.
async fn three(app: &App) -> [ClaimId; 3] {
    let (_, label) = file(app, 1, &who("Harbor Light LLC", 1), &[months("1,200.00", "2015-01-01", "2015-12-31")]).await;
    let (_, artist) = file(app, 2, &who("Ilse Varga", 2), &[months("360.00", "2015-01-01", "2015-06-30")]).await;
    let (_, publisher) = file(app, 3, &who("Quill Ferry", 3), &[months("120.00", "2015-07-01", "2015-12-31")]).await;
    app.run_jobs().await;
    [label, artist, publisher]
}

async fn browser(app: &App, counsel: &Actor) -> Browser {
    app.browser_of(counsel).await
}

/// The open pairs of the next filing, by kind and numbers.
async fn open(app: &App, case: CaseId) -> Vec<(String, String, String)> {
    let filing = build_filing::snapshot(&app.recoup, case, Vec::new()).await.unwrap().filing;
    let open = filing.matches.into_iter().filter(Match::is_open);
    open.map(|pair| (pair.kind, pair.a, pair.b)).collect()
}

on_both! {
    // Only pairs that meet are asked about and open; of the others nothing can be said. What is decided is open no more.
    async fn pairs_that_meet_wait_and_others_are_not_asked_about(database) {
        let (app, case, counsel) = case(&database).await;
        let [label, artist, publisher] = three(&app).await;
        let [a, b, c] = [number(&app, label).await, number(&app, artist).await, number(&app, publisher).await];
        let money = |one: &str, other: &str| ("money".to_owned(), one.to_owned(), other.to_owned());
        assert_eq!(open(&app, case).await, [money(&a, &b), money(&a, &c)]);

        let (entry, parts) = ledger(&app, case).await.remove(0);
        let part = |claim: ClaimId| parts.iter().find(|part| part.claim_id == claim).unwrap();
        assert!(part(artist).misses(part(publisher)) && !part(label).misses(part(artist)));
        let apart = decide_overlap::decide(&app.recoup, &counsel, case, entry.id, (artist, publisher), &relation("same_money"), "").await;
        assert!(matches!(&apart, Err(Failure::Said(words)) if words.contains("share no month")), "{apart:?}");

        let page = browser(&app, &counsel).await.get(&format!("/counsel/allegro/overlaps/{}", entry.id)).await;
        page.expect("Harbor Light LLC and Ilse Varga: open");
        page.expect("They both claim for Jan–Jun 2015, 6 months.");
        page.expect_no("Ilse Varga and Quill Ferry");
        page.expect("1 pair of these claims shares no month");

        decide_overlap::decide(&app.recoup, &counsel, case, entry.id, (label, artist), &relation("second_of_first"), "").await.unwrap();
        app.run_jobs().await;
        assert_eq!(open(&app, case).await, [money(&a, &c)]);
    }

    // Put off is open: in the count of the pages, and in filings.
    async fn what_was_put_off_is_open(database) {
        let (app, case, counsel) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        file(&app, 1, &first, &[lump("5,000.00")]).await;
        file(&app, 2, &first.clone().with("legal_name", "Harbor Light Recordings"), &[lump("3,000.00")]).await;
        app.run_jobs().await;
        let pair = pairs(&app, case).await.remove(0);
        decide_match::decide(&app.recoup, &counsel, case, pair.id, &verdict("later"), "").await.unwrap();
        app.run_jobs().await;
        assert_eq!(open(&app, case).await.len(), 1);
        let browser = browser(&app, &counsel).await;
        let page = browser.get("/counsel/allegro/filings").await;
        page.expect("1 match (1 put off)");
        page.expect("Matches (1 waiting )");
        decide_match::decide(&app.recoup, &counsel, case, pair.id, &verdict("same"), "").await.unwrap();
        app.run_jobs().await;
        assert!(open(&app, case).await.is_empty());
    }

    // Two that are of one claimant by a decision on their match are not open in the overlap of their money.
    async fn a_pair_that_a_match_decides_is_shown_as_decided_by_it(database) {
        let (app, case, counsel) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        file(&app, 1, &first, &[royalties(0, "iTunes", "120.00")]).await;
        file(&app, 2, &first.clone().with("legal_name", "Harbor Light Recordings"), &[royalties(0, "iTunes", "100.00")]).await;
        file(&app, 3, &who("Ilse Varga", 3), &[royalties(0, "iTunes", "60.00")]).await;
        app.run_jobs().await;
        let pair = pairs(&app, case).await.remove(0);
        decide_match::decide(&app.recoup, &counsel, case, pair.id, &verdict("same"), "").await.unwrap();
        app.run_jobs().await;
        let entry = ledger(&app, case).await.remove(0).0;
        let page = browser(&app, &counsel).await.get(&format!("/counsel/allegro/overlaps/{}", entry.id)).await;
        page.expect("Harbor Light Records LLC and Harbor Light Recordings: one claimant, as decided on their match");
        page.expect("Harbor Light Records LLC and Ilse Varga: open");
        assert_eq!(open(&app, case).await.len(), 2);
    }

    // The label claims 1,200.00, the artist 360.00, and a third 100.00, all for the year: of the third's claim 100.00 may be others' too,
    // not what all entries together remove.
    async fn counsel_are_told_of_the_claims_own_part(database) {
        let (app, ..) = case(&database).await;
        file(&app, 1, &who("Ilse Varga", 1), &[royalties(0, "iTunes", "360.00")]).await;
        app.run_jobs().await;
        file(&app, 2, &who("Harbor Light LLC", 2), &[royalties(0, "iTunes", "1,200.00")]).await;
        app.run_jobs().await;
        let told = app.mail("new_claim", "counsel@example.org").await;
        assert!(told.body_text.contains("It would be taken off their claims, not off this one."), "{}", told.body_text);
        let (_, third) = file(&app, 3, &who("Quill Ferry", 3), &[royalties(0, "iTunes", "100.00")]).await;
        app.run_jobs().await;
        let told = app.mail("new_claim", "counsel@example.org").await;
        assert!(told.body_text.contains("Up to 100.00 USD of it is claimed by others too"), "{}", told.body_text);
        let mut tx = app.recoup.store.read().await.unwrap();
        let own = kept::of_claim(&mut tx, third).await.unwrap();
        assert_eq!(own.iter().map(|(_, of)| of.suspected).sum::<i64>(), 100_00, "as the register has it");
    }

    // Each party reads the months of its own claim, and counsel see each letter before it goes.
    async fn each_party_is_asked_about_its_own_months(database) {
        let (app, case, counsel) = case(&database).await;
        let claims = three(&app).await;
        let entry = ledger(&app, case).await.remove(0).0;
        let (subject, text) = decide_overlap::suggested_letter("The Allegro case", &entry);
        let letter = Answers::default().with("subject", subject).with("text", text);
        let preview = decide_overlap::preview(&app.recoup, &counsel, case, entry.id, &letter).await.unwrap();
        assert_eq!(preview.mails, 3);
        let months = ["January to December 2015", "January to June 2015", "July to December 2015"];
        for (n, months) in (1..).zip(months) {
            let of = preview.samples.iter().find(|of| of.recipient.contains(&format!("person{n}@"))).unwrap();
            assert!(of.text.contains(&format!("“Ilse Varga: Sonatas” for {months}. Somebody")), "{}", of.text);
        }
        // A letter that would now go to others is not sent.
        let stale = letter.clone().with(seen::FIELD, "2-x");
        let refused = decide_overlap::write_to_parties(&app.recoup, &counsel, case, entry.id, &stale, "").await;
        assert!(matches!(&refused, Err(Failure::Said(words)) if words.contains("changed since you looked")), "{refused:?}");
        let looked_at = letter.with(seen::FIELD, preview.mark);
        // Nor one whose words nobody looked at.
        for field in ["subject", "text"] {
            let other = looked_at.clone().with(field, "Words of afterwards.");
            let refused = decide_overlap::write_to_parties(&app.recoup, &counsel, case, entry.id, &other, "").await;
            assert!(matches!(&refused, Err(Failure::Said(words)) if words.contains("your words, changed since you looked")), "{refused:?}");
        }
        assert_eq!(decide_overlap::write_to_parties(&app.recoup, &counsel, case, entry.id, &looked_at, "").await.unwrap(), 3);

        // The page of a claim says its own months too.
        let artist = number(&app, claims[1]).await;
        let page = browser(&app, &counsel).await.get(&format!("/counsel/allegro/claims/{artist}")).await;
        page.expect("Jan–Jun 2015, 6 months");
        page.expect_no("Jan–Dec 2015, 12 months");
    }

    // Two of counsel have the page open; the first decides, and the second may not overwrite what the page never showed.
    async fn nobody_overwrites_a_decision_that_the_page_did_not_show(database) {
        let (app, case, counsel) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        file(&app, 1, &first, &[royalties(0, "iTunes", "120.00")]).await;
        file(&app, 2, &first.clone().with("legal_name", "Harbor Light Recordings"), &[royalties(0, "iTunes", "100.00")]).await;
        app.run_jobs().await;
        let pair = pairs(&app, case).await.remove(0);
        let before = seen::mark_of_match(&pair);
        let decide = async |word: &str, mark: &str| {
            let answers = verdict(word).with(seen::FIELD, mark);
            decide_match::decide(&app.recoup, &counsel, case, pair.id, &answers, "").await
        };
        decide("same", &before).await.unwrap();
        let late = decide("different", &before).await;
        assert!(matches!(&late, Err(Failure::Said(words)) if words.contains("decided meanwhile that they are the same claimant")), "{late:?}");
        let undone = decide_match::undo(&app.recoup, &counsel, case, pair.id, &before).await;
        assert!(matches!(undone, Err(Failure::Said(_))));
        let now = pairs(&app, case).await.remove(0);
        assert_eq!(now.verdict.as_deref(), Some("same"));
        decide("different", &seen::mark_of_match(&now)).await.unwrap();

        app.run_jobs().await;
        let (entry, parts) = ledger(&app, case).await.remove(0);
        let two = (parts[0].claim_id, parts[1].claim_id);
        let open = seen::mark_of_overlap(&entry, [].iter());
        let say = async |word: &str, mark: &str| {
            let answers = relation(word).with(seen::FIELD, mark);
            decide_overlap::decide(&app.recoup, &counsel, case, entry.id, two, &answers, "").await
        };
        // A page that was opened when the entry was about another release decides nothing about this one, and undoes nothing.
        let other = overlaps::Overlap { words: "Trios".to_owned(), ..entry.clone() };
        let of_other = seen::mark_of_overlap(&other, [].iter());
        let elsewhere = say("distinct", &of_other).await;
        assert!(matches!(&elsewhere, Err(Failure::Said(words)) if words.contains("matched again since you looked")), "{elsewhere:?}");
        say("same_money", &open).await.unwrap();
        let undone = decide_overlap::undo(&app.recoup, &counsel, case, entry.id, two, false, &of_other).await;
        assert!(matches!(&undone, Err(Failure::Said(words)) if words.contains("matched again since you looked")), "{undone:?}");
        let late = say("distinct", &open).await;
        assert!(matches!(&late, Err(Failure::Said(words)) if words.contains("decided meanwhile that these two claim the same money")), "{late:?}");
        let undone = decide_overlap::undo(&app.recoup, &counsel, case, entry.id, two, false, &open).await;
        assert!(matches!(undone, Err(Failure::Said(_))));
        let browser = browser(&app, &counsel).await;
        let page = browser.get(&format!("/counsel/allegro/overlaps/{}", entry.id)).await;
        let (a, b) = (two.0.min(two.1), two.0.max(two.1));
        let form = page.form(&format!("{}/{a}/{b}", page.path)).fill("relation", "distinct");
        say("distinct", "").await.unwrap();
        let refused = browser.send(form).await;
        refused.expect_status(409);
        refused.expect("decided meanwhile that these two claim different money");
    }

    // Until the run that a decision calls for has ended, register and exports say that their figures are older.
    async fn old_figures_say_that_they_are_old(database) {
        let (app, case, counsel) = case(&database).await;
        let [label, artist, _] = three(&app).await;
        let browser = browser(&app, &counsel).await;
        let entry = ledger(&app, case).await.remove(0).0;
        browser.get("/counsel/allegro/claims").await.expect_no("being matched");
        decide_overlap::decide(&app.recoup, &counsel, case, entry.id, (label, artist), &relation("second_of_first"), "").await.unwrap();
        for (current, stale) in [("no", true), ("yes", false)] {
            for page in ["", "/claims", "/exports"] {
                let page = browser.get(&format!("/counsel/allegro{page}")).await;
                if stale { page.expect("Figures after overlap are those of before.") } else { page.expect_no("Figures after overlap are those of before.") };
            }
            for file in ["totals", "claims", "overlaps"] {
                let body = browser.get(&format!("/counsel/allegro/exports/{file}.csv")).await.body;
                let mut rows = body.lines();
                assert!(rows.next().unwrap().ends_with(",overlap_current"), "{body}");
                assert!(rows.all(|row| row.ends_with(&format!(",{current}"))), "{file}: {body}");
            }
            app.run_jobs().await;
        }
    }

    // The oldest description of the release goes with an amendment: the entry is the same, under the same number.
    async fn an_entry_keeps_its_number_whatever_its_release_is_called(database) {
        let (app, case, counsel) = case(&database).await;
        let (actor, artist) = file(&app, 1, &who("Ilse Varga", 1), &[royalties(0, "iTunes", "360.00")]).await;
        let (category, of_label) = royalties(0, "iTunes", "1,200.00");
        file(&app, 2, &who("Harbor Light LLC", 2), &[(category, of_label.with("title", "Sonatas, complete"))]).await;
        app.run_jobs().await;
        let before = ledger(&app, case).await.remove(0).0;
        amend::amend(&app.recoup, &actor, artist).await.unwrap();
        let draft = stage::draft(&app.recoup, artist).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        let line = lines::list(&mut tx, draft, None, lines::Order::Number, 1, 0).await.unwrap().remove(0);
        drop(tx);
        let answers = line.answers.0.with("title", "The Sonatas");
        edit_lines::save(&app.recoup, &actor, artist, line.line, &answers, &edit_lines::Cite::default()).await.unwrap();
        stage::send(&app.recoup, &actor, artist).await.unwrap();
        app.run_jobs().await;
        let after = ledger(&app, case).await.remove(0).0;
        assert_ne!(after.release_id, before.release_id, "another description is the oldest that is used");
        assert_eq!(after.id, before.id);
        browser(&app, &counsel).await.get(&format!("/counsel/allegro/overlaps/{}", before.id)).await.expect_status(200);
    }

    // The label's 1,200.00 are documented, the artist's 360.00, which are removed, are sworn: all that is unique is documented.
    async fn what_is_removed_and_sworn_makes_nothing_less_documented(database) {
        let (app, case, counsel) = case(&database).await;
        let account = stage::person(&app.recoup, "label@example.org", true, false).await.account;
        let (actor, label) = stage::start(&app.recoup, account, "allegro", "Harbor Light LLC").await;
        stage::fill_steps(&app.recoup, &actor, label, "Harbor Light LLC").await;
        let document = stage::document(&app.recoup, &actor, label, "statement.pdf").await;
        let (category, line) = royalties(0, "iTunes", "1,200.00");
        stage::line(&app.recoup, &actor, label, category, &line, Some(document)).await;
        stage::send(&app.recoup, &actor, label).await.unwrap();
        file(&app, 2, &who("Ilse Varga", 2), &[royalties(0, "iTunes", "360.00")]).await;
        app.run_jobs().await;
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(kept::documented_of_case(&mut tx, case, Basis::Retail).await.unwrap(), (0, 0));
        drop(tx);
        let page = browser(&app, &counsel).await.get("/counsel/allegro").await;
        page.expect("1,200.00 USD of 1,200.00 USD stand on lines that cite a document.");
    }

    // 100 copies at retail by one and 60 at wholesale by another: no amounts are compared, and counsel see it before they demand them.
    async fn the_same_copies_at_another_basis_are_told_of(database) {
        let (app, case, counsel) = case(&database).await;
        let stock = |units: &str, basis: &str| (Category::HeldInventory, with_release(stage::stock(units, basis, "10.00"), 0));
        let (_, one) = file(&app, 1, &who("Harbor Light LLC", 1), &[stock("100", "retail")]).await;
        let (_, other) = file(&app, 2, &who("Ilse Varga", 2), &[stock("60", "wholesale")]).await;
        app.run_jobs().await;
        assert!(ledger(&app, case).await.is_empty(), "amounts of different bases are not compared");
        let mut tx = app.recoup.store.read().await.unwrap();
        let beside = copies::of_claim(&mut tx, one, 5).await.unwrap();
        drop(tx);
        assert_eq!(beside.len(), 1);
        assert_eq!((beside[0].units, beside[0].other_units, beside[0].other_basis.as_str()), (100, 60, "wholesale"));
        let browser = browser(&app, &counsel).await;
        let page = browser.get(&format!("/counsel/allegro/claims/{}", number(&app, other).await)).await;
        page.expect("The same copies, at another basis");
        page.expect("60 copies at wholesale (PPD); 100 at retail list price claimed by Harbor Light LLC");
        browser.get("/counsel/allegro/letters?kind=return").await.expect("Two claims may ask for the same copies");
    }

    // Five claims of four persons: the public tally shows nothing that rests on fewer than five.
    async fn the_public_tally_counts_persons(database) {
        let (app, case, counsel) = case(&database).await;
        let mut claims = Vec::new();
        for n in 1..=5 {
            claims.push(file(&app, n, &who(&format!("Label {n}"), n), &[lump("100.00")]).await.1);
        }
        let shown = async || {
            let mut tx = app.recoup.store.read().await.unwrap();
            let rows = tally::tally(&mut tx, case, Basis::Retail).await.unwrap();
            (rows[0].claimants(), rows[0].amount())
        };
        assert_eq!(shown().await, (Some(5), Some(500_00)));
        let mut tx = app.recoup.store.write().await.unwrap();
        let same = matches::NewDecision {
            case_id: case,
            claims: (claims[0], claims[1]),
            verdict: "same",
            reason: "One person.",
            engine: "",
            score: 0,
            by: counsel.account,
        };
        matches::decide(&mut tx, &same, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(shown().await, (None, None));
        let page = app.browser().get("/cases/allegro").await;
        page.expect("Figures are shown by category as soon as 5 claimants have claimed in it");
    }
}
