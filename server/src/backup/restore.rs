//! Restoring a backup into an empty place, and comparing what is there then with the backup, row by row.

use std::{collections::HashSet, path::Path};

use anyhow::{Context, bail, ensure};
use claims::store::{Store, Tx, dump, events};
use data_encoding::HEXLOWER;
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio_util::io::ReaderStream;

use super::{Kept, Manifest, check, document_file, listed};
use crate::documents::{Documents, Found};

/// Most bytes of rows that are added by one statement, unless one row alone has more.
const BATCH: usize = 1_000_000;

/// Restores a backup: documents first, then all rows in one transaction that is only committed when what was written equals the
/// backup. Then the schema is brought up to date. Broken off, it can be begun again.
///
/// # Errors
/// If the backup is damaged, the place is not empty, or the database or document store fails.
pub async fn restore(directory: &Path, database_url: &str, documents: &Documents) -> anyhow::Result<Manifest> {
    let manifest = check(directory).await?;
    let newest = claims::store::newest_schema();
    ensure!(
        manifest.schema <= newest,
        "this backup has schema {}, and this program knows {newest}: restore it with Recoup {} or later",
        manifest.schema,
        manifest.program
    );
    let listed = listed(directory, &manifest).await?;
    refuse_documents(documents, &listed).await?;
    refuse_rows(database_url).await?;
    for (sha256, bytes) in &listed {
        put(documents, directory, sha256, *bytes).await.with_context(|| format!("the document {sha256}"))?;
    }
    let store = Store::open_at(database_url, manifest.schema).await.context("the database cannot be opened")?;
    let mut tx = store.write().await?;
    // A table that migrations fill by themselves would be filled twice; so far none does.
    for table in dump::tables(&mut tx).await? {
        let first = dump::rows(&mut tx, &table).try_next().await?;
        ensure!(first.is_none(), "the table {} is not empty: somebody used the database meanwhile", table.name);
    }
    dump::prepare(&mut tx).await?;
    for kept in in_order_of(&mut tx, &manifest).await? {
        fill(&mut tx, kept, directory).await.with_context(|| format!("the table {}", kept.table.name))?;
    }
    for kept in &manifest.tables {
        compare(&mut tx, kept).await?;
    }
    for case in events::chains(&mut tx).await? {
        if let (count, Some(seq)) = events::verify(&mut tx, case).await? {
            bail!("the audit trail of case {case} does not fit at event {seq} of {count}");
        }
    }
    tx.commit().await?;
    store.close().await;
    Store::open(database_url).await.context("the schema cannot be brought up to date")?.close().await;
    Ok(manifest)
}

/// A document store that holds nothing but what a restore that broke off may have left.
async fn refuse_documents(documents: &Documents, listed: &[(String, u64)]) -> anyhow::Result<()> {
    let listed: HashSet<&str> = listed.iter().map(|(sha256, _)| sha256.as_str()).collect();
    let mut all = documents.found();
    while let Some(found) = all.try_next().await? {
        // What is none of Recoup's is in nobody's way.
        if let Found::Kept(kept) = found
            && !listed.contains(kept.sha256.as_str())
        {
            bail!(
                "the document store is not empty: it holds {}, which is not of this backup. Restore into an empty directory or bucket (key documents).",
                kept.sha256
            );
        }
    }
    Ok(())
}

async fn refuse_rows(database_url: &str) -> anyhow::Result<()> {
    let store = Store::connect(database_url).await.context("the database cannot be opened (key database_url)")?;
    let mut tx = store.read().await?;
    let tables = dump::tables(&mut tx).await?;
    let mut used = None;
    for table in tables {
        if dump::rows(&mut tx, &table).try_next().await?.is_some() {
            used = Some(table.name);
            break;
        }
    }
    drop(tx);
    store.close().await;
    match used {
        None => Ok(()),
        Some(name) => bail!(
            "the database is not empty: {name} has rows. Restore into a new one (another data_dir, or a database just created)."
        ),
    }
}

/// The tables of the backup in the order in which this database takes them.
async fn in_order_of<'a>(tx: &mut Tx, manifest: &'a Manifest) -> anyhow::Result<Vec<&'a Kept>> {
    let tables = dump::tables(tx).await?;
    let found = |name: &str| manifest.tables.iter().find(|kept| kept.table.name == name);
    if let Some(missing) = manifest.tables.iter().find(|kept| tables.iter().all(|table| table.name != kept.table.name))
    {
        bail!("the backup has a table {} that schema {} does not have", missing.table.name, manifest.schema);
    }
    tables
        .iter()
        .map(|table| found(&table.name).with_context(|| format!("the backup lacks the table {}", table.name)))
        .collect()
}

async fn fill(tx: &mut Tx, kept: &Kept, directory: &Path) -> anyhow::Result<()> {
    let file = tokio::fs::File::open(directory.join(kept.file())).await?;
    let mut lines = BufReader::new(file).lines();
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while let Some(line) = lines.next_line().await? {
        bytes += line.len();
        batch.push(line);
        if bytes >= BATCH {
            dump::insert(tx, &kept.table, &std::mem::take(&mut batch)).await?;
            bytes = 0;
        }
    }
    if !batch.is_empty() {
        dump::insert(tx, &kept.table, &batch).await?;
    }
    if let Some(last) = kept.table.last_id {
        // An id that is there would be given out again.
        let greatest = dump::greatest_id(tx, &kept.table).await?.unwrap_or(0);
        ensure!(greatest <= last, "a row has the id {greatest}, but the backup says that {last} is the last one");
        dump::set_last_id(tx, &kept.table, last).await?;
    }
    Ok(())
}

/// The rows as they are now, against those of the backup.
async fn compare(tx: &mut Tx, kept: &Kept) -> anyhow::Result<()> {
    let tables = dump::tables(tx).await?;
    let table = tables.iter().find(|table| table.name == kept.table.name).context("the table is gone")?;
    let (mut hasher, mut rows) = (Sha256::new(), 0);
    let mut lines = dump::rows(tx, table);
    while let Some(line) = lines.try_next().await? {
        rows += 1;
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
    }
    ensure!(
        table.columns == kept.table.columns && rows == kept.rows && HEXLOWER.encode(&hasher.finalize()) == kept.sha256,
        "the table {} is not what the backup holds; nothing was kept of the database",
        table.name
    );
    Ok(())
}

async fn put(documents: &Documents, directory: &Path, sha256: &str, bytes: u64) -> anyhow::Result<()> {
    if documents.check(sha256).await? == Some(true) {
        return Ok(());
    }
    let file = tokio::fs::File::open(directory.join(document_file(sha256))).await?;
    let incoming = documents.receive(ReaderStream::with_capacity(file, 256 * 1024), bytes).await?;
    if incoming.sha256 != sha256 {
        documents.discard(&incoming).await;
        bail!("its bytes do not match their hash");
    }
    Ok(documents.keep(&incoming).await?)
}
