//! What was understood of a file: everything that a page, a command or a test shows of it.

use serde::{Deserialize, Serialize};

use super::{
    choices::{Choices, Grouping},
    corrected::REMARKS,
    dates::DayOrder,
    deductions::Deduction,
    field::Field,
    file::Format,
    lines::Proposal,
    number::{self, Mark},
    problem::{Kind, Problem, Severity, acceptance, mark},
};
use crate::{
    intake::FieldError,
    line::Category,
    money::{Currency, grouped_units},
    period::Period,
};

/// Why rows were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Titles and addresses above the header.
    BeforeHeader,
    /// No cells.
    Blank,
    /// The header once more.
    RepeatedHeader,
    /// Totals and subtotals.
    Total,
    /// Headings and remarks: neither a code nor a figure.
    Note,
    /// The examples of our own template.
    Example,
    /// An amount of zero.
    Zero,
}

impl Reason {
    /// In words, after a number of rows.
    #[must_use]
    pub const fn words(self, rows: u64) -> &'static str {
        match self {
            Self::Total if rows == 1 => "a total",
            Self::Note if rows == 1 => "a heading or remark without codes or figures",
            Self::Example if rows == 1 => "an example of the template",
            Self::Zero if rows == 1 => "with nothing due on it",
            Self::BeforeHeader => "before the header",
            Self::Blank => "blank",
            Self::RepeatedHeader => "the header repeated",
            Self::Total => "totals",
            Self::Note => "headings and remarks without codes or figures",
            Self::Example => "the examples of the template",
            Self::Zero => "with nothing due on them",
        }
    }
}

/// Rows that were left out by a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub rows: u64,
    /// Which, as ranges.
    pub which: String,
}

/// A column as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its header.
    pub header: String,
    /// What it means; `None` if it is not used.
    pub field: Option<Field>,
    /// The decimal mark of a column of numbers that has any.
    pub mark: Option<Mark>,
    /// The first values.
    pub samples: Vec<String>,
    /// Whether it holds numbers with decimals in most rows and is not used: it may be money.
    #[serde(default)]
    pub decimals: bool,
}

/// The control totals of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Currency; `None` while it is not known, and for stock without a value.
    pub currency: Option<Currency>,
    /// Rows.
    pub rows: u64,
    /// Units.
    pub units: i64,
    /// The exact sum of all rows, in millionths.
    pub millionths: i128,
    /// The sum of the lines, in minor units.
    pub lines: i64,
    /// The exact sum of what comes to less than nothing and is left out, in millionths.
    pub below_zero: i128,
    /// The same of deductions that belong to no release.
    #[serde(default)]
    pub deducted: i128,
    /// The exact value of stock, in millionths: units times value.
    #[serde(default)]
    pub value: i128,
    /// The units of the lines; `None` of what was read before they were counted.
    #[serde(default)]
    pub line_units: Option<i64>,
}

/// Periods that were read as those of the rows above them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The header of their column.
    pub column: String,
    /// How many rows.
    pub rows: u64,
    /// Which, as ranges.
    pub which: String,
}

/// A total line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTotal {
    /// Its row.
    pub row: u64,
    /// What it says, in millionths (or units, for stock, in millionths as well).
    pub stated: i128,
    /// What the rows above it, or since the total before it, come to.
    pub computed: i128,
    /// The currency whose rows it is of, where there are several.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Rows above it that have an error, so that no sum has them.
    #[serde(default)]
    pub broken: u64,
}

impl FileTotal {
    /// In words: what it says, and what the rows come to.
    #[must_use]
    pub fn in_words(&self, decimals: u32) -> String {
        let code = self.currency.map(|currency| format!(" {currency}")).unwrap_or_default();
        let stated = format!("Row {}: {}{code}.", self.row, number::show(self.stated, decimals));
        let rows = self.currency.map_or("The rows above it".to_owned(), |code| format!("The rows above it in {code}"));
        let come = match self.computed {
            same if same == self.stated => "come to the same".to_owned(),
            computed => format!("come to {}", number::show(computed, decimals)),
        };
        match self.broken {
            0 => format!("{stated} {rows} {come}."),
            _ if self.computed == self.stated => format!("{stated} {rows} {come}."),
            1 => format!("{stated} {rows} {come}, without 1 that has an error."),
            broken => format!("{stated} {rows} {come}, without {broken} that have errors."),
        }
    }
}

/// Something only the claimant knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The choice that answers it.
    pub choice: String,
    /// The question.
    pub words: String,
    /// Values of the file that show why it is asked; of the sheet, those in which a table is found.
    pub examples: Vec<String>,
}

/// What was understood of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What the file is.
    pub format: Format,
    /// Key of the layout; empty for a mapping.
    pub layout: String,
    /// Name of the layout.
    pub layout_title: String,
    /// What the rows become.
    pub category: Option<Category>,
    /// The row of the header.
    pub header_row: u64,
    /// The columns.
    pub columns: Vec<Column>,
    /// The order of day and month, where the file has days written with numbers only.
    pub days: Option<DayOrder>,
    /// What must be answered first.
    pub questions: Vec<Question>,
    /// Which of the answers cannot be right, and what would be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<FieldError>,
    /// The days that the rows span.
    pub period: Option<Period>,
    /// Rows of the file.
    pub rows: u64,
    /// Rows that were read as sales or stock.
    pub data_rows: u64,
    /// Rows that were left out by a rule.
    pub left_out: Vec<LeftOut>,
    /// Control totals.
    pub sums: Vec<Sum>,
    /// The file's own totals.
    pub file_totals: Vec<FileTotal>,
    /// Problems, at most so many of a kind.
    pub problems: Vec<Problem>,
    /// How many of each kind there are.
    pub counts: Vec<(Kind, u64)>,
    /// How many lines the rows make.
    pub lines: u64,
    /// The first of them.
    pub first_lines: Vec<Proposal>,
    /// The first rows, as they stand in the file.
    pub first_rows: Vec<(u64, Vec<String>)>,
    /// Periods that were read as those of the rows above.
    #[serde(default)]
    pub carried: Option<Carried>,
    /// What the statement takes off beside its releases.
    #[serde(default)]
    pub deductions: Vec<Deduction>,
    /// How many releases these used up wholly, so that no line shows them.
    #[serde(default)]
    pub used_up: u64,
    /// Whether cells that a spreadsheet holds as numbers have decimals.
    #[serde(default)]
    pub decimals: bool,
}

impl Reading {
    /// How many problems of a severity there are.
    #[must_use]
    pub fn count(&self, severity: Severity) -> u64 {
        self.counts.iter().filter(|(kind, _)| kind.severity() == severity).map(|(_, count)| count).sum()
    }

    /// The question that a choice answers, if it is asked.
    #[must_use]
    pub fn asks(&self, choice: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.choice == choice)
    }

    /// How many rows were read but could not be added up, each for an error that is named among the problems.
    #[must_use]
    pub fn not_added(&self) -> u64 {
        self.data_rows.saturating_sub(self.sums.iter().map(|sum| sum.rows).sum())
    }

    /// What is in no line because it comes to less than nothing: releases, and deductions that belong to none; `None` if there is
    /// nothing of the kind.
    #[must_use]
    pub fn left_out_below_zero(&self) -> Option<String> {
        let sums = self.sums.iter().filter(|sum| sum.deducted != 0);
        let figures: Vec<String> = sums
            .map(|sum| {
                let currency = sum.currency.map(|currency| format!(" {currency}")).unwrap_or_default();
                format!("{}{currency}", number::show(sum.deducted, 2))
            })
            .collect();
        let deducted = (!figures.is_empty()).then(|| {
            format!("Left out of the lines are deductions that belong to no release: {}.", figures.join(", "))
        });
        let words: Vec<String> = self.releases_below_zero().into_iter().chain(deducted).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// That releases which come to less than nothing are in no line, and to how much they come; `None` if there are none.
    fn releases_below_zero(&self) -> Option<String> {
        let sums = self.sums.iter().filter(|sum| sum.below_zero != 0);
        let figures: Vec<String> = sums
            .map(|sum| match sum.currency {
                Some(currency) => format!("{} {currency}", number::show(sum.below_zero, 2)),
                None => {
                    let units = if sum.below_zero == -i128::from(number::ONE) { "unit" } else { "units" };
                    format!("{} {units}", number::show(sum.below_zero, 0))
                }
            })
            .collect();
        (!figures.is_empty()).then(|| {
            format!(
                "Left out of the lines is what comes to less than nothing, as where more was returned than sold: {}.",
                figures.join(", ")
            )
        })
    }

    /// A mark of all problems of a kind, as they are shown.
    #[must_use]
    pub fn mark(&self, kind: Kind) -> String {
        let count = self.counts.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count);
        mark(count, self.problems.iter().filter(|problem| problem.kind == kind))
    }

    /// Whether all problems of a kind were accepted together, saying what they say now.
    #[must_use]
    pub fn accepts_all(&self, choices: &Choices, kind: Kind) -> bool {
        choices.accepted.contains(&acceptance(kind.key(), &self.mark(kind)))
    }

    /// The kinds of warning that are not accepted yet.
    #[must_use]
    pub fn open_warnings(&self, choices: &Choices) -> Vec<Kind> {
        self.counts
            .iter()
            .filter(|(kind, _)| kind.severity() == Severity::Warning && !self.accepts_all(choices, *kind))
            .filter(|(kind, count)| {
                let single = self.problems.iter().filter(|problem| problem.kind == *kind && choices.accepts(problem));
                (single.count() as u64) < *count
            })
            .map(|(kind, _)| *kind)
            .collect()
    }

    /// By how much the lines are above the sum of the rows in each currency once what comes to less than nothing is left out, in
    /// millionths. Stock is not money, and has none.
    #[must_use]
    pub fn above_the_rows(&self) -> Vec<(Currency, i128)> {
        self.above_by(|sum| sum.below_zero + sum.deducted)
    }

    /// The same by problems of a kind alone.
    #[must_use]
    pub fn above_by_kind(&self, kind: Kind) -> Vec<(Currency, i128)> {
        match kind {
            Kind::BelowZero => self.above_by(|sum| sum.below_zero),
            Kind::Deduction => self.above_by(|sum| sum.deducted),
            _ => Vec::new(),
        }
    }

    fn above_by(&self, left_out: impl Fn(&Sum) -> i128) -> Vec<(Currency, i128)> {
        let above = |sum: &Sum| sum.currency.map(|currency| (currency, -left_out(sum)));
        let money = self.category != Some(Category::HeldInventory);
        self.sums.iter().filter(|sum| money && left_out(sum) < 0).filter_map(above).collect()
    }

    /// The deductions that are taken off the lines, in words; `None` if none is.
    #[must_use]
    pub fn set_off(&self) -> Option<String> {
        let words = |part: fn(&Deduction) -> i128| {
            let taken = self.deductions.iter().filter(|deduction| part(deduction) > 0);
            taken.map(|deduction| deduction.in_words(part(deduction))).collect::<Vec<_>>().join(", ")
        };
        let taken = words(|deduction| deduction.set_off);
        let used_up = match (self.used_up, words(|deduction| deduction.used_up)) {
            (0, _) => String::new(),
            (1, used_up) => format!(" Of that, {used_up} used up 1 release wholly, which is in no line."),
            (releases, used_up) => {
                let releases = grouped_units(i64::try_from(releases).unwrap_or(i64::MAX));
                format!(" Of that, {used_up} used up {releases} releases wholly, which are in no line.")
            }
        };
        (!taken.is_empty()).then(|| {
            format!(
                "Taken off the lines of their period, the largest first, as each line’s note says: {taken}.{used_up}"
            )
        })
    }

    /// That the lines have other units or another sum than the rows, in each currency where it is so; `None` if they have not.
    #[must_use]
    pub fn lines_differ(&self) -> Option<String> {
        let stock = self.category == Some(Category::HeldInventory);
        let differ = |sum: &Sum| {
            let units = sum.line_units.filter(|units| *units != sum.units)?;
            let rows = format!("{} where the rows have {}", units_in_words(units), grouped_units(sum.units));
            let Some(currency) = sum.currency.filter(|_| !stock) else { return Some(rows) };
            let exact = number::show(sum.millionths, 2);
            Some(format!("{rows}, and {} where the rows come to {exact}", currency.show(sum.lines)))
        };
        let words: Vec<String> = self.sums.iter().filter_map(differ).collect();
        (self.lines > 0 && !words.is_empty())
            .then(|| format!("The lines have {}: what is left out of them is in the rows.", words.join("; ")))
    }

    /// The columns of the file that are not used, by their places.
    pub fn unused(&self) -> impl Iterator<Item = (usize, &Column)> {
        let unused = |column: &Column| {
            column.field.is_none()
                && column.header != REMARKS
                && !(column.header.is_empty() && column.samples.is_empty())
        };
        self.columns.iter().enumerate().filter(move |(_, column)| unused(column))
    }

    /// Whether one line for each release would set what comes to less than nothing off against its other months and services.
    #[must_use]
    pub fn may_be_set_off(&self, choices: &Choices) -> bool {
        choices.grouping != Grouping::Release && !self.above_the_rows().is_empty()
    }

    /// Whether nothing keeps the lines from being imported.
    #[must_use]
    pub fn is_ready(&self, choices: &Choices) -> bool {
        self.questions.is_empty()
            && self.lines > 0
            && self.count(Severity::Error) == 0
            && self.open_warnings(choices).is_empty()
    }

    /// The header as files are compared by it.
    #[must_use]
    pub fn header_key(&self) -> String {
        let plains: Vec<String> = self.columns.iter().map(|column| super::field::plain(&column.header)).collect();
        plains.join("|")
    }
}

/// Row numbers as ranges: `12–40, 57`. Cut where it becomes long.
#[must_use]
pub fn ranges(rows: &[(u32, u32)], most: usize) -> String {
    let (mut text, mut length) = (String::new(), 0);
    for (place, (from, to)) in rows.iter().enumerate() {
        let next = if from == to { from.to_string() } else { format!("{from}–{to}") };
        if length + next.len() > most {
            let left = row_count(&rows[place..]);
            return format!("{text} and {left} more");
        }
        if place > 0 {
            text.push_str(", ");
            length += 2;
        }
        text.push_str(&next);
        length += next.chars().count();
    }
    text
}

/// The same after the word for them: `row 12`, `rows 12–40, 57`.
#[must_use]
pub fn rows_in_words(rows: &[(u32, u32)], most: usize) -> String {
    let single = matches!(rows, [(from, to)] if from == to);
    format!("{} {}", if single { "row" } else { "rows" }, ranges(rows, most))
}

fn units_in_words(units: i64) -> String {
    format!("{} {}", grouped_units(units), if units == 1 { "unit" } else { "units" })
}

/// How many rows ranges have.
pub(super) fn row_count(rows: &[(u32, u32)]) -> u64 {
    rows.iter().map(|(from, to)| u64::from(to - from) + 1).sum()
}

/// Adds a row to ranges, wherever it stands.
pub(super) fn add_row(ranges: &mut Vec<(u32, u32)>, row: u32) {
    let mut rows = std::mem::take(ranges);
    rows.push((row, row));
    *ranges = merged(rows);
}

/// Ranges in their order, those that touch as one.
pub(super) fn merged(mut rows: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    rows.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(rows.len());
    for (from, to) in rows {
        match merged.last_mut() {
            Some((_, last)) if from <= last.saturating_add(1) => *last = (*last).max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// Adds a row to ranges; rows come in order.
pub(crate) fn extend(ranges: &mut Vec<(u32, u32)>, row: u32) {
    match ranges.last_mut() {
        Some((_, to)) if *to + 1 == row => *to = row,
        _ => ranges.push((row, row)),
    }
}
