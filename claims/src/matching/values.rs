//! The dictionaries of all fields, and how the cells of a record become numbers in them.

use super::{
    cells::Cells,
    codes::Codes,
    columns::Column,
    distance,
    draft::{Drafted, Drafts, Fields, line, party},
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
    artists: Cells,
    labels: Cells,
    city: Memo,
    region: Memo,
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

    fn all(&mut self) -> ([&mut Phrases; 5], [&mut Codes; 19]) {
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
        drafts.push(out);
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
        party.email_length = u8::try_from(out.chars().count()).unwrap_or(u8::MAX);
        drafts.push(out);
        drafts.push(contact::firm(out).unwrap_or(""));
        drafts.push(contact::person(out).unwrap_or(""));
        contact::phone_in(cell(Column::Phone), || cell(Column::Country), out);
        drafts.push(out);
        party.phone_figures = distance::figures(out);
        contact::website(cell(Column::Website), out);
        drafts.push(out);
        address::street(cell(Column::Street), street, out);
        drafts.push(out);
        let way = address::parts(out).1;
        party.street_letters = distance::letters(way);
        drafts.push(way);
        contact::tax_id(cell(Column::TaxId), out);
        drafts.push(out);
        party.tax_figures = distance::figures(out);
        numbers::date(cell(Column::BirthDate), out);
        drafts.push(out);
        party.city = repeated(&mut self.cities, &mut scratch.city, cell(Column::City), out, address::place);
        party.region = repeated(&mut self.regions, &mut scratch.region, cell(Column::Region), out, address::place);
        party.city_letters = distance::letters(self.cities.text(party.city));
        address::postcode(cell(Column::Postcode), out);
        drafts.push(out);
        party.postcode_figures = u32::try_from(distance::figures(out)).unwrap_or(0);
        party
    }

    /// Numbers the drafted values of some parties, field by field: what one dictionary is going to touch is loaded for all of
    /// them at once, and is still at hand when the last is looked up.
    pub(super) fn number_parties(&mut self, parties: &mut [Party], drafts: Fields, scratch: &mut Scratch) {
        number_phrases(&mut self.names, parties, drafts.of(party::NAME), |party| &mut party.name);
        number_phrases(&mut self.names, parties, drafts.of(party::CONTACT), |party| &mut party.contact);
        number_codes(&mut self.emails, parties, drafts.of(party::EMAIL), |party| &mut party.email);
        number_codes(&mut self.firms, parties, drafts.of(party::FIRM), |party| &mut party.firm);
        number_codes(&mut self.mailboxes, parties, drafts.of(party::MAILBOX), |party| &mut party.mailbox);
        number_codes(&mut self.phones, parties, drafts.of(party::PHONE), |party| &mut party.phone);
        number_codes(&mut self.websites, parties, drafts.of(party::WEBSITE), |party| &mut party.website);
        number_codes(&mut self.streets, parties, drafts.of(party::STREET), |party| &mut party.street);
        number_only(&mut self.ways, parties, drafts.of(party::WAY), |party| &mut party.way);
        number_codes(&mut self.tax_ids, parties, drafts.of(party::TAX_ID), |party| &mut party.tax_id);
        number_codes(&mut self.birth_dates, parties, drafts.of(party::BIRTH_DATE), |party| &mut party.birth_date);
        number_codes(&mut self.postcodes, parties, drafts.of(party::POSTCODE), |party| &mut party.postcode);
        for party in &*parties {
            self.cities.count(party.city);
            self.regions.count(party.region);
        }
        self.names.foresee_known(parties.iter().map(|party| party.name));
        self.names.foresee_known(parties.iter().map(|party| party.contact));
        let texts = |value| drafts.of(value).texts();
        let own = texts(party::NAME).zip(texts(party::CONTACT));
        for ((party, email), (name, contact)) in parties.iter_mut().zip(texts(party::EMAIL)).zip(own) {
            party.name_key = self.names.key(party.name);
            party.contact_key = self.names.key(party.contact);
            if !email.is_empty() {
                let own = phrase::each_word(name).chain(phrase::each_word(contact));
                party.email_limit = derived::limit(email, &own, &mut scratch.joined);
            }
        }
    }

    /// Normalises a line. What repeats is numbered at once, the rest is drafted; of artist and label the cells are, as they stand.
    pub(super) fn draft_release<'a>(
        &mut self,
        cell: &impl Fn(Column) -> &'a str,
        scratch: &mut Scratch,
        drafts: &mut Drafts,
    ) -> Release {
        let Scratch { phrase: words, out, .. } = scratch;
        let mut line = Release::default();
        drafts.push(text::cut(cell(Column::Artist)));
        phrase::title(cell(Column::Title), words, out);
        drafts.push(out);
        phrase::title(cell(Column::Album), words, out);
        drafts.push(out);
        drafts.push(text::cut(cell(Column::Label)));
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
        line.seconds = out.parse().unwrap_or(0);
        drafts.push(out);
        numbers::track(cell(Column::TrackNo), out);
        drafts.push(out);
        line.year = repeated(&mut self.years, &mut scratch.year, cell(Column::Year), out, numbers::year);
        line.year_number = self.years.text(line.year).parse().unwrap_or(0);
        line.language =
            repeated(&mut self.languages, &mut scratch.language, cell(Column::Language), out, release::language);
        line
    }

    /// Numbers the drafted values of some lines, as [`Values::number_parties`] does.
    pub(super) fn number_releases(&mut self, lines: &mut [Release], drafts: Fields, scratch: &mut Scratch) {
        let Scratch { phrase: words, artists, labels, .. } = scratch;
        let of_artist = |cell: &str, out: &mut String| phrase::artist(cell, words, out);
        number_cells(artists, &mut self.artists, lines, (drafts.of(line::ARTIST), of_artist), |line| &mut line.artist);
        number_phrases(&mut self.titles, lines, drafts.of(line::TITLE), |line| &mut line.title);
        number_phrases(&mut self.albums, lines, drafts.of(line::ALBUM), |line| &mut line.album);
        let of_label = |cell: &str, out: &mut String| phrase::label(cell, words, out);
        number_cells(labels, &mut self.labels, lines, (drafts.of(line::LABEL), of_label), |line| &mut line.label);
        number_codes(&mut self.catalogs, lines, drafts.of(line::CATALOG), |line| &mut line.catalog);
        number_codes(&mut self.gtins, lines, drafts.of(line::GTIN), |line| &mut line.gtin);
        number_codes(&mut self.isrcs, lines, drafts.of(line::ISRC), |line| &mut line.isrc);
        number_codes(&mut self.lengths, lines, drafts.of(line::LENGTH), |line| &mut line.length);
        number_codes(&mut self.tracks, lines, drafts.of(line::TRACK), |line| &mut line.track);
        for line in &*lines {
            self.years.count(line.year);
            self.languages.count(line.language);
        }
        self.titles.foresee_known(lines.iter().map(|line| line.title));
        self.artists.foresee_known(lines.iter().map(|line| line.artist));
        self.albums.foresee_known(lines.iter().map(|line| line.album));
        self.labels.foresee_known(lines.iter().map(|line| line.label));
        for line in lines {
            line.self_titled = line.title != MISSING && self.titles.reads_as(line.title, &self.artists, line.artist);
            // An artist's own name in place of a label says that there is none.
            if self.labels.reads_as(line.label, &self.artists, line.artist) {
                line.label = MISSING;
            }
        }
    }
}

/// Numbers one drafted value of each record in its dictionary, and counts it there.
fn number_codes<R>(codes: &mut Codes, records: &mut [R], drafts: Drafted, place: impl Fn(&mut R) -> &mut u32) {
    let texts = drafts.texts().take(records.len());
    codes.add_all(drafts.hashes(), texts, true, |nth, id| *place(&mut records[nth]) = id);
}

/// The same without counting it.
fn number_only<R>(codes: &mut Codes, records: &mut [R], drafts: Drafted, place: impl Fn(&mut R) -> &mut u32) {
    let texts = drafts.texts().take(records.len());
    codes.add_all(drafts.hashes(), texts, false, |nth, id| *place(&mut records[nth]) = id);
}

/// The same for a field of phrases.
fn number_phrases<R>(phrases: &mut Phrases, records: &mut [R], drafts: Drafted, place: impl Fn(&mut R) -> &mut u32) {
    let texts = drafts.texts().take(records.len());
    phrases.add_all(drafts.hashes(), texts, |nth, id| *place(&mut records[nth]) = id);
}

/// The same for a field of phrases whose cells repeat, and how a cell is normalised.
fn number_cells<R>(
    cells: &mut Cells,
    phrases: &mut Phrases,
    records: &mut [R],
    (drafts, canonical): (Drafted, impl FnMut(&str, &mut String)),
    place: impl Fn(&mut R) -> &mut u32,
) {
    let texts = drafts.texts().take(records.len());
    cells.number(phrases, drafts.hashes(), texts, canonical, |nth, id| *place(&mut records[nth]) = id);
}

/// The number of a cell of a column whose cells repeat; it is counted when its record is added.
fn repeated(
    codes: &mut Codes,
    memo: &mut Memo,
    raw: &str,
    out: &mut String,
    canonical: impl Fn(&str, &mut String),
) -> u32 {
    memo.value(raw, |raw| {
        canonical(raw, out);
        codes.number(out)
    })
}
