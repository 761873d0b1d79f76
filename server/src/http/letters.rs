//! Letters over HTTP: a receipt, a letter, all letters of a kind.

use app::request::{Answer, Query, Site, Visitor};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderName, Method, header},
    response::{IntoResponse, Response},
    routing::get,
};
use claims::{
    ClaimId, LetterId,
    actions::letters::{self as actions, Download},
};

use super::{Http, Streams, downloads::disposition};

/// The routes of letters as files.
#[must_use]
pub fn routes(http: &Http) -> Streams {
    let router = Router::new()
        .route("/claims/{id}/versions/{version}/receipt.pdf", get(receipt))
        .route("/letters/{id}", get(letter))
        .route("/counsel/{slug}/letters/zip/{kind}", get(zip))
        .layer(Extension(http.clone()));
    let list = vec![
        (Method::GET, "/claims/{id}/versions/{version}/receipt.pdf"),
        (Method::GET, "/letters/{id}"),
        (Method::GET, "/counsel/{slug}/letters/zip/{kind}"),
    ];
    Streams::new(router, list)
}

/// `GET /claims/{id}/versions/{version}/receipt.pdf`, for the claimant and for counsel.
async fn receipt(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path((id, version)): Path<(i64, i64)>,
    Query(query): Query,
) -> Answer {
    let contents = actions::receipt(&http.recoup, visitor.actor()?, ClaimId(id), version).await?;
    let name = contents.letter.file_name();
    Ok(file(&name, crate::letters::pdf(&http.recoup, contents).await?, query.get("inline") == "1"))
}

/// `GET /letters/{id}`, for the claimant and for counsel.
async fn letter(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path(id): Path<i64>,
    Query(query): Query,
) -> Answer {
    let contents = actions::open(&http.recoup, visitor.actor()?, LetterId(id)).await?;
    let name = contents.letter.file_name();
    Ok(file(&name, crate::letters::pdf(&http.recoup, contents).await?, query.get("inline") == "1"))
}

/// `GET /counsel/{slug}/letters/zip/{kind}?state=…`
async fn zip(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path((slug, kind)): Path<(String, String)>,
    Query(query): Query,
) -> Answer {
    let Download { case, kind, state, letters } =
        actions::download(&http.recoup, visitor.actor()?, &slug, &kind, query.get("state")).await?;
    let body = crate::letters::zip(&http.recoup, case, kind, state, letters);
    let name = format!("{slug}-{}-letters.zip", kind.key());
    Ok((headers("application/zip", &name, false), Body::from_stream(body)).into_response())
}

fn headers(media_type: &str, name: &str, inline: bool) -> [(HeaderName, String); 4] {
    // Chromium's PDF viewer does not start under `sandbox`.
    let policy = if inline {
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    } else {
        "sandbox; default-src 'none'; frame-ancestors 'none'"
    };
    [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition(if inline { "inline" } else { "attachment" }, name)),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy.to_owned()),
    ]
}

fn file(name: &str, bytes: Vec<u8>, inline: bool) -> Response {
    (headers("application/pdf", name, inline), bytes).into_response()
}
