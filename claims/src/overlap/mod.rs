//! What is counted once: overlap arithmetic in exact integers.
//!
//! Lines meet in a [`Key`]: category family, release, channel and month. Within a key the amounts of different claimants
//! overlap, and a person says how: [`Relation::Derivative`] (an artist's share of the label's money),
//! [`Relation::SameMoney`] (filed twice, or two claim the whole), [`Relation::Distinct`]. Until then the overlap is
//! [`Relation::Suspected`] and moves only the lower bound of the unique total.
//!
//! # The rules
//! - Claimants of the same money are one party with the largest of their amounts; the rest is removed.
//! - A derivative amount is removed up to the amount it derives from; all that derives from one party together is removed
//!   up to that party's amount, so no cent is removed twice. What exceeds it stays, and is flagged.
//! - Suspected overlaps are reckoned after the confirmed ones, on what those left, the smaller amount in the larger.
//!
//! From this follow, whatever people decide: unique + removed = gross; the unique total is at least the largest single
//! claim; the order of claims does not matter; undoing a decision restores the figures; nothing is removed that was not
//! claimed. (Every removed cent is charged to a cent of another party, each at most once and never in a circle; for any
//! claim, what is kept along all it derives from is at least the claim itself.)
//!
//! # A worked example
//! A label claims January to December 2015: 1,200.00 from iTunes, 600.00 from Amazon and 100.00 from YouTube. Its artist
//! claims 360.00 from iTunes for the whole year, 90.00 from Amazon for July to December, and 150.00 from YouTube.
//! By hand, in a month: iTunes 30.00 of 100.00; Amazon 15.00 of 50.00, six times; YouTube 12.50, but the label has only
//! 8.34 in each of the first four months and 8.33 in each of the others, 100.00 in all. So of 2,500.00 gross,
//! 360.00 + 90.00 + 100.00 = 550.00 are removed and 1,950.00 are unique; the artist's 50.00 beyond the label's YouTube money
//! stay and are flagged in all twelve months.
//!
//! ```
//! use claims::overlap::{reckon, Family, Line, Relation};
//!
//! let (label, artist) = (1, 2);
//! let line = |claimant, channel, first, last, amount| Line {
//!     claimant, family: Family::Sales, release: Some(7), channel, first, last, amount,
//! };
//! let january = 2015 * 12;
//! let lines = [
//!     line(label, 1, january, january + 11, 1_200_00),
//!     line(label, 2, january, january + 11, 600_00),
//!     line(label, 3, january, january + 11, 100_00),
//!     line(artist, 1, january, january + 11, 360_00),
//!     line(artist, 2, january + 6, january + 11, 90_00),
//!     line(artist, 3, january, january + 11, 150_00),
//! ];
//!
//! let suspected = reckon(&lines, |_, _, _| Relation::Suspected);
//! assert_eq!(suspected.totals.gross, 2_500_00);
//! assert_eq!(suspected.totals.unique_at_most(), 2_500_00);
//! assert_eq!(suspected.totals.unique_at_least(), 1_950_00);
//!
//! let resolved = reckon(&lines, |_, _, _| Relation::Derivative { of: label });
//! assert_eq!(resolved.totals.confirmed, 550_00);
//! assert_eq!(resolved.totals.unique_at_least(), 1_950_00);
//! assert_eq!(resolved.totals.unique_at_most(), 1_950_00);
//! assert_eq!(resolved.keys.iter().filter(|k| k.over_whole).count(), 12);
//! let through_label: i64 = resolved.keys.iter().flat_map(|k| &k.entries).filter(|e| e.through == Some(label)).map(|e| e.confirmed).sum();
//! assert_eq!(through_label, 550_00);
//! ```

mod key;
mod ledger;
mod months;
mod of_case;
mod runs;
mod spread;
#[cfg(test)]
mod tests;
mod united;

pub use key::{Entry, Overlap, Relation, resolve};
pub use ledger::{Key, KeyOverlap, Ledger, Line, Totals, reckon};
pub use months::{Month, months};
pub use of_case::{CaseLedger, CaseLine, Entry as LedgerEntry, Part, Removed, family_of, of_case};
pub use runs::Runs;
#[cfg(test)]
pub(crate) use runs::parsed;
pub use spread::spread;
pub use united::groups;

use ledger::LONGEST;

/// An amount in minor units of the case's currency.
pub type Minor = i64;

/// A claimant's number in the case.
pub type Claimant = u32;

/// Categories that can hold the same money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Unpaid sales and digital royalties.
    Sales,
    /// Held inventory.
    Stock,
    /// Anything else: never compared with another family.
    Other,
}

impl Family {
    /// Its name in storage and files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::Stock => "stock",
            Self::Other => "other",
        }
    }
}
