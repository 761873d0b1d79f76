//! Requests that change something are taken from our own pages only.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Method, Request, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::{Http, plain};

/// Refuses a state-changing request from another site: by `Sec-Fetch-Site` where the browser sends it, else by `Origin`. A
/// client that sends neither is no browser, so nobody's cookies can be abused through it.
pub async fn check(State(http): State<Arc<Http>>, request: Request<Body>, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Mail programs end mails with one click (RFC 8058) from wherever they are; the signed address is what counts there, and no
    // cookie is looked at.
    let one_click = request.uri().path().starts_with("/unsubscribe/");
    if safe || one_click || is_ours(request.headers(), &http.recoup.base_url) {
        return next.run(request).await;
    }
    tracing::warn!("a form from another site was refused");
    plain::words(
        StatusCode::FORBIDDEN,
        "This form came from another site. Open the page on this site and send it from there.",
    )
}

fn is_ours(headers: &HeaderMap, base_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let same_host = |scheme: &str| origin.as_bytes() == format!("{scheme}://{host}").as_bytes();
    origin.as_bytes() == base_url.as_bytes()
        || !host.is_empty() && !base_url.starts_with("https://") && same_host("http")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_our_own_pages() {
        let base = "https://claims.example.org";
        assert!(is_ours(&headers(&[("sec-fetch-site", "same-origin")]), base));
        assert!(!is_ours(&headers(&[("sec-fetch-site", "cross-site")]), base));
        assert!(!is_ours(&headers(&[("sec-fetch-site", "same-site")]), base));
        assert!(is_ours(&headers(&[("origin", "https://claims.example.org")]), base));
        assert!(!is_ours(&headers(&[("origin", "https://evil.example"), ("host", "evil.example")]), base));
        assert!(!is_ours(&headers(&[("origin", "null")]), base));
        assert!(is_ours(&headers(&[]), base));
        assert!(is_ours(
            &headers(&[("origin", "http://localhost:8016"), ("host", "localhost:8016")]),
            "http://127.0.0.1:8016"
        ));
    }
}
