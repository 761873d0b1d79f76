//! Sums by category and basis as a table, each figure a link to what it sums.

use claims::{
    line::Basis,
    money::Currency,
    totals::{self, Total, counts, more_in_words, more_lines},
};
use leptos::prelude::*;

use super::frame;
use crate::components::Table;

/// Which part of a sum a figure shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    All,
    /// What stands on lines that cite a document.
    Documented,
    /// What rests on the declaration alone.
    SwornOnly,
}

/// The sums in one currency. `link` says where a figure leads; it gets the category (`None` for the sum of all).
pub(super) fn tables(
    totals: &[Total],
    currency: Currency,
    filing_basis: Basis,
    link: impl Fn(Option<&Total>, Part) -> String,
) -> impl IntoView {
    let counted = |total: &&Total| counts(total.basis, filing_basis);
    let row = |total: &Total| row(total, currency, &|part| link(Some(total), part)).into_any();
    let main: Vec<_> = totals.iter().filter(counted).map(row).collect();
    let beside: Vec<_> = totals.iter().filter(|total| !counted(total)).map(row).collect();
    let sum = totals::counted(totals, filing_basis);
    let more = more_in_words(more_lines(totals, filing_basis)).map(|words| view! { <p class="small soft">{words}</p> });
    let foot = amounts(&sum, currency, "in all", &|part| link(None, part));
    let all = link(None, Part::All);
    let others = (!beside.is_empty()).then(|| {
        view! {
            <Table caption="Stock valued on another basis or without a value: beside the sum, never added to it" class="dense">
                {head()}
                <tbody>{beside}</tbody>
            </Table>
        }
    });
    let apart = (sum.interest > 0 || sum.costs > 0).then(|| {
        let words = format!(
            "Interest of {} and costs of {} are claimed besides. They are in none of these sums.",
            currency.show(sum.interest),
            currency.show(sum.costs)
        );
        view! { <p class="small soft">{words}</p> }
    });
    view! {
        <Table caption=format!("By category, stock at {}", filing_basis.title()) class="dense">
            {head()}
            <tbody>{main}</tbody>
            <tfoot>
                <tr>
                    <th scope="row">"Gross"</th>
                    <td class="num">{frame::number(&all, sum.lines, ("line", "lines"), ", in all")}</td>
                    // Copies sold, copies held and downloads are no sum of anything.
                    <td></td>
                    {foot}
                </tr>
            </tfoot>
        </Table>
        {more}
        {others}
        {apart}
    }
}

fn head() -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th scope="col">"Category"</th>
                <th scope="col" class="num">"Lines"</th>
                <th scope="col" class="num">"Units"</th>
                <th scope="col" class="num">"Claimed"</th>
                <th scope="col" class="num">"Documented"</th>
                <th scope="col" class="num">"Sworn only"</th>
            </tr>
        </thead>
    }
}

fn row(total: &Total, currency: Currency, link: &dyn Fn(Part) -> String) -> impl IntoView + use<> {
    let name = match total.basis {
        Some(Basis::UnitsOnly) => format!("{}, units without a value", total.category.title()),
        Some(basis) => format!("{}, {}", total.category.title(), basis.title()),
        None => total.category.title().to_owned(),
    };
    let figures = figures(total, currency, &name, link);
    view! { <tr><th scope="row">{name}</th>{figures}</tr> }
}

fn figures(total: &Total, currency: Currency, of: &str, link: &dyn Fn(Part) -> String) -> impl IntoView + use<> {
    let all = link(Part::All);
    let amounts = if total.basis == Some(Basis::UnitsOnly) {
        view! { <td class="num soft">"no value"</td><td></td><td></td> }.into_any()
    } else {
        amounts(total, currency, of, link).into_any()
    };
    view! {
        <td class="num">{frame::number(&all, total.lines, ("line", "lines"), &format!(", {of}"))}</td>
        <td class="num">{frame::number(&all, total.units, ("unit", "units"), &format!(", {of}"))}</td>
        {amounts}
    }
}

fn amounts(total: &Total, currency: Currency, of: &str, link: &dyn Fn(Part) -> String) -> impl IntoView + use<> {
    let (all, documented, sworn) = (link(Part::All), link(Part::Documented), link(Part::SwornOnly));
    view! {
        <td class="num">{frame::amount(&all, total.amount, currency, &format!("claimed, {of}"))}</td>
        <td class="num">{frame::amount(&documented, total.documented, currency, &format!("documented, {of}"))}</td>
        <td class="num">{frame::amount(&sworn, total.sworn_only(), currency, &format!("sworn only, {of}"))}</td>
    }
}
