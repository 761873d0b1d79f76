//! Records made ready for comparison: every cell normalised once and replaced by the number of its distinct value.

use super::{
    columns::{COLUMNS, Column, Kind},
    draft::{BATCH, Drafts},
    intern::{Interner, MISSING},
    keys::{self, Keys},
    record::{Party, Release},
    text,
    values::{Scratch, Values},
};
use std::ops::ControlFlow;

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
    /// The source of each record, if the table tells it.
    sources: Vec<u32>,
    /// The claimant of each record, if the table tells it.
    claimants: Vec<u32>,
    /// First and last month of each record's period, counted from year 0, if the table tells periods.
    periods: Vec<Option<(i32, i32)>>,
    ids: Interner,
    /// The blocking keys of all records ([`keys::keys`]), computed while the values are at hand.
    pub(super) keys: Keys,
    /// Where each column stands.
    places: [u16; COLUMNS.len()],
    source_names: Interner,
    claimant_names: Interner,
    waiting: Box<Waiting>,
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
            keys: Keys::new(kind, |column| places[column as usize] != NOWHERE),
            places,
            source_names: Interner::default(),
            claimant_names: Interner::default(),
            waiting: Box::default(),
        }
    }

    /// A table of rows that have no ids of their own: their places are their ids. Columns are those of the cells of a row. What only all rows
    /// together tell is counted ([`Records::finish`]).
    #[must_use]
    pub fn of_rows<'a, const COLUMNS: usize>(
        kind: Kind,
        columns: [Column; COLUMNS],
        rows: impl IntoIterator<Item = [&'a str; COLUMNS]>,
    ) -> Self {
        let columns: Vec<Option<Column>> = [Column::Id].into_iter().chain(columns).map(Some).collect();
        let mut records = Self::new(kind, &columns);
        for (place, cells) in rows.into_iter().enumerate() {
            let id = place.to_string();
            // Places are all different and none is empty, so that no row is refused.
            let cell = |nth: usize| nth.checked_sub(1).map_or(id.as_str(), |nth| cells.get(nth).copied().unwrap_or(""));
            let waiting = records.draft(cell);
            if waiting.is_ok_and(|waiting| waiting >= BATCH) {
                let _ = records.settle();
            }
        }
        let _ = records.settle();
        records.finish();
        records
    }

    /// Makes room for about this many records, most of whose names and codes are their own.
    pub fn reserve(&mut self, records: usize) {
        self.ids.reserve(records);
        self.keys.reserve(records);
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

    /// The source of a record, a number for each that there is.
    #[must_use]
    pub fn source(&self, record: u32) -> u32 {
        self.sources.get(record as usize).copied().unwrap_or(MISSING)
    }

    /// The claimant of a record, a number for each that there is.
    #[must_use]
    pub fn claimant(&self, record: u32) -> u32 {
        self.claimants.get(record as usize).copied().unwrap_or(MISSING)
    }

    /// First and last month of a record's period, counted from year 0.
    #[must_use]
    pub fn period(&self, record: u32) -> Option<(i32, i32)> {
        self.periods.get(record as usize).copied().flatten()
    }

    /// Adds a record; cells stand in the order of the columns, missing ones at the end are empty.
    ///
    /// # Errors
    /// An empty or repeated id; the record is not added.
    pub fn push<'a>(&mut self, cells: impl Fn(usize) -> &'a str) -> Result<u32, RecordError> {
        self.draft(cells)?;
        self.settle().map_err(|(_, error)| error)?;
        Ok(u32::try_from(self.len() - 1).unwrap_or(u32::MAX))
    }

    /// Normalises a record, to be added with others by [`Records::settle`]; tells how many wait.
    ///
    /// # Errors
    /// An empty id; the record does not wait.
    pub(super) fn draft<'a>(&mut self, cells: impl Fn(usize) -> &'a str) -> Result<usize, RecordError> {
        let places = self.places;
        let cell = |column: Column| match places[column as usize] {
            NOWHERE => "",
            place => cells(usize::from(place)),
        };
        let id = text::trim(cell(Column::Id));
        if id.is_empty() {
            return Err(RecordError::EmptyId);
        }
        let waiting = &mut *self.waiting;
        waiting.drafts.begin();
        waiting.drafts.push(id);
        waiting.drafts.push(text::trim(cell(Column::ClaimantId)));
        match self.kind {
            Kind::Claimants => {
                let party = self.values.draft_party(&cell, &mut waiting.scratch, &mut waiting.drafts);
                waiting.parties.push(party);
            }
            Kind::Lines => {
                let release = self.values.draft_release(&cell, &mut waiting.scratch, &mut waiting.drafts);
                waiting.releases.push(release);
            }
        }
        let has = |column: Column| places[column as usize] != NOWHERE;
        if has(Column::Source) {
            waiting.sources.push(self.source_names.intern(text::trim(cell(Column::Source))));
        }
        if has(Column::PeriodStart) || has(Column::PeriodEnd) {
            waiting.periods.push(super::period::months(cell(Column::PeriodStart), cell(Column::PeriodEnd)));
        }
        waiting.records += 1;
        Ok(waiting.records)
    }

    /// Loads the ids of these records, as [`Records::foresee_compared`] does what is compared.
    #[cfg(feature = "matching-files")]
    pub(super) fn foresee_ids(&self, members: &[u32]) {
        self.ids.foresee_texts(members.iter().map(|record| record + 1));
    }

    /// Loads what comparing these records will look at, for many at once, as [`Interner::intern_all`] does what it looks up.
    pub(super) fn foresee_compared(&self, members: &[u32]) {
        let keys = members.iter().map(|record| self.keys.of(*record));
        let seen = keys.fold(0, |seen, of| seen ^ of.first().unwrap_or(&0) ^ of.last().unwrap_or(&0));
        std::hint::black_box(seen);
        match self.kind {
            Kind::Claimants => {
                let parties = members.iter().map(|record| &self.parties[*record as usize]);
                // Numbers of eight bytes stand first in memory, single bytes last.
                let ends = parties.clone().fold(0, |seen, p| seen ^ p.phone_figures ^ u64::from(p.email_limit));
                std::hint::black_box(ends);
                self.values.names.foresee_compared(parties.clone().map(|party| party.name));
                self.values.names.foresee_compared(parties.map(|party| party.contact));
            }
            Kind::Lines => {
                let releases = members.iter().map(|record| &self.releases[*record as usize]);
                self.values.titles.foresee_compared(releases.clone().map(|release| release.title));
                self.values.artists.foresee_compared(releases.map(|release| release.artist));
            }
        }
    }

    /// Gives back what is known of the cells of columns that repeat; those of records to come are normalised anew.
    pub(super) fn forget_cells(&mut self) {
        self.waiting.scratch = Scratch::default();
    }

    /// Adds the records that wait.
    ///
    /// # Errors
    /// A repeated id, and how many of the waiting records came before it; they were added, the others are dropped.
    pub(super) fn settle(&mut self) -> Result<(), (usize, RecordError)> {
        let mut waiting = std::mem::take(&mut self.waiting);
        let Waiting { drafts, scratch, parties, releases, sources, periods, records } = &mut *waiting;
        let (of_all, own) = (drafts.from(0), drafts.from(OWN));
        let first = self.ids.len();
        let ids = of_all.of(ID);
        let mut repeated = None;
        self.ids.intern_all(ids.hashes(), ids.texts(), |nth, number| {
            if number as usize == first + nth {
                return ControlFlow::Continue(());
            }
            repeated = Some((nth, RecordError::RepeatedId { id: ids.text(nth).to_owned(), first: number }));
            ControlFlow::Break(())
        });
        let added = repeated.as_ref().map_or(*records, |(before, _)| *before);
        match self.kind {
            Kind::Claimants => {
                self.values.number_parties(&mut parties[..added], own, scratch);
                self.parties.extend_from_slice(&parties[..added]);
            }
            Kind::Lines => {
                self.values.number_releases(&mut releases[..added], own, scratch);
                self.releases.extend_from_slice(&releases[..added]);
            }
        }
        if self.has(Column::ClaimantId) {
            let claimants = of_all.of(CLAIMANT);
            self.claimant_names.intern_all(claimants.hashes(), claimants.texts().take(added), |_, claimant| {
                self.claimants.push(claimant);
                ControlFlow::Continue(())
            });
        }
        self.sources.extend(sources.iter().take(added));
        self.periods.extend(periods.iter().take(added));
        for (i, record) in (first - 1..).take(added).enumerate() {
            let mut row = [0; keys::MOST_RULES];
            keys::keys(self, u32::try_from(record).unwrap_or(u32::MAX), own.record(i), &mut row);
            self.keys.push(&row);
        }
        waiting.clear();
        self.waiting = waiting;
        repeated.map_or(Ok(()), Err)
    }
}

/// What is drafted of every record, before the values of its kind.
const ID: usize = 0;
const CLAIMANT: usize = 1;
const OWN: usize = 2;

/// Records that are normalised and not yet added, and the buffers for it. Nothing waits between two calls from outside.
#[derive(Default)]
struct Waiting {
    /// How many records wait.
    records: usize,
    drafts: Drafts,
    scratch: Scratch,
    parties: Vec<Party>,
    releases: Vec<Release>,
    sources: Vec<u32>,
    periods: Vec<Option<(i32, i32)>>,
}

impl Waiting {
    fn clear(&mut self) {
        self.records = 0;
        self.drafts.clear();
        self.parties.clear();
        self.releases.clear();
        self.sources.clear();
        self.periods.clear();
    }
}

impl Clone for Waiting {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}
