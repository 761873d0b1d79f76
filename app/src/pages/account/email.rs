//! Changing the address of one's account, and confirming the new one.

use axum::extract::Path;
use claims::{
    access::Action,
    actions::{
        Failure,
        account::{self, NewAddress},
        links::Purpose,
        sign_in,
    },
    intake::account::{CHANGE_EMAIL, PASSWORD_AGAIN},
};

use super::{
    form_page::{FormPage, dead_link},
    session,
    typed::{Typed, refused},
};
use crate::{
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /account/email`
pub async fn page(visitor: Visitor) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    Ok(visitor.page(show(&actor.email, Typed::default())))
}

/// `POST /account/email`
pub async fn send(visitor: Visitor, sent: Sent) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    match account::change_address(visitor.recoup(), actor, &sent.0, &session::hash(&visitor)).await {
        Ok(()) => {
            visitor
                .notice(format!(
                    "A mail is on its way to {}. Open the link in it; until then your address stays {}.",
                    sent.get("email"),
                    actor.email
                ))
                .await;
            Ok(see_other("/account"))
        }
        Err(failure) => refused(&visitor, failure, sent.0, |typed| show(&actor.email, typed)),
    }
}

fn show(present: &str, typed: Typed) -> Page {
    FormPage {
        title: "Change your e-mail address",
        lead: format!("Your address is {present}. We mail a link to the new one and a word to the old one; the address changes when you open the link."),
        action: "/account/email".to_owned(),
        form: CHANGE_EMAIL,
        button: "Send the link",
        links: vec![("Leave it as it is?", "/account".to_owned(), "Back to your account")],
        ..FormPage::default()
    }
    .with(typed)
}

/// `GET /confirm-address/{token}`
pub async fn confirm_page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    match account::to_confirm_new_address(visitor.recoup(), &token).await {
        Ok(found) => Ok(visitor.page(to_confirm(&visitor, &token, &found, Typed::default()))),
        Err(failure) => dead(&visitor, failure),
    }
}

/// Whether whoever opens the link is signed in to the account that it is for; else its password is asked for.
fn is_own(visitor: &Visitor, found: &NewAddress) -> bool {
    visitor.actor.as_ref().is_some_and(|actor| actor.account == found.account)
}

fn to_confirm(visitor: &Visitor, token: &str, found: &NewAddress, typed: Typed) -> Page {
    let NewAddress { old, new, .. } = found;
    let own = is_own(visitor, found);
    let whose = if own {
        String::new()
    } else {
        format!(
            " This is about the account that has the address {old} until now. Its password says that it is yours; if it is not, leave this page: \
             nothing changes."
        )
    };
    FormPage {
        title: "Confirm your new e-mail address",
        lead: format!("From now on you sign in with {new}, and mails go there.{whose}"),
        action: format!("/confirm-address/{token}"),
        form: if own { &[] } else { PASSWORD_AGAIN },
        button: "Yes, change it",
        ..FormPage::default()
    }
    .with(typed)
}

/// `POST /confirm-address/{token}`
pub async fn confirm(visitor: Visitor, Path(token): Path<String>, sent: Sent) -> Answer {
    let found = match account::to_confirm_new_address(visitor.recoup(), &token).await {
        Ok(found) => found,
        Err(failure) => return dead(&visitor, failure),
    };
    if !is_own(&visitor, &found) {
        match sign_in::prove(visitor.recoup(), Purpose::NewAddress, &token, &sent.0).await {
            Ok(_) => {}
            Err(failure @ Failure::Said(_)) => return dead(&visitor, failure),
            Err(failure) => {
                return refused(&visitor, failure, sent.0, |typed| to_confirm(&visitor, &token, &found, typed));
            }
        }
    }
    match account::confirm_new_address(visitor.recoup(), &token, Some(found.account)).await {
        Ok(naming) => {
            let still = match naming {
                0 => "",
                1 => {
                    " One of your claims still names the old address as its contact: change it under “Who is claiming”. A claim that was sent is amended for that."
                }
                _ => {
                    " Some of your claims still name the old address as their contact: change it under “Who is claiming”. Claims that were sent are amended for that."
                }
            };
            visitor.notice(format!("Your new e-mail address is confirmed. Sign in with it from now on.{still}")).await;
            Ok(see_other(if is_own(&visitor, &found) { "/account" } else { "/sign-in" }))
        }
        Err(failure) => dead(&visitor, failure),
    }
}

fn dead(visitor: &Visitor, failure: Failure) -> Answer {
    dead_link(visitor, failure, "Your address is as it was.", "/account/email", "Change it again")
}
