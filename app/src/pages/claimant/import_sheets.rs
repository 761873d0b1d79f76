//! The sheets of a workbook: each is an import of its own. Which one is meant, and which of them were imported.

use claims::{statements::reading::Question, store::statements::Import};
use leptos::prelude::*;

use crate::components::{Notice, NoticeKind};

/// The import of a sheet of the same file, if the claim has lines of it.
fn imported<'i>(import: &Import, sheet: &str, counting: &'i [Import]) -> Option<&'i Import> {
    counting.iter().find(|other| other.sha256 == import.sha256 && other.sheet() == sheet)
}

/// What can be said of a sheet before it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The claim has lines of it: it cannot be chosen again.
    Imported,
    /// Nothing in it looks like a table.
    NoTable,
    Unread,
}

impl State {
    fn beside(self, sheet: &str) -> String {
        match self {
            Self::Imported => format!("{sheet} (imported already)"),
            Self::NoTable => format!("{sheet} (no table was found)"),
            Self::Unread => sheet.to_owned(),
        }
    }
}

/// The choice of a sheet, each with what can be said of it.
fn select(sheets: Vec<(String, State)>, chosen: Option<&str>) -> impl IntoView + use<> {
    let blank = chosen.is_none().then(|| view! { <option value="" selected=true>"Choose…"</option> });
    let options: Vec<_> = sheets
        .into_iter()
        .map(|(sheet, state)| {
            let selected = chosen == Some(sheet.as_str());
            let words = state.beside(&sheet);
            view! { <option value=sheet selected=selected disabled=state == State::Imported>{words}</option> }
        })
        .collect();
    view! { <div class="field short"><label for="field-sheet">"Sheet"</label><div class="control"><select id="field-sheet" name="sheet">{blank}{options}</select></div></div> }
}

/// The choice of another sheet for an open import; the one that is read now is chosen.
pub(super) fn another(import: &Import, counting: &[Import]) -> Option<impl IntoView + use<>> {
    let sheets = import.sheets();
    let state = |sheet: &str| match imported(import, sheet, counting) {
        Some(_) => State::Imported,
        None => State::Unread,
    };
    (sheets.len() > 1)
        .then(|| select(sheets.iter().map(|sheet| (sheet.clone(), state(sheet))).collect(), Some(import.sheet())))
}

/// Asks which sheet is meant, where the one that was opened cannot be read. The only one with a table is proposed.
pub(super) fn which(base: &str, import: &Import, question: &Question, counting: &[Import]) -> impl IntoView + use<> {
    let state = |sheet: &String| match imported(import, sheet, counting) {
        Some(_) => State::Imported,
        None if question.examples.contains(sheet) => State::Unread,
        None => State::NoTable,
    };
    let others = import.sheets().iter().filter(|sheet| *sheet != import.sheet());
    let sheets: Vec<_> = others.map(|sheet| (sheet.clone(), state(sheet))).collect();
    let mut tables = sheets.iter().filter(|(_, state)| *state == State::Unread).map(|(sheet, _)| sheet.clone());
    let proposed = tables.next().filter(|_| tables.next().is_none());
    let title = format!("The sheet “{}” cannot be read", import.sheet());
    let why = question.words.clone();
    let ask = match &proposed {
        Some(sheet) => format!("“{sheet}” is the only other sheet in which a table was found."),
        None => "Which sheet is the statement?".to_owned(),
    };
    view! {
        <Notice kind=NoticeKind::Warning title=title>{why}</Notice>
        <p>{ask}</p>
        <form method="post" action=base.to_owned() novalidate>
            <input type="hidden" name="part" value="layout"/>
            <div class="fields">{select(sheets, proposed.as_deref())}</div>
            <div class="actions"><button type="submit">"Read this sheet"</button></div>
        </form>
    }
}

/// Says before an import that the other sheets are not part of it.
pub(super) fn only(import: &Import) -> Option<impl IntoView + use<>> {
    let sheets = import.sheets();
    let others: Vec<String> =
        sheets.iter().filter(|sheet| *sheet != import.sheet()).map(|sheet| format!("“{sheet}”")).collect();
    (!others.is_empty()).then(|| {
        let words = format!(
            "Only the sheet “{}” is imported. The others can be imported afterwards, each by itself: {}.",
            import.sheet(),
            others.join(", ")
        );
        view! { <p>{words}</p> }
    })
}

/// The other sheets of a file that was imported: which were imported too, and a form for those that were not.
pub(super) fn others(base: &str, import: &Import, counting: &[Import]) -> Option<impl IntoView + use<>> {
    let (done, left): (Vec<_>, Vec<_>) = import
        .sheets()
        .iter()
        .filter(|sheet| *sheet != import.sheet())
        .map(|sheet| (sheet.clone(), imported(import, sheet, counting).map(|other| other.id)))
        .partition(|(_, other)| other.is_some());
    if done.is_empty() && left.is_empty() {
        return None;
    }
    let claim = import.claim_id;
    let done: Vec<_> = done
        .into_iter()
        .filter_map(|(sheet, other)| Some((sheet, other?)))
        .map(|(sheet, other)| view! { <li>"Imported: "<a href=format!("/claims/{claim}/import/{other}")>{sheet}</a></li> })
        .collect();
    let form = (!left.is_empty()).then(|| {
        let sheets: Vec<_> = left.into_iter().map(|(sheet, _)| (sheet, State::Unread)).collect();
        let first = sheets.first().map(|(sheet, _)| sheet.clone());
        view! {
            <form method="post" action=base.to_owned() novalidate>
                <input type="hidden" name="part" value="sheet"/>
                <div class="fields">{select(sheets, first.as_deref())}</div>
                <div class="actions"><button type="submit" class="secondary">"Read this sheet too"</button></div>
            </form>
        }
    });
    Some(view! {
        <h2>"Other sheets of this file"</h2>
        {(!done.is_empty()).then(|| view! { <ul>{done}</ul> })}
        {form}
    })
}
