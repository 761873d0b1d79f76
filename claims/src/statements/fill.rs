//! Cells that are blank because one above holds for them: merged cells of a spreadsheet, and periods of which only the first row of a
//! group says when. Never money, nor units.

use super::{
    cells::{CellKind, Cells},
    dates::{self, DayOrder},
    field::{Field, Holds},
    pass::{CODES, NAMES},
    reading::{Carried, extend, ranges},
    shape::Shape,
    totals::{is_code, said},
};

/// What is filled in, while the rows are read.
pub(super) struct Fill<'s> {
    shape: &'s Shape,
    /// The columns that say when, if a blank means what stands above it.
    periods: Vec<usize>,
    /// What stood in them last; nothing before the first.
    last: Vec<(Vec<u8>, CellKind)>,
    rows: u64,
    which: Vec<(u32, u32)>,
}

impl<'s> Fill<'s> {
    /// For the rows of a shape; `grouped` says whether a blank period means the one above.
    pub fn new(shape: &'s Shape, grouped: bool) -> Self {
        let periods = if grouped { periods(shape) } else { Vec::new() };
        Self { shape, periods, last: Vec::new(), rows: 0, which: Vec::new() }
    }

    /// Fills in what a row leaves blank.
    #[inline]
    pub fn row(&mut self, cells: &mut Cells) {
        if !cells.merged.is_empty() {
            self.unmerge(cells);
        }
        if !self.periods.is_empty() && cells.number > self.shape.header_row {
            self.carry(cells);
        }
    }

    /// Empties cells again that a merged one does not hold for: one of numbers, or one that begins above the rows.
    fn unmerge(&self, cells: &mut Cells) {
        for (column, from) in std::mem::take(&mut cells.merged) {
            let holds = self.shape.columns.get(column).copied().flatten().map(Field::holds);
            if from <= self.shape.header_row || matches!(holds, Some(Holds::Number | Holds::Units)) {
                cells.put(column, b"", CellKind::Text);
            }
        }
    }

    fn carry(&mut self, cells: &mut Cells) {
        match says(self.shape, &self.periods, cells) {
            Says::When => {
                self.last = self.periods.iter().map(|at| (cells.get(*at).to_vec(), cells.kind(*at))).collect();
            }
            Says::Nothing if !self.last.is_empty() => {
                for (column, (text, kind)) in self.periods.iter().zip(&self.last) {
                    cells.put(*column, text, *kind);
                }
                self.rows += 1;
                extend(&mut self.which, u32::try_from(cells.number).unwrap_or(u32::MAX));
            }
            Says::Nothing | Says::Other => {}
        }
    }

    /// What was carried from a row to those below it; `None` if nothing was.
    pub fn carried(&self) -> Option<Carried> {
        let column = self.shape.header.get(*self.periods.first()?)?.clone();
        (self.rows > 0).then(|| Carried { column, rows: self.rows, which: ranges(&self.which, 120) })
    }
}

/// The columns that say when.
fn periods(shape: &Shape) -> Vec<usize> {
    let holds = |column: &usize| shape.columns[*column].is_some_and(|field| field.holds() == Holds::Period);
    (0..shape.columns.len()).filter(holds).collect()
}

/// What a row says of its time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    When,
    /// It is of a release, and its columns of periods are blank.
    Nothing,
    /// It is a total, a heading, or money of no release.
    Other,
}

fn says(shape: &Shape, periods: &[usize], cells: &Cells) -> Says {
    let of = |fields: &[Field]| {
        let places = fields.iter().filter_map(|field| shape.columns.iter().position(|column| *column == Some(*field)));
        places.map(|place| cells.get(place)).collect::<Vec<_>>()
    };
    let coded = of(&CODES).into_iter().any(is_code);
    if !coded && cells.iter().any(|cell| said(cell).is_some()) {
        return Says::Other;
    }
    if periods.iter().all(|column| cells.get(*column).is_empty()) {
        let named = coded || of(&NAMES).into_iter().any(|cell| !cell.is_empty());
        return if named { Says::Nothing } else { Says::Other };
    }
    let is_period = |column: &usize| match cells.kind(*column) {
        CellKind::Failed => false,
        CellKind::Number | CellKind::Day | CellKind::First => true,
        CellKind::Text => {
            let text = cells.words(*column);
            [DayOrder::DayFirst, DayOrder::MonthFirst].iter().any(|order| dates::read(&text, *order).is_ok())
        }
    };
    if periods.iter().any(is_period) { Says::When } else { Says::Other }
}

/// Whether the first rows say when in the grouped manner: the first of a group does, and the rest are blank. A period that is
/// written twice in a row shows that every row is to have one.
pub(super) fn is_grouped(shape: &Shape, first: &[Cells]) -> bool {
    let periods = periods(shape);
    let (mut written, mut blank) = (0, 0);
    let mut last: Option<Vec<&[u8]>> = None;
    for cells in first.iter().filter(|cells| cells.number > shape.header_row && !periods.is_empty()) {
        match says(shape, &periods, cells) {
            Says::When => {
                let found = periods.iter().map(|column| cells.get(*column)).collect();
                if last.as_ref() == Some(&found) {
                    return false;
                }
                last = Some(found);
                written += 1;
            }
            Says::Nothing if last.is_none() => return false,
            Says::Nothing => blank += 1,
            Says::Other => {}
        }
    }
    blank > 0 && blank >= written
}
