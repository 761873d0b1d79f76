//! What is asked of a file: what only the claimant knows, and nothing in it says.

use super::{
    choices::{Choices, Rules},
    field::Field,
    marks::Decided,
    pass::Pass,
    read::Fixed,
    reading::Question,
    shape::Shape,
};
use crate::{
    intake::FieldError,
    line::{Basis, Category},
};

/// What only the claimant knows.
pub(super) fn questions(
    shape: &Shape,
    choices: &Choices,
    rules: &Rules,
    pass: &Pass<'_>,
    decided: &Decided,
    fixed: Fixed,
    wrong: &[FieldError],
) -> Vec<Question> {
    let mut questions = Vec::new();
    let mut ask = |choice: &str, words: String, examples: Vec<String>| {
        questions.push(Question { choice: choice.to_owned(), words, examples });
    };
    let has = |field| shape.columns.contains(&Some(field));
    if shape.guessed || shape.category.is_none() {
        ask(
            "columns",
            "This layout is not known. Say what the columns mean; the guesses are filled in.".to_owned(),
            Vec::new(),
        );
        return questions;
    }
    let category = shape.category.unwrap_or(Category::UnpaidSales);
    if !rules.categories.contains(&category) {
        let claimed: Vec<String> = rules.categories.iter().map(|category| category.title().to_lowercase()).collect();
        let words = format!(
            "The rows of this file are {}, which cannot be claimed in this case. What can be claimed: {}.",
            category.title().to_lowercase(),
            claimed.join(", ")
        );
        ask("category", words, Vec::new());
        return questions;
    }
    let figure = if category == Category::HeldInventory {
        has(Field::OnHand)
    } else {
        has(Field::Amount) || has(Field::PerUnit) && has(Field::Units)
    };
    if !figure {
        let wanted = if category == Category::HeldInventory { "the stock on hand" } else { "the amount due to you" };
        ask("columns", format!("No column is known to hold {wanted}. Say which one does."), Vec::new());
    }
    if !decided.asked.is_empty() {
        let column = decided.asked[0];
        let examples = pass.seen.numbers[column].examples.clone();
        let header = shape.header.get(column).map(String::as_str).unwrap_or_default();
        ask(
            "decimal",
            format!("The numbers in “{header}” can be read in two ways, and nothing in the file tells which is right."),
            examples,
        );
    }
    if decided.days_asked {
        ask(
            "days",
            "The days of this file can be read in two ways, and nothing in the file tells which is right.".to_owned(),
            pass.seen.days.examples.clone(),
        );
    }
    let period = [Field::Period, Field::PeriodFrom, Field::StatementPeriod, Field::AsOf].into_iter().any(has);
    let wrong = |fields: &[&str]| wrong.iter().any(|error| fields.contains(&error.field.as_str()));
    if !period && fixed.0.is_none() || wrong(&["from", "to"]) {
        let words = match (period, category) {
            (true, _) => "The period that was typed for rows that do not say it cannot be read.",
            (false, Category::HeldInventory) => "No column says on which day the stock was counted.",
            (false, _) => "No column says when the sales were made.",
        };
        ask("period", words.to_owned(), Vec::new());
    }
    let signed = pass.added.iter().any(|added| added.currency.is_some());
    if wrong(&["currency"]) {
        ask("currency", "The currency that was chosen for the whole file is not known.".to_owned(), Vec::new());
    } else if category == Category::HeldInventory {
        if pass.unknown.currency {
            ask("currency", "No column says in which currency the values are.".to_owned(), Vec::new());
        }
    } else if !has(Field::Currency) && fixed.1.is_none() && (!signed || pass.unknown.currency) {
        ask("currency", "No column says in which currency the amounts are.".to_owned(), Vec::new());
    }
    if category == Category::DigitalRoyalties
        && choices.aggregator.trim().is_empty()
        && shape.layout.is_none_or(|layout| layout.aggregator.is_empty())
    {
        ask("aggregator", "Who collected this money for you? The file does not say through which aggregator it came, such as The Orchard.".to_owned(), Vec::new());
    }
    let basis = Basis::parse(&choices.basis).filter(|basis| *basis != Basis::UnitsOnly);
    if let Some(basis) = basis.filter(|_| category == Category::HeldInventory && !has(Field::UnitValue)) {
        let basis = basis.title().to_lowercase();
        let words = format!(
            "A value per unit is to be claimed ({basis}), but no column is said to hold it. Say which one does, or leave the value out."
        );
        ask("value", words, Vec::new());
    }
    if category == Category::HeldInventory && has(Field::UnitValue) && Basis::parse(&choices.basis).is_none() {
        ask(
            "basis",
            "What is the value per unit in this file?".to_owned(),
            pass.first_rows
                .iter()
                .filter_map(|(_, cells)| {
                    let column = shape.columns.iter().position(|field| *field == Some(Field::UnitValue))?;
                    cells.get(column).cloned().filter(|cell| !cell.is_empty())
                })
                .take(3)
                .collect(),
        );
    }
    questions
}
