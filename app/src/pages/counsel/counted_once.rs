//! The three figures: gross claimed, overlap removed, unique total, the last as a range while anything is only suspected.

use claims::{
    deadline,
    line::{Basis, Category},
    money::{Currency, grouped_units},
    overlap::Removed,
    store::matching::State,
    totals::Total,
};
use leptos::prelude::*;

use super::frame;
use crate::components::{Notice, NoticeKind, Table};

/// An amount, or the range in which it lies.
pub(super) fn range((least, most): (i64, i64), currency: Currency) -> AnyView {
    let most_shown = frame::figure(most, currency);
    if least == most {
        return most_shown.into_any();
    }
    view! { <span class="range">{frame::figure(least, currency)}"\u{a0}– "{most_shown}</span> }.into_any()
}

/// What is taken off: what a person said, and how much more is only suspected.
pub(super) fn removed(of: Removed, currency: Currency) -> AnyView {
    let more = (of.suspected > 0).then(|| {
        view! { <span class="detail">" suspected "{frame::figure(of.suspected, currency)}</span> }
    });
    view! { {frame::figure(of.confirmed, currency)}{more} }.into_any()
}

/// The sums of what counts by category, before and after overlap. `link` says where the figures of a category lead (`None` for all).
pub(super) fn table(
    totals: &[Total],
    taken_off: &[(Category, Removed)],
    currency: Currency,
    filing_basis: Basis,
    link: impl Fn(Option<Category>) -> String,
) -> impl IntoView {
    let of = |category: Category| {
        let gross = totals
            .iter()
            .filter(|total| total.category == category && claims::totals::counts(total.basis, filing_basis));
        let removed =
            taken_off.iter().filter(|(of, _)| *of == category).fold(Removed::default(), |sum, (_, of)| sum.plus(*of));
        (gross.map(|total| total.amount).sum::<i64>(), removed)
    };
    let row = |name: &str, gross: i64, off: Removed, href: String| {
        let what = |figure: &str| format!(" {figure}, {name}");
        view! {
            <tr>
                <th scope="row">{name.to_owned()}</th>
                <td class="num"><a href=href.clone()>{frame::figure(gross, currency)}<span class="hidden">{what("gross")}</span></a></td>
                <td class="num"><a href=href.clone()>{frame::figure(off.confirmed, currency)}<span class="hidden">{what("removed")}</span></a></td>
                <td class="num"><a href=href.clone()>{frame::figure(off.suspected, currency)}<span class="hidden">{what("suspected")}</span></a></td>
                <td class="num"><a href=href>{range(off.unique(gross), currency)}<span class="hidden">{what("unique")}</span></a></td>
            </tr>
        }
    };
    let shown = Category::ALL.into_iter().filter(|category| totals.iter().any(|total| total.category == *category));
    let all: Vec<(Category, i64, Removed)> = shown.map(|category| (category, of(category).0, of(category).1)).collect();
    let gross = all.iter().map(|(_, gross, _)| gross).sum();
    let off = all.iter().fold(Removed::default(), |sum, (_, _, off)| sum.plus(*off));
    let rows: Vec<_> =
        all.iter().map(|(category, gross, off)| row(category.title(), *gross, *off, link(Some(*category)))).collect();
    let foot = row("All", gross, off, link(None));
    view! {
        <Table caption=format!("Counted once, in {currency}, stock at {}", filing_basis.title()) class="dense">
            <thead>
                <tr>
                    <th scope="col">"Category"</th>
                    <th scope="col" class="num">"Gross claimed"</th>
                    <th scope="col" class="num">"Overlap removed"</th>
                    <th scope="col" class="num">"Suspected overlap, not decided"</th>
                    <th scope="col" class="num">"Unique"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            <tfoot>{foot}</tfoot>
        </Table>
    }
}

/// What must be known of figures that are older than the claims.
pub(super) fn note(state: &State, zone: &str) -> impl IntoView + use<> {
    if !state.failed.is_empty() {
        let words =
            format!("Matching failed and is tried again: {}. Figures after overlap are those of before.", state.failed);
        return view! { <Notice kind=NoticeKind::Warning title="Figures may be old">{words}</Notice> }.into_any();
    }
    if state.is_current() {
        return ().into_any();
    }
    let since = state.finished_at.map_or_else(
        || "No claim was matched yet".to_owned(),
        |at| format!("Overlap is as of {}", deadline::show(at, zone)),
    );
    let changes = frame::count(state.wanted - state.ran, "change since then is", "changes since then are");
    let words = format!(
        "{since}; {changes} being matched, claims or decisions. Figures after overlap are those of before. Load the page again in a moment."
    );
    view! { <Notice kind=NoticeKind::Info>{words}</Notice> }.into_any()
}

/// Members in words: a range while it is open whether some are one.
pub(super) fn members((least, most): (i64, i64)) -> String {
    if least == most {
        frame::count(most, "member", "members")
    } else {
        format!("{} to {} members", grouped_units(least), grouped_units(most))
    }
}
