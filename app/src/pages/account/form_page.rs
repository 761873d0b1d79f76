//! The shape that all pages with one short form share.

use axum::http::StatusCode;
use claims::{actions::Failure, intake::Section};
use leptos::prelude::*;

use super::{kept::Kept, typed::Typed};
use crate::{
    components::{FormSections, Notice, NoticeKind},
    request::{Answer, Visitor},
    shell::Page,
};

/// A page with one short form.
#[derive(Debug, Clone, Default)]
pub struct FormPage {
    /// Title and heading.
    pub title: &'static str,
    /// What stands under the heading.
    pub lead: String,
    /// What was said on the page before.
    pub notice: Option<String>,
    /// Where the form goes.
    pub action: String,
    /// The fields; none for a page that only asks for a yes.
    pub form: &'static [Section],
    /// Where to go on afterwards, carried by the form.
    pub next: Option<String>,
    /// Idempotency key, carried by the form.
    pub key: Option<String>,
    /// A form that waits until its sender is signed in, carried by this one.
    pub kept: Option<Kept>,
    /// What the button says.
    pub button: &'static str,
    /// Other ways on: before the link, its address, the link. Beside a form that waits they open in a new tab, or it would be lost.
    pub links: Vec<(&'static str, String, &'static str)>,
}

impl FormPage {
    /// The page with what was typed.
    #[must_use]
    pub fn with(self, typed: Typed) -> Page {
        let Self { title, lead, notice, action, form, next, key, kept, button, links } = self;
        Page::new(title, move || {
            let notice = notice.map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
            let next = next.map(|next| view! { <input type="hidden" name="next" value=next/> });
            let key = key.map(|key| view! { <input type="hidden" name="key" value=key/> });
            let links: Vec<_> = links
                .into_iter()
                .map(|(before, href, words)| {
                    let (target, rel) = (kept.is_some().then_some("_blank"), kept.is_some().then_some("noopener"));
                    let said = kept.is_some().then_some(" (opens in a new tab)");
                    view! { <span>{before}" "<a href=href target=target rel=rel>{words}{said}</a></span> }
                })
                .collect();
            view! {
                {typed.top_of(form)}
                {notice}
                <h1>{title}</h1>
                {(!lead.is_empty()).then(|| view! { <p>{lead}</p> })}
                <form method="post" action=action novalidate>
                    {next}{key}{kept.map(Kept::hidden)}
                    <FormSections sections=form answers=typed.answers errors=typed.errors/>
                    <div class="actions"><button type="submit">{button}</button>{links}</div>
                </form>
            }
        })
    }
}

/// Says that a mailed link does not work, and the way to another. Other failures go on.
///
/// # Errors
/// What is not about the link, as it came.
pub fn dead_link(
    visitor: &Visitor,
    failure: Failure,
    remedy: &'static str,
    href: &'static str,
    words: &'static str,
) -> Answer {
    let Failure::Said(why) = failure else { return Err(failure.into()) };
    let title = "This link does not work";
    let page =
        Page::new(title, move || view! { <h1>{title}</h1><p>{why}</p><p>{remedy}" "<a href=href>{words}</a></p> });
    Ok(visitor.page_with(StatusCode::GONE, page.error(true)))
}
