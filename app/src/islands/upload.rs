//! Many files at once, each with its own progress and result.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{
    DragEvent, Element, Event, FileList, FormData, HtmlFormElement, HtmlInputElement, ProgressEvent, XmlHttpRequest,
    js_sys,
};

use super::{
    dom::{form_around, inside, listen},
    upload_row::{Row, State},
};

/// Put inside a form with `enctype="multipart/form-data"` and one `<input type="file" multiple>`: files can be dropped on the
/// form, and each is sent in a request of its own, one after the other, so that a slow line carries one whole before the next.
///
/// A request goes to the form's action with its other fields first, `accept: application/json`, and is answered by
/// `{"name": …, "ok": …, "message": …}`. When all files were taken the page is loaded again; else it waits to be read.
#[island]
pub fn Upload() -> impl IntoView {
    view! {
        <div class="upload" use:wake>
            <p class="upload-hint" hidden>"You can also drop files anywhere on this form. They are sent at once."</p>
            <ul class="upload-list"></ul>
            <p class="upload-state" role="status"></p>
            <p class="upload-end" hidden><a class="button secondary" href="">"Show what was received"</a></p>
        </div>
    }
}

fn wake(place: Element) {
    if let Some(queue) = Queue::new(&place) {
        queue.accept_files();
    }
}

/// The files of this visit.
#[derive(Clone)]
struct Queue {
    form: HtmlFormElement,
    input: HtmlInputElement,
    place: Element,
    rows: Rc<RefCell<Vec<Row>>>,
}

impl Queue {
    fn new(place: &Element) -> Option<Self> {
        let form = form_around(place)?;
        let input = inside(&form, "input[type=file]")?.dyn_into().ok()?;
        Some(Self { form, input, place: place.clone(), rows: Rc::default() })
    }

    fn accept_files(self) {
        self.reveal(".upload-hint", true);
        let queue = self.clone();
        listen(&self.form, "submit", move |event| {
            let files = queue.input.files();
            if files.as_ref().is_some_and(|files| files.length() > 0) {
                event.prevent_default();
                queue.add(files);
                queue.input.set_value("");
                queue.go_on();
            }
        });
        let form = self.form.clone();
        listen(&self.form, "dragover", move |event| {
            event.prevent_default();
            let _ = form.class_list().add_1("dropping");
        });
        let form = self.form.clone();
        listen(&self.form, "dragleave", move |_| {
            let _ = form.class_list().remove_1("dropping");
        });
        let target = self.form.clone();
        listen(&target, "drop", move |event| {
            event.prevent_default();
            let _ = self.form.class_list().remove_1("dropping");
            self.add(event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer).and_then(|data| data.files()));
            self.go_on();
        });
    }

    fn add(&self, files: Option<FileList>) {
        let (Some(files), Some(list)) = (files, inside(&self.place, ".upload-list")) else { return };
        for file in (0..files.length()).filter_map(|place| files.get(place)) {
            let number = self.rows.borrow().len();
            let Some(row) = Row::new(&list, file) else { continue };
            let queue = self.clone();
            listen(&row.again, "click", move |_| {
                queue.set(number, State::Waiting);
                queue.go_on();
            });
            self.rows.borrow_mut().push(row);
        }
    }

    /// Sends the next waiting file, unless one is under way; loads the page again when all were taken.
    fn go_on(&self) {
        self.tell();
        let place = |wanted: fn(&State) -> bool| self.rows.borrow().iter().position(|row| wanted(&row.state));
        if place(|state| matches!(state, State::Sending(_))).is_some() {
            return;
        }
        if let Some(number) = place(|state| matches!(state, State::Waiting)) {
            if self.send(number).is_none() {
                self.finish(number, State::Refused("This browser cannot send the file.".to_owned(), false));
            }
        } else if place(|_| true).is_some()
            && place(|state| !matches!(state, State::Taken(_))).is_none()
            && let Some(window) = web_sys::window()
        {
            let _ = window.location().reload();
        }
    }

    /// Starts sending; `None` if the browser refuses to.
    fn send(&self, number: usize) -> Option<()> {
        let file = self.rows.borrow().get(number)?.file.clone();
        let name = self.input.name();
        let data = FormData::new_with_form(&self.form).ok()?;
        data.delete(&name);
        data.append_with_blob_and_filename(&name, &file, &file.name()).ok()?;
        let request = XmlHttpRequest::new().ok()?;
        request.open("POST", &self.form.get_attribute("action").unwrap_or_default()).ok()?;
        request.set_request_header("accept", "application/json").ok()?;
        self.set(number, State::Sending(0));
        let queue = self.clone();
        listen(request.upload().ok()?.as_ref(), "progress", move |event| {
            if let Some(percent) = percent_sent(&event) {
                queue.set(number, State::Sending(percent));
            }
        });
        let (queue, answered) = (self.clone(), request.clone());
        // `loadend` comes once, whether the answer came, the line broke or the time was up.
        listen(&request, "loadend", move |_| queue.finish(number, outcome(&answered)));
        request.send_with_opt_form_data(Some(&data)).ok()
    }

    fn finish(&self, number: usize, state: State) {
        self.set(number, state);
        self.go_on();
    }

    fn set(&self, number: usize, state: State) {
        if let Some(row) = self.rows.borrow_mut().get_mut(number) {
            row.show(state);
        }
    }

    /// Says how far the whole is; once all was tried and something refused, offers the way on.
    fn tell(&self) {
        let count = |wanted: fn(&State) -> bool| self.rows.borrow().iter().filter(|row| wanted(&row.state)).count();
        let (all, taken, refused) = (
            count(|_| true),
            count(|state| matches!(state, State::Taken(_))),
            count(|state| matches!(state, State::Refused(..))),
        );
        let words = if refused == 0 {
            format!("{taken} of {all} received.")
        } else {
            format!("{taken} of {all} received, {refused} not.")
        };
        if let Some(element) = inside(&self.place, ".upload-state") {
            element.set_text_content(Some(&words));
        }
        self.reveal(".upload-end", refused > 0 && taken + refused == all);
    }

    fn reveal(&self, selector: &str, shown: bool) {
        if let Some(element) = inside(&self.place, selector) {
            let _ = element.toggle_attribute_with_force("hidden", !shown);
        }
    }
}

/// Whole percents sent: the fraction is dropped.
fn percent_sent(event: &Event) -> Option<u8> {
    let event = event.dyn_ref::<ProgressEvent>()?;
    let percent = event.loaded() * 100.0 / event.total().max(1.0);
    (0..=100u8).rev().find(|whole| f64::from(*whole) <= percent)
}

fn outcome(request: &XmlHttpRequest) -> State {
    let status = request.status().unwrap_or(0);
    let answer = request.response_text().ok().flatten().and_then(|text| js_sys::JSON::parse(&text).ok());
    let member = |name: &str| js_sys::Reflect::get(answer.as_ref()?, &name.into()).ok();
    let message = member("message").and_then(|message| message.as_string());
    match (status, member("ok").and_then(|ok| ok.as_bool()), message) {
        (_, Some(true), message) => State::Taken(message.unwrap_or_else(|| "Received".to_owned())),
        (_, Some(false), Some(message)) => State::Refused(message, false),
        (0, ..) => State::Refused("The connection broke before the file was received.".to_owned(), true),
        (413, ..) => State::Refused("The file is too large.".to_owned(), false),
        (401 | 403, ..) => {
            State::Refused("You were signed out. Sign in again and send the file once more.".to_owned(), false)
        }
        (status, ..) => State::Refused(format!("The server could not take the file (answer {status})."), true),
    }
}
