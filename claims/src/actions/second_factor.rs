//! A second factor for one's account: set up, asked for at sign-in, replaced by recovery codes, removed.

use chrono::Duration;
use minijinja::context;

use super::{
    Failure, Recoup,
    account::check_present_password,
    account_acts::{self, Act},
    limits, links, permit,
};
use crate::{
    AccountId, Instant,
    access::{Action, Actor},
    deadline,
    intake::{Answers, account},
    second_factor::{RECOVERY_CODES, Secret, read_recovery_code, recovery_code},
    store::{
        Tx, accounts, outbox,
        second_factors::{self, SecondFactor},
        sessions,
    },
};

/// How the second factor of an account stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    None,
    /// A secret was made, and no code shown yet.
    Begun(Secret),
    /// It is asked for at every sign-in.
    Active {
        /// Since when.
        since: Instant,
        /// Recovery codes that were not used yet.
        codes_left: i64,
    },
}

/// How the person's second factor stands.
///
/// # Errors
/// If the database fails.
pub async fn standing(recoup: &Recoup, actor: &Actor) -> Result<Standing, Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.read().await?;
    let Some(factor) = second_factors::of(&mut tx, actor.account).await? else { return Ok(Standing::None) };
    if let Some(since) = factor.confirmed_at {
        let codes_left = second_factors::recovery_codes_left(&mut tx, actor.account).await?;
        return Ok(Standing::Active { since, codes_left });
    }
    Ok(if is_fresh(&factor, recoup.clock.now()) { Standing::Begun(read(&factor.secret)?) } else { Standing::None })
}

/// How long a secret waits for its first code.
fn patience() -> Duration {
    Duration::minutes(15)
}

fn is_fresh(factor: &SecondFactor, now: Instant) -> bool {
    now - factor.begun_at < patience()
}

/// What a session keeps of a secret that was made in it: nobody else sees it, or finishes what was begun by the password.
#[must_use]
pub fn mark(secret: &Secret) -> String {
    links::hash(&secret.base32())
}

/// Makes a secret, after the password was given again in the session with the hash `session`; gives its [`mark`], for that session. Nothing
/// is asked for at sign-in before [`confirm`].
///
/// # Errors
/// A wrong password; a second factor that is active already.
pub async fn begin(recoup: &Recoup, actor: &Actor, answers: &Answers, session: &str) -> Result<String, Failure> {
    permit(actor, Action::UseOwnAccount)?;
    account::read(account::PASSWORD_AGAIN, answers, "").map_err(Failure::Invalid)?;
    check_present_password(recoup, actor, answers, session).await?;
    let mut tx = recoup.store.write().await?;
    let secret = Secret::random(&recoup.random);
    if !second_factors::begin(&mut tx, actor.account, &secret.base32(), recoup.clock.now()).await? {
        return Err(Failure::said(
            "Your account has a second factor already. To move it to another device, remove it first.",
        ));
    }
    tx.commit().await?;
    Ok(mark(&secret))
}

/// Turns the second factor on by a first code; every session but the one with the hash `session` ends. `begun` is the [`mark`] of the secret
/// that was made in it. Gives the recovery codes, which nobody can read again.
///
/// # Errors
/// A wrong code; a secret that was made elsewhere, or too long ago.
pub async fn confirm(
    recoup: &Recoup,
    actor: &Actor,
    answers: &Answers,
    session: &str,
    begun: &str,
) -> Result<Vec<String>, Failure> {
    permit(actor, Action::UseOwnAccount)?;
    account::read(account::FIRST_CODE, answers, "").map_err(Failure::Invalid)?;
    count_attempt(recoup, actor.account).await?;
    let now = recoup.clock.now();
    let nothing = || Failure::said("There is nothing to confirm. Begin again from your account.");
    let mut tx = recoup.store.write().await?;
    // Whoever signs in at this moment by the password alone is seen, or sees this.
    accounts::lock(&mut tx, actor.account).await?;
    let factor = second_factors::of(&mut tx, actor.account).await?.filter(|factor| is_fresh(factor, now));
    let secret = read(&factor.ok_or_else(nothing)?.secret)?;
    if mark(&secret) != begun {
        return Err(nothing());
    }
    let step = secret.step(answers.get("code"), now).ok_or_else(wrong_code)?;
    if !second_factors::confirm(&mut tx, actor.account, step, now).await? {
        return Err(nothing());
    }
    let codes = hand_out(recoup, &mut tx, actor.account).await?;
    limits::clear(&mut tx, &limits::SECOND_FACTOR, &actor.account.to_string()).await?;
    sessions::delete_of_account(&mut tx, actor.account, Some(session)).await?;
    tell(recoup, &mut tx, actor.account, "A second factor was set up", now).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Hands out other recovery codes in the session with the hash `session`; the earlier ones stop working.
///
/// # Errors
/// A wrong password or code.
pub async fn renew_codes(
    recoup: &Recoup,
    actor: &Actor,
    answers: &Answers,
    session: &str,
) -> Result<Vec<String>, Failure> {
    prove(recoup, actor, answers, session).await?;
    let mut tx = recoup.store.write().await?;
    let codes = hand_out(recoup, &mut tx, actor.account).await?;
    tell(recoup, &mut tx, actor.account, "New recovery codes were made", recoup.clock.now()).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Removes the second factor; every session but the one with the hash `session` ends.
///
/// # Errors
/// A wrong password or code.
pub async fn remove(recoup: &Recoup, actor: &Actor, answers: &Answers, session: &str) -> Result<(), Failure> {
    prove(recoup, actor, answers, session).await?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    second_factors::remove(&mut tx, actor.account).await?;
    sessions::delete_of_account(&mut tx, actor.account, Some(session)).await?;
    tell(recoup, &mut tx, actor.account, "The second factor was removed", now).await?;
    if let Some(account) = accounts::by_id(&mut tx, actor.account).await? {
        account_acts::record(&mut tx, Act::SecondFactorRemoved, Some(actor.account), &account, now).await?;
    }
    tx.commit().await?;
    account_acts::log(Act::SecondFactorRemoved, Some(actor.account), actor.account);
    Ok(())
}

/// The same for somebody who lost device and codes, by the operator, who made sure who asks. `false` if there is no such address
/// or it has no second factor.
///
/// # Errors
/// If the database fails.
pub async fn remove_by_email(recoup: &Recoup, email: &str) -> Result<bool, Failure> {
    let mut tx = recoup.store.write().await?;
    let Some(account) = accounts::by_email(&mut tx, email).await? else { return Ok(false) };
    if !second_factors::remove(&mut tx, account.id).await? {
        return Ok(false);
    }
    sessions::delete_of_account(&mut tx, account.id, None).await?;
    let now = recoup.clock.now();
    tell(recoup, &mut tx, account.id, "The second factor was removed by the operator of the site", now).await?;
    account_acts::record(&mut tx, Act::SecondFactorRemoved, None, &account, now).await?;
    tx.commit().await?;
    account_acts::log(Act::SecondFactorRemoved, None, account.id);
    Ok(true)
}

/// Takes the second factor off an account in the transaction that proves its address: whoever set it up showed nobody that the mailbox is
/// theirs, and its owner would be asked for a stranger's code for good. `true` if it was asked for, which is to be logged after the commit.
pub(super) async fn remove_with_proof(
    recoup: &Recoup,
    tx: &mut Tx,
    account: &accounts::Account,
    now: Instant,
) -> Result<bool, Failure> {
    let was_asked = second_factors::of(tx, account.id).await?.is_some_and(|factor| factor.confirmed_at.is_some());
    second_factors::remove(tx, account.id).await?;
    if was_asked {
        let what = "The second factor from before your address was confirmed was removed";
        tell(recoup, tx, account.id, what, now).await?;
        account_acts::record(tx, Act::SecondFactorRemoved, Some(account.id), account, now).await?;
    }
    Ok(was_asked)
}

/// Whether a password alone does not let into an account.
///
/// # Errors
/// If the database fails.
pub async fn is_asked_of(recoup: &Recoup, account: AccountId) -> Result<bool, Failure> {
    is_asked(&mut recoup.store.read().await?, account).await
}

/// The same within a transaction.
pub(super) async fn is_asked(tx: &mut Tx, account: AccountId) -> Result<bool, Failure> {
    Ok(second_factors::of(tx, account).await?.is_some_and(|factor| factor.confirmed_at.is_some()))
}

/// Checks the code of a device or a recovery code of somebody whose password was right. Each works once.
///
/// # Errors
/// A wrong or used code, or too many attempts.
pub async fn check(recoup: &Recoup, account: AccountId, answers: &Answers) -> Result<(), Failure> {
    account::read(account::CODE, answers, "").map_err(Failure::Invalid)?;
    count_attempt(recoup, account).await?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let factor = second_factors::of(&mut tx, account).await?.filter(|factor| factor.confirmed_at.is_some());
    let factor = factor.ok_or_else(|| Failure::said("Your account has no second factor any more. Sign in again."))?;
    let typed = answers.get("code");
    let right = if let Some(code) = read_recovery_code(typed) {
        let used = second_factors::use_recovery_code(&mut tx, account, &links::hash(&code), now).await?;
        if used {
            tell(recoup, &mut tx, account, "A recovery code was used to sign in", now).await?;
        }
        used
    } else if let Some(step) = read(&factor.secret)?.step(typed, now) {
        second_factors::use_step(&mut tx, account, step).await?
    } else {
        false
    };
    if !right {
        tracing::warn!(account = account.0, "the code of a second factor was refused");
        return Err(wrong_code());
    }
    limits::clear(&mut tx, &limits::SECOND_FACTOR, &account.to_string()).await?;
    tracing::info!(account = account.0, "the code of a second factor was right");
    Ok(tx.commit().await?)
}

/// Password and code of somebody who is signed in.
async fn prove(recoup: &Recoup, actor: &Actor, answers: &Answers, session: &str) -> Result<(), Failure> {
    permit(actor, Action::UseOwnAccount)?;
    account::read(account::PASSWORD_AND_CODE, answers, "").map_err(Failure::Invalid)?;
    check_present_password(recoup, actor, answers, session).await?;
    check(recoup, actor.account, answers).await
}

async fn count_attempt(recoup: &Recoup, account: AccountId) -> Result<(), Failure> {
    let of = account.to_string();
    let mut tx = recoup.store.write().await?;
    limits::check(recoup, &mut tx, &limits::SECOND_FACTOR, &of).await?;
    limits::count(recoup, &mut tx, &limits::SECOND_FACTOR, &of).await?;
    Ok(tx.commit().await?)
}

async fn hand_out(recoup: &Recoup, tx: &mut Tx, account: AccountId) -> Result<Vec<String>, Failure> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(&recoup.random)).collect();
    let hashes: Vec<String> =
        codes.iter().filter_map(|code| read_recovery_code(code)).map(|code| links::hash(&code)).collect();
    second_factors::set_recovery_codes(tx, account, &hashes).await?;
    Ok(codes)
}

async fn tell(recoup: &Recoup, tx: &mut Tx, account: AccountId, what: &str, now: Instant) -> Result<(), Failure> {
    let Some(account) = accounts::by_id(tx, account).await? else { return Ok(()) };
    let values = context! { what, at => deadline::show(now, "Etc/UTC"), link => recoup.url("/forgotten") };
    let mail = recoup.mails.write("second_factor", &account.email, values, (None, None))?;
    outbox::add(tx, &mail, now).await?;
    Ok(())
}

fn read(secret: &str) -> Result<Secret, Failure> {
    Secret::parse(secret).ok_or_else(|| Failure::Internal("the secret of a second factor is damaged".to_owned()))
}

fn wrong_code() -> Failure {
    Failure::field(
        "code",
        "This code does not work. Type the six digits that your device shows now; each code works once, and the device's clock must be right.",
    )
}
