//! The page of a claim: the task list while it was never sent, else what was sent and what became of it.

use claims::{ClaimId, access::Action, actions::claim_view, status::ClaimStatus};

use super::{At, sent, tasks};
use crate::request::{Answer, Visitor};

/// Whichever of the two fits.
pub async fn page(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let claim = claim_view::own_claim(&mut tx, visitor.actor()?, id, Action::ReadOwnClaim).await?;
    if claim.in_force_id.is_none() && claim.status == ClaimStatus::Draft.key() {
        drop(tx);
        tasks::shown(&visitor, id).await
    } else {
        sent::shown(&visitor, tx, claim).await
    }
}
