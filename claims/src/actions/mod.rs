//! Use cases: each is one function, asks [`crate::access`] first, and does its work in one transaction.

use std::sync::Arc;

use chrono::Duration;

use crate::{
    AccountId, CaseId, Clock, Instant,
    access::{Action, Actor, Refusal},
    intake::{Answers, FieldError},
    mail::{TemplateError, Templates},
    passwords::{HashingFailed, Passwords},
    random::Random,
    store::{self, Store, Tx},
};

pub mod account;
mod account_acts;
pub mod amend;
pub mod begin_import;
pub mod build_filing;
pub mod case_change;
pub mod cases;
pub mod claim_view;
pub mod counsel;
pub mod decide_match;
pub mod decide_overlap;
pub mod discard;
pub mod documents;
pub mod edit_lines;
pub mod filing_files;
pub mod import_statement;
pub mod imports;
pub mod letters;
pub mod limits;
pub mod links;
pub mod look_after_mail;
pub mod mail_templates;
pub mod match_case;
pub mod notices;
pub mod on_statements;
mod once;
pub mod overlap_pairs;
pub mod overlap_view;
pub mod own_mail;
pub mod publish_news;
pub mod purge;
mod restate_drafts;
pub mod review;
pub mod same_lines;
pub mod save_step;
pub mod second_factor;
pub mod seen;
pub mod sign_in;
pub mod start_claim;
pub mod submit_claim;
pub mod undo_import;
pub mod withdraw;
pub mod write_to_many;

pub use limits::Limits;

/// What every action needs: the store, time, randomness, mails, and the installation's settings. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Recoup {
    /// Database.
    pub store: Store,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Password hashing.
    pub passwords: Passwords,
    /// Mail templates.
    pub mails: Arc<Templates>,
    /// Address of the site without a slash at the end, for links in mails.
    pub base_url: Arc<str>,
    /// Limits of the installation.
    pub limits: Limits,
    /// Signs links; kept in the database.
    pub secret: Arc<[u8; 32]>,
    /// How far statements are read.
    pub progress: imports::Progress,
    /// How far ZIPs of letters are.
    pub zips: letters::Zips,
    /// Signs the manifests of filings (Ed25519, RFC 8032); kept in the database too, so that several processes sign alike and
    /// a restored installation as before.
    pub filing_key: Arc<[u8; 32]>,
}

impl Recoup {
    /// Puts an installation together; its secret is read from the database, or made the first time.
    ///
    /// # Errors
    /// If the database does not answer or a mail template has a mistake.
    pub async fn new(
        store: Store,
        clock: Clock,
        random: Random,
        base_url: &str,
        limits: Limits,
    ) -> Result<Self, Failure> {
        let mut tx = store.write().await?;
        let secret = installation_key(&mut tx, "secret", &random).await?;
        let filing_key = installation_key(&mut tx, "filing-key", &random).await?;
        tx.commit().await?;
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Ok(Self {
            passwords: Passwords::new(cores, random.clone())?,
            mails: Arc::new(Templates::new()?),
            store,
            clock,
            random,
            base_url: base_url.trim_end_matches('/').into(),
            limits,
            secret: Arc::new(secret),
            progress: imports::Progress::default(),
            zips: letters::Zips::default(),
            filing_key: Arc::new(filing_key),
        })
    }

    /// The absolute address of a path of the site.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

/// 32 bytes that the installation keeps in the database, made the first time.
async fn installation_key(tx: &mut Tx, name: &str, random: &Random) -> Result<[u8; 32], Failure> {
    let encoding = data_encoding::HEXLOWER;
    let text = store::accounts::installation_value(tx, name, || encoding.encode(&random.bytes::<32>())).await?;
    let bytes = encoding.decode(text.as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| {
        Failure::said(format!(
            "A key of the installation in the database is damaged: the row “{name}” of the table “installation” must hold 64 hexadecimal digits."
        ))
    })
}

/// Why an action was not done. What it is for was not changed then; that it was tried may be counted, and what a draft's page showed is
/// brought up to date. Of [`Failure::Store`] see [`Tx::commit`](store::Tx::commit).
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The person may not.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Answers are wrong; beside each field, what would be right.
    #[error("{} answers are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// It cannot be done now; the sentence says why and what to do.
    #[error("{0}")]
    Said(String),
    /// The form was opened before somebody changed what it shows; with the answers that are stored now, none where a whole draft
    /// is signed, see [`seen`].
    #[error("This was changed meanwhile, perhaps in another tab, so it was not saved. Open the page again.")]
    Changed(Answers),
    /// Tried too often.
    #[error("This was tried too often. Try again in {}.", wait_in_words(*.0))]
    TooOften(Duration),
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] store::Error),
    /// A mail could not be written.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
    /// Something that cannot happen did.
    #[error("{0}")]
    Internal(String),
}

impl Failure {
    /// A sentence for the person.
    #[must_use]
    pub fn said(sentence: impl Into<String>) -> Self {
        Self::Said(sentence.into())
    }

    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }
}

fn wait_in_words(wait: Duration) -> String {
    match wait.num_seconds() {
        ..=1 => "a second".to_owned(),
        seconds @ 2..=119 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds / 60 + i64::from(seconds % 60 > 0)),
    }
}

/// Adds an event of a case, done by a person.
async fn record(
    tx: &mut Tx,
    case_id: CaseId,
    account: AccountId,
    kind: &'static str,
    details: serde_json::Value,
    now: Instant,
) -> Result<(), Failure> {
    let event = store::events::NewEvent { case_id, claim_id: None, account: Some(account), kind, details };
    store::events::add(tx, &event, now).await?;
    Ok(())
}

/// The person, if they may.
fn permit(actor: &Actor, action: Action) -> Result<(), Failure> {
    Ok(actor.may(action)?)
}
