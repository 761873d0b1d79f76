//! The blocking rules and the keys they give a record; [`super::block`] makes blocks of them.

use super::{
    columns::{Column, Kind},
    draft::{Own, line, party},
    intern::{self, MISSING},
    normalise::{address, phrase},
    phrases::Phrases,
    record::{GtinKind, Party, Release},
    records::Records,
    text::{self, mix},
    values::Values,
};

/// A blocking rule: two records are compared when they have the same key under it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// The columns without which no record has a key, besides those for which there are others.
    needs: &'static [Column],
}

const fn rule(name: &'static str, needs: &'static [Column]) -> Rule {
    Rule { name, needs }
}

/// The rules for claimants, in the order of [`keys`].
const CLAIMANT_RULES: [Rule; 12] = [
    rule("tax number", &[Column::TaxId]),
    rule("e-mail", &[Column::Email]),
    rule("telephone", &[Column::Phone]),
    rule("door", &[Column::Street]),
    rule("name", &[]),
    rule("mailbox", &[Column::Email]),
    rule("firm", &[Column::Email]),
    rule("birth date", &[Column::BirthDate]),
    rule("first word and postcode", &[Column::Postcode]),
    rule("last word and birth year", &[Column::BirthDate]),
    rule("first word and birth year", &[Column::BirthDate]),
    rule("last word, initial and postcode", &[Column::Postcode]),
];
/// The rules for lines, in the order of [`keys`].
const LINE_RULES: [Rule; 11] = [
    rule("barcode", &[Column::Upc]),
    rule("recording code", &[Column::Isrc]),
    rule("catalogue number", &[Column::CatalogNo]),
    rule("title and artist", &[Column::Title, Column::Artist]),
    rule("title", &[Column::Title]),
    rule("artist and year", &[Column::Artist, Column::Year]),
    rule("artist and title start", &[Column::Artist, Column::Title]),
    rule("album and track", &[Column::Album, Column::TrackNo]),
    rule("title start and label", &[Column::Title, Column::Label]),
    rule("title start and length", &[Column::Title, Column::Length]),
    rule("longest words of title and album", &[Column::Title, Column::Album]),
];

/// The most rules any kind has.
pub const MOST_RULES: usize = 12;

/// The rules of a kind.
#[must_use]
pub fn rules(kind: Kind) -> &'static [Rule] {
    match kind {
        Kind::Claimants => &CLAIMANT_RULES,
        Kind::Lines => &LINE_RULES,
    }
}

/// The keys of all records under the rules that the columns of a table allow.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    /// The places of these rules among all of the kind.
    rules: Vec<usize>,
    keys: Vec<u32>,
}

impl Keys {
    pub(super) fn new(kind: Kind, has: impl Fn(Column) -> bool) -> Self {
        let allowed = |rule: &Rule| rule.needs.iter().all(|column| has(*column));
        let rules = rules(kind).iter().enumerate().filter(|(_, rule)| allowed(rule)).map(|(place, _)| place);
        Self { rules: rules.collect(), keys: Vec::new() }
    }

    pub(super) fn reserve(&mut self, records: usize) {
        self.keys.reserve(records * self.rules.len());
    }

    /// Adds the keys of the next record.
    pub(super) fn push(&mut self, of_all_rules: &[u32; MOST_RULES]) {
        self.keys.extend(self.rules.iter().map(|rule| of_all_rules[*rule]));
    }

    /// The places of the rules in use among all of the kind.
    pub(super) fn rules(&self) -> &[usize] {
        &self.rules
    }

    /// The keys of a record, one for each rule in use.
    #[inline]
    pub(super) fn of(&self, record: u32) -> &[u32] {
        let width = self.rules.len();
        &self.keys[record as usize * width..][..width]
    }

    /// The keys of all records under the rule in use of this place.
    pub(super) fn under(&self, nth: usize) -> impl Iterator<Item = u32> + Clone + '_ {
        self.keys.chunks_exact(self.rules.len()).map(move |row| row[nth])
    }
}

/// The blocking keys of a record under all rules of its kind, 0 where a rule does not apply.
///
/// What was drafted for the record is at hand; what its dictionaries know would have to be waited for.
pub(super) fn keys(records: &Records, record: u32, own: Own, out: &mut [u32; MOST_RULES]) {
    let i = record as usize;
    match records.kind {
        Kind::Claimants => claimant_keys(&records.values, &records.parties[i], own, out),
        Kind::Lines => line_keys(&records.values, &records.releases[i], own, out),
    }
}

/// The second key of a record under a rule, for blocks that are too large.
#[must_use]
pub fn second_key(records: &Records, record: u32, rule: usize) -> u32 {
    let i = record as usize;
    match records.kind {
        Kind::Claimants => {
            let (v, p) = (&records.values, &records.parties[i]);
            match rule {
                // Many names at one e-mail, telephone, door or firm: an agent; only equal names are of interest.
                0..=3 | 5 | 6 => v.names.key(p.name),
                // Many bearers of one name: those of one place.
                4 => v.postcodes.hash(p.postcode) ^ v.cities.hash(p.city).rotate_left(7),
                _ => v.names.key(p.name),
            }
        }
        Kind::Lines => {
            let (v, r) = (&records.values, &records.releases[i]);
            match rule {
                0..=2 => v.titles.key(r.title),
                3 => v.labels.key(r.label),
                4 => v.artists.key(r.artist),
                _ => v.titles.key(r.title),
            }
        }
    }
}

/// The key of a record in a block that was split.
#[must_use]
pub fn split_key(key: u32, second: u32) -> u32 {
    join(100, &[key.max(1), second.max(1)])
}

/// A key from parts, of which none may be missing (0).
fn join(rule: u32, parts: &[u32]) -> u32 {
    let mut state = u64::from(rule) + 1;
    for part in parts {
        if *part == 0 {
            return 0;
        }
        state = mix(state ^ u64::from(*part));
    }
    high(state)
}

/// The key of a word.
fn word_key(word: &str) -> u32 {
    intern::short(word).max(1)
}

/// Keys of the first four, six and eight letters.
fn starts(phrase: &str) -> [u32; 3] {
    if phrase.is_empty() {
        return [0; 3];
    }
    let (mut found, mut state) = ([1; 3], 0_u64);
    for (nth, c) in phrase::words_of(phrase).chars().filter(|c| *c != ' ').take(8).enumerate() {
        state = mix(state ^ u64::from(u32::from(c)));
        let key = high(state);
        for (start, letters) in found.iter_mut().zip([4, 6, 8]) {
            *start = if nth < letters { key } else { *start };
        }
    }
    found
}

fn claimant_keys(v: &Values, p: &Party, own: Own, out: &mut [u32; MOST_RULES]) {
    let value = |id: u32, field: usize| if id == MISSING { 0 } else { own.hash(field).max(1) };
    let birth_year = own.text(party::BIRTH_DATE).as_bytes().get(..4).map_or(0, |year| high(text::hash(year)));
    let door = {
        let (number, street, _) = address::parts(own.text(party::STREET));
        let hash = text::hash(number.as_bytes()) ^ text::hash(street.as_bytes()).rotate_left(9);
        if p.street == MISSING { 0 } else { high(hash) }
    };
    let name = if p.name == MISSING { 0 } else { v.names.key(p.name).max(1) };
    let ends = own.ends(party::NAME);
    let [first, last] = ends.map_or([0; 2], |(first, last)| [first, last].map(word_key));
    let initials = ends.map_or([0; 2], |(first, last)| [first, last].map(|word| u32::from(word.as_bytes()[0])));
    let postcode = value(p.postcode, party::POSTCODE);
    out[0] = join(0, &[value(p.tax_id, party::TAX_ID)]);
    out[1] = join(1, &[value(p.email, party::EMAIL)]);
    out[2] = join(2, &[value(p.phone, party::PHONE)]);
    out[3] = join(3, &[door]);
    out[4] = join(4, &[name]);
    out[5] = join(5, &[value(p.mailbox, party::MAILBOX)]);
    out[6] = join(6, &[value(p.firm, party::FIRM)]);
    out[7] = join(7, &[value(p.birth_date, party::BIRTH_DATE)]);
    out[8] = join(8, &[first, initials[1], postcode]);
    out[9] = join(9, &[last, birth_year]);
    out[10] = join(10, &[first, birth_year]);
    out[11] = join(11, &[last, initials[0], postcode]);
}

/// The high half of a hash, as a key.
fn high(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or(0).max(1)
}

fn line_keys(v: &Values, r: &Release, own: Own, out: &mut [u32; MOST_RULES]) {
    let value = |id: u32, field: usize| if id == MISSING { 0 } else { own.hash(field).max(1) };
    let title = if r.title == MISSING { 0 } else { v.titles.key(r.title).max(1) };
    let artist = if r.artist == MISSING { 0 } else { v.artists.key(r.artist).max(1) };
    let album = if r.album == MISSING { 0 } else { v.albums.key(r.album).max(1) };
    let [four, six, eight] = starts(own.text(line::TITLE));
    let label = if r.label == MISSING { 0 } else { v.labels.first(r.label).max(1) };
    let year = if r.year == MISSING { 0 } else { v.years.hash(r.year).max(1) };
    let catalog = if r.catalog == MISSING { 0 } else { r.catalog_stem };
    out[0] = if r.gtin_kind == GtinKind::Cut { 0 } else { join(20, &[value(r.gtin, line::GTIN)]) };
    out[1] = join(21, &[value(r.isrc, line::ISRC)]);
    out[2] = join(22, &[catalog]);
    out[3] = join(23, &[title, artist]);
    out[4] = join(24, &[title]);
    out[5] = join(25, &[artist, year]);
    out[6] = join(26, &[artist, four]);
    out[7] = join(27, &[album, value(r.track, line::TRACK)]);
    out[8] = join(28, &[six, label]);
    if r.length != MISSING {
        out[9] = join(29, &[eight, value(r.length, line::LENGTH)]);
    }
    if r.album != MISSING {
        out[10] = join(30, &[longest_word(&v.titles, r.title), longest_word(&v.albums, r.album)]);
    }
}

/// The longest word of a phrase, by its hash among equals: a stand-in for its rarest, which is known only when all records are.
fn longest_word(book: &Phrases, id: u32) -> u32 {
    let longest = book.members(id).iter().max_by_key(|m| (book.word(m.word).len(), book.word_hash(m.word)));
    longest.map_or(0, |m| book.word_hash(m.word).max(1))
}
