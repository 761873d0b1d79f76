//! A warning before typed answers are lost.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BeforeUnloadEvent, Element};

use super::dom::{form_around, listen};

/// Put inside a form: once something was changed, leaving the page other than by sending the form asks first.
#[island]
pub fn Unsaved() -> impl IntoView {
    view! { <span hidden use:watch></span> }
}

fn watch(span: Element) {
    let (Some(form), Some(window)) = (form_around(&span), web_sys::window()) else { return };
    let ask = Closure::<dyn FnMut(BeforeUnloadEvent)>::new(|event: BeforeUnloadEvent| event.prevent_default())
        .into_js_value();
    // The question is attached only while there is something to lose: pages that have it are not kept for the back button.
    let (asking, asked) = (window.clone(), ask.clone());
    listen(&form, "input", move |_| {
        let _ = asking.add_event_listener_with_callback("beforeunload", asked.unchecked_ref());
    });
    listen(&form, "submit", move |_| {
        let _ = window.remove_event_listener_with_callback("beforeunload", ask.unchecked_ref());
    });
}
