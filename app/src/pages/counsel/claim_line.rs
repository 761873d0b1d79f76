//! One line in full: its arithmetic, what was typed, its evidence.

use claims::{frozen::FrozenLine, intake::line};
use leptos::prelude::*;

use super::{claim_lines, reading::Reading};
use crate::components::{Amount, ClosingSums, SummaryList, summary_rows};

/// The chosen line, beside the others.
pub(super) fn beside(reading: &Reading) -> Option<AnyView> {
    let chosen = reading.at.line?;
    let line = reading.frozen().lines.iter().find(|line| line.line == chosen)?;
    Some(show(reading, line).into_any())
}

fn show(reading: &Reading, line: &FrozenLine) -> impl IntoView + use<> {
    let case = &reading.opened.case;
    let sums = line::accepted_sums(line.category, &line.answers, &case.line_rules());
    let rows = summary_rows(line::form(line.category), &line.answers, None);
    let rows: Vec<_> = rows.into_iter().filter(|row| !row.answer.is_empty()).collect();
    let foreign = (line.currency != reading.currency()).then(|| {
        view! {
            " = "<Amount minor=line.amount_in_case currency=reading.currency()/>
            {format!(" at {}", line.rate)}
        }
    });
    let basis = line.basis.map(|basis| format!(", {}", basis.title()));
    let currency = reading.currency();
    let apart = (line.interest_in_case > 0 || line.costs_in_case > 0).then(|| {
        let words = format!(
            "Besides: interest {}, costs {}.",
            currency.show(line.interest_in_case),
            currency.show(line.costs_in_case)
        );
        view! { <p>{words}</p> }
    });
    let evidence = if line.evidence.is_empty() {
        view! { <p>"Sworn only: the line cites no document."</p> }.into_any()
    } else {
        let cited: Vec<_> =
            line.evidence.iter().map(|cited| claim_lines::citation(reading, line.line, cited)).collect();
        view! { <p>"Cites:"</p>{cited} }.into_any()
    };
    let back = reading.href(|at| (at.category, at.cited, at.page) = (None, None, 1));
    let back = format!("{back}#line-{}", line.line);
    view! {
        <h3>{format!("Line {}: {}", line.line, line.category.title().to_lowercase())}</h3>
        <p>
            <strong><Amount minor=line.amount currency=line.currency/></strong>{foreign}{basis}". "
            <a href=back>"Its place in the list"</a>
        </p>
        {apart}
        {evidence}
        <ClosingSums sums currency=line.currency/>
        <SummaryList rows/>
    }
}
