//! A sent claim as somebody reads it: which version, which lines, which document beside them.

use std::collections::BTreeMap;

use claims::{
    DocumentId,
    actions::{
        claim_view::SentVersion,
        review::{self, Opened},
    },
    deadline,
    frozen::FrozenClaim,
    line::Category,
    money::Currency,
    overlap::Removed,
    status::ClaimStatus,
    store::{
        documents,
        documents::Document,
        register, removed,
        statements::{self, Told},
    },
};
use url::form_urlencoded::Serializer;

use super::{
    filter::{Choice, with_query},
    frame::{self, Waiting},
};
use crate::request::{Halt, Sent, Visitor};

/// What of a claim is looked at, as it stands in the URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct At {
    /// Only lines of this category.
    pub category: Option<Category>,
    /// Only lines that cite a document (`true`), or that cite none.
    pub cited: Option<bool>,
    /// Page of the list of lines, from 1.
    pub page: i64,
    /// The line shown in full.
    pub line: Option<i64>,
    /// The document shown beside the lines.
    pub document: Option<DocumentId>,
    /// Its page.
    pub document_page: Option<i64>,
}

/// A claim with what the pages about it need.
pub(super) struct Reading {
    /// The claim.
    pub opened: Opened,
    /// Which of its versions is read.
    version: usize,
    /// The documents of that version by hash.
    pub documents: BTreeMap<String, Document>,
    /// The statements that were imported into it.
    pub statements: Vec<Told>,
    /// What of it is looked at.
    pub at: At,
    /// What is taken off it as overlap, by category; `None` for a version that is not in force or counts for nothing.
    pub removed: Option<Vec<(Category, Removed)>>,
    /// Where the claim stands in the register from which it was opened.
    pub place: Option<register::Place>,
    /// The filter of that register, as a query.
    pub filter: String,
    /// What waits in the case.
    pub waiting: Waiting,
    /// Path of the page.
    path: String,
}

impl Reading {
    /// Opens a claim for counsel, `version` or the one in force. That is an event.
    pub async fn open(
        visitor: &Visitor,
        slug: &str,
        number: &str,
        version: Option<i64>,
        query: &Sent,
    ) -> Result<Self, Halt> {
        let opened = review::open_claim(visitor.recoup(), visitor.actor()?, slug, number, version).await?;
        let place = |sent: &SentVersion| Some(sent.frozen.version) == version;
        let which = opened.versions.iter().position(place).unwrap_or(opened.in_force);
        let settings = &opened.case.settings;
        let choice = Choice::read(query, &settings.time_zone);
        let mut tx = visitor.recoup().store.read().await?;
        let rows = documents::of_version(&mut tx, opened.claim.id, opened.versions[which].frozen.version).await?;
        let read = &opened.versions[which].version;
        let statements = match read.sent_at {
            Some(sent_at) => statements::told(&mut tx, opened.claim.id, read.id, sent_at).await?,
            None => Vec::new(),
        };
        let basis = settings.filing_basis;
        let counts = which == opened.in_force && opened.claim.status == ClaimStatus::Submitted.key();
        let removed = if counts { Some(removed::of_claim(&mut tx, opened.claim.id).await?) } else { None };
        let place = match (version, choice.errors.is_empty()) {
            (None, true) => {
                register::place(&mut tx, opened.case.id, basis, &choice.filter, choice.order, opened.claim.id).await?
            }
            _ => None,
        };
        let waiting = Waiting::read(&mut tx, opened.case.id).await?;
        drop(tx);
        let at = At {
            category: Category::parse(query.get("show")),
            cited: match query.get("proof") {
                "cited" => Some(true),
                "none" => Some(false),
                _ => None,
            },
            page: query.number("lines").unwrap_or(1).max(1),
            line: query.number("line"),
            document: query.number("document").map(DocumentId),
            document_page: query.number("at").filter(|page| *page > 0),
        };
        let path = match version {
            Some(version) => format!("/counsel/{slug}/claims/{number}/versions/{version}"),
            None => format!("/counsel/{slug}/claims/{number}"),
        };
        Ok(Self {
            version: which,
            documents: rows.into_iter().map(|document| (document.sha256.clone(), document)).collect(),
            filter: if choice.errors.is_empty() { choice.query() } else { String::new() },
            opened,
            statements,
            at,
            removed,
            place,
            waiting,
            path,
        })
    }

    /// The version that is read.
    pub fn sent(&self) -> &SentVersion {
        &self.opened.versions[self.version]
    }

    /// What was signed.
    pub fn frozen(&self) -> &FrozenClaim {
        &self.sent().frozen
    }

    /// The version sent before it.
    pub fn before(&self) -> Option<&FrozenClaim> {
        self.version.checked_sub(1).map(|before| &self.opened.versions[before].frozen)
    }

    /// Currency of the sums.
    pub fn currency(&self) -> Currency {
        self.frozen().currency
    }

    /// On which day the claim was withdrawn, in few words; `None` while it counts.
    pub fn withdrawn_on(&self) -> Option<String> {
        if self.opened.claim.status != ClaimStatus::Withdrawn.key() {
            return None;
        }
        let at = self.opened.events.iter().rev().find(|event| event.kind == "claim_withdrawn").map(|event| event.at);
        let day = deadline::day_in(at.unwrap_or(self.opened.claim.changed_at), self.zone());
        Some(frame::short_day(day))
    }

    /// Short name of the case.
    pub fn slug(&self) -> &str {
        &self.opened.case.settings.slug
    }

    /// Number of the claim.
    pub fn number(&self) -> &str {
        &self.frozen().number
    }

    /// Zone of the case.
    pub fn zone(&self) -> &str {
        &self.opened.case.settings.time_zone
    }

    /// The same page with something else looked at.
    pub fn href(&self, change: impl FnOnce(&mut At)) -> String {
        let mut at = self.at.clone();
        change(&mut at);
        let mut query = Serializer::new(self.filter.clone());
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        };
        add("show", at.category.map(|category| category.key().to_owned()));
        add("proof", at.cited.map(|cited| if cited { "cited" } else { "none" }.to_owned()));
        add("lines", (at.page > 1).then(|| at.page.to_string()));
        add("line", at.line.map(|line| line.to_string()));
        add("document", at.document.map(|document| document.to_string()));
        add("at", at.document_page.map(|page| page.to_string()));
        with_query(self.path.clone(), &query.finish())
    }
}

/// The page that a citation names, if it names one: “p. 12”, “page 12”, “12”; not “row 12”.
pub(super) fn page_of(place: &str) -> Option<i64> {
    let place = place.trim().to_lowercase();
    let rest = ["pages", "page", "pp", "p"].iter().find_map(|word| place.strip_prefix(word)).unwrap_or(&place);
    let rest = rest.trim_start_matches(['.', ' ', '\u{a0}']);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|page| (1..100_000).contains(page))
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn pages_as_people_cite_them() {
        for (place, page) in [("p. 12", 12), ("Page 3", 3), ("7", 7), ("pp. 4-6", 4), ("p3, row 9", 3)] {
            assert_eq!(page_of(place), Some(page), "{place}");
        }
        for place in ["", "row 12", "appendix", "p.", "0"] {
            assert_eq!(page_of(place), None, "{place}");
        }
    }
}
