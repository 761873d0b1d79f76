//! Setting a new password by a mailed link.

use axum::{extract::Path, response::Response};
use claims::{
    actions::{Failure, links::Purpose, sign_in},
    intake::account::RESET,
};

use super::{
    form_page::{FormPage, dead_link},
    session,
    typed::{Typed, refused},
};
use crate::{
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /reset/{token}`
pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    match sign_in::peek(visitor.recoup(), Purpose::Reset, &token).await {
        Ok(found) => {
            let notice = visitor.take_notice().await;
            Ok(visitor.page(show(&token, found.email.as_deref(), notice, Typed::default())))
        }
        Err(failure) => dead(&visitor, failure),
    }
}

/// `POST /reset/{token}`: ends every session of the account, this one too, so that the new password is used at once.
pub async fn send(visitor: Visitor, Path(token): Path<String>, sent: Sent) -> Answer {
    match sign_in::reset(visitor.recoup(), &token, &sent.0).await {
        Ok(_) => {
            session::end(&visitor).await?;
            visitor.notice("Your new password is set, and every session is signed out. Sign in with it now.").await;
            Ok(see_other("/sign-in"))
        }
        Err(failure @ Failure::Said(_)) => dead(&visitor, failure),
        Err(failure) => {
            let found = sign_in::peek(visitor.recoup(), Purpose::Reset, &token).await?;
            refused(&visitor, failure, sent.0, |typed| show(&token, found.email.as_deref(), None, typed))
        }
    }
}

fn dead(visitor: &Visitor, failure: Failure) -> Result<Response, Halt> {
    dead_link(
        visitor,
        failure,
        "Links to set a password work once and for a short time.",
        "/forgotten",
        "Ask for a new link",
    )
}

fn show(token: &str, email: Option<&str>, notice: Option<String>, typed: Typed) -> Page {
    let whose = email.map(|email| format!("For the account of {email}. ")).unwrap_or_default();
    FormPage {
        title: "Choose a new password",
        notice,
        lead: format!("{whose}When it is set, every session of the account is signed out."),
        action: format!("/reset/{token}"),
        form: RESET,
        button: "Set the password",
        ..FormPage::default()
    }
    .with(typed)
}
