//! Lines in bulk, on both databases: every line once and in its place, whatever was typed into it.

use std::collections::BTreeMap;

use claims::{
    ClaimId,
    access::Actor,
    export::{self, By, What},
    intake::Answers,
    line::Category,
    store::{lines, register::Filter},
};
use futures::TryStreamExt;
use tests::{App, Database, on_both, stage};

/// Lines of the large claim: more than are read at once.
const MANY: i64 = 600;

type Row = BTreeMap<String, String>;

struct Office {
    app: App,
    case: claims::case::Case,
}

async fn file(app: &App, actor: &Actor, id: ClaimId, answers: &Answers) -> i64 {
    stage::line(&app.recoup, actor, id, Category::UnpaidSales, answers, None).await
}

/// Three claims: one of many lines with a gap in their numbers, one of a few, one of marks and citations.
async fn office(database: &Database) -> Office {
    office_with_notes(database, "").await
}

/// The same, with more to say in the note of every line.
async fn office_with_notes(database: &Database, more: &str) -> Office {
    let app = App::start(database).await;
    let recoup = &app.recoup;
    let case = stage::case(recoup, "allegro", "ALG").await;
    let account = stage::person(recoup, "a@example.org", true, false).await.account;
    let (actor, many) = stage::ready(recoup, account, "allegro", "Many").await;
    let version = stage::draft(recoup, many).await;
    let mut tx = recoup.store.write().await.unwrap();
    let facts = claims::intake::line::read(
        Category::UnpaidSales,
        &stage::sales("1.00"),
        &claims::store::cases::by_id(&mut tx, case).await.unwrap().unwrap().read().unwrap().line_rules(),
    )
    .facts
    .unwrap();
    let value = lines::InCase { rate: "1".to_owned(), amount: facts.amount, interest: 0, costs: 0 };
    let mut gone = Vec::new();
    for n in 2..=MANY {
        let id = lines::add(&mut tx, version, Category::UnpaidSales, &stage::sales("1.00")).await.unwrap();
        let answers = stage::sales("1.00").with("note", format!("line {n}{more}"));
        lines::write(&mut tx, id, &answers, Some((&facts, &value))).await.unwrap();
        if (250..=259).contains(&n) {
            gone.push(id);
        }
    }
    for id in gone {
        lines::remove(&mut tx, id).await.unwrap();
    }
    tx.commit().await.unwrap();
    stage::send(recoup, &actor, many).await.unwrap();
    stage::sent(recoup, account, "allegro", "One; line").await;
    let (actor, marks) = stage::ready(recoup, account, "allegro", "Marks, \"Ltd\"").await;
    let answers = stage::sales("8,700.5")
        .with("artist", "Müller; 7:\"Ännchen\" 月")
        .with("title", "=1+1, 2")
        .with("note", "one\ntwo; 3:x");
    let line = file(&app, &actor, marks, &answers).await;
    let first = stage::document(recoup, &actor, marks, "b, 1:2;3.pdf").await;
    let second = stage::document(recoup, &actor, marks, "+a.pdf").await;
    let mut tx = recoup.store.write().await.unwrap();
    let version = claims::store::claims::by_id(&mut tx, marks).await.unwrap().unwrap().draft_id.unwrap();
    let id = lines::find(&mut tx, version, line).await.unwrap().unwrap().id;
    for (document, place) in [(second, "p. 3"), (first, ""), (second, "row; 9")] {
        lines::cite(&mut tx, id, document, place).await.unwrap();
    }
    tx.commit().await.unwrap();
    stage::send(recoup, &actor, marks).await.unwrap();
    let mut tx = recoup.store.read().await.unwrap();
    let case = claims::store::cases::by_id(&mut tx, case).await.unwrap().unwrap().read().unwrap();
    drop(tx);
    Office { app, case }
}

async fn rows(office: &Office, filter: &Filter, raw: bool) -> Vec<Row> {
    let chunks =
        export::stream(&office.app.recoup, By::Operator, &office.case, What::Lines, filter, raw).await.unwrap();
    let chunks: Vec<bytes::Bytes> = chunks.try_collect().await.unwrap();
    let text = chunks.concat();
    csv::Reader::from_reader(text.as_slice()).deserialize().map(Result::unwrap).collect()
}

on_both! {
    async fn every_line_is_exported_once_and_in_order(database) {
        let office = office(&database).await;
        let found = rows(&office, &Filter::default(), false).await;
        let numbers: Vec<(i64, i64)> = found
            .iter()
            .map(|row| (row["claim"].split('-').nth(1).unwrap().parse().unwrap(), row["line"].parse().unwrap()))
            .collect();
        let expected: Vec<(i64, i64)> = (1..=MANY).filter(|n| !(250..=259).contains(n)).map(|n| (1, n))
            .chain([(2, 1), (3, 1), (3, 2)]).collect();
        assert_eq!(numbers, expected);
        assert!(found[1..590].iter().all(|row| row["note"] == format!("line {}", row["line"])));
        assert_eq!((found[590]["claimant"].as_str(), found[590]["amount"].as_str()), ("One; line", "15000.00"));
    }

    async fn what_was_typed_is_exported_as_it_is(database) {
        let office = office(&database).await;
        let filter = Filter { text: "marks".to_owned(), ..Filter::default() };
        let (safe, raw) = (rows(&office, &filter, false).await, rows(&office, &filter, true).await);
        let of = |row: &Row, columns: &[&str]| columns.iter().map(|column| row[*column].clone()).collect::<Vec<_>>();
        assert_eq!(
            of(&raw[1], &["claimant", "artist", "title", "note", "amount", "net_due", "period_from", "evidence", "citations"]),
            ["Marks, \"Ltd\"", "Müller; 7:\"Ännchen\" 月", "=1+1, 2", "one\ntwo; 3:x", "8700.50", "8700.50", "2015-01-01", "+a.pdf, p. 3; b, 1:2;3.pdf; +a.pdf, row; 9", "3"]
        );
        let hashes: Vec<String> = ["+a.pdf", "b, 1:2;3.pdf", "+a.pdf"].map(claims::actions::links::hash).into();
        assert_eq!(raw[1]["evidence_sha256"], hashes.join("; "), "in the order in which they were cited");
        assert_eq!(of(&safe[1], &["title", "evidence"]), ["'=1+1, 2", "'+a.pdf, p. 3; b, 1:2;3.pdf; +a.pdf, row; 9"]);
        assert_eq!(of(&raw[0], &["evidence", "documented", "units", "gtin"]), ["", "no", "", ""]);
    }

    async fn downloads_that_nobody_reads_keep_no_page_waiting(database) {
        // Ten times as much as waits for a reader, so that no download ends by itself.
        let office = office_with_notes(&database, &" and so on".repeat(190)).await;
        let store = &office.app.recoup.store;
        let mut held = Vec::new();
        // As many as there are to have on SQLite; PostgreSQL keeps a dozen others.
        for _ in 0..4 {
            held.push(export::stream(&office.app.recoup, By::Operator, &office.case, What::Lines, &Filter::default(), false).await.unwrap());
        }
        let in_use = || store.pool().open - store.pool().idle;
        let all_held = async { while in_use() < 4 { tokio::task::yield_now().await } };
        tokio::time::timeout(std::time::Duration::from_secs(60), all_held).await.expect("each holds a connection");
        let pages = (0..8).map(|_| store.read());
        for page in futures::future::join_all(pages).await {
            page.unwrap();
        }
        assert!(in_use() >= 4, "a download that nobody reads goes on: {:?}", store.pool());
        drop(held);
    }
}
