//! The code of a second factor, asked for after the password.

use claims::{actions::second_factor, intake::account::CODE};
use leptos::prelude::*;

use super::{
    form_page::FormPage,
    kept::{self, Kept},
    session::{self, with_next},
    typed::{Typed, refused},
};
use crate::{
    request::{Answer, Query, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /sign-in/code`
pub async fn page(visitor: Visitor, query: Query) -> Answer {
    let next = session::next(&query, &Sent::default());
    match session::half(&visitor).await {
        Some(_) => Ok(visitor.page(show(next, None, Typed::default()))),
        None => Ok(see_other(&with_next("/sign-in", next.as_deref()))),
    }
}

/// `POST /sign-in/code`
pub async fn send(visitor: Visitor, query: Query, sent: Sent) -> Answer {
    let next = session::next(&query, &sent);
    let Some(proved) = session::half(&visitor).await else {
        // A form that waits goes on waiting: it stands in the page that asks once more.
        if let Some(kept) = Kept::read(&sent) {
            return Ok(kept::ask(&visitor, kept));
        }
        visitor.notice("More than ten minutes passed since you gave your password, or it was changed meanwhile. Sign in again.").await;
        return Ok(see_other(&with_next("/sign-in", next.as_deref())));
    };
    let account = proved.account;
    match second_factor::check(visitor.recoup(), account, &sent.0).await {
        Ok(()) => {
            session::begin(&visitor, &proved, true).await?;
            if let Some(kept) = Kept::read(&sent) {
                return Ok(kept.send_again(&visitor.signed_in_as(account).await?));
            }
            let home = session::home_of(&visitor, account).await?;
            Ok(see_other(next.as_deref().unwrap_or(home)))
        }
        Err(failure) => {
            let kept = Kept::read(&sent);
            refused(&visitor, failure, sent.0, |typed| show(next, kept, typed))
        }
    }
}

/// The page that asks for the code; `kept` is a form that waits for it.
pub(super) fn show(next: Option<String>, kept: Option<Kept>, typed: Typed) -> Page {
    FormPage {
        title: "Your second factor",
        lead: "Your password was right. Now type the code that your authenticator app shows for this site.".to_owned(),
        action: "/sign-in/code".to_owned(),
        form: CODE,
        button: "Sign in",
        links: vec![("Device and recovery codes lost?", "/sign-in/lost-device".to_owned(), "What to do")],
        next,
        kept,
        ..FormPage::default()
    }
    .with(typed)
}

/// `GET /sign-in/lost-device`
pub async fn lost(visitor: Visitor) -> Answer {
    let page = Page::new("Device and recovery codes lost", || {
        view! {
            <a class="back" href="/sign-in">"← Sign in"</a>
            <h1>"Device and recovery codes lost"</h1>
            <p>
                "A new password does not help where the address was confirmed: nobody gets in with a mailbox alone. Ask the operator of this site to remove the second factor of your account. \
                 They make sure that it is you, for example by calling you at the number they know, and remove it by a command on the server. \
                 You are told by mail, and set up another device after you signed in."
            </p>
        }
    });
    Ok(visitor.page(page))
}
