//! Questions and answers, to be checked.

pub use claims::intake::form::in_words as answer_in_words;
use claims::intake::{
    Answers, Kind, Section,
    form::{fields, shown},
};
use leptos::prelude::*;

/// One question with its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SummaryRow {
    /// The question.
    pub question: String,
    /// The answer in words; empty if there is none.
    pub answer: String,
    /// Where the answer is changed.
    pub change: Option<String>,
}

/// A list of questions and answers, each with a link to change it.
#[component]
pub fn SummaryList(
    /// The rows, in order.
    rows: Vec<SummaryRow>,
) -> impl IntoView {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|SummaryRow { question, answer, change }| {
            let answer = if answer.is_empty() { view! { <span class="none">"Not given"</span> }.into_any() } else { answer.into_any() };
            let change = change.map(|href| view! { <dd class="change"><a href=href>"Change"<span class="hidden">" "{question.clone()}</span></a></dd> });
            view! { <div><dt>{question}</dt><dd class="answer">{answer}</dd>{change}</div> }
        })
        .collect();
    view! { <dl class="summary-list">{rows}</dl> }
}

/// The rows of a whole form; each links to its field on the page `change`, if that is given.
#[must_use]
pub fn summary_rows(sections: &'static [Section], answers: &Answers, change: Option<&str>) -> Vec<SummaryRow> {
    fields(sections)
        .filter(|field| !matches!(field.kind, Kind::Password | Kind::NewPassword))
        .map(|field| SummaryRow {
            question: field.label.to_owned(),
            answer: shown(field, answers),
            change: change.map(|page| format!("{page}#field-{}", field.name)),
        })
        .collect()
}

/// What was answered, one below the other, and in one sentence what was left open: of a long form that is most of it.
#[must_use]
pub fn answered_and_open(rows: Vec<SummaryRow>) -> impl IntoView {
    let (answered, open): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| !row.answer.is_empty());
    let many = open.len();
    let open: Vec<_> = open
        .into_iter()
        .enumerate()
        .map(|(place, SummaryRow { question, change, .. })| {
            let question = question.trim_end_matches('?').to_owned();
            let question = match change {
                Some(href) => view! { <a href=href>{question}</a> }.into_any(),
                None => question.into_any(),
            };
            view! { {question}{if place + 1 < many { ", " } else { "." }} }
        })
        .collect();
    let answered = (!answered.is_empty()).then(|| view! { <SummaryList rows=answered/> });
    let open = (many > 0).then(|| view! { <p class="small soft">"Not given: "{open}</p> });
    view! { {answered}{open} }
}

#[cfg(test)]
mod tests {
    use claims::intake::claimant;

    use super::*;

    #[test]
    fn choices_are_shown_in_words_and_links_lead_to_the_field() {
        let answers = Answers::default().with("kind", "label").with("legal_name", "<b>Acme</b>");
        let rows = summary_rows(claimant::START, &answers, Some("/claims/7/claimant"));
        assert_eq!(rows[0].answer, "A label or another company");
        assert_eq!(rows[1].change.as_deref(), Some("/claims/7/claimant#field-legal_name"));
        let html = view! { <SummaryList rows/> }.to_html();
        assert!(html.contains("&lt;b&gt;Acme") && html.contains("Not given"), "{html}");
    }

    #[test]
    fn what_is_open_stands_in_one_sentence_with_its_links() {
        let row = |question: &str, answer: &str, change: Option<&str>| SummaryRow {
            question: question.to_owned(),
            answer: answer.to_owned(),
            change: change.map(str::to_owned),
        };
        let rows = vec![row("Name", "Acme", None), row("Was it filed?", "", Some("/x#a")), row("State", "", None)];
        let html = answered_and_open(rows).to_html().replace("<!>", "").replace("<!---->", "");
        assert!(html.contains("Acme") && html.matches("<dt>").count() == 1, "{html}");
        assert!(html.contains("Not given: <a href=\"/x#a\">Was it filed</a>, State."), "{html}");
        let none = answered_and_open(vec![row("Name", "", None)]).to_html();
        assert!(!none.contains("<dl"), "no empty list: {none}");
    }
}
