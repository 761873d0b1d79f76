//! A filing as files. `claims::filing` says what is in it; this crate says how it looks.
//!
//! [`document`] typesets the filing with Typst, [`exhibits`] its volumes of exhibits, [`sheets`] the tables as CSV and as a
//! workbook; [`package`] puts files into one signed ZIP and verifies it again, without a database. Every
//! function gives the same bytes for the same input: time, document ids and keys come in as parameters.
//!
//! Tables are broken into pages here ([`ledger`]), not by Typst: the widths of all words are known ([`measure`]), so rows have
//! fixed heights, sums can be carried from page to page, pages can be counted before anything is typeset, and a volume of
//! a hundred pages never needs the memory of the thousand others.

pub mod document;
mod engine;
pub mod exhibits;
mod fonts;
mod ledger;
pub mod letters;
mod measure;
pub mod package;
mod sections;
pub mod sheets;

pub use engine::{Failed, Pdf};

/// Names and versions of what typesets and packs, for the manifest.
#[must_use]
pub fn engines() -> Vec<(String, String)> {
    [("recoup", env!("CARGO_PKG_VERSION")), ("typst", TYPST)]
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .into()
}

/// The version of Typst that the workspace locks; a test compares it with the library's own.
const TYPST: &str = "0.15.1";
