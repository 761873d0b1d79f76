//! The arithmetic of a line while it is typed.

use std::collections::{BTreeMap, BTreeSet};

use claims::{
    intake::{
        Answers,
        line::{self, LineReading, LineRules},
    },
    line::{Category, ClosingSum},
    money::Currency,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement};

use super::{
    dom::{answers as typed_in, document, form_around, inside, listen},
    sum_html::sums_html,
};

/// Put inside the form of a line: shows its sums, and what the category comes to with the line.
///
/// Elements anywhere on the page with `data-total="USD"` (the code of a currency) take the new total as their text, so that
/// the foot of a table on the same page follows.
#[component]
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
    let codes = currencies.iter().map(Currency::code).collect::<Vec<_>>().join(" ");
    let totals = others.iter().map(|(currency, minor)| format!("{currency}={minor}")).collect::<Vec<_>>().join(" ");
    let rules = LineRules { currency, currencies };
    let read = Read::of(line::read(category, &answers, &rules), &answers, currency);
    view! {
        <div class="line-sums" data-category=category.key() data-currency=currency.code().to_owned() data-currencies=codes data-others=totals>
            <div class="sums" inner_html=sums_html(&read.sums, read.currency)></div>
            <p class="line-total">{read.words(category, &others)}</p>
            <p class="hidden" role="status"></p>
            <LineSumsAwake/>
        </div>
    }
}

/// The part that wakes in the browser. It takes what it needs from the attributes around it: reading them as the props of an
/// island would bring all of `serde_json` into the wasm.
#[island]
pub fn LineSumsAwake() -> impl IntoView {
    view! { <span hidden use:wake></span> }
}

fn wake(span: Element) {
    let awake = || {
        let place = span.closest(".line-sums").ok().flatten()?;
        let form = form_around(&place)?;
        let said = |name: &str| place.get_attribute(name);
        let category = Category::parse(&said("data-category")?)?;
        let currency = Currency::parse(&said("data-currency")?)?;
        let currencies = said("data-currencies")?.split(' ').filter_map(Currency::parse).collect();
        let total = |pair: &str| {
            pair.split_once('=').and_then(|(code, minor)| Some((Currency::parse(code)?, minor.parse().ok()?)))
        };
        let others = said("data-others")?.split(' ').filter_map(total).collect();
        follow(&place, form, category, LineRules { currency, currencies }, others);
        Some(())
    };
    // A page that lost its attributes keeps what the server wrote.
    awake();
}

/// What is shown of a reading.
struct Read {
    currency: Currency,
    sums: Vec<ClosingSum>,
    amount: Option<i64>,
    /// Interest and costs, which are claimed beside the amount.
    beside: [i64; 2],
}

impl Read {
    fn of(reading: LineReading, answers: &Answers, currency: Currency) -> Self {
        let currency = Currency::parse(answers.get("currency")).unwrap_or(currency);
        let facts = reading.facts;
        let beside = facts.as_ref().map_or([0, 0], |facts| [facts.interest, facts.costs]);
        Self { currency, sums: reading.sums, amount: facts.map(|facts| facts.amount), beside }
    }

    /// What is said when a field is left.
    fn verdict(&self) -> String {
        match (self.sums.iter().find(|sum| !sum.closes()), self.amount) {
            (Some(sum), _) => format!("The sum of {} does not close.", sum.result),
            (None, Some(amount)) => format!("This line: {}.", self.currency.show(amount)),
            (None, None) => String::new(),
        }
    }

    fn words(&self, category: Category, others: &BTreeMap<Currency, i64>) -> String {
        let Some(amount) = self.amount else {
            return "The total of this line follows once its figures are complete.".to_owned();
        };
        let mut words = format!("This line: {}.", self.currency.show(amount));
        for (name, minor) in ["Interest", "Costs"].into_iter().zip(self.beside) {
            if minor != 0 {
                words += &format!(" {name} beside it: {}.", self.currency.show(minor));
            }
        }
        let other = others.get(&self.currency).copied().unwrap_or(0);
        // Stock is valued on different bases, which are never added together. A line that is alone in its currency was said.
        if category == Category::HeldInventory || other == 0 {
            return words;
        }
        let part = if others.iter().any(|(currency, minor)| *currency != self.currency && *minor != 0) {
            format!(" in {}", self.currency)
        } else {
            String::new()
        };
        words
            + &format!(
                " {}{part} with this line: {}.",
                category.title(),
                self.currency.show(other.saturating_add(amount))
            )
    }
}

/// Reads the form again whenever something in it changes.
fn follow(
    place: &Element,
    form: HtmlFormElement,
    category: Category,
    rules: LineRules,
    others: BTreeMap<Currency, i64>,
) {
    let (Some(sums), Some(words), Some(said)) =
        (inside(place, ".sums"), inside(place, ".line-total"), inside(place, "[role=status]"))
    else {
        return;
    };
    let target = form.clone();
    let again = move || {
        let answers = typed_in(&form, line::form(category));
        let read = Read::of(line::read(category, &answers, &rules), &answers, rules.currency);
        sums.set_inner_html(&sums_html(&read.sums, read.currency));
        words.set_text_content(Some(&read.words(category, &others)));
        show_totals(&read, &others);
        read
    };
    // Browsers fill in what was typed before a reload.
    again();
    listen(&target, "input", {
        let again = again.clone();
        move |_| drop(again())
    });
    // Screen readers hear the result when a field is left, not at every key.
    listen(&target, "change", move |_| said.set_text_content(Some(&again().verdict())));
}

/// Writes the new totals into the elements that ask for them.
fn show_totals(read: &Read, others: &BTreeMap<Currency, i64>) {
    let Some(found) = document().and_then(|document| document.query_selector_all("[data-total]").ok()) else { return };
    for element in (0..found.length()).filter_map(|place| found.item(place)?.dyn_into::<Element>().ok()) {
        let Some(currency) = element.get_attribute("data-total").and_then(|code| Currency::parse(&code)) else {
            continue;
        };
        let this = if currency == read.currency { read.amount.unwrap_or(0) } else { 0 };
        element.set_text_content(Some(
            &currency.grouped(others.get(&currency).copied().unwrap_or(0).saturating_add(this)),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_another_currency_is_not_passed_over_and_nothing_is_said_twice() {
        let [eur, gbp] = ["EUR", "GBP"].map(|code| Currency::parse(code).unwrap());
        let line = |currency, beside| Read { currency, sums: Vec::new(), amount: Some(43_875), beside };
        let words = |read: &Read, others: &[(Currency, i64)]| {
            read.words(Category::UnpaidSales, &others.iter().copied().collect())
        };
        let others = [(eur, 1_002_962), (gbp, 100)];
        assert_eq!(words(&line(gbp, [0, 0]), &others[..1]), "This line: 438.75 GBP.");
        assert_eq!(
            words(&line(gbp, [0, 0]), &others),
            "This line: 438.75 GBP. Unpaid sales in GBP with this line: 439.75 GBP."
        );
        assert_eq!(
            words(&line(eur, [1_200, 5]), &others[..1]),
            "This line: 438.75 EUR. Interest beside it: 12.00 EUR. Costs beside it: 0.05 EUR. Unpaid sales with this line: 10,468.37 EUR."
        );
    }
}
