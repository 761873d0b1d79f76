//! Sums that a file states itself: those of its total lines, and those within a row.

use super::Pass;
use crate::{
    line::Category,
    statements::{
        cells::{CellKind, Cells},
        field::Field,
        group::MORE,
        number::{self, Mark, ONE},
        problem::Kind,
        reading::FileTotal,
    },
};

impl Pass<'_> {
    /// A total line of the file is compared, not added; not before the rows above it can be added up, for then it would differ
    /// from a sum that lacks them.
    pub(super) fn total(&mut self, cells: &Cells, column: usize, stated: Option<i64>) {
        if self.unknown.columns || self.unknown.currency || self.unknown.period {
            return;
        }
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

    /// Whether the row's own figures close.
    pub(super) fn arithmetic(&mut self, cells: &Cells, figures: &[Option<i64>; MORE.len()], net: i64, units: i64) {
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
