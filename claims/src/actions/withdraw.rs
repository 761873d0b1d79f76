//! Withdrawing a claim, with a reason.

use minijinja::context;

use super::{Failure, Recoup, claim_view, match_case, notices};
use crate::{
    ClaimId,
    access::{Action, Actor, Refusal},
    deadline,
    intake::form::clean,
    notices::What,
    status::{ClaimStatus, Step},
    store::{claims, events, matching, outbox, totals as kept_totals},
    totals,
};

/// Withdraws a claim. Withdrawing it again changes nothing.
///
/// # Errors
/// Without a reason, if it was ever sent: nobody but the claimant knows of a draft, and nobody would read why it was given up.
pub async fn withdraw(recoup: &Recoup, actor: &Actor, id: ClaimId, reason: &str) -> Result<(), Failure> {
    let reason = clean(reason.trim(), 2_000);
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    claim_view::own_claim(&mut tx, actor, id, Action::ChangeClaim).await?;
    claims::lock(&mut tx, id).await?;
    let claim = claims::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    let status = ClaimStatus::parse(&claim.status)
        .ok_or_else(|| Failure::Internal(format!("unknown status {}", claim.status)))?;
    if status == ClaimStatus::Withdrawn {
        return Ok(());
    }
    if reason.is_empty() && claim.in_force_id.is_some() {
        return Err(Failure::field("reason", "Say why, in a few words: it is shown to counsel."));
    }
    status.after(Step::Withdraw).ok_or_else(|| Failure::said("This claim cannot be withdrawn now."))?;
    claims::withdraw(&mut tx, id, &reason, now).await?;
    if let Some(draft) = claim.draft_id {
        // Signing an amendment takes the claim up again: a page that was opened before did not say so.
        claims::edited(&mut tx, draft).await?;
    }
    matching::lock(&mut tx, claim.case_id).await?;
    let details = serde_json::json!({ "reason": reason.as_str() });
    events::add(
        &mut tx,
        &events::NewEvent {
            case_id: claim.case_id,
            claim_id: Some(id),
            account: Some(actor.account),
            kind: "claim_withdrawn",
            details,
        },
        now,
    )
    .await?;
    match_case::changed(&mut tx, &claim, None).await?;
    if let Some(number) = &claim.number {
        let case = claim_view::case_of(&mut tx, &claim).await?;
        for person in claims::people_of(&mut tx, claim.claimant_id).await? {
            let values = context! {
                name => person.name, number, claimant => claim.claimant.as_str(), case => case.settings.title.as_str(),
                at => deadline::show(now, &case.settings.time_zone), link => recoup.url(&format!("/claims/{id}")),
            };
            let about = (Some(claim.case_id), Some(id));
            let mail = recoup.mails.write("claim_withdrawn", &person.email, values, about)?.of(person.account);
            outbox::add(&mut tx, &mail, now).await?;
        }
        if let Some(in_force) = claim.in_force_id {
            let version = claims::version(&mut tx, in_force).await?.ok_or(Refusal::NotFound)?.version;
            let sums = kept_totals::of_version(&mut tx, in_force).await?;
            let amount = totals::counted(&sums, case.settings.filing_basis).amount;
            let (number, claimant) = (number.clone(), claim.claimant.clone());
            let what = What::ClaimWithdrawn { number, version, claimant, amount, reason };
            notices::raise(recoup, &mut tx, claim.case_id, vec![what], now).await?;
        }
    }
    Ok(tx.commit().await?)
}
