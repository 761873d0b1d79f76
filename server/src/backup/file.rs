//! A file of a backup: hashed while it is written, on disk when it is done, and for nobody else to read.

use std::path::{Path, PathBuf};

use anyhow::Context;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWriteExt, BufWriter};

/// A file that is being written.
pub(super) struct Hashed {
    file: BufWriter<tokio::fs::File>,
    hasher: Sha256,
    bytes: u64,
    path: PathBuf,
}

impl Hashed {
    /// Makes a file, and its folder where that is missing.
    pub(super) async fn create(path: PathBuf) -> anyhow::Result<Self> {
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&path).await.with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { file: BufWriter::new(file), hasher: Sha256::new(), bytes: 0, path })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes).await.with_context(|| format!("{} cannot be written", self.path.display()))
    }

    /// Waits until it is on disk; gives its hash and size.
    pub(super) async fn finish(mut self) -> anyhow::Result<(String, u64)> {
        let written = async {
            self.file.flush().await?;
            self.file.get_ref().sync_all().await
        };
        written.await.with_context(|| format!("{} cannot be written", self.path.display()))?;
        Ok((HEXLOWER.encode(&self.hasher.finalize()), self.bytes))
    }
}

/// Makes a folder that nobody else reads: a backup, like a data directory, holds everything that people wrote, and the keys of
/// the installation. One that is there already keeps its rights.
pub(crate) fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("{} cannot be made", folder.display()))
}
