//! One mail of a case: what it says, what became of it, and, while it waits, editing, discarding and sending it at once.

use axum::extract::Path;
use claims::{
    Instant, MailId,
    access::{Action, Refusal},
    actions::{Failure, look_after_mail},
    case::Case,
    intake::{Answers, mailing},
    mail,
    store::outbox::{self, ReadMail},
};
use leptos::prelude::*;

use super::{
    frame::{self, Place, Waiting},
    mail_words,
};
use crate::{
    components::{FormSections, StatusTag, Table},
    islands::Unsaved,
    pages::account::{
        mail::text,
        typed::{Typed, refused},
    },
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

struct Shown {
    case: Case,
    waiting: Waiting,
    mail: ReadMail,
    deliveries: Vec<(Instant, String, String)>,
}

async fn read(visitor: &Visitor, slug: &str, id: MailId) -> Result<Shown, Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(visitor, &mut tx, slug, Action::Write).await?;
    let mail = outbox::of_case_by_id(&mut tx, case.id, id).await?.ok_or(Refusal::NotFound)?;
    let deliveries = outbox::deliveries(&mut tx, id).await?;
    Ok(Shown { waiting: Waiting::read(&mut tx, case.id).await?, case, mail, deliveries })
}

fn as_typed(mail: &ReadMail) -> Typed {
    Typed::of(Answers::default().with("subject", mail.subject.as_str()).with("text", mail.body_text.trim_end()))
}

/// `GET /counsel/{slug}/mail/{id}`
pub async fn page(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let shown = read(&visitor, &slug, MailId(id)).await?;
    let typed = as_typed(&shown.mail);
    Ok(visitor.page(show(shown, typed)))
}

/// `POST /counsel/{slug}/mail/{id}`
pub async fn edit(visitor: Visitor, Path((slug, id)): Path<(String, i64)>, sent: Sent) -> Answer {
    let shown = read(&visitor, &slug, MailId(id)).await?;
    let (case, actor) = (shown.case.id, visitor.actor()?);
    let seen = sent.get("seen");
    match look_after_mail::edit(visitor.recoup(), actor, case, MailId(id), &sent.0, seen).await {
        Ok(()) => Ok(see_other(&format!("/counsel/{slug}/mail/{id}"))),
        Err(failure) => refused(&visitor, failure, sent.0, |typed| show(shown, typed)),
    }
}

/// `POST /counsel/{slug}/mail/{id}/discard`
pub async fn discard(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let shown = read(&visitor, &slug, MailId(id)).await?;
    let done = look_after_mail::discard(visitor.recoup(), visitor.actor()?, shown.case.id, MailId(id)).await;
    back(&visitor, &slug, shown, done, "The mail is discarded.").await
}

/// `POST /counsel/{slug}/mail/{id}/send`
pub async fn send_now(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let shown = read(&visitor, &slug, MailId(id)).await?;
    let done = look_after_mail::send_now(visitor.recoup(), visitor.actor()?, shown.case.id, MailId(id)).await;
    back(&visitor, &slug, shown, done, "The mail goes out now.").await
}

async fn back(visitor: &Visitor, slug: &str, shown: Shown, done: Result<(), Failure>, words: &str) -> Answer {
    match done {
        Ok(()) => {
            visitor.notice(words).await;
            Ok(see_other(&format!("/counsel/{slug}/mail")))
        }
        Err(failure) => {
            let answers = as_typed(&shown.mail).answers;
            refused(visitor, failure, answers, |typed| show(shown, typed))
        }
    }
}

fn show(shown: Shown, typed: Typed) -> Page {
    let whom = frame::whom(&shown.case);
    Page::new(shown.mail.subject.clone(), move || view(&shown, &typed)).wide().whom(whom)
}

fn view(shown: &Shown, typed: &Typed) -> impl IntoView + use<> {
    let Shown { case, mail, .. } = shown;
    let (slug, zone) = (case.settings.slug.as_str(), case.settings.time_zone.as_str());
    let here = format!("/counsel/{slug}/mail/{}", mail.id);
    let (word, key) = mail_words::state(&mail.state);
    let claim = mail.number.clone().map(|number| {
        let href = format!("/counsel/{slug}/claims/{number}");
        view! { <div><dt>"Claim"</dt><dd class="answer"><a href=href>{number}</a></dd></div> }
    });
    let mailing = mail.mailing_id.map(|id| {
        let href = format!("/counsel/{slug}/mail/mailings/{id}");
        view! { <div><dt>"Written to many"</dt><dd class="answer"><a href=href>"The others of this mailing"</a></dd></div> }
    });
    let when = match (mail.state.as_str(), mail.sent_at) {
        ("waiting", _) if mail.claim_withdrawn => "does not go out".to_owned(),
        ("waiting", _) => format!("goes out from {}", frame::short_moment(mail.next_at, zone)),
        (_, Some(at)) => format!("sent {}", frame::short_moment(at, zone)),
        _ => format!("queued {}", frame::short_moment(mail.created_at, zone)),
    };
    let edits = mail.state == "waiting" && !mail.claim_withdrawn && mail::may_be_edited(&mail.kind);
    let body = if edits {
        view! {
            <form method="post" action=here.clone() novalidate>
                <Unsaved/>
                <input type="hidden" name="seen" value=look_after_mail::mark(mail)/>
                <FormSections sections=mailing::WAITING answers=typed.answers.clone() errors=typed.errors.clone()/>
                <div class="actions"><button type="submit">"Save the changes"</button></div>
            </form>
        }
        .into_any()
    } else {
        text(&mail.body_text).into_any()
    };
    view! {
        {typed.top()}
        <a class="back" href=format!("/counsel/{slug}/mail")>"← Mail"</a>
        <h1>{mail.subject.clone()}</h1>
        {frame::nav(slug, Place::Mail, shown.waiting)}
        <dl class="summary-list">
            <div><dt>"State"</dt><dd class="answer"><StatusTag word key/>" "{when}</dd></div>
            <div><dt>"To"</dt><dd class="answer">{mail.recipient.clone()}</dd></div>
            <div><dt>"What it is"</dt><dd class="answer">{mail_words::kind(&mail.kind)}</dd></div>
            {claim}
            {mailing}
        </dl>
        {ways(&here, mail)}
        {body}
        {deliveries(zone, &shown.deliveries)}
    }
}

/// What can be done with a mail that waits or failed.
fn ways(here: &str, mail: &ReadMail) -> impl IntoView + use<> {
    let words = match mail.state.as_str() {
        "waiting" => "Send it now",
        "failed" => "Try it again now",
        _ => return ().into_any(),
    };
    let words = (!mail.claim_withdrawn).then_some(words);
    let send = words.map(|words| {
        view! { <form method="post" action=format!("{here}/send") class="inline" novalidate><button class="secondary" type="submit">{words}</button></form> }
    });
    let withdrawn = mail.claim_withdrawn.then(|| {
        let words = match mail.state.as_str() {
            "waiting" => "The claim was withdrawn after this mail was queued, so it does not go out: when its time comes, it is discarded.",
            _ => "The claim was withdrawn after this mail was queued, so it is not tried again.",
        };
        view! { <p class="small soft">{words}</p> }
    });
    let discards = mail.state == "waiting" && mail::may_be_discarded(&mail.kind);
    let discard = discards.then(|| {
        view! { <form method="post" action=format!("{here}/discard") class="inline" novalidate><button class="danger" type="submit">"Discard it"</button></form> }
    });
    let kept = (mail.state == "waiting" && !discards).then(|| {
        view! { <p class="small soft">"It tells a claimant how their claim stands: the program’s word, which is neither edited nor discarded."</p> }
    });
    view! {
        <div class="actions">
            {send}
            {discard}
        </div>
        {withdrawn}
        {kept}
    }
    .into_any()
}

fn deliveries(zone: &str, list: &[(Instant, String, String)]) -> impl IntoView + use<> {
    (!list.is_empty()).then(|| {
        let rows: Vec<_> = list
            .iter()
            .map(|(at, outcome, detail)| {
                let (word, key) = mail_words::state(if outcome == "waiting" { "sending" } else { outcome });
                let word = if outcome == "waiting" { "Tried in vain".to_owned() } else { word };
                view! {
                    <tr>
                        <th scope="row" class="nowrap">{frame::short_moment(*at, zone)}</th>
                        <td><StatusTag word key/></td>
                        <td>{mail_words::why(detail)}<span class="detail">{detail.clone()}</span></td>
                    </tr>
                }
            })
            .collect();
        view! {
            <Table caption="What became of it" class="dense">
                <thead><tr><th scope="col">"When"</th><th scope="col">"Result"</th><th scope="col">"Why, and what the server said"</th></tr></thead>
                <tbody>{rows}</tbody>
            </Table>
        }
    })
}
