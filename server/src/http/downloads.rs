//! Downloads: streamed to those who may see them, never run in our origin.

use app::request::{Answer, Query, Site, Visitor};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use claims::{
    CaseDocumentId, DocumentId,
    access::Refusal,
    actions::{Failure, cases as case_actions, documents as actions},
    store::cases,
};

use super::{Http, Streams};

/// Downloads of what was uploaded.
#[must_use]
pub fn routes(http: &Http) -> Streams {
    let router = Router::new()
        .route("/documents/{id}", get(claim_document))
        .route("/cases/{slug}/documents/{id}", get(case_document))
        .layer(Extension(http.clone()));
    let list = vec![(Method::GET, "/documents/{id}"), (Method::GET, "/cases/{slug}/documents/{id}")];
    Streams::new(router, list)
}

/// Types that a browser shows without running anything of ours: pictures in a sandbox, PDF in the browser's own viewer.
fn shown_inline(media_type: &str) -> bool {
    matches!(media_type, "application/pdf" | "image/jpeg" | "image/png" | "image/webp" | "image/gif")
}

/// `GET /documents/{id}`: a document of a claim.
async fn claim_document(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path(id): Path<i64>,
    Query(query): Query,
) -> Answer {
    let document = actions::open(&http.recoup, visitor.actor()?, DocumentId(id)).await?;
    let inline = query.get("inline") == "1" && shown_inline(&document.media_type);
    stream(&http, &document.sha256, &document.name, &document.media_type, document.bytes, inline).await
}

/// `GET /cases/{slug}/documents/{id}`: a file that a case shows to the public.
async fn case_document(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    _: Visitor,
    Path((slug, id)): Path<(String, i64)>,
) -> Answer {
    let mut tx = http.recoup.store.read().await?;
    let case = case_actions::public_case(&mut tx, &slug).await?;
    let document = cases::documents(&mut tx, case.id)
        .await?
        .into_iter()
        .find(|document| document.id == CaseDocumentId(id))
        .ok_or(Refusal::NotFound)?;
    drop(tx);
    stream(&http, &document.sha256, &document.name, &document.media_type, document.bytes, false).await
}

pub(super) async fn stream(
    http: &Http,
    sha256: &str,
    name: &str,
    media_type: &str,
    bytes: i64,
    inline: bool,
) -> Answer {
    let body = http.documents.read(sha256).await.map_err(|error| {
        tracing::error!(error = format!("{error:#}"), sha256, "a document cannot be read");
        Failure::said("This document cannot be read right now. Try again in a minute; the mistake was logged.")
    })?;
    let mut response: Response = (StatusCode::OK, Body::from_stream(body)).into_response();
    let headers = response.headers_mut();
    let text = media_type.starts_with("text/") || media_type == "message/rfc822";
    // A mail or a text shown as text/plain cannot become a page of ours.
    let served = if text { "text/plain; charset=utf-8" } else { media_type };
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, served);
    set(header::CONTENT_LENGTH, &bytes.to_string());
    set(header::CONTENT_DISPOSITION, &disposition(if inline { "inline" } else { "attachment" }, name));
    set(header::CACHE_CONTROL, "private, no-store");
    if inline {
        // Chromium's PDF viewer does not start under `sandbox`; the viewer is a process of its own, and nosniff keeps the type.
        let sandbox = if media_type == "application/pdf" { "" } else { "sandbox; " };
        set(
            header::CONTENT_SECURITY_POLICY,
            &format!("{sandbox}default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"),
        );
    } else {
        set(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'");
    }
    Ok(response)
}

/// RFC 6266: a plain name for old clients and the exact one in UTF-8, both without anything that could end the header.
pub(super) fn disposition(kind: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    let exact = name.bytes().fold(String::new(), |mut exact, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            exact.push(char::from(byte));
        } else {
            exact.push_str(&format!("%{byte:02X}"));
        }
        exact
    });
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn names_cannot_end_the_header() {
        assert_eq!(
            disposition("attachment", "Jay \"Q\"\r\n.pdf"),
            "attachment; filename=\"Jay _Q___.pdf\"; filename*=UTF-8''Jay%20%22Q%22%0D%0A.pdf"
        );
        assert_eq!(disposition("inline", "é.pdf"), "inline; filename=\"_.pdf\"; filename*=UTF-8''%C3%A9.pdf");
    }
}
