//! What has been claimed in a case so far, without giving away exactly what any one claimant claimed.

use claims::{
    case::Case,
    line::Category,
    money::{Currency, grouped_units},
    store::tally::{FEWEST_SHOWN, TallyRow},
};
use leptos::prelude::*;

use crate::components::Table;

/// The tally by category. There is no row of totals: with it, a hidden figure could be worked out from the others.
pub fn view(case: &Case, rows: &[TallyRow]) -> impl IntoView + use<> {
    let settings = &case.settings;
    let row = |category: Category| rows.iter().find(|row| row.category == category.key());
    let heading = view! { <h2>"Claimed so far"</h2> };
    if !settings.categories.iter().filter_map(|category| row(*category)).any(|row| row.claimants().is_some()) {
        return view! { {heading}<p>{format!("Figures are shown by category as soon as {FEWEST_SHOWN} claimants have claimed in it, units and amounts only rounded down, so that they do not show exactly what one claimant claims.")}</p> }.into_any();
    }
    let currency = settings.currency;
    let lines: Vec<_> = settings
        .categories
        .iter()
        .map(|category| {
            let row = row(*category);
            let few = || view! { <span class="none">{format!("fewer than {FEWEST_SHOWN}")}</span> }.into_any();
            let hidden = || view! { <span class="none">"not shown"</span> }.into_any();
            let claimants = row.and_then(TallyRow::claimants).map_or_else(few, |count| grouped_units(count).into_any());
            let units = row.and_then(TallyRow::units).map_or_else(hidden, |units| units_in_words(units).into_any());
            let amount =
                row.and_then(TallyRow::amount).map_or_else(hidden, |minor| at_least(minor, currency).into_any());
            view! {
                <tr>
                    <th scope="row">{category.title()}</th>
                    <td class="num">{claimants}</td>
                    <td class="num">{units}</td>
                    <td class="num">{amount}</td>
                </tr>
            }
        })
        .collect();
    let stock = settings.categories.contains(&Category::HeldInventory).then(|| {
        format!(
            " Of stock, only what is valued at {} is counted: claimants, units and amount alike.",
            settings.filing_basis.title()
        )
    });
    view! {
        {heading}
        <Table caption="Claimed so far, by category" quiet=true>
            <thead><tr><th scope="col">"Category"</th><th scope="col" class="num">"Claimants"</th><th scope="col" class="num">"Units"</th><th scope="col" class="num">"Amount"</th></tr></thead>
            <tbody>{lines}</tbody>
        </Table>
        <p class="small soft">{format!("As claimed, before anything that two claimants both claim is counted once. Units and amounts are rounded down to two digits, so they do not show exactly what one more claim adds. Units or an amount that rest on fewer than {FEWEST_SHOWN} claimants, or of which one claimant makes more than half, are not shown.")}{stock}</p>
    }
    .into_any()
}

/// Units that were rounded down.
fn units_in_words(units: i64) -> String {
    if units == 0 { "fewer than 10".to_owned() } else { format!("at least {}", grouped_units(units)) }
}

/// An amount that was rounded down: without decimals where they say nothing.
fn at_least(minor: i64, currency: Currency) -> impl IntoView {
    let unit = 10_i64.pow(currency.places());
    let shown = if minor % unit == 0 { grouped_units(minor / unit) } else { currency.grouped(minor) };
    view! {
        "at least "
        <data class="amount" value=currency.plain(minor)>
            {shown}
            <span class="currency">"\u{a0}"{currency.code().to_owned()}</span>
        </data>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_figures_are_told_as_the_least() {
        assert_eq!([0, 30, 7_200].map(units_in_words), ["fewer than 10", "at least 30", "at least 7,200"]);
        let said = |minor, code| at_least(minor, Currency::parse(code).unwrap()).to_html();
        for (minor, code, words) in
            [(120_000_000, "USD", ">1,200,000<"), (150, "USD", ">1.50<"), (7_200, "JPY", ">7,200<")]
        {
            let html = said(minor, code);
            assert!(html.contains("at least ") && html.contains(words), "{html}");
        }
    }
}
