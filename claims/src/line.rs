//! A line: one amount in one category, with its release, period and arithmetic.

use serde::{Deserialize, Serialize};

use crate::{
    identifiers::{Gtin, Isrc},
    money::Currency,
    period::Period,
};

/// What a line claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Money owed for copies and downloads sold.
    UnpaidSales,
    /// Copies held in the warehouse.
    HeldInventory,
    /// Money that services pay through an aggregator.
    DigitalRoyalties,
    /// Buy-back paid, unlicensed copies, fees, anything else.
    Other,
}

impl Category {
    /// All categories, in the order of the schedules of a filing.
    pub const ALL: [Self; 4] = [Self::UnpaidSales, Self::HeldInventory, Self::DigitalRoyalties, Self::Other];

    /// The name in storage, URLs and files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::UnpaidSales => "unpaid_sales",
            Self::HeldInventory => "held_inventory",
            Self::DigitalRoyalties => "digital_royalties",
            Self::Other => "other",
        }
    }

    /// The name on pages.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::UnpaidSales => "Unpaid sales",
            Self::HeldInventory => "Held inventory",
            Self::DigitalRoyalties => "Digital royalties",
            Self::Other => "Other losses",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.key() == key)
    }
}

/// How the value of held copies was worked out. Amounts of different bases are never added together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// What it cost to make the copies.
    ManufacturingCost,
    /// The published price to dealers (PPD).
    Wholesale,
    /// The list price in shops.
    Retail,
    /// Units only: no value is claimed on the line.
    UnitsOnly,
}

impl Basis {
    /// All bases.
    pub const ALL: [Self; 4] = [Self::ManufacturingCost, Self::Wholesale, Self::Retail, Self::UnitsOnly];

    /// The name in storage and files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ManufacturingCost => "manufacturing_cost",
            Self::Wholesale => "wholesale",
            Self::Retail => "retail",
            Self::UnitsOnly => "units_only",
        }
    }

    /// The name on pages.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ManufacturingCost => "manufacturing cost",
            Self::Wholesale => "wholesale (PPD)",
            Self::Retail => "retail list price",
            Self::UnitsOnly => "units only",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.key() == key)
    }
}

/// What names the release of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Release {
    /// The manufacturer's barcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<Gtin>,
    /// The aggregator's own barcode for the same release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregator_gtin: Option<Gtin>,
    /// The label's catalogue number, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue_number: Option<String>,
    /// The recording's ISRC, for a single track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isrc: Option<Isrc>,
    /// The artist as on the release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artist: Option<String>,
    /// Title of the release or track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The label or imprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// CD, LP, download …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

impl Release {
    /// The release in a few words for a table: artist, title, else the first identifier; empty for a lump sum.
    #[must_use]
    pub fn in_words(&self) -> String {
        let named: Vec<&str> = [&self.artist, &self.title].into_iter().flatten().map(String::as_str).collect();
        if !named.is_empty() {
            return named.join(": ");
        }
        let number = self
            .catalogue_number
            .as_deref()
            .or(self.gtin.as_ref().map(Gtin::as_str))
            .or(self.isrc.as_ref().map(Isrc::as_str));
        number.or(self.label.as_deref()).unwrap_or_default().to_owned()
    }
}

/// One addend of a closing sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The words before the figure.
    pub label: &'static str,
    /// Whether it is taken off instead of added.
    pub minus: bool,
    /// Minor units or units.
    pub value: i64,
}

/// A rule of a line, shown as a sum that does or does not close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosingSum {
    /// What is added and taken off, in order.
    pub terms: Vec<Term>,
    /// What the result is called.
    pub result: &'static str,
    /// What the terms add up to.
    pub computed: i64,
    /// What was typed as the result, if anything.
    pub stated: Option<i64>,
    /// Whether the figures are money (minor units) rather than copies.
    pub money: bool,
}

impl ClosingSum {
    /// Adds up `terms`; `None` if that overflows.
    #[must_use]
    pub fn of(result: &'static str, terms: Vec<Term>, stated: Option<i64>, money: bool) -> Option<Self> {
        let computed = terms.iter().try_fold(0i64, |sum, term| {
            if term.minus { sum.checked_sub(term.value) } else { sum.checked_add(term.value) }
        })?;
        Some(Self { terms, result, computed, stated, money })
    }

    /// Whether the sum closes: nothing was stated, or exactly the computed figure.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.stated.is_none_or(|stated| stated == self.computed)
    }

    /// Stated less computed: how much too much (above zero) or too little was stated.
    #[must_use]
    pub fn gap(&self) -> i64 {
        self.stated.map_or(0, |stated| stated.saturating_sub(self.computed))
    }
}

/// What a line says once its answers are right: what is stored beside the answers, summed and exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFacts {
    /// What it claims.
    pub category: Category,
    /// The currency of the amounts.
    pub currency: Currency,
    /// The claimed amount in minor units of `currency`, without interest and costs; 0 on a line of units only.
    pub amount: i64,
    /// Interest claimed, kept apart from the amount (28 U.S.C. § 1332(d) leaves interest and costs out).
    pub interest: i64,
    /// Costs claimed, kept apart from the amount.
    pub costs: i64,
    /// The basis of the value, for held inventory.
    pub basis: Option<Basis>,
    /// The period of sale, or the day of stock.
    pub period: Option<Period>,
    /// The release; empty for a lump sum.
    pub release: Release,
    /// Units sold, held or streamed.
    pub units: Option<i64>,
    /// Physical or download, or the service.
    pub channel: Option<String>,
}
