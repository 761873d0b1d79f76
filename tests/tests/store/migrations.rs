//! Migrations: the same in both databases, applied once whoever starts first.

use std::{collections::BTreeSet, path::Path};

use claims::store::Store;
use tests::{Kind, on_both, run};

fn files(of: &str) -> BTreeSet<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(of);
    std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    assert_eq!(files("sqlite"), files("postgres"));
    assert!(!files("sqlite").is_empty());
}

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let (say, hear) = std::sync::mpsc::channel();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let say = say.clone();
        run(kind, async move |database| {
            database.store().await.close().await;
            say.send(database.columns().await).unwrap();
        });
    }
    let (sqlite, postgres) = (hear.recv().unwrap(), hear.recv().unwrap());
    assert!(sqlite.len() > 100, "{sqlite:?}");
    assert_eq!(sqlite, postgres);
}

on_both! {
    async fn several_processes_start_at_once(database) {
        let starts = (0..4).map(|_| {
            let url = database.url().to_owned();
            tokio::spawn(async move { Store::open(&url).await })
        });
        for opened in futures::future::join_all(starts).await {
            opened.unwrap().expect("the second process waits for the first").close().await;
        }
        let applied: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM _sqlx_migrations").await;
        assert_eq!(usize::try_from(applied[0].0).unwrap(), files("sqlite").len());
    }

    async fn starting_again_keeps_what_is_there(database) {
        let store = database.store().await;
        let mut tx = store.write().await.unwrap();
        let secret = claims::store::accounts::installation_value(&mut tx, "secret", || "first".to_owned()).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        let store = database.store().await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(claims::store::accounts::installation_value(&mut tx, "secret", || "second".to_owned()).await.unwrap(), secret);
    }

    async fn a_database_of_a_newer_recoup_is_refused(database) {
        database.store().await.close().await;
        let sql = match database.kind() {
            Kind::Sqlite => "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, x'00', 0)",
            Kind::Postgres => "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, '\\x00', 0)",
        };
        assert_eq!(database.tamper(sql).await, 1);
        assert!(Store::open(database.url()).await.is_err());
    }
}
