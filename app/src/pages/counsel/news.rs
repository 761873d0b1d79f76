//! News of a case: on its public page, and by mail to those who want them.

use axum::extract::Path;
use claims::{
    access::Action,
    actions::{publish_news, write_to_many::Chosen},
    case::Case,
    intake::{Answers, case_settings::CaseState, mailing},
    store::{
        mailings::{self, News},
        recipients,
    },
};
use leptos::prelude::*;

use super::frame::{self, Place, Waiting};
use crate::{
    components::{FormSections, Notice, NoticeKind},
    islands::Unsaved,
    pages::{
        account::typed::{Typed, refused},
        public::words::paragraphs,
    },
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

/// News shown.
const SHOWN: i64 = 50;

struct Shown {
    case: Case,
    waiting: Waiting,
    news: Vec<News>,
    /// How many would get them by mail.
    people: usize,
    key: String,
    notice: Option<String>,
}

async fn read(visitor: &Visitor, slug: &str) -> Result<Shown, Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(visitor, &mut tx, slug, Action::Write).await?;
    let news = mailings::news(&mut tx, case.id, SHOWN).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    let people = Chosen { recipients: recipients::of_case(&mut tx, case.id).await? }.of(true).len();
    Ok(Shown { case, waiting, news, people, key: visitor.key(), notice: None })
}

/// `GET /counsel/{slug}/mail/news`
pub async fn page(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut shown = read(&visitor, &slug).await?;
    shown.notice = visitor.take_notice().await;
    let answers = Answers::default().with("per_hour", "600");
    Ok(visitor.page(show(shown, Typed::of(answers))))
}

/// `POST /counsel/{slug}/mail/news`
pub async fn publish(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let shown = read(&visitor, &slug).await?;
    match publish_news::publish(visitor.recoup(), visitor.actor()?, &shown.case, &sent.0, sent.get("key")).await {
        Ok(mails) => {
            let queued = frame::count(i64::try_from(mails).unwrap_or(i64::MAX), "mail is", "mails are");
            let queued = if mails > 0 { format!(" {queued} queued.") } else { String::new() };
            visitor.notice(format!("Published.{queued}")).await;
            Ok(see_other(&format!("/counsel/{slug}/mail/news")))
        }
        // With another key: nothing was done under the one that came, or something else.
        Err(failure) => refused(&visitor, failure, sent.0, |typed| show(shown, typed)),
    }
}

fn show(shown: Shown, typed: Typed) -> Page {
    let whom = frame::whom(&shown.case);
    Page::new("News of the case", move || view(&shown, &typed)).wide().whom(whom)
}

fn view(shown: &Shown, typed: &Typed) -> impl IntoView + use<> {
    let (slug, zone) = (shown.case.settings.slug.as_str(), shown.case.settings.time_zone.as_str());
    let here = format!("/counsel/{slug}/mail/news");
    let notice = shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
    // As long as the case is being prepared there is no such page.
    let public = if shown.case.settings.state == CaseState::Preparing {
        "the public page of the case, once it is opened".into_any()
    } else {
        view! { <a href=format!("/cases/{slug}")>"the public page of the case"</a> }.into_any()
    };
    let list: Vec<_> = shown
        .news
        .iter()
        .map(|news| {
            view! {
                <li>
                    <h3>{news.title.clone()}</h3>
                    <p class="soft">{frame::short_moment(news.published_at, zone)}</p>
                    {paragraphs(&news.body)}
                </li>
            }
        })
        .collect();
    let list = if list.is_empty() {
        view! { <p class="empty">"No news yet."</p> }.into_any()
    } else {
        view! { <ul class="card-list">{list}</ul> }.into_any()
    };
    let people = frame::count(i64::try_from(shown.people).unwrap_or(i64::MAX), "person", "people");
    let people = format!("By mail it would go to {people}: tick the box if it is to.");
    view! {
        {typed.top()}
        {notice}
        <a class="back" href=format!("/counsel/{slug}/mail")>"← Mail"</a>
        <h1>"News of the case"</h1>
        {frame::nav(slug, Place::Mail, shown.waiting)}
        <p>"News appears on "{public}", where everybody can read them. Whoever gets it by mail can end such mails with one click."</p>
        <p>{people}</p>
        <form method="post" action=here novalidate>
            <Unsaved/>
            <input type="hidden" name="key" value=shown.key.clone()/>
            <FormSections sections=mailing::NEWS answers=typed.answers.clone() errors=typed.errors.clone()/>
            <div class="actions"><button type="submit">"Publish"</button></div>
        </form>
        <h2>"Published"</h2>
        {list}
    }
}
