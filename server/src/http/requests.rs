//! Every request: an id, a line in the log, a place in the figures.
//!
//! The line names the route, never the address: addresses of links in mails hold secrets. The client is a pseudonym that only
//! this installation can make, so that entries of one client can be told together without keeping its address.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use app::request::RequestId;
use axum::{
    body::Body,
    extract::{MatchedPath, State},
    http::{HeaderName, HeaderValue, Method, Request},
    middleware::Next,
    response::Response,
};
use claims::AccountId;
use tracing::Instrument;

use super::Http;

tokio::task_local! {
    /// The id of the request that is being answered.
    static ID: RequestId;
}

/// The id of the request that is being answered; empty outside of one.
#[must_use]
pub fn id() -> String {
    ID.try_with(|id| id.0.to_string()).unwrap_or_default()
}

/// Who asked, left in the answer for the log.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Account, if signed in.
    pub account: Option<AccountId>,
    /// Address of the client.
    pub client: Arc<str>,
}

/// Upper ends of the histogram's buckets, in seconds.
pub(super) const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What was asked for by one method on one route.
#[derive(Debug, Clone, Default)]
pub(super) struct Count {
    pub(super) by_status: BTreeMap<u16, u64>,
    /// How many took at most as long as each bucket says, not cumulative; the last is for all that took longer.
    pub(super) buckets: [u64; BUCKETS.len() + 1],
    pub(super) seconds: f64,
}

/// The figures of all requests since the process began.
#[derive(Debug, Default)]
pub struct Requests {
    counts: Mutex<BTreeMap<(&'static str, Arc<str>), Count>>,
    in_flight: AtomicI64,
}

impl Requests {
    fn add(&self, method: &'static str, route: Arc<str>, status: u16, seconds: f64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((method, route)).or_default();
        *count.by_status.entry(status).or_default() += 1;
        let bucket = BUCKETS.iter().position(|end| seconds <= *end).unwrap_or(BUCKETS.len());
        count.buckets[bucket] += 1;
        count.seconds += seconds;
    }

    /// How many are being answered, and what was answered.
    pub(super) fn figures(&self) -> (i64, BTreeMap<(&'static str, Arc<str>), Count>) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        (self.in_flight.load(Ordering::Relaxed), counts.clone())
    }
}

/// Counts down also when the client goes away before its answer.
struct InFlight(Arc<Requests>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A number for a request.
pub(super) fn new_id(http: &Http) -> RequestId {
    RequestId(http.recoup.random.token()[..16].into())
}

/// The layer around all others.
pub async fn observe(State(http): State<Arc<Http>>, mut request: Request<Body>, next: Next) -> Response {
    let id = new_id(&http);
    let method = request.method().clone();
    let route: Arc<str> = request.extensions().get::<MatchedPath>().map_or("none", |path| path.as_str()).into();
    request.extensions_mut().insert(id.clone());
    http.requests.in_flight.fetch_add(1, Ordering::Relaxed);
    let in_flight = InFlight(http.requests.clone());
    let begun = Instant::now();
    let answer = ID.scope(id.clone(), next.run(request)).instrument(span(&id));
    let mut response = answer.await;
    drop(in_flight);
    answered(&http, &id, (&method, route), begun, &mut response);
    response
}

fn span(id: &RequestId) -> tracing::Span {
    tracing::info_span!("request", id = &*id.0)
}

/// Logs and counts an answer, and puts the number of its request into it.
pub(super) fn answered(
    http: &Http,
    id: &RequestId,
    (method, route): (&Method, Arc<str>),
    begun: Instant,
    response: &mut Response,
) {
    let (method, status, seconds) = (word(method), response.status().as_u16(), begun.elapsed().as_secs_f64());
    span(id).in_scope(|| log(http, method, &route, status, seconds, response.extensions().get()));
    http.requests.add(method, route, status, seconds);
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
}

fn log(http: &Http, method: &str, route: &str, status: u16, seconds: f64, asked: Option<&Asked>) {
    let account = asked.and_then(|asked| asked.account).map(|account| account.0);
    let client = asked.map(|asked| pseudonym(http, &asked.client));
    let milliseconds = (seconds * 1_000_000.0).round() / 1_000.0;
    let machine = matches!(route, "/assets/{name}" | "/favicon.svg" | "/healthz" | "/readyz" | "/metrics");
    if machine && status < 500 {
        tracing::debug!(method, route, status, milliseconds, "answered");
    } else {
        tracing::info!(method, route, status, milliseconds, account, client, "answered");
    }
}

/// The same for the same client of the same installation; nothing that leads back to it.
fn pseudonym(http: &Http, client: &str) -> String {
    let secret = data_encoding::HEXLOWER.encode(&*http.recoup.secret);
    claims::actions::links::hash(&format!("client in the log {secret} {client}"))[..12].to_owned()
}

/// The methods there are; what a client makes up is one more.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
