//! The sections of a filing, in order: what stands in each, ready for the template.

use claims::filing::{Contents, Difference, schedules::schedules};
use serde::Serialize;

use crate::ledger::{Column, Line, Page, Sheet, Table};

mod front;
mod people;
mod proof;
mod schedule;
#[cfg(test)]
mod tests;

/// A section.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Section {
    /// Title; empty for what goes on from the section before.
    pub(crate) title: String,
    /// Title below it, if it has one.
    pub(crate) subtitle: String,
    /// Where the title is linked to.
    pub(crate) label: String,
    /// Where the subtitle is linked to.
    pub(crate) sublabel: String,
    /// Words in the footer.
    pub(crate) foot: String,
    /// Whether its sheets lie on their side.
    pub(crate) on_side: bool,
    /// Number of its first page.
    pub(crate) first: usize,
    /// What is in it.
    #[serde(flatten)]
    pub(crate) body: Body,
}

/// What is in a section.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Body {
    /// A table in pages.
    Ledger {
        /// Height of the head of each page.
        head_height: f64,
        /// Columns.
        columns: Vec<Column>,
        /// Lines over the table.
        intro: Vec<Line>,
        /// Pages.
        pages: Vec<Page>,
    },
    /// Caption and contents.
    Cover {
        /// What the filing is, in words.
        words: Vec<String>,
        /// Contents.
        contents: Vec<Entry>,
    },
    /// The figures.
    Summary {
        /// What they say, in words.
        words: Vec<String>,
        /// The figures.
        figures: FigureTable,
        /// What follows them.
        after: Vec<Part>,
    },
    /// The cover of a volume after the first.
    Volume {
        /// Which pages are in it.
        words: String,
    },
    /// Running text.
    Words {
        /// Paragraphs.
        words: Vec<String>,
        /// The words under which it is sworn, above the signature; empty where it is not.
        sworn: String,
        /// Whether it is signed.
        signature: bool,
        /// Who signs.
        signer: String,
    },
}

/// An entry of the contents.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    pub(crate) title: String,
    pub(crate) label: String,
    pub(crate) depth: u8,
    pub(crate) page: String,
}

/// The figures of the summary.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FigureTable {
    pub(crate) head: [String; 2],
    pub(crate) rows: Vec<FigureRow>,
}

/// A figure of the summary.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FigureRow {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) strong: bool,
}

/// Running text under a heading.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) words: Vec<String>,
}

/// Points that a title takes on a page.
const TITLE: f64 = 34.0;
/// Points that a subtitle takes.
const SUBTITLE: f64 = 27.0;

/// A section with a table. It has always its title in the contents, and its subtitle if it has one.
pub(crate) struct Plan {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) intro: Vec<String>,
}

impl Plan {
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), subtitle: String::new(), intro: Vec::new() }
    }

    /// Makes the section of a table. A table without rows is left out: what stands over it says that there is nothing.
    pub(crate) fn ledger(self, name: &str, foot: &str, mut table: Table) -> Section {
        if table.rows.is_empty() {
            return self.words(name, foot);
        }
        let full = table.sheet.width() + 8.0;
        table.intro = self
            .intro
            .iter()
            .flat_map(|words| crate::ledger::cell(full, words, crate::measure::Style::Plain))
            .collect();
        table.taken =
            if self.title.is_empty() { 0.0 } else { TITLE } + if self.subtitle.is_empty() { 0.0 } else { SUBTITLE };
        let on_side = table.sheet == Sheet::OnItsSide;
        let body = Body::Ledger {
            head_height: table.head_height(),
            pages: table.pages(),
            intro: table.intro,
            columns: table.columns,
        };
        self.section(name, foot, on_side, body)
    }

    /// The section without its table.
    fn words(self, name: &str, foot: &str) -> Section {
        let body = Body::Words {
            words: self.intro.iter().map(|words| crate::fonts::drawable(words)).collect(),
            sworn: String::new(),
            signature: false,
            signer: String::new(),
        };
        self.section(name, foot, false, body)
    }

    fn section(self, name: &str, foot: &str, on_side: bool, body: Body) -> Section {
        Section {
            title: self.title,
            subtitle: self.subtitle,
            label: name.to_owned(),
            sublabel: format!("{name}-part"),
            foot: foot.to_owned(),
            on_side,
            first: 0,
            body,
        }
    }
}

/// Every section of a filing.
pub(crate) fn all(contents: &Contents, difference: Option<&Difference>) -> Vec<Section> {
    let mut sections = vec![front::cover(contents, difference), front::summary(contents)];
    if let Some(difference) = difference {
        sections.push(front::difference_words(contents, difference));
        sections.push(front::difference_lines(contents, difference));
    }
    sections.push(front::claims(contents));
    for schedule in schedules(contents) {
        sections.extend(schedule::sections(contents, &schedule));
    }
    sections.push(people::claimants(contents));
    sections.push(proof::duplicates(contents));
    sections.push(proof::overlaps(contents));
    sections.push(people::matrix(contents));
    sections.push(people::chronology(contents));
    sections.push(proof::exhibits(contents));
    sections.push(front::declaration(contents));
    sections
}
