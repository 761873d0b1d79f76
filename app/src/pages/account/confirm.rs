//! Confirming the address of an account. Opening the link changes nothing: mail scanners open links too. The button does.

use axum::extract::Path;
use claims::{
    access::Action,
    actions::{
        Failure,
        links::Purpose,
        sign_in::{self, Confirmed},
    },
};

use super::{
    form_page::{FormPage, dead_link},
    session,
    typed::Typed,
};
use crate::request::{Answer, Sent, Visitor, safe_path, see_other};

/// `GET /confirm/{token}`
pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    match sign_in::peek(visitor.recoup(), Purpose::Verify, &token).await {
        Ok(found) => {
            let page = FormPage {
                title: "Confirm your e-mail address",
                lead: format!(
                    "Is {} your address? Once it is confirmed you can sign claims.",
                    found.email.unwrap_or_default()
                ),
                action: format!("/confirm/{token}"),
                button: "Yes, confirm it",
                ..FormPage::default()
            };
            Ok(visitor.page(page.with(Typed::default())))
        }
        Err(failure) => dead(&visitor, failure),
    }
}

/// `POST /confirm/{token}`
pub async fn send(visitor: Visitor, Path(token): Path<String>) -> Answer {
    match sign_in::confirm_address(visitor.recoup(), &token, visitor.actor.as_ref().map(|actor| actor.account)).await {
        Ok(Confirmed::Address) => {
            visitor.notice("Your e-mail address is confirmed.").await;
            Ok(see_other(if visitor.actor.is_some() { "/claims" } else { "/sign-in" }))
        }
        Ok(Confirmed::MovedToOlderAccount) => {
            visitor.notice("What was entered in the other account with your address was moved into this one.").await;
            Ok(see_other("/claims"))
        }
        Ok(Confirmed::NewPasswordNeeded(token)) => {
            // The account of this link is closed now; if it is the one that is signed in, its session ended with it.
            session::end(&visitor).await?;
            visitor.notice("There was an account with this address before. What you entered was moved there. Its old password no longer works, so that nobody else can use the account: choose a new one.").await;
            Ok(see_other(&format!("/reset/{token}")))
        }
        Err(failure) => dead(&visitor, failure),
    }
}

fn dead(visitor: &Visitor, failure: Failure) -> Answer {
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
