//! The mail of a case: what waits, what was sent, what failed and why.

use std::collections::BTreeMap;

use axum::extract::Path;
use claims::{
    access::Action,
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
    mail_words::{self, STATES},
};
use crate::{
    components::{Notice, NoticeKind, Pager, StatusTag, Table},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// Mails on a page.
const A_PAGE: i64 = 50;
/// Mailings shown.
const MAILINGS: i64 = 10;

struct Shown {
    case: Case,
    waiting: Waiting,
    notice: Option<String>,
    state: &'static str,
    counts: BTreeMap<String, i64>,
    mails: Vec<ReadMail>,
    mailings: Vec<Mailing>,
    page: i64,
    pages: i64,
}

/// `GET /counsel/{slug}/mail`
pub async fn page(visitor: Visitor, Path(slug): Path<String>, Query(query): Query) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Write).await?;
    let counts = outbox::counts_of_case(&mut tx, case.id, None).await?;
    let state = STATES.into_iter().map(|(key, ..)| key).find(|key| *key == query.get("state")).unwrap_or("");
    let count: i64 = if state.is_empty() { counts.values().sum() } else { counts.get(state).copied().unwrap_or(0) };
    let pages = ((count + A_PAGE - 1) / A_PAGE).max(1);
    let page = query.number("page").unwrap_or(1).clamp(1, pages);
    let mails = outbox::of_case(&mut tx, case.id, state, None, A_PAGE, (page - 1) * A_PAGE).await?;
    let mailings = mailings::of_case(&mut tx, case.id, MAILINGS).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    let notice = visitor.take_notice().await;
    let whom = frame::whom(&case);
    let shown = Shown { case, waiting, notice, state, counts, mails, mailings, page, pages };
    Ok(visitor.page(Page::new("Mail", move || show(&shown)).wide().whom(whom)))
}

fn show(shown: &Shown) -> impl IntoView + use<> {
    let settings = &shown.case.settings;
    let slug = settings.slug.as_str();
    let here = format!("/counsel/{slug}/mail");
    let notice = shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
    let base = if shown.state.is_empty() { here.clone() } else { format!("{here}?state={}", shown.state) };
    let list = if shown.mails.is_empty() {
        let words = match shown.state {
            "" => "No mails yet. Receipts go out as claims are signed, and what you write to many stands here, too.",
            _ => "No mail is in this state.",
        };
        view! { <p class="empty">{words}</p> }.into_any()
    } else {
        table(slug, &settings.time_zone, "Mails", &shown.mails)
    };
    view! {
        {notice}
        <h1>"Mail"</h1>
        {frame::nav(slug, Place::Mail, shown.waiting)}
        <div class="actions">
            <a class="button" href=format!("{here}/write?status=submitted")>"Write to many"</a>
            <a href=format!("{here}/news")>"News of the case"</a>
            <a href=format!("{here}/templates")>"Templates"</a>
            <a href=format!("{here}/preferences")>"What you are told"</a>
        </div>
        {mailing_list(slug, &settings.time_zone, &shown.mailings)}
        <h2>"Mails of this case"</h2>
        <p>"A mail that cannot be delivered is tried again, less and less often, for three days; then it counts as failed. Mails about drafts are not shown: whose they are is their writers’ business."</p>
        {states(&here, &shown.counts, shown.state)}
        {list}
        <Pager page=shown.page.unsigned_abs() pages=shown.pages.unsigned_abs() base=base/>
    }
}

fn states(here: &str, counts: &BTreeMap<String, i64>, chosen: &str) -> impl IntoView + use<> {
    let all: i64 = counts.values().sum();
    let of = |key: &str| counts.get(key).copied().unwrap_or(0);
    let links: Vec<_> = std::iter::once(("", "All", all))
        .chain(STATES.into_iter().map(|(key, word, _)| (key, word, of(key))))
        .map(|(key, word, count)| {
            let href = if key.is_empty() { here.to_owned() } else { format!("{here}?state={key}") };
            let words = format!("{word} ({})", grouped_units(count));
            if key == chosen {
                view! { <a href=href aria-current="page"><strong>{words}</strong></a> }.into_any()
            } else {
                view! { <a href=href>{words}</a> }.into_any()
            }
        })
        .collect();
    view! { <nav class="actions" aria-label="Mails by state">{links}</nav> }
}

/// Mails as a table.
pub(super) fn table(slug: &str, zone: &str, caption: &'static str, mails: &[ReadMail]) -> AnyView {
    let rows: Vec<_> = mails
        .iter()
        .map(|mail| {
            let (word, key) = mail_words::state(&mail.state);
            let claim = mail.number.clone().map(|number| {
                let href = format!("/counsel/{slug}/claims/{number}");
                view! { <a href=href>{number}</a> }
            });
            let when = match (mail.state.as_str(), mail.sent_at) {
                ("waiting", _) => format!("from {}", frame::short_moment(mail.next_at, zone)),
                (_, Some(at)) => frame::short_moment(at, zone),
                _ => frame::short_moment(mail.created_at, zone),
            };
            let sent = mail.state == "sent";
            let withdrawn = mail.claim_withdrawn && mail.state == "waiting";
            let why = mail.last.as_deref().filter(|_| !sent).map(mail_words::why);
            let why = if withdrawn { Some("Its claim was withdrawn: it does not go out.") } else { why };
            let why = why.map(|why| view! { <span class="detail">{why}</span> });
            view! {
                <tr>
                    <th scope="row"><a href=format!("/counsel/{slug}/mail/{}", mail.id)>{mail.subject.clone()}</a><span class="detail">{mail_words::kind(&mail.kind)}</span></th>
                    <td>{mail.recipient.clone()}</td>
                    <td class="nowrap">{claim}</td>
                    <td class="nowrap">{when}</td>
                    <td><StatusTag word key/>{why}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption quiet=true class="dense roomy">
            <thead>
                <tr>
                    <th scope="col">"Subject"</th><th scope="col">"To"</th><th scope="col">"Claim"</th><th scope="col">"When"</th><th scope="col">"State"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

fn mailing_list(slug: &str, zone: &str, mailings: &[Mailing]) -> impl IntoView + use<> {
    (!mailings.is_empty()).then(|| {
        let rows: Vec<_> = mailings
            .iter()
            .map(|mailing| {
                let stopped = mailing.stopped_at.map(|_| view! { " "<StatusTag word="Stopped" key="attention"/> });
                view! {
                    <tr>
                        <th scope="row"><a href=format!("/counsel/{slug}/mail/mailings/{}", mailing.id)>{mail_words::placeholders(&mailing.subject)}</a>{stopped}</th>
                        <td>{mailing.recipients.clone()}</td>
                        <td class="nowrap">{frame::short_moment(mailing.queued_at, zone)}</td>
                        <td class="num">{grouped_units(mailing.mails)}</td>
                    </tr>
                }
            })
            .collect();
        view! {
            <Table caption="Written to many" class="dense roomy">
                <thead>
                    <tr><th scope="col">"Subject"</th><th scope="col">"To"</th><th scope="col">"Queued"</th><th scope="col" class="num">"Mails"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
    })
}
