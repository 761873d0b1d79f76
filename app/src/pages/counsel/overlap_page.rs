//! An entry of the ledger: who claims what of a release, month by month and line by line, and how the claims are related.

use axum::extract::Path;
use claims::{
    ClaimId, OverlapId,
    access::{Action, Refusal},
    actions::{
        Failure,
        overlap_pairs::Said,
        overlap_view::{self, Full},
        seen,
    },
    case::Case,
    money::Currency,
    overlap::Runs,
    store::overlaps::{self, Decision, Overlap, Part},
};
use leptos::prelude::*;

use super::{
    frame::{self, Place, Waiting},
    match_words,
    matching_state::Standing,
    overlap_decision, overlap_months,
    overlaps::flags,
};
use crate::{
    components::{Amount, Notice, NoticeKind, Table},
    pages::account::typed::Typed,
    request::{Answer, Halt, Visitor},
    shell::Page,
};

/// Two claims of an entry, and what was ever said of them.
pub(super) struct Pair {
    /// The one with the smaller id.
    pub first: Part,
    /// The other.
    pub second: Part,
    /// Decisions about the release or all that they share, newest first.
    pub history: Vec<Decision>,
    /// The months in which they meet; `None` where they are not known.
    pub shared: Option<Runs>,
    /// Whether they count as one claimant because of a decision on a match.
    pub one_claimant: bool,
}

impl Pair {
    /// Whether a form is about these two.
    pub fn is(&self, (a, b): (ClaimId, ClaimId)) -> bool {
        (self.first.claim_id, self.second.claim_id) == (a.min(b), a.max(b))
    }

    /// The mark of what the entry is about, and of what is in force of the two, which the forms carry.
    pub fn mark(&self, entry: &Overlap) -> String {
        seen::mark_of_overlap(entry, self.history.iter().filter(|decision| decision.undone_at.is_none()))
    }

    /// Whether they share no month: then nothing is asked of them.
    pub fn misses(&self) -> bool {
        self.shared.as_ref().is_some_and(Runs::is_empty)
    }

    /// What is in force: what was said of the release goes before what holds everywhere.
    pub fn in_force(&self) -> Option<&Decision> {
        let open = || self.history.iter().filter(|decision| decision.undone_at.is_none());
        open().find(|decision| decision.release_id != overlaps::EVERYWHERE).or_else(|| open().next())
    }
}

/// An entry with all that the page shows.
pub(super) struct Shown {
    pub case: Case,
    pub entry: Overlap,
    pub parts: Vec<Part>,
    pub full: Full,
    /// Those that meet, and those that do not but of which something is in force.
    pub pairs: Vec<Pair>,
    /// How many pairs of its claims share no month, and are not asked about.
    pub apart: usize,
    waiting: Waiting,
    standing: Standing,
    notice: Option<String>,
    pub key: String,
}

/// `GET /counsel/{slug}/overlaps/{id}`
pub async fn page(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let shown = match read(&visitor, &slug, OverlapId(id)).await {
        Err(Halt(Failure::Refused(Refusal::NotFound))) => {
            return frame::no_longer(&visitor, &slug, Place::Overlaps).await;
        }
        read => read?,
    };
    let notice = visitor.take_notice().await;
    Ok(visitor.page(show(Shown { notice, ..shown }, None)))
}

/// All that the page shows.
pub(super) async fn read(visitor: &Visitor, slug: &str, id: OverlapId) -> Result<Shown, Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(visitor, &mut tx, slug, Action::SeeCase).await?;
    let entry = overlaps::by_id(&mut tx, case.id, id).await?.ok_or(Refusal::NotFound)?;
    let parts = overlaps::parts(&mut tx, id).await?;
    let full = overlap_view::full(&mut tx, case.id, case.settings.filing_basis, &entry, &parts).await?;
    let mut history = overlaps::history(&mut tx, id).await?;
    let about = |decision: &Decision| {
        decision.release_id == overlaps::EVERYWHERE
            || decision.release_id == entry.scope()
            || full.descriptions.contains(&decision.release_id)
    };
    history.retain(about);
    let said = Said::read(&mut tx, case.id).await?;
    let mut pairs = Vec::new();
    for (place, one) in parts.iter().enumerate() {
        for other in &parts[place + 1..] {
            let (first, second) = if one.claim_id < other.claim_id { (one, other) } else { (other, one) };
            let of_both =
                |decision: &&Decision| (decision.claim_a, decision.claim_b) == (first.claim_id, second.claim_id);
            let history = history.iter().filter(of_both).cloned().collect();
            let one_claimant = said.one_claimant((first, second)).is_some();
            let (first, second, shared) = (first.clone(), second.clone(), first.shared(second));
            pairs.push(Pair { first, second, history, shared, one_claimant });
        }
    }
    let all = pairs.len();
    pairs.retain(|pair| !pair.misses() || pair.in_force().is_some());
    Ok(Shown {
        waiting: Waiting::read(&mut tx, case.id).await?,
        standing: Standing::read(visitor, &mut tx, case.id).await?,
        notice: None,
        key: visitor.key(),
        case,
        entry,
        parts,
        full,
        apart: all - pairs.len(),
        pairs,
    })
}

/// The page. `typed` is what came back of the form of two of its claims.
pub(super) fn show(shown: Shown, typed: Option<((ClaimId, ClaimId), Typed)>) -> Page {
    let whom = frame::whom(&shown.case);
    let title = format!("Overlap: {}", match_words::release(&shown.entry.words));
    Page::new(title, move || view(&shown, typed.as_ref())).wide().whom(whom)
}

/// The entry in one line: channel and months.
pub(super) fn about(shown: &Shown) -> String {
    let Shown { entry, .. } = shown;
    let typed = shown.full.lines.iter().find_map(|(_, line)| line.channel.clone());
    let channel = match (match_words::channel(&entry.family, &entry.channel), typed) {
        // A service is shown as somebody typed it.
        (words, Some(typed)) if words == entry.channel => typed,
        (words, _) => words,
    };
    let months = match_words::months(entry.first_month, entry.last_month, entry.months);
    [channel, months].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn view(shown: &Shown, typed: Option<&((ClaimId, ClaimId), Typed)>) -> impl IntoView + use<> {
    let Shown { case, entry, .. } = shown;
    let settings = &case.settings;
    let (slug, currency) = (settings.slug.as_str(), settings.currency);
    let base = format!("/counsel/{slug}/overlaps");
    let here = format!("{base}/{}", entry.id);
    let letter = format!("{here}/letter");
    let notice = shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
    let stale = (!shown.standing.is_current()).then(|| {
        view! { <Notice kind=NoticeKind::Info>"Claims or decisions changed, and the claims are being matched again: what is removed may change. "<a href=here.clone()>"Look again"</a></Notice> }
    });
    let figure = |words: &'static str, amount: i64, detail: &'static str| {
        view! { <div><dt>{words}</dt><dd><Amount minor=amount currency/></dd><dd class="detail">{detail}</dd></div> }
    };
    let to = if shown.parts.len() == 2 { "Write to both" } else { "Write to all of them" };
    view! {
        {overlap_decision::top(typed)}
        {notice}
        <h1>{match_words::release(&entry.words)}</h1>
        {frame::nav(slug, Place::Overlaps, shown.waiting)}
        <a class="back" href=base>"← All overlaps"</a>
        <p>{about(shown)}". "{flags(entry)}</p>
        {stale}
        <dl class="figures">
            {figure("Claimed by all", entry.gross, "in the months in which they meet")}
            {figure("Removed", entry.confirmed, "as counsel decided")}
            {figure("Suspected overlap, not decided", entry.suspected, "moves the lower bound only")}
            {figure("Counted once", entry.gross - entry.confirmed, "as it stands")}
        </dl>
        {overs(entry)}
        <h2>"Who claims what"</h2>
        {parts(shown, slug, currency)}
        <p class="actions"><a class="button secondary" href=letter>{to}</a></p>
        <h2>"How are they related?"</h2>
        {overlap_decision::forms(shown, typed)}
        <h2>"Month by month"</h2>
        {overlap_months::table(shown)}
        <h2>"The lines"</h2>
        {overlap_months::lines(shown)}
    }
}

/// What a flag means, and what to do about it.
fn overs(entry: &Overlap) -> impl IntoView + use<> {
    let over = entry.over_whole.then(|| {
        view! {
            <Notice kind=NoticeKind::Warning title="Shares over 100\u{a0}%">
                "What derives from a claim is more than that claim: it is removed up to the whole, and what exceeds it still counts. One of the amounts is wrong, or they are different money."
            </Notice>
        }
    });
    let contradictory = entry.contradictory.then(|| {
        view! {
            <Notice kind=NoticeKind::Warning title="Decisions contradict each other">
                "For example, one claim is a share of the other and the other of the one, or two are different although both are the same as a third. Undo or change one of the decisions below; until then they count as the same money."
            </Notice>
        }
    });
    view! { {over}{contradictory} }
}

fn parts(shown: &Shown, slug: &str, currency: Currency) -> impl IntoView + use<> {
    let entry = &shown.entry;
    let rows: Vec<_> = shown
        .parts
        .iter()
        .map(|part| {
            let href = format!("/counsel/{slug}/claims/{}", part.number);
            let payable = match &part.through {
                Some(number) if part.confirmed > 0 => format!("through {number}"),
                _ => String::new(),
            };
            view! {
                <tr>
                    <th scope="row"><a href=href>{part.number.clone()}</a></th>
                    <td>{part.claimant.clone()}</td>
                    <td class="num">{frame::figure(part.gross, currency)}</td>
                    <td class="num">{frame::figure(part.confirmed, currency)}</td>
                    <td class="num">{frame::figure(part.suspected, currency)}</td>
                    <td class="num">{frame::figure(part.gross - part.confirmed, currency)}</td>
                    <td>{payable}</td>
                </tr>
            }
        })
        .collect();
    let sums = [entry.gross, entry.confirmed, entry.suspected, entry.gross - entry.confirmed];
    let sums = sums.map(|sum| view! { <td class="num">{frame::figure(sum, currency)}</td> });
    view! {
        <Table caption=format!("Claims in this entry, in {currency}") quiet=true class="dense">
            <thead>
                <tr>
                    <th scope="col">"Claim"</th>
                    <th scope="col">"Claimant"</th>
                    <th scope="col" class="num">"Claimed"</th>
                    <th scope="col" class="num">"Removed"</th>
                    <th scope="col" class="num">"Suspected overlap, not decided"</th>
                    <th scope="col" class="num">"Counted"</th>
                    <th scope="col">"Removed money is payable"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            <tfoot>
                <tr>
                    <th scope="row" colspan="2">"Together"</th>
                    {sums.collect_view()}
                    <td></td>
                </tr>
            </tfoot>
        </Table>
    }
}
