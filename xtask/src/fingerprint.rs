//! A hash over everything a result depends on, to skip work whose result is already there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::tools::Program;

/// Collects the inputs of a piece of work.
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Nothing yet.
    pub fn new() -> Self {
        Self(Sha256::new())
    }

    /// Adds a file by content; a missing one counts as such.
    pub fn file(mut self, path: &Path) -> Result<Self> {
        self.add(path)?;
        Ok(self)
    }

    /// Adds every file below a folder, by name and content.
    pub fn folder(mut self, path: &Path) -> Result<Self> {
        for file in files_below(path)? {
            self.0.update(file.to_string_lossy().as_bytes());
            self.add(&file)?;
        }
        Ok(self)
    }

    /// Adds programs by what can be told without starting them.
    pub fn programs(mut self, programs: &[Program]) -> Result<Self> {
        for program in programs {
            let file = fs::canonicalize(program.path())?;
            self.0.update(file.to_string_lossy().as_bytes());
            self.0.update(fs::metadata(&file)?.len().to_le_bytes());
        }
        Ok(self)
    }

    /// Whether the work was last done with the same inputs.
    pub fn matches(&self, stamp: &Path) -> bool {
        fs::read_to_string(stamp).is_ok_and(|written| written == self.text())
    }

    /// Notes that the work is done.
    pub fn write(&self, stamp: &Path) -> Result<()> {
        fs::write(stamp, self.text()).with_context(|| format!("{} could not be written", stamp.display()))
    }

    fn text(&self) -> String {
        HEXLOWER.encode(&self.0.clone().finalize())
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        match fs::read(path) {
            // A hash of each file, so that bytes cannot move between neighbours unnoticed.
            Ok(bytes) => self.0.update(Sha256::digest(bytes)),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => self.0.update([0]),
            Err(cause) => return Err(cause).with_context(|| format!("{} could not be read", path.display())),
        }
        Ok(())
    }
}

/// Every file below a folder, in an order that does not depend on the file system.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { found.extend(files_below(&path)?) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_changed_renamed_and_missing_files() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("recoup-fingerprint-{}", std::process::id()));
        fs::create_dir_all(folder.join("deep"))?;
        let text = || Fingerprint::new().folder(&folder).map(|print| print.text());
        fs::write(folder.join("deep/a"), "one")?;
        let first = text()?;
        assert_eq!(first, text()?);
        fs::write(folder.join("deep/a"), "two")?;
        let second = text()?;
        assert_ne!(first, second);
        fs::rename(folder.join("deep/a"), folder.join("deep/b"))?;
        assert_ne!(second, text()?);
        fs::remove_dir_all(&folder)?;
        assert_eq!(text()?, Fingerprint::new().text());
        Ok(())
    }
}
