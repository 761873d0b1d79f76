//! What was signed besides the lines: who claims, the agreement, who else may claim, the declaration.

use claims::{
    declaration::Declaration,
    intake::{Section, claimant::CAPACITIES, place, steps::Step},
    period::show_day,
};
use leptos::prelude::*;

use super::reading::Reading;
use crate::components::{Notice, NoticeKind, SummaryList, SummaryRow, answered_and_open, summary_rows};

/// The claimant's details.
pub(super) fn claimant(reading: &Reading) -> impl IntoView + use<> {
    answers(reading, Step::Claimant, "Who is claiming")
}

/// The facts of the agreement.
pub(super) fn agreement(reading: &Reading) -> impl IntoView + use<> {
    answers(reading, Step::Agreement, "The agreement")
}

/// Who else may claim the money.
pub(super) fn others(reading: &Reading) -> impl IntoView + use<> {
    answers(reading, Step::Others, "Who else may claim this")
}

/// The answers of a step as typed, and the names of the questions that were left open.
fn answers(reading: &Reading, step: Step, title: &'static str) -> impl IntoView + use<> {
    let form: &'static [Section] = step.form().unwrap_or(&[]);
    let answers = reading.frozen().answers.get(step.key()).cloned().unwrap_or_default();
    view! { <h2>{title}</h2>{answered_and_open(summary_rows(form, &answers, None))} }
}

/// Declaration and signature.
pub(super) fn declaration(reading: &Reading) -> impl IntoView + use<> {
    let declaration = &reading.frozen().declaration;
    let row = |question: &str, answer: &str| SummaryRow {
        question: question.to_owned(),
        answer: answer.to_owned(),
        change: None,
    };
    let capacity = CAPACITIES.iter().find(|(key, _)| *key == declaration.capacity);
    let text = Declaration::parse(&declaration.text);
    let text = text.map_or_else(|| declaration.text.clone(), |text| text.title().to_owned());
    let rows = [
        row("Signed by", &declaration.name),
        row("Title", &declaration.title),
        row("Capacity", capacity.map_or(declaration.capacity.as_str(), |(_, words)| words)),
        row("Place", &declaration.place),
        row("Day, in the zone of the case", &show_day(declaration.date)),
        row("Text of the declaration", &text),
        row("Sent from the address", &declaration.client_address),
    ];
    let rows: Vec<_> = rows.into_iter().filter(|row| !row.answer.is_empty()).collect();
    let claimant = reading.frozen().answers.get(Step::Claimant.key()).cloned().unwrap_or_default();
    let mark = place::mark(&declaration.text, &declaration.place, &claimant)
        .map(|words| view! { <Notice kind=NoticeKind::Warning title="Look at the place">{words}</Notice> });
    view! {
        <h2>"Declaration"</h2>
        {mark}
        <blockquote>{declaration.words.clone()}</blockquote>
        <SummaryList rows/>
    }
}
