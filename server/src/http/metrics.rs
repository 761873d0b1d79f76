//! `/metrics` in the text format of Prometheus: off unless the configuration gives it a port of its own or a token.

use std::{
    fmt::{Display, Write},
    time::Duration,
};

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

/// What the process knows by itself is told whether or not the database answers: it is asked for most when that is away.
async fn answer(http: &Http) -> Response {
    let mut text = Text::default();
    requests(&mut text, http);
    of_process(&mut text, http);
    let asked = tokio::time::timeout(ANSWERS_WITHIN, http.recoup.store.schema()).await;
    let is_up = matches!(asked, Ok(Ok(_)));
    text.one("recoup_database_up", "gauge", "Whether the database answers.", i32::from(is_up));
    if is_up {
        match tokio::time::timeout(FIGURES_WITHIN, Figures::read(http)).await {
            Ok(Ok(figures)) => figures.tell(&mut text),
            Ok(Err(error)) => tracing::error!(%error, "the figures could not be read"),
            Err(_) => tracing::error!("the figures were not read within {} seconds", FIGURES_WITHIN.as_secs()),
        }
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.0).into_response()
}

/// How long the database may take to answer anything, and to give all figures. Together less than the 10 seconds that Prometheus waits
/// unless it is told otherwise.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
const FIGURES_WITHIN: Duration = Duration::from_secs(5);

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

/// What only the database knows.
struct Figures {
    mails: Vec<(String, i64)>,
    /// How long the oldest mail that is due has waited, in seconds.
    waits: i64,
    jobs: Vec<figures::Job>,
    matching_due: i64,
    builds: Vec<(String, i64)>,
    claims: Vec<(String, i64)>,
    sessions: i64,
    /// Files that rows name, and their bytes.
    documents: (i64, i64),
    bytes: i64,
}

impl Figures {
    async fn read(http: &Http) -> Result<Self, claims::store::Error> {
        let now = http.recoup.clock.now();
        let mut tx = http.recoup.store.read().await?;
        let (_, oldest) = figures::due_mails(&mut tx, now).await?;
        Ok(Self {
            mails: outbox::counts(&mut tx).await?,
            waits: oldest.map_or(0, |since| (now - since).num_seconds().max(0)),
            jobs: figures::jobs(&mut tx).await?,
            matching_due: figures::matching_due(&mut tx).await?,
            builds: figures::builds(&mut tx).await?,
            claims: figures::claims(&mut tx).await?,
            sessions: figures::sessions(&mut tx, now).await?,
            documents: figures::documents(&mut tx).await?,
            bytes: figures::database_bytes(&mut tx).await?,
        })
    }

    fn tell(&self, text: &mut Text) {
        text.family("recoup_mails", "gauge", "Mails of the outbox by state.");
        for state in outbox::STATES {
            let count = self.mails.iter().find(|(found, _)| found == state).map_or(0, |(_, count)| *count);
            text.figure("recoup_mails", &[("state", &state)], count);
        }
        text.one(
            "recoup_mail_oldest_waiting_seconds",
            "gauge",
            "How long the oldest mail that is due and did not leave has waited.",
            self.waits,
        );
        text.family("recoup_job_last_run_timestamp_seconds", "gauge", "When a recurring job last ended.");
        for job in self.jobs.iter().filter(|job| job.last_at.is_some()) {
            let at = job.last_at.map_or(0, |at| at.timestamp());
            text.figure("recoup_job_last_run_timestamp_seconds", &[("job", &job.name)], at);
        }
        text.family("recoup_job_failed", "gauge", "Whether the last run of a recurring job failed.");
        for job in &self.jobs {
            text.figure("recoup_job_failed", &[("job", &job.name)], i32::from(!job.last_error.is_empty()));
        }
        text.one("recoup_matching_due", "gauge", "Cases that changed since they were matched.", self.matching_due);
        text.family("recoup_filing_builds", "gauge", "Builds of filings by state.");
        for (state, count) in &self.builds {
            text.figure("recoup_filing_builds", &[("state", state)], count);
        }
        text.family("recoup_claims", "gauge", "Claims by status.");
        for (status, count) in &self.claims {
            text.figure("recoup_claims", &[("status", status)], count);
        }
        text.one("recoup_sessions", "gauge", "Sessions that have not expired.", self.sessions);
        text.one("recoup_documents", "gauge", "Files that rows name, each hash once.", self.documents.0);
        text.one("recoup_documents_bytes", "gauge", "Their bytes.", self.documents.1);
        text.one("recoup_database_bytes", "gauge", "Size of the database.", self.bytes);
    }
}

/// What the process knows without asking anybody.
fn of_process(text: &mut Text, http: &Http) {
    let pool = http.recoup.store.pool();
    text.family(
        "recoup_database_connections",
        "gauge",
        "Connections to the database by state, and the most there may be.",
    );
    for (state, count) in [("open", pool.open), ("idle", pool.idle), ("most", pool.most)] {
        text.figure("recoup_database_connections", &[("state", &state)], count);
    }
    text.family("recoup_build_info", "gauge", "The program that answers.");
    let database = http.recoup.store.kind();
    text.figure("recoup_build_info", &[("version", &env!("CARGO_PKG_VERSION")), ("database", &database)], 1);
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
