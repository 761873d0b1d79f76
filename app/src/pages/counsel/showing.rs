//! The links above a list that choose which of its entries are shown, perhaps only those of one claim.

use leptos::prelude::*;

use super::filter::with_query;

/// Where a list stands, and what of it is asked for.
pub(super) struct Showing<'a> {
    /// Address of the list.
    pub base: String,
    /// Key of the chosen entries.
    pub key: &'a str,
    /// Number of the claim to which the list is narrowed.
    pub claim: Option<&'a str>,
}

impl Showing<'_> {
    /// Address of the list as it is shown.
    pub fn here(&self) -> String {
        self.href(self.key, self.claim)
    }

    /// Address of the list as it is when another key is chosen.
    fn href(&self, key: &str, claim: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        // What waits for somebody is shown unless something else is asked for.
        if key != "open" {
            query.append_pair("show", key);
        }
        if let Some(claim) = claim {
            query.append_pair("claim", claim);
        }
        with_query(self.base.clone(), &query.finish())
    }

    /// The links: key, words and count of each choice. The chosen one is strong.
    pub fn links(
        &self,
        label: &'static str,
        choices: impl IntoIterator<Item = (&'static str, &'static str, String)>,
    ) -> AnyView {
        let link = |(key, words, count): (&'static str, &'static str, String)| {
            let (href, words) = (self.href(key, self.claim), format!("{words} ({count})"));
            if key == self.key {
                view! { <strong><a href=href aria-current="true">{words}</a></strong> }.into_any()
            } else {
                view! { <a href=href>{words}</a> }.into_any()
            }
        };
        let links: Vec<_> = choices.into_iter().map(link).collect();
        view! { <nav class="actions" aria-label=label>{links}</nav> }.into_any()
    }

    /// Says to which claim the list is narrowed; `words` come before its number.
    pub fn narrowed(&self, slug: &str, words: &'static str) -> AnyView {
        let Some(number) = self.claim else { return ().into_any() };
        let (claim, all) = (format!("/counsel/{slug}/claims/{number}"), self.href(self.key, None));
        view! { <p>{words}" "<a href=claim>{number.to_owned()}</a>". "<a href=all>"Show those of all claims"</a></p> }
            .into_any()
    }
}
