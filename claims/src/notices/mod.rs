//! What people are told by mail, and how they want it: kinds, ways, thresholds, the clock of digests.

use serde::{Deserialize, Serialize};

use crate::money::Currency;

pub mod clock;
pub mod thresholds;
pub mod what;

pub use what::What;

/// How somebody is told of a kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Way {
    /// A mail as soon as it happens.
    AtOnce,
    /// In the mail of the next morning.
    Digest,
    /// Not at all.
    Off,
}

impl Way {
    /// All ways.
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::Digest, Self::Off];

    /// The name in storage and forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Digest => "digest",
            Self::Off => "off",
        }
    }

    /// The words on pages.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AtOnce => "At once",
            Self::Digest => "Daily digest",
            Self::Off => "Off",
        }
    }

    /// Reads a key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.key() == key)
    }
}

/// Kinds of things that counsel are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A first version was sent.
    ClaimNew,
    /// A later version was sent.
    ClaimAmended,
    /// A sent claim was withdrawn.
    ClaimWithdrawn,
    /// A claim is above the amount that the case names.
    ClaimLarge,
    /// Members reach a threshold.
    Members,
    /// The unique total passes a threshold.
    Total,
    /// Likely duplicates and overlaps.
    Matches,
    /// A filing was built, or could not be.
    Filing,
    /// The deadline comes near.
    Deadline,
    /// A mail cannot be delivered.
    MailFailed,
    /// Drafts that nobody goes on with.
    DraftsStalled,
}

impl Kind {
    /// All kinds, in the order of the preferences page and of a digest.
    pub const ALL: [Self; 11] = [
        Self::Deadline,
        Self::Members,
        Self::Total,
        Self::ClaimNew,
        Self::ClaimAmended,
        Self::ClaimWithdrawn,
        Self::ClaimLarge,
        Self::Matches,
        Self::Filing,
        Self::MailFailed,
        Self::DraftsStalled,
    ];

    /// The name in storage and forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ClaimNew => "claim_new",
            Self::ClaimAmended => "claim_amended",
            Self::ClaimWithdrawn => "claim_withdrawn",
            Self::ClaimLarge => "claim_large",
            Self::Members => "members",
            Self::Total => "total",
            Self::Matches => "duplicates",
            Self::Filing => "filing",
            Self::Deadline => "deadline",
            Self::MailFailed => "mail_failed",
            Self::DraftsStalled => "drafts_stalled",
        }
    }

    /// Reads a key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// What it is, in few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ClaimNew => "New claims",
            Self::ClaimAmended => "Amended claims",
            Self::ClaimWithdrawn => "Withdrawn claims",
            Self::ClaimLarge => "Large claims",
            Self::Members => "Members",
            Self::Total => "Unique total",
            Self::Matches => "Likely duplicates and overlaps",
            Self::Filing => "Filings",
            Self::Deadline => "The deadline",
            Self::MailFailed => "Mail that cannot be delivered",
            Self::DraftsStalled => "Drafts that stall",
        }
    }

    /// When somebody is told in a case of this currency: what a law asks for in dollars is told of where the case is in dollars.
    #[must_use]
    pub fn hint(self, currency: Currency) -> &'static str {
        let dollars = currency == Currency::USD;
        match self {
            Self::ClaimNew => "A claim was signed and sent.",
            Self::ClaimAmended => "A later version of a claim was signed and sent.",
            Self::ClaimWithdrawn => "A claim that was sent is withdrawn.",
            Self::ClaimLarge => "A claim is above the amount set for the case.",
            Self::Members if dollars => "Members, each counted once, reach 40, 100 or the number set for the case.",
            Self::Members => "Members, each counted once, reach 40 or the number set for the case.",
            Self::Total if dollars => {
                "The total, all money counted once, passes $5,000,000 or the amount set for the case."
            }
            Self::Total => {
                "The total, all money counted once, passes the amount set for the case; none is told of if none is set."
            }
            Self::Matches => "Two claims may be of one claimant, or claim the same money.",
            Self::Filing => "A filing was built, or could not be.",
            Self::Deadline => "30 days, 7 days and 1 day before the last moment for claims.",
            Self::MailFailed => "A mail to a claimant was refused, or given up after three days.",
            Self::DraftsStalled => "Nobody worked on a draft for two weeks. You are told how many, not whose.",
        }
    }

    /// How counsel are told who said nothing: at once what cannot wait or comes seldom, the rest each morning.
    #[must_use]
    pub const fn default_way(self) -> Way {
        match self {
            Self::ClaimNew | Self::ClaimLarge | Self::Members | Self::Total | Self::Filing | Self::Deadline => {
                Way::AtOnce
            }
            Self::ClaimAmended | Self::ClaimWithdrawn | Self::Matches | Self::MailFailed | Self::DraftsStalled => {
                Way::Digest
            }
        }
    }
}

/// What claimants get beyond what concerns the state of their own claim, and can do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subscription {
    /// News of the case, and what counsel write to many.
    News,
    /// Reminders before the deadline while something is unfinished.
    Reminders,
}

impl Subscription {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::News, Self::Reminders];

    /// The name in storage and forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Reminders => "reminders",
        }
    }

    /// The number in signed links.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::News => 1,
            Self::Reminders => 2,
        }
    }

    /// Reads the number of a link.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|subscription| subscription.number() == number)
    }

    /// The words on pages.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::News => "News of the case",
            Self::Reminders => "Reminders before the deadline",
        }
    }

    /// What comes.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::News => "What counsel tell everybody: hearings, orders, filings, dates.",
            Self::Reminders => "14, 7 and 1 days before it, while a claim or an amendment of yours is not signed.",
        }
    }
}

/// Days without work after which a draft has stalled.
pub const STALLED_DAYS: i64 = 14;
/// Days before the deadline of which counsel are told.
pub const DEADLINE_DAYS: [i64; 3] = [30, 7, 1];
/// Days before the deadline at which claimants are reminded of what is unfinished.
pub const REMINDER_DAYS: [i64; 3] = [14, 7, 1];

/// The mark that is passed with so many days left: the tightest one, and those that it makes void. `None` while there is more
/// time than the first mark.
#[must_use]
pub fn mark(marks: &[i64], days_left: i64) -> Option<(i64, Vec<i64>)> {
    let passed: Vec<i64> = marks.iter().copied().filter(|mark| days_left <= *mark).collect();
    let tightest = passed.iter().copied().min()?;
    Some((tightest, passed.into_iter().filter(|mark| *mark != tightest).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.key()), Some(kind));
            assert!(!kind.title().is_empty() && kind.hint(Currency::USD).ends_with('.'));
            let elsewhere = kind.hint(Currency::parse("EUR").unwrap());
            assert!(elsewhere.ends_with('.') && !elsewhere.contains('$'));
        }
        for way in Way::ALL {
            assert_eq!(Way::parse(way.key()), Some(way));
        }
        for subscription in Subscription::ALL {
            assert_eq!(Subscription::of_number(subscription.number()), Some(subscription));
        }
        assert_eq!(Subscription::of_number(0), None);
    }

    #[test]
    fn the_tightest_mark_counts_and_voids_the_others() {
        assert_eq!(mark(&DEADLINE_DAYS, 31), None);
        assert_eq!(mark(&DEADLINE_DAYS, 30), Some((30, vec![])));
        assert_eq!(mark(&DEADLINE_DAYS, 8), Some((30, vec![])));
        assert_eq!(mark(&DEADLINE_DAYS, 7), Some((7, vec![30])));
        assert_eq!(mark(&DEADLINE_DAYS, 0), Some((1, vec![30, 7])));
    }
}
