//! A notice at the top of a page.

use leptos::prelude::*;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something was done.
    Success,
    /// Something to know.
    Info,
    /// Something to look after.
    Warning,
}

impl NoticeKind {
    const fn key(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Info => "info",
            Self::Warning => "warning",
        }
    }

    /// The word that says the kind to those who do not see its colour.
    const fn word(self) -> &'static str {
        match self {
            Self::Success => "Done: ",
            Self::Info => "Note: ",
            Self::Warning => "Attention: ",
        }
    }
}

/// A notice. A success announces itself to screen readers; the others are read in their place.
#[component]
pub fn Notice(
    /// What it is about.
    kind: NoticeKind,
    /// Heading; none if left out.
    #[prop(optional, into)]
    title: Option<String>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    // What a click did is of no use on paper.
    let passing = if kind == NoticeKind::Success && title.is_none() { " passing" } else { "" };
    let class = format!("notice notice-{}{passing}", kind.key());
    let role = (kind == NoticeKind::Success).then_some("status");
    let title = title.map(|title| view! { <p class="notice-title">{title}</p> });
    view! { <div class=class role=role><span class="hidden">{kind.word()}</span>{title}<div class="notice-text">{children()}</div></div> }
}
