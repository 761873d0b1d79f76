//! What the browser loads beside the pages: style, loader, islands. All of it is inside the binary (`build.rs`).

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Addresses of what a page links to; none where it was not built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manifest {
    /// The stylesheet.
    pub style_url: Option<&'static str>,
    /// The small script that loads the islands when a page has any.
    pub loader_url: Option<&'static str>,
    /// The script of the islands, a module.
    pub script_url: Option<&'static str>,
    /// The WebAssembly of the islands.
    pub wasm_url: Option<&'static str>,
}

struct Asset {
    name: &'static str,
    bytes: &'static [u8],
    brotli: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What the pages link to.
#[must_use]
pub fn manifest() -> Manifest {
    MANIFEST
}

/// Serves `/assets/{name}` and the icon.
pub fn router() -> Router {
    Router::new().route("/assets/{name}", get(serve)).route("/favicon.svg", get(icon))
}

/// The icon of the site: an R in the accent colour.
async fn icon() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, include_str!("icon.svg"))
}

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return (
            StatusCode::NOT_FOUND,
            "There is no such file. The page that named it is older than the site: reload it.",
        )
            .into_response();
    };
    let brotli = asset.brotli.filter(|_| accepts_brotli(&headers));
    let mut response = brotli.unwrap_or(asset.bytes).into_response();
    let said = response.headers_mut();
    said.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(asset.name)));
    // The name changes with the content, so what has this name never changes.
    said.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    said.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    said.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if brotli.is_some() {
        said.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// Whether `Accept-Encoding` names Brotli without refusing it by a weight of zero (RFC 9110, 12.5.3).
fn accepts_brotli(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        // Any other type and the browser does not compile it while it loads.
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &str, encoding: &str) -> Response {
        let request = Request::get(path).header(header::ACCEPT_ENCODING, encoding).body(Body::empty()).unwrap();
        router().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn serves_every_asset_plain_and_compressed() {
        for asset in ASSETS {
            let path = format!("/assets/{}", asset.name);
            let plain = ask(&path, "gzip").await;
            assert_eq!(plain.status(), StatusCode::OK);
            assert_eq!(plain.headers().get(header::CONTENT_ENCODING), None);
            assert_eq!(plain.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
            assert_eq!(plain.headers()[header::VARY], "accept-encoding");
            assert_eq!(to_bytes(plain.into_body(), usize::MAX).await.unwrap(), asset.bytes);
            let small = ask(&path, "gzip, br").await;
            assert_eq!(small.headers().get(header::CONTENT_ENCODING).is_some(), asset.brotli.is_some());
            let expected = asset.brotli.unwrap_or(asset.bytes);
            assert_eq!(to_bytes(small.into_body(), usize::MAX).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn what_the_manifest_names_is_served() {
        let Manifest { style_url, loader_url, script_url, wasm_url } = manifest();
        for url in [style_url, loader_url, script_url, wasm_url].into_iter().flatten() {
            assert_eq!(ask(url, "br").await.status(), StatusCode::OK, "{url}");
        }
    }

    #[tokio::test]
    async fn knows_nothing_else() {
        for path in ["/assets/manifest.json", "/assets/none.css", "/assets/..%2Fmain.rs", "/assets/"] {
            assert_eq!(ask(path, "br").await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn reads_accept_encoding() {
        let accepts = |value: &'static str| {
            accepts_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        assert!(accepts("gzip, deflate, br, zstd"));
        assert!(accepts("BR;q=0.5"));
        assert!(!accepts("br;q=0"));
        assert!(!accepts("gzip, brotli"));
        assert!(!accepts(""));
    }
}
