//! One case, as anybody may read it.

use axum::extract::Path;
use claims::{
    Instant,
    access::Refusal,
    actions::cases::public_case,
    case::{Case, Intake},
    deadline, period,
    store::{self, cases::CaseDocument, mailings::News},
};
use leptos::prelude::*;

use super::{
    tally,
    words::{contact, in_plain_words, kind_and_size, paragraphs},
};
use crate::{
    components::{Notice, NoticeKind, TimeEvent, TimeLine},
    prepared::{Begun, Turn},
    request::{Answer, Visitor},
    shell::Page,
};

/// News shown, newest first.
const NEWS: i64 = 20;

/// `GET /cases/{slug}`
pub async fn page(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let turn = match Turn::begin(&visitor, "/cases/{slug}", format!("/cases/{slug}")).await {
        Begun::Ready(answer) => return Ok(answer),
        Begun::Turn(turn) => turn,
    };
    let mut tx = visitor.recoup().store.read().await?;
    let stamp = store::cases::public_stamp(&mut tx, &slug).await?.ok_or(Refusal::NotFound)?;
    if let Some(answer) = turn.unchanged(&stamp) {
        return Ok(answer);
    }
    let case = public_case(&mut tx, &slug).await?;
    let documents = store::cases::documents(&mut tx, case.id).await?;
    let rows = store::tally::tally(&mut tx, case.id, case.settings.filing_basis).await?;
    let news = store::mailings::news(&mut tx, case.id, NEWS).await?;
    drop(tx);
    let now = visitor.recoup().clock.now();
    let words = deadline::in_words(case.deadline, &case.settings.time_zone, now);
    let about =
        format!("{}: what happened, who is in the class, what can be claimed. File by {words}.", case.settings.title);
    let page = Page::new(case.settings.title.clone(), move || {
        let settings = &case.settings;
        view! {
            <h1>{settings.title.clone()}</h1>
            <div class="with-aside">
                <div>
                    {intake(&case, now)}
                    {news_list(&case, &news)}
                    <h2>"What happened"</h2>
                    {paragraphs(&settings.what_happened)}
                    <h2>"Who is in the class"</h2>
                    {paragraphs(&settings.class_definition)}
                    <h2>"What can be claimed"</h2>
                    {categories(&case)}
                    {key_dates(&case)}
                    {tally::view(&case, &rows)}
                    {questions(&case)}
                </div>
                <div class="aside">
                    {passed(&case, now)}
                    <h2>"Documents"</h2>
                    {document_list(&settings.slug, &documents)}
                    <h2>"Contact"</h2>
                    {contact(&settings.contact)}
                    {court(&case)}
                </div>
            </div>
        }
    });
    Ok(turn.give(stamp, page.about(about)))
}

/// Whether a claim can be filed now, and the way to do it.
fn intake(case: &Case, now: Instant) -> impl IntoView + use<> {
    let href = format!("/cases/{}/file", case.settings.slug);
    let words = deadline::in_words(case.deadline, &case.settings.time_zone, now);
    match case.intake(now) {
        Intake::Open => view! {
            <p class="lede">"File by "<strong>{words}</strong>"."</p>
            <p>{deadline::after_in_words(case)}</p>
            <p><a class="button" href=href>"File a claim"</a></p>
            <p class="small soft">"You can start now, leave, and go on later. Only what you sign and send counts."</p>
        }
        .into_any(),
        Intake::LateWithReason => view! {
            <Notice kind=NoticeKind::Warning title="The deadline has passed">
                <p>"You can still file. Before you sign you are asked why the claim is late, and counsel sees your reason. Whether a late claim counts is decided later; filing it does not promise that."</p>
            </Notice>
            <p><a class="button" href=href>"File a late claim"</a></p>
        }
        .into_any(),
        Intake::Closed => view! {
            <Notice kind=NoticeKind::Info title="This case takes no more claims">
                <p>"A claim that you sent stays readable under "<a href="/claims">"My claims"</a>". If you think that yours must still be heard, write to the contact of the case."</p>
            </Notice>
        }
        .into_any(),
    }
}

/// What counsel told everybody; the newest is open.
fn news_list(case: &Case, news: &[News]) -> impl IntoView + use<> {
    let zone = &case.settings.time_zone;
    (!news.is_empty()).then(|| {
        let items: Vec<_> = news
            .iter()
            .enumerate()
            .map(|(place, news)| {
                let day = period::show_day(deadline::day_in(news.published_at, zone));
                view! {
                    <details open=place == 0>
                        <summary>{news.title.clone()}" "<span class="detail nowrap">{day}</span></summary>
                        {paragraphs(&news.body)}
                    </details>
                }
            })
            .collect();
        view! { <h2>"News"</h2>{items} }
    })
}

/// The deadline beside the page, where the page does not already begin with it.
fn passed(case: &Case, now: Instant) -> impl IntoView + use<> {
    (case.intake(now) != Intake::Open).then(|| {
        let words = deadline::in_words(case.deadline, &case.settings.time_zone, now);
        view! { <h2>"Deadline"</h2><p><time datetime=case.deadline.to_rfc3339()>{words}</time></p> }
    })
}

fn categories(case: &Case) -> impl IntoView + use<> {
    let items: Vec<_> = case
        .settings
        .categories
        .iter()
        .map(|category| view! { <li><strong>{category.title()}</strong>": "{in_plain_words(*category)}"."</li> })
        .collect();
    view! { <ul>{items}</ul> }
}

fn key_dates(case: &Case) -> impl IntoView + use<> {
    let mut dates = case.settings.key_dates.clone();
    dates.sort_by_key(|(day, _)| *day);
    (!dates.is_empty()).then(|| {
        let events = dates
            .into_iter()
            .map(|(day, what)| TimeEvent {
                at: day.to_string(),
                when: period::show_day(day),
                what,
                detail: String::new(),
            })
            .collect();
        view! { <h2>"Key dates"</h2><TimeLine events/> }
    })
}

fn questions(case: &Case) -> impl IntoView + use<> {
    let questions = &case.settings.questions;
    (!questions.is_empty()).then(|| {
        let items: Vec<_> =
            questions.iter().map(|(question, answer)| view! { <details><summary>{question.clone()}</summary>{paragraphs(answer)}</details> }).collect();
        view! { <h2>"Questions and answers"</h2>{items} }
    })
}

fn document_list(slug: &str, documents: &[CaseDocument]) -> impl IntoView + use<> {
    if documents.is_empty() {
        return view! { <p>"None yet."</p> }.into_any();
    }
    let items: Vec<_> = documents
        .iter()
        .map(|document| {
            let href = format!("/cases/{slug}/documents/{}", document.id);
            view! { <li><a href=href>{document.name.clone()}</a>" ("{kind_and_size(&document.media_type, document.bytes)}")"</li> }
        })
        .collect();
    view! { <ul>{items}</ul> }.into_any()
}

/// Court, number and parties, as far as there are any.
fn court(case: &Case) -> impl IntoView + use<> {
    let settings = &case.settings;
    [("Court", &settings.court), ("Case number", &settings.docket), ("Parties", &settings.parties)]
        .into_iter()
        .filter_map(|(heading, text)| text.as_deref().map(|text| view! { <h2>{heading}</h2>{paragraphs(text)} }))
        .collect::<Vec<_>>()
}
