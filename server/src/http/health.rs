//! `/healthz`: the process answers. `/readyz`: database, schema and document store do too.

use std::time::Duration;

use axum::{Router, extract::State, http::StatusCode, routing::get};

use super::Http;

/// How long each part may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The two routes.
pub fn router(http: Http) -> Router {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).with_state(http)
}

/// Names what does not answer, and says no more of it: whoever asks may be a stranger.
async fn ready(State(http): State<Http>) -> (StatusCode, &'static str) {
    let (database, documents) = tokio::join!(
        tokio::time::timeout(PATIENCE, schema(&http)),
        tokio::time::timeout(PATIENCE, http.documents.answers())
    );
    match database {
        Ok(Ok(true)) => {}
        Ok(Ok(false)) => {
            tracing::error!("the database has another schema than this program");
            return (StatusCode::SERVICE_UNAVAILABLE, "the database has another schema than this program\n");
        }
        failed => {
            tracing::error!(error = words(failed.map(|asked| asked.map(drop))), "the database does not answer");
            return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n");
        }
    }
    if matches!(documents, Ok(Ok(()))) {
        return (StatusCode::OK, "ok\n");
    }
    tracing::error!(error = words(documents), "the document store does not answer");
    (StatusCode::SERVICE_UNAVAILABLE, "the document store does not answer\n")
}

async fn schema(http: &Http) -> anyhow::Result<bool> {
    Ok(http.recoup.store.schema().await? == Some(claims::store::newest_schema()))
}

fn words(failed: Result<anyhow::Result<()>, tokio::time::error::Elapsed>) -> String {
    match failed {
        Ok(Ok(())) => String::new(),
        Ok(Err(error)) => format!("{error:#}"),
        Err(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
    }
}
