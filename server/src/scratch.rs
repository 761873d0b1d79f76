//! Copies of kept files that are read from this machine for a while: in a folder of the data directory, so that nobody else reads them
//! and nothing is left of them after the next start.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use claims::random::Random;

/// The folder, in the data directory.
const FOLDER: &str = "tmp";
/// The file in it that every process which uses the folder holds.
const LOCK: &str = "recoup.lock";
/// How the names of the copies begin: what is called otherwise is somebody else's.
const PREFIX: &str = "recoup-";

/// The folder for such copies.
#[derive(Debug, Clone)]
pub struct Scratch {
    folder: PathBuf,
    random: Random,
    /// Held as long as the folder is used: see [`Self::open`].
    _lock: Arc<File>,
}

impl Scratch {
    /// Opens the folder in a data directory, and empties it of what a killed process left; not while another process uses it too.
    /// Whatever else lies there stays.
    ///
    /// # Errors
    /// If it cannot be made or emptied.
    pub fn open(data_dir: &Path, random: Random) -> anyhow::Result<Self> {
        let folder = data_dir.join(FOLDER);
        crate::backup::make_folder(&folder)?;
        let lock = File::options().write(true).create(true).truncate(false).open(folder.join(LOCK));
        let lock = lock.context("the lock of the folder for temporary copies")?;
        if lock.try_lock().is_ok() {
            empty(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
            lock.unlock()?;
        }
        lock.lock_shared()?;
        Ok(Self { folder, random, _lock: Arc::new(lock) })
    }

    /// A new file, which is not there yet.
    #[must_use]
    pub fn file(&self) -> ScratchFile {
        ScratchFile(self.folder.join(format!("{PREFIX}{}", self.random.token())))
    }
}

fn empty(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX) && entry.file_type()?.is_file();
        if ours {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// A file that goes when nobody needs it any more.
#[derive(Debug)]
pub struct ScratchFile(PathBuf);

impl ScratchFile {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for ScratchFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_the_owners_alone_and_go_at_the_next_start() {
        let data = std::env::temp_dir().join(format!("recoup-scratch-{}", Random::System.token()));
        let scratch = Scratch::open(&data, Random::System).unwrap();
        let (used, left) = (scratch.file(), data.join(FOLDER).join("recoup-left"));
        fs::write(used.path(), "a copy").unwrap();
        fs::write(&left, "of a killed process").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(data.join(FOLDER)).unwrap().permissions().mode() & 0o777, 0o700);
        }
        let second = Scratch::open(&data, Random::System).unwrap();
        assert!(used.path().exists() && left.exists(), "another process reads its copies");
        drop(second);
        let path = used.path().to_owned();
        drop(used);
        assert!(!path.exists());
        drop(scratch);
        let _scratch = Scratch::open(&data, Random::System).unwrap();
        assert!(!left.exists());
        fs::remove_dir_all(data).unwrap();
    }

    #[test]
    fn what_is_somebody_elses_stays() {
        let data = std::env::temp_dir().join(format!("recoup-scratch-{}", Random::System.token()));
        let folder = data.join(FOLDER);
        // Of a project whose folder is the data directory: files, one called as a lock is, and folders, one with a name like ours.
        for made in ["novel", "recoup-notes"] {
            fs::create_dir_all(folder.join(made)).unwrap();
            fs::write(folder.join(made).join("chapter.txt"), "Once").unwrap();
        }
        for made in ["letter.txt", "lock"] {
            fs::write(folder.join(made), "Dear Ada,").unwrap();
        }
        fs::write(folder.join("recoup-left"), "of a killed process").unwrap();
        drop(Scratch::open(&data, Random::System).unwrap());
        for (kept, text) in [
            ("novel/chapter.txt", "Once"),
            ("recoup-notes/chapter.txt", "Once"),
            ("letter.txt", "Dear Ada,"),
            ("lock", "Dear Ada,"),
        ] {
            assert_eq!(fs::read_to_string(folder.join(kept)).unwrap(), text, "{kept}");
        }
        assert!(!folder.join("recoup-left").exists());
        fs::remove_dir_all(data).unwrap();
    }
}
