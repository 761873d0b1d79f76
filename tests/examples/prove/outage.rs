//! The database is locked by another process; PostgreSQL is stopped as well, also the hard way, and started again.

use std::time::{Duration, Instant};

use claims::actions::seen;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use tests::{Browser, smtp::Smtp, stage};

use crate::{
    Plan,
    cluster::Cluster,
    site::Site,
    verify,
    work::{self, Ready, Work},
};

/// Whichever applies.
pub async fn run(plan: &Plan) {
    if plan.database == "postgres" {
        let cluster = Cluster::start(&plan.folder);
        locked(plan, &cluster.url()).await;
        drop(cluster);
        stopped(plan).await;
    } else {
        locked(plan, &format!("sqlite:{}", plan.folder.join("data/recoup.db").display())).await;
    }
}

/// An empty data directory, and a mail server that has seen nothing.
async fn fresh(plan: &Plan) -> (std::path::PathBuf, Smtp) {
    let data = plan.folder.join("data");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).unwrap();
    (data, Smtp::start().await)
}

/// What another program holds, so that nobody writes claims.
enum Lock {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Lock {
    async fn take(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            let mut other = SqliteConnection::connect(url).await.unwrap();
            other.execute("BEGIN IMMEDIATE").await.unwrap();
            return Self::Sqlite(other);
        }
        let mut other = PgConnection::connect(url).await.unwrap();
        other.execute("BEGIN").await.unwrap();
        other.execute("LOCK TABLE claims IN SHARE MODE").await.unwrap();
        Self::Postgres(other)
    }

    async fn release(self) {
        match self {
            Self::Sqlite(other) => other.close().await.unwrap(),
            Self::Postgres(other) => other.close().await.unwrap(),
        }
    }
}

async fn locked(plan: &Plan, url: &str) {
    let (data, smtp) = fresh(plan).await;
    let site = Site::new(&plan.recoup, &data, url, &smtp.url(), &plan.folder.join("log"));
    println!("database locked by another process");
    let ready = work::prepare(url, &site.address(), 2).await;
    let mut running = site.start();
    let lock = Lock::take(url).await;
    let begun = Instant::now();
    let (status, page) = sign(&site, &ready[0]).await;
    println!("    sending ended after {:.1} s with {status}", begun.elapsed().as_secs_f64());
    assert_eq!(status, 503);
    assert!(page.contains("what was done is not done twice"), "{page}");
    assert!(begun.elapsed() < Duration::from_secs(30), "it waited too long for the lock");
    let reading = Instant::now();
    assert_eq!(ask(&site, "/cases/allegro").await.0, 200);
    assert!(reading.elapsed() < Duration::from_secs(2), "reading waited for the lock: {:?}", reading.elapsed());
    lock.release().await;
    let told = Work::begin(&site.address(), ready.clone()).end().await;
    assert!(running.is_up());
    verify::mails_are_gone(url).await;
    assert!(tokio::task::spawn_blocking(move || running.stop()).await.unwrap().0.success());
    verify::acknowledged(&site, &ready, &told).await;
    verify::mails(&site, &smtp, 0).await;
    println!("ok: told, and went on when the lock was gone");
}

async fn stopped(plan: &Plan) {
    let (data, smtp) = fresh(plan).await;
    let cluster = Cluster::start(&plan.folder);
    let url = cluster.url();
    let site = Site::new(&plan.recoup, &data, &url, &smtp.url(), &plan.folder.join("log"));
    println!("PostgreSQL stopped and started: {} claims", plan.submits);
    let ready = work::prepare(&url, &site.address(), plan.submits).await;
    let mut running = site.start();
    let people = Work::begin(&site.address(), ready.clone());
    for (share, mode, away) in [(1, "immediate", 0), (2, "fast", 5), (3, "immediate", 5), (4, "fast", 60)] {
        // In the middle of the work.
        while people.count() < plan.submits * share / 5 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let at = people.count();
        cluster.down(mode);
        if away > 0 {
            let (status, page) = ask(&site, "/cases/allegro").await;
            assert_eq!(status, 503, "{page}");
            assert!(page.contains("The database does not answer"), "{page}");
            assert_eq!(ask(&site, "/readyz").await.0, 503);
            assert_eq!(ask(&site, "/healthz").await.0, 200);
        }
        tokio::time::sleep(Duration::from_secs(away)).await;
        cluster.up();
        let back = Instant::now();
        while ask(&site, "/readyz").await.0 != 200 {
            assert!(back.elapsed() < Duration::from_secs(30), "it does not find the database again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        println!(
            "    {mode}, away for {away} s after {at} claims; ready again {:.1} s after the database",
            back.elapsed().as_secs_f64()
        );
    }
    let told = people.end().await;
    assert!(running.is_up(), "the process went on all the time");
    verify::mails_are_gone(&url).await;
    assert!(tokio::task::spawn_blocking(move || running.stop()).await.unwrap().0.success());
    verify::acknowledged(&site, &ready, &told).await;
    // Each outage may fall between the mail server's answer and our note of it.
    verify::mails(&site, &smtp, 4).await;
    verify::bytes(&site).await;
    println!("ok: nothing acknowledged was lost, and it came back by itself");
}

/// Asks for a page.
pub async fn ask(site: &Site, path: &str) -> (u16, String) {
    let answer = Browser::new(&site.address()).request("GET", path).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap_or_default())
}

/// Signs and sends a claim, once.
pub async fn sign(site: &Site, one: &Ready) -> (u16, String) {
    let browser = Browser::new(&site.address());
    browser.set_cookie("recoup", &one.session);
    let mut signature: Vec<(String, String)> = stage::signature().0.into_iter().collect();
    signature.push(("version".to_owned(), one.version.to_string()));
    signature.push(("key".to_owned(), one.key.clone()));
    signature.push((seen::FIELD.to_owned(), one.seen.clone()));
    let request =
        browser.request("POST", &format!("/claims/{}/sign", one.claim)).header("sec-fetch-site", "same-origin");
    let answer = request.form(&signature).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap_or_default())
}
