//! The manifest of a package: every file with its size and hash, what was counted, and who made it.

use serde::{Deserialize, Serialize};

use super::{Contents, Figures, tables};

/// Name of the manifest in a package.
pub const MANIFEST: &str = "manifest.json";
/// Name of its signature: 64 bytes (RFC 8032) in hexadecimal.
pub const SIGNATURE: &str = "manifest.sig";

/// A manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Number of this format.
    pub format: u32,
    /// Short name of the case.
    pub case: String,
    /// Number of the filing.
    pub filing: i64,
    /// `full`, or `public` with personal data left out.
    pub variant: String,
    /// Moment of which everything is, in UTC.
    pub as_of: String,
    /// Hash of the frozen text of the filing.
    pub frozen_sha256: String,
    /// Currency of the sums.
    pub currency: String,
    /// Sums in minor units.
    pub figures: Figures,
    /// Rows of each table, with the sum of its main column where it has one.
    pub tables: Vec<Counted>,
    /// Claims, lines, exhibits and pages that went in.
    pub sources: Sources,
    /// Names and versions of the programs that worked on it.
    pub engines: Vec<(String, String)>,
    /// Every file but this one and its signature, by name.
    pub files: Vec<File>,
}

/// A table as counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Name of the table.
    pub table: String,
    /// Rows.
    pub rows: u64,
    /// Sum of its main column in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<i64>,
}

/// What went in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    /// Claims in force.
    pub claims: u64,
    /// Lines.
    pub lines: u64,
    /// Exhibits.
    pub exhibits: u64,
    /// Pages of exhibits.
    pub pages: i64,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Name, with `/` between folders.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// The manifest of a package of these files, in order of their names.
    #[must_use]
    pub fn new(contents: &Contents, variant: &str, engines: &[(String, String)], mut files: Vec<File>) -> Self {
        let filing = &contents.filing;
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Self {
            format: super::FORMAT,
            case: filing.case.slug.clone(),
            filing: filing.number,
            variant: variant.to_owned(),
            as_of: filing.as_of.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            frozen_sha256: contents.sha256.clone(),
            currency: filing.case.currency.code().to_owned(),
            figures: filing.figures,
            tables: tables(contents)
                .iter()
                .map(|table| Counted { table: table.key.to_owned(), rows: count(table.rows.len()), sum: table.sum })
                .collect(),
            sources: Sources {
                claims: count(contents.claims.len()),
                lines: count(contents.lines().count()),
                exhibits: count(filing.exhibits.len()),
                pages: filing.exhibits.iter().map(|exhibit| exhibit.pages).sum(),
            },
            engines: engines.to_vec(),
            files,
        }
    }
}
