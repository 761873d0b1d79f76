//! What the pages of a case share: finding it, and the links between them.

use claims::{
    CaseId,
    access::{Action, Refusal},
    case::Case,
    money::{Currency, grouped_units},
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
        let current = (place == here).then_some("page");
        view! { <a href=href aria-current=current>{words}</a> }
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

/// “1 claim”, “12 claims”.
pub(super) fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped_units(number), if number == 1 { one } else { many })
}
