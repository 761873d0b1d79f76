//! One mailing: how far it is, its mails, and stopping it.

use std::collections::BTreeMap;

use axum::extract::Path;
use claims::{
    MailingId,
    access::{Action, Refusal},
    actions::write_to_many,
    case::Case,
    money::grouped_units,
    store::{
        mailings::{self, Mailing},
        outbox::{self, ReadMail},
    },
};
use leptos::prelude::*;

use super::{
    frame::{self, Place, Waiting},
    mail,
    mail_words::{STATES, placeholders},
};
use crate::{
    components::{Meter, Notice, NoticeKind, Pager},
    pages::account::mail::text,
    request::{Answer, Query, Visitor, see_other},
    shell::Page,
};

/// Mails on a page.
const A_PAGE: i64 = 50;

struct Shown {
    case: Case,
    waiting: Waiting,
    mailing: Mailing,
    counts: BTreeMap<String, i64>,
    mails: Vec<ReadMail>,
    page: i64,
    pages: i64,
    notice: Option<String>,
}

/// `GET /counsel/{slug}/mail/mailings/{id}`
pub async fn page(visitor: Visitor, Path((slug, id)): Path<(String, i64)>, Query(query): Query) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Write).await?;
    let mailing = mailings::by_id(&mut tx, case.id, MailingId(id)).await?.ok_or(Refusal::NotFound)?;
    let counts = outbox::counts_of_case(&mut tx, case.id, Some(mailing.id)).await?;
    let pages = ((counts.values().sum::<i64>() + A_PAGE - 1) / A_PAGE).max(1);
    let page = query.number("page").unwrap_or(1).clamp(1, pages);
    let mails = outbox::of_case(&mut tx, case.id, "", Some(mailing.id), A_PAGE, (page - 1) * A_PAGE).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    let notice = visitor.take_notice().await;
    let whom = frame::whom(&case);
    let shown = Shown { case, waiting, mailing, counts, mails, page, pages, notice };
    Ok(visitor.page(Page::new("Written to many", move || show(&shown)).wide().whom(whom)))
}

/// `POST /counsel/{slug}/mail/mailings/{id}/stop`
pub async fn stop(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Write).await?;
    drop(tx);
    let discarded = write_to_many::stop(visitor.recoup(), visitor.actor()?, case.id, MailingId(id)).await?;
    let discarded = frame::count(i64::try_from(discarded).unwrap_or(i64::MAX), "mail is", "mails are");
    visitor.notice(format!("Stopped: {discarded} discarded. What was sent stays sent.")).await;
    Ok(see_other(&format!("/counsel/{slug}/mail/mailings/{id}")))
}

fn show(shown: &Shown) -> impl IntoView + use<> {
    let Shown { case, mailing, counts, .. } = shown;
    let (slug, zone) = (case.settings.slug.as_str(), case.settings.time_zone.as_str());
    let here = format!("/counsel/{slug}/mail/mailings/{}", mailing.id);
    let of = |key: &str| counts.get(key).copied().unwrap_or(0);
    let seen: i64 = counts.values().sum();
    let notice = shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
    let by = mailing.queued_by.clone().unwrap_or_else(|| "Recoup".to_owned());
    let rate = match mailing.per_hour {
        0 => "all at once".to_owned(),
        rate => format!("{} an hour", grouped_units(rate)),
    };
    let states: Vec<_> = STATES
        .into_iter()
        .rev()
        .filter(|(key, ..)| *key != "sent" && of(key) > 0)
        .map(|(key, word, _)| format!("{} {}", word.to_lowercase(), grouped_units(of(key))))
        .collect();
    let hidden = (mailing.mails > seen).then(|| {
        let drafts = frame::count(mailing.mails - seen, "mail goes", "mails go");
        view! { <p class="small soft">{drafts}" to people whose claim is still a draft; who they are is not shown. Stopping stops them too."</p> }
    });
    let stop = (of("waiting") > 0 && mailing.stopped_at.is_none()).then(|| {
        view! {
            <form method="post" action=format!("{here}/stop") novalidate>
                <div class="actions"><button class="danger" type="submit">"Stop it: discard what waits"</button></div>
            </form>
        }
    });
    let stopped = mailing.stopped_at.map(|at| {
        let words = format!("Stopped on {}.", frame::short_moment(at, zone));
        view! { <Notice kind=NoticeKind::Warning>{words}</Notice> }
    });
    let label = if mailing.stopped_at.is_some() { "Its mails until it was stopped" } else { "Its mails" };
    let sent = format!("Sent {} of {}", grouped_units(of("sent")), grouped_units(seen));
    let words = states.join(", ");
    view! {
        {notice}
        <a class="back" href=format!("/counsel/{slug}/mail")>"← Mail"</a>
        <h1>{placeholders(&mailing.subject)}</h1>
        {frame::nav(slug, Place::Mail, shown.waiting)}
        {stopped}
        <p>{format!("{by} queued it on {}: {rate}. To: {}.", frame::short_moment(mailing.queued_at, zone), mailing.recipients)}</p>
        <Meter label=label part=of("sent") whole=seen figure=sent words/>
        {hidden}
        {stop}
        {mail::table(slug, zone, "Its mails", &shown.mails)}
        <Pager page=shown.page.unsigned_abs() pages=shown.pages.unsigned_abs() base=here/>
        <h2>"What was written"</h2>
        {text(&placeholders(&mailing.body))}
    }
}
