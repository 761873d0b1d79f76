//! Uploads: streamed, limited, verified, then linked.

use app::request::{Answer, Halt, Site, Visitor, see_other, wants_json};
use axum::{
    Extension, Router,
    extract::{
        DefaultBodyLimit, Multipart, Path, State,
        multipart::{Field, MultipartRejection},
    },
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use claims::{
    CaseId, ClaimId,
    access::Actor,
    actions::{
        Failure, cases as case_actions,
        documents::{self as actions, Added},
    },
    file_size,
    intake::FieldError,
    store::documents::NewDocument,
    unreadable::Unreadable,
};

use super::{Http, Streams};
use crate::{
    apart,
    documents::{Incoming, Refused, kind},
};

/// Most files of one request.
pub(super) const MOST_FILES: usize = 200;

/// Uploads.
#[must_use]
pub fn routes(http: &Http) -> Streams {
    let unlimited = DefaultBodyLimit::disable;
    let router = Router::new()
        .route("/claims/{id}/documents", post(claim_documents).layer(unlimited()))
        .route("/admin/cases/{slug}/documents", post(case_documents).layer(unlimited()))
        .layer(Extension(http.clone()));
    let list = vec![(Method::POST, "/claims/{id}/documents"), (Method::POST, "/admin/cases/{slug}/documents")];
    Streams::new(router, list)
}

/// What became of one file.
#[derive(Debug, serde::Serialize)]
struct Outcome {
    name: String,
    ok: bool,
    message: String,
    /// Whether it is not the file's fault: then nothing may be sure to be kept, and the answer says it itself.
    #[serde(skip)]
    ours: bool,
}

impl Outcome {
    fn refused(name: String, why: &str) -> Self {
        Self { message: format!("{name} was not taken: {why}."), name, ok: false, ours: false }
    }

    /// Of bytes that were not taken.
    fn not_taken(name: String, why: &Refused) -> Self {
        Self { ours: matches!(why, Refused::Store(_)), ..Self::refused(name, &why.to_string()) }
    }
}

/// What uploaded files are linked to, and by whom.
enum Goal {
    Claim(Actor, ClaimId),
    Case(Actor, CaseId),
}

impl Goal {
    /// Refuses bytes for which there is no room, before they are taken: what was taken stays where it is.
    async fn has_room(&self, http: &Http, incoming: &Incoming) -> Result<(), Failure> {
        match self {
            Self::Case(..) => Ok(()),
            Self::Claim(actor, id) => {
                actions::has_room(&http.recoup, actor, *id, &incoming.sha256, incoming.bytes).await
            }
        }
    }

    /// Links a received file, which came as `sent`; the words are for the person.
    async fn link(&self, http: &Http, received: &NewDocument, sent: &str) -> Result<String, Failure> {
        match self {
            Self::Case(actor, case) => {
                case_actions::add_document(&http.recoup, actor, *case, received).await?;
                Ok(format!("{} is shown to the public now.", received.name))
            }
            Self::Claim(actor, id) => {
                let pages = received.pages.map_or_else(String::new, |pages| {
                    format!(", {pages} {}", if pages == 1 { "page" } else { "pages" })
                });
                let warning = received
                    .unreadable
                    .map_or_else(String::new, |reason| format!(" It is {}. {}", reason.words(), reason.remedy()));
                Ok(match actions::add(&http.recoup, actor, *id, received).await? {
                    Added::Back(_, name) if name != received.name => format!(
                        "{} was received: it has the same content as {name}, which was taken away and is here again under its name.",
                        received.name
                    ),
                    Added::New(_) | Added::Back(..) => {
                        let renamed = if received.name == sent {
                            String::new()
                        } else {
                            format!(" It came as {sent}; it is kept under a name that says what is in it.")
                        };
                        format!(
                            "{} was received: {}{pages}.{renamed}{warning}",
                            received.name,
                            file_size::show_stored(received.bytes)
                        )
                    }
                    Added::Known(_, name) if name == received.name => {
                        format!("{name} was here already; nothing was added.")
                    }
                    Added::Known(_, name) => format!(
                        "{} has the same content as {name}, which is here already; nothing was added.",
                        received.name
                    ),
                })
            }
        }
    }
}

async fn claim_documents(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path(id): Path<i64>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    let (actor, id) = (visitor.actor()?.clone(), ClaimId(id));
    actions::room(&http.recoup, &actor, id).await?;
    let outcomes = each_file(&http, form, &Goal::Claim(actor, id)).await;
    answer(&visitor, &headers, outcomes, &format!("/claims/{id}/documents")).await
}

async fn case_documents(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    let actor = visitor.actor()?.clone();
    let case = case_actions::for_documents(&http.recoup, &actor, &slug).await?;
    let outcomes = each_file(&http, form, &Goal::Case(actor, case)).await;
    answer(&visitor, &headers, outcomes, &format!("/admin/cases/{slug}")).await
}

/// Receives every file of a form, one after the other, and links each.
async fn each_file(
    http: &Http,
    form: Result<Multipart, MultipartRejection>,
    goal: &Goal,
) -> Result<Vec<Outcome>, Halt> {
    let broken = || {
        Failure::said(
            "The upload did not arrive in a form that can be read. Choose the files again and send them once more.",
        )
    };
    let mut form = form.map_err(|_| broken())?;
    let mut outcomes = Vec::new();
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(_) if outcomes.is_empty() => return Err(broken().into()),
            Err(_) => {
                outcomes.push(Outcome::refused(
                    "The rest of the upload".to_owned(),
                    "it did not arrive whole; send it again",
                ));
                break;
            }
        };
        // A file control without a choice sends an empty name.
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(kind::uploaded_name) else { continue };
        if outcomes.len() == MOST_FILES {
            outcomes.push(Outcome::refused(name, "at most 200 files fit in one upload; send the rest in another"));
            break;
        }
        match one_file(http, name.clone(), field, goal).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(failure) if outcomes.is_empty() => return Err(failure.into()),
            // What became of the files before it is not forgotten over it.
            Err(failure) => {
                outcomes.push(Outcome::refused(name, &broken_off(failure)));
                break;
            }
        }
    }
    if outcomes.is_empty() {
        return Err(Failure::said("No file was chosen. Choose one or more files, then send them.").into());
    }
    Ok(outcomes)
}

/// Why a file was not taken, and none after it, where others of its form were: what is ours to mend is logged.
fn broken_off(failure: Failure) -> String {
    match failure {
        Failure::Refused(refusal) => refusal.to_string().trim_end_matches('.').to_owned(),
        Failure::Store(error) => {
            tracing::error!(%error, "the database failed");
            "the database did not answer; send it again".to_owned()
        }
        failure => {
            tracing::error!(error = %failure, "an action failed");
            "something went wrong on our side; send it again".to_owned()
        }
    }
}

async fn one_file(http: &Http, name: String, field: Field<'_>, goal: &Goal) -> Result<Outcome, Failure> {
    let incoming = match http.documents.receive(field, http.recoup.limits.document_bytes).await {
        Ok(incoming) => incoming,
        Err(why) => {
            log(&why);
            return Ok(Outcome::not_taken(name, &why));
        }
    };
    let media_type = match kind::find(&name, &incoming.head) {
        Ok(media_type) => media_type,
        Err(why) => {
            http.documents.discard(&incoming).await;
            return Ok(Outcome::refused(name, &why));
        }
    };
    if let Err(failure) = goal.has_room(http, &incoming).await {
        http.documents.discard(&incoming).await;
        return refused(name, failure);
    }
    let looked_at = if media_type == "application/pdf" { look_at_pdf(http, &incoming).await } else { None };
    let (pages, unreadable) = looked_at.unwrap_or_default();
    if let Err(why) = http.documents.take(&incoming).await {
        log(&why);
        return Ok(Outcome::not_taken(name, &why));
    }
    let bytes = i64::try_from(incoming.bytes).unwrap_or(i64::MAX);
    let received = NewDocument {
        sha256: incoming.sha256,
        name: kind::fitting_name(&name, media_type),
        media_type: media_type.to_owned(),
        bytes,
        pages,
        unreadable,
    };
    match goal.link(http, &received, &name).await {
        Ok(message) => Ok(Outcome { name, ok: true, message, ours: false }),
        Err(failure) => refused(name, failure),
    }
}

/// A file that an action refused with a sentence; other failures are not of this file alone.
fn refused(name: String, failure: Failure) -> Result<Outcome, Failure> {
    match failure {
        Failure::Said(why) => Ok(Outcome::refused(name, why.trim_end_matches('.'))),
        failure => Err(failure),
    }
}

fn log(why: &Refused) {
    match why {
        Refused::Store(error) => tracing::error!(error = format!("{error:#}"), "the document store failed"),
        Refused::Unscanned(error) => tracing::error!(error = format!("{error:#}"), "the virus scanner failed"),
        Refused::Infected(signature) => tracing::warn!(signature, "an infected upload was refused"),
        Refused::TooLarge(_) | Refused::TooLargeToScan | Refused::Interrupted => {}
    }
}

/// Pages of a PDF, or why nobody can read it; nothing where it was not looked at.
async fn look_at_pdf(http: &Http, incoming: &Incoming) -> Option<(Option<i64>, Option<Unreadable>)> {
    if incoming.bytes > kind::LARGEST_COUNTED {
        return None;
    }
    // Where others' files take long, nobody waits for them: its pages are counted when it is filed.
    let _slot = tokio::time::timeout(apart::COUNTING, http.counting.acquire()).await.ok()?.ok()?;
    let bytes = http.documents.bytes_of(incoming).await.ok()?;
    match apart::pages(bytes, apart::COUNTING).await {
        Ok(Ok(pages)) => Some((Some(pages), None)),
        Ok(Err(reason)) => Some((None, Some(reason))),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the pages of a PDF were not counted");
            None
        }
    }
}

/// JSON for the island, which sends one file a request; a redirect for a plain form. Either way the page that comes next says what
/// became of each file: after the island it is loaded again when all were taken.
async fn answer(visitor: &Visitor, headers: &HeaderMap, outcomes: Result<Vec<Outcome>, Halt>, page: &str) -> Answer {
    let outcomes = match outcomes {
        // It stands beside the control then, where the files are chosen again.
        Err(Halt(Failure::Said(why))) if !wants_json(headers) => {
            visitor.keep_errors(&[FieldError { field: "files".to_owned(), message: why }]).await;
            return Ok(see_other(page));
        }
        outcomes => outcomes?,
    };
    let said: Vec<&str> = outcomes.iter().map(|outcome| outcome.message.as_str()).collect();
    if wants_json(headers) {
        let earlier = visitor.take_notice().await.unwrap_or_default();
        let lines: Vec<&str> = earlier.lines().chain(said).collect();
        // Nobody has to look at the page, and what waits to be said must not grow without end.
        visitor.notice(lines[lines.len().saturating_sub(MOST_FILES)..].join("\n")).await;
        let status =
            if outcomes.iter().all(|outcome| outcome.ok) { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let answer: Response = match outcomes.into_iter().next() {
            Some(outcome) => (status, axum::Json(outcome)).into_response(),
            None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        };
        return Ok(answer);
    }
    if outcomes.iter().any(|outcome| outcome.ours) {
        return Err(Failure::said(said.join(" ")).into());
    }
    visitor.notice(said.join("\n")).await;
    Ok(see_other(page))
}
