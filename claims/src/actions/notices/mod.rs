//! Telling counsel what happens in a case, each in their own way: at once, each morning, or not at all.
//!
//! A thing is noted once, under a key that names it, in the transaction of its cause or of the job that finds it. In the same
//! transaction the mails of those who hear at once are queued, and the thing is put into the digests of the others.

use minijinja::{Value, context};

use std::collections::BTreeMap;

use super::{Failure, Recoup};
use crate::{
    AccountId, CaseId, Instant, NoticeId,
    access::Refusal,
    case::Case,
    notices::{Kind, Way, What},
    store::{Tx, cases, notices, outbox},
};

pub mod digest;
pub mod look;
pub mod preferences;
mod remind;
pub mod unsubscribe;
pub mod words;

/// Things that one mail lists; of more it gives the number.
const MOST: usize = 40;

/// A counsel with how they want to be told.
pub(super) struct Listener {
    pub account: AccountId,
    pub name: String,
    pub email: String,
    ways: BTreeMap<String, String>,
}

impl Listener {
    /// How they want to be told of a kind.
    pub fn way(&self, kind: Kind) -> Way {
        way(&self.ways, kind)
    }
}

/// How an account that said `said` wants to be told of a kind.
pub(super) fn way(said: &BTreeMap<String, String>, kind: Kind) -> Way {
    said.get(kind.key()).and_then(|way| Way::parse(way)).unwrap_or_else(|| kind.default_way())
}

/// Counsel of a case, who are told of things.
pub(super) async fn listeners(tx: &mut Tx, case: CaseId) -> Result<Vec<Listener>, Failure> {
    let mut listeners = Vec::new();
    for (account, name, email) in cases::counsel(tx, case).await? {
        let ways = notices::preferences(tx, case, account).await?;
        listeners.push(Listener { account, name, email, ways });
    }
    Ok(listeners)
}

/// Notes a thing; `None` if it was noted before.
pub(super) async fn note(tx: &mut Tx, case: CaseId, what: &What, now: Instant) -> Result<Option<NoticeId>, Failure> {
    let details = serde_json::to_string(what).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(notices::add(tx, case, what.kind().key(), &what.key(), &details, now).await?)
}

/// Notes things and tells of those that are new: one mail for each kind to those who hear at once.
pub(super) async fn raise(
    recoup: &Recoup,
    tx: &mut Tx,
    case: CaseId,
    things: Vec<What>,
    now: Instant,
) -> Result<(), Failure> {
    let mut new: BTreeMap<Kind, Vec<(NoticeId, What)>> = BTreeMap::new();
    for what in things {
        if let Some(id) = note(tx, case, &what, now).await? {
            new.entry(what.kind()).or_default().push((id, what));
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let case = cases::by_id(tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
    for listener in listeners(tx, case.id).await? {
        for (kind, things) in &new {
            match listener.way(*kind) {
                Way::Off => {}
                Way::Digest => {
                    for (id, _) in things {
                        notices::keep_for_digest(tx, *id, case.id, listener.account).await?;
                    }
                }
                Way::AtOnce => {
                    let things: Vec<&What> = things.iter().map(|(_, what)| what).collect();
                    tell_at_once(recoup, tx, &case, &listener, *kind, &things, now).await?;
                }
            }
        }
    }
    Ok(())
}

pub(super) async fn tell_at_once(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    listener: &Listener,
    kind: Kind,
    things: &[&What],
    now: Instant,
) -> Result<(), Failure> {
    let (items, more) = list(recoup, case, kind, things);
    let values = context! {
        subject => format!("{}: {}", words::subject(case, things), case.settings.title), lead => words::lead(kind, things),
        items, more, case => case.settings.title.as_str(), preferences => words::preferences(recoup, case),
    };
    let mail = recoup.mails.write("notice", &listener.email, values, (Some(case.id), None))?.of(listener.account);
    outbox::add(tx, &mail, now).await?;
    Ok(())
}

/// Things of a kind as a mail lists them, and what it says of those that are too many.
fn list(recoup: &Recoup, case: &Case, kind: Kind, things: &[&What]) -> (Vec<Value>, Value) {
    let items = words::items(recoup, case, kind, things);
    let more = items.len().saturating_sub(MOST);
    let more = if more == 0 { String::new() } else { words::more(recoup, case, kind, more) };
    (items.into_iter().take(MOST).map(Value::from_safe_string).collect(), Value::from_safe_string(more))
}
