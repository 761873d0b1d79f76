//! My claims: those of every claimant for whom the account acts.

use std::{cmp::Reverse, collections::BTreeMap};

use claims::{
    CaseId, Instant, VersionId,
    access::Action,
    case::{Case, Intake},
    deadline,
    status::ClaimStatus,
    store::{
        cases,
        claims::{self as stored, Claim},
        drafts,
    },
    totals::{self, Total},
};
use leptos::prelude::*;

use super::{parts, tasks_path};
use crate::{
    components::{Amount, StatusTag, Table},
    request::{Answer, Visitor},
    shell::Page,
};

/// The list.
pub async fn page(visitor: Visitor) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    let verified = actor.verified;
    let now = visitor.recoup().clock.now();
    let mut tx = visitor.recoup().store.read().await?;
    let claims = stored::of_account(&mut tx, actor.account).await?;
    let open: Vec<Case> =
        cases::all(&mut tx, true).await?.iter().map(cases::CaseRow::read).collect::<Result<_, _>>()?;
    let mut known: BTreeMap<CaseId, Case> = BTreeMap::new();
    for claim in &claims {
        if !known.contains_key(&claim.case_id)
            && let Some(row) = cases::by_id(&mut tx, claim.case_id).await?
        {
            known.insert(claim.case_id, row.read()?);
        }
    }
    let edited = drafts::edited_at(&mut tx, actor.account).await?;
    let sums = drafts::sums_of_account(&mut tx, actor.account).await?;
    drop(tx);
    let changed = |claim: &Claim| last_change(claim, claim.draft_id.and_then(|draft| edited.get(&draft).copied()));
    let mut claims: Vec<(Instant, Claim)> = claims.into_iter().map(|claim| (changed(&claim), claim)).collect();
    claims.sort_by_key(|(at, _)| Reverse(*at));
    let open: Vec<Case> = open.into_iter().filter(|case| case.intake(now) != Intake::Closed).collect();
    let notice = visitor.take_notice().await;
    Ok(visitor.page(Page::new("My claims", move || {
        let rows: Vec<_> = claims
            .iter()
            .filter_map(|(changed, claim)| Some(row(claim, known.get(&claim.case_id)?, &sums, *changed, now)))
            .collect();
        let list = if rows.is_empty() {
            view! { <p class="empty">"You have no claims yet. Choose a case below and file one: you can leave it at any time and come back, and nothing is sent before you sign."</p> }.into_any()
        } else {
            view! {
                <p>"One claim for each claimant and case. If you file for several claimants, each has a claim of its own."</p>
                <Table caption="Claims" quiet=true class="roomy">
                    <thead><tr><th scope="col">"Claimant and case"</th><th scope="col">"What to do next"</th><th scope="col">"Status and number"</th><th scope="col" class="num">"Claimed"</th><th scope="col">"Last change"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
            }
            .into_any()
        };
        // Said to everybody whose address is not confirmed, so that it tells nobody whether the address was known before.
        let earlier = (!verified).then(|| view! { <p>"If you registered here before with this address, open the link in the mail that we sent: it brings you to your earlier claims."</p> });
        view! {
            {parts::done(notice)}
            <h1>"My claims"</h1>
            {list}
            {earlier}
            <h2>"File a claim"</h2>
            {open_cases(&open, now)}
        }
    })))
}

/// When a claim was last changed: its state, or its draft, whatever is later.
fn last_change(claim: &Claim, edited: Option<Instant>) -> Instant {
    edited.map_or(claim.changed_at, |edited| edited.max(claim.changed_at))
}

/// What a claim comes to: what was sent, and what the draft beside it adds up to so far.
fn claimed(claim: &Claim, case: &Case, sums: &BTreeMap<VersionId, Vec<Total>>) -> impl IntoView + use<> {
    let (currency, basis) = (case.settings.currency, case.settings.filing_basis);
    let of = |version: VersionId| totals::counted(sums.get(&version).map_or(&[][..], Vec::as_slice), basis).amount;
    // Stock on another basis is in no sum, but it is claimed.
    let besides = |version: VersionId| {
        let apart = totals::apart_in_words(sums.get(&version).map_or(&[][..], Vec::as_slice), basis, currency);
        apart.map(|apart| view! { <br/><span class="soft">{format!("and besides {apart}")}</span> })
    };
    let sent = claim.in_force_id.map(|version| view! { <Amount minor=of(version) currency/>{besides(version)} });
    let draft = claim.draft_id.map(|version| {
        // Nothing is added to what was withdrawn.
        let words = match (claim.in_force_id.is_some(), claim.status == ClaimStatus::Withdrawn.key()) {
            (true, false) => "in the amendment so far",
            (true, true) => "in the amendment",
            (false, false) => "so far",
            (false, true) => "in the draft",
        };
        let line = claim.in_force_id.map(|_| view! { <br/> });
        view! { {line}<Amount minor=of(version) currency/><br/><span class="soft">{words}</span>{besides(version)} }
    });
    view! { {sent}{draft} }
}

fn row(
    claim: &Claim,
    case: &Case,
    sums: &BTreeMap<VersionId, Vec<Total>>,
    changed: Instant,
    now: Instant,
) -> impl IntoView + use<> {
    let status = ClaimStatus::parse(&claim.status).unwrap_or(ClaimStatus::Draft);
    let (next, link, href) = next(claim, status, case, now);
    let whose = format!(" ({}, {})", claim.claimant, case.settings.title);
    view! {
        <tr>
            <th scope="row"><a href=format!("/claims/{}", claim.id)>{claim.claimant.clone()}</a><br/><span class="soft">{case.settings.title.clone()}</span></th>
            <td>{next}<br/><a href=href>{link}<span class="hidden">{whose}</span></a></td>
            <td class="nowrap"><StatusTag word=status.word() key=status.key()/><br/>{claim.number.clone().unwrap_or_else(|| "No number yet".to_owned())}</td>
            <td class="num">{claimed(claim, case, sums)}</td>
            <td><time datetime=changed.to_rfc3339()>{deadline::show(changed, &case.settings.time_zone)}</time></td>
        </tr>
    }
}

/// What to do next with a claim, and the link where it is done.
fn next(claim: &Claim, status: ClaimStatus, case: &Case, now: Instant) -> (String, &'static str, String) {
    let page = format!("/claims/{}", claim.id);
    let by = parts::until(case, now);
    match (status, case.intake(now)) {
        (ClaimStatus::Draft, Intake::Open) => (format!("Finish it and sign it by {by}."), "Go on", page),
        (ClaimStatus::Draft, Intake::LateWithReason) => {
            ("The deadline has passed. You can still send it, with a reason.".to_owned(), "Go on", page)
        }
        (ClaimStatus::Draft, Intake::Closed) => {
            ("It can no longer be sent: the case takes no more claims.".to_owned(), "Look at it", page)
        }
        (ClaimStatus::Submitted, intake) if claim.draft_id.is_some() && intake != Intake::Closed => (
            "Sign your amendment. What you sent before counts until then.".to_owned(),
            "Continue the amendment",
            tasks_path(claim),
        ),
        (ClaimStatus::Submitted, Intake::Closed) if claim.draft_id.is_some() => {
            (format!("{} What you sent before counts.", parts::too_late(case, now)), "Look at it", tasks_path(claim))
        }
        (ClaimStatus::Submitted, _) => (
            "Nothing. Counsel reviews the claims and writes to you if something is missing.".to_owned(),
            "See what was sent",
            page,
        ),
        (ClaimStatus::Withdrawn, Intake::Closed) => ("Nothing. It counts in no total.".to_owned(), "Look at it", page),
        // An amendment may be begun: it is reached from the page of the claim, and nobody who withdrew is urged to sign it.
        (ClaimStatus::Withdrawn, _) => {
            let what = if claim.in_force_id.is_some() { "claim" } else { "draft" };
            let until = deadline::taking_up_in_words(case, now, "it");
            (format!("Nothing: the {what} is withdrawn. {until}"), "Look at it", page)
        }
    }
}

fn open_cases(open: &[Case], now: Instant) -> AnyView {
    if open.is_empty() {
        return view! { <p class="empty">"No case takes claims at the moment."</p> }.into_any();
    }
    let items: Vec<_> = open
        .iter()
        .map(|case| {
            let settings = &case.settings;
            view! {
                <li>
                    <h3><a href=format!("/cases/{}", settings.slug)>{settings.title.clone()}</a></h3>
                    <p>{format!("Deadline: {}.", parts::until(case, now))}</p>
                    <p><a class="button secondary" href=format!("/cases/{}/file", settings.slug)>"File a claim"<span class="hidden">{format!(" in {}", settings.title)}</span></a></p>
                </li>
            }
        })
        .collect();
    view! { <ul class="card-list">{items}</ul> }.into_any()
}
