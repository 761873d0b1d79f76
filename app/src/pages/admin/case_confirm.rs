//! What is asked before settings are saved that people rely on: what they change for what was claimed, signed and filed.

use claims::{
    case_change::Change,
    intake::{Answers, case_settings::FORM},
};
use leptos::prelude::*;

use crate::{
    components::{Notice, NoticeKind},
    shell::Page,
};

/// The name of the button that confirms.
pub(super) const CONFIRMED: &str = "confirmed";
/// The name of the button that leads back to the form.
pub(super) const BACK: &str = "back";

/// The page: every change with what it does. It carries the whole form, so that nothing is typed twice, here or back in the form.
pub(super) fn page(
    title: String,
    action: String,
    carried: [(&'static str, String); 2],
    answers: &Answers,
    changes: Vec<Change>,
) -> Page {
    let answers = answers.only(FORM);
    Page::new("Before this is saved", move || {
        let changes: Vec<_> = changes
            .into_iter()
            .map(|change| {
                let means: Vec<_> = change.means.into_iter().map(|means| view! { <li>{means}</li> }).collect();
                view! { <h2>{change.what}</h2><ul>{means}</ul> }
            })
            .collect();
        let carried = carried.map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
        let typed: Vec<_> =
            answers.0.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect();
        view! {
            <h1>"Before this is saved"</h1>
            <p class="lede">{title}</p>
            <Notice kind=NoticeKind::Warning title="Nothing is saved yet">"People have claimed, signed or filed under the settings that you change. This is what saving does. Counsel is told of it by mail at once."</Notice>
            {changes}
            <form method="post" action=action novalidate>
                {carried.into_iter().collect::<Vec<_>>()}
                {typed}
                <div class="actions">
                    <button type="submit" name=CONFIRMED value="yes">"Save it"</button>
                    <button type="submit" name=BACK value="yes" class="secondary">"Back to the settings"</button>
                </div>
            </form>
        }
    })
}
