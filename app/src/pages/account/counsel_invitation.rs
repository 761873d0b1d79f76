//! Accepting an invitation to act as counsel.

use axum::extract::Path;
use claims::{
    actions::{Failure, counsel, sign_in::Proved},
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
        Ok(invitation) => {
            let here = is_here(&visitor, &invitation.0);
            let notice = visitor.take_notice().await;
            Ok(visitor.page(show(&token, &invitation, here, notice, Typed::default())))
        }
        Err(failure) => dead(&visitor, failure),
    }
}

/// Whether the invited address is that of whoever is signed in.
fn is_here(visitor: &Visitor, email: &str) -> bool {
    visitor.actor.as_ref().is_some_and(|actor| actor.verified && email_key(&actor.email) == email_key(email))
}

/// `POST /counsel-invitation/{token}`: a new account is signed in at once; who has one signs in first.
pub async fn send(visitor: Visitor, Path(token): Path<String>, sent: Sent) -> Answer {
    let invitation = match counsel::read_invitation(visitor.recoup(), &token).await {
        Ok(invitation) => invitation,
        Err(failure) => return dead(&visitor, failure),
    };
    let (email, title, known) = &invitation;
    let here = is_here(&visitor, email);
    if *known && !here {
        // Somebody else is signed in here, or nobody.
        session::end(&visitor).await?;
        visitor.notice(format!("Sign in as {email}. Then accept the invitation.")).await;
        return Ok(see_other(&session::with_next("/sign-in", Some(&format!("/counsel-invitation/{token}")))));
    }
    let own = visitor.actor.as_ref().map(|actor| actor.account);
    match counsel::accept(visitor.recoup(), &token, own, &sent.0).await {
        Ok(Some(account)) => {
            session::begin(&visitor, &Proved::now(visitor.recoup(), account).await?, false).await?;
            visitor.notice(format!("You are counsel in “{title}”. Your account is {email}.")).await;
            Ok(see_other("/counsel"))
        }
        Ok(None) => {
            visitor.notice(format!("You are counsel in “{title}”.")).await;
            Ok(see_other("/counsel"))
        }
        Err(failure @ Failure::Said(_)) => dead(&visitor, failure),
        Err(failure) => refused(&visitor, failure, sent.0, |typed| show(&token, &invitation, here, None, typed)),
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

fn show(
    token: &str,
    (email, title, known): &(String, String, bool),
    here: bool,
    notice: Option<String>,
    typed: Typed,
) -> Page {
    let how = match (known, here) {
        (true, true) => format!("Your account under {email} will be used."),
        (true, false) => format!("There is an account under {email} already: sign in to it first."),
        (false, _) => format!("Your account will be under {email}. Choose a password for it."),
    };
    FormPage {
        title: "Act as counsel",
        lead: format!("You are invited to act as counsel in “{title}”. You will see every claim that is sent, with its documents, and can export totals. What you open is recorded. {how}"),
        action: format!("/counsel-invitation/{token}"),
        form: if *known { &[] } else { ACCEPT },
        button: if *known && !here { "Sign in" } else { "Accept the invitation" },
        notice,
        ..FormPage::default()
    }
    .with(typed)
}
