//! Restoring: into either database, into files or S3, row by row what was backed up.

use claims::{
    Clock,
    actions::{Limits, Recoup},
    random::Random,
    store::{Store, dump},
};
use futures::TryStreamExt;
use server::{backup, config::DocumentsAt, documents::Documents};
use tests::{Database, Kind, Options, on_both, s3::S3, stage};

use crate::scene::Scene;

/// Every row of every table, and the last ids.
async fn everything(store: &Store) -> Vec<(String, Option<i64>, Vec<String>)> {
    let mut tx = store.read().await.unwrap();
    let mut all = Vec::new();
    for table in dump::tables(&mut tx).await.unwrap() {
        let rows: Vec<String> = dump::rows(&mut tx, &table).try_collect().await.unwrap();
        // A table that never gave out an id has none on one database and no sequence on the other.
        all.push((table.name.clone(), table.last_id, rows));
    }
    all.sort();
    all
}

fn open(at: &DocumentsAt) -> Documents {
    Documents::open(at, Random::System).unwrap()
}

fn beside(database: &Database) -> DocumentsAt {
    DocumentsAt::Directory(database.directory().join("documents"))
}

on_both! {
    async fn a_backup_restores_into_either_database(database) {
        let scene = Scene::prepare(&database, Options::default()).await;
        scene.browser().await.get("/claims").await.expect_status(200);
        let app = &scene.app;
        // Ids that were given out and are no longer there are not given out again.
        app.database().tamper("DELETE FROM deliveries WHERE id = (SELECT MAX(id) FROM deliveries)").await;
        let before = everything(&app.recoup.store).await;
        let empty: Vec<_> = before.iter().filter(|(_, _, rows)| rows.is_empty()).map(|(name, ..)| name.as_str()).collect();
        assert!(before.len() - empty.len() >= 24, "too little to compare; empty are {empty:?}");
        let target = database.directory().join("backup");
        let made = backup::write(&app.recoup.store, &app.documents, &app.clock, &target).await.unwrap();
        assert_eq!(made.made_at, app.clock.now());

        for kind in [Kind::Sqlite, Kind::Postgres] {
            let other = database.another(kind).await;
            let documents = open(&beside(&other));
            backup::restore(&target, other.url(), &documents).await.unwrap();
            let store = other.store().await;
            let after = everything(&store).await;
            assert_eq!(before.len(), after.len());
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(before, after, "the table {} differs", before.0);
            }
            for (sha256,) in other.rows::<(String,)>("SELECT sha256 FROM documents UNION SELECT sha256 FROM imports UNION SELECT sha256 FROM filing_files").await {
                assert_eq!(documents.check(&sha256).await.unwrap(), Some(true), "{sha256}");
            }
            // It is an installation that goes on: the same secrets, the next number, the same sessions.
            let recoup = Recoup::new(store, app.clock.clone(), Random::System, "http://x", Limits::default()).await.unwrap();
            assert_eq!((*recoup.secret, *recoup.filing_key), (*app.recoup.secret, *app.recoup.filing_key));
            let next = stage::person(&recoup, "new@example.org", true, false).await.account;
            let (_, _, number) = stage::sent(&recoup, next, "allegro", "A new label").await;
            assert!(number.starts_with("ALG-000003"), "{number}");

            // Once more is refused: there is something now.
            let refused = format!("{:#}", backup::restore(&target, other.url(), &documents).await.unwrap_err());
            assert!(refused.contains("the database is not empty"), "{refused}");
        }
    }

    async fn documents_go_from_s3_into_files_and_back(database) {
        let s3 = S3::start(database.directory()).await;
        let options = Options { documents: Some(s3.documents()), ..Options::default() };
        let scene = Scene::prepare(&database, options).await;
        let first = database.directory().join("first");
        let made = backup::write(&scene.app.recoup.store, &scene.app.documents, &scene.app.clock, &first).await.unwrap();
        assert!(made.documents > 3);
        let files = database.another(database.kind()).await;
        let in_files = open(&beside(&files));
        backup::restore(&first, files.url(), &in_files).await.unwrap();
        let second = database.directory().join("second");
        let store = files.store().await;
        backup::write(&store, &in_files, &Clock::System, &second).await.unwrap();
        store.close().await;
        let again = database.another(Kind::Sqlite).await;
        let other = S3::start(again.directory()).await;
        let in_s3 = open(&other.documents());
        let restored = backup::restore(&second, again.url(), &in_s3).await.unwrap();
        assert_eq!((restored.documents, restored.bytes), (made.documents, made.bytes));
        for (sha256,) in again.rows::<(String,)>("SELECT sha256 FROM documents UNION SELECT sha256 FROM filing_files").await {
            assert_eq!(in_s3.check(&sha256).await.unwrap(), Some(true), "{sha256}");
        }
    }

    async fn a_restore_that_broke_off_is_begun_again(database) {
        let scene = Scene::prepare(&database, Options::default()).await;
        let target = database.directory().join("backup");
        backup::write(&scene.app.recoup.store, &scene.app.documents, &scene.app.clock, &target).await.unwrap();
        let other = database.another(database.kind()).await;
        let documents = open(&beside(&other));
        // Something foreign: refused, and nothing is written.
        let foreign = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"Somebody else's."))]);
        let foreign = documents.receive(foreign, 100).await.unwrap();
        documents.keep(&foreign).await.unwrap();
        let refused = format!("{:#}", backup::restore(&target, other.url(), &documents).await.unwrap_err());
        assert!(refused.contains("the document store is not empty") && refused.contains(&foreign.sha256), "{refused}");
        assert!(documents.remove(&foreign.sha256, Clock::System.now()).await.unwrap());
        // Documents of this backup, as a broken-off restore leaves them, and tables without rows.
        let (sha256,) = database.rows::<(String,)>("SELECT sha256 FROM documents").await.remove(0);
        let bytes = scene.app.documents.whole(&sha256).await.unwrap();
        let same = documents.receive(futures::stream::iter([Ok::<_, std::io::Error>(bytes)]), 1_000).await.unwrap();
        documents.keep(&same).await.unwrap();
        other.store().await.close().await;
        backup::restore(&target, other.url(), &documents).await.unwrap();
        let store = other.store().await;
        assert_eq!(everything(&store).await, everything(&scene.app.recoup.store).await);
    }
}
