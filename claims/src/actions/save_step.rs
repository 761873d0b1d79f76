//! Saving the answers of a step, right or wrong: what was typed is kept, and the page shows what would be right.

use super::{
    Failure, Recoup,
    claim_view::{not_set_aside, own_claim},
    seen,
};
use crate::{
    ClaimId, Instant, VersionId,
    access::{Action, Actor},
    intake::{Answers, steps::Step},
    store::{
        Tx,
        claims::{self, Claim},
    },
};

/// Opens the draft of a claim for writing: authorised, locked, its signature voided.
pub(super) async fn open(tx: &mut Tx, actor: &Actor, id: ClaimId, now: Instant) -> Result<(Claim, VersionId), Failure> {
    let claim = own_claim(tx, actor, id, Action::ChangeClaim).await?;
    claims::lock(tx, id).await?;
    let claim = claims::by_id(tx, claim.id).await?.unwrap_or(claim);
    not_set_aside(&claim)?;
    let draft = claim.draft_id.ok_or_else(|| Failure::said("This claim was sent meanwhile, perhaps from another tab. To change it, choose “Amend this claim” on its page."))?;
    // Any edit voids what was typed on the signature page.
    claims::save_answers(tx, draft, Step::Sign.key(), &Answers::default(), now).await?;
    claims::edited(tx, draft).await?;
    Ok((claim, draft))
}

/// Saves the answers of a step that is one form. `true` if they are right.
///
/// # Errors
/// Only if nothing could be saved, also because the step was changed since the form was opened, see [`seen`]; wrong answers are
/// saved too.
pub async fn save(recoup: &Recoup, actor: &Actor, id: ClaimId, step: Step, answers: &Answers) -> Result<bool, Failure> {
    let form = step.form().ok_or_else(|| Failure::Internal(format!("the step {} is not a form", step.key())))?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let (claim, draft) = open(&mut tx, actor, id, now).await?;
    let stored = claims::answers(&mut tx, draft).await?.remove(step.key()).unwrap_or_default();
    seen::check(form, answers, &stored)?;
    let answers = answers.only(form);
    claims::save_answers(&mut tx, draft, step.key(), &answers, now).await?;
    let right = step.errors(&answers).is_empty();
    if step == Step::Claimant && right {
        claims::rename_claimant(&mut tx, claim.claimant_id, answers.get("kind"), answers.get("legal_name")).await?;
    }
    tx.commit().await?;
    Ok(right)
}
