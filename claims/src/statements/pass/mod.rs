//! One pass over the rows of a file: values, problems, groups, totals. Nothing is allocated per row of the usual kind.

mod adding;
mod asides;
mod codes;
mod currencies;
mod numbers;
mod periods;
mod sums;
mod totals;

use std::collections::{BTreeMap, HashMap};

use super::{
    cells::{CellKind, Cells},
    choices::Choices,
    dates,
    field::{Field, Holds},
    group::{Groups, MORE, RowFacts},
    marks::{Decided, Seen},
    problem::{Kind, Problem, Problems, quoted},
    reading::{FileTotal, Reason, extend},
    rows::{is_note, is_remark, repeats},
    shape::Shape,
    totals::is_code,
};
use crate::{
    line::{Basis, Category},
    money::Currency,
    period::Period,
};
use asides::Alone;
pub(super) use asides::Aside;
pub(super) use sums::FIGURES;
use totals::{Above, Read};
pub(super) use totals::{CODES, NAMES};

/// A row that became part of a line: kept when the lines are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptRow {
    /// The row as a spreadsheet counts it.
    pub row: u32,
    /// The place of its group.
    pub group: u32,
    /// Units.
    pub units: i64,
    /// Amount in millionths.
    pub millionths: i64,
}

/// Rows and sums of one currency.
#[derive(Debug, Clone, Default)]
pub(super) struct Added {
    pub currency: Option<Currency>,
    pub rows: u64,
    pub units: i64,
    pub millionths: i128,
    /// The value of stock in millionths: units times value.
    pub value: i128,
}

/// Places of columns by field; a column that is not there is beyond every row.
struct Places([usize; Field::ALL.len()]);

impl Places {
    fn of(shape: &Shape) -> Self {
        let mut places = [usize::MAX; Field::ALL.len()];
        for (column, field) in shape.columns.iter().enumerate() {
            if let Some(field) = field {
                places[field.place()] = column;
            }
        }
        Self(places)
    }

    fn get(&self, field: Field) -> usize {
        self.0[field.place()]
    }

    fn has(&self, field: Field) -> bool {
        self.get(field) != usize::MAX
    }
}

/// The last value of a column and what it was read as: neighbours are often equal.
struct Memo<T> {
    text: Vec<u8>,
    kind: CellKind,
    read: Option<T>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { text: Vec::new(), kind: CellKind::Text, read: None }
    }
}

/// What is to be asked about the whole file before its rows can be added up.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    /// What the columns mean, or how their numbers and days are to be read.
    pub columns: bool,
    /// The currency of a row: nothing in it says which.
    pub currency: bool,
    /// The period of a row: no column says when.
    pub period: bool,
}

pub(super) struct Pass<'p> {
    shape: &'p Shape,
    decided: &'p Decided,
    choices: &'p Choices,
    category: Category,
    places: Places,
    watched: Vec<usize>,
    more: bool,
    /// Whether it is one of our own templates.
    ours: bool,
    /// Whether the value of stock is read, which is money.
    values: bool,
    fixed_period: Option<Period>,
    fixed_currency: Option<Currency>,
    most_groups: usize,
    pub seen: Seen,
    pub problems: Problems,
    pub groups: Groups,
    pub too_many: bool,
    pub unknown: Unknown,
    pub rows: u64,
    pub data_rows: u64,
    pub left_out: BTreeMap<Reason, (u64, Vec<(u32, u32)>)>,
    pub added: Vec<Added>,
    pub file_totals: Vec<FileTotal>,
    pub period: Option<Period>,
    pub first_rows: Vec<(u64, Vec<String>)>,
    /// Money without a release, until it is settled what becomes of it.
    pub asides: Vec<Aside>,
    /// Whether cells that a spreadsheet holds as numbers have decimals.
    pub decimals: bool,
    pub kept: Option<Vec<KeptRow>>,
    /// Problems of the row, for a copy with remarks; only filled when asked for.
    pub remarks: Option<Vec<String>>,
    all: i128,
    /// Rows with an error, which no sum has.
    broken: u64,
    /// What the rows above each total come to, and above the first row.
    above: Vec<Above>,
    /// Whether the row is read as a sale though it may be a total of those above it.
    perhaps_total: bool,
    /// Whether a row without any name was read as a sale.
    nameless: bool,
    period_memo: [Memo<Option<Period>>; 2],
    periods: HashMap<Vec<u8>, Period>,
    currency_memo: Memo<Option<Currency>>,
    month_memo: Option<(Period, u32)>,
    months: HashMap<Period, u32>,
    written: Vec<u8>,
}

impl<'p> Pass<'p> {
    pub fn new(
        shape: &'p Shape,
        decided: &'p Decided,
        choices: &'p Choices,
        category: Category,
        fixed: (Option<Period>, Option<Currency>),
        most_groups: usize,
    ) -> Self {
        let places = Places::of(shape);
        let watched = (0..shape.columns.len())
            .filter(|column| {
                shape.columns[*column]
                    .is_some_and(|field| matches!(field.holds(), Holds::Number | Holds::Units | Holds::Period))
            })
            .collect();
        let more = MORE.iter().any(|field| places.has(*field));
        Self {
            shape,
            decided,
            choices,
            category,
            places,
            watched,
            more,
            ours: shape.layout.is_some_and(|layout| layout.key.starts_with("template_")),
            values: category == Category::HeldInventory
                && shape.columns.contains(&Some(Field::UnitValue))
                && choices.basis != Basis::UnitsOnly.key(),
            fixed_period: fixed.0,
            fixed_currency: fixed.1,
            most_groups,
            seen: Seen::new(shape.columns.len()),
            problems: Problems::default(),
            groups: Groups::default(),
            too_many: false,
            unknown: Unknown {
                columns: shape.guessed || shape.category.is_none() || decided.days_asked || !decided.asked.is_empty(),
                ..Unknown::default()
            },
            rows: 0,
            data_rows: 0,
            left_out: BTreeMap::new(),
            added: Vec::new(),
            file_totals: Vec::new(),
            period: None,
            first_rows: Vec::new(),
            asides: Vec::new(),
            decimals: false,
            kept: None,
            remarks: None,
            all: 0,
            broken: 0,
            above: vec![Above::default()],
            perhaps_total: false,
            nameless: false,
            period_memo: Default::default(),
            periods: HashMap::new(),
            currency_memo: Memo::default(),
            month_memo: None,
            months: HashMap::new(),
            written: Vec::new(),
        }
    }

    fn leave_out(&mut self, reason: Reason, row: u64) {
        let (count, rows) = self.left_out.entry(reason).or_default();
        *count += 1;
        extend(rows, short(row));
    }

    /// Whether it is still asked how the numbers are written that a problem is about: the answer may clear it.
    fn may_be_cleared(&self, kind: Kind, column: usize) -> bool {
        let asked = &self.decided.asked;
        match kind {
            Kind::OtherMark | Kind::TooLarge | Kind::Units | Kind::Finer => asked.contains(&column),
            Kind::Sums | Kind::RollForward => !asked.is_empty(),
            _ => false,
        }
    }

    fn problem(&mut self, cells: &Cells, kind: Kind, column: usize, tell: impl FnOnce(&str) -> String) {
        if self.may_be_cleared(kind, column) {
            return;
        }
        let shape = self.shape;
        let make = || {
            let value = quoted(cells.get(column));
            Problem {
                kind,
                row: cells.number,
                column: shape.header.get(column).cloned().unwrap_or_default(),
                place: column,
                message: tell(&value),
                value,
            }
        };
        if let Some(remarks) = &mut self.remarks {
            let made = make();
            let column = if made.column.is_empty() { String::new() } else { format!("{}: ", made.column) };
            remarks.push(format!("{column}{}", made.message));
            self.problems.add(kind, || made);
        } else {
            self.problems.add(kind, make);
        }
    }

    /// Takes a row.
    pub fn row(&mut self, cells: &Cells) {
        // Spreadsheets leave blank rows out.
        for blank in self.rows + 1..cells.number {
            self.leave_out(if blank < self.shape.header_row { Reason::BeforeHeader } else { Reason::Blank }, blank);
        }
        self.rows = cells.number;
        if cells.number <= self.shape.header_row {
            if cells.number < self.shape.header_row {
                self.leave_out(Reason::BeforeHeader, cells.number);
            }
            return;
        }
        let stock = self.category == Category::HeldInventory;
        let figure = if stock { Field::OnHand } else { Field::Amount };
        let column = if self.places.has(figure) { self.places.get(figure) } else { self.places.get(Field::PerUnit) };
        let amount = self.read(cells, column);
        let coded = CODES.iter().any(|field| is_code(cells.get(self.places.get(*field))));
        if (!coded || !matches!(amount, Ok(Some(_))))
            && let Some(reason) = self.reason(cells, coded, column, &amount)
        {
            return self.leave_out(reason, cells.number);
        }
        if self.ours && cells.get(self.places.get(Field::Title)).starts_with(super::template::EXAMPLE.as_bytes()) {
            return self.leave_out(Reason::Example, cells.number);
        }
        self.data(cells, column, amount, coded, stock);
        if std::mem::take(&mut self.perhaps_total) {
            // If it is one, the next counts from here.
            self.count_from_here(None);
        }
    }

    /// Why a row is not one of sales or stock, if it is not.
    fn reason(&mut self, cells: &Cells, coded: bool, column: usize, amount: &Read) -> Option<Reason> {
        if cells.is_blank() {
            return Some(Reason::Blank);
        }
        if amount.is_err() && repeats(cells, &self.shape.header) {
            return Some(Reason::RepeatedHeader);
        }
        if coded {
            let cell = |field: &Field| cells.get(self.places.get(*field));
            let alone =
                CODES.iter().all(|field| is_remark(cell(field))) && NAMES.iter().all(|field| cell(field).is_empty());
            let note = alone && cells.get(column).is_empty() && is_note(cells, &self.shape.columns);
            return note.then_some(Reason::Note);
        }
        if self.repeats_money(cells, column, amount) {
            return Some(Reason::Total);
        }
        let figures = self.watched.iter().any(|column| {
            let holds = self.shape.columns[*column].map(Field::holds);
            matches!(holds, Some(Holds::Number | Holds::Units)) && cells.get(*column).iter().any(u8::is_ascii_digit)
        });
        (!figures && is_note(cells, &self.shape.columns)).then_some(Reason::Note)
    }

    fn data(&mut self, cells: &Cells, column: usize, amount: Read, coded: bool, stock: bool) {
        self.data_rows += 1;
        for place in 0..self.watched.len() {
            let watched = self.watched[place];
            let value = cells.get(watched);
            if cells.kind(watched) != CellKind::Text {
                self.decimals |= cells.kind(watched) == CellKind::Number && value.contains(&b'.');
                continue;
            }
            if self.shape.columns[watched].is_some_and(|field| field.holds() == Holds::Period) {
                if dates::may_show_order(value)
                    && let Ok(text) = std::str::from_utf8(value)
                {
                    self.seen.days.see(text);
                }
            } else {
                self.seen.numbers[watched].see(value);
            }
        }
        if self.first_rows.len() < 5 {
            self.first_rows
                .push((cells.number, (0..self.shape.columns.len()).map(|column| quoted(cells.get(column))).collect()));
        }
        if cells.len() > self.shape.columns.len()
            && cells.iter().skip(self.shape.columns.len()).any(|cell| !cell.is_empty())
        {
            let (found, expected) = (cells.len(), self.shape.columns.len());
            self.problem(cells, Kind::Wide, expected, |_| {
                format!("The row has {found} cells, the header {expected} columns.")
            });
        }
        let mut right = true;
        let alone = self.alone(cells, coded, &amount);
        let units = self.units(cells, stock, &mut right);
        let amount = match amount {
            Ok(Some(value)) => {
                self.finer(cells, column);
                value
            }
            Ok(None) => {
                right = false;
                self.problem(cells, Kind::NoAmount, column, |value| match value {
                    "" => "The row names a release, but this cell is empty.".to_owned(),
                    value => {
                        format!("The row names a release, but “{value}” says no amount. Write 0 if there was none.")
                    }
                });
                0
            }
            Err(error) => {
                right = false;
                self.wrong_number(cells, column, error);
                0
            }
        };
        let amount = self.amount(cells, column, amount, units, &mut right);
        let gtin = self.barcode(cells, Field::Gtin);
        let aggregator_gtin = self.barcode(cells, Field::AggregatorGtin);
        let isrc = self.isrc(cells);
        let catalogue = self.catalogue(cells);
        let period = match alone {
            Some(Alone::OfStatement) => None,
            _ => self.period_of(cells, &mut right),
        };
        let money = if stock { self.places.get(Field::UnitValue) } else { column };
        let currency = self.currency_of(cells, money, &mut right);
        let mut figures = [None; MORE.len()];
        if self.more {
            for (place, field) in MORE.iter().enumerate() {
                let column = self.places.get(*field);
                if column != usize::MAX {
                    figures[place] = self.number(cells, column, &mut right);
                }
            }
            if right {
                self.arithmetic(cells, &figures, amount, units);
            }
        }
        if !right {
            self.broken += 1;
            return;
        }
        let text = |field| cells.get(self.places.get(field));
        let (artist, title, track) = (text(Field::Artist), text(Field::Title), text(Field::Track));
        // What is taken off is no lump sum.
        if !coded && artist.is_empty() && title.is_empty() && track.is_empty() && amount >= 0 {
            self.nameless = true;
            self.problem(cells, Kind::NoRelease, column, |value| {
                format!("{value} is due, but no column says for which release.")
            });
        }
        let facts = RowFacts {
            row: short(cells.number),
            gtin,
            aggregator_gtin,
            isrc,
            catalogue,
            artist: cells.get(self.places.get(Field::Artist)),
            title: cells.get(self.places.get(Field::Title)),
            track: cells.get(self.places.get(Field::Track)),
            label: cells.get(self.places.get(Field::Label)),
            format: cells.get(self.places.get(Field::Format)),
            service: self.groups.service(cells.get(self.places.get(Field::Service))),
            territory: cells.get(self.places.get(Field::Territory)),
            statement: cells.get(self.places.get(Field::StatementNumber)),
            period,
            currency,
            units,
            amount,
            more: self.more.then_some(&figures),
            lump_sum: None,
        };
        match alone {
            Some(alone) => self.set_aside(cells, alone, &facts),
            None => self.add(&facts, stock),
        }
    }
}

fn short(row: u64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
