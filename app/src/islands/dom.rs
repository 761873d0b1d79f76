//! The little that islands need of the document.

use claims::intake::{Answers, Section, form::fields};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Element, Event, EventTarget, FormData, HtmlFormElement};

/// The form around an element.
pub(super) fn form_around(element: &Element) -> Option<HtmlFormElement> {
    element.closest("form").ok().flatten()?.dyn_into().ok()
}

/// The document.
pub(super) fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The first element inside another that matches a selector.
pub(super) fn inside(element: &Element, selector: &str) -> Option<Element> {
    element.query_selector(selector).ok().flatten()
}

/// Calls `handler` on every `event` of `target`, for as long as the page lives.
pub(super) fn listen(target: &EventTarget, event: &str, handler: impl FnMut(Event) + 'static) {
    let handler = Closure::<dyn FnMut(Event)>::new(handler).into_js_value();
    // Listening fails only for a handler that is not a function.
    let _ = target.add_event_listener_with_callback(event, handler.unchecked_ref());
}

/// What a form says now.
pub(super) fn answers(form: &HtmlFormElement, sections: &'static [Section]) -> Answers {
    let mut answers = Answers::default();
    if let Ok(data) = FormData::new_with_form(form) {
        for field in fields(sections) {
            answers.set(field.name, data.get(field.name).as_string().unwrap_or_default());
        }
    }
    answers
}
