//! Appointing counsel by mail.

use minijinja::context;

use super::{
    Failure, Recoup,
    account::read_new_password,
    links::{self, For, Purpose},
    once, permit, record,
    sign_in::raw,
};
use crate::{
    AccountId, CaseId,
    access::{Action, Actor},
    intake::{Answers, account},
    store::{accounts, cases, outbox, tokens},
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
    record(&mut tx, case, actor.account, "counsel_invited", serde_json::json!({ "email": email }), now).await?;
    once::keep(recoup, &mut tx, actor, key, "invite", &fingerprint, "").await?;
    Ok(tx.commit().await?)
}

/// Withdraws the open invitations to act as counsel in a case that went to an address; `false` if there are none any more.
///
/// # Errors
/// If the actor may not.
pub async fn withdraw(recoup: &Recoup, actor: &Actor, case: CaseId, email: &str) -> Result<bool, Failure> {
    permit(actor, Action::ManageCases)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    // A second click waits here for the first, and finds nothing.
    cases::lock(&mut tx, case).await?;
    let key = accounts::email_key(email);
    let open = tokens::invitations(&mut tx, case, now).await?;
    if !open.iter().any(|(invited, _)| accounts::email_key(invited) == key) {
        return Ok(false);
    }
    links::spend_invitations(recoup, &mut tx, case, email).await?;
    let details = serde_json::json!({ "email": email });
    record(&mut tx, case, actor.account, "counsel_invitation_withdrawn", details, now).await?;
    tx.commit().await?;
    Ok(true)
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

/// Accepts an invitation. Who has an account under the invited address is appointed where they are signed in to it, which is `own`: a
/// mailbox is not its account, and the account may have a second factor. Who has none gives a name and a password, and gets one. The
/// account that may sign in at once is given back, else `None`.
///
/// # Errors
/// A sentence about the link, or wrong answers.
pub async fn accept(
    recoup: &Recoup,
    token: &str,
    own: Option<AccountId>,
    answers: &Answers,
) -> Result<Option<AccountId>, Failure> {
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
    let case = found.case_id.ok_or(crate::access::Refusal::NotFound)?;
    // Who opens another link to this address waits here, before either holds a link that the other one ends.
    cases::lock(&mut tx, case).await?;
    links::spend(recoup, &mut tx, &found).await?;
    let existing = accounts::by_email(&mut tx, &email).await?.filter(|account| account.verified_at.is_some());
    let (id, new) = match (existing, password_hash) {
        (Some(account), _) if own == Some(account.id) => (account.id, false),
        (Some(_), _) => {
            return Err(Failure::said(format!(
                "Sign in as {email} first, then open the link of the invitation again."
            )));
        }
        (None, Some(hash)) => {
            (accounts::add(&mut tx, &email, answers.get("name"), &hash, false, Some(now), now).await?, true)
        }
        (None, None) => {
            return Err(Failure::said("The account of this address changed meanwhile. Open the link again."));
        }
    };
    cases::appoint(&mut tx, case, id, now).await?;
    links::spend_invitations(recoup, &mut tx, case, &email).await?;
    record(&mut tx, case, id, "counsel_appointed", serde_json::json!({ "email": email }), now).await?;
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
    record(&mut tx, case, account, "counsel_appointed", serde_json::json!({ "email": email }), now).await?;
    Ok(tx.commit().await?)
}

/// Ends an appointment, if there is one. What waits to be told to them as counsel is discarded when its turn comes.
///
/// # Errors
/// If the actor may not.
pub async fn dismiss(recoup: &Recoup, actor: &Actor, case: CaseId, account: AccountId) -> Result<(), Failure> {
    permit(actor, Action::ManageCases)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    // Before the appointment and the links, as whoever accepts one.
    cases::lock(&mut tx, case).await?;
    if !cases::dismiss(&mut tx, case, account).await? {
        return Ok(());
    }
    let email = accounts::by_id(&mut tx, account).await?.map_or_else(String::new, |account| account.email);
    links::spend_invitations(recoup, &mut tx, case, &email).await?;
    record(&mut tx, case, actor.account, "counsel_dismissed", serde_json::json!({ "email": email }), now).await?;
    Ok(tx.commit().await?)
}
