//! Restoring: into either database, into files or S3, row by row what was backed up.

use std::path::Path;

use claims::{
    Clock,
    actions::{Limits, Recoup},
    filing::FileHash,
    random::Random,
    store::{Store, dump, events},
};
use futures::TryStreamExt;
use server::{backup, config::DocumentsAt, documents::Documents};
use tests::{App, Database, Kind, Options, beginning, on_both, s3::S3, stage};

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

/// The backup of a database, as a program that knew no later schema wrote it. Of documents it has none.
async fn back_up(database: &Database, schema: i64, target: &Path) {
    std::fs::create_dir_all(target.join("tables")).unwrap();
    let store = Store::connect(database.url()).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let mut tables = Vec::new();
    for table in dump::tables(&mut tx).await.unwrap() {
        let lines: Vec<String> = dump::rows(&mut tx, &table).try_collect().await.unwrap();
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(target.join(format!("tables/{}.jsonl", table.name)), &text).unwrap();
        tables.push(backup::Kept { table, rows: lines.len() as u64, sha256: sha256(&text) });
    }
    drop(tx);
    store.close().await;
    let manifest = backup::Manifest {
        format: "recoup backup 1".to_owned(),
        program: "0.1.0".to_owned(),
        made_at: beginning(),
        database: "another".to_owned(),
        schema,
        tables,
        documents_sha256: sha256(""),
        documents: 0,
        bytes: 0,
    };
    std::fs::write(target.join("documents.txt"), "").unwrap();
    write_manifest(target, &manifest);
}

fn sha256(text: &str) -> String {
    let mut hash = FileHash::default();
    hash.update(text.as_bytes());
    hash.finish()
}

/// Writes the manifest of a backup, with its hash.
fn write_manifest(target: &Path, manifest: &backup::Manifest) {
    let text = serde_json::to_string(manifest).unwrap();
    std::fs::write(target.join("backup.json"), &text).unwrap();
    std::fs::write(target.join("backup.json.sha256"), sha256(&text)).unwrap();
}

on_both! {
    async fn a_backup_that_somebody_made_up_is_refused_in_words(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let target = database.directory().join("backup");
        let made = backup::write(&app.recoup.store, &app.documents, &app.clock, &target).await.unwrap();
        let cases = made.tables.iter().position(|kept| kept.table.name == "cases").unwrap();
        let refused = async |what: &str| {
            let other = database.another(database.kind()).await;
            let refused = backup::restore(&target, other.url(), &open(&beside(&other))).await.expect_err(what);
            format!("{refused:#}")
        };
        for last in [-5, 0, i64::MAX] {
            let mut manifest = made.clone();
            manifest.tables[cases].table.last_id = Some(last);
            write_manifest(&target, &manifest);
            let words = refused("a last id").await;
            assert!(words.contains(&last.to_string()) && words.contains("the table cases"), "{words}");
        }
        let mut manifest = made.clone();
        manifest.tables.push(manifest.tables[cases].clone());
        write_manifest(&target, &manifest);
        let words = refused("a table twice").await;
        assert!(words.contains("backup.json names the table cases twice"), "{words}");
        let whole = "0".repeat(64);
        for wrong in ["a\u{e9}1 10", "../../../../etc/passwd 10", &whole.replace('0', "A"), &format!("{whole} -1"), &format!("{whole}0 1")] {
            let text = format!("{whole} 10\n{wrong}\n");
            std::fs::write(target.join("documents.txt"), &text).unwrap();
            write_manifest(&target, &backup::Manifest { documents_sha256: sha256(&text), ..made.clone() });
            let words = refused(wrong).await;
            assert!(words.contains("line 2 of documents.txt cannot be read"), "{wrong}: {words}");
        }
        // As it was written it is restored.
        std::fs::write(target.join("documents.txt"), "").unwrap();
        write_manifest(&target, &made);
        let other = database.another(database.kind()).await;
        backup::restore(&target, other.url(), &open(&beside(&other))).await.unwrap();
    }

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

    async fn a_backup_of_an_older_schema_is_verified_and_brought_up_to_date(database) {
        for schema in [1, 14] {
            let older = database.another(database.kind()).await;
            let store = Store::open_at(older.url(), schema).await.unwrap();
            older.tamper("INSERT INTO cases (slug, prefix, settings, deadline_at, is_public, created_at) VALUES ('allegro', 'ALG', '{}', '2026-01-01T00:00:00+00:00', TRUE, '2026-01-01T00:00:00+00:00')").await;
            let mut tx = store.write().await.unwrap();
            let case = events::chains(&mut tx).await.unwrap()[0];
            for kind in ["case_created", "counsel_appointed", "case_changed"] {
                let event = events::NewEvent { case_id: case, claim_id: None, account: None, kind, details: serde_json::json!({ "of": "the past" }) };
                events::add(&mut tx, &event, beginning()).await.unwrap();
            }
            tx.commit().await.unwrap();
            store.close().await;
            let target = older.directory().join("backup");
            back_up(&older, schema, &target).await;
            let other = database.another(database.kind()).await;
            backup::restore(&target, other.url(), &open(&beside(&other))).await.unwrap();
            let store = Store::connect(other.url()).await.unwrap();
            assert_eq!(store.schema().await.unwrap(), Some(claims::store::newest_schema()));
            let mut tx = store.read().await.unwrap();
            assert_eq!(events::verify(&mut tx, case).await.unwrap(), (3, None));
            assert!(claims::store::cases::by_slug(&mut tx, "allegro").await.unwrap().is_some());
            drop(tx);
            store.close().await;

            // Nothing is kept of one whose trail does not fit.
            assert_eq!(older.tamper("UPDATE events SET kind = 'nothing' WHERE seq = 2").await, 1);
            let target = older.directory().join("spoilt");
            back_up(&older, schema, &target).await;
            let other = database.another(database.kind()).await;
            let refused = format!("{:#}", backup::restore(&target, other.url(), &open(&beside(&other))).await.unwrap_err());
            assert!(refused.contains("does not fit at event 2 of 3"), "{refused}");
            assert_eq!(other.rows::<(i64,)>("SELECT COUNT(*) FROM cases").await, [(0,)]);
        }
    }
}
