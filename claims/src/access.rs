//! Who may see and do what: the only place that says so. Actions ask [`Actor::may`] before they touch anything.
//!
//! | role | may |
//! |---|---|
//! | stranger | read public cases, register, sign in |
//! | claimant | file, change, withdraw and read claims of the claimants the account acts for |
//! | counsel of a case | read every submitted claim of that case and its documents, decide matches and overlaps, export and file it, write its letters and to its claimants |
//! | administrator | make and edit cases, appoint counsel, manage accounts; reads no claim |
//!
//! A case may ask its counsel for a second factor at sign-in; administrators are then asked for one too.
//!
//! What a person may not know to exist is *not found*; what they know but may not do is *forbidden*.

use std::collections::BTreeSet;

use crate::{AccountId, CaseId, ClaimantId};

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// Name as shown.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Whether the address was verified by mail.
    pub verified: bool,
    /// Whether the account administers the installation.
    pub administrator: bool,
    /// Cases in which the account is counsel.
    pub counsel_of: BTreeSet<CaseId>,
    /// Claimants for whom the account acts.
    pub claimants: BTreeSet<ClaimantId>,
    /// What is closed to this person until the account has a second factor.
    pub closed: Closed,
}

/// What is closed to somebody without a second factor; nothing to somebody who has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closed {
    /// Cases that ask their counsel for one.
    pub cases: BTreeSet<CaseId>,
    /// Administration: who appoints the counsel of such a case is asked for no less.
    pub administration: bool,
}

/// What is to be seen or done, with what it is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Use one's own account: sessions, password, address, list of own claims.
    UseOwnAccount,
    /// Start a claim.
    StartClaim,
    /// Read a claim, its documents and versions as its claimant.
    ReadOwnClaim(ClaimantId),
    /// Change a draft: answers, lines, documents; amend, withdraw.
    ChangeClaim(ClaimantId),
    /// Sign and send a claim.
    SubmitClaim(ClaimantId),
    /// Read a submitted claim as counsel, with its documents.
    ReviewClaim(CaseId),
    /// See overview and register of a case.
    SeeCase(CaseId),
    /// Say which claims of a case are of the same claimant or the same money, and write to their parties.
    Decide(CaseId),
    /// Export the claims of a case.
    Export(CaseId),
    /// Build, read and download the filings of a case, set how they are made.
    File(CaseId),
    /// Write to claimants of a case, look after its mail, publish its news.
    Write(CaseId),
    /// Make and read the letters of a case, set their words, say where each of them is.
    WriteLetters(CaseId),
    /// See the list of one's cases as counsel.
    SeeCounselDesk,
    /// Make and edit cases, appoint counsel.
    ManageCases,
    /// List, disable and enable accounts; see mail that waits.
    ManageInstallation,
}

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("Sign in first.")]
    SignIn,
    /// The address must be verified first.
    #[error("Confirm your e-mail address first: open the link in the mail we sent you.")]
    VerifyEmail,
    /// The role may not do this.
    #[error("Your account may not do this.")]
    Forbidden,
    /// A second factor must be set up first.
    #[error(
        "This asks for a second factor at sign-in, and your account has none yet. Set one up; it takes two minutes and an authenticator app."
    )]
    SecondFactor,
    /// It does not exist, as far as this person may know.
    #[error("There is no such page, or it is not yours to see.")]
    NotFound,
}

impl Actor {
    /// Whether this person may do `action`.
    ///
    /// # Errors
    /// The [`Refusal`] to answer with.
    pub fn may(&self, action: Action) -> Result<(), Refusal> {
        let allowed = |allowed: bool, refusal: Refusal| if allowed { Ok(()) } else { Err(refusal) };
        match action {
            Action::UseOwnAccount | Action::StartClaim => Ok(()),
            Action::ReadOwnClaim(claimant) | Action::ChangeClaim(claimant) => {
                allowed(self.claimants.contains(&claimant), Refusal::NotFound)
            }
            Action::SubmitClaim(claimant) => {
                allowed(self.claimants.contains(&claimant), Refusal::NotFound)?;
                allowed(self.verified, Refusal::VerifyEmail)
            }
            Action::ReviewClaim(case)
            | Action::SeeCase(case)
            | Action::Decide(case)
            | Action::Export(case)
            | Action::File(case)
            | Action::Write(case)
            | Action::WriteLetters(case) => {
                allowed(self.counsel_of.contains(&case), Refusal::NotFound)?;
                allowed(!self.closed.cases.contains(&case), Refusal::SecondFactor)
            }
            Action::SeeCounselDesk => allowed(!self.counsel_of.is_empty(), Refusal::Forbidden),
            Action::ManageCases | Action::ManageInstallation => {
                allowed(self.administrator, Refusal::Forbidden)?;
                allowed(!self.closed.administration, Refusal::SecondFactor)
            }
        }
    }
}

/// The same for somebody who may not be signed in.
///
/// # Errors
/// [`Refusal::SignIn`] for a stranger, else as [`Actor::may`].
pub fn require(actor: Option<&Actor>, action: Action) -> Result<&Actor, Refusal> {
    let actor = actor.ok_or(Refusal::SignIn)?;
    actor.may(action)?;
    Ok(actor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor() -> Actor {
        Actor {
            account: AccountId(1),
            name: "A".to_owned(),
            email: "a@example.org".to_owned(),
            verified: true,
            administrator: false,
            counsel_of: BTreeSet::new(),
            claimants: BTreeSet::new(),
            closed: Closed::default(),
        }
    }

    #[test]
    fn roles_are_walls() {
        let claimant = Actor { claimants: [ClaimantId(7)].into(), ..actor() };
        assert_eq!(claimant.may(Action::ChangeClaim(ClaimantId(7))), Ok(()));
        assert_eq!(claimant.may(Action::ReadOwnClaim(ClaimantId(8))), Err(Refusal::NotFound));
        assert_eq!(claimant.may(Action::SeeCase(CaseId(1))), Err(Refusal::NotFound));
        assert_eq!(claimant.may(Action::ManageCases), Err(Refusal::Forbidden));

        let unverified = Actor { verified: false, ..claimant };
        assert_eq!(unverified.may(Action::ChangeClaim(ClaimantId(7))), Ok(()));
        assert_eq!(unverified.may(Action::SubmitClaim(ClaimantId(7))), Err(Refusal::VerifyEmail));

        let counsel = Actor { counsel_of: [CaseId(1)].into(), ..actor() };
        assert_eq!(counsel.may(Action::Export(CaseId(1))), Ok(()));
        assert_eq!(counsel.may(Action::Decide(CaseId(1))), Ok(()));
        assert_eq!(counsel.may(Action::Decide(CaseId(2))), Err(Refusal::NotFound));
        assert_eq!(counsel.may(Action::Write(CaseId(1))), Ok(()));
        assert_eq!(counsel.may(Action::Write(CaseId(2))), Err(Refusal::NotFound));
        assert_eq!(counsel.may(Action::WriteLetters(CaseId(1))), Ok(()));
        assert_eq!(counsel.may(Action::WriteLetters(CaseId(2))), Err(Refusal::NotFound));
        assert_eq!(counsel.may(Action::ReviewClaim(CaseId(2))), Err(Refusal::NotFound));
        assert_eq!(counsel.may(Action::ReadOwnClaim(ClaimantId(7))), Err(Refusal::NotFound));

        let administrator = Actor { administrator: true, ..actor() };
        assert_eq!(administrator.may(Action::ManageCases), Ok(()));
        assert_eq!(administrator.may(Action::ReviewClaim(CaseId(1))), Err(Refusal::NotFound));
        let closed = Closed { cases: [CaseId(1)].into(), administration: true };
        let both = Actor { counsel_of: [CaseId(1), CaseId(2)].into(), administrator: true, closed, ..actor() };
        assert_eq!(both.may(Action::ReviewClaim(CaseId(1))), Err(Refusal::SecondFactor));
        assert_eq!(both.may(Action::ReviewClaim(CaseId(2))), Ok(()));
        assert_eq!(both.may(Action::ReviewClaim(CaseId(3))), Err(Refusal::NotFound));
        assert_eq!(both.may(Action::ManageCases), Err(Refusal::SecondFactor));
        assert_eq!(both.may(Action::UseOwnAccount), Ok(()));
        assert_eq!(require(None, Action::StartClaim), Err(Refusal::SignIn));
    }
}
