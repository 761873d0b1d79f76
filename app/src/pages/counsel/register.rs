//! The register: every sent claim, filtered, sorted, paged and summed.

use axum::extract::Path;
use claims::{
    Instant,
    access::Action,
    case::Case,
    deadline,
    export::What,
    line::Basis,
    money::{Currency, grouped_units},
    overlap::Removed,
    status::ClaimStatus,
    store::{
        matching,
        register::{self, Order, RegisterRow, RegisterSums},
    },
    totals,
};
use leptos::prelude::*;

use super::{
    counted_once, exports,
    filter::{Choice, with_query},
    filter_form,
    frame::{self, Place, Waiting},
};
use crate::{
    components::{ErrorSummary, Pager, StatusTag, Table},
    request::{Answer, Query, Visitor},
    shell::Page,
};

/// Claims on a page.
const A_PAGE: i64 = 50;

struct Shown {
    case: Case,
    choice: Choice,
    waiting: Waiting,
    matching: matching::State,
    rows: Vec<RegisterRow>,
    submitted: RegisterSums,
    withdrawn: RegisterSums,
    page: i64,
    pages: i64,
    now: Instant,
}

/// `GET /counsel/{slug}/claims`
pub async fn page(visitor: Visitor, Path(slug): Path<String>, Query(query): Query) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::SeeCase).await?;
    let whom = frame::whom(&case);
    let choice = Choice::read(&query, &case.settings.time_zone);
    let waiting = Waiting::read(&mut tx, case.id).await?;
    if !choice.errors.is_empty() {
        drop(tx);
        return Ok(visitor.again(Page::new("Register", move || wrong(&case, waiting, &choice)).wide().whom(whom)));
    }
    let basis = case.settings.filing_basis;
    // What is withdrawn is never added to what counts, so each status has its own sums.
    let [submitted, withdrawn] = register::sums_by_status(&mut tx, case.id, basis, &choice.filter).await?;
    let pages = (submitted.claims + withdrawn.claims + A_PAGE - 1) / A_PAGE;
    let page = query.number("page").unwrap_or(1).clamp(1, pages.max(1));
    let offset = (page - 1) * A_PAGE;
    let matching = matching::state(&mut tx, case.id).await?;
    let rows = register::list(&mut tx, case.id, basis, &choice.filter, choice.order, A_PAGE, offset).await?;
    drop(tx);
    let now = visitor.recoup().clock.now();
    let shown = Shown { case, choice, waiting, matching, rows, submitted, withdrawn, page, pages, now };
    Ok(visitor.page(Page::new("Register", move || show(&shown)).wide().whom(whom)))
}

fn wrong(case: &Case, waiting: Waiting, choice: &Choice) -> impl IntoView + use<> {
    let all = format!("/counsel/{}/claims", case.settings.slug);
    view! {
        <ErrorSummary errors=choice.errors.clone()/>
        <h1>"Register"</h1>
        {frame::nav(&case.settings.slug, Place::Claims, waiting)}
        {filter_form::form(case, choice, &all)}
        <p class="empty">"No claims are shown until the filter can be read: it would be more than you asked for."</p>
    }
}

fn show(shown: &Shown) -> impl IntoView + use<> {
    let Shown { case, choice, .. } = shown;
    let slug = case.settings.slug.as_str();
    let total = shown.submitted.claims + shown.withdrawn.claims;
    let all = format!("/counsel/{slug}/claims");
    let list = if total > 0 {
        list(shown).into_any()
    } else if choice.is_everything() {
        view! { <p class="empty">"No claim has been sent yet. As soon as one is, it stands here."</p> }.into_any()
    } else {
        view! { <p class="empty">"No claim fits this filter. Take a part of it away, or "<a href=all.clone()>"see all claims"</a>"."</p> }.into_any()
    };
    view! {
        <h1>"Register"</h1>
        {frame::nav(slug, Place::Claims, shown.waiting)}
        {counted_once::note(&shown.matching, &case.settings.time_zone)}
        {filter_form::form(case, choice, &all)}
        {list}
    }
}

fn list(shown: &Shown) -> impl IntoView + use<> {
    let Shown { case, choice, submitted, withdrawn, .. } = shown;
    let settings = &case.settings;
    let slug = settings.slug.as_str();
    let query = choice.query();
    let link = |what: What| exports::file(slug, what, &query, false);
    let more = with_query(format!("/counsel/{slug}/exports"), &query);
    let write = with_query(format!("/counsel/{slug}/mail/write"), &query);
    let currency = settings.currency;
    let amounts = match (choice.filter.category, choice.filter.basis) {
        (_, Some(Basis::UnitsOnly)) => "Stock in units only, which has no amounts.".to_owned(),
        (_, Some(basis)) => format!("Amounts in {currency}: stock at {} only.", basis.title()),
        (Some(category), None) => format!("Amounts in {currency}: {} only.", category.title().to_lowercase()),
        (None, None) => format!("Amounts in {currency}: all categories, stock at {}.", settings.filing_basis.title()),
    };
    let of_them = (submitted.claims > 0 && withdrawn.claims > 0).then(|| {
        format!(" ({} submitted, {} withdrawn)", grouped_units(submitted.claims), grouped_units(withdrawn.claims))
    });
    let head = frame::count(submitted.claims + withdrawn.claims, "claim", "claims");
    // On paper nobody sees the fields of the filter.
    let filter = choice.in_words().unwrap_or_else(|| "none, all that were sent".to_owned());
    let part = if shown.pages > 1 { format!(" Page {} of {}.", shown.page, shown.pages) } else { String::new() };
    let as_of = frame::short_moment(shown.now, &settings.time_zone);
    let paper =
        format!("Filter: {filter}. {head}{}. {amounts}{part} As of {as_of}", of_them.as_deref().unwrap_or_default());
    let rows: Vec<_> = shown.rows.iter().map(|found| row(case, choice, found).into_any()).collect();
    let foot = [
        ("Submitted", ClaimStatus::Submitted, submitted),
        ("Withdrawn, counts for nothing", ClaimStatus::Withdrawn, withdrawn),
    ];
    let foot: Vec<_> = foot
        .into_iter()
        .filter(|(_, _, sums)| sums.claims > 0)
        .map(|(words, status, sums)| foot_row(words, status, sums, case).into_any())
        .collect();
    // As in the totals, what is withdrawn is not added to what counts.
    let shown_sums = if submitted.claims > 0 { submitted } else { withdrawn };
    let in_no_total =
        totals::more_in_words(shown_sums.more_lines).map(|words| view! { <p class="small soft">{words}</p> });
    let base = with_query(format!("/counsel/{slug}/claims"), &query);
    let number = |page: i64| u64::try_from(page).unwrap_or(1);
    let heads = head_row(slug, choice);
    view! {
        <p class="paper">{paper}"."</p>
        <div class="bar">
            <p><strong>{head}</strong>{of_them}". "{amounts}</p>
            <p class="push">
                "Export exactly these: "<a href=link(What::Claims)>"claims"</a>", "<a href=link(What::Lines)>"lines"</a>
                " or "<a href=more>"other files"</a>". "
                <a href=write>"Write to these claimants"</a>
            </p>
        </div>
        <Table caption="Claims" quiet=true class="dense">
            {heads}
            <tbody>{rows}</tbody>
            <tfoot>{foot}</tfoot>
        </Table>
        {in_no_total}
        <Pager page=number(shown.page) pages=number(shown.pages) base/>
    }
}

/// Column heads; those by which the register can be sorted are links.
fn head_row(slug: &str, choice: &Choice) -> impl IntoView + use<> {
    let sorted = |order: Order, words: &'static str, class: &'static str, direction: &'static str| {
        let current = (choice.order == order).then_some(direction);
        let href = with_query(format!("/counsel/{slug}/claims"), &choice.query_by(order));
        view! { <th scope="col" class=class aria-sort=current><a href=href><span class="hidden">"Sort by "</span>{words}</a></th> }
    };
    view! {
        <thead>
            <tr>
                {sorted(Order::Number, "Claim", "", "ascending")}
                {sorted(Order::Claimant, "Claimant", "", "ascending")}
                <th scope="col">"Citizenship"</th>
                {sorted(Order::Received, "First received", "", "descending")}
                <th scope="col" class="num">"Lines"</th>
                <th scope="col" class="num">"Units"</th>
                {sorted(Order::Sworn, "Documented, sworn only", "num", "descending")}
                {sorted(Order::Amount, "Claimed", "num", "descending")}
                {sorted(Order::Overlap, "Overlap", "num", "descending")}
                <th scope="col" class="num">"Unique"</th>
            </tr>
        </thead>
    }
}

fn row(case: &Case, choice: &Choice, found: &RegisterRow) -> impl IntoView + use<> {
    let settings = &case.settings;
    let currency = settings.currency;
    let href = with_query(format!("/counsel/{}/claims/{}", settings.slug, found.number), &choice.query());
    let status = ClaimStatus::parse(&found.status);
    let word = status.map_or(found.status.clone(), |status| status.word().to_owned());
    // A claim that is as most are says nothing of its state.
    let withdrawn = status != Some(ClaimStatus::Submitted);
    let amended = (found.version > 1).then(|| format!("version {}", found.version));
    let state = (withdrawn || amended.is_some()).then(|| {
        let tag = withdrawn.then(|| view! { <StatusTag word key=found.status.clone()/>" " });
        view! { <span class="detail">{tag}{amended}</span> }
    });
    let late = found.late.then(|| view! { " "<StatusTag word="Late" key="late"/> });
    let received = frame::short_day(deadline::day_in(found.submitted_at, &settings.time_zone));
    let off = Removed { confirmed: found.removed, suspected: found.suspected };
    view! {
        <tr>
            <th scope="row"><a href=href>{found.number.clone()}</a>{state}</th>
            <td>{found.claimant.clone()}</td>
            <td>{found.citizenship.clone()}</td>
            <td class="nowrap"><time datetime=found.submitted_at.to_rfc3339()>{received}</time>{late}</td>
            <td class="num">{with_more(found.lines, found.more_lines)}</td>
            <td class="num">{with_more(found.units, found.more_units)}</td>
            <td class="num">{proof(found.documented, found.amount, currency)}</td>
            <td class="num">{frame::figure(found.amount, currency)}</td>
            <td class="num">{counted_once::removed(off, currency)}</td>
            <td class="num">{unique(off, status, found.amount, currency)}</td>
        </tr>
    }
}

fn foot_row(words: &'static str, status: ClaimStatus, sums: &RegisterSums, case: &Case) -> impl IntoView + use<> {
    let currency = case.settings.currency;
    let off = Removed { confirmed: sums.removed, suspected: sums.suspected };
    view! {
        <tr>
            <th scope="row" colspan="4">{words}": "{frame::count(sums.claims, "claim", "claims")}</th>
            <td class="num">{with_more(sums.lines, sums.more_lines)}</td>
            <td class="num">{with_more(sums.units, sums.more_units)}</td>
            <td class="num">{proof(sums.documented, sums.amount, currency)}</td>
            <td class="num">{frame::figure(sums.amount, currency)}</td>
            <td class="num">{counted_once::removed(off, currency)}</td>
            <td class="num">{unique(off, Some(status), sums.amount, currency)}</td>
        </tr>
    }
}

/// Lines or units that are in the amount, and under them how many more there are, which are in no total.
fn with_more(counted: i64, more: i64) -> impl IntoView {
    let more = (more > 0)
        .then(|| view! { " "<span class="detail">{format!("+ {} outside the total", grouped_units(more))}</span> });
    view! { {grouped_units(counted)}{more} }
}

/// What is counted with a claim; of a withdrawn one nothing.
fn unique(off: Removed, status: Option<ClaimStatus>, gross: i64, currency: Currency) -> AnyView {
    if status == Some(ClaimStatus::Withdrawn) {
        return view! { {frame::figure(0, currency)}" "<span class="detail">"withdrawn"</span> }.into_any();
    }
    counted_once::range(off.unique_of(status, gross), currency)
}

/// What is documented of an amount, and what rests on the declaration alone.
fn proof(documented: i64, amount: i64, currency: Currency) -> impl IntoView {
    view! { {frame::figure(documented, currency)}" "<span class="detail">{frame::figure(amount - documented, currency)}" sworn"</span> }
}
