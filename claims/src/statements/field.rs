//! What a column of a statement can mean.

use serde::{Deserialize, Serialize};

use crate::line::Category;

/// What kind of value a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// Money or a rate, up to six digits after the point.
    Number,
    /// Whole copies, downloads, streams.
    Units,
    /// A day, month, quarter or year.
    Period,
    /// An identifier with a form of its own.
    Code,
}

/// Declares the fields: variant, key in storage and choices, title on pages, what it holds, which categories use it.
macro_rules! fields {
    ($($variant:ident $key:literal $title:literal $holds:ident [$($category:ident)*])*) => {
        /// What a column means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Field {
            $(#[doc = $title] $variant,)*
        }

        impl Field {
            /// All fields, in the order of a choice.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in storage and choices.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }

            /// The name on pages.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What it holds.
            #[must_use]
            pub const fn holds(self) -> Holds {
                match self { $(Self::$variant => Holds::$holds,)* }
            }

            /// The categories of line that can use it.
            #[must_use]
            pub const fn categories(self) -> &'static [Category] {
                match self { $(Self::$variant => &[$(Category::$category,)*],)* }
            }
        }
    };
}

fields! {
    Period "period" "Period of sale" Period [UnpaidSales DigitalRoyalties]
    PeriodFrom "period_from" "First day of the period" Period [UnpaidSales DigitalRoyalties]
    PeriodTo "period_to" "Last day of the period" Period [UnpaidSales DigitalRoyalties]
    StatementPeriod "statement_period" "Period of the statement" Period [UnpaidSales DigitalRoyalties]
    StatementNumber "statement_number" "Statement number" Text [UnpaidSales]
    AsOf "as_of" "Day of the stock" Period [HeldInventory]
    Service "service" "Service or shop" Text [DigitalRoyalties]
    Territory "territory" "Country or customer" Text [UnpaidSales DigitalRoyalties]
    Gtin "gtin" "Barcode (UPC or EAN)" Code [UnpaidSales HeldInventory DigitalRoyalties]
    AggregatorGtin "aggregator_gtin" "Aggregator's own barcode" Code [DigitalRoyalties]
    Catalogue "catalogue_number" "Catalogue number" Text [UnpaidSales HeldInventory DigitalRoyalties]
    Isrc "isrc" "ISRC" Code [DigitalRoyalties]
    Artist "artist" "Artist" Text [UnpaidSales HeldInventory DigitalRoyalties]
    Title "title" "Title of the release" Text [UnpaidSales HeldInventory DigitalRoyalties]
    Track "track" "Title of the track" Text [DigitalRoyalties]
    Label "label" "Label or imprint" Text [UnpaidSales HeldInventory DigitalRoyalties]
    Format "format" "Format (CD, LP …)" Text [UnpaidSales HeldInventory]
    Kind "kind" "Kind of transaction" Text [UnpaidSales DigitalRoyalties]
    Units "units" "Units sold, net of returns" Units [UnpaidSales DigitalRoyalties]
    Shipped "shipped" "Units shipped" Units [UnpaidSales]
    Returned "returned" "Units returned" Units [UnpaidSales]
    UnitPrice "unit_price" "Price per unit" Number [UnpaidSales]
    Gross "gross" "Gross" Number [UnpaidSales]
    FeePercent "fee_percent" "Fee in per cent" Number [UnpaidSales]
    Fee "fee" "Fee" Number [UnpaidSales]
    ReserveWithheld "reserve_withheld" "Reserve withheld" Number [UnpaidSales]
    ReserveReleased "reserve_released" "Reserve released" Number [UnpaidSales]
    Chargebacks "chargebacks" "Chargebacks" Number [UnpaidSales]
    Amount "amount" "Amount due to you" Number [UnpaidSales DigitalRoyalties]
    PerUnit "per_unit" "Amount due to you per unit" Number [UnpaidSales DigitalRoyalties]
    Split "split" "Your share of the amount, as a rate" Number [DigitalRoyalties]
    Paid "paid" "Already paid" Number [UnpaidSales]
    Currency "currency" "Currency" Code [UnpaidSales HeldInventory DigitalRoyalties]
    Opening "opening" "Opening stock" Units [HeldInventory]
    SentIn "sent_in" "Received by the distributor" Units [HeldInventory]
    Sold "sold" "Sold" Units [HeldInventory]
    ReturnedToLabel "returned_to_label" "Returned to you" Units [HeldInventory]
    Destroyed "destroyed" "Destroyed or promotional" Units [HeldInventory]
    OnHand "on_hand" "Stock on hand" Units [HeldInventory]
    UnitValue "unit_value" "Value per unit" Number [HeldInventory]
}

impl Field {
    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.key() == key)
    }

    /// What is meant where the rows become lines of a category: price per unit of stock is its value per unit.
    #[must_use]
    pub const fn meant_in(self, category: Category) -> Self {
        match (self, category) {
            (Self::UnitPrice, Category::HeldInventory) => Self::UnitValue,
            (field, _) => field,
        }
    }

    /// Its place in [`Self::ALL`].
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }
}

/// A header as it is compared: small letters and digits only, so that `Label Catalog #` and `label_catalog_number` are one.
#[must_use]
pub fn plain(header: &str) -> String {
    let mut plain = String::with_capacity(header.len());
    for c in header.chars() {
        match c {
            '%' => plain.push_str("percent"),
            '#' => plain.push_str("number"),
            '\u{2116}' => plain.push_str("number"),
            c if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
            _ => {}
        }
    }
    plain
}
