//! What happened, in order.

use leptos::prelude::*;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeEvent {
    /// The moment for machines, RFC 3339 or a day.
    pub at: String,
    /// The moment as shown.
    pub when: String,
    /// What happened.
    pub what: String,
    /// More about it; empty for nothing.
    pub detail: String,
}

/// A list of events, in the order given.
#[component]
pub fn TimeLine(
    /// The events.
    events: Vec<TimeEvent>,
) -> impl IntoView {
    let items: Vec<_> = events
        .into_iter()
        .map(|TimeEvent { at, when, what, detail }| {
            let detail = (!detail.is_empty()).then(|| view! { <p class="detail">{detail}</p> });
            view! { <li><time datetime=at>{when}</time><p class="what">{what}</p>{detail}</li> }
        })
        .collect();
    view! { <ol class="time-line">{items}</ol> }
}
