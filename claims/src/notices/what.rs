//! The things that counsel are told of, as they are kept: enough to say it later as it was then.

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::{BuildId, ClaimId, Instant, MailId, MatchId, OverlapId};

/// One thing. Amounts are minor units of the case's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum What {
    /// A version of a claim was signed and sent.
    ClaimSent { number: String, version: i64, claimant: String, amount: i64 },
    /// A sent claim was withdrawn.
    ClaimWithdrawn { number: String, version: i64, claimant: String, amount: i64, reason: String },
    /// A claim is above the amount that the case names.
    ClaimLarge { number: String, claimant: String, amount: i64, threshold: i64 },
    /// Members, each counted once, reach a number.
    Members { members: i64, threshold: i64 },
    /// The unique total is more than an amount.
    Total { total: i64, threshold: i64 },
    /// Two claims may be of one claimant.
    Pair { id: MatchId, a: String, b: String, score: i64, stake: i64 },
    /// More than one claim claims the same money. `place` names the entry: family, release and channel.
    Overlap { id: OverlapId, place: String, release: String, suspected: i64 },
    /// A filing was built.
    FilingBuilt { number: i64, claims: i64, gross: i64 },
    /// A filing could not be built.
    FilingFailed { build: BuildId, why: String },
    /// The deadline comes near.
    Deadline { mark: i64, deadline: Instant, days: i64, claims: i64, drafts: i64 },
    /// A mail cannot be delivered.
    MailFailed { id: MailId, recipient: String, subject: String, why: String },
    /// Nobody goes on with a draft.
    DraftStalled { claim: ClaimId },
}

impl What {
    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ClaimSent { version: ..=1, .. } => Kind::ClaimNew,
            Self::ClaimSent { .. } => Kind::ClaimAmended,
            Self::ClaimWithdrawn { .. } => Kind::ClaimWithdrawn,
            Self::ClaimLarge { .. } => Kind::ClaimLarge,
            Self::Members { .. } => Kind::Members,
            Self::Total { .. } => Kind::Total,
            Self::Pair { .. } | Self::Overlap { .. } => Kind::Matches,
            Self::FilingBuilt { .. } | Self::FilingFailed { .. } => Kind::Filing,
            Self::Deadline { .. } => Kind::Deadline,
            Self::MailFailed { .. } => Kind::MailFailed,
            Self::DraftStalled { .. } => Kind::DraftsStalled,
        }
    }

    /// What names it within its case: counsel are told of one key once.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::ClaimSent { number, version, .. } => format!("sent {number} {version}"),
            Self::ClaimWithdrawn { number, version, .. } => format!("withdrawn {number} {version}"),
            Self::ClaimLarge { number, threshold, .. } => format!("large {number} {threshold}"),
            Self::Members { threshold, .. } => format!("members {threshold}"),
            Self::Total { threshold, .. } => format!("total {threshold}"),
            Self::Pair { a, b, .. } => format!("pair {a} {b}"),
            Self::Overlap { place, .. } => format!("overlap {place}"),
            Self::FilingBuilt { number, .. } => format!("filing {number}"),
            Self::FilingFailed { build, .. } => format!("filing failed {build}"),
            Self::Deadline { mark, deadline, .. } => format!("deadline {mark} {}", deadline.timestamp()),
            Self::MailFailed { id, .. } => format!("mail {id}"),
            Self::DraftStalled { claim } => format!("stalled {claim}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back() {
        let what = What::Pair { id: MatchId(3), a: "A".to_owned(), b: "B".to_owned(), score: 2_100, stake: 7 };
        let text = serde_json::to_string(&what).unwrap();
        assert_eq!(serde_json::from_str::<What>(&text).unwrap(), what);
        assert_eq!(what.key(), "pair A B");
    }

    #[test]
    fn a_threshold_has_one_key_whatever_the_figures() {
        let at = |members| What::Members { members, threshold: 40 }.key();
        assert_eq!(at(40), at(57));
        let sent =
            |version| What::ClaimSent { number: "A".to_owned(), version, claimant: String::new(), amount: 0 }.kind();
        assert_eq!((sent(1), sent(2)), (Kind::ClaimNew, Kind::ClaimAmended));
    }
}
