//! What the pages of a case share: finding it, and the links between them.

use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate};
use claims::{
    CaseId, Instant,
    access::{Action, Refusal},
    case::Case,
    deadline,
    money::{Currency, grouped_units},
    period::Period,
    store::{
        Tx, cases, matches, outbox,
        overlaps::{self, Which},
    },
};
use leptos::prelude::*;

use crate::{
    components::Amount,
    request::{Answer, Halt, Visitor},
    shell::Page,
};

/// The case of a path, if the visitor may do `action` with it.
///
/// # Errors
/// To everybody else it does not exist.
pub(super) async fn case_of(
    visitor: &Visitor,
    tx: &mut Tx,
    slug: &str,
    action: fn(CaseId) -> Action,
) -> Result<Case, Halt> {
    visitor.actor()?;
    let case = cases::by_slug(tx, slug).await?.ok_or(Refusal::NotFound)?.read()?;
    visitor.may(action(case.id))?;
    Ok(case)
}

/// In the place of a match or an overlap that is not in the case, or not any more: mails link to them, and a run takes off what it no
/// longer finds.
pub(super) async fn no_longer(visitor: &Visitor, slug: &str, here: Place) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = case_of(visitor, &mut tx, slug, Action::SeeCase).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    let (title, list, path) = match here {
        Place::Matches => ("This pair is no longer found", "All matches", "matches"),
        _ => ("This overlap is no longer found", "All overlaps", "overlaps"),
    };
    let (whom, slug) = (whom(&case), slug.to_owned());
    let page = Page::new(title, move || {
        view! {
            <h1>{title}</h1>
            {nav(&slug, here, waiting)}
            <p>"Since the page or mail that led here, one of its claims was withdrawn or amended, or a decision changed what belongs together. If its claims still have something in common, the list has it under another number. What was decided stays in the events of the case."</p>
            <p class="actions"><a class="button secondary" href=format!("/counsel/{slug}/{path}?show=all")>{list}</a><a href=format!("/counsel/{slug}/events")>"Events"</a></p>
        }
    });
    Ok(visitor.page_with(StatusCode::NOT_FOUND, page.wide().whom(whom)))
}

/// The pages of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Totals, gauges, claims over time.
    Overview,
    /// The register.
    Claims,
    /// Claims that resemble each other.
    Matches,
    /// The ledger of what is claimed twice.
    Overlaps,
    /// What goes to court.
    Filings,
    /// What is mailed.
    Mail,
    /// Letters of claims.
    Letters,
    /// CSV files.
    Exports,
    /// The audit trail.
    Events,
}

/// What waits for counsel, as the links between the pages say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Pairs of claims of which nobody said yet what they are, those put off among them.
    pub matches: i64,
    /// How many of them were put off.
    pub put_off: i64,
    /// Entries of the ledger in which something is only suspected.
    pub overlaps: i64,
    /// Mails that could not be delivered.
    pub failed_mails: i64,
}

impl Waiting {
    /// Counts what waits in a case.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn read(tx: &mut Tx, case: CaseId) -> Result<Self, Halt> {
        let (new, put_off) = matches::waiting(tx, case).await?;
        let failed_mails = outbox::failed_of_case(tx, case).await?;
        let overlaps = overlaps::sums(tx, case, Which::Open, None).await?.entries;
        Ok(Self { matches: new + put_off, put_off, overlaps, failed_mails })
    }
}

/// The links between the pages of a case.
pub(super) fn nav(slug: &str, here: Place, waiting: Waiting) -> impl IntoView + use<> {
    let base = format!("/counsel/{slug}");
    let places = [
        (Place::Overview, base.clone(), "Overview", None),
        (Place::Claims, format!("{base}/claims"), "Register", None),
        (Place::Matches, format!("{base}/matches"), "Matches", Some((waiting.matches, " waiting"))),
        (Place::Overlaps, format!("{base}/overlaps"), "Overlaps", Some((waiting.overlaps, " waiting"))),
        (Place::Filings, format!("{base}/filings"), "Filings", None),
        (Place::Mail, format!("{base}/mail"), "Mail", Some((waiting.failed_mails, " failed"))),
        (Place::Letters, format!("{base}/letters"), "Letters", None),
        (Place::Exports, format!("{base}/exports"), "Exports", None),
        (Place::Events, format!("{base}/events"), "Events", None),
    ];
    let links = places.map(|(place, href, words, waits)| {
        let waits = waits
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| view! { " ("{grouped_units(count)}<span class="hidden">{what}</span>")" });
        let words = view! { {words}{waits} };
        if place == here {
            view! { <strong><a href=href aria-current="page">{words}</a></strong> }.into_any()
        } else {
            view! { <a href=href>{words}</a> }.into_any()
        }
    });
    view! { <nav class="case-nav" aria-label="Pages of the case">{links.collect_view()}</nav> }
}

/// Above the content: whose page it is.
pub(super) fn whom(case: &Case) -> String {
    format!("Counsel · {}", case.settings.title)
}

/// A number that leads to what it counts. What it counts, one or many, is read out after it, and then `of`.
pub(super) fn number(href: &str, count: i64, (one, many): (&str, &str), of: &str) -> AnyView {
    let (href, what) = (href.to_owned(), format!(" {}{of}", if count == 1 { one } else { many }));
    view! { <a href=href>{grouped_units(count)}<span class="hidden">{what}</span></a> }.into_any()
}

/// An amount that leads to what it sums. `what` is read out after it.
pub(super) fn amount(href: &str, minor: i64, currency: Currency, what: &str) -> AnyView {
    let (href, what) = (href.to_owned(), format!(" {what}"));
    view! { <a href=href><Amount minor currency/><span class="hidden">{what}</span></a> }.into_any()
}

/// An amount in a column whose head names the currency.
pub(super) fn figure(minor: i64, currency: Currency) -> impl IntoView {
    view! { <data class="amount" value=currency.plain(minor)>{currency.grouped(minor)}</data> }
}

/// A day in few words: `18 Nov 2026`.
pub(super) fn short_day(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// A moment in few words: `18 Nov 2026, 11:08 a.m. PST`.
pub(super) fn short_moment(at: Instant, zone: &str) -> String {
    let shown = deadline::show(at, zone);
    let time = shown.split_once(", ").map_or("", |(_, time)| time);
    format!("{}, {time}", short_day(deadline::day_in(at, zone)))
}

/// A period in few words: `Jul–Sep 2015` where it is whole months, else its first and last day.
pub(super) fn short_period(period: Period) -> String {
    let Period { from, to } = period;
    let whole = from.day() == 1 && to.succ_opt().is_some_and(|next| next.day() == 1);
    match (whole, from.year() == to.year()) {
        _ if from == to => short_day(from),
        (false, _) => format!("{} – {}", short_day(from), short_day(to)),
        (true, true) if (from.month(), to.month()) == (1, 12) => from.year().to_string(),
        (true, true) if from.month() == to.month() => from.format("%b %Y").to_string(),
        (true, true) => format!("{}–{}", from.format("%b"), to.format("%b %Y")),
        (true, false) => format!("{} – {}", from.format("%b %Y"), to.format("%b %Y")),
    }
}

/// “1 claim”, “12 claims”.
pub(super) fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped_units(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_in_few_words() {
        for (from, to, words) in [
            ("2015-07-01", "2015-09-30", "Jul–Sep 2015"),
            ("2015-01-01", "2015-12-31", "2015"),
            ("2016-02-01", "2016-02-29", "Feb 2016"),
            ("2014-07-01", "2015-06-30", "Jul 2014 – Jun 2015"),
            ("2016-02-01", "2016-02-28", "1 Feb 2016 – 28 Feb 2016"),
            ("2016-06-03", "2016-06-03", "3 Jun 2016"),
        ] {
            let period = Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
            assert_eq!(short_period(period), words);
        }
    }

    #[test]
    fn moments_in_few_words() {
        let at: Instant = "2026-11-18T19:08:00Z".parse().unwrap();
        assert_eq!(short_moment(at, "America/Los_Angeles"), "18 Nov 2026, 11:08 a.m. PST");
    }
}
