//! Uploads shown to a virus scanner: clamd, by its INSTREAM command (clamd(8)).

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, bail};
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// How long the scanner may be silent: connecting, taking a piece, or thinking about the whole.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest answer that is read.
const LONGEST_ANSWER: usize = 1_000;
/// Most bytes of a piece: clamd's own limit is its StreamMaxLength for all of them together.
const PIECE: usize = 64 * 1_024;

/// Where clamd listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanner {
    /// A host with a port.
    Tcp(String),
    /// A socket in the file system.
    Unix(PathBuf),
}

/// What the scanner found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Clean,
    /// A signature, by its name.
    Found(String),
    /// It does not look at so many bytes.
    TooLarge,
}

impl Scanner {
    /// Reads the configuration key: `unix:/run/clamav/clamd.ctl` or `127.0.0.1:3310`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(path) = text.strip_prefix("unix:") {
            return path.starts_with('/').then(|| Self::Unix(path.into()));
        }
        let (host, port) = text.rsplit_once(':')?;
        (!host.is_empty() && port.parse::<u16>().is_ok()).then(|| Self::Tcp(text.to_owned()))
    }

    /// Shows bytes to the scanner as they come.
    ///
    /// # Errors
    /// If the scanner does not answer, or the bytes do not come.
    pub async fn scan<E>(&self, chunks: impl Stream<Item = Result<Bytes, E>> + Unpin) -> anyhow::Result<Verdict>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        match self {
            Self::Tcp(at) => stream(in_time(TcpStream::connect(at)).await?, chunks).await,
            Self::Unix(at) => stream(in_time(UnixStream::connect(at)).await?, chunks).await,
        }
    }

    /// Asks whether it is there.
    ///
    /// # Errors
    /// If it is not.
    pub async fn ping(&self) -> anyhow::Result<()> {
        let said = match self {
            Self::Tcp(at) => ask(in_time(TcpStream::connect(at)).await?, b"zPING\0").await?,
            Self::Unix(at) => ask(in_time(UnixStream::connect(at)).await?, b"zPING\0").await?,
        };
        if said == "PONG" { Ok(()) } else { bail!("it answers “{said}”") }
    }
}

async fn in_time<T>(doing: impl Future<Output = std::io::Result<T>>) -> anyhow::Result<T> {
    Ok(timeout(PATIENCE, doing).await.context("the virus scanner was silent for a minute")??)
}

async fn ask(mut socket: impl AsyncRead + AsyncWrite + Unpin, command: &[u8]) -> anyhow::Result<String> {
    in_time(socket.write_all(command)).await?;
    answer(socket).await
}

/// Reads to the NUL that ends an answer, not to the end of the connection: a clamd that closes over bytes which it did not read
/// resets it, and that must not hide what it said before.
async fn answer(mut socket: impl AsyncRead + Unpin) -> anyhow::Result<String> {
    let mut said = Vec::new();
    while !said.ends_with(b"\0") && said.len() < LONGEST_ANSWER {
        if in_time(socket.read_buf(&mut said)).await? == 0 {
            break;
        }
    }
    let said = String::from_utf8_lossy(&said);
    Ok(said.trim_end_matches(['\0', '\n']).to_owned())
}

/// Each piece comes behind its length; a length of zero ends them.
async fn stream<E>(
    socket: impl AsyncRead + AsyncWrite + Unpin,
    mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> anyhow::Result<Verdict>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let (read, mut write) = tokio::io::split(socket);
    let send = async {
        in_time(write.write_all(b"zINSTREAM\0")).await?;
        while let Some(chunk) = chunks.try_next().await? {
            for piece in chunk.chunks(PIECE) {
                let length = u32::try_from(piece.len()).unwrap_or(0).to_be_bytes();
                in_time(write.write_all(&length)).await?;
                in_time(write.write_all(piece)).await?;
            }
        }
        in_time(write.write_all(&[0; 4])).await
    };
    let sent: anyhow::Result<()> = send.await;
    if sent.is_err() {
        // Whatever broke, no more comes: clamd need not wait for it.
        let _ = write.shutdown().await;
    }
    // Over its limit clamd answers and closes without reading on, so what it said counts although writing failed.
    match (answer(read).await, sent) {
        (Ok(said), Ok(())) if !said.is_empty() => verdict(&said),
        (Ok(said), Err(error)) if !said.is_empty() => match verdict(&said)? {
            // It did not see all of it.
            Verdict::Clean => Err(error),
            found => Ok(found),
        },
        (_, Err(error)) | (Err(error), _) => Err(error),
        (Ok(_), Ok(())) => bail!("the virus scanner closed without an answer"),
    }
}

fn verdict(said: &str) -> anyhow::Result<Verdict> {
    let said = said.strip_prefix("stream: ").unwrap_or(said);
    if said == "OK" {
        Ok(Verdict::Clean)
    } else if let Some(name) = said.strip_suffix(" FOUND") {
        Ok(Verdict::Found(name.to_owned()))
    } else if said.contains("size limit exceeded") {
        Ok(Verdict::TooLarge)
    } else {
        bail!("the virus scanner says “{said}”")
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;

    use super::*;

    #[test]
    fn where_it_listens_is_read() {
        assert_eq!(Scanner::parse("unix:/run/c.ctl"), Some(Scanner::Unix("/run/c.ctl".into())));
        assert_eq!(Scanner::parse("127.0.0.1:3310"), Some(Scanner::Tcp("127.0.0.1:3310".to_owned())));
        assert_eq!(Scanner::parse("[::1]:3310"), Some(Scanner::Tcp("[::1]:3310".to_owned())));
        for wrong in ["", "clamd", "127.0.0.1", ":3310", "a:b", "unix:clamd.ctl"] {
            assert_eq!(Scanner::parse(wrong), None, "{wrong}");
        }
    }

    /// A clamd that reads so much, says this, and closes over what it did not read.
    async fn hasty(read: usize, says: &'static [u8]) -> anyhow::Result<Verdict> {
        let (ours, mut its) = UnixStream::pair().unwrap();
        let clamd = tokio::spawn(async move {
            its.read_exact(&mut vec![0; read]).await.unwrap();
            its.write_all(says).await.unwrap();
        });
        let many =
            futures::stream::repeat(()).take(1_000).map(|()| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 10_000])));
        let verdict = stream(ours, many).await;
        clamd.await.unwrap();
        verdict
    }

    #[tokio::test]
    async fn what_is_said_before_it_closes_is_heard() {
        for read in [10, 100_000, 1_000_000] {
            let said = hasty(read, b"INSTREAM size limit exceeded. ERROR\0").await;
            assert_eq!(said.unwrap(), Verdict::TooLarge);
            assert_eq!(hasty(read, b"stream: Eicar FOUND\0").await.unwrap(), Verdict::Found("Eicar".to_owned()));
            // Not even then is half a look a permission, nor half an answer one.
            for other in [b"stream: OK\0".as_slice(), b"stream: OK", b"INSTREAM size li", b""] {
                assert!(hasty(read, other).await.is_err(), "{}", other.escape_ascii());
            }
        }
    }

    #[test]
    fn answers_are_understood_and_others_are_no_permission() {
        assert_eq!(verdict("stream: OK").unwrap(), Verdict::Clean);
        assert_eq!(verdict("stream: Eicar FOUND").unwrap(), Verdict::Found("Eicar".to_owned()));
        assert_eq!(verdict("INSTREAM size limit exceeded. ERROR").unwrap(), Verdict::TooLarge);
        for other in ["", "stream: Can't allocate memory ERROR", "UNKNOWN COMMAND"] {
            assert!(verdict(other).is_err(), "{other}");
        }
    }
}
