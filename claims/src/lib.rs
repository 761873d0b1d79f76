//! The business of Recoup: what a claim is, what may be typed into it, what it adds up to, who may see and do what.
//!
//! Without the feature `store` the crate is pure rules, which also compile to wasm. With it come the database, the
//! actions (one use case, one transaction each) and the mails they cause.

pub mod access;
pub mod case;
pub mod clock;
pub mod declaration;
pub mod file_size;
pub mod filing;
pub mod frozen;
pub mod identifiers;
pub mod ids;
pub mod intake;
pub mod letters;
pub mod line;
pub mod matching;
pub mod money;
pub mod overlap;
pub mod period;
pub mod place;
mod placeholders;
pub mod spreadsheet;
#[cfg(feature = "statements")]
pub mod statements;
pub mod status;
pub mod totals;
pub mod unreadable;

#[cfg(feature = "store")]
pub mod actions;
#[cfg(feature = "store")]
pub mod background;
#[cfg(feature = "store")]
pub mod case_change;
#[cfg(feature = "store")]
pub mod deadline;
#[cfg(feature = "store")]
pub mod export;
#[cfg(feature = "store")]
pub mod mail;
#[cfg(feature = "store")]
pub mod notices;
#[cfg(feature = "store")]
pub mod passwords;
#[cfg(feature = "store")]
pub mod random;
#[cfg(feature = "store")]
pub mod second_factor;
#[cfg(feature = "store")]
pub mod store;

pub use clock::{Clock, Instant};
pub use ids::{
    AccountId, BuildId, CaseDocumentId, CaseId, ClaimId, ClaimantId, DocumentId, EvidenceId, FilingId, ImportId,
    LetterId, LineId, MailId, MailTemplateId, MailingId, MatchId, NewsId, NoticeId, OverlapId, ReleaseId, VersionId,
};
