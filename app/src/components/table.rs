//! A table that scrolls in its own frame.

use leptos::prelude::*;

/// A captioned table. Where it is wider than the page it scrolls by itself, also by keyboard.
///
/// Children are `<thead>`, `<tbody>`, `<tfoot>`. Columns of numbers carry `class="num"` on every cell, row headings are
/// `<th scope="row">`, links to what can be done stand in `<td class="row-actions">`.
#[component]
pub fn Table(
    /// What the table shows.
    #[prop(into)]
    caption: String,
    /// Whether the caption is only for screen readers, because a heading above says the same.
    #[prop(optional)]
    quiet: bool,
    /// Extra classes of the table: `dense` for counsel's lists.
    #[prop(optional, into)]
    class: String,
    /// Head, body and foot.
    children: Children,
) -> impl IntoView {
    let name = caption.clone();
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label=name>
            <table class=class>
                <caption class=quiet.then_some("hidden")>{caption}</caption>
                {children()}
            </table>
        </div>
    }
}
