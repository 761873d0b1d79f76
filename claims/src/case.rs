//! A case as the rest of the product sees it.

use crate::{
    CaseId, Instant, deadline,
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

    /// Until when a claim that was sent can be changed and taken back, in a sentence or two. The same wherever it is said.
    #[must_use]
    pub fn changes_in_words(&self, now: Instant) -> String {
        let until = deadline::show(self.deadline - chrono::Duration::minutes(1), &self.settings.time_zone);
        let late = self.settings.late_with_reason;
        let amend = match self.intake(now) {
            Intake::Open if late => {
                format!("You can amend the claim until {until}, and after that if you say why it is late.")
            }
            Intake::Open => format!("You can amend the claim until {until}."),
            Intake::LateWithReason => {
                "The deadline has passed: you can amend the claim if you say why it is late.".to_owned()
            }
            Intake::Closed => "The claim can no longer be amended.".to_owned(),
        };
        format!("{amend} You can withdraw it at any time.")
    }

    /// What lines may say.
    #[must_use]
    pub fn line_rules(&self) -> LineRules {
        LineRules { currency: self.settings.currency, currencies: self.settings.currencies() }
    }
}
