//! The documents of a version: a list, and one of them beside the lines.

use std::collections::BTreeMap;

use claims::{
    DocumentId, frozen::FrozenDocument, money::grouped_units, store::documents::Document, unreadable::Unreadable,
};
use leptos::prelude::*;

use super::reading::Reading;
use crate::{components::Table, pages::public::words::kind_and_size};

/// Height of a document beside the lines, in pixels.
const HEIGHT: &str = "760";

/// How a browser can show a document without running anything of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// In the browser's own viewer, which does not start in a sandboxed frame.
    Pdf,
    /// As a picture.
    Picture,
    /// Not at all: it is downloaded.
    No,
}

fn shown(media_type: &str) -> Shown {
    match media_type {
        "application/pdf" => Shown::Pdf,
        "image/jpeg" | "image/png" | "image/webp" | "image/gif" => Shown::Picture,
        _ => Shown::No,
    }
}

/// What keeps counsel from reading a document, found when it was added.
const fn unreadable_in_words(reason: Unreadable) -> &'static str {
    match reason {
        Unreadable::Password => "Protected by a password: a filing has a slip sheet in its place.",
        Unreadable::Damaged => "Damaged or cut off: a filing may have a slip sheet in its place.",
    }
}

/// What is to be known of a document that is an imported statement: what of it is in no line, and that another took its place. One that
/// was read once more, and of which there are lines, has its place.
fn of_statement(reading: &Reading, document: DocumentId) -> Vec<String> {
    let told: Vec<_> = reading.statements.iter().filter(|told| told.document_id == document).collect();
    let counts = told.iter().any(|told| told.counts);
    told.into_iter()
        .filter_map(|told| match (&told.replaced_by, &told.reading) {
            (Some(by), _) if !counts => Some(format!("Its lines were replaced by those of “{by}”.")),
            (_, Some(read)) if told.counts => {
                read.left_out_below_zero().map(|words| format!("{words} The claimant accepted that."))
            }
            _ => None,
        })
        .collect()
}

/// The chosen document, beside the lines.
pub(super) fn beside(reading: &Reading) -> Option<AnyView> {
    let id = reading.at.document?;
    let document = reading.documents.values().find(|document| document.id == id)?;
    let download = format!("/documents/{id}");
    let page = reading.at.document_page;
    // Viewers that know these words show the page in full width and no list of pages; the others show the document.
    let fragment = page.map_or("#".to_owned(), |page| format!("#page={page}&")) + "navpanes=0&view=FitH";
    let inline = format!("/documents/{id}?inline=1{fragment}");
    let alone = inline.clone();
    let name = document.name.clone();
    let about = kind_and_size(&document.media_type, document.bytes);
    let view = match shown(&document.media_type) {
        Shown::Pdf => view! { <iframe src=inline title=name.clone() width="100%" height=HEIGHT></iframe> }.into_any(),
        Shown::Picture => {
            view! { <a href=alone.clone()><img src=inline alt=format!("The document {name}") width="100%"/></a> }
                .into_any()
        }
        Shown::No => {
            view! { <p class="empty">"A browser cannot show this type of file safely. Download it."</p> }.into_any()
        }
    };
    let open = (shown(&document.media_type) != Shown::No)
        .then(|| view! { <a href=alone target="_blank" rel="noopener">"Open in a new tab"</a> });
    let page = page.map(|page| format!(", page {}", grouped_units(page)));
    let unreadable = document.unreadable().map(|reason| view! { <p>{unreadable_in_words(reason)}</p> });
    let statement: Vec<_> = of_statement(reading, id).into_iter().map(|words| view! { <p>{words}</p> }).collect();
    Some(
        view! {
            <h3>{name}</h3>
            <p class="small">{about}{page}". "{open}" "<a href=download>"Download"</a></p>
            {unreadable}
            {statement}
            {view}
        }
        .into_any(),
    )
}

/// The list of documents.
pub(super) fn section(reading: &Reading) -> impl IntoView + use<> {
    let frozen = reading.frozen();
    let mut cited: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for line in &frozen.lines {
        for evidence in &line.evidence {
            let lines = cited.entry(&evidence.sha256).or_default();
            if lines.last() != Some(&line.line) {
                lines.push(line.line);
            }
        }
    }
    let rows: Vec<_> = frozen
        .documents
        .iter()
        .map(|document| {
            row(reading, document, cited.get(document.sha256.as_str()).map_or(&[], Vec::as_slice)).into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <p class="empty">"No document was sent with this version: it rests on the declaration alone."</p> }
            .into_any()
    } else {
        view! {
            <Table caption="Documents" quiet=true class="dense">
                <thead>
                    <tr>
                        <th scope="col">"Document"</th>
                        <th scope="col">"Type and size"</th>
                        <th scope="col" class="num">"Pages"</th>
                        <th scope="col">"What it proves"</th>
                        <th scope="col">"Cited by lines"</th>
                        <th scope="col">"SHA-256"</th>
                        <th scope="col"><span class="hidden">"What can be done"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
        .into_any()
    };
    view! { <h2 id="documents">"Documents"</h2>{body} }
}

/// Lines named in the list; more are counted.
const LINES_NAMED: usize = 12;

fn row(reading: &Reading, document: &FrozenDocument, lines: &[i64]) -> impl IntoView + use<> {
    let found = reading.documents.get(&document.sha256);
    let of = format!(" {}", document.name);
    let actions = found.map(|found| {
        let id = found.id;
        let href =
            format!("{}#beside", reading.href(|at| (at.line, at.document, at.document_page) = (None, Some(id), None)));
        let beside = (shown(&document.media_type) != Shown::No)
            .then(|| view! { <a href=href>"Show beside the lines"<span class="hidden">{format!(":{of}")}</span></a> });
        let download = format!("/documents/{id}");
        view! { {beside}<a href=download>"Download"<span class="hidden">{of.clone()}</span></a> }
    });
    let named: Vec<_> = lines
        .iter()
        .take(LINES_NAMED)
        .enumerate()
        .map(|(place, line)| {
            let (number, comma) = (*line, if place > 0 { ", " } else { "" });
            let href = format!(
                "{}#beside",
                reading.href(|at| (at.line, at.document, at.document_page) = (Some(number), None, None))
            );
            view! { {comma}<a href=href><span class="hidden">"Line "</span>{number}</a> }
        })
        .collect();
    let more = lines.len().saturating_sub(LINES_NAMED);
    let more = (more > 0).then(|| format!(" and {more} more"));
    let cited = if lines.is_empty() {
        view! { <span class="soft">"none"</span> }.into_any()
    } else {
        view! { {named}{more} }.into_any()
    };
    let pages = document.pages.map(grouped_units);
    let unreadable = found
        .and_then(Document::unreadable)
        .map(|reason| view! { <br/><span class="soft">{unreadable_in_words(reason)}</span> });
    let statement: Vec<_> = found
        .map(|found| of_statement(reading, found.id))
        .unwrap_or_default()
        .into_iter()
        .map(|words| view! { <br/><span class="soft">{words}</span> })
        .collect();
    view! {
        <tr>
            <th scope="row">{document.name.clone()}</th>
            <td>{kind_and_size(&document.media_type, document.bytes)}{unreadable}{statement}</td>
            <td class="num">{pages}</td>
            <td>{document.proves.clone()}</td>
            <td>{cited}</td>
            <td><span class="hash">{document.sha256.clone()}</span></td>
            <td class="row-actions">{actions}</td>
        </tr>
    }
}
