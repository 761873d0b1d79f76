//! The outbox: what waits, what was sent, what failed and why. Texts are not shown: they hold links that sign people in. Nor are subjects
//! of what belongs to a case: they tell of claims, which administrators do not read.

use claims::{
    access::Action,
    deadline,
    money::grouped_units,
    store::{self, outbox::MailRow},
};
use leptos::prelude::*;

use crate::{
    components::{Pager, StatusTag, Table},
    pages::counsel::mail_words,
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// Mails on a page.
const PAGE: i64 = 50;
/// States of a mail: key, word, key for the stylesheet.
const STATES: [(&str, &str, &str); 4] = [
    ("waiting", "Waiting", "progress"),
    ("sending", "Being sent", "progress"),
    ("sent", "Sent", "done"),
    ("failed", "Failed", "attention"),
];

/// `GET /admin/mail`
pub async fn page(visitor: Visitor, query: Query) -> Answer {
    visitor.may(Action::ManageInstallation)?;
    let chosen = STATES.into_iter().find(|(key, ..)| *key == query.0.get("state"));
    let state = chosen.map(|(key, ..)| key);
    let mut tx = visitor.recoup().store.read().await?;
    let counts = store::outbox::counts(&mut tx).await?;
    let of = |state: &str| counts.iter().find(|(key, _)| key == state).map_or(0, |(_, count)| *count);
    let all: i64 = counts.iter().map(|(_, count)| count).sum();
    let count = state.map_or(all, of);
    let pages = (count + PAGE - 1).max(PAGE) / PAGE;
    let number = query.0.number("page").unwrap_or(1).clamp(1, pages);
    let mails = store::outbox::list(&mut tx, state, PAGE, (number - 1) * PAGE).await?;
    drop(tx);
    let figures: Vec<_> = STATES.into_iter().map(|(key, word, _)| (Some(key), word, of(key))).collect();
    Ok(visitor.page(Page::new("Mail", move || {
        let title = chosen.map_or("All mails", |(_, word, _)| word);
        let base = state.map_or_else(|| "/admin/mail".to_owned(), |state| format!("/admin/mail?state={state}"));
        let list = if mails.is_empty() {
            view! { <p class="empty">"No mails here."</p> }.into_any()
        } else {
            table(title, mails).into_any()
        };
        view! {
            <a class="back" href="/admin">"← Administration"</a>
            <h1>"Mail"</h1>
            <p>"A mail that cannot be delivered is tried again, less and less often, for three days; then it counts as failed."</p>
            {filters(&figures, all, state)}
            {list}
            <Pager page=number.unsigned_abs() pages=pages.unsigned_abs() base/>
        }
    })
    .wide()))
}

fn filters(
    figures: &[(Option<&'static str>, &'static str, i64)],
    all: i64,
    state: Option<&str>,
) -> impl IntoView + use<> {
    let items: Vec<_> = std::iter::once((None, "All", all))
        .chain(figures.iter().copied())
        .map(|(key, word, count)| {
            let href = key.map_or_else(|| "/admin/mail".to_owned(), |key| format!("/admin/mail?state={key}"));
            let words = format!("{word} ({})", grouped_units(count));
            if key == state {
                view! { <a href=href aria-current="page"><strong>{words}</strong></a> }.into_any()
            } else {
                view! { <a href=href>{words}</a> }.into_any()
            }
        })
        .collect();
    view! { <nav class="actions" aria-label="Mails by state">{items}</nav><br/> }
}

fn table(title: &'static str, mails: Vec<MailRow>) -> impl IntoView {
    let rows: Vec<_> = mails
        .into_iter()
        .map(|mail| {
            let (word, key) = STATES
                .into_iter()
                .find(|(key, ..)| *key == mail.state)
                .map_or_else(|| (mail.state.clone(), ""), |(_, word, key)| (word.to_owned(), key));
            let what = if mail.of_case { mail_words::kind(&mail.kind).to_owned() } else { mail.subject };
            view! {
                <tr>
                    <th scope="row">{mail.recipient}</th>
                    <td>{what}</td>
                    <td>{deadline::show(mail.created_at, "Etc/UTC")}</td>
                    <td><StatusTag word key/></td>
                    <td class="num">{mail.attempts}</td>
                    <td>{mail.last.map(|last| view! { {mail_words::why(&last)}<span class="detail">{last}</span> })}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption=title class="dense">
            <thead>
                <tr>
                    <th scope="col">"To"</th><th scope="col">"What it is"</th><th scope="col">"Queued"</th><th scope="col">"State"</th>
                    <th scope="col" class="num">"Tries"</th><th scope="col">"Last result"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
