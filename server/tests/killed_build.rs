//! Processes that build filings: one is killed, two build at once. Nothing is left half, on SQLite and on PostgreSQL.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use claims::random::Random;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

/// A data directory with a database of its own.
struct Place {
    folder: PathBuf,
    url: String,
}

/// What the process under test brings about is there after at most so long.
const PATIENCE: Duration = Duration::from_secs(120);

impl Place {
    fn recoup(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recoup"));
        command.args(words).arg("--data-dir").arg(self.folder.join("data")).args(["--database-url", &self.url]);
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    fn build(&self) -> Command {
        let mut command = self.recoup(&["filing", "build", "--case", "allegro", "--out", "filings"]);
        command.env("RECOUP_BASE_URL", "https://claims.example.org");
        command
    }

    /// The first row of a query of one text.
    async fn ask(&self, sql: &'static str) -> Result<Option<String>, sqlx::Error> {
        Watch::open(&self.url).await.ask(sql).await
    }

    async fn number(&self, sql: &'static str) -> i64 {
        self.ask(sql).await.unwrap().expect("a row").parse().unwrap()
    }

    async fn change(&self, sql: &'static str) {
        if self.url.starts_with("sqlite") {
            SqliteConnection::connect(&self.url).await.unwrap().execute(sql).await.unwrap();
        } else {
            PgConnection::connect(&self.url).await.unwrap().execute(sql).await.unwrap();
        }
    }

    /// Waits until a build is at its typesetting.
    async fn until_typesetting(&self, process: &mut Child) {
        let begun = Instant::now();
        // One connection for all questions: a build may take less time than opening some on a busy machine.
        let mut watch = Watch::open(&self.url).await;
        loop {
            assert!(begun.elapsed() < PATIENCE, "nothing is typeset");
            assert!(process.try_wait().unwrap().is_none(), "it ended before it was killed");
            let stage = watch.ask("SELECT stage FROM filing_builds WHERE state = 'building'").await;
            if stage.is_ok_and(|stage| stage.is_some_and(|stage| stage.starts_with("Typesetting"))) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn verify(&self, number: i64) {
        let key = self.recoup(&["filing", "key"]).output().unwrap();
        let key = String::from_utf8(key.stdout).unwrap();
        let package = format!("filings/allegro-filing-{number}.zip");
        // A full filing is for nobody else on this machine.
        let mode = std::fs::metadata(self.folder.join(&package)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
        let verified = self.recoup(&["filing", "verify", &package, "--key", key.trim()]).output().unwrap();
        assert!(verified.status.success() && words(&verified).contains("It is whole"), "{}", words(&verified));
    }
}

/// A connection to the database beside the process.
enum Watch {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Watch {
    async fn open(url: &str) -> Self {
        if url.starts_with("sqlite") {
            Self::Sqlite(SqliteConnection::connect(url).await.unwrap())
        } else {
            Self::Postgres(PgConnection::connect(url).await.unwrap())
        }
    }

    /// The first row of a query of one text.
    async fn ask(&mut self, sql: &'static str) -> Result<Option<String>, sqlx::Error> {
        match self {
            Self::Sqlite(db) => sqlx::query_scalar(sql).fetch_optional(db).await,
            Self::Postgres(db) => sqlx::query_scalar(sql).fetch_optional(db).await,
        }
    }
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn a_killed_build_and_two_at_once(place: &Place) {
    // A case to be filed: the demo's.
    let loaded = place.recoup(&["demo", "--load-only", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(loaded.status.success(), "{}", words(&loaded));

    let mut process = place.build().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    place.until_typesetting(&mut process).await;
    // SIGKILL.
    process.kill().unwrap();
    assert_eq!(process.wait().unwrap().code(), None, "a signal ended it");

    for table in [
        "SELECT CAST(COUNT(*) AS TEXT) FROM filings",
        "SELECT CAST(COUNT(*) AS TEXT) FROM filing_files",
        "SELECT CAST(COUNT(*) AS TEXT) FROM exhibits",
        "SELECT CAST(COUNT(*) AS TEXT) FROM events WHERE kind LIKE 'filing%'",
    ] {
        assert_eq!(place.number(table).await, 0, "{table}");
    }
    assert!(!place.folder.join("filings").exists());
    // Its lease still holds: another process must not begin.
    let other = place.build().output().unwrap();
    assert!(!other.status.success() && words(&other).contains("Another process is building"), "{}", words(&other));
    // The lease ends; waiting for that would take minutes.
    place.change("UPDATE filing_builds SET lease_until = '2020-01-01T00:00:00+00:00' WHERE state = 'building'").await;
    let next = place.build().output().unwrap();
    assert!(next.status.success(), "{}", words(&next));
    let builds = "SELECT CAST(COUNT(*) AS TEXT) FROM filing_builds";
    assert_eq!(place.number(builds).await, 1, "it was the same build");
    assert_eq!(place.number("SELECT CAST(attempts AS TEXT) FROM filing_builds").await, 2);
    place.verify(1);

    // Two at once: one builds; the other says so, or comes late and builds the next.
    let start = || place.build().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (one, other) = (start(), start());
    let ended = [one.wait_with_output().unwrap(), other.wait_with_output().unwrap()];
    let built: i64 = ended.iter().map(|output| i64::from(output.status.success())).sum();
    assert!(built >= 1, "{} {}", words(&ended[0]), words(&ended[1]));
    for output in ended.iter().filter(|output| !output.status.success()) {
        assert!(words(output).contains("Another process is building"), "{}", words(output));
    }
    assert_eq!(place.number("SELECT CAST(COUNT(*) AS TEXT) FROM filings").await, 1 + built);
    assert_eq!(place.number("SELECT CAST(MAX(number) AS TEXT) FROM filings").await, 1 + built, "without a gap");
    assert_eq!(place.number(builds).await, 1 + built);
    for number in 2..=1 + built {
        place.verify(number);
    }
    // Whoever is told of a filing is led to the site, not to the machine on which it was built.
    for (told, elsewhere) in [
        (
            "SELECT CAST(COUNT(*) AS TEXT) FROM outbox WHERE kind = 'claim_filed'",
            "SELECT CAST(COUNT(*) AS TEXT) FROM outbox WHERE kind = 'claim_filed' AND body_text NOT LIKE '%https://claims.example.org/claims/%'",
        ),
        (
            "SELECT CAST(COUNT(*) AS TEXT) FROM outbox WHERE kind = 'notice' AND subject LIKE 'Filing %'",
            "SELECT CAST(COUNT(*) AS TEXT) FROM outbox WHERE kind = 'notice' AND subject LIKE 'Filing %' AND body_text NOT LIKE '%https://claims.example.org/counsel/%'",
        ),
    ] {
        assert!(place.number(told).await > 0, "{told}");
        assert_eq!(place.number(elsewhere).await, 0, "{elsewhere}");
    }
    // What the killed one had made is found and cleaned.
    let cleaned = place.recoup(&["doctor", "--deep", "--clean", "--older-than", "0"]).output().unwrap();
    assert!(words(&cleaned).contains("temporary"), "{}", words(&cleaned));
    let sound = place.recoup(&["doctor", "--deep"]).output().unwrap();
    assert!(!words(&sound).contains("no row") && !words(&sound).contains("temporary"), "{}", words(&sound));
}

/// Letters that no other test uses.
fn name() -> String {
    let letters = Random::System.bytes::<12>();
    format!("recoup_killed_{}", letters.iter().map(|byte| char::from(b'a' + byte % 26)).collect::<String>())
}

/// Runs the test and removes its place, however it ends.
async fn run(url: impl FnOnce(&Path) -> String) {
    let folder = std::env::temp_dir().join(name());
    std::fs::create_dir_all(folder.join("data")).unwrap();
    let url = url(&folder);
    let place = Place { folder: folder.clone(), url };
    let ended = tokio::spawn(async move { a_killed_build_and_two_at_once(&place).await }).await;
    std::fs::remove_dir_all(folder).unwrap();
    if let Err(error) = ended {
        std::panic::resume_unwind(error.into_panic());
    }
}

#[tokio::test]
async fn sqlite() {
    run(|folder| format!("sqlite:{}", folder.join("data/recoup.db").display())).await;
}

#[tokio::test]
async fn postgres() {
    let cluster = std::env::var("RECOUP_TEST_POSTGRES").expect(
        "the variable RECOUP_TEST_POSTGRES names no PostgreSQL cluster; `cargo xtask test` starts one and sets it",
    );
    let mut admin = PgConnection::connect(&cluster).await.unwrap();
    let name = name();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let mut url = url::Url::parse(&cluster).unwrap();
    url.set_path(&name);
    let ended = tokio::spawn(run(move |_| url.to_string())).await;
    admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
    if let Err(error) = ended {
        std::panic::resume_unwind(error.into_panic());
    }
}
