//! Signing in and out.

use claims::{actions::sign_in, intake::account::SIGN_IN};

use super::{
    form_page::FormPage,
    kept::{self, Kept},
    session::{self, Admitted, home, with_next},
    sign_in_code,
    typed::{Typed, refused},
};
use crate::{
    request::{Answer, Query, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /sign-in`
pub async fn page(visitor: Visitor, query: Query) -> Answer {
    let next = session::next(&query, &Sent::default());
    if let Some(actor) = &visitor.actor {
        return Ok(see_other(next.as_deref().unwrap_or_else(|| home(actor))));
    }
    let out = (query.0.get("out") == "yes").then(|| "You are signed out.".to_owned());
    let notice = visitor.take_notice().await.or(out);
    Ok(visitor.page(show(next, notice, Typed::default())))
}

/// `POST /sign-in`
pub async fn send(visitor: Visitor, query: Query, sent: Sent) -> Answer {
    let next = session::next(&query, &sent);
    match sign_in::sign_in(visitor.recoup(), &sent.0, &visitor.client).await {
        Ok(proved) => {
            if let Some(kept) = Kept::read(&sent) {
                return Ok(match session::admit(&visitor, &proved).await? {
                    Admitted::Whole => kept.send_again(&visitor.signed_in_as(proved.account).await?),
                    Admitted::Half => visitor.page(sign_in_code::show(None, Some(kept), Typed::default())),
                });
            }
            let home = session::home_of(&visitor, proved.account).await?;
            session::enter(&visitor, &proved, next.as_deref().unwrap_or(home)).await
        }
        Err(failure) => {
            let kept = Kept::read(&sent);
            refused(&visitor, failure, sent.0, |typed| match kept {
                Some(kept) => kept::page(kept, typed),
                None => show(next, None, typed),
            })
        }
    }
}

/// `POST /sign-out`
pub async fn out(visitor: Visitor) -> Answer {
    session::end(&visitor).await?;
    Ok(see_other("/sign-in?out=yes"))
}

fn show(next: Option<String>, notice: Option<String>, typed: Typed) -> Page {
    FormPage {
        title: "Sign in",
        lead: next.as_ref().map_or_else(String::new, |_| "This page is for people with an account. Sign in, or register if you have none yet; you then go on to the page you asked for.".to_owned()),
        notice,
        action: "/sign-in".to_owned(),
        form: SIGN_IN,
        button: "Sign in",
        links: vec![
            ("No account yet?", with_next("/register", next.as_deref()), "Register"),
            ("Password forgotten?", "/forgotten".to_owned(), "Set a new one"),
        ],
        next,
        ..FormPage::default()
    }
    .with(typed)
}
