//! The arithmetic of a line while it is typed.

use std::collections::{BTreeMap, BTreeSet};

use claims::{
    intake::{
        Answers,
        line::{self, LineReading, LineRules},
    },
    line::Category,
    money::Currency,
};
use leptos::{html::Div, prelude::*};
use web_sys::HtmlFormElement;

use super::{
    dom::{answers as typed_in, form_around, listen},
    sum_view::sum_view,
};

/// Put inside the form of a line: shows its sums, and what the category comes to with the line.
///
/// Elements anywhere on the page with `data-total="USD"` (the code of a currency) take the new total as their text, so that
/// the foot of a table on the same page follows.
#[island]
pub fn LineSums(
    /// The category of the line.
    category: Category,
    /// The line's saved answers.
    answers: Answers,
    /// The currency of the case.
    currency: Currency,
    /// The currencies with a rate.
    currencies: BTreeSet<Currency>,
    /// What the other lines of the category come to, by currency, in minor units.
    others: BTreeMap<Currency, i64>,
) -> impl IntoView {
    let rules = LineRules { currency, currencies };
    let place = NodeRef::<Div>::new();
    let reading = RwSignal::new(Read::of(line::read(category, &answers, &rules), &answers, currency));
    // Screen readers hear the result when a field is left, not at every key.
    let said = RwSignal::new(String::new());
    let totals = others.clone();
    Effect::new(move |_| {
        if let Some(form) = place.get().and_then(|here| form_around(&here)) {
            follow(&form, category, rules.clone(), totals.clone(), reading, said);
        }
    });
    let words = move || reading.with(|read| read.words(category, &others));
    let sums = move || {
        reading.with(|read| read.sums.iter().map(|sum| sum_view(sum, read.currency).into_any()).collect::<Vec<_>>())
    };
    view! {
        <div class="line-sums" node_ref=place>
            <div class="sums">{sums}</div>
            <p class="line-total">{words}</p>
            <p class="hidden" role="status">{move || said.get()}</p>
        </div>
    }
}

/// What is shown of a reading.
#[derive(Clone, PartialEq)]
struct Read {
    currency: Currency,
    sums: Vec<claims::line::ClosingSum>,
    amount: Option<i64>,
}

impl Read {
    fn of(reading: LineReading, answers: &Answers, currency: Currency) -> Self {
        let currency = Currency::parse(answers.get("currency")).unwrap_or(currency);
        Self { currency, sums: reading.sums, amount: reading.facts.map(|facts| facts.amount) }
    }

    fn words(&self, category: Category, others: &BTreeMap<Currency, i64>) -> String {
        let Some(amount) = self.amount else {
            return "The total of this line follows once its figures are complete.".to_owned();
        };
        let all = others.get(&self.currency).copied().unwrap_or(0).saturating_add(amount);
        format!(
            "This line: {}. {} with this line: {}.",
            self.currency.show(amount),
            category.title(),
            self.currency.show(all)
        )
    }
}

/// Reads the form again whenever something in it changes.
fn follow(
    form: &HtmlFormElement,
    category: Category,
    rules: LineRules,
    others: BTreeMap<Currency, i64>,
    reading: RwSignal<Read>,
    said: RwSignal<String>,
) {
    let source = form.clone();
    let again = move || {
        let answers = typed_in(&source, line::form(category));
        let read = Read::of(line::read(category, &answers, &rules), &answers, rules.currency);
        show_totals(&read, &others);
        if reading.with_untracked(|before| *before != read) {
            reading.set(read);
        }
    };
    let first = again.clone();
    listen(form, "input", move |_| again());
    listen(form, "change", move |_| {
        let verdict = reading.with_untracked(|read| {
            read.sums.iter().find(|sum| !sum.closes()).map(|sum| format!("The sum of {} does not close.", sum.result))
        });
        said.set(verdict.unwrap_or_else(|| {
            reading.with_untracked(|read| {
                read.amount.map_or_else(String::new, |amount| format!("This line: {}.", read.currency.show(amount)))
            })
        }));
    });
    // Browsers fill in what was typed before a reload.
    first();
}

/// Writes the new totals into the elements that ask for them.
fn show_totals(read: &Read, others: &BTreeMap<Currency, i64>) {
    let Some(found) = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector_all("[data-total]").ok())
    else {
        return;
    };
    for place in 0..found.length() {
        let Some(element) =
            found.item(place).and_then(|node| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(node).ok())
        else {
            continue;
        };
        let Some(currency) = element.get_attribute("data-total").and_then(|code| Currency::parse(&code)) else {
            continue;
        };
        let this = if currency == read.currency { read.amount.unwrap_or(0) } else { 0 };
        element.set_text_content(Some(
            &currency.grouped(others.get(&currency).copied().unwrap_or(0).saturating_add(this)),
        ));
    }
}
