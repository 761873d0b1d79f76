//! `/metrics` in the text format of Prometheus: off unless the configuration gives it a port of its own or a token.

use std::fmt::{Display, Write};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use claims::store::{figures, outbox};

use super::{Http, requests::BUCKETS};

/// The route on the site's own port: there only for those who know the token.
pub fn router(http: Http) -> Router {
    Router::new().route("/metrics", get(behind_token)).with_state(http)
}

/// The site of the port that is for metrics alone. It asks for the token where there is one.
pub fn alone(http: Http) -> Router {
    Router::new().route("/metrics", get(on_own_port)).with_state(http)
}

async fn behind_token(State(http): State<Http>, headers: HeaderMap) -> Response {
    match &http.metrics_token {
        // Where there is no token there are no metrics.
        None => StatusCode::NOT_FOUND.into_response(),
        Some(token) if knows(&headers, token) => answer(&http).await,
        Some(_) => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response(),
    }
}

async fn on_own_port(State(http): State<Http>, headers: HeaderMap) -> Response {
    if http.metrics_token.as_ref().is_some_and(|token| !knows(&headers, token)) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    answer(&http).await
}

/// Hashes are compared, so that time tells nothing of the token.
fn knows(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let hash = claims::actions::links::hash;
    given.strip_prefix("Bearer ").is_some_and(|given| hash(given) == hash(token))
}

async fn answer(http: &Http) -> Response {
    match text(http).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the figures could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Families of figures, written one below the other.
#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn figure(&mut self, name: &str, labels: &[(&str, &dyn Display)], value: impl Display) {
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    /// A family of one figure.
    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.figure(name, &[], value);
    }
}

fn escaped(value: &dyn Display) -> String {
    value.to_string().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

async fn text(http: &Http) -> Result<String, claims::store::Error> {
    let recoup = &http.recoup;
    let now = recoup.clock.now();
    let pool = recoup.store.pool();
    let mut tx = recoup.store.read().await?;
    let (mails, kept, oldest) =
        (outbox::counts(&mut tx).await?, figures::documents(&mut tx).await?, figures::oldest_waiting(&mut tx).await?);
    let (jobs, due, builds) =
        (figures::jobs(&mut tx).await?, figures::matching_due(&mut tx).await?, figures::builds(&mut tx).await?);
    let (claims, sessions) = (figures::claims(&mut tx).await?, figures::sessions(&mut tx, now).await?);
    let bytes = figures::database_bytes(&mut tx).await?;
    drop(tx);

    let mut text = Text::default();
    requests(&mut text, http);
    text.family("recoup_mails", "gauge", "Mails of the outbox by state.");
    for state in ["waiting", "sending", "sent", "failed"] {
        let count = mails.iter().find(|(found, _)| found == state).map_or(0, |(_, count)| *count);
        text.figure("recoup_mails", &[("state", &state)], count);
    }
    let waits = oldest.map_or(0, |since| (now - since).num_seconds().max(0));
    text.one(
        "recoup_mail_oldest_waiting_seconds",
        "gauge",
        "How long the oldest mail that did not leave has waited.",
        waits,
    );
    text.family("recoup_job_last_run_timestamp_seconds", "gauge", "When a recurring job last ended.");
    for job in jobs.iter().filter(|job| job.last_at.is_some()) {
        let at = job.last_at.map_or(0, |at| at.timestamp());
        text.figure("recoup_job_last_run_timestamp_seconds", &[("job", &job.name)], at);
    }
    text.family("recoup_job_failed", "gauge", "Whether the last run of a recurring job failed.");
    for job in &jobs {
        text.figure("recoup_job_failed", &[("job", &job.name)], i32::from(!job.last_error.is_empty()));
    }
    text.one("recoup_matching_due", "gauge", "Cases that changed since they were matched.", due);
    text.family("recoup_filing_builds", "gauge", "Builds of filings by state.");
    for (state, count) in &builds {
        text.figure("recoup_filing_builds", &[("state", state)], count);
    }
    text.family("recoup_claims", "gauge", "Claims by status.");
    for (status, count) in &claims {
        text.figure("recoup_claims", &[("status", status)], count);
    }
    text.one("recoup_sessions", "gauge", "Sessions that have not expired.", sessions);
    text.one("recoup_documents", "gauge", "Files that rows name, each hash once.", kept.0);
    text.one("recoup_documents_bytes", "gauge", "Their bytes.", kept.1);
    text.one("recoup_database_bytes", "gauge", "Size of the database.", bytes);
    text.family(
        "recoup_database_connections",
        "gauge",
        "Connections to the database by state, and the most there may be.",
    );
    for (state, count) in [("open", pool.open), ("idle", pool.idle), ("most", pool.most)] {
        text.figure("recoup_database_connections", &[("state", &state)], count);
    }
    text.family("recoup_build_info", "gauge", "The program that answers.");
    text.figure("recoup_build_info", &[("version", &env!("CARGO_PKG_VERSION")), ("database", &recoup.store.kind())], 1);
    Ok(text.0)
}

fn requests(text: &mut Text, http: &Http) {
    let (in_flight, counts) = http.requests.figures();
    text.one("recoup_http_requests_in_flight", "gauge", "Requests that are being answered.", in_flight);
    text.family("recoup_http_requests_total", "counter", "Requests answered, by method, route and status.");
    for ((method, route), count) in &counts {
        for (status, number) in &count.by_status {
            let labels: [(&str, &dyn Display); 3] = [("method", method), ("route", route), ("status", status)];
            text.figure("recoup_http_requests_total", &labels, number);
        }
    }
    let name = "recoup_http_request_seconds";
    text.family(name, "histogram", "Time until an answer began, by method and route.");
    for ((method, route), count) in &counts {
        let mut sum = 0;
        let ends = BUCKETS.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
        for (end, number) in ends.zip(count.buckets) {
            sum += number;
            text.figure(&format!("{name}_bucket"), &[("method", method), ("route", route), ("le", &end)], sum);
        }
        text.figure(&format!("{name}_sum"), &[("method", method), ("route", route)], count.seconds);
        text.figure(&format!("{name}_count"), &[("method", method), ("route", route)], sum);
    }
}
