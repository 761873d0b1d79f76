//! Number cells of a row: amounts and units, and what is wrong with them.

use super::Pass;
use crate::statements::{
    cells::{CellKind, Cells},
    field::{Field, plain},
    number::{self, Mark, NotANumber, ONE},
    problem::Kind,
};

impl Pass<'_> {
    /// Reads a number cell: `None` where it is empty.
    pub(super) fn read(&self, cells: &Cells, column: usize) -> Result<Option<i64>, NotANumber> {
        let text = cells.get(column);
        if text.is_empty() {
            return Ok(None);
        }
        match cells.kind(column) {
            CellKind::Day | CellKind::First | CellKind::Failed => return Err(NotANumber::Text),
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
    pub(super) fn number(&mut self, cells: &Cells, column: usize, right: &mut bool) -> Option<i64> {
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

    pub(super) fn finer(&mut self, cells: &Cells, column: usize) {
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

    pub(super) fn wrong_number(&mut self, cells: &Cells, column: usize, error: NotANumber) {
        if cells.kind(column) == CellKind::Failed {
            return self.problem(cells, Kind::Failed, column, |value| {
                format!("The formula in this cell failed and shows {value}. Write the number.")
            });
        }
        if matches!(cells.kind(column), CellKind::Day | CellKind::First) {
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

    pub(super) fn units(&mut self, cells: &Cells, stock: bool, right: &mut bool) -> i64 {
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

    pub(super) fn whole(&mut self, cells: &Cells, column: usize, right: &mut bool) -> Option<i64> {
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
    pub(super) fn amount(&mut self, cells: &Cells, column: usize, amount: i64, units: i64, right: &mut bool) -> i64 {
        let mut exact = i128::from(amount);
        if !self.places.has(Field::Amount) && self.places.has(Field::PerUnit) {
            exact *= i128::from(units);
        }
        // A split is applied to the base alone, not to a column that has it applied already.
        let split = self.places.get(Field::Split);
        if split != usize::MAX
            && self.shape.header.get(column).is_some_and(|header| plain(header) == "adjustedtotal")
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
}
