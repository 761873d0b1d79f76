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
};

use crate::config::MailBy;

pub mod worker;

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Post {
    transport: Transport,
    from: Mailbox,
}

#[derive(Debug, Clone)]
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(PathBuf),
    Memory(Mailboxes),
}

/// Mail kept in memory, for tests.
pub type Mailboxes = Arc<Mutex<Vec<Mail>>>;

/// Why a mail did not leave.
#[derive(Debug)]
pub enum Undelivered {
    /// Trying again may help.
    Later(String),
    /// Trying again cannot help.
    Never(String),
}

impl Post {
    /// Opens a transport.
    ///
    /// # Errors
    /// If the directory cannot be made or the configuration is wrong.
    pub fn open(by: &MailBy, from: &str) -> anyhow::Result<Self> {
        let transport = match by {
            MailBy::Files(directory) => {
                std::fs::create_dir_all(directory)
                    .with_context(|| format!("the mail directory {} cannot be made", directory.display()))?;
                Transport::Files(directory.clone())
            }
            MailBy::Smtp(url) => {
                let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .context("the key mail is not a URL of an SMTP server")?;
                Transport::Smtp(smtp.timeout(Some(Duration::from_secs(30))).build())
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
            Transport::Smtp(smtp) => match smtp.send(message).await {
                Ok(response) => {
                    Ok(format!("accepted: {} {}", response.code(), response.message().next().unwrap_or_default()))
                }
                Err(error) if error.is_permanent() => Err(Undelivered::Never(in_words(&error))),
                Err(error) => Err(Undelivered::Later(in_words(&error))),
            },
        }
    }

    fn message(&self, mail: &Mail) -> anyhow::Result<Message> {
        let domain = self.from.email.domain();
        let words = MultiPart::alternative_plain_html(mail.body_text.clone(), mail.body_html.clone());
        let body = match mail.attachments.as_slice() {
            [] => words,
            files => files.iter().try_fold(MultiPart::mixed().multipart(words), |body, file| {
                let part =
                    Attachment::new(file.name.clone()).body(file.bytes.clone(), ContentType::parse(file.media_type)?);
                anyhow::Ok(body.singlepart(part))
            })?,
        };
        Message::builder()
            .from(self.from.clone())
            .to(mail.recipient.parse()?)
            .subject(&mail.subject)
            // Always the same for the same mail: a mailbox that gets it twice after a crash can tell.
            .message_id(Some(format!("<recoup-{}-{}@{domain}>", mail.id, mail.created_at.timestamp_micros())))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
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
            Transport::Smtp(smtp) => match smtp.test_connection().await {
                Ok(true) => Ok("the SMTP server answers".to_owned()),
                Ok(false) => anyhow::bail!("the SMTP server answered, but not as one"),
                Err(error) => anyhow::bail!(in_words(&error)),
            },
        }
    }
}

fn in_words(error: &lettre::transport::smtp::Error) -> String {
    use std::error::Error;
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
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
