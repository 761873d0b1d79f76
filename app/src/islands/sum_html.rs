//! A sum that does or does not close, as both the server and the island [`super::LineSums`] show it.

use claims::{
    line::ClosingSum,
    money::{Currency, grouped_units},
};

/// The sum as a column of figures with a rule above the result, and the verdict in words.
///
/// HTML as text, because in the browser it replaces what the server wrote without a view of its own. Labels come from the
/// program and the rest are figures: nothing that a person typed gets in.
#[must_use]
pub fn sum_html(sum: &ClosingSum, currency: Currency) -> String {
    let figure = |value: i64| if sum.money { currency.grouped(value) } else { grouped_units(value) };
    let show = |value: i64| if sum.money { currency.show(value) } else { format!("{} units", grouped_units(value)) };
    let (key, verdict) = match (sum.stated, sum.gap()) {
        (None, _) => ("open", format!("Worked out: {}.", show(sum.computed))),
        (Some(stated), 0) => ("closes", format!("The sum closes: {} is what was entered.", show(stated))),
        (Some(stated), gap) => {
            let way = if gap > 0 { "much" } else { "little" };
            (
                "gap",
                format!(
                    "The sum does not close: {} was entered, which is {} too {way}.",
                    show(stated),
                    show(gap.saturating_abs())
                ),
            )
        }
    };
    let mut html = format!("<div class=\"sum sum-{key}\"><dl>");
    for term in &sum.terms {
        let sign = if term.minus { "\u{2212} " } else { "" };
        html += &format!("<div><dt>{}</dt><dd>{sign}{}</dd></div>", term.label, figure(term.value));
    }
    html + &format!(
        "<div class=\"result\"><dt>{}</dt><dd>{}</dd></div></dl><p class=\"verdict\">{verdict}</p></div>",
        sum.result,
        figure(sum.computed)
    )
}

/// Several sums, one after the other.
#[must_use]
pub fn sums_html(sums: &[ClosingSum], currency: Currency) -> String {
    sums.iter().map(|sum| sum_html(sum, currency)).collect()
}
