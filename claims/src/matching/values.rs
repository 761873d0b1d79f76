//! The dictionaries of all fields, and how the cells of a record become numbers in them.

use super::{
    codes::Codes,
    columns::{Column, Kind},
    distance,
    draft::{Drafts, line, party},
    intern::MISSING,
    memo::Memo,
    normalise::{address, contact, derived, numbers, phrase, release},
    phrases::Phrases,
    record::{GtinKind, Party, Release},
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
    /// Streets without number and unit.
    pub ways: Codes,
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
    way: Memo,
    city: Memo,
    region: Memo,
    postcode: Memo,
    country: Memo,
    label: Memo,
    year: Memo,
    language: Memo,
}

impl Values {
    /// Gives back the room for looking values up, until the next one is added or [`Values::open`] is called.
    pub(super) fn close(&mut self) {
        let (phrases, codes) = self.all();
        phrases.into_iter().for_each(Phrases::close);
        codes.into_iter().for_each(Codes::close);
    }

    /// Makes values ready to be looked up again.
    pub(super) fn open(&mut self) {
        let (phrases, codes) = self.all();
        phrases.into_iter().for_each(Phrases::open);
        codes.into_iter().for_each(Codes::open);
    }

    fn all(&mut self) -> ([&mut Phrases; 5], [&mut Codes; 20]) {
        let phrases = [&mut self.names, &mut self.titles, &mut self.artists, &mut self.albums, &mut self.labels];
        let codes = [
            &mut self.emails,
            &mut self.firms,
            &mut self.mailboxes,
            &mut self.phones,
            &mut self.websites,
            &mut self.streets,
            &mut self.ways,
            &mut self.cities,
            &mut self.regions,
            &mut self.postcodes,
            &mut self.countries,
            &mut self.tax_ids,
            &mut self.birth_dates,
            &mut self.catalogs,
            &mut self.gtins,
            &mut self.isrcs,
            &mut self.years,
            &mut self.lengths,
            &mut self.tracks,
            &mut self.languages,
        ];
        (phrases, codes)
    }

    /// Normalises a party. What repeats is numbered at once, the rest is drafted.
    pub(super) fn draft_party<'a>(
        &mut self,
        cell: &impl Fn(Column) -> &'a str,
        scratch: &mut Scratch,
        drafts: &mut Drafts,
    ) -> Party {
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
        drafts.push_phrase(out);
        let contact = cell(Column::Contact);
        if contact.trim().is_empty() {
            // The person before "d/b/a" is who answers for the trade name.
            drafts.push(alias);
        } else {
            phrase::artist(contact, words, out);
            drafts.push(out);
        }
        contact::email(cell(Column::Email), out);
        party.email_letters = distance::letters(out);
        drafts.push(out);
        drafts.push(contact::firm(out).unwrap_or(""));
        drafts.push(contact::person(out).unwrap_or(""));
        contact::phone(cell(Column::Phone), out);
        drafts.push(out);
        party.phone_figures = distance::figures(out);
        contact::website(cell(Column::Website), out);
        drafts.push(out);
        address::street(cell(Column::Street), street, out);
        drafts.push(out);
        let way = address::parts(out).1;
        party.street_letters = distance::letters(way);
        party.way = scratch.way.value(way, |way| self.ways.number(way));
        contact::tax_id(cell(Column::TaxId), out);
        drafts.push(out);
        party.tax_figures = distance::figures(out);
        numbers::date(cell(Column::BirthDate), out);
        drafts.push(out);
        party.city = repeated(&mut self.cities, &mut scratch.city, cell(Column::City), out, address::place);
        party.region = repeated(&mut self.regions, &mut scratch.region, cell(Column::Region), out, address::place);
        party.postcode =
            repeated(&mut self.postcodes, &mut scratch.postcode, cell(Column::Postcode), out, address::postcode);
        party.country = repeated(&mut self.countries, &mut scratch.country, cell(Column::Country), out, address::place);
        party
    }

    /// Numbers the drafted values of a party, the first of which is `first`.
    pub(super) fn number_party(&mut self, party: &mut Party, drafts: &Drafts, first: usize, scratch: &mut Scratch) {
        let draft = |value: usize| drafts.get(first + value);
        party.name = self.names.add_hashed(draft(party::NAME));
        party.contact = self.names.add_hashed(draft(party::CONTACT));
        party.name_key = self.names.key(party.name);
        party.contact_key = self.names.key(party.contact);
        party.email = self.emails.add(draft(party::EMAIL));
        party.firm = self.firms.add(draft(party::FIRM));
        party.mailbox = self.mailboxes.add(draft(party::MAILBOX));
        if party.email != MISSING {
            let own = self.names.members(party.name).iter().chain(self.names.members(party.contact));
            let own = own.map(|member| self.names.word(member.word));
            party.email_limit = derived::limit(draft(party::EMAIL).0, &own, &mut scratch.joined);
        }
        party.phone = self.phones.add(draft(party::PHONE));
        party.website = self.websites.add(draft(party::WEBSITE));
        party.street = self.streets.add(draft(party::STREET));
        party.tax_id = self.tax_ids.add(draft(party::TAX_ID));
        party.birth_date = self.birth_dates.add(draft(party::BIRTH_DATE));
    }

    /// Normalises a line. What repeats is numbered at once, the rest is drafted.
    pub(super) fn draft_release<'a>(
        &mut self,
        cell: &impl Fn(Column) -> &'a str,
        scratch: &mut Scratch,
        drafts: &mut Drafts,
    ) -> Release {
        let Scratch { phrase: words, out, alias: artist, .. } = scratch;
        let mut line = Release::default();
        phrase::artist(cell(Column::Artist), words, artist);
        drafts.push(artist);
        let artist = phrase::words_of(artist);
        phrase::title(cell(Column::Title), words, out);
        drafts.push_phrase(out);
        line.self_titled = !out.is_empty() && phrase::words_of(out) == artist;
        phrase::title(cell(Column::Album), words, out);
        drafts.push(out);
        line.label = scratch.label.value(cell(Column::Label), |raw| {
            phrase::label(raw, words, out);
            self.labels.add(out)
        });
        if line.label != MISSING && self.labels.text(line.label) == artist {
            // An artist's own name in place of a label says that there is none.
            line.label = MISSING;
        }
        release::catalog(cell(Column::CatalogNo), words, out);
        drafts.push(out);
        let stem = release::catalog_stem(out);
        line.catalog_stem = u32::try_from(text::hash(stem.as_bytes()) >> 32).unwrap_or(0).max(1);
        line.catalog_letters = distance::letters(stem);
        release::gtin(cell(Column::Upc), out);
        drafts.push(out);
        line.gtin_kind = match (out.is_empty(), out.starts_with(release::DAMAGED), release::is_valid_gtin(out)) {
            (true, ..) => GtinKind::None,
            (_, true, _) => GtinKind::Cut,
            (.., true) => GtinKind::Valid,
            _ => GtinKind::Slipped,
        };
        release::isrc(cell(Column::Isrc), out);
        drafts.push(out);
        numbers::length(cell(Column::Length), out);
        drafts.push(out);
        numbers::track(cell(Column::TrackNo), out);
        drafts.push(out);
        line.year = repeated(&mut self.years, &mut scratch.year, cell(Column::Year), out, numbers::year);
        line.language =
            repeated(&mut self.languages, &mut scratch.language, cell(Column::Language), out, release::language);
        line
    }

    /// Numbers the drafted values of a line, the first of which is `first`.
    pub(super) fn number_release(&mut self, line: &mut Release, drafts: &Drafts, first: usize) {
        let draft = |value: usize| drafts.get(first + value);
        line.artist = self.artists.add_hashed(draft(line::ARTIST));
        line.title = self.titles.add_hashed(draft(line::TITLE));
        line.album = self.albums.add_hashed(draft(line::ALBUM));
        line.catalog = self.catalogs.add(draft(line::CATALOG));
        line.gtin = self.gtins.add(draft(line::GTIN));
        line.isrc = self.isrcs.add(draft(line::ISRC));
        line.length = self.lengths.add(draft(line::LENGTH));
        line.track = self.tracks.add(draft(line::TRACK));
    }

    /// Loads what numbering these drafts, `width` a record and ours from `first`, will look at.
    pub(super) fn foresee(&self, kind: Kind, drafts: &Drafts, first: usize, width: usize) {
        let hashes = |value| drafts.hashes(first + value, width);
        match kind {
            Kind::Claimants => {
                self.names.foresee_words(drafts.words());
                self.names.foresee(hashes(party::NAME));
                self.names.foresee(hashes(party::CONTACT));
                self.emails.foresee(hashes(party::EMAIL));
                self.firms.foresee(hashes(party::FIRM));
                self.mailboxes.foresee(hashes(party::MAILBOX));
                self.phones.foresee(hashes(party::PHONE));
                self.streets.foresee(hashes(party::STREET));
                self.tax_ids.foresee(hashes(party::TAX_ID));
            }
            Kind::Lines => {
                self.titles.foresee_words(drafts.words());
                self.artists.foresee(hashes(line::ARTIST));
                self.titles.foresee(hashes(line::TITLE));
                self.albums.foresee(hashes(line::ALBUM));
                self.catalogs.foresee(hashes(line::CATALOG));
                self.gtins.foresee(hashes(line::GTIN));
                self.isrcs.foresee(hashes(line::ISRC));
            }
        }
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
