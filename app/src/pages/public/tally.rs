//! What has been claimed in a case so far, without giving away what any one claimant claimed.

use claims::{
    case::Case,
    line::Category,
    money::grouped_units,
    store::tally::{FEWEST_SHOWN, TallyRow},
};
use leptos::prelude::*;

use crate::components::{Amount, Table};

/// The tally by category. There is no row of totals: with it, a hidden figure could be worked out from the others.
pub fn view(case: &Case, rows: &[TallyRow]) -> impl IntoView + use<> {
    let settings = &case.settings;
    let row = |category: Category| rows.iter().find(|row| row.category == category.key());
    let heading = view! { <h2>"Claimed so far"</h2> };
    if !settings.categories.iter().filter_map(|category| row(*category)).any(|row| row.claimants().is_some()) {
        return view! { {heading}<p>{format!("Figures are shown by category as soon as {FEWEST_SHOWN} claimants have claimed in it, so that nobody’s own figures can be read from them.")}</p> }.into_any();
    }
    let currency = settings.currency;
    let lines: Vec<_> = settings
        .categories
        .iter()
        .map(|category| {
            let row = row(*category);
            let hidden = || view! { <span class="none">{format!("fewer than {FEWEST_SHOWN}")}</span> }.into_any();
            let count = |value: Option<i64>| value.map_or_else(hidden, |value| grouped_units(value).into_any());
            let amount = row
                .and_then(TallyRow::amount)
                .map_or_else(hidden, |minor| view! { <Amount minor currency/> }.into_any());
            view! {
                <tr>
                    <th scope="row">{category.title()}</th>
                    <td class="num">{count(row.and_then(TallyRow::claimants))}</td>
                    <td class="num">{count(row.and_then(TallyRow::units))}</td>
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
        <p class="small soft">{format!("As claimed, before anything that two claimants both claim is counted once. A figure that rests on fewer than {FEWEST_SHOWN} claimants is not shown.")}{stock}</p>
    }
    .into_any()
}
