//! One's own mail: everything that was mailed can be read here too.

use axum::extract::Path;
use claims::{
    MailId,
    actions::own_mail::{self, OwnMail},
    deadline,
};
use leptos::prelude::*;

use crate::{
    components::{Pager, StatusTag, Table},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// Mails on a page.
const A_PAGE: i64 = 30;

/// `GET /mail`
pub async fn page(visitor: Visitor, Query(query): Query) -> Answer {
    let page = query.number("page").unwrap_or(1).max(1);
    let (mails, count) = own_mail::list(visitor.recoup(), visitor.actor()?, A_PAGE, page).await?;
    let pages = ((count + A_PAGE - 1) / A_PAGE).max(1);
    Ok(visitor.page(Page::new("Mail", move || {
        let list = if mails.is_empty() {
            view! { <p class="empty">"No mail yet. Receipts and news come here. The mail that confirms your address does not."</p> }.into_any()
        } else {
            let rows: Vec<_> = mails.iter().map(row).collect();
            view! {
                <Table caption="Your mails" quiet=true>
                    <thead><tr><th scope="col">"Subject"</th><th scope="col">"When"</th><th scope="col">"State"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
            }
            .into_any()
        };
        view! {
            <h1>"Mail"</h1>
            <p>"What is mailed to you about your claims and cases, newest first. "<a href="/account/mail">"Choose which mails you get"</a>"."</p>
            {list}
            <Pager page=page.clamp(1, pages).unsigned_abs() pages=pages.unsigned_abs() base="/mail"/>
        }
    })))
}

fn row(OwnMail { mail, zone }: &OwnMail) -> impl IntoView + use<> {
    let (word, key) = state(&mail.state);
    let at = mail.sent_at.unwrap_or(mail.created_at);
    view! {
        <tr>
            <th scope="row"><a href=format!("/mail/{}", mail.id)>{mail.subject.clone()}</a></th>
            <td><time datetime=at.to_rfc3339()>{deadline::show(at, zone)}</time></td>
            <td><StatusTag word=word key=key/></td>
        </tr>
    }
}

fn state(state: &str) -> (&'static str, &'static str) {
    match state {
        "sent" => ("Sent", "done"),
        "failed" => ("Could not be delivered", "attention"),
        _ => ("On its way", "progress"),
    }
}

/// `GET /mail/{id}`
pub async fn one(visitor: Visitor, Path(id): Path<i64>) -> Answer {
    let OwnMail { mail, zone } = own_mail::read(visitor.recoup(), visitor.actor()?, MailId(id)).await?;
    Ok(visitor.page(Page::new(mail.subject.clone(), move || {
        let (word, key) = state(&mail.state);
        let at = mail.sent_at.unwrap_or(mail.created_at);
        let failed = (mail.state == "failed").then(|| {
            view! { <p>"Your mailbox did not take this mail. Is the address of "<a href="/account">"your account"</a>" right?"</p> }
        });
        view! {
            <a class="back" href="/mail">"← Mail"</a>
            <h1>{mail.subject.clone()}</h1>
            <p class="soft">"To "{mail.recipient.clone()}", "<time datetime=at.to_rfc3339()>{deadline::show(at, &zone)}</time>" "<StatusTag word=word key=key/></p>
            {failed}
            {text(&mail.body_text)}
        }
    })))
}

/// The text of a mail as paragraphs; addresses become links.
pub fn text(body: &str) -> impl IntoView + use<> {
    let paragraphs: Vec<_> = body
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| {
            let lines: Vec<_> = paragraph
                .lines()
                .map(|line| {
                    let address = line.trim();
                    let link = address.starts_with("http") && !address.contains(char::is_whitespace);
                    if link {
                        let (href, words) = (address.to_owned(), address.to_owned());
                        view! { <a href=href>{words}</a>"\n" }.into_any()
                    } else {
                        view! { {line.to_owned()}"\n" }.into_any()
                    }
                })
                .collect();
            view! { <p class="lines">{lines}</p> }
        })
        .collect();
    view! { <div class="mail-text card">{paragraphs}</div> }
}
