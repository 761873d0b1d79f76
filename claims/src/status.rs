//! The states of a claim and the ways between them.

use serde::{Deserialize, Serialize};

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStatus {
    /// Being written; nobody but the claimant sees it.
    Draft,
    /// Signed and received.
    Submitted,
    /// Taken back by the claimant; it counts for nothing.
    Withdrawn,
}

impl ClaimStatus {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Submitted, Self::Withdrawn];

    /// The name in storage, URLs and files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The word on pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Submitted => "Submitted",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.key() == key)
    }

    /// The state after `step`, or `None` where the step does not lead out of this state.
    #[must_use]
    pub const fn after(self, step: Step) -> Option<Self> {
        match (self, step) {
            (_, Step::Submit) => Some(Self::Submitted),
            (Self::Draft | Self::Submitted, Step::Withdraw) => Some(Self::Withdrawn),
            (Self::Submitted, Step::Amend) => Some(Self::Submitted),
            (Self::Withdrawn, Step::Amend) => Some(Self::Withdrawn),
            _ => None,
        }
    }
}

/// What is done with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Sign and send the draft, the first or an amended one.
    Submit,
    /// Open a draft of the next version beside the one in force.
    Amend,
    /// Take the claim back.
    Withdraw,
}
