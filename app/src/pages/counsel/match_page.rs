//! Two claims that resemble each other, side by side, and what people say of them.

use axum::extract::Path;
use claims::{
    CaseId, ClaimId, MatchId,
    access::{Action, Refusal},
    actions::{Failure, decide_match, review, seen},
    case::Case,
    store::{
        Tx,
        matches::{self, Decided, Match},
        overlaps::{self, Overlap},
    },
};
use leptos::prelude::*;

use super::{
    frame::{self, Place, Waiting},
    match_decision,
    match_records::{self, Record},
    match_weight, match_words,
    matches::{Show, sentence},
    matching_state::Standing,
};
use crate::{
    components::{Amount, Notice, NoticeKind},
    pages::account::typed::{Typed, refused},
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

/// Overlaps of the two that are shown here.
const OVERLAPS: usize = 5;
/// Entries with both of them that are looked at for these: in some the two may share no month.
const AT_MOST: i64 = 50;

/// A pair with all that the page shows.
pub(super) struct Shown {
    pub case: Case,
    pub pair: Match,
    waiting: Waiting,
    standing: Standing,
    records: [Record; 2],
    pub history: Vec<Decided>,
    /// Entries in which the two meet, with the months.
    overlaps: Vec<(Overlap, String)>,
    /// The open pairs before and after this one.
    ways: (Option<MatchId>, Option<MatchId>),
    notice: Option<String>,
    pub key: String,
}

/// `GET /counsel/{slug}/matches/{id}`
pub async fn page(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let shown = match read(&visitor, &slug, MatchId(id)).await {
        Err(Halt(Failure::Refused(Refusal::NotFound))) => {
            return frame::no_longer(&visitor, &slug, Place::Matches).await;
        }
        read => read?,
    };
    let pair = [shown.pair.claim_a, shown.pair.claim_b];
    review::open_beside(visitor.recoup(), visitor.actor()?, shown.case.id, pair).await?;
    let typed = Typed::of(match_decision::in_force(&shown.pair));
    let notice = visitor.take_notice().await;
    Ok(visitor.page(show(Shown { notice, ..shown }, typed)))
}

/// `POST /counsel/{slug}/matches/{id}`
pub async fn decide(visitor: Visitor, Path((slug, id)): Path<(String, i64)>, sent: Sent) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Decide).await?;
    drop(tx);
    let actor = visitor.actor()?;
    let pair = MatchId(id);
    match decide_match::decide(visitor.recoup(), actor, case.id, pair, &sent.0, sent.get("key")).await {
        Ok(()) => {
            let words = match sent.get("verdict") {
                "later" => "The two claims are put off.".to_owned(),
                verdict => format!(
                    "It is decided: {}. The figures follow as soon as the claims are matched again.",
                    match_words::verdict(verdict)
                ),
            };
            visitor.notice(words).await;
            Ok(see_other(&format!("/counsel/{slug}/matches/{id}")))
        }
        Err(failure) => {
            let shown = read(&visitor, &slug, pair).await?;
            refused(&visitor, failure, sent.0, |typed| show(shown, typed))
        }
    }
}

/// `POST /counsel/{slug}/matches/{id}/undo`: a second click finds nothing to undo and says the same. A pair that only the
/// decision kept in the list is gone after the next run.
pub async fn undo(visitor: Visitor, Path((slug, id)): Path<(String, i64)>, sent: Sent) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Decide).await?;
    drop(tx);
    let (actor, pair) = (visitor.actor()?, MatchId(id));
    match decide_match::undo(visitor.recoup(), actor, case.id, pair, sent.get(seen::FIELD)).await {
        Ok(()) => {
            visitor.notice("The decision is undone: the pair is open again. The figures follow as soon as the claims are matched again.").await;
            Ok(see_other(&format!("/counsel/{slug}/matches/{id}")))
        }
        Err(failure @ Failure::Said(_)) => {
            let shown = read(&visitor, &slug, pair).await?;
            let now = match_decision::in_force(&shown.pair);
            refused(&visitor, failure, now, |typed| show(shown, typed))
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn read(visitor: &Visitor, slug: &str, id: MatchId) -> Result<Shown, Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(visitor, &mut tx, slug, Action::SeeCase).await?;
    let pair = matches::by_id(&mut tx, case.id, id).await?.ok_or(Refusal::NotFound)?;
    let all = matches::in_brief(&mut tx, case.id).await?;
    let place = all.iter().position(|other| other.id == id).unwrap_or_default();
    let open = |other: &&Match| other.id != id && Show::Open.has(other);
    let before = all[..place].iter().rev().find(open).map(|other| other.id);
    let after = all[place..].iter().find(open).map(|other| other.id);
    let claims = (pair.claim_a, pair.claim_b);
    Ok(Shown {
        records: [
            match_records::read(&mut tx, &case, claims.0).await?,
            match_records::read(&mut tx, &case, claims.1).await?,
        ],
        history: matches::history(&mut tx, claims).await?,
        overlaps: meetings(&mut tx, case.id, claims).await?,
        waiting: Waiting::read(&mut tx, case.id).await?,
        standing: Standing::read(visitor, &mut tx, case.id).await?,
        ways: (before, after),
        notice: None,
        key: visitor.key(),
        pair,
        case,
    })
}

/// The entries in which two claims meet, each with the months in which they do, in words.
async fn meetings(tx: &mut Tx, case: CaseId, (a, b): (ClaimId, ClaimId)) -> Result<Vec<(Overlap, String)>, Halt> {
    let mut meetings = Vec::new();
    for entry in overlaps::of_both(tx, case, (a, b), AT_MOST).await? {
        let parts = overlaps::parts(tx, entry.id).await?;
        let find = |claim: ClaimId| parts.iter().find(|part| part.claim_id == claim);
        let Some((one, other)) = find(a).zip(find(b)).filter(|(one, other)| !one.misses(other)) else { continue };
        meetings.push((match_words::meeting(&entry, one.shared(other).as_ref()), entry));
        if meetings.len() == OVERLAPS {
            break;
        }
    }
    Ok(meetings.into_iter().map(|(months, entry)| (entry, months)).collect())
}

fn show(shown: Shown, typed: Typed) -> Page {
    let whom = frame::whom(&shown.case);
    let title = format!("Match: {} and {}", shown.pair.number_a, shown.pair.number_b);
    Page::new(title, move || view(&shown, &typed)).wide().whom(whom)
}

fn view(shown: &Shown, typed: &Typed) -> impl IntoView + use<> {
    let Shown { case, pair, .. } = shown;
    let settings = &case.settings;
    let slug = settings.slug.as_str();
    let notice = shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
    let stale = (!shown.standing.is_current()).then(|| {
        let reload = format!("/counsel/{slug}/matches/{}", pair.id);
        view! { <Notice kind=NoticeKind::Info>"Claims or decisions changed, and the claims are being matched again: score and money may change. "<a href=reload>"Look again"</a></Notice> }
    });
    let verdict = pair.verdict.as_deref().unwrap_or_default();
    let said = match (&pair.decided_by, pair.decided_at) {
        (Some(by), Some(at)) => format!("said by {by}, {}", frame::short_moment(at, &settings.time_zone)),
        _ => "nobody said anything yet".to_owned(),
    };
    let claim = |number: &str, claimant: &str| {
        let (href, words) = (format!("/counsel/{slug}/claims/{number}"), format!("{number}, {claimant}"));
        view! { <li><a href=href>{words}</a></li> }
    };
    view! {
        {typed.top()}
        {notice}
        <h1>{format!("{} and {}", pair.claimant_a, pair.claimant_b)}</h1>
        {frame::nav(slug, Place::Matches, shown.waiting)}
        {way(shown)}
        {stale}
        <dl class="figures">
            <div>
                <dt>"The same claimant"</dt>
                <dd>{format!("{}\u{a0}%", claims::matching::of_case::percent(pair.score))}</dd>
                <dd class="detail">{match_words::probably(pair.score)}", says the engine"</dd>
            </div>
            <div>
                <dt>"At stake"</dt>
                <dd><Amount minor=pair.stake currency=settings.currency/></dd>
                <dd class="detail">"the smaller of the two claims"</dd>
            </div>
            <div>
                <dt>"Verdict"</dt>
                <dd>{sentence(match_words::verdict(verdict))}</dd>
                <dd class="detail">{said}</dd>
            </div>
        </dl>
        <h2>"The two records"</h2>
        {match_records::table(&shown.records, settings.currency, &settings.time_zone)}
        <h2>"Why the engine says so"</h2>
        {match_weight::view(pair)}
        <h2 id="decision">"What do you say?"</h2>
        {match_decision::form(shown, typed)}
        {match_decision::history(shown)}
        <h2>"The claims"</h2>
        <ul>{claim(&pair.number_a, &pair.claimant_a)}{claim(&pair.number_b, &pair.claimant_b)}</ul>
        {overlaps_of(shown)}
    }
}

/// Back to the list, and the open pairs before and after this one.
fn way(shown: &Shown) -> impl IntoView + use<> {
    let list = format!("/counsel/{}/matches", shown.case.settings.slug);
    let (before, after) = shown.ways;
    let link = |id: Option<MatchId>, rel: &'static str, words: &'static str| {
        id.map(|id| view! { <a href=format!("{list}/{id}") rel=rel>{words}</a> })
    };
    let steps = (before.is_some() || after.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Open pairs">
                <span class="pager-previous">{link(before, "prev", "← Previous open pair")}</span>
                <span class="pager-here"></span>
                <span class="pager-next">{link(after, "next", "Next open pair →")}</span>
            </nav>
        }
    });
    view! { <a class="back" href=list.clone()>"← All matches"</a>{steps} }
}

fn overlaps_of(shown: &Shown) -> impl IntoView + use<> {
    let settings = &shown.case.settings;
    let base = format!("/counsel/{}/overlaps", settings.slug);
    if shown.overlaps.is_empty() {
        return view! { <p>"The two claim no money for the same release, channel and month."</p> }.into_any();
    }
    let items: Vec<_> =
        shown.overlaps.iter().map(|(entry, months)| overlap_item(entry, months.clone(), &base)).collect();
    let all = format!("{base}?show=all&claim={}", shown.pair.number_a);
    let more = format!("All overlaps of {}", shown.pair.number_a);
    view! { <p>"Both claim money for:"</p><ul>{items}</ul><p><a href=all>{more}</a></p> }.into_any()
}

/// An entry of the ledger as a link, with the months that are meant.
pub(super) fn overlap_item(entry: &Overlap, months: String, base: &str) -> AnyView {
    let more: Vec<String> = [match_words::channel(&entry.family, &entry.channel), months]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let (href, words) = (format!("{base}/{}", entry.id), match_words::release(&entry.words));
    view! { <li><a href=href>{words}</a>" "<span class="detail">{more.join(", ")}</span></li> }.into_any()
}
