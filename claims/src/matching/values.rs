//! The dictionaries of all fields, and how the cells of a record become numbers in them.

use super::{
    codes::Codes,
    columns::Column,
    distance,
    intern::MISSING,
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
            party.email_limit = derived::limit(out, &own.map(|w| self.names.word(*w)), joined);
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

    pub(super) fn release<'a>(&mut self, cell: &impl Fn(Column) -> &'a str, scratch: &mut Scratch) -> Release {
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
