//! A claim that was sent or withdrawn: its number and state, what happens next, its versions and its history.

use claims::{
    Instant,
    actions::claim_view::{self, SentVersion},
    case::{Case, Intake},
    deadline,
    status::ClaimStatus,
    store::{
        Tx,
        claims::{self as stored, Claim},
        events, letters as letter_rows, outbox,
    },
};
use leptos::prelude::*;

use super::{documents::short, letters, parts, tasks_path, timeline::timeline, whom};
use crate::{
    components::{StatusTag, Table, TimeLine},
    pages::public::words::contact,
    request::{Answer, Visitor},
    shell::Page,
};

/// The page.
pub(super) async fn shown(visitor: &Visitor, mut tx: Tx, claim: Claim) -> Answer {
    let case = claim_view::case_of(&mut tx, &claim).await?;
    let mut versions = Vec::new();
    for version in stored::versions(&mut tx, claim.id).await? {
        if version.sent_at.is_some() {
            versions.push(claim_view::read_sent(version)?);
        }
    }
    let events = events::of_claim(&mut tx, claim.id).await?;
    let mails = outbox::of_claim(&mut tx, claim.id).await?;
    let letters = letter_rows::of_claim(&mut tx, claim.id).await?;
    drop(tx);
    let now = visitor.recoup().clock.now();
    let notice = visitor.take_notice().await;
    let for_whom = whom(&claim, &case);
    let title =
        claim.number.as_ref().map_or_else(|| "A withdrawn draft".to_owned(), |number| format!("Claim {number}"));
    let heading = title.clone();
    Ok(visitor.page(
        Page::new(title, move || {
            let zone = &case.settings.time_zone;
            let withdrawn_at = events
                .iter()
                .rfind(|event| matches!(event.kind.as_str(), "claim_withdrawn" | "draft_purged"))
                .map_or(claim.changed_at, |event| event.at);
            let status = ClaimStatus::parse(&claim.status).unwrap_or(ClaimStatus::Draft);
            let in_force = versions.iter().find(|sent| Some(sent.version.id) == claim.in_force_id);
            let received = in_force.map(|sent| {
                format!(" Version {}, received {}.", sent.frozen.version, deadline::show(sent.frozen.received_at, zone))
            });
            let figures = in_force.map(|sent| {
                let words = if status == ClaimStatus::Withdrawn { "What was claimed" } else { "What is claimed" };
                let table = parts::totals_table(
                    "Totals",
                    &sent.frozen.totals,
                    sent.frozen.currency,
                    Some(case.settings.filing_basis),
                );
                view! { <h2>{words}</h2>{table} }
            });
            let versions_table = (!versions.is_empty()).then(|| version_table(&claim, &versions, zone));
            view! {
                {parts::done(notice)}
                <a class="back" href="/claims">"← My claims"</a>
                <h1>{heading}</h1>
                <p><StatusTag word=status.word() key=status.key()/>{received}</p>
                <h2>"What happens next"</h2>
                {next(&claim, &case, status, withdrawn_at, now)}
                <p>"Questions about this claim? Name its number and write to:"</p>
                {contact(&case.settings.contact)}
                {figures}
                {letters::section(&letters)}
                {versions_table}
                <h2>"What happened"</h2>
                <TimeLine events=timeline(&events, &mails, zone)/>
            }
        })
        .whom(for_whom),
    ))
}

/// What happens next, and what the claimant can do.
fn next(claim: &Claim, case: &Case, status: ClaimStatus, withdrawn_at: Instant, now: Instant) -> impl IntoView + use<> {
    let id = claim.id;
    let takes = case.intake(now);
    let until = deadline::amending_in_words(case, now);
    let amend = |words: &'static str| view! { <form class="inline" method="post" action=format!("/claims/{id}/amend")><button type="submit">{words}</button></form> };
    let withdraw = || view! { <a href=format!("/claims/{id}/withdraw")>"Withdraw this claim"</a> };
    let go_on = view! { <a class="button" href=tasks_path(claim)>"Continue the amendment"</a> };
    let (words, actions) = match (status, takes) {
        (ClaimStatus::Withdrawn, _) => {
            let reason = claim.withdrawn_reason.clone().unwrap_or_default();
            let words = format!(
                "The claim was withdrawn on {} and counts in no total.{}",
                deadline::show(withdrawn_at, &case.settings.time_zone),
                if reason.is_empty() { String::new() } else { format!(" Reason: {reason}") }
            );
            let what = if claim.in_force_id.is_some() { "it" } else { "the draft" };
            let until = deadline::taking_up_in_words(case, now, what);
            let signed_anew = match (claim.in_force_id, claim.draft_id) {
                _ if takes == Intake::Closed => "",
                (Some(_), Some(_)) => " An amendment is begun: the claim stays withdrawn until you sign it.",
                (Some(_), None) => " If you take it up again, you sign it anew; until then it stays withdrawn.",
                (None, _) => "",
            };
            let actions = match takes {
                Intake::Closed => ().into_any(),
                _ if claim.in_force_id.is_some() && claim.draft_id.is_some() => {
                    view! { <a href=tasks_path(claim)>"Look at the amendment"</a><a href=format!("/claims/{id}/discard")>"Discard the amendment"</a> }.into_any()
                }
                _ => amend("Take it up again").into_any(),
            };
            (format!("{words}\nYou need not do anything. {until}{signed_anew}"), actions)
        }
        (_, Intake::Closed) => {
            let (late, look) = match claim.draft_id {
                Some(_) => (
                    format!("{} What you sent before stays in force.\n", parts::too_late(case, now)),
                    Some(view! { <a href=tasks_path(claim)>"Look at the amendment"</a> }),
                ),
                None => (String::new(), None),
            };
            let words = format!(
                "{late}Counsel of the case reviews the claims. If something is missing, you hear from them by mail. {until}"
            );
            (words, view! { {look}{withdraw()} }.into_any())
        }
        _ if claim.draft_id.is_some() => (
            format!(
                "You are writing an amendment. What you sent before stays in force until you sign the new version. {until}"
            ),
            view! { {go_on}{withdraw()} }.into_any(),
        ),
        _ => (
            format!(
                "Counsel of the case reviews the claims. If something is missing, you hear from them by mail. You need not do anything. {until} An amended claim is signed again."
            ),
            view! { {amend("Amend this claim")}{withdraw()} }.into_any(),
        ),
    };
    view! { <p class="lines">{words}</p><div class="actions">{actions}</div> }
}

fn version_table(claim: &Claim, versions: &[SentVersion], zone: &str) -> impl IntoView + use<> {
    let id = claim.id;
    let rows: Vec<_> = versions
        .iter()
        .rev()
        .map(|sent| {
            let number = sent.frozen.version;
            let base = format!("/claims/{id}/versions/{number}");
            let of = format!(" of version {number}");
            let of = move || view! { <span class="hidden">{of.clone()}</span> };
            let in_force = Some(sent.version.id) == claim.in_force_id;
            let state = if in_force { "In force" } else { "Replaced" };
            let state = if in_force && claim.status == ClaimStatus::Withdrawn.key() { "Withdrawn" } else { state };
            let changes = (number > 1).then(|| view! { ", "<a href=format!("{base}/changes")>"what changed"{of()}</a> });
            view! {
                <tr>
                    <th scope="row"><a href=base.clone()>{format!("Version {number}")}</a></th><td>{state}</td>
                    <td><time datetime=sent.frozen.received_at.to_rfc3339()>{deadline::show(sent.frozen.received_at, zone)}</time></td>
                    <td class="num">{sent.frozen.lines.len()}</td><td class="num">{sent.frozen.documents.len()}</td><td><code title=sent.sha256.clone()>{short(&sent.sha256)}</code></td>
                    <td><a href=format!("{base}/receipt.pdf")>"Receipt as PDF"{of()}</a>", "<a href=format!("{base}/lines.csv")>"CSV"{of()}</a>", "<a href=format!("{base}/claim.json")>"JSON"{of()}</a>{changes}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <h2>"Versions"</h2>
        <Table caption="Versions that were sent" quiet=true>
            <thead><tr><th scope="col">"Version"</th><th scope="col">"State"</th><th scope="col">"Received"</th><th scope="col" class="num">"Lines"</th><th scope="col" class="num">"Documents"</th><th scope="col">"SHA-256 (start)"</th><th scope="col">"Open"</th></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
