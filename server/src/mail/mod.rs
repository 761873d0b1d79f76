//! Mail: three transports behind one type, and the worker that empties the outbox.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use claims::store::outbox::Mail;
use lettre::{
    Message,
    message::{
        Attachment, Mailbox, MultiPart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use smtp::Smtp;

use crate::config::MailBy;

/// How long an SMTP server may take for a mail: less than a process has that is told to stop (`stop_seconds`), so that what became of the
/// mail in hand is still written down.
const SMTP_PATIENCE: Duration = Duration::from_secs(25);

mod smtp;
pub mod worker;

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Post {
    transport: Transport,
    from: Mailbox,
}

#[derive(Debug, Clone)]
enum Transport {
    Smtp(Smtp),
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
            MailBy::Smtp { url, ca } => Transport::Smtp(Smtp::at(url, ca.as_deref(), patience)?),
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
            Transport::Smtp(smtp) => smtp.deliver(&message).await,
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
            Transport::Smtp(smtp) => smtp.try_out().await.map(|()| "the SMTP server answers".to_owned()),
        }
    }
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
