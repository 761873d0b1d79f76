//! What lies in the object store: documents in their places, temporary files, and what Recoup did not write.

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};

use super::{Documents, is_missing};

/// A document that is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Hash.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
}

/// What lies in the store beside temporary files.
#[derive(Debug, Clone)]
pub enum Found {
    /// A document, in its place.
    Kept(Kept),
    /// What Recoup did not write: where it lies, below the prefix, as it is said to people. Nothing of it is ever removed.
    Foreign(String),
}

/// What the object store and the file system call something that lies below the prefix.
enum Lies<'p> {
    /// Where documents of this hash are kept.
    Kept(&'p str),
    /// Among the temporary files, under a name that we give to one.
    Temporary,
    /// Nowhere that we write to.
    Foreign,
}

impl<'p> Lies<'p> {
    fn at(parts: &[&'p str]) -> Self {
        match *parts {
            ["documents", folder, sha256] if is_hash(sha256) && folder.len() == 2 && sha256.starts_with(folder) => {
                Self::Kept(sha256)
            }
            ["incoming", name] if is_temporary(name) => Self::Temporary,
            _ => Self::Foreign,
        }
    }
}

fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a name is one of [`Random::token`], and of an upload that goes on the number that the object store puts after it.
fn is_temporary(name: &str) -> bool {
    let (token, number) = name.split_once('#').unwrap_or((name, "0"));
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    token.len() == 22 && token.bytes().all(is_letter) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The parts of an object's address below the prefix.
fn parts_below<'p>(prefix: &Path, location: &'p Path) -> Vec<&'p str> {
    let below = location.as_ref().strip_prefix(prefix.as_ref()).unwrap_or(location.as_ref());
    below.trim_start_matches('/').split('/').collect()
}

/// Whether a folder below the directory is one that we make: of temporary files, and where documents lie, by the first two letters of
/// their hashes.
fn is_our_folder(place: &std::path::Path) -> bool {
    let parts: Option<Vec<&str>> = place.iter().map(std::ffi::OsStr::to_str).collect();
    match parts.as_deref() {
        Some([] | ["documents"] | ["incoming"]) => true,
        Some(["documents", folder]) => folder.len() == 2 && folder.bytes().all(|byte| byte.is_ascii_hexdigit()),
        _ => false,
    }
}

/// What lies in one folder of a local directory, and the folders in it. The object store gives no name that it could not have given
/// itself, and stops at some.
fn look_into(
    root: &std::path::Path,
    folder: &std::path::Path,
) -> anyhow::Result<(Vec<std::path::PathBuf>, Vec<Found>)> {
    let below = |path: &std::path::Path| path.strip_prefix(root).unwrap_or(path).to_owned();
    let foreign = |path: &std::path::Path| Found::Foreign(below(path).to_string_lossy().into_owned());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Default::default()),
        // As of the folder lost+found of a file system: it is not for us.
        Err(_) if !is_our_folder(&below(folder)) => return Ok((Vec::new(), vec![foreign(folder)])),
        Err(error) => return Err(error).with_context(|| folder.display().to_string()),
    };
    let (mut folders, mut found) = (Vec::new(), Vec::new());
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        // What a link means; a link that means nothing is foreign. One that was moved or removed meanwhile is gone.
        let place = below(&path);
        let meta = match std::fs::metadata(&path) {
            Ok(meta) => meta,
            Err(_) if std::fs::symlink_metadata(&path).is_err() => continue,
            // As of a folder that was moved to a disk that is not there now.
            Err(error) if is_our_folder(&place) => return Err(error).with_context(|| path.display().to_string()),
            Err(_) => {
                found.push(foreign(&path));
                continue;
            }
        };
        if meta.is_dir() {
            // Whoever runs out of room moves a folder of ours elsewhere; any other link may lead in circles.
            if is_our_folder(&place) || !entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                folders.push(path);
            } else {
                found.push(foreign(&path));
            }
            continue;
        }
        let parts: Option<Vec<&str>> = place.iter().map(std::ffi::OsStr::to_str).collect();
        match parts.as_deref().map_or(Lies::Foreign, Lies::at) {
            Lies::Kept(sha256) => found.push(Found::Kept(Kept { sha256: sha256.to_owned(), bytes: meta.len() })),
            Lies::Temporary => {}
            Lies::Foreign => found.push(foreign(&path)),
        }
    }
    Ok((folders, found))
}

/// A file under a temporary name.
struct Temporary {
    at: Place,
    bytes: u64,
    since: claims::Instant,
}

enum Place {
    Object(Path),
    File(std::path::PathBuf),
}

/// The files of the folder of temporary ones. The object store lists none whose writing was not finished, and those are the ones
/// that a killed process leaves.
fn temporary_files(folder: &std::path::Path) -> anyhow::Result<Vec<Temporary>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some(Lies::Temporary) = name.to_str().map(|name| Lies::at(&["incoming", name])) else { continue };
        // One that was finished meanwhile is gone, and a folder is none of ours.
        let Ok(meta) = entry.metadata() else { continue };
        if !meta.is_file() {
            continue;
        }
        found.push(Temporary { at: Place::File(entry.path()), bytes: meta.len(), since: meta.modified()?.into() });
    }
    Ok(found)
}

impl Documents {
    /// Everything below the prefix but temporary files.
    pub fn found(&self) -> BoxStream<'static, anyhow::Result<Found>> {
        if let Some(root) = self.directory.clone() {
            // A folder at a time: there may be a great many documents.
            let folders = futures::stream::try_unfold(vec![root.clone()], move |mut folders| {
                let root = root.clone();
                async move {
                    let Some(folder) = folders.pop() else { return anyhow::Ok(None) };
                    let (more, found) = tokio::task::spawn_blocking(move || look_into(&root, &folder)).await??;
                    folders.extend(more);
                    Ok(Some((found, folders)))
                }
            });
            return folders.map_ok(|found| futures::stream::iter(found.into_iter().map(Ok))).try_flatten().boxed();
        }
        let prefix = self.prefix.clone();
        let listed = self.store.list((!prefix.as_ref().is_empty()).then_some(&prefix));
        let found = listed.map_err(anyhow::Error::from).try_filter_map(move |meta| {
            let parts = parts_below(&prefix, &meta.location);
            let found = match Lies::at(&parts) {
                Lies::Kept(sha256) => Some(Found::Kept(Kept { sha256: sha256.to_owned(), bytes: meta.size })),
                Lies::Temporary => None,
                Lies::Foreign => Some(Found::Foreign(parts.join("/"))),
            };
            std::future::ready(Ok(found))
        });
        found.boxed()
    }

    /// How many files lie under temporary names, and their bytes: uploads under way, or that broke off.
    ///
    /// # Errors
    /// If the object store fails.
    pub async fn incoming(&self) -> anyhow::Result<(usize, u64)> {
        let all = self.temporary().await?;
        Ok((all.len(), all.iter().map(|file| file.bytes).sum()))
    }

    async fn temporary(&self) -> anyhow::Result<Vec<Temporary>> {
        if let Some(directory) = &self.directory {
            let incoming = directory.join("incoming");
            return tokio::task::spawn_blocking(move || temporary_files(&incoming)).await?;
        }
        let all = self.store.list(Some(&self.prefix.clone().join("incoming")));
        let found = |meta: object_store::ObjectMeta| {
            let is_ours = matches!(Lies::at(&parts_below(&self.prefix, &meta.location)), Lies::Temporary);
            let found = Temporary { at: Place::Object(meta.location), bytes: meta.size, since: meta.last_modified };
            std::future::ready(Ok(is_ours.then_some(found)))
        };
        Ok(all.try_filter_map(found).try_collect().await?)
    }

    /// Removes temporary documents that were written before `before`; gives how many.
    ///
    /// # Errors
    /// If the object store fails.
    pub async fn clean(&self, before: claims::Instant) -> anyhow::Result<usize> {
        let all = self.temporary().await?;
        let old: Vec<Temporary> = all.into_iter().filter(|file| file.since < before).collect();
        self.take_away(&old).await
    }

    /// Gives how many were there still: an upload that ends, or another process, may be faster.
    async fn take_away(&self, files: &[Temporary]) -> anyhow::Result<usize> {
        let mut removed = 0;
        for file in files {
            let done = match &file.at {
                Place::Object(at) => self.store.delete(at).await.map_err(anyhow::Error::from),
                Place::File(path) => tokio::fs::remove_file(path).await.map_err(anyhow::Error::from),
            };
            match done {
                Ok(()) => removed += 1,
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use claims::{Clock, random::Random};

    use super::*;
    use crate::config::DocumentsAt;

    #[tokio::test]
    async fn temporary_files_go_and_nothing_else_does() {
        let place = std::env::temp_dir().join(format!("recoup-incoming-{}", Random::System.token()));
        let documents = Documents::open(&DocumentsAt::Directory(place.clone()), Random::System).unwrap();
        let incoming = place.join("incoming");
        let ours = |letter: &str| incoming.join(letter.repeat(22));
        // A folder that is called as we call files, with something in it.
        std::fs::create_dir_all(ours("d")).unwrap();
        std::fs::write(ours("d").join("e".repeat(22)), b"x").unwrap();
        for path in [ours("a"), ours("b"), incoming.join("notes.txt")] {
            std::fs::write(path, b"x").unwrap();
        }
        let found = documents.temporary().await.unwrap();
        assert_eq!((found.len(), documents.incoming().await.unwrap()), (2, (2, 2)));
        std::fs::remove_file(ours("a")).unwrap();
        assert_eq!(documents.take_away(&found).await.unwrap(), 1, "one was gone by then");
        assert_eq!(documents.clean(Clock::System.now() + chrono::Duration::days(1)).await.unwrap(), 0);
        assert!(ours("d").join("e".repeat(22)).exists() && incoming.join("notes.txt").exists());
        std::fs::remove_dir_all(place).unwrap();
    }
}
