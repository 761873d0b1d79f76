//! The overview of a case: what is claimed, how well it is documented, what happens.

use chrono::NaiveDate;
use claims::{
    Instant,
    access::Action,
    case::Case,
    deadline,
    intake::case_settings::CaseState,
    line::Category,
    money::grouped_units,
    overlap::Removed,
    status::ClaimStatus,
    store::{
        events::{self, Event},
        matching,
        register::{self, Filter, Order, RegisterSums},
        removed, totals,
    },
    totals::Total,
};
use leptos::prelude::*;

use axum::extract::Path;

use super::{
    counted_once, event_words, filter,
    frame::{self, Place, Waiting},
    gauges, over_time,
    totals_table::{self, Part},
};
use crate::{
    components::Table,
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
    removed: Vec<(Category, Removed)>,
    /// How much of what is removed, suspected or not, is documented, least and most.
    removed_documented: (i64, i64),
    matching: matching::State,
    days: Vec<(NaiveDate, i64)>,
    events: Vec<Event>,
    waiting: Waiting,
}

impl Shown {
    /// Members, each counted once, least and most. Claims that were not matched yet count as members of their own.
    fn members(&self) -> (i64, i64) {
        let new = (self.submitted.claims - self.matching.claims).max(0);
        (self.matching.members_least + new, (self.matching.members_most + new).min(self.submitted.claims))
    }
}

/// The register, what overlaps most first.
fn by_overlap(slug: &str, of: &Filter) -> String {
    filter::register_by(slug, of, Order::Overlap)
}

/// `GET /counsel/{slug}`
pub async fn page(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::SeeCase).await?;
    let (id, basis, zone) = (case.id, case.settings.filing_basis, case.settings.time_zone.clone());
    let late = Filter { late: true, ..filter::submitted(&zone) };
    let [submitted, withdrawn] = register::sums_by_status(&mut tx, id, basis, &Filter::default()).await?;
    let drafts = register::by_status(&mut tx, id).await?;
    let shown = Shown {
        now: visitor.recoup().clock.now(),
        submitted,
        withdrawn: withdrawn.claims,
        late: register::sums(&mut tx, id, basis, &late).await?.claims,
        drafts: drafts.iter().find(|(key, _)| key == ClaimStatus::Draft.key()).map_or(0, |(_, count)| *count),
        totals: totals::of_case(&mut tx, id).await?,
        removed: removed::of_case(&mut tx, id).await?,
        removed_documented: removed::documented_of_case(&mut tx, id, basis).await?,
        matching: matching::state(&mut tx, id).await?,
        days: register::by_day(&mut tx, id, &zone).await?,
        events: events::of_case(&mut tx, id, RECENT, 0).await?,
        waiting: Waiting::read(&mut tx, id).await?,
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
        no_claims(case)
    } else {
        let link = |total: Option<&Total>, part: Part| {
            let mut of = filter::submitted(zone);
            of.category = total.map(|total| total.category);
            of.basis = total.and_then(|total| total.basis);
            of.sworn_only = (part == Part::SwornOnly).then_some(true);
            filter::register(slug, &of)
        };
        let (currency, basis) = (settings.currency, settings.filing_basis);
        let once = |category| by_overlap(slug, &Filter { category, ..filter::submitted(zone) });
        view! {
            {counted_once::table(totals, &shown.removed, currency, basis, once)}
            {totals_table::tables(totals, currency, basis, link)}
        }
        .into_any()
    };
    let (chart, events) = (over_time::chart(slug, zone, &shown.days), recent(shown));
    let (gauges, statuses) =
        (gauges::gauges(case, *submitted, shown.removed_documented, shown.members()), statuses(shown));
    view! {
        <h1>"Overview"</h1>
        {frame::nav(slug, Place::Overview, shown.waiting)}
        <p>{format!("Last moment for claims: {deadline}.")}</p>
        {counted_once::note(&shown.matching, zone)}
        {figures(shown)}
        <h2>"Amounts"</h2>
        {table}
        <div class="columns">
            <section><h2>"Thresholds and proof"</h2>{gauges}</section>
            <section><h2>"Claims"</h2>{chart}{statuses}</section>
        </div>
        <h2>"Recent events"</h2>
        {events}
    }
}

fn no_claims(case: &Case) -> AnyView {
    if case.settings.state == CaseState::Preparing {
        let words = "The case is being prepared. Once its administrator opens it, claimants find it, and what they send shows up here at once.";
        return view! { <p class="empty">{words}</p> }.into_any();
    }
    let public = format!("/cases/{}", case.settings.slug);
    view! {
        <p class="empty">
            "No claim has been sent yet. Claimants find the case at "<a href=public>"its public page"</a>
            "; what they send shows up here at once."
        </p>
    }
    .into_any()
}

fn figures(shown: &Shown) -> impl IntoView + use<> {
    let Shown { case, submitted, .. } = shown;
    let settings = &case.settings;
    let link = |of: &Filter| filter::register(&settings.slug, of);
    let all = filter::submitted(&settings.time_zone);
    let gross = link(&all);
    let sworn = link(&Filter { sworn_only: Some(true), ..all });
    let currency = settings.currency;
    let beside = shown.totals.iter().filter(|total| {
        total.basis.is_some_and(|basis| basis != settings.filing_basis && basis != claims::line::Basis::UnitsOnly)
    });
    let beside = match beside.count() {
        0 => "everything that is claimed".to_owned(),
        _ => format!("stock at {} only; other bases stand below", settings.filing_basis.title()),
    };
    let once = by_overlap(&settings.slug, &filter::submitted(&settings.time_zone));
    let off = Removed { confirmed: submitted.removed, suspected: submitted.suspected };
    let suspected = match submitted.suspected {
        0 => "counted elsewhere, as people decided".to_owned(),
        more => format!("Suspected overlap, not decided: {}", currency.grouped(more)),
    };
    let overlaps = format!("/counsel/{}/overlaps?show=all", settings.slug);
    let matches = format!("/counsel/{}/matches", settings.slug);
    let (least, most) = shown.members();
    let members = if least == most {
        grouped_units(most)
    } else {
        format!("{} – {}", grouped_units(least), grouped_units(most))
    };
    let called = if most == 1 { " member" } else { " members" };
    view! {
        <dl class="figures">
            <div>
                <dt>"Gross claimed"</dt>
                <dd>{frame::amount(&gross, submitted.amount, currency, "claimed, gross")}</dd>
                <dd class="detail">{beside}</dd>
            </div>
            <div>
                <dt>"Overlap removed"</dt>
                <dd>{frame::amount(&overlaps, submitted.removed, currency, "removed as overlap")}</dd>
                <dd class="detail">{suspected}</dd>
            </div>
            <div>
                <dt>"Unique total"</dt>
                <dd><a href=once>{counted_once::range(off.unique(submitted.amount), currency)}<span class="currency">"\u{a0}"{currency.code().to_owned()}</span></a></dd>
                <dd class="detail">"every amount once"</dd>
            </div>
            <div>
                <dt>"Documented"</dt>
                <dd>{frame::amount(&gross, submitted.documented, currency, "documented")}</dd>
                <dd class="detail"><a href=sworn>{currency.grouped(submitted.amount - submitted.documented)}</a>" rests on the declaration alone"</dd>
            </div>
            <div>
                <dt>"Members"</dt>
                <dd><a href=matches>{members}<span class="hidden">{called}</span></a></dd>
                <dd class="detail">{frame::count(submitted.claims, "submitted claim", "submitted claims")}</dd>
            </div>
        </dl>
    }
}

/// Claims by status. Drafts lead nowhere: nobody but their claimants may see them.
fn statuses(shown: &Shown) -> impl IntoView + use<> {
    let settings = &shown.case.settings;
    let submitted = filter::submitted(&settings.time_zone);
    let withdrawn = Filter { status: Some(ClaimStatus::Withdrawn), ..Filter::default() };
    let late = Filter { late: true, ..submitted.clone() };
    let row = |words: &'static str, of: &Filter, claims: i64| {
        let figure = frame::number(&filter::register(&settings.slug, of), claims, ("claim", "claims"), "");
        view! { <tr><th scope="row">{words}</th><td class="num">{figure}</td></tr> }
    };
    let rows = [
        row("Submitted", &submitted, shown.submitted.claims),
        row("of which late", &late, shown.late),
        row("Withdrawn (not counted)", &withdrawn, shown.withdrawn),
    ];
    let drafts = grouped_units(shown.drafts);
    view! {
        <Table caption="Claims by status" class="dense">
            <thead><tr><th scope="col">"Status"</th><th scope="col" class="num">"Claims"</th></tr></thead>
            <tbody>
                {rows.collect_view()}
                <tr><th scope="row">"Drafts (number only)"</th><td class="num">{drafts}</td></tr>
            </tbody>
        </Table>
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
