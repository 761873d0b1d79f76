//! What the rows of a statement come to, beside what the file itself says, and which of them were left out.

use claims::{
    line::Category,
    money::grouped_units,
    statements::{Reading, number, reading::Sum},
};
use leptos::prelude::*;

use super::parts;
use crate::components::Table;

/// How many rows were read, and how many of them the sums below lack.
fn rows_read(reading: &Reading) -> String {
    let what = if reading.category == Some(Category::HeldInventory) { "stock" } else { "sales" };
    let (all, read) = (parts::grouped(reading.rows), parts::grouped(reading.data_rows));
    let rows = if reading.rows == 1 { "row" } else { "rows" };
    let were = if reading.data_rows == 1 { "was" } else { "were" };
    let read = format!("The file has {all} {rows}; {read} {were} read as {what}.");
    match reading.not_added() {
        0 => read,
        1 => format!("{read} 1 of them has an error and is not in the sums."),
        wrong => format!("{read} {} of them have errors and are not in the sums.", parts::grouped(wrong)),
    }
}

/// The control totals, what was left out, and the file's own totals.
pub(super) fn view(reading: &Reading) -> impl IntoView + use<> {
    let stock = reading.category == Some(Category::HeldInventory);
    // A currency is a column: there are few, and so the figures stand in the window of a telephone.
    let heads: Vec<_> = reading
        .sums
        .iter()
        .map(|sum| {
            let currency = sum.currency.map_or_else(|| "Units only".to_owned(), |currency| currency.code().to_owned());
            view! { <th scope="col" class="num">{currency}</th> }
        })
        .collect();
    let row = |title: &'static str, figure: &dyn Fn(&Sum) -> String| {
        let cells: Vec<_> = reading.sums.iter().map(|sum| view! { <td class="num">{figure(sum)}</td> }).collect();
        view! { <tr><th scope="row">{title}</th>{cells}</tr> }
    };
    let below = reading.sums.iter().any(|sum| sum.below_zero != 0);
    let deducted = reading.sums.iter().any(|sum| sum.deducted != 0);
    // The value of stock is money too, where it is read.
    let values = stock && reading.sums.iter().any(|sum| sum.value != 0);
    let differs = reading.lines_differ();
    let value = |sum: &Sum| if sum.currency.is_some() { number::show(sum.value, 2) } else { String::new() };
    let line_units = |sum: &Sum| sum.line_units.map(grouped_units).unwrap_or_default();
    let lines = |sum: &Sum| sum.currency.map(|currency| currency.grouped(sum.lines)).unwrap_or_default();
    let rows = view! {
        {row("Rows", &|sum| parts::grouped(sum.rows))}
        {row("Units", &|sum| grouped_units(sum.units))}
        {differs.is_some().then(|| row("Units of the lines", &line_units))}
        {(!stock).then(|| row("Exact sum of the rows", &|sum| number::show(sum.millionths, 2)))}
        {values.then(|| row("Exact value of the rows", &value))}
        {below.then(|| row("Left out below zero", &|sum| number::show(sum.below_zero, 2)))}
        {deducted.then(|| row("Deductions left out", &|sum| number::show(sum.deducted, 2)))}
        {(!stock).then(|| row("Sum of the lines", &lines))}
        {values.then(|| row("Value of the lines", &lines))}
    };
    let left: Vec<_> = reading
        .left_out
        .iter()
        .map(|left| {
            let rows = if left.rows == 1 { "row" } else { "rows" };
            view! { <li>{format!("{} {rows}, {}: {}", parts::grouped(left.rows), left.reason.words(left.rows), left.which)}</li> }
        })
        .collect();
    let left_below = reading.left_out_below_zero().map(|words| view! { <p>{words}</p> });
    let told =
        [differs, reading.set_off()].into_iter().flatten().map(|words| view! { <p>{words}</p> }).collect::<Vec<_>>();
    let left = match (left.is_empty(), below) {
        (true, true) => view! { <p>"No other row was left out."</p> }.into_any(),
        (true, false) if reading.not_added() > 0 => view! { <p>"No other row was left out."</p> }.into_any(),
        (true, false) => view! { <p>"No row was left out."</p> }.into_any(),
        (false, _) => view! { <p>"Left out by rule:"</p><ul>{left}</ul> }.into_any(),
    };
    // Stock is counted in whole copies.
    let decimals = if stock { 0 } else { 2 };
    let own: Vec<_> = reading.file_totals.iter().map(|total| view! { <li>{total.in_words(decimals)}</li> }).collect();
    let own = (!own.is_empty()).then(|| view! { <p>"The file’s own totals:"</p><ul>{own}</ul> });
    view! {
        <h2>"Control totals"</h2>
        <p>{rows_read(reading)}</p>
        <Table caption="What the rows come to, and what the lines claim">
            <thead><tr><th scope="col">"In each currency"</th>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </Table>
        {own}
        {told}
        {left_below}
        {left}
    }
}
