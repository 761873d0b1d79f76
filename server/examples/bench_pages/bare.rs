//! What our pages are measured against: bare axum, without sessions, permissions, headers, log and rendering. For a public page a
//! handler that returns its bytes; for a page with data one that makes the same queries and returns the same bytes.

use std::path::Path;

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Bytes,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use claims::{
    AccountId, ClaimId, Clock,
    line::{Basis, Category},
    status::ClaimStatus,
    store::{
        Error, Store, Tx, accounts, cases, claims as claim_rows, documents, events, letters, lines, matches, matching,
        outbox, overlaps,
        overlaps::Which,
        register::{self, Filter, Order},
        removed, sessions, totals,
    },
};

/// Where to look.
#[derive(Clone)]
pub struct Of {
    /// Short name of the case.
    pub slug: String,
    /// A draft.
    pub draft: ClaimId,
    /// A sent claim.
    pub sent: ClaimId,
    /// Its number.
    pub number: String,
}

/// Serves the pages whose bytes lie in `folder` under `/NAME`, until the process is killed.
pub async fn serve(port: u16, folder: &Path, database_url: &str, of: Of, session: String) -> Result<()> {
    let store = Store::connect(database_url).await?;
    let mut router = Router::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).context("a name")?.to_owned();
        let bytes = Bytes::from(std::fs::read(&path)?);
        let (store, of, session, page) = (store.clone(), of.clone(), session.clone(), name.clone());
        let handler = move || async move {
            if !page.starts_with("public") {
                queries(&store, &page, &of, &session).await?;
            }
            Ok::<Response, Failed>(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes).into_response())
        };
        router = router.route(&format!("/{name}"), get(handler));
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening");
    Ok(axum::serve(listener, router).await?)
}

struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (axum::http::StatusCode::INTERNAL_SERVER_ERROR, self.0.to_string()).into_response()
    }
}

/// What is asked of the database for a page, in the same transactions.
async fn queries(store: &Store, page: &str, of: &Of, session: &str) -> Result<(), Error> {
    let mut tx = store.read().await?;
    let found = sessions::load(&mut tx, session, Clock::System.now()).await?;
    drop(tx);
    let account = found.and_then(|(data, _)| data["account"].as_i64()).ok_or(Error::RowNotFound)?;
    let mut tx = store.read().await?;
    accounts::actor(&mut tx, AccountId(account)).await?;
    drop(tx);
    match page {
        "tasks" => {
            let mut tx = store.read().await?;
            claim_rows::by_id(&mut tx, of.draft).await?;
            drop(tx);
            draft(store, of, true).await.map(drop)
        }
        "lines" => {
            let version = draft(store, of, false).await?;
            let mut tx = store.read().await?;
            lines::list(&mut tx, version, Some(Category::UnpaidSales), lines::Order::Number, 50, 0).await.map(drop)
        }
        "claim" => {
            let mut tx = store.read().await?;
            let claim = claim_rows::by_id(&mut tx, of.sent).await?.ok_or(Error::RowNotFound)?;
            cases::by_id(&mut tx, claim.case_id).await?;
            claim_rows::versions(&mut tx, of.sent).await?;
            events::of_claim(&mut tx, of.sent).await?;
            outbox::of_claim(&mut tx, of.sent).await?;
            letters::of_claim(&mut tx, of.sent).await.map(drop)
        }
        "counsel-claim" => counsel_claim(store, of).await,
        "overview" => overview(store, of).await,
        "register" => register_page(store, of).await,
        _ => Err(Error::RowNotFound),
    }
}

/// A claim that is being written, and, for the list of tasks, its sums.
async fn draft(store: &Store, of: &Of, with_sums: bool) -> Result<claims::VersionId, Error> {
    let mut tx = store.read().await?;
    let claim = claim_rows::by_id(&mut tx, of.draft).await?.ok_or(Error::RowNotFound)?;
    cases::by_id(&mut tx, claim.case_id).await?;
    let id = claim.draft_id.ok_or(Error::RowNotFound)?;
    let version = claim_rows::version(&mut tx, id).await?.ok_or(Error::RowNotFound)?;
    claim_rows::answers(&mut tx, id).await?;
    lines::counts(&mut tx, id, chrono::NaiveDate::MAX).await?;
    lines::sums(&mut tx, id).await?;
    documents::of_version(&mut tx, claim.id, version.version).await?;
    drop(tx);
    if with_sums {
        let mut tx = store.read().await?;
        totals::so_far(&mut tx, id).await?;
    }
    Ok(id)
}

/// What the links between the pages of a case say.
async fn waiting(tx: &mut Tx, case: claims::CaseId) -> Result<(), Error> {
    matches::waiting(tx, case).await?;
    outbox::failed_of_case(tx, case).await?;
    overlaps::sums(tx, case, Which::Open, None).await.map(drop)
}

async fn counsel_claim(store: &Store, of: &Of) -> Result<(), Error> {
    let mut tx = store.read().await?;
    let case = cases::by_slug(&mut tx, &of.slug).await?.ok_or(Error::RowNotFound)?.id;
    let claim = claim_rows::by_number(&mut tx, &of.number).await?.ok_or(Error::RowNotFound)?.id;
    claim_rows::versions(&mut tx, claim).await?;
    drop(tx);
    let mut tx = store.read().await?;
    events::of_claim(&mut tx, claim).await?;
    drop(tx);
    let mut tx = store.read().await?;
    documents::of_version(&mut tx, claim, 1).await?;
    removed::of_claim(&mut tx, claim).await?;
    register::place(&mut tx, case, Basis::Retail, &Filter::default(), Order::default(), claim).await?;
    waiting(&mut tx, case).await?;
    drop(tx);
    let mut tx = store.read().await?;
    matches::of_claim(&mut tx, claim).await?;
    overlaps::list(&mut tx, case, Which::All, Some(claim), 5, 0).await?;
    overlaps::sums(&mut tx, case, Which::All, Some(claim)).await?;
    letters::of_claim(&mut tx, claim).await.map(drop)
}

async fn overview(store: &Store, of: &Of) -> Result<(), Error> {
    let mut tx = store.read().await?;
    let case = cases::by_slug(&mut tx, &of.slug).await?.ok_or(Error::RowNotFound)?.id;
    register::by_status(&mut tx, case).await?;
    register::sums_by_status(&mut tx, case, Basis::Retail, &Filter::default()).await?;
    let late = Filter { status: Some(ClaimStatus::Submitted), late: true, ..Filter::default() };
    register::sums(&mut tx, case, Basis::Retail, &late).await?;
    totals::of_case(&mut tx, case).await?;
    removed::of_case(&mut tx, case).await?;
    matching::state(&mut tx, case).await?;
    register::by_day(&mut tx, case, "America/Los_Angeles").await?;
    events::of_case(&mut tx, case, 8, 0).await?;
    waiting(&mut tx, case).await
}

async fn register_page(store: &Store, of: &Of) -> Result<(), Error> {
    let mut tx = store.read().await?;
    let case = cases::by_slug(&mut tx, &of.slug).await?.ok_or(Error::RowNotFound)?.id;
    waiting(&mut tx, case).await?;
    register::sums_by_status(&mut tx, case, Basis::Retail, &Filter::default()).await?;
    register::list(&mut tx, case, Basis::Retail, &Filter::default(), Order::default(), 50, 0).await.map(drop)
}
