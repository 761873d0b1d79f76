//! Decisions from scores: two thresholds and a zone between them for people (Fellegi & Sunter 1969, §2).

use super::weigh::Millibits;

/// From here a pair is taken for a match: even odds.
pub const MATCH_FROM: Millibits = 0;
/// From here a person should look: one in twenty.
pub const REVIEW_FROM: Millibits = -4_248;
/// From here a pair is listed at all, so that precision can be drawn against recall: about one in a hundred.
pub const LIST_FROM: Millibits = -7_000;

/// What is proposed for a pair. Nothing is merged by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Taken for the same until a person says otherwise.
    Match,
    /// To be looked at.
    Review,
    /// Taken for different.
    None,
}

impl Decision {
    /// The decision for a score.
    #[must_use]
    pub fn of(score: Millibits) -> Self {
        match score {
            MATCH_FROM.. => Self::Match,
            REVIEW_FROM.. => Self::Review,
            _ => Self::None,
        }
    }

    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Review => "review",
            Self::None => "none",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::weigh::probability;

    #[test]
    fn thresholds_are_the_probabilities_they_claim() {
        assert!((probability(MATCH_FROM) - 0.5).abs() < 1e-9);
        assert!((probability(REVIEW_FROM) - 0.05).abs() < 1e-4);
        assert_eq!(Decision::of(1), Decision::Match);
        assert_eq!(Decision::of(-1), Decision::Review);
        assert_eq!(Decision::of(-5_000), Decision::None);
    }
}
