//! What must be true when everything is over.

use std::collections::{BTreeMap, BTreeSet};

use claims::store::{Store, Tx, cases, documents, events, outbox};
use tests::smtp::Smtp;

use crate::{
    site::Site,
    work::{Acknowledged, Ready},
};

/// Waits until no mail waits. Mails that a killed process had in hand are taken up when its lease ends, after five minutes.
pub async fn mails_are_gone(database_url: &str) {
    let store = Store::connect(database_url).await.unwrap();
    let begun = std::time::Instant::now();
    loop {
        let mut tx = store.read().await.unwrap();
        let counts = outbox::counts(&mut tx).await.unwrap();
        drop(tx);
        if counts.iter().all(|(state, _)| state == "sent") {
            println!("    every mail was sent {} seconds after the last claim: {counts:?}", begun.elapsed().as_secs());
            break;
        }
        assert!(begun.elapsed().as_secs() < 900, "mails wait for too long: {counts:?}");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    store.close().await;
}

/// The mails that a process has in hand, or had when it ended.
pub async fn in_hand(database_url: &str) -> BTreeSet<i64> {
    let store = Store::connect(database_url).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let mails = outbox::list(&mut tx, Some("sending"), 1_000_000, 0).await.unwrap();
    drop(tx);
    store.close().await;
    mails.into_iter().map(|mail| mail.id.0).collect()
}

/// Compares what people were told with what is there.
pub async fn acknowledged(site: &Site, ready: &[Ready], told: &Acknowledged) {
    let store = Store::connect(&site.database_url).await.unwrap();
    assert_eq!(told.numbers.len(), ready.len(), "numbers and claims");
    let mut tx = store.read().await.unwrap();
    let case = cases::by_slug(&mut tx, "allegro").await.unwrap().unwrap();
    let of_claim: BTreeMap<i64, &Ready> = ready.iter().map(|ready| (ready.claim.0, ready)).collect();
    for (number, claim) in &told.numbers {
        let found = claims::store::claims::by_number(&mut tx, number).await.unwrap();
        let found = found.unwrap_or_else(|| panic!("{number} was acknowledged and is not there"));
        assert_eq!(found.id, *claim, "{number}");
        let versions = claims::store::claims::versions(&mut tx, found.id).await.unwrap();
        assert_eq!(versions.len(), 1, "{number} was frozen more than once");
        let frozen: serde_json::Value = serde_json::from_str(versions[0].frozen.as_deref().unwrap()).unwrap();
        assert_eq!(frozen["number"], number.as_str());
        assert_eq!(frozen["lines"].as_array().unwrap().len(), 1, "lines of {number}");
        let expected = claims::actions::links::hash(&of_claim[&claim.0].document);
        assert_eq!(frozen["documents"].as_array().unwrap().len(), 1, "documents of {number}");
        assert_eq!(frozen["documents"][0]["sha256"], expected.as_str(), "the document of {number}");
        let kept = documents::of_version(&mut tx, found.id, 1).await.unwrap();
        assert!(kept.len() == 1 && kept[0].sha256 == expected, "the row of the document of {number}");
        let bytes = std::fs::read(site.data.join("documents/documents").join(&expected[..2]).join(&expected)).unwrap();
        assert_eq!(bytes, of_claim[&claim.0].document.as_bytes(), "the bytes of the document of {number}");
    }
    let (count, broken) = events::verify(&mut tx, case.id).await.unwrap();
    assert_eq!(broken, None, "the audit trail");
    let last: i64 = one(&mut tx, "SELECT last_claim FROM cases").await;
    assert_eq!(last, i64::try_from(ready.len()).unwrap(), "every number that was given out is a claim's");
    let submitted: i64 = one(&mut tx, "SELECT COUNT(*) FROM events WHERE kind = 'claim_submitted'").await;
    assert_eq!(submitted, last, "one event for each");
    drop(tx);
    store.close().await;
    println!(
        "    {} numbers, each once, with its line and its document; audit trail of {count} events whole; {} requests were sent again",
        told.numbers.len(),
        told.tried_again
    );
}

/// Every mail was accepted by the server at least once; more than once only where the process was killed between the server's
/// answer and its own note of it. At most one mail is at that point at a time.
pub async fn mails(site: &Site, smtp: &Smtp, kills: usize) {
    let store = Store::connect(&site.database_url).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let rows: i64 = one(&mut tx, "SELECT COUNT(*) FROM outbox").await;
    let receipts: i64 = one(&mut tx, "SELECT COUNT(*) FROM outbox WHERE kind = 'receipt'").await;
    let submitted: i64 = one(&mut tx, "SELECT COUNT(*) FROM claims WHERE in_force_id IS NOT NULL").await;
    drop(tx);
    store.close().await;
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for mail in smtp.mails().iter().filter(|mail| mail.accepted) {
        *times.entry(mail.id.clone()).or_default() += 1;
    }
    assert_eq!(receipts, submitted, "a receipt for each claim");
    assert_eq!(i64::try_from(times.len()).unwrap(), rows, "each mail arrived at least once");
    let twice = times.values().filter(|times| **times > 1).count();
    assert!(times.values().all(|times| *times <= 2), "a mail arrived more than twice");
    assert!(twice <= kills, "{twice} mails arrived twice in {kills} kills");
    println!(
        "    {rows} mails arrived, {twice} of them twice under the same Message-ID (cut off between the server's answer and our note of it)"
    );
}

/// Bytes without a row are found by the doctor, and cleaned; then folder and rows agree exactly. Gives how many there were.
pub async fn bytes(site: &Site) -> usize {
    let found = say(site, &["doctor", "--deep"]);
    let orphans = found.lines().filter(|line| line.contains("is named by no row")).count();
    let kept = files(&site.data.join("documents/documents"));
    let named = named(site).await;
    assert!(named.is_subset(&kept), "rows without bytes");
    assert_eq!(kept.len() - named.len(), orphans, "the doctor finds every file that no row names");
    let temporary = files(&site.data.join("documents/incoming")).len();
    assert_eq!(
        found.contains("temporary ones"),
        temporary > 0,
        "the doctor finds what broken-off uploads left:\n{found}"
    );
    say(site, &["doctor", "--deep", "--clean", "--older-than", "0"]);
    assert_eq!(files(&site.data.join("documents/documents")), named, "folder and rows agree");
    assert_eq!(files(&site.data.join("documents/incoming")).len(), 0);
    println!(
        "    {} documents; {orphans} files without a row and {temporary} temporary ones were found and cleaned",
        named.len()
    );
    orphans
}

/// Runs a command of the product that must succeed.
pub fn say(site: &Site, what: &[&str]) -> String {
    let output = site.run(what);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "recoup {what:?}:\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

async fn named(site: &Site) -> BTreeSet<String> {
    let store = Store::connect(&site.database_url).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let hashes = documents::hashes(&mut tx, "", 1_000_000).await.unwrap();
    drop(tx);
    store.close().await;
    hashes.into_iter().map(|(sha256, _)| sha256).collect()
}

/// Names of all files below a folder.
fn files(folder: &std::path::Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

async fn one(tx: &mut Tx, sql: &'static str) -> i64 {
    match tx {
        Tx::Sqlite(tx) => sqlx::query_scalar(sql).fetch_one(tx.settled().await.unwrap()).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_scalar(sql).fetch_one(&mut **tx).await.unwrap(),
    }
}
