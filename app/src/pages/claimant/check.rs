//! Check your answers: everything on one page, to read, to mend and to print.

use claims::{
    ClaimId,
    actions::{
        claim_view::{Draft, Remark},
        on_statements, same_lines,
    },
    deadline, file_size,
    intake::steps::Step,
    line::Basis,
    period::show_day,
    store::{lines as stored, statements as imports, totals as kept_totals},
};
use leptos::prelude::*;

use super::{
    At,
    line_table::{self, Row},
    open, parts, step_path, tasks_path, whom,
};
use crate::{
    components::{Amount, Notice, NoticeKind, Table, answered_and_open, summary_rows},
    request::{Answer, Visitor},
    shell::Page,
};

/// The page.
pub async fn page(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    let draft = open(&visitor, id).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let lines = stored::list(&mut tx, draft.version.id, None, stored::Order::Number, i64::MAX, 0).await?;
    let citations = stored::citations(&mut tx, draft.version.id, None).await?;
    let totals = kept_totals::so_far(&mut tx, draft.version.id).await?;
    let counting = imports::counting(&mut tx, id, draft.version.id).await?;
    // What was imported by now: the draft has all of it.
    let told = imports::told(&mut tx, id, draft.version.id, visitor.recoup().clock.now()).await?;
    drop(tx);
    let below = on_statements::left_out(&counting);
    let unused = on_statements::uncited(&draft.documents, &citations, &told);
    let rows = Row::of_draft(&draft, &lines, &citations);
    let same = same_lines::remarks(&lines);
    let notice = visitor.take_notice().await;
    let for_whom = whom(&draft.claim, &draft.case);
    let today = show_day(deadline::day_in(visitor.recoup().clock.now(), &draft.case.settings.time_zone));
    let today = format!(", as of {today}.");
    Ok(visitor.page(
        Page::new("Check your answers", move || {
            let settings = &draft.case.settings;
            let mut remarks = draft.remarks();
            remarks.extend(same);
            remarks.extend(unused);
            let stops = remarks.iter().any(|remark| remark.stops);
            let forms: Vec<_> = [Step::Claimant, Step::Agreement, Step::Others].into_iter().map(|step| answers(&draft, step)).collect();
            let claimed = if rows.is_empty() {
                view! { <p class="empty">"Nothing is claimed yet."</p> }.into_any()
            } else {
                let totals = parts::totals_table("Totals", &totals, settings.currency, Some(settings.filing_basis));
                view! { {totals}{left_out(below)}{by_currency(&draft)}{line_table::tables(rows, settings.currency, Some(&format!("/claims/{id}/line")))} }.into_any()
            };
            let go_on = if stops {
                view! { <p>"You can sign once everything listed at the top of this page under “Needed before you can sign” is mended."</p> }.into_any()
            } else {
                view! { <p>"If all of this is true and complete, go on. You sign under penalty of perjury."</p><div class="actions"><a class="button" href=format!("/claims/{id}/sign")>"Go on to sign"</a></div> }.into_any()
            };
            view! {
                {parts::done(notice)}
                <a class="back" href=tasks_path(&draft.claim)>"← All tasks"</a>
                <h1>"Check your answers"</h1>
                <p class="paper"><strong>"Draft, not sent"</strong>{today}</p>
                <p>"This is what will be sent. Print it if you want to read it on paper."</p>
                {remark_lists(id, &remarks)}
                {forms}
                <h2>"What is claimed"</h2>
                {claimed}
                <h2>"Documents"</h2>
                {documents(&draft)}
                <h2>"Sign"</h2>
                {go_on}
            }
        })
        .whom(for_whom),
    ))
}

/// What of imported statements is in no line, so that the claim asks for more than they come to; nothing where there is none of it.
pub(super) fn left_out(words: Vec<String>) -> impl IntoView + use<> {
    let items: Vec<_> = words.into_iter().map(|words| view! { <li>{words}</li> }).collect();
    (!items.is_empty()).then(|| view! { <Notice kind=NoticeKind::Info title="Your lines come to more than their statements"><ul>{items}</ul></Notice> })
}

/// What stops the claim, and what could be better, each with a link to mend it.
pub(super) fn remark_lists(id: ClaimId, remarks: &[Remark]) -> impl IntoView + use<> {
    let list = |stops: bool| {
        let items: Vec<_> = remarks
            .iter()
            .filter(|remark| remark.stops == stops)
            .map(|remark| {
                let path = step_path(id, remark.step);
                let path = if matches!(remark.step, Step::Lines(_)) { format!("{path}?order=wrong") } else { path };
                view! { <li>{remark.words.clone()}" "<a href=path>{format!("Go to “{}”", remark.step.title())}</a></li> }
            })
            .collect();
        (!items.is_empty()).then(|| view! { <ul>{items}</ul> })
    };
    let needed = list(true)
        .map(|list| view! { <Notice kind=NoticeKind::Warning title="Needed before you can sign">{list}</Notice> });
    let better = list(false).map(|list| view! { <Notice kind=NoticeKind::Info title="Could be stronger; you can sign all the same">{list}</Notice> });
    view! { {needed}{better} }
}

fn answers(draft: &Draft, step: Step) -> impl IntoView + use<> {
    let rows =
        summary_rows(step.form().unwrap_or_default(), &draft.answers_of(step), Some(&step_path(draft.claim.id, step)));
    view! { <h2>{step.title()}</h2>{answered_and_open(rows)} }
}

/// The sums in the currencies of the lines, where there are foreign ones.
fn by_currency(draft: &Draft) -> impl IntoView + use<> {
    let own = draft.case.settings.currency;
    draft.sums.iter().any(|sum| sum.currency != own).then(|| {
        let rows: Vec<_> = draft
            .sums
            .iter()
            .filter(|sum| sum.basis != Some(Basis::UnitsOnly))
            .map(|sum| {
                let basis = sum.basis.map(|basis| format!(" at {}", basis.title())).unwrap_or_default();
                let rate = draft.case.settings.rate(sum.currency).map(|rate| rate.to_string());
                view! {
                    <tr>
                        <th scope="row">{format!("{}{basis}", sum.category.title())}</th><td class="num">{sum.lines}</td><td class="num"><Amount minor=sum.amount currency=sum.currency/></td>
                        <td class="num">{rate}</td><td class="num"><Amount minor=sum.in_case currency=own/></td>
                    </tr>
                }
            })
            .collect();
        let words = parts::rates_in_words(&draft.case);
        view! {
            <Table caption="Sums in the currencies of the lines">
                <thead><tr><th scope="col">"What"</th><th scope="col" class="num">"Lines"</th><th scope="col" class="num">"Sum"</th><th scope="col" class="num">"Rate"</th><th scope="col" class="num">{format!("In {own}")}</th></tr></thead>
                <tbody>{rows}</tbody>
            </Table>
            <p class="small">{words}" Each line is rounded once."</p>
        }
    })
}

fn documents(draft: &Draft) -> AnyView {
    let change = view! { <p class="change"><a href=format!("/claims/{}/documents", draft.claim.id)>"Change the documents"</a></p> };
    if draft.documents.is_empty() {
        return view! { <p class="empty">"No documents. All lines rest on your declaration alone."</p>{change} }
            .into_any();
    }
    let rows: Vec<_> = draft
        .documents
        .iter()
        .map(|document| {
            let size = file_size::show_stored(document.bytes);
            let unreadable = document.unreadable().map(|reason| view! { <br/>{format!("It is {}.", reason.words())} });
            view! {
                <tr>
                    <th scope="row"><a href=format!("/documents/{}", document.id)>{document.name.clone()}</a><br/><code>{document.sha256.clone()}</code>{unreadable}</th><td>{document.proves.clone()}</td>
                    <td>{parts::file_type(&document.media_type).to_owned()}</td><td class="num">{document.pages}</td><td class="num">{size}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="Documents" quiet=true>
            <thead><tr><th scope="col">"File and its SHA-256"</th><th scope="col">"What it proves"</th><th scope="col">"Type"</th><th scope="col" class="num">"Pages"</th><th scope="col" class="num">"Size"</th></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
        {change}
    }
    .into_any()
}
