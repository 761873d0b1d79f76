//! A share of a whole.

use leptos::prelude::*;

/// A share in words, with a bar that repeats it.
#[component]
pub fn Meter(
    /// What the share is of.
    #[prop(into)]
    label: String,
    /// The part, in the unit of `whole`.
    part: i64,
    /// The whole. Nothing is drawn for zero.
    whole: i64,
    /// What stands first in place of the per cent.
    #[prop(optional, into)]
    figure: Option<String>,
    /// The share in words.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    let percent = percent(part, whole);
    let bar = percent.map(|percent| {
        view! {
            <svg class="meter-bar" aria-hidden="true" focusable="false">
                <rect class="meter-whole" width="100%" height="100%"></rect>
                <rect class="meter-part" width=format!("{percent}%") height="100%"></rect>
            </svg>
        }
    });
    let figure = percent.map(|percent| figure.unwrap_or_else(|| format!("{percent}\u{a0}%")));
    let figure = figure.map(|figure| view! { <strong>{figure}</strong>{(!words.is_empty()).then_some(" · ")} });
    view! {
        <div class="meter">
            <p class="meter-label">{label}</p>
            {bar}
            <p class="meter-words">{figure}{words}</p>
        </div>
    }
}

/// Whole percents, rounded down so that 100 % means all of it; `None` without a whole.
fn percent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| i64::try_from(i128::from(part.clamp(0, whole)) * 100 / i128::from(whole)).unwrap_or(100))
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_hundred_percent_means_everything() {
        assert_eq!(percent(999_999, 1_000_000), Some(99));
        assert_eq!(percent(i64::MAX, i64::MAX), Some(100));
        assert_eq!((percent(5, 0), percent(-1, 10), percent(20, 10)), (None, Some(0), Some(100)));
    }
}
