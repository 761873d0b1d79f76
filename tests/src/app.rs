//! A running Recoup.

use std::{net::IpAddr, sync::PoisonError};

use axum::http::Method;
use chrono::{Duration, TimeZone, Utc};
use claims::{
    Clock, Instant,
    access::Actor,
    actions::{Limits, Recoup, match_case, notices::look},
    random::Random,
    store::outbox::Mail,
};
use server::{
    config::{DocumentsAt, MailBy},
    documents::{Documents, scan::Scanner},
    http::{self, Http},
    mail::{Mailboxes, Post, worker},
    scratch::Scratch,
    serving::{self, Pace},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{Browser, Database, stage};

/// The instant at which every test begins: a Wednesday morning in Oregon.
#[must_use]
pub fn beginning() -> Instant {
    Utc.with_ymd_and_hms(2026, 3, 4, 17, 0, 0).unwrap()
}

/// What can differ from app to app.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Address of the site; its own by default.
    pub base_url: Option<String>,
    /// Limits; generous by default.
    pub limits: Option<Limits>,
    /// Clock; one of its own by default.
    pub clock: Option<Clock>,
    /// Virus scanner; none by default.
    pub scanner: Option<Scanner>,
    /// Where documents lie; beside the database by default.
    pub documents: Option<DocumentsAt>,
    /// How mail leaves; into memory by default.
    pub mail: Option<MailBy>,
    /// Proxies that are believed; none by default.
    pub trusted_proxies: Vec<IpAddr>,
    /// Limits on what clients leave half done; those of the product by default.
    pub pace: Option<Pace>,
    /// How long an SMTP or S3 server may fail before it counts as not there; by default so long that a busy machine does not matter.
    pub patience: Option<std::time::Duration>,
    /// Token of the metrics; none by default.
    pub metrics_token: Option<String>,
}

/// How long an SMTP or S3 server may fail where a test waits for that.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
/// And where none does.
const GENEROUS: std::time::Duration = std::time::Duration::from_secs(30);

/// A running Recoup: the real router on a port of its own, mail in memory, a clock that stands still.
pub struct App {
    /// The business.
    pub recoup: Recoup,
    /// Time.
    pub clock: Clock,
    /// Documents.
    pub documents: Documents,
    /// Address, without a slash at the end.
    pub address: String,
    /// Every route.
    pub routes: Vec<(Method, &'static str)>,
    database: Database,
    post: Post,
    mailbox: Mailboxes,
    server: JoinHandle<usize>,
    stop: watch::Sender<bool>,
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        self.server.abort();
    }
}

impl App {
    /// Starts on a database.
    pub async fn start(database: &Database) -> Self {
        Self::start_with(database, Options::default()).await
    }

    /// Starts with something different.
    pub async fn start_with(database: &Database, options: Options) -> Self {
        // As the product does: one TLS library for all, set up once.
        let _ = rustls::crypto::ring::default_provider().install_default();
        server::apart::use_program_above();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let clock = options.clock.unwrap_or_else(|| Clock::fixed(beginning()));
        let recoup = Recoup::new(
            database.store().await,
            clock.clone(),
            Random::System,
            options.base_url.as_deref().unwrap_or(&address),
            options.limits.unwrap_or_default(),
        )
        .await
        .unwrap();
        let patience = options.patience.unwrap_or(GENEROUS);
        let at = options.documents.unwrap_or_else(|| DocumentsAt::Directory(database.directory().join("documents")));
        let documents = Documents::open_within(&at, Random::System, patience).unwrap().with_scanner(options.scanner);
        let (memory, mailbox) = Post::memory().unwrap();
        let post =
            options.mail.map_or(memory, |by| Post::open_within(&by, "Recoup <claims@example.org>", patience).unwrap());
        let scratch = Scratch::open(database.directory(), Random::System).unwrap();
        let proxies = options.trusted_proxies.clone().into();
        let http = Http::new(recoup.clone(), documents.clone(), scratch, options.trusted_proxies);
        let (site, routes) = http::site(&http.with_metrics_token(options.metrics_token.as_deref()));
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serving::serve(listener, site, options.pace.unwrap_or_default(), proxies, stopped));
        Self { recoup, clock, documents, address, routes, database: database.clone(), post, mailbox, server, stop }
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Matches what is to be matched, builds filings, looks for what people are to be told of, then delivers every mail that is due.
    pub async fn run_jobs(&self) {
        while Box::pin(match_case::run_due(&self.recoup, &self.recoup.random.token())).await.unwrap() > 0 {}
        // Boxed: what a test awaits lies on the small stack of a worker thread.
        while Box::pin(server::filings::run_due(&self.recoup, &self.documents, &self.recoup.random.token()))
            .await
            .unwrap()
            > 0
        {}
        Box::pin(look::look(&self.recoup)).await.unwrap();
        let (_go_on, never) = watch::channel(false);
        while self.deliver(&never).await > 0 {}
    }

    /// Delivers mails that are due as a process does that may be told to stop; gives how many.
    pub async fn deliver(&self, stop: &watch::Receiver<bool>) -> usize {
        worker::run_once(&self.recoup, &self.post, &self.recoup.random.token(), stop).await.unwrap()
    }

    /// Every mail that was delivered by this app, oldest first, after the jobs have run.
    pub async fn mails(&self) -> Vec<Mail> {
        self.run_jobs().await;
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last mail of a kind to an address.
    pub async fn mail(&self, kind: &str, to: &str) -> Mail {
        let mails = self.mails().await;
        let found = mails.iter().rev().find(|mail| mail.kind == kind && mail.recipient.eq_ignore_ascii_case(to));
        found.cloned().unwrap_or_else(|| {
            let seen: Vec<_> = mails.iter().map(|mail| format!("{} to {}", mail.kind, mail.recipient)).collect();
            panic!("no mail “{kind}” to {to}; there are {seen:?}")
        })
    }

    /// The path of the link in the last mail of a kind to an address.
    pub async fn mailed_path(&self, kind: &str, to: &str) -> String {
        let mail = self.mail(kind, to).await;
        let link = mail.body_text.split_whitespace().find(|word| word.starts_with("http")).expect("a link in the mail");
        link.strip_prefix(&*self.recoup.base_url).expect("a link to this site").to_owned()
    }

    /// Moves the clock.
    pub fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// A browser without cookies.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(&self.address)
    }

    /// A browser in which `email` has signed in with [`stage::PASSWORD`], through the page.
    pub async fn signed_in(&self, email: &str) -> Browser {
        let browser = self.browser();
        let page = browser.get("/sign-in").await;
        let form = page.form("/sign-in").fill("email", email).fill("password", stage::PASSWORD);
        let page = browser.send(form).await;
        page.expect_status(200);
        browser
    }

    /// A browser in which an account is signed in by a session put into the store: for tests that are not about signing in.
    pub async fn browser_of(&self, actor: &Actor) -> Browser {
        let browser = self.browser();
        // 128 random bits in base64 for URLs: the form of a session's id, and of every token.
        let id = Random::System.token();
        let now = self.clock.now();
        let data = serde_json::json!({ "account": actor.account, "since": now.timestamp(), "seen": now.timestamp(), "client": "test" });
        let mut tx = self.recoup.store.write().await.unwrap();
        let hash = claims::actions::links::hash(&id);
        let until = now + server::sessions::idle();
        claims::store::sessions::save(&mut tx, &hash, Some(actor.account), &data, "test", until, now).await.unwrap();
        tx.commit().await.unwrap();
        browser.set_cookie(if self.recoup.base_url.starts_with("https") { "__Host-recoup" } else { "recoup" }, &id);
        browser
    }
}
