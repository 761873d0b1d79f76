//! Records made ready for comparison: every cell normalised once and replaced by the number of its distinct value.

use super::{
    block,
    columns::{COLUMNS, Column, Kind},
    intern::Interner,
    values::{Scratch, Values},
};

/// A party's values by number; [`MISSING`] where the cell says nothing.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "the names are the columns' own")]
pub struct Party {
    pub name: u32,
    pub contact: u32,
    pub email: u32,
    pub phone: u32,
    pub website: u32,
    pub street: u32,
    pub city: u32,
    pub region: u32,
    pub postcode: u32,
    pub country: u32,
    pub tax_id: u32,
    pub birth_date: u32,
    /// The person's mailbox and the firm's domain of the e-mail.
    pub mailbox: u32,
    pub firm: u32,
    /// What rules out most misspellings without looking at the texts: letters of e-mail and street, figures of telephone and
    /// tax number ([`distance::figures`]), keys of name and contact.
    pub email_letters: u32,
    pub street_letters: u32,
    pub phone_figures: u64,
    pub tax_figures: u64,
    pub name_key: u32,
    pub contact_key: u32,
    /// Most bits that agreement of the e-mail is worth ([`derived::limit`]).
    pub email_limit: u8,
}

/// A line's release by number; [`MISSING`] where the cell says nothing.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "the names are the columns' own")]
pub struct Release {
    pub title: u32,
    pub artist: u32,
    pub album: u32,
    pub catalog: u32,
    pub gtin: u32,
    pub isrc: u32,
    pub label: u32,
    pub year: u32,
    pub length: u32,
    pub track: u32,
    pub language: u32,
    /// What rules out most misspellings without looking at the texts: the catalogue number without its carrier (a hash), its
    /// letters, and what kind of barcode it is.
    pub catalog_stem: u32,
    pub catalog_letters: u32,
    pub gtin_kind: GtinKind,
    /// Whether the title is the artist's name, so that the two are one fact.
    pub self_titled: bool,
}

/// What a barcode is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GtinKind {
    /// There is none.
    #[default]
    None,
    /// Its check digit is right.
    Valid,
    /// Its check digit is wrong.
    Slipped,
    /// A spreadsheet cut it.
    Cut,
}

/// The place of a column that a table does not have.
const NOWHERE: u16 = u16::MAX;

/// A table of records, ready to be compared.
#[derive(Clone, Debug)]
pub struct Records {
    /// What is being matched.
    pub kind: Kind,
    /// One a record, empty when matching lines without party columns.
    pub parties: Vec<Party>,
    /// One a record, empty when the table has no release columns.
    pub releases: Vec<Release>,
    /// The dictionaries.
    pub values: Values,
    /// The source of each record, when linking.
    pub sources: Vec<u32>,
    /// The claimant of each record, when given.
    pub claimants: Vec<u32>,
    /// First and last month of each record's period, counted from year 0, when given.
    pub periods: Vec<Option<(i32, i32)>>,
    ids: Interner,
    /// The blocking keys of all records ([`block::keys`]), computed while the values are at hand.
    pub(super) keys: Vec<u32>,
    /// Where each column stands.
    places: [u16; COLUMNS.len()],
    source_names: Interner,
    claimant_names: Interner,
    scratch: Box<Scratch>,
}

/// Why a record was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The id is empty.
    #[error("the id is empty")]
    EmptyId,
    /// The id was used before.
    #[error("the id \"{id}\" was already used by record {first}")]
    RepeatedId {
        /// The id.
        id: String,
        /// The record that used it first, counted from 1.
        first: u32,
    },
}

impl Records {
    /// An empty table with these columns, `None` for unknown ones.
    #[must_use]
    pub fn new(kind: Kind, columns: &[Option<Column>]) -> Self {
        let mut places = [NOWHERE; COLUMNS.len()];
        for (i, column) in columns.iter().enumerate() {
            if let (Some(column), Ok(place)) = (column, u16::try_from(i)) {
                places[*column as usize] = place;
            }
        }
        Self {
            kind,
            parties: Vec::new(),
            releases: Vec::new(),
            values: Values::default(),
            sources: Vec::new(),
            claimants: Vec::new(),
            periods: Vec::new(),
            ids: Interner::default(),
            keys: Vec::new(),
            places,
            source_names: Interner::default(),
            claimant_names: Interner::default(),
            scratch: Box::default(),
        }
    }

    /// Makes room for about this many records, most of whose names and codes are their own.
    pub fn reserve(&mut self, records: usize) {
        self.ids.reserve(records);
        self.keys.reserve(records * block::rules(self.kind).len());
        let values = &mut self.values;
        let most = records * 9 / 10;
        match self.kind {
            Kind::Claimants => {
                self.parties.reserve(records);
                for (codes, column) in [
                    (&mut values.emails, Column::Email),
                    (&mut values.phones, Column::Phone),
                    (&mut values.streets, Column::Street),
                ] {
                    codes.reserve(if self.places[column as usize] == NOWHERE { 0 } else { most });
                }
                values.names.reserve(most);
            }
            Kind::Lines => {
                self.releases.reserve(records);
                for (codes, column) in [
                    (&mut values.gtins, Column::Upc),
                    (&mut values.catalogs, Column::CatalogNo),
                    (&mut values.isrcs, Column::Isrc),
                ] {
                    codes.reserve(if self.places[column as usize] == NOWHERE { 0 } else { most / 2 });
                }
                values.titles.reserve(most);
            }
        }
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len() - 1
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of a record, counted from 0.
    #[must_use]
    pub fn id(&self, record: u32) -> &str {
        self.ids.text(record + 1)
    }

    /// The record with an id.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<u32> {
        self.ids.get(id)?.checked_sub(1)
    }

    /// Whether the table has a column.
    #[must_use]
    pub fn has(&self, column: Column) -> bool {
        self.places[column as usize] != NOWHERE
    }

    /// Adds a record; cells stand in the order of the columns, missing ones at the end are empty.
    ///
    /// # Errors
    /// An empty or repeated id; the record is not added.
    pub fn push<'a>(&mut self, cells: impl Fn(usize) -> &'a str) -> Result<u32, RecordError> {
        let places = self.places;
        let at = |column: Column| match places[column as usize] {
            NOWHERE => "",
            place => cells(usize::from(place)),
        };
        self.push_with(at)
    }

    fn push_with<'a>(&mut self, cell: impl Fn(Column) -> &'a str) -> Result<u32, RecordError> {
        let id = cell(Column::Id).trim();
        if id.is_empty() {
            return Err(RecordError::EmptyId);
        }
        let known = self.ids.len();
        let number = self.ids.intern(id);
        if (number as usize) < known {
            return Err(RecordError::RepeatedId { id: id.to_owned(), first: number });
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        match self.kind {
            Kind::Claimants => {
                let party = self.values.party(&cell, &mut scratch);
                self.parties.push(party);
            }
            Kind::Lines => {
                let release = self.values.release(&cell, &mut scratch);
                self.releases.push(release);
            }
        }
        self.scratch = scratch;
        let mut row = [0; block::MOST_RULES];
        let width = block::rules(self.kind).len();
        block::keys(self, number - 1, &mut row[..width]);
        self.keys.extend_from_slice(&row[..width]);
        self.sources.push(self.source_names.intern(cell(Column::Source).trim()));
        self.claimants.push(self.claimant_names.intern(cell(Column::ClaimantId).trim()));
        self.periods.push(super::period::months(cell(Column::PeriodStart), cell(Column::PeriodEnd)));
        Ok(number - 1)
    }
}
