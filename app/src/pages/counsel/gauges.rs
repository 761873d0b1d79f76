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
pub(super) fn gauges(
    case: &Case,
    sums: RegisterSums,
    removed_documented: (i64, i64),
    (fewest, most): (i64, i64),
) -> impl IntoView + use<> {
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
        view! {
            <Meter label="CAFA: at least 100 members" part=fewest whole=CAFA_MEMBERS words=members(CAFA_MEMBERS)/>
            <Meter label="CAFA: more than $5,000,000 without interest and costs" part=least whole=CAFA_AMOUNT words=above(CAFA_AMOUNT)/>
        }
        .into_any()
    } else {
        ().into_any()
    };
    let proved = proved(sums.documented, removed_documented, least);
    let (share, documented) = documented(proved, least, currency);
    let of_gross = (least != sums.amount)
        .then(|| format!(" Of the gross sum, {} of {}.", currency.show(sums.documented), currency.show(sums.amount)));
    let documented = documented + &of_gross.unwrap_or_default();
    let alert = settings.alert_total.map(|alert| {
        view! { <Meter label="Your alert: the total" part=least whole=alert words=above(alert)/> }
    });
    let wholly = filter::submitted(&settings.time_zone);
    let list = filter::register(&settings.slug, &wholly);
    view! {
        <Meter label="Share documented" part=proved.0 whole=least figure=share words=documented/>
        <Meter label="Numerosity: usually presumed from 40 members" part=fewest whole=NUMEROSITY words=members(NUMEROSITY)/>
        {cafa}
        {alert}
        <p class="small soft">
            "Counted from the "<a href=list>"submitted claims"</a>
            ", each member and each amount once. A gauge is arithmetic, not advice."
        </p>
    }
}

/// What of the unique total is documented, least and most: all that is documented, less what of it is among the lines that are removed.
fn proved(documented: i64, removed: (i64, i64), unique: i64) -> (i64, i64) {
    let left = |removed: i64| (documented - removed).clamp(0, unique.max(0));
    (left(removed.1), left(removed.0))
}

/// The share that is documented, least and most, and the amounts in words.
fn documented((least, most): (i64, i64), unique: i64, currency: Currency) -> (String, String) {
    let percent = |part: i64| i128::from(part) * 100 / i128::from(unique.max(1));
    let share = match (percent(least), percent(most)) {
        (least, most) if least == most => format!("{least}\u{a0}% of the unique total"),
        (least, most) => format!("{least} to {most}\u{a0}% of the unique total"),
    };
    if least == most {
        let words =
            format!("{} of {} stand on lines that cite a document.", currency.show(least), currency.show(unique));
        return (share, words);
    }
    let words = format!(
        "between {} and {} of {} stand on lines that cite a document, depending on which lines of a claim are removed.",
        currency.grouped(least),
        currency.show(most),
        currency.show(unique)
    );
    (share, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 100.00, of which 40.00 are documented, 20.00 sworn ones are removed: 40.00 of 80.00 are documented, not 20.00.
    #[test]
    fn what_is_removed_is_taken_off_what_is_documented_only_where_it_is() {
        assert_eq!(proved(4_000, (0, 0), 8_000), (4_000, 4_000));
        assert_eq!(proved(4_000, (2_000, 2_000), 8_000), (2_000, 2_000));
        assert_eq!(
            documented((4_000, 4_000), 8_000, Currency::USD).1,
            "40.00 USD of 80.00 USD stand on lines that cite a document."
        );
        let (share, range) = documented(proved(4_000, (500, 1_500), 8_000), 8_000, Currency::USD);
        assert_eq!(share, "31 to 43\u{a0}% of the unique total");
        assert!(range.starts_with("between 25.00 and 35.00 USD of 80.00 USD stand"), "{range}");
    }
}
