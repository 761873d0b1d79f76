//! Changing one's password.

use claims::{access::Action, actions::account, intake::account::CHANGE_PASSWORD};

use super::{
    form_page::FormPage,
    session,
    typed::{Typed, refused},
};
use crate::{
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /account/password`
pub async fn page(visitor: Visitor) -> Answer {
    visitor.may(Action::UseOwnAccount)?;
    Ok(visitor.page(show(Typed::default())))
}

/// `POST /account/password`
pub async fn send(visitor: Visitor, sent: Sent) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    match account::change_password(visitor.recoup(), actor, &sent.0, &session::hash(&visitor)).await {
        Ok(()) => {
            visitor.notice("Your password is changed, and every other session is signed out.").await;
            Ok(see_other("/account"))
        }
        Err(failure) => refused(&visitor, failure, sent.0, show),
    }
}

fn show(typed: Typed) -> Page {
    FormPage {
        title: "Change your password",
        lead:
            "When it is changed, you stay signed in here; every other session is signed out, and we tell you by mail."
                .to_owned(),
        action: "/account/password".to_owned(),
        form: CHANGE_PASSWORD,
        button: "Change the password",
        links: vec![
            ("Present password forgotten?", "/forgotten".to_owned(), "Set a new one by mail"),
            ("Leave it as it is?", "/account".to_owned(), "Back to your account"),
        ],
        ..FormPage::default()
    }
    .with(typed)
}
