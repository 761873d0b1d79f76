//! One statement: what was understood of it, what must be answered, mended or accepted, and the lines it makes.

use axum::http::{HeaderValue, header};
use claims::{
    ClaimId, ImportId,
    actions::imports,
    case::Case,
    intake::{Field, FieldError},
    line::Category,
    money::grouped_units,
    statements::{Choices, Reading, problem::Severity},
    store::{
        claims::Claim,
        statements::{self as stored, Import},
    },
    totals,
};
use leptos::prelude::*;

use super::{
    At, import_choices, import_facts, import_problems, import_sheets, import_sworn, import_totals, import_undo, open,
    parts, whom,
};
use crate::{
    components::{ErrorSummary, FormField, Notice, NoticeKind, Table},
    request::{Answer, Halt, Visitor},
    shell::Page,
};

/// Seconds after which reading that no process does any more can be asked for again.
const GIVEN_UP: i64 = 60;

/// The page.
pub async fn page(visitor: Visitor, At((id, import)): At<(ClaimId, ImportId)>) -> Answer {
    let (import, claim, case) = imports::open(visitor.recoup(), visitor.actor()?, id, import).await?;
    let for_whom = whom(&claim, &case);
    let progress = visitor.recoup().progress.of(import.id);
    let stuck = import.read_since.is_some_and(|since| (visitor.recoup().clock.now() - since).num_seconds() > GIVEN_UP);
    if import.read_since.is_some() && import.state == "open" && (progress.is_some() || !stuck) {
        let mut answer = visitor.page(waiting(&import, progress).whom(for_whom));
        answer.headers_mut().insert(header::REFRESH, HeaderValue::from_static("2"));
        return Ok(answer);
    }
    if import.state == "open" {
        open(&visitor, id).await?;
    }
    let draft = in_draft(&visitor, &import, &claim).await?;
    let key = visitor.key();
    let notice = visitor.take_notice().await;
    let errors = errors(&import);
    let wrong = !errors.is_empty();
    let page = Page::new(import.name.clone(), move || {
        let body = match &import.reading {
            Some(reading) if import.refused.is_empty() => {
                body(&import, &reading.0, &case, draft.as_ref(), key).into_any()
            }
            _ => refused(&import).into_any(),
        };
        view! {
            <ErrorSummary errors/>
            {notice.map(|words| view! { <Notice kind=NoticeKind::Info>{words}</Notice> })}
            <a class="back" href=format!("/claims/{id}/import")>"← All statements"</a>
            <h1>{import.name.clone()}</h1>
            {body}
        }
    });
    Ok(visitor.page(page.error(wrong).whom(for_whom)))
}

/// The imports that a draft has lines of, and how many it has of the one that is shown.
struct InDraft {
    counting: Vec<Import>,
    left: i64,
}

/// The same of a claim that can be changed; `None` of another.
async fn in_draft(visitor: &Visitor, import: &Import, claim: &Claim) -> Result<Option<InDraft>, Halt> {
    let Some(draft) = claim.being_written() else { return Ok(None) };
    let mut tx = visitor.recoup().store.read().await?;
    let counting = stored::counting(&mut tx, claim.id, draft).await?;
    Ok(Some(InDraft { counting, left: stored::lines_left(&mut tx, import.id, draft).await? }))
}

/// What is wrong with the answers to the questions that are shown.
fn errors(import: &Import) -> Vec<FieldError> {
    let reading = import.reading.as_ref().filter(|_| import.state == "open" && import.refused.is_empty());
    // While it is asked what the columns are, or they are nothing that can be claimed, no other question has its fields.
    let asked = |reading: &Reading, any: [&str; 2]| any.iter().any(|question| reading.asks(question).is_some());
    let shown = reading.filter(|reading| !asked(reading, ["columns", "category"]));
    let wrong = shown.filter(|reading| asked(reading, ["period", "currency"])).map(|reading| reading.wrong.clone());
    // What was asked before the import and sent without an answer.
    let choices = &import.choices.0;
    let sworn = shown.filter(|_| choices.left_open).map(|reading| import_sworn::open(reading, choices));
    wrong.into_iter().chain(sworn).flatten().collect()
}

fn waiting(import: &Import, progress: Option<u64>) -> Page {
    let name = import.name.clone();
    let done = progress.unwrap_or(0).min(1_000);
    Page::new(format!("Reading {name}"), move || {
        view! {
            <h1>{format!("Reading {name}")}</h1>
            <p class="lede">{format!("{} % of the file. This page looks again by itself every two seconds; you can leave it and come back.", done / 10)}</p>
            <progress max="1000" value=done.to_string() aria-label="How much of the file was read"></progress>
        }
    })
}

/// A file that is not read, and why.
fn refused(import: &Import) -> impl IntoView + use<> {
    let base = format!("/claims/{}/import/{}", import.claim_id, import.id);
    // What was not read to its end may be read the next time; what was refused may be because of what was said of it.
    let (part, title, words) = match import.refused.as_str() {
        "" => ("options", "This file was not read", "The file was not read to its end."),
        imports::NOT_READ => ("options", "This file was not read", imports::NOT_READ),
        refused => ("layout", "This file cannot be imported as it is", refused),
    };
    let words = words.to_owned();
    view! {
        <Notice kind=NoticeKind::Warning title=title>{words}</Notice>
        <form method="post" action=base.clone()>
            <input type="hidden" name="part" value=part/>
            <div class="actions"><button type="submit" class="secondary">"Read it again, from the beginning"</button></div>
        </form>
        {discard(&base)}
    }
}

fn discard(base: &str) -> impl IntoView + use<> {
    view! { <form method="post" action=format!("{base}/discard")><div class="actions"><button type="submit" class="danger">"Discard this file"</button></div></form> }
}

fn body(
    import: &Import,
    reading: &Reading,
    case: &Case,
    draft: Option<&InDraft>,
    key: String,
) -> impl IntoView + use<> {
    let base = format!("/claims/{}/import/{}", import.claim_id, import.id);
    let choices = &import.choices.0;
    let is_open = import.state == "open";
    let others = draft.map_or(&[][..], |draft| &draft.counting[..]);
    if let Some(question) = reading.asks("sheet") {
        let which = is_open.then(|| view! { {import_sheets::which(&base, import, question, others)}{discard(&base)} });
        return view! { {which} }.into_any();
    }
    // While it is not clear what the columns are, or they are nothing that can be claimed, their problems say nothing.
    let stopped = reading.questions.iter().any(|question| matches!(question.choice.as_str(), "columns" | "category"));
    let state = match import.state.as_str() {
        "done" if draft.is_some_and(|draft| draft.left == 0) => {
            Some("This statement was imported, and all of its lines were removed: no line of it is left in the claim.")
        }
        "done" => Some("This statement was imported. Below is what became of it."),
        "replaced" => Some("The lines of this statement were replaced by those of another file."),
        _ => None,
    };
    let columns = format!("{base}/columns");
    let offered = (is_open && (choices.offered || choices.remembered)).then(|| {
        let words = if choices.offered { "Another claimant of this case imported a file with the same header and said what its columns mean. That is filled in: check it before you import. Whatever else the file does not say is yours to answer." } else { "The columns are read as you said for an earlier file with the same header." };
        view! { <Notice kind=NoticeKind::Info>{words}" "<a href=columns>"See the columns"</a></Notice> }
    });
    let questions = (is_open && !reading.questions.is_empty()).then(|| questions(&base, reading, choices, case));
    let problems = import_problems::section(&base, reading, choices, is_open);
    let settled = reading.questions.is_empty();
    view! {
        {state.map(|words| view! { <Notice kind=NoticeKind::Success>{words}</Notice> })}
        {(import.state == "done").then(|| draft.map(|draft| view! {
            {import_undo::section(&base, import, draft.left)}
            {import_sheets::others(&base, import, others)}
        }))}
        {(import.state == "replaced" && draft.is_some()).then(|| import_undo::once_more(&base, import))}
        {offered}
        {questions}
        <h2>"What was understood"</h2>
        {import_facts::view(&base, reading, choices, is_open)}
        {settled.then(|| import_totals::view(reading))}
        {(!stopped && (settled || !reading.counts.is_empty())).then_some(problems)}
        {settled.then(|| lines(reading))}
        {is_open.then(|| view! {
            {settled.then(|| options(&base, import, reading, others, case))}
            {difference(import)}
            {settled.then(|| confirm(&base, import, reading, key))}
            <details><summary>"Another layout or sheet, or discard the file"</summary>{layout(&base, import, others)}{discard(&base)}</details>
        })}
    }
    .into_any()
}

fn questions(base: &str, reading: &Reading, choices: &Choices, case: &Case) -> impl IntoView + use<> {
    if let Some(question) = reading.questions.iter().find(|question| question.choice == "category") {
        let words = question.words.clone();
        return view! {
            <Notice kind=NoticeKind::Warning title="This file cannot be claimed in this case">{words}</Notice>
        }
        .into_any();
    }
    if reading.questions.iter().any(|question| question.choice == "columns") {
        let words = reading
            .questions
            .iter()
            .find(|question| question.choice == "columns")
            .map(|question| question.words.clone());
        return view! {
            <Notice kind=NoticeKind::Warning title="What do the columns mean?">{words}</Notice>
            <p><a class="button" href=format!("{base}/columns")>"Say what the columns mean"</a></p>
        }
        .into_any();
    }
    let currencies = case.settings.currencies();
    let asked: Vec<_> = reading
        .questions
        .iter()
        .map(|question| {
            let fields: Vec<_> = import_choices::answering(&question.choice)
                .into_iter()
                .map(|field| {
                    let answer = if question.choice == "basis" {
                        choices.basis.clone()
                    } else {
                        import_choices::chosen(choices, field.name)
                    };
                    let error = reading.wrong.iter().find(|error| error.field == field.name);
                    let error = error.map(|error| error.message.clone());
                    view! { <FormField field answer error currencies=currencies.clone() more=of_basis(&field, case)/> }
                })
                .collect();
            let examples = (!question.examples.is_empty())
                .then(|| view! { <p>"In the file: "<strong>{question.examples.join(" · ")}</strong></p> });
            let columns = (question.choice == "value")
                .then(|| view! { <p><a href=format!("{base}/columns")>"Change what the columns mean"</a></p> });
            view! { <p>{question.words.clone()}</p>{examples}{columns}<div class="fields">{fields}</div> }
        })
        .collect();
    view! {
        <section class="card" aria-labelledby="questions">
            <h2 id="questions">"What only you know"</h2>
            <form method="post" action=base.to_owned() novalidate>
                <input type="hidden" name="part" value="questions"/>
                {asked}
                <div class="actions"><button type="submit">"Read the file by these answers"</button></div>
            </form>
        </section>
    }
    .into_any()
}

/// The first lines.
fn lines(reading: &Reading) -> impl IntoView + use<> {
    let stock = reading.category == Some(Category::HeldInventory);
    let rows: Vec<_> = reading.first_lines.iter().take(20).map(|line| {
        let amount = if stock && line.amount == 0 { "Units only".to_owned() } else { line.currency.show(line.amount) };
        view! {
            <tr><th scope="row">{line.release.clone()}</th><td>{line.period.clone()}</td><td>{line.service.clone()}</td><td class="num">{grouped_units(line.units)}</td><td class="num">{amount}</td><td>{line.rows.clone()}</td></tr>
        }
    }).collect();
    let more = (reading.lines > 20).then(
        || view! { <p class="small">{format!("These are the first 20 of {} lines.", parts::grouped(reading.lines))}</p> },
    );
    view! {
        <h2>{parts::count(i64::try_from(reading.lines).unwrap_or(i64::MAX), "line", "lines")}</h2>
        {(reading.lines > 0).then(|| view! {
            <Table caption="Lines that this file makes" quiet=true>
                <thead><tr><th scope="col">"Release"</th><th scope="col">"Period"</th><th scope="col">"Service or statement"</th><th scope="col" class="num">"Units"</th><th scope="col" class="num">"Amount"</th><th scope="col">"Cites"</th></tr></thead>
                <tbody>{rows}</tbody>
            </Table>
        })}
        {more}
    }
}

/// Said where the basis of stock is chosen: on which one the case adds it up.
fn of_basis(field: &Field, case: &Case) -> Option<String> {
    (field.name == "basis").then(|| totals::basis_in_words(case.settings.filing_basis))
}

/// How rows become lines, and what they replace.
fn options(base: &str, import: &Import, reading: &Reading, others: &[Import], case: &Case) -> impl IntoView + use<> {
    let choices = &import.choices.0;
    // Another category is another kind of statement.
    let others: Vec<&Import> = others.iter().filter(|other| imports::may_replace(import, other)).collect();
    let asked = !import_sworn::open(reading, choices).is_empty();
    let fields: Vec<_> = import_choices::options(reading.category, asked)
        .into_iter()
        .map(|field| view! { <FormField field answer=import_choices::chosen(choices, field.name) error=None more=of_basis(&field, case)/> })
        .collect();
    let replaces = (!others.is_empty()).then(|| {
        let options: Vec<_> = others.iter().map(|other| {
            let selected = import.replaces == Some(other.id);
            view! { <option value=other.id.to_string() selected=selected>{format!("Replaces {}", other.name)}</option> }
        }).collect();
        view! {
            <div class="field long">
                <label for="field-replaces">"Does this file replace one that you imported?"</label>
                <p class="hint" id="hint-replaces">"A corrected file does: its lines take the place of those of the earlier one. You see the difference first."</p>
                <div class="control"><select id="field-replaces" name="replaces" aria-describedby="hint-replaces"><option value="0">"No, it is a further statement"</option>{options}</select></div>
            </div>
        }
    });
    view! {
        <h2>"Options"</h2>
        <form method="post" action=base.to_owned() novalidate>
            <input type="hidden" name="part" value="options"/>
            <div class="fields">{fields}{replaces}</div>
            <div class="actions"><button type="submit" class="secondary">"Show the lines by these options"</button></div>
        </form>
    }
}

/// How the lines differ from those that they replace.
fn difference(import: &Import) -> Option<AnyView> {
    let difference = &import.difference.as_ref()?.0;
    import.replaces?;
    let rows: Vec<_> = difference.first.iter().map(|(name, before, after)| {
        let cell = |words: &String, none: &'static str| if words.is_empty() { none.to_owned() } else { words.clone() };
        view! { <tr><th scope="row">{name.clone()}</th><td>{cell(before, "Not there")}</td><td>{cell(after, "Goes")}</td></tr> }
    }).collect();
    Some(view! {
        <h2>"What changes"</h2>
        <p>{format!("{} new, {} changed, {} removed, {} the same.", parts::grouped(difference.added), parts::grouped(difference.changed), parts::grouped(difference.removed), parts::grouped(difference.same))}" Changes that you made by hand to the earlier lines are lost with them."</p>
        {(!rows.is_empty()).then(|| view! { <Table caption="Lines that change"><thead><tr><th scope="col">"Line"</th><th scope="col">"Now"</th><th scope="col">"After the import"</th></tr></thead><tbody>{rows}</tbody></Table> })}
    }.into_any())
}

/// The last word.
fn confirm(base: &str, import: &Import, reading: &Reading, key: String) -> impl IntoView + use<> {
    let choices = &import.choices.0;
    let unsaid = import_sworn::open(reading, choices);
    if !unsaid.is_empty() {
        return import_sworn::ask(base, choices, &unsaid).into_any();
    }
    let missing = if reading.count(Severity::Error) > 0 {
        Some("There are errors: mend them in the file, or download the copy with remarks above, and import the mended file.".to_owned())
    } else if let Some(kind) = reading.open_warnings(choices).first() {
        Some(format!("First accept the warnings above, such as “{}”, or mend the file.", kind.title()))
    } else if reading.lines == 0 {
        Some("The file makes no lines.".to_owned())
    } else {
        None
    };
    match missing {
        Some(words) => view! { <h2>"Import"</h2><p>{words}</p> }.into_any(),
        None => {
            let lines = parts::count(i64::try_from(reading.lines).unwrap_or(i64::MAX), "line", "lines");
            view! {
                <h2>"Import"</h2>
                <p>{format!("{} becomes a document of your claim, and {lines} will cite it with their rows. You can edit or remove each line afterwards.", import.name)}</p>
                {import_sheets::only(import)}
                <form method="post" action=format!("{base}/confirm")>
                    <input type="hidden" name="key" value=key/>
                    <div class="actions"><button type="submit">{format!("Import {lines}")}</button></div>
                </form>
            }
            .into_any()
        }
    }
}

fn layout(base: &str, import: &Import, others: &[Import]) -> impl IntoView + use<> {
    let choices = &import.choices.0;
    let layouts: Vec<_> = claims::statements::layouts::LAYOUTS
        .iter()
        .map(|layout| {
            let selected = choices.layout == layout.key;
            view! { <option value=layout.key selected=selected>{layout.title}</option> }
        })
        .collect();
    let sheets = import_sheets::another(import, others);
    view! {
        <form method="post" action=base.to_owned() novalidate>
            <input type="hidden" name="part" value="layout"/>
            <p class="hint">"What you answered about its columns and values is asked again."</p>
            <div class="fields">
                <div class="field long"><label for="field-layout">"Layout"</label><div class="control"><select id="field-layout" name="layout"><option value="">"Recognise it"</option>{layouts}</select></div></div>
                {sheets}
            </div>
            <div class="actions"><button type="submit" class="secondary">"Read it so"</button></div>
        </form>
    }
}
