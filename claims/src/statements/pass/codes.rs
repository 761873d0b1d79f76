//! Codes of a row's release: barcodes, recording codes, catalogue numbers.

use super::Pass;
use crate::statements::{
    cells::{CellKind, Cells},
    codes::{self, Barcode},
    field::Field,
    problem::Kind,
};

impl Pass<'_> {
    pub(super) fn barcode(&mut self, cells: &Cells, field: Field) -> u64 {
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

    pub(super) fn isrc(&mut self, cells: &Cells) -> Option<[u8; 12]> {
        let column = self.places.get(Field::Isrc);
        codes::isrc(cells.get(column)).unwrap_or_else(|_| {
            self.problem(cells, Kind::Isrc, column, |value| format!("“{value}” is not an ISRC."));
            None
        })
    }

    pub(super) fn catalogue<'c>(&mut self, cells: &'c Cells) -> &'c [u8] {
        let column = self.places.get(Field::Catalogue);
        let text = cells.get(column);
        if matches!(cells.kind(column), CellKind::Day | CellKind::First)
            || text.len() >= 4 && codes::looks_like_a_date(text)
        {
            self.problem(cells, Kind::CatalogueDate, column, |value| {
                format!("{value} looks like a date that a spreadsheet made of a catalogue number, such as MAR-15.")
            });
        }
        text
    }
}
