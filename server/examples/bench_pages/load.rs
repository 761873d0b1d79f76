//! Load over connections that stay open: each sends its next request as soon as it has the whole answer to the last one.
//!
//! Requests are bytes that were put together once, and answers are counted, not kept, so that little of the machine goes into
//! the one who asks.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// A server answers within this, or the measurement fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
pub struct Answer {
    /// Status.
    pub status: u16,
    /// The head, without the status line.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        value_of(&self.head, name)
    }
}

fn value_of<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(256 << 10) })
    }

    /// Sends a request and reads the whole answer; gives its status and where its body begins in the buffer.
    async fn exchange(&mut self, request: &[u8]) -> Result<(u16, usize)> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut whole = None;
        loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server closed the connection");
            if whole.is_none()
                && let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n")
            {
                let head = std::str::from_utf8(&self.buffer[..end])?;
                let status = head.get(9..12).context("a status line")?.parse()?;
                let length = value_of(head, "content-length").map_or(Ok(0), str::parse::<usize>)?;
                ensure!(value_of(head, "transfer-encoding").is_none(), "the answer has no length");
                whole = Some((status, end + 4, end + 4 + length));
            }
            if let Some((status, body, end)) = whole
                && self.buffer.len() >= end
            {
                return Ok((status, body));
            }
        }
    }

    /// Sends a request and gives the answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        let (status, body) = tokio::time::timeout(PATIENCE, self.exchange(request)).await??;
        let head = std::str::from_utf8(&self.buffer[..body])?;
        let head = head.split_once("\r\n").map_or("", |(_, rest)| rest).to_owned();
        Ok(Answer { status, head, body: self.buffer[body..].to_vec() })
    }
}

/// A request for a page, with cookies (or none).
pub fn get(path: &str, cookie: &str) -> Vec<u8> {
    let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/html\r\n{cookie}\r\n").into_bytes()
}

/// A form, as if it came through a proxy from `client`.
pub fn post(path: &str, form: &str, client: &str) -> Vec<u8> {
    let length = form.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-forwarded-for: {client}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
    )
    .into_bytes()
}

/// What a load gave.
#[derive(Clone, Default)]
pub struct Figures {
    /// How long each request took, in microseconds, sorted.
    times: Vec<u32>,
    /// How long the load lasted.
    seconds: f64,
}

impl Figures {
    /// Takes those of another load too.
    pub fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.times.sort_unstable();
        self.seconds += other.seconds;
    }

    /// Requests in a second.
    pub fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.times.len()).unwrap_or(u32::MAX)) / self.seconds
    }

    /// The time within which so many in a hundred were answered, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let place = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(place).map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
    }

    /// How many requests were answered.
    pub fn count(&self) -> usize {
        self.times.len()
    }
}

/// Lets every connection send its requests in turn for a while. Each answer must have the status `expected`.
pub async fn run(port: u16, requests: Vec<Vec<Vec<u8>>>, expected: u16, time: Duration) -> Result<Figures> {
    let begun = Instant::now();
    let mut connections = JoinSet::new();
    for own in requests {
        connections.spawn(async move {
            let mut connection = Connection::open(port).await?;
            let mut times = Vec::new();
            for request in own.iter().cycle() {
                let sent = Instant::now();
                let (status, _) = tokio::time::timeout(PATIENCE, connection.exchange(request)).await??;
                if status != expected {
                    let line = String::from_utf8_lossy(request).lines().next().unwrap_or_default().to_owned();
                    bail!("{line} was answered with {status}, not {expected}");
                }
                times.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                if begun.elapsed() >= time {
                    break;
                }
            }
            Ok(times)
        });
    }
    let mut figures = Figures::default();
    while let Some(times) = connections.join_next().await {
        figures.times.extend(times??);
    }
    figures.seconds = begun.elapsed().as_secs_f64();
    figures.times.sort_unstable();
    Ok(figures)
}
