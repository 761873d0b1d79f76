//! Statements: received and read here, because their bytes are here; the pages that show them are in `app`.

use std::{sync::atomic::Ordering, time::Duration};

use app::{
    pages::claimant::{columns_again, import_choices},
    request::{Answer, Halt, Sent, Site, Visitor, see_other},
};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Multipart, Path, State, multipart::MultipartRejection},
    http::{HeaderValue, Method, StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use claims::{
    ClaimId, ImportId,
    access::Actor,
    actions::{
        Failure,
        begin_import::{self, Begun},
        documents::room,
        import_statement::{self, Imported, ReadLines},
        imports,
    },
    file_size,
    intake::FieldError,
    statements::{self, Choices, Input, Refused, Rules, Statement, Wish},
    store::documents::NewDocument,
};
use futures::TryStreamExt;
use tokio::io::AsyncWriteExt;

use super::{Http, Streams};
use crate::{
    apart,
    documents::{self, kind},
    scratch::ScratchFile,
};

/// How long a form waits for its file to be read; longer reading goes on behind a page that shows how far it is.
const PATIENCE: Duration = Duration::from_secs(3);

/// The routes.
#[must_use]
pub fn routes(http: &Http) -> Streams {
    let router = Router::new()
        .route("/claims/{id}/import", post(upload).layer(DefaultBodyLimit::disable()))
        .route("/claims/{id}/import/{import}", post(choose))
        .route("/claims/{id}/import/{import}/confirm", post(confirm))
        .route("/claims/{id}/import/{import}/corrected.csv", get(corrected))
        .layer(Extension(http.clone()));
    let list = vec![
        (Method::POST, "/claims/{id}/import"),
        (Method::POST, "/claims/{id}/import/{import}"),
        (Method::POST, "/claims/{id}/import/{import}/confirm"),
        (Method::GET, "/claims/{id}/import/{import}/corrected.csv"),
    ];
    Streams::new(router, list)
}

/// Takes a file, keeps its bytes, and reads it.
async fn upload(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path(id): Path<i64>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    let (actor, claim) = (visitor.actor()?.clone(), ClaimId(id));
    let room = room(&http.recoup, &actor, claim).await?;
    let most = http.recoup.limits.document_bytes.min(statements::limits::LARGEST_FILE);
    let page = format!("/claims/{claim}/import");
    let begun = match receive(&http, form, most, room).await {
        Ok(received) => begin_import::begin(&http.recoup, &actor, claim, &received).await,
        Err(why) => Err(Failure::Said(why)),
    };
    match begun {
        Ok(begun) => begun_at(&http, &visitor, &actor, claim, begun).await,
        // It stands beside the control then, where a file is chosen again.
        Err(Failure::Said(message)) => {
            visitor.keep_errors(&[FieldError { field: "file".to_owned(), message }]).await;
            Ok(see_other(&page))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Reads what is new, and leads to where an import is.
async fn begun_at(http: &Http, visitor: &Visitor, actor: &Actor, claim: ClaimId, begun: Begun) -> Answer {
    let import = match begun {
        Begun::New(import) => {
            read_soon(http, actor, claim, import).await;
            import
        }
        Begun::Open(import) => {
            visitor.notice("You were looking at this very file already: here it is.").await;
            import
        }
        Begun::Done(import) => {
            visitor.notice("This very file was imported already: nothing was added. Here is what it became.").await;
            import
        }
    };
    Ok(see_other(&format!("/claims/{claim}/import/{import}")))
}

/// Receives the one file of a form into the object store: of at most so many bytes, and no more than the claim has room for.
async fn receive(
    http: &Http,
    form: Result<Multipart, MultipartRejection>,
    most: u64,
    room: u64,
) -> Result<NewDocument, String> {
    let broken = |_| "The upload did not arrive whole. Choose the file again and send it once more.".to_owned();
    let mut form = form.map_err(|_| broken(()))?;
    while let Some(field) = form.next_field().await.map_err(|_| broken(()))? {
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(kind::uploaded_name) else { continue };
        let incoming = http.documents.receive(field, most.min(room)).await.map_err(|why| {
            let more = match why {
                documents::Refused::TooLarge(_) if room < most => format!(
                    " This claim has room for {} more; its documents and the files that are being imported count together.",
                    file_size::show(room)
                ),
                _ => String::new(),
            };
            format!("{name} was not taken: {why}.{more}")
        })?;
        let tables = [
            "text/csv",
            "text/plain",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.oasis.opendocument.spreadsheet",
        ];
        let media_type = match kind::find(&name, &incoming.head) {
            Ok(media_type) if tables.contains(&media_type) => media_type,
            Ok(_) => {
                http.documents.discard(&incoming).await;
                return Err(format!(
                    "{name} is not a table. Statements are read from CSV, TSV, TXT, XLSX and ODS; add other files under Documents."
                ));
            }
            Err(why) => {
                http.documents.discard(&incoming).await;
                return Err(format!("{name} was not taken: {why}."));
            }
        };
        http.documents.take(&incoming).await.map_err(|why| format!("{name} was not taken: {why}."))?;
        let bytes = i64::try_from(incoming.bytes).unwrap_or(i64::MAX);
        return Ok(NewDocument {
            sha256: incoming.sha256,
            name: kind::fitting_name(&name, media_type),
            media_type: media_type.to_owned(),
            bytes,
            pages: None,
            unreadable: None,
        });
    }
    Err("No file was chosen. Choose one, then send it.".to_owned())
}

/// A copy of a kept file on this machine, as long as it is read; of a spreadsheet its rows too.
struct Local {
    file: ScratchFile,
    rows: Option<ScratchFile>,
}

impl Local {
    async fn of(http: &Http, sha256: &str) -> anyhow::Result<Result<Self, Refused>> {
        let copy = http.scratch.file();
        let mut file = tokio::fs::File::create(copy.path()).await?;
        let mut bytes = http.documents.read(sha256).await?;
        while let Some(chunk) = bytes.try_next().await? {
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        if !Input::File(copy.path().to_owned()).is_archive()? {
            return Ok(Ok(Self { file: copy, rows: None }));
        }
        let rows = http.scratch.file();
        Ok(apart::unpack(copy.path(), rows.path()).await?.map(|()| Self { file: copy, rows: Some(rows) }))
    }

    fn input(&self) -> Input<'static> {
        let file = self.file.path().to_owned();
        match &self.rows {
            Some(rows) => Input::Unpacked { file, rows: rows.path().to_owned() },
            None => Input::File(file),
        }
    }
}

/// Reads a file by its choices, off the threads that answer, a few at a time.
async fn read(
    http: &Http,
    id: ImportId,
    sha256: &str,
    choices: &Choices,
    rules: &Rules,
    rows: bool,
) -> Result<Result<Statement, Refused>, Failure> {
    let internal = |error: anyhow::Error| Failure::Internal(format!("a statement cannot be read: {error:#}"));
    let slot = http.reading.clone().acquire_owned().await.map_err(|error| internal(error.into()))?;
    let local = match Local::of(http, sha256).await.map_err(internal)? {
        Ok(local) => local,
        Err(refused) => return Ok(Err(refused)),
    };
    let (choices, rules) = (choices.clone(), rules.clone());
    let progress = http.recoup.progress.clone();
    tokio::task::spawn_blocking(move || {
        let counter = progress.begin(id);
        let wish = Wish { rows, progress: &|done| counter.store(done, Ordering::Relaxed), ..Wish::default() };
        let read = statements::read(&local.input(), &choices, &rules, wish);
        progress.end(id);
        drop((local, slot));
        read
    })
    .await
    .map_err(|error| internal(error.into()))
}

/// Reads an import and keeps what was understood; with a kept mapping, once more by it.
async fn read_and_keep(http: &Http, actor: &Actor, claim: ClaimId, id: ImportId) -> Result<(), Failure> {
    for _ in 0..2 {
        let (import, _, case) = imports::open(&http.recoup, actor, claim, id).await?;
        let rules = imports::rules(&http.recoup, &case);
        let mut read = read(http, id, &import.sha256, &import.choices, &rules, false).await?;
        if imports::understood(&http.recoup, actor, id, &import.choices, read.as_mut().map_err(|refused| &*refused))
            .await?
            .is_none()
        {
            break;
        }
    }
    Ok(())
}

/// Begins to read, and waits a little for it: most files are read at once.
async fn read_soon(http: &Http, actor: &Actor, claim: ClaimId, id: ImportId) {
    let (http, actor) = (http.clone(), actor.clone());
    let reading = tokio::spawn(async move {
        if let Err(failure) = read_and_keep(&http, &actor, claim, id).await {
            tracing::error!(error = %failure, import = id.0, "a statement could not be read");
            let why = if let Failure::Said(why) = &failure { why } else { imports::NOT_READ };
            if let Err(error) = imports::not_read(&http.recoup, id, why).await {
                tracing::error!(%error, import = id.0, "that a statement could not be read was not kept");
            }
        }
    });
    let _ = tokio::time::timeout(PATIENCE, reading).await;
}

/// Keeps choices and reads by them.
async fn choose(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path((claim, id)): Path<(i64, i64)>,
    sent: Sent,
) -> Answer {
    let (actor, claim, id) = (visitor.actor()?.clone(), ClaimId(claim), ImportId(id));
    if sent.get("part") == "sheet" {
        let begun = begin_import::begin_again(&http.recoup, &actor, claim, id, sent.get("sheet")).await?;
        return begun_at(&http, &visitor, &actor, claim, begun).await;
    }
    let (import, ..) = imports::open(&http.recoup, &actor, claim, id).await?;
    let (choices, replaces) = import_choices::apply(&import, &sent);
    match imports::choose(&http.recoup, &actor, claim, id, &choices, replaces).await {
        Ok(()) => {}
        Err(Failure::Invalid(errors)) => return columns_again(&visitor, claim, id, &choices, errors).await,
        Err(failure) => return Err(failure.into()),
    }
    read_soon(&http, &actor, claim, id).await;
    Ok(see_other(&format!("/claims/{claim}/import/{id}")))
}

/// Reads once more and makes lines of it.
async fn confirm(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path((claim, id)): Path<(i64, i64)>,
    sent: Sent,
) -> Answer {
    let (actor, claim, id) = (visitor.actor()?.clone(), ClaimId(claim), ImportId(id));
    let (import, _, case) = imports::open(&http.recoup, &actor, claim, id).await?;
    let page = format!("/claims/{claim}/import/{id}");
    if import.state != "open" {
        visitor.notice("This statement was imported already.").await;
        return Ok(see_other(&page));
    }
    let rules = imports::rules(&http.recoup, &case);
    let statement = read(&http, id, &import.sha256, &import.choices, &rules, true)
        .await?
        .map_err(|refused| Failure::said(refused.to_string()))?;
    let key = sent.get("key").to_owned();
    // Not undone when the browser goes away: the answer is kept with the key.
    let work = tokio::spawn({
        let http = http.clone();
        async move {
            let read = ReadLines::of(&http.recoup, &actor, claim, statement).await?;
            import_statement::import(&http.recoup, &actor, claim, id, read, &key).await
        }
    });
    let imported = work.await.map_err(|error| Failure::Internal(error.to_string()))?;
    match imported {
        Ok(Imported::Lines(category, lines)) => {
            let lines = if lines == 1 {
                "1 line was".to_owned()
            } else {
                format!("{} lines were", claims::money::grouped_units(i64::try_from(lines).unwrap_or(i64::MAX)))
            };
            visitor.notice(format!("{lines} imported from {}. Each cites the file and its rows.", import.name)).await;
            Ok(see_other(&format!("/claims/{claim}/lines/{}", category.key())))
        }
        Ok(Imported::ReadsOtherwise) => {
            visitor.notice("Something changed since this page was shown. Look at it once more, then import it.").await;
            Ok(see_other(&page))
        }
        Err(Failure::Said(why)) => {
            visitor.notice(format!("Nothing was imported. {why}")).await;
            Ok(see_other(&page))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The copy to be corrected.
async fn corrected(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path((claim, id)): Path<(i64, i64)>,
) -> Answer {
    let (import, _, case) = imports::open(&http.recoup, visitor.actor()?, ClaimId(claim), ImportId(id)).await?;
    let rules = imports::rules(&http.recoup, &case);
    let choices = import.choices.0.clone();
    let copied = async {
        let slot = http.reading.clone().acquire_owned().await?;
        let local = Local::of(&http, &import.sha256).await??;
        let copy = http.scratch.file();
        // Slot and files go with the work, which goes on if the client goes away.
        let written = tokio::task::spawn_blocking(move || -> anyhow::Result<ScratchFile> {
            let to = std::io::BufWriter::new(std::fs::File::create(copy.path())?);
            statements::corrected::write(&local.input(), &choices, &rules, to)?;
            drop((local, slot));
            Ok(copy)
        })
        .await??;
        // Opened before its name goes: the bytes stay as long as they are sent.
        anyhow::Ok(tokio::fs::File::open(written.path()).await?)
    };
    let file = copied.await.map_err(|error| match error.downcast::<Refused>() {
        Ok(refused) => Halt(Failure::said(refused.to_string())),
        Err(error) => Halt(Failure::Internal(format!("a copy cannot be written: {error:#}"))),
    })?;
    let body = axum::body::Body::from_stream(tokio_util::io::ReaderStream::new(file));
    let mut response = (StatusCode::OK, body).into_response();
    let stem = import.name.rsplit_once('.').map_or(import.name.as_str(), |(stem, _)| stem);
    let disposition = super::downloads::disposition("attachment", &format!("{stem} to mend.csv"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
    );
    Ok(response)
}
