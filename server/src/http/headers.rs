//! Headers of every answer, and the page after a panic.

use std::any::Any;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

/// The nonce of a response's Content-Security-Policy, found by the visitor layer and put into the header here.
#[derive(Debug, Clone)]
pub struct Nonce(pub std::sync::Arc<str>);

/// A new nonce.
pub(super) fn nonce() -> std::sync::Arc<str> {
    claims::random::Random::System.token().into()
}

/// Adds what is missing: a handler that sets a header of its own (a document shown in a frame) keeps it.
pub async fn add(State(secure): State<bool>, mut request: Request<Body>, next: Next) -> Response {
    let nonce = nonce();
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let mut response = next.run(request).await;
    fill(response.headers_mut(), &nonce, secure);
    response
}

/// Puts into the headers of an answer what is missing.
pub(super) fn fill(headers: &mut HeaderMap, nonce: &str, secure: bool) {
    const SAID: [(HeaderName, &str); 6] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    ];
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::try_from(format!(
            "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        ))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let secure = secure.then_some((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"));
    for (name, value) in SAID.into_iter().chain(secure) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
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
