//! Refusals that are spoken before it is known who asks: plain words instead of a page.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// An answer of one sentence.
pub(super) fn words(status: StatusCode, sentence: &'static str) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    (status, [(header::CONTENT_TYPE, kind)], Body::from(sentence)).into_response()
}

/// Puts words of ours into what the limits on all requests answer.
pub(super) async fn explain(response: Response) -> Response {
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => words(
            StatusCode::PAYLOAD_TOO_LARGE,
            "This is more than Recoup takes at once. Nothing of it was kept. Send fewer files, then the rest.",
        ),
        StatusCode::REQUEST_TIMEOUT => words(
            StatusCode::REQUEST_TIMEOUT,
            "This took longer than an hour and was given up. Send fewer files at once, or try again later.",
        ),
        _ => response,
    }
}
