//! What the claimant decides about a file. Whatever is left open, the file decides, or it is asked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    dates::{self, DayOrder},
    field::Field,
    number::Mark,
    problem::{Problem, acceptance},
};
use crate::{
    intake::{
        FieldError, form,
        line::{self, LineRules},
    },
    line::Category,
    money::Currency,
    period::{Period, show_day},
};

/// How rows become lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// One line for a release, a month and a service.
    #[default]
    Month,
    /// One line for a release.
    Release,
    /// One line for a row.
    Rows,
}

impl Grouping {
    /// All, in the order of the choice.
    pub const ALL: [Self; 3] = [Self::Month, Self::Release, Self::Rows];

    /// The name in choices.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Release => "release",
            Self::Rows => "rows",
        }
    }

    /// The name on pages.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Month => "One line for each release, month and service",
            Self::Release => "One line for each release, over the whole period of the file",
            Self::Rows => "One line for each row",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grouping| grouping.key() == key)
    }
}

/// What was decided. The texts are as typed; empty means open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Key of a layout, or `own` for a mapping.
    pub layout: String,
    /// Name of a sheet.
    pub sheet: String,
    /// The row of the header.
    pub header_row: Option<u64>,
    /// What each column means.
    pub columns: Option<Vec<Option<Field>>>,
    /// What rows become, with `columns`.
    pub category: Option<Category>,
    /// The decimal mark where the file does not tell.
    pub decimal: Option<Mark>,
    /// The order of day and month where the file does not tell.
    pub days: Option<DayOrder>,
    /// The currency where the file has none.
    pub currency: String,
    /// The first day where the file has no period, or the day of the stock.
    pub from: String,
    /// The last day where the file has no period.
    pub to: String,
    /// The aggregator of digital royalties.
    pub aggregator: String,
    /// Where the money is, of digital royalties.
    pub money_state: String,
    /// The letter of direction, of digital royalties.
    pub letter_state: String,
    /// Whether a form was sent that leaves one of these two open.
    pub left_open: bool,
    /// What was sold, of unpaid sales.
    pub channel: String,
    /// The basis of the value, of stock.
    pub basis: String,
    /// How rows become lines.
    pub grouping: Grouping,
    /// Whether the mapping is another claimant's of the case, for the same header.
    pub offered: bool,
    /// Whether the mapping was remembered from an earlier file with the same header.
    pub remembered: bool,
    /// Accepted warnings: a kind's key, or a problem's, each with the mark of what it said
    /// ([`super::problem::acceptance`]). Without a mark, as they were kept once, they accept nothing.
    pub accepted: BTreeSet<String>,
}

impl Choices {
    /// Whether a problem was accepted alone, saying what it says now.
    #[must_use]
    pub fn accepts(&self, problem: &Problem) -> bool {
        self.accepted.contains(&acceptance(&problem.key(), &problem.mark()))
    }

    /// The period that was typed for the whole file, `None` if none was; `order` says which of day and month comes first,
    /// if that is known.
    ///
    /// # Errors
    /// What is wrong, beside its field.
    pub fn period(&self, order: Option<DayOrder>) -> Result<Option<Period>, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut read = |field: &str, typed: &str| {
            let wrong = |message| errors.push(FieldError { field: field.to_owned(), message });
            (!typed.is_empty()).then(|| dates::typed(typed, order).map_err(wrong).ok()).flatten()
        };
        let (from, to) = (read("from", self.from.trim()), read("to", self.to.trim()));
        if !errors.is_empty() {
            return Err(errors);
        }
        let (Some(from), Some(to)) = (from, to) else { return Ok(from.or(to)) };
        Period::new(from.from, to.to).map(Some).ok_or_else(|| {
            let message = format!("The period ends before it starts: it starts on {}.", show_day(from.from));
            vec![FieldError { field: "to".to_owned(), message }]
        })
    }

    /// What every line of a category says and no file does, as far as it is open, with what is wrong with that: where the money of
    /// royalties is, and how far their letter of direction.
    #[must_use]
    pub fn unsaid(&self, category: Option<Category>) -> Vec<FieldError> {
        let said = [("money_state", &self.money_state), ("letter_state", &self.letter_state)];
        let open = said.into_iter().filter(|(_, said)| category == Some(Category::DigitalRoyalties) && said.is_empty());
        open.map(|(name, _)| {
            let label = form::find(line::form(Category::DigitalRoyalties), name).map_or(name, |field| field.label);
            FieldError { field: name.to_owned(), message: format!("{label}: choose an answer.") }
        })
        .collect()
    }

    /// The columns by what is meant in the category that was chosen.
    #[must_use]
    pub fn columns_meant(&self) -> Option<Vec<Option<Field>>> {
        let meant = |field: &Option<Field>| field.zip(self.category).map(|(field, category)| field.meant_in(category));
        self.columns.as_ref().map(|columns| columns.iter().map(|field| meant(field).or(*field)).collect())
    }

    /// What is wrong with what was said of the columns, beside its field: what the rows are is left open, a column means what
    /// an earlier one does, or what the category has no use for. `shown` are the columns as they were filled in before: what
    /// was only guessed for another category, and left so, is no mistake.
    #[must_use]
    pub fn wrong_columns(&self, shown: &[Option<Field>]) -> Vec<FieldError> {
        let Some(columns) = self.columns_meant() else { return Vec::new() };
        let Some(category) = self.category else {
            let message = "Say what the rows are.".to_owned();
            return vec![FieldError { field: "category".to_owned(), message }];
        };
        let wrong = |(place, field): (usize, &Option<Field>)| {
            let field = (*field)?;
            let title = field.title();
            let message = if columns[..place].contains(&Some(field)) {
                format!("“{title}” is what a column above means already; it can be only one.")
            } else if !field.categories().contains(&category) && shown.get(place) != Some(&Some(field)) {
                let rows = category.title().to_lowercase();
                format!("“{title}” has no place in {rows}. Choose another meaning, or “Not used”.")
            } else {
                return None;
            };
            Some(FieldError { field: format!("column-{place}"), message })
        };
        columns.iter().enumerate().filter_map(wrong).collect()
    }
}

/// What the case allows.
#[derive(Debug, Clone)]
pub struct Rules {
    /// For each line.
    pub line: LineRules,
    /// Categories that can be claimed.
    pub categories: Vec<Category>,
    /// Most lines that one import may make.
    pub most_lines: usize,
}

impl Rules {
    /// Without a case: every category and currency.
    #[must_use]
    pub fn any() -> Self {
        Self {
            line: LineRules { currency: Currency::USD, currencies: Currency::all().collect() },
            categories: Category::ALL.to_vec(),
            most_lines: 20_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(category: Option<Category>, columns: &[Option<Field>], shown: &[Option<Field>]) -> Vec<String> {
        let choices = Choices { category, columns: Some(columns.to_vec()), ..Choices::default() };
        let wrong = choices.wrong_columns(shown).into_iter();
        wrong.map(|error| format!("{}: {}", error.field, error.message)).collect()
    }

    #[test]
    fn what_the_rows_are_must_be_said() {
        assert_eq!(said(None, &[Some(Field::Title)], &[]), ["category: Say what the rows are."]);
        assert!(Choices::default().wrong_columns(&[]).is_empty(), "nothing was said of the columns at all");
    }

    #[test]
    fn a_meaning_that_the_category_does_not_take_is_not_dropped_in_silence() {
        let stock = Some(Category::HeldInventory);
        let columns = [Some(Field::OnHand), Some(Field::Chargebacks), None];
        assert_eq!(
            said(stock, &columns, &[Some(Field::OnHand), None, None]),
            ["column-1: “Chargebacks” has no place in held inventory. Choose another meaning, or “Not used”."]
        );
        assert!(said(stock, &columns, &columns).is_empty(), "a guess that was left as it was");
        assert!(said(Some(Category::UnpaidSales), &[Some(Field::Chargebacks)], &[]).is_empty());
    }

    #[test]
    fn the_price_per_unit_of_stock_is_its_value() {
        let columns = [Some(Field::OnHand), Some(Field::UnitPrice)];
        let choices =
            |category| Choices { category: Some(category), columns: Some(columns.to_vec()), ..Choices::default() };
        let meant = choices(Category::HeldInventory).columns_meant();
        assert_eq!(meant, Some(vec![Some(Field::OnHand), Some(Field::UnitValue)]));
        assert!(choices(Category::HeldInventory).wrong_columns(&[]).is_empty());
        assert_eq!(choices(Category::UnpaidSales).columns_meant(), Some(columns.to_vec()));
        let twice = [Some(Field::UnitValue), Some(Field::UnitPrice)];
        assert!(said(Some(Category::HeldInventory), &twice, &[])[0].starts_with("column-1: “Value per unit” is what"));
    }
}
