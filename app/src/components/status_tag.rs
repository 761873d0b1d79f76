//! A status as a word.

use leptos::prelude::*;

/// A status: the word says it, the colour only repeats it.
///
/// The stylesheet knows the keys of `claims::status::ClaimStatus` and `claims::intake::steps::Progress`, `open` and `closed`;
/// any other key is shown in the neutral style.
#[component]
pub fn StatusTag(
    /// The word shown.
    #[prop(into)]
    word: String,
    /// The key for the stylesheet.
    #[prop(into)]
    key: String,
) -> impl IntoView {
    view! { <span class=format!("tag tag-{key}")>{word}</span> }
}
