//! Appointing counsel by mail.

use minijinja::context;

use super::{
    Failure, Recoup,
    account::read_new_password,
    links::{self, For, Purpose},
    once, permit,
    sign_in::raw,
};
use crate::{
    AccountId, CaseId,
    access::{Action, Actor},
    intake::{Answers, account},
    store::{Tx, accounts, cases, events, outbox},
};

/// Mails an invitation to act as counsel in a case. `key` is the form's idempotency key.
///
/// # Errors
/// A wrong address, or a case that does not exist.
pub async fn invite(recoup: &Recoup, actor: &Actor, case: CaseId, answers: &Answers, key: &str) -> Result<(), Failure> {
    permit(actor, Action::ManageCases)?;
    account::read(account::INVITE, answers, "").map_err(Failure::Invalid)?;
    let email = answers.get("email");
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let fingerprint = format!("{case} {email}");
    if once::answered(&mut tx, actor, key, "invite", &fingerprint).await?.is_some() {
        return Ok(());
    }
    let row = cases::by_id(&mut tx, case).await?.ok_or(crate::access::Refusal::NotFound)?;
    let title = row.read()?.settings.title;
    let link =
        links::make(recoup, &mut tx, Purpose::Counsel, For { account: None, email: Some(email), case: Some(case) })
            .await?;
    let values = context! { case => title, inviter => actor.name.as_str(), link, days => Purpose::Counsel.life().num_days(), recipient => email };
    outbox::add(&mut tx, &recoup.mails.write("counsel_invited", email, values, (Some(case), None))?, now).await?;
    record(&mut tx, case, actor.account, "counsel_invited", email, now).await?;
    once::keep(recoup, &mut tx, actor, key, "invite", &fingerprint, "").await?;
    Ok(tx.commit().await?)
}

/// An invitation as its page shows it: address, title of the case, and whether the address has an account.
///
/// # Errors
/// A sentence about the link.
pub async fn read_invitation(recoup: &Recoup, token: &str) -> Result<(String, String, bool), Failure> {
    let mut tx = recoup.store.read().await?;
    let found = links::open(recoup, &mut tx, Purpose::Counsel, token).await?;
    let (Some(email), Some(case)) = (found.email, found.case_id) else {
        return Err(Failure::said("This invitation is not complete. Ask for a new one."));
    };
    let row = cases::by_id(&mut tx, case).await?.ok_or(crate::access::Refusal::NotFound)?;
    let known = accounts::by_email(&mut tx, &email).await?.is_some_and(|account| account.verified_at.is_some());
    Ok((email, row.read()?.settings.title, known))
}

/// Accepts an invitation. Who has an account under the invited address is appointed and signs in as always; who has none
/// gives a name and a password, and gets one. The account that may sign in at once is given back, else `None`.
///
/// # Errors
/// A sentence about the link, or wrong answers.
pub async fn accept(recoup: &Recoup, token: &str, answers: &Answers) -> Result<Option<AccountId>, Failure> {
    let (email, _, known) = read_invitation(recoup, token).await?;
    let password_hash = if known {
        None
    } else {
        read_new_password(recoup, account::ACCEPT, answers, &email).await?;
        Some(recoup.passwords.hash(raw(answers, "password")).await?)
    };
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let found = links::open(recoup, &mut tx, Purpose::Counsel, token).await?;
    links::spend(recoup, &mut tx, &found).await?;
    let case = found.case_id.ok_or(crate::access::Refusal::NotFound)?;
    let existing = accounts::by_email(&mut tx, &email).await?.filter(|account| account.verified_at.is_some());
    let (id, new) = match (existing, password_hash) {
        (Some(account), _) => (account.id, false),
        (None, Some(hash)) => {
            (accounts::add(&mut tx, &email, answers.get("name"), &hash, false, Some(now), now).await?, true)
        }
        (None, None) => {
            return Err(Failure::said("The account of this address changed meanwhile. Open the link again."));
        }
    };
    cases::appoint(&mut tx, case, id, now).await?;
    record(&mut tx, case, id, "counsel_appointed", &email, now).await?;
    tx.commit().await?;
    Ok(new.then_some(id))
}

/// Appoints an account directly, for the command line and the demo case.
///
/// # Errors
/// If the database fails.
pub async fn appoint(recoup: &Recoup, case: CaseId, account: AccountId) -> Result<(), Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    cases::appoint(&mut tx, case, account, now).await?;
    let email = accounts::by_id(&mut tx, account).await?.map_or_else(String::new, |account| account.email);
    record(&mut tx, case, account, "counsel_appointed", &email, now).await?;
    Ok(tx.commit().await?)
}

/// Ends an appointment.
///
/// # Errors
/// If the actor may not.
pub async fn dismiss(recoup: &Recoup, actor: &Actor, case: CaseId, account: AccountId) -> Result<(), Failure> {
    permit(actor, Action::ManageCases)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    cases::dismiss(&mut tx, case, account).await?;
    let email = accounts::by_id(&mut tx, account).await?.map_or_else(String::new, |account| account.email);
    record(&mut tx, case, actor.account, "counsel_dismissed", &email, now).await?;
    Ok(tx.commit().await?)
}

async fn record(
    tx: &mut Tx,
    case_id: CaseId,
    account: AccountId,
    kind: &'static str,
    email: &str,
    now: crate::Instant,
) -> Result<(), Failure> {
    let event = events::NewEvent {
        case_id,
        claim_id: None,
        account: Some(account),
        kind,
        details: serde_json::json!({ "email": email }),
    };
    events::add(tx, &event, now).await?;
    Ok(())
}
