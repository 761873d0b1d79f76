//! The list of cases.

use claims::{
    Instant,
    case::{Case, Intake},
    deadline, store,
};
use leptos::prelude::*;

use super::words::first_sentence;
use crate::{
    prepared::{Begun, Turn},
    request::{Answer, Visitor},
    shell::Page,
};

/// `GET /`
pub async fn page(visitor: Visitor) -> Answer {
    let turn = match Turn::begin(&visitor, "/", "/".to_owned()).await {
        Begun::Ready(answer) => return Ok(answer),
        Begun::Turn(turn) => turn,
    };
    let mut tx = visitor.recoup().store.read().await?;
    let stamp = store::cases::list_stamp(&mut tx).await?;
    if let Some(answer) = turn.unchanged(&stamp) {
        return Ok(answer);
    }
    let cases = store::cases::all(&mut tx, true)
        .await?
        .iter()
        .map(store::cases::CaseRow::read)
        .collect::<Result<Vec<_>, _>>()?;
    drop(tx);
    let now = visitor.recoup().clock.now();
    let (open, mut closed): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| case.intake(now) != Intake::Closed);
    closed.reverse();
    let page = Page::new("Cases", move || {
        let none = open.is_empty() && closed.is_empty();
        let closed = (!closed.is_empty())
            .then(|| view! { <h2>"Closed cases"</h2><ul class="card-list">{list(&closed, now)}</ul> });
        let open = match (none, open.is_empty()) {
            (true, _) => view! {
                <div class="empty">
                    <p>"There is no case yet."</p>
                    <p>"An administrator makes one under "<a href="/admin/cases/new">"Administration, new case"</a>". It appears here as soon as it is open for claims."</p>
                </div>
            }
            .into_any(),
            (false, true) => view! { <p class="empty">"No case takes claims at present."</p> }.into_any(),
            (false, false) => view! { <ul class="card-list">{list(&open, now)}</ul> }.into_any(),
        };
        view! {
            <h1>"Recover what you are owed"</h1>
            <p class="lede">"Recoup is where people hurt by the same wrong file what they are owed, with proof. Counsel of the case gets totals that stand up in court; you keep a receipt for every word and every document you send."</p>
            <h2>"Open cases"</h2>
            {open}
            {closed}
        }
    });
    Ok(turn.give(stamp, page))
}

fn list(cases: &[Case], now: Instant) -> Vec<AnyView> {
    cases
        .iter()
        .map(|case| {
            let settings = &case.settings;
            let until = match case.intake(now) {
                Intake::Open => format!("File by {}.", deadline::in_words(case.deadline, &settings.time_zone, now)),
                Intake::LateWithReason => format!(
                    "The deadline has passed ({}). Late claims are taken, with a reason.",
                    deadline::in_words(case.deadline, &settings.time_zone, now)
                ),
                Intake::Closed => "Takes no more claims.".to_owned(),
            };
            view! {
                <li>
                    <h3><a href=format!("/cases/{}", settings.slug)>{settings.title.clone()}</a></h3>
                    <p>{first_sentence(&settings.what_happened)}</p>
                    <p class="small"><strong>{until}</strong></p>
                </li>
            }
            .into_any()
        })
        .collect()
}
