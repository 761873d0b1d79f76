//! Letters of a claim, as data: receipt, letter of direction, demand for return of stock. Rendering is apart, in the crate
//! `render`.
//!
//! [`Letter`] is what is frozen when a letter is made: its words with every placeholder filled, to whom it goes, and the sent
//! version that it is about, by its hash. Sent versions never change, so [`Contents`], the letter with that version read, gives
//! the same bytes whenever it is typeset.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    Instant,
    frozen::FrozenClaim,
    intake::{Answers, steps::Step},
    line::{Basis, Category},
};

mod catalogue;
mod earlier;
mod placeholders;
mod receipt;
mod state;
mod stock;
#[cfg(test)]
mod tests;
mod texts;

pub use catalogue::{Entry, catalogue, others, sums};
pub use receipt::{Lines, MOST_LINES, Sum, answered, lines, sums as receipt_sums, total_name};
pub use state::{DIRECTION_STEP, RETURN_STEP, State, StepTaken, read_step};
pub use stock::{Stock, stock};
pub use texts::{FORM, Texts, defaults, has_agreement, known_in_words, offered, read_kept_texts, read_texts};

/// The number of the format below; a change that an old reader would misread gets a new one.
pub const FORMAT: u32 = 1;

/// What a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// To the claimant: what was received.
    Receipt,
    /// From the distributor to the aggregator: pay the claimant directly. Counsel draft it, the distributor signs it.
    Direction,
    /// To whoever holds the copies: give them back.
    Return,
}

impl LetterKind {
    /// The kinds that counsel write. Receipts write themselves.
    pub const OF_COUNSEL: [Self; 2] = [Self::Direction, Self::Return];

    /// The name in storage and addresses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Direction => "direction",
            Self::Return => "return",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        [Self::Receipt, Self::Direction, Self::Return].into_iter().find(|kind| kind.key() == key)
    }

    /// The name on pages and on the letter.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Receipt => "Receipt",
            Self::Direction => "Letter of direction",
            Self::Return => "Demand for return of stock",
        }
    }

    /// The lines that such a letter is about; a receipt is about all of them.
    #[must_use]
    pub const fn category(self) -> Option<Category> {
        match self {
            Self::Receipt => None,
            Self::Direction => Some(Category::DigitalRoyalties),
            Self::Return => Some(Category::HeldInventory),
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Direction => "letter-of-direction",
            Self::Return => "demand-for-return",
        }
    }
}

/// Somebody to whom a letter goes, or who signs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Lines of the address; none if it is not known.
    pub address: Vec<String>,
}

/// A letter, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// [`FORMAT`].
    pub format: u32,
    /// What it is.
    pub kind: LetterKind,
    /// Number of the claim.
    pub number: String,
    /// The sent version that it is about.
    pub version: i64,
    /// Hash of that version's canonical text.
    pub sha256: String,
    /// When it was made.
    pub made_at: Instant,
    /// The day of that moment in the zone of the case.
    pub day: NaiveDate,
    /// When the version was received, in words; empty but for receipts.
    pub received: String,
    /// Title of the case.
    pub case_title: String,
    /// Whom to ask about the case.
    pub contact: String,
    /// To whom it goes.
    pub to: Party,
    /// Who directs the payments; empty but for letters of direction.
    pub directing: Party,
    /// From which day on payments are directed; if it is not given, from the day of the signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<NaiveDate>,
    /// Paragraphs, with every placeholder filled.
    pub words: Vec<String>,
    /// Of a receipt: number and hash of the entry that records what was sent, the head of the case's log at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logged: Option<(i64, String)>,
    /// Of a receipt: the basis of stock in the totals of the case at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filing_basis: Option<Basis>,
}

impl Letter {
    /// The canonical text: JSON with sorted keys, no white space.
    ///
    /// # Errors
    /// Only if the data cannot be written as JSON, which no value of this type does.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_value(self).map(|value| value.to_string())
    }

    /// Reads a canonical text.
    ///
    /// # Errors
    /// If it is not one.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The name of its file: `ALG-000123-K-letter-of-direction.pdf`.
    #[must_use]
    pub fn file_name(&self) -> String {
        let version = if self.kind == LetterKind::Receipt { format!("-v{}", self.version) } else { String::new() };
        format!("{}-{}{version}.pdf", self.number, self.kind.file())
    }
}

/// A letter with the version that it is about.
#[derive(Debug, Clone)]
pub struct Contents {
    /// The letter.
    pub letter: Letter,
    /// What was signed.
    pub claim: FrozenClaim,
}

impl Contents {
    /// The answers of a step as signed.
    #[must_use]
    pub fn answers(&self, step: Step) -> Answers {
        self.claim.answers.get(step.key()).cloned().unwrap_or_default()
    }

    /// The claimant with the address that was signed.
    #[must_use]
    pub fn claimant(&self) -> Party {
        claimant(&self.claim)
    }
}

/// The claimant of a version, with the address that was signed.
#[must_use]
pub fn claimant(claim: &FrozenClaim) -> Party {
    let none = Answers::default();
    let answers = claim.answers.get(Step::Claimant.key()).unwrap_or(&none);
    let place = [answers.get("city"), answers.get("region"), answers.get("postcode")];
    let place = place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let lines = [answers.get("street").to_owned(), place, answers.get("country").to_owned()];
    Party {
        name: answers.get("legal_name").to_owned(),
        address: lines.into_iter().filter(|line| !line.is_empty()).collect(),
    }
}

/// What of the claim a letter needs to be written; made by [`write`].
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// What is written.
    pub kind: LetterKind,
    /// The claim.
    pub claim: &'a FrozenClaim,
    /// Hash of its canonical text.
    pub sha256: &'a str,
    /// Title of the case.
    pub case_title: &'a str,
    /// Whom to ask about the case.
    pub contact: &'a str,
    /// Now.
    pub at: Instant,
    /// Today, in the zone of the case.
    pub day: NaiveDate,
    /// When the version was received, in words.
    pub received: &'a str,
    /// What counsel set.
    pub texts: &'a Texts,
}

/// Writes a letter. `None` if the claim has no line that such a letter is about.
#[must_use]
pub fn write(order: &Order<'_>) -> Option<Letter> {
    let Order { kind, claim, texts, .. } = *order;
    let needed = match kind {
        LetterKind::Receipt => true,
        LetterKind::Direction => !catalogue(claim, &texts.aggregator.name).is_empty(),
        LetterKind::Return => !stock(claim).is_empty(),
    };
    let values = placeholders::values(order);
    let words = crate::placeholders::fill(texts.of(kind, claim), &values);
    let (to, directing) = match kind {
        LetterKind::Receipt => (claimant(claim), Party::default()),
        LetterKind::Direction => (texts.aggregator.clone(), texts.distributor.clone()),
        LetterKind::Return => (texts.holder.clone(), Party::default()),
    };
    needed.then(|| Letter {
        format: FORMAT,
        kind,
        number: claim.number.clone(),
        version: claim.version,
        sha256: order.sha256.to_owned(),
        made_at: order.at,
        day: order.day,
        received: if kind == LetterKind::Receipt { order.received.to_owned() } else { String::new() },
        case_title: order.case_title.to_owned(),
        contact: order.contact.to_owned(),
        to,
        directing,
        effective: if kind == LetterKind::Direction { texts.effective } else { None },
        words: paragraphs(&words),
        logged: None,
        filing_basis: None,
    })
}

/// The paragraphs of a text: an empty line stands between two.
fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
