//! What happens while a run reckons, and what becomes of decisions when what they were about changes.
#![expect(clippy::inconsistent_digit_grouping, reason = "cents stand apart, as in the amounts by hand")]

use std::collections::BTreeMap;

use chrono::Duration;
use claims::{
    CaseId, ClaimId,
    access::Actor,
    actions::{
        Failure, amend, build_filing, decide_match, decide_overlap, edit_lines, match_case, match_case::Run, withdraw,
    },
    filing::{self, Filing, Match},
    intake::Answers,
    line::Category,
    store::{lines, matches, matching, overlaps},
};
use tests::{App, on_both, stage};

use super::matching::{case, file, ledger, lump, number, pairs, relation, removed, royalties, state, verdict, who};

/// A run of the case, whatever changed or not.
async fn match_again(app: &App, counsel: &Actor, case: CaseId) {
    decide_match::run_again(&app.recoup, counsel, case).await.unwrap();
    app.run_jobs().await;
    assert!(state(app, case).await.is_current());
}

/// Opens the next version of a claim and changes its first line.
async fn amend_line(app: &App, actor: &Actor, claim: ClaimId, change: impl Fn(Answers) -> Answers) {
    amend::amend(&app.recoup, actor, claim).await.unwrap();
    let draft = stage::draft(&app.recoup, claim).await;
    let mut tx = app.recoup.store.read().await.unwrap();
    let line = lines::list(&mut tx, draft, None, lines::Order::Number, 1, 0).await.unwrap().remove(0);
    drop(tx);
    edit_lines::save(&app.recoup, actor, claim, line.line, &change(line.answers.0), &edit_lines::Cite::default())
        .await
        .unwrap();
    stage::send(&app.recoup, actor, claim).await.unwrap();
}

/// How often counsel was told of new claims.
async fn told(app: &App) -> Vec<String> {
    app.mails().await.into_iter().filter(|mail| mail.kind == "new_claim").map(|mail| mail.body_text).collect()
}

/// An artist and a label, of whose overlap counsel have decided. The artist's line came first, so the decision names the release by its
/// description. Gives who acts for the artist, and the two claims.
async fn decided_by_description(app: &App, case: CaseId, counsel: &Actor) -> (Actor, ClaimId, ClaimId) {
    let (actor, artist) = file(app, 1, &who("Ilse Varga", 1), &[royalties(0, "iTunes", "360.00")]).await;
    let (category, of_label) = royalties(0, "iTunes", "1,200.00");
    let lines = [(category, of_label.with("title", "Sonatas, complete"))];
    let (_, label) = file(app, 2, &who("Harbor Light LLC", 2), &lines).await;
    app.run_jobs().await;
    let entry = ledger(app, case).await[0].0.id;
    let said = relation("first_of_second");
    decide_overlap::decide(&app.recoup, counsel, case, entry, (artist, label), &said, "k").await.unwrap();
    (actor, artist, label)
}

on_both! {
    // The artist then corrects the title: no line uses the description any more by which the decision names the release, and the decision
    // still holds, in the run after the correction and in all later ones.
    async fn a_decision_outlives_the_description_that_it_names(database) {
        let (app, case, counsel) = case(&database).await;
        let (actor, artist, label) = decided_by_description(&app, case, &counsel).await;
        app.run_jobs().await;
        let confirmed = BTreeMap::from([((artist, Category::DigitalRoyalties), (360_00, 0))]);
        assert_eq!(removed(&app, case).await, confirmed);

        amend_line(&app, &actor, artist, |answers| answers.with("title", "The Sonatas")).await;
        app.run_jobs().await;
        assert_eq!(removed(&app, case).await, confirmed, "in the run after the correction");
        for _ in 0..2 {
            match_again(&app, &counsel, case).await;
            assert_eq!(removed(&app, case).await, confirmed, "in a later run");
        }
        // The page of the entry still knows the decision, and undoing it undoes it.
        let entry = ledger(&app, case).await[0].0.id;
        decide_overlap::undo(&app.recoup, &counsel, case, entry, (artist, label), false, "").await.unwrap();
        app.run_jobs().await;
        assert_eq!(removed(&app, case).await, BTreeMap::from([((artist, Category::DigitalRoyalties), (0, 360_00))]));
    }

    // As above; both tables of a filing call the release what the ledger calls it now, and nobody decided anything in between.
    async fn a_decision_and_the_ledger_call_a_release_the_same_in_a_filing(database) {
        let (app, case, counsel) = case(&database).await;
        let (actor, artist, _) = decided_by_description(&app, case, &counsel).await;
        app.run_jobs().await;
        let filing = async || build_filing::snapshot(&app.recoup, case, Vec::new()).await.unwrap();
        let names = |filing: &Filing| {
            let decided: Vec<&Match> = filing.matches.iter().filter(|pair| pair.kind == "money").collect();
            assert_eq!((decided.len(), filing.overlaps.len()), (1, 2));
            let (release, then) = (decided[0].release.clone(), decided[0].decided_as.clone());
            assert!(!release.is_empty());
            for overlap in &filing.overlaps {
                assert!(overlap.subject.starts_with(&format!("{release}, ")), "{release} is not how {} begins", overlap.subject);
            }
            (release, then)
        };
        let one = filing().await;
        let (before, then) = names(&one.filing);
        assert_eq!(then, "");
        amend_line(&app, &actor, artist, |answers| answers.with("title", "The Sonatas")).await;
        app.run_jobs().await;
        let two = filing().await;
        let (after, then) = names(&two.filing);
        assert_ne!(after, before);
        assert_eq!(then, before, "as it was described when it was decided");
        let found = filing::difference(&one.contents().unwrap(), &two.contents().unwrap());
        assert!(!found.rows.iter().any(|row| row.change == "decision"), "{:?}", found.rows);
    }

    // Whatever takes the process along each time does not do so after every lease: one more is tried when counsel ask for it.
    async fn a_run_that_is_killed_each_time_is_not_begun_for_ever(database) {
        let (app, case, counsel) = case(&database).await;
        file(&app, 1, &who("Harbor Light LLC", 1), &[lump("1.00")]).await;
        for n in 1..=3 {
            let run = Run::begin(&app.recoup, case, &format!("process {n}")).await.unwrap();
            assert!(run.is_some(), "{n}");
            app.pass(Duration::minutes(6));
        }
        assert!(Run::begin(&app.recoup, case, "process 4").await.unwrap().is_none());
        let failed = state(&app, case).await.failed;
        assert!(failed.contains("was stopped each time while it matched this case"), "{failed}");
        assert_eq!(told(&app).await.len(), 1, "nobody waits for the mail about a new claim");
        // Nor for that about a claim that comes in before the next run, and whoever builds a filing is not told to wait a minute.
        app.pass(Duration::hours(1));
        file(&app, 2, &who("Jay Records", 2), &[lump("2.00")]).await;
        let mails = told(&app).await;
        assert!(mails.len() == 2 && mails[1].contains("Jay Records"), "{mails:?}");
        let built = build_filing::snapshot(&app.recoup, case, Vec::new()).await;
        assert!(matches!(&built, Err(Failure::Said(words)) if words.contains("the last run of matching failed")), "{built:?}");
        app.pass(Duration::hours(22));
        assert_eq!(told(&app).await.len(), 2, "once");
        assert!(!state(&app, case).await.is_current(), "not by itself");
        match_again(&app, &counsel, case).await;
        assert_eq!(state(&app, case).await.failed, "");

        // Those that were killed long ago count no more.
        for n in 5..=7 {
            decide_match::run_again(&app.recoup, &counsel, case).await.unwrap();
            assert!(Run::begin(&app.recoup, case, &format!("process {n}")).await.unwrap().is_some(), "{n}");
            app.pass(Duration::minutes(6));
            app.run_jobs().await;
            assert!(state(&app, case).await.is_current());
        }
    }

    // A process that is told to stop was not killed: restarts are no attempts. Those that were killed before it still count.
    async fn a_run_that_is_given_back_is_begun_as_if_it_never_was(database) {
        let (app, case, _) = case(&database).await;
        file(&app, 1, &who("Harbor Light LLC", 1), &[lump("1.00")]).await;
        for n in 1..=5 {
            let process = format!("process {n}");
            assert!(Run::begin(&app.recoup, case, &process).await.unwrap().is_some(), "{n}");
            match_case::give_back(&app.recoup, "process").await.unwrap();
            assert!(Run::begin(&app.recoup, case, "another").await.unwrap().is_none(), "it is another process's");
            match_case::give_back(&app.recoup, &process).await.unwrap();
            assert_eq!(state(&app, case).await.phase, "");
        }
        for n in 6..=7 {
            assert!(Run::begin(&app.recoup, case, &format!("process {n}")).await.unwrap().is_some(), "{n}");
            app.pass(Duration::minutes(6));
        }
        assert!(Run::begin(&app.recoup, case, "process 8").await.unwrap().is_some());
        match_case::give_back(&app.recoup, "process 8").await.unwrap();
        app.pass(Duration::seconds(1));
        assert!(Run::begin(&app.recoup, case, "process 9").await.unwrap().is_some(), "the third that is killed");
        app.pass(Duration::minutes(6));
        assert!(Run::begin(&app.recoup, case, "process 10").await.unwrap().is_none());
        assert!(!state(&app, case).await.failed.is_empty());
    }

    // The claim leaves and comes back, each time a filing is made: nobody decided anything in between. What counsel then say of all
    // that the two share takes the place of what they said of the release.
    async fn filings_tell_what_was_decided_in_between_and_nothing_else(database) {
        let (app, case, counsel) = case(&database).await;
        let (actor, artist, label) = decided_by_description(&app, case, &counsel).await;
        let filing = async || {
            app.pass(Duration::hours(1));
            app.run_jobs().await;
            build_filing::snapshot(&app.recoup, case, Vec::new()).await.unwrap().contents().unwrap()
        };
        let told = |one: &filing::Contents, two: &filing::Contents| -> (Vec<String>, String) {
            let found = filing::difference(one, two);
            let rows = found.rows.into_iter().filter(|row| row.change == "decision");
            (rows.map(|row| row.what).collect(), found.words)
        };
        withdraw::withdraw(&app.recoup, &actor, artist, "Paid.").await.unwrap();
        let without = filing().await;
        assert_eq!(without.filing.withdrawn.len(), 1);
        assert!(without.filing.withdrawn[0].on.is_some());
        amend_line(&app, &actor, artist, |answers| answers).await;
        let back = filing().await;
        assert_eq!(back.filing.matches.iter().filter(|pair| pair.kind == "money").count(), 1, "the decision is back");
        let (rows, words) = told(&without, &back);
        assert!(rows.is_empty() && words.contains("No match and no overlap was decided in between."), "{rows:?} {words}");

        let entry = ledger(&app, case).await[0].0.id;
        let said = relation("distinct").with("everywhere", "yes");
        decide_overlap::decide(&app.recoup, &counsel, case, entry, (artist, label), &said, "k2").await.unwrap();
        let (rows, words) = told(&back, &filing().await);
        assert!(rows.len() == 1 && rows[0].ends_with(" became different money") && !rows[0].contains("open"), "{rows:?}");
        assert!(words.contains("One overlap was decided in between.") && !words.contains("undone"), "{words}");
    }

    // A claim that is sent while a run reckons was not compared: counsel is not told that it resembles nobody.
    async fn what_is_sent_while_a_run_reckons_waits_for_the_next(database) {
        let (app, case, _) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        let (_, one) = file(&app, 1, &first, &[lump("5,000.00")]).await;
        let run = Run::begin(&app.recoup, case, "slow").await.unwrap().expect("a run is due");
        let (_, two) = file(&app, 2, &first.clone().with("legal_name", "Harbor Light Recordings"), &[lump("3,000.00")]).await;
        run.end(&app.recoup).await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        let untold: Vec<_> = matching::untold(&mut tx, case).await.unwrap().into_iter().map(|(_, claim, _)| claim).collect();
        assert_eq!(untold, [two], "counsel was told of the first alone");
        drop(tx);
        let mails = told(&app).await;
        assert_eq!(mails.len(), 2);
        let one = number(&app, one).await;
        assert!(mails.iter().any(|mail| mail.contains(&format!("Harbor Light Records LLC, {one} ("))), "{mails:?}");
    }

    // What a run takes off a claim that is amended while it reckons is off a version that is no longer in force.
    async fn nothing_is_taken_off_a_version_that_was_not_read(database) {
        let (app, case, counsel) = case(&database).await;
        file(&app, 1, &who("Harbor Light LLC", 1), &[royalties(0, "iTunes", "1,200.00")]).await;
        let (actor, artist) = file(&app, 2, &who("Ilse Varga", 2), &[royalties(0, "iTunes", "360.00")]).await;
        app.run_jobs().await;
        decide_match::run_again(&app.recoup, &counsel, case).await.unwrap();
        let run = Run::begin(&app.recoup, case, "slow").await.unwrap().expect("a run is due");
        amend_line(&app, &actor, artist, |answers| answers.with("amount", "1.00")).await;
        run.end(&app.recoup).await.unwrap();
        assert!(removed(&app, case).await.is_empty(), "360.00 cannot be taken off 1.00");
        assert!(!state(&app, case).await.is_current());
        app.run_jobs().await;
        assert_eq!(removed(&app, case).await, BTreeMap::from([((artist, Category::DigitalRoyalties), (0, 1_00))]));
    }

    // One label filed twice, and its two lump sums are different money: that says nothing of the releases that it claims twice.
    async fn what_is_said_of_lump_sums_holds_for_lump_sums(database) {
        let (app, case, counsel) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        let (_, one) = file(&app, 1, &first, &[lump("5,000.00"), royalties(0, "iTunes", "120.00")]).await;
        let (_, two) = file(&app, 2, &first.clone().with("legal_name", "Harbor Light Recordings"), &[lump("3,000.00"), royalties(0, "iTunes", "100.00")]).await;
        app.run_jobs().await;
        let pair = pairs(&app, case).await[0].id;
        decide_match::decide(&app.recoup, &counsel, case, pair, &verdict("same"), "").await.unwrap();
        app.run_jobs().await;
        let twice = BTreeMap::from([((two, Category::DigitalRoyalties), (100_00, 0)), ((two, Category::UnpaidSales), (3_000_00, 0))]);
        assert_eq!(removed(&app, case).await, twice);
        let lumps = ledger(&app, case).await.into_iter().find(|(entry, _)| entry.is_of_lump_sums()).expect("the lump sums meet").0;
        decide_overlap::decide(&app.recoup, &counsel, case, lumps.id, (one, two), &relation("distinct"), "").await.unwrap();
        app.run_jobs().await;
        assert_eq!(removed(&app, case).await, BTreeMap::from([((two, Category::DigitalRoyalties), (100_00, 0))]));
        let mut tx = app.recoup.store.read().await.unwrap();
        let said = overlaps::history(&mut tx, lumps.id).await.unwrap();
        assert_eq!(said.iter().map(|of| of.release_id).collect::<Vec<_>>(), [overlaps::LUMP_SUMS]);
        let event = claims::store::events::of_case(&mut tx, case, 1, 0).await.unwrap().remove(0);
        assert!(event.kind == "overlap_decided" && event.details.contains("lump sums"), "{}", event.details);
        drop(tx);
        decide_overlap::undo(&app.recoup, &counsel, case, lumps.id, (one, two), false, "").await.unwrap();
        app.run_jobs().await;
        assert_eq!(removed(&app, case).await, twice);
    }

    // A run that is being written holds decisions off: a pair that it takes off is gone for whoever decides at that moment.
    async fn no_verdict_stands_without_its_pair(database) {
        let (app, case, counsel) = case(&database).await;
        let first = who("Harbor Light Records LLC", 1);
        file(&app, 1, &first, &[lump("5,000.00")]).await;
        file(&app, 2, &first.clone().with("legal_name", "Harbor Light Recordings"), &[lump("3,000.00")]).await;
        app.run_jobs().await;
        let pair = pairs(&app, case).await[0].id;
        let mut run = app.recoup.store.write().await.unwrap();
        matching::lock(&mut run, case).await.unwrap();
        matches::replace(&mut run, case, &[], claims::matching::model::VERSION, app.clock.now()).await.unwrap();
        let recoup = app.recoup.clone();
        let deciding = tokio::spawn(async move { decide_match::decide(&recoup, &counsel, case, pair, &verdict("same"), "").await });
        tokio::task::yield_now().await;
        run.commit().await.unwrap();
        assert!(deciding.await.unwrap().is_err());
        let mut tx = app.recoup.store.read().await.unwrap();
        assert!(matches::verdicts(&mut tx, case).await.unwrap().is_empty());
        drop(tx);
        assert_eq!(match_case::run_due(&app.recoup, "other").await.unwrap(), 0, "nothing was decided");
    }
}
