//! Upload of a gigabyte beside `cp` with `sha256sum`.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use bytes::Bytes;
use claims::{
    Clock,
    actions::{Limits, Recoup, links},
    random::Random,
    store::{Store, sessions},
};
use reqwest::{Body, multipart};
use tests::{Browser, stage};

use crate::{
    megabytes,
    program::{Places, Server, Took, best, run},
    say,
};

const BYTES: u64 = 1_000_000_000;

/// Chance bytes behind the header of a PDF; too many for its pages to be counted.
fn make(file: &Path) {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut out = std::io::BufWriter::with_capacity(1 << 20, File::create(file).unwrap());
    out.write_all(b"%PDF-1.7\n-------").unwrap();
    for _ in 2..BYTES / 8 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        out.write_all(&random.to_le_bytes()).unwrap();
    }
    out.into_inner().unwrap().sync_all().unwrap();
}

/// A claim with its claimant's session.
async fn claim(url: &str) -> (claims::ClaimId, String) {
    let store = Store::open(url).await.unwrap();
    let recoup =
        Recoup::new(store, Clock::System, Random::System, "http://127.0.0.1", Limits::default()).await.unwrap();
    stage::case_with(&recoup, &stage::case_answers("allegro", "ALG").with("deadline_day", "2090-12-31")).await;
    let account = stage::person(&recoup, "claimant@example.org", true, false).await.account;
    let (_, claim) = stage::ready(&recoup, account, "allegro", "Label").await;
    let (id, now) = (Random::System.token(), Clock::System.now());
    let data =
        serde_json::json!({ "account": account, "since": now.timestamp(), "seen": now.timestamp(), "client": "bench" });
    let mut tx = recoup.store.write().await.unwrap();
    let until = now + chrono::Duration::days(1);
    sessions::save(&mut tx, &links::hash(&id), Some(account), &data, "bench", until, now).await.unwrap();
    tx.commit().await.unwrap();
    recoup.store.close().await;
    (claim, id)
}

/// The bytes of a file, read as they are sent.
fn body(file: &Path) -> Body {
    let mut file = File::open(file).unwrap();
    let (send, receive) = tokio::sync::mpsc::channel::<std::io::Result<Bytes>>(4);
    std::thread::spawn(move || {
        let mut piece = vec![0; 1 << 18];
        while let Ok(read @ 1..) = file.read(&mut piece) {
            if send.blocking_send(Ok(Bytes::copy_from_slice(&piece[..read]))).is_err() {
                return;
            }
        }
    });
    Body::wrap_stream(futures::stream::unfold(receive, |mut receive| async {
        receive.recv().await.map(|piece| (piece, receive))
    }))
}

async fn upload(places: &Places, folder: &Path, file: &Path) -> Took {
    let mut took = Took { seconds: f64::INFINITY, peak: 0 };
    for _ in 0..places.times {
        // A file that is there already is not added again: each time begins with an empty site.
        let data = folder.join("data");
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir_all(&data).unwrap();
        let url = format!("sqlite:{}", data.join("recoup.db").display());
        let (claim, session) = claim(&url).await;
        let server = Server::start(&places.recoup, &data, &url, &["--document-mb", "1100"]);
        let browser = Browser::new(&server.address);
        browser.set_cookie("recoup", &session);
        let begun = Instant::now();
        let part = multipart::Part::stream_with_length(body(file), BYTES).file_name("large.pdf");
        let request = browser.request("POST", &format!("/claims/{claim}/documents"));
        let request = request.header("sec-fetch-site", "same-origin").header("accept", "application/json");
        let answer = request.multipart(multipart::Form::new().part("files", part)).send().await.unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(answer["ok"], true, "{answer}");
        took.seconds = took.seconds.min(begun.elapsed().as_secs_f64());
        took.peak = took.peak.max(server.grown());
    }
    took
}

/// Uploads, copies and hashes the same file.
pub async fn measure(places: &Places) {
    let folder = places.empty("upload");
    let (file, copy) = (folder.join("large.pdf"), folder.join("copy.pdf"));
    make(&file);
    let copied = |synced: bool| {
        best(places.times, || {
            let _ = std::fs::remove_file(&copy);
            let begun = Instant::now();
            run(Command::new("cp").arg(&file).arg(&copy));
            if synced {
                run(Command::new("sync").arg(&copy));
            }
            run(Command::new("sha256sum").arg(&copy).stdout(Stdio::null()));
            Took { seconds: begun.elapsed().as_secs_f64(), peak: 0 }
        })
    };
    let ours = upload(places, &folder, &file).await;
    let _ = std::fs::remove_dir_all(folder.join("data"));
    let (plain, synced) = (copied(false), copied(true));
    println!("Upload of {:.0} MB to a claim, over HTTP, received, verified and on disk", megabytes(BYTES));
    for (baseline, theirs) in [("cp and sha256sum", plain), ("cp, sync and sha256sum", synced)] {
        let ratio = ours.seconds / theirs.seconds;
        say(
            "upload",
            &format!("{:.2} s", ours.seconds),
            &format!("{baseline} {:.2} s", theirs.seconds),
            ratio,
            "at most 2",
            ratio <= 2.0,
        );
    }
    let ratio = megabytes(ours.peak) / 50.0;
    say(
        "upload, memory",
        &format!("{:.0} MB over idle", megabytes(ours.peak)),
        "50 MB",
        ratio,
        "at most 1",
        ratio <= 1.0,
    );
}
