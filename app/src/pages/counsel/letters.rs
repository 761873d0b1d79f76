//! The letters of a case: who needs one, where each of them is, all of them in one file, to whom they go and their words.

use axum::{
    extract::Path,
    http::{HeaderName, HeaderValue},
};
use claims::{
    access::{Action, Refusal},
    actions::{Failure, letters as actions},
    case::Case,
    intake::Answers,
    letters::{self, LetterKind, State},
    line::Category,
    period::show_day,
    store::{
        Tx,
        letters::{self as store, Count, Row, Shared},
        overlaps::copies::{self, Beside},
    },
};
use leptos::prelude::*;

use super::{
    frame::{self, Place, Waiting},
    who_else,
};
use crate::{
    components::{FormSections, Meter, Notice, NoticeKind, Pager, StatusTag, Table},
    islands::Unsaved,
    pages::account::typed::{Typed, refused},
    request::{Answer, Query, Sent, Visitor, see_other},
    shell::Page,
};

/// Letters on a page.
const ON_A_PAGE: i64 = 100;
/// Releases of which two claims claim copies at different bases that are named.
const COPIES: i64 = 20;

struct Shown {
    case: Case,
    waiting: Waiting,
    kind: LetterKind,
    /// The kinds that claims of this case can need, and those of which there are letters.
    kinds: Vec<LetterKind>,
    /// The state that is listed; all if it is `None`.
    state: Option<State>,
    rows: Vec<Row>,
    page: i64,
    /// Letters in each state.
    counts: Vec<(State, Count)>,
    needed: i64,
    /// Claims whose money another claim asks for too.
    shared: Vec<Shared>,
    /// Copies that two claims claim at different bases.
    copies: Vec<Beside>,
    /// What must be said first.
    missing: Option<&'static str>,
    zip: Option<(usize, usize)>,
    notice: Option<String>,
}

/// `GET /counsel/{slug}/letters`
pub async fn page(visitor: Visitor, Path(slug): Path<String>, Query(query): Query) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::WriteLetters).await?;
    let counts = store::counts(&mut tx, case.id).await?;
    let kind = match counsels(query.get("kind")) {
        Some(kind) => kind,
        None => first(&mut tx, &case, &counts).await?,
    };
    let state = State::parse(query.get("state"));
    let page = query.number("page").unwrap_or(1).max(1);
    let key = state.map_or("", State::key);
    let offset = (page - 1).saturating_mul(ON_A_PAGE);
    let rows = store::of_case(&mut tx, case.id, kind.key(), key, ON_A_PAGE, offset).await?;
    let is_there = |of: LetterKind| counts.iter().any(|count| count.kind == of.key());
    let kinds =
        LetterKind::OF_COUNSEL.into_iter().filter(|of| takes(&case, *of) || is_there(*of) || *of == kind).collect();
    let counts = counts
        .into_iter()
        .filter(|count| count.kind == kind.key())
        .filter_map(|count| Some((State::parse(&count.state)?, count)));
    let mut counts: Vec<(State, Count)> = counts.collect();
    counts.sort_unstable_by_key(|(state, _)| *state);
    let category = kind.category().ok_or(Refusal::NotFound)?;
    let needed = store::count_needed(&mut tx, case.id, category.key(), kind.key()).await?;
    let shared = store::shared(&mut tx, case.id, category.key(), kind.key()).await?;
    // A demand names copies, whatever they are valued at.
    let copies = match kind {
        LetterKind::Return => copies::of_case(&mut tx, case.id, COPIES).await?,
        _ => Vec::new(),
    };
    let missing = actions::texts_of(&mut tx, &case).await?.1.missing(kind);
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    let zip = visitor.recoup().zips.of(case.id, kind);
    let notice = visitor.take_notice().await;
    let whom = frame::whom(&case);
    let shown =
        Shown { case, waiting, kind, kinds, state, rows, page, counts, needed, shared, copies, missing, zip, notice };
    let mut answer = visitor.page(Page::new("Letters", move || show(&shown)).wide().whom(whom));
    if zip.is_some() {
        // Without script the page shows how it goes on; it can be left at any time.
        answer.headers_mut().insert(HeaderName::from_static("refresh"), HeaderValue::from_static("4"));
    }
    Ok(answer)
}

/// Whether claims of a case can have lines for a kind of letter.
fn takes(case: &Case, kind: LetterKind) -> bool {
    kind.category().is_some_and(|category| case.settings.categories.contains(&category))
}

/// The kind that the page opens on: the first of which there are letters or that a claim needs, else the first that a claim could need.
async fn first(tx: &mut Tx, case: &Case, counts: &[Count]) -> Result<LetterKind, Failure> {
    let mut possible = LetterKind::OF_COUNSEL.into_iter().filter(|kind| takes(case, *kind));
    for kind in possible.clone() {
        let category = kind.category().map_or("", Category::key);
        if counts.iter().any(|count| count.kind == kind.key())
            || store::count_needed(tx, case.id, category, kind.key()).await? > 0
        {
            return Ok(kind);
        }
    }
    Ok(possible.next().unwrap_or(LetterKind::Direction))
}

/// A kind of letter that counsel write.
pub(super) fn counsels(key: &str) -> Option<LetterKind> {
    LetterKind::parse(key).filter(|kind| LetterKind::OF_COUNSEL.contains(kind))
}

/// `POST /counsel/{slug}/letters/make`: all that are needed.
pub async fn make(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::WriteLetters).await?;
    drop(tx);
    let kind = counsels(sent.get("kind")).ok_or(Refusal::NotFound)?;
    let made = actions::make_all(visitor.recoup(), visitor.actor()?, case.id, kind).await;
    let words = match made {
        Ok(made) => {
            let count = |number: usize| {
                frame::count(i64::try_from(number).unwrap_or(i64::MAX), "letter was drafted", "letters were drafted")
            };
            let left_out = match made.left_out {
                0 => String::new(),
                more => format!(
                    " For {} none was: they have no line for whom these letters go to.",
                    frame::count(i64::try_from(more).unwrap_or(i64::MAX), "claim", "claims")
                ),
            };
            format!("{}.{left_out}", count(made.made))
        }
        Err(Failure::Said(words)) => words,
        Err(failure) => return Err(failure.into()),
    };
    visitor.notice(words).await;
    Ok(see_other(&format!("/counsel/{slug}/letters?kind={}", kind.key())))
}

fn show(shown: &Shown) -> impl IntoView + use<> {
    let slug = shown.case.settings.slug.clone();
    let base = format!("/counsel/{slug}/letters");
    let kind = shown.kind;
    let kinds: Vec<_> = shown
        .kinds
        .iter()
        .map(|of| {
            let of = *of;
            let href = format!("{base}?kind={}", of.key());
            if of == kind {
                view! { <strong><a href=href aria-current="page">{plural(of)}</a></strong> }.into_any()
            } else {
                view! { <a href=href>{plural(of)}</a> }.into_any()
            }
        })
        .collect();
    let about = match kind {
        LetterKind::Direction => {
            "For claims of digital royalties: the distributor tells the aggregator to pay the claimant directly. It must be said who both are. Draft the letters, have the distributor sign them, send them to the aggregator, and say here how far each is."
        }
        _ => {
            "For claims of held stock: whoever holds the copies is asked to give them back. It must be said who that is, and who the distributor is. The schedule shows for each line what came in, what was sold and returned, and what should be there."
        }
    };
    let all = letters_in(shown, None);
    view! {
        {shown.notice.clone().map(|notice| view! { <Notice kind=NoticeKind::Info>{notice}</Notice> })}
        <h1>"Letters"</h1>
        {frame::nav(&slug, Place::Letters, shown.waiting)}
        <nav class="actions case-nav" aria-label="Kinds of letter">{kinds}</nav>
        <p>{about}</p>
        {running(shown)}
        {overlapping(shown)}
        {make_form(shown, &base)}
        {withdrawn(shown)}
        {(all > 0).then(|| states(shown, &base, all))}
        {list(shown, &base)}
        <p class="small soft">"Receipts write themselves: each goes with its mail, and stands on the page of its claim. Claimants see and download the letters of their own claims."</p>
    }
}

/// How many letters are in a state, or in any.
fn letters_in(shown: &Shown, state: Option<State>) -> i64 {
    counted(shown, state).map(|count| count.letters).sum()
}

/// How many of them may go out: those of claims that are not withdrawn.
fn may_go_out(shown: &Shown, state: Option<State>) -> i64 {
    counted(shown, state).map(|count| count.letters - count.withdrawn).sum()
}

fn counted(shown: &Shown, state: Option<State>) -> impl Iterator<Item = &Count> {
    shown.counts.iter().filter(move |(of, _)| state.is_none_or(|state| state == *of)).map(|(_, count)| count)
}

/// That letters of withdrawn claims are not in the ZIP.
fn withdrawn(shown: &Shown) -> impl IntoView + use<> {
    let letters = letters_in(shown, None) - may_go_out(shown, None);
    let words = match letters {
        0 => return None,
        1 => "1 letter is of a withdrawn claim. It is not in the ZIP.".to_owned(),
        more => {
            format!("{} letters are of withdrawn claims. They are not in the ZIP.", claims::money::grouped_units(more))
        }
    };
    Some(view! { <p>{words}</p> })
}

fn plural(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Receipt => "Receipts",
        LetterKind::Direction => "Letters of direction",
        LetterKind::Return => "Demands for return of stock",
    }
}

/// Claims whose letter would name money that another claim asks for too: counsel look at them before they draft.
fn overlapping(shown: &Shown) -> AnyView {
    let base = format!("/counsel/{}/overlaps?show=all&claim=", shown.case.settings.slug);
    let links = |wholly: bool| -> Vec<_> {
        let claims = shown.shared.iter().filter(|claim| claim.wholly == wholly);
        claims
            .enumerate()
            .map(|(place, claim)| {
                let comma = if place > 0 { ", " } else { "" };
                view! { {comma}<a href=format!("{base}{}", claim.number)>{claim.number.clone()}</a> }
            })
            .collect()
    };
    let (some, all) = (links(false), links(true));
    let some = (!some.is_empty()).then(|| {
        view! {
            <Notice kind=NoticeKind::Warning title="Another claim asks for some of the same money">
                <p>"A letter names all lines of its claim, also those that overlap: look at the overlaps before you draft or send a letter for "{some}"."</p>
            </Notice>
        }
    });
    let all = (!all.is_empty()).then(|| {
        view! { <p>"No letter is needed for "{all}": all of the money was decided to be another claim’s."</p> }
    });
    view! { {some}{copies(shown)}{all} }.into_any()
}

/// Copies that two claims claim at different bases: both demands would ask the same holder for them.
fn copies(shown: &Shown) -> impl IntoView + use<> {
    (!shown.copies.is_empty()).then(|| {
        let claims = format!("/counsel/{}/claims", shown.case.settings.slug);
        let items: Vec<_> = shown
            .copies
            .iter()
            .map(|of| {
                let (one, other) = (format!("{claims}/{}", of.number), format!("{claims}/{}", of.other));
                view! { <li><a href=one>{of.number.clone()}</a>" "{who_else::copies_in_words(of)}<a href=other>{of.other.clone()}</a></li> }
            })
            .collect();
        view! {
            <Notice kind=NoticeKind::Warning title="Two claims may ask for the same copies">
                <p>"They value them at different bases, so the ledger has no overlap of them. Find out whose they are before you demand them of the same holder twice:"</p>
                <ul>{items}</ul>
            </Notice>
        }
    })
}

/// What can be done with the letters: draft what is needed, download them, change their words.
fn make_form(shown: &Shown, base: &str) -> impl IntoView + use<> {
    let links =
        view! { {downloads(shown, base)}<a href=format!("{base}/texts")>"To whom letters go, and their words"</a> };
    if !takes(&shown.case, shown.kind) && shown.needed == 0 {
        let words = match shown.kind {
            LetterKind::Direction => "This case takes no claims of digital royalties, so no such letter is needed.",
            _ => "This case takes no claims of held stock, so no such letter is needed.",
        };
        return view! { <p>{words}</p><div class="actions">{links}</div> }.into_any();
    }
    let words = match (shown.missing, shown.needed) {
        (Some(missing), _) => {
            return view! {
                <Notice kind=NoticeKind::Warning title=format!("Say first {missing}")>"Nothing can be drafted before."</Notice>
                <div class="actions">{links}</div>
            }
            .into_any();
        }
        (None, 0) => {
            let words = match shown.kind {
                LetterKind::Direction => "Every submitted claim with digital royalties that needs a letter has it.",
                _ => "Every submitted claim with held stock that needs a letter has it.",
            };
            return view! { <p>{words}</p><div class="actions">{links}</div> }.into_any();
        }
        (None, 1) => "Draft the one that is needed".to_owned(),
        (None, needed) => format!("Draft all {} that are needed", claims::money::grouped_units(needed)),
    };
    view! {
        <p class="small soft">"Needed: the claim is submitted and has lines for it, not all of its money was decided to be another claim’s, and there is no letter yet or only a draft about an earlier version."</p>
        <form method="post" action=format!("{base}/make") novalidate>
            <input type="hidden" name="kind" value=shown.kind.key()/>
            <div class="actions"><button type="submit">{words}</button>{links}</div>
        </form>
    }
    .into_any()
}

/// How far the ZIP is that is being made.
fn running(shown: &Shown) -> impl IntoView + use<> {
    shown.zip.map(|(done, total)| {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let words = format!(
            "{} of {}",
            claims::money::grouped_units(number(done)),
            claims::money::grouped_units(number(total))
        );
        view! {
            <Notice kind=NoticeKind::Info title="Letters are being put into a ZIP">
                <Meter label="Letters" part=number(done) whole=number(total) words/>
                <p>"Your browser receives it while it is made."</p>
            </Notice>
        }
    })
}

/// All letters as one file, and only the drafts; those of withdrawn claims are not to go out.
fn downloads(shown: &Shown, base: &str) -> impl IntoView + use<> {
    let base = format!("{base}/zip/{}", shown.kind.key());
    let (all, drafts) = (may_go_out(shown, None), may_go_out(shown, Some(State::Drafted)));
    let only_drafts = (drafts > 0 && drafts < all).then(|| {
        let words = format!("Only the {} (ZIP)", frame::count(drafts, "draft", "drafts"));
        view! { <a href=format!("{base}?state=drafted")>{words}</a> }
    });
    (all > 0).then(|| {
        let words = format!("Download {} (ZIP)", frame::count(all, "letter", "letters"));
        view! { <a href=base.clone()>{words}</a>{only_drafts} }
    })
}

/// Letters in each state, each a link to them.
fn states(shown: &Shown, base: &str, all: i64) -> impl IntoView + use<> {
    let href = |state: &str| format!("{base}?kind={}{state}", shown.kind.key());
    let states: Vec<_> = shown
        .counts
        .iter()
        .map(|(state, count)| {
            let number =
                frame::number(&href(&format!("&state={}", state.key())), count.letters, ("letter", "letters"), "");
            view! { <div><dt>{state.word()}</dt><dd>{number}</dd></div> }
        })
        .collect();
    view! {
        <dl class="figures"><div><dt>"All"</dt><dd>{frame::number(&href(""), all, ("letter", "letters"), "")}</dd></div>{states}</dl>
    }
}

fn list(shown: &Shown, base: &str) -> AnyView {
    if shown.rows.is_empty() {
        let words = match (shown.needed, shown.state) {
            (_, Some(_)) => "No letter is in this state.",
            (1.., None) if shown.missing.is_some() => {
                let texts = format!("{base}/texts");
                return view! {
                    <p class="empty">"No letters yet. "<a href=texts>"Say first to whom letters go"</a>", then draft those that are needed here."</p>
                }
                .into_any();
            }
            (1.., None) => "No letters yet. Draft those that are needed with the button above.",
            (_, None) => "No letters yet. They can be drafted for submitted claims that have lines for them.",
        };
        return view! { <p class="empty">{words}</p> }.into_any();
    }
    let slug = shown.case.settings.slug.as_str();
    let rows: Vec<_> = shown
        .rows
        .iter()
        .map(|row| {
            let claim = format!("/counsel/{slug}/claims/{}", row.number);
            let whose = format!(" of claim {}", row.number);
            let whose = move || view! { <span class="hidden">{whose.clone()}</span> };
            let pdf = format!("/letters/{}?inline=1", row.id);
            view! {
                <tr>
                    <th scope="row"><a href=claim>{row.number.clone()}</a></th>
                    <td>{row.claimant.clone()}</td>
                    <td>{about(row, "")}</td>
                    <td><StatusTag word=word(row) key=row.state.clone()/></td>
                    <td class="nowrap">{show_day(row.since)}</td>
                    <td class="nowrap"><a href=format!("{base}/{}", row.id)>"Details"{whose()}</a>", "<a href=pdf>"PDF"{whose()}</a></td>
                </tr>
            }
        })
        .collect();
    let caption = plural(shown.kind);
    let caption = match shown.state {
        Some(state) => format!("{caption}: {}", state.word().to_lowercase()),
        None => caption.to_owned(),
    };
    let total = letters_in(shown, shown.state);
    let state = shown.state.map_or(String::new(), |state| format!("&state={}", state.key()));
    let here = format!("{base}?kind={}{state}", shown.kind.key());
    let pages = (total.max(1) + ON_A_PAGE - 1) / ON_A_PAGE;
    view! {
        <Table caption class="dense">
            <thead>
                <tr>
                    <th scope="col">"Claim"</th><th scope="col">"Claimant"</th><th scope="col">"About"</th>
                    <th scope="col">"State"</th><th scope="col">"Since"</th><th scope="col">"Letter"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <Pager page=shown.page.unsigned_abs() pages=pages.unsigned_abs() base=here/>
    }
    .into_any()
}

/// The version that a letter is about, and whether the claim has another by now or is withdrawn; `of` names the claim where nothing
/// else does.
pub(super) fn about(row: &Row, of: &str) -> String {
    let version = format!("version {}{of}", row.version);
    match row.withdrawn_at {
        Some(_) => format!("{version}; the claim is withdrawn"),
        None if row.in_force => version,
        None => format!("{version}, which is no longer in force"),
    }
}

/// The state of a letter in words.
pub(super) fn word(row: &Row) -> String {
    State::parse(&row.state).map_or(row.state.clone(), |state| state.word().to_owned())
}

/// `GET /counsel/{slug}/letters/texts`
pub async fn texts(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::WriteLetters).await?;
    let (answers, _) = actions::texts_of(&mut tx, &case).await?;
    drop(tx);
    Ok(visitor.page(texts_page(&case, Typed::of(answers))))
}

/// `POST /counsel/{slug}/letters/texts`
pub async fn save(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::WriteLetters).await?;
    drop(tx);
    match actions::save_texts(visitor.recoup(), visitor.actor()?, &case, &sent.0).await {
        Ok(()) => {
            visitor.notice("Saved. Letters that are made from now on have these words.").await;
            Ok(see_other(&format!("/counsel/{slug}/letters")))
        }
        Err(failure) => refused(&visitor, failure, sent.0, |typed| texts_page(&case, typed)),
    }
}

fn texts_page(case: &Case, typed: Typed) -> Page {
    let whom = frame::whom(case);
    let slug = case.settings.slug.clone();
    Page::new("Letters: to whom they go, and their words", move || {
        let known: Vec<_> = [LetterKind::Receipt, LetterKind::Direction, LetterKind::Return].into_iter().map(placeholders).collect();
        let answers: Answers = typed.answers.clone();
        view! {
            {typed.top()}
            <a class="back" href=format!("/counsel/{slug}/letters")>"← Letters"</a>
            <h1>"Letters: to whom they go, and their words"</h1>
            <details><summary>"What placeholders stand for"</summary>{known}</details>
            <form method="post" action=format!("/counsel/{slug}/letters/texts") novalidate>
                <Unsaved/>
                <FormSections sections=letters::FORM answers errors=typed.errors/>
                <div class="actions"><button type="submit">"Save"</button><a href=format!("/counsel/{slug}/letters")>"Back without saving"</a></div>
            </form>
        }
    })
    .whom(whom)
}

fn placeholders(kind: LetterKind) -> impl IntoView {
    let rows: Vec<_> = letters::known_in_words(kind)
        .into_iter()
        .map(|(name, words)| view! { <tr><th scope="row"><code>{format!("{{{{ {name} }}}}")}</code></th><td>{words}</td></tr> })
        .collect();
    view! {
        <Table caption=kind.title() class="dense">
            <thead><tr><th scope="col">"Placeholder"</th><th scope="col">"Stands for"</th></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
