//! An installation put together from its configuration, and served.

use anyhow::Context;
use claims::{Clock, actions::Recoup, random::Random};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    config::Config,
    documents::Documents,
    http::{self, Http},
    jobs,
    mail::Post,
    opening,
    scratch::Scratch,
    serving::{self, Pace},
};

/// How long connections to the database may take to close.
pub(crate) const CLOSING: std::time::Duration = std::time::Duration::from_secs(5);

/// Everything that an installation is made of.
#[derive(Debug, Clone)]
pub struct Installation {
    /// The business.
    pub recoup: Recoup,
    /// Documents.
    pub documents: Documents,
    /// Where copies of documents lie while they are read.
    pub scratch: Scratch,
    /// Mail.
    pub post: Post,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// How long clients may keep us waiting.
    pub pace: Pace,
    /// Token of `/metrics`.
    pub metrics_token: Option<String>,
}

impl Installation {
    /// Opens database, documents and mail; the schema is brought up to date.
    ///
    /// # Errors
    /// What could not be opened, with its remedy.
    pub async fn open(config: &Config, base_url: &str, clock: Clock, random: Random) -> anyhow::Result<Self> {
        // S3 and SMTP share one TLS library; it is set up once for both. A second call finds it set up already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = opening::or_made(config).await?;
        let recoup =
            config.refusing_breached(Recoup::new(store, clock, random.clone(), base_url, config.limits()).await?)?;
        let scratch = Scratch::open(&config.data_dir, random.clone()).context("the data directory (key data_dir)")?;
        let documents = Documents::open(&config.documents, random)?.with_scanner(config.clamd.clone());
        let post = Post::open(&config.mail, &config.mail_from)?;
        Ok(Self {
            recoup,
            documents,
            scratch,
            post,
            trusted_proxies: config.trusted_proxies.clone(),
            pace: config.pace,
            metrics_token: config.metrics_token.clone(),
        })
    }
}

/// The ports that were taken.
#[derive(Debug)]
pub struct Listening {
    site: TcpListener,
    /// Of `/metrics` alone.
    metrics: Option<TcpListener>,
    /// Address of the site.
    pub base_url: String,
}

/// Takes every configured port: what cannot be served must not be made or brought up to date first.
///
/// # Errors
/// If a port is taken.
pub async fn bind(config: &Config) -> anyhow::Result<Listening> {
    let site = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {} (key listen): is another Recoup running?", config.listen))?;
    let metrics = match config.metrics_listen {
        None => None,
        Some(at) => {
            Some(TcpListener::bind(at).await.with_context(|| format!("cannot listen on {at} (key metrics_listen)"))?)
        }
    };
    let base_url = match &config.base_url {
        Some(url) => url.clone(),
        None => format!("http://{}", site.local_addr()?),
    };
    Ok(Listening { site, metrics, base_url })
}

/// Serves until `stop`, with the jobs beside it; what is in flight is finished within [`Pace::stop`], and then cut. What is cut
/// leaves no half: a transaction that did not commit never was, and a mail that was not settled is tried again.
///
/// # Errors
/// If what serves the metrics breaks off.
pub async fn run(installation: Installation, listening: Listening, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let Installation { recoup, documents, scratch, post, trusted_proxies, pace, metrics_token } = installation;
    let proxies: std::sync::Arc<[std::net::IpAddr]> = trusted_proxies.clone().into();
    let http = Http::new(recoup.clone(), documents.clone(), scratch, trusted_proxies)
        .with_metrics_token(metrics_token.as_deref());
    let metrics = listening.metrics.map(|listener| {
        let site = http::metrics::alone(http.clone());
        tokio::spawn(serving::serve(listener, site, pace, proxies.clone(), stop.clone()))
    });
    let (site, _) = http::site(&http);
    let mut jobs = tokio::spawn(jobs::run(recoup.clone(), documents, post, stop.clone()));
    // Requests and jobs end at the same time, so that both together take no longer than one of them may.
    let mut stopped = stop.clone();
    let jobs_end = async {
        let _ = stopped.wait_for(|stop| *stop).await;
        if tokio::time::timeout(pace.stop, &mut jobs).await.is_err() {
            tracing::warn!("cut a job that did not end in time; it is begun anew at the next start");
            jobs.abort();
        }
    };
    tokio::join!(serving::serve(listening.site, site, pace, proxies, stop), jobs_end);
    if let Some(metrics) = metrics {
        metrics.await?;
    }
    // A connection that is stuck in the database must not hold the process up either.
    let _ = tokio::time::timeout(CLOSING, recoup.store.close()).await;
    tracing::info!("stopped");
    Ok(())
}

/// A signal that says stop on Ctrl-C or SIGTERM. From now on neither ends the process by itself.
///
/// # Errors
/// If the operating system does not let us listen.
pub fn stop_on_signal() -> std::io::Result<watch::Receiver<bool>> {
    let (say, stop) = watch::channel(false);
    #[cfg(unix)]
    let told = {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupted, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        async move {
            tokio::select! { _ = interrupted.recv() => {}, _ = terminated.recv() => {} }
        }
    };
    #[cfg(not(unix))]
    let told = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    tokio::spawn(async move {
        told.await;
        tracing::info!("stopping: what is in flight is finished");
        let _ = say.send(true);
    });
    Ok(stop)
}
