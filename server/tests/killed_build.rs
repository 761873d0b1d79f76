//! A process that is killed while it builds a filing leaves nothing half; the next one takes the build up.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use sqlx::{Connection, SqliteConnection};

fn recoup(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recoup"));
    command.args(words).arg("--data-dir").arg(folder.join("data")).current_dir(folder);
    command
}

fn build(folder: &Path) -> Command {
    recoup(folder, &["filing", "build", "--case", "allegro", "--out", "filings"])
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Looks at the database again and again until `found`, which the process under test brings about.
async fn until<T>(folder: &Path, process: &mut Child, sql: &'static str, found: impl Fn(Option<T>) -> bool)
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
{
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < Duration::from_secs(120), "{sql} is not so after two minutes");
        assert!(process.try_wait().unwrap().is_none(), "it ended before {sql} was so");
        if let Ok(mut db) = open(folder).await {
            let row: Result<Option<T>, _> = sqlx::query_scalar(sql).fetch_optional(&mut db).await;
            if row.is_ok_and(&found) {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn open(folder: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnection::connect(&format!("sqlite://{}", folder.join("data/recoup.db").display())).await
}

async fn number(db: &mut SqliteConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db).await.unwrap()
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_killed_build_leaves_nothing_half_and_is_taken_up() {
    let folder = Folder(std::env::temp_dir().join(format!("recoup-killed-{}", std::process::id())));
    let folder = &folder.0;
    std::fs::create_dir_all(folder).unwrap();
    // A case to be filed: the demo's. Its server goes before the build begins.
    let mut demo = recoup(folder, &["demo", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until::<i64>(folder, &mut demo, "SELECT COUNT(*) FROM letters WHERE kind <> 'receipt'", |count| {
        count.is_some_and(|count| count > 0)
    })
    .await;
    demo.kill().unwrap();
    demo.wait().unwrap();

    let mut process = build(folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let typesetting = "SELECT stage FROM filing_builds WHERE state = 'building'";
    until::<String>(folder, &mut process, typesetting, |stage| {
        stage.is_some_and(|stage| stage.starts_with("Typesetting"))
    })
    .await;
    let killed = Command::new("sh").args(["-c", &format!("kill -9 {}", process.id())]).status().unwrap();
    assert!(killed.success());
    assert_eq!(process.wait().unwrap().code(), None, "a signal ended it");

    let mut db = open(folder).await.unwrap();
    for table in [
        "SELECT COUNT(*) FROM filings",
        "SELECT COUNT(*) FROM filing_files",
        "SELECT COUNT(*) FROM exhibits",
        "SELECT COUNT(*) FROM events WHERE kind LIKE 'filing%'",
    ] {
        assert_eq!(number(&mut db, table).await, 0, "{table}");
    }
    assert!(!folder.join("filings").exists());
    // Its lease still holds: another process must not begin.
    let other = build(folder).output().unwrap();
    assert!(!other.status.success() && words(&other).contains("Another process is building"), "{}", words(&other));
    // The lease ends; waiting for that would take minutes.
    sqlx::query("UPDATE filing_builds SET lease_until = '2020-01-01T00:00:00+00:00' WHERE state = 'building'")
        .execute(&mut db)
        .await
        .unwrap();
    let next = build(folder).output().unwrap();
    assert!(next.status.success(), "{}", words(&next));
    assert_eq!(number(&mut db, "SELECT COUNT(*) FROM filing_builds").await, 1, "it was the same build");
    assert_eq!(number(&mut db, "SELECT attempts FROM filing_builds").await, 2);
    assert_eq!(number(&mut db, "SELECT COUNT(*) FROM filings").await, 1);
    let key = recoup(folder, &["filing", "key"]).output().unwrap();
    let key = String::from_utf8(key.stdout).unwrap();
    let verified =
        recoup(folder, &["filing", "verify", "filings/allegro-filing-1.zip", "--key", key.trim()]).output().unwrap();
    assert!(verified.status.success() && words(&verified).contains("It is whole"), "{}", words(&verified));
}
