//! Reading a backup and comparing everything in it with its hash.

use std::path::Path;

use anyhow::ensure;

use super::{Manifest, document_file, listed, manifest};
use crate::documents::hash_of_file;

/// Compares every file of a backup with its hash; gives what the backup holds.
///
/// # Errors
/// Names every file that is missing or damaged.
pub async fn check(directory: &Path) -> anyhow::Result<Manifest> {
    let manifest = manifest(directory).await?;
    let mut files: Vec<_> = manifest.tables.iter().map(|table| (table.file(), table.sha256.clone())).collect();
    let listed = listed(directory, &manifest).await?;
    files.extend(listed.into_iter().map(|(sha256, _)| (document_file(&sha256), sha256)));
    let mut damaged = Vec::new();
    for (file, sha256) in files {
        match hash_of_file(directory.join(&file)).await {
            Ok((found, _)) if found == sha256 => {}
            Ok(_) => damaged.push(format!("{} does not match its hash", file.display())),
            Err(error) => damaged.push(format!("{} cannot be read: {error}", file.display())),
        }
    }
    ensure!(damaged.is_empty(), "the backup is damaged:\n{}", damaged.join("\n"));
    Ok(manifest)
}
