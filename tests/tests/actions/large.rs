//! Claims of many lines: written some hundred at a time, and read by the rules before the database is held, never signed but as stored.

use std::fmt::Write as _;

use claims::{
    ClaimId, ImportId, VersionId,
    access::Actor,
    actions::{
        Failure, amend, claim_view, edit_lines,
        import_statement::{self, Imported, ReadLines},
        imports,
        submit_claim::{Ahead, Received, submit},
    },
    frozen::FrozenClaim,
    line::{Basis, Category},
    money::{self, Currency},
    statements::{self, Input, Statement, Wish},
    store::{
        cases, claims as rows, events,
        lines::{self, InCase},
        sent_lines::{self, SentLine, Span},
        statements as stored, totals,
    },
};
use futures::TryStreamExt;
use tests::{App, on_both, stage};

use crate::submitting::ready;

/// More lines than are written by one statement, and from which on they are read before a claim is frozen.
const LINES: usize = 503;

fn euro() -> Currency {
    Currency::parse("EUR").unwrap()
}

/// A statement with a release on each of its rows.
fn statement(currency: &str) -> Vec<u8> {
    let mut text = "Period,Catalogue Number,Artist,Title,Currency,Net Units,Net Due\n".to_owned();
    for row in 0..LINES {
        let (month, units, due) = (row % 12 + 1, row % 9 + 1, row + 10);
        let _ = writeln!(
            text,
            "2015-{month:02},LBL {row},“Ensemble” {row}; & co.,\"Works, volume {row}\",{currency},{units},{due}.07"
        );
    }
    text.into_bytes()
}

/// Uploads a statement and reads it as it is read when it is confirmed.
async fn uploaded(app: &App, actor: &Actor, id: ClaimId, currency: &str) -> (ImportId, Statement) {
    let bytes = statement(currency);
    let file = claims::store::documents::NewDocument {
        sha256: claims::actions::links::hash(currency),
        name: format!("{currency}.csv"),
        media_type: "text/csv".to_owned(),
        bytes: i64::try_from(bytes.len()).unwrap(),
        pages: None,
        unreadable: None,
    };
    let import = stage::import(app, actor, id, &file, &bytes).await;
    let (found, _, case) = imports::open(&app.recoup, actor, id, import).await.unwrap();
    let wish = Wish { rows: true, ..Wish::default() };
    let rules = imports::rules(&app.recoup, &case);
    (import, statements::read(&Input::Memory(&bytes), &found.choices, &rules, wish).unwrap())
}

async fn import(app: &App, actor: &Actor, id: ClaimId, currency: &str) -> ImportId {
    let (import, read) = uploaded(app, actor, id, currency).await;
    let read = ReadLines::of(&app.recoup, actor, id, read).await.unwrap();
    let done = import_statement::import(&app.recoup, actor, id, import, read, "").await.unwrap();
    assert_eq!(done, Imported::Lines(Category::UnpaidSales, LINES));
    import
}

/// An app with a claim of many lines that is ready to be sent.
async fn large(database: &tests::Database) -> (App, Actor, ClaimId) {
    let (app, actor, id) = ready(database).await;
    import(&app, &actor, id, "EUR").await;
    (app, actor, id)
}

/// All columns of the right lines of a version, but for ids, as texts.
async fn packed(app: &App, version: VersionId) -> String {
    let mut tx = app.recoup.store.read().await.unwrap();
    let spans: Vec<Span> = Span::of_version(0, version, 1, 100_000).collect();
    sent_lines::read(&mut tx, &spans, None, None)
        .try_filter_map(async |(_, text)| Ok(text))
        .try_collect()
        .await
        .unwrap()
}

async fn send_read(app: &App, actor: &Actor, id: ClaimId, ahead: Ahead) -> Result<Received, Failure> {
    // The page on which it is signed was opened after what changed while it was read.
    let draft = stage::draft(&app.recoup, id).await;
    let signed = stage::signed(&app.recoup, draft).await;
    ahead.submit(&app.recoup, actor, &signed, "192.0.2.1", &app.recoup.random.token()).await
}

async fn read_ahead(app: &App, actor: &Actor, id: ClaimId) -> Ahead {
    let version = stage::draft(&app.recoup, id).await;
    Ahead::read(&app.recoup, actor, id, version).await.unwrap().unwrap()
}

async fn holds(app: &App, actor: &Actor, id: ClaimId, ahead: &Ahead) -> bool {
    let draft = claim_view::draft(&app.recoup, actor, id).await.unwrap();
    let mut tx = app.recoup.store.read().await.unwrap();
    let revision = cases::revision(&mut tx, draft.case.id).await.unwrap().unwrap();
    ahead.holds(&draft.version, revision)
}

/// Compares what was signed with what is stored of the version in force: lines, what they cite, what they are worth, sums.
async fn signed_as_stored(app: &App, id: ClaimId) -> FrozenClaim {
    let mut tx = app.recoup.store.read().await.unwrap();
    let version = rows::by_id(&mut tx, id).await.unwrap().unwrap().in_force_id.unwrap();
    let row = rows::version(&mut tx, version).await.unwrap().unwrap();
    let text = row.frozen.unwrap();
    assert_eq!(claims::actions::links::hash(&text), row.sha256.unwrap());
    let frozen = FrozenClaim::read(&text).unwrap();
    assert_eq!(frozen.canonical().unwrap(), text, "it is canonical, however it was put together");
    let all = lines::list(&mut tx, version, None, lines::Order::Number, 100_000, 0).await.unwrap();
    let cited = lines::citations(&mut tx, version, None).await.unwrap();
    assert_eq!(frozen.lines.len(), all.len());
    for (signed, line) in frozen.lines.iter().zip(&all) {
        let cited: Vec<_> = cited.iter().filter(|cited| cited.line_id == line.id).collect();
        assert_eq!((signed.line, signed.category.key()), (line.line, line.category.as_str()));
        assert_eq!(signed.answers, line.answers.0);
        assert_eq!((Some(signed.amount), Some(signed.amount_in_case)), (line.amount, line.case_amount));
        assert_eq!((&signed.release.artist, &signed.release.title), (&line.artist, &line.title));
        let evidence = signed.evidence.iter().map(|e| (e.document.as_str(), e.sha256.as_str(), e.place.as_str()));
        let stored = cited.iter().map(|c| (c.name.as_str(), c.sha256.as_str(), c.place.as_str()));
        assert!(evidence.eq(stored), "line {}", line.line);
    }
    assert_eq!(frozen.totals, totals::of_version(&mut tx, version).await.unwrap());
    assert_eq!(frozen.totals, totals::so_far(&mut tx, version).await.unwrap());
    frozen
}

on_both! {
    async fn an_import_stores_what_typing_the_same_lines_does(database) {
        let (app, actor, id) = ready(&database).await;
        let (import, read) = uploaded(&app, &actor, id, "EUR").await;
        let proposals = read.lines.clone();
        let read = ReadLines::of(&app.recoup, &actor, id, read).await.unwrap();
        import_statement::import(&app.recoup, &actor, id, import, read, "").await.unwrap();

        let (typist, typed) = stage::ready(&app.recoup, actor.account, "allegro", "Typed").await;
        let case = claim_view::draft(&app.recoup, &typist, typed).await.unwrap().case;
        let rate = case.settings.rate(euro()).unwrap();
        let (draft, typed) = (stage::draft(&app.recoup, id).await, stage::draft(&app.recoup, typed).await);
        let mut tx = app.recoup.store.write().await.unwrap();
        for proposal in &proposals {
            let line = lines::add(&mut tx, typed, Category::UnpaidSales, &proposal.answers).await.unwrap();
            let facts = claims::intake::line::read(Category::UnpaidSales, &proposal.answers, &case.line_rules()).facts.unwrap();
            let amount = money::convert(facts.amount, facts.currency, rate, case.settings.currency).unwrap();
            let in_case = InCase { rate: rate.to_string(), amount, interest: 0, costs: 0 };
            lines::write(&mut tx, line, &proposal.answers, Some((&facts, &in_case))).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (imported, typed) = (packed(&app, draft).await, packed(&app, typed).await);
        let imported: Vec<SentLine<'_>> = sent_lines::unpack(&imported).map(Result::unwrap).collect();
        let typed: Vec<SentLine<'_>> = sent_lines::unpack(&typed).map(Result::unwrap).collect();
        assert_eq!(imported.len(), LINES + 1);
        let but_for_citations = imported.iter().map(|line| SentLine { cited: 0, citations: Vec::new(), ..*line });
        assert_eq!(but_for_citations.collect::<Vec<_>>(), typed);
        for (line, proposal) in imported[1..].iter().zip(&proposals) {
            assert_eq!((line.cited, line.citations.len()), (1, 1));
            assert_eq!((line.citations[0].name, line.citations[0].place), ("EUR.csv", proposal.rows.as_str()));
        }
        let mut tx = app.recoup.store.read().await.unwrap();
        let cited = lines::citations(&mut tx, draft, None).await.unwrap();
        assert!(cited.is_sorted_by_key(|cited| cited.id), "citations have their ids in the order of the lines");
        let keys: Vec<_> = (2..).zip(proposals.iter().map(|proposal| proposal.key.clone())).collect();
        assert_eq!(stored::lines_of(&mut tx, import).await.unwrap(), keys);
    }

    async fn an_import_goes_by_the_rates_of_the_moment_in_which_it_is_stored(database) {
        let (app, actor, id) = ready(&database).await;
        let (import, read) = uploaded(&app, &actor, id, "EUR").await;
        let read = ReadLines::of(&app.recoup, &actor, id, read).await.unwrap();
        stage::setting(&app.recoup, "allegro", "rates", "EUR 2\nGBP 1.4515").await;
        import_statement::import(&app.recoup, &actor, id, import, read, "").await.unwrap();
        let draft = stage::draft(&app.recoup, id).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        let all = lines::list(&mut tx, draft, None, lines::Order::Number, 1_000, 0).await.unwrap();
        let imported = &all[1..];
        assert_eq!(imported.len(), LINES);
        assert!(imported.iter().all(|line| line.case_amount == line.amount.map(|amount| amount * 2)), "{:?}", imported[0]);
    }

    async fn a_currency_that_is_gone_when_it_is_stored_stops_an_import(database) {
        let (app, actor, id) = ready(&database).await;
        let (import, read) = uploaded(&app, &actor, id, "EUR").await;
        let read = ReadLines::of(&app.recoup, &actor, id, read).await.unwrap();
        stage::setting(&app.recoup, "allegro", "rates", "GBP 1.4515").await;
        import_statement::import(&app.recoup, &actor, id, import, read, "").await.unwrap_err();
        let draft = stage::draft(&app.recoup, id).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(lines::list(&mut tx, draft, None, lines::Order::Number, 1_000, 0).await.unwrap().len(), 1);
    }

    async fn a_large_claim_is_signed_as_it_is_stored(database) {
        let (app, actor, id) = large(&database).await;
        let ahead = read_ahead(&app, &actor, id).await;
        assert!(holds(&app, &actor, id, &ahead).await, "what nobody changed need not be read again");
        assert_eq!(send_read(&app, &actor, id, ahead).await.unwrap().version, 1);
        let first = signed_as_stored(&app, id).await;
        assert_eq!(first.lines.len(), LINES + 1);

        amend::amend(&app.recoup, &actor, id).await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let second = signed_as_stored(&app, id).await;
        assert_eq!((second.version, second.lines), (2, first.lines));
    }

    async fn what_changes_while_a_large_draft_is_read_is_signed(database) {
        let (app, actor, id) = large(&database).await;
        let recoup = &app.recoup;
        let proof = stage::document(recoup, &actor, id, "proof.pdf").await;
        let other = stage::document(recoup, &actor, id, "other.pdf").await;
        let answers_of = async |line: i64| {
            let draft = stage::draft(recoup, id).await;
            let mut tx = recoup.store.read().await.unwrap();
            lines::find(&mut tx, draft, line).await.unwrap().unwrap().answers.0
        };
        let mut before: Option<FrozenClaim> = None;
        for change in ["rates", "title", "amount", "added", "removed", "exchanged", "cited", "another place", "uncited", "document", "wrong"] {
            if before.is_some() {
                amend::amend(recoup, &actor, id).await.unwrap();
            }
            let ahead = read_ahead(&app, &actor, id).await;
            assert!(holds(&app, &actor, id, &ahead).await, "{change}");
            let save = async |answers: &claims::intake::Answers| edit_lines::save(recoup, &actor, id, 400, answers, &edit_lines::Cite::default()).await.unwrap();
            match change {
                "rates" => stage::setting(&app.recoup, "allegro", "rates", "EUR 1.2\nGBP 1.4515").await,
                "title" => assert!(save(&answers_of(400).await.with("title", "Another")).await.right),
                "amount" => assert!(save(&answers_of(400).await.with("net_due", "5.00")).await.right),
                "added" => drop(stage::line(recoup, &actor, id, Category::UnpaidSales, &stage::sales("3.00"), None).await),
                "removed" => edit_lines::remove(recoup, &actor, id, 300).await.unwrap(),
                "exchanged" => {
                    // As many lines as before, the last of them with a number that no line had.
                    edit_lines::remove(recoup, &actor, id, 301).await.unwrap();
                    stage::line(recoup, &actor, id, Category::HeldInventory, &stage::stock("7", Basis::Retail.key(), "2.00"), None).await;
                }
                "cited" => drop(edit_lines::cite_many(recoup, &actor, id, proof, "all", "page 1").await.unwrap()),
                "another place" | "uncited" => {
                    let draft = stage::draft(recoup, id).await;
                    let mut tx = recoup.store.read().await.unwrap();
                    let line = lines::find(&mut tx, draft, 400).await.unwrap().unwrap().id;
                    let cited = lines::citations(&mut tx, draft, Some(line)).await.unwrap();
                    drop(tx);
                    edit_lines::uncite(recoup, &actor, id, 400, cited[1].id).await.unwrap();
                    if change == "another place" {
                        edit_lines::cite_many(recoup, &actor, id, other, "400", "row 2").await.unwrap();
                    }
                }
                "document" => claims::actions::documents::remove(recoup, &actor, id, proof).await.unwrap(),
                _ => assert!(!save(&answers_of(400).await.with("net_due", "twelve")).await.right),
            }
            assert!(!holds(&app, &actor, id, &ahead).await, "{change}");
            // Other rates are in every draft once the settings are saved, so that what is read anew is right.
            let sent = send_read(&app, &actor, id, ahead).await;
            if change == "wrong" {
                assert!(matches!(sent, Err(Failure::Said(_))), "{sent:?}");
                break;
            }
            sent.unwrap();
            let frozen = signed_as_stored(&app, id).await;
            if let Some(before) = before {
                assert_ne!(before.lines, frozen.lines, "{change}");
            }
            before = Some(frozen);
        }
        let lines = before.unwrap().lines;
        let euros = lines.iter().find(|line| line.currency == euro()).unwrap();
        assert_eq!(euros.rate, "1.2", "the rate that changed after the lines were read");
    }

    // Whatever is kept beside a line counts somewhere, so it is what the rules say, or it is not signed yet.
    async fn what_is_kept_beside_a_line_is_mended_and_shown_before_it_is_signed(database) {
        let (app, actor, id) = ready(&database).await;
        let draft = claim_view::draft(&app.recoup, &actor, id).await.unwrap();
        let (version, settings) = (draft.version.id, &draft.case.settings);
        let answers = stage::sales("15,000.00");
        let facts = claims::intake::line::read(Category::UnpaidSales, &answers, &draft.case.line_rules()).facts.unwrap();
        let rate = settings.rate(facts.currency).unwrap().to_string();
        let right = packed(&app, version).await;
        for what in ["rate", "currency", "interest", "costs", "units", "basis", "period"] {
            let (mut facts, mut value) = (facts.clone(), InCase { rate: rate.clone(), amount: facts.amount, interest: 0, costs: 0 });
            match what {
                "rate" => value.rate = "1.5".to_owned(),
                "currency" => facts.currency = euro(),
                "interest" => value.interest = 7,
                "costs" => value.costs = 7,
                "units" => facts.units = Some(7_777),
                "basis" => facts.basis = Some(Basis::Retail),
                _ => facts.period = None,
            }
            let mut tx = app.recoup.store.write().await.unwrap();
            let line = lines::find(&mut tx, version, 1).await.unwrap().unwrap().id;
            lines::write(&mut tx, line, &answers, Some((&facts, &value))).await.unwrap();
            tx.commit().await.unwrap();
            assert_ne!(packed(&app, version).await, right, "{what}");
            let refused = stage::send(&app.recoup, &actor, id).await;
            assert!(matches!(refused, Err(Failure::Changed(_))), "{what}: {refused:?}");
            assert_eq!(packed(&app, version).await, right, "{what}");
        }
        stage::send(&app.recoup, &actor, id).await.unwrap();
        signed_as_stored(&app, id).await;
    }

    async fn a_large_draft_that_was_changed_is_not_signed_unseen(database) {
        let (app, actor, id) = large(&database).await;
        let version = stage::draft(&app.recoup, id).await;
        let page = stage::signed(&app.recoup, version).await;
        edit_lines::remove(&app.recoup, &actor, id, 300).await.unwrap();
        let ahead = read_ahead(&app, &actor, id).await;
        let refused = ahead.submit(&app.recoup, &actor, &page, "192.0.2.1", "key").await;
        assert!(matches!(refused, Err(Failure::Changed(_))), "{refused:?}");
        let refused = submit(&app.recoup, &actor, id, version, &page, "192.0.2.1", "key").await;
        assert!(matches!(refused, Err(Failure::Changed(_))), "{refused:?}");
        stage::send(&app.recoup, &actor, id).await.unwrap();
    }

    async fn the_same_large_draft_sent_at_once_is_sent_once(database) {
        let (app, actor, id) = large(&database).await;
        let version = stage::draft(&app.recoup, id).await;
        let signed = stage::signed(&app.recoup, version).await;
        let sends = (0..4).map(|tab| {
            let (recoup, actor, signed) = (app.recoup.clone(), actor.clone(), signed.clone());
            tokio::spawn(async move { submit(&recoup, &actor, id, version, &signed, "192.0.2.1", &format!("tab {}", tab / 2)).await })
        });
        let answers: Vec<Received> = futures::future::join_all(sends).await.into_iter().map(|sent| sent.unwrap().unwrap()).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        signed_as_stored(&app, id).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        let kinds: Vec<String> = events::of_claim(&mut tx, id).await.unwrap().into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "claim_submitted").count(), 1);
    }

    async fn another_persons_draft_is_not_read(database) {
        let (app, actor, id) = ready(&database).await;
        let version = stage::draft(&app.recoup, id).await;
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let (eve, own) = stage::ready(&app.recoup, eve.account, "allegro", "Eve").await;
        let (_, read) = uploaded(&app, &actor, id, "EUR").await;
        let ahead = Ahead::read(&app.recoup, &eve, id, version).await;
        assert!(matches!(ahead, Err(Failure::Refused(claims::access::Refusal::NotFound))));
        assert!(Ahead::read(&app.recoup, &eve, own, version).await.unwrap().is_none(), "not of this claim");
        assert!(ReadLines::of(&app.recoup, &eve, id, read).await.is_err());
    }

    async fn a_document_is_cited_with_more_lines_than_one_statement_writes(database) {
        let (app, actor, id) = large(&database).await;
        let draft = stage::draft(&app.recoup, id).await;
        let proof = stage::document(&app.recoup, &actor, id, "proof.pdf").await;
        for _ in 0..2 {
            let cited = edit_lines::cite_many(&app.recoup, &actor, id, proof, "all", " page 1 ").await.unwrap();
            assert_eq!(cited.lines, LINES + 1, "the same once more changes nothing");
        }
        let mut tx = app.recoup.store.read().await.unwrap();
        let all = lines::list(&mut tx, draft, None, lines::Order::Number, 1_000, 0).await.unwrap();
        assert_eq!(all.iter().map(|line| line.citations).collect::<Vec<_>>(), [vec![1], vec![2; LINES]].concat());
        let cited = lines::citations(&mut tx, draft, None).await.unwrap();
        assert_eq!(cited.iter().filter(|cited| (cited.document_id, cited.place.as_str()) == (proof, "page 1")).count(), LINES + 1);
    }
}
