//! A CSV file of a case, streamed.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use claims::{
    access::{Action, Refusal},
    actions::Failure,
    deadline,
    export::{self, By, What},
};
use futures::TryStreamExt;

use super::{filter::Choice, frame};
use crate::request::{Answer, Query, Visitor};

/// `GET /counsel/{slug}/exports/{what}.csv`: exactly what a filter of the register shows; `raw=1` for machines.
pub async fn csv(visitor: Visitor, Path((slug, file)): Path<(String, String)>, Query(query): Query) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Export).await?;
    drop(tx);
    let what = file.strip_suffix(".csv").and_then(What::parse).ok_or(Refusal::NotFound)?;
    let choice = Choice::read(&query, &case.settings.time_zone);
    if !choice.errors.is_empty() {
        return Err(Failure::Invalid(choice.errors).into());
    }
    let raw = query.get("raw") == "1";
    let by = By::Counsel(visitor.actor()?);
    let chunks = export::stream(visitor.recoup(), by, &case, what, &choice.filter, raw).await?;
    let chunks = chunks.inspect_err(|failure| tracing::warn!(error = %failure, "an export was broken off"));
    let today = deadline::day_in(visitor.recoup().clock.now(), &case.settings.time_zone);
    let narrowed = if choice.is_everything() { "" } else { "-filtered" };
    let name = format!("{slug}-{}-{today}{narrowed}{}.csv", what.key(), if raw { "-raw" } else { "" });
    let mut response: Response = Body::from_stream(chunks).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
