//! Registering.

use claims::{actions::sign_in, intake::account::REGISTER};

use super::{
    form_page::FormPage,
    session::{self, home, with_next},
    typed::{Typed, refused},
};
use crate::{
    request::{Answer, Query, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /register`
pub async fn page(visitor: Visitor, query: Query) -> Answer {
    let next = session::next(&query, &Sent::default());
    if let Some(actor) = &visitor.actor {
        return Ok(see_other(next.as_deref().unwrap_or_else(|| home(actor))));
    }
    Ok(visitor.page(show(next, visitor.key(), Typed::default())))
}

/// `POST /register`
pub async fn send(visitor: Visitor, query: Query, sent: Sent) -> Answer {
    let next = session::next(&query, &sent);
    match sign_in::register(visitor.recoup(), &sent.0, &visitor.client, sent.get("key")).await {
        Ok(account) => {
            let answer = session::enter(
                &visitor,
                &sign_in::Proved::now(visitor.recoup(), account).await?,
                next.as_deref().unwrap_or("/claims"),
            )
            .await?;
            let email = sent.get("email");
            visitor.notice(format!("Your account is ready. A mail to {email} is on its way: open the link in it to confirm the address. Until then you can fill in a claim, but not sign it.")).await;
            Ok(answer)
        }
        Err(failure) => refused(&visitor, failure, sent.0, |typed| show(next, visitor.key(), typed)),
    }
}

fn show(next: Option<String>, key: String, typed: Typed) -> Page {
    FormPage {
        title: "Register",
        lead: "With an account you can leave a claim half done, come back to it, and follow it later. You confirm your e-mail address before you sign a claim, not before you start.".to_owned(),
        action: "/register".to_owned(),
        form: REGISTER,
        button: "Register",
        links: vec![("Registered before?", with_next("/sign-in", next.as_deref()), "Sign in")],
        next,
        key: Some(key),
        ..FormPage::default()
    }
    .with(typed)
}
