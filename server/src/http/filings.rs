//! Filings over HTTP: their files, verification on the server, the public key, the hash of an uploaded file.

use app::{
    pages::public::verify,
    request::{Answer, Query, Site, Visitor, see_other},
};
use axum::{
    Extension, Router,
    body::Body,
    extract::{DefaultBodyLimit, Multipart, Path, State, multipart::MultipartRejection},
    http::{Method, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use claims::{
    actions::{
        Failure,
        filing_files::{self, Which},
    },
    filing::FileHash,
    store::filings::File,
};
use futures::TryStreamExt;
use render::package;
use tokio::io::AsyncWriteExt;

use super::{Http, Streams, downloads};

/// The routes.
#[must_use]
pub fn routes(http: &Http) -> Streams {
    let router = Router::new()
        .route("/counsel/{slug}/filings/{number}/files/{variant}/{*name}", get(file))
        .route("/counsel/{slug}/filings/{number}/verify", post(verify))
        .route("/filing-key.txt", get(key))
        .route("/verify", post(hash).layer(DefaultBodyLimit::disable()))
        .layer(Extension(http.clone()));
    let list = vec![
        (Method::GET, "/counsel/{slug}/filings/{number}/files/{variant}/{*name}"),
        (Method::POST, "/counsel/{slug}/filings/{number}/verify"),
        (Method::GET, "/filing-key.txt"),
        (Method::POST, "/verify"),
    ];
    Streams::new(router, list)
}

/// `GET /counsel/{slug}/filings/{number}/files/{variant}/{*name}`
async fn file(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path((slug, number, variant, name)): Path<(String, i64, String, String)>,
    Query(query): Query,
) -> Answer {
    let which = Which { case: &slug, filing: number, variant: &variant, name: &name };
    let file = filing_files::open(&http.recoup, visitor.actor()?, which).await?;
    let public = if variant == "public" { "-public" } else { "" };
    let shown = match file.name.as_str() {
        "" => format!("{slug}-filing-{number}{public}.zip"),
        name => format!("{slug}-filing-{number}{public}-{}", name.replace('/', "-")),
    };
    let inline = query.get("inline") == "1" && file.media_type == "application/pdf";
    downloads::stream(&http, &file.sha256, &shown, &file.media_type, file.bytes, inline).await
}

/// `POST /counsel/{slug}/filings/{number}/verify`: reads the whole package again and says what it found.
async fn verify(
    State(_): State<Site>,
    Extension(http): Extension<Http>,
    visitor: Visitor,
    Path((slug, number)): Path<(String, i64)>,
    sent: app::request::Sent,
) -> Answer {
    let which = Which { case: &slug, filing: number, variant: sent.get("variant"), name: "" };
    let file = filing_files::find(&http.recoup, visitor.actor()?, which).await?;
    let key = crate::filings::key(&http.recoup).public();
    let words = verify_kept(&http, &file, key).await.map_err(|error| {
        tracing::error!(error = format!("{error:#}"), sha256 = file.sha256, "a package cannot be read");
        Failure::said("The package cannot be read from the document store. Run “recoup doctor --deep”.")
    })?;
    visitor.notice(words).await;
    Ok(see_other(&format!("/counsel/{slug}/filings/{number}")))
}

async fn verify_kept(http: &Http, file: &File, key: package::PublicKey) -> anyhow::Result<String> {
    let slot = http.verifying.clone().acquire_owned().await?;
    // A package may be larger than memory: it is verified in a file that goes with the work.
    let copy = http.scratch.file();
    let mut to = tokio::fs::File::create(copy.path()).await?;
    let mut stream = http.documents.read(&file.sha256).await?;
    while let Some(chunk) = stream.try_next().await? {
        to.write_all(&chunk).await?;
    }
    to.flush().await?;
    drop(to);
    // So does the slot, also if the client goes away.
    let work = move || {
        let report = package::verify(|| std::fs::File::open(copy.path()), &key);
        drop((copy, slot));
        report
    };
    let report = tokio::task::spawn_blocking(work).await??;
    Ok(match (report.problems.as_slice(), report.manifest) {
        ([], Some(manifest)) => format!(
            "The {} package is whole: all {} files are as they were built, and the signature fits.",
            manifest.variant,
            manifest.files.len()
        ),
        ([later @ package::Problem::Later(_)], _) => later.to_string(),
        (problems, _) => {
            let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
            format!("The package is NOT as it was built:\n{}", words.join("\n"))
        }
    })
}

/// `GET /filing-key.txt`: the key with which anybody verifies packages of this site.
async fn key(State(_): State<Site>, Extension(http): Extension<Http>, _: Visitor) -> Answer {
    let text = format!("{}\n", crate::filings::key(&http.recoup).public().text());
    let response: Response = ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], Body::from(text)).into_response();
    Ok(response)
}

/// `POST /verify`: hashes a file on its way in, for browsers without script; nothing of it is kept.
async fn hash(
    State(_): State<Site>,
    Extension(_): Extension<Http>,
    visitor: Visitor,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    Ok(match hash_of(form).await {
        Ok(Some(hash)) => see_other(&format!("/verify?hash={hash}")),
        Ok(None) => verify::without_file(&visitor, "No file was chosen. Choose one, then send it.".to_owned()),
        Err(Broken) => {
            let why = "The file did not arrive whole. Choose it again and send it once more.";
            verify::without_file(&visitor, why.to_owned())
        }
    })
}

/// A form that cannot be read to its end.
struct Broken;

/// The hash of the first file of a form, if there is one.
async fn hash_of(form: Result<Multipart, MultipartRejection>) -> Result<Option<String>, Broken> {
    let mut form = form.map_err(|_| Broken)?;
    while let Some(mut field) = form.next_field().await.map_err(|_| Broken)? {
        if field.file_name().is_none_or(str::is_empty) {
            continue;
        }
        let mut hash = FileHash::default();
        while let Some(chunk) = field.chunk().await.map_err(|_| Broken)? {
            hash.update(&chunk);
        }
        return Ok(Some(hash.finish()));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use claims::{Clock, random::Random};
    use futures::poll;

    use super::*;
    use crate::{
        config::{Config, Keys},
        serve::Installation,
    };

    /// How many copies there are, once the one thread that works on files has done all that it was asked for.
    async fn copies(data: &std::path::Path) -> usize {
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        let names = std::fs::read_dir(data.join("tmp")).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name != "recoup.lock").count()
    }

    #[test]
    fn a_package_is_copied_when_it_is_its_turn() {
        let runtime =
            tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let data = std::env::temp_dir().join(format!("recoup-verify-{}", Random::System.token()));
            let config = Config::read(Keys { data_dir: Some(data.clone()), ..Keys::default() }, None).unwrap();
            let opened =
                Installation::open(&config, "http://127.0.0.1:1", Clock::System, Random::System).await.unwrap();
            let bytes = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"no package"))]);
            let incoming = opened.documents.receive(bytes, 100).await.unwrap();
            opened.documents.keep(&incoming).await.unwrap();
            let file = File {
                variant: "full".to_owned(),
                name: String::new(),
                media_type: "application/zip".to_owned(),
                bytes: 10,
                sha256: incoming.sha256,
            };
            let key = crate::filings::key(&opened.recoup).public();
            let http = Http::new(opened.recoup, opened.documents, opened.scratch, Vec::new());
            let before = http.verifying.clone().acquire_owned().await.unwrap();
            let mut verifying = std::pin::pin!(verify_kept(&http, &file, key));
            assert!(poll!(verifying.as_mut()).is_pending());
            assert_eq!(copies(&data).await, 0, "another package is verified");
            drop(before);
            assert!(poll!(verifying.as_mut()).is_pending());
            assert_eq!(copies(&data).await, 1);
            let words = verifying.await.unwrap();
            assert!(words.contains("NOT as it was built"), "{words}");
            assert_eq!((copies(&data).await, http.verifying.available_permits()), (0, 1));
            http.recoup.store.close().await;
            std::fs::remove_dir_all(data).unwrap();
        });
    }
}
