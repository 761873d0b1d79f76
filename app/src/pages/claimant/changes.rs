//! What changed from one sent version to the next.

use claims::{ClaimId, deadline, frozen::changes};
use leptos::prelude::*;

use super::{
    At,
    receipt::{Version, read, signed_for},
};
use crate::{
    request::{Answer, Visitor},
    shell::Page,
};

/// The list of changes.
pub async fn page(visitor: Visitor, At((id, number)): At<(ClaimId, i64)>) -> Answer {
    let Version { sent, before, .. } = read(&visitor, id, number).await?;
    let for_whom = signed_for(&sent.frozen);
    Ok(visitor.page(
        Page::new(format!("What changed in version {number}"), move || {
            let zone = sent.frozen.time_zone.clone();
            let body = match before {
                None => view! { <p>"This is the first version that was sent: there is nothing to compare it with."</p> }.into_any(),
                Some(before) => {
                    let (earlier, at) = (before.frozen.version, deadline::show(before.frozen.received_at, &zone));
                    let items: Vec<_> = changes(&before.frozen, &sent.frozen).into_iter().map(|change| view! { <li>{change}</li> }).collect();
                    let list = if items.is_empty() {
                        view! { <p>"Nothing but the signature: answers, lines and documents are the same."</p> }.into_any()
                    } else {
                        view! { <ul>{items}</ul> }.into_any()
                    };
                    view! { <p>"Compared with "<a href=format!("/claims/{id}/versions/{earlier}")>{format!("version {earlier}")}</a>{format!(", received {at}.")}</p>{list} }.into_any()
                }
            };
            view! {
                <a class="back" href=format!("/claims/{id}/versions/{number}")>{format!("← Receipt of version {number}")}</a>
                <h1>{format!("What changed in version {number}")}</h1>
                <p>{format!("Claim {}, received {}.", sent.frozen.number, deadline::show(sent.frozen.received_at, &zone))}</p>
                {body}
            }
        })
        .whom(for_whom),
    ))
}
