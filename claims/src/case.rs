//! A case as the rest of the product sees it.

use crate::{
    CaseId, Instant,
    intake::case_settings::{CaseSettings, CaseState},
    intake::line::LineRules,
};

/// A case with its settings and its deadline as an instant.
#[derive(Debug, Clone)]
pub struct Case {
    /// Row id.
    pub id: CaseId,
    /// What the administrator said of it.
    pub settings: CaseSettings,
    /// The first instant at which a claim is late.
    pub deadline: Instant,
    /// How often it was saved.
    pub revision: i64,
}

/// Whether a claim can be filed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// In time.
    Open,
    /// Late, but taken with a reason.
    LateWithReason,
    /// Late and refused, or the case takes no claims.
    Closed,
}

impl Case {
    /// Whether claims are taken at `now`.
    #[must_use]
    pub fn intake(&self, now: Instant) -> Intake {
        match self.settings.state {
            CaseState::Open if now < self.deadline => Intake::Open,
            CaseState::Open if self.settings.late_with_reason => Intake::LateWithReason,
            _ => Intake::Closed,
        }
    }

    /// What lines may say.
    #[must_use]
    pub fn line_rules(&self) -> LineRules {
        LineRules { currency: self.settings.currency, currencies: self.settings.currencies() }
    }
}
