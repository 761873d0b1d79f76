//! The task list of a claim: its steps, and how far each is.

use serde::{Deserialize, Serialize};

use super::form::{Answers, FieldError, Section, find};
use super::{agreement, claimant, others};
use crate::line::Category;

/// A step of the task list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// Who is claiming.
    Claimant,
    /// The facts of the agreement.
    Agreement,
    /// Lines of one category.
    Lines(Category),
    /// Supporting documents.
    Documents,
    /// Who else may claim this.
    Others,
    /// Check your answers.
    Check,
    /// Sign.
    Sign,
}

impl Step {
    /// The steps of a claim in a case with `categories`, in order.
    #[must_use]
    pub fn all(categories: &[Category]) -> Vec<Self> {
        let mut steps = vec![Self::Claimant, Self::Agreement];
        steps.extend(categories.iter().copied().map(Self::Lines));
        steps.extend([Self::Documents, Self::Others, Self::Check, Self::Sign]);
        steps
    }

    /// The name in URLs and storage.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Claimant => "claimant",
            Self::Agreement => "agreement",
            Self::Lines(category) => category.key(),
            Self::Documents => "documents",
            Self::Others => "others",
            Self::Check => "check",
            Self::Sign => "sign",
        }
    }

    /// The name on the task list.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Claimant => "Who is claiming",
            Self::Agreement => "Your agreement",
            Self::Lines(category) => category.title(),
            Self::Documents => "Documents",
            Self::Others => "Who else may claim this",
            Self::Check => "Check your answers",
            Self::Sign => "Sign and send",
        }
    }

    /// The form of a step that is one form; `None` for lines, documents, check and sign.
    #[must_use]
    pub const fn form(self) -> Option<&'static [Section]> {
        match self {
            Self::Claimant => Some(claimant::FORM),
            Self::Agreement => Some(agreement::FORM),
            Self::Others => Some(others::FORM),
            _ => None,
        }
    }

    /// Reads the key of a step that is one form.
    #[must_use]
    pub fn parse_form(key: &str) -> Option<Self> {
        [Self::Claimant, Self::Agreement, Self::Others].into_iter().find(|step| step.key() == key)
    }

    /// Whether `answers` hold no more than what a claim is started with (the short form, the address of the account): the
    /// step itself was not answered yet.
    #[must_use]
    pub fn only_begun(self, answers: &Answers) -> bool {
        self == Self::Claimant && answers.0.keys().all(|name| name == "email" || find(claimant::START, name).is_some())
    }

    /// What is wrong with the answers of a step that is one form.
    #[must_use]
    pub fn errors(self, answers: &Answers) -> Vec<FieldError> {
        match self {
            Self::Claimant => claimant::read(answers).err(),
            Self::Agreement => agreement::read(answers).err(),
            Self::Others => others::read(answers).err(),
            _ => None,
        }
        .unwrap_or_default()
    }
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing was entered.
    NotStarted,
    /// Only what the claim was started with is there.
    InProgress,
    /// Lines or documents may be added, none are needed.
    Optional,
    /// Entered and right.
    Done,
    /// Something entered is wrong or missing.
    NeedsAttention,
    /// Cannot be done before other steps.
    NotYet,
}

impl Progress {
    /// The words on the task list.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotStarted => "Not started",
            Self::InProgress => "In progress",
            Self::Optional => "Nothing entered",
            Self::Done => "Done",
            Self::NeedsAttention => "Needs attention",
            Self::NotYet => "Not yet",
        }
    }

    /// The key for the stylesheet.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotStarted => "not-started",
            Self::InProgress => "progress",
            Self::Optional => "optional",
            Self::Done => "done",
            Self::NeedsAttention => "attention",
            Self::NotYet => "not-yet",
        }
    }

    /// How far a step that is one form is, from its saved answers.
    #[must_use]
    pub fn of_form(step: Step, answers: Option<&Answers>) -> Self {
        match answers {
            None => Self::NotStarted,
            Some(answers) if step.only_begun(answers) && answers.is_empty() => Self::NotStarted,
            Some(answers) if step.only_begun(answers) => Self::InProgress,
            Some(answers) if step.errors(answers).is_empty() => Self::Done,
            Some(_) => Self::NeedsAttention,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_claim_is_started_with_is_not_an_answered_step() {
        let begun = Answers::default()
            .with("kind", "label")
            .with("legal_name", "Summit")
            .with("capacity", "officer")
            .with("email", "a@example.org");
        assert_eq!(Progress::of_form(Step::Claimant, Some(&begun)), Progress::InProgress);
        assert_eq!(Progress::of_form(Step::Claimant, Some(&begun.with("street", ""))), Progress::NeedsAttention);
        assert_eq!(Progress::of_form(Step::Others, Some(&Answers::default())), Progress::NeedsAttention);
    }
}
