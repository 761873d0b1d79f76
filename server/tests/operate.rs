//! The commands of the binary for those who operate it, as they type them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use claims::store::Store;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("recoup-operate-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(data: &Path, what: &[&str]) -> Command {
    command_at(data, "127.0.0.1:0", what)
}

fn command_at(data: &Path, listen: &str, what: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recoup"));
    command.args(what).args(["--listen", listen, "--data-dir"]).arg(data).env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

fn run(data: &Path, what: &[&str]) -> Output {
    command(data, what).output().unwrap()
}

/// What a command says that must succeed.
#[track_caller]
fn say(data: &Path, what: &[&str]) -> String {
    let output = run(data, what);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{what:?}: {said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// What a command complains of that must fail.
#[track_caller]
fn complain(data: &Path, what: &[&str]) -> String {
    let output = run(data, what);
    assert!(!output.status.success(), "{what:?} succeeded");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Does something with the database of an installation that nobody serves, past the product.
fn by_hand<T>(data: &Path, what: impl AsyncFnOnce(&mut SqliteConnection) -> T) -> T {
    let url = format!("sqlite:{}", data.join("recoup.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut database = SqliteConnection::connect(&url).await.unwrap();
        let done = what(&mut database).await;
        database.close().await.unwrap();
        done
    })
}

/// Changes rows; gives how many.
fn change(data: &Path, sql: &str) -> u64 {
    let sql = AssertSqlSafe(sql.to_owned());
    by_hand(data, async |database| sqlx::query(sql).execute(database).await.unwrap().rows_affected())
}

/// A number.
fn ask(data: &Path, sql: &'static str) -> i64 {
    by_hand(data, async |database| sqlx::query_scalar(sql).fetch_one(database).await.unwrap())
}

#[test]
fn the_demo_case_is_backed_up_restored_and_sound() {
    let folder = Folder::new("backup");
    let (data, copy) = (folder.0.join("data"), folder.0.join("copy"));
    let backup = folder.0.join("backup").display().to_string();
    let loaded = run(&data, &["demo", "--load-only"]);
    let log = String::from_utf8(loaded.stderr).unwrap();
    assert!(loaded.status.success() && log.contains("the demo case is loaded"), "{log}");
    assert!(!log.contains("was added"), "nobody added an account: {log}");
    let written = say(&data, &["backup", &backup]);
    assert!(written.contains("written and read again"), "{written}");
    assert!(say(&data, &["backup", &backup, "--check"]).contains("whole"));
    assert!(complain(&data, &["backup", &backup]).contains("is not empty"));
    assert!(complain(&data, &["restore", &backup]).contains("not empty"));
    assert!(say(&copy, &["restore", &backup]).contains("restored and compared row by row"));
    let sound = String::from_utf8(run(&copy, &["doctor", "--deep"]).stdout).unwrap();
    assert!(sound.contains("chain whole") && sound.contains("compared with their hashes"), "{sound}");
    // Nobody serves it, so its mails wait, and the demo has one that was given up; the folder that was made is for its owner
    // alone; nothing else is to be said.
    let findings: Vec<_> = sound.lines().filter(|line| line.starts_with("FAIL") || line.starts_with("note")).collect();
    let of_mails = |line: &&str| line.starts_with("FAIL  mails") || line.starts_with("note  mails: 1 ");
    assert!(findings.len() == 2 && findings.iter().all(of_mails), "{sound}");
    let again = folder.0.join("again").display().to_string();
    say(&copy, &["backup", &again]);
    for table in ["claims", "lines", "events", "outbox", "releases"] {
        let file = |backup: &str| fs::read(Path::new(backup).join(format!("tables/{table}.jsonl"))).unwrap();
        assert!(!file(&backup).is_empty() && file(&backup) == file(&again), "{table}");
    }
    assert!(complain(&copy, &["doctor", "--clean"]).contains("--deep"));
    what_was_named_is_purged(&copy);
    what_is_ill_ends_in_failure(&copy);
}

#[test]
fn what_is_written_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("private");
    let data = folder.0.join("data");
    let out = folder.0.join("out");
    let to = out.display().to_string();
    // As a user and a folder usually are.
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let run = |what: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 022; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_recoup")]).args(what);
        command.args(["--listen", "127.0.0.1:0", "--data-dir"]).arg(&data).env_remove("RUST_LOG");
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{what:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let modes = |folder: &Path| -> Vec<(PathBuf, u32)> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (path.clone(), fs::metadata(path).unwrap().permissions().mode() & 0o777)).collect()
    };
    let private = |folder: &Path, least: usize| {
        let open: Vec<_> = modes(folder).into_iter().filter(|(_, mode)| mode & 0o077 != 0).collect();
        assert!(open.is_empty(), "{open:?}");
        assert!(modes(folder).len() >= least, "{}", folder.display());
    };
    run(&["demo", "--load-only"]);
    private(&data, 3);
    // The journal is there as long as somebody has the database open.
    by_hand(&data, async |database| {
        sqlx::query("UPDATE cases SET event_count = event_count").execute(&mut *database).await.unwrap();
        run(&["export", "--case", "allegro", "--out", to.as_str()]);
        assert!(data.join("recoup.db-wal").exists());
        private(&data, 5);
    });
    private(&out, 2);
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o700);

    // One that an earlier version made; a group that was let in by hand stays.
    let file = data.join("recoup.db");
    for (was, is) in [(0o644, 0o600), (0o640, 0o640)] {
        fs::set_permissions(&file, fs::Permissions::from_mode(was)).unwrap();
        run(&["user", "list"]);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, is);
    }
}

/// A dry run names what has served its time and leaves it; a run deletes just that.
fn what_was_named_is_purged(data: &Path) {
    // All drafts but one were left long ago, and somebody's session ended.
    let before = "'2020-01-01T00:00:00+00:00'";
    let old = "SELECT id FROM claims WHERE in_force_id IS NULL AND draft_id IS NOT NULL ORDER BY id LIMIT (SELECT COUNT(*) - 1 FROM claims WHERE in_force_id IS NULL AND draft_id IS NOT NULL)";
    let drafts = change(data, &format!("UPDATE claims SET changed_at = {before} WHERE id IN ({old})"));
    assert!(drafts > 1, "{drafts} drafts");
    change(
        data,
        &format!(
            "UPDATE answers SET saved_at = {before} WHERE version_id IN (SELECT draft_id FROM claims WHERE id IN ({old}))"
        ),
    );
    let session = format!(
        "INSERT INTO sessions (id_hash, data, started_at, seen_at, expires_at) VALUES ('ended', '{{}}', {before}, {before}, {before})"
    );
    assert_eq!(change(data, &session), 1);
    let counts = || {
        [
            "SELECT COUNT(*) FROM claims WHERE in_force_id IS NULL AND draft_id IS NOT NULL",
            "SELECT COUNT(*) FROM sessions WHERE id_hash = 'ended'",
            "SELECT COUNT(*) FROM events WHERE kind = 'draft_purged'",
            "SELECT COUNT(*) FROM claims",
        ]
        .map(|sql| ask(data, sql))
    };
    let all = counts();
    let named = say(data, &["purge", "--dry-run"]);
    assert_eq!(named.lines().filter(|line| line.starts_with("draft of claim ")).count() as u64, drafts, "{named}");
    assert!(named.contains(&format!("{drafts} drafts unchanged for 365 days, 1 expired sessions, ")), "{named}");
    assert!(named.lines().all(|line| line.contains("would be deleted")), "{named}");
    assert_eq!(counts(), all, "a dry run changes nothing");
    let purged = say(data, &["purge"]);
    assert!(purged.starts_with(&named.replace("would be deleted", "deleted")), "{named}\n{purged}");
    assert_eq!(counts(), [1, 0, i64::try_from(drafts).unwrap(), all[3]]);
    assert!(say(data, &["purge"]).starts_with("0 drafts unchanged for 365 days, 0 expired sessions, "));
}

/// `recoup doctor` says by its exit code that something is to be mended.
fn what_is_ill_ends_in_failure(data: &Path) {
    assert!(change(data, "UPDATE events SET kind = 'nothing' WHERE seq = 2") > 0);
    let output = run(data, &["doctor"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("event 2 of ") && said.contains("Compare it with a backup from before that event."),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(1), "{said}");
    fs::write(data.join("recoup.db"), "This is no database. ".repeat(1_000)).unwrap();
    let output = run(data, &["doctor"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("FAIL  database: ") && said.contains("Check the key database_url"), "{said}");
    assert!(said.contains(" to mend.") && !said.contains("All is well"), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
}

#[test]
fn serving_ends_in_order_when_it_is_told() {
    let folder = Folder::new("stop");
    for signal in ["TERM", "INT"] {
        let mut child = command(&folder.0, &["serve", "--log", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("it says where it is").unwrap();
        assert!(first.starts_with("Recoup is at http://127.0.0.1:"), "{first}");
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
        assert!(sent.success());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "SIG{signal}: {}", output.status);
        let log = String::from_utf8(output.stderr).unwrap();
        let messages: Vec<String> = log
            .lines()
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["message"].as_str().unwrap().to_owned()
            })
            .collect();
        assert!(messages.iter().any(|message| message.starts_with("stopping")), "{messages:?}");
        assert_eq!(messages.last().map(String::as_str), Some("stopped"));
    }
}

#[test]
fn one_process_serves_a_database_at_a_time() {
    let folder = Folder::new("alone");
    let serve = |listen: &str| {
        let mut command = command_at(&folder.0, listen, &["serve", "--stop-seconds", "1"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let first_line = |child: &mut std::process::Child| {
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        lines.next().expect("it says where it is").unwrap()
    };
    let mut first = serve("127.0.0.1:0").spawn().unwrap();
    let at = first_line(&mut first);
    let listen = at.strip_prefix("Recoup is at http://").expect("where it is").to_owned();
    // One that goes on is waited for as long as stopping may take, and not served beside, at the same address or at another.
    let seconds = [("serve", &*listen), ("serve", "127.0.0.1:0"), ("demo", &*listen)].map(|(what, listen)| {
        let mut second = command_at(&folder.0, listen, &[what, "--stop-seconds", "1"]);
        second.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    });
    for second in seconds {
        let output = second.wait_with_output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        let file = folder.0.join("recoup.db");
        assert!(!output.status.success(), "{words}");
        assert!(words.contains("waiting for it to stop"), "{words}");
        assert!(words.contains(&format!("another Recoup serves {}; stop it first", file.display())), "{words}");
    }
    // Other commands go on beside it.
    let backup = folder.0.join("backup").display().to_string();
    say(&folder.0, &["backup", &backup]);
    say(&folder.0, &["doctor", "--deep"]);
    say(&folder.0.join("copy"), &["restore", &backup]);
    // One that ends while the next waits, however it ends, makes room, and the next takes its address over.
    let mut next = serve(&listen).spawn().unwrap();
    let mut log = BufReader::new(next.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(log.any(|line| line.contains("waiting for it to stop")), "it did not wait");
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(first_line(&mut next), at);
    next.kill().unwrap();
    next.wait().unwrap();
}

#[test]
fn no_command_brings_a_database_up_to_date_below_an_earlier_program() {
    let folder = Folder::new("below");
    let file = folder.0.join("recoup.db");
    let earlier = claims::store::newest_schema() - 1;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        Store::open_at(&format!("sqlite:{}", file.display()), earlier).await.unwrap().close().await;
    });
    // As the program that serves it does.
    let served = std::fs::File::create(folder.0.join("recoup.db.serve")).unwrap();
    served.lock().unwrap();
    for what in [["user", "list"].as_slice(), &["migrate"], &["purge", "--dry-run"]] {
        let words = complain(&folder.0, what);
        let said = format!("an earlier Recoup serves {}, whose schema is {earlier};", file.display());
        assert!(words.contains(&said), "{what:?}: {words}");
    }
    served.unlock().unwrap();
    say(&folder.0, &["migrate"]);
    // A program that serves what is up to date is in nobody's way.
    served.lock().unwrap();
    say(&folder.0, &["user", "list"]);
    say(&folder.0, &["migrate"]);
}

#[test]
fn what_cannot_listen_makes_no_installation() {
    let folder = Folder::new("taken");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let free = "127.0.0.1:0";
    for (what, listen, key) in [
        ("serve", &*listen, "listen"),
        ("demo", &listen, "listen"),
        ("serve", free, "metrics_listen"),
        ("demo", free, "metrics_listen"),
    ] {
        let metrics = taken.local_addr().unwrap().to_string();
        let arguments: &[&str] = if key == "listen" { &[what] } else { &[what, "--metrics-listen", &metrics] };
        let output = command_at(&folder.0, listen, arguments).output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        let said = format!("cannot listen on {metrics} (key {key})");
        assert!(!output.status.success() && words.contains(&said), "{what}: {words}");
        assert!(
            output.stdout.is_empty(),
            "{what} {key}: it said where it is: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    // The file that was locked is none.
    assert!(folder.0.join("recoup.db.serve").exists() && !folder.0.join("recoup.db").exists());
    assert!(complain(&folder.0, &["user", "list"]).contains("There is no installation in"));
}

#[test]
fn nothing_is_made_where_nothing_is() {
    let folder = Folder::new("empty");
    let data = folder.0.join("data");
    let backup = folder.0.join("backup").display().to_string();
    for what in [
        ["backup", &backup].as_slice(),
        &["user", "list"],
        &["user", "disable", "ada@example.org"],
        &["purge", "--dry-run"],
        &["export", "--case", "allegro", "--out", &backup],
        &["filing", "key"],
    ] {
        let words = complain(&data, what);
        let said =
            format!("There is no installation in {} (key data_dir). Say where it is by --config", data.display());
        assert!(words.contains(&said), "{what:?}: {words}");
    }
    let output = run(&data, &["doctor"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("note  installation: There is no installation in") && said.contains("--data-dir"), "{said}");
    assert!(output.status.success() && !said.contains("All is well"), "{said}");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0, "something was made");
    // An empty file is none either.
    fs::create_dir(&data).unwrap();
    fs::write(data.join("recoup.db"), b"").unwrap();
    assert!(complain(&data, &["backup", &backup]).contains("There is no installation"));
}

#[test]
fn the_first_account_may_be_the_first_thing_and_its_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("first");
    let data = folder.0.join("data");
    say(&data, &["user", "add", "ada@example.org", "--name", "Ada", "--administrator"]);
    for made in [data.clone(), data.join("documents")] {
        assert_eq!(fs::metadata(&made).unwrap().permissions().mode() & 0o777, 0o700, "{}", made.display());
    }
    assert!(say(&data, &["user", "list"]).contains("ada@example.org"));
    let said = say(&data, &["doctor"]);
    assert!(said.contains("All is well."), "{said}");
    let log = run(&data, &["user", "disable", "ada@example.org"]);
    let log = String::from_utf8(log.stderr).unwrap();
    assert!(log.contains("an account was disabled") && log.contains("command line") && !log.contains("ada@"), "{log}");
}

#[test]
fn a_restore_of_nothing_leaves_nothing() {
    let folder = Folder::new("nothing");
    let data = folder.0.join("data");
    let missing = folder.0.join("missing").display().to_string();
    assert!(complain(&data, &["restore", &missing]).contains("holds no backup"));
    assert!(!data.join("recoup.db").exists());
}
