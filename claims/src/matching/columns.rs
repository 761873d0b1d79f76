//! The columns a table may have, by their names in its header.

/// A known column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the columns' own")]
pub enum Column {
    Id,
    Kind,
    Name,
    GivenName,
    FamilyName,
    Contact,
    Email,
    Phone,
    Website,
    Street,
    City,
    Region,
    Postcode,
    Country,
    TaxId,
    BirthDate,
    Title,
    Artist,
    Album,
    CatalogNo,
    Upc,
    Isrc,
    Label,
    Year,
    Length,
    TrackNo,
    Language,
    PeriodStart,
    PeriodEnd,
    ClaimantId,
    Source,
}

/// Every column with its name in the header of a table.
pub const COLUMNS: [(&str, Column); 31] = [
    ("id", Column::Id),
    ("kind", Column::Kind),
    ("name", Column::Name),
    ("given_name", Column::GivenName),
    ("family_name", Column::FamilyName),
    ("contact", Column::Contact),
    ("email", Column::Email),
    ("phone", Column::Phone),
    ("website", Column::Website),
    ("street", Column::Street),
    ("city", Column::City),
    ("region", Column::Region),
    ("postcode", Column::Postcode),
    ("country", Column::Country),
    ("tax_id", Column::TaxId),
    ("birth_date", Column::BirthDate),
    ("title", Column::Title),
    ("artist", Column::Artist),
    ("album", Column::Album),
    ("catalog_no", Column::CatalogNo),
    ("upc", Column::Upc),
    ("isrc", Column::Isrc),
    ("label", Column::Label),
    ("year", Column::Year),
    ("length", Column::Length),
    ("track_no", Column::TrackNo),
    ("language", Column::Language),
    ("period_start", Column::PeriodStart),
    ("period_end", Column::PeriodEnd),
    ("claimant_id", Column::ClaimantId),
    ("source", Column::Source),
];

impl Column {
    /// The column of a header cell; case and surrounding space do not matter.
    #[must_use]
    pub fn of(header: &str) -> Option<Self> {
        let header = header.trim().trim_start_matches('\u{feff}').to_lowercase();
        COLUMNS.iter().find(|(name, _)| *name == header).map(|(_, column)| *column)
    }

    /// Whether the column tells who a party is.
    #[must_use]
    pub fn is_party(self) -> bool {
        use Column::*;
        matches!(
            self,
            Name | GivenName
                | FamilyName
                | Contact
                | Email
                | Phone
                | Website
                | Street
                | City
                | Region
                | Postcode
                | TaxId
                | BirthDate
        )
    }

    /// Whether the column tells which release or recording a line is about.
    #[must_use]
    pub fn is_release(self) -> bool {
        use Column::*;
        matches!(self, Title | Artist | Album | CatalogNo | Upc | Isrc | Label | Year | Length | TrackNo | Language)
    }
}

/// What is being matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Parties: claimants, people, firms.
    Claimants,
    /// Lines: releases and recordings.
    Lines,
}

impl Kind {
    /// The kind that a table's columns suggest: lines if it tells a release (a title, barcode, catalogue number or
    /// recording code), else claimants if it tells anything about a party.
    #[must_use]
    pub fn of(columns: &[Option<Column>]) -> Option<Self> {
        let has = |c: Column| columns.contains(&Some(c));
        if [Column::Title, Column::Upc, Column::Isrc, Column::CatalogNo].into_iter().any(has) {
            return Some(Self::Lines);
        }
        if columns.iter().flatten().any(|c| c.is_party()) {
            return Some(Self::Claimants);
        }
        columns.iter().flatten().any(|c| c.is_release()).then_some(Self::Lines)
    }
}
