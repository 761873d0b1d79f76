//! Asking for a link to set a new password.

use claims::{
    actions::{links::Purpose, sign_in},
    intake::{Answers, account::FORGOTTEN},
};
use leptos::prelude::*;

use super::{
    form_page::FormPage,
    typed::{Typed, refused},
};
use crate::{
    request::{Answer, Query, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /forgotten`
pub async fn page(visitor: Visitor, query: Query) -> Answer {
    if query.0.get("sent") == "yes" {
        return Ok(visitor.page(sent_page()));
    }
    let address = visitor.actor.as_ref().map(|actor| actor.email.clone()).unwrap_or_default();
    Ok(visitor.page(show(Typed::of(Answers::default().with("email", address)))))
}

/// `POST /forgotten`: the same answer whether the address is known or not.
pub async fn send(visitor: Visitor, sent: Sent) -> Answer {
    match sign_in::forgotten(visitor.recoup(), &sent.0, &visitor.client).await {
        Ok(()) => Ok(see_other("/forgotten?sent=yes")),
        Err(failure) => refused(&visitor, failure, sent.0, show),
    }
}

fn show(typed: Typed) -> Page {
    let minutes = Purpose::Reset.life().num_minutes();
    FormPage {
        title: "Set a new password",
        lead: format!("Write the address of your account. We mail you a link to choose a new password; it works once, for {minutes} minutes."),
        action: "/forgotten".to_owned(),
        form: FORGOTTEN,
        button: "Send the link",
        links: vec![("You remember it?", "/sign-in".to_owned(), "Sign in")],
        ..FormPage::default()
    }
    .with(typed)
}

fn sent_page() -> Page {
    let title = "Look into your mail";
    Page::new(title, move || {
        view! {
            <h1>{title}</h1>
            <p>"If there is an account with the address you wrote, a mail with a link to set a new password is on its way. It can take a few minutes."</p>
            <p>"Nothing came? Look into the folder for unwanted mail, check that you wrote the address with which you registered, and "<a href="/forgotten">"ask again"</a>"."</p>
        }
    })
}
