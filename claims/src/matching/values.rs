//! The dictionaries of all fields, and how the cells of a record become numbers in them.

use super::{
    codes::Codes,
    columns::Column,
    distance,
    intern::MISSING,
    memo::Memo,
    normalise::{address, contact, derived, numbers, phrase, release},
    phrases::Phrases,
    records::{GtinKind, Party, Release},
    text,
};

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

/// Buffers that survive from record to record.
#[derive(Default)]
pub(super) struct Scratch {
    phrase: phrase::Scratch,
    street: address::Scratch,
    out: String,
    alias: String,
    joined: String,
    /// Columns that repeat.
    city: Memo,
    region: Memo,
    postcode: Memo,
    country: Memo,
    label: Memo,
    year: Memo,
    language: Memo,
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

impl Values {
    pub(super) fn party<'a>(&mut self, cell: &impl Fn(Column) -> &'a str, scratch: &mut Scratch) -> Party {
        let Scratch { phrase: words, street, out, alias, joined, .. } = scratch;
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
            party.email_limit = derived::limit(out, &own.map(|m| self.names.word(m.word)), joined);
        }
        contact::phone(cell(Column::Phone), out);
        party.phone = self.phones.add(out);
        party.phone_figures = distance::figures(out);
        contact::website(cell(Column::Website), out);
        party.website = self.websites.add(out);
        address::street(cell(Column::Street), street, out);
        party.street = self.streets.add(out);
        party.street_letters = distance::letters(address::parts(out).1);
        contact::tax_id(cell(Column::TaxId), out);
        party.tax_id = self.tax_ids.add(out);
        party.tax_figures = distance::figures(out);
        numbers::date(cell(Column::BirthDate), out);
        party.birth_date = self.birth_dates.add(out);
        party.city = repeated(&mut self.cities, &mut scratch.city, cell(Column::City), out, address::place);
        party.region = repeated(&mut self.regions, &mut scratch.region, cell(Column::Region), out, address::place);
        party.postcode =
            repeated(&mut self.postcodes, &mut scratch.postcode, cell(Column::Postcode), out, address::postcode);
        party.country = repeated(&mut self.countries, &mut scratch.country, cell(Column::Country), out, address::place);
        party
    }

    pub(super) fn release<'a>(&mut self, cell: &impl Fn(Column) -> &'a str, scratch: &mut Scratch) -> Release {
        let Scratch { phrase: words, out, alias: artist, .. } = scratch;
        let mut line = Release::default();
        phrase::artist(cell(Column::Artist), words, artist);
        line.artist = self.artists.add(artist);
        let artist = phrase::words_of(artist);
        phrase::title(cell(Column::Title), words, out);
        line.title = self.titles.add(out);
        line.self_titled = line.title != MISSING && phrase::words_of(out) == artist;
        phrase::title(cell(Column::Album), words, out);
        line.album = self.albums.add(out);
        line.label = scratch.label.value(cell(Column::Label), |raw| {
            phrase::label(raw, words, out);
            self.labels.add(out)
        });
        if line.label != MISSING && self.labels.text(line.label) == artist {
            // An artist's own name in place of a label says that there is none.
            line.label = MISSING;
        }
        release::catalog(cell(Column::CatalogNo), words, out);
        line.catalog = self.catalogs.add(out);
        let stem = release::catalog_stem(out);
        line.catalog_stem = u32::try_from(text::hash(stem.as_bytes()) >> 32).unwrap_or(0).max(1);
        line.catalog_letters = distance::letters(stem);
        release::gtin(cell(Column::Upc), out);
        line.gtin = self.gtins.add(out);
        line.gtin_kind = match (out.is_empty(), out.starts_with(release::DAMAGED), release::is_valid_gtin(out)) {
            (true, ..) => GtinKind::None,
            (_, true, _) => GtinKind::Cut,
            (.., true) => GtinKind::Valid,
            _ => GtinKind::Slipped,
        };
        release::isrc(cell(Column::Isrc), out);
        line.isrc = self.isrcs.add(out);
        numbers::length(cell(Column::Length), out);
        line.length = self.lengths.add(out);
        numbers::track(cell(Column::TrackNo), out);
        line.track = self.tracks.add(out);
        line.year = repeated(&mut self.years, &mut scratch.year, cell(Column::Year), out, numbers::year);
        line.language =
            repeated(&mut self.languages, &mut scratch.language, cell(Column::Language), out, release::language);
        line
    }
}

/// Notes a cell of a column whose cells repeat.
fn repeated(
    codes: &mut Codes,
    memo: &mut Memo,
    raw: &str,
    out: &mut String,
    canonical: impl Fn(&str, &mut String),
) -> u32 {
    let id = memo.value(raw, |raw| {
        canonical(raw, out);
        codes.number(out)
    });
    codes.count(id);
    id
}
