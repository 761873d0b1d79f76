//! Documents in S3: a real server that is well, slow, failing, cut in the middle, or down.

use std::{sync::atomic::Ordering, time::Duration};

use futures::TryStreamExt;
use server::documents::Found;
use tests::{
    App, Browser, Database, Options, PATIENCE, html, on_both,
    s3::{Mood, S3},
    stage,
};

async fn claim(database: &Database, patience: Option<Duration>) -> (S3, App, Browser, String) {
    let s3 = S3::start(database.directory()).await;
    let app =
        App::start_with(database, Options { documents: Some(s3.documents()), patience, ..Options::default() }).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    let browser = app.browser_of(&actor).await;
    (s3, app, browser, format!("/claims/{id}"))
}

async fn upload(browser: &Browser, claim: &str, name: &str, bytes: &[u8]) -> tests::Page {
    let path = format!("{claim}/documents");
    let form = browser.get(&path).await.form(&path).attach("files", name, bytes.to_vec());
    browser.send(form).await
}

async fn download(browser: &Browser, page: &tests::Page, name: &str) -> bytes::Bytes {
    browser.get(&page.link(name)).await.bytes
}

/// Text of a size, different everywhere.
fn text(bytes: usize) -> Vec<u8> {
    (0..bytes / 16).flat_map(|n| format!("line {n:010}\n").into_bytes()).collect()
}

on_both! {
    async fn a_claim_with_documents_in_s3(database) {
        let (_s3, app, browser, claim) = claim(&database, None).await;
        // Larger than one part of an upload in parts.
        let large = text(12_000_000);
        upload(&browser, &claim, "small.txt", b"A note.").await.expect("small.txt was received");
        let page = upload(&browser, &claim, "large.txt", &large).await;
        page.expect("large.txt was received");
        upload(&browser, &claim, "again.txt", b"A note.").await.expect("same content as small.txt");
        assert!(download(&browser, &page, "large.txt").await == large);
        assert_eq!(&*download(&browser, &page, "small.txt").await, b"A note.");
        assert_eq!(app.documents.incoming().await.unwrap(), (0, 0), "nothing temporary is left");
        let path = format!("{claim}/sign");
        let form = stage::signature().0.iter().filter(|(name, _)| *name != "agree").fold(browser.get(&path).await.form(&path), |form, (name, value)| form.fill(name, value)).tick("agree");
        let receipt = browser.send(form).await;
        receipt.expect("Your claim is received");
        // What somebody else put below our prefix is found, and no document; what lies beside it is none of our business.
        for stray in ["allegro/documents/zz/stray.txt", "allegro/stray.txt", "beside.txt"] {
            let file = database.directory().join("s3/documents").join(stray);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, b"x").unwrap();
        }
        let (mut kept, mut foreign) = (0, Vec::new());
        for found in app.documents.found().try_collect::<Vec<_>>().await.unwrap() {
            match found {
                Found::Kept(_) => kept += 1,
                Found::Foreign(at) => foreign.push(at),
            }
        }
        foreign.sort();
        assert_eq!((kept, foreign), (2, vec!["documents/zz/stray.txt".to_owned(), "stray.txt".to_owned()]));
        // Only what we wrote is cleaned, whatever other things are called.
        let ours = "A".repeat(22);
        let [temporary, theirs] = [format!("incoming/{ours}"), format!("incoming/backup/{ours}")].map(|at| database.directory().join("s3/documents/allegro").join(at));
        std::fs::create_dir_all(theirs.parent().unwrap()).unwrap();
        for file in [&temporary, &theirs] {
            std::fs::write(file, b"x").unwrap();
        }
        assert_eq!(app.documents.incoming().await.unwrap(), (1, 1));
        assert_eq!(app.documents.clean(claims::Clock::System.now() + chrono::Duration::days(1)).await.unwrap(), 1);
        assert!(theirs.exists() && !temporary.exists());
        assert_eq!(html::texts(&receipt.body, "h1").len(), 1);
        browser.get("/readyz").await.expect_status(200);
    }

    async fn a_slow_store_and_one_that_fails_one_in_three(database) {
        let (s3, app, browser, claim) = claim(&database, None).await;
        s3.feel(Mood::Slow(Duration::from_millis(150)));
        let page = upload(&browser, &claim, "slow.txt", b"Slowly.").await;
        page.expect("slow.txt was received");
        s3.feel(Mood::FailsOneInThree);
        let large = text(6_000_000);
        for (name, bytes) in [("one.txt", b"One.".to_vec()), ("two.txt", b"Two.".to_vec()), ("large.txt", large.clone())] {
            let page = upload(&browser, &claim, name, &bytes).await;
            page.expect(&format!("{name} was received"));
            assert!(download(&browser, &page, name).await == bytes, "{name}");
        }
        s3.feel(Mood::Well);
        assert_eq!(app.documents.incoming().await.unwrap(), (0, 0));
    }

    async fn a_store_that_cuts_or_is_down_loses_nothing(database) {
        let (s3, app, browser, claim) = claim(&database, Some(PATIENCE)).await;
        let page = upload(&browser, &claim, "before.txt", b"Before.").await;
        // Larger than one part, so that it is cut when some of it is kept.
        let large = text(12_000_000);
        for (mood, bytes) in [(Mood::CutsSecondParts, &large[..]), (Mood::Down, &large[..]), (Mood::Down, &b"Not kept."[..])] {
            s3.feel(mood);
            let refused = upload(&browser, &claim, "lost.txt", bytes).await;
            refused.expect("lost.txt was not taken: the document store does not answer; nothing of it was kept, send it again later");
        }
        assert!(s3.cut.load(Ordering::SeqCst) > 0, "no upload was cut in the middle");
        browser.get("/readyz").await.expect_status(503);
        assert_eq!(browser.get("/healthz").await.body, "ok\n");
        // Pages that need no bytes are there; a file that cannot be had says so.
        browser.get(&format!("{claim}/documents")).await.expect("before.txt");
        browser.get(&page.link("before.txt")).await.expect("This document cannot be read right now. Try again in a minute");
        let rows: Vec<(String,)> = database.rows("SELECT name FROM documents").await;
        assert_eq!(rows, [("before.txt".to_owned(),)]);
        s3.feel(Mood::Well);
        assert_eq!(app.documents.incoming().await.unwrap(), (0, 0), "nothing of it was kept");
        let again = upload(&browser, &claim, "lost.txt", &large).await;
        again.expect("lost.txt was received");
        assert!(download(&browser, &again, "lost.txt").await == large);
        assert_eq!(&*download(&browser, &page, "before.txt").await, b"Before.");
        browser.get("/readyz").await.expect_status(200);
        drop(app);
    }
}
