//! What is wrong with a statement: row, column, value, and what would be right.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::limits::MOST_KEPT;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The import stops until the file, or a choice, is mended.
    Error,
    /// It is accepted, one by one or by kind, before anything is imported.
    Warning,
}

/// Declares the kinds: variant, key, severity, title, what to do.
macro_rules! kinds {
    ($($variant:ident $key:literal $severity:ident $title:literal $remedy:literal)*) => {
        /// Kinds of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {
            $(#[doc = $title] $variant,)*
        }

        impl Kind {
            /// All kinds, errors first.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in storage and choices.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }

            /// How much it matters.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// What it is, as a heading.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What to do about it, and what happens if it is accepted.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }
        }
    };
}

kinds! {
    Number "number" Error "Not a number" "Write digits, as the rest of the column does, or empty the cell."
    OtherMark "other_mark" Error "Another decimal mark than the rest of the column" "Write the number as the other rows of the column do."
    TooLarge "too_large" Error "A number too large to be right" "Check the number; a barcode may have slipped into this column."
    NoAmount "no_amount" Error "A row with a release but without an amount" "Fill in the amount, 0 if there was none, or remove the row."
    Units "units" Error "Not a whole number of units" "Write a whole number."
    Period "period" Error "Not a period" "Write the month like 2015-03, or the day like 2015-03-31."
    Currency "currency" Error "A currency that is not known" "Write the three letters of the currency, like USD or EUR."
    NoRate "no_rate" Error "A currency without an exchange rate" "Ask the contact of the case to have its rate added, or import these rows from a file of their own later."
    Failed "failed" Error "A formula that failed" "Mend the formula in your spreadsheet, or write the value in its place."
    Line "line" Error "A line that the claim cannot take" "Mend what the message names in the rows that it is made of."
    BarcodeRestored "barcode_restored" Warning "Barcodes that had lost their leading zeros" "With the zeros the check digit fits, so they were put back. Accept it, or correct the file."
    BarcodeRounded "barcode_rounded" Warning "Barcodes that a spreadsheet rounded" "Their digits are lost. Accepted, the barcode is left out and the release is named by its other columns; better, correct the file: import it into the spreadsheet with this column as text."
    BarcodeCheck "barcode_check" Warning "Barcodes whose check digit does not fit" "A digit is wrong or swapped. Accepted, the barcode is left out and the release is named by its other columns."
    BarcodeWrong "barcode_wrong" Warning "Not a barcode" "A barcode has 8, 12 or 13 digits. Accepted, it is left out and the release is named by its other columns."
    Isrc "isrc" Warning "Not an ISRC" "An ISRC looks like US-S1Z-99-00001. Accepted, it is left out."
    CatalogueDate "catalogue_date" Warning "Catalogue numbers that look like dates" "A spreadsheet makes a date of MAR-15. Accepted, it is kept as it stands in the file."
    Finer "finer" Warning "More than six digits after the point" "Accepted, the amount is rounded half to even at the sixth digit."
    NoRelease "no_release" Warning "Money without a release" "Accepted, it is claimed as a lump sum of its period."
    Wide "wide" Warning "More cells than the header has columns" "A separator inside a text shifts what follows it. Check the row; accepted, the surplus cells are left out."
    Sums "sums" Warning "Rows that do not add up" "The statement itself does not add up here. Accepted, what it says is due to you is claimed; the figures that do not add up to it are not taken into the line but kept as words in its note."
    RollForward "roll_forward" Warning "Stock that does not add up" "Accepted, the stock that the distributor reported is claimed, and the line says that the difference is not explained."
    BelowZero "below_zero" Warning "Releases that come to less than nothing" "More was returned than sold. A line cannot claim less than nothing. Accepted, they are left out of the lines and shown in the control totals."
    Deduction "deduction" Warning "Deductions that belong to no release" "The statement takes them off beside its releases. Accepted, they are left out of the lines, and the claim is higher by them than what the statement says is due. After the import you can type them in yourself: as chargebacks of the lines that they belong to, with the net due lowered by them."
    MaybeTotal "maybe_total" Warning "Rows that may be totals or balances" "Sums of other rows, and what was due before, must not be claimed twice. Accepted, each row is taken as is said beside it. If a row that is read as its own is a total, remove it. If a row that is left out is a sale, fill in its artist, barcode or catalogue number."
    TotalDiffers "total_differs" Warning "The file’s own total differs" "Rows may be missing or counted twice. Accepted, the rows are claimed, not the total line. If that is a sale, fill in its artist, barcode or catalogue number."
    Overlap "overlap" Warning "A period that another import has too" "Make sure that the same money is not claimed twice. Accepted, both are claimed."
}

impl Kind {
    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.key() == key)
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind.
    pub kind: Kind,
    /// The row as a spreadsheet counts it; 0 if it is about the whole file.
    pub row: u64,
    /// The column's header; empty if it is about the row.
    pub column: String,
    /// The place of the column, from 0.
    pub place: usize,
    /// The value as it stands in the file.
    pub value: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Problem {
    /// The name under which this one is accepted alone.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}:{}", self.kind.key(), self.row, self.place)
    }

    /// A mark of what it says.
    #[must_use]
    pub fn mark(&self) -> String {
        mark(1, [self])
    }
}

/// A mark of so many problems and of what the kept ones among them say: another value or another word gives another one.
#[must_use]
pub fn mark<'p>(count: u64, problems: impl IntoIterator<Item = &'p Problem>) -> String {
    let mut hash = Sha256::new();
    hash.update(count.to_be_bytes());
    for problem in problems {
        hash.update(problem.row.to_be_bytes());
        for text in [&problem.column, &problem.value, &problem.message] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
    }
    let mut text = String::new();
    for byte in &hash.finalize()[..8] {
        // Writing into a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What is kept when a warning is accepted: its name (a kind's key or [`Problem::key`]) with the mark of what was shown, so that
/// it is to be accepted anew once it says something else.
#[must_use]
pub fn acceptance(name: &str, mark: &str) -> String {
    format!("{name}={mark}")
}

/// All problems of a file: every one counted, so many of each kind kept.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    /// Kept problems, in the order of the file.
    pub kept: Vec<Problem>,
    /// How many of each kind there are.
    pub counts: BTreeMap<Kind, u64>,
}

impl Problems {
    /// Counts a problem; `tell` is only asked for its words if it is kept.
    pub fn add(&mut self, kind: Kind, tell: impl FnOnce() -> Problem) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= MOST_KEPT as u64 {
            self.kept.push(tell());
        }
    }
}

/// A value as it is quoted in a message: at most 60 characters, controls made visible.
#[must_use]
pub fn quoted(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(61).collect();
    if clean.chars().count() > 60 { clean.chars().take(60).chain(['…']).collect() } else { clean }
}
