//! Signing: the declaration in its exact words, a typed name, and sending.

use axum::http::StatusCode;
use claims::{
    ClaimId, VersionId,
    access::Refusal,
    actions::{
        Failure,
        claim_view::Draft,
        on_statements, seen,
        submit_claim::{self, total_in_words},
    },
    case::{Case, Intake},
    deadline,
    declaration::Declaration,
    intake::{FieldError, case_settings::zone_in_words, form::find, sign, steps::Step},
    letters::receipt_sums,
    store::{statements as imports, totals as kept_totals},
    totals::{self, Total},
};
use leptos::prelude::*;

use super::{At, check, open, parts, receipt, tasks_path, whom};
use crate::{
    components::{ErrorSummary, FormSections, Notice, NoticeKind},
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

/// Every field of the form but those about the place, which come before the declaration.
const AFTER: &[&str] = &["signature", "signer_title", "signer_capacity", "late_reason", "agree"];

/// The declaration and the form, or why it cannot be signed now.
pub async fn page(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    let draft = open(&visitor, id).await?;
    let page = shown(&visitor, draft, false).await?;
    Ok(visitor.page(page))
}

/// The page again as the claim is now, with what was typed on the one that was opened before somebody changed it. It carries the
/// mark of what it shows, so whoever signs once more has seen that; the tick is to be set anew.
async fn changed(visitor: &Visitor, id: ClaimId, sent: &Sent) -> Answer {
    let mut draft = open(visitor, id).await?;
    draft.answers.insert(Step::Sign.key().to_owned(), sent.0.only(sign::FORM).with("agree", ""));
    let page = shown(visitor, draft, true).await?;
    Ok(visitor.page_with(StatusCode::CONFLICT, page.error(true)))
}

async fn shown(visitor: &Visitor, draft: Draft, changed: bool) -> Result<Page, Halt> {
    let id = draft.claim.id;
    let mut tx = visitor.recoup().store.read().await?;
    let totals = kept_totals::so_far(&mut tx, draft.version.id).await?;
    let imports = imports::counting(&mut tx, id, draft.version.id).await?;
    drop(tx);
    let now = visitor.recoup().clock.now();
    let intake = draft.case.intake(now);
    let actor = visitor.actor()?;
    let unverified = (!actor.verified).then(|| actor.email.clone());
    let remarks = draft.remarks();
    let stopped = remarks.iter().any(|remark| remark.stops);
    let left_out = on_statements::left_out(&imports);
    let mut errors = errors(visitor, &draft, intake == Intake::LateWithReason).await;
    let has_form = intake != Intake::Closed && !stopped && unverified.is_none();
    if !has_form {
        // Nothing could be mended on the page then.
        errors.clear();
    }
    let wrong = !errors.is_empty();
    let key = visitor.key();
    let notice = visitor.take_notice().await;
    let for_whom = whom(&draft.claim, &draft.case);
    Ok(Page::new("Sign and send", move || {
        let body = if intake == Intake::Closed {
            closed(&draft.case, now).into_any()
        } else if stopped {
            view! { <p class="lede">"The claim cannot be signed yet."</p>{check::remark_lists(id, &remarks)} }
                .into_any()
        } else if let Some(email) = unverified {
            confirm(&email).into_any()
        } else {
            let today = deadline::day_in(now, &draft.case.settings.time_zone);
            form(&draft, errors.clone(), intake == Intake::LateWithReason, today, key).into_any()
        };
        view! {
            {changed.then(|| not_as_shown(has_form))}
            <ErrorSummary errors=errors form=sign::FORM/>
            {parts::done(notice)}
            <a class="back" href=tasks_path(&draft.claim)>"← All tasks"</a>
            <h1>"Sign and send"</h1>
            {what_is_signed(id, &draft, &totals, left_out)}
            {body}
        }
    })
    .error(wrong)
    .whom(for_whom))
}

/// Said above the claim as it is now, when the page that was sent showed it otherwise. What was typed is on the form, if there is one.
fn not_as_shown(has_form: bool) -> impl IntoView {
    let (typed, again) = if has_form { (", with what you typed", sign::TICK_AGAIN) } else { ("", "") };
    view! {
        <Notice kind=NoticeKind::Warning title="The claim was changed since you opened this page">
            {format!("Nothing was sent. It was changed meanwhile, perhaps in another tab, or its case was: with other rates, say, it is worth something else now. Below it stands as it is now{typed}. Read it again before you sign it. {again}")}
        </Notice>
    }
}

/// What is wrong with what was typed here: what the form just said, else what can still be read from what was kept. The tick
/// is never kept, so that its absence alone is no error.
async fn errors(visitor: &Visitor, draft: &Draft, late: bool) -> Vec<FieldError> {
    let mut just_said: Vec<FieldError> =
        visitor.take_errors().await.into_iter().filter(|error| find(sign::FORM, &error.field).is_some()).collect();
    let (answers, claimant) = (draft.answers_of(Step::Sign), draft.answers_of(Step::Claimant));
    if !just_said.is_empty() && just_said.iter().all(|error| error.field != "agree") {
        just_said.push(FieldError { field: "agree".to_owned(), message: sign::TICK_AGAIN.to_owned() });
    }
    if !just_said.is_empty() || answers.is_empty() {
        return just_said;
    }
    let errors = sign::read(&answers, &claimant, draft.case.settings.forum, late).err().unwrap_or_default();
    errors.into_iter().filter(|error| error.field != "agree").collect()
}

fn what_is_signed(id: ClaimId, draft: &Draft, totals: &[Total], left_out: Vec<String>) -> impl IntoView + use<> {
    let currency = draft.case.settings.currency;
    // The same sums as in the mail with the receipt.
    let sums = receipt_sums(totals, Some(draft.case.settings.filing_basis));
    let sums: Vec<_> =
        sums.iter().map(|sum| view! { <li>{format!("{}: {}", sum.name, currency.show(sum.amount))}</li> }).collect();
    let besides = totals::besides_in_words(totals, draft.case.settings.filing_basis, currency)
        .map(|words| view! { <p>{words}</p> });
    let totals: Vec<_> = totals.iter().map(|total| view! { <li>{total_in_words(total, currency)}</li> }).collect();
    let lines = parts::count(draft.line_count(), "line", "lines");
    let documents = parts::count(i64::try_from(draft.documents.len()).unwrap_or(i64::MAX), "document", "documents");
    let amendment = draft.claim.in_force_id.map(|_| view! { <p>"This is an amendment. Once it is sent, it takes the place of what you sent before; that stays readable."</p> });
    let withdrawn = (draft.claim.status == "withdrawn").then(|| view! { <Notice kind=NoticeKind::Warning title="This claim is withdrawn">"It counts in no total. Once you sign and send this amendment, the claim is taken up again and counts."</Notice> });
    view! {
        {withdrawn}
        <p>{format!("The claim of {}: {lines}, {documents}.", draft.claim.claimant)}</p>
        <ul>{totals}{sums}</ul>
        {besides}
        {check::left_out(left_out)}
        {amendment}
        <p><a href=format!("/claims/{id}/check")>"Read all of it again"</a></p>
    }
}

fn closed(case: &Case, now: claims::Instant) -> impl IntoView + use<> {
    let by = parts::until(case, now);
    let slug = case.settings.slug.clone();
    view! {
        <Notice kind=NoticeKind::Warning title="This case takes no more claims">
            {format!("The deadline was {by}. Your draft is kept. Whom to ask stands on ")}<a href=format!("/cases/{slug}")>"the page of the case"</a>"."
        </Notice>
    }
}

fn confirm(email: &str) -> impl IntoView + use<> {
    view! {
        <Notice kind=NoticeKind::Warning title="Confirm your e-mail address first">
            {format!("The receipt goes to {email}, so we must know that it reaches you. Open the link in the mail that we sent there, then come back to this page. Look among unwanted mail too.")}
        </Notice>
        <form method="post" action="/account/confirm-again"><div class="actions"><button type="submit">"Send the mail again"</button></div></form>
    }
}

/// Each declaration that this case can ask for, said for whom it is, in its exact words.
fn declarations(case: &Case, today: chrono::NaiveDate) -> impl IntoView + use<> {
    let forum = case.settings.forum;
    let day = format!("The day is that of the time zone of the case, {}.", zone_in_words(&case.settings.time_zone));
    let words = |place: &'static str, declaration: Declaration| view! { <h3>{place}</h3><blockquote>{declaration.words(today)}</blockquote> };
    view! {
        <h2>"The declaration"</h2>
        <p>"Your answer above decides which of the two you make. Its words, your name, the place and the day are kept with what you send. "{day}</p>
        {words("If you sign in the United States", Declaration::choose(forum, true))}
        {words("If you sign outside the United States", Declaration::choose(forum, false))}
    }
}

fn form(
    draft: &Draft,
    errors: Vec<FieldError>,
    late: bool,
    today: chrono::NaiveDate,
    key: String,
) -> impl IntoView + use<> {
    let answers = sign::begun(draft.answers_of(Step::Sign), &draft.answers_of(Step::Claimant));
    let before: &'static [&'static str] =
        if late { &["place", "place_name"] } else { &["place", "place_name", "late_reason"] };
    let require: &'static [&'static str] = if late { &["late_reason"] } else { &[] };
    let late = late.then(|| view! { <Notice kind=NoticeKind::Warning title="This claim is late">"The deadline has passed. Late claims are taken with a reason, which counsel and the court will read. You are asked for it below."</Notice> });
    view! {
        {late}
        <form method="post" novalidate>
            <input type="hidden" name="key" value=key/>
            <input type="hidden" name="version" value=draft.version.id.to_string()/>
            <input type="hidden" name=seen::FIELD value=seen::mark_of_draft(&draft.version, draft.case.revision)/>
            <FormSections sections=sign::FORM answers=answers.clone() errors=errors.clone() leave_out=AFTER/>
            {declarations(&draft.case, today)}
            <h2>"Your signature"</h2>
            <FormSections sections=sign::FORM answers errors leave_out=before require/>
            <p>"When you send it, the claim is frozen as it is, you get a number and a receipt, and counsel of the case is told. You can amend or withdraw it afterwards."</p>
            <p>"Counsel files the claims with the court. That filing holds your documents as exhibits, and a list of claimants with your name, address, e-mail and telephone. The version for the public has none of these: a person stands there by their initials."</p>
            <div class="actions"><button type="submit">"Sign and send"</button><a href=format!("/claims/{}/check", draft.claim.id)>"Back to check"</a></div>
        </form>
    }
}

/// Signs and sends.
pub async fn submit(visitor: Visitor, At(id): At<ClaimId>, sent: Sent) -> Answer {
    let actor = visitor.actor()?;
    let version = VersionId(sent.number("version").ok_or(Refusal::NotFound)?);
    match submit_claim::submit(visitor.recoup(), actor, id, version, &sent.0, &visitor.client, sent.get("key")).await {
        Ok(received) => Ok(see_other(&format!("/claims/{id}/versions/{}?{}", received.version, receipt::JUST_SENT))),
        Err(Failure::Invalid(errors)) => {
            visitor.keep_errors(&errors).await;
            Ok(see_other(&format!("/claims/{id}/sign")))
        }
        Err(Failure::Changed(_)) => changed(&visitor, id, &sent).await,
        Err(Failure::Refused(Refusal::VerifyEmail)) => Ok(see_other(&format!("/claims/{id}/sign"))),
        Err(failure) => Err(failure.into()),
    }
}
