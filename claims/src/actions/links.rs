//! Mailed links: random, signed, expiring, single use, kept as hashes only.

use chrono::Duration;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::{Failure, Recoup};
use crate::{
    AccountId, CaseId, Instant,
    store::{
        Tx, accounts,
        tokens::{self, NewToken, Token},
    },
};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Confirm the address of a new account.
    Verify,
    /// Set a new password.
    Reset,
    /// Confirm a new address of an account.
    NewAddress,
    /// Act as counsel in a case.
    Counsel,
    /// Become the first administrator.
    FirstAdministrator,
}

impl Purpose {
    const fn key(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::NewAddress => "new_address",
            Self::Counsel => "counsel",
            Self::FirstAdministrator => "first_administrator",
        }
    }

    /// How long a link of this kind works.
    #[must_use]
    pub fn life(self) -> Duration {
        match self {
            Self::Verify | Self::NewAddress => Duration::hours(48),
            Self::Reset => Duration::minutes(30),
            Self::Counsel => Duration::days(7),
            Self::FirstAdministrator => Duration::hours(24),
        }
    }

    /// The page that a link of this kind opens.
    const fn path(self) -> &'static str {
        match self {
            Self::Verify => "/confirm",
            Self::Reset => "/reset",
            Self::NewAddress => "/confirm-address",
            Self::Counsel => "/counsel-invitation",
            Self::FirstAdministrator => "/first-administrator",
        }
    }
}

/// What a link is made for.
#[derive(Debug, Clone, Copy, Default)]
pub struct For<'a> {
    /// The account it acts on.
    pub account: Option<AccountId>,
    /// The address it is mailed to.
    pub email: Option<&'a str>,
    /// The case of an invitation.
    pub case: Option<CaseId>,
}

/// Makes a link and keeps the hash of its token.
///
/// # Errors
/// If the database fails.
pub async fn make(recoup: &Recoup, tx: &mut Tx, purpose: Purpose, what: For<'_>) -> Result<String, Failure> {
    make_for(recoup, tx, purpose, what, recoup.clock.now()).await
}

/// The same for a mail that leaves at `at`: the life of the link begins then.
///
/// # Errors
/// If the database fails.
pub(super) async fn make_for(
    recoup: &Recoup,
    tx: &mut Tx,
    purpose: Purpose,
    what: For<'_>,
    at: Instant,
) -> Result<String, Failure> {
    let token = keep_token(recoup, tx, purpose, what, at).await?;
    Ok(recoup.url(&format!("{}/{token}", purpose.path())))
}

/// The token of a link without its address, for whoever is led to its page at once.
///
/// # Errors
/// If the database fails.
pub async fn make_token(recoup: &Recoup, tx: &mut Tx, purpose: Purpose, what: For<'_>) -> Result<String, Failure> {
    keep_token(recoup, tx, purpose, what, recoup.clock.now()).await
}

async fn keep_token(
    recoup: &Recoup,
    tx: &mut Tx,
    purpose: Purpose,
    what: For<'_>,
    at: Instant,
) -> Result<String, Failure> {
    let random = recoup.random.bytes::<16>();
    let token = BASE64URL_NOPAD.encode(&[random, signature(recoup, purpose, random)?].concat());
    let new = NewToken {
        hash: &hash(&token),
        purpose: purpose.key(),
        account_id: what.account,
        email: what.email,
        case_id: what.case,
        expires_at: at + purpose.life(),
    };
    tokens::add(tx, &new, recoup.clock.now()).await?;
    Ok(token)
}

/// Finds the token of a link that can still be used.
///
/// # Errors
/// A sentence that says whether it was mistyped, used or expired, and what to do.
pub async fn open(recoup: &Recoup, tx: &mut Tx, purpose: Purpose, token: &str) -> Result<Token, Failure> {
    let unknown = || Failure::said("This link is not complete. Copy all of it from the mail, or ask for a new one.");
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| unknown())?;
    let (random, signed) = bytes.split_first_chunk::<16>().ok_or_else(unknown)?;
    let mut mac = mac(recoup, purpose)?;
    mac.update(random);
    mac.verify_truncated_left(signed).map_err(|_| unknown())?;
    let found = tokens::find(tx, &hash(token), purpose.key()).await?.ok_or_else(unknown)?;
    if found.used_at.is_some() {
        return Err(Failure::said("This link was used already. If you need another, ask for a new one."));
    }
    if found.expires_at <= recoup.clock.now() {
        return Err(Failure::said("This link has expired. Ask for a new one."));
    }
    Ok(found)
}

/// Uses a token up.
///
/// # Errors
/// If it was used in the meantime.
pub async fn spend(recoup: &Recoup, tx: &mut Tx, token: &Token) -> Result<(), Failure> {
    if tokens::spend(tx, token.id, recoup.clock.now()).await? {
        Ok(())
    } else {
        Err(Failure::said("This link was used already. If you need another, ask for a new one."))
    }
}

/// Uses up all other links with which somebody could take an account over: whoever changes its password or its address ends what
/// others began before.
///
/// # Errors
/// If the database fails.
pub async fn spend_takeovers(recoup: &Recoup, tx: &mut Tx, account: AccountId) -> Result<(), Failure> {
    for purpose in [Purpose::Reset, Purpose::NewAddress] {
        tokens::spend_all(tx, account, purpose.key(), recoup.clock.now()).await?;
    }
    Ok(())
}

/// Uses up all other invitations to act as counsel in a case that went to an address: who was dismissed does not come back by one
/// that was not used.
///
/// # Errors
/// If the database fails.
pub async fn spend_invitations(recoup: &Recoup, tx: &mut Tx, case: CaseId, email: &str) -> Result<(), Failure> {
    for (id, invited) in tokens::unused_of_case(tx, case, Purpose::Counsel.key()).await? {
        if accounts::email_key(&invited) == accounts::email_key(email) {
            tokens::spend(tx, id, recoup.clock.now()).await?;
        }
    }
    Ok(())
}

/// The hash under which a token or a session id is kept.
#[must_use]
pub fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

fn mac(recoup: &Recoup, purpose: Purpose) -> Result<Hmac<Sha256>, Failure> {
    mac_for(recoup, purpose.key())
}

/// A signature of the installation for one purpose, to be fed with what is signed.
///
/// # Errors
/// Never: every length of key is taken.
pub(super) fn mac_for(recoup: &Recoup, purpose: &str) -> Result<Hmac<Sha256>, Failure> {
    let mut mac = Hmac::<Sha256>::new_from_slice(recoup.secret.as_slice())
        .map_err(|error| Failure::Internal(error.to_string()))?;
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    Ok(mac)
}

fn signature(recoup: &Recoup, purpose: Purpose, random: [u8; 16]) -> Result<[u8; 16], Failure> {
    let mut mac = mac(recoup, purpose)?;
    mac.update(&random);
    let full = mac.finalize().into_bytes();
    full.first_chunk::<16>().copied().ok_or_else(|| Failure::Internal("a signature is too short".to_owned()))
}
