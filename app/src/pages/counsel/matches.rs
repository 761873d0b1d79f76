//! Claims that resemble each other: pairs and groups, most money at stake first.

use axum::extract::Path;
use claims::{
    access::{Action, Refusal},
    case::Case,
    matching::of_case::percent,
    status::ClaimStatus,
    store::{
        claims as claim_rows,
        matches::{self, Match},
    },
};
use leptos::prelude::*;

use super::{
    frame::{self, Place, Waiting},
    match_groups::{Group, groups},
    match_words,
    matching_state::{self, Standing},
    showing::Showing,
};
use crate::{
    components::{Notice, NoticeKind, Pager, StatusTag, Table},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// Pairs and groups on a page.
const A_PAGE: usize = 50;

/// Which pairs are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// Nobody said anything of them.
    Open,
    /// Put off.
    Later,
    /// The same or different.
    Decided,
    /// All.
    All,
}

impl Show {
    const ALL: [(Self, &str, &str); 4] = [
        (Self::Open, "open", "Open"),
        (Self::Later, "later", "Put off"),
        (Self::Decided, "decided", "Decided"),
        (Self::All, "all", "All"),
    ];

    fn read(key: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known, _)| *known == key).map_or(Self::Open, |(show, ..)| show)
    }

    /// Whether a pair is among these. A pair with a withdrawn claim waits for nobody.
    pub fn has(self, pair: &Match) -> bool {
        let counts = |status: &str| status == ClaimStatus::Submitted.key();
        let both = counts(&pair.status_a) && counts(&pair.status_b);
        match self {
            Self::Open => both && pair.verdict.is_none(),
            Self::Later => both && pair.verdict.as_deref() == Some("later"),
            Self::Decided => matches!(pair.verdict.as_deref(), Some("same" | "different")),
            Self::All => true,
        }
    }
}

struct Shown {
    case: Case,
    waiting: Waiting,
    standing: Standing,
    show: Show,
    counts: [usize; 4],
    claim: Option<String>,
    groups: Vec<Group>,
    page: usize,
    pages: usize,
    notice: Option<String>,
}

/// `GET /counsel/{slug}/matches`
pub async fn page(visitor: Visitor, Path(slug): Path<String>, Query(query): Query) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::SeeCase).await?;
    let mut pairs = matches::in_brief(&mut tx, case.id).await?;
    let mut claim = None;
    if !query.get("claim").is_empty() {
        let found = claim_rows::by_number(&mut tx, query.get("claim")).await?;
        let found = found.filter(|found| found.case_id == case.id).ok_or(Refusal::NotFound)?;
        pairs.retain(|pair| pair.claim_a == found.id || pair.claim_b == found.id);
        claim = found.number;
    }
    let standing = Standing::read(&visitor, &mut tx, case.id).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    let counts = Show::ALL.map(|(show, ..)| pairs.iter().filter(|pair| show.has(pair)).count());
    let show = Show::read(query.get("show"));
    pairs.retain(|pair| show.has(pair));
    let mut groups = groups(pairs);
    let pages = groups.len().div_ceil(A_PAGE).max(1);
    let page = query.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).clamp(1, pages);
    groups = groups.into_iter().skip((page - 1) * A_PAGE).take(A_PAGE).collect();
    let notice = visitor.take_notice().await;
    let whom = frame::whom(&case);
    let shown = Shown { case, waiting, standing, show, counts, claim, groups, page, pages, notice };
    Ok(visitor.page(Page::new("Matches", move || view(&shown)).wide().whom(whom)))
}

fn view(shown: &Shown) -> impl IntoView + use<> {
    let settings = &shown.case.settings;
    let slug = settings.slug.as_str();
    let key = Show::ALL.into_iter().find(|(show, ..)| *show == shown.show).map_or("open", |(_, key, _)| key);
    let showing = Showing { base: format!("/counsel/{slug}/matches"), key, claim: shown.claim.as_deref() };
    let here = showing.here();
    let choices =
        Show::ALL.into_iter().zip(shown.counts).map(|((_, key, words), count)| (key, words, count.to_string()));
    let links = showing.links("Which pairs", choices);
    let narrowed = showing.narrowed(slug, "Only those of claim");
    let list = if shown.groups.is_empty() { empty(shown).into_any() } else { table(shown).into_any() };
    let number = |page: usize| u64::try_from(page).unwrap_or(1);
    let notice = shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
    view! {
        {notice}
        <h1>"Matches"</h1>
        {frame::nav(slug, Place::Matches, shown.waiting)}
        <p>
            "Claims that may be of one and the same claimant. The engine proposes, you decide; what you say is kept, and no later run \
             changes it. Claimants see none of this."
        </p>
        {matching_state::view(&shown.standing, slug, &settings.time_zone, &here)}
        {links}
        {narrowed}
        {list}
        <Pager page=number(shown.page) pages=number(shown.pages) base=here/>
    }
}

fn empty(shown: &Shown) -> impl IntoView + use<> {
    let words = if shown.counts[3] == 0 && !shown.standing.is_new() {
        "No two claims resemble each other."
    } else if shown.counts[3] == 0 {
        "Nothing was found yet. Claims are matched as soon as one is sent."
    } else {
        match shown.show {
            Show::Open if shown.counts[1] > 0 => {
                "Nothing is new: pairs that were put off are open and stand under “Put off”."
            }
            Show::Open => "Nothing is open: every pair was decided.",
            Show::Later => "No pair was put off.",
            _ => "No pair was decided yet. Open one and say whether the two are the same claimant.",
        }
    };
    view! { <p class="empty">{words}</p> }
}

fn table(shown: &Shown) -> impl IntoView + use<> {
    let currency = shown.case.settings.currency;
    let bodies: Vec<_> = shown.groups.iter().map(|group| body(shown, group).into_any()).collect();
    view! {
        <p class="small soft">{format!("At stake, in {currency}: the smaller of the two claims, the most that could be counted twice.")}</p>
        <Table caption="Pairs, most money at stake first" quiet=true class="dense roomy">
            <thead>
                <tr>
                    <th scope="col">"One claim"</th>
                    <th scope="col">"The other"</th>
                    <th scope="col" class="num">"Probable"</th>
                    <th scope="col">"In words"</th>
                    <th scope="col" class="num">"At stake"</th>
                    <th scope="col">"Verdict"</th>
                    <th scope="col"><span class="hidden">"What can be done"</span></th>
                </tr>
            </thead>
            {bodies}
        </Table>
    }
}

fn body(shown: &Shown, group: &Group) -> impl IntoView + use<> {
    let rows: Vec<_> = group.pairs.iter().map(|pair| row(shown, pair).into_any()).collect();
    if group.claims < 3 {
        return view! { <tbody>{rows}</tbody> }.into_any();
    }
    let words = format!("A group of {} claims, connected by {} pairs", group.claims, group.pairs.len());
    view! { <tbody class="group"><tr><th scope="rowgroup" colspan="7">{words}</th></tr>{rows}</tbody> }.into_any()
}

fn row(shown: &Shown, pair: &Match) -> impl IntoView + use<> {
    let settings = &shown.case.settings;
    let href = format!("/counsel/{}/matches/{}", settings.slug, pair.id);
    let party = |claimant: &str, number: &str, status: &str| {
        let withdrawn = (status == ClaimStatus::Withdrawn.key()).then_some(", withdrawn");
        let (claimant, number) = (claimant.to_owned(), number.to_owned());
        view! { {claimant}<div class="detail">{number}{withdrawn}</div> }
    };
    let key = pair.verdict.clone().unwrap_or_default();
    let tag = view! { <StatusTag word=sentence(match_words::verdict(&key)) key=match_words::verdict_style(&key)/> };
    let of = format!(" {} and {}", pair.number_a, pair.number_b);
    view! {
        <tr>
            <th scope="row">{party(&pair.claimant_a, &pair.number_a, &pair.status_a)}</th>
            <td>{party(&pair.claimant_b, &pair.number_b, &pair.status_b)}</td>
            <td class="num">{format!("{}\u{a0}%", percent(pair.score))}</td>
            <td>{match_words::probably(pair.score)}</td>
            <td class="num">{frame::figure(pair.stake, settings.currency)}</td>
            <td>{tag}</td>
            <td class="row-actions"><a href=href>"Compare"<span class="hidden">{of}</span></a></td>
        </tr>
    }
}

/// Words with a capital, to stand alone.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
