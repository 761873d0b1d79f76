//! Matching and overlaps in a case: what runs find, what people decide, and that the figures are the same however they came
//! about.
#![expect(clippy::inconsistent_digit_grouping, reason = "cents stand apart, as in the amounts by hand")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Duration};
use claims::{
    CaseId, ClaimId, MatchId, OverlapId,
    access::{Actor, Refusal},
    actions::{Failure, amend, decide_match, decide_overlap, edit_lines, match_case, save_step, withdraw},
    intake::{Answers, steps::Step},
    line::Category,
    overlap::{self, Relation, Removed},
    random::Random,
    store::{matches, matching, overlaps, releases, removed},
};
use futures::TryStreamExt;
use tests::{App, Database, on_both, stage};

/// A case with counsel.
pub(super) async fn case(database: &Database) -> (App, CaseId, Actor) {
    let app = App::start(database).await;
    let case = stage::case(&app.recoup, "allegro", "ALG").await;
    let counsel = stage::person(&app.recoup, "counsel@example.org", true, false).await;
    claims::actions::counsel::appoint(&app.recoup, case, counsel.account).await.unwrap();
    let counsel = stage::actor(&app.recoup, counsel.account).await;
    (app, case, counsel)
}

/// Who claims, with an address and a telephone of their own.
pub(super) fn who(name: &str, n: u32) -> Answers {
    stage::claimant_answers(name)
        .with("email", format!("post{n}@{}.example", name.to_lowercase().replace([' ', '.'], "")))
        .with("phone", format!("+1 503 555 {:04}", 100 + n * 37))
        .with("street", format!("{} {name} Street", n * 13 + 5))
}

/// A claim that was sent, with these lines.
pub(super) async fn file(app: &App, n: u32, who: &Answers, lines: &[(Category, Answers)]) -> (Actor, ClaimId) {
    let account = stage::person(&app.recoup, &format!("person{n}@example.org"), true, false).await.account;
    let name = who.get("legal_name").to_owned();
    let (actor, id) = stage::start(&app.recoup, account, "allegro", &name).await;
    stage::fill_steps(&app.recoup, &actor, id, &name).await;
    assert!(save_step::save(&app.recoup, &actor, id, Step::Claimant, who).await.unwrap());
    for (category, answers) in lines {
        stage::line(&app.recoup, &actor, id, *category, answers, None).await;
    }
    stage::send(&app.recoup, &actor, id).await.unwrap();
    (actor, id)
}

fn release(n: u32) -> [(&'static str, String); 3] {
    [
        ("artist", ["Ilse Varga", "The Brass Lanterns", "Odile Marsh"][n as usize % 3].to_owned()),
        ("title", ["Sonatas", "Night Ferry", "Winter Count"][n as usize % 3].to_owned()),
        ("gtin", ["0036000291452", "4006381333931", "5012345678900"][n as usize % 3].to_owned()),
    ]
}

pub(super) fn with_release(answers: Answers, n: u32) -> Answers {
    release(n).into_iter().fold(answers, |answers, (field, value)| answers.with(field, value))
}

/// Royalties of a release from a service, January to December 2015.
pub(super) fn royalties(n: u32, service: &str, amount: &str) -> (Category, Answers) {
    let answers = stage::answers(&[
        ("aggregator", "The Orchard"),
        ("service", service),
        ("period_from", "2015-01-01"),
        ("period_to", "2015-12-31"),
        ("currency", "USD"),
        ("money_state", "escrow"),
        ("letter_state", "none"),
        ("amount", amount),
    ]);
    (Category::DigitalRoyalties, with_release(answers, n))
}

pub(super) fn lump(amount: &str) -> (Category, Answers) {
    (Category::UnpaidSales, stage::sales(amount))
}

fn stock(n: u32, as_of: &str, units: &str, price: &str) -> (Category, Answers) {
    (Category::HeldInventory, with_release(stage::stock(units, "retail", price).with("as_of", as_of), n))
}

pub(super) async fn removed(app: &App, case: CaseId) -> BTreeMap<(ClaimId, Category), (i64, i64)> {
    let mut tx = app.recoup.store.read().await.unwrap();
    let all = removed::of_claims(&mut tx, case).await.unwrap();
    all.into_iter().map(|(claim, category, of)| ((claim, category), (of.confirmed, of.suspected))).collect()
}

pub(super) async fn ledger(app: &App, case: CaseId) -> Vec<(overlaps::Overlap, Vec<overlaps::Part>)> {
    let mut tx = app.recoup.store.read().await.unwrap();
    let mut all = Vec::new();
    for entry in overlaps::list(&mut tx, case, overlaps::Which::All, None, i64::MAX, 0).await.unwrap() {
        let parts = overlaps::parts(&mut tx, entry.id).await.unwrap();
        all.push((entry, parts));
    }
    all
}

pub(super) async fn pairs(app: &App, case: CaseId) -> Vec<matches::Match> {
    let mut tx = app.recoup.store.read().await.unwrap();
    matches::of_case(&mut tx, case).await.unwrap()
}

pub(super) async fn number(app: &App, claim: ClaimId) -> String {
    let mut tx = app.recoup.store.read().await.unwrap();
    claims::store::claims::by_id(&mut tx, claim).await.unwrap().unwrap().number.unwrap()
}

pub(super) async fn state(app: &App, case: CaseId) -> matching::State {
    let mut tx = app.recoup.store.read().await.unwrap();
    matching::state(&mut tx, case).await.unwrap()
}

pub(super) fn verdict(word: &str) -> Answers {
    stage::answers(&[("verdict", word), ("reason", "They said so on the telephone.")])
}

pub(super) fn relation(word: &str) -> Answers {
    stage::answers(&[("relation", word), ("reason", "Clause 4 of the agreement.")])
}

on_both! {
    // The label claims 1,200.00 from iTunes and 600.00 from Amazon for the year, and 40 copies at 15.00; its artist 360.00 from
    // iTunes, 90.00 from Deezer and 10 copies at 15.00, counted on another day. By hand: 360.00 of royalties and 150.00 of stock
    // can be the label's money; Deezer is claimed by the artist alone.
    async fn an_artists_share_of_a_labels_money_is_counted_once(database) {
        let (app, case, counsel) = case(&database).await;
        let label = [royalties(0, "iTunes", "1,200.00"), royalties(0, "Amazon", "600.00"), stock(0, "2016-06-03", "40", "15.00"), lump("5,000.00")];
        let artist = [royalties(0, "i-tunes", "360.00"), royalties(0, "Deezer", "90.00"), stock(0, "2016-05-31", "10", "15.00"), lump("5,000.00")];
        let (_, label) = file(&app, 1, &who("Harbor Light LLC", 1), &label).await;
        let (_, artist) = file(&app, 2, &who("Ilse Varga", 2), &artist).await;
        app.run_jobs().await;
        assert!(state(&app, case).await.is_current());
        let suspected = BTreeMap::from([((artist, Category::DigitalRoyalties), (0, 360_00)), ((artist, Category::HeldInventory), (0, 150_00))]);
        assert_eq!(removed(&app, case).await, suspected);
        let entries = ledger(&app, case).await;
        let shown: Vec<_> = entries.iter().map(|(entry, parts)| (entry.family.as_str(), entry.channel.as_str(), entry.words.as_str(), entry.months, entry.gross, entry.suspected, parts.len())).collect();
        assert_eq!(shown, [("sales", "itunes", "Ilse Varga: Sonatas", 12, 1_560_00, 360_00, 2), ("stock", "", "Ilse Varga: Sonatas", 1, 750_00, 150_00, 2)]);

        let itunes = entries[0].0.id;
        decide_overlap::decide(&app.recoup, &counsel, case, itunes, (label, artist), &relation("second_of_first"), "k").await.unwrap();
        decide_overlap::decide(&app.recoup, &counsel, case, itunes, (artist, label), &relation("second_of_first"), "k").await.expect_err("the same key for another order of the claims is another form");
        app.run_jobs().await;
        // The release is one, on whatever channel and in whatever family: what was said of it holds for the copies too.
        let confirmed = BTreeMap::from([((artist, Category::DigitalRoyalties), (360_00, 0)), ((artist, Category::HeldInventory), (150_00, 0))]);
        assert_eq!(removed(&app, case).await, confirmed);
        let entries = ledger(&app, case).await;
        assert_eq!(entries[0].0.id, itunes, "an entry keeps its address");
        let through: Vec<_> = entries[0].1.iter().map(|part| (part.claim_id, part.confirmed, part.through.is_some())).collect();
        assert_eq!(through, [(label, 0, false), (artist, 360_00, true)]);

        decide_overlap::undo(&app.recoup, &counsel, case, itunes, (label, artist), false, "").await.unwrap();
        app.run_jobs().await;
        assert_eq!(removed(&app, case).await, suspected, "undoing restores the figures");
        decide_overlap::decide(&app.recoup, &counsel, case, itunes, (label, artist), &relation("distinct").with("everywhere", "yes"), "d").await.unwrap();
        app.run_jobs().await;
        assert!(removed(&app, case).await.is_empty());
        let mut tx = app.recoup.store.read().await.unwrap();
        let history = overlaps::history(&mut tx, itunes).await.unwrap();
        assert_eq!(history.iter().map(|of| (of.relation.as_str(), of.undone_at.is_some())).collect::<Vec<_>>(), [("distinct", false), ("derivative", true)]);
    }

    // A label files twice, under two names of its own. Until a person says so the two are two members with their lump sums.
    async fn a_label_that_filed_twice_is_one_member_once_a_person_says_so(database) {
        let (app, case, counsel) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        let again = first.clone().with("legal_name", "Harbor Light Recordings");
        let (_, one) = file(&app, 1, &first, &[lump("5,000.00"), royalties(0, "iTunes", "120.00")]).await;
        let (_, two) = file(&app, 2, &again, &[lump("3,000.00"), royalties(0, "iTunes", "120.00")]).await;
        file(&app, 3, &who("Odile Marsh", 3), &[lump("700.00")]).await;
        app.run_jobs().await;
        let found = pairs(&app, case).await;
        assert_eq!(found.iter().map(|found| (found.claim_a, found.claim_b, found.stake)).collect::<Vec<_>>(), [(one, two, 3_120_00)]);
        let pair = &found[0];
        assert_eq!((pair.decision.as_str(), pair.engine.as_str()), ("match", claims::matching::model::VERSION));
        let kept: claims::matching::explain::Kept = serde_json::from_str(&pair.explanation).unwrap();
        assert_eq!(i64::from(kept.base + kept.group + kept.parts.iter().map(|part| part.weight).sum::<i32>()), pair.score, "the parts add up");
        let members = async || { let state = state(&app, case).await; (state.members_least, state.members_most) };
        assert_eq!(members().await, (2, 3));
        // Equal amounts: the claim with the larger number is taken for the share of the other.
        assert_eq!(removed(&app, case).await.values().copied().collect::<Vec<_>>(), [(0, 120_00)]);

        let without_reason = decide_match::decide(&app.recoup, &counsel, case, pair.id, &stage::answers(&[("verdict", "same")]), "k").await;
        assert!(matches!(without_reason, Err(Failure::Invalid(errors)) if errors[0].field == "reason"));
        decide_match::decide(&app.recoup, &counsel, case, pair.id, &verdict("same"), "k").await.unwrap();
        decide_match::decide(&app.recoup, &counsel, case, pair.id, &verdict("same"), "k").await.expect("a double click");
        app.run_jobs().await;
        assert_eq!(members().await, (2, 2));
        let sums = removed(&app, case).await.values().fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        assert_eq!(sums, (3_000_00 + 120_00, 0), "the larger lump sum stays, and one of the equal royalties");
        let parts: Vec<_> = ledger(&app, case).await.into_iter().flat_map(|(_, parts)| parts).collect();
        assert!(parts.iter().all(|part| part.through.is_none()), "the same money is no share that is payable through somebody: {parts:?}");

        decide_match::undo(&app.recoup, &counsel, case, pair.id, "").await.unwrap();
        decide_match::undo(&app.recoup, &counsel, case, pair.id, "").await.expect("a double click");
        app.run_jobs().await;
        assert_eq!(members().await, (2, 3));
        decide_match::decide(&app.recoup, &counsel, case, pair.id, &verdict("different"), "d").await.unwrap();
        app.run_jobs().await;
        assert_eq!(members().await, (3, 3));
        let mut tx = app.recoup.store.read().await.unwrap();
        let events: Vec<_> = claims::store::events::of_case(&mut tx, case, 5, 0).await.unwrap().into_iter().filter(|event| event.kind.starts_with("match_")).map(|event| event.kind).collect();
        assert_eq!(events, ["match_decided", "match_undone", "match_decided"]);
        assert_eq!(claims::store::events::verify(&mut tx, case).await.unwrap().1, None);
    }

    async fn a_later_run_never_overturns_a_person(database) {
        let (app, case, counsel) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        let (_, one) = file(&app, 1, &first, &[lump("5,000.00")]).await;
        let (actor, two) = file(&app, 2, &first.clone().with("legal_name", "Harbor Light Recordings"), &[lump("3,000.00")]).await;
        app.run_jobs().await;
        let id = pairs(&app, case).await[0].id;
        decide_match::decide(&app.recoup, &counsel, case, id, &verdict("same"), "k").await.unwrap();
        // The second claim is amended until nothing of it resembles the first.
        amend::amend(&app.recoup, &actor, two).await.unwrap();
        assert!(save_step::save(&app.recoup, &actor, two, Step::Claimant, &who("Odile Marsh", 9)).await.unwrap());
        stage::send(&app.recoup, &actor, two).await.unwrap();
        app.run_jobs().await;
        let found = pairs(&app, case).await;
        assert_eq!(found.iter().map(|found| (found.id, found.verdict.as_deref())).collect::<Vec<_>>(), [(id, Some("same"))]);
        assert_eq!(removed(&app, case).await, BTreeMap::from([((two, Category::UnpaidSales), (3_000_00, 0))]));
        let _ = one;
        decide_match::undo(&app.recoup, &counsel, case, id, "").await.unwrap();
        app.run_jobs().await;
        assert!(pairs(&app, case).await.is_empty(), "nobody says so any more, and the engine does not either");
    }

    async fn what_is_withdrawn_takes_nothing_off(database) {
        let (app, case, _) = case(&database).await;
        let (actor, label) = file(&app, 1, &who("Harbor Light LLC", 1), &[royalties(0, "iTunes", "1,200.00")]).await;
        let (_, artist) = file(&app, 2, &who("Ilse Varga", 2), &[royalties(0, "iTunes", "360.00")]).await;
        app.run_jobs().await;
        assert_eq!(removed(&app, case).await, BTreeMap::from([((artist, Category::DigitalRoyalties), (0, 360_00))]));
        withdraw::withdraw(&app.recoup, &actor, label, "Filed by mistake.").await.unwrap();
        app.run_jobs().await;
        assert!(removed(&app, case).await.is_empty() && ledger(&app, case).await.is_empty());
        assert_eq!((state(&app, case).await.claims, state(&app, case).await.members_most), (1, 1));
    }

    async fn counsel_is_told_what_a_claim_resembles_and_claimants_nothing(database) {
        let (app, case, _) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        let (_, one) = file(&app, 1, &first, &[royalties(0, "iTunes", "1,200.00")]).await;
        let told = app.mail("new_claim", "counsel@example.org").await;
        assert!(told.body_text.contains("resembles no other claim"), "{}", told.body_text);
        let (_, two) = file(&app, 2, &first.clone().with("legal_name", "Harbor Light Recordings"), &[royalties(0, "iTunes", "360.00")]).await;
        let told = app.mail("new_claim", "counsel@example.org").await;
        let (one, two) = (number(&app, one).await, number(&app, two).await);
        for words in [
            &format!("Harbor Light Records LLC, {one} ("), "% probable)", "Up to 360.00 USD", &format!("/counsel/allegro/matches?claim={two}"), &format!("/counsel/allegro/overlaps?claim={two}"),
        ] {
            assert!(told.body_text.contains(words), "{words}: {}", told.body_text);
        }
        let mails = app.mails().await;
        assert_eq!(mails.iter().filter(|mail| mail.kind == "new_claim").count(), 2);
        let to_second: Vec<_> = mails.iter().filter(|mail| mail.recipient == "person2@example.org").collect();
        assert!(!to_second.is_empty() && to_second.iter().all(|mail| !mail.body_text.contains("probable") && !mail.body_text.contains(&one)));
        assert!(state(&app, case).await.is_current());
    }

    async fn a_run_that_was_killed_is_taken_up_and_two_never_run_at_once(database) {
        let (app, case, _) = case(&database).await;
        file(&app, 1, &who("Harbor Light LLC", 1), &[lump("1.00")]).await;
        let now = app.clock.now();
        let mut tx = app.recoup.store.write().await.unwrap();
        assert!(matching::take(&mut tx, case, "dead", now, now + Duration::minutes(5)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(match_case::run_due(&app.recoup, "other").await.unwrap(), 0);
        app.pass(Duration::minutes(6));
        assert_eq!(match_case::run_due(&app.recoup, "other").await.unwrap(), 1);
        let mut tx = app.recoup.store.write().await.unwrap();
        assert!(!matching::finish(&mut tx, case, "dead", &matching::Ran::default(), now).await.unwrap(), "what the dead one found is not kept");
        drop(tx);
        assert_eq!(match_case::run_due(&app.recoup, "other").await.unwrap(), 0, "nothing changed");
        app.mail("new_claim", "counsel@example.org").await;

        let mut tx = app.recoup.store.write().await.unwrap();
        matching::want(&mut tx, case).await.unwrap();
        tx.commit().await.unwrap();
        let runs = futures::future::join_all((0..4).map(|n| {
            let recoup = app.recoup.clone();
            tokio::spawn(async move { match_case::run(&recoup, case, &format!("worker {n}")).await.unwrap() })
        })).await;
        assert_eq!(runs.into_iter().filter(|ran| *ran.as_ref().unwrap()).count(), 1);
    }

    // A manager files for two labels and gives the office of the management for both; a third label is of nobody else.
    async fn an_agents_mailbox_does_not_make_one_of_two_clients(database) {
        let (app, case, _) = case(&database).await;
        let account = stage::person(&app.recoup, "manager@musicoffice.example", true, false).await.account;
        for (n, name) in [(1, "Harbor Light LLC"), (2, "Odile Marsh Ensemble")] {
            let (actor, id) = stage::start(&app.recoup, account, "allegro", name).await;
            stage::fill_steps(&app.recoup, &actor, id, name).await;
            let answers = who(name, n).with("email", "Manager@MusicOffice.example").with("contact", actor.name.clone());
            assert!(save_step::save(&app.recoup, &actor, id, Step::Claimant, &answers).await.unwrap());
            stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("10.00"), None).await;
            stage::send(&app.recoup, &actor, id).await.unwrap();
        }
        app.run_jobs().await;
        assert_eq!(pairs(&app, case).await, []);
        let again = who("Harbor Light LLC", 1).with("legal_name", "HARBOR LIGHT").with("email", "manager@musicoffice.example");
        file(&app, 3, &again, &[lump("10.00")]).await;
        app.run_jobs().await;
        let found: Vec<_> = pairs(&app, case).await.into_iter().map(|pair| (pair.claimant_a, pair.claimant_b)).collect();
        assert_eq!(found, [("Harbor Light LLC".to_owned(), "HARBOR LIGHT".to_owned())], "who it is shows without the agent");
    }

    async fn every_night_all_cases_are_matched_again(database) {
        let (app, case, _) = case(&database).await;
        file(&app, 1, &who("Harbor Light LLC", 1), &[lump("1.00")]).await;
        assert!(server::jobs::nightly(&app.recoup, "a").await.unwrap(), "at the first start");
        app.run_jobs().await;
        assert!(!server::jobs::nightly(&app.recoup, "a").await.unwrap());
        app.pass(Duration::hours(24));
        assert!(server::jobs::nightly(&app.recoup, "a").await.unwrap());
        assert!(!server::jobs::nightly(&app.recoup, "b").await.unwrap(), "once, whichever process is first");
        assert!(!state(&app, case).await.is_current());
    }

    async fn only_counsel_of_the_case_decides(database) {
        let (app, case, counsel) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        let (ada, one) = file(&app, 1, &first, &[royalties(0, "iTunes", "5.00")]).await;
        let (_, two) = file(&app, 2, &first.clone().with("legal_name", "Harbor Light Recordings"), &[royalties(0, "iTunes", "5.00")]).await;
        app.run_jobs().await;
        let (pair, entry) = (pairs(&app, case).await[0].id, ledger(&app, case).await[0].0.id);
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let other = stage::case(&app.recoup, "other", "OTH").await;
        for actor in [&ada, &root] {
            for refused in [
                decide_match::decide(&app.recoup, actor, case, pair, &verdict("same"), "").await,
                decide_match::undo(&app.recoup, actor, case, pair, "").await,
                decide_match::run_again(&app.recoup, actor, case).await,
                decide_overlap::decide(&app.recoup, actor, case, entry, (one, two), &relation("distinct"), "").await,
                decide_overlap::undo(&app.recoup, actor, case, entry, (one, two), false, "").await,
                decide_overlap::write_to_parties(&app.recoup, actor, case, entry, &stage::answers(&[("subject", "x"), ("text", "y")]), "").await.map(drop),
                decide_match::decide(&app.recoup, &counsel, other, pair, &verdict("same"), "").await,
                decide_overlap::decide(&app.recoup, &counsel, other, entry, (one, two), &relation("distinct"), "").await,
                decide_match::decide(&app.recoup, &counsel, case, MatchId(99), &verdict("same"), "").await,
                decide_overlap::decide(&app.recoup, &counsel, case, OverlapId(99), (one, two), &relation("distinct"), "").await,
                decide_overlap::decide(&app.recoup, &counsel, case, entry, (one, one), &relation("distinct"), "").await,
                decide_overlap::decide(&app.recoup, &counsel, case, entry, (one, ClaimId(99)), &relation("distinct"), "").await,
            ] {
                assert!(matches!(refused, Err(Failure::Refused(Refusal::NotFound))), "{refused:?}");
            }
        }
    }

    async fn a_letter_goes_to_everybody_who_acts_for_the_parties_once(database) {
        let (app, case, counsel) = case(&database).await;
        let (harbor, of_harbor) = file(&app, 1, &who("Harbor Light LLC", 1), &[royalties(0, "iTunes", "1,200.00")]).await;
        let (ilse, of_ilse) = file(&app, 2, &who("Ilse Varga", 2), &[royalties(0, "iTunes", "360.00")]).await;
        app.run_jobs().await;
        let (entry, parts) = ledger(&app, case).await.remove(0);
        assert_eq!(parts.len(), 2);
        let (subject, text) = decide_overlap::suggested_letter("The Allegro case", &entry);
        assert!(parts.iter().all(|part| !text.contains(&part.number)) && !text.contains("Harbor Light"), "{text}");
        assert!(text.contains("“Ilse Varga: Sonatas” for {{months}}."), "{text}");
        let letter = Answers::default().with("subject", subject.clone()).with("text", text.clone());
        for _ in 0..2 {
            assert_eq!(decide_overlap::write_to_parties(&app.recoup, &counsel, case, entry.id, &letter, "k").await.unwrap(), 2);
        }
        let letters: Vec<_> = app.mails().await.into_iter().filter(|mail| mail.kind == "letter").collect();
        assert_eq!(letters.iter().map(|mail| mail.recipient.as_str()).collect::<BTreeSet<_>>(), BTreeSet::from(["person1@example.org", "person2@example.org"]));
        assert_eq!(letters.len(), 2);
        assert!(letters.iter().all(|mail| mail.subject == subject && mail.body_text.contains("“Ilse Varga: Sonatas” for January to December 2015. Somebody else claims money")));
        // A party that withdraws is not asked, before the next run takes it out of the entry.
        withdraw::withdraw(&app.recoup, &ilse, of_ilse, "Enough.").await.unwrap();
        assert_eq!(decide_overlap::write_to_parties(&app.recoup, &counsel, case, entry.id, &letter, "another").await.unwrap(), 1);
        // Without any party left, nothing is recorded.
        withdraw::withdraw(&app.recoup, &harbor, of_harbor, "Enough.").await.unwrap();
        let before = database.row_counts().await;
        let refused = decide_overlap::write_to_parties(&app.recoup, &counsel, case, entry.id, &letter, "the last").await;
        assert!(matches!(&refused, Err(Failure::Said(words)) if words.contains("nobody to write to")), "{refused:?}");
        assert_eq!(database.row_counts().await, before);
    }

    // Whatever is filed, amended, withdrawn, decided and undone: what is kept per claim is what a recount from nothing gives,
    // once from the tables emptied and once from the plain arithmetic over all lines at once.
    async fn kept_figures_are_those_of_a_recount_from_nothing(database) {
        let (app, case, counsel) = case(&database).await;
        let random = Random::seeded(20_161);
        let mut filed: Vec<(Actor, ClaimId)> = Vec::new();
        for step in 0..26u32 {
            match random.below(10) {
                _ if filed.len() < 4 => filed.push(random_claim(&app, &random, step).await),
                0..=2 => filed.push(random_claim(&app, &random, step).await),
                3 | 4 => {
                    let (actor, id) = &filed[random.below(u32::try_from(filed.len()).unwrap()) as usize];
                    amend::amend(&app.recoup, actor, *id).await.unwrap();
                    let (category, answers) = random_line(&random);
                    edit_lines::add(&app.recoup, actor, *id, category, &answers, &edit_lines::Cite::default(), "").await.unwrap();
                    stage::send(&app.recoup, actor, *id).await.unwrap();
                }
                5 => {
                    let (actor, id) = &filed[random.below(u32::try_from(filed.len()).unwrap()) as usize];
                    withdraw::withdraw(&app.recoup, actor, *id, "Enough.").await.unwrap();
                }
                6 => {
                    let pairs = pairs(&app, case).await;
                    if !pairs.is_empty() {
                        let pair = &pairs[random.below(u32::try_from(pairs.len()).unwrap()) as usize];
                        let word = ["same", "different", "later"][random.below(3) as usize];
                        decide_match::decide(&app.recoup, &counsel, case, pair.id, &verdict(word), "").await.unwrap();
                    }
                }
                _ => {
                    let entries = ledger(&app, case).await;
                    if !entries.is_empty() {
                        let (entry, parts) = &entries[random.below(u32::try_from(entries.len()).unwrap()) as usize];
                        let word = ["first_of_second", "second_of_first", "same_money", "distinct"][random.below(4) as usize];
                        let answers = if random.below(3) == 0 { relation(word).with("everywhere", "yes") } else { relation(word) };
                        let two = parts[1..].iter().find(|part| !part.misses(&parts[0])).map(|other| (parts[0].claim_id, other.claim_id));
                        if let Some(two) = two {
                            decide_overlap::decide(&app.recoup, &counsel, case, entry.id, two, &answers, "").await.unwrap();
                        }
                    }
                }
            }
            app.run_jobs().await;
        }
        let kept = (removed(&app, case).await, shape(ledger(&app, case).await), state(&app, case).await);
        assert!(!kept.0.is_empty() && kept.0.values().any(|of| of.0 > 0) && kept.0.values().any(|of| of.1 > 0), "the walk removes something: {kept:?}");
        assert_eq!(by_claim(&kept.0), naive(&app, case).await, "the plain arithmetic over all lines at once");

        for sql in ["DELETE FROM ledger_parts", "DELETE FROM ledger_entries", "DELETE FROM removed", "DELETE FROM matches"] {
            database.tamper(sql).await;
        }
        decide_match::run_again(&app.recoup, &counsel, case).await.unwrap();
        app.run_jobs().await;
        let again = (removed(&app, case).await, shape(ledger(&app, case).await), state(&app, case).await);
        assert_eq!((&again.0, &again.1), (&kept.0, &kept.1));
        assert_eq!((again.2.members_least, again.2.members_most), (kept.2.members_least, kept.2.members_most));
    }
}

fn random_line(random: &Random) -> (Category, Answers) {
    let amount = format!("{}.{:02}", 1 + random.below(900), random.below(100));
    let service = ["iTunes", "Amazon"][random.below(2) as usize];
    match random.below(6) {
        0 => lump(&amount),
        1 => stock(random.below(3), "2016-06-03", &(1 + random.below(50)).to_string(), "12.99"),
        2 => {
            let (category, answers) = royalties(random.below(3), service, &amount);
            (category, answers.with("period_from", "2015-05-01").with("period_to", "2016-02-29"))
        }
        _ => royalties(random.below(3), service, &amount),
    }
}

async fn random_claim(app: &App, random: &Random, n: u32) -> (Actor, ClaimId) {
    let mut lines = Vec::new();
    for _ in 0..1 + random.below(4) {
        lines.push(random_line(random));
    }
    // Some file under a second name from the same office.
    let office = if n.is_multiple_of(3) { 1 } else { n + 2 };
    let name = if n.is_multiple_of(6) {
        "Harbor Light Records LLC".to_owned()
    } else {
        format!("Harbor Light Recordings {}", ["", "North"][(n % 2) as usize])
    };
    let name = if office == 1 {
        name
    } else {
        format!(
            "{} {}",
            ["Odile", "Ilse", "Brass"][(n % 3) as usize],
            ["Marsh", "Varga", "Lantern", "Quill", "Ferry"][(n % 5) as usize]
        )
    };
    file(app, n + 10, &who("Harbor Light", office).with("legal_name", name), &lines).await
}

/// A ledger without the numbers of its rows.
type Shape = Vec<(String, i64, String, i64, i64, i64, i64, i64, Vec<(ClaimId, i64, i64, i64, Option<String>)>)>;

fn shape(ledger: Vec<(overlaps::Overlap, Vec<overlaps::Part>)>) -> Shape {
    let mut shape: Shape = ledger
        .into_iter()
        .map(|(of, parts)| {
            let parts = parts
                .into_iter()
                .map(|part| (part.claim_id, part.gross, part.confirmed, part.suspected, part.through))
                .collect();
            (
                of.family,
                of.release_id.0,
                of.channel,
                of.first_month,
                of.last_month,
                of.months,
                of.confirmed,
                of.suspected,
                parts,
            )
        })
        .collect();
    shape.sort();
    shape
}

fn by_claim(removed: &BTreeMap<(ClaimId, Category), (i64, i64)>) -> BTreeMap<ClaimId, (i64, i64)> {
    let mut sums: BTreeMap<ClaimId, (i64, i64)> = BTreeMap::new();
    for ((claim, _), of) in removed {
        let sum = sums.entry(*claim).or_default();
        *sum = (sum.0 + of.0, sum.1 + of.1);
    }
    sums
}

/// The same figures without any of the bookkeeping: every line of the case at once through [`overlap::reckon`].
async fn naive(app: &App, case: CaseId) -> BTreeMap<ClaimId, (i64, i64)> {
    let mut tx = app.recoup.store.read().await.unwrap();
    let known: BTreeMap<String, i64> =
        releases::of_case(&mut tx, case).await.unwrap().into_iter().map(|of| (of.key, of.release_id.0)).collect();
    let of_release: BTreeMap<i64, i64> =
        releases::of_case(&mut tx, case).await.unwrap().into_iter().map(|of| (of.id.0, of.release_id.0)).collect();
    let rows: Vec<matching::InForce> = matching::lines(&mut tx, case).try_collect().await.unwrap();
    let mut channels: Vec<String> = Vec::new();
    let lines: Vec<overlap::Line> = rows
        .iter()
        .map(|row| {
            let category = Category::parse(&row.category).unwrap();
            let described = match_case::description(row);
            let stock = category == Category::HeldInventory;
            let name = if stock { String::new() } else { row.channel.clone().unwrap_or_default().to_lowercase() };
            let channel = channels.iter().position(|known| *known == name).unwrap_or_else(|| {
                channels.push(name);
                channels.len() - 1
            });
            let month = |day: chrono::NaiveDate| day.year() * 12 + i32::try_from(day.month0()).unwrap();
            overlap::Line {
                claimant: u32::try_from(row.claim_id.0).unwrap(),
                family: overlap::family_of(category),
                release: described.names_a_release().then(|| u64::try_from(known[&described.key()]).unwrap()),
                channel: u32::try_from(channel).unwrap(),
                first: if stock { 0 } else { month(row.period_from.unwrap()) },
                last: if stock { 0 } else { month(row.period_to.unwrap()) },
                amount: row.case_amount,
            }
        })
        .collect();
    let verdicts = matches::verdicts(&mut tx, case).await.unwrap();
    let in_force: BTreeSet<i64> = rows.iter().map(|row| row.claim_id.0).collect();
    let said = overlaps::decisions(&mut tx, case).await.unwrap();
    let same = |a: i64, b: i64| {
        let mut reached = BTreeSet::from([a]);
        loop {
            let before = reached.len();
            for (x, y, verdict) in &verdicts {
                if verdict == "same"
                    && in_force.contains(&x.0)
                    && in_force.contains(&y.0)
                    && (reached.contains(&x.0) || reached.contains(&y.0))
                {
                    reached.extend([x.0, y.0]);
                }
            }
            if reached.len() == before {
                return reached.contains(&b);
            }
        }
    };
    let ledger = overlap::reckon(&lines, |a, b, key| {
        let (a, b) = (i64::from(a), i64::from(b));
        let of = |release: Option<i64>| {
            // The newest goes first where two releases became one.
            said.iter().rev().find(|of| {
                (of.claim_a.0, of.claim_b.0) == (a, b)
                    && match release {
                        Some(release) => of_release.get(&of.release_id.0) == Some(&release),
                        None => of.release_id == overlaps::EVERYWHERE,
                    }
            })
        };
        let lump = || {
            said.iter().rev().find(|of| (of.claim_a.0, of.claim_b.0) == (a, b) && of.release_id == overlaps::LUMP_SUMS)
        };
        let here = key.release.map_or_else(lump, |release| of(Some(i64::try_from(release).unwrap())));
        match here.or_else(|| of(None)).map(|of| (of.relation.as_str(), of.of_claim)) {
            Some(("derivative", Some(of))) => Relation::Derivative { of: u32::try_from(of.0).unwrap() },
            Some(("same_money", _)) => Relation::SameMoney,
            Some(_) => Relation::Distinct,
            None if verdicts.iter().any(|(x, y, verdict)| (x.0, y.0) == (a, b) && verdict == "different") => {
                Relation::Suspected
            }
            None if same(a, b) => Relation::SameMoney,
            None => Relation::Suspected,
        }
    });
    let figures = ledger.claimants.into_iter().map(|(claimant, totals)| {
        (ClaimId(i64::from(claimant)), Removed { confirmed: totals.confirmed, suspected: totals.suspected })
    });
    figures
        .filter(|(_, of)| *of != Removed::default())
        .map(|(claim, of)| (claim, (of.confirmed, of.suspected)))
        .collect()
}
