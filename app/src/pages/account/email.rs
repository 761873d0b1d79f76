//! Changing the address of one's account, and confirming the new one.

use axum::extract::Path;
use claims::{
    access::Action,
    actions::{Failure, account, links::Purpose, sign_in},
    intake::account::CHANGE_EMAIL,
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
    match sign_in::peek(visitor.recoup(), Purpose::NewAddress, &token).await {
        Ok(found) => {
            let page = FormPage {
                title: "Confirm your new e-mail address",
                lead: format!("From now on you sign in with {}, and mails go there.", found.email.unwrap_or_default()),
                action: format!("/confirm-address/{token}"),
                button: "Yes, change it",
                ..FormPage::default()
            };
            Ok(visitor.page(page.with(Typed::default())))
        }
        Err(failure) => dead(&visitor, failure),
    }
}

/// `POST /confirm-address/{token}`
pub async fn confirm(visitor: Visitor, Path(token): Path<String>) -> Answer {
    match account::confirm_new_address(visitor.recoup(), &token).await {
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
            Ok(see_other(if visitor.actor.is_some() { "/account" } else { "/sign-in" }))
        }
        Err(failure) => dead(&visitor, failure),
    }
}

fn dead(visitor: &Visitor, failure: Failure) -> Answer {
    dead_link(visitor, failure, "Your address is as it was.", "/account/email", "Change it again")
}
