//! `/metrics`: closed unless opened, and in the format that Prometheus reads.

use std::collections::BTreeMap;

use claims::random::Random;
use server::{
    http::{self, Http},
    scratch::Scratch,
};
use tests::{App, Options, Page, on_both};
use tokio::{net::TcpListener, sync::watch};

use crate::scene::Scene;

const TOKEN: &str = "a-token-for-the-test";

async fn ask(app: &App, authorization: Option<&str>) -> Page {
    let browser = app.browser();
    let request = browser.request("GET", "/metrics");
    browser.fetch(if let Some(value) = authorization { request.header("authorization", value) } else { request }).await
}

/// Reads the format, strictly: figures by name and labels.
fn read(text: &str) -> BTreeMap<String, String> {
    let (mut figures, mut families): (_, Vec<String>) = (BTreeMap::new(), Vec::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(matches!(kind, "counter" | "gauge" | "histogram"), "{line}");
            assert!(!families.iter().any(|family| family == name), "{name} is declared twice");
            families.push(name.to_owned());
            continue;
        }
        if line.starts_with("# HELP ") {
            continue;
        }
        let (name, value) = line.rsplit_once(' ').unwrap();
        let family = name.split('{').next().unwrap();
        let last = families.last().unwrap();
        let parts = ["", "_bucket", "_sum", "_count"].map(|end| format!("{last}{end}"));
        assert!(parts.iter().any(|part| part == family), "{line} stands below {last}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
        let before = figures.insert(name.to_owned(), value.to_owned());
        assert!(before.is_none(), "{name} is told twice");
    }
    figures
}

on_both! {
    async fn only_who_knows_the_token_reads_the_metrics(database) {
        let closed = App::start(&database).await;
        ask(&closed, None).await.expect_status(404);
        ask(&closed, Some("Bearer ")).await.expect_status(404);
        drop(closed);
        let app = App::start_with(&database, Options { metrics_token: Some(TOKEN.to_owned()), ..Options::default() }).await;
        for wrong in [None, Some("Bearer wrong"), Some("Bearer "), Some(TOKEN), Some("Basic a-token-for-the-test")] {
            ask(&app, wrong).await.expect_status(401);
        }
        let page = ask(&app, Some(&format!("Bearer {TOKEN}"))).await;
        page.expect_status(200);
        assert!(page.header("content-type").starts_with("text/plain; version=0.0.4"));
    }

    async fn the_figures_are_those_of_the_installation(database) {
        let options = Options { metrics_token: Some(TOKEN.to_owned()), ..Options::default() };
        let scene = Scene::prepare(&database, options).await;
        let app = &scene.app;
        // A mail of every other state, and a job that ended well and one that did not.
        let mails = "INSERT INTO outbox (kind, recipient, subject, body_text, body_html, state, created_at, next_at, give_up_at) SELECT 'letter', 'a', 's', 't', 'h', state, \
                     created_at, created_at, created_at FROM (SELECT 'waiting' AS state UNION ALL SELECT 'sending' UNION ALL SELECT 'failed' UNION ALL SELECT 'discarded' \
                     UNION ALL SELECT 'discarded') s, (SELECT created_at FROM outbox ORDER BY id LIMIT 1) o";
        assert_eq!(database.tamper(mails).await, 5);
        let jobs = "INSERT INTO jobs (name, next_at, last_at, last_error) VALUES ('well', '2026-03-04T18:00:00+00:00', '2026-03-04T17:00:00+00:00', ''), \
                    ('ill', '2026-03-04T18:00:00+00:00', '2026-03-04T17:00:01+00:00', 'the store is away'), ('never', '2026-03-04T18:00:00+00:00', NULL, '')";
        assert_eq!(database.tamper(jobs).await, 3);
        let browser = app.browser();
        for _ in 0..3 {
            browser.get("/cases/allegro").await.expect_status(200);
        }
        browser.get("/cases/nothing").await.expect_status(404);
        browser.get("/nothing/at/all").await.expect_status(404);
        let page = ask(app, Some(&format!("Bearer {TOKEN}"))).await;
        let figures = read(&page.body);
        let of = |name: &str| figures.get(name).map_or_else(|| panic!("{name} is missing from\n{}", page.body), String::as_str);
        assert_eq!(of("recoup_http_requests_total{method=\"GET\",route=\"/cases/{slug}\",status=\"200\"}"), "3");
        assert_eq!(of("recoup_http_requests_total{method=\"GET\",route=\"/cases/{slug}\",status=\"404\"}"), "1");
        assert_eq!(of("recoup_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"}"), "1");
        assert_eq!(of("recoup_http_request_seconds_count{method=\"GET\",route=\"/cases/{slug}\"}"), "4");
        assert_eq!(of("recoup_http_request_seconds_bucket{method=\"GET\",route=\"/cases/{slug}\",le=\"+Inf\"}"), "4");
        assert_eq!(of("recoup_http_requests_in_flight"), "1", "the one that asks");
        let (documents, bytes) = (of("recoup_documents"), of("recoup_documents_bytes"));
        let named: Vec<(i64, i64)> = database.rows(
            "SELECT COUNT(*), CAST(SUM(bytes) AS BIGINT) FROM (SELECT DISTINCT sha256, bytes FROM documents UNION SELECT sha256, bytes FROM imports UNION SELECT sha256, bytes FROM filing_files) d",
        ).await;
        let (count, sum) = (named[0].0.to_string(), named[0].1.to_string());
        assert_eq!((documents, bytes), (count.as_str(), sum.as_str()));
        let number = |name: &str| of(name).parse::<i64>().unwrap();
        let states: Vec<(String, i64)> = database.rows("SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state").await;
        assert_eq!(states.iter().map(|(state, _)| state.as_str()).collect::<Vec<_>>(), ["discarded", "failed", "sending", "sent", "waiting"]);
        let told = figures.iter().filter(|(name, _)| name.starts_with("recoup_mails{"));
        let told: Vec<(String, String)> = told.map(|(name, count)| (name.clone(), count.clone())).collect();
        let rows: Vec<(String, String)> =
            states.iter().map(|(state, count)| (format!("recoup_mails{{state=\"{state}\"}}"), count.to_string())).collect();
        assert_eq!(told, rows);
        let began = tests::beginning().timestamp();
        for (job, last, failed) in [("well", Some(began), "0"), ("ill", Some(began + 1), "1"), ("never", None, "0")] {
            let at = figures.get(&format!("recoup_job_last_run_timestamp_seconds{{job=\"{job}\"}}"));
            assert_eq!(at.cloned(), last.map(|at| at.to_string()), "{job}");
            assert_eq!(of(&format!("recoup_job_failed{{job=\"{job}\"}}")), failed);
        }
        assert_eq!(of("recoup_database_up"), "1");
        assert_eq!(of("recoup_claims{status=\"submitted\"}"), "2");
        assert_eq!(of("recoup_claims{status=\"draft\"}"), "1");
        assert!(number("recoup_database_bytes") > 50_000);
        assert!(number("recoup_database_connections{state=\"open\"}") >= 1);
        for private in ["ada", "example.org", "Jay", "ALG-"] {
            assert!(!page.body.contains(private), "{private} stands in the metrics");
        }
    }

    async fn without_the_database_the_process_tells_of_itself(database) {
        let app = App::start_with(&database, Options { metrics_token: Some(TOKEN.to_owned()), ..Options::default() }).await;
        let browser = app.browser();
        browser.get("/healthz").await.expect_status(200);
        app.recoup.store.close().await;
        browser.get("/?again").await.expect_status(503);
        let page = ask(&app, Some(&format!("Bearer {TOKEN}"))).await;
        page.expect_status(200);
        let figures = read(&page.body);
        let of = |name: &str| figures.get(name).map_or_else(|| panic!("{name} is missing from\n{}", page.body), String::as_str);
        assert_eq!(of("recoup_database_up"), "0");
        assert_eq!(of("recoup_http_requests_total{method=\"GET\",route=\"/\",status=\"503\"}"), "1");
        assert_eq!(of("recoup_http_request_seconds_count{method=\"GET\",route=\"/healthz\"}"), "1");
        assert_eq!(of("recoup_http_requests_in_flight"), "1");
        assert!(figures.contains_key("recoup_database_connections{state=\"open\"}"));
        assert!(figures.keys().any(|name| name.starts_with("recoup_build_info{")));
        // What is not known is not told, and never as nought.
        for unknown in ["recoup_mails", "recoup_claims", "recoup_sessions", "recoup_job_failed"] {
            assert!(!page.body.contains(unknown), "{}", page.body);
        }
    }

    async fn a_port_of_its_own_serves_nothing_else(database) {
        let app = App::start(&database).await;
        let scratch = Scratch::open(app.database().directory(), Random::System).unwrap();
        let http = Http::new(app.recoup.clone(), app.documents.clone(), scratch, Vec::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = watch::channel(false);
        let served = tokio::spawn(server::serving::serve(listener, http::metrics::alone(http), server::serving::Pace::default(), std::sync::Arc::new([]), stopped));
        let browser = tests::Browser::new(&address);
        read(&browser.get("/metrics").await.body);
        browser.get("/").await.expect_status(404);
        browser.get("/sign-in").await.expect_status(404);
        stop.send(true).unwrap();
        served.abort();
    }
}
