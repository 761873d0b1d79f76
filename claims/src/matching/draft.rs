//! Some records on their way into the dictionaries: normalised, hashed, not yet numbered.
//!
//! Looking up a value waits for memory, several times over. Where many records are at hand, all their look-ups can wait
//! together: [`super::intern::Interner::intern_all`] asks for everything that numbering them is going to touch.

use super::{intern, normalise::phrase};

/// How many records are numbered at once: enough for memory to be busy, few enough to stay in a near cache.
pub(super) const BATCH: usize = 512;

/// The drafted values of a party, in their order.
pub(super) mod party {
    pub const NAME: usize = 0;
    pub const CONTACT: usize = 1;
    pub const EMAIL: usize = 2;
    pub const FIRM: usize = 3;
    pub const MAILBOX: usize = 4;
    pub const PHONE: usize = 5;
    pub const WEBSITE: usize = 6;
    pub const STREET: usize = 7;
    pub const WAY: usize = 8;
    pub const TAX_ID: usize = 9;
    pub const BIRTH_DATE: usize = 10;
    pub const POSTCODE: usize = 11;
}

/// The drafted values of a line, in their order.
pub(super) mod line {
    pub const ARTIST: usize = 0;
    pub const TITLE: usize = 1;
    pub const ALBUM: usize = 2;
    pub const LABEL: usize = 3;
    pub const CATALOG: usize = 4;
    pub const GTIN: usize = 5;
    pub const ISRC: usize = 6;
    pub const LENGTH: usize = 7;
    pub const TRACK: usize = 8;
}

/// The values of some records, field by field: canonical, but for cells that [`super::cells::Cells`] knows as they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Drafts {
    text: String,
    fields: Vec<Field>,
    /// The field of the value that comes next.
    next: usize,
}

/// One field of all records.
#[derive(Clone, Debug, Default)]
struct Field {
    /// Where each value stands in the text.
    places: Vec<(u32, u32)>,
    hashes: Vec<u32>,
}

impl Drafts {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        for field in &mut self.fields {
            field.places.clear();
            field.hashes.clear();
        }
    }

    /// Begins the next record.
    pub(super) fn begin(&mut self) {
        self.next = 0;
    }

    /// Adds the next value of the record.
    #[inline]
    pub(super) fn push(&mut self, canonical: &str) {
        if self.next == self.fields.len() {
            self.fields.push(Field::default());
        }
        let field = &mut self.fields[self.next];
        self.next += 1;
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        if canonical.is_empty() {
            // Nothing is looked up for it.
            field.places.push((start, start));
            field.hashes.push(0);
            return;
        }
        self.text.push_str(canonical);
        field.places.push((start, u32::try_from(self.text.len()).unwrap_or(u32::MAX)));
        field.hashes.push(intern::short(canonical));
    }

    /// The fields from this one on.
    pub(super) fn from(&self, first: usize) -> Fields<'_> {
        Fields { drafts: self, first }
    }
}

/// Drafted values of some records, from some field on.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    drafts: &'a Drafts,
    first: usize,
}

impl<'a> Fields<'a> {
    /// A field of each record.
    pub(super) fn of(self, field: usize) -> Drafted<'a> {
        static NONE: Field = Field { places: Vec::new(), hashes: Vec::new() };
        Drafted { text: &self.drafts.text, field: self.drafts.fields.get(self.first + field).unwrap_or(&NONE) }
    }

    /// The values of one of the records.
    pub(super) fn record(self, record: usize) -> Own<'a> {
        Own { fields: self, record }
    }
}

/// One drafted field of some records.
#[derive(Clone, Copy)]
pub(super) struct Drafted<'a> {
    text: &'a str,
    field: &'a Field,
}

impl<'a> Drafted<'a> {
    /// The text of each record.
    pub(super) fn texts(self) -> impl Iterator<Item = &'a str> + Clone {
        self.field.places.iter().map(move |place| self.at(*place))
    }

    /// The text of a record.
    pub(super) fn text(self, record: usize) -> &'a str {
        self.at(self.field.places[record])
    }

    /// The hash of each record.
    pub(super) fn hashes(self) -> &'a [u32] {
        &self.field.hashes
    }

    fn at(self, (start, end): (u32, u32)) -> &'a str {
        &self.text[start as usize..end as usize]
    }
}

/// The drafted values of one record.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    fields: Fields<'a>,
    record: usize,
}

impl<'a> Own<'a> {
    /// The canonical text of a field.
    pub(super) fn text(self, field: usize) -> &'a str {
        self.fields.of(field).text(self.record)
    }

    /// The hash of a field.
    pub(super) fn hash(self, field: usize) -> u32 {
        self.fields.of(field).hashes()[self.record]
    }

    /// The first and the last word of a field of phrases.
    pub(super) fn ends(self, field: usize) -> Option<(&'a str, &'a str)> {
        let mut words = phrase::each_word(self.text(field));
        let first = words.next()?;
        Some((first, words.last().unwrap_or(first)))
    }
}
