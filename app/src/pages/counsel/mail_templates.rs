//! Texts that counsel keep for the mails of a case.

use axum::extract::Path;
use claims::{
    MailTemplateId,
    access::{Action, Refusal},
    actions::mail_templates,
    case::Case,
    intake::{
        Answers,
        mailing::{self, PLACEHOLDERS},
    },
    store::mailings::{self, Template},
};
use leptos::prelude::*;

use super::frame::{self, Place, Waiting};
use crate::{
    components::{FormSections, Notice, NoticeKind, Table},
    islands::Unsaved,
    pages::account::typed::{Typed, refused},
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

async fn open(visitor: &Visitor, slug: &str) -> Result<(Case, Waiting, Vec<Template>), Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(visitor, &mut tx, slug, Action::Write).await?;
    let templates = mailings::templates(&mut tx, case.id).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    Ok((case, waiting, templates))
}

/// `GET /counsel/{slug}/mail/templates`
pub async fn list(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let (case, waiting, templates) = open(&visitor, &slug).await?;
    let notice = visitor.take_notice().await;
    let whom = frame::whom(&case);
    let view = move || {
        let zone = case.settings.time_zone.as_str();
        let here = format!("/counsel/{slug}/mail");
        let notice = notice.map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
        let rows: Vec<_> = templates
            .iter()
            .map(|template| {
                view! {
                    <tr>
                        <th scope="row"><a href=format!("{here}/templates/{}", template.id)>{template.name.clone()}</a></th>
                        <td>{template.subject.clone()}</td>
                        <td class="nowrap">{frame::short_moment(template.saved_at, zone)}</td>
                        <td><a href=format!("{here}/write?status=submitted&template={}", template.id)>"Write with it"<span class="hidden">{format!(": {}", template.name)}</span></a></td>
                    </tr>
                }
            })
            .collect();
        let table = if rows.is_empty() {
            view! { <p class="empty">"No templates yet. Keep what you write more than once, with placeholders for what differs."</p> }.into_any()
        } else {
            view! {
                <Table caption="Templates" quiet=true class="dense">
                    <thead><tr><th scope="col">"Name"</th><th scope="col">"Subject"</th><th scope="col">"Saved"</th><th scope="col">"Use"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
            }
            .into_any()
        };
        view! {
            {notice}
            <a class="back" href=here.clone()>"← Mail"</a>
            <h1>"Templates"</h1>
            {frame::nav(&slug, Place::Mail, waiting)}
            <div class="actions"><a class="button" href=format!("{here}/templates/new")>"New template"</a></div>
            {table}
        }
    };
    Ok(visitor.page(Page::new("Templates", view).wide().whom(whom)))
}

/// `GET /counsel/{slug}/mail/templates/new`
pub async fn new(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let (case, waiting, _) = open(&visitor, &slug).await?;
    Ok(visitor.page(form(case, waiting, None, Typed::default())))
}

/// `POST /counsel/{slug}/mail/templates/new`
pub async fn add(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    keep(visitor, slug, None, sent).await
}

/// `GET /counsel/{slug}/mail/templates/{id}`
pub async fn page(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let (case, waiting, templates) = open(&visitor, &slug).await?;
    let template = templates.into_iter().find(|template| template.id.0 == id).ok_or(Refusal::NotFound)?;
    let answers =
        Answers::default().with("name", template.name).with("subject", template.subject).with("text", template.body);
    Ok(visitor.page(form(case, waiting, Some(id), Typed::of(answers))))
}

/// `POST /counsel/{slug}/mail/templates/{id}`
pub async fn save(visitor: Visitor, Path((slug, id)): Path<(String, i64)>, sent: Sent) -> Answer {
    keep(visitor, slug, Some(id), sent).await
}

async fn keep(visitor: Visitor, slug: String, id: Option<i64>, sent: Sent) -> Answer {
    let (case, waiting, _) = open(&visitor, &slug).await?;
    match mail_templates::save(visitor.recoup(), visitor.actor()?, case.id, id.map(MailTemplateId), &sent.0).await {
        Ok(_) => {
            visitor.notice("The template is saved.").await;
            Ok(see_other(&format!("/counsel/{slug}/mail/templates")))
        }
        Err(failure) => refused(&visitor, failure, sent.0, |typed| form(case, waiting, id, typed)),
    }
}

/// `POST /counsel/{slug}/mail/templates/{id}/remove`
pub async fn remove(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let (case, ..) = open(&visitor, &slug).await?;
    mail_templates::remove(visitor.recoup(), visitor.actor()?, case.id, MailTemplateId(id)).await?;
    visitor.notice("The template is removed.").await;
    Ok(see_other(&format!("/counsel/{slug}/mail/templates")))
}

fn form(case: Case, waiting: Waiting, id: Option<i64>, typed: Typed) -> Page {
    let whom = frame::whom(&case);
    let title = if id.is_some() { "Template" } else { "New template" };
    let view = move || {
        let slug = case.settings.slug.as_str();
        let list = format!("/counsel/{slug}/mail/templates");
        let here = id.map_or_else(|| format!("{list}/new"), |id| format!("{list}/{id}"));
        let remove = id.map(|_| {
            view! { <form method="post" action=format!("{here}/remove") class="inline" novalidate><button class="danger small" type="submit">"Remove this template"</button></form> }
        });
        view! {
            {typed.top()}
            <a class="back" href=list.clone()>"← Templates"</a>
            <h1>{title}</h1>
            {frame::nav(slug, Place::Mail, waiting)}
            <div class="with-aside">
                <form method="post" action=here novalidate>
                    <Unsaved/>
                    <FormSections sections=mailing::TEMPLATE answers=typed.answers.clone() errors=typed.errors.clone()/>
                    <div class="actions"><button type="submit">"Save"</button><a href=list>"Back without saving"</a></div>
                </form>
                <div class="aside">{placeholders()}{remove}</div>
            </div>
        }
    };
    Page::new(title, view).wide().whom(whom)
}

/// What can stand in braces.
pub(super) fn placeholders() -> impl IntoView {
    let items: Vec<_> = PLACEHOLDERS
        .iter()
        .map(|(name, words)| view! { <div><dt><code>{format!("{{{{{name}}}}}")}</code></dt><dd>{*words}</dd></div> })
        .collect();
    view! { <h2>"Placeholders"</h2><dl class="small">{items}</dl> }
}
