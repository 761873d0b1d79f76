//! What the pages of a case share: finding it, and the links between them.

use chrono::{Datelike, NaiveDate};
use claims::{
    CaseId, Instant,
    access::{Action, Refusal},
    case::Case,
    deadline,
    money::{Currency, grouped_units},
    period::Period,
    store::{Tx, cases},
};
use leptos::prelude::*;

use crate::{
    components::Amount,
    request::{Halt, Visitor},
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

/// The pages of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Totals, gauges, claims over time.
    Overview,
    /// The register.
    Claims,
    /// CSV files.
    Exports,
    /// The audit trail.
    Events,
}

/// The links between the pages of a case.
pub(super) fn nav(slug: &str, here: Place) -> impl IntoView + use<> {
    let base = format!("/counsel/{slug}");
    let places = [
        (Place::Overview, base.clone(), "Overview"),
        (Place::Claims, format!("{base}/claims"), "Register"),
        (Place::Exports, format!("{base}/exports"), "Exports"),
        (Place::Events, format!("{base}/events"), "Events"),
    ];
    let links = places.map(|(place, href, words)| {
        if place == here {
            view! { <strong><a href=href aria-current="page">{words}</a></strong> }.into_any()
        } else {
            view! { <a href=href>{words}</a> }.into_any()
        }
    });
    view! { <nav class="actions case-nav" aria-label="Pages of the case">{links.collect_view()}</nav> }
}

/// Above the content: whose page it is.
pub(super) fn whom(case: &Case) -> String {
    format!("Counsel · {}", case.settings.title)
}

/// A number that leads to what it counts. `what` is read out after it.
pub(super) fn number(href: &str, count: i64, what: &str) -> AnyView {
    let (href, what) = (href.to_owned(), format!(" {what}"));
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
