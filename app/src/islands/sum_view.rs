//! A sum that does or does not close, as both the server and the island [`super::LineSums`] show it.

use claims::{
    line::ClosingSum,
    money::{Currency, grouped_units},
};
use leptos::prelude::*;

/// The sum as a column of figures with a rule above the result, and the verdict in words.
pub fn sum_view(sum: &ClosingSum, currency: Currency) -> impl IntoView + use<> {
    let figure = |value: i64| if sum.money { currency.grouped(value) } else { grouped_units(value) };
    let show = |value: i64| if sum.money { currency.show(value) } else { format!("{} units", grouped_units(value)) };
    let terms: Vec<_> = sum
        .terms
        .iter()
        .map(|term| {
            let sign = if term.minus { "\u{2212} " } else { "" };
            view! { <div class="term"><dt>{term.label}</dt><dd>{format!("{sign}{}", figure(term.value))}</dd></div> }
        })
        .collect();
    let (key, verdict) = match (sum.stated, sum.gap()) {
        (None, _) => ("open", format!("Worked out: {}.", show(sum.computed))),
        (Some(stated), 0) => ("closes", format!("The sum closes: {} is what was entered.", show(stated))),
        (Some(stated), gap) if gap > 0 => {
            ("gap", format!("The sum does not close: {} was entered, which is {} too much.", show(stated), show(gap)))
        }
        (Some(stated), gap) => (
            "gap",
            format!(
                "The sum does not close: {} was entered, which is {} too little.",
                show(stated),
                show(gap.saturating_neg())
            ),
        ),
    };
    view! {
        <div class=format!("sum sum-{key}")>
            <dl>{terms}<div class="result"><dt>{sum.result}</dt><dd>{figure(sum.computed)}</dd></div></dl>
            <p class="verdict">{verdict}</p>
        </div>
    }
}
