//! Making a case.

use claims::{
    CaseId,
    access::Action,
    actions::{Failure, cases},
    intake::{Answers, case_settings::FORM},
    store,
};
use leptos::prelude::*;

use crate::{
    components::FormSections,
    islands::Unsaved,
    pages::account::typed::{Typed, refused},
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /admin/cases/new`
pub async fn page(visitor: Visitor) -> Answer {
    visitor.may(Action::ManageCases)?;
    Ok(visitor.page(show(Typed::of(beginning()))))
}

/// `POST /admin/cases/new`
pub async fn send(visitor: Visitor, sent: Sent) -> Answer {
    let actor = visitor.may(Action::ManageCases)?;
    match cases::add(visitor.recoup(), actor, &sent.0).await {
        Ok(id) => visitor.notice(made(&visitor, id).await?).await,
        Err(Failure::Invalid(_)) if made_already(&visitor, &sent.0).await? => {}
        Err(failure) => return refused(&visitor, failure, sent.0, show),
    }
    Ok(see_other(&format!("/admin/cases/{}", sent.get("slug"))))
}

/// What is said of a case that was just made. A deadline that is over may be meant: then it is only said.
async fn made(visitor: &Visitor, id: CaseId) -> Result<String, Failure> {
    let mut tx = visitor.recoup().store.read().await?;
    let over =
        store::cases::by_id(&mut tx, id).await?.is_some_and(|row| row.deadline_at <= visitor.recoup().clock.now());
    let warning = if over { " Its last day for claims is over already: check the settings below." } else { "" };
    Ok(format!("The case is made. Invite counsel and add public documents next.{warning}"))
}

/// Whether the same form was sent before, by a second click or from a page that was loaded again: then its short name is
/// taken by the very case that it describes.
async fn made_already(visitor: &Visitor, answers: &Answers) -> Result<bool, Failure> {
    let mut tx = visitor.recoup().store.read().await?;
    let known = store::cases::by_slug(&mut tx, answers.get("slug")).await?;
    Ok(known.is_some_and(|known| known.settings.0 == answers.only(FORM)))
}

/// What most cases begin with; everything can be changed. What has no usual answer is left to be chosen.
fn beginning() -> Answers {
    let mut answers = Answers::default();
    for (field, answer) in [
        ("state", "preparing"),
        ("forum", "federal"),
        ("deadline_time", "23:59"),
        ("time_zone", "America/Los_Angeles"),
        ("cure_days", "30"),
        ("unpaid_sales", "yes"),
        ("held_inventory", "yes"),
        ("digital_royalties", "yes"),
        ("other", "yes"),
        ("case_currency", "USD"),
    ] {
        answers.set(field, answer);
    }
    answers
}

fn show(typed: Typed) -> Page {
    Page::new("New case", move || {
        view! {
            {typed.top()}
            <a class="back" href="/admin">"← Administration"</a>
            <h1>"New case"</h1>
            <p>"The public sees nothing of it until “Shown to the public” says yes. Counsel and documents are added afterwards."</p>
            <form method="post" action="/admin/cases/new" novalidate>
                <Unsaved/>
                <FormSections sections=FORM answers=typed.answers errors=typed.errors/>
                <div class="actions"><button type="submit">"Make the case"</button><a href="/admin">"Cancel"</a></div>
            </form>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_case_begins_with_is_right_in_every_field() {
        let errors = claims::intake::case_settings::read(&beginning()).unwrap_err();
        assert!(errors.iter().all(|error| beginning().get(&error.field).is_empty()), "{errors:?}");
    }
}
