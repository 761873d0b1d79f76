//! Documents in the object store: written under a temporary name, read back and verified, then kept under their hash.

use std::{io::Read as _, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use bytes::Bytes;
use claims::random::Random;
use data_encoding::HEXLOWER;
use futures::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart,
    aws::{AmazonS3Builder, Checksum},
    local::LocalFileSystem,
    path::Path,
};
use sha2::{Digest, Sha256};

use crate::config::DocumentsAt;

mod found;
pub mod kind;
pub mod scan;

pub use found::{Found, Kept};
use scan::{Scanner, Verdict};

/// How long an S3 request may take, and for how long a failing one is tried again.
const ONE_TRY: Duration = Duration::from_secs(30);
const RETRIES: Duration = Duration::from_secs(30);

/// Parts in flight while writing: bounds memory at this many times 5 MiB.
const PARTS_IN_FLIGHT: usize = 2;

/// Bytes of a local file that are read and hashed at a time.
const PIECE: usize = 256 * 1_024;

/// The object store with its prefix.
#[derive(Debug, Clone)]
pub struct Documents {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    random: Random,
    /// The local directory, if it is one.
    directory: Option<std::path::PathBuf>,
    scanner: Option<Scanner>,
}

/// A document that was written under a temporary name.
#[derive(Debug, Clone)]
pub struct Incoming {
    at: Path,
    /// SHA-256 of what was received, in hexadecimal.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// The first bytes, for finding the type.
    pub head: Bytes,
}

/// Whether something is not there, as the object store says it or the file system.
fn is_missing(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(object_store::Error::NotFound { .. }))
        || error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// Hash and size of a file. The object store gives a local file in pieces of 8 kB, each from another thread, which takes several
/// times as long as hashing them.
pub(crate) async fn hash_of_file(file: std::path::PathBuf) -> anyhow::Result<(String, u64)> {
    let hashed = move || -> anyhow::Result<_> {
        let mut file = std::fs::File::open(file)?;
        let (mut hasher, mut bytes, mut piece) = (Sha256::new(), 0u64, vec![0; PIECE]);
        loop {
            let read = match file.read(&mut piece) {
                Ok(0) => return Ok((HEXLOWER.encode(&hasher.finalize()), bytes)),
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            bytes += read as u64;
            hasher.update(&piece[..read]);
        }
    };
    tokio::task::spawn_blocking(hashed).await?
}

/// Why a document was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// More bytes than allowed.
    #[error("it is larger than {}", claims::file_size::show(*.0))]
    TooLarge(u64),
    /// The sender stopped, or sent something broken.
    #[error("it did not arrive whole; send it again")]
    Interrupted,
    /// The virus scanner knows something that is in it.
    #[error("the virus scanner found “{0}” in it")]
    Infected(String),
    /// The virus scanner does not look at files of this size.
    #[error("it is larger than what the virus scanner of this site looks at")]
    TooLargeToScan,
    /// The virus scanner does not answer, and nothing is taken unseen.
    #[error("the virus scanner does not answer; nothing of it was kept, send it again later")]
    Unscanned(#[source] anyhow::Error),
    /// The object store failed, or gave back other bytes than were written.
    #[error("the document store does not answer; nothing of it was kept, send it again later")]
    Store(#[source] anyhow::Error),
}

impl Documents {
    /// Opens the object store. A local directory is made if it is missing.
    ///
    /// # Errors
    /// If the directory cannot be made or the bucket's configuration is wrong.
    pub fn open(at: &DocumentsAt, random: Random) -> anyhow::Result<Self> {
        Self::open_within(at, random, RETRIES)
    }

    /// Opens an object store whose failing requests are tried again for so long.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_within(at: &DocumentsAt, random: Random, retries: Duration) -> anyhow::Result<Self> {
        let directory = if let DocumentsAt::Directory(directory) = at { Some(directory.clone()) } else { None };
        let (store, prefix): (Arc<dyn ObjectStore>, _) = match at {
            DocumentsAt::Directory(directory) => {
                crate::backup::make_folder(directory).context("the document directory (key documents)")?;
                (Arc::new(LocalFileSystem::new_with_prefix(directory)?.with_fsync(true)), Path::default())
            }
            DocumentsAt::S3 { bucket, prefix, region, endpoint, keys } => {
                // The server compares what it received with this checksum, part by part.
                let mut builder =
                    AmazonS3Builder::new().with_bucket_name(bucket).with_checksum_algorithm(Checksum::SHA256);
                builder = builder.with_region(region.as_deref().unwrap_or("us-east-1"));
                // A person waits for the answer: what fails for half a minute is told to them, and they send it again.
                let retry = RetryConfig { max_retries: 8, retry_timeout: retries, ..RetryConfig::default() };
                builder = builder.with_retry(retry);
                let mut options = ClientOptions::new().with_timeout(ONE_TRY);
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint);
                    options = options.with_allow_http(endpoint.starts_with("http://"));
                }
                builder = builder.with_client_options(options);
                if let Some((access, secret)) = keys {
                    builder = builder.with_access_key_id(access).with_secret_access_key(secret);
                }
                (Arc::new(builder.build().context("the S3 configuration is not complete")?), Path::parse(prefix)?)
            }
        };
        Ok(Self { store, prefix, random, directory, scanner: None })
    }

    /// The same store, with a scanner that looks at every upload.
    #[must_use]
    pub fn with_scanner(self, scanner: Option<Scanner>) -> Self {
        Self { scanner, ..self }
    }

    fn place(&self, sha256: &str) -> Path {
        self.prefix.clone().join("documents").join(sha256.get(..2).unwrap_or(sha256)).join(sha256)
    }

    /// Writes what a sender streams under a temporary name, hashing on the way.
    ///
    /// # Errors
    /// [`Refused`]; nothing is left then.
    pub async fn receive<E>(
        &self,
        mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
        most: u64,
    ) -> Result<Incoming, Refused> {
        let at = self.new_incoming();
        let failed = |error: object_store::Error| Refused::Store(error.into());
        let upload = self.store.put_multipart(&at).await.map_err(failed)?;
        let mut write = WriteMultipart::new(upload);
        let (mut hasher, mut bytes, mut head) = (Sha256::new(), 0u64, Vec::new());
        let problem = loop {
            let chunk = match chunks.next().await {
                None => break None,
                Some(Err(_)) => break Some(Refused::Interrupted),
                Some(Ok(chunk)) => chunk,
            };
            bytes += chunk.len() as u64;
            if bytes > most {
                break Some(Refused::TooLarge(most));
            }
            hasher.update(&chunk);
            if head.len() < kind::HEAD {
                head.extend_from_slice(&chunk[..chunk.len().min(kind::HEAD - head.len())]);
            }
            if let Err(error) = write.wait_for_capacity(PARTS_IN_FLIGHT).await {
                break Some(failed(error));
            }
            write.write(&chunk);
        };
        if let Some(problem) = problem {
            let _ = write.abort().await;
            return Err(problem);
        }
        write.finish().await.map_err(failed)?;
        Ok(Incoming { at, sha256: HEXLOWER.encode(&hasher.finalize()), bytes, head: head.into() })
    }

    /// Keeps what somebody sent, as [`Self::keep`], after the virus scanner has looked at it.
    ///
    /// # Errors
    /// [`Refused`]; nothing is left then.
    pub async fn take(&self, incoming: &Incoming) -> Result<(), Refused> {
        if let Some(scanner) = &self.scanner {
            let looked = match self.store.get(&incoming.at).await {
                Ok(found) => scanner.scan(found.into_stream()).await.map_err(Refused::Unscanned),
                Err(error) => Err(Refused::Store(error.into())),
            };
            let refused = match looked {
                Ok(Verdict::Clean) => None,
                Ok(Verdict::Found(name)) => Some(Refused::Infected(name)),
                Ok(Verdict::TooLarge) => Some(Refused::TooLargeToScan),
                Err(refused) => Some(refused),
            };
            if let Some(refused) = refused {
                self.discard(incoming).await;
                return Err(refused);
            }
        }
        self.keep(incoming).await
    }

    /// Reads the written bytes back, compares their hash, and moves them to their place. The same bytes may lie there already.
    ///
    /// # Errors
    /// [`Refused::Store`]; nothing is left then.
    pub async fn keep(&self, incoming: &Incoming) -> Result<(), Refused> {
        let kept = self.verify_and_move(incoming).await;
        if kept.is_err() {
            self.discard(incoming).await;
        }
        kept.map_err(Refused::Store)
    }

    async fn verify_and_move(&self, incoming: &Incoming) -> anyhow::Result<()> {
        let (sha256, bytes) = self.hash_of(&incoming.at).await?;
        if (sha256.as_str(), bytes) != (incoming.sha256.as_str(), incoming.bytes) {
            bail!("the object store gave back other bytes than were written");
        }
        // Over the same bytes that may lie there already: they are as new then as their row will be, so that no cleaning that goes on
        // beside this takes them for old ones without a row (see `remove` for S3).
        Ok(self.store.rename(&incoming.at, &self.place(&sha256)).await?)
    }

    /// Removes what was written under a temporary name.
    pub async fn discard(&self, incoming: &Incoming) {
        if let Err(error) = self.store.delete(&incoming.at).await {
            tracing::warn!(%error, "a temporary document could not be removed; the clean-up will find it");
        }
    }

    /// All bytes of something that was received, for counting pages; the caller bounds the size.
    ///
    /// # Errors
    /// If the object store fails.
    pub async fn bytes_of(&self, incoming: &Incoming) -> anyhow::Result<Bytes> {
        Ok(self.store.get(&incoming.at).await?.bytes().await?)
    }

    /// All bytes of a kept document, compared with its hash.
    ///
    /// # Errors
    /// If it is not there, has other bytes, or the object store fails.
    pub async fn whole(&self, sha256: &str) -> anyhow::Result<Bytes> {
        let bytes = self.store.get(&self.place(sha256)).await?.bytes().await?;
        if HEXLOWER.encode(&Sha256::digest(&bytes)) != sha256 {
            bail!("the object store gave back other bytes than were kept");
        }
        Ok(bytes)
    }

    /// Streams a kept document.
    ///
    /// # Errors
    /// If it is not there or the object store fails.
    pub async fn read(&self, sha256: &str) -> anyhow::Result<BoxStream<'static, Result<Bytes, object_store::Error>>> {
        Ok(self.store.get(&self.place(sha256)).await?.into_stream())
    }

    /// Whether the kept bytes of a hash are there and still have it: `None` if they are missing.
    ///
    /// # Errors
    /// If the object store fails.
    pub async fn check(&self, sha256: &str) -> anyhow::Result<Option<bool>> {
        match self.hash_of(&self.place(sha256)).await {
            Ok((found, _)) => Ok(Some(found == sha256)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn hash_of(&self, at: &Path) -> anyhow::Result<(String, u64)> {
        if let Some(directory) = &self.directory {
            return hash_of_file(directory.join(at.as_ref())).await;
        }
        let mut stream = self.store.get(at).await?.into_stream();
        let (mut hasher, mut bytes) = (Sha256::new(), 0u64);
        while let Some(chunk) = stream.try_next().await? {
            bytes += chunk.len() as u64;
            hasher.update(&chunk);
        }
        Ok((HEXLOWER.encode(&hasher.finalize()), bytes))
    }

    /// Removes the kept bytes of a hash, if they still were there before `before`.
    ///
    /// In a directory, bytes that an upload puts there meanwhile stay. S3 takes no condition on the age of what it deletes: there the
    /// same bytes would have to come between two requests that follow each other.
    ///
    /// # Errors
    /// If the object store fails.
    pub async fn remove(&self, sha256: &str, before: claims::Instant) -> anyhow::Result<bool> {
        let place = self.place(sha256);
        match self.store.head(&place).await {
            Ok(found) if found.last_modified <= before => {}
            Ok(_) | Err(object_store::Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        if self.directory.is_some() {
            return self.remove_file(&place, before).await;
        }
        self.store.delete(&place).await?;
        Ok(true)
    }

    /// The file is moved away and looked at where no upload moves another one over it.
    async fn remove_file(&self, place: &Path, before: claims::Instant) -> anyhow::Result<bool> {
        let aside = self.new_incoming();
        match self.store.rename(place, &aside).await {
            Ok(()) => {}
            Err(object_store::Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        if self.store.head(&aside).await?.last_modified > before {
            self.store.rename(&aside, place).await?;
            return Ok(false);
        }
        self.store.delete(&aside).await?;
        Ok(true)
    }

    fn new_incoming(&self) -> Path {
        self.prefix.clone().join("incoming").join(self.random.token())
    }

    /// Whether the store answers, by looking and not by writing.
    ///
    /// # Errors
    /// What failed.
    pub async fn answers(&self) -> anyhow::Result<()> {
        if let Some(directory) = &self.directory {
            drop(tokio::fs::read_dir(directory).await.with_context(|| directory.display().to_string())?);
            return Ok(());
        }
        self.store.list(Some(&self.prefix.clone().join("incoming"))).try_next().await?;
        Ok(())
    }

    /// Writes, reads and removes a few bytes.
    ///
    /// # Errors
    /// What failed.
    pub async fn try_out(&self) -> anyhow::Result<()> {
        let bytes = Bytes::from_static(b"recoup doctor");
        let received = self.receive(futures::stream::iter([Ok::<_, std::io::Error>(bytes)]), 100).await;
        // What is said of an upload speaks to whoever sent it; here nobody can send it again.
        let incoming = received.map_err(|refused| match refused {
            Refused::Store(cause) | Refused::Unscanned(cause) => cause,
            refused => refused.into(),
        })?;
        let found = self.hash_of(&incoming.at).await?;
        self.discard(&incoming).await;
        if found.0 == incoming.sha256 {
            Ok(())
        } else {
            bail!("the object store gave back other bytes than were written")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_sent_again_while_it_is_removed_stays() {
        let place = std::env::temp_dir().join(format!("recoup-documents-{}", Random::System.token()));
        let documents = Documents::open(&DocumentsAt::Directory(place.clone()), Random::System).unwrap();
        let bytes = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"Sent again."))]);
        let incoming = documents.receive(bytes, 100).await.unwrap();
        documents.keep(&incoming).await.unwrap();
        let (sha256, at) = (&incoming.sha256, documents.place(&incoming.sha256));
        let now = claims::Clock::System.now();
        // Found old, it is new when it is moved away.
        assert!(!documents.remove_file(&at, now - chrono::Duration::days(1)).await.unwrap());
        assert_eq!(documents.check(sha256).await.unwrap(), Some(true));
        let later = now + chrono::Duration::days(1);
        assert!(documents.remove_file(&at, later).await.unwrap());
        assert_eq!((documents.check(sha256).await.unwrap(), documents.incoming().await.unwrap()), (None, (0, 0)));
        assert!(!documents.remove_file(&at, later).await.unwrap(), "it is gone");
        std::fs::remove_dir_all(place).unwrap();
    }

    #[tokio::test]
    async fn who_tries_it_out_is_told_the_cause_and_nothing_else() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A port at which nobody listens any more.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = DocumentsAt::S3 {
            bucket: "documents".to_owned(),
            prefix: String::new(),
            region: None,
            endpoint: Some(format!("http://127.0.0.1:{port}")),
            keys: Some(("key".to_owned(), "secret".to_owned())),
        };
        let documents = Documents::open_within(&at, Random::System, Duration::ZERO).unwrap();
        let said = crate::causes::in_a_line(&documents.try_out().await.unwrap_err());
        assert!(said.contains(&format!("127.0.0.1:{port}")), "{said}");
        assert!(!said.contains("send it again") && !said.contains("nothing of it was kept"), "{said}");
    }
}
