//! Output files that appear whole or not at all.

use anyhow::Context as _;
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Output files under temporary names until all are complete; an interrupted run leaves none.
pub struct Outputs {
    files: Arc<Files>,
}

/// The temporary names, each with the name it stands for. Files are made, renamed and removed only while this is locked, so
/// that an interruption finds all there are.
type Files = Mutex<Vec<(PathBuf, PathBuf)>>;

impl Outputs {
    /// From now on an interruption removes what is there before it ends the process.
    ///
    /// # Errors
    /// Signals cannot be received.
    pub fn new() -> anyhow::Result<Self> {
        let files = Arc::default();
        interruption::remove_before_end(&files)?;
        Ok(Self { files })
    }

    /// Writes one file.
    ///
    /// # Errors
    /// Those of the file and of `fill`, with the file's name.
    pub fn write(&self, path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
        let attempt = || {
            let mut to = BufWriter::with_capacity(1 << 20, self.create(path)?);
            fill(&mut to)?;
            to.flush()?;
            to.get_ref().sync_all()
        };
        attempt().with_context(|| format!("{}: cannot be written", path.display()))
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let partial = path.with_file_name(format!(".{name}.{}.partial", std::process::id()));
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let file = File::create(&partial)?;
        files.push((partial, path.to_owned()));
        Ok(file)
    }

    /// Gives all files their names.
    ///
    /// # Errors
    /// A file that cannot have its name.
    pub fn publish(&self) -> anyhow::Result<()> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        for (partial, path) in files.iter() {
            std::fs::rename(partial, path).with_context(|| format!("{}: cannot be written", path.display()))?;
        }
        files.clear();
        Ok(())
    }
}

impl Drop for Outputs {
    fn drop(&mut self) {
        remove(&mut self.files.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn remove(files: &mut Vec<(PathBuf, PathBuf)>) {
    for (partial, _) in files.drain(..) {
        let _ = std::fs::remove_file(partial);
    }
}

/// Ctrl-C, an end asked for by the system, and a terminal that closes.
#[cfg(unix)]
mod interruption {
    use super::{Files, remove};
    use std::{
        future::{Future, poll_fn},
        io,
        pin::pin,
        sync::{Arc, PoisonError},
        task::Poll,
    };
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Removes the files and ends with the shell's code for the signal: 128 and its number.
    pub fn remove_before_end(files: &Arc<Files>) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut signals = {
            // Signals are ours from here on, not only when the thread below gets its turn.
            let _guard = runtime.enter();
            let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
            kinds.into_iter().map(|kind| Ok((kind, signal(kind)?))).collect::<io::Result<Vec<_>>>()?
        };
        let files = Arc::clone(files);
        // The thread ends with the process.
        std::thread::Builder::new().name("interruption".into()).spawn(move || {
            let kind = runtime.block_on(first(&mut signals));
            // Locked until the process has ended: nobody makes another file.
            let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
            remove(&mut files);
            std::process::exit(128 + kind.as_raw_value());
        })?;
        Ok(())
    }

    /// The first of the signals that comes.
    async fn first(signals: &mut [(SignalKind, Signal)]) -> SignalKind {
        poll_fn(|context| {
            for (kind, signal) in &mut *signals {
                if pin!(signal.recv()).poll(context).is_ready() {
                    return Poll::Ready(*kind);
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// Systems without signals tell of Ctrl-C in another way and keep their default.
#[cfg(not(unix))]
mod interruption {
    use super::Files;
    use std::sync::Arc;

    /// Nothing to do.
    pub fn remove_before_end(_: &Arc<Files>) -> anyhow::Result<()> {
        Ok(())
    }
}
