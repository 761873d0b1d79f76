//! A text area that shows exactly what was typed.

use html_escape::encode_text;
use leptos::prelude::*;

/// A `<textarea>`. Leptos writes the text of this element as it is, so that `</textarea><script>` would run: the text is
/// escaped here. The line break before it is one that browsers drop; without it they would drop the text's own first one.
#[component]
pub fn TextArea(
    /// Id of the control.
    #[prop(into)]
    id: String,
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// What was typed so far.
    #[prop(into)]
    text: String,
    /// Ids of hint and message, separated by spaces.
    #[prop(optional_no_strip)]
    described_by: Option<String>,
    /// Whether the text was found wrong.
    #[prop(optional)]
    invalid: bool,
    /// Lines shown.
    #[prop(default = 5)]
    rows: u32,
) -> impl IntoView {
    let escaped = format!("\n{}", encode_text(&text));
    view! {
        <textarea
            id=id
            name=name
            rows=rows.to_string()
            aria-describedby=described_by
            aria-invalid=invalid.then_some("true")
            inner_html=escaped
        ></textarea>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        view! { <TextArea id="note" name="note" text=text/> }.to_html()
    }

    #[test]
    fn text_cannot_leave_the_control() {
        let html = html("</textarea><script>alert(1)</script>&amp;");
        assert!(!html.contains("<script"), "{html}");
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"), "{html}");
    }

    #[test]
    fn a_leading_line_break_survives() {
        assert!(html("\nsecond line").contains(">\n\nsecond line</textarea>"));
        assert!(html("").contains(">\n</textarea>"));
    }

    #[test]
    fn attributes_are_escaped() {
        let html =
            view! { <TextArea id="a\" onfocus=\"x" name="n" text="" described_by=Some("\"><script>".to_owned())/> }
                .to_html();
        assert!(!html.contains("\" onfocus=\"x") && !html.contains("\"><script"), "{html}");
    }
}
