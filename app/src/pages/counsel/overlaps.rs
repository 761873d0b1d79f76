//! The ledger: releases and periods for which more than one claimant claims money.

use axum::extract::Path;
use claims::{
    access::{Action, Refusal},
    case::Case,
    money::Currency,
    store::{
        claims as claim_rows,
        overlaps::{self, Overlap, Part, Sums, Which},
    },
};
use leptos::prelude::*;

use super::{
    frame::{self, Place, Waiting},
    match_words,
    matching_state::{self, Standing},
    showing::Showing,
};
use crate::{
    components::{Notice, NoticeKind, Pager, StatusTag, Table},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// Entries on a page.
const A_PAGE: i64 = 50;

const SHOW: [(Which, &str, &str); 4] = [
    (Which::Open, "open", "Open"),
    (Which::Decided, "decided", "Decided"),
    (Which::Flagged, "flagged", "To look at"),
    (Which::All, "all", "All"),
];

struct Shown {
    case: Case,
    waiting: Waiting,
    standing: Standing,
    which: Which,
    sums: [Sums; 4],
    claim: Option<String>,
    entries: Vec<(Overlap, Vec<Part>)>,
    page: i64,
    pages: i64,
    notice: Option<String>,
}

impl Shown {
    /// Sums of what is filtered.
    fn sum(&self) -> Sums {
        SHOW.iter()
            .zip(self.sums)
            .find(|((which, ..), _)| *which == self.which)
            .map_or_else(Sums::default, |(_, sums)| sums)
    }
}

/// `GET /counsel/{slug}/overlaps`
pub async fn page(visitor: Visitor, Path(slug): Path<String>, Query(query): Query) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::SeeCase).await?;
    let claim = match query.get("claim") {
        "" => None,
        number => {
            let found = claim_rows::by_number(&mut tx, number).await?;
            Some(found.filter(|found| found.case_id == case.id).ok_or(Refusal::NotFound)?)
        }
    };
    let which = SHOW.into_iter().find(|(_, key, _)| *key == query.get("show")).map_or(Which::Open, |(which, ..)| which);
    let id = claim.as_ref().map(|claim| claim.id);
    let mut sums = [Sums::default(); 4];
    for (sum, (which, ..)) in sums.iter_mut().zip(SHOW) {
        *sum = overlaps::sums(&mut tx, case.id, which, id).await?;
    }
    let mut shown = Shown {
        waiting: Waiting::read(&mut tx, case.id).await?,
        standing: Standing::read(&visitor, &mut tx, case.id).await?,
        which,
        sums,
        claim: claim.and_then(|claim| claim.number),
        entries: Vec::new(),
        page: 1,
        pages: 1,
        notice: visitor.take_notice().await,
        case,
    };
    shown.pages = ((shown.sum().entries + A_PAGE - 1) / A_PAGE).max(1);
    shown.page = query.number("page").unwrap_or(1).clamp(1, shown.pages);
    let offset = (shown.page - 1) * A_PAGE;
    for entry in overlaps::list(&mut tx, shown.case.id, which, id, A_PAGE, offset).await? {
        let parts = overlaps::parts(&mut tx, entry.id).await?;
        shown.entries.push((entry, parts));
    }
    drop(tx);
    let whom = frame::whom(&shown.case);
    Ok(visitor.page(Page::new("Overlaps", move || view(&shown)).wide().whom(whom)))
}

fn view(shown: &Shown) -> impl IntoView + use<> {
    let settings = &shown.case.settings;
    let slug = settings.slug.as_str();
    let key = SHOW.into_iter().find(|(which, ..)| *which == shown.which).map_or("open", |(_, key, _)| key);
    let showing = Showing { base: format!("/counsel/{slug}/overlaps"), key, claim: shown.claim.as_deref() };
    let here = showing.here();
    let choices =
        SHOW.into_iter().zip(shown.sums).map(|((_, key, words), sums)| (key, words, sums.entries.to_string()));
    let links = showing.links("Which entries", choices);
    let narrowed = showing.narrowed(slug, "Only those with claim");
    let list = if shown.entries.is_empty() { empty(shown).into_any() } else { table(shown).into_any() };
    let number = |page: i64| u64::try_from(page).unwrap_or(1);
    let notice = shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
    view! {
        {notice}
        <h1>"Overlaps"</h1>
        {frame::nav(slug, Place::Overlaps, shown.waiting)}
        <p>
            "Money that more than one claimant claims for the same release, channel and month. Until you decide it is only suspected, \
             and what would be removed stands under “Suspected overlap, not decided”; nothing is taken off a claim itself."
        </p>
        {matching_state::view(&shown.standing, slug, &settings.time_zone, &here)}
        {links}
        {narrowed}
        {list}
        <Pager page=number(shown.page) pages=number(shown.pages) base=here/>
    }
}

fn empty(shown: &Shown) -> impl IntoView + use<> {
    let nothing = shown.sums.last().is_none_or(|all| all.entries == 0);
    let words = if nothing && !shown.standing.is_new() {
        "No two claimants claim money for the same release, channel and month."
    } else if nothing {
        "Nothing was found yet. Claims are compared as soon as one is sent."
    } else {
        match shown.which {
            Which::Open => "Nothing is open: every overlap is decided.",
            Which::Flagged => "No shares over 100\u{a0}%, and no decisions that contradict each other.",
            _ => "Nothing is decided yet. Open an entry and say how the claims are related.",
        }
    };
    view! { <p class="empty">{words}</p> }
}

fn table(shown: &Shown) -> impl IntoView + use<> {
    let settings = &shown.case.settings;
    let rows: Vec<_> = shown
        .entries
        .iter()
        .map(|(entry, parts)| row(&settings.slug, settings.currency, entry, parts).into_any())
        .collect();
    let (sum, currency) = (shown.sum(), settings.currency);
    view! {
        <p class="small soft">{format!("Amounts in {currency}, of the months in which the claims meet.")}</p>
        <Table caption="The ledger, most money first" quiet=true class="dense">
            <thead>
                <tr>
                    <th scope="col">"Release"</th>
                    <th scope="col">"Channel or service"</th>
                    <th scope="col">"Months"</th>
                    <th scope="col">"Claimants"</th>
                    <th scope="col" class="num">"Claimed"</th>
                    <th scope="col" class="num">"Removed"</th>
                    <th scope="col" class="num">"Suspected overlap, not decided"</th>
                    <th scope="col">"State"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            <tfoot>
                <tr>
                    <th scope="row" colspan="4">{frame::count(sum.entries, "entry", "entries")}</th>
                    <td class="num">{frame::figure(sum.gross, currency)}</td>
                    <td class="num">{frame::figure(sum.confirmed, currency)}</td>
                    <td class="num">{frame::figure(sum.suspected, currency)}</td>
                    <td></td>
                </tr>
            </tfoot>
        </Table>
    }
}

fn row(slug: &str, currency: Currency, entry: &Overlap, parts: &[Part]) -> impl IntoView + use<> {
    let href = format!("/counsel/{slug}/overlaps/{}", entry.id);
    let claimants: Vec<_> = parts
        .iter()
        .map(|part| {
            view! { <div class="pair"><span>{part.claimant.clone()}</span>{frame::figure(part.gross, currency)}</div> }
        })
        .collect();
    view! {
        <tr>
            <th scope="row" class="release"><a href=href>{match_words::release(&entry.words)}</a></th>
            <td>{match_words::channel(&entry.family, &entry.channel)}</td>
            <td>{match_words::months(entry.first_month, entry.last_month, entry.months)}</td>
            <td>{claimants}</td>
            <td class="num">{frame::figure(entry.gross, currency)}</td>
            <td class="num">{frame::figure(entry.confirmed, currency)}</td>
            <td class="num">{frame::figure(entry.suspected, currency)}</td>
            <td>{flags(entry)}</td>
        </tr>
    }
}

/// The state of an entry, and what is to be looked at in it.
pub(super) fn flags(entry: &Overlap) -> impl IntoView + use<> {
    let state = if entry.suspected > 0 { ("Open", "attention") } else { ("Decided", "done") };
    let over = entry.over_whole.then(|| view! { " "<StatusTag word="Shares over 100\u{a0}%" key="progress"/> });
    let contradictory =
        entry.contradictory.then(|| view! { " "<StatusTag word="Contradictory decisions" key="progress"/> });
    view! { <StatusTag word=state.0 key=state.1/>{over}{contradictory} }
}
