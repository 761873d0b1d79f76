//! The problems of a statement: errors to mend, warnings to accept one by one or by kind.

use claims::{
    money::grouped_units,
    statements::{
        Choices, Grouping, Reading,
        number::show,
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
    let accepted = warnings > 0 && reading.open_warnings(choices).is_empty();
    let words = match (errors, warnings) {
        (0, 1) if accepted => "The warning is accepted.".to_owned(),
        (0, warnings) if accepted => format!("All {} warnings are accepted.", number(warnings)),
        (errors, 1) if accepted => {
            format!("{} to mend in the file; the warning is accepted.", said(errors, "error", "errors"))
        }
        (errors, warnings) if accepted => {
            let all = number(warnings);
            format!("{} to mend in the file; all {all} warnings are accepted.", said(errors, "error", "errors"))
        }
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
        view! { <form method="post" action=base.to_owned()><input type="hidden" name="part" value="accept"/>{kinds}{accept}</form>{set_off_form(base, reading, choices)} }.into_any()
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

/// The id of the form that chooses one line for each release. It stands by itself, because its button is inside another form.
const SET_OFF: &str = "set-off";

fn set_off_form(base: &str, reading: &Reading, choices: &Choices) -> Option<AnyView> {
    reading.may_be_set_off(choices).then(|| {
        view! {
            <form method="post" action=base.to_owned() id=SET_OFF>
                <input type="hidden" name="part" value="options"/>
                <input type="hidden" name="grouping" value=Grouping::Release.key()/>
            </form>
        }
        .into_any()
    })
}

/// What else can be done with releases that come to less than nothing, whose months and services together may not, and with
/// deductions.
fn set_off(kind: Kind, reading: &Reading, choices: &Choices, is_open: bool) -> Option<AnyView> {
    let title = Grouping::Release.title();
    let words = match kind {
        Kind::BelowZero => format!(
            "“{title}” sets them off against what the same release earned in other months and at other services, so that nothing is left out where that was more."
        ),
        Kind::Deduction => format!(
            "“{title}” takes them off the lines of their period, the largest first, so that the claim is what the statement says is due. The note of each line says so."
        ),
        _ => return None,
    };
    (is_open && reading.may_be_set_off(choices)).then(|| {
        view! {
            <p>{words}</p>
            <div class="actions"><button type="submit" class="secondary" form=SET_OFF>{format!("Choose “{title}”")}</button></div>
        }
        .into_any()
    })
}

/// What accepting a kind does to the claim, after the words for accepting it.
fn effect(kind: Kind, reading: &Reading) -> String {
    let above = reading.above_by_kind(kind);
    let above: Vec<String> = above.iter().map(|(currency, above)| format!("{} {currency}", show(*above, 2))).collect();
    if above.is_empty() {
        return String::new();
    }
    format!(": the claim is then {} above the file’s own sum", above.join(" and "))
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
                <td><span class="choice"><input type="checkbox" name=name value=problem.mark() checked=choices.accepts(problem) aria-label=format!("Accept row {}", problem.row)/></span></td>
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
        let words = words + &effect(kind, reading);
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
        {set_off(kind, reading, choices, is_open)}
        <Table caption=kind.title() quiet=true>
            <thead><tr><th scope="col">"Row"</th><th scope="col">"Column"</th><th scope="col">"Value"</th><th scope="col">"What is wrong, and what would be right"</th>{head}</tr></thead>
            <tbody>{rows}</tbody>
        </Table>
        {more}
        {whole}
    }
    .into_any()
}
