//! A database that is locked, cut off, or gone for a while.

use claims::{line::Category, store::Tx};
use server::mail::{Post, worker};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tests::{App, Database, Kind, Options, on_both, proxy::Proxy, run, stage};

use crate::scene::sign;

async fn locked(database: Database) {
    let app = App::start(&database).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, claim) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    let browser = app.browser_of(&actor).await;
    // Another process holds the lock.
    let mut other = SqliteConnection::connect(database.url()).await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let sending = {
        let browser = browser.clone();
        let recoup = app.recoup.clone();
        tokio::spawn(async move {
            let draft = stage::draft(&recoup, claim).await;
            let mut sent: Vec<(String, String)> = stage::signed(&recoup, draft).await.0.into_iter().collect();
            sent.push(("version".to_owned(), draft.to_string()));
            browser.fetch(browser.request("POST", &format!("/claims/{claim}/sign")).form(&sent)).await
        })
    };
    // Whoever reads does not wait.
    app.browser().get("/cases/allegro").await.expect_status(200);
    assert!(!sending.is_finished());
    drop(lock);
    drop(other);
    sending.await.unwrap().expect_status(303);
    browser.get(&format!("/claims/{claim}/versions/1")).await.expect_status(200);
}

#[test]
fn a_locked_database_is_waited_for() {
    run(Kind::Sqlite, locked);
}

async fn locked_for_long(database: Database) {
    let plain = database.store().await;
    let Tx::Postgres(mut tx) = plain.read().await.unwrap() else { panic!() };
    let waits: String = sqlx::query_scalar("SHOW lock_timeout").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(waits, "10s", "as long as on SQLite");
    drop(tx);
    plain.close().await;
    // Here less, so that the test need not wait so long.
    let mut impatient = url::Url::parse(database.url()).unwrap();
    impatient.query_pairs_mut().append_pair("options[lock_timeout]", "500ms");
    let app = App::start(&database.at(impatient.as_str())).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, claim) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    let browser = app.browser_of(&actor).await;
    let others = format!("/claims/{claim}/others");
    let form = browser.get(&others).await.form(&others);
    let told = |page: &tests::Page| {
        page.expect_status(503);
        page.expect(
            "The database does not answer. Wait a minute, then send the form again: what was done is not done twice.",
        );
    };
    let mut other = PgConnection::connect(database.url()).await.unwrap();
    // Another program is about to change what is written: whoever writes is told, whoever reads notices nothing.
    let mut lock = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE claims, versions, matching IN SHARE MODE").execute(&mut *lock).await.unwrap();
    told(&sign(&app, &browser, claim, &[]).await);
    browser.get("/cases/allegro").await.expect_status(200);
    browser.get(&others).await.expect_status(200);
    // It lets nobody read either.
    sqlx::query("LOCK TABLE claims, versions, answers IN ACCESS EXCLUSIVE MODE").execute(&mut *lock).await.unwrap();
    told(&browser.get(&others).await);
    told(&browser.send_once(&form).await);
    lock.rollback().await.unwrap();
    browser.send(form).await.expect("Your answers are saved");
    sign(&app, &browser, claim, &[]).await.expect_status(303);
    let rows: Vec<(i64, i64)> = database.rows("SELECT COUNT(*), COUNT(number) FROM claims").await;
    assert_eq!(rows, [(1, 1)]);
    app.recoup.store.close().await;
}

#[test]
fn a_database_that_is_locked_for_long_is_told() {
    run(Kind::Postgres, async |database| {
        let most = std::time::Duration::from_secs(120);
        tokio::time::timeout(most, locked_for_long(database)).await.expect("no page waits for ever");
    });
}

async fn migrated_by_another(database: Database) {
    let mut other = PgConnection::connect(database.url()).await.unwrap();
    database.store().await.close().await;
    let mut lock = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE").execute(&mut *lock).await.unwrap();
    let mut impatient = url::Url::parse(database.url()).unwrap();
    impatient.query_pairs_mut().append_pair("options[lock_timeout]", "1ms");
    let starting = tokio::spawn(async move { claims::store::Store::open(impatient.as_str()).await });
    let locks = "SELECT pid FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    // Seen to wait again and again, each time later by more than a millisecond.
    let waiting = async {
        let mut seen = 0;
        while seen < 20 {
            assert!(!starting.is_finished(), "whoever starts waits until another process has migrated");
            seen += database.rows::<(i32,)>(locks).await.len();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.expect("somebody waits");
    lock.rollback().await.unwrap();
    starting.await.unwrap().unwrap().close().await;
}

#[test]
fn migrations_are_waited_for_however_long_they_take() {
    run(Kind::Postgres, migrated_by_another);
}

async fn full(database: Database) {
    let app = App::start(&database).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, claim) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    // What a full disk is to SQLite: it cannot grow, says so, and ends the transaction by itself.
    let Tx::Sqlite(mut tx) = app.recoup.store.write().await.unwrap() else { panic!() };
    sqlx::query("PRAGMA max_page_count = 1").execute(tx.settled().await.unwrap()).await.unwrap();
    let growing = "INSERT INTO installation (key, value) SELECT 'large', hex(randomblob(5000000))";
    let error = sqlx::query(growing).execute(tx.settled().await.unwrap()).await.unwrap_err().to_string();
    assert!(error.contains("database or disk is full"), "{error}");
    drop(tx);
    // Others write as before.
    stage::line(&app.recoup, &actor, claim, Category::UnpaidSales, &stage::sales("2.00"), None).await;
    let browser = app.browser_of(&actor).await;
    sign(&app, &browser, claim, &[]).await.expect_status(303);
}

#[test]
fn a_full_disk_ends_one_transaction_and_no_more() {
    run(Kind::Sqlite, full);
}

async fn full_for_sessions(database: Database) {
    let app = App::start(&database).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, claim) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    let browser = app.browser_of(&actor).await;
    let path = format!("/claims/{claim}/documents");
    let form = browser.get(&path).await.form(&path);
    database
        .tamper(
            "CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
        )
        .await;
    // From now on every page would note that the session was used.
    app.pass(chrono::Duration::minutes(11));
    browser.get(&path).await.expect_status(200);
    // The documents' disk is full too: whoever sends one is told so, by the answer itself, for no session keeps it until the next page.
    let folder = database.directory().join("documents/incoming");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::write(&folder, "").unwrap();
    let sent = browser.send_once(&form.attach("files", "statement.txt", "What was sold.")).await;
    sent.expect_status(409);
    sent.expect(
        "statement.txt was not taken: the document store does not answer; nothing of it was kept, send it again later.",
    );
    let file = reqwest::multipart::Part::bytes(b"What was sold.".as_slice()).file_name("statement.txt");
    let sending =
        browser.request("POST", &path).header("sec-fetch-site", "same-origin").header("accept", "application/json");
    let told = browser.fetch(sending.multipart(reqwest::multipart::Form::new().part("files", file))).await;
    told.expect_status(422);
    assert!(told.body.contains("\"ok\":false") && told.body.contains("nothing of it was kept"), "{}", told.body);
    assert_eq!(database.rows::<(i64,)>("SELECT COUNT(*) FROM documents").await, [(0,)]);
}

#[test]
fn a_session_that_cannot_be_written_costs_no_answer() {
    run(Kind::Sqlite, full_for_sessions);
}

async fn gone(database: Database) {
    let url = url::Url::parse(database.url()).unwrap();
    let server = format!("127.0.0.1:{}", url.port().unwrap()).parse().unwrap();
    let proxy = Proxy::to(server).await;
    let mut behind = url;
    behind.set_port(Some(proxy.address.port())).unwrap();
    let options = Options { metrics_token: Some("token".to_owned()), ..Options::default() };
    let app = App::start_with(&database.at(behind.as_str()), options).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, claim) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    let browser = app.browser_of(&actor).await;
    let form = browser.get(&format!("/claims/{claim}/others")).await.form(&format!("/claims/{claim}/others"));

    proxy.set_open(false);
    for page in [browser.get("/cases/allegro").await, browser.send_once(&form).await] {
        page.expect_status(503);
        page.expect(
            "The database does not answer. Wait a minute, then send the form again: what was done is not done twice.",
        );
        page.expect("Number of this request");
    }
    assert!(sign_by(&browser, claim).await.status.is_server_error());
    // Whoever watches it is told at once, with what the process knows by itself.
    let begun = std::time::Instant::now();
    let metrics = browser.fetch(browser.request("GET", "/metrics").header("authorization", "Bearer token")).await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "it waited {:?} for the database", begun.elapsed());
    metrics.expect_status(200);
    assert!(metrics.body.contains("\nrecoup_database_up 0\n"), "{}", metrics.body);
    assert!(metrics.body.contains("status=\"503\"") && !metrics.body.contains("recoup_mails"), "{}", metrics.body);
    // The workers say so, and go on.
    let (post, mails) = Post::memory().unwrap();
    let (_go_on, never) = tokio::sync::watch::channel(false);
    assert!(worker::run_once(&app.recoup, &post, "worker", &never).await.is_err());

    proxy.set_open(true);
    browser.get("/cases/allegro").await.expect_status(200);
    browser.send(form).await.expect("Your answers are saved");
    stage::line(&app.recoup, &actor, claim, Category::UnpaidSales, &stage::sales("2.00"), None).await;
    sign(&app, &browser, claim, &[]).await.expect_status(303);
    assert_eq!(worker::run_once(&app.recoup, &post, "worker", &never).await.unwrap(), 1);
    assert_eq!(mails.lock().unwrap().len(), 1);
    let rows: Vec<(i64, i64)> = database.rows("SELECT COUNT(*), COUNT(number) FROM claims").await;
    assert_eq!(rows, [(1, 1)]);
    app.recoup.store.close().await;
}

/// A signature that cannot be prepared by looking at the database.
async fn sign_by(browser: &tests::Browser, claim: claims::ClaimId) -> tests::Page {
    let mut sent: Vec<(String, String)> = stage::signature().0.into_iter().collect();
    sent.push(("version".to_owned(), "1".to_owned()));
    browser.fetch(browser.request("POST", &format!("/claims/{claim}/sign")).form(&sent)).await
}

#[test]
fn a_database_that_is_gone_is_told_and_comes_back() {
    run(Kind::Postgres, gone);
}

on_both! {
    async fn a_write_that_breaks_off_leaves_nothing(database) {
        // The connection is closed under a transaction: what it did is undone.
        let store = database.store().await;
        let before = database.row_counts().await;
        let mut tx = store.write().await.unwrap();
        let now = claims::Clock::System.now();
        claims::store::accounts::add(&mut tx, "ada@example.org", "Ada", "x", false, None, now).await.unwrap();
        drop(tx);
        store.close().await;
        assert_eq!(database.row_counts().await, before);
    }
}
