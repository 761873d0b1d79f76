//! Public pages that are prepared, given before anything is asked about the visitor.

use std::sync::Arc;

use app::request::Site;
use axum::{
    body::Body,
    extract::State,
    http::{Method, Request, header},
    middleware::Next,
    response::Response,
};

use super::{Http, headers::Nonce, requests::Asked, visitor};

/// Answers a stranger's request for a public page that nothing can have changed; everything else goes on.
pub async fn give(State(shared): State<Arc<(Http, Site)>>, request: Request<Body>, next: Next) -> Response {
    let (http, site) = &*shared;
    match ready(http, site, &request) {
        Some(answer) => answer,
        None => next.run(request).await,
    }
}

fn ready(http: &Http, site: &Site, request: &Request<Body>) -> Option<Response> {
    let (uri, headers) = (request.uri(), request.headers());
    let asked = matches!(*request.method(), Method::GET | Method::HEAD) && uri.query().is_none();
    // Whoever sends a cookie may be signed in.
    if !asked || headers.contains_key(header::COOKIE) {
        return None;
    }
    let nonce = &request.extensions().get::<Nonce>()?.0;
    let mut answer = site.prepared.ready(uri.path(), http.recoup.clock.now(), nonce)?;
    answer.extensions_mut().insert(Asked { account: None, client: visitor::client_of(http, request) });
    Some(answer)
}
