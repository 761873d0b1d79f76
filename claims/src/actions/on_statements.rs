//! What is to be known of statements and documents before a claim is signed: what of a statement is in no line, and which documents
//! prove none. Counsel read the same of what was sent.

use std::collections::BTreeSet;

use super::claim_view::Remark;
use crate::{
    DocumentId,
    intake::steps::Step,
    money::grouped_units,
    store::{
        documents::Document,
        lines::Citation,
        statements::{Import, Told},
    },
};

/// Documents that are named in a remark; more are counted.
const NAMED: usize = 5;

/// How much of each import was left out because it comes to less than nothing, in the order in which they were imported.
#[must_use]
pub fn left_out(imports: &[Import]) -> Vec<String> {
    let told = |import: &Import| {
        let words = import.reading.as_ref()?.left_out_below_zero()?;
        let sheet = match import.sheets() {
            [_, _, ..] => format!(", sheet {}", import.sheet()),
            _ => String::new(),
        };
        Some(format!(
            "“{}”{sheet}: {words} You accepted that: the claim asks for so much more than the statement comes to.",
            import.name
        ))
    };
    imports.iter().rev().filter_map(told).collect()
}

/// That documents prove no line of the draft: they become exhibits all the same. Nothing where none is cited, of which the draft itself
/// remarks, unless a statement took the place of another.
#[must_use]
pub fn uncited(documents: &[Document], citations: &[Citation], told: &[Told]) -> Option<Remark> {
    let cited: BTreeSet<DocumentId> = citations.iter().map(|citation| citation.document_id).collect();
    let unused: Vec<&Document> = documents.iter().filter(|document| !cited.contains(&document.id)).collect();
    let replaced_by = |document: &Document| {
        let of: Vec<&Told> = told.iter().filter(|told| told.document_id == document.id).collect();
        if of.iter().any(|told| told.counts) {
            return None;
        }
        of.iter().find_map(|told| told.replaced_by.as_deref())
    };
    if cited.is_empty() && !unused.iter().any(|document| replaced_by(document).is_some()) {
        return None;
    }
    let named = unused.iter().take(NAMED).map(|document| match replaced_by(document) {
        Some(by) => format!("“{}”, replaced by “{by}”", document.name),
        None => format!("“{}”", document.name),
    });
    let mut named = named.collect::<Vec<_>>().join("; ");
    if unused.len() > NAMED {
        named.push_str(&format!("; and {} more", unused.len() - NAMED));
    }
    let words = match unused.len() {
        0 => return None,
        1 => format!(
            "1 document proves no line: {named}. It becomes an exhibit of the filing all the same: cite it with the lines that it proves, or remove it."
        ),
        many => format!(
            "{} documents prove no line: {named}. They become exhibits of the filing all the same: cite each with the lines that it proves, or remove it.",
            grouped_units(i64::try_from(many).unwrap_or(i64::MAX))
        ),
    };
    Some(Remark { step: Step::Documents, words, stops: false })
}
