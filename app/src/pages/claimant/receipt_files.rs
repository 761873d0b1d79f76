//! What was sent, as files: the lines for a spreadsheet, and the canonical text whose SHA-256 stands on the receipt.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use claims::{ClaimId, access::Refusal, frozen::lines_csv};

use super::{At, receipt::read};
use crate::request::{Answer, Visitor};

/// The lines as CSV.
pub async fn csv(visitor: Visitor, At((id, number)): At<(ClaimId, i64)>) -> Answer {
    let version = read(&visitor, id, number).await?;
    let frozen = version.sent.frozen;
    Ok(file("text/csv; charset=utf-8", &format!("{}-v{}-lines.csv", frozen.number, frozen.version), lines_csv(&frozen)))
}

/// The canonical text, byte for byte.
pub async fn json(visitor: Visitor, At((id, number)): At<(ClaimId, i64)>) -> Answer {
    let version = read(&visitor, id, number).await?;
    let name = format!("{}-v{}.json", version.sent.frozen.number, version.sent.frozen.version);
    let text = version.sent.version.frozen.ok_or(Refusal::NotFound)?;
    Ok(file("application/json", &name, text))
}

/// A download. Names are made of claim numbers only, which need no quoting beyond the quotes.
fn file(media_type: &'static str, name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, text).into_response()
}
