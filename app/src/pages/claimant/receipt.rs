//! The receipt of a sent version, made from the frozen text, printable.

use claims::{
    ClaimId,
    access::{Action, Refusal},
    actions::{
        claim_view::{self, SentVersion},
        letters,
    },
    case::Case,
    deadline,
    declaration::Declaration,
    file_size,
    frozen::FrozenClaim,
    intake::{Answers, case_settings::zone_in_words, claimant::CAPACITIES, steps::Step},
    store::{claims::Claim, events, outbox},
};
use leptos::prelude::*;

use super::{
    At,
    line_table::{self, Row},
    parts,
};
use crate::{
    components::{Notice, NoticeKind, SummaryList, SummaryRow, Table, summary_rows},
    request::{Answer, Halt, Query, Visitor},
    shell::Page,
};

/// A sent version, for its claimant or for counsel, with whatever else its pages need.
pub(super) struct Version {
    /// The claim.
    pub claim: Claim,
    /// Its case, as it is today.
    pub case: Case,
    /// What was sent.
    pub sent: SentVersion,
    /// The version sent before it.
    pub before: Option<SentVersion>,
    /// The number of the version that took its place, if one did.
    pub replaced_by: Option<i64>,
}

/// Reads a sent version.
pub(super) async fn read(visitor: &Visitor, id: ClaimId, number: i64) -> Result<Version, Halt> {
    let (claim, case, versions) = claim_view::sent_versions(visitor.recoup(), visitor.actor()?, id).await?;
    let in_force = versions.iter().find(|sent| Some(sent.version.id) == claim.in_force_id);
    let replaced_by = in_force.map(|sent| sent.frozen.version).filter(|in_force| *in_force != number);
    let mut before = None;
    for sent in versions {
        if sent.version.version == number {
            return Ok(Version { claim, case, sent, before, replaced_by });
        }
        before = Some(sent);
    }
    Err(Refusal::NotFound.into())
}

/// For whom a sent version speaks, as it was signed.
pub(super) fn signed_for(frozen: &FrozenClaim) -> String {
    let name = frozen.answers.get(Step::Claimant.key()).map_or("", |answers| answers.get("legal_name"));
    format!("{name} — {}", frozen.case_title)
}

/// What the address of a receipt ends with where signing leads to it: that it was received is said there. It is true whenever
/// somebody comes back, so no session has to be written for it while the claim is sent.
pub(super) const JUST_SENT: &str = "received=yes";

/// The receipt.
pub async fn page(visitor: Visitor, At((id, number)): At<(ClaimId, i64)>, query: Query) -> Answer {
    let Version { claim, case, sent, before, replaced_by } = read(&visitor, id, number).await?;
    let own = visitor.may(Action::ReadOwnClaim(claim.claimant_id)).is_ok();
    let mut tx = visitor.recoup().store.read().await?;
    let logged = events::of_claim(&mut tx, id)
        .await?
        .into_iter()
        .rfind(|event| event.details.contains(&sent.sha256))
        .map(|event| (event.seq, event.hash));
    let basis = letters::filing_basis(&mut tx, sent.version.id, &case).await?;
    let mails = if own { outbox::of_claim(&mut tx, id).await? } else { Vec::new() };
    drop(tx);
    let mails: Vec<String> = mails
        .into_iter()
        .filter(|(kind, .., at)| kind == "receipt" && *at == sent.frozen.received_at)
        .map(|(_, recipient, state, _)| mail(&recipient, &state))
        .collect();
    let counts = replaced_by.is_none() && claim.in_force_id == Some(sent.version.id) && claim.status == "submitted";
    let received = own && counts && query.0.get("received") == "yes";
    let received = received.then(|| format!("Your claim is received. Its number is {}.", sent.frozen.number));
    let for_whom = signed_for(&sent.frozen);
    let now = visitor.recoup().clock.now();
    let title = format!("Receipt for claim {}", sent.frozen.number);
    let heading = title.clone();
    Ok(visitor.page(
        Page::new(title, move || {
            let SentVersion { frozen, sha256, .. } = sent;
            let base = format!("/claims/{id}/versions/{number}");
            let rows = Row::of_frozen(&frozen);
            let answers: Vec<_> = [Step::Claimant, Step::Agreement, Step::Others].into_iter().map(|step| answered(&frozen, step)).collect();
            let changes = before.is_some().then(|| view! { <a href=format!("{base}/changes")>"What changed"</a> });
            let mails: Vec<_> = mails.into_iter().map(|words| view! { <p>{words}</p> }).collect();
            let next = own.then(|| view! { <h2>"What happens next"</h2>{mails}<p>{next(&case, (number, replaced_by), &claim, now)}</p> });
            view! {
                {parts::done(received)}
                <a class="back" href=if own { format!("/claims/{id}") } else { "/counsel".to_owned() }>{if own { "← The claim" } else { "← Counsel" }}</a>
                <h1>{heading}</h1>
                {replaced_by.map(|by| replaced(id, by))}
                <SummaryList rows=head(&frozen, &sha256, logged)/>
                <div class="actions"><a href=format!("{base}/receipt.pdf")>"This receipt as PDF"</a><a href=format!("{base}/lines.csv")>"Lines as CSV"</a><a href=format!("{base}/claim.json")>"Canonical text (JSON)"</a>{changes}</div>
                {next}
                <h2>"What is claimed"</h2>
                {parts::totals_table("Totals", &frozen.totals, frozen.currency, basis)}
                {line_table::tables(rows, frozen.currency, None)}
                <h2>"Documents"</h2>
                {documents(&frozen)}
                {answers}
                <h2>"Declaration"</h2>
                {declaration(&frozen)}
            }
        })
        .whom(for_whom),
    ))
}

/// Said above the receipt of a version that counts no more.
fn replaced(id: ClaimId, by: i64) -> impl IntoView {
    view! {
        <Notice kind=NoticeKind::Info title="This version was replaced">
            {format!("Version {by} took its place. ")}<a href=format!("/claims/{id}/versions/{by}")>{format!("Read the receipt of version {by}")}</a>"."
        </Notice>
    }
}

fn mail(recipient: &str, state: &str) -> String {
    match state {
        "sent" => format!("A mail with this receipt was sent to {recipient}."),
        "failed" => format!(
            "The mail with this receipt could not be delivered to {recipient}. This page is as good; print it or keep its address."
        ),
        _ => format!("A mail with this receipt is on its way to {recipient}."),
    }
}

fn row(question: &str, answer: impl Into<String>) -> SummaryRow {
    SummaryRow { question: question.to_owned(), answer: answer.into(), change: None }
}

fn head(frozen: &FrozenClaim, sha256: &str, logged: Option<(i64, String)>) -> Vec<SummaryRow> {
    let mut rows = vec![
        row("Claim number", frozen.number.clone()),
        row("Version", frozen.version.to_string()),
        row("Received", deadline::show(frozen.received_at, &frozen.time_zone)),
        row("Claimant", frozen.answers.get(Step::Claimant.key()).map_or("", |answers| answers.get("legal_name"))),
        row("Lines", frozen.lines.len().to_string()),
        row("Documents", frozen.documents.len().to_string()),
        row("SHA-256 of what was sent", sha256),
    ];
    rows.extend(logged.map(|(seq, hash)| row("Entry in the log of the case", format!("No. {seq}, {hash}"))));
    rows
}

fn next(case: &Case, (number, replaced_by): (i64, Option<i64>), claim: &Claim, now: claims::Instant) -> String {
    if claim.status == "withdrawn" {
        return "This claim was withdrawn since. It counts in no total.".to_owned();
    }
    let replaced = replaced_by.map_or_else(String::new, |by| format!(", which version {by} replaced"));
    format!(
        "Counsel of the case reviews the claims. If something is missing, you hear from them by mail. Keep the number {} for questions; this is version {number}{replaced}. {}",
        claim.number.as_deref().unwrap_or_default(),
        deadline::changes_in_words(case, now)
    )
}

fn documents(frozen: &FrozenClaim) -> AnyView {
    if frozen.documents.is_empty() {
        return view! { <p>"None. All lines rest on the declaration alone."</p> }.into_any();
    }
    // Where nothing is said of any, hashes have the room.
    let proves = frozen.documents.iter().any(|document| !document.proves.is_empty());
    let rows: Vec<_> = frozen
        .documents
        .iter()
        .map(|document| {
            let proves = proves.then(|| view! { <td>{document.proves.clone()}</td> });
            view! {
                <tr>
                    <th scope="row">{document.name.clone()}<br/><code>{document.sha256.clone()}</code></th>{proves}<td>{parts::file_type(&document.media_type).to_owned()}</td>
                    <td class="num">{document.pages}</td><td class="num">{file_size::show_stored(document.bytes)}</td>
                </tr>
            }
        })
        .collect();
    let proves = proves.then(|| view! { <th scope="col">"What it proves"</th> });
    view! {
        <Table caption="Documents" quiet=true>
            <thead><tr><th scope="col">"File and its SHA-256"</th>{proves}<th scope="col">"Type"</th><th scope="col" class="num">"Pages"</th><th scope="col" class="num">"Size"</th></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// The answers of a step as they were sent; what was left empty is left out.
fn answered(frozen: &FrozenClaim, step: Step) -> impl IntoView + use<> {
    let none = Answers::default();
    let answers = frozen.answers.get(step.key()).unwrap_or(&none);
    let rows: Vec<SummaryRow> = summary_rows(step.form().unwrap_or_default(), answers, None)
        .into_iter()
        .filter(|row| !row.answer.is_empty())
        .collect();
    view! { <h2>{step.title()}</h2><SummaryList rows/> }
}

fn declaration(frozen: &FrozenClaim) -> impl IntoView + use<> {
    let signed = &frozen.declaration;
    let capacity =
        CAPACITIES.iter().find(|(key, _)| *key == signed.capacity).map_or(signed.capacity.as_str(), |(_, words)| words);
    let mut rows = vec![row("Signed by", signed.name.clone())];
    rows.extend((!signed.title.is_empty()).then(|| row("Title", signed.title.clone())));
    rows.extend([
        row("In the capacity", capacity),
        row("Place", signed.place.clone()),
        row(
            "Day",
            format!("{}, in the time zone {}", claims::period::show_day(signed.date), zone_in_words(&frozen.time_zone)),
        ),
        row(
            "Text of the declaration",
            Declaration::parse(&signed.text).map_or_else(|| signed.text.clone(), |text| text.title().to_owned()),
        ),
        row("Sent from the network address", signed.client_address.clone()),
    ]);
    rows.extend(signed.late_reason.as_ref().map(|reason| row("Why the claim is late", reason.clone())));
    view! { <blockquote>{signed.words.clone()}</blockquote><SummaryList rows/> }
}
