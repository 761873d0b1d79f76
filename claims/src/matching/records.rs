//! Records made ready for comparison: every cell normalised once and replaced by the number of its distinct value.

use super::{
    codes::Codes,
    columns::{COLUMNS, Column, Kind},
    distance,
    intern::{Interner, MISSING},
    normalise::{address, contact, derived, numbers, phrase, release},
    phrases::Phrases,
    text,
};
use std::collections::HashSet;

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
    /// Whether the title is the artist's name, so that the two are one fact.
    pub self_titled: bool,
}

/// The dictionaries of all fields.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names are the columns' own")]
pub struct Values {
    pub names: Phrases,
    pub emails: Codes,
    /// Domain of an e-mail that is a firm's.
    pub firms: Codes,
    /// Mailbox of an e-mail that is a person's.
    pub mailboxes: Codes,
    pub phones: Codes,
    pub websites: Codes,
    pub streets: Codes,
    pub cities: Codes,
    pub regions: Codes,
    pub postcodes: Codes,
    pub countries: Codes,
    pub tax_ids: Codes,
    pub birth_dates: Codes,
    pub titles: Phrases,
    pub artists: Phrases,
    pub albums: Phrases,
    pub labels: Phrases,
    pub catalogs: Codes,
    pub gtins: Codes,
    pub isrcs: Codes,
    pub years: Codes,
    pub lengths: Codes,
    pub tracks: Codes,
    pub languages: Codes,
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
    /// Where each column stands.
    places: [u16; COLUMNS.len()],
    source_names: Interner,
    claimant_names: Interner,
    scratch: Box<Scratch>,
}

#[derive(Default)]
struct Scratch {
    phrase: phrase::Scratch,
    street: address::Scratch,
    out: String,
    alias: String,
    joined: String,
}

impl Clone for Scratch {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scratch")
    }
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
            places,
            source_names: Interner::default(),
            claimant_names: Interner::default(),
            scratch: Box::default(),
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
        self.sources.push(self.source_names.intern(cell(Column::Source).trim()));
        self.claimants.push(self.claimant_names.intern(cell(Column::ClaimantId).trim()));
        self.periods.push(super::period::months(cell(Column::PeriodStart), cell(Column::PeriodEnd)));
        Ok(number - 1)
    }

    /// Counts what can be counted only when all records are known: how many names share an e-mail, how many people bear a
    /// name, how many works stand under one number.
    pub fn finish(&mut self) {
        let (values, parties, releases) = (&mut self.values, &self.parties, &self.releases);
        for field in 0..PARTNERS {
            let pairs = (0..self.ids.len() - 1).map(|i| match self.kind {
                Kind::Claimants => party_partner(&parties[i], field),
                Kind::Lines => release_partner(&releases[i], field),
            });
            let pairs = pairs.collect::<Vec<_>>().into_iter();
            match (self.kind, field) {
                (Kind::Claimants, 0) => values.emails.count_names(pairs),
                (Kind::Claimants, 1) => values.phones.count_names(pairs),
                (Kind::Claimants, 2) => values.streets.count_names(pairs),
                (Kind::Claimants, _) => values.names.count_bearers(pairs),
                (Kind::Lines, 0) => values.gtins.count_names(pairs),
                (Kind::Lines, 1) => values.catalogs.count_names(pairs),
                (Kind::Lines, 2) => values.titles.count_bearers(pairs),
                (Kind::Lines, _) => values.artists.count_bearers(pairs),
            }
        }
    }

    /// Notes a record added after [`Records::finish`]; `seen` holds what was counted before.
    pub(super) fn count_one(&mut self, record: u32, seen: &mut HashSet<(u8, u32, u32)>, count: bool) {
        let (values, i) = (&mut self.values, record as usize);
        for field in 0..PARTNERS {
            let (value, partner) = match self.kind {
                Kind::Claimants => party_partner(&self.parties[i], field),
                Kind::Lines => release_partner(&self.releases[i], field),
            };
            if value == MISSING || !seen.insert((field, value, partner)) || !count {
                continue;
            }
            match (self.kind, field) {
                (Kind::Claimants, 0) => values.emails.one_more_name(value),
                (Kind::Claimants, 1) => values.phones.one_more_name(value),
                (Kind::Claimants, 2) => values.streets.one_more_name(value),
                (Kind::Claimants, _) => values.names.one_more_bearer(value),
                (Kind::Lines, 0) => values.gtins.one_more_name(value),
                (Kind::Lines, 1) => values.catalogs.one_more_name(value),
                (Kind::Lines, 2) => values.titles.one_more_bearer(value),
                (Kind::Lines, _) => values.artists.one_more_bearer(value),
            }
        }
    }
}

/// How many values have their partners counted.
const PARTNERS: u8 = 4;

/// A value of a party and what makes another of it: another name at an e-mail, telephone or door; another way to reach a
/// bearer of a name.
fn party_partner(p: &Party, field: u8) -> (u32, u32) {
    let reached = [(0, p.email), (1, p.phone), (2, p.street)].into_iter().find(|(_, value)| *value != MISSING);
    match field {
        0 => (p.email, p.name),
        1 => (p.phone, p.name),
        2 => (p.street, p.name),
        _ => (p.name, reached.map_or(0, |(tag, value)| value << 2 | tag)),
    }
}

/// A value of a release and what makes another of it: another title under a number, another artist of a title, another title
/// of an artist.
fn release_partner(r: &Release, field: u8) -> (u32, u32) {
    match field {
        0 => (r.gtin, r.title),
        1 => (r.catalog, r.title),
        2 => (r.title, r.artist),
        _ => (r.artist, r.title),
    }
}

impl Values {
    fn party<'a>(&mut self, cell: &impl Fn(Column) -> &'a str, scratch: &mut Scratch) -> Party {
        let Scratch { phrase: words, street, out, alias, joined } = scratch;
        let mut party = Party::default();
        let mut name = cell(Column::Name);
        if name.trim().is_empty() {
            joined.clear();
            joined.push_str(cell(Column::GivenName));
            joined.push(' ');
            joined.push_str(cell(Column::FamilyName));
            name = joined;
        }
        phrase::party(name, words, out, alias);
        party.name = self.names.add(out);
        let contact = cell(Column::Contact);
        if contact.trim().is_empty() {
            // The person before "d/b/a" is who answers for the trade name.
            party.contact = self.names.add(alias);
        } else {
            phrase::artist(contact, words, out);
            party.contact = self.names.add(out);
        }
        party.name_key = self.names.key(party.name);
        party.contact_key = self.names.key(party.contact);
        contact::email(cell(Column::Email), out);
        party.email = self.emails.add(out);
        if party.email != MISSING {
            party.firm = contact::firm(out).map_or(MISSING, |f| self.firms.add(f));
            party.mailbox = contact::person(out).map_or(MISSING, |p| self.mailboxes.add(p));
            party.email_letters = distance::letters(out);
            let own = self.names.members(party.name).iter().chain(self.names.members(party.contact));
            party.email_limit = derived::limit(out, own.map(|w| self.names.word(*w)), joined);
        }
        contact::phone(cell(Column::Phone), out);
        party.phone = self.phones.add(out);
        party.phone_figures = distance::figures(out);
        contact::website(cell(Column::Website), out);
        party.website = self.websites.add(out);
        address::street(cell(Column::Street), street, out);
        party.street = self.streets.add(out);
        party.street_letters = distance::letters(address::parts(out).1);
        address::place(cell(Column::City), out);
        party.city = self.cities.add(out);
        address::place(cell(Column::Region), out);
        party.region = self.regions.add(out);
        address::postcode(cell(Column::Postcode), out);
        party.postcode = self.postcodes.add(out);
        address::place(cell(Column::Country), out);
        party.country = self.countries.add(out);
        contact::tax_id(cell(Column::TaxId), out);
        party.tax_id = self.tax_ids.add(out);
        party.tax_figures = distance::figures(out);
        numbers::date(cell(Column::BirthDate), out);
        party.birth_date = self.birth_dates.add(out);
        party
    }

    fn release<'a>(&mut self, cell: &impl Fn(Column) -> &'a str, scratch: &mut Scratch) -> Release {
        let Scratch { phrase: words, out, .. } = scratch;
        let mut line = Release::default();
        phrase::title(cell(Column::Title), words, out);
        line.title = self.titles.add(out);
        phrase::artist(cell(Column::Artist), words, out);
        line.artist = self.artists.add(out);
        line.self_titled = line.title != MISSING && self.titles.text(line.title) == self.artists.text(line.artist);
        phrase::title(cell(Column::Album), words, out);
        line.album = self.albums.add(out);
        phrase::label(cell(Column::Label), words, out);
        line.label = self.labels.add(out);
        if line.label != MISSING && self.labels.text(line.label) == self.artists.text(line.artist) {
            // An artist's own name in place of a label says that there is none.
            line.label = MISSING;
        }
        release::catalog(cell(Column::CatalogNo), out);
        line.catalog = self.catalogs.add(out);
        release::gtin(cell(Column::Upc), out);
        line.gtin = self.gtins.add(out);
        release::isrc(cell(Column::Isrc), out);
        line.isrc = self.isrcs.add(out);
        numbers::year(cell(Column::Year), out);
        line.year = self.years.add(out);
        numbers::length(cell(Column::Length), out);
        line.length = self.lengths.add(out);
        numbers::track(cell(Column::TrackNo), out);
        line.track = self.tracks.add(out);
        let language = text::fold(cell(Column::Language).trim());
        // `English`, `Eng.` and `en` agree in their first two letters; placeholders do not count.
        out.clear();
        if !matches!(language.as_str(), "unk" | "unk." | "unknown" | "null" | "[multiple languages]") {
            out.extend(language.chars().filter(|c| c.is_alphanumeric()).take(2));
        }
        line.language = self.languages.add(out);
        line
    }
}
