//! Money of a statement that belongs to none of its releases: a fee, a correction, mostly at the foot.

use super::{Pass, Read, short, totals::WHEN};
use crate::{
    line::Category,
    money::Currency,
    period::Period,
    statements::{
        cells::{CellKind, Cells},
        dates::{self, DayOrder},
        field::{Field, Holds},
        group::RowFacts,
        pass::{CODES, NAMES},
        problem::{Kind, Problem, quoted},
        totals::is_currency,
    },
};

/// Most of them that are kept by themselves; of more, each is read as a row of its own.
const MOST: usize = 200;

/// Money without a release.
#[derive(Debug, Clone)]
pub(in crate::statements) struct Aside {
    pub row: u32,
    /// What its row calls it, if it has words.
    pub words: Option<String>,
    /// When, if the row says it.
    pub period: Option<Period>,
    pub currency: Option<Currency>,
    /// Millionths.
    pub amount: i64,
}

impl Aside {
    /// What its row calls it, else the row.
    pub fn called(&self) -> String {
        self.words.clone().unwrap_or_else(|| format!("Row {}", self.row))
    }
}

/// How a row is money without a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// It says when.
    Dated,
    /// It is of the whole statement.
    OfStatement,
}

impl Pass<'_> {
    /// Whether a row is money without a release and units: of the whole statement if it does not say when, else only if it is taken
    /// off and named.
    pub(super) fn alone(&self, cells: &Cells, coded: bool, amount: &Read) -> Option<Alone> {
        let (Ok(Some(amount)), false) = (amount, coded) else { return None };
        let stock = self.category == Category::HeldInventory;
        let blank = |field: &Field| cells.get(self.places.get(*field)).is_empty();
        if stock || *amount == 0 || ![Field::Units, Field::Shipped].iter().all(blank) || self.asides.len() >= MOST {
            return None;
        }
        let named = !NAMES.iter().all(blank);
        let says = WHEN.iter().any(|field| self.places.has(*field));
        if says && self.fixed_period.is_none() && !self.says_when(cells, named) {
            // A title is what a deduction is called where all else of a release is missing.
            let counts = self.places.has(Field::Units) || self.places.has(Field::Shipped);
            return (!named || counts && *amount < 0).then_some(Alone::OfStatement);
        }
        (!named && *amount < 0 && self.called(cells, true).is_some()).then_some(Alone::Dated)
    }

    /// Whether a row says itself when. What a row that is not named has there may be what it calls its money.
    pub(super) fn says_when(&self, cells: &Cells, named: bool) -> bool {
        WHEN.iter().any(|field| {
            let cell = cells.get(self.places.get(*field));
            !cell.is_empty() && (named || !is_words(cell))
        })
    }

    /// What a row calls its money: its first words. Where `sure`, only what can be nothing else: words in a column that is not
    /// used, or of numbers of statements.
    fn called(&self, cells: &Cells, sure: bool) -> Option<String> {
        let fits = |column: &usize| {
            let field = self.shape.columns.get(*column).copied().flatten();
            let (cell, holds) = (cells.get(*column), field.map(Field::holds));
            let letters = |word: &[u8]| {
                let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte > 127 || b"-.&'".contains(byte);
                word.iter().all(letter) && word.iter().filter(|byte| byte.is_ascii_alphabetic()).count() > 2
            };
            let fits = if sure {
                matches!(field, None | Some(Field::StatementNumber))
                    && cell.split(u8::is_ascii_whitespace).any(letters)
                    && !self.is_of_releases(*column, cell)
            } else {
                !matches!(holds, Some(Holds::Number | Holds::Units)) && field != Some(Field::Currency)
            };
            let period = || {
                let text = String::from_utf8_lossy(cell);
                [DayOrder::DayFirst, DayOrder::MonthFirst].iter().any(|order| dates::read(&text, *order).is_ok())
            };
            let words = cells.kind(*column) == CellKind::Text
                && cell.iter().any(|byte| byte.is_ascii_alphabetic() || *byte > 127);
            fits && words && !is_currency(cell) && !period()
        };
        (0..cells.len()).find(fits).map(|column| quoted(cells.get(column)))
    }

    /// Whether one of the first rows that name a release has the same in a column: the number of the statement, say.
    fn is_of_releases(&self, column: usize, cell: &[u8]) -> bool {
        let named = |first: &[String]| {
            let places = CODES.iter().chain(&NAMES).map(|field| self.places.get(*field));
            places.filter_map(|place| first.get(place)).any(|cell| !cell.is_empty())
        };
        self.first_rows.iter().any(|(_, first)| named(first) && first.get(column) == Some(&quoted(cell)))
    }

    /// Adds such money to the sums; what becomes of it is settled when all rows are read.
    pub(super) fn set_aside(&mut self, cells: &Cells, alone: Alone, facts: &RowFacts<'_>) {
        self.sum_up(facts, false);
        let words = self.called(cells, alone == Alone::Dated).or_else(|| self.called(cells, false));
        self.asides.push(Aside {
            row: short(cells.number),
            words,
            period: facts.period,
            currency: facts.currency,
            amount: facts.amount,
        });
    }

    /// Gives money that is of the whole statement its period, from the first day read to the last, and makes lump sums of what is
    /// due, each by itself. What is taken off is given.
    pub fn settle(&mut self) -> Vec<Aside> {
        let mut taken_off = Vec::new();
        for aside in std::mem::take(&mut self.asides) {
            let Some(period) = aside.period.or(self.period) else {
                self.take_out(&aside);
                self.problems.add(Kind::Period, || Problem {
                    kind: Kind::Period,
                    row: u64::from(aside.row),
                    column: String::new(),
                    place: 0,
                    value: aside.called(),
                    message: "Neither this row nor any other says when.".to_owned(),
                });
                continue;
            };
            if aside.amount < 0 {
                taken_off.push(Aside { period: Some(period), ..aside });
                continue;
            }
            let facts = RowFacts {
                row: aside.row,
                lump_sum: Some(aside.words.as_deref().unwrap_or_default()),
                service: self.groups.service(b""),
                period: Some(period),
                currency: aside.currency,
                amount: aside.amount,
                ..RowFacts::default()
            };
            self.group(&facts);
        }
        self.added.retain(|added| added.rows > 0);
        taken_off
    }

    /// Takes money that nothing dates out of the sums again: its row is one with an error. Where there is such money no row says
    /// when, so that totals are sums of nothing else.
    fn take_out(&mut self, aside: &Aside) {
        self.broken += 1;
        if let Some(added) = self.added.iter_mut().find(|added| added.currency == aside.currency) {
            added.rows = added.rows.saturating_sub(1);
            added.millionths -= i128::from(aside.amount);
        }
        for total in self.file_totals.iter_mut().filter(|total| total.row > u64::from(aside.row)) {
            total.computed = 0;
            total.broken += 1;
        }
    }
}

/// Whether what stands where a period is to be is the name of something instead: not a month without its year, nor a date that was
/// written wrong.
fn is_words(cell: &[u8]) -> bool {
    let letters = cell.iter().filter(|byte| byte.is_ascii_alphabetic() || **byte > 127).count();
    let month = || dates::read(&format!("{} 2015", String::from_utf8_lossy(cell)), DayOrder::DayFirst).is_ok();
    letters > 2 && !cell.iter().any(u8::is_ascii_digit) && !month()
}
