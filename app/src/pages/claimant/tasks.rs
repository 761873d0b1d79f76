//! The task list of a draft.

use claims::{
    ClaimId,
    actions::claim_view::{Draft, Remark},
    case::Intake,
    intake::steps::{Progress, Step},
    line::{Basis, Category},
    money::Currency,
    status::ClaimStatus,
    store::totals as kept_totals,
    totals::{self, Total},
};
use leptos::prelude::*;

use super::{At, open, parts, step_path, tasks_path, whom};
use crate::{
    components::{Amount, Meter, Notice, NoticeKind, Task, TaskList},
    request::{Answer, Visitor},
    shell::Page,
};

/// The task list of any draft, also beside a version in force.
pub async fn page(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    shown(&visitor, id).await
}

/// The same as an answer of the claim's own page.
pub(super) async fn shown(visitor: &Visitor, id: ClaimId) -> Answer {
    let draft = open(visitor, id).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let totals = kept_totals::so_far(&mut tx, draft.version.id).await?;
    drop(tx);
    let now = visitor.recoup().clock.now();
    let notice = visitor.take_notice().await;
    let verified = visitor.actor()?.verified;
    let email = visitor.actor()?.email.clone();
    let title = if draft.claim.in_force_id.is_some() { "Your amendment" } else { "Your claim" };
    let withdrawn = draft.claim.status == ClaimStatus::Withdrawn.key();
    let for_whom = whom(&draft.claim, &draft.case);
    Ok(visitor.page(
        Page::new(title, move || {
            let by = parts::until(&draft.case, now);
            let (kind, words) = match draft.case.intake(now) {
                Intake::Open => (None, format!("Take the tasks in any order, and leave whenever you like: every answer is kept. Sign and send by {by}.")),
                Intake::LateWithReason => (Some("The deadline has passed"), "Every answer is kept, and the claim can still be sent: you are asked why it is late when you sign.".to_owned()),
                Intake::Closed => (Some("This case takes no more claims"), "What you entered is kept, but it can no longer be sent. Ask the contact named on the page of the case.".to_owned()),
            };
            let (late, lede) = match kind {
                Some(title) => (Some(view! { <Notice kind=NoticeKind::Warning title=title>{words}</Notice> }), None),
                None => (None, Some(view! { <p class="lede">{words}</p> })),
            };
            let here = tasks_path(&draft.claim);
            let confirm = (!verified).then(|| view! { <Notice kind=NoticeKind::Info title="Confirm your e-mail address before you sign">
                <p>{format!("Open the link in the mail that we sent to {email}. Everything else can be done before.")}</p>
                <form method="post" action="/account/confirm-again">
                    <input type="hidden" name="next" value=here/>
                    <button class="secondary small" type="submit">"Send the mail again"</button>
                </form>
            </Notice> });
            let beside = draft.claim.in_force_id.map(|_| {
                let version = draft.version.version;
                let before = if withdrawn { "The claim stays withdrawn" } else { "What you sent before stays in force" };
                view! { <Notice kind=NoticeKind::Info>{format!("This is version {version}. {before} until you sign this one; nobody else sees it before that. ")}<a href=format!("/claims/{id}")>"See what was sent"</a></Notice> }
            });
            let remarks: Vec<Remark> = draft.remarks().into_iter().filter(|remark| remark.stops).collect();
            view! {
                {parts::done(notice)}
                <h1>{title}</h1>
                {lede}{late}{beside}{confirm}
                <TaskList tasks=tasks(&draft)/>
                {missing(id, &remarks)}
                {so_far(&totals, &draft)}
                {stop(id, draft.claim.in_force_id.is_some(), withdrawn)}
            }
        })
        .whom(for_whom),
    ))
}

fn tasks(draft: &Draft) -> Vec<Task> {
    let id = draft.claim.id;
    Step::all(&categories(draft))
        .into_iter()
        .map(|step| {
            let progress = draft.progress(step);
            let here = progress != Progress::NotYet || step == Step::Check;
            let href = here.then(|| step_path(id, step));
            Task {
                title: step.title().to_owned(),
                detail: detail(draft, step, progress),
                href,
                word: progress.words().to_owned(),
                key: progress.key().to_owned(),
            }
        })
        .collect()
}

/// The categories of the case, and those that it no longer takes but in which lines were entered.
fn categories(draft: &Draft) -> Vec<Category> {
    let open = &draft.case.settings.categories;
    Category::ALL.into_iter().filter(|category| open.contains(category) || draft.count(*category).lines > 0).collect()
}

fn detail(draft: &Draft, step: Step, progress: Progress) -> String {
    let wrong = |number: usize| {
        if number == 1 { "1 answer needs attention".to_owned() } else { format!("{number} answers need attention") }
    };
    match step {
        Step::Claimant | Step::Agreement | Step::Others if progress == Progress::NeedsAttention => {
            wrong(step.errors(&draft.answers_of(step)).len())
        }
        Step::Claimant => draft.answers_of(step).get("legal_name").to_owned(),
        Step::Agreement if progress == Progress::NotStarted => {
            "What you agreed with the distributor, as far as you know".to_owned()
        }
        Step::Lines(category) => {
            let count = draft.count(category);
            let mut words =
                if count.lines == 0 { about(category).to_owned() } else { parts::count(count.lines, "line", "lines") };
            for sum in draft.sums.iter().filter(|sum| sum.category == category && sum.basis != Some(Basis::UnitsOnly)) {
                let basis = sum.basis.map(|basis| format!(" at {}", basis.title())).unwrap_or_default();
                words.push_str(&format!(", {}{basis}", sum.currency.show(sum.amount)));
            }
            if count.wrong > 0 {
                words.push_str(&format!("; {} to mend", count.wrong));
            }
            words
        }
        Step::Documents if draft.documents.is_empty() => {
            "Statements, invoices, contracts, mails: what proves your lines".to_owned()
        }
        Step::Documents => {
            parts::count(i64::try_from(draft.documents.len()).unwrap_or(i64::MAX), "document", "documents")
        }
        Step::Others if progress == Progress::NotStarted => "An artist, a label, a co-owner".to_owned(),
        Step::Check => "Everything on one page, to read and to print".to_owned(),
        Step::Sign if progress == Progress::NotYet => "After the tasks above".to_owned(),
        Step::Agreement | Step::Others | Step::Sign => String::new(),
    }
}

const fn about(category: Category) -> &'static str {
    match category {
        Category::UnpaidSales => "Copies and downloads that were sold and not paid",
        Category::HeldInventory => "Copies that the distributor had",
        Category::DigitalRoyalties => "Money that services pay through an aggregator",
        Category::Other => "Buy-back paid, unlicensed copies, fees",
    }
}

fn missing(id: ClaimId, remarks: &[Remark]) -> AnyView {
    if remarks.is_empty() {
        return view! { <p>"Nothing is missing. Check your answers, then sign."</p> }.into_any();
    }
    let items: Vec<_> = remarks
        .iter()
        .map(|remark| view! { <li><a href=step_path(id, remark.step)>{remark.words.clone()}</a></li> })
        .collect();
    view! { <h2>"Needed before you can sign"</h2><ul>{items}</ul> }.into_any()
}

fn so_far(totals: &[Total], draft: &Draft) -> impl IntoView + use<> {
    let settings = &draft.case.settings;
    let currency = settings.currency;
    (!totals.is_empty()).then(|| {
        let figures: Vec<_> = totals
            .iter()
            .map(|total| {
                let value = if total.basis == Some(Basis::UnitsOnly) { "no value".into_any() } else { view! { <Amount minor=total.amount currency/> }.into_any() };
                view! { <div><dt>{parts::total_title(total)}</dt><dd>{value}</dd><dd class="detail">{parts::count(total.lines, "line", "lines")}</dd></div> }
            })
            .collect();
        view! { <h2>"So far"</h2><dl class="figures">{figures}</dl>{documented(totals, settings.filing_basis, currency)} }
    })
}

/// The share of the money that rests on documents, of what is in the total of the case; what is in none is named.
pub(super) fn documented(totals: &[Total], filing_basis: Basis, currency: Currency) -> impl IntoView + use<> {
    let sum = totals::counted(totals, filing_basis);
    let apart = parts::in_no_total(totals, filing_basis, currency);
    let mut words = match &apart {
        Some(apart) if sum.amount == 0 => format!("What is claimed so far is in no total of this case: {apart}."),
        _ if sum.amount == 0 => "No amount is claimed yet.".to_owned(),
        _ if sum.documented == sum.amount => {
            format!("All of {} is on lines that cite a document.", currency.show(sum.amount))
        }
        _ => format!(
            "{} of {} is on lines that cite a document. The rest is sworn only.",
            currency.grouped(sum.documented),
            currency.show(sum.amount)
        ),
    };
    if let Some(apart) = apart.filter(|_| sum.amount != 0) {
        words.push_str(&format!(" Not part of this, because it is in no total of this case: {apart}."));
    }
    view! { <Meter label="Documented" part=sum.documented whole=sum.amount words/> }
}

fn stop(id: ClaimId, sent: bool, withdrawn: bool) -> AnyView {
    let withdraw = format!("/claims/{id}/withdraw");
    let words = if withdrawn {
        view! { <p>"The claim stays withdrawn until you sign this version, which waits here. You can also "<a href=format!("/claims/{id}/discard")>"discard the amendment"</a>": then it stays withdrawn."</p> }.into_any()
    } else if sent {
        view! { <p>"What you sent stays as it is, and this version waits here. You can also "<a href=format!("/claims/{id}/discard")>"discard the amendment"</a>" or "<a href=withdraw>"withdraw the claim"</a>"."</p> }.into_any()
    } else {
        view! { <p>"You can leave this draft as it is: nobody else sees it. You can also "<a href=withdraw>"withdraw the claim"</a>"."</p> }.into_any()
    };
    view! { <h2>"If you do not want to go on"</h2>{words} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_no_total_is_not_passed_over() {
        let total = |category, basis, amount, documented, units| Total {
            amount,
            documented,
            units,
            lines: 1,
            ..Total::zero(category, basis)
        };
        let stock = total(Category::HeldInventory, Some(Basis::Wholesale), 28_000, 0, 40);
        let units = total(Category::HeldInventory, Some(Basis::UnitsOnly), 0, 0, 12);
        let sales = total(Category::UnpaidSales, None, 5_000, 5_000, 3);
        let words = |totals: &[Total]| documented(totals, Basis::Retail, Currency::USD).to_html().replace("<!>", "");
        let apart = "held inventory at wholesale (PPD), 280.00 USD";
        let only = words(&[stock]);
        assert!(only.contains(&format!("in no total of this case: {apart}.")), "{only}");
        assert!(!only.contains("No amount"), "{only}");
        let both = words(&[sales, stock, units]);
        assert!(both.contains("All of 50.00 USD is on lines that cite a document. Not part of this"), "{both}");
        assert!(both.contains(&format!("{apart}; held inventory: 12 units without a value.")), "{both}");
        assert!(words(&[sales]).ends_with("cite a document.</p></div>"), "{}", words(&[sales]));
        assert!(words(&[]).contains("No amount is claimed yet."));
    }
}
