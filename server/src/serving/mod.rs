//! Accepting connections: HTTP/1.1 with limits on what a client may leave half done. axum's own `serve` has none of them.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{
    body::Body,
    extract::ConnectInfo,
    response::{IntoResponse, Response},
};
use hyper::{
    HeaderMap, Request, StatusCode, Version,
    body::Incoming,
    header::{CONNECTION, CONTENT_TYPE, HOST},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
};
use tower::{Service, ServiceExt};

mod clients;
mod leftover;
mod patient;

use clients::{Clients, Seat};
use leftover::{Leftover, Slowness};
use patient::Patient;

/// How long a client may keep us waiting, and how many clients there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// For the head of a request, counted from the end of the one before: it is also how long a connection may stay silent.
    pub head: Duration,
    /// Between two pieces of a request's body.
    pub body: Duration,
    /// For a whole body that carries no files, in all the time that it is waited for: a form is small.
    pub form: Duration,
    /// Bytes a second that a body with files brings beyond that, on average: a slow upload that goes on is fine for hours,
    /// and one that drips holds its connection for nothing.
    pub least: u32,
    /// For what still comes of a body after its request was answered, in all: it is read and thrown away, so that the client sees
    /// the answer.
    pub linger: Duration,
    /// How much may come of it.
    pub linger_bytes: u64,
    /// Until the client takes the next piece of an answer.
    pub answer: Duration,
    /// Connections at a time; further ones wait in the queue of the operating system.
    pub connections: usize,
    /// Connections of one client at a time, so that it leaves room for others; further ones are closed. A proxy that is trusted is no
    /// client: whoever stands behind it is for the proxy to limit.
    pub of_one: usize,
    /// For what is in flight when the process is told to stop; then it is cut.
    pub stop: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            head: seconds(30),
            body: seconds(60),
            form: seconds(60),
            least: 1_000,
            linger: seconds(300),
            linger_bytes: 1_000_000_000,
            answer: seconds(60),
            connections: 1_000,
            of_one: 100,
            stop: seconds(30),
        }
    }
}

/// Largest head of a request that is kept while it comes in, and the step in which bodies are read.
const BUFFER: usize = 128 * 1024;

/// What answers requests: a router, or what stands before one.
pub trait Site: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static {}

impl<S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static> Site for S {}

/// Serves all but too many of one client, of which `proxies` are none, until `stop`; then takes no more connections, lets every request that has begun end within [`Pace::stop`], and cuts
/// the rest. Gives how many connections were cut.
pub async fn serve<S>(
    listener: TcpListener,
    site: S,
    pace: Pace,
    proxies: Arc<[IpAddr]>,
    mut stop: watch::Receiver<bool>,
) -> usize
where
    S: Site,
    S::Future: Send,
{
    let clients = Clients::new(pace.of_one, proxies);
    let room = Arc::new(Semaphore::new(pace.connections));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room, &clients) => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        while connections.try_join_next().is_some() {}
        let Some((stream, peer, place)) = accepted else { continue };
        let connection = connection(stream, peer, site.clone(), pace, stop.clone());
        connections.spawn(async move {
            connection.await;
            drop(place);
        });
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(pace.stop, ended).await.is_ok() {
        return 0;
    }
    let cut = connections.len();
    tracing::warn!(connections = cut, seconds = pace.stop.as_secs(), "cut what did not end in time");
    connections.shutdown().await;
    cut
}

/// Waits for room, then for a client. `None` if it has too many connections already, or if the operating system refused, after a moment:
/// it may be out of files.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    clients: &Arc<Clients>,
) -> Option<(TcpStream, SocketAddr, (OwnedSemaphorePermit, Seat))> {
    let place = room.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            let seat = clients.seat(peer.ip())?;
            Some((stream, peer, (place, seat)))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection was not accepted");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

/// One connection, to its end.
async fn connection<S>(stream: TcpStream, peer: SocketAddr, site: S, pace: Pace, mut stop: watch::Receiver<bool>)
where
    S: Site,
    S::Future: Send,
{
    // Answers are written whole; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(Patient::new(stream, pace.answer));
    let service = service_fn(move |request: Request<Incoming>| {
        let slowness = slowness(request.headers(), pace);
        let mut request = request.map(|body| Body::new(Leftover::of(body, pace, slowness)));
        request.extensions_mut().insert(ConnectInfo(peer));
        let names_host = names_host(&request);
        let site = site.clone();
        async move { if names_host { site.oneshot(request).await } else { Ok(no_host()) } }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(pace.head).max_buf_size(BUFFER);
    let mut served = pin!(http.serve_connection(io, service));
    // How a connection ends is the client's affair: it went away, was too slow, or sent what is no HTTP.
    tokio::select! {
        _ = served.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = served.await;
}

/// Whether a request says once for which host it is, as RFC 9112, section 3.2 asks: of two a proxy may have believed the other one. In
/// HTTP/1.0, which some health checks speak, it need not say it at all.
fn names_host(request: &Request<Body>) -> bool {
    match request.headers().get_all(HOST).iter().count() {
        0 => request.version() < Version::HTTP_11,
        hosts => hosts == 1,
    }
}

/// The answer to a request that does not. The connection ends with it, as after other bad framing.
fn no_host() -> Response {
    (StatusCode::BAD_REQUEST, [(CONNECTION, "close")], "A request must have one Host header.").into_response()
}

/// How slowly the body of a request may come. Only what says that it carries files may take its time.
fn slowness(headers: &HeaderMap, pace: Pace) -> Slowness {
    let has_files = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    if has_files {
        Slowness { free: pace.form, least: Some(pace.least), linger: pace.linger }
    } else {
        Slowness { free: pace.form, least: None, linger: pace.linger.min(pace.form) }
    }
}
