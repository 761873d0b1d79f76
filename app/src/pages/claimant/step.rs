//! The steps that are one form: who is claiming, the agreement, who else may claim.

use claims::{
    ClaimId,
    access::Refusal,
    actions::save_step,
    intake::steps::{Progress, Step},
};
use leptos::prelude::*;

use super::{At, open, parts, step_path, tasks_path, whom};
use crate::{
    components::{ErrorSummary, FormSections},
    islands::Unsaved,
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// The form with what was saved and what is wrong with it.
pub async fn page(visitor: Visitor, At((id, key)): At<(ClaimId, String)>) -> Answer {
    let step = Step::parse_form(&key).ok_or(Refusal::NotFound)?;
    let sections = step.form().ok_or(Refusal::NotFound)?;
    let draft = open(&visitor, id).await?;
    let answers = draft.answers_of(step);
    // Nothing is wrong with what was not asked yet.
    let errors = if draft.progress(step) == Progress::NotStarted { Vec::new() } else { step.errors(&answers) };
    let notice = visitor.take_notice().await;
    let tasks = tasks_path(&draft.claim);
    let wrong = !errors.is_empty();
    let for_whom = whom(&draft.claim, &draft.case);
    Ok(visitor.page(
        Page::new(step.title(), move || {
            view! {
                <ErrorSummary errors=errors.clone()/>
                {parts::done(notice)}
                <a class="back" href=tasks>"← All tasks"</a>
                <h1>{step.title()}</h1>
                <form method="post" novalidate>
                    <Unsaved/>
                    <FormSections sections answers errors/>
                    <div class="actions">
                        <button type="submit">"Save and go on"</button>
                        <button type="submit" class="secondary" name="then" value="tasks">"Save and go to the task list"</button>
                    </div>
                </form>
            }
        })
        .error(wrong)
        .whom(for_whom),
    ))
}

/// Saves the answers, right or wrong.
pub async fn save(visitor: Visitor, At((id, key)): At<(ClaimId, String)>, sent: Sent) -> Answer {
    let step = Step::parse_form(&key).ok_or(Refusal::NotFound)?;
    let right = save_step::save(visitor.recoup(), visitor.actor()?, id, step, &sent.0).await?;
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
