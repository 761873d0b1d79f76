//! What every page and form knows of a request: the site, the visitor, what was sent; and how failures become pages.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use claims::{
    access::{Action, Actor, Refusal},
    actions::{Failure, Recoup},
    intake::{Answers, FieldError},
};
use leptos::prelude::*;
use tower_sessions::Session;

use crate::pages::account::kept::{self, Kept};
use crate::prepared::Prepared;
use crate::shell::{self, Frame, IslandFiles, Page, Who};

/// Largest body of a form that carries no files.
pub const LARGEST_FORM: usize = 1_000_000;
/// Most fields of such a form.
const MOST_FIELDS: usize = 1_000;

/// The installation as pages see it.
#[derive(Debug, Clone)]
pub struct Site {
    /// The business.
    pub recoup: Recoup,
    /// Addresses of stylesheet and island files.
    pub files: Arc<SiteFiles>,
    /// Types of document that may be uploaded, in words.
    pub document_types: &'static str,
    /// Public pages.
    pub prepared: Arc<Prepared>,
}

/// Addresses of stylesheet and island files.
#[derive(Debug, Clone, Default)]
pub struct SiteFiles {
    /// Stylesheet.
    pub style: String,
    /// `load.js`, the module and the wasm; `None` serves every page without script.
    pub islands: Option<(String, String, String)>,
}

/// Who asks, with what the answer needs.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The site.
    pub site: Site,
    /// The person, if signed in.
    pub actor: Option<Actor>,
    /// The session, empty for a stranger.
    pub session: Session,
    /// Nonce of the Content-Security-Policy.
    pub nonce: Arc<str>,
    /// Path of the request.
    pub path: Arc<str>,
    /// Path with query, to come back to after signing in.
    pub path_and_query: Arc<str>,
    /// Address of the client.
    pub client: Arc<str>,
    /// Number of the request, which stands in the log.
    pub request_id: RequestId,
}

/// The number of a request: in the log, in the answer's `x-request-id`, and on pages that say that something failed.
#[derive(Debug, Clone, Default)]
pub struct RequestId(pub Arc<str>);

/// Left in a request whose session could not be read, with the reason: the database does not answer.
#[derive(Debug, Clone)]
pub struct Unknown(pub Arc<str>);

/// What a handler gives: an answer, or why there is none.
pub type Answer = Result<Response, Halt>;

/// Why a request has no answer of its own; a layer turns it into a page.
#[derive(Debug)]
pub struct Halt(pub Failure);

impl<E: Into<Failure>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// Kept in the extensions of a response until [`explain`] makes a page of it.
#[derive(Debug, Clone)]
struct Explained(Arc<Failure>);

impl IntoResponse for Halt {
    fn into_response(self) -> Response {
        let mut response = status_of(&self.0).into_response();
        response.extensions_mut().insert(Explained(Arc::new(self.0)));
        response
    }
}

fn status_of(failure: &Failure) -> StatusCode {
    match failure {
        Failure::Refused(Refusal::SignIn) => StatusCode::UNAUTHORIZED,
        Failure::Refused(Refusal::NotFound) => StatusCode::NOT_FOUND,
        Failure::Refused(Refusal::Forbidden | Refusal::VerifyEmail | Refusal::SecondFactor) => StatusCode::FORBIDDEN,
        Failure::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Failure::Said(_) | Failure::Changed(_) => StatusCode::CONFLICT,
        Failure::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
        Failure::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        Failure::Template(_) | Failure::Hashing(_) | Failure::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl Visitor {
    /// The business.
    #[must_use]
    pub fn recoup(&self) -> &Recoup {
        &self.site.recoup
    }

    /// The person, or the refusal that leads to the sign-in page.
    ///
    /// # Errors
    /// [`Refusal::SignIn`] for a stranger.
    pub fn actor(&self) -> Result<&Actor, Refusal> {
        self.actor.as_ref().ok_or(Refusal::SignIn)
    }

    /// The same visitor after signing in, for the page that answers the sign-in itself.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn signed_in_as(&self, account: claims::AccountId) -> Result<Self, Failure> {
        let mut tx = self.recoup().store.read().await?;
        let actor = claims::store::accounts::actor(&mut tx, account).await?;
        Ok(Self { actor, ..self.clone() })
    }

    /// The person, if they may do `action`.
    ///
    /// # Errors
    /// As [`claims::access::require`].
    pub fn may(&self, action: Action) -> Result<&Actor, Refusal> {
        claims::access::require(self.actor.as_ref(), action)
    }

    /// A fresh idempotency key for a form.
    #[must_use]
    pub fn key(&self) -> String {
        self.site.recoup.random.token()
    }

    /// A page as an answer.
    #[must_use]
    pub fn page(&self, page: Page) -> Response {
        self.page_with(StatusCode::OK, page)
    }

    /// A page as an answer with a status. Private pages are never kept by a cache.
    #[must_use]
    pub fn page_with(&self, status: StatusCode, page: Page) -> Response {
        (status, [(header::CACHE_CONTROL, "no-store")], Html(self.html(page))).into_response()
    }

    /// The whole document of a page, with the navigation of the visitor.
    #[must_use]
    pub fn html(&self, page: Page) -> String {
        let who = self.actor.as_ref().map(|actor| Who {
            name: &actor.name,
            counsel: !actor.counsel_of.is_empty(),
            administrator: actor.administrator,
        });
        let files = &self.site.files;
        let islands = files.islands.as_ref().map(|(loader, module, wasm)| IslandFiles { loader, module, wasm });
        let frame = Frame { nonce: &self.nonce, style: &files.style, islands, path: &self.path, who };
        shell::render(&frame, page)
    }

    /// A page again with what was typed and what is wrong, status 422.
    #[must_use]
    pub fn again(&self, page: Page) -> Response {
        self.page_with(StatusCode::UNPROCESSABLE_ENTITY, page.error(true))
    }

    /// Says something on the next page that shows notices (see [`Self::take_notice`]).
    pub async fn notice(&self, sentence: impl Into<String> + Send) {
        if let Err(error) = self.session.insert("notice", sentence.into()).await {
            tracing::warn!(%error, "a notice was lost");
        }
    }

    /// The sentence left for this page, once.
    pub async fn take_notice(&self) -> Option<String> {
        self.take("notice").await
    }

    /// Keeps wrong fields for the page that a form redirects to, so that they stand beside what was typed, which the page
    /// reads from the store.
    pub async fn keep_errors(&self, errors: &[FieldError]) {
        if let Err(error) = self.session.insert("errors", errors).await {
            tracing::warn!(%error, "field errors were lost");
        }
    }

    /// The wrong fields left for this page, once.
    pub async fn take_errors(&self) -> Vec<FieldError> {
        self.take("errors").await.unwrap_or_default()
    }

    /// Removing marks a session as changed even if nothing was there, and a changed session is written: a page that has
    /// nothing to say must not cost that.
    async fn take<T: serde::de::DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.session.get_value(key).await.ok().flatten()?;
        self.session.remove(key).await.unwrap_or_default()
    }
}

/// Goes on at a path of this site, after a form: the browser asks for it with GET.
#[must_use]
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Where to go on after signing in: a path of this site, never another site's address.
#[must_use]
pub fn safe_path(next: &str) -> Option<&str> {
    let plain = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t', '\0']);
    plain.then_some(next)
}

/// What a form sent: the answers as typed. A name that is sent twice counts once, the first time.
#[derive(Debug, Clone, Default)]
pub struct Sent(pub Answers);

impl Sent {
    /// An answer as sent, trimmed.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name)
    }

    /// A number, such as a row's id.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name).parse().ok()
    }

    /// Reads the fields of an urlencoded text, a body or a query. Bytes that are not UTF-8 become U+FFFD; NULs, which
    /// PostgreSQL takes in no text, are left out. Of a query that has more fields than any of ours the first are read.
    #[must_use]
    pub fn read(encoded: &[u8]) -> Self {
        let mut answers = Answers::default();
        for (name, value) in url::form_urlencoded::parse(encoded).take(MOST_FIELDS) {
            answers.0.entry(name.into_owned()).or_insert_with(|| value.replace('\0', ""));
        }
        Self(answers)
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Halt;

    async fn from_request(request: Request, state: &S) -> Result<Self, Halt> {
        let urlencoded = request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_none_or(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            Halt(Failure::said(if too_large {
                "This form is larger than 1 MB. Shorten the texts in it, and add long ones as a document."
            } else {
                "The form did not arrive whole. Send it again."
            }))
        })?;
        if !urlencoded && !body.is_empty() {
            return Err(Halt(Failure::said(
                "This form was sent in a way that Recoup does not read. Open the page again and send it from there.",
            )));
        }
        if url::form_urlencoded::parse(&body).nth(MOST_FIELDS).is_some() {
            return Err(Halt(Failure::said(
                "This form has more than 1,000 fields, and Recoup reads no more, so nothing of it was saved. Open the page again and send it from there.",
            )));
        }
        Ok(Self::read(&body))
    }
}

/// The query of the request, as [`Sent`] reads it.
#[derive(Debug, Clone, Default)]
pub struct Query(pub Sent);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Sent::read(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// Whether the client is a script of ours that wants JSON instead of a page.
#[must_use]
pub fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"))
}

/// Turns a [`Halt`] into a page that says what is wrong and what to do, and logs what is ours to mend. A stranger who needs
/// to sign in is led to the sign-in page and back.
pub async fn explain(visitor: Visitor, request: Request<Body>, next: Next) -> Response {
    let (json, get) = (wants_json(request.headers()), request.method() == axum::http::Method::GET);
    let files = carries_files(request.headers());
    let (request, kept) = if visitor.actor.is_none() && !json { keep_form(request).await } else { (request, None) };
    // PostgreSQL takes no NUL in a text, and nothing of ours has one in its name.
    let response = if request.uri().path().contains("%00") {
        StatusCode::NOT_FOUND.into_response()
    } else if let Some(Unknown(why)) = request.extensions().get() {
        Halt(Failure::Store(claims::store::Error::Protocol(format!("the session could not be read: {why}"))))
            .into_response()
    } else {
        next.run(request).await
    };
    let status = response.status();
    let known = response.extensions().get::<Explained>().cloned();
    if let Some(Failure::Refused(refusal)) = known.as_ref().map(|explained| &*explained.0)
        && *refusal != Refusal::SignIn
    {
        let account = visitor.actor.as_ref().map(|actor| actor.account.0);
        tracing::warn!(?refusal, account, "an action was refused");
    }
    // An address that cannot be read, such as letters where a number belongs, is an address that does not exist.
    let unreadable = known.is_none() && status == StatusCode::BAD_REQUEST;
    let status = if unreadable { StatusCode::NOT_FOUND } else { status };
    let bare = unreadable || status == StatusCode::NOT_FOUND && response.headers().get(header::CONTENT_TYPE).is_none();
    let (heading, words) = match known.as_ref().map(|explained| &*explained.0) {
        None if bare => ("Page not found", Refusal::NotFound.to_string()),
        None if status == StatusCode::METHOD_NOT_ALLOWED => ("This is not a page", "A form is sent to this address. Go back to the page with the form, and send it from there.".to_owned()),
        None => return response,
        Some(Failure::Refused(Refusal::SignIn)) if get && !json => {
            let back = url::form_urlencoded::byte_serialize(visitor.path_and_query.as_bytes()).collect::<String>();
            return see_other(&format!("/sign-in?next={back}"));
        }
        // As by the browser's “Back” to a draft that was sent: the page of the claim says how it stands.
        Some(Failure::Said(words)) if get && !json && claim_of(&visitor.path).is_some() => {
            visitor.notice(words.clone()).await;
            return see_other(&claim_of(&visitor.path).unwrap_or_default());
        }
        Some(Failure::Refused(Refusal::SignIn)) if kept.is_some() => {
            return kept.map_or(response, |kept| kept::ask(&visitor, kept));
        }
        Some(Failure::Refused(Refusal::SignIn)) if files && !json => return kept::ask_for_files(&visitor),
        Some(failure) => match failure {
            Failure::Refused(Refusal::SignIn) => ("Sign in to go on", "Your session has ended. Sign in in another tab, come back here and send the form again: nothing you typed is lost as long as this page is open.".to_owned()),
            Failure::Refused(Refusal::NotFound) => ("Page not found", failure.to_string()),
            Failure::Refused(Refusal::SecondFactor) => ("Set up a second factor first", failure.to_string()),
            Failure::Refused(_) => ("Not allowed", failure.to_string()),
            Failure::Invalid(errors) => ("Something is not right yet", errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" ")),
            Failure::Said(words) => ("This could not be done", words.clone()),
            Failure::Changed(_) => ("This could not be done", failure.to_string()),
            Failure::TooOften(_) => ("Too many attempts", failure.to_string()),
            Failure::Store(error) => {
                tracing::error!(%error, "the database failed");
                ("Recoup is not available right now", "The database does not answer. Wait a minute, then send the form again: what was done is not done twice.".to_owned())
            }
            Failure::Template(_) | Failure::Hashing(_) | Failure::Internal(_) => {
                tracing::error!(error = %failure, "an action failed");
                ("Something went wrong on our side", "Nothing was changed. The mistake was logged. Go back and try again; if it happens again, tell the contact of your case.".to_owned())
            }
        },
    };
    if json {
        return (status, axum::Json(serde_json::json!({ "ok": false, "message": words }))).into_response();
    }
    let wait = known.as_ref().and_then(|explained| {
        if let Failure::TooOften(wait) = *explained.0 { Some(wait.num_seconds().max(1)) } else { None }
    });
    let said = known
        .as_ref()
        .is_some_and(|known| matches!(*known.0, Failure::Said(_) | Failure::Changed(_) | Failure::TooOften(_)));
    let factor = known.as_ref().is_some_and(|known| matches!(*known.0, Failure::Refused(Refusal::SecondFactor)));
    let stranger = known.as_ref().is_some_and(|known| matches!(*known.0, Failure::Refused(Refusal::SignIn)));
    let (href, back) = if factor {
        ("/account/second-factor".to_owned(), "Set up a second factor")
    } else if stranger {
        ("/sign-in".to_owned(), "Sign in")
    } else {
        (said || status == StatusCode::METHOD_NOT_ALLOWED)
            .then(|| claim_of(&visitor.path))
            .flatten()
            .map_or_else(|| ("/".to_owned(), "To the start page"), |claim| (claim, "To the page of the claim"))
    };
    // Whoever calls the contact of the case can name what failed, and it is found in the log.
    let number = status.is_server_error().then(|| visitor.request_id.0.to_string());
    let page = Page::new(heading, move || {
        let number = number.map(|number| view! { <p class="hint">"Number of this request: " {number}</p> });
        // What a stranger typed is gone once this tab goes elsewhere.
        let (target, rel) = (stranger.then_some("_blank"), stranger.then_some("noopener"));
        let said = stranger.then_some(" (opens in a new tab)");
        view! {
            <h1>{heading}</h1>
            <p class="lead">{words}</p>
            <p><a href=href target=target rel=rel>{back}{said}</a></p>
            {number}
        }
    });
    let mut page = visitor.page_with(status, page.error(status.is_server_error()));
    if let Some(wait) = wait {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    page
}

/// Whether a request carries a form with files.
fn carries_files(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

/// Whether a request carries a form that could be sent again.
fn is_short_form(request: &Request<Body>) -> bool {
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let urlencoded =
        header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let length = header(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    request.method() == axum::http::Method::POST && urlencoded && length.is_some_and(|length| length <= LARGEST_FORM)
}

/// Keeps what a stranger sends while it is answered: they may be somebody whose session ended over it.
async fn keep_form(request: Request<Body>) -> (Request<Body>, Option<Kept>) {
    if !is_short_form(&request) {
        return (request, None);
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LARGEST_FORM).await else {
        // It did not arrive whole, and its handler says so.
        let broken = futures::stream::iter([Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))]);
        return (Request::from_parts(parts, Body::from_stream(broken)), None);
    };
    let kept = Kept::of(parts.uri.path(), &bytes);
    (Request::from_parts(parts, Body::from(bytes)), kept)
}

/// The page of the claim to which a claimant's page belongs, unless it is that page itself.
fn claim_of(path: &str) -> Option<String> {
    let (id, _) = path.strip_prefix("/claims/")?.split_once('/')?;
    id.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("/claims/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_a_claim_leads_back_to_it() {
        assert_eq!(claim_of("/claims/7/lines/other").as_deref(), Some("/claims/7"));
        for other in ["/claims/7", "/claims/x/sign", "/cases/allegro/file"] {
            assert_eq!(claim_of(other), None);
        }
    }

    #[test]
    fn only_paths_of_this_site() {
        assert_eq!(safe_path("/claims/3?x=1"), Some("/claims/3?x=1"));
        for wrong in ["", "claims", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nSet-Cookie: x"] {
            assert_eq!(safe_path(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn the_first_of_a_repeated_name_counts() {
        let sent = Sent::read(b"a=1&a=2&b=%ff&c=+x+");
        assert_eq!((sent.get("a"), sent.get("b"), sent.get("c")), ("1", "\u{fffd}", "x"));
    }
}
