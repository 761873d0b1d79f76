//! Mail by SMTP, step by step: whether trying again may help depends on the step at which the server refuses.

use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context;
use lettre::{
    Message,
    transport::smtp::{
        Error, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, Tls, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use percent_encoding::percent_decode_str;
use url::Url;

use super::Undelivered;

/// How long a connection waits for another mail: servers close those on which nothing is said.
const IDLE: Duration = Duration::from_secs(60);

/// What a server says that wants to know first who sends (RFC 4954): at whatever step, it is not about the mail.
const WHO_ARE_YOU: [u16; 4] = [530, 534, 535, 538];

/// A server, and how to speak with it.
#[derive(Clone)]
pub(super) struct Smtp {
    host: String,
    port: u16,
    hello: ClientId,
    tls: Tls,
    credentials: Option<Credentials>,
    /// How long the server may take for a mail.
    patience: Duration,
    /// The connection that the last mail left, and when.
    left: Arc<Mutex<Option<(AsyncSmtpConnection, Instant)>>>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Smtp").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Smtp {
    /// The server at a URL as lettre writes it: `smtp://user:password@host:port/name?tls=required`, or `smtps`. It may prove its name by
    /// certificates for which an authority in the file `ca` vouches.
    pub(super) fn at(url: &str, ca: Option<&Path>, patience: Duration) -> anyhow::Result<Self> {
        const NO_URL: &str = "the key mail is not a URL of an SMTP server";
        let url = Url::parse(url).context(NO_URL)?;
        let host = url.host_str().context(NO_URL)?.trim_matches(['[', ']']).to_owned();
        let how = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, how)| how.into_owned());
        let (port, tls) = match (url.scheme(), how.as_deref()) {
            ("smtps", _) => (SUBMISSIONS_PORT, Tls::Wrapper(proofs(&host, ca)?)),
            ("smtp", Some("required")) => (SUBMISSION_PORT, Tls::Required(proofs(&host, ca)?)),
            ("smtp", Some("opportunistic")) => (SUBMISSION_PORT, Tls::Opportunistic(proofs(&host, ca)?)),
            // Whoever names an authority wants TLS.
            ("smtp", None) if ca.is_some() => (SMTP_PORT, Tls::Required(proofs(&host, ca)?)),
            ("smtp", None) => (SMTP_PORT, Tls::None),
            _ => anyhow::bail!(NO_URL),
        };
        let decoded = |part| anyhow::Ok(percent_decode_str(part).decode_utf8().context(NO_URL)?.into_owned());
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decoded(url.username())?, decoded(password)?)),
            None => None,
        };
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        let port = url.port().unwrap_or(port);
        Ok(Self { host, port, hello, tls, credentials, patience, left: Arc::default() })
    }

    /// Delivers a mail and gives what the server said.
    pub(super) async fn deliver(&self, message: &Message) -> Result<String, Undelivered> {
        let delivering = async {
            let mut connection = self.connection().await.map_err(|error| later(&error))?;
            let said = hand_over(&mut connection, message).await;
            // A server that answers, if only to refuse, takes the next mail.
            if !matches!(&said, Err((_, error)) if error.status().is_none()) {
                *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some((connection, Instant::now()));
            }
            let said = said.map_err(|(means, error)| means(&error))?;
            Ok(format!("accepted: {} {}", said.code(), said.message().next().unwrap_or_default()))
        };
        // lettre's own limit is for connecting: a server that says nothing any more would hold all mail up for ever.
        match tokio::time::timeout(self.patience, delivering).await {
            Ok(done) => done,
            Err(_) => Err(Undelivered::Later(self.silent())),
        }
    }

    /// Whether the server takes us.
    pub(super) async fn try_out(&self) -> anyhow::Result<()> {
        match tokio::time::timeout(self.patience, self.connect()).await {
            Ok(Ok(mut connection)) => {
                // It answered, which is what was asked.
                let _ = tokio::time::timeout(self.patience, connection.quit()).await;
                Ok(())
            }
            Ok(Err(error)) => anyhow::bail!("{error}"),
            Err(_) => anyhow::bail!(self.silent()),
        }
    }

    fn silent(&self) -> String {
        format!("the SMTP server said nothing for {} seconds", self.patience.as_secs())
    }

    /// The connection that is left if it still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Error> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((mut connection, since)) = left
            && since.elapsed() < IDLE
            // This also forgets a mail that was refused half-way.
            && connection.command(Rset).await.is_ok()
        {
            return Ok(connection);
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let from_the_start = match &self.tls {
            Tls::Wrapper(proofs) => Some(proofs.clone()),
            _ => None,
        };
        let at = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(at, Some(self.patience), &self.hello, from_the_start, None).await?;
        match &self.tls {
            Tls::Required(proofs) => connection.starttls(proofs.clone(), &self.hello).await?,
            Tls::Opportunistic(proofs) if connection.can_starttls() => {
                connection.starttls(proofs.clone(), &self.hello).await?;
            }
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// What an error means at the step at which it came.
type Means = fn(&Error) -> Undelivered;

/// Hands a mail over.
async fn hand_over(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<Response, (Means, Error)> {
    let (envelope, text) = (message.envelope(), message.formatted());
    let mut options = Vec::new();
    if !envelope.to().iter().chain(envelope.from()).all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
        options.push(MailParameter::SmtpUtfEight);
    }
    if !text.is_ascii() {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let later = |error| (later as Means, error);
    let refused = |error| (refused as Means, error);
    // Our own address is the same for all mails, and so is what keeps a server from taking it.
    connection.command(Mail::new(envelope.from().cloned(), options)).await.map_err(later)?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), Vec::new())).await.map_err(refused)?;
    }
    connection.command(Data).await.map_err(refused)?;
    connection.message(&text).await.map_err(refused)
}

/// What has nothing to do with the mail: no connection, no greeting, no sign-in, nothing for us. It is for the operator to mend.
fn later(error: &Error) -> Undelivered {
    Undelivered::Later(error.to_string())
}

/// What a server says of whom a mail is for, and of what it says.
fn refused(error: &Error) -> Undelivered {
    let about_us = error.status().is_some_and(|code| WHO_ARE_YOU.contains(&u16::from(code)));
    if error.is_permanent() && !about_us { Undelivered::Never(error.to_string()) } else { later(error) }
}

/// TLS by certificates for which an authority of the system, or one in a file, vouches.
fn proofs(host: &str, ca: Option<&Path>) -> anyhow::Result<TlsParameters> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(ca) = ca {
        let about = || format!("the file {} (key mail_ca) holds no certificates that can be read", ca.display());
        let pem = std::fs::read(ca).with_context(about)?;
        for certificate in split_pem(&pem) {
            parameters = parameters.add_root_certificate(Certificate::from_pem(certificate).with_context(about)?);
        }
    }
    Ok(parameters.build()?)
}

/// The certificates of a file, one by one.
fn split_pem(pem: &[u8]) -> Vec<&[u8]> {
    const END: &[u8] = b"-----END CERTIFICATE-----";
    let mut found = Vec::new();
    let mut rest = pem;
    while let Some(end) = rest.windows(END.len()).position(|part| part == END) {
        let (one, after) = rest.split_at(end + END.len());
        found.push(one);
        rest = after;
    }
    // A file without any is refused by whoever reads it.
    if found.is_empty() { vec![pem] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_all_that_is_to_be_known_of_a_server() {
        let at = |url: &str| Smtp::at(url, None, Duration::from_secs(1));
        for (url, host, port) in [
            ("smtp://localhost", "localhost", 25),
            ("smtp://[::1]:2525", "::1", 2525),
            ("smtp://mail.example.org?tls=required", "mail.example.org", 587),
            ("smtps://mail.example.org", "mail.example.org", 465),
        ] {
            let smtp = at(url).unwrap();
            assert_eq!((smtp.host.as_str(), smtp.port, smtp.credentials.is_none()), (host, port, true), "{url}");
        }
        assert!(matches!(at("smtp://localhost").unwrap().tls, Tls::None));
        assert!(matches!(at("smtp://mail.example.org?tls=required").unwrap().tls, Tls::Required(_)));
        assert!(matches!(at("smtps://mail.example.org").unwrap().tls, Tls::Wrapper(_)));

        let signed_in = at("smtps://u%40example.org:p%2B%3A%2F@mail.example.org:999/our.name").unwrap();
        let credentials = Credentials::new("u@example.org".to_owned(), "p+:/".to_owned());
        assert!(signed_in.credentials == Some(credentials) && signed_in.port == 999);
        assert_eq!(signed_in.hello, ClientId::Domain("our.name".to_owned()));
        assert!(!format!("{signed_in:?}").contains("p+"), "the password is told to nobody");
        for wrong in ["mail.example.org", "http://mail.example.org", "smtp://mail.example.org?tls=none"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }
}
