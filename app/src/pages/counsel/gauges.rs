//! Thresholds in words and bars.

use claims::{
    case::Case,
    money::Currency,
    notices::thresholds::{CAFA_AMOUNT, CAFA_MEMBERS, NUMEROSITY},
    store::register::RegisterSums,
};
use leptos::prelude::*;

use super::{counted_once, filter};
use crate::components::Meter;

/// The gauges of a case, from what its submitted claims come to once every member and every dollar is counted once. Where that is
/// a range, a threshold is reached only if its lower end reaches it.
pub(super) fn gauges(case: &Case, sums: RegisterSums, (fewest, most): (i64, i64)) -> impl IntoView + use<> {
    let settings = &case.settings;
    let currency = settings.currency;
    let (least, at_most) = sums.unique();
    let members = |of: i64| {
        let so_far = counted_once::members((fewest, most));
        if fewest >= of {
            format!("{so_far}: reached.")
        } else if most >= of {
            format!("{so_far}: reached if those that resemble each other are different.")
        } else {
            format!("{so_far}: {} missing.", of - most)
        }
    };
    let unique = if least == at_most {
        currency.show(least)
    } else {
        format!("{} to {}", currency.grouped(least), currency.show(at_most))
    };
    let above = |threshold: i64| match (least > threshold, at_most > threshold) {
        (true, _) => format!("{unique}: more than {}.", currency.show(threshold)),
        (false, true) => format!("{unique}: more than {} if suspected overlaps are none.", currency.show(threshold)),
        (false, false) => format!("{unique}: not more than {}.", currency.show(threshold)),
    };
    let cafa = if currency == Currency::USD {
        view! { <Meter label="CAFA: more than $5,000,000 without interest and costs" part=least whole=CAFA_AMOUNT words=above(CAFA_AMOUNT)/> }.into_any()
    } else {
        let words = format!(
            "CAFA asks for more than $5,000,000. The sums of this case are in {currency}; no gauge is drawn across currencies."
        );
        view! { <p class="soft">{words}</p> }.into_any()
    };
    // What is taken off is a part of claims, not of lines; so that nothing is overstated, all of it is taken off what is documented.
    let proved = (sums.documented - (sums.amount - least)).max(0);
    let documented = if least == sums.amount {
        format!("{} of {} stand on lines that cite a document.", currency.show(proved), currency.show(least))
    } else {
        format!(
            "At least {} of {} stand on lines that cite a document; of the gross sum, {} of {}.",
            currency.show(proved),
            currency.show(least),
            currency.show(sums.documented),
            currency.show(sums.amount)
        )
    };
    let alert = settings.alert_total.map(|alert| {
        view! { <Meter label="Alert of the case: total" part=least whole=alert words=above(alert)/> }
    });
    let wholly = filter::submitted(&settings.time_zone);
    let list = filter::register(&settings.slug, &wholly);
    view! {
        <Meter label="Share documented" part=proved whole=least words=documented/>
        <Meter label="Numerosity: usually presumed from 40 members" part=fewest whole=NUMEROSITY words=members(NUMEROSITY)/>
        <Meter label="CAFA: at least 100 members" part=fewest whole=CAFA_MEMBERS words=members(CAFA_MEMBERS)/>
        {cafa}
        {alert}
        <p class="small soft">
            "Counted from the "<a href=list>"submitted claims"</a>
            ", each member and each amount once. A gauge is arithmetic, not advice."
        </p>
    }
}
