//! Amending a sent claim, and taking a withdrawn one up again.

use claims::{ClaimId, actions::amend as action};

use super::{At, open, tasks_path};
use crate::request::{Answer, Visitor, see_other};

/// Opens a draft of the next version, or the one that is open already.
pub async fn amend(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    action::amend(visitor.recoup(), visitor.actor()?, id).await?;
    let draft = open(&visitor, id).await?;
    Ok(see_other(&tasks_path(&draft.claim)))
}
