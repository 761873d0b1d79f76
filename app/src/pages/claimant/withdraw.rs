//! Withdrawing a claim.

use claims::{
    ClaimId, Instant,
    access::Action,
    actions::{Failure, claim_view, withdraw as action},
    case::{Case, Intake},
    intake::{Field, FieldError, Kind},
    status::ClaimStatus,
    store::claims::Claim,
};
use leptos::prelude::*;

use super::{At, whom};
use crate::{
    components::{ErrorSummary, FormField},
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

const REASON: Field = Field::required("reason", "Why do you withdraw the claim?", Kind::LongText(2_000))
    .hint("A few words. Counsel of the case reads them.");

async fn read(visitor: &Visitor, id: ClaimId) -> Result<(Claim, Case), Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let claim = claim_view::own_claim(&mut tx, visitor.actor()?, id, Action::ChangeClaim).await?;
    let case = claim_view::case_of(&mut tx, &claim).await?;
    Ok((claim, case))
}

/// Says what withdrawing means, and asks for the reason if counsel have the claim.
pub async fn page(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    let (claim, case) = read(&visitor, id).await?;
    if claim.status == ClaimStatus::Withdrawn.key() {
        return Ok(see_other(&format!("/claims/{id}")));
    }
    let now = visitor.recoup().clock.now();
    Ok(visitor.page(form(&claim, &case, now, Typed::default())))
}

/// Withdraws the claim; once more changes nothing.
pub async fn withdraw(visitor: Visitor, At(id): At<ClaimId>, sent: Sent) -> Answer {
    match action::withdraw(visitor.recoup(), visitor.actor()?, id, sent.get("reason")).await {
        Ok(()) => {
            visitor.notice("The claim is withdrawn.").await;
            Ok(see_other(&format!("/claims/{id}")))
        }
        Err(Failure::Invalid(errors)) => {
            let (claim, case) = read(&visitor, id).await?;
            let now = visitor.recoup().clock.now();
            Ok(visitor.again(form(&claim, &case, now, Typed { reason: sent.get("reason").to_owned(), errors })))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    reason: String,
    errors: Vec<FieldError>,
}

fn form(claim: &Claim, case: &Case, now: Instant, typed: Typed) -> Page {
    let Typed { reason, errors } = typed;
    let id = claim.id;
    let sent = claim.in_force_id.is_some();
    let again = match (case.intake(now), sent) {
        (Intake::Closed, _) => "The case takes no more claims, so you cannot take it up again: this is final.",
        (_, true) => "As long as the case takes claims you can take it up again: you sign it anew then.",
        (_, false) => "As long as the case takes claims you can take it up again.",
    };
    let meaning: Vec<&'static str> = if sent {
        vec![
            "The claim no longer counts in any total: you ask for nothing through it any more.",
            "What was sent stays readable for you and for counsel, with your reason; nothing is deleted.",
            "You get a mail that says so.",
            again,
        ]
    } else {
        vec!["Nothing of this draft was sent, and nobody but you has seen it.", "It is set aside, not deleted.", again]
    };
    let title = if sent { "Withdraw this claim" } else { "Withdraw this draft" };
    Page::new(title, move || {
        let meaning: Vec<_> = meaning.iter().map(|words| view! { <li>{*words}</li> }).collect();
        // Whoever sent nothing owes nobody a reason.
        let error = errors.iter().find(|error| error.field == REASON.name).map(|error| error.message.clone());
        let reason = sent.then(|| view! { <FormField field=REASON answer=reason error/> });
        view! {
            <ErrorSummary errors/>
            <h1>{title}</h1>
            <p class="lede">"What that means:"</p>
            <ul>{meaning}</ul>
            <form method="post" novalidate>
                {reason}
                <div class="actions"><button type="submit" class="danger">"Withdraw"</button><a href=format!("/claims/{id}")>"Keep it"</a></div>
            </form>
        }
    })
    .whom(whom(claim, case))
}
