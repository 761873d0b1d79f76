//! The mail of the morning: what changed since the last one, in one mail for each counsel and case.

use std::collections::BTreeMap;

use minijinja::{Value, context};
use serde::{Deserialize, Serialize};

use super::{Listener, list, listeners, words};
use crate::{
    Instant,
    access::Refusal,
    actions::{Failure, Recoup},
    case::Case,
    deadline,
    mail::linked,
    money::grouped_units,
    notices::{Kind, Way, What, clock},
    status::ClaimStatus,
    store::{
        Tx, cases, notices, outbox,
        register::{self, Filter},
    },
};

/// What a digest compares with the one before. Amounts are minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Figures {
    claims: i64,
    gross: i64,
    /// The unique total if everything suspected overlaps, and if nothing does.
    unique: (i64, i64),
    documented: i64,
}

/// Sends every digest that is due. A digest has what happened before the last seven o'clock of its case; the row of its day is
/// written with it, so a day has one, whatever restarts, and days off become one digest.
pub(super) async fn send_due(recoup: &Recoup, tx: &mut Tx, now: Instant) -> Result<(), Failure> {
    for case in notices::cases_with_digests(tx).await? {
        let case = cases::by_id(tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
        let (day, morning) = clock::last_morning(now, &case.settings.time_zone);
        let waiting = notices::waiting_for_digest(tx, case.id, morning).await?;
        if waiting.is_empty() {
            continue;
        }
        let figures = figures(tx, &case).await?;
        let listeners = listeners(tx, case.id).await?;
        for account in waiting {
            let Some(listener) = listeners.iter().find(|listener| listener.account == account) else {
                // No longer counsel, or disabled: nothing is said, and nothing is left to be said later.
                notices::take_for_digest(tx, case.id, account, now).await?;
                continue;
            };
            let things = heard(listener, notices::waiting(tx, case.id, account, morning).await?)?;
            if things.is_empty() {
                // All of it is of kinds that are no longer wanted: the day has no digest, and the figures wait for one that is sent.
                notices::take_for_digest(tx, case.id, account, morning).await?;
                continue;
            }
            let last = notices::last_digest(tx, case.id, account).await?;
            let text = serde_json::to_string(&figures).map_err(|error| Failure::Internal(error.to_string()))?;
            if !notices::take_day(tx, case.id, account, day, &text, now).await? {
                continue;
            }
            notices::take_for_digest(tx, case.id, account, morning).await?;
            send(recoup, tx, &case, listener, (figures, last), things, now).await?;
        }
    }
    Ok(())
}

async fn figures(tx: &mut Tx, case: &Case) -> Result<Figures, Failure> {
    let filter = Filter { status: Some(ClaimStatus::Submitted), ..Filter::default() };
    let sums = register::sums(tx, case.id, case.settings.filing_basis, &filter).await?;
    Ok(Figures { claims: sums.claims, gross: sums.amount, unique: sums.unique(), documented: sums.documented })
}

/// What somebody is still told of, by kind: who chose not to hear of it any more, after it happened, does not.
fn heard(listener: &Listener, waiting: Vec<(String, String)>) -> Result<BTreeMap<Kind, Vec<What>>, Failure> {
    let mut things: BTreeMap<Kind, Vec<What>> = BTreeMap::new();
    for (kind, details) in waiting {
        let what: What = serde_json::from_str(&details)
            .map_err(|error| Failure::Internal(format!("a notice of the kind {kind} is damaged: {error}")))?;
        if listener.way(what.kind()) != Way::Off {
            things.entry(what.kind()).or_default().push(what);
        }
    }
    Ok(things)
}

async fn send(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    listener: &Listener,
    (figures, last): (Figures, Option<(Instant, String)>),
    things: BTreeMap<Kind, Vec<What>>,
    now: Instant,
) -> Result<(), Failure> {
    let groups: Vec<Value> = Kind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind, things.get(&kind)?)))
        .map(|(kind, things)| {
            let things: Vec<&What> = things.iter().collect();
            let (items, more) = list(recoup, case, kind, &things);
            context! { title => kind.title(), items, more }
        })
        .collect();
    let settings = &case.settings;
    let before = last.as_ref().and_then(|(_, text)| serde_json::from_str(text).ok());
    let (since, since_short) = match &last {
        Some((at, _)) => {
            let shown = deadline::show(*at, &settings.time_zone);
            let day = shown.split(',').next().unwrap_or_default().to_owned();
            (format!("since the last such mail, {shown}"), day)
        }
        None => ("so far; this is the first such mail".to_owned(), "the beginning".to_owned()),
    };
    let values = context! {
        case => settings.title.as_str(), name => listener.name.as_str(), since, since_short,
        figures => shown(recoup, case, figures, before), groups, preferences => words::preferences(recoup, case),
    };
    let mail = recoup.mails.write("digest", &listener.email, values, (Some(case.id), None))?.of(listener.account);
    outbox::add(tx, &mail, now).await?;
    Ok(())
}

/// The figures as they stand, each with its change since the last digest; every one leads to the register that sums it.
fn shown(recoup: &Recoup, case: &Case, now: Figures, before: Option<Figures>) -> Vec<Value> {
    let currency = case.settings.currency;
    let row = |label: &str, path: &str, shown: String, change: String| {
        let href = words::page(recoup, case, path);
        let change = if change.is_empty() { String::new() } else { linked(&change, &href) };
        context! { label, now => Value::from_safe_string(linked(&shown, &href)), change => Value::from_safe_string(change) }
    };
    let change = |of: fn(Figures) -> i64, show: &dyn Fn(i64) -> String| {
        let difference = before.map_or(0, |before| of(now) - of(before));
        match difference {
            0 => String::new(),
            1.. => format!("{} more", show(difference)),
            _ => format!("{} less", show(-difference)),
        }
    };
    let money = |minor| currency.show(minor);
    let (least, most) = now.unique;
    let unique = if least == most { money(least) } else { format!("{} to {}", currency.grouped(least), money(most)) };
    vec![
        row("Claims", words::SUBMITTED, grouped_units(now.claims), change(|f| f.claims, &grouped_units)),
        row("Gross claimed", words::SUBMITTED, money(now.gross), change(|f| f.gross, &money)),
        row("Unique total", words::BY_OVERLAP, unique, change(|f| f.unique.0, &money)),
        row("Documented", words::SUBMITTED, money(now.documented), change(|f| f.documented, &money)),
    ]
}
