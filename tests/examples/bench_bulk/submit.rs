//! Signing and sending over HTTP beside bare transactions that write the same rows.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use claims::{
    ClaimId, Clock, VersionId,
    actions::{Limits, Recoup, links},
    intake::Answers,
    line::Category,
    random::Random,
    store::{Store, sessions},
};
use tests::stage;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    program::{Places, Server},
    say,
};

/// Claims of a run; half of them are sent one after the other, half by twenty people at once.
const CLAIMS: usize = 600;
/// Lines of each.
const LINES: usize = 10;
/// People who send at the same time.
const AT_ONCE: usize = 20;

/// A claim that needs but a signature.
#[derive(Debug)]
struct Ready {
    claim: ClaimId,
    version: VersionId,
    /// Cookie of a session of its claimant.
    session: String,
    key: String,
    /// What is typed on its signature page, with the mark of the draft.
    signed: Answers,
}

/// Makes claims that are ready, in one transaction.
async fn prepare(url: &str) -> Vec<Ready> {
    let store = Store::open(url).await.unwrap();
    let whole = store.whole().await.unwrap();
    let recoup =
        Recoup::new(whole.clone(), Clock::System, Random::System, "http://127.0.0.1", Limits::default()).await.unwrap();
    stage::case_with(&recoup, &stage::case_answers("allegro", "ALG").with("deadline_day", "2090-12-31")).await;
    let mut ready = Vec::new();
    let mut person = None;
    for n in 0..CLAIMS {
        // An account may have so many drafts.
        if n % 30 == 0 {
            let account = stage::person(&recoup, &format!("claimant{n}@example.org"), true, false).await.account;
            person = Some((account, session(&recoup, account).await));
        }
        let (account, session) = person.clone().unwrap();
        let (actor, claim) = stage::ready(&recoup, account, "allegro", &format!("Label {n}")).await;
        for line in 1..LINES {
            let answers = stage::sales(&format!("{n}.{line:02}")).with("title", format!("Volume {line} of label {n}"));
            stage::line(&recoup, &actor, claim, Category::UnpaidSales, &answers.with("artist", "Ada"), None).await;
        }
        let version = stage::draft(&recoup, claim).await;
        let signed = stage::signed(&recoup, version).await;
        ready.push(Ready { claim, version, session, key: Random::System.token(), signed });
    }
    whole.commit_whole().await.unwrap();
    store.close().await;
    ready
}

async fn session(recoup: &Recoup, account: claims::AccountId) -> String {
    let (id, now) = (Random::System.token(), Clock::System.now());
    let data =
        serde_json::json!({ "account": account, "since": now.timestamp(), "seen": now.timestamp(), "client": "bench" });
    let mut tx = recoup.store.write().await.unwrap();
    let until = now + chrono::Duration::days(1);
    sessions::save(&mut tx, &links::hash(&id), Some(account), &data, "bench", until, now).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Sends claims by so many people, each one after the other; gives how many a second. Requests are bytes that were put together before, so
/// that little of the machine goes into those who send.
async fn send(address: &str, ready: Vec<Ready>, hands: usize) -> f64 {
    let host = address.trim_start_matches("http://").to_owned();
    let requests: Vec<(Vec<u8>, String)> = ready.iter().map(|one| request(&host, one)).collect();
    let (count, requests, next) = (ready.len(), Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let mut people = tokio::task::JoinSet::new();
    for _ in 0..hands {
        let (requests, next, host) = (requests.clone(), next.clone(), host.clone());
        people.spawn(async move {
            let mut connection = TcpStream::connect(&host).await.unwrap();
            connection.set_nodelay(true).unwrap();
            while let Some((request, place)) = requests.get(next.fetch_add(1, Ordering::SeqCst)) {
                let answer = exchange(&mut connection, request).await;
                assert!(answer.contains(place.as_str()), "{answer}");
            }
        });
    }
    while let Some(done) = people.join_next().await {
        done.unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let count = count as f64;
    count / begun.elapsed().as_secs_f64()
}

/// The form of a signature as it is sent, and what the answer must say.
fn request(host: &str, one: &Ready) -> (Vec<u8>, String) {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(&one.signed.0).append_pair("version", &one.version.to_string()).append_pair("key", &one.key);
    let form = form.finish();
    let head = format!(
        "POST /claims/{}/sign HTTP/1.1\r\nhost: {host}\r\ncookie: recoup={}\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        one.claim,
        one.session,
        form.len()
    );
    ((head + &form).into_bytes(), format!("location: /claims/{}/versions/1", one.claim))
}

/// Sends a request and reads the answer, which has no body; gives its head.
async fn exchange(connection: &mut TcpStream, request: &[u8]) -> String {
    connection.write_all(request).await.unwrap();
    let mut answer = Vec::with_capacity(4_096);
    while !answer.ends_with(b"\r\n\r\n") {
        assert!(connection.read_buf(&mut answer).await.unwrap() > 0, "the server closed the connection");
    }
    String::from_utf8(answer).unwrap()
}

fn checkpoint(database: &Path) {
    let mut command = Command::new("sqlite3");
    let status = command.arg(database).arg("PRAGMA wal_checkpoint(TRUNCATE)").stdout(Stdio::null()).status();
    assert!(status.unwrap().success());
}

/// Sends claims to a server, then writes the same rows by nothing but SQLite.
pub async fn measure(places: &Places) {
    let data = places.empty("submit");
    let (database, before, work) = (data.join("recoup.db"), data.join("before.db"), data.join("work.db"));
    let url = format!("sqlite:{}", database.display());
    let mut ready = prepare(&url).await;
    checkpoint(&database);
    std::fs::copy(&database, &before).unwrap();
    let (alone, together) = {
        let server = Server::start(&places.recoup, &data, &url, &[]);
        let rest = ready.split_off(CLAIMS / 2);
        (send(&server.address, ready, 1).await, send(&server.address, rest, AT_ONCE).await)
    };
    checkpoint(&database);
    let bare = Command::new(&places.bare_submits).args([&before, &database, &work]).output().unwrap();
    assert!(bare.status.success(), "{}", String::from_utf8_lossy(&bare.stderr));
    let rates = String::from_utf8(bare.stdout).unwrap();
    let rates: Vec<f64> = rates.split_whitespace().map(|rate| rate.parse().unwrap()).collect();
    println!("Submits of claims with {LINES} lines over HTTP, mail and matching at work beside them");
    for (what, ours, theirs, baseline) in [
        ("one after the other", alone, rates[0], "bare SQLite, one after the other"),
        ("20 at once", together, rates[0], "bare SQLite, one after the other"),
        ("20 at once", together, rates[1], "bare SQLite, 20 threads"),
    ] {
        let ratio = ours / theirs;
        say(what, &format!("{ours:.0}/s"), &format!("{baseline} {theirs:.0}/s"), ratio, "at least 0.5", ratio >= 0.5);
    }
}
