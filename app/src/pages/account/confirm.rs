//! Confirming the address of an account. Opening the link changes nothing: mail scanners open links too. The button does.
//!
//! Where nobody is signed in to the account, as on a telephone, its password is asked for, which signs in at once: somebody else may have
//! begun the account. Who does not know the password chooses another, and whoever knew it is out.

use axum::extract::Path;
use claims::{
    AccountId,
    access::Action,
    actions::{
        Failure,
        links::Purpose,
        sign_in::{self, Confirmed, Proved, ToConfirm},
    },
    intake::account::CONFIRM,
};

use super::{
    form_page::{FormPage, dead_link},
    session,
    typed::{Typed, refused},
};
use crate::{
    request::{Answer, Query, Sent, Visitor, safe_path, see_other},
    shell::Page,
};

/// `GET /confirm/{token}`
pub async fn page(visitor: Visitor, Path(token): Path<String>, query: Query) -> Answer {
    match sign_in::to_confirm(visitor.recoup(), &token, signed_in(&visitor)).await {
        Ok(found) => Ok(visitor.page(show(&token, &found, is_new(&query), Typed::default()))),
        Err(failure) => dead(&visitor, failure),
    }
}

/// `POST /confirm/{token}`
pub async fn send(visitor: Visitor, Path(token): Path<String>, query: Query, sent: Sent) -> Answer {
    let found = match sign_in::to_confirm(visitor.recoup(), &token, signed_in(&visitor)).await {
        Ok(found) => found,
        Err(failure) => return dead(&visitor, failure),
    };
    let proved = if found.asks_password && !is_new(&query) {
        match sign_in::prove(visitor.recoup(), Purpose::Verify, &token, &sent.0).await {
            Ok(account) => Some(account),
            Err(failure @ Failure::Said(_)) => return dead(&visitor, failure),
            Err(failure) => return refused(&visitor, failure, sent.0, |typed| show(&token, &found, false, typed)),
        }
    } else {
        None
    };
    match sign_in::confirm_address(visitor.recoup(), &token, proved.or_else(|| signed_in(&visitor))).await {
        Ok(Confirmed::Address) => {
            let next = match (&visitor.actor, proved) {
                (Some(_), _) => see_other("/claims"),
                (None, Some(account)) => {
                    session::enter(&visitor, &Proved::now(visitor.recoup(), account).await?, "/claims").await?
                }
                (None, None) => see_other("/sign-in"),
            };
            visitor.notice("Your e-mail address is confirmed.").await;
            Ok(next)
        }
        Ok(Confirmed::MovedToOlderAccount) => {
            visitor.notice("What was entered in the other account with your address was moved into this one.").await;
            Ok(see_other("/claims"))
        }
        Ok(Confirmed::NewPasswordNeeded(token)) => {
            // The account of this link is closed now; if it is the one that is signed in, its session ended with it.
            if found.account == signed_in(&visitor) {
                session::end(&visitor).await?;
            }
            visitor.notice("There was an account with this address before. What you entered was moved there. Its old password no longer works, so that nobody else can use the account: choose a new one.").await;
            Ok(see_other(&format!("/reset/{token}")))
        }
        Ok(Confirmed::AddressOnly(token)) => {
            visitor.notice("Your e-mail address is confirmed. The password that the account had no longer works, nor does a second factor, and every session of it is signed out: choose a new password.").await;
            Ok(see_other(&format!("/reset/{token}")))
        }
        Err(failure) => dead(&visitor, failure),
    }
}

fn signed_in(visitor: &Visitor) -> Option<AccountId> {
    visitor.actor.as_ref().map(|actor| actor.account)
}

/// Whether a new password is to be chosen, because the present one is another's or forgotten.
fn is_new(query: &Query) -> bool {
    query.0.get("password") == "new"
}

fn show(token: &str, found: &ToConfirm, is_new: bool, typed: Typed) -> Page {
    let (email, title, action) = (&found.email, "Confirm your e-mail address", format!("/confirm/{token}"));
    let page = match (found.asks_password, is_new) {
        (false, _) => FormPage {
            lead: format!("Is {email} your address? Once it is confirmed you can sign claims."),
            action,
            button: "Yes, confirm it",
            ..FormPage::default()
        },
        (true, false) => FormPage {
            lead: format!(
                "Is {email} your address? Once it is confirmed you can sign claims. The password says that it was you who registered. You are \
                 not asked for it where you are signed in: the link works there too."
            ),
            action,
            form: CONFIRM,
            button: "Yes, confirm it",
            links: vec![(
                "Not registered by you, or password forgotten?",
                format!("/confirm/{token}?password=new"),
                "Choose a new password",
            )],
            ..FormPage::default()
        },
        (true, true) => FormPage {
            lead: format!(
                "Is {email} your address? Then the account with it becomes yours alone: its password ends, and its second factor if it has one, \
                 every session of it is signed out, and you choose a new password on the next page."
            ),
            action: format!("{action}?password=new"),
            button: "Yes, confirm it",
            ..FormPage::default()
        },
    };
    FormPage { title, ..page }.with(typed)
}

fn dead(visitor: &Visitor, failure: Failure) -> Answer {
    // As for whoever opens the mail once more.
    if visitor.actor.as_ref().is_some_and(|actor| actor.verified) {
        let remedy = "The e-mail address of your account is confirmed, so nothing is left to do.";
        return dead_link(visitor, failure, remedy, "/claims", "Go to my claims");
    }
    dead_link(
        visitor,
        failure,
        "If your address is not confirmed yet, your account says so and sends a new link.",
        "/account",
        "Go to your account",
    )
}

/// `POST /account/confirm-again`
pub async fn again(visitor: Visitor, sent: Sent) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    if actor.verified {
        visitor.notice("Your e-mail address is confirmed already.").await;
    } else {
        sign_in::mail_confirmation_again(visitor.recoup(), actor).await?;
        visitor.notice(format!("A new mail is on its way to {}. Open the link in it.", actor.email)).await;
    }
    Ok(see_other(safe_path(sent.get("next")).unwrap_or("/account")))
}
