//! Links to the pages of a long list.

use leptos::prelude::*;

/// Previous, next, and where one is. Renders nothing for a list of one page.
#[component]
pub fn Pager(
    /// The page shown, from 1.
    page: u64,
    /// How many there are.
    pages: u64,
    /// The address of the list with its filters, without the page.
    #[prop(into)]
    base: String,
) -> impl IntoView {
    (pages > 1).then(|| {
        let link = |to: u64, rel: &'static str, words: &'static str| {
            let href = format!("{base}{}page={to}", if base.contains('?') { '&' } else { '?' });
            view! { <a href=href rel=rel>{words}</a> }
        };
        let previous = (page > 1).then(|| link(page - 1, "prev", "← Previous"));
        let next = (page < pages).then(|| link(page + 1, "next", "Next →"));
        view! {
            <nav class="pager" aria-label="Pages">
                <span class="pager-previous">{previous}</span>
                <span class="pager-here">{format!("Page {page} of {pages}")}</span>
                <span class="pager-next">{next}</span>
            </nav>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_filters_and_stop_at_the_ends() {
        let html = |page, pages, base: &str| view! { <Pager page pages base/> }.to_html();
        let middle = html(2, 3, "/c?q=a&sort=\"");
        assert!(
            middle.contains("page=1") && middle.contains("page=3") && middle.contains("q=a&amp;sort=&quot;&amp;page=1"),
            "{middle}"
        );
        assert!(!html(1, 3, "/c").contains("Previous") && html(1, 3, "/c").contains("href=\"/c?page=2\""));
        assert!(!html(1, 1, "/c").contains("nav"));
    }
}
