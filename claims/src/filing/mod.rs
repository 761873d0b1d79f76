//! A filing: what counsel takes to court, as data. Rendering is apart, in the crate `render`.
//!
//! [`Filing`] is what is frozen: the moment, the case as it then stood, each claim in force by number, version and hash, the
//! exhibits with their Bates numbers, how claims are related, and the figures. Sent versions never change, so a filing names
//! them by their hashes instead of copying them; [`Contents`] is the filing with those versions read and checked.
//! Everything that is written into a file comes from [`Contents`] alone, so that the same filing gives the same bytes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    Instant,
    declaration::{Declaration, Forum},
    line::Basis,
    money::{Currency, grouped_units},
};

pub mod bates;
mod caption;
mod chronology;
mod claimants;
mod contents;
mod decided;
mod difference;
pub mod manifest;
pub mod public;
pub mod schedules;
mod secrets;
mod settings;
mod table;
mod tables;
#[cfg(test)]
mod tests;
mod too_large;
mod unused;

pub use contents::{Contents, FiledClaim, Mismatch, Portal};
pub use difference::{Difference, Moved, difference};
pub use settings::{FORM, FilingSettings, Sworn, corrected, declaration, defaults, read_settings};
pub use table::{Cell, Column, Table};
pub use tables::{all as tables, claimant_name, difference_table};
pub use unused::{Run, unused};

/// SHA-256 of a file that comes in pieces, in a browser or on the server.
#[derive(Debug, Clone, Default)]
pub struct FileHash(sha2::Sha256);

impl FileHash {
    /// Takes a piece.
    pub fn update(&mut self, bytes: &[u8]) {
        sha2::Digest::update(&mut self.0, bytes);
    }

    /// The hash in hexadecimal.
    #[must_use]
    pub fn finish(self) -> String {
        data_encoding::HEXLOWER.encode(&sha2::Digest::finalize(self.0))
    }
}

/// The number of the format below; a change that an old reader would misread gets a new one. So does a package that is packed otherwise,
/// by one byte: it is verified by packing it again.
pub const FORMAT: u32 = 1;

/// A filing, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// [`FORMAT`].
    pub format: u32,
    /// Number in the case, from 1.
    pub number: i64,
    /// The case as it stood.
    pub case: CaseFacts,
    /// The moment of which everything is.
    pub as_of: Instant,
    /// The same moment in the zone of the case, in words.
    pub as_of_words: String,
    /// The day of that moment in the zone of the case.
    pub as_of_day: NaiveDate,
    /// How it is made: Bates numbers, volumes, declaration on method.
    pub settings: FilingSettings,
    /// Submitted claims by number.
    pub claims: Vec<ClaimRef>,
    /// Claims that were withdrawn after they had been sent, by number.
    pub withdrawn: Vec<Withdrawn>,
    /// Exhibits of these claims in the order of their numbers.
    pub exhibits: Vec<Exhibit>,
    /// Exhibits of earlier filings that no claim of this one holds, in the order of their numbers, which no other file gets. Filings
    /// that were made before they were kept have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<Unused>,
    /// Pairs of claims that may be, or are, of one claimant, or of one sum.
    pub matches: Vec<Match>,
    /// Amounts counted once, release by release.
    pub overlaps: Vec<Overlap>,
    /// The figures of the case.
    pub figures: Figures,
    /// How many different claimants the claims are of, at least and at most: some may be one, which nobody has decided yet.
    /// Filings that were made before it was kept have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<(i64, i64)>,
    /// Names and versions of the programs that worked on it.
    pub engines: Vec<(String, String)>,
    /// The filing before, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
}

/// The case as a filing shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// Short name.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Court; empty while there is none.
    pub court: String,
    /// Number at the court; empty while there is none.
    pub docket: String,
    /// Parties.
    pub parties: String,
    /// Class definition.
    pub class_definition: String,
    /// Whom to ask.
    pub contact: String,
    /// Where the case is, or would be, heard; filings that were made before it was kept have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forum: Option<Forum>,
    /// Deadline in words.
    pub deadline: String,
    /// The first instant at which a claim is late; filings that were made before it was kept have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_at: Option<Instant>,
    /// Deadlines that held before, with the day on which each ended to hold, oldest first; filings that were made before they were kept
    /// have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_deadlines: Vec<(NaiveDate, String)>,
    /// IANA zone.
    pub time_zone: String,
    /// Currency of totals.
    pub currency: Currency,
    /// Basis of stock in totals.
    pub filing_basis: Basis,
    /// Day of the exchange rates.
    pub valuation_date: NaiveDate,
    /// Rates into the case's currency, as text, by code.
    pub rates: Vec<(String, String)>,
    /// Where the rates were published.
    pub rate_source: String,
    /// Dates of the case that the public is shown.
    pub key_dates: Vec<(NaiveDate, String)>,
}

/// A claim in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRef {
    /// Claim number.
    pub number: String,
    /// Version in force.
    pub version: i64,
    /// Hash of its canonical text.
    pub sha256: String,
    /// When the claim was first sent.
    pub submitted_at: Instant,
    /// When the version was sent.
    pub sent_at: Instant,
    /// What the portal reckons for it.
    pub figures: Figures,
}

/// A claim that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Claim number.
    pub number: String,
    /// Legal name as last signed.
    pub claimant: String,
    /// Why, in the claimant's words.
    pub reason: String,
    /// On which day, in the zone of the case; filings that were made before it was kept have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
}

/// The figures: gross, what is removed, and what of the gross is documented. Minor units of the case's currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// All that is claimed, stock on the filing basis only.
    pub gross: i64,
    /// Removed because a person said so.
    pub confirmed: i64,
    /// Removed as well if every suspicion is right.
    pub suspected: i64,
    /// The part of the gross on lines that cite a document.
    pub documented: i64,
}

impl Figures {
    /// The unique total if everything suspected is an overlap.
    #[must_use]
    pub const fn unique_at_least(&self) -> i64 {
        self.gross - self.confirmed - self.suspected
    }

    /// The unique total if nothing suspected is an overlap.
    #[must_use]
    pub const fn unique_at_most(&self) -> i64 {
        self.gross - self.confirmed
    }

    /// The part of the gross that rests on declarations alone.
    #[must_use]
    pub const fn sworn_only(&self) -> i64 {
        self.gross - self.documented
    }
}

/// How an exhibit stands in the volumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The pages of a PDF.
    Pages,
    /// A picture on one page.
    Image,
    /// A sheet that names the file, which lies beside the volumes as it was uploaded.
    SlipSheet,
}

impl Form {
    /// The name in storage.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Image => "image",
            Self::SlipSheet => "slip_sheet",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        [Self::Pages, Self::Image, Self::SlipSheet].into_iter().find(|form| form.key() == key)
    }
}

/// A document, once, however many claims hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Number in the case; it stays over filings.
    pub exhibit: i64,
    /// Hash of the bytes.
    pub sha256: String,
    /// Name of the file as first uploaded.
    pub name: String,
    /// Media type found in the bytes.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: i64,
    /// First Bates number; it stays over filings.
    pub first: i64,
    /// Pages in the volumes.
    pub pages: i64,
    /// How it stands there.
    pub form: Form,
    /// Why a PDF or picture stands there as a slip sheet, or what of its pages is not shown; empty for neither.
    pub problem: String,
    /// Numbers of the claims that hold it.
    pub claims: Vec<String>,
}

/// A document that was filed before and that no claim in force holds now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unused {
    /// Number in the case.
    pub exhibit: i64,
    /// First Bates number.
    pub first: i64,
    /// Pages in the volumes.
    pub pages: i64,
    /// Numbers of the withdrawn claims that hold it; empty where none does.
    pub claims: Vec<String>,
}

/// Two claims and what is known of them together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// What is compared: `claimants` or `money`.
    pub kind: String,
    /// The claim with the smaller number.
    pub a: String,
    /// The other.
    pub b: String,
    /// The release about whose money it was decided, in words; empty for all that the two share.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub release: String,
    /// How the release was described when it was decided, if claims describe it otherwise now: by it a decision is the same one in
    /// every filing, whatever the release is called since.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub decided_as: String,
    /// How it was found, in words.
    pub method: String,
    /// Weight of the match in thousandths of a bit.
    pub weight: i64,
    /// What the weight is the sum of, in thousandths of a bit: before comparison, then field by field. Empty where nothing was
    /// weighed.
    pub parts: Vec<(String, i64)>,
    /// Of a release with more open pairs than have a row each, how many there are: then the row is of them all and names no claim. 0 where
    /// a row is of two claims.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pairs: i64,
    /// What was decided, in words; “open” while nobody has, and what was put off is open too.
    pub decision: String,
    /// Who decided, when and why; empty while nobody has.
    pub by: String,
    /// When it was decided; `None` while nobody has, and in filings that were made before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Instant>,
}

impl Match {
    /// What stands in the place of a decision while there is none.
    pub const OPEN: &str = "open";
    /// The same where somebody looked at it and put it off.
    pub const PUT_OFF: &str = "open, put off";

    /// Whether nobody decided. Filings of before called what was put off just that.
    #[must_use]
    pub fn is_open(&self) -> bool {
        [Self::OPEN, Self::PUT_OFF, "put off"].contains(&self.decision.as_str())
    }

    /// For how many pairs of claims the row stands.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.pairs.max(1)
    }

    /// Whether somebody put it off.
    #[must_use]
    pub fn is_put_off(&self) -> bool {
        self.is_open() && self.decision != Self::OPEN
    }
}

/// Money that more than one claim holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// What it is about: release, channel and months, in words.
    pub subject: String,
    /// Claim.
    pub claim: String,
    /// What the claim asks for in it.
    pub gross: i64,
    /// Removed because a person said so.
    pub confirmed: i64,
    /// Removed as well if the suspicion is right.
    pub suspected: i64,
    /// The claim through which it is payable, where it derives from another; empty otherwise.
    pub through: String,
    /// Relation in words.
    pub relation: String,
    /// Whether shares in the same money come to more than the whole in some month.
    #[serde(default, skip_serializing_if = "is_no")]
    pub over_whole: bool,
    /// Whether decisions on the same money contradict each other in some month.
    #[serde(default, skip_serializing_if = "is_no")]
    pub contradictory: bool,
}

/// What filings leave out that were made before it was kept: so those that lack it keep their hash.
fn is_no(flag: &bool) -> bool {
    !flag
}

/// The same of a number.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// The filing before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// Its number.
    pub number: i64,
    /// Hash of its frozen text.
    pub sha256: String,
}

impl Filing {
    /// The canonical text: JSON with sorted keys, no white space, integers only, as RFC 8785 gives it for such data.
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

    /// “Filing 1”, or “Supplemental filing 2”.
    #[must_use]
    pub fn title(&self) -> String {
        if self.previous.is_some() {
            format!("Supplemental filing {}", self.number)
        } else {
            format!("Filing {}", self.number)
        }
    }

    /// The number of members in words: “101”, or “99 to 101”. Empty for a filing that does not know it.
    #[must_use]
    pub fn members_in_words(&self) -> String {
        match self.members {
            None => String::new(),
            Some((least, most)) if least == most => grouped_units(most),
            Some((least, most)) => format!("{} to {}", grouped_units(least), grouped_units(most)),
        }
    }

    /// The words under which the declaration on method is sworn, with room for the day; empty where it is not sworn.
    #[must_use]
    pub fn sworn(&self) -> String {
        let forum = self.case.forum.unwrap_or(Forum::Other);
        match self.settings.sworn {
            Sworn::Within => Declaration::choose(forum, true).words_to_sign(),
            Sworn::Abroad => Declaration::choose(forum, false).words_to_sign(),
            Sworn::No => String::new(),
        }
    }

    /// The name that its files begin with: `allegro-filing-1`.
    #[must_use]
    pub fn stem(&self) -> String {
        format!("{}-filing-{}", self.case.slug, self.number)
    }

    /// The first and last Bates number of an exhibit in words.
    #[must_use]
    pub fn range(&self, exhibit: &Exhibit) -> String {
        self.settings.bates().range(exhibit.first, exhibit.first + exhibit.pages - 1)
    }
}
