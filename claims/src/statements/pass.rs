//! One pass over the rows of a file: values, problems, groups, totals. Nothing is allocated per row of the usual kind.

use std::collections::{BTreeMap, HashMap};

use super::{
    cells::{CellKind, Cells},
    choices::{Choices, Grouping},
    codes::{self, Barcode},
    dates::{self, NotADate},
    field::{Field, Holds},
    group::{Groups, MORE, RowFacts},
    marks::{Decided, Seen},
    number::{self, Mark, NotANumber, ONE},
    problem::{Kind, Problem, Problems, quoted},
    reading::{FileTotal, Reason, extend},
    rows::{is_note, is_total, repeats},
    shape::Shape,
};
use crate::{line::Category, money::Currency, period::Period};

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
    fixed_period: Option<Period>,
    fixed_currency: Option<Currency>,
    most_groups: usize,
    pub seen: Seen,
    pub problems: Problems,
    pub groups: Groups,
    pub too_many: bool,
    pub rows: u64,
    pub data_rows: u64,
    pub left_out: BTreeMap<Reason, (u64, Vec<(u32, u32)>)>,
    pub added: Vec<Added>,
    pub file_totals: Vec<FileTotal>,
    pub period: Option<Period>,
    pub first_rows: Vec<(u64, Vec<String>)>,
    pub kept: Option<Vec<KeptRow>>,
    /// Problems of the row, for a copy with remarks; only filled when asked for.
    pub remarks: Option<Vec<String>>,
    since_total: i128,
    all: i128,
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
            fixed_period: fixed.0,
            fixed_currency: fixed.1,
            most_groups,
            seen: Seen::new(shape.columns.len()),
            problems: Problems::default(),
            groups: Groups::default(),
            too_many: false,
            rows: 0,
            data_rows: 0,
            left_out: BTreeMap::new(),
            added: Vec::new(),
            file_totals: Vec::new(),
            period: None,
            first_rows: Vec::new(),
            kept: None,
            remarks: None,
            since_total: 0,
            all: 0,
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

    fn problem(&mut self, cells: &Cells, kind: Kind, column: usize, tell: impl FnOnce(&str) -> String) {
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
        let coded = [Field::Gtin, Field::AggregatorGtin, Field::Catalogue, Field::Isrc]
            .iter()
            .any(|field| !cells.get(self.places.get(*field)).is_empty());
        if (!coded || !matches!(amount, Ok(Some(_))))
            && let Some(reason) = self.reason(cells, coded, &amount)
        {
            if reason == Reason::Total {
                self.total(cells, column, amount.ok().flatten());
            }
            return self.leave_out(reason, cells.number);
        }
        if self.ours && cells.get(self.places.get(Field::Title)).starts_with(super::template::EXAMPLE.as_bytes()) {
            return self.leave_out(Reason::Example, cells.number);
        }
        self.data(cells, column, amount, coded, stock);
    }

    /// Why a row is not one of sales or stock, if it is not.
    fn reason(&self, cells: &Cells, coded: bool, amount: &Result<Option<i64>, NotANumber>) -> Option<Reason> {
        if cells.is_blank() {
            return Some(Reason::Blank);
        }
        if amount.is_err() && repeats(cells, &self.shape.header) {
            return Some(Reason::RepeatedHeader);
        }
        if coded {
            return None;
        }
        if is_total(cells, &self.shape.columns) {
            return Some(Reason::Total);
        }
        let figures = self.watched.iter().any(|column| {
            let holds = self.shape.columns[*column].map(Field::holds);
            matches!(holds, Some(Holds::Number | Holds::Units)) && cells.get(*column).iter().any(u8::is_ascii_digit)
        });
        (!figures && is_note(cells, &self.shape.columns)).then_some(Reason::Note)
    }

    /// A total line of the file is compared, not added.
    fn total(&mut self, cells: &Cells, column: usize, stated: Option<i64>) {
        // Some write the total one column off: the only figure of the row counts then.
        let figures: Vec<i64> = (0..cells.len())
            .filter_map(|place| {
                let mark = self.decided.marks.get(column).copied().unwrap_or(Mark::Point);
                let value = cells.get(place);
                value
                    .iter()
                    .any(u8::is_ascii_digit)
                    .then(|| {
                        number::read(value, if cells.kind(place) == CellKind::Number { Mark::Point } else { mark }).ok()
                    })
                    .flatten()
            })
            .map(|number| number.millionths)
            .collect();
        let stated = stated.or(if let [only] = figures[..] { Some(only) } else { None });
        if let Some(stated) = stated.map(i128::from) {
            let computed = if stated == self.all || stated != self.since_total { self.all } else { self.since_total };
            self.file_totals.push(FileTotal { row: cells.number, stated, computed });
            self.since_total = 0;
            if stated != computed {
                let (says, are) = (number::show(stated, 2), number::show(computed, 2));
                self.problem(cells, Kind::TotalDiffers, column, |_| {
                    format!("The file says {says} here; the rows above it come to {are}.")
                });
            }
        }
    }

    /// Reads a number cell: `None` where it is empty.
    fn read(&self, cells: &Cells, column: usize) -> Result<Option<i64>, NotANumber> {
        let text = cells.get(column);
        if text.is_empty() {
            return Ok(None);
        }
        match cells.kind(column) {
            CellKind::Day | CellKind::Failed => return Err(NotANumber::Text),
            CellKind::Number => return number::read(text, Mark::Point).map(|number| Some(number.millionths)),
            CellKind::Text => {}
        }
        match number::read(text, self.decided.marks[column]) {
            Ok(number) => Ok(Some(number.millionths)),
            Err(_) if matches!(text, b"-" | b"--" | b"n/a" | b"N/A") || text == "–".as_bytes() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a number cell of a data row; what is wrong becomes a problem, and the row is no longer right.
    fn number(&mut self, cells: &Cells, column: usize, right: &mut bool) -> Option<i64> {
        match self.read(cells, column) {
            Ok(None) => None,
            Ok(Some(value)) => {
                self.finer(cells, column);
                Some(value)
            }
            Err(error) => {
                *right = false;
                self.wrong_number(cells, column, error);
                None
            }
        }
    }

    fn finer(&mut self, cells: &Cells, column: usize) {
        let text = cells.get(column);
        // Six digits after a mark need at least eight characters.
        if text.len() > 7 && text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count() > 6 {
            let mark = if cells.kind(column) == CellKind::Number { Mark::Point } else { self.decided.marks[column] };
            if let Ok(number) = number::read(text, mark)
                && number.finer
            {
                self.problem(cells, Kind::Finer, column, |value| {
                    format!("{value} is rounded to {}.", number::show(i128::from(number.millionths), 6))
                });
            }
        }
    }

    fn wrong_number(&mut self, cells: &Cells, column: usize, error: NotANumber) {
        if cells.kind(column) == CellKind::Failed {
            return self.problem(cells, Kind::Failed, column, |value| {
                format!("The formula in this cell failed and shows {value}. Write the number.")
            });
        }
        if cells.kind(column) == CellKind::Day {
            return self.problem(cells, Kind::Number, column, |value| {
                format!("A spreadsheet made the date {value} of this number. Format the column as a number and write it again.")
            });
        }
        let mark = self.decided.marks.get(column).copied().unwrap_or(Mark::Point);
        match error {
            NotANumber::Text => self.problem(cells, Kind::Number, column, |value| format!("“{value}” is not a number.")),
            NotANumber::TooLarge => self.problem(cells, Kind::TooLarge, column, |value| {
                format!("{value} is more than any amount can be. A barcode may have slipped into this column.")
            }),
            NotANumber::OtherMark => self.problem(cells, Kind::OtherMark, column, |value| {
                let (other, words) = match mark {
                    Mark::Point => (Mark::Comma, "a point"),
                    Mark::Comma => (Mark::Point, "a comma"),
                };
                let meant = number::read(value.as_bytes(), other).map(|number| number::to_decimal(i128::from(number.millionths)).normalize().to_string()).unwrap_or_default();
                let right = if mark == Mark::Comma { meant.replace('.', ",") } else { meant };
                format!("The column writes {words} before the decimals, but {value} does not. Write {right}, if that is meant.")
            }),
        }
    }

    fn data(
        &mut self,
        cells: &Cells,
        column: usize,
        amount: Result<Option<i64>, NotANumber>,
        coded: bool,
        stock: bool,
    ) {
        self.data_rows += 1;
        for place in 0..self.watched.len() {
            let watched = self.watched[place];
            if cells.kind(watched) != CellKind::Text {
                continue;
            }
            let value = cells.get(watched);
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
        let units = self.units(cells, stock, &mut right);
        let amount = match amount {
            Ok(Some(value)) => {
                self.finer(cells, column);
                value
            }
            Ok(None) => {
                right = false;
                self.problem(cells, Kind::NoAmount, column, |_| {
                    "The row names a release, but this cell is empty.".to_owned()
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
        let period = self.period_of(cells, &mut right);
        let currency = self.currency_of(cells, column, &mut right);
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
            return;
        }
        let text = |field| cells.get(self.places.get(field));
        let (artist, title, track) = (text(Field::Artist), text(Field::Title), text(Field::Track));
        if !coded && artist.is_empty() && title.is_empty() && track.is_empty() {
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
        };
        self.add(&facts, stock);
    }

    fn add(&mut self, facts: &RowFacts<'_>, stock: bool) {
        let (period, currency) = (facts.period, facts.currency);
        let amount = i128::from(facts.amount);
        self.all += if stock { i128::from(facts.units) * i128::from(ONE) } else { amount };
        self.since_total += if stock { i128::from(facts.units) * i128::from(ONE) } else { amount };
        if let Some(found) = period {
            let whole = self.period.get_or_insert(found);
            whole.from = whole.from.min(found.from);
            whole.to = whole.to.max(found.to);
        }
        let place = self.added.iter().position(|added| added.currency == currency).unwrap_or_else(|| {
            self.added.push(Added { currency, ..Added::default() });
            self.added.len() - 1
        });
        let added = &mut self.added[place];
        added.rows += 1;
        added.units = added.units.saturating_add(facts.units);
        added.millionths += amount;
        let key = match self.choices.grouping {
            Grouping::Rows => (u64::from(facts.row), 0),
            grouping => {
                let release = self.release(facts);
                // Stock of two days is not added up.
                let mut rest = place as u64 & 0xff;
                if grouping == Grouping::Month || stock {
                    rest |= u64::from(self.month(period, stock)) << 8;
                    rest |= u64::from(facts.service) << 36;
                }
                (release, rest)
            }
        };
        let group = self.groups.add(facts, self.most_groups, key);
        match group {
            None => self.too_many = true,
            Some(group) => {
                if let Some(kept) = &mut self.kept {
                    kept.push(KeptRow { row: facts.row, group, units: facts.units, millionths: facts.amount });
                }
            }
        }
    }

    /// The release of a row as a number: its barcode, else a place among those that are named otherwise.
    fn release(&mut self, facts: &RowFacts<'_>) -> u64 {
        const AGGREGATOR: u64 = 1 << 60;
        const WRITTEN: u64 = 2 << 60;
        if facts.gtin > 0 {
            return facts.gtin;
        }
        if facts.aggregator_gtin > 0 {
            return AGGREGATOR | facts.aggregator_gtin;
        }
        let mut written = std::mem::take(&mut self.written);
        written.clear();
        if !facts.catalogue.is_empty() {
            written.push(b'c');
            written.extend(
                facts
                    .catalogue
                    .iter()
                    .filter(|byte| byte.is_ascii_alphanumeric() || **byte > 127)
                    .map(u8::to_ascii_uppercase),
            );
        } else if let Some(isrc) = facts.isrc {
            written.push(b'i');
            written.extend_from_slice(&isrc);
        } else {
            written.push(b't');
            written.extend(facts.artist.iter().map(u8::to_ascii_lowercase));
            written.push(0);
            written.extend(
                if facts.title.is_empty() { facts.track } else { facts.title }.iter().map(u8::to_ascii_lowercase),
            );
        }
        let release = WRITTEN | u64::from(self.groups.release(&written));
        self.written = written;
        release
    }

    /// The month of a row (the very days of stock) as a number.
    fn month(&mut self, period: Option<Period>, stock: bool) -> u32 {
        let Some(period) = period else { return 0 };
        if let Some((known, place)) = self.month_memo
            && known == period
        {
            return place;
        }
        let month = if stock { period } else { dates::month_of(period) };
        let next = u32::try_from(self.months.len() + 1).unwrap_or(u32::MAX) & 0x0fff_ffff;
        let place = *self.months.entry(month).or_insert(next);
        self.month_memo = Some((period, place));
        place
    }

    fn units(&mut self, cells: &Cells, stock: bool, right: &mut bool) -> i64 {
        let field = if stock { Field::OnHand } else { Field::Units };
        let column = self.places.get(field);
        if column == usize::MAX {
            if stock || !self.places.has(Field::Shipped) {
                return 0;
            }
            let shipped = self.whole(cells, self.places.get(Field::Shipped), right).unwrap_or(0);
            let returned = self.whole(cells, self.places.get(Field::Returned), right).unwrap_or(0);
            return shipped - returned.abs();
        }
        self.whole(cells, column, right).unwrap_or(0)
    }

    fn whole(&mut self, cells: &Cells, column: usize, right: &mut bool) -> Option<i64> {
        match self.read(cells, column) {
            Ok(None) => None,
            Ok(Some(value)) if value % ONE == 0 => Some(value / ONE),
            Ok(Some(_)) => {
                *right = false;
                self.problem(cells, Kind::Units, column, |value| format!("{value} is not a whole number of units."));
                None
            }
            Err(error) => {
                *right = false;
                self.wrong_number(cells, column, error);
                None
            }
        }
    }

    /// The amount of the row: as it stands, per unit, or a share of it.
    fn amount(&mut self, cells: &Cells, column: usize, amount: i64, units: i64, right: &mut bool) -> i64 {
        let mut exact = i128::from(amount);
        if !self.places.has(Field::Amount) && self.places.has(Field::PerUnit) {
            exact *= i128::from(units);
        }
        // A split is applied to the base alone, not to a column that has it applied already.
        let split = self.places.get(Field::Split);
        if split != usize::MAX
            && self.shape.header.get(column).is_some_and(|header| super::field::plain(header) == "adjustedtotal")
            && let Some(rate) = self.number(cells, split, right)
        {
            // 75 and 75 % and 0.75 are the same share.
            let rate = i128::from(if rate > ONE { rate / 100 } else { rate });
            let product = exact * rate;
            let (whole, rest) = (product / i128::from(ONE), product % i128::from(ONE));
            let half = i128::from(ONE / 2);
            exact = whole + if rest.abs() > half || rest.abs() == half && whole % 2 != 0 { rest.signum() } else { 0 };
            if rest != 0 {
                self.problem(cells, Kind::Finer, split, |value| {
                    format!("The share of {value} has more than six digits and is rounded.")
                });
            }
        }
        i64::try_from(exact).unwrap_or_else(|_| {
            *right = false;
            self.problem(cells, Kind::TooLarge, column, |value| {
                format!("{value} times the units is more than any amount can be.")
            });
            0
        })
    }

    fn barcode(&mut self, cells: &Cells, field: Field) -> u64 {
        let column = self.places.get(field);
        let text = cells.get(column);
        if text.is_empty() {
            return 0;
        }
        let read = codes::barcode(text);
        let value = match read {
            Barcode::Right(value) | Barcode::Restored(value) | Barcode::Spelled(value) => value,
            _ => 0,
        };
        if let Barcode::Right(_) | Barcode::None = read {
            return value;
        }
        match read {
            Barcode::Restored(value) | Barcode::Spelled(value) => self.problem(cells, Kind::BarcodeRestored, column, |found| {
                let full = codes::gtin(value);
                let shown = full.strip_prefix('0').unwrap_or(&full);
                format!("{found} is {shown}: with its zeros the check digit fits.")
            }),
            Barcode::Rounded => self.problem(cells, Kind::BarcodeRounded, column, |found| {
                format!("{found} is a barcode that a spreadsheet rounded; its last digits are lost. Copy it from the sleeve or the original statement.")
            }),
            Barcode::Check(digit) => self.problem(cells, Kind::BarcodeCheck, column, |found| {
                format!("The last digit of {found} does not fit the others: it would have to be {digit}.")
            }),
            _ => self.problem(cells, Kind::BarcodeWrong, column, |found| format!("“{found}” is not a barcode.")),
        }
        value
    }

    fn isrc(&mut self, cells: &Cells) -> Option<[u8; 12]> {
        let column = self.places.get(Field::Isrc);
        codes::isrc(cells.get(column)).unwrap_or_else(|_| {
            self.problem(cells, Kind::Isrc, column, |value| format!("“{value}” is not an ISRC."));
            None
        })
    }

    fn catalogue<'c>(&mut self, cells: &'c Cells) -> &'c [u8] {
        let column = self.places.get(Field::Catalogue);
        let text = cells.get(column);
        if cells.kind(column) == CellKind::Day || text.len() >= 4 && codes::looks_like_a_date(text) {
            self.problem(cells, Kind::CatalogueDate, column, |value| {
                format!("{value} looks like a date that a spreadsheet made of a catalogue number, such as MAR-15.")
            });
        }
        text
    }

    fn period_of(&mut self, cells: &Cells, right: &mut bool) -> Option<Period> {
        let stock = self.category == Category::HeldInventory;
        let single = if stock { Field::AsOf } else { Field::Period };
        if !stock && self.places.has(Field::PeriodFrom) && !cells.get(self.places.get(Field::PeriodFrom)).is_empty() {
            let from = self.period(cells, 0, Field::PeriodFrom, right)?;
            let to = if self.places.has(Field::PeriodTo) && !cells.get(self.places.get(Field::PeriodTo)).is_empty() {
                self.period(cells, 1, Field::PeriodTo, right)?
            } else {
                from
            };
            let period = Period::new(from.from, to.to);
            if period.is_none() {
                *right = false;
                self.problem(cells, Kind::Period, self.places.get(Field::PeriodTo), |value| {
                    format!("The period ends on {value}, before it begins.")
                });
            }
            return period;
        }
        for field in [single, Field::StatementPeriod] {
            if self.places.has(field) && !cells.get(self.places.get(field)).is_empty() {
                return self.period(cells, 0, field, right);
            }
        }
        if self.fixed_period.is_none() {
            *right = false;
            // Where no column says it, it is asked once for the file.
            let column =
                [single, Field::PeriodFrom, Field::StatementPeriod].into_iter().find(|field| self.places.has(*field));
            if let Some(field) = column {
                self.problem(cells, Kind::Period, self.places.get(field), |_| "The row does not say when.".to_owned());
            }
        }
        self.fixed_period
    }

    fn period(&mut self, cells: &Cells, memo: usize, field: Field, right: &mut bool) -> Option<Period> {
        let column = self.places.get(field);
        let (text, kind) = (cells.get(column), cells.kind(column));
        if let Some(known) = self.period_memo[memo]
            .read
            .filter(|_| self.period_memo[memo].text == text && self.period_memo[memo].kind == kind)
            && known.is_some()
        {
            return known;
        }
        let order = self.decided.days;
        let read = match kind {
            CellKind::Failed => Err(NotADate::Text),
            // A whole number in a column of days: 201510, or a spreadsheet's count of days since 1900.
            CellKind::Number => serial_day(text)
                .or_else(|| dates::read(&String::from_utf8_lossy(text), order).ok())
                .ok_or(NotADate::Text),
            CellKind::Text | CellKind::Day => match self.periods.get(text) {
                Some(known) => Ok(*known),
                None => std::str::from_utf8(text)
                    .map_err(|_| NotADate::Text)
                    .and_then(|text| dates::read(text, order))
                    .inspect(|period| {
                        if self.periods.len() < 100_000 {
                            self.periods.insert(text.to_vec(), *period);
                        }
                    }),
            },
        };
        match read {
            Ok(period) => {
                let memo = &mut self.period_memo[memo];
                memo.text.clear();
                memo.text.extend_from_slice(text);
                (memo.kind, memo.read) = (kind, Some(Some(period)));
                Some(period)
            }
            Err(error) => {
                *right = false;
                self.problem(cells, Kind::Period, column, |value| match error {
                    NotADate::Text => format!("“{value}” is not a period. Write the month like 2015-03, or the day like 2015-03-31."),
                    NotADate::NoYear => format!("“{value}” has no year: a spreadsheet shortened it. Write it like 2015-03."),
                    NotADate::Year(year) => format!("The year {year} cannot be right here."),
                    NotADate::OtherOrder => {
                        let order = match order {
                            dates::DayOrder::DayFirst => "the day first (31/12/2015)",
                            dates::DayOrder::MonthFirst => "the month first (12/31/2015)",
                        };
                        format!("The file writes {order}, but {value} can only be read the other way. Write it with the year first.")
                    }
                });
                None
            }
        }
    }

    fn currency_of(&mut self, cells: &Cells, amount: usize, right: &mut bool) -> Option<Currency> {
        let column = self.places.get(Field::Currency);
        let text = cells.get(column);
        if text.is_empty() {
            let value = cells.get(amount);
            // A sign or code beside the amount.
            let sign = match (value.first(), value.last()) {
                (Some(first), Some(last)) if !first.is_ascii_digit() && *first != b'-' || !last.is_ascii_digit() => {
                    currency_sign(value)
                }
                _ => None,
            };
            return match sign.or(self.fixed_currency) {
                Some(currency) => Some(currency),
                None if self.category == Category::HeldInventory => None,
                None => {
                    *right = false;
                    // Where no row says it, it is asked once for the file.
                    if column != usize::MAX || self.added.iter().any(|added| added.currency.is_some()) {
                        self.problem(cells, Kind::Currency, column, |_| {
                            "The row does not say in which currency.".to_owned()
                        });
                    }
                    None
                }
            };
        }
        if let Some(known) = self.currency_memo.read.filter(|_| self.currency_memo.text == text) {
            return known;
        }
        let found = std::str::from_utf8(text).ok().and_then(Currency::parse).or_else(|| currency_sign(text));
        match found {
            Some(_) => {
                self.currency_memo.text.clear();
                self.currency_memo.text.extend_from_slice(text);
                self.currency_memo.read = Some(found);
            }
            None => {
                *right = false;
                self.problem(cells, Kind::Currency, column, |value| {
                    format!("“{value}” is not a currency that is known. Write its three letters, like USD.")
                });
            }
        }
        found
    }

    /// Whether the row's own figures close.
    fn arithmetic(&mut self, cells: &Cells, figures: &[Option<i64>; MORE.len()], net: i64, units: i64) {
        let figure = |field: Field| MORE.iter().position(|known| *known == field).and_then(|place| figures[place]);
        if self.category == Category::UnpaidSales {
            let whole = |field| figure(field).map(|value| value / ONE);
            if let (Some(shipped), Some(returned), true) =
                (whole(Field::Shipped), whole(Field::Returned), self.places.has(Field::Units))
                && shipped - returned.abs() != units
            {
                let net = shipped - returned.abs();
                self.problem(cells, Kind::Sums, self.places.get(Field::Units), |value| {
                    format!("Shipped less returned is {net}, but {value} is given.")
                });
            }
            let taken_off = [Field::Fee, Field::ReserveWithheld, Field::Chargebacks]
                .into_iter()
                .any(|field| self.places.has(field));
            if let Some(gross) = figure(Field::Gross).filter(|_| taken_off) {
                let off = |field| figure(field).map_or(0, i64::abs);
                let due = gross - off(Field::Fee) - off(Field::ReserveWithheld) + off(Field::ReserveReleased)
                    - off(Field::Chargebacks);
                // Each figure of a statement is rounded by itself: up to two hundredths are no mistake.
                if (due - net).abs() > 20_000 {
                    let due = number::show(i128::from(due), 2);
                    self.problem(cells, Kind::Sums, self.places.get(Field::Amount), |value| {
                        format!("Gross less fee, reserve and chargebacks is {due}, but {value} is given.")
                    });
                }
            }
        }
        if self.category == Category::HeldInventory && figure(Field::Opening).is_some() {
            let of = |field| figure(field).unwrap_or(0) / ONE;
            let expected = of(Field::Opening) + of(Field::SentIn)
                - of(Field::Sold)
                - of(Field::ReturnedToLabel)
                - of(Field::Destroyed);
            if expected != units {
                self.problem(cells, Kind::RollForward, self.places.get(Field::OnHand), |value| {
                    format!("By the row’s own figures {expected} copies should be there, but {value} are reported.")
                });
            }
        }
    }
}

fn short(row: u64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// The currency that a sign or code beside an amount names. A bare `$` is the United States dollar.
fn currency_sign(value: &[u8]) -> Option<Currency> {
    let text = std::str::from_utf8(value).ok()?;
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    if letters.len() == 3
        && let Some(currency) = Currency::parse(&letters)
    {
        return Some(currency);
    }
    let code = match () {
        () if text.contains("CA$") || text.contains("C$") => "CAD",
        () if text.contains("A$") => "AUD",
        () if text.contains('$') => "USD",
        () if text.contains('€') => "EUR",
        () if text.contains('£') => "GBP",
        () if text.contains('¥') => "JPY",
        () => return None,
    };
    Currency::parse(code)
}

/// The day of a spreadsheet's count of days, where it lies between 1982 and 2064.
fn serial_day(text: &[u8]) -> Option<Period> {
    let days: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    if !(30_000..60_000).contains(&days) {
        return None;
    }
    let day = chrono::NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(chrono::Duration::days(days))?;
    Some(Period { from: day, to: day })
}
