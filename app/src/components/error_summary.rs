//! What is wrong with a form, first in the page.

use claims::intake::{FieldError, Section, form::with_label};
use leptos::prelude::*;

/// The list of errors, each linked to its field. Renders nothing without errors.
///
/// The browser puts the focus on it when the page opens, so that it is the first thing heard and the next tab leads to the
/// first error. Put it before the heading of the page, and mark the page with [`crate::shell::Page::error`].
#[component]
pub fn ErrorSummary(
    /// What is wrong, in the order of the form.
    errors: Vec<FieldError>,
    /// The form they belong to: a message that does not name its field has the label before it then.
    #[prop(optional)]
    form: &'static [Section],
) -> impl IntoView {
    let heading = if errors.len() == 1 {
        "One answer needs your attention".to_owned()
    } else {
        format!("{} answers need your attention", errors.len())
    };
    (!errors.is_empty()).then(|| {
        let items: Vec<_> = errors
            .into_iter()
            .map(|error| {
                let words = with_label(form, &error);
                view! { <li><a href=format!("#field-{}", error.field)>{words}</a></li> }
            })
            .collect();
        view! {
            <div class="error-summary" role="alert" tabindex="-1" autofocus=true id="error-summary" aria-labelledby="error-summary-title">
                <h2 id="error-summary-title">{heading}</h2>
                <ul>{items}</ul>
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_each_field_and_escapes_what_was_typed() {
        let errors =
            vec![FieldError { field: "gross".to_owned(), message: "“<script>” is not an amount".to_owned() }];
        let html = view! { <ErrorSummary errors/> }.to_html();
        assert!(
            html.contains("href=\"#field-gross\"")
                && html.contains("role=\"alert\"")
                && html.contains("tabindex=\"-1\""),
            "{html}"
        );
        assert!(!html.contains("<script"), "{html}");
    }

    #[test]
    fn says_which_field_a_message_is_about() {
        let message = "This has 9 characters; at most 5 fit.".to_owned();
        let errors = vec![FieldError { field: "others_who".to_owned(), message }];
        let html = view! { <ErrorSummary errors form=claims::intake::others::FORM/> }.to_html().replace("<!>", "");
        assert!(html.contains("Who, and for which releases: this has 9 characters; at most 5 fit.</a>"), "{html}");
    }

    #[test]
    fn nothing_without_errors() {
        assert!(!view! { <ErrorSummary errors=Vec::new()/> }.to_html().contains("alert"));
    }
}
