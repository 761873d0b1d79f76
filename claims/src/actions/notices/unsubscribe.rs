//! Ending mails with one click (RFC 8058): a signed link in the mail that works without signing in, for as long as the mail is
//! kept, and says nothing but which mails end.

use data_encoding::BASE64URL_NOPAD;
use hmac::Mac;

use super::preferences;
use crate::{
    AccountId, CaseId,
    access::Refusal,
    actions::{Failure, Recoup, links},
    case::Case,
    notices::{Subscription, Way},
    store::cases,
};

/// What a link ends.
#[derive(Debug, Clone)]
pub struct Ends {
    /// Whose mails.
    account: AccountId,
    /// The case.
    pub case: Case,
    /// Which mails.
    pub subscription: Subscription,
}

/// The address that ends mails of a case to an account.
///
/// # Errors
/// If it cannot be signed, which nothing causes.
pub(in crate::actions) fn address(
    recoup: &Recoup,
    account: AccountId,
    case: CaseId,
    subscription: Subscription,
) -> Result<String, Failure> {
    let said = said(account, case, subscription);
    let mut mac = links::mac_for(recoup, "unsubscribe")?;
    mac.update(&said);
    let signed = mac.finalize().into_bytes();
    let token = [said.as_slice(), signed.first_chunk::<16>().map_or(&[], |signed| signed.as_slice())].concat();
    Ok(recoup.url(&format!("/unsubscribe/{}", BASE64URL_NOPAD.encode(&token))))
}

/// Account, case and kind of mails: 17 bytes.
fn said(account: AccountId, case: CaseId, subscription: Subscription) -> Vec<u8> {
    [account.0.to_be_bytes().as_slice(), case.0.to_be_bytes().as_slice(), &[subscription.number()]].concat()
}

/// Reads a link.
///
/// # Errors
/// A sentence if it was mistyped or is not ours.
pub async fn read(recoup: &Recoup, token: &str) -> Result<Ends, Failure> {
    let broken = || {
        Failure::said(
            "This link is not complete. Copy all of it from the mail, or sign in and choose there which mails you get.",
        )
    };
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| broken())?;
    let (account, rest) = bytes.split_first_chunk::<8>().ok_or_else(broken)?;
    let (case, rest) = rest.split_first_chunk::<8>().ok_or_else(broken)?;
    let ([number], signed) = rest.split_first_chunk::<1>().ok_or_else(broken)?;
    let (account, case) = (AccountId(i64::from_be_bytes(*account)), CaseId(i64::from_be_bytes(*case)));
    let subscription = Subscription::of_number(*number).ok_or_else(broken)?;
    let mut mac = links::mac_for(recoup, "unsubscribe")?;
    mac.update(&said(account, case, subscription));
    // A shorter signature would be easier to guess.
    if signed.len() != 16 {
        return Err(broken());
    }
    mac.verify_truncated_left(signed).map_err(|_| broken())?;
    let mut tx = recoup.store.read().await?;
    let case = cases::by_id(&mut tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
    Ok(Ends { account, case, subscription })
}

/// Ends the mails that a link names. Once more changes nothing.
///
/// # Errors
/// As [`read`].
pub async fn end(recoup: &Recoup, token: &str) -> Result<Ends, Failure> {
    let ends = read(recoup, token).await?;
    let mut tx = recoup.store.write().await?;
    preferences::set(&mut tx, ends.case.id, ends.account, ends.subscription, Way::Off).await?;
    tx.commit().await?;
    Ok(ends)
}
