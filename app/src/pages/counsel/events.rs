//! The audit trail of a case, and its verification.

use axum::{extract::Path, response::Response};
use claims::{
    access::Action,
    case::Case,
    money::grouped_units,
    store::events::{self, Event},
};
use leptos::prelude::*;

use super::{
    event_words,
    frame::{self, Place, Waiting},
};
use crate::{
    components::{Notice, NoticeKind, Pager},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// Events on a page.
const A_PAGE: i64 = 100;

/// What verification found: how many events there are, and the first that does not fit.
type Found = (i64, Option<i64>);

/// `GET /counsel/{slug}/events`
pub async fn page(visitor: Visitor, Path(slug): Path<String>, Query(query): Query) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::SeeCase).await?;
    let count = newest(&events::of_case(&mut tx, case.id, 1, 0).await?);
    let pages = (count + A_PAGE - 1).max(1) / A_PAGE;
    let page = query.number("page").unwrap_or(1).clamp(1, pages.max(1));
    let list = events::of_case(&mut tx, case.id, A_PAGE, (page - 1) * A_PAGE).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    Ok(answer(&visitor, case, waiting, list, (page, pages), None))
}

/// `POST /counsel/{slug}/events/verify`: changes nothing, but reads every event, which a link must not set off.
pub async fn verify(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::SeeCase).await?;
    let found = events::verify(&mut tx, case.id).await?;
    let list = events::of_case(&mut tx, case.id, A_PAGE, 0).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    let pages = (newest(&list) + A_PAGE - 1) / A_PAGE;
    Ok(answer(&visitor, case, waiting, list, (1, pages), Some(found)))
}

/// Events are numbered from 1 without gaps, so the newest number is their count.
fn newest(events: &[Event]) -> i64 {
    events.first().map_or(0, |event| event.seq)
}

fn answer(
    visitor: &Visitor,
    case: Case,
    waiting: Waiting,
    list: Vec<Event>,
    (page, pages): (i64, i64),
    found: Option<Found>,
) -> Response {
    let whom = frame::whom(&case);
    let page = Page::new("Events", move || {
        let settings = &case.settings;
        let slug = settings.slug.as_str();
        let table = event_words::table("Events, newest first", slug, &settings.time_zone, &list);
        let number = |page: i64| u64::try_from(page).unwrap_or(1);
        view! {
            {found.map(result)}
            <h1>"Events"</h1>
            {frame::nav(slug, Place::Events, waiting)}
            <p>
                "Every change, export, opened claim and opened document, newest first. Each event carries a hash over itself and the event \
                 before it: whoever changes or removes one breaks all that follow. Times are those of the case."
            </p>
            <form method="post" action=format!("/counsel/{slug}/events/verify") novalidate>
                <button class="secondary" type="submit">"Verify the chain"</button>
            </form>
            <h2>"Events, newest first"</h2>
            {table}
            <Pager page=number(page) pages=number(pages) base=format!("/counsel/{slug}/events")/>
        }
    });
    visitor.page(page.wide().whom(whom))
}

fn result((count, first): Found) -> AnyView {
    match first {
        None => {
            let words = format!("All {} events were read again and fit together, to the last.", grouped_units(count));
            view! { <Notice kind=NoticeKind::Success title="The chain is whole">{words}</Notice> }.into_any()
        }
        Some(place) => {
            let words = format!(
                "Event {} of {} does not fit the one before it: it, or one near it, was changed or removed outside Recoup. \
                 Keep a copy of the database as it is and compare it with a backup.",
                grouped_units(place),
                grouped_units(count)
            );
            view! { <Notice kind=NoticeKind::Warning title="The chain is broken">{words}</Notice> }.into_any()
        }
    }
}
