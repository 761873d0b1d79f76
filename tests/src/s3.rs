//! A real S3-compatible server on loopback, with moods.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use s3s::{
    Body,
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use server::config::DocumentsAt;
use tokio::net::TcpListener;

/// How the server feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It does what it is asked to.
    Well,
    /// Every request waits first.
    Slow(Duration),
    /// Every third request is answered with 503.
    FailsOneInThree,
    /// It closes the connection in the middle of the second part of an upload, when the first is kept.
    CutsSecondParts,
    /// Every request is answered with 503.
    Down,
}

/// The server.
#[derive(Debug, Clone)]
pub struct S3 {
    endpoint: String,
    mood: Arc<Mutex<Mood>>,
    /// Requests so far.
    pub requests: Arc<AtomicU64>,
    /// Second parts that were cut so far.
    pub cut: Arc<AtomicU64>,
}

impl S3 {
    /// Starts it with the bucket `documents`, its files below a directory.
    pub async fn start(directory: &Path) -> Self {
        let root = directory.join("s3");
        std::fs::create_dir_all(root.join("documents")).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(&root).unwrap());
        builder.set_auth(SimpleAuth::from_single("key", "secret"));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let s3 =
            Self { endpoint, mood: Arc::new(Mutex::new(Mood::Well)), requests: Arc::default(), cut: Arc::default() };
        let me = s3.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (me, service) = (me.clone(), service.clone());
                tokio::spawn(async move {
                    let answer = service_fn(move |request| answer(me.clone(), service.clone(), request));
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        s3
    }

    /// Where documents lie.
    #[must_use]
    pub fn documents(&self) -> DocumentsAt {
        DocumentsAt::S3 {
            bucket: "documents".to_owned(),
            prefix: "allegro".to_owned(),
            region: None,
            endpoint: Some(self.endpoint.clone()),
            keys: Some(("key".to_owned(), "secret".to_owned())),
        }
    }

    /// Changes its mood.
    pub fn feel(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }
}

fn is_second_part(request: &Request<Incoming>) -> bool {
    let is_second = |query: &str| query.split('&').any(|pair| pair == "partNumber=2");
    request.method() == "PUT" && request.uri().query().is_some_and(is_second)
}

async fn answer(s3: S3, service: S3Service, mut request: Request<Incoming>) -> Result<Response<Body>, std::io::Error> {
    let count = s3.requests.fetch_add(1, Ordering::SeqCst);
    let mood = *s3.mood.lock().unwrap_or_else(PoisonError::into_inner);
    let failing = || Response::builder().status(503).body(Body::empty()).map_err(std::io::Error::other);
    match mood {
        Mood::Well => {}
        Mood::Slow(wait) => tokio::time::sleep(wait).await,
        Mood::FailsOneInThree if count.is_multiple_of(3) => return failing(),
        Mood::FailsOneInThree => {}
        Mood::CutsSecondParts if is_second_part(&request) => {
            // The first piece is read, and then nobody is there any more.
            let _ =
                std::future::poll_fn(|cx| hyper::body::Body::poll_frame(std::pin::Pin::new(request.body_mut()), cx))
                    .await;
            s3.cut.fetch_add(1, Ordering::SeqCst);
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        Mood::CutsSecondParts => {}
        Mood::Down => return failing(),
    }
    hyper::service::Service::call(&service, request).await.map_err(|error| std::io::Error::other(format!("{error:?}")))
}
