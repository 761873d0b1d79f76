//! The problems of a statement: errors to mend, warnings to accept one by one or by kind.

use claims::{
    money::grouped_units,
    statements::{
        Choices, Reading,
        problem::{Kind, Severity},
    },
};
use leptos::prelude::*;

use crate::components::Table;

/// Problems of a kind that are shown; the copy with remarks has all.
const SHOWN: usize = 20;

/// The section; nothing but a sentence if there are no problems.
pub(super) fn section(base: &str, reading: &Reading, choices: &Choices, is_open: bool) -> AnyView {
    if reading.counts.is_empty() {
        return view! { <h2>"Problems"</h2><p>"None: every row was understood."</p> }.into_any();
    }
    let (errors, warnings) = (reading.count(Severity::Error), reading.count(Severity::Warning));
    let kinds: Vec<_> =
        reading.counts.iter().map(|(kind, count)| group(*kind, *count, reading, choices, is_open)).collect();
    let accept = (is_open && warnings > 0)
        .then(|| view! { <div class="actions"><button type="submit">"Save what I accept"</button></div> });
    let number = |count: u64| grouped_units(i64::try_from(count).unwrap_or(i64::MAX));
    let words = match (errors, warnings) {
        (0, warnings) => format!(
            "{} to look at. Accept each kind, or single rows, or mend the file.",
            said(warnings, "warning", "warnings")
        ),
        (errors, 0) => format!("{} to mend in the file before it can be imported.", said(errors, "error", "errors")),
        (errors, warnings) => {
            format!("{} to mend in the file, {} to accept.", said(errors, "error", "errors"), number(warnings))
        }
    };
    let body = if is_open {
        view! { <form method="post" action=base.to_owned()><input type="hidden" name="part" value="accept"/>{kinds}{accept}</form> }.into_any()
    } else {
        view! { <div>{kinds}</div> }.into_any()
    };
    view! {
        <h2>"Problems"</h2>
        <p>{words}</p>
        <p><a href=format!("{base}/corrected.csv")>"Download a copy of the file with a column that says what to mend"</a></p>
        {body}
    }
    .into_any()
}

fn said(count: u64, one: &str, many: &str) -> String {
    super::parts::count(i64::try_from(count).unwrap_or(i64::MAX), one, many)
}

fn group(kind: Kind, count: u64, reading: &Reading, choices: &Choices, is_open: bool) -> AnyView {
    let warning = kind.severity() == Severity::Warning;
    let all = reading.accepts_all(choices, kind);
    let single = is_open && warning && count > 1 && !all;
    let rows: Vec<_> = reading
        .problems
        .iter()
        .filter(|problem| problem.kind == kind)
        .take(SHOWN)
        .map(|problem| {
            let name = format!("accept:{}", problem.key());
            let tick = single.then(|| view! {
                <td><input type="checkbox" name=name value=problem.mark() checked=choices.accepts(problem) aria-label=format!("Accept row {}", problem.row)/></td>
            });
            let row = if problem.row == 0 { "File".to_owned() } else { problem.row.to_string() };
            view! { <tr><th scope="row">{row}</th><td>{problem.column.clone()}</td><td>{problem.value.clone()}</td><td>{problem.message.clone()}</td>{tick}</tr> }
        })
        .collect();
    let more = (count > SHOWN as u64).then(
        || view! { <p class="small">{format!("These are the first {SHOWN}; the copy to be corrected has all.")}</p> },
    );
    let head = single.then(|| view! { <th scope="col">"Accept"</th> });
    let whole = (is_open && warning).then(|| {
        let id = format!("field-accept-{}", kind.key());
        let words = if count == 1 { "Accept it".to_owned() } else { format!("Accept all {count}") };
        view! {
            <div class="field full"><div class="choice">
                <input type="checkbox" id=id.clone() name=format!("accept:{}", kind.key()) value=reading.mark(kind) checked=all/>
                <label for=id>{words}</label>
            </div></div>
        }
    });
    let word = if warning { "Warning" } else { "Error" };
    view! {
        <h3>{format!("{word}: {} ({})", kind.title(), grouped_units(i64::try_from(count).unwrap_or(i64::MAX)))}</h3>
        <p>{kind.remedy()}</p>
        <Table caption=kind.title() quiet=true>
            <thead><tr><th scope="col">"Row"</th><th scope="col">"Column"</th><th scope="col">"Value"</th><th scope="col">"What is wrong, and what would be right"</th>{head}</tr></thead>
            <tbody>{rows}</tbody>
        </Table>
        {more}
        {whole}
    }
    .into_any()
}
