//! What is to be done, and how far each thing is.

use leptos::prelude::*;

use super::StatusTag;

/// One task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// Its name.
    pub title: String,
    /// What was entered so far, or what it is about; empty for nothing.
    pub detail: String,
    /// Where it is done; `None` while it cannot be.
    pub href: Option<String>,
    /// How far it is, in words.
    pub word: String,
    /// How far it is, for the stylesheet.
    pub key: String,
}

/// A numbered list of tasks, each with its status.
#[component]
pub fn TaskList(
    /// The tasks, in order.
    tasks: Vec<Task>,
) -> impl IntoView {
    let items: Vec<_> = tasks
        .into_iter()
        .enumerate()
        .map(|(place, Task { title, detail, href, word, key })| {
            let status = format!("task-{place}");
            let title = match href {
                Some(href) => view! { <a href=href aria-describedby=status.clone()>{title}</a> }.into_any(),
                None => title.into_any(),
            };
            let detail = (!detail.is_empty()).then(|| view! { <p class="detail">{detail}</p> });
            view! { <li><div><p class="what">{title}</p>{detail}</div><div id=status><StatusTag word key/></div></li> }
        })
        .collect();
    view! { <ol class="task-list">{items}</ol> }
}
