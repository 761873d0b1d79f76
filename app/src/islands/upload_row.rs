//! One file in the list of an upload.

use web_sys::{Element, File};

use super::dom::document;

/// How far a file is.
pub(super) enum State {
    /// Not sent yet.
    Waiting,
    /// Sent so far, in percent.
    Sending(u8),
    /// Received, with the server's message.
    Taken(String),
    /// Not received: why, and whether sending again may help.
    Refused(String, bool),
}

/// A file and its row on the page.
pub(super) struct Row {
    pub(super) file: File,
    pub(super) state: State,
    /// The button that sends the file once more.
    pub(super) again: Element,
    row: Element,
    words: Element,
    bar: Element,
}

impl Row {
    /// Adds a row to the list; `None` if the document is gone.
    pub(super) fn new(list: &Element, file: File) -> Option<Self> {
        let row = child(list, "li", "")?;
        child(&row, "span", "upload-name")?.set_text_content(Some(&file.name()));
        let words = child(&row, "span", "upload-words")?;
        let bar = child(&row, "progress", "")?;
        let again = child(&row, "button", "link")?;
        for (element, name, value) in [(&bar, "max", "100"), (&bar, "aria-hidden", "true"), (&again, "type", "button")]
        {
            let _ = element.set_attribute(name, value);
        }
        again.set_text_content(Some("Try again"));
        let mut row = Self { file, state: State::Waiting, again, row, words, bar };
        row.show(State::Waiting);
        Some(row)
    }

    /// Takes a new state and shows it.
    pub(super) fn show(&mut self, state: State) {
        let (key, words) = match &state {
            State::Waiting => ("upload-waiting", "Waiting".to_owned()),
            State::Sending(100) => ("upload-sending", "Being checked …".to_owned()),
            State::Sending(percent) => ("upload-sending", format!("{percent}\u{a0}%")),
            State::Taken(message) => ("upload-taken", message.clone()),
            State::Refused(message, _) => ("upload-refused", message.clone()),
        };
        self.row.set_class_name(key);
        self.words.set_text_content(Some(&words));
        if let State::Sending(percent) = &state {
            let _ = self.bar.set_attribute("value", &percent.to_string());
        }
        let _ = self.bar.toggle_attribute_with_force("hidden", !matches!(state, State::Sending(_)));
        let _ = self.again.toggle_attribute_with_force("hidden", !matches!(state, State::Refused(_, true)));
        self.state = state;
    }
}

fn child(parent: &Element, name: &str, class: &str) -> Option<Element> {
    let child = document()?.create_element(name).ok()?;
    child.set_class_name(class);
    parent.append_child(&child).ok()?;
    Some(child)
}
