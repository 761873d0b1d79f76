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
const LONGEST_ANSWER: u64 = 1_000;
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

async fn answer(socket: impl AsyncRead + Unpin) -> anyhow::Result<String> {
    let mut said = Vec::new();
    in_time(socket.take(LONGEST_ANSWER).read_to_end(&mut said)).await?;
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
    // Over its limit clamd answers and closes without reading on; what it said is worth more than that it did.
    match (answer(read).await, sent) {
        (Ok(said), _) if !said.is_empty() => verdict(&said),
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
