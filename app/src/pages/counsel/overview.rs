//! The overview of a case: what is claimed, how well it is documented, what happens.

use chrono::NaiveDate;
use claims::{
    Instant,
    access::Action,
    case::Case,
    deadline,
    money::grouped_units,
    status::ClaimStatus,
    store::{
        events::{self, Event},
        register::{self, Filter, RegisterSums},
        totals,
    },
    totals::Total,
};
use leptos::prelude::*;

use axum::extract::Path;

use super::{
    event_words, filter,
    frame::{self, Place},
    gauges, over_time,
    totals_table::{self, Part},
};
use crate::{
    request::{Answer, Visitor},
    shell::Page,
};

/// Events shown here; all of them have a page of their own.
const RECENT: i64 = 8;

struct Shown {
    case: Case,
    now: Instant,
    submitted: RegisterSums,
    withdrawn: i64,
    late: i64,
    drafts: i64,
    totals: Vec<Total>,
    days: Vec<(NaiveDate, i64)>,
    events: Vec<Event>,
}

/// `GET /counsel/{slug}`
pub async fn page(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::SeeCase).await?;
    let (id, basis, zone) = (case.id, case.settings.filing_basis, case.settings.time_zone.clone());
    let submitted = filter::submitted(&zone);
    let late = Filter { late: true, ..submitted.clone() };
    let withdrawn = Filter { status: Some(ClaimStatus::Withdrawn), ..Filter::default() };
    let drafts = register::by_status(&mut tx, id).await?;
    let shown = Shown {
        now: visitor.recoup().clock.now(),
        submitted: register::sums(&mut tx, id, basis, &submitted).await?,
        withdrawn: register::sums(&mut tx, id, basis, &withdrawn).await?.claims,
        late: register::sums(&mut tx, id, basis, &late).await?.claims,
        drafts: drafts.iter().find(|(key, _)| key == ClaimStatus::Draft.key()).map_or(0, |(_, count)| *count),
        totals: totals::of_case(&mut tx, id).await?,
        days: register::by_day(&mut tx, id, &zone).await?,
        events: events::of_case(&mut tx, id, RECENT, 0).await?,
        case,
    };
    drop(tx);
    let whom = frame::whom(&shown.case);
    Ok(visitor.page(Page::new("Overview", move || show(&shown)).wide().whom(whom)))
}

fn show(shown: &Shown) -> impl IntoView + use<> {
    let Shown { case, submitted, totals, .. } = shown;
    let settings = &case.settings;
    let (slug, zone) = (settings.slug.as_str(), settings.time_zone.as_str());
    let deadline = deadline::in_words(case.deadline, zone, shown.now);
    let table = if totals.is_empty() {
        let public = format!("/cases/{slug}");
        view! {
            <p class="empty">
                "No claim has been sent yet. Claimants find the case at "<a href=public>"its public page"</a>
                "; what they send shows up here at once."
            </p>
        }
        .into_any()
    } else {
        let link = |total: Option<&Total>, part: Part| {
            let mut of = filter::submitted(zone);
            of.category = total.map(|total| total.category);
            of.basis = total.and_then(|total| total.basis);
            of.sworn_only = (part == Part::SwornOnly).then_some(true);
            filter::register(slug, &of)
        };
        totals_table::tables(totals, settings.currency, settings.filing_basis, link).into_any()
    };
    let (chart, events) = (over_time::chart(slug, zone, &shown.days), recent(shown));
    let gauges = gauges::gauges(case, *submitted);
    view! {
        <h1>"Overview"</h1>
        {frame::nav(slug, Place::Overview)}
        <p>{format!("Last moment for claims: {deadline}.")}</p>
        {figures(shown)}
        <h2>"Amounts"</h2>
        {table}
        <div class="columns">
            <section><h2>"Thresholds and proof"</h2>{gauges}</section>
            <section><h2>"Claims over time"</h2>{chart}</section>
        </div>
        <h2>"Recent events"</h2>
        {events}
    }
}

fn figures(shown: &Shown) -> impl IntoView + use<> {
    let Shown { case, submitted, .. } = shown;
    let settings = &case.settings;
    let link = |of: &Filter| filter::register(&settings.slug, of);
    let all = filter::submitted(&settings.time_zone);
    let gross = link(&all);
    let sworn = link(&Filter { sworn_only: Some(true), ..all.clone() });
    let late = link(&Filter { late: true, ..all });
    let withdrawn = link(&Filter { status: Some(ClaimStatus::Withdrawn), ..Filter::default() });
    let currency = settings.currency;
    let beside = shown.totals.iter().filter(|total| {
        total.basis.is_some_and(|basis| basis != settings.filing_basis && basis != claims::line::Basis::UnitsOnly)
    });
    let beside = match beside.count() {
        0 => "before overlap between claims is removed".to_owned(),
        _ => format!("stock at {} only; other bases stand below", settings.filing_basis.title()),
    };
    let late_words = if shown.late > 0 {
        view! { <a href=late>{format!("{} of them late", grouped_units(shown.late))}</a> }.into_any()
    } else {
        "none of them late".into_any()
    };
    view! {
        <dl class="figures">
            <div>
                <dt>"Gross claimed"</dt>
                <dd>{frame::amount(&gross, submitted.amount, currency, "claimed, gross")}</dd>
                <dd class="detail">{beside}</dd>
            </div>
            <div>
                <dt>"Documented"</dt>
                <dd>{frame::amount(&gross, submitted.documented, currency, "documented")}</dd>
                <dd class="detail">"on lines that cite a document"</dd>
            </div>
            <div>
                <dt>"Sworn only"</dt>
                <dd>{frame::amount(&sworn, submitted.amount - submitted.documented, currency, "sworn only")}</dd>
                <dd class="detail">"rests on the declaration alone"</dd>
            </div>
            <div>
                <dt>"Members with a submitted claim"</dt>
                <dd>{frame::number(&gross, submitted.claims, "submitted claims")}</dd>
                <dd class="detail">{late_words}</dd>
            </div>
            <div>
                <dt>"Withdrawn"</dt>
                <dd>{frame::number(&withdrawn, shown.withdrawn, "withdrawn claims")}</dd>
                <dd class="detail">"count for nothing"</dd>
            </div>
            <div>
                <dt>"Drafts"</dt>
                <dd>{grouped_units(shown.drafts)}</dd>
                <dd class="detail">"being written; only their number is known here"</dd>
            </div>
        </dl>
    }
}

fn recent(shown: &Shown) -> impl IntoView + use<> {
    let settings = &shown.case.settings;
    let href = format!("/counsel/{}/events", settings.slug);
    view! {
        {event_words::table("Recent events", &settings.slug, &settings.time_zone, &shown.events)}
        <p><a href=href>"All events, and whether they are complete"</a></p>
    }
}
