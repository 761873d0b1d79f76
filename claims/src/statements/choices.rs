//! What the claimant decides about a file. Whatever is left open, the file decides, or it is asked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    dates::DayOrder,
    field::Field,
    number::Mark,
    problem::{Problem, acceptance},
};
use crate::{intake::line::LineRules, line::Category, money::Currency};

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
