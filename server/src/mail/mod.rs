//! Mail: three transports behind one type, and the worker that empties the outbox.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use claims::store::outbox::Mail;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Attachment, Mailbox, MultiPart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        self,
        client::{Certificate, Tls, TlsParameters},
    },
};

use crate::config::MailBy;

/// How long an SMTP server may take for a mail: less than a process has that is told to stop (`stop_seconds`), so that what became of the
/// mail in hand is still written down.
const SMTP_PATIENCE: Duration = Duration::from_secs(25);

/// What a server says that wants to know first who sends (RFC 4954): at whatever step, it is not about the mail.
const WHO_ARE_YOU: [u16; 4] = [530, 534, 535, 538];

/// What a server says of our own address (RFC 3463), which is the same for all mails.
const SENDER: [&str; 2] = ["5.1.7", "5.1.8"];

pub mod worker;

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Post {
    transport: Transport,
    from: Mailbox,
}

#[derive(Debug, Clone)]
enum Transport {
    /// With how long the server may take for a mail.
    Smtp(AsyncSmtpTransport<Tokio1Executor>, Duration),
    Files(PathBuf),
    Memory(Mailboxes),
}

/// Mail kept in memory, for tests.
pub type Mailboxes = Arc<Mutex<Vec<Mail>>>;

/// Why a mail did not leave.
#[derive(Debug)]
pub enum Undelivered {
    /// Trying again may help: it is not about this mail, or not for good.
    Later(String),
    /// Trying again cannot help: nobody takes this mail.
    Never(String),
}

impl Post {
    /// Opens a transport.
    ///
    /// # Errors
    /// If the directory cannot be made or the configuration is wrong.
    pub fn open(by: &MailBy, from: &str) -> anyhow::Result<Self> {
        Self::open_within(by, from, SMTP_PATIENCE)
    }

    /// Opens a transport whose server may take so long to answer.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_within(by: &MailBy, from: &str, patience: Duration) -> anyhow::Result<Self> {
        let transport = match by {
            MailBy::Files(directory) => {
                crate::backup::make_folder(directory).context("the mail directory (key mail)")?;
                Transport::Files(directory.clone())
            }
            MailBy::Smtp { url, ca } => {
                let mut smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .context("the key mail is not a URL of an SMTP server")?;
                if let Some(ca) = ca {
                    smtp = smtp.tls(trusting(url, ca)?);
                }
                Transport::Smtp(smtp.timeout(Some(patience)).build(), patience)
            }
        };
        Ok(Self { transport, from: from.parse().context("the key mail_from is not an address")? })
    }

    /// Mail into memory.
    ///
    /// # Errors
    /// Never: the address is fixed.
    pub fn memory() -> anyhow::Result<(Self, Mailboxes)> {
        let boxes = Mailboxes::default();
        Ok((Self { transport: Transport::Memory(boxes.clone()), from: "Recoup <recoup@localhost>".parse()? }, boxes))
    }

    /// Delivers one mail.
    ///
    /// # Errors
    /// [`Undelivered`], which says whether trying again may help.
    pub async fn deliver(&self, mail: &Mail) -> Result<String, Undelivered> {
        let message =
            self.message(mail).map_err(|error| Undelivered::Never(format!("the mail cannot be written: {error:#}")))?;
        match &self.transport {
            Transport::Memory(boxes) => {
                boxes.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
                Ok("kept in memory".to_owned())
            }
            Transport::Files(directory) => {
                write_file(directory, mail, &message).await.map_err(|error| Undelivered::Later(format!("{error:#}")))
            }
            // lettre's own limit is for connecting: a server that says nothing any more would hold all mail up for ever.
            Transport::Smtp(smtp, patience) => match tokio::time::timeout(*patience, smtp.send(message)).await {
                Ok(Ok(response)) => {
                    Ok(format!("accepted: {} {}", response.code(), response.message().next().unwrap_or_default()))
                }
                Ok(Err(error)) if error.is_permanent() && refuses_the_mail(smtp, *patience, &error).await => {
                    Err(Undelivered::Never(error.to_string()))
                }
                Ok(Err(error)) => Err(Undelivered::Later(error.to_string())),
                Err(_) => Err(Undelivered::Later(silent(*patience))),
            },
        }
    }

    fn message(&self, mail: &Mail) -> anyhow::Result<Message> {
        let domain = self.from.email.domain();
        let header = |name: &'static str, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        let words = MultiPart::alternative_plain_html(mail.body_text.clone(), mail.body_html.clone());
        let body = match mail.attachments.as_slice() {
            [] => words,
            files => files.iter().try_fold(MultiPart::mixed().multipart(words), |body, file| {
                let part =
                    Attachment::new(file.name.clone()).body(file.bytes.clone(), ContentType::parse(file.media_type)?);
                anyhow::Ok(body.singlepart(part))
            })?,
        };
        let mut message = Message::builder();
        if !mail.unsubscribe.is_empty() {
            message = message.raw_header(header("List-Unsubscribe", format!("<{}>", mail.unsubscribe)));
            // One click ends the mails (RFC 8058), which asks for an address under TLS.
            if mail.unsubscribe.starts_with("https://") {
                message = message.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
            }
        }
        // What does not read as one address is no header at all: nothing typed can add another.
        if let Ok(address) = mail.reply_to.parse::<Mailbox>() {
            message = message.reply_to(address);
        }
        message
            .from(self.from.clone())
            .to(mail.recipient.parse()?)
            .subject(&mail.subject)
            // Always the same for the same mail: a mailbox that gets it twice after a crash can tell.
            .message_id(Some(format!("<recoup-{}-{}@{domain}>", mail.id, mail.created_at.timestamp_micros())))
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
            .multipart(body)
            .context("the mail has a part that cannot be written")
    }

    /// Whether the transport answers.
    ///
    /// # Errors
    /// What failed.
    pub async fn try_out(&self) -> anyhow::Result<String> {
        match &self.transport {
            Transport::Memory(_) => Ok("memory".to_owned()),
            Transport::Files(directory) => {
                let probe = directory.join(".doctor");
                tokio::fs::write(&probe, b"recoup doctor")
                    .await
                    .with_context(|| format!("{} cannot be written", directory.display()))?;
                tokio::fs::remove_file(&probe).await?;
                Ok(format!("files in {}", directory.display()))
            }
            Transport::Smtp(smtp, patience) => match tokio::time::timeout(*patience, smtp.test_connection()).await {
                Ok(Ok(true)) => Ok("the SMTP server answers".to_owned()),
                Ok(Ok(false)) => anyhow::bail!("the SMTP server answered, but not as one"),
                Ok(Err(error)) => anyhow::bail!("{error}"),
                Err(_) => anyhow::bail!(silent(*patience)),
            },
        }
    }
}

/// Whether a server that refused for good refused the mail, and not us: lettre does not tell at which step it did. One that does not greet
/// us any more, or does not take our sign-in, is for the operator to mend, and the mails wait.
async fn refuses_the_mail(
    smtp: &AsyncSmtpTransport<Tokio1Executor>,
    patience: Duration,
    refusal: &smtp::Error,
) -> bool {
    let asks_who = refusal.status().is_some_and(|code| WHO_ARE_YOU.contains(&u16::from(code)));
    let said = refusal.to_string();
    if asks_who || SENDER.iter().any(|code| said.contains(code)) {
        return false;
    }
    matches!(tokio::time::timeout(patience, smtp.test_connection()).await, Ok(Ok(true)))
}

fn silent(patience: Duration) -> String {
    format!("the SMTP server said nothing for {} seconds", patience.as_secs())
}

/// TLS as the URL asks for it, by certificates that an authority in a file may vouch for as well.
fn trusting(url: &str, ca: &std::path::Path) -> anyhow::Result<Tls> {
    let about = || format!("the file {} (key mail_ca) holds no certificates that can be read", ca.display());
    let pem = std::fs::read(ca).with_context(about)?;
    let url = url::Url::parse(url).context("the key mail is not a URL")?;
    let mut parameters = TlsParameters::builder(url.host_str().unwrap_or_default().to_owned());
    for certificate in split_pem(&pem) {
        parameters = parameters.add_root_certificate(Certificate::from_pem(certificate).with_context(about)?);
    }
    let parameters = parameters.build()?;
    let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    Ok(match (url.scheme(), tls.as_deref()) {
        ("smtps", _) => Tls::Wrapper(parameters),
        (_, Some("opportunistic")) => Tls::Opportunistic(parameters),
        // Whoever names an authority wants TLS.
        _ => Tls::Required(parameters),
    })
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

/// Writes `000123-kind.eml` whole or not at all.
async fn write_file(directory: &std::path::Path, mail: &Mail, message: &Message) -> anyhow::Result<String> {
    let name = format!("{:06}-{}.eml", mail.id.0, mail.kind);
    let half = directory.join(format!(".{name}"));
    tokio::fs::write(&half, message.formatted())
        .await
        .with_context(|| format!("{} cannot be written", half.display()))?;
    tokio::fs::rename(&half, directory.join(&name)).await?;
    Ok(format!("written to {name}"))
}
