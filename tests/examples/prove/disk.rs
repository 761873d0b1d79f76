//! The disk is full: database, documents and log lie on a small file system of their own.

use std::{io::Write, path::Path, process::Command};

use reqwest::multipart;
use sqlx::{Connection, SqliteConnection};
use tests::{Browser, smtp::Smtp};

use crate::{
    Plan,
    cluster::is_root,
    outage::{ask, sign},
    site::Site,
    verify,
    work::{self, Ready, Work},
};

/// A file system in memory; dropped, it is unmounted.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    fn mount(folder: &'a Path) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let mounted = is_root()
            && Command::new("mount")
                .args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"])
                .arg(folder)
                .status()
                .is_ok_and(|status| status.success());
        mounted.then_some(Self(folder))
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filler")).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn empty(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

/// Fills the disk, looks at what people are told, makes room, and compares.
pub async fn run(plan: &Plan) {
    let folder = plan.folder.join("small");
    let Some(small) = Small::mount(&folder) else {
        println!("not run: a full disk needs a small file system, and only root mounts one (mount -t tmpfs)");
        return;
    };
    println!("disk full during upload, submit and log");
    let data = folder.join("data");
    std::fs::create_dir_all(&data).unwrap();
    let url = format!("sqlite:{}", data.join("recoup.db").display());
    let smtp = Smtp::start().await;
    let log = folder.join("log");
    let site = Site::new(&plan.recoup, &data, &url, &smtp.url(), &log);
    let ready = work::prepare(&url, &site.address(), 40).await;
    let mut running = site.start();
    let first = Work::begin(&site.address(), ready[..20].to_vec()).end().await;

    verify::mails_are_gone(&url).await;
    // SQLite writes over the log that it has before it asks for more space: now it has none.
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    small.fill();
    let logged = std::fs::metadata(&log).unwrap().len();
    for one in &ready[20..] {
        let (status, page) = upload(&site, one).await;
        assert!(status >= 400 && page.contains("\"ok\":false"), "an upload into a full disk: {status} {page}");
        let (status, page) = sign(&site, one).await;
        assert!(
            status == 503 && page.contains("what was done is not done twice"),
            "a submission into a full disk: {status} {page}"
        );
    }
    assert_eq!(ask(&site, "/healthz").await.0, 200);
    assert!(running.is_up(), "a log that cannot be written ends nothing");
    println!(
        "    20 uploads and 20 submissions were refused with words; log of {logged} bytes, then {}",
        std::fs::metadata(&log).unwrap().len()
    );

    small.empty();
    let rest = Work::begin(&site.address(), ready[20..].to_vec()).end().await;
    assert!(std::fs::metadata(&log).unwrap().len() > logged, "the log goes on");
    verify::mails_are_gone(&url).await;
    assert!(tokio::task::spawn_blocking(move || running.stop()).await.unwrap().0.success());
    lines_are_whole(&std::fs::read_to_string(&log).unwrap());
    let mut told = first;
    told.numbers.extend(rest.numbers);
    told.tried_again += rest.tried_again;
    verify::acknowledged(&site, &ready, &told).await;
    verify::mails(&site, &smtp, 0).await;
    verify::bytes(&site).await;
    println!("ok: refused with words, nothing half kept, and it went on when there was room");
}

/// Every line of the log is an entry. Only what the disk had no room for is cut off, and then nothing goes on in its line.
fn lines_are_whole(log: &str) {
    let is_entry = |line: &&str| serde_json::from_str::<serde_json::Value>(line).is_ok();
    let (whole, torn): (Vec<&str>, Vec<&str>) = log.lines().partition(is_entry);
    for line in &torn {
        let entries = line.matches("{\"timestamp\"").count();
        assert!(line.starts_with('{') && entries <= 1, "an entry goes on in the line of another: {line}");
    }
    let last = log.lines().next_back().expect("a log");
    assert!(is_entry(&last) && last.contains("stopped"), "the log did not go on to the end: {last}");
    println!("    {} lines of the log are whole, {} were cut off by the full disk", whole.len(), torn.len());
}

async fn upload(site: &Site, one: &Ready) -> (u16, String) {
    let browser = Browser::new(&site.address());
    browser.set_cookie("recoup", &one.session);
    let part = multipart::Part::bytes(vec![b'x'; 200_000]).file_name("large.txt");
    let request =
        browser.request("POST", &format!("/claims/{}/documents", one.claim)).header("sec-fetch-site", "same-origin");
    let form = multipart::Form::new().part("files", part);
    let answer = request.header("accept", "application/json").multipart(form).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap_or_default())
}
