//! Backups: consistent while people write, and no damage goes unnamed.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use claims::{Clock, actions::documents, store::dump};
use server::backup;
use tests::{App, Kind, Options, on_both, stage};

use crate::scene::Scene;

/// The file of a document in a directory of documents.
fn file(root: &std::path::Path, sha256: &str) -> std::path::PathBuf {
    root.join("documents").join(&sha256[..2]).join(sha256)
}

fn flip(path: &std::path::Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

on_both! {
    async fn every_column_of_json_is_known(database) {
        let store = database.store().await;
        if database.kind() == Kind::Postgres {
            let sql = "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('json', 'jsonb')";
            let found: BTreeSet<(String, String)> = database.rows(sql).await.into_iter().collect();
            let known: BTreeSet<(String, String)> = dump::JSON.iter().map(|(table, column)| ((*table).to_owned(), (*column).to_owned())).collect();
            assert_eq!(found, known, "claims::store::dump::JSON differs from the schema");
        }
        let mut tx = store.read().await.unwrap();
        let tables = dump::tables(&mut tx).await.unwrap();
        assert!(tables.iter().all(|table| !table.columns.is_empty()));
        let names: BTreeSet<_> = tables.iter().map(|table| table.name.clone()).collect();
        let all: BTreeSet<_> = database.columns().await.into_iter().map(|(table, _)| table).collect();
        assert_eq!(names, all, "every table is in a backup");
    }

    async fn a_backup_while_twenty_write_is_one_moment(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let mut people = Vec::new();
        for n in 0..20 {
            people.push(stage::person(&app.recoup, &format!("writer{n}@example.org"), true, false).await.account);
        }
        let enough = Arc::new(AtomicBool::new(false));
        let app = Arc::new(app);
        let (begun, mut wait) = tokio::sync::mpsc::unbounded_channel();
        let writers: Vec<_> = people.into_iter().enumerate().map(|(n, account)| {
            let (app, enough, begun) = (app.clone(), enough.clone(), begun.clone());
            tokio::spawn(async move {
                for round in 0.. {
                    let name = format!("Label {n} {round}");
                    let (actor, claim) = stage::ready(&app.recoup, account, "allegro", &name).await;
                    let bytes: &'static [u8] = format!("The statement of {name}.").leak().as_bytes();
                    let file = stage::bytes(&app, "statement.txt", "text/plain", bytes).await;
                    documents::add(&app.recoup, &actor, claim, &file).await.unwrap();
                    stage::send(&app.recoup, &actor, claim).await.unwrap();
                    let _ = begun.send(());
                    if enough.load(Ordering::SeqCst) {
                        return;
                    }
                }
            })
        }).collect();
        for _ in 0..10 {
            wait.recv().await.unwrap();
        }
        let target = database.directory().join("backup");
        let made = backup::write(&app.recoup.store, &app.documents, &Clock::System, &target).await.unwrap();
        enough.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.unwrap();
        }
        assert!(made.documents >= 9, "{}", made.documents);

        // Restored, everything fits together, though the original went on.
        let other = database.another(database.kind()).await;
        let place = server::config::DocumentsAt::Directory(other.directory().join("documents"));
        let restored_documents = server::documents::Documents::open(&place, claims::random::Random::System).unwrap();
        backup::restore(&target, other.url(), &restored_documents).await.unwrap();
        let one = |sql: &'static str| { let other = other.clone(); async move { other.rows::<(i64,)>(sql).await[0].0 } };
        let sent = one("SELECT COUNT(*) FROM claims WHERE in_force_id IS NOT NULL").await;
        assert!(sent >= 10);
        assert_eq!(one("SELECT last_claim FROM cases").await, sent, "a number for every claim that was sent");
        assert_eq!(one("SELECT COUNT(DISTINCT number) FROM claims WHERE number IS NOT NULL").await, sent);
        assert_eq!(one("SELECT COUNT(*) FROM versions WHERE sha256 IS NOT NULL").await, sent);
        assert_eq!(one("SELECT COUNT(*) FROM events WHERE kind = 'claim_submitted'").await, sent);
        assert_eq!(one("SELECT COUNT(*) FROM outbox WHERE kind = 'receipt'").await, sent, "a receipt for each");
        assert_eq!(one("SELECT event_count FROM cases").await, one("SELECT COUNT(*) FROM events").await);
        assert!(one("SELECT COUNT(*) FROM claims").await >= sent);
        let now = database.rows::<(i64,)>("SELECT last_claim FROM cases").await[0].0;
        assert!(now > sent, "nobody wrote while the backup was made: {now}, {sent}");
        let recoup = claims::actions::Recoup::new(other.store().await, app.clock.clone(), claims::random::Random::System, "http://x", claims::actions::Limits::default()).await.unwrap();
        let mut tx = recoup.store.read().await.unwrap();
        assert_eq!(claims::store::events::verify(&mut tx, case).await.unwrap().1, None);
        drop(tx);
        for (sha256,) in other.rows::<(String,)>("SELECT sha256 FROM documents").await {
            assert_eq!(restored_documents.check(&sha256).await.unwrap(), Some(true));
        }
        // Row by row: a backup of what was restored has the same bytes in every table.
        let again = other.directory().join("again");
        backup::write(&recoup.store, &restored_documents, &Clock::System, &again).await.unwrap();
        let tables = |of: &std::path::Path| {
            let files = std::fs::read_dir(of.join("tables")).unwrap().map(|file| file.unwrap());
            let mut tables: Vec<_> = files.map(|file| (file.file_name(), std::fs::read(file.path()).unwrap())).collect();
            tables.sort();
            tables
        };
        let (before, after) = (tables(&target), tables(&again));
        assert_eq!(before.len(), after.len());
        for ((name, before), (_, after)) in before.iter().zip(&after) {
            assert!(before == after, "{} differs", name.display());
        }
    }

    async fn damage_is_named_before_and_after(database) {
        let scene = Scene::prepare(&database, Options::default()).await;
        let (store, documents) = (&scene.app.recoup.store, &scene.app.documents);
        let target = database.directory().join("backup");
        let made = backup::write(store, documents, &Clock::System, &target).await.unwrap();
        // Only those who own it read it.
        #[cfg(unix)]
        for path in [target.clone(), target.join("backup.json"), target.join("tables/accounts.jsonl")] {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
        let refused = backup::write(store, documents, &Clock::System, &target).await.unwrap_err().to_string();
        assert!(refused.contains("is not empty"), "{refused}");
        let named: Vec<(String,)> = database.rows("SELECT sha256 FROM documents ORDER BY 1").await;
        let sha256 = &named[0].0;
        for path in ["tables/lines.jsonl".into(), format!("documents/{}/{sha256}", &sha256[..2]), "documents.txt".into(), "backup.json".into()] {
            let path = target.join(path);
            let whole = std::fs::read(&path).unwrap();
            flip(&path);
            let error = format!("{:#}", backup::check(&target).await.unwrap_err());
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(error.contains(&name), "{name}: {error}");
            let empty = database.another(Kind::Sqlite).await;
            let refused = backup::restore(&target, empty.url(), documents).await.unwrap_err();
            assert!(format!("{refused:#}").contains(&name), "{refused:#}");
            assert!(!empty.directory().join("recoup.db").exists(), "a damaged backup touches nothing");
            std::fs::write(&path, whole).unwrap();
        }
        std::fs::rename(target.join("tables/lines.jsonl"), target.join("lines")).unwrap();
        assert!(format!("{:#}", backup::check(&target).await.unwrap_err()).contains("lines.jsonl"));
        std::fs::rename(target.join("lines"), target.join("tables/lines.jsonl")).unwrap();
        assert_eq!(backup::check(&target).await.unwrap().documents, made.documents);
        std::fs::remove_file(target.join("backup.json.sha256")).unwrap();
        assert!(format!("{:#}", backup::check(&target).await.unwrap_err()).contains("not finished"));

        // A bit of a document that the site itself holds.
        flip(&file(&database.directory().join("documents"), sha256));
        let error = backup::write(store, documents, &Clock::System, &database.directory().join("second")).await.unwrap_err().to_string();
        assert!(error.contains(sha256), "{error}");
        let unfinished = backup::check(&database.directory().join("second")).await.unwrap_err();
        assert!(unfinished.to_string().contains("holds no backup"), "{unfinished}");
        let again = backup::write(store, documents, &Clock::System, &database.directory().join("second")).await.unwrap_err().to_string();
        assert!(again.contains("holds an unfinished backup; delete it and try again"), "{again}");
        // Nobody is told to delete what is something else.
        let other = database.directory().join("other");
        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("letter.txt"), b"Dear Ada,").unwrap();
        let refused = backup::write(store, documents, &Clock::System, &other).await.unwrap_err().to_string();
        assert!(refused.contains("is not empty") && !refused.contains("delete"), "{refused}");
        // A filing that was unpacked has a folder of tables too.
        std::fs::create_dir(other.join("tables")).unwrap();
        std::fs::write(other.join("tables/claims.csv"), b"claim,claimant").unwrap();
        let refused = backup::write(store, documents, &Clock::System, &other).await.unwrap_err().to_string();
        assert!(refused.contains("is not empty") && !refused.contains("delete"), "{refused}");
    }

    async fn another_schema_is_not_backed_up(database) {
        let store = claims::store::Store::open_at(database.url(), 3).await.unwrap();
        let at = server::config::DocumentsAt::Directory(database.directory().join("documents"));
        let documents = server::documents::Documents::open(&at, claims::random::Random::System).unwrap();
        let refused = backup::write(&store, &documents, &Clock::System, &database.directory().join("b")).await.unwrap_err().to_string();
        assert!(refused.contains("has schema 3"), "{refused}");
        store.close().await;
    }
}
