//! Writing to many: whom, what, how it will read, a test to oneself, and the queue.

use axum::{extract::Path, http::StatusCode};
use claims::{
    MailTemplateId,
    access::Action,
    actions::{
        Failure,
        write_to_many::{self, Chosen, Preview, Sample, Wish},
    },
    case::Case,
    intake::{Answers, mailing},
    status::ClaimStatus,
    store::mailings::{self, Template},
};
use leptos::prelude::*;

use super::{
    filter::{self, Choice},
    filter_form,
    frame::{self, Place, Waiting},
    mail_templates::placeholders,
};
use crate::{
    components::{ErrorSummary, FormSections, Notice, NoticeKind},
    islands::Unsaved,
    pages::account::{
        mail::text,
        typed::{Typed, refused},
    },
    request::{Answer, Halt, Query, Sent, Visitor, see_other},
    shell::Page,
};

struct Shown {
    case: Case,
    waiting: Waiting,
    choice: Choice,
    chosen: Chosen,
    templates: Vec<Template>,
    key: String,
    /// The mails as they will be.
    preview: Option<Preview>,
    notice: Option<String>,
}

async fn read(visitor: &Visitor, slug: &str, query: &Sent) -> Result<Shown, Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(visitor, &mut tx, slug, Action::Write).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    let templates = mailings::templates(&mut tx, case.id).await?;
    drop(tx);
    let choice = Choice::read(query, &case.settings.time_zone);
    let chosen = if choice.errors.is_empty() {
        write_to_many::choose(visitor.recoup(), visitor.actor()?, &case, &choice.filter).await?
    } else {
        Chosen::default()
    };
    Ok(Shown { case, waiting, choice, chosen, templates, key: visitor.key(), preview: None, notice: None })
}

/// `GET /counsel/{slug}/mail/write`
pub async fn page(visitor: Visitor, Path(slug): Path<String>, Query(query): Query) -> Answer {
    let shown = read(&visitor, &slug, &query).await?;
    if !shown.choice.errors.is_empty() {
        let whom = frame::whom(&shown.case);
        return Ok(visitor.again(Page::new("Write to many", move || wrong(&shown)).wide().whom(whom)));
    }
    let template = query.number("template").map(MailTemplateId);
    let template = shown.templates.iter().find(|of| Some(of.id) == template);
    let mut answers = Answers::default().with("about", "claim").with("per_hour", "200");
    if let Some(template) = template {
        answers = answers.with("subject", template.subject.as_str()).with("text", template.body.as_str());
    }
    Ok(visitor.page(show(shown, Typed::of(answers))))
}

/// `POST /counsel/{slug}/mail/write`: looks, tests or queues, by the button.
pub async fn send(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let mut shown = read(&visitor, &slug, &Sent::read(sent.get("filter").as_bytes())).await?;
    if !shown.choice.errors.is_empty() {
        return Err(Failure::Invalid(shown.choice.errors).into());
    }
    // The key stays the same until something was done or refused under it, so that a second click is known.
    if !sent.get("key").is_empty() {
        sent.get("key").clone_into(&mut shown.key);
    }
    let done = act(&visitor, &slug, &mut shown, &sent).await;
    match done {
        Ok(Some(to)) => Ok(see_other(&to)),
        Ok(None) => Ok(visitor.page_with(StatusCode::OK, show(shown, Typed::of(sent.0)))),
        Err(failure) => {
            // What is sent next is another form.
            shown.key = visitor.key();
            refused(&visitor, failure, sent.0, |typed| show(shown, typed))
        }
    }
}

/// Does what the button says; gives where to go on, or `None` to show the page again.
async fn act(visitor: &Visitor, slug: &str, shown: &mut Shown, sent: &Sent) -> Result<Option<String>, Failure> {
    let (recoup, actor) = (visitor.recoup(), visitor.actor()?);
    let (case, filter, answers) = (&shown.case, &shown.choice.filter, &sent.0);
    match sent.get("do") {
        "queue" => {
            let words = whom_in_words(&shown.choice);
            let seen = sent.get("seen");
            let wish = Wish { filter, filter_words: &words, seen, answers, key: &shown.key };
            if seen.is_empty() {
                shown.preview = Some(write_to_many::preview(recoup, actor, case, filter, answers).await?);
                return Ok(None);
            }
            let id = write_to_many::queue(recoup, actor, case, &wish).await?;
            Ok(Some(format!("/counsel/{slug}/mail/mailings/{id}")))
        }
        "test" => {
            write_to_many::test(recoup, actor, case, filter, answers, &shown.key).await?;
            shown.notice = Some(format!("A test is on its way to {}.", actor.email));
            shown.preview = Some(write_to_many::preview(recoup, actor, case, filter, answers).await?);
            Ok(None)
        }
        _ => {
            shown.preview = Some(write_to_many::preview(recoup, actor, case, filter, answers).await?);
            Ok(None)
        }
    }
}

/// Whom the mails go to, as the page of the mailing says it later: a filter without a status chooses submitted claims.
fn whom_in_words(choice: &Choice) -> String {
    if choice.is_everything() {
        return "all submitted claims".to_owned();
    }
    let of = Choice { filter: write_to_many::of_whom(&choice.filter), ..choice.clone() };
    of.in_words().unwrap_or_default()
}

fn wrong(shown: &Shown) -> impl IntoView + use<> {
    let slug = shown.case.settings.slug.as_str();
    view! {
        <ErrorSummary errors=shown.choice.errors.clone()/>
        <h1>"Write to many"</h1>
        {frame::nav(slug, Place::Mail, shown.waiting)}
        {filter_form::form_to_write(&shown.case, &shown.choice, &format!("/counsel/{slug}/mail/write"))}
        <p class="empty">"Nobody is chosen until the filter can be read."</p>
    }
}

fn show(shown: Shown, typed: Typed) -> Page {
    let whom = frame::whom(&shown.case);
    Page::new("Write to many", move || view(&shown, &typed)).wide().whom(whom)
}

fn view(shown: &Shown, typed: &Typed) -> impl IntoView + use<> {
    let slug = shown.case.settings.slug.as_str();
    let here = format!("/counsel/{slug}/mail/write");
    let query = shown.choice.query();
    let count =
        |number: usize, one: &str, many: &str| frame::count(i64::try_from(number).unwrap_or(i64::MAX), one, many);
    let people = count(shown.chosen.people(), "person", "people");
    let claims = count(shown.chosen.claims(), "claim", "claims");
    let register = filter::register_by(slug, &write_to_many::of_whom(&shown.choice.filter), shown.choice.order);
    let left_out = shown.choice.filter.status != Some(ClaimStatus::Withdrawn);
    let left_out =
        left_out.then_some(" Withdrawn claims are left out; to write to them, choose the status “Withdrawn”.");
    let notice = shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
    let preview = shown.preview.as_ref().map(|of| preview(of.mails, &of.samples));
    let ready = shown.preview.as_ref();
    let queue = ready.filter(|of| of.mails > 0).map(|of| {
        let words = format!("Queue {}", count(of.mails, "mail", "mails"));
        view! {
            <input type="hidden" name="seen" value=of.mark.clone()/>
            <button type="submit" name="do" value="queue">{words}</button>
        }
    });
    let look = if ready.is_some() { "Look at three again" } else { "Look at three of them" };
    let look_class = if ready.is_some() { "secondary" } else { "" };
    view! {
        {typed.top()}
        {notice}
        <a class="back" href=format!("/counsel/{slug}/mail")>"← Mail"</a>
        <h1>"Write to many"</h1>
        {frame::nav(slug, Place::Mail, shown.waiting)}
        <h2>"To whom"</h2>
        {filter_form::form_to_write(&shown.case, &shown.choice, &here)}
        <p>
            <strong>{people}</strong>" with a confirmed address act for "<a href=register>{claims}</a>
            "."{left_out}" Nobody sees the others. Filter first: what you typed below is not kept when the filter changes."
        </p>
        {template_links(&here, &query, &shown.templates)}
        {preview}
        <h2>"What"</h2>
        <div class="with-aside">
            <form method="post" action=here novalidate>
                <Unsaved/>
                <input type="hidden" name="filter" value=query/>
                <input type="hidden" name="key" value=shown.key.clone()/>
                <FormSections sections=mailing::MAILING answers=typed.answers.clone() errors=typed.errors.clone()/>
                <div class="actions">
                    <button type="submit" name="do" value="look" class=look_class>{look}</button>
                    <button type="submit" name="do" value="test" class="secondary">"Send a test to myself"</button>
                    {queue}
                </div>
                <p class="small soft">"Nothing is sent to claimants before you queue it, and the queue can be stopped in the middle."</p>
            </form>
            <div class="aside">{placeholders()}</div>
        </div>
    }
}

fn template_links(here: &str, query: &str, templates: &[Template]) -> impl IntoView + use<> {
    (!templates.is_empty()).then(|| {
        let links: Vec<_> = templates
            .iter()
            .map(|template| {
                let query = if query.is_empty() { String::new() } else { format!("{query}&") };
                view! { <a href=format!("{here}?{query}template={}", template.id)>{template.name.clone()}</a> }
            })
            .collect();
        view! { <p class="actions">"Begin with a template: "{links}</p> }
    })
}

/// Mails as their recipients will read them: some, or all, of so many.
pub(super) fn preview(mails: usize, samples: &[Sample]) -> AnyView {
    if mails == 0 {
        return view! { <p class="empty">"Nobody would get this mail: no claim fits the filter, or those who act for the claims want no news."</p> }
            .into_any();
    }
    let samples: Vec<_> = samples
        .iter()
        .map(|sample| {
            view! {
                <section class="sample">
                    <h3>{sample.subject.clone()}</h3>
                    <p class="soft">"To "{sample.recipient.clone()}</p>
                    {text(&sample.text)}
                </section>
            }
        })
        .collect();
    let words = format!("How they will read: {} of {mails}", samples.len());
    view! { <h2>{words}</h2><div class="columns">{samples}</div> }.into_any()
}
