//! Rows that repeat money instead of adding to it: totals, subtotals, balances of an earlier page or statement.

use super::Pass;
use crate::{
    line::Category,
    statements::{
        cells::{CellKind, Cells},
        codes::{self, Barcode},
        corrected::REMARKS,
        field::{Field, Holds},
        number::{self, Mark, NotANumber, ONE},
        problem::Kind,
        reading::FileTotal,
        totals::{Said, What, counts_rows, is_currency, said},
    },
};

/// What a row had as its amount.
pub(super) type Read = Result<Option<i64>, NotANumber>;

/// Columns of codes.
pub(super) const CODES: [Field; 4] = [Field::Gtin, Field::AggregatorGtin, Field::Catalogue, Field::Isrc];
/// Other columns that name a release or whose it is.
pub(super) const NAMES: [Field; 4] = [Field::Artist, Field::Title, Field::Track, Field::Label];
/// Columns that say when.
const WHEN: [Field; 4] = [Field::Period, Field::PeriodFrom, Field::StatementPeriod, Field::AsOf];

/// Places from which a total may count that are kept; subtotals lie in one another two or three deep.
const MOST_PLACES: usize = 32;
/// Names of totals that are looked for among all releases: each takes time.
const MOST_LOOKED_UP: u32 = 200;

/// What the rows above a place come to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Above {
    rows: u64,
    units: i64,
    sum: i128,
}

/// What a row is that no code names.
enum Sort {
    /// Sales or stock.
    Row,
    /// A total, and what the rows come to whose name it bears.
    Total(Option<i128>),
    /// A number of rows.
    Count,
    /// It speaks of a total in this column, but may be a sale. It is read as one and asked about.
    Perhaps(usize),
    /// A balance, in this column, which is not what the rows come to. It is left out and asked about.
    Balance(usize),
}

impl Pass<'_> {
    /// Whether a row is left out as a total or balance; what is not certain becomes a warning.
    pub(super) fn repeats_money(&mut self, cells: &Cells, column: usize, amount: &Read) -> bool {
        let stated = self.stated(cells, column, amount);
        match self.sort(cells, column, stated) {
            Sort::Row => false,
            Sort::Count => true,
            Sort::Total(named) => {
                self.total(cells, column, stated, named);
                true
            }
            Sort::Perhaps(place) => {
                if let Some(stated) = stated.filter(|_| self.adds_up()) {
                    let same = self.rows_of(stated) > 0;
                    let shown = number::show(i128::from(stated), if self.counts_stock() { 0 } else { 2 });
                    self.problem(cells, Kind::MaybeTotal, place, |value| {
                        let not = if same { "" } else { "not " };
                        format!(
                            "“{value}” may be a total. Its {shown} is {not}what the rows above it come to. \
                             It is read as a row of its own."
                        )
                    });
                }
                false
            }
            Sort::Balance(place) => {
                if let Some(stated) = stated.filter(|_| self.adds_up()) {
                    let shown = number::show(i128::from(stated), if self.counts_stock() { 0 } else { 2 });
                    self.problem(cells, Kind::MaybeTotal, place, |value| {
                        format!(
                            "“{value}” is read as what was due before, on an earlier page or statement. \
                             Its {shown} is left out."
                        )
                    });
                }
                true
            }
        }
    }

    fn counts_stock(&self) -> bool {
        self.category == Category::HeldInventory
    }

    /// Whether it is settled how rows are read, so that sums of them say something.
    fn adds_up(&self) -> bool {
        !(self.unknown.columns || self.unknown.currency || self.unknown.period)
    }

    fn sort(&mut self, cells: &Cells, column: usize, stated: Option<i64>) -> Sort {
        let found = (0..cells.len())
            .filter(|place| self.shape.header.get(*place).is_none_or(|header| header != REMARKS))
            .find_map(|place| Some((place, said(cells.get(place))?)));
        let mut places = CODES.iter().chain(&NAMES).map(|field| cells.get(self.places.get(*field)));
        let Some((place, Said { what, name })) = found else {
            let named = places.any(|cell| !cell.is_empty());
            return if !named && self.is_sum_alone(cells, column, stated) { Sort::Total(None) } else { Sort::Row };
        };
        let others = places.filter(|cell| !cell.is_empty() && said(cell).is_none() && !is_currency(cell)).count();
        let in_codes = self.shape.columns.get(place).is_some_and(|field| field.is_some_and(|it| CODES.contains(&it)));
        if others == 0 && counts_rows(name) {
            return Sort::Count;
        }
        let Some(stated) = stated else {
            // Nothing is due on it that could be counted twice.
            return if others == 0 && what == What::Total { Sort::Total(None) } else { Sort::Row };
        };
        let rows = self.rows_of(stated);
        if others > 0 {
            return match (what, in_codes) {
                (What::Total, _) | (_, true) if rows > 1 => Sort::Total(None),
                (_, true) => Sort::Perhaps(place),
                (What::Total, _) if rows == 1 => Sort::Perhaps(place),
                _ => Sort::Row,
            };
        }
        let named = if rows > 1 { None } else { self.of_name(name) };
        match what {
            What::Total => Sort::Total(named),
            What::Balance if rows > 0 => Sort::Total(None),
            What::Balance => Sort::Balance(place),
            // A row that no sale of the file can be, whose sum is right, or that bears the name of others.
            _ if rows > 1 || named.is_some() || self.lacks(cells) => Sort::Total(named),
            _ => Sort::Perhaps(place),
        }
    }

    /// Whether a row of nothing but figures repeats those of the rows above it; not where such rows are sales.
    fn is_sum_alone(&self, cells: &Cells, column: usize, stated: Option<i64>) -> bool {
        let counts = !self.nameless && (self.places.has(Field::Amount) || self.counts_stock());
        let Some(stated) = stated.filter(|stated| *stated != 0 && counts) else { return false };
        let other = |place: usize| {
            let holds = self.shape.columns.get(place).copied().flatten();
            !holds.is_some_and(|it| {
                matches!(it.holds(), Holds::Number | Holds::Units | Holds::Period) || it == Field::Currency
            })
        };
        if cells.get(column).is_empty() || (0..cells.len()).any(|place| !cells.get(place).is_empty() && other(place)) {
            return false;
        }
        let units = self.read(cells, self.places.get(Field::Units)).ok().flatten().map(|units| units / ONE);
        let now = self.now();
        self.above.iter().any(|above| {
            now.rows - above.rows > 1
                && near(i128::from(stated), now.sum - above.sum)
                && units.is_none_or(|units| units == now.units.saturating_sub(above.units))
        })
    }

    /// The figure of a total: the amount, or, as some write it one column off, the only figure of the row.
    fn stated(&self, cells: &Cells, column: usize, amount: &Read) -> Option<i64> {
        if let Ok(Some(amount)) = amount {
            return Some(*amount);
        }
        let mark = self.decided.marks.get(column).copied().unwrap_or(Mark::Point);
        let mut figures = (0..cells.len()).filter_map(|place| {
            let value = cells.get(place);
            let mark = if cells.kind(place) == CellKind::Number { Mark::Point } else { mark };
            value.iter().any(u8::is_ascii_digit).then(|| number::read(value, mark).ok()).flatten()
        });
        figures.next().filter(|_| figures.next().is_none()).map(|number| number.millionths)
    }

    /// What all rows so far come to.
    fn now(&self) -> Above {
        let (rows, units) = (self.added.iter().map(|added| added.rows), self.added.iter().map(|added| added.units));
        Above { rows: rows.sum(), units: units.fold(0, i64::saturating_add), sum: self.all }
    }

    /// Of how many rows above a figure is the sum: of all, of those since a total, or of one currency; 0 if of none.
    fn rows_of(&self, stated: i64) -> u64 {
        let now = self.now();
        let is = |sum| stated != 0 && near(i128::from(stated), sum);
        let since = self.above.iter().filter(|above| is(now.sum - above.sum)).map(|above| now.rows - above.rows);
        let of_currency = self.added.iter().filter(|added| is(added.millionths)).map(|added| added.rows);
        since.chain(of_currency).max().unwrap_or(0)
    }

    /// What the rows of a name come to, if there are any.
    fn of_name(&mut self, name: &[u8]) -> Option<i128> {
        if name.is_empty() || self.looked_up >= MOST_LOOKED_UP {
            return None;
        }
        self.looked_up += 1;
        let gtin = match codes::barcode(name) {
            Barcode::Right(gtin) | Barcode::Restored(gtin) => gtin,
            _ => 0,
        };
        self.groups.of_name(name, gtin, self.counts_stock())
    }

    /// Whether a row lacks what a sale needs: it does not say when, or in which currency, though columns are to.
    fn lacks(&self, cells: &Cells) -> bool {
        let empty = |fields: &[Field]| {
            let mut columns = fields.iter().map(|field| self.places.get(*field)).filter(|place| *place != usize::MAX);
            let says = |place: usize| !cells.get(place).is_empty() && said(cells.get(place)).is_none();
            columns.next().is_some_and(|first| !says(first) && !columns.any(says))
        };
        self.fixed_period.is_none() && empty(&WHEN)
            || self.fixed_currency.is_none() && !self.counts_stock() && empty(&[Field::Currency])
    }

    /// A total line of the file is compared, not added; not before the rows above it can be added up, for then it
    /// would differ from a sum that lacks them.
    fn total(&mut self, cells: &Cells, column: usize, stated: Option<i64>, named: Option<i128>) {
        if !self.adds_up() {
            return;
        }
        let Some(stated) = stated.map(i128::from) else { return };
        let sums = self.above.iter().rev().map(|above| self.all - above.sum);
        let of_currency = self.added.iter().map(|added| added.millionths);
        let computed =
            sums.chain(of_currency).chain(named).find(|sum| near(stated, *sum)).or(named).unwrap_or(self.all);
        self.file_totals.push(FileTotal { row: cells.number, stated, computed });
        if self.above.len() == MOST_PLACES {
            // The first is the beginning of the file.
            self.above.remove(1);
        }
        let now = self.now();
        self.above.push(now);
        if !near(stated, computed) {
            let (says, are) = (number::show(stated, 2), number::show(computed, 2));
            self.problem(cells, Kind::TotalDiffers, column, |_| {
                format!("The file says {says} here; the rows above it come to {are}.")
            });
        }
    }
}

/// Whether a total is a sum, which the file may have rounded to hundredths.
fn near(stated: i128, sum: i128) -> bool {
    stated == sum || stated % 10_000 == 0 && (stated - sum).abs() <= 5_000
}
