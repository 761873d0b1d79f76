//! HTTP: the router with its layers, and the handlers that stream bytes.

use std::{net::IpAddr, sync::Arc, time::Duration};

use app::request::{Site, SiteFiles};
use axum::{
    Router,
    http::{Method, StatusCode},
    middleware,
};
use claims::actions::Recoup;
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::{documents::Documents, scratch::Scratch, sessions::Sessions};
use front::Front;

pub mod assets;
pub mod downloads;
pub mod filings;
pub mod front;
pub mod headers;
pub mod health;
pub mod imports;
pub mod letters;
pub mod metrics;
pub mod origin;
mod plain;
pub mod requests;
pub mod uploads;
pub mod visitor;

/// What HTTP needs beside the business.
#[derive(Debug, Clone)]
pub struct Http {
    /// The business.
    pub recoup: Recoup,
    /// Documents.
    pub documents: Documents,
    /// Where copies of documents lie while they are read.
    pub scratch: Scratch,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Arc<[IpAddr]>,
    /// Counts the pages of a few PDFs at a time.
    pub counting: Arc<tokio::sync::Semaphore>,
    /// Reads statements two at a time: each may need as much memory as a large spreadsheet.
    pub reading: Arc<tokio::sync::Semaphore>,
    /// Verifies kept packages one at a time: each is copied to this machine first, and several at once might fill its disk.
    pub verifying: Arc<tokio::sync::Semaphore>,
    /// Figures of requests.
    pub requests: Arc<requests::Requests>,
    /// Who knows it reads `/metrics` on the site's own port; without one nobody does.
    pub metrics_token: Option<Arc<str>>,
}

impl Http {
    /// Puts it together.
    #[must_use]
    pub fn new(recoup: Recoup, documents: Documents, scratch: Scratch, trusted_proxies: Vec<IpAddr>) -> Self {
        Self {
            recoup,
            documents,
            scratch,
            trusted_proxies: trusted_proxies.into(),
            counting: Arc::new(tokio::sync::Semaphore::new(2)),
            reading: Arc::new(tokio::sync::Semaphore::new(2)),
            verifying: Arc::new(tokio::sync::Semaphore::new(1)),
            requests: Arc::default(),
            metrics_token: None,
        }
    }

    /// With a token for `/metrics`.
    #[must_use]
    pub fn with_metrics_token(self, token: Option<&str>) -> Self {
        Self { metrics_token: token.map(Into::into), ..self }
    }

    /// Whether the site is served over TLS, so that cookies are Secure.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.recoup.base_url.starts_with("https://")
    }
}

/// Routes that stream bytes, with the list of them.
#[derive(Debug)]
pub struct Streams {
    router: Router<Site>,
    list: Vec<(Method, &'static str)>,
}

impl Streams {
    fn new(router: Router<Site>, list: Vec<(Method, &'static str)>) -> Self {
        Self { router, list }
    }
}

/// The longest that any request may take, uploads too: a session that nobody uses ends after so long, and nobody would read the answer.
const LONGEST: Duration = Duration::from_secs(12 * 3_600);

/// Largest request of any kind: as many files as fit into one, each of the largest size.
fn largest(http: &Http) -> usize {
    usize::try_from(http.recoup.limits.document_bytes).unwrap_or(usize::MAX).saturating_mul(uploads::MOST_FILES)
}

/// The whole site, and the list of its pages and forms for the test that walks them.
pub fn site(http: &Http) -> (Front, Vec<(Method, &'static str)>) {
    let manifest = assets::manifest();
    let islands = match (manifest.loader_url, manifest.script_url, manifest.wasm_url) {
        (Some(loader), Some(script), Some(wasm)) => Some((loader.to_owned(), script.to_owned(), wasm.to_owned())),
        _ => None,
    };
    let files = SiteFiles { style: manifest.style_url.unwrap_or_default().to_owned(), islands };
    let site = Site {
        recoup: http.recoup.clone(),
        files: Arc::new(files),
        document_types: crate::documents::kind::IN_WORDS,
        prepared: Arc::default(),
    };
    let (pages, mut list) = app::routes::all().finish();
    let mut pages = pages.with_state(site.clone());
    for routes in [uploads::routes, downloads::routes, filings::routes, imports::routes, letters::routes] {
        let Streams { router, list: more } = routes(http);
        pages = pages.merge(router.with_state(site.clone()));
        list.extend(more);
    }

    // Each layer is cloned for every request, by itself and with every layer around it: what it needs is shared.
    let (own, shared) = (Arc::new(http.clone()), Arc::new((http.clone(), site.clone())));

    let router = pages
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(middleware::from_fn(app::request::explain))
        .layer(middleware::from_fn_with_state(shared, visitor::identify))
        .layer(session_layer(http))
        .layer(middleware::from_fn_with_state(own.clone(), origin::check))
        .merge(assets::router())
        .merge(health::router(http.clone()))
        .merge(metrics::router(http.clone()))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, LONGEST))
        .layer(RequestBodyLimitLayer::new(largest(http)))
        .layer(middleware::map_response(plain::explain))
        .layer(CatchPanicLayer::custom(headers::panicked))
        .layer(middleware::from_fn_with_state(http.secure(), headers::add))
        .layer(middleware::from_fn_with_state(own, requests::observe));
    (Front::new(http.clone(), site, router), list)
}

fn session_layer(http: &Http) -> SessionManagerLayer<Sessions> {
    let sessions = Sessions::new(http.recoup.store.clone(), http.recoup.clock.clone());
    let life = time::Duration::seconds(crate::sessions::absolute().num_seconds());
    SessionManagerLayer::new(sessions)
        .with_name(if http.secure() { "__Host-recoup" } else { "recoup" })
        .with_secure(http.secure())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(life))
}
