//! Writing a backup while the site goes on: the database as of one moment, then the documents that it names.

use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use claims::{
    Clock,
    store::{Store, Tx, documents as rows, dump},
};
use data_encoding::HEXLOWER;
use futures::TryStreamExt;
use sha2::{Digest, Sha256};

use super::{
    DOCUMENTS, FORMAT, Kept, MANIFEST, MANIFEST_HASH, Manifest, check, document_file, file::Hashed, make_folder,
    table_file,
};
use crate::documents::Documents;

/// Writes a backup into an empty directory, reads it again, and gives what it holds.
///
/// Documents are only ever added, so those that the database names at one moment are still there afterwards; `recoup doctor
/// --clean`, which removes what no row names, may take away what was removed by its claimant meanwhile, and then this fails.
///
/// # Errors
/// If the directory is not empty or cannot be written to, the database does not answer, or a document is missing or damaged: each is named.
pub async fn write(store: &Store, documents: &Documents, clock: &Clock, directory: &Path) -> anyhow::Result<Manifest> {
    let empty = std::fs::read_dir(directory).map_or(true, |mut entries| entries.next().is_none());
    let unfinished = holds_rows(&directory.join("tables")) && !directory.join(MANIFEST_HASH).exists();
    ensure!(empty || !unfinished, "{} holds an unfinished backup; delete it and try again", directory.display());
    ensure!(empty, "{} is not empty: a backup is written into a directory of its own", directory.display());
    make_folder(directory)?;
    let newest = claims::store::newest_schema();
    let mut tx = store.read().await.context("the database does not answer")?;
    match dump::schema(&mut tx).await? {
        Some(schema) if schema == newest => {}
        found => bail!(
            "the database has schema {}, and this program knows {newest}: back up with the program that serves it",
            found.unwrap_or(0)
        ),
    }
    // The first look at a table fixes the moment of which everything else is.
    let tables = dump::tables(&mut tx).await?;
    let made_at = clock.now();
    let mut kept = Vec::new();
    for table in tables {
        kept.push(write_table(&mut tx, table, directory).await?);
    }
    let named = named(&mut tx).await?;
    drop(tx);
    let list: String = named.iter().map(|(sha256, bytes)| format!("{sha256} {bytes}\n")).collect();
    let mut file = Hashed::create(directory.join(DOCUMENTS)).await?;
    file.write(list.as_bytes()).await?;
    let (documents_sha256, _) = file.finish().await?;
    let mut damaged = Vec::new();
    for (sha256, bytes) in &named {
        if let Err(damage) = copy(documents, sha256, *bytes, directory).await? {
            damaged.push(format!("{sha256}: {}", crate::causes::in_a_line(&damage)));
        }
    }
    ensure!(
        damaged.is_empty(),
        "{} of {} documents are missing or damaged, so this is no backup:\n{}\n“recoup doctor --deep” says more; restore them from an earlier backup.",
        damaged.len(),
        named.len(),
        damaged.join("\n")
    );
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        database: store.kind().to_owned(),
        schema: newest,
        tables: kept,
        documents_sha256,
        documents: named.len() as u64,
        bytes: named.iter().map(|(_, bytes)| bytes).sum(),
    };
    let text = serde_json::to_vec_pretty(&manifest)?;
    for (name, bytes) in [
        (MANIFEST, text.clone()),
        (MANIFEST_HASH, format!("{}\n", HEXLOWER.encode(&Sha256::digest(&text))).into_bytes()),
    ] {
        let mut file = Hashed::create(directory.join(name)).await?;
        file.write(&bytes).await?;
        file.finish().await?;
    }
    check(directory).await.context("the backup was written, but reading it again failed")
}

/// Whether a folder is that of the rows of a backup: a filing package that was unpacked has a folder of that name too.
fn holds_rows(tables: &Path) -> bool {
    std::fs::read_dir(tables).is_ok_and(|entries| {
        entries.flatten().any(|entry| Path::new(&entry.file_name()).extension().is_some_and(|ending| ending == "jsonl"))
    })
}

async fn write_table(tx: &mut Tx, table: dump::Table, directory: &Path) -> anyhow::Result<Kept> {
    let mut file = Hashed::create(directory.join(table_file(&table))).await?;
    let mut rows = 0;
    let mut lines = dump::rows(tx, &table);
    while let Some(line) = lines.try_next().await.with_context(|| format!("the table {}", table.name))? {
        rows += 1;
        file.write(line.as_bytes()).await?;
        file.write(b"\n").await?;
    }
    drop(lines);
    let (sha256, _) = file.finish().await?;
    Ok(Kept { table, rows, sha256 })
}

/// Every document that a row names.
async fn named(tx: &mut Tx) -> anyhow::Result<Vec<(String, u64)>> {
    let mut named: Vec<(String, u64)> = Vec::new();
    loop {
        let after = named.last().map_or(String::new(), |(sha256, _)| sha256.clone());
        let more = rows::hashes(tx, &after, 1_000).await?;
        if more.is_empty() {
            return Ok(named);
        }
        named.extend(more.into_iter().map(|(sha256, bytes)| (sha256, u64::try_from(bytes).unwrap_or(0))));
    }
}

/// Copies a document; gives what is wrong with it, if anything is.
///
/// # Errors
/// If the backup cannot be written, which says nothing of the document.
async fn copy(documents: &Documents, sha256: &str, bytes: u64, directory: &Path) -> anyhow::Result<anyhow::Result<()>> {
    let mut chunks = match documents.read(sha256).await {
        Ok(chunks) => chunks,
        Err(damage) => return Ok(Err(damage)),
    };
    let mut file = Hashed::create(directory.join(document_file(sha256))).await?;
    loop {
        match chunks.try_next().await {
            Ok(Some(chunk)) => file.write(&chunk).await?,
            Ok(None) => break,
            Err(damage) => return Ok(Err(damage.into())),
        }
    }
    let whole = file.finish().await? == (sha256.to_owned(), bytes);
    Ok(if whole { Ok(()) } else { Err(anyhow!("its bytes do not match their hash")) })
}

#[cfg(test)]
mod tests {
    use claims::random::Random;

    use super::*;
    use crate::config::DocumentsAt;

    #[tokio::test]
    async fn a_backup_that_cannot_be_written_is_no_damage_of_documents() {
        let place = std::env::temp_dir().join(format!("recoup-backup-{}", Random::System.token()));
        let documents = Documents::open(&DocumentsAt::Directory(place.join("kept")), Random::System).unwrap();
        let bytes = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"A statement."))]);
        let incoming = documents.receive(bytes, 100).await.unwrap();
        documents.keep(&incoming).await.unwrap();
        let sha256 = &incoming.sha256;
        let copied = async |to: &str| copy(&documents, sha256, incoming.bytes, &place.join(to)).await;
        copied("first").await.unwrap().unwrap();
        // There is no room where it is to lie.
        std::fs::create_dir(place.join("second")).unwrap();
        std::fs::write(place.join("second/documents"), b"").unwrap();
        let failed = format!("{:#}", copied("second").await.unwrap_err());
        assert!(failed.contains("second/documents") && failed.contains("cannot be made"), "{failed}");
        // Other bytes, and none.
        let kept = place.join("kept").join(document_file(sha256));
        std::fs::write(&kept, b"A sentence.").unwrap();
        assert!(copied("third").await.unwrap().is_err());
        std::fs::remove_file(kept).unwrap();
        assert!(copied("fourth").await.unwrap().is_err());
        std::fs::remove_dir_all(place).unwrap();
    }
}
