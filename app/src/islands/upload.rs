//! Many files at once, each with its own progress and result.

use leptos::{html::Div, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event, File, FileList, FormData, HtmlFormElement, HtmlInputElement, XmlHttpRequest, js_sys};

use super::dom::{form_around, listen};

/// Put inside a form with `enctype="multipart/form-data"` and one `<input type="file" multiple>`: files can be dropped on the
/// form, and each is sent in a request of its own, one after the other.
///
/// A request goes to the form's action with its other fields first, `accept: application/json`, and is answered by
/// `{"name": …, "ok": …, "message": …}`. When all files were taken the page is loaded again; else it waits to be read.
#[island]
pub fn Upload() -> impl IntoView {
    let place = NodeRef::<Div>::new();
    let queue =
        Queue { files: StoredValue::new_local(Vec::new()), shown: RwSignal::new(Vec::new()), at: RwSignal::new(None) };
    let awake = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(form) = place.get().and_then(|here| form_around(&here)) {
            accept_files(&form, queue);
            awake.set(true);
        }
    });
    let again = move |number: usize| {
        if let Some(form) = place.get_untracked().and_then(|here| form_around(&here)) {
            queue.shown.update(|shown| shown[number].state = State::Waiting);
            queue.go_on(&form);
        }
    };
    view! {
        <div class="upload" node_ref=place>
            {move || awake.get().then(|| view! { <p class="upload-hint">"You can also drop files anywhere on this form. They are sent at once."</p> })}
            <ul class="upload-list">{move || queue.shown.get().into_iter().enumerate().map(|(number, item)| item.row(move || again(number))).collect::<Vec<_>>()}</ul>
            <p class="upload-state" role="status">{move || queue.words()}</p>
            {move || queue.needs_reading().then(|| view! { <p><a class="button secondary" href="">"Show what was received"</a></p> })}
        </div>
    }
}

#[derive(Clone, PartialEq)]
enum State {
    Waiting,
    /// Sent so far, in percent.
    Sending(u8),
    Taken(String),
    /// The message, and whether sending again may help.
    Refused(String, bool),
}

#[derive(Clone)]
struct Item {
    name: String,
    state: State,
}

impl Item {
    fn row(self, again: impl Fn() + Clone + 'static) -> impl IntoView {
        let (key, words) = match &self.state {
            State::Waiting => ("waiting", "Waiting".to_owned()),
            State::Sending(100) => ("sending", "Being checked …".to_owned()),
            State::Sending(percent) => ("sending", format!("{percent}\u{a0}%")),
            State::Taken(message) => ("taken", message.clone()),
            State::Refused(message, _) => ("refused", message.clone()),
        };
        let bar = if let State::Sending(percent) = self.state { Some(percent) } else { None };
        let retry = matches!(self.state, State::Refused(_, true));
        view! {
            <li class=format!("upload-{key}")>
                <span class="upload-name">{self.name}</span>
                {bar.map(|percent| view! { <progress max="100" value=percent.to_string() aria-hidden="true"></progress> })}
                <span class="upload-words">{words}</span>
                {retry.then(|| view! { <button type="button" class="link" on:click=move |_| again()>"Try again"</button> })}
            </li>
        }
    }
}

/// The files of this visit: sent one after the other, so that a slow line carries one of them whole before the next.
#[derive(Clone, Copy)]
struct Queue {
    files: StoredValue<Vec<File>, LocalStorage>,
    shown: RwSignal<Vec<Item>>,
    /// The file that is being sent.
    at: RwSignal<Option<usize>>,
}

impl Queue {
    fn add(self, files: Option<FileList>) {
        let Some(files) = files else { return };
        for file in (0..files.length()).filter_map(|place| files.get(place)) {
            self.shown.update(|shown| shown.push(Item { name: file.name(), state: State::Waiting }));
            self.files.update_value(|all| all.push(file));
        }
    }

    /// Sends the next waiting file, unless one is under way; loads the page again when all were taken.
    fn go_on(self, form: &HtmlFormElement) {
        if self.at.get_untracked().is_some() {
            return;
        }
        let next = self.shown.with_untracked(|shown| shown.iter().position(|item| item.state == State::Waiting));
        if let Some(number) = next {
            self.at.set(Some(number));
            if send(form, self, number).is_none() {
                self.finish(form, number, State::Refused("This browser cannot send the file.".to_owned(), false));
            }
        } else if self.shown.with_untracked(|shown| shown.iter().all(|item| matches!(item.state, State::Taken(_))))
            && let Some(window) = web_sys::window()
        {
            let _ = window.location().reload();
        }
    }

    fn finish(self, form: &HtmlFormElement, number: usize, state: State) {
        self.set(number, state);
        self.at.set(None);
        self.go_on(form);
    }

    fn set(self, number: usize, state: State) {
        self.shown.update(|shown| shown[number].state = state);
    }

    fn words(self) -> String {
        self.shown.with(|shown| {
            let count = |wanted: fn(&State) -> bool| shown.iter().filter(|item| wanted(&item.state)).count();
            let taken = count(|state| matches!(state, State::Taken(_)));
            let refused = count(|state| matches!(state, State::Refused(..)));
            match (shown.len(), refused) {
                (0, _) => String::new(),
                (all, 0) => format!("{taken} of {all} received."),
                (all, refused) => format!("{taken} of {all} received, {refused} not."),
            }
        })
    }

    /// Whether everything was tried and something was refused.
    fn needs_reading(self) -> bool {
        self.shown.with(|shown| {
            let done = shown.iter().all(|item| matches!(item.state, State::Taken(_) | State::Refused(..)));
            done && shown.iter().any(|item| matches!(item.state, State::Refused(..)))
        })
    }
}

fn file_input(form: &HtmlFormElement) -> Option<HtmlInputElement> {
    form.query_selector("input[type=file]").ok().flatten()?.dyn_into().ok()
}

fn accept_files(form: &HtmlFormElement, queue: Queue) {
    let target = form.clone();
    listen(form, "submit", move |event| {
        let Some(input) = file_input(&target) else { return };
        if input.files().is_some_and(|files| files.length() > 0) {
            event.prevent_default();
            queue.add(input.files());
            input.set_value("");
            queue.go_on(&target);
        }
    });
    let target = form.clone();
    listen(form, "dragover", move |event| {
        event.prevent_default();
        let _ = target.class_list().add_1("dropping");
    });
    let target = form.clone();
    listen(form, "dragleave", move |_| {
        let _ = target.class_list().remove_1("dropping");
    });
    let target = form.clone();
    listen(form, "drop", move |event| {
        event.prevent_default();
        let _ = target.class_list().remove_1("dropping");
        queue.add(event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer).and_then(|data| data.files()));
        queue.go_on(&target);
    });
}

/// Starts sending; `None` if the browser refuses to.
fn send(form: &HtmlFormElement, queue: Queue, number: usize) -> Option<()> {
    let file = queue.files.with_value(|files| files.get(number).cloned())?;
    let name = file_input(form)?.name();
    let data = FormData::new_with_form(form).ok()?;
    data.delete(&name);
    data.append_with_blob_and_filename(&name, &file, &file.name()).ok()?;
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", &form.get_attribute("action").unwrap_or_default()).ok()?;
    request.set_request_header("accept", "application/json").ok()?;
    queue.set(number, State::Sending(0));
    listen(request.upload().ok()?.as_ref(), "progress", move |event| {
        if let Some(percent) = percent_sent(&event) {
            queue.set(number, State::Sending(percent));
        }
    });
    let (answered, form) = (request.clone(), form.clone());
    // `loadend` comes once, whether the answer came, the line broke or the time was up.
    listen(&request, "loadend", move |_| queue.finish(&form, number, outcome(&answered)));
    request.send_with_opt_form_data(Some(&data)).ok()
}

fn percent_sent(event: &Event) -> Option<u8> {
    let event = event.dyn_ref::<web_sys::ProgressEvent>()?;
    let percent = (event.loaded() * 100.0 / event.total().max(1.0)).clamp(0.0, 100.0);
    // Whole percents: the fraction is dropped, and `clamp` keeps the number within a byte.
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
