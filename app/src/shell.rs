//! The document around a page: head, header with navigation, main, footer.

use std::sync::Arc;

use html_escape::{encode_double_quoted_attribute as attribute, encode_text};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;

/// What a search engine says of a page that does not say it better itself.
const ABOUT: &str =
    "People hurt by the same wrong file what they are owed, with proof; counsel get totals that stand up in court.";

/// A page, before it is rendered.
pub struct Page {
    title: String,
    about: Option<String>,
    error: bool,
    wide: bool,
    whom: Option<String>,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

impl Page {
    /// A page with its title and what makes its content. The content's first heading is the page's `<h1>`.
    pub fn new<V: IntoView + 'static>(title: impl Into<String>, view: impl FnOnce() -> V + Send + 'static) -> Self {
        Self {
            title: title.into(),
            about: None,
            error: false,
            wide: false,
            whom: None,
            view: Box::new(|| view().into_any()),
        }
    }

    /// The same page, with what a search engine says of it.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }

    /// The same page; if `error`, its title starts with "Error:", so that it is heard first.
    #[must_use]
    pub fn error(mut self, error: bool) -> Self {
        self.error = error;
        self
    }

    /// The same page, as wide as the window and dense: for counsel's tables.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// The same page, which says above its content for whom it is: claimant and case.
    #[must_use]
    pub fn whom(mut self, whom: impl Into<String>) -> Self {
        self.whom = Some(whom.into());
        self
    }
}

/// Somebody who is signed in, as far as the header shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who<'a> {
    /// Name as shown.
    pub name: &'a str,
    /// Whether the account is counsel of a case.
    pub counsel: bool,
    /// Whether the account administers the installation.
    pub administrator: bool,
}

/// Addresses of what islands need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IslandFiles<'a> {
    /// `load.js`.
    pub loader: &'a str,
    /// The module that wasm-bindgen made.
    pub module: &'a str,
    /// The wasm beside it.
    pub wasm: &'a str,
}

/// What the document needs to know of the request and the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The nonce of the response's Content-Security-Policy.
    pub nonce: &'a str,
    /// Address of the stylesheet.
    pub style: &'a str,
    /// Addresses of the island files; `None` serves every page without script.
    pub islands: Option<IslandFiles<'a>>,
    /// Path of the page, to mark where one is in the navigation.
    pub path: &'a str,
    /// Who is signed in.
    pub who: Option<Who<'a>>,
}

/// The whole document. Nothing in it waits: data was read before the page was made.
#[must_use]
pub fn render(frame: &Frame<'_>, page: Page) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let Page { title, about, error, wide, whom, view } = page;
    let body = owner.with(|| {
        let main = view();
        let whom = whom.map(|whom| view! { <p class="whom">{whom}</p> });
        view! {
            <a class="skip" href="#main">"Skip to the content"</a>
            {header(frame)}
            <main id="main">{whom}{main}</main>
            {footer()}
        }
        .to_html()
    });
    owner.cleanup();
    let body = without_markers(&body);
    let error = if error { "Error: " } else { "" };
    let class = if wide { " class=\"wide\"" } else { "" };
    // The title is written here because Leptos leaves the text of a `<title>` as it is.
    let title = encode_text(&title);
    let about = about.as_deref().unwrap_or(ABOUT);
    let about = attribute(about);
    let style = attribute(frame.style);
    let script = script(frame, &body);
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{error}{title} – Recoup</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"description\" content=\"{about}\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"{style}\">{script}</head><body{class}>{body}</body></html>"
    )
}

/// Leptos marks places in the text with `<!>` to find them again in the browser. Only islands are looked at there.
fn without_markers(body: &str) -> String {
    let mut kept = String::with_capacity(body.len());
    for (place, part) in body.split("<leptos-island").enumerate() {
        let (inside, outside) =
            if place == 0 { ("", part) } else { part.split_once("</leptos-island>").unwrap_or((part, "")) };
        if place > 0 {
            kept.extend(["<leptos-island", inside, "</leptos-island>"]);
        }
        kept.extend(outside.split("<!>"));
    }
    kept
}

/// The one script, on pages with an island only. Text cannot imitate an island: its `<` is escaped.
fn script(frame: &Frame<'_>, body: &str) -> String {
    match frame.islands {
        Some(IslandFiles { loader, module, wasm }) if body.contains("<leptos-island") => format!(
            "<script type=\"module\" nonce=\"{}\" src=\"{}\" data-module=\"{}\" data-wasm=\"{}\"></script>",
            attribute(frame.nonce),
            attribute(loader),
            attribute(module),
            attribute(wasm)
        ),
        _ => String::new(),
    }
}

fn header(frame: &Frame<'_>) -> impl IntoView + use<> {
    let path = frame.path.to_owned();
    let link = move |href: &'static str, words: &'static str| {
        let inside =
            path == href || href.len() > 1 && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
        let current = inside.then_some(if path == href { "page" } else { "true" });
        view! { <li><a href=href aria-current=current>{words}</a></li> }
    };
    let (places, account) = match frame.who {
        None => (
            vec![link("/", "Cases")],
            view! { {link("/sign-in", "Sign in")}{link("/register", "Register")} }.into_any(),
        ),
        Some(Who { name, counsel, administrator }) => {
            let mut places = vec![link("/", "Cases"), link("/claims", "My claims"), link("/mail", "Mail")];
            places.extend(counsel.then(|| link("/counsel", "Counsel")));
            places.extend(administrator.then(|| link("/admin", "Administration")));
            let sign_out = view! { <li><form method="post" action="/sign-out"><button class="link" type="submit">"Sign out"</button></form></li> };
            (places, view! { <li class="who">{name.to_owned()}</li>{link("/account", "Account")}{sign_out} }.into_any())
        }
    };
    view! {
        <header class="site-header">
            <div class="site-bar">
                <a class="brand" href="/">"Recoup"</a>
                <nav aria-label="Main"><ul>{places}</ul></nav>
                <nav aria-label="Account" class="account"><ul>{account}</ul></nav>
            </div>
        </header>
    }
}

fn footer() -> impl IntoView {
    view! { <footer class="site-footer"><p>"Recoup adds up what is owed and keeps the proof. It is not a law firm and gives no legal advice. "<a href="/verify">"Verify a file"</a></p></footer> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::islands::Unsaved;

    const FRAME: Frame<'static> = Frame {
        nonce: "n0nce",
        style: "/assets/main.css",
        islands: Some(IslandFiles { loader: "/assets/load.js", module: "/assets/app.js", wasm: "/assets/app.wasm" }),
        path: "/claims/7",
        who: Some(Who { name: "<b>Ada</b>", counsel: true, administrator: false }),
    };

    #[test]
    fn a_title_cannot_leave_its_element() {
        let html =
            render(&FRAME, Page::new("</title><script>alert(1)</script>", || "x").about("\"><script>").error(true));
        assert!(!html.contains("<script"), "{html}");
        assert!(
            html.contains("<title>Error: &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; – Recoup</title>"),
            "{html}"
        );
    }

    #[test]
    fn attributes_of_the_head_are_escaped() {
        let frame = Frame { style: "/a.css\"><script>", nonce: "\"><script>", ..FRAME };
        let html = render(&frame, Page::new("T", || view! { <form><Unsaved/></form> }));
        assert_eq!(html.matches("<script").count(), 1, "{html}");
    }

    #[test]
    fn script_only_where_an_island_is() {
        let plain = render(&FRAME, Page::new("Plain", || view! { <p>"<leptos-island data-component=x>"</p> }));
        assert!(!plain.contains("<script"), "{plain}");
        let island = render(&FRAME, Page::new("Form", || view! { <form><Unsaved/></form> }));
        assert!(island.contains("<leptos-island data-component=\"Unsaved_"), "{island}");
        assert!(island.contains("nonce=\"n0nce\" src=\"/assets/load.js\" data-module=\"/assets/app.js\""), "{island}");
    }

    #[test]
    fn navigation_fits_the_person_and_marks_the_place() {
        let html = render(&FRAME, Page::new("T", || "x").wide().whom("Acme & Sons"));
        assert!(
            html.contains("aria-current=\"true\"") && html.contains("/counsel") && !html.contains("/admin"),
            "{html}"
        );
        assert!(
            !html.contains("<b>Ada") && html.contains("Acme &amp; Sons") && html.contains("<body class=\"wide\">"),
            "{html}"
        );
        let stranger = render(&Frame { who: None, path: "/", ..FRAME }, Page::new("T", || "x"));
        assert!(
            stranger.contains("/sign-in")
                && !stranger.contains("Sign out")
                && stranger.contains("aria-current=\"page\""),
            "{stranger}"
        );
    }

    #[test]
    fn markers_stay_in_islands_only() {
        let html =
            without_markers("<p>a<!></p><leptos-island x>b<!></leptos-island><!>c<leptos-island>d<!></leptos-island>");
        assert_eq!(html, "<p>a</p><leptos-island x>b<!></leptos-island>c<leptos-island>d<!></leptos-island>");
    }

    #[test]
    fn no_inline_style_or_handler() {
        let html = render(&FRAME, Page::new("T", || view! { <form><Unsaved/></form> }));
        assert!(!html.contains(" style=") && !html.contains(" onclick="), "{html}");
    }
}
