//! Discarding an amendment that was begun.

use claims::{
    ClaimId,
    access::Action,
    actions::{claim_view, discard as action},
    status::ClaimStatus,
};
use leptos::prelude::*;

use super::{At, open, whom};
use crate::{
    request::{Answer, Visitor, see_other},
    shell::Page,
};

/// Says what is lost, and asks.
pub async fn page(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    let draft = open(&visitor, id).await?;
    if draft.claim.in_force_id.is_none() {
        return Ok(see_other(&format!("/claims/{id}/withdraw")));
    }
    let for_whom = whom(&draft.claim, &draft.case);
    let withdrawn = draft.claim.status == ClaimStatus::Withdrawn.key();
    Ok(visitor.page(
        Page::new("Discard this amendment", move || {
            let (stays, again) = if withdrawn {
                (
                    "The claim stays withdrawn, as it is now. What you sent before stays readable. Nobody else saw the amendment.",
                    "You can take the claim up again as long as the case takes claims.",
                )
            } else {
                (
                    "What you sent before stays exactly as it is. Nobody else saw the amendment.",
                    "You can begin another one as long as the case takes claims.",
                )
            };
            view! {
                <h1>"Discard this amendment"</h1>
                <p class="lede">"What that means:"</p>
                <ul>
                    <li>"Everything you changed since you last signed is deleted: answers, lines and added documents. This cannot be undone."</li>
                    <li>{stays}</li>
                    <li>{again}</li>
                </ul>
                <form method="post">
                    <div class="actions"><button type="submit" class="danger">"Discard the amendment"</button><a href=format!("/claims/{id}/tasks")>"Keep it"</a></div>
                </form>
            }
        })
        .whom(for_whom),
    ))
}

/// Discards it; once more changes nothing.
pub async fn discard(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let claim = claim_view::own_claim(&mut tx, visitor.actor()?, id, Action::ChangeClaim).await?;
    drop(tx);
    action::discard(visitor.recoup(), visitor.actor()?, id).await?;
    let left = if claim.status == ClaimStatus::Withdrawn.key() {
        "The claim stays withdrawn."
    } else {
        "What you sent before is unchanged."
    };
    visitor.notice(format!("The amendment is discarded. {left}")).await;
    Ok(see_other(&format!("/claims/{id}")))
}
