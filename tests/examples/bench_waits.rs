//! `cargo xtask bench waits`: how long others wait for the database's one writer while a large claim is worked on: `bench_waits [lines]`.
//!
//! A statement of so many lines (20,000 unless said otherwise) is imported into a claim on SQLite, cited, sent, amended, corrected, discarded,
//! matched and withdrawn by the product's own actions. Meanwhile somebody else begins and commits a transaction again and again; of each
//! part it is said how long it took, and the longest that the other waited.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use claims::{
    ClaimId, ImportId,
    access::Actor,
    actions::{
        Limits, Recoup, amend, begin_import, cases, discard, documents, edit_lines,
        import_statement::{self, Imported, ReadLines},
        imports, match_case, withdraw,
    },
    statements::{self, Input, Statement, Wish},
    store::{cases as case_rows, submissions},
};
use tests::{App, Options, stage};

fn main() {
    let lines = std::env::args().nth(1).map_or(20_000, |lines| lines.parse().unwrap());
    tests::run(tests::Kind::Sqlite, move |database| async move { Box::pin(measure(&database, lines)).await });
}

/// Somebody who writes something small, again and again, and somebody who only wants a thread.
struct Other {
    longest: Arc<Longest>,
    work: [tokio::task::JoinHandle<()>; 2],
}

/// The longest waits, in milliseconds: until the database could be written, until that was done, and for a thread.
#[derive(Default)]
struct Longest {
    begin: AtomicU64,
    commit: AtomicU64,
    thread: AtomicU64,
}

fn note(longest: &AtomicU64, since: Instant) {
    longest.fetch_max(u64::try_from(since.elapsed().as_millis()).unwrap(), Ordering::Relaxed);
}

const PAUSE: Duration = Duration::from_millis(2);

impl Other {
    fn start(recoup: &Recoup) -> Self {
        let longest = Arc::new(Longest::default());
        let (recoup, seen) = (recoup.clone(), Arc::clone(&longest));
        let writes = tokio::spawn(async move {
            loop {
                let begun = Instant::now();
                let mut tx = recoup.store.write().await.unwrap();
                note(&seen.begin, begun);
                let begun = Instant::now();
                submissions::clean(&mut tx, claims::Instant::UNIX_EPOCH).await.unwrap();
                tx.commit().await.unwrap();
                note(&seen.commit, begun);
                tokio::time::sleep(PAUSE).await;
            }
        });
        let seen = Arc::clone(&longest);
        let ticks = tokio::spawn(async move {
            loop {
                let begun = Instant::now();
                tokio::time::sleep(PAUSE).await;
                note(&seen.thread, begun + PAUSE);
            }
        });
        Self { longest, work: [writes, ticks] }
    }

    /// Does a part of the work, and says what it took.
    async fn during<T>(&self, part: &str, work: impl Future<Output = T>) -> T {
        let all = [&self.longest.begin, &self.longest.commit, &self.longest.thread];
        for longest in all {
            longest.store(0, Ordering::Relaxed);
        }
        let begun = Instant::now();
        let done = work.await;
        let took = begun.elapsed().as_millis();
        // Who waits yet has not said so.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let [begin, commit, thread] = all.map(|longest| longest.load(Ordering::Relaxed));
        println!(
            "{part:<36} {took:>6} ms; others waited {begin:>5} ms to write, {commit:>4} ms until it was done, {thread:>4} ms for a thread"
        );
        done
    }
}

/// A statement with a release on each of its rows.
fn statement(lines: usize, amount: usize) -> Vec<u8> {
    let mut text = "Period,Barcode,Catalogue Number,Artist,Title,Currency,Net Units,Net Due\n".to_owned();
    for row in 0..lines {
        let body = format!("{:012}", 73_488_500_000 + row);
        let sum: u32 =
            body.bytes().rev().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 3 } else { 1 }).sum();
        let (month, check) = (row % 12 + 1, (10 - sum % 10) % 10);
        let _ = writeln!(
            text,
            "2015-{month:02},{body}{check},LBL {row},The ensemble of the {row}th street,\"Collected works, volume {row}, with all the songs\",USD,{},{}.{:02}",
            row % 90 + 1,
            row % 300 + amount,
            row % 100
        );
    }
    text.into_bytes()
}

async fn import(recoup: &Recoup, actor: &Actor, claim: ClaimId, id: ImportId, read: Statement) -> Imported {
    let read = ReadLines::of(recoup, actor, claim, read).await.unwrap();
    import_statement::import(recoup, actor, claim, id, read, "").await.unwrap()
}

async fn measure(database: &tests::Database, lines: usize) {
    let limits = Limits { lines: i64::try_from(lines).unwrap(), ..Limits::default() };
    let app = App::start_with(database, Options { limits: Some(limits), ..Options::default() }).await;
    let recoup = &app.recoup;
    let case = stage::case(recoup, "allegro", "ALG").await;
    let account = stage::person(recoup, "ada@example.org", true, false).await.account;
    let (actor, claim) = stage::start(recoup, account, "allegro", "Jay Records").await;
    stage::fill_steps(recoup, &actor, claim, "Jay Records").await;
    let other = Other::start(recoup);
    let file = |name: &str, bytes: &[u8]| claims::store::documents::NewDocument {
        sha256: claims::actions::links::hash(name),
        name: name.to_owned(),
        media_type: "text/csv".to_owned(),
        bytes: i64::try_from(bytes.len()).unwrap(),
        pages: None,
        unreadable: None,
    };
    let read = async |import, bytes: &[u8]| {
        let (found, _, case) = imports::open(recoup, &actor, claim, import).await.unwrap();
        let (bytes, rules) = (bytes.to_vec(), imports::rules(recoup, &case));
        let work = move || {
            let wish = Wish { rows: true, ..Wish::default() };
            statements::read(&Input::Memory(&bytes), &found.choices, &rules, wish).unwrap()
        };
        tokio::task::spawn_blocking(work).await.unwrap()
    };

    let bytes = statement(lines, 10);
    let first = stage::import(&app, &actor, claim, &file("first.csv", &bytes), &bytes).await;
    let ready = read(first, &bytes).await;
    println!("{} lines, {} questions, {:?}", ready.lines.len(), ready.reading.questions.len(), ready.reading.counts);
    let work = import(recoup, &actor, claim, first, ready);
    Box::pin(other.during("import", work)).await;

    let proof = stage::document(recoup, &actor, claim, "proof.pdf").await;
    let work = edit_lines::cite_many(recoup, &actor, claim, proof, "all", "page 1");
    Box::pin(other.during("cite a document with all lines", work)).await.unwrap();
    let numbers = format!("1-{lines}");
    let work = edit_lines::cite_many(recoup, &actor, claim, proof, &numbers, "page 2");
    Box::pin(other.during("cite a document with numbered lines", work)).await.unwrap();
    Box::pin(other.during("take that document away", documents::remove(recoup, &actor, claim, proof))).await.unwrap();

    Box::pin(other.during("send", stage::send(recoup, &actor, claim))).await.unwrap();
    Box::pin(other.during("match", match_case::run_due(recoup, "bench"))).await.unwrap();
    Box::pin(other.during("amend", amend::amend(recoup, &actor, claim))).await.unwrap();

    let bytes = statement(lines, 11);
    let second = file("second.csv", &bytes);
    let begin_import::Begun::New(correction) = begin_import::begin(recoup, &actor, claim, &second).await.unwrap()
    else {
        panic!("the file is known")
    };
    let choices = claims::statements::Choices::default();
    imports::choose(recoup, &actor, claim, correction, &choices, Some(first)).await.unwrap();
    let mut ready = read(correction, &bytes).await;
    let work = imports::understood(recoup, &actor, correction, &choices, Ok(&mut ready));
    Box::pin(other.during("keep what a correction says", work)).await.unwrap();
    let ready = read(correction, &bytes).await;
    let work = import(recoup, &actor, claim, correction, ready);
    Box::pin(other.during("import the correction", work)).await;

    Box::pin(other.during("discard", discard::discard(recoup, &actor, claim))).await.unwrap();
    let administrator = stage::person(recoup, "admin@example.org", true, true).await;
    let mut tx = recoup.store.read().await.unwrap();
    let row = case_rows::by_id(&mut tx, case).await.unwrap().unwrap();
    drop(tx);
    let settings = row.settings.0.with("filing_basis", "wholesale");
    let work = cases::save(recoup, &administrator, case, row.revision, &settings);
    Box::pin(other.during("save the case with another basis", work)).await.unwrap();
    Box::pin(other.during("amend once more", amend::amend(recoup, &actor, claim))).await.unwrap();
    Box::pin(other.during("send again", stage::send(recoup, &actor, claim))).await.unwrap();
    Box::pin(other.during("withdraw", withdraw::withdraw(recoup, &actor, claim, "A mistake."))).await.unwrap();
    Box::pin(other.during("match again", match_case::run_due(recoup, "bench"))).await.unwrap();
    for work in other.work {
        work.abort();
    }
}
