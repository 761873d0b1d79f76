//! `/healthz`: the process answers. `/readyz`: the database answers too.

use axum::{Router, extract::State, http::StatusCode, routing::get};

use super::Http;

/// The two routes.
pub fn router(http: Http) -> Router {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).with_state(http)
}

async fn ready(State(http): State<Http>) -> (StatusCode, &'static str) {
    match http.recoup.store.read().await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
