//! Accepting an invitation to act as counsel.

use axum::extract::Path;
use claims::{
    actions::{Failure, counsel},
    intake::account::ACCEPT,
    store::accounts::email_key,
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

/// `GET /counsel-invitation/{token}`
pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    match counsel::read_invitation(visitor.recoup(), &token).await {
        Ok(invitation) => Ok(visitor.page(show(&token, &invitation, Typed::default()))),
        Err(failure) => dead(&visitor, failure),
    }
}

/// `POST /counsel-invitation/{token}`: a new account is signed in at once, a known one signs in as always.
pub async fn send(visitor: Visitor, Path(token): Path<String>, sent: Sent) -> Answer {
    let invitation = match counsel::read_invitation(visitor.recoup(), &token).await {
        Ok(invitation) => invitation,
        Err(failure) => return dead(&visitor, failure),
    };
    let (email, title, _) = &invitation;
    match counsel::accept(visitor.recoup(), &token, &sent.0).await {
        Ok(Some(account)) => {
            session::begin(&visitor, account).await?;
            visitor.notice(format!("You are counsel in “{title}”. Your account is {email}.")).await;
            Ok(see_other("/counsel"))
        }
        Ok(None) => {
            let here = visitor
                .actor
                .as_ref()
                .is_some_and(|actor| actor.verified && email_key(&actor.email) == email_key(email));
            if !here {
                // Somebody else is signed in here, or nobody: counsel signs in under the invited address.
                session::end(&visitor).await?;
            }
            let rest = if here { String::new() } else { format!(" Sign in as {email} to see it.") };
            visitor.notice(format!("You are counsel in “{title}”.{rest}")).await;
            Ok(see_other(if here { "/counsel" } else { "/sign-in?next=%2Fcounsel" }))
        }
        Err(failure @ Failure::Said(_)) => dead(&visitor, failure),
        Err(failure) => refused(&visitor, failure, sent.0, |typed| show(&token, &invitation, typed)),
    }
}

fn dead(visitor: &Visitor, failure: Failure) -> Answer {
    dead_link(
        visitor,
        failure,
        "If you accepted already, sign in. Otherwise ask the administrator who invited you for a new invitation.",
        "/sign-in?next=%2Fcounsel",
        "Sign in",
    )
}

fn show(token: &str, (email, title, known): &(String, String, bool), typed: Typed) -> Page {
    let how = if *known {
        format!("You have an account under {email} already; it will be used.")
    } else {
        format!("Your account will be under {email}. Choose a password for it.")
    };
    FormPage {
        title: "Act as counsel",
        lead: format!("You are invited to act as counsel in “{title}”. You will see every claim that is sent, with its documents, and can export totals. What you open is recorded. {how}"),
        action: format!("/counsel-invitation/{token}"),
        form: if *known { &[] } else { ACCEPT },
        button: "Accept the invitation",
        ..FormPage::default()
    }
    .with(typed)
}
