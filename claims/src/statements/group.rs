//! Rows that become one line: who they are for, and their exact sums.

use std::collections::HashMap;

use super::{codes, field::Field, reading::extend};
use crate::{money::Currency, period::Period};

/// Figures of a row beside units and amount, in the order of [`Group::more`].
pub(super) const MORE: [Field; 15] = [
    Field::Shipped,
    Field::Returned,
    Field::Gross,
    Field::Fee,
    Field::ReserveWithheld,
    Field::ReserveReleased,
    Field::Chargebacks,
    Field::Paid,
    Field::Opening,
    Field::SentIn,
    Field::Sold,
    Field::ReturnedToLabel,
    Field::Destroyed,
    Field::UnitPrice,
    Field::UnitValue,
];

/// What names the release of a row, as in the file.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// The manufacturer's barcode as a number; 0 for none.
    pub gtin: u64,
    /// The aggregator's; 0 for none.
    pub aggregator_gtin: u64,
    /// The recording, if all rows are of one.
    pub isrc: Option<[u8; 12]>,
    /// Catalogue number.
    pub catalogue: String,
    /// Artist.
    pub artist: String,
    /// Title of the release.
    pub title: String,
    /// Title of the track.
    pub track: String,
    /// Label.
    pub label: String,
    /// Format.
    pub format: String,
}

/// Rows that become one line.
#[derive(Debug, Clone)]
pub struct Group {
    /// The release.
    pub named: Named,
    /// From the first day of any of its rows to the last.
    pub period: Option<Period>,
    /// The service, if all rows are of one.
    pub service: String,
    /// The territory, if all rows are of one.
    pub territory: String,
    /// The number of the statement, if all rows are of one.
    pub statement: String,
    /// The currency.
    pub currency: Option<Currency>,
    /// Units.
    pub units: i64,
    /// The exact amount in millionths.
    pub amount: i128,
    /// Sums of [`MORE`] in millionths, `None` where no row has one. Prices are not added but kept while they are equal.
    pub more: Option<Box<[Option<i128>; MORE.len()]>>,
    /// Its rows.
    pub rows: Vec<(u32, u32)>,
}

impl Group {
    /// How many rows it has.
    #[must_use]
    pub fn row_count(&self) -> u64 {
        self.rows.iter().map(|(from, to)| u64::from(to - from) + 1).sum()
    }

    /// A further figure.
    #[must_use]
    pub fn figure(&self, field: Field) -> Option<i128> {
        let place = MORE.iter().position(|known| *known == field)?;
        self.more.as_ref()?[place]
    }

    /// What names it in words: barcode, catalogue number, recording or title. Equal for equal releases.
    #[must_use]
    pub fn identity(&self) -> String {
        let named = &self.named;
        if named.gtin > 0 {
            codes::gtin(named.gtin)
        } else if named.aggregator_gtin > 0 {
            codes::gtin(named.aggregator_gtin)
        } else if !named.catalogue.is_empty() {
            crate::identifiers::compact_catalogue_number(&named.catalogue)
        } else if let Some(isrc) = &named.isrc {
            String::from_utf8_lossy(isrc).into_owned()
        } else {
            format!("{} {}", named.artist, if named.title.is_empty() { &named.track } else { &named.title }).to_lowercase()
        }
    }
}

/// A row as it is added to its group. Texts are bytes of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowFacts<'r> {
    pub row: u32,
    pub gtin: u64,
    pub aggregator_gtin: u64,
    pub isrc: Option<[u8; 12]>,
    pub catalogue: &'r [u8],
    pub artist: &'r [u8],
    pub title: &'r [u8],
    pub track: &'r [u8],
    pub label: &'r [u8],
    pub format: &'r [u8],
    pub service: &'r [u8],
    pub territory: &'r [u8],
    pub statement: &'r [u8],
    pub period: Option<Period>,
    pub currency: Option<Currency>,
    pub units: i64,
    pub amount: i64,
    pub more: Option<&'r [Option<i64>; MORE.len()]>,
}

/// All groups of a file.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub list: Vec<Group>,
    by_key: HashMap<Box<[u8]>, u32>,
    key: Vec<u8>,
}

impl Groups {
    /// Adds a row to the group of the key that `write` writes; gives the group's place. `None` when `most` groups exist.
    pub fn add(&mut self, row: &RowFacts<'_>, most: usize, write: impl FnOnce(&mut Vec<u8>)) -> Option<u32> {
        self.key.clear();
        write(&mut self.key);
        let place = match self.by_key.get(&self.key[..]) {
            Some(place) => *place,
            None => {
                if self.list.len() >= most {
                    return None;
                }
                let place = u32::try_from(self.list.len()).ok()?;
                self.by_key.insert(self.key.as_slice().into(), place);
                self.list.push(Group::of(row));
                return Some(place);
            }
        };
        self.list[place as usize].take(row);
        Some(place)
    }
}

impl Group {
    fn of(row: &RowFacts<'_>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            named: Named {
                gtin: row.gtin,
                aggregator_gtin: row.aggregator_gtin,
                isrc: row.isrc,
                catalogue: text(row.catalogue),
                artist: text(row.artist),
                title: text(row.title),
                track: text(row.track),
                label: text(row.label),
                format: text(row.format),
            },
            period: row.period,
            service: text(row.service),
            territory: text(row.territory),
            statement: text(row.statement),
            currency: row.currency,
            units: row.units,
            amount: i128::from(row.amount),
            more: row.more.map(|more| Box::new(more.map(|figure| figure.map(i128::from)))),
            rows: vec![(row.row, row.row)],
        }
    }

    fn take(&mut self, row: &RowFacts<'_>) {
        let named = &mut self.named;
        if named.isrc != row.isrc {
            named.isrc = None;
        }
        if named.track.as_bytes() != row.track {
            named.track.clear();
        }
        for (kept, found) in [(&mut self.service, row.service), (&mut self.territory, row.territory), (&mut self.statement, row.statement)] {
            if kept.as_bytes() != found {
                kept.clear();
            }
        }
        // What one row lacks another may say.
        if named.gtin == 0 {
            named.gtin = row.gtin;
        }
        if named.aggregator_gtin == 0 {
            named.aggregator_gtin = row.aggregator_gtin;
        }
        for (kept, found) in [(&mut named.artist, row.artist), (&mut named.title, row.title), (&mut named.label, row.label)] {
            if kept.is_empty() && !found.is_empty() {
                *kept = String::from_utf8_lossy(found).into_owned();
            }
        }
        if let (Some(kept), Some(found)) = (&mut self.period, row.period) {
            kept.from = kept.from.min(found.from);
            kept.to = kept.to.max(found.to);
        }
        self.units = self.units.saturating_add(row.units);
        self.amount += i128::from(row.amount);
        if let (Some(kept), Some(found)) = (&mut self.more, row.more) {
            for (place, figure) in found.iter().enumerate() {
                let figure = figure.map(i128::from);
                kept[place] = match MORE[place] {
                    Field::UnitPrice | Field::UnitValue => kept[place].filter(|kept| Some(*kept) == figure),
                    _ => match (kept[place], figure) {
                        (Some(kept), Some(figure)) => Some(kept + figure),
                        (kept, figure) => kept.or(figure),
                    },
                };
            }
        }
        extend(&mut self.rows, row.row);
    }
}
