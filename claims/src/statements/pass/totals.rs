//! Rows that repeat money instead of adding to it: totals, subtotals, balances of an earlier page or statement.

use super::{Added, Pass, currencies::currency_sign};
use crate::{
    line::Category,
    money::Currency,
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
pub(in crate::statements) const CODES: [Field; 4] = [Field::Gtin, Field::AggregatorGtin, Field::Catalogue, Field::Isrc];
/// Other columns that name a release or whose it is.
pub(in crate::statements) const NAMES: [Field; 4] = [Field::Artist, Field::Title, Field::Track, Field::Label];
/// Columns that say when.
pub(super) const WHEN: [Field; 4] = [Field::Period, Field::PeriodFrom, Field::StatementPeriod, Field::AsOf];

/// Places from which a total may count that are kept; subtotals lie in one another two or three deep.
const MOST_PLACES: usize = 32;

/// What the rows above a place come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Above {
    all: Come,
    /// The same in each currency.
    currencies: Vec<Come>,
    /// The currency of the total that stands there, if it is of one.
    of: Option<usize>,
}

/// What rows come to.
#[derive(Debug, Clone, Copy, Default)]
struct Come {
    rows: u64,
    units: i64,
    sum: i128,
}

impl Come {
    fn of(added: &Added) -> Self {
        Self { rows: added.rows, units: added.units, sum: added.millionths }
    }
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
                let currency = self.currency_of_total(cells, column);
                self.total(cells, column, stated, named, currency);
                true
            }
            Sort::Perhaps(place) => {
                if let Some(stated) = stated.filter(|_| self.adds_up()) {
                    let same = self.rows_of(stated, self.currency_of_total(cells, column)) > 0;
                    self.perhaps_total = same;
                    let shown = self.shown(i128::from(stated));
                    self.problem(cells, Kind::MaybeTotal, place, |value| {
                        let balance = said(value.as_bytes()).is_some_and(|said| said.what == What::Balance);
                        let (sort, not) = (if balance { "balance" } else { "total" }, if same { "" } else { "not " });
                        format!(
                            "“{value}” may be a {sort}. Its {shown} is {not}what the rows above it come to. \
                             It is read as a row of its own."
                        )
                    });
                }
                false
            }
            Sort::Balance(place) => {
                if let Some(stated) = stated.filter(|_| self.adds_up()) {
                    let shown = self.shown(i128::from(stated));
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

    /// A sum as it is shown: copies are whole.
    fn shown(&self, millionths: i128) -> String {
        number::show(millionths, if self.counts_stock() { 0 } else { 2 })
    }

    /// Whether it is settled how rows are read, so that sums of them say something.
    fn adds_up(&self) -> bool {
        !(self.unknown.columns || self.unknown.currency || self.unknown.period)
    }

    fn sort(&mut self, cells: &Cells, column: usize, stated: Option<i64>) -> Sort {
        let found = (0..cells.len())
            .filter(|place| self.shape.header.get(*place).is_none_or(|header| header != REMARKS))
            .find_map(|place| Some((place, said(cells.get(place))?)));
        let mut fields = CODES.iter().chain(&NAMES).map(|field| (*field, cells.get(self.places.get(*field))));
        let Some((place, Said { what, name })) = found else {
            // A label is no release.
            let named = fields.any(|(field, cell)| field != Field::Label && !cell.is_empty());
            return if !named && self.is_sum_alone(cells, column, stated) { Sort::Total(None) } else { Sort::Row };
        };
        // Beside a bare word a label says whose total it is; so does a name that is written twice.
        let bare = what == What::Balance || what == What::Total && (name.is_empty() || is_currency(name));
        let (whose, others): (Vec<_>, Vec<_>) = fields
            .filter(|(_, cell)| !cell.is_empty() && said(cell).is_none() && !is_currency(cell))
            .partition(|(field, cell)| bare && *field == Field::Label || cell.eq_ignore_ascii_case(name));
        if others.is_empty() && counts_rows(name) {
            return Sort::Count;
        }
        let Some(stated) = stated else {
            // Nothing is due on it that could be counted twice.
            return if others.is_empty() && what == What::Total { Sort::Total(None) } else { Sort::Row };
        };
        let currency = self.currency_of_total(cells, column);
        let rows = self.rows_of(stated, currency);
        let names = [name].into_iter().chain(whose.iter().chain(&others).map(|(_, cell)| *cell));
        if !others.is_empty() {
            return self.sort_named(place, what, names, (stated, currency), rows);
        }
        let named = if rows > 1 { None } else { self.of_names(names, currency) };
        match what {
            What::Total => Sort::Total(named),
            What::Balance if rows > 0 => Sort::Total(None),
            What::Balance => Sort::Balance(place),
            // A row that no sale of the file can be, whose sum is right, or that bears the name of others.
            _ if rows > 1 || named.is_some() || self.lacks(cells) => Sort::Total(named),
            _ if rows == 1 && self.groups.names_are_exhausted() => Sort::Total(None),
            _ => Sort::Perhaps(place),
        }
    }

    /// What a row is that speaks of a total in one column and names something in another. `names` are all that it
    /// bears, first that beside the word.
    fn sort_named<'c>(
        &mut self,
        place: usize,
        what: What,
        mut names: impl Iterator<Item = &'c [u8]>,
        (stated, currency): (i64, Option<usize>),
        rows: u64,
    ) -> Sort {
        if stated == 0 {
            // Nothing is due on it that could be counted twice.
            return Sort::Row;
        }
        let field = self.shape.columns.get(place).copied().flatten();
        let in_codes = field.is_some_and(|field| CODES.contains(&field));
        // Elsewhere the word can stand on every row: sales of all countries, of a label of that name.
        let in_names = in_codes || matches!(field, Some(Field::Artist | Field::Title | Field::Track));
        match what {
            What::Total | What::Balance if rows > 1 => Sort::Total(None),
            What::Total if in_codes && rows > 0 => Sort::Total(None),
            What::Total if in_names => {
                // As the one row above, or as all rows of a name that stands on it.
                let (mut known, mut right) = (false, None);
                for name in names {
                    let sum = self.of_name(name, currency);
                    known |= sum.is_some();
                    right = right.or(sum.filter(|sum| near(i128::from(stated), *sum)));
                }
                known |= self.groups.names_are_exhausted();
                if right.is_some() || known && rows > 0 { Sort::Total(right) } else { Sort::Perhaps(place) }
            }
            What::Total if rows == 0 => Sort::Row,
            What::Total | What::Balance => Sort::Perhaps(place),
            What::Before | What::After => {
                let named = names.next().and_then(|name| self.of_name(name, currency));
                let right = named.is_some_and(|sum| near(i128::from(stated), sum));
                if rows > 1 && (in_codes || named.is_some()) || in_codes && right {
                    Sort::Total(named)
                } else if rows > 1 || in_codes || right {
                    Sort::Perhaps(place)
                } else {
                    Sort::Row
                }
            }
        }
    }

    /// Whether a row without a release repeats the figures of the rows above it: one of nothing but figures, or one of words that
    /// does not say when, such as “Payout” at the foot. Not where such rows are sales.
    fn is_sum_alone(&self, cells: &Cells, column: usize, stated: Option<i64>) -> bool {
        let counts = !self.nameless && (self.places.has(Field::Amount) || self.counts_stock());
        let Some(stated) = stated.filter(|stated| *stated != 0 && counts) else { return false };
        let other = |place: usize| {
            let holds = self.shape.columns.get(place).copied().flatten();
            !holds.is_some_and(|it| {
                matches!(it.holds(), Holds::Number | Holds::Units | Holds::Period) || it == Field::Currency
            })
        };
        let words = (0..cells.len()).any(|place| !cells.get(place).is_empty() && other(place));
        if cells.get(column).is_empty() || words && self.says_when(cells, false) {
            return false;
        }
        let units = self.read(cells, self.places.get(Field::Units)).ok().flatten().map(|units| units / ONE);
        let currency = self.currency_of_total(cells, column);
        self.sums_above(currency).any(|come| {
            come.rows > 1 && near(i128::from(stated), come.sum) && units.is_none_or(|units| units == come.units)
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

    /// What the rows since a place come to: all of them, or those of one currency.
    fn since(&self, above: &Above, currency: Option<usize>) -> Come {
        let (now, then) = match currency {
            Some(place) => {
                (self.added.get(place).map(Come::of).unwrap_or_default(), above.currencies.get(place).copied())
            }
            None => {
                let units = self.added.iter().map(|added| added.units).fold(0, i64::saturating_add);
                let rows = self.added.iter().map(|added| added.rows).sum();
                (Come { rows, units, sum: self.all }, Some(above.all))
            }
        };
        let then = then.unwrap_or_default();
        Come { rows: now.rows - then.rows, units: now.units.saturating_sub(then.units), sum: now.sum - then.sum }
    }

    /// Of how many rows above a figure is the sum: of all, of those since a total, or of one currency; 0 if of none. Of a currency,
    /// only its own rows count.
    fn rows_of(&self, stated: i64, currency: Option<usize>) -> u64 {
        let is = |come: &Come| stated != 0 && near(i128::from(stated), come.sum);
        self.sums_above(currency).filter(is).map(|come| come.rows).max().unwrap_or(0)
    }

    /// What the rows above come to: all of them, those since each total, and, where the currency is not known, those of each.
    fn sums_above(&self, currency: Option<usize>) -> impl Iterator<Item = Come> {
        let since = self.above.iter().map(move |above| self.since(above, currency));
        since.chain(self.added.iter().filter(move |_| currency.is_none()).map(Come::of))
    }

    /// The currency that a total is of, where the rows are of several: its own column says it, a sign beside the figure, or the
    /// words for the total.
    fn currency_of_total(&self, cells: &Cells, column: usize) -> Option<usize> {
        if self.added.len() < 2 {
            return None;
        }
        let code = |cell: &[u8]| std::str::from_utf8(cell).ok().and_then(Currency::parse);
        let own = cells.get(self.places.get(Field::Currency));
        let named = || {
            let word = |cell| said(cell).map_or(cell, |said| said.name);
            cells
                .iter()
                .map(word)
                .find_map(|word| code(word).or_else(|| currency_sign(word).filter(|_| is_currency(word))))
        };
        let found =
            code(own).or_else(|| currency_sign(own)).or_else(|| currency_sign(cells.get(column))).or_else(named)?;
        self.added.iter().position(|added| added.currency == Some(found))
    }

    /// What the rows of a name come to, if there are any.
    fn of_name(&mut self, name: &[u8], currency: Option<usize>) -> Option<i128> {
        if name.is_empty() {
            return None;
        }
        let gtin = match codes::barcode(name) {
            Barcode::Right(gtin) | Barcode::Restored(gtin) => gtin,
            _ => 0,
        };
        let currency = currency.and_then(|place| self.added[place].currency);
        self.groups.of_name(name, gtin, self.counts_stock(), currency)
    }

    /// What the rows of the first of these names come to that any bear.
    fn of_names<'c>(&mut self, mut names: impl Iterator<Item = &'c [u8]>, currency: Option<usize>) -> Option<i128> {
        names.find_map(|name| self.of_name(name, currency))
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

    /// The next total may be one of the rows from here on, where one of a currency may stand.
    pub(super) fn count_from_here(&mut self, of: Option<usize>) {
        if self.above.len() == MOST_PLACES {
            // The first is the beginning of the file.
            self.above.remove(1);
        }
        let begin = Above::default();
        let currencies = (0..self.added.len()).map(|place| self.since(&begin, Some(place))).collect();
        self.above.push(Above { all: self.since(&begin, None), currencies, of });
    }

    /// A total line of the file is compared, not added; not before the rows above it can be added up, for then it
    /// would differ from a sum that lacks them.
    fn total(
        &mut self,
        cells: &Cells,
        column: usize,
        stated: Option<i64>,
        named: Option<i128>,
        currency: Option<usize>,
    ) {
        if !self.adds_up() {
            return;
        }
        let Some(stated) = stated.map(i128::from) else { return };
        let sums = self.above.iter().rev().map(|above| self.since(above, currency).sum);
        let of_currency = self.added.iter().filter(|_| currency.is_none()).map(|added| added.millionths);
        let computed = sums.chain(of_currency).chain(named).find(|sum| near(stated, *sum)).or(named);
        let computed = computed.unwrap_or_else(|| self.since_its_last(currency));
        let code = currency.and_then(|place| self.added[place].currency);
        self.file_totals.push(FileTotal { row: cells.number, stated, computed, currency: code, broken: self.broken });
        self.count_from_here(currency);
        // A sum that lacks rows with errors says nothing: these are mended first.
        if !near(stated, computed) && self.broken == 0 {
            let (says, are) = (self.shown(stated), self.shown(computed));
            self.problem(cells, Kind::TotalDiffers, column, |_| match code {
                Some(code) => format!("The file says {says} {code} here; the rows above it in {code} come to {are}."),
                None => format!("The file says {says} here; the rows above it come to {are}."),
            });
        }
    }

    /// What the rows of a currency since its last total come to, or all of them where none follow that.
    fn since_its_last(&self, currency: Option<usize>) -> i128 {
        let last = self.above.iter().rev().find(|above| currency.is_some() && above.of == currency);
        let since = last.map(|above| self.since(above, currency)).filter(|since| since.rows > 0);
        since.unwrap_or_else(|| self.since(&Above::default(), currency)).sum
    }
}

/// Whether a total is a sum, which the file may have rounded to hundredths.
fn near(stated: i128, sum: i128) -> bool {
    stated == sum || stated % 10_000 == 0 && (stated - sum).abs() <= 5_000
}
