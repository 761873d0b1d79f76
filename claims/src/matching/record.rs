//! One record, made ready for comparison: the numbers of its values in the dictionaries of its fields ([`super::values`]).

/// A party's values by number; [`super::intern::MISSING`] where the cell says nothing. Each begins where the processor loads from memory, so
/// that no comparison waits for three pieces where two hold it.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
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
    pub tax_id: u32,
    pub birth_date: u32,
    /// The person's mailbox and the firm's domain of the e-mail.
    pub mailbox: u32,
    pub firm: u32,
    /// The words of the street without number and unit.
    pub way: u32,
    /// What rules out most misspellings without looking at the texts: letters of e-mail, street and town, how long the e-mail is,
    /// figures of telephone, tax number and postcode ([`super::distance::figures`]), keys of name and contact.
    pub email_letters: u32,
    pub street_letters: u32,
    pub city_letters: u32,
    pub postcode_figures: u32,
    pub phone_figures: u64,
    pub tax_figures: u64,
    pub name_key: u32,
    pub contact_key: u32,
    /// Most bits that agreement of the e-mail is worth ([`super::normalise::derived::limit`]).
    pub email_limit: u8,
    /// Characters of the e-mail, at most 255.
    pub email_length: u8,
}

/// A line's release by number; [`super::intern::MISSING`] where the cell says nothing.
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
    /// Year and playing time as numbers, 0 for none.
    pub year_number: u16,
    pub seconds: u32,
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
