//! The steps that are one form: who is claiming, the agreement, who else may claim.

use axum::http::StatusCode;
use claims::{
    ClaimId,
    access::Refusal,
    actions::{Failure, claim_view::Draft, save_step, seen},
    intake::{
        Answers, Section,
        steps::{Progress, Step},
    },
};
use leptos::prelude::*;

use super::{At, open, parts, step_path, tasks_path, whom};
use crate::{
    components::FormSections,
    islands::Unsaved,
    pages::account::typed::Typed,
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// The form with what was saved and what is wrong with it.
pub async fn page(visitor: Visitor, At((id, key)): At<(ClaimId, String)>) -> Answer {
    let step = Step::parse_form(&key).ok_or(Refusal::NotFound)?;
    let form = step.form().ok_or(Refusal::NotFound)?;
    let draft = open(&visitor, id).await?;
    let answers = draft.answers_of(step);
    // Nothing is wrong with what was not asked yet.
    let unasked = matches!(draft.progress(step), Progress::NotStarted | Progress::InProgress);
    let errors = if unasked { Vec::new() } else { step.errors(&answers) };
    let notice = visitor.take_notice().await;
    let seen = seen::mark(form, &answers);
    Ok(visitor.page(form_page(&draft, (step, form), Typed { answers, errors, said: None }, seen, notice)))
}

fn form_page(
    draft: &Draft,
    (step, sections): (Step, &'static [Section]),
    typed: Typed,
    seen: String,
    notice: Option<String>,
) -> Page {
    let tasks = tasks_path(&draft.claim);
    let wrong = !typed.errors.is_empty();
    Page::new(step.title(), move || {
        let top = typed.top_of(sections);
        let Typed { answers, errors, .. } = typed;
        view! {
            {top}
            {parts::done(notice)}
            <a class="back" href=tasks>"← All tasks"</a>
            <h1>{step.title()}</h1>
            <form method="post" novalidate>
                <Unsaved/>
                <input type="hidden" name=seen::FIELD value=seen/>
                <FormSections sections answers errors/>
                <div class="actions">
                    <button type="submit">"Save and go on"</button>
                    <button type="submit" class="secondary" name="then" value="tasks">"Save and go to the task list"</button>
                </div>
            </form>
        }
    })
    .error(wrong)
    .whom(whom(&draft.claim, &draft.case))
}

/// The form that was opened before somebody changed the step, with what was typed and what is stored now.
async fn changed(visitor: &Visitor, id: ClaimId, step: Step, typed: Answers, stored: &Answers) -> Answer {
    let draft = open(visitor, id).await?;
    let form = step.form().ok_or(Refusal::NotFound)?;
    let typed = parts::changed(&format!("“{}”", step.title()), form, typed, stored);
    let page = form_page(&draft, (step, form), typed, seen::mark(form, stored), None);
    Ok(visitor.page_with(StatusCode::CONFLICT, page))
}

/// Saves the answers, right or wrong.
pub async fn save(visitor: Visitor, At((id, key)): At<(ClaimId, String)>, sent: Sent) -> Answer {
    let step = Step::parse_form(&key).ok_or(Refusal::NotFound)?;
    let right = match save_step::save(visitor.recoup(), visitor.actor()?, id, step, &sent.0).await {
        Ok(right) => right,
        Err(Failure::Changed(stored)) => return changed(&visitor, id, step, sent.0, &stored).await,
        Err(failure) => return Err(failure.into()),
    };
    let to_tasks = sent.get("then") == "tasks";
    if !right && !to_tasks {
        return Ok(see_other(&step_path(id, step)));
    }
    let draft = open(&visitor, id).await?;
    let state = if right { "Your answers are saved" } else { "Your answers are kept, some need attention" };
    visitor.notice(format!("{}: {state}.", step.title())).await;
    let steps = Step::all(&draft.case.settings.categories);
    let next = steps.iter().position(|other| *other == step).and_then(|place| steps.get(place + 1));
    Ok(see_other(&match next {
        Some(next) if !to_tasks => step_path(id, *next),
        _ => tasks_path(&draft.claim),
    }))
}
