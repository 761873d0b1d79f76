//! One letter: what it is, where it is, and what counsel say of it.

use axum::extract::Path;
use claims::{
    LetterId,
    access::{Action, Refusal},
    actions::letters as actions,
    case::Case,
    deadline,
    intake::Answers,
    letters::{self as rules, Contents, DIRECTION_STEP, LetterKind, RETURN_STEP, State},
    period::show_day,
    store::letters::{self as store, Row, Step},
};
use leptos::prelude::*;

use super::{
    frame::{self, Place, Waiting},
    letters::{about, counsels, word},
};
use crate::{
    components::{FormSections, Notice, NoticeKind, StatusTag, SummaryList, SummaryRow, TimeEvent, TimeLine},
    pages::account::typed::{Typed, refused},
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

struct Shown {
    case: Case,
    waiting: Waiting,
    row: Row,
    kind: LetterKind,
    state: State,
    contents: Contents,
    steps: Vec<Step>,
    key: String,
    notice: Option<String>,
}

/// `GET /counsel/{slug}/letters/{id}`
pub async fn page(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let shown = read(&visitor, &slug, LetterId(id)).await?;
    // Of a withdrawn claim nothing is to follow, so nothing is proposed.
    let typed = if shown.row.withdrawn_at.is_some() {
        Typed::default()
    } else {
        let next = shown.state.next(shown.kind).first().map_or("", |state| state.key());
        let today = show_day(actions::day_of(visitor.recoup(), &shown.case));
        Typed::of(Answers::default().with("state", next).with("day", today))
    };
    Ok(visitor.page(show(shown, typed)))
}

/// `POST /counsel/{slug}/letters/{id}`: takes a step.
pub async fn step(visitor: Visitor, Path((slug, id)): Path<(String, i64)>, sent: Sent) -> Answer {
    let id = LetterId(id);
    let mut shown = read(&visitor, &slug, id).await?;
    let steps = sent.number("steps").unwrap_or(-1);
    match actions::take_step(visitor.recoup(), visitor.actor()?, id, steps, &sent.0, sent.get("key")).await {
        Ok(taken) => {
            visitor
                .notice(format!("The letter is “{}” since {}.", taken.state.word().to_lowercase(), show_day(taken.day)))
                .await;
            Ok(see_other(&format!("/counsel/{slug}/letters/{id}")))
        }
        Err(failure) => {
            shown.notice = None;
            refused(&visitor, failure, sent.0, |typed| show(shown, typed))
        }
    }
}

/// `POST /counsel/{slug}/claims/{number}/letters`: makes one.
pub async fn make(visitor: Visitor, Path((slug, number)): Path<(String, String)>, sent: Sent) -> Answer {
    let actor = visitor.actor()?;
    let mut tx = visitor.recoup().store.read().await?;
    frame::case_of(&visitor, &mut tx, &slug, Action::WriteLetters).await?;
    drop(tx);
    let kind = counsels(sent.get("kind")).ok_or(Refusal::NotFound)?;
    let id = actions::make(visitor.recoup(), actor, &slug, &number, kind).await?;
    visitor.notice("The letter is drafted. Look at it before it is sent.").await;
    Ok(see_other(&format!("/counsel/{slug}/letters/{id}")))
}

async fn read(visitor: &Visitor, slug: &str, id: LetterId) -> Result<Shown, Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(visitor, &mut tx, slug, Action::WriteLetters).await?;
    let row = store::by_id(&mut tx, id).await?.filter(|row| row.case_id == case.id).ok_or(Refusal::NotFound)?;
    let (kind, state) = counsels(&row.kind).zip(State::parse(&row.state)).ok_or(Refusal::NotFound)?;
    let steps = store::steps(&mut tx, id).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    let contents = actions::contents(visitor.recoup(), id).await?;
    let notice = visitor.take_notice().await;
    Ok(Shown { case, waiting, row, kind, state, contents, steps, key: visitor.key(), notice })
}

fn show(shown: Shown, typed: Typed) -> Page {
    let whom = frame::whom(&shown.case);
    Page::new(format!("{}, claim {}", shown.kind.title(), shown.row.number), move || view(&shown, &typed)).whom(whom)
}

fn view(shown: &Shown, typed: &Typed) -> impl IntoView + use<> {
    let slug = shown.case.settings.slug.as_str();
    let row = &shown.row;
    let claim = format!("/counsel/{slug}/claims/{}", row.number);
    let line = |question: &str, answer: String| SummaryRow { question: question.to_owned(), answer, change: None };
    let by = row.made_by.clone().unwrap_or_else(|| "Recoup".to_owned());
    let rows = vec![
        line("Claimant", row.claimant.clone()),
        line("About", about(row, &format!(" of claim {}", row.number))),
        line("To", shown.contents.letter.to.name.clone()),
        line("Drafted", format!("{} by {by}", deadline::show(row.made_at, &shown.case.settings.time_zone))),
        line("State", format!("{}, since {}", word(row), show_day(row.since))),
    ];
    let others = rules::others(&shown.contents.claim, &shown.contents.letter.to.name);
    let others = (shown.kind == LetterKind::Direction && !others.is_empty()).then(|| {
        let words = format!("Lines of this claim that name {} are not in this letter.", others.join(", "));
        view! { <Notice kind=NoticeKind::Info title="The claim names other aggregators too">{words}</Notice> }
    });
    let withdrawn = row.withdrawn_at.filter(|_| row.is_current).map(|at| {
        let day = show_day(deadline::day_in(at, &shown.case.settings.time_zone));
        let words = match shown.state {
            State::Drafted => format!(
                "It was withdrawn on {day}. This draft is not to be sent, and it is not in the ZIP. If it was sent all the same, say so below, with a note."
            ),
            _ => format!(
                "It was withdrawn on {day}. Whoever has this letter may have to be told. It is not in the ZIP. What happened on that day or later needs a note."
            ),
        };
        view! { <Notice kind=NoticeKind::Warning title="The claim is withdrawn">{words}</Notice> }
    });
    let amended = !row.in_force && row.withdrawn_at.is_none();
    let stale = (row.is_current && amended && shown.state == State::Drafted).then(|| {
        view! { <Notice kind=NoticeKind::Warning title="The claim was amended since">"This draft is about an earlier version. Write it anew from the page of the claim."</Notice> }
    });
    let replaced = (!row.is_current).then(|| {
        view! { <Notice kind=NoticeKind::Warning title="This draft was written anew">"The letter of the claim is another one by now; this one is kept only to be looked at."</Notice> }
    });
    let form = row.is_current.then(|| step_form(shown, typed, slug));
    view! {
        {typed.top()}
        {shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> })}
        <a class="back" href=format!("/counsel/{slug}/letters?kind={}", shown.kind.key())>"← Letters"</a>
        <h1>{shown.kind.title()}", "<a href=claim>{row.number.clone()}</a>" "<StatusTag word=word(row) key=row.state.clone()/></h1>
        {frame::nav(slug, Place::Letters, shown.waiting)}
        {replaced}{withdrawn}{stale}{others}
        <div class="actions">
            <a class="button secondary" href=format!("/letters/{}?inline=1", row.id)>"Look at the PDF"</a>
            <a href=format!("/letters/{}", row.id)>"Download it"</a>
        </div>
        <SummaryList rows/>
        {form}
        <h2>"What happened"</h2>
        <TimeLine events=history(shown)/>
    }
}

fn step_form(shown: &Shown, typed: &Typed, slug: &str) -> impl IntoView + use<> {
    let sections = if shown.kind == LetterKind::Return { RETURN_STEP } else { DIRECTION_STEP };
    view! {
        <h2>"Say where it is"</h2>
        <form method="post" action=format!("/counsel/{slug}/letters/{}", shown.row.id) novalidate>
            <input type="hidden" name="key" value=shown.key.clone()/>
            <input type="hidden" name="steps" value=shown.row.steps.to_string()/>
            <FormSections sections answers=typed.answers.clone() errors=typed.errors.clone()/>
            <div class="actions"><button type="submit">"Save"</button></div>
        </form>
    }
}

/// The steps, newest first, and last that it was made.
fn history(shown: &Shown) -> Vec<TimeEvent> {
    let zone = &shown.case.settings.time_zone;
    let mut events: Vec<TimeEvent> = shown
        .steps
        .iter()
        .rev()
        .map(|step| {
            let state = State::parse(&step.state).map_or(step.state.clone(), |state| state.word().to_owned());
            let corrected = if step.is_correction { "Corrected: " } else { "" };
            let entered = deadline::show(step.entered_at, zone);
            let by = step.entered_by.clone().unwrap_or_else(|| "Recoup".to_owned());
            let note = if step.note.is_empty() { String::new() } else { format!(" · {}", step.note) };
            TimeEvent {
                at: step.day.to_string(),
                when: show_day(step.day),
                what: format!("{corrected}{state}"),
                detail: format!("Entered by {by}, {entered}{note}"),
            }
        })
        .collect();
    events.push(TimeEvent {
        at: shown.row.made_at.to_rfc3339(),
        when: show_day(shown.contents.letter.day),
        what: "Drafted".to_owned(),
        detail: shown.row.made_by.clone().map(|name| format!("By {name}")).unwrap_or_default(),
    });
    events
}
