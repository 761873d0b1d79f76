//! Exports: the claims of a case as CSV files, streamed in constant memory from one moment of the database.
//!
//! A producer reads some hundred claims at a time and hands on chunks; nothing but the ids of the claims (8 bytes each) is kept. Every
//! export is an event, written before the first byte leaves.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::Stream;
use tokio::sync::mpsc;

use crate::{
    CaseId,
    access::{Action, Actor, Refusal},
    actions::{Failure, Recoup},
    case::Case,
    status::ClaimStatus,
    store::{
        self, Tx, cases,
        events::{self, NewEvent},
        register::Filter,
    },
};

mod answers;
mod dictionary;
mod files;
mod lines;
mod once;
mod sheet;
mod sums;
#[cfg(test)]
mod tests;
mod whole;

pub use dictionary::DICTIONARY;

use sheet::{To, not_written};

/// Chunks that wait for a slow reader.
const CHUNKS_AHEAD: usize = 4;

/// What is exported: one file each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Claims, withdrawn ones included.
    Claims,
    /// Lines.
    Lines,
    /// Claimants with the facts of their agreements.
    Claimants,
    /// Documents.
    Documents,
    /// Sums by category and basis.
    Totals,
    /// Pairs of claims that may be of the same claimant.
    Matches,
    /// The ledger of money that more than one claims.
    Overlaps,
}

impl What {
    /// All files.
    pub const ALL: [Self; 7] =
        [Self::Claims, Self::Lines, Self::Claimants, Self::Documents, Self::Totals, Self::Matches, Self::Overlaps];

    /// The name in URLs and on the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::Lines => "lines",
            Self::Claimants => "claimants",
            Self::Documents => "documents",
            Self::Totals => "totals",
            Self::Matches => "matches",
            Self::Overlaps => "overlaps",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.key() == key)
    }

    /// The columns of the file, in order.
    #[must_use]
    pub fn columns(self) -> &'static [Column] {
        DICTIONARY.iter().find(|(what, _)| *what == self).map_or(&[], |(_, columns)| columns)
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// What somebody typed.
    Text,
    /// One of a few words, a number of a claim, or a hash.
    Key,
    /// A whole number.
    Integer,
    /// A decimal number with a point.
    Decimal,
    /// An amount: a decimal number with the places of its currency.
    Amount,
    /// A day.
    Day,
    /// A moment.
    Moment,
    /// Yes or no.
    YesNo,
}

impl Type {
    /// The type in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Key => "key",
            Self::Integer => "whole number",
            Self::Decimal => "decimal number",
            Self::Amount => "amount, like 15000.00",
            Self::Day => "day, like 2016-06-03",
            Self::Moment => "moment in UTC, like 2026-11-20T18:02:03Z",
            Self::YesNo => "yes or no",
        }
    }
}

/// A column of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name in the header row.
    pub name: &'static str,
    /// What it holds.
    pub kind: Type,
    /// What it means.
    pub meaning: &'static str,
}

/// Who exports.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Counsel of the case.
    Counsel(&'a Actor),
    /// Whoever operates the installation, on the command line.
    Operator,
}

/// Streams one file. Only claims in force are in it, drafts never; withdrawn ones in the claims only, unless the filter
/// asks for them.
///
/// # Errors
/// If the person may not. An error of the database later on is the last item of the stream.
pub async fn stream(
    recoup: &Recoup,
    by: By<'_>,
    case: &Case,
    what: What,
    filter: &Filter,
    raw: bool,
) -> Result<impl Stream<Item = Result<Bytes, Failure>> + Send + use<>, Failure> {
    record(recoup, by, case.id, &[what], filter, raw).await?;
    let mut tx = recoup.store.read_at_length().await.map_err(too_many)?;
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    let (case, filter) = (case.clone(), filter.clone());
    let producer =
        tokio::spawn(async move { files::write(&mut tx, &case, what, &filter, raw, To::Reader(sender)).await });
    Ok(whole::chunks(receiver, producer))
}

/// Writes files named `claims.csv` and so on into a directory, all from one moment of the database, for the command line.
/// Each appears whole or not at all.
///
/// # Errors
/// If there is no such case, or a file cannot be written.
pub async fn to_directory(
    recoup: &Recoup,
    slug: &str,
    whats: &[What],
    dir: &Path,
    raw: bool,
) -> Result<Vec<PathBuf>, Failure> {
    let mut tx = recoup.store.read().await?;
    let row =
        cases::by_slug(&mut tx, slug).await?.ok_or_else(|| Failure::said(format!("There is no case “{slug}”.")))?;
    let case = row.read()?;
    drop(tx);
    let filter = Filter::default();
    tokio::fs::create_dir_all(dir).await.map_err(|error| not_written(&error))?;
    record(recoup, By::Operator, case.id, whats, &filter, raw).await?;
    let mut tx = recoup.store.read_at_length().await?;
    let mut written = Vec::new();
    for what in whats {
        let path = dir.join(format!("{}.csv", what.key()));
        let part = dir.join(format!(".{}.csv.part", what.key()));
        if let Err(failure) = write_file(&mut tx, &case, *what, &filter, raw, &part).await {
            // The first mistake is the one to tell; what is left of the file is found by its name.
            let _ = tokio::fs::remove_file(&part).await;
            return Err(failure);
        }
        tokio::fs::rename(&part, &path).await.map_err(|error| not_written(&error))?;
        written.push(path);
    }
    Ok(written)
}

/// Too many downloads at once are no fault of this program.
fn too_many(error: store::Error) -> Failure {
    match error {
        store::Error::PoolTimedOut => Failure::said(
            "Several downloads are under way already. Try again in a few minutes, when one of them has ended.",
        ),
        other => other.into(),
    }
}

async fn write_file(
    tx: &mut Tx,
    case: &Case,
    what: What,
    filter: &Filter,
    raw: bool,
    path: &Path,
) -> Result<(), Failure> {
    let file = tokio::fs::File::create(path).await.map_err(|error| not_written(&error))?;
    files::write(tx, case, what, filter, raw, To::File(file)).await
}

/// Authorises, and writes the event.
async fn record(
    recoup: &Recoup,
    by: By<'_>,
    case_id: CaseId,
    whats: &[What],
    filter: &Filter,
    raw: bool,
) -> Result<(), Failure> {
    let account = match by {
        By::Counsel(actor) => {
            actor.may(Action::Export(case_id))?;
            Some(actor.account)
        }
        By::Operator => None,
    };
    let names: Vec<&str> = whats.iter().map(|what| what.key()).collect();
    let details = serde_json::json!({ "what": names.join(", "), "raw": raw, "filter": in_words(filter) });
    let mut tx = recoup.store.write().await?;
    cases::by_id(&mut tx, case_id).await?.ok_or(Refusal::NotFound)?;
    events::add(&mut tx, &NewEvent { case_id, claim_id: None, account, kind: "exported", details }, recoup.clock.now())
        .await?;
    Ok(tx.commit().await?)
}

/// What a filter narrows, for the event; empty for nothing.
fn in_words(filter: &Filter) -> String {
    let mut parts = Vec::new();
    parts.extend(filter.status.map(|status| format!("status {}", status.key())));
    parts.extend(filter.category.map(|category| format!("category {}", category.key())));
    parts.extend(filter.basis.map(|basis| format!("basis {}", basis.key())));
    parts.extend(filter.sworn_only.map(|sworn| if sworn { "sworn only".to_owned() } else { "documented".to_owned() }));
    parts.extend(filter.late.then(|| "late".to_owned()));
    parts.extend(filter.from.map(|day| format!("from {day}")));
    parts.extend(filter.to.map(|day| format!("to {day}")));
    parts.extend((!filter.text.is_empty()).then(|| format!("text “{}”", filter.text)));
    parts.join(", ")
}

/// The filter of a file: but for the claims, only those that count, unless it asks for others.
fn narrowed(filter: &Filter, what: What) -> Filter {
    let status = filter.status.or((what != What::Claims).then_some(ClaimStatus::Submitted));
    Filter { status, ..filter.clone() }
}
