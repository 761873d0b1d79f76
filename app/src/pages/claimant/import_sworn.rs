//! What every line of royalties says and no file does: where the money is, and how far the letter of direction.

use claims::{
    intake::FieldError,
    statements::{Choices, Reading, problem::Severity},
};
use leptos::prelude::*;

use super::import_choices;
use crate::components::FormField;

/// What every line says and is still open, where nothing else keeps the file from being imported but warnings.
pub(super) fn open(reading: &Reading, choices: &Choices) -> Vec<FieldError> {
    let may = reading.questions.is_empty() && reading.lines > 0 && reading.count(Severity::Error) == 0;
    if may { choices.unsaid(reading.category) } else { Vec::new() }
}

/// Asks what every line of royalties says, as its own form does, before any line is made.
pub(super) fn ask(base: &str, choices: &Choices, unsaid: &[FieldError]) -> impl IntoView + use<> {
    let fields: Vec<_> = import_choices::SWORN
        .into_iter()
        .map(|field| {
            let error = unsaid.iter().find(|error| choices.left_open && error.field == field.name);
            let error = error.map(|error| error.message.clone());
            view! { <FormField field answer=import_choices::chosen(choices, field.name) error/> }
        })
        .collect();
    view! {
        <h2>"Import"</h2>
        <p>"Every line of royalties says where the money is and how far its letter of direction is. The file does not: say it for all of its lines. You can change single lines afterwards."</p>
        <form method="post" action=base.to_owned() novalidate>
            <input type="hidden" name="part" value="sworn"/>
            <div class="fields">{fields}</div>
            <div class="actions"><button type="submit">"Go on to the import"</button></div>
        </form>
    }
}
