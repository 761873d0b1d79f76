//! What was answered on a line beyond the columns of a table of lines, so that nothing is signed that was not shown.

use super::{
    form::{Answers, Field, Kind, fields, shown},
    line::form,
};
use crate::line::Category;

/// The answers that a table of lines shows in its columns: artist and title, period, units, basis, amount with currency.
const fn in_columns(category: Category) -> &'static [&'static str] {
    match category {
        Category::UnpaidSales => &["artist", "title", "period_from", "period_to", "units_net", "currency", "balance"],
        Category::HeldInventory => &["artist", "title", "as_of", "units_claimed", "basis", "currency", "amount"],
        Category::DigitalRoyalties => {
            &["artist", "title", "period_from", "period_to", "quantity", "currency", "amount"]
        }
        Category::Other => &["artist", "title", "period_from", "period_to", "units", "currency", "amount"],
    }
}

/// What was answered on a line beyond the columns of a table of lines, as `label: answer` in the words and the order of the
/// form, in paragraphs: a text that may be long stands alone, short answers stand together. `elsewhere` are the names of
/// answers that are shown otherwise. Whoever signs has to find on one page everything that is signed.
#[must_use]
pub fn further(category: Category, answers: &Answers, elsewhere: &[&str]) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut short: Vec<String> = Vec::new();
    for field in fields(form(category)) {
        // Where nothing was paid, the net due is what is claimed.
        let due = field.name == "net_due" && answers.get("paid").is_empty();
        if due || answers.get(field.name).is_empty() || elsewhere.contains(&field.name) {
            continue;
        }
        if in_columns(category).contains(&field.name) {
            continue;
        }
        let words = format!("{}: {}", field.label, of_line(field, answers));
        if matches!(field.kind, Kind::LongText(_)) {
            paragraphs.extend((!short.is_empty()).then(|| std::mem::take(&mut short).join(" · ")));
            paragraphs.push(words);
        } else {
            short.push(words);
        }
    }
    paragraphs.extend((!short.is_empty()).then(|| short.join(" · ")));
    paragraphs
}

/// An answer in words; money with the currency of the line, in which it was typed, unless that stands there.
fn of_line(field: &Field, answers: &Answers) -> String {
    let words = shown(field, answers);
    let bare = |words: &str| words.chars().all(|c| c.is_ascii_digit() || ",. '’\u{a0}\u{202f}".contains(c));
    let currency = answers.get("currency");
    if matches!(field.kind, Kind::Amount | Kind::Price) && !currency.is_empty() && bare(&words) {
        format!("{words}\u{a0}{currency}")
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_in_a_column_or_among_the_further_ones() {
        for category in Category::ALL {
            let mut answers = Answers::default();
            for field in fields(form(category)) {
                answers.set(field.name, format!("answer to {}", field.name));
            }
            let said = further(category, &answers, &[]).join(" · ");
            for field in fields(form(category)) {
                let words = format!("{}: answer to {}", field.label, field.name);
                assert_eq!(said.contains(&words), !in_columns(category).contains(&field.name), "{words}: {said}");
            }
            for name in in_columns(category) {
                assert!(fields(form(category)).any(|field| field.name == *name), "{category:?} has no {name}");
            }
            assert!(!further(category, &answers, &["note"]).join(" ").contains("Note for counsel"));
            assert!(further(category, &Answers::default(), &[]).is_empty());
        }
    }

    #[test]
    fn further_answers_are_in_the_words_and_the_order_of_the_form() {
        let loss = Answers::default()
            .with("loss", "buy_back")
            .with("explanation", "Bought\nmy own stock.")
            .with("period_from", "2016-07-01")
            .with("currency", "EUR")
            .with("units", "500")
            .with("unit_price", "1.00")
            .with("shipping", "€80.25")
            .with("interest", "12.34")
            .with("note", "Ask Ada.");
        assert_eq!(
            further(Category::Other, &loss, &[]),
            [
                "Kind of loss: Buy-back paid for my own stock",
                "What happened: Bought\nmy own stock.",
                "Price per unit: 1.00\u{a0}EUR · Shipping: 80.25\u{a0}EUR · Interest claimed: 12.34\u{a0}EUR",
                "Note for counsel: Ask Ada.",
            ]
        );
        let sales = Answers::default().with("channel", "both").with("currency", "USD").with("net_due", "100");
        assert_eq!(further(Category::UnpaidSales, &sales, &[]), ["Sold as: Both together"]);
        let paid = sales.with("paid", "40").with("balance", "60");
        assert_eq!(
            further(Category::UnpaidSales, &paid, &["channel"]),
            ["Net due to you: 100.00\u{a0}USD · Already paid: 40.00\u{a0}USD"]
        );
    }
}
