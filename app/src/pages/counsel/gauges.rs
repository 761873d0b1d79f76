//! Thresholds in words and bars.

use claims::{case::Case, money::Currency, store::register::RegisterSums};
use leptos::prelude::*;

use super::{filter, frame};
use crate::components::Meter;

/// Members from which numerosity is usually presumed (Fed. R. Civ. P. 23(a)(1), as courts read it).
const NUMEROSITY: i64 = 40;
/// Members that 28 U.S.C. § 1332(d)(5)(B) asks for.
const CAFA_MEMBERS: i64 = 100;
/// What the amount must exceed under 28 U.S.C. § 1332(d)(2), in cents, without interest and costs.
const CAFA_AMOUNT: i64 = 500_000_000;

/// The gauges of a case, from its submitted claims.
pub(super) fn gauges(case: &Case, sums: RegisterSums) -> impl IntoView + use<> {
    let settings = &case.settings;
    let currency = settings.currency;
    let members = |of: i64| {
        let so_far = frame::count(sums.claims, "member", "members");
        if sums.claims >= of {
            format!("{so_far}: reached.")
        } else {
            format!("{so_far}: {} missing.", of - sums.claims)
        }
    };
    let cafa = if currency == Currency::USD {
        let words = if sums.amount > CAFA_AMOUNT {
            format!("{}: more than {}.", currency.show(sums.amount), currency.show(CAFA_AMOUNT))
        } else {
            format!("{}: not more than {}.", currency.show(sums.amount), currency.show(CAFA_AMOUNT))
        };
        view! { <Meter label="CAFA: more than $5,000,000 without interest and costs" part=sums.amount whole=CAFA_AMOUNT words/> }.into_any()
    } else {
        let words = format!(
            "CAFA asks for more than $5,000,000. The sums of this case are in {currency}; no gauge is drawn across currencies."
        );
        view! { <p class="soft">{words}</p> }.into_any()
    };
    let documented = format!(
        "{} of {} stand on lines that cite a document.",
        currency.show(sums.documented),
        currency.show(sums.amount)
    );
    let alert = settings.alert_total.map(|alert| {
        let reached = if sums.amount > alert { "exceeded" } else { "not exceeded" };
        view! { <Meter label="Alert of the case: total" part=sums.amount whole=alert words=format!("{}: {reached}.", currency.show(alert))/> }
    });
    let wholly = filter::submitted(&settings.time_zone);
    let list = filter::register(&settings.slug, &wholly);
    view! {
        <Meter label="Share documented" part=sums.documented whole=sums.amount words=documented/>
        <Meter label="Numerosity: usually presumed from 40 members" part=sums.claims whole=NUMEROSITY words=members(NUMEROSITY)/>
        <Meter label="CAFA: at least 100 members" part=sums.claims whole=CAFA_MEMBERS words=members(CAFA_MEMBERS)/>
        {cafa}
        {alert}
        <p class="small soft">
            "Counted from the "<a href=list>"submitted claims"</a>
            ", one member each, gross: claims for the same money are not yet taken off. A gauge is arithmetic, not advice."
        </p>
    }
}
