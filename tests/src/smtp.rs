//! A real SMTP server on loopback, with moods and with TLS by certificates of its own making.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// How the server feels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mood {
    /// It takes every mail.
    Takes,
    /// It refuses every recipient with this answer.
    Refuses(&'static str),
    /// It takes mails for everybody but one.
    Knows {
        /// Whom it refuses.
        not: &'static str,
    },
    /// It says nothing any more once it has the mail.
    Hangs,
    /// It keeps the mail and closes the connection before it says so.
    DropsAfterData,
    /// It closes the connection at once.
    Away,
    /// It greets nobody.
    Sulks,
    /// It knows no password.
    KnowsNoPassword,
    /// It takes nothing from our address.
    TakesNothingFromUs,
}

/// A mail that the server keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Who it is for, by the envelope.
    pub to: String,
    /// Its Message-ID.
    pub id: String,
    /// All of it.
    pub text: String,
    /// Whether it came over TLS.
    pub over_tls: bool,
    /// Whether the server said that it keeps it.
    pub accepted: bool,
}

/// What happens when the server has a mail.
type Then = Arc<dyn Fn() + Send + Sync>;

/// The server.
#[derive(Clone)]
pub struct Smtp {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    mails: Arc<Mutex<Vec<Delivered>>>,
    then: Arc<Mutex<Option<Then>>>,
    /// Connections so far.
    pub connections: Arc<AtomicUsize>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Smtp").field("port", &self.port).finish_non_exhaustive()
    }
}

/// An authority, and what it vouches for.
#[derive(Debug)]
pub struct Authority {
    /// Its certificate.
    pub pem: String,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    /// A new one.
    #[must_use]
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { pem: issuer.pem(), issuer }
    }

    /// TLS for a server of this name.
    #[must_use]
    pub fn vouch_for(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Smtp {
    /// Starts it without TLS.
    pub async fn start() -> Self {
        Self::start_with(None).await
    }

    /// Starts it with STARTTLS.
    pub async fn start_with(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let smtp = Self {
            port,
            mood: Arc::new(Mutex::new(Mood::Takes)),
            mails: Arc::default(),
            then: Arc::default(),
            connections: Arc::default(),
        };
        let me = smtp.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                me.connections.fetch_add(1, Ordering::SeqCst);
                let (me, tls) = (me.clone(), tls.clone());
                tokio::spawn(async move { me.talk(stream, tls).await });
            }
        });
        smtp
    }

    /// Its address for the configuration; without TLS, as for a server on the same machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Its address for the configuration, with STARTTLS required.
    #[must_use]
    pub fn url_with_tls(&self) -> String {
        format!("smtp://localhost:{}?tls=required", self.port)
    }

    /// Its address for the configuration, with a password.
    #[must_use]
    pub fn url_with_password(&self) -> String {
        format!("smtp://recoup:secret@127.0.0.1:{}", self.port)
    }

    /// Does this each time when it has a mail, before it says that it keeps it.
    pub fn once_it_has_a_mail(&self, then: impl Fn() + Send + Sync + 'static) {
        *self.then.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(then));
    }

    /// Changes its mood.
    pub fn feel(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// What it keeps, oldest first.
    pub fn mails(&self) -> MutexGuard<'_, Vec<Delivered>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mood(&self) -> Mood {
        self.mood.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn talk(&self, mut stream: TcpStream, tls: Option<TlsAcceptor>) {
        if self.mood() == Mood::Away {
            return;
        }
        let greeting = if self.mood() == Mood::Sulks { "554 5.3.2 not today\r\n" } else { "220 test ESMTP\r\n" };
        if stream.write_all(greeting.as_bytes()).await.is_err() {
            return;
        }
        let Some(tls) = tls else {
            self.session(stream, false, false).await;
            return;
        };
        let Some(stream) = self.session(stream, true, false).await else { return };
        if let Ok(stream) = tls.accept(stream).await {
            self.session(stream, false, true).await;
        }
    }

    /// Talks until the client ends; gives the stream back when the client wants TLS.
    async fn session<S>(&self, stream: S, offers_tls: bool, over_tls: bool) -> Option<S>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = BufReader::new(stream);
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let answer = match line.get(..4).unwrap_or_default().to_uppercase().as_str() {
                "EHLO" if offers_tls => "250-test\r\n250 STARTTLS\r\n",
                "EHLO" => "250-test\r\n250 AUTH PLAIN\r\n",
                "AUTH" if self.mood() == Mood::KnowsNoPassword => "535 5.7.8 wrong password\r\n",
                "AUTH" => "235 2.7.0 welcome\r\n",
                "MAIL" if self.mood() == Mood::TakesNothingFromUs => "553 5.1.8 not your address\r\n",
                "STAR" => {
                    stream.write_all(b"220 go on\r\n").await.ok()?;
                    return Some(stream.into_inner());
                }
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    match self.mood() {
                        Mood::Refuses(answer) => answer,
                        Mood::Knows { not } if to == not => "550 5.1.1 no such mailbox\r\n",
                        _ => "250 ok\r\n",
                    }
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    let mut text = String::new();
                    loop {
                        let mut line = String::new();
                        if stream.read_line(&mut line).await.ok()? == 0 {
                            return None;
                        }
                        if line == ".\r\n" {
                            break;
                        }
                        text.push_str(&line);
                    }
                    let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default();
                    let mood = self.mood();
                    let accepted = !matches!(mood, Mood::Hangs | Mood::DropsAfterData);
                    let mail = Delivered { to: to.clone(), id: id.to_owned(), text: text.clone(), over_tls, accepted };
                    self.mails().push(mail);
                    let then = self.then.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    if let Some(then) = then {
                        then();
                    }
                    match mood {
                        Mood::DropsAfterData => return None,
                        Mood::Hangs => std::future::pending().await,
                        _ => "250 queued\r\n",
                    }
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).await.ok()?;
        }
    }
}
