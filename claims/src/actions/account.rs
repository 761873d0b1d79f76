//! One's own account: password, address, sessions; and what an administrator or the command line does with accounts.

use minijinja::context;

use super::{
    Failure, Recoup,
    account_acts::{self, Act},
    limits,
    links::{self, For, Purpose},
    permit,
    sign_in::{change_password as set_password, raw},
};
use crate::{
    AccountId,
    access::{Action, Actor},
    intake::{Answers, FieldError, Section, account, steps::Step},
    status::ClaimStatus,
    store::{Tx, accounts, claims, is_unique_violation, outbox, sessions, tokens},
};

/// Changes the password; the other sessions end. `session` is the hash of the one that stays.
///
/// # Errors
/// Wrong answers, among them a wrong present password.
pub async fn change_password(recoup: &Recoup, actor: &Actor, answers: &Answers, session: &str) -> Result<(), Failure> {
    permit(actor, Action::UseOwnAccount)?;
    read_new_password(recoup, account::CHANGE_PASSWORD, answers, &actor.email).await?;
    check_present_password(recoup, actor, answers, session).await?;
    let password_hash = recoup.passwords.hash(raw(answers, "password")).await?;
    let mut tx = recoup.store.write().await?;
    set_password(recoup, &mut tx, actor.account, &password_hash, Some(session), recoup.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Reads a form in which a password is chosen: one that attackers do not know.
pub(super) async fn read_new_password(
    recoup: &Recoup,
    form: &'static [Section],
    answers: &Answers,
    email: &str,
) -> Result<(), Failure> {
    let mut errors = account::read(form, answers, email).err().unwrap_or_default();
    if !errors.iter().any(|error| error.field == "password") {
        let known = recoup.passwords.known_problem(raw(answers, "password"), &[email, answers.get("name")]).await?;
        errors.extend(known.map(|problem| FieldError { field: "password".to_owned(), message: problem.to_owned() }));
    }
    if errors.is_empty() { Ok(()) } else { Err(Failure::Invalid(errors)) }
}

pub(super) async fn check_present_password(
    recoup: &Recoup,
    actor: &Actor,
    answers: &Answers,
    session: &str,
) -> Result<(), Failure> {
    if is_password_of(recoup, actor.account, answers, session).await? {
        Ok(())
    } else {
        tracing::warn!(account = actor.account.0, "a password was refused");
        Err(Failure::field("current", "This is not your present password."))
    }
}

/// Whether the answer `current` is the password of an account; wrong ones are counted, by whoever gives them (`by`, such as the hash of
/// a session) and, loosely, by the account.
pub(super) async fn is_password_of(
    recoup: &Recoup,
    id: AccountId,
    answers: &Answers,
    by: &str,
) -> Result<bool, Failure> {
    let (of, pair) = (id.to_string(), format!("{id} {by}"));
    let rules = [(&limits::PASSWORD_AGAIN, &pair), (&limits::PASSWORD_AGAIN_ACCOUNT, &of)];
    let mut tx = recoup.store.write().await?;
    for (rule, of) in rules {
        limits::check(recoup, &mut tx, rule, of).await?;
    }
    for (rule, of) in rules {
        limits::count(recoup, &mut tx, rule, of).await?;
    }
    let account = accounts::by_id(&mut tx, id).await?;
    tx.commit().await?;
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    if !recoup.passwords.verify(raw(answers, "current"), hash).await? {
        return Ok(false);
    }
    let mut tx = recoup.store.write().await?;
    for (rule, of) in rules {
        limits::clear(&mut tx, rule, of).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Mails a link to a new address and tells the old one. The address changes when the link is opened. `session` is the hash of the session
/// in which it is asked for.
///
/// # Errors
/// Wrong answers, or an account that asks too often.
pub async fn change_address(recoup: &Recoup, actor: &Actor, answers: &Answers, session: &str) -> Result<(), Failure> {
    permit(actor, Action::UseOwnAccount)?;
    account::read(account::CHANGE_EMAIL, answers, "").map_err(Failure::Invalid)?;
    let new = answers.get("email");
    if accounts::email_key(new) == accounts::email_key(&actor.email) {
        return Err(Failure::field("email", "This is your address already."));
    }
    check_present_password(recoup, actor, answers, session).await?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let key = accounts::email_key(new);
    // Both mailboxes get a mail, and nobody has proved that either is the actor's.
    let pairs =
        [&key, &accounts::email_key(&actor.email)].map(|mailbox| format!("{mailbox} account {}", actor.account));
    for pair in &pairs {
        limits::check(recoup, &mut tx, &limits::MAIL_PAIR, pair).await?;
    }
    for pair in &pairs {
        limits::count(recoup, &mut tx, &limits::MAIL_PAIR, pair).await?;
    }
    if let Some(at) = limits::next_mail(recoup, &mut tx, &limits::MAIL, &key).await? {
        let what = For { account: Some(actor.account), email: Some(new), case: None };
        let link = links::make_for(recoup, &mut tx, Purpose::NewAddress, what, at).await?;
        let values = context! { link, hours => Purpose::NewAddress.life().num_hours() };
        // Not kept as the account's mail: in the portal one would read that it waits, which depends on others' mails to the address.
        let mut mail = recoup.mails.write("confirm_new_address", new, values, (None, None))?;
        mail.not_before = Some(at);
        outbox::add(&mut tx, &mail, now).await?;
    }
    let values = context! { new, link => recoup.url("/forgotten") };
    let mail = recoup.mails.write("address_changed", &actor.email, values, (None, None))?.of(actor.account);
    outbox::add(&mut tx, &mail, now).await?;
    Ok(tx.commit().await?)
}

/// A change of address that a link would make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAddress {
    /// The account.
    pub account: AccountId,
    /// Its present address.
    pub old: String,
    /// The address to come.
    pub new: String,
}

/// What a link to a new address would change, without using it.
///
/// # Errors
/// A sentence about the link.
pub async fn to_confirm_new_address(recoup: &Recoup, token: &str) -> Result<NewAddress, Failure> {
    let mut tx = recoup.store.read().await?;
    let found = links::open(recoup, &mut tx, Purpose::NewAddress, token).await?;
    let account = match found.account_id {
        Some(id) => accounts::by_id(&mut tx, id).await?,
        None => None,
    };
    let (Some(account), Some(new)) = (account, found.email) else { return Err(no_account()) };
    Ok(NewAddress { account: account.id, old: account.email, new })
}

fn no_account() -> Failure {
    Failure::said("The account of this link no longer exists.")
}

/// Changes the address by the mailed link, and tells the old one. Links that went to the old address work no longer. Gives how many
/// claims still name the old address as their contact. `own` is an account that is known to be of whoever opens the link: they are signed in
/// to it, or gave its password. Nothing is done to another: whoever began the change may have typed somebody else's address, who would
/// prove it for them by a click, and be taken for them from then on.
///
/// # Errors
/// A sentence about the link, or that the address belongs to another account.
pub async fn confirm_new_address(recoup: &Recoup, token: &str, own: Option<AccountId>) -> Result<usize, Failure> {
    let mut tx = recoup.store.write().await?;
    let found = links::open(recoup, &mut tx, Purpose::NewAddress, token).await?;
    let (Some(id), Some(email)) = (found.account_id, found.email.clone()) else { return Err(no_account()) };
    if own != Some(id) {
        return Err(Failure::said("This link is for another account. Sign in to it, then open the link again."));
    }
    links::spend(recoup, &mut tx, &found).await?;
    let now = recoup.clock.now();
    let old = accounts::by_id(&mut tx, id).await?;
    match accounts::set_email(&mut tx, id, &email, now).await {
        Err(error) if is_unique_violation(&error) => {
            // Only the owner of that mailbox can have opened the link, so this tells nobody else anything.
            Err(Failure::said(
                "This address already belongs to another account of yours. Sign in there, or choose another address.",
            ))
        }
        done => {
            done?;
            links::spend_takeovers(recoup, &mut tx, id).await?;
            let mut naming = 0;
            if let Some(old) = old {
                naming = claims_naming(&mut tx, id, &old.email).await?;
                let at = crate::deadline::show(now, "Etc/UTC");
                let values = context! { new => email, at, link => recoup.url("/") };
                let mail = recoup.mails.write("address_left", &old.email, values, (None, None))?.of(id);
                outbox::add(&mut tx, &mail, now).await?;
            }
            tx.commit().await?;
            Ok(naming)
        }
    }
}

/// How many claims of an account have an address as their contact, in the draft or in what was sent. Withdrawn ones are asked no more.
async fn claims_naming(tx: &mut Tx, account: AccountId, email: &str) -> Result<usize, Failure> {
    let key = accounts::email_key(email);
    let mut naming = 0;
    for claim in claims::of_account(tx, account).await? {
        if claim.status == ClaimStatus::Withdrawn.key() {
            continue;
        }
        for version in [claim.draft_id, claim.in_force_id].into_iter().flatten() {
            let answers = claims::answers(tx, version).await?;
            let contact = answers.get(Step::Claimant.key()).map(|answers| accounts::email_key(answers.get("email")));
            if contact.as_ref() == Some(&key) {
                naming += 1;
                break;
            }
        }
    }
    Ok(naming)
}

/// The sessions of the account.
///
/// # Errors
/// If the database fails.
pub async fn list_sessions(recoup: &Recoup, actor: &Actor) -> Result<Vec<sessions::SessionRow>, Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.read().await?;
    let mut found = sessions::of_account(&mut tx, actor.account, recoup.clock.now()).await?;
    found.retain(|session| !session.is_half());
    Ok(found)
}

/// How the page of an account names one of its sessions: nothing that opens it, nor what the database keeps of it.
#[must_use]
pub fn session_name(session: &sessions::SessionRow) -> String {
    links::hash(&session.id_hash)[..32].to_owned()
}

/// Ends one session of the account, by its [`session_name`]; `false` if it has ended already.
///
/// # Errors
/// If the database fails.
pub async fn end_session(recoup: &Recoup, actor: &Actor, name: &str) -> Result<bool, Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.write().await?;
    let own = sessions::of_account(&mut tx, actor.account, recoup.clock.now()).await?;
    let Some(found) = own.iter().find(|session| session_name(session) == name) else { return Ok(false) };
    sessions::delete(&mut tx, &found.id_hash).await?;
    tx.commit().await?;
    Ok(true)
}

/// Ends every session of the account.
///
/// # Errors
/// If the database fails.
pub async fn sign_out_everywhere(recoup: &Recoup, actor: &Actor) -> Result<(), Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.write().await?;
    sessions::delete_of_account(&mut tx, actor.account, None).await?;
    Ok(tx.commit().await?)
}

/// Makes the one-time link of the first administrator, if there is no administrator yet. Earlier links stop working.
///
/// # Errors
/// If the database fails.
pub async fn first_administrator_link(recoup: &Recoup) -> Result<Option<String>, Failure> {
    let mut tx = recoup.store.write().await?;
    if accounts::count(&mut tx).await?.1 > 0 {
        return Ok(None);
    }
    tokens::spend_unowned(&mut tx, "first_administrator", recoup.clock.now()).await?;
    let link = links::make(recoup, &mut tx, Purpose::FirstAdministrator, For::default()).await?;
    tx.commit().await?;
    Ok(Some(link))
}

/// Makes the first administrator by the one-time link.
///
/// # Errors
/// A sentence about the link, or wrong answers.
pub async fn become_first_administrator(recoup: &Recoup, token: &str, answers: &Answers) -> Result<AccountId, Failure> {
    read_new_password(recoup, account::FIRST, answers, answers.get("email")).await?;
    let password_hash = recoup.passwords.hash(raw(answers, "password")).await?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let found = links::open(recoup, &mut tx, Purpose::FirstAdministrator, token).await?;
    links::spend(recoup, &mut tx, &found).await?;
    if accounts::count(&mut tx).await?.1 > 0 {
        return Err(Failure::said("There is an administrator already. Ask them for access."));
    }
    // Whoever holds this link started the server, so the address is taken as confirmed.
    let id = accounts::add(&mut tx, answers.get("email"), answers.get("name"), &password_hash, true, Some(now), now)
        .await
        .map_err(taken)?;
    tx.commit().await?;
    account_acts::log(Act::AdministratorAdded, Some(id), id);
    Ok(id)
}

/// Adds a confirmed account from the command line.
///
/// # Errors
/// Wrong answers, or a taken address.
pub async fn add(recoup: &Recoup, answers: &Answers, administrator: bool) -> Result<AccountId, Failure> {
    read_new_password(recoup, account::REGISTER, answers, answers.get("email")).await?;
    let password_hash = recoup.passwords.hash(raw(answers, "password")).await?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let id = accounts::add(
        &mut tx,
        answers.get("email"),
        answers.get("name"),
        &password_hash,
        administrator,
        Some(now),
        now,
    )
    .await
    .map_err(taken)?;
    tx.commit().await?;
    account_acts::log(if administrator { Act::AdministratorAdded } else { Act::Added }, None, id);
    Ok(id)
}

fn taken(error: crate::store::Error) -> Failure {
    if is_unique_violation(&error) {
        Failure::field("email", "There is an account with this address already.")
    } else {
        error.into()
    }
}

/// Disables or enables an account by its id; disabling ends its sessions at once.
///
/// # Errors
/// If the actor may not, or disables themselves.
pub async fn set_disabled(recoup: &Recoup, actor: &Actor, id: AccountId, disabled: bool) -> Result<(), Failure> {
    permit(actor, Action::ManageInstallation)?;
    if id == actor.account {
        return Err(Failure::said("You cannot disable your own account. Let another administrator do it."));
    }
    let mut tx = recoup.store.write().await?;
    let Some(account) = accounts::by_id(&mut tx, id).await? else { return Ok(()) };
    let done = disable(recoup, &mut tx, Some(actor.account), &account, disabled).await?;
    tx.commit().await?;
    if let Some(act) = done {
        account_acts::log(act, Some(actor.account), id);
    }
    Ok(())
}

/// The same from the command line, where the operator may do everything. `false` if there is no such address.
///
/// # Errors
/// If the database fails.
pub async fn set_disabled_by_email(recoup: &Recoup, email: &str, disabled: bool) -> Result<bool, Failure> {
    let mut tx = recoup.store.write().await?;
    let Some(account) = accounts::by_email(&mut tx, email).await? else { return Ok(false) };
    let done = disable(recoup, &mut tx, None, &account, disabled).await?;
    tx.commit().await?;
    if let Some(act) = done {
        account_acts::log(act, None, account.id);
    }
    Ok(true)
}

/// Gives what was done; `None` if it was so already.
async fn disable(
    recoup: &Recoup,
    tx: &mut Tx,
    by: Option<AccountId>,
    account: &accounts::Account,
    disabled: bool,
) -> Result<Option<Act>, Failure> {
    if account.disabled_at.is_some() == disabled {
        return Ok(None);
    }
    let now = recoup.clock.now();
    accounts::set_disabled(tx, account.id, disabled.then_some(now)).await?;
    if disabled {
        sessions::delete_of_account(tx, account.id, None).await?;
    }
    let act = if disabled { Act::Disabled } else { Act::Enabled };
    account_acts::record(tx, act, by, account, now).await?;
    Ok(Some(act))
}
