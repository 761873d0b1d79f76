//! A form that was sent after its session had ended: it is kept in the page that asks to sign in again, and sent again from
//! the page after that. Nothing is typed twice, and nothing of it is stored.

use axum::{body::Bytes, http::StatusCode};
use claims::intake::account::SIGN_IN;
use leptos::prelude::*;

use super::{form_page::FormPage, typed::Typed};
use crate::{
    request::{Sent, Visitor, safe_path},
    shell::Page,
};

/// Longest form that is kept: with its signs encoded once more it still fits into the form that carries it.
const MOST: usize = 300_000;
/// What is never kept: it would stand in a page.
const SECRET: [&str; 3] = ["password", "current", "code"];

/// The tick that makes a declaration. It is not kept either: whoever makes one has it before their eyes. Without the tick nothing is
/// filed, and what was typed is shown on the page of the declaration.
const TICK: &str = "agree";

/// Whether a form makes the declaration of a claim.
fn is_declaration(path: &str) -> bool {
    path.starts_with("/claims/") && path.ends_with("/sign")
}

/// A form that waits for its sender to sign in.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Where it was sent.
    path: String,
    /// Its fields, urlencoded.
    form: String,
}

impl Kept {
    /// A form that was sent to `path`; `None` if it is too long to be carried along.
    #[must_use]
    pub fn of(path: &str, body: &Bytes) -> Option<Self> {
        if body.len() > MOST {
            return None;
        }
        let dropped = |name: &str| SECRET.contains(&name) || name == TICK && is_declaration(path);
        let fields = url::form_urlencoded::parse(body).filter(|(name, _)| !dropped(name));
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Some(Self { path: path.to_owned(), form })
    }

    /// The form that a sign-in page carried, if it carried one.
    #[must_use]
    pub fn read(sent: &Sent) -> Option<Self> {
        let path = safe_path(sent.get("kept_path"))?.to_owned();
        Some(Self { path, form: sent.get("kept_form").to_owned() })
    }

    /// The hidden fields that carry it.
    pub fn hidden(self) -> impl IntoView {
        view! {
            <input type="hidden" name="kept_path" value=self.path/>
            <input type="hidden" name="kept_form" value=self.form/>
        }
    }

    /// The page from which it is sent again, by somebody who is signed in now.
    #[must_use]
    pub fn send_again(self, visitor: &Visitor) -> axum::response::Response {
        let (words, button) = if is_declaration(&self.path) {
            (
                "Your claim was not sent. What you typed before your session ended is still here: go back to the declaration, read it once more, and sign there.",
                "Back to the declaration",
            )
        } else {
            (
                "What you typed before your session ended is still here. Send it, and you go on where you were.",
                "Send what I typed",
            )
        };
        visitor.page(Page::new("You are signed in again", move || {
            let fields: Vec<_> = url::form_urlencoded::parse(self.form.as_bytes())
                .map(|(name, value)| {
                    view! { <input type="hidden" name=name.into_owned() value=value.into_owned()/> }
                })
                .collect();
            view! {
                <h1>"You are signed in again"</h1>
                <p>{words}</p>
                <form method="post" action=self.path>
                    {fields}
                    <div class="actions"><button type="submit">{button}</button><a href="/claims">"Leave it"</a></div>
                </form>
            }
        }))
    }
}

/// Asks somebody whose session ended to sign in again.
pub fn ask(visitor: &Visitor, kept: Kept) -> axum::response::Response {
    visitor.page_with(StatusCode::UNAUTHORIZED, page(kept, Typed::default()))
}

/// Asks somebody whose session ended over files to sign in again, and leads them back to choose the files once more: files are
/// too large to be carried along, and no page can fill in which ones were chosen.
pub fn ask_for_files(visitor: &Visitor) -> axum::response::Response {
    let page = FormPage {
        title: "Sign in to go on",
        lead: "Your session has ended, so the files were not taken. Sign in, and you are back on the page that you sent them from: choose the files again there.".to_owned(),
        action: "/sign-in".to_owned(),
        form: SIGN_IN,
        next: Some(page_of_files(&visitor.path).to_owned()),
        button: "Sign in",
        links: vec![("Password forgotten?", "/forgotten".to_owned(), "Set a new one")],
        ..FormPage::default()
    }
    .with(Typed::default());
    visitor.page_with(StatusCode::UNAUTHORIZED, page)
}

/// The page whose form sends files to a path: the same path, but for the files of a case, which have no page of their own.
fn page_of_files(path: &str) -> &str {
    path.strip_suffix("/documents").filter(|page| page.starts_with("/admin/cases/")).unwrap_or(path)
}

/// The page that asks for it.
#[must_use]
pub fn page(kept: Kept, typed: Typed) -> Page {
    FormPage {
        title: "Sign in to go on",
        lead: "Your session has ended. Nothing you typed is lost: sign in, and send it from the next page.".to_owned(),
        action: "/sign-in".to_owned(),
        form: SIGN_IN,
        button: "Sign in",
        links: vec![("Password forgotten?", "/forgotten".to_owned(), "Set a new one")],
        kept: Some(kept),
        ..FormPage::default()
    }
    .with(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_what_is_too_long_are_not_kept() {
        let kept =
            Kept::of("/claims/7/others", &Bytes::from_static(b"others=no&password=x&code=1&a=1&a=2%26")).unwrap();
        assert_eq!((kept.path.as_str(), kept.form.as_str()), ("/claims/7/others", "others=no&a=1&a=2%26"));
        let signed = Kept::of("/claims/7/sign", &Bytes::from_static(b"signature=Ada&agree=yes")).unwrap();
        assert_eq!(signed.form, "signature=Ada", "nobody makes a declaration that they do not see");
        assert!(Kept::of("/", &Bytes::from(vec![b'a'; MOST + 1])).is_none());
    }

    #[test]
    fn who_sent_files_is_led_back_to_a_page_that_exists() {
        for (sent, page) in [
            ("/claims/7/documents", "/claims/7/documents"),
            ("/claims/7/import", "/claims/7/import"),
            ("/admin/cases/allegro/documents", "/admin/cases/allegro"),
        ] {
            assert_eq!(page_of_files(sent), page);
        }
    }

    #[test]
    fn only_a_form_of_this_site_is_sent_again() {
        let read = |path: &str| {
            let path: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
            Kept::read(&Sent::read(format!("kept_path={path}&kept_form=a%3D1").as_bytes())).map(|kept| kept.form)
        };
        assert_eq!(read("/claims/7/others").as_deref(), Some("a=1"));
        for foreign in ["https://evil.example", "//evil.example", "javascript:alert(1)", ""] {
            assert_eq!(read(foreign), None, "{foreign}");
        }
    }
}
