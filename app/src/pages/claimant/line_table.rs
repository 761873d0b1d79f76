//! All lines of a claim as they are checked and as they were sent: a table for each category, with everything that is signed.

use std::collections::BTreeMap;

use claims::{
    LineId,
    actions::claim_view::Draft,
    frozen::{FrozenClaim, FrozenLine},
    intake::{further, line},
    line::{Basis, Category},
    money::{Currency, convert, grouped_units},
    period::Period,
    place::in_short,
    store::lines::{Citation, Line},
};
use leptos::prelude::*;

use super::parts;
use crate::components::{Amount, StatusTag, Table};

/// A line as it is read.
pub(super) struct Row {
    number: i64,
    category: Category,
    release: String,
    period: Option<Period>,
    units: Option<i64>,
    basis: Option<Basis>,
    /// Amount and its currency, if the line is right.
    amount: Option<(i64, Currency)>,
    /// Rate and amount in the currency of the case, if that is another one.
    in_case: Option<(String, i64)>,
    evidence: Vec<String>,
    /// What else was answered, by paragraphs.
    further: Vec<String>,
}

fn cited(document: &str, place: &str) -> String {
    if place.is_empty() { document.to_owned() } else { format!("{document}, {}", in_short(place)) }
}

impl Row {
    /// The lines of a draft.
    pub(super) fn of_draft(draft: &Draft, lines: &[Line], citations: &[Citation]) -> Vec<Self> {
        let rules = draft.case.line_rules();
        let own = draft.case.settings.currency;
        let mut evidence: BTreeMap<LineId, Vec<String>> = BTreeMap::new();
        for citation in citations {
            evidence.entry(citation.line_id).or_default().push(cited(&citation.name, &citation.place));
        }
        lines
            .iter()
            .filter_map(|stored| {
                let category = Category::parse(&stored.category)?;
                let answers = &stored.answers.0;
                let facts = line::read(category, answers, &rules).facts;
                let foreign = facts.as_ref().filter(|facts| facts.currency != own).and_then(|facts| {
                    let rate = draft.case.settings.rate(facts.currency)?;
                    Some((rate.to_string(), convert(facts.amount, facts.currency, rate, own)?))
                });
                Some(Self {
                    number: stored.line,
                    category,
                    release: parts::release(category, answers),
                    period: facts.as_ref().and_then(|facts| facts.period),
                    units: facts.as_ref().and_then(|facts| facts.units),
                    basis: facts.as_ref().and_then(|facts| facts.basis),
                    amount: facts.as_ref().map(|facts| (facts.amount, facts.currency)),
                    in_case: foreign,
                    evidence: evidence.remove(&stored.id).unwrap_or_default(),
                    further: further(category, answers, &[]),
                })
            })
            .collect()
    }

    /// The lines of a sent version.
    pub(super) fn of_frozen(claim: &FrozenClaim) -> Vec<Self> {
        let row = |line: &FrozenLine| Self {
            number: line.line,
            category: line.category,
            release: parts::release(line.category, &line.answers),
            period: line.period,
            units: line.units,
            basis: line.basis,
            amount: Some((line.amount, line.currency)),
            in_case: (line.currency != claim.currency).then(|| (line.rate.clone(), line.amount_in_case)),
            evidence: line.evidence.iter().map(|evidence| cited(&evidence.document, &evidence.place)).collect(),
            further: further(line.category, &line.answers, &[]),
        };
        claim.lines.iter().map(row).collect()
    }

    fn view(self, own: Currency, edit: Option<&str>) -> impl IntoView + use<> {
        let Self { number, release, period, units, basis, amount, in_case, evidence, further, .. } = self;
        let missing = amount.is_none();
        let value = amount
            .filter(|_| basis != Some(Basis::UnitsOnly))
            .map(|(minor, currency)| view! { <Amount minor currency/><br/> });
        let in_case = in_case.map(|(rate, minor)| view! { <span class="soft">"= "<Amount minor currency=own/>{format!(" at {rate}")}</span><br/> });
        let basis = basis.map(|basis| view! { <span class="soft">{basis.title()}</span> });
        let evidence = if evidence.is_empty() { "Sworn only".to_owned() } else { evidence.join("; ") };
        let change = edit.map(|base| {
            view! { <td class="row-actions"><a href=format!("{base}/{number}")>"Change"<span class="hidden">{format!(" line {number}")}</span></a></td> }
        });
        // As the link at the end of the row, which stands outside a narrow screen.
        let release = match edit {
            Some(base) => view! { <a href=format!("{base}/{number}")>{release}</a> }.into_any(),
            None => release.into_any(),
        };
        let further = (!further.is_empty()).then(|| {
            let paragraphs: Vec<_> = further.into_iter().map(|words| view! { <p class="lines">{words}</p> }).collect();
            let columns = if edit.is_some() { "6" } else { "5" };
            view! { <tr><td></td><td class="detail" colspan=columns>{paragraphs}</td></tr> }
        });
        view! {
            <tr class=if missing { "wrong" } else { "" }>
                <th scope="row">{number}</th><td>{release}</td>
                <td class="num">{value}{in_case}{basis}{missing.then(|| view! { <StatusTag word="Needs attention" key="attention"/> })}</td>
                <td>{period.map(parts::period)}</td><td class="num">{units.map(grouped_units)}</td><td>{evidence}</td>{change}
            </tr>
            {further}
        }
    }
}

/// A table for each category that has lines. `edit` is the address of a line without its number, where lines can be changed.
pub(super) fn tables(rows: Vec<Row>, own: Currency, edit: Option<&str>) -> AnyView {
    let mut by_category: BTreeMap<Category, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_category.entry(row.category).or_default().push(row);
    }
    let tables: Vec<_> = by_category
        .into_iter()
        .map(|(category, rows)| {
            let rows: Vec<_> = rows.into_iter().map(|row| row.view(own, edit)).collect();
            let change = edit.map(|_| view! { <th scope="col"><span class="hidden">"What can be done"</span></th> });
            view! {
                <h3>{category.title()}</h3>
                <Table caption=format!("Lines of {}", category.title().to_lowercase()) quiet=true>
                    <thead><tr>
                        <th scope="col">"Line"</th><th scope="col">"Release"</th><th scope="col" class="num">"Amount"</th>
                        <th scope="col">"Period"</th><th scope="col" class="num">"Units"</th><th scope="col">"Evidence"</th>{change}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
            }
        })
        .collect();
    view! { {tables} }.into_any()
}
