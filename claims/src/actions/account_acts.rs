//! What is done with accounts leaves a trace: in the log, by the numbers of the accounts, and in the events of each case whose counsel
//! the account is, because it decides who reads what is filed there.

use super::Failure;
use crate::{
    AccountId, Instant,
    store::{Tx, accounts::Account, cases, events},
};

/// What was done with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// It was added.
    Added,
    /// It was added as an administrator.
    AdministratorAdded,
    /// It was disabled.
    Disabled,
    /// It was enabled again.
    Enabled,
    /// Its second factor was removed.
    SecondFactorRemoved,
}

impl Act {
    /// The event in a case whose counsel the account is; a new account is nobody's counsel.
    const fn event(self) -> Option<&'static str> {
        match self {
            Self::Added | Self::AdministratorAdded => None,
            Self::Disabled => Some("counsel_disabled"),
            Self::Enabled => Some("counsel_enabled"),
            Self::SecondFactorRemoved => Some("counsel_second_factor_removed"),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Added => "an account was added",
            Self::AdministratorAdded => "an administrator was added",
            Self::Disabled => "an account was disabled",
            Self::Enabled => "an account was enabled",
            Self::SecondFactorRemoved => "the second factor of an account was removed",
        }
    }
}

/// Adds the events of an act, in its transaction. `by` is `None` for the operator on the command line.
pub(super) async fn record(
    tx: &mut Tx,
    act: Act,
    by: Option<AccountId>,
    of: &Account,
    now: Instant,
) -> Result<(), Failure> {
    let Some(kind) = act.event() else { return Ok(()) };
    for case in cases::of_counsel(tx, of.id).await? {
        let details = serde_json::json!({ "email": of.email });
        let event = events::NewEvent { case_id: case.id, claim_id: None, account: by, kind, details };
        events::add(tx, &event, now).await?;
    }
    Ok(())
}

/// Notes an act in the log, once it is done. `by` is `None` for the operator on the command line.
pub(super) fn log(act: Act, by: Option<AccountId>, account: AccountId) {
    let by = by.map_or_else(|| "command line".to_owned(), |by| by.to_string());
    tracing::info!(account = account.0, by, "{}", act.words());
}
