//! Becoming the first administrator by the one-time link that the server prints at its first start.

use axum::extract::Path;
use claims::{
    actions::{Failure, account, links::Purpose, sign_in},
    intake::account::FIRST,
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

/// `GET /first-administrator/{token}`
pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    match sign_in::peek(visitor.recoup(), Purpose::FirstAdministrator, &token).await {
        Ok(_) => Ok(visitor.page(show(&token, Typed::default()))),
        Err(failure) => dead(&visitor, failure),
    }
}

/// `POST /first-administrator/{token}`
pub async fn send(visitor: Visitor, Path(token): Path<String>, sent: Sent) -> Answer {
    match account::become_first_administrator(visitor.recoup(), &token, &sent.0).await {
        Ok(id) => {
            session::begin(&visitor, &sign_in::Proved::now(visitor.recoup(), id).await?, false).await?;
            visitor.notice("You are the administrator of this installation. Make the first case next.").await;
            Ok(see_other("/admin"))
        }
        Err(failure @ Failure::Said(_)) => dead(&visitor, failure),
        Err(failure) => refused(&visitor, failure, sent.0, |typed| show(&token, typed)),
    }
}

fn dead(visitor: &Visitor, failure: Failure) -> Answer {
    dead_link(
        visitor,
        failure,
        "The server prints a new link whenever it starts without an administrator. If there is one already, use your account.",
        "/sign-in?next=%2Fadmin",
        "Sign in",
    )
}

fn show(token: &str, typed: Typed) -> Page {
    FormPage {
        title: "Become the administrator",
        lead: "This installation has no administrator yet. The administrator makes cases, appoints counsel and manages accounts, but reads no claim.".to_owned(),
        action: format!("/first-administrator/{token}"),
        form: FIRST,
        button: "Make the account",
        ..FormPage::default()
    }
    .with(typed)
}
