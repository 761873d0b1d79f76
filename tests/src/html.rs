//! Reading pages as a browser without JavaScript does: text, links, forms.

use scraper::{ElementRef, Html, Selector};

/// A control of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Control {
    name: String,
    kind: Kind,
    /// What it would send now; `None` for a box that is not ticked or a radio button that is not chosen.
    value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Text,
    Hidden,
    Tick { value: String },
    Choice { options: Vec<String> },
    File,
}

/// A form of a page, filled in step by step.
#[derive(Debug, Clone)]
pub struct Form {
    /// Path that it is sent to.
    pub action: String,
    /// Whether it is sent by POST.
    pub post: bool,
    /// Whether it carries files.
    pub multipart: bool,
    controls: Vec<Control>,
    /// Files by control: name, type, bytes.
    pub files: Vec<(String, String, Vec<u8>)>,
}

fn select(what: &str) -> Selector {
    Selector::parse(what).expect("a selector")
}

/// Text as a reader sees it, white space made single.
#[must_use]
pub fn text(element: ElementRef<'_>) -> String {
    element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// The text of a page's body.
#[must_use]
pub fn text_of(page: &str) -> String {
    texts(page, "body").join(" ")
}

/// The texts of all elements that a selector finds.
#[must_use]
pub fn texts(page: &str, selector: &str) -> Vec<String> {
    Html::parse_document(page).select(&select(selector)).map(text).collect()
}

/// The values of an attribute of all elements that a selector finds.
#[must_use]
pub fn attributes(page: &str, selector: &str, attribute: &str) -> Vec<String> {
    Html::parse_document(page)
        .select(&select(selector))
        .filter_map(|element| element.attr(attribute).map(str::to_owned))
        .collect()
}

/// The address of the first link whose text contains `words`.
#[must_use]
pub fn link(page: &str, words: &str) -> Option<String> {
    Html::parse_document(page)
        .select(&select("a[href]"))
        .find(|link| text(*link).contains(words))
        .and_then(|link| link.attr("href").map(str::to_owned))
}

/// The cells of a table, row by row, its head included; the table is found by its caption.
#[must_use]
pub fn table(page: &str, caption: &str) -> Option<Vec<Vec<String>>> {
    let page = Html::parse_document(page);
    let table = page
        .select(&select("table"))
        .find(|table| table.select(&select("caption")).next().is_some_and(|found| text(found).contains(caption)))?;
    let (row, cell) = (select("tr"), select("th, td"));
    Some(table.select(&row).map(|row| row.select(&cell).map(text).collect()).collect())
}

/// The forms of a page.
#[must_use]
pub fn forms(page: &str) -> Vec<Form> {
    Html::parse_document(page).select(&select("form")).map(read_form).collect()
}

fn read_form(form: ElementRef<'_>) -> Form {
    let mut controls: Vec<Control> = Vec::new();
    for element in form.select(&select("input, textarea, select, button")) {
        let Some(name) = element.attr("name").filter(|name| !name.is_empty()) else { continue };
        if element.attr("disabled").is_some() {
            continue;
        }
        let own = element.attr("value").unwrap_or_default().to_owned();
        let text = |value: String| Control { name: name.to_owned(), kind: Kind::Text, value: Some(value) };
        let control = match (element.value().name(), element.attr("type").unwrap_or("text")) {
            ("textarea", _) => text(element.text().collect::<String>().trim_start_matches('\n').to_owned()),
            ("select", _) => read_select(name, element),
            // A button that is pressed sends its value; the tests name the one they press.
            ("button", _) | ("input", "submit") => continue,
            ("input", "hidden") => Control { name: name.to_owned(), kind: Kind::Hidden, value: Some(own) },
            ("input", "file") => Control { name: name.to_owned(), kind: Kind::File, value: None },
            ("input", "checkbox") => {
                let value = if own.is_empty() { "on".to_owned() } else { own };
                let ticked = element.attr("checked").is_some().then(|| value.clone());
                Control { name: name.to_owned(), kind: Kind::Tick { value }, value: ticked }
            }
            ("input", "radio") => {
                let chosen = element.attr("checked").is_some().then(|| own.clone());
                let known = controls.iter_mut().find(|control| control.name == name);
                if let Some(Control { kind: Kind::Choice { options }, value, .. }) = known {
                    options.push(own);
                    *value = chosen.or(value.take());
                    continue;
                }
                Control { name: name.to_owned(), kind: Kind::Choice { options: vec![own] }, value: chosen }
            }
            _ => text(own),
        };
        controls.push(control);
    }
    let attribute = |name| form.attr(name).unwrap_or_default();
    Form {
        action: attribute("action").to_owned(),
        post: attribute("method").eq_ignore_ascii_case("post"),
        multipart: attribute("enctype") == "multipart/form-data",
        controls,
        files: Vec::new(),
    }
}

fn read_select(name: &str, element: ElementRef<'_>) -> Control {
    let value = |option: ElementRef<'_>| option.attr("value").map_or_else(|| text(option), str::to_owned);
    let every: Vec<_> = element.select(&select("option")).collect();
    let chosen = every.iter().find(|option| option.attr("selected").is_some()).or(every.first()).map(|o| value(*o));
    let options = every.into_iter().map(value).collect();
    Control { name: name.to_owned(), kind: Kind::Choice { options }, value: chosen }
}

impl Form {
    fn control(&mut self, name: &str) -> &mut Control {
        let names: Vec<_> = self.controls.iter().map(|control| control.name.clone()).collect();
        let action = self.action.clone();
        self.controls
            .iter_mut()
            .find(|control| control.name == name)
            .unwrap_or_else(|| panic!("the form to {action} has no field {name}; it has {names:?}"))
    }

    /// Whether the form has a field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.controls.iter().any(|control| control.name == name)
    }

    /// Names of all fields, also of boxes that are not ticked.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.controls.iter().map(|control| control.name.clone()).collect()
    }

    /// What a field holds.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.controls.iter().find(|control| control.name == name)?.value.as_deref()
    }

    /// Names of the fields into which anything can be typed.
    #[must_use]
    pub fn text_fields(&self) -> Vec<String> {
        self.controls.iter().filter(|control| control.kind == Kind::Text).map(|control| control.name.clone()).collect()
    }

    /// Fills in a field as a person could: what is not offered cannot be chosen, hidden fields cannot be typed into.
    #[must_use]
    pub fn fill(mut self, name: &str, typed: &str) -> Self {
        let control = self.control(name);
        match &control.kind {
            Kind::Text => {}
            Kind::Hidden => panic!("{name} is hidden: nobody can type {typed} into it"),
            Kind::File => panic!("{name} takes files"),
            Kind::Tick { value } => assert_eq!(value, typed, "{name} is a box to tick"),
            Kind::Choice { options } => {
                assert!(options.iter().any(|option| option == typed), "{name} offers {options:?}, not {typed}");
            }
        }
        control.value = Some(typed.to_owned());
        self
    }

    /// Fills in several fields.
    #[must_use]
    pub fn fill_all<'a>(self, answers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        answers.into_iter().fold(self, |form, (name, typed)| form.fill(name, typed))
    }

    /// Ticks a box.
    #[must_use]
    pub fn tick(mut self, name: &str) -> Self {
        let control = self.control(name);
        let Kind::Tick { value } = &control.kind else { panic!("{name} is no box to tick") };
        control.value = Some(value.clone());
        self
    }

    /// Chooses a file.
    #[must_use]
    pub fn attach(mut self, name: &str, file: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let control = self.control(name);
        assert_eq!(control.kind, Kind::File, "{name} takes no files");
        self.files.push((name.to_owned(), file.to_owned(), bytes.into()));
        self
    }

    /// Sends something that the page does not hold, as a hostile client can.
    #[must_use]
    pub fn forge(mut self, name: &str, value: &str) -> Self {
        self.controls.retain(|control| control.name != name);
        self.controls.push(Control { name: name.to_owned(), kind: Kind::Hidden, value: Some(value.to_owned()) });
        self
    }

    /// What is sent, but for files.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.controls.iter().filter_map(|control| Some((control.name.clone(), control.value.clone()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!doctype html><html><body><form method=post action=/a><input type=hidden name=key value=k>\
        <input name=name value='A &amp; B'><textarea name=long>\nx</textarea><select name=s><option value=1>One<option value=2 selected>Two</select>\
        <input type=radio name=r value=x><input type=radio name=r value=y checked><input type=checkbox name=c value=yes></form>\
        <a href=/b>Go <b>on</b></a></body></html>";

    #[test]
    fn a_form_is_read_as_a_browser_would() {
        let form = forms(PAGE).remove(0);
        let sent = |form: &Form| form.pairs().iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&");
        assert_eq!(sent(&form), "key=k&name=A & B&long=x&s=2&r=y");
        assert_eq!(sent(&form.fill("r", "x").tick("c").fill("s", "1")), "key=k&name=A & B&long=x&s=1&r=x&c=yes");
        assert_eq!(link(PAGE, "Go on").as_deref(), Some("/b"));
    }

    #[test]
    #[should_panic(expected = "has no field gone")]
    fn a_missing_field_is_noticed() {
        let _ = forms(PAGE).remove(0).fill("gone", "x");
    }

    #[test]
    #[should_panic(expected = "not 3")]
    fn a_missing_option_is_noticed() {
        let _ = forms(PAGE).remove(0).fill("s", "3");
    }
}
