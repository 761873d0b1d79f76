//! Rows that become one line: who they are for, and their exact sums.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher, RandomState},
};

use super::{codes, field::Field, names::Names, number::ONE, reading::extend};
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

impl Named {
    /// The title of a line of it: a line of one recording is named by that.
    #[must_use]
    pub fn line_title(&self) -> &str {
        let track = self.isrc.is_some() && !self.track.is_empty() || self.title.is_empty();
        if track { &self.track } else { &self.title }
    }
}

/// What a deduction of the statement takes off a group.
#[derive(Debug, Clone)]
pub struct TakenOff {
    /// What its row calls it.
    pub words: String,
    /// Its row.
    pub row: u32,
    /// How much, in millionths.
    pub millionths: i128,
}

/// Money of the statement that belongs to no release.
#[derive(Debug, Clone)]
pub struct LumpSum {
    /// What its row calls it; empty if it has no words for it.
    pub words: String,
    /// Its row.
    pub row: u32,
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
    /// Deductions of the statement that are taken off its amount, in millionths.
    pub taken_off: Vec<TakenOff>,
    /// Where it is money of the statement that belongs to no release: what is written of it. It is a row by itself.
    pub lump_sum: Option<LumpSum>,
    /// Places of service, territory and statement in [`Words`]; [`MIXED`] where its rows differ.
    words: [u32; 3],
    /// Whether artist, title and label are all known, so that further rows have nothing to add.
    named_fully: bool,
    /// Whether all rows are of one track.
    one_track: bool,
}

/// The place of a word that is not the same in all rows.
const MIXED: u32 = u32::MAX;

/// Words that come again and again: services, territories, periods. Compared by their places, which lie in the group itself,
/// instead of by their letters, which lie anywhere in memory.
#[derive(Debug, Default)]
pub(super) struct Words {
    list: Vec<Box<[u8]>>,
    places: HashMap<Box<[u8]>, u32>,
    /// The first short words as numbers, which are compared at once.
    short: Vec<(u64, u32)>,
}

/// A word of at most seven bytes as a number, its length included.
fn packed(word: &[u8]) -> Option<u64> {
    let start = (word.len() < 8).then_some(word.len() as u64)?;
    Some(word.iter().fold(start, |packed, byte| packed << 8 | u64::from(*byte)))
}

impl Words {
    /// The place of a word.
    pub fn place(&mut self, word: &[u8]) -> u32 {
        let short = packed(word);
        if let Some((_, place)) = short.and_then(|short| self.short.iter().find(|(known, _)| *known == short)) {
            return *place;
        }
        if let Some(place) = self.places.get(word) {
            return *place;
        }
        let place = u32::try_from(self.list.len()).unwrap_or(MIXED);
        self.list.push(word.into());
        if let Some(short) = short.filter(|_| self.short.len() < 16) {
            self.short.push((short, place));
        }
        self.places.insert(word.into(), place);
        place
    }

    /// The word at a place.
    fn word(&self, place: u32) -> &[u8] {
        self.list.get(place as usize).map_or(&[], |word| &**word)
    }

    fn text(&self, place: u32) -> String {
        self.list.get(place as usize).map(|word| String::from_utf8_lossy(word).into_owned()).unwrap_or_default()
    }
}

impl Group {
    /// A further figure.
    #[must_use]
    pub fn figure(&self, field: Field) -> Option<i128> {
        let place = MORE.iter().position(|known| *known == field)?;
        self.more.as_ref()?[place]
    }

    /// What names it in words: barcode, catalogue number, recording or title; what the statement calls it, if it has no release.
    /// Equal for equal releases.
    #[must_use]
    pub fn identity(&self) -> String {
        let named = &self.named;
        if let Some(lump_sum) = &self.lump_sum {
            return lump_sum.words.clone();
        }
        if named.gtin > 0 {
            codes::gtin(named.gtin)
        } else if named.aggregator_gtin > 0 {
            codes::gtin(named.aggregator_gtin)
        } else if !named.catalogue.is_empty() {
            crate::identifiers::compact_catalogue_number(&named.catalogue)
        } else if let Some(isrc) = &named.isrc {
            String::from_utf8_lossy(isrc).into_owned()
        } else {
            format!("{} {}", named.artist, if named.title.is_empty() { &named.track } else { &named.title })
                .to_lowercase()
        }
    }
}

/// A row as it is added to its group. Texts are bytes of the file.
#[derive(Debug, Clone, Copy, Default)]
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
    /// Its place, as [`Groups::service`] gives it.
    pub service: u32,
    pub territory: &'r [u8],
    pub statement: &'r [u8],
    pub period: Option<Period>,
    pub currency: Option<Currency>,
    pub units: i64,
    pub amount: i64,
    pub more: Option<&'r [Option<i64>; MORE.len()]>,
    /// The words of a [`LumpSum`], if it is one.
    pub lump_sum: Option<&'r str>,
}

/// What groups rows: the release, and the rest (month, service, currency) packed. Both are exact, not hashes.
pub(super) type Key = (u64, u64);

/// Mixes the two numbers of a key: they are looked up for every row, and the usual hash takes longer than all else about it.
/// Begun at random, so that no file can be made in which all keys meet.
#[derive(Debug, Clone)]
pub(super) struct Mixing(u64);

impl Default for Mixing {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Mixing {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        self.clone()
    }
}

impl Hasher for Mixing {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        let [low, high] = [0, 64].map(|shift| {
            let product = u128::from(self.0 ^ number) * 0x9e37_79b9_7f4a_7c15;
            u64::try_from(product >> shift & u128::from(u64::MAX)).unwrap_or_default()
        });
        self.0 = low ^ high;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// All groups of a file.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub list: Vec<Group>,
    by_key: HashMap<Key, u32, Mixing>,
    services: Words,
    territories: Words,
    statements: Words,
    releases: Words,
    names: Names,
}

impl Groups {
    /// The place of a service.
    pub fn service(&mut self, service: &[u8]) -> u32 {
        self.services.place(service)
    }

    /// The place of a release that no barcode names.
    pub fn release(&mut self, written: &[u8]) -> u32 {
        self.releases.place(written)
    }

    /// What the groups of an artist, title, label, catalogue number, barcode, service or territory come to exactly, in
    /// millionths, of one currency if that is given; `None` if none is called so.
    pub fn of_name(&mut self, name: &[u8], gtin: u64, stock: bool, currency: Option<Currency>) -> Option<i128> {
        if self.names.is_exhausted() {
            return None;
        }
        for place in self.names.missing(self.list.len()) {
            let Some(group) = self.list.get(place as usize) else { continue };
            for text in Self::called(&self.services, &self.territories, group) {
                self.names.add(text, place);
            }
            for gtin in [group.named.gtin, group.named.aggregator_gtin].into_iter().filter(|gtin| *gtin > 0) {
                self.names.add(codes::gtin(gtin).as_bytes(), place);
            }
        }
        let code = if gtin > 0 { codes::gtin(gtin) } else { String::new() };
        let found = self.names.find(&[name, code.as_bytes()]);
        let mut sums = found.iter().filter_map(|place| self.list.get(*place as usize)).filter_map(|group| {
            let called = Self::called(&self.services, &self.territories, group)
                .iter()
                .any(|text| text.eq_ignore_ascii_case(name))
                || gtin > 0 && [group.named.gtin, group.named.aggregator_gtin].contains(&gtin);
            let called = called && (currency.is_none() || group.currency == currency);
            called.then(|| if stock { i128::from(group.units) * i128::from(ONE) } else { group.amount })
        });
        let first = sums.next()?;
        Some(first + sums.sum::<i128>())
    }

    /// Whether so many names were looked for that [`Self::of_name`] finds none any more.
    pub const fn names_are_exhausted(&self) -> bool {
        self.names.is_exhausted()
    }

    /// What a group is called beside its barcodes.
    fn called<'g>(services: &'g Words, territories: &'g Words, group: &'g Group) -> [&'g [u8]; 7] {
        let named = &group.named;
        let texts = [&named.artist, &named.title, &named.track, &named.label, &named.catalogue];
        let [artist, title, track, label, catalogue] = texts.map(String::as_bytes);
        let [service, territory, _] = group.words;
        [artist, title, track, label, catalogue, services.word(service), territories.word(territory)]
    }

    /// Adds a row to the group of a key; gives the group's place. `None` when `most` groups exist.
    pub fn add(&mut self, row: &RowFacts<'_>, most: usize, key: Key) -> Option<u32> {
        let words = [row.service, self.territories.place(row.territory), self.statements.place(row.statement)];
        if let Some(place) = self.by_key.get(&key) {
            if self.list[*place as usize].take(row, words) {
                self.names.renamed(*place);
            }
            return Some(*place);
        }
        if self.list.len() >= most {
            return None;
        }
        let place = u32::try_from(self.list.len()).ok()?;
        self.by_key.insert(key, place);
        self.list.push(Group::of(row, words));
        Some(place)
    }

    /// The groups, with their words written out.
    pub fn take(&mut self) -> Vec<Group> {
        let mut groups = std::mem::take(&mut self.list);
        for group in &mut groups {
            let [service, territory, statement] = group.words;
            group.service = self.services.text(service);
            group.territory = self.territories.text(territory);
            group.statement = self.statements.text(statement);
        }
        groups
    }
}

impl Group {
    fn of(row: &RowFacts<'_>, words: [u32; 3]) -> Self {
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
            service: String::new(),
            territory: String::new(),
            statement: String::new(),
            currency: row.currency,
            units: row.units,
            amount: i128::from(row.amount),
            more: row.more.map(|more| Box::new(more.map(|figure| figure.map(i128::from)))),
            rows: vec![(row.row, row.row)],
            taken_off: Vec::new(),
            lump_sum: row.lump_sum.map(|words| LumpSum { words: words.to_owned(), row: row.row }),
            words,
            named_fully: ![row.artist, row.title, row.label].iter().any(|text| text.is_empty()),
            one_track: true,
        }
    }

    /// Adds a row; whether it says a name of the group that no other did.
    fn take(&mut self, row: &RowFacts<'_>, words: [u32; 3]) -> bool {
        let mut renamed = false;
        for (kept, found) in self.words.iter_mut().zip(words) {
            if *kept != found {
                *kept = MIXED;
            }
        }
        let named = &mut self.named;
        if named.isrc != row.isrc {
            named.isrc = None;
        }
        if self.one_track && named.track.as_bytes() != row.track {
            self.one_track = false;
            named.track.clear();
        }
        // What one row lacks another may say.
        if named.gtin == 0 {
            named.gtin = row.gtin;
            renamed |= row.gtin > 0;
        }
        if named.aggregator_gtin == 0 {
            named.aggregator_gtin = row.aggregator_gtin;
            renamed |= row.aggregator_gtin > 0;
        }
        if !self.named_fully {
            for (kept, found) in
                [(&mut named.artist, row.artist), (&mut named.title, row.title), (&mut named.label, row.label)]
            {
                if kept.is_empty() && !found.is_empty() {
                    *kept = String::from_utf8_lossy(found).into_owned();
                    renamed = true;
                }
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
        renamed
    }
}
