//! Headers of every answer, and the page after a panic.

use std::any::Any;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, Request, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

/// The nonce of a response's Content-Security-Policy, found by the visitor layer and put into the header here.
#[derive(Debug, Clone)]
pub struct Nonce(pub std::sync::Arc<str>);

/// Adds what is missing: a handler that sets a header of its own (a document shown in a frame) keeps it.
pub async fn add(State(secure): State<bool>, request: Request<Body>, next: Next) -> Response {
    let nonce: std::sync::Arc<str> = claims::random::Random::System.token().into();
    let mut request = request;
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let mut response = next.run(request).await;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    let mut missing = |name: HeaderName, value: &str| {
        if let (false, Ok(value)) = (headers.contains_key(&name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    };
    missing(header::CONTENT_SECURITY_POLICY, &policy);
    missing(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    missing(header::REFERRER_POLICY, "no-referrer");
    missing(header::CACHE_CONTROL, "no-store");
    missing(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    missing(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    missing(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()");
    if secure {
        missing(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    response
}

/// A panic in a handler: logged, answered without internals.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!(words = crate::logs::said(&*panic), "a handler panicked");
    let id = super::requests::id();
    let page = format!(
        "<!doctype html><html lang=\"en\"><title>Error: Recoup</title><h1>Something went wrong on our side</h1>\
         <p>Nothing was changed. The mistake was logged. Go back and try again.</p><p>Number of this request: {id}</p></html>"
    );
    (StatusCode::INTERNAL_SERVER_ERROR, Html(page)).into_response()
}
