//! `recoup backup` and `recoup restore`: database and documents as plain files with their hashes, from either database into
//! either. No other program is needed.
//!
//! ```text
//! backup.json           what this is: program, moment, schema, every table with its rows and hash; documents in number and bytes
//! backup.json.sha256    the hash of backup.json; it is written last, so a backup without it is none
//! tables/NAME.jsonl     a row a line (`claims::store::dump`)
//! documents.txt         hash and bytes of every document
//! documents/ab/abcd…    the documents, in the same folders as in a local document directory
//! ```

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use claims::{Instant, store::dump::Table};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod check;
mod file;
mod restore;
mod write;

pub use check::check;
pub(crate) use file::make_folder;
pub use restore::restore;
pub use write::write;

/// The format of this version.
const FORMAT: &str = "recoup backup 1";
const MANIFEST: &str = "backup.json";
const MANIFEST_HASH: &str = "backup.json.sha256";
const DOCUMENTS: &str = "documents.txt";
/// An id that no installation reaches, with room for as many again.
const MOST_ID: i64 = i64::MAX / 2;

/// What a backup is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the files.
    pub format: String,
    /// Version of the program that wrote it.
    pub program: String,
    /// The moment of which it is.
    pub made_at: Instant,
    /// Which database it was made from.
    pub database: String,
    /// Number of the schema.
    pub schema: i64,
    /// The tables, in an order in which they can be filled.
    pub tables: Vec<Kept>,
    /// Hash of the list of documents.
    pub documents_sha256: String,
    /// Documents.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A table in a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// The table.
    #[serde(flatten)]
    pub table: Table,
    /// Rows.
    pub rows: u64,
    /// Hash of its file.
    pub sha256: String,
}

impl Kept {
    fn file(&self) -> PathBuf {
        table_file(&self.table)
    }
}

fn table_file(table: &Table) -> PathBuf {
    Path::new("tables").join(format!("{}.jsonl", table.name))
}

fn document_file(sha256: &str) -> PathBuf {
    Path::new("documents").join(&sha256[..2.min(sha256.len())]).join(sha256)
}

/// Reads the manifest of a backup and compares it with its hash.
async fn manifest(directory: &Path) -> anyhow::Result<Manifest> {
    let text = tokio::fs::read(directory.join(MANIFEST))
        .await
        .with_context(|| format!("{} holds no backup: it has no {MANIFEST}", directory.display()))?;
    let Ok(hash) = tokio::fs::read_to_string(directory.join(MANIFEST_HASH)).await else {
        bail!("the backup in {} was not finished: it has no {MANIFEST_HASH}. Take another one.", directory.display())
    };
    ensure!(
        hash.trim() == HEXLOWER.encode(&Sha256::digest(&text)),
        "{MANIFEST} does not match its hash in {MANIFEST_HASH}: the backup is damaged. Take another one."
    );
    let manifest: Manifest = serde_json::from_slice(&text).with_context(|| format!("{MANIFEST} cannot be read"))?;
    ensure!(
        manifest.format == FORMAT,
        "this backup has the format “{}”, and this program reads “{FORMAT}”",
        manifest.format
    );
    let mut names = HashSet::new();
    for Table { name, last_id, .. } in manifest.tables.iter().map(|kept| &kept.table) {
        ensure!(names.insert(name), "{MANIFEST} names the table {name} twice: it was not written by Recoup");
        if let Some(last) = last_id.filter(|last| !(0..=MOST_ID).contains(last)) {
            bail!("{MANIFEST} says that {last} is the last id of the table {name}: it was not written by Recoup");
        }
    }
    Ok(manifest)
}

/// The documents that a backup lists: hash and bytes.
async fn listed(directory: &Path, manifest: &Manifest) -> anyhow::Result<Vec<(String, u64)>> {
    let text = tokio::fs::read_to_string(directory.join(DOCUMENTS))
        .await
        .with_context(|| format!("{DOCUMENTS} cannot be read"))?;
    ensure!(
        HEXLOWER.encode(&Sha256::digest(text.as_bytes())) == manifest.documents_sha256,
        "{DOCUMENTS} does not match its hash: the backup is damaged"
    );
    // A hash is also where the document lies: anything else might lead elsewhere.
    let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let read = |line: &str| {
        let (sha256, bytes) = line.split_once(' ').filter(|(sha256, _)| is_hash(sha256))?;
        Some((sha256.to_owned(), bytes.parse().ok()?))
    };
    let lines = text.lines().enumerate();
    lines
        .map(|(place, line)| {
            read(line).with_context(|| {
                format!("line {} of {DOCUMENTS} cannot be read: it must be a SHA-256 and a number of bytes", place + 1)
            })
        })
        .collect()
}
