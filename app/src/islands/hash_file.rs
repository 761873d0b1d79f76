//! A file's hash, worked out in the browser: the file does not leave the machine.

use std::{cell::RefCell, rc::Rc};

use claims::filing::FileHash;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, Element, HtmlInputElement, js_sys};

use super::dom::{form_around, inside, listen};

/// Bytes that are read at once.
const CHUNK: f64 = 4_194_304.0;

/// Put inside a form with one `<input type="file">`: sending it opens `/verify?hash=…` instead, with the hash of the file.
#[island]
pub fn HashFile() -> impl IntoView {
    view! { <p class="small soft" role="status" data-when-used="" use:wake></p> }
}

fn wake(place: Element) {
    let Some(form) = form_around(&place) else { return };
    let Some(input) = inside(&form, "input[type=file]").and_then(|input| input.dyn_into::<HtmlInputElement>().ok())
    else {
        return;
    };
    listen(&form, "submit", move |event| {
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        event.prevent_default();
        let reading =
            Rc::new(Reading { file: file.into(), place: place.clone(), hash: RefCell::new(Some(FileHash::default())) });
        read(&reading, 0.0);
    });
}

struct Reading {
    file: Blob,
    place: Element,
    hash: RefCell<Option<FileHash>>,
}

/// Reads from `at` on, chunk by chunk, so that a file of any size needs the memory of one.
fn read(reading: &Rc<Reading>, at: f64) {
    let size = reading.file.size();
    if at >= size {
        let hash = reading.hash.borrow_mut().take().map(FileHash::finish).unwrap_or_default();
        if let Some(window) = web_sys::window() {
            let _ = window.location().set_href(&format!("/verify?hash={hash}"));
        }
        return;
    }
    reading.place.set_text_content(Some("The hash is being worked out in your browser …"));
    let Ok(chunk) = reading.file.slice_with_f64_and_f64(at, (at + CHUNK).min(size)) else { return };
    let (next, failed) = (Rc::clone(reading), Rc::clone(reading));
    let done = Closure::once_into_js(move |buffer: JsValue| {
        if let Some(hash) = next.hash.borrow_mut().as_mut() {
            hash.update(&js_sys::Uint8Array::new(&buffer).to_vec());
        }
        read(&next, at + CHUNK);
    });
    let broken = Closure::once_into_js(move |_: JsValue| {
        failed.place.set_text_content(Some("The file cannot be read. Choose it again."));
    });
    // A method of every promise, called by its name because the typed one wants closures that outlive this call.
    let promise: JsValue = chunk.array_buffer().into();
    if let Ok(then) = js_sys::Reflect::get(&promise, &"then".into()).and_then(JsCast::dyn_into::<js_sys::Function>) {
        let _ = then.call2(&promise, &done, &broken);
    }
}
