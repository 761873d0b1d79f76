//! Discarding an amendment that was begun.

use claims::{ClaimId, actions::discard as action};
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
    Ok(visitor.page(
        Page::new("Discard this amendment", move || {
            view! {
                <h1>"Discard this amendment"</h1>
                <p class="lede">"What that means:"</p>
                <ul>
                    <li>"Everything you changed since you last signed is deleted: answers, lines and added documents. This cannot be undone."</li>
                    <li>"What you sent before stays exactly as it is. Nobody else saw the amendment."</li>
                    <li>"You can begin another one as long as the case takes claims."</li>
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
    action::discard(visitor.recoup(), visitor.actor()?, id).await?;
    visitor.notice("The amendment is discarded. What you sent before is unchanged.").await;
    Ok(see_other(&format!("/claims/{id}")))
}
