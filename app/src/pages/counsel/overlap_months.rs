//! What an entry of the ledger is made of: its months, and the lines that were spread over them.

use claims::{line::Category, period::Period};
use leptos::prelude::*;

use super::{frame, match_words, overlap_page::Shown};
use crate::components::{StatusTag, Table};

/// What each claim claims in each month. It is reckoned from the lines as they stand now.
pub(super) fn table(shown: &Shown) -> impl IntoView + use<> {
    let currency = shown.case.settings.currency;
    let months = &shown.full.months;
    let amount = |amounts: &[(u32, i64)], place: usize| {
        let found = amounts.iter().find(|(claimant, _)| usize::try_from(*claimant) == Ok(place));
        found.map_or(0, |(_, amount)| *amount)
    };
    let sums: Vec<i64> =
        (0..shown.parts.len()).map(|place| months.iter().map(|month| amount(&month.amounts, place)).sum()).collect();
    let changed = shown.parts.iter().zip(&sums).any(|(part, sum)| part.gross != *sum);
    let changed = changed.then(|| view! { <p>"A claim changed since the last run: the months are those of the claims as they stand now, the figures above those of the run."</p> });
    let heads: Vec<_> = shown
        .parts
        .iter()
        .map(|part| view! { <th scope="col" class="num">{part.claimant.clone()}<div class="detail">{part.number.clone()}</div></th> })
        .collect();
    let cells = move |amounts: Vec<i64>| -> Vec<AnyView> {
        let sum: i64 = amounts.iter().sum();
        amounts
            .into_iter()
            .chain([sum])
            .map(|amount| view! { <td class="num">{frame::figure(amount, currency)}</td> }.into_any())
            .collect()
    };
    let rows: Vec<_> = months
        .iter()
        .map(|month| {
            let name = if shown.entry.last_month == 0 {
                "No period".to_owned()
            } else {
                match_words::month(month.month.into())
            };
            let amounts = (0..shown.parts.len()).map(|place| amount(&month.amounts, place)).collect();
            view! { <tr><th scope="row">{name}</th>{cells(amounts)}</tr> }
        })
        .collect();
    view! {
        <p class="small soft">"A line over several months is spread over them in equal parts, to the cent. Months that only one claims are left out: they overlap with nothing."</p>
        {changed}
        <Table caption=format!("What each claims in each month, in {currency}") quiet=true class="dense">
            <thead><tr><th scope="col">"Month"</th>{heads}<th scope="col" class="num">"Together"</th></tr></thead>
            <tbody>{rows}</tbody>
            <tfoot><tr><th scope="row">"Together"</th>{cells(sums)}</tr></tfoot>
        </Table>
    }
}

/// The lines, each with the way to it.
pub(super) fn lines(shown: &Shown) -> impl IntoView + use<> {
    let settings = &shown.case.settings;
    let currency = settings.currency;
    let rows: Vec<_> = shown
        .full
        .lines
        .iter()
        .map(|(place, line)| {
            let part = &shown.parts[*place];
            let href = format!("/counsel/{}/claims/{}?line={}#beside", settings.slug, part.number, line.line);
            let period = line.period_from.zip(line.period_to).and_then(|(from, to)| Period::new(from, to));
            let evidence = match line.citations {
                0 => view! { <StatusTag word="Sworn only" key="sworn"/> }.into_any(),
                count => frame::count(count, "document cited", "documents cited").into_any(),
            };
            let named = [&line.artist, &line.title, &line.catalogue_number, &line.gtin];
            let named: Vec<&str> =
                named.into_iter().flatten().map(String::as_str).filter(|text| !text.is_empty()).collect();
            view! {
                <tr>
                    <th scope="row"><a href=href>{format!("{}, line {}", part.number, line.line)}</a></th>
                    <td>{part.claimant.clone()}</td>
                    <td>{Category::parse(&line.category).map(Category::title)}</td>
                    <td>{named.join(", ")}</td>
                    <td>{period.map(frame::short_period)}</td>
                    <td class="num">{frame::figure(line.case_amount, currency)}</td>
                    <td>{evidence}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption=format!("The lines, with their whole amounts in {currency}") quiet=true class="dense">
            <thead>
                <tr>
                    <th scope="col">"Line"</th>
                    <th scope="col">"Claimant"</th>
                    <th scope="col">"Category"</th>
                    <th scope="col">"Release as typed"</th>
                    <th scope="col">"Period"</th>
                    <th scope="col" class="num">"Whole line"</th>
                    <th scope="col">"Evidence"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
