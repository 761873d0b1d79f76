//! Registering and signing in. No answer tells whether an address has an account.

use minijinja::context;

use super::{
    Failure, Recoup,
    account::{is_password_of, read_new_password},
    account_acts::{self, Act},
    limits,
    links::{self, For, Purpose},
    once, second_factor,
};
use crate::{
    AccountId, Instant, MailId,
    access::Refusal,
    intake::{Answers, account},
    store::{Tx, accounts, outbox, queue_up, sessions, tokens},
};

/// Registers: the new account can be used at once, but nothing can be signed before its address is confirmed.
///
/// `key` is the form's idempotency key: sent twice, the form makes one account and one mail. If somebody confirmed the address before, the new account works all the same, and the mail explains how to move what is
/// entered into the old one. So neither page nor time tells whether the address was known.
///
/// # Errors
/// Wrong answers, or too many accounts from one client.
pub async fn register(recoup: &Recoup, answers: &Answers, client: &str, key: &str) -> Result<AccountId, Failure> {
    read_new_password(recoup, account::REGISTER, answers, answers.get("email")).await?;
    let (email, name) = (answers.get("email"), answers.get("name"));
    let mut tx = recoup.store.write().await?;
    let counted = count_asked(recoup, &mut tx, email, client).await?;
    tx.commit().await?;

    let password_hash = recoup.passwords.hash(raw(answers, "password")).await?;
    let mut tx = recoup.store.write().await?;
    let key = (!key.is_empty()).then(|| links::hash(key));
    if let Some(key) = &key {
        queue_up(&mut tx, &format!("register {key}")).await?;
    }
    let made = match &key {
        Some(key) => accounts::registered_with(&mut tx, key).await?,
        None => None,
    };
    if let Some(made) = made {
        tx.commit().await?;
        let same = accounts::email_key(&made.email) == accounts::email_key(email)
            && recoup.passwords.verify(raw(answers, "password"), Some(&made.password_hash)).await?;
        if !same {
            return Err(Failure::said(once::OTHER_CONTENT));
        }
        // The same form once more makes no further account, so it is none of those that are counted.
        let mut tx = recoup.store.write().await?;
        for counted in &counted {
            limits::take_back(&mut tx, counted).await?;
        }
        tx.commit().await?;
        return Ok(made.id);
    }
    let known = accounts::by_email(&mut tx, email).await?.filter(|known| known.verified_at.is_some());
    let id = accounts::add(&mut tx, email, name, &password_hash, false, None, recoup.clock.now()).await?;
    if let Some(key) = &key {
        accounts::set_registered_with(&mut tx, id, key).await?;
    }
    mail_confirmation(recoup, &mut tx, id, email, known.is_some()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Counts that a client asked for a mail to an address, by registering or because a password is forgotten, unless there were too many.
async fn count_asked(recoup: &Recoup, tx: &mut Tx, email: &str, client: &str) -> Result<[limits::Counted; 2], Failure> {
    let client = &*limits::client_key(client);
    let pair = format!("{} {client}", accounts::email_key(email));
    limits::check(recoup, tx, &limits::MAIL_PAIR, &pair).await?;
    limits::check(recoup, tx, &limits::REGISTER, client).await?;
    Ok([
        limits::count(recoup, tx, &limits::MAIL_PAIR, &pair).await?,
        limits::count(recoup, tx, &limits::REGISTER, client).await?,
    ])
}

/// Sends the mail that confirms an address again.
///
/// # Errors
/// If the account asks too often.
pub async fn mail_confirmation_again(recoup: &Recoup, actor: &crate::access::Actor) -> Result<(), Failure> {
    super::permit(actor, crate::access::Action::UseOwnAccount)?;
    let mut tx = recoup.store.write().await?;
    let pair = format!("{} account {}", accounts::email_key(&actor.email), actor.account);
    limits::check(recoup, &mut tx, &limits::MAIL_PAIR, &pair).await?;
    limits::count(recoup, &mut tx, &limits::MAIL_PAIR, &pair).await?;
    let known = accounts::by_email(&mut tx, &actor.email)
        .await?
        .is_some_and(|known| known.verified_at.is_some() && known.id != actor.account);
    mail_confirmation(recoup, &mut tx, actor.account, &actor.email, known).await?;
    Ok(tx.commit().await?)
}

/// Queues the mail that confirms an address: for its turn, if others asked for many to it.
async fn mail_confirmation(
    recoup: &Recoup,
    tx: &mut Tx,
    account: AccountId,
    email: &str,
    known: bool,
) -> Result<(), Failure> {
    let Some(at) = limits::next_mail(recoup, tx, &limits::MAIL, &accounts::email_key(email)).await? else {
        return Ok(());
    };
    let what = For { account: Some(account), email: Some(email), case: None };
    let link = links::make_for(recoup, tx, Purpose::Verify, what, at).await?;
    let kind = if known { "address_known" } else { "verify_address" };
    // Not kept as the account's mail: in the portal, who only typed the address would read whether it is known.
    let values = context! { link, hours => Purpose::Verify.life().num_hours() };
    let mut mail = recoup.mails.write(kind, email, values, (None, None))?;
    mail.not_before = Some(at);
    outbox::add(tx, &mail, recoup.clock.now()).await?;
    Ok(())
}

/// Confirms the address of an account by its mailed link. If another account confirmed the address before, everything moves
/// there, and this one is closed: who opens the link reads the mail of both.
///
/// `own` is an account that is known to be of whoever opens it: they are signed in to it, or gave its password ([`prove`]). If it is not
/// the one that then has the address, nobody knows that its password is theirs: somebody else may have begun it under this address, and
/// its owner may have opened the wrong one of two mails that look alike, or one that they did not ask for. So its sessions and its
/// password end, and they choose a new one. If its address was not proved before, its second factor ends too.
///
/// # Errors
/// A sentence about the link.
pub async fn confirm_address(recoup: &Recoup, token: &str, own: Option<AccountId>) -> Result<Confirmed, Failure> {
    let now = recoup.clock.now();
    // Hashing takes a while: only for a link that works, and before others have to wait for this transaction.
    peek(recoup, Purpose::Verify, token).await?;
    let nobodys_password = recoup.passwords.hash(&recoup.random.token()).await?;
    let mut tx = recoup.store.write().await?;
    let found = links::open(recoup, &mut tx, Purpose::Verify, token).await?;
    links::spend(recoup, &mut tx, &found).await?;
    let account = match found.account_id {
        Some(id) => accounts::by_id(&mut tx, id).await?,
        None => None,
    }
    .ok_or_else(|| Failure::said("The account of this link no longer exists."))?;
    queue_up(&mut tx, &address(&account.email)).await?;
    let older = accounts::by_email(&mut tx, &account.email)
        .await?
        .filter(|older| older.verified_at.is_some() && older.id != account.id);
    let mut factor_removed = false;
    let confirmed = match older {
        Some(older) => {
            accounts::merge(&mut tx, account.id, older.id).await?;
            accounts::set_disabled(&mut tx, account.id, Some(now)).await?;
            sessions::delete_of_account(&mut tx, account.id, None).await?;
            if own == Some(older.id) {
                Confirmed::MovedToOlderAccount
            } else {
                Confirmed::NewPasswordNeeded(free(recoup, &mut tx, &older, &nobodys_password).await?)
            }
        }
        // It was confirmed otherwise since the mail, as by a new password: nothing is left to be done.
        None if account.verified_at.is_some() => Confirmed::Address,
        None => {
            accounts::set_verified(&mut tx, account.id, now).await?;
            if own == Some(account.id) {
                Confirmed::Address
            } else {
                factor_removed = second_factor::remove_with_proof(recoup, &mut tx, &account, now).await?;
                Confirmed::AddressOnly(free(recoup, &mut tx, &account, &nobodys_password).await?)
            }
        }
    };
    tx.commit().await?;
    if factor_removed {
        account_acts::log(Act::SecondFactorRemoved, Some(account.id), account.id);
    }
    Ok(confirmed)
}

/// Ends the sessions and the password of an account, and whatever else opens it; gives the token by which its owner sets a new one.
async fn free(
    recoup: &Recoup,
    tx: &mut Tx,
    account: &accounts::Account,
    nobodys_password: &str,
) -> Result<String, Failure> {
    accounts::set_password(tx, account.id, nobodys_password).await?;
    sessions::delete_of_account(tx, account.id, None).await?;
    links::spend_takeovers(recoup, tx, account.id).await?;
    let what = For { account: Some(account.id), email: Some(&account.email), case: None };
    links::make_token(recoup, tx, Purpose::Reset, what).await
}

/// What transactions that prove an address queue up for: only one account may have proved it.
fn address(email: &str) -> String {
    format!("address {}", accounts::email_key(email))
}

/// What confirming an address ended in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// The account's address is confirmed.
    Address,
    /// What was entered moved to the account that had the address before.
    MovedToOlderAccount,
    /// The same, and that account has no password until one is set by this token of [`Purpose::Reset`].
    NewPasswordNeeded(String),
    /// The account's address is confirmed, and it has no second factor, and no password until one is set by this token.
    AddressOnly(String),
}

/// The account whose address a link confirms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToConfirm {
    /// The account.
    pub account: Option<AccountId>,
    /// The address.
    pub email: String,
    /// Whether its password is asked of whoever opens the link: they may have chosen it, or have to choose another.
    pub asks_password: bool,
}

/// What a link would confirm for somebody with this session, without using it.
///
/// # Errors
/// A sentence about the link.
pub async fn to_confirm(recoup: &Recoup, token: &str, session: Option<AccountId>) -> Result<ToConfirm, Failure> {
    let mut tx = recoup.store.read().await?;
    let found = links::open(recoup, &mut tx, Purpose::Verify, token).await?;
    let email = found.email.unwrap_or_default();
    // Of an account that is moved into one that proved the address nothing is kept but what was entered.
    let is_proved = accounts::by_email(&mut tx, &email).await?.is_some_and(|known| known.verified_at.is_some());
    let asks_password = !is_proved && session != found.account_id;
    Ok(ToConfirm { account: found.account_id, email, asks_password })
}

/// The account on whose address a link acts, for whoever gives its password: they registered it themselves.
///
/// # Errors
/// A sentence about the link; a wrong password, or too many of them.
pub async fn prove(recoup: &Recoup, purpose: Purpose, token: &str, answers: &Answers) -> Result<AccountId, Failure> {
    let found = peek(recoup, purpose, token).await?;
    account::read(account::CONFIRM, answers, "").map_err(Failure::Invalid)?;
    let id = found.account_id.ok_or_else(|| Failure::said("The account of this link no longer exists."))?;
    // Whoever has the link is who guesses, as elsewhere a session.
    if is_password_of(recoup, id, answers, &format!("link {}", found.id)).await? {
        tracing::info!(account = id.0, "a password was right");
        return Ok(id);
    }
    tracing::warn!(account = id.0, "a password was refused");
    Err(Failure::field(
        "current",
        match purpose {
            Purpose::NewAddress => {
                "This is not the password of the account. If the account is not yours, leave this page: nothing changes."
            }
            _ => {
                "This is not the password of the account. If you did not register it, or no longer know the password, choose a new one."
            }
        },
    ))
}

/// Whether the token of a confirmation could be used now, without using it.
///
/// # Errors
/// A sentence about the link.
pub async fn peek(recoup: &Recoup, purpose: Purpose, token: &str) -> Result<tokens::Token, Failure> {
    let mut tx = recoup.store.read().await?;
    links::open(recoup, &mut tx, purpose, token).await
}

/// Somebody who proved who they are, by what counted then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// The account.
    pub account: AccountId,
    /// A hash of what is kept of its password.
    pub password: String,
}

impl Proved {
    fn of(account: &accounts::Account) -> Self {
        Self { account: account.id, password: links::hash(&account.password_hash) }
    }

    /// Whoever is let into an account by something else than its password, which stands as it is now.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if it is gone.
    pub async fn now(recoup: &Recoup, account: AccountId) -> Result<Self, Failure> {
        let mut tx = recoup.store.read().await?;
        let account = accounts::by_id(&mut tx, account).await?.ok_or(Refusal::NotFound)?;
        Ok(Self::of(&account))
    }

    /// Whether they are still let in, now that their session is written: a password takes a while to be checked, and may have been changed,
    /// or a second factor set up, meanwhile. Whoever does that ends the sessions that there are, so one of both sees the other. `by_code`
    /// says whether a code was given too, or is to be.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn holds(&self, recoup: &Recoup, by_code: bool) -> Result<bool, Failure> {
        let mut tx = recoup.store.write().await?;
        accounts::lock(&mut tx, self.account).await?;
        let account = accounts::by_id(&mut tx, self.account).await?.filter(|account| account.disabled_at.is_none());
        let asked = second_factor::is_asked(&mut tx, self.account).await?;
        Ok((by_code || !asked) && account.is_some_and(|account| Self::of(&account) == *self))
    }
}

/// Checks address and password. A wrong address and a wrong password give the same answer after the same work.
///
/// # Errors
/// Wrong answers, or too many attempts.
pub async fn sign_in(recoup: &Recoup, answers: &Answers, client: &str) -> Result<Proved, Failure> {
    account::read(account::SIGN_IN, answers, "").map_err(Failure::Invalid)?;
    let key = accounts::email_key(answers.get("email"));
    let client = &*limits::client_key(client);
    let pair = format!("{key} {client}");
    let rules = [
        (&limits::SIGN_IN_PAIR, pair.as_str()),
        (&limits::SIGN_IN_CLIENT, client),
        (&limits::SIGN_IN_ACCOUNT, key.as_str()),
    ];

    // Counted before the password is looked at, and taken back after a success: a hundred at once cannot all get in for free.
    let mut tx = recoup.store.write().await?;
    for (rule, of) in rules {
        limits::check(recoup, &mut tx, rule, of).await?;
    }
    let of_pair = limits::count(recoup, &mut tx, &limits::SIGN_IN_PAIR, &pair).await?;
    let of_client = limits::count(recoup, &mut tx, &limits::SIGN_IN_CLIENT, client).await?;
    let of_account = limits::count(recoup, &mut tx, &limits::SIGN_IN_ACCOUNT, &key).await?;
    let first = accounts::by_email(&mut tx, &key).await?.filter(|account| account.disabled_at.is_none());
    let newest = accounts::newest_unproved(&mut tx, &key).await?;
    tx.commit().await?;

    // An address that nobody proved may have been used twice: by its owner who forgot, or by somebody else. Each gets in with
    // their own password. Two passwords are always checked, so that the time tells nothing.
    let known = first.as_ref().or(newest.as_ref()).map(|account| account.id.0);
    let is_shared = first.as_ref().zip(newest.as_ref()).is_some_and(|(first, newest)| first.id != newest.id);
    let mut found = None;
    for account in [newest, first] {
        let hash = account.as_ref().map(|account| account.password_hash.as_str());
        if recoup.passwords.verify(raw(answers, "password"), hash).await? {
            found = account;
        }
    }
    let Some(account) = found else {
        tracing::warn!(account = known, "a password was refused");
        return Err(Failure::field(
            "password",
            "Address and password do not fit together. Check both; capital letters matter in the password.",
        ));
    };
    // In the order in which they were counted: two transactions that held each other's rows would wait for ever. Of the client
    // only this attempt is taken back, and of an address that two began with too: whoever got in may have guessed the other's password.
    // Where a code is asked for next, a wrong one counts against its account.
    let mut tx = recoup.store.write().await?;
    if is_shared {
        limits::take_back(&mut tx, &of_pair).await?;
        limits::take_back(&mut tx, &of_client).await?;
        limits::take_back(&mut tx, &of_account).await?;
    } else {
        limits::clear(&mut tx, &limits::SIGN_IN_PAIR, &pair).await?;
        limits::take_back(&mut tx, &of_client).await?;
        limits::clear(&mut tx, &limits::SIGN_IN_ACCOUNT, &key).await?;
    }
    tx.commit().await?;
    tracing::info!(account = account.id.0, "a password was right");
    Ok(Proved::of(&account))
}

/// Mails a link to set a new password, if the address has an account. If it has none, the answer is the same, and so is the work: the mail
/// is written and taken back, so that the time tells nothing either.
///
/// # Errors
/// A wrong address, or a client that asks too often.
pub async fn forgotten(recoup: &Recoup, answers: &Answers, client: &str) -> Result<(), Failure> {
    account::read(account::FORGOTTEN, answers, "").map_err(Failure::Invalid)?;
    let (email, now) = (answers.get("email"), recoup.clock.now());
    let key = accounts::email_key(email);
    let mut tx = recoup.store.write().await?;
    count_asked(recoup, &mut tx, email, client).await?;
    let found = accounts::by_email(&mut tx, &key).await?.filter(|account| account.disabled_at.is_none());
    let rule = if found.is_some() { &limits::MAIL } else { &limits::NO_MAIL };
    let Some(at) = limits::next_mail(recoup, &mut tx, rule, &key).await? else { return Ok(tx.commit().await?) };
    let account = found.as_ref().map(|account| account.id);
    // Nobody gets to know the token of nobody's link.
    let what = For { account, email: found.as_ref().map(|account| account.email.as_str()), case: None };
    let link = links::make_for(recoup, &mut tx, Purpose::Reset, what, at).await?;
    let values = context! { link, minutes => Purpose::Reset.life().num_minutes() };
    let mail = recoup.mails.write("reset_password", what.email.unwrap_or(email), values, (None, None))?;
    let mail = outbox::NewMail { account_id: account, not_before: Some(at), ..mail };
    let queued = outbox::add(&mut tx, &mail, now).await?;
    outbox::take_back(&mut tx, if account.is_some() { MailId(0) } else { queued }).await?;
    Ok(tx.commit().await?)
}

/// Sets a new password by a mailed link, confirms the address it was mailed to, and ends every session. A second factor stays, but for
/// one from before the address was proved: it may be a stranger's, as the password may have been.
///
/// # Errors
/// A sentence about the link, or a password that is refused.
pub async fn reset(recoup: &Recoup, token: &str, answers: &Answers) -> Result<AccountId, Failure> {
    let found = peek(recoup, Purpose::Reset, token).await?;
    read_new_password(recoup, account::RESET, answers, found.email.as_deref().unwrap_or_default()).await?;
    let password_hash = recoup.passwords.hash(raw(answers, "password")).await?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let found = links::open(recoup, &mut tx, Purpose::Reset, token).await?;
    links::spend(recoup, &mut tx, &found).await?;
    let id = found.account_id.ok_or_else(|| Failure::said("The account of this link no longer exists."))?;
    change_password(recoup, &mut tx, id, &password_hash, None, now).await?;
    let mut factor_removed = false;
    let account = accounts::by_id(&mut tx, id).await?;
    // The link was mailed to this address, so it is confirmed, unless another account confirmed it meanwhile.
    if let Some(account) = account
        .filter(|account| account.verified_at.is_none() && found.email.as_deref() == Some(account.email.as_str()))
    {
        queue_up(&mut tx, &address(&account.email)).await?;
        let newest = accounts::newest_unproved(&mut tx, &account.email).await?;
        let older = accounts::by_email(&mut tx, &account.email).await?;
        if older.is_some_and(|older| older.id == account.id) {
            accounts::set_verified(&mut tx, account.id, now).await?;
            factor_removed = second_factor::remove_with_proof(recoup, &mut tx, &account, now).await?;
            // What its owner entered after registering once more is not lost: a mail offers to move it here.
            if let Some(twin) = newest.filter(|twin| twin.id != account.id) {
                mail_confirmation(recoup, &mut tx, twin.id, &twin.email, true).await?;
            }
        }
    }
    tx.commit().await?;
    if factor_removed {
        account_acts::log(Act::SecondFactorRemoved, Some(id), id);
    }
    Ok(id)
}

/// Sets a password hash, ends the sessions but `keep` and every link by which the account could be taken over, and tells the owner.
pub(super) async fn change_password(
    recoup: &Recoup,
    tx: &mut Tx,
    id: AccountId,
    password_hash: &str,
    keep: Option<&str>,
    now: Instant,
) -> Result<(), Failure> {
    accounts::set_password(tx, id, password_hash).await?;
    sessions::delete_of_account(tx, id, keep).await?;
    links::spend_takeovers(recoup, tx, id).await?;
    if let Some(account) = accounts::by_id(tx, id).await? {
        let values = context! { at => crate::deadline::show(now, "Etc/UTC"), link => recoup.url("/forgotten") };
        let mail = recoup.mails.write("password_changed", &account.email, values, (None, None))?.of(account.id);
        outbox::add(tx, &mail, now).await?;
    }
    Ok(())
}

/// An answer exactly as sent: passwords keep their white space.
pub(super) fn raw<'a>(answers: &'a Answers, name: &str) -> &'a str {
    answers.0.get(name).map_or("", String::as_str)
}
