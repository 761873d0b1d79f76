//! What is done with a document of a draft: say what it proves, cite it with lines, remove it.

use claims::{
    ClaimId, DocumentId,
    access::Refusal,
    actions::{
        Failure, documents,
        edit_lines::{self, CitedBy},
    },
};
use leptos::prelude::*;

use super::{
    At,
    documents::{Typed, shown},
    open, parts, whom,
};
use crate::{
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// Says what a document proves.
pub async fn describe(visitor: Visitor, At((id, document)): At<(ClaimId, DocumentId)>, sent: Sent) -> Answer {
    documents::describe(visitor.recoup(), visitor.actor()?, id, document, sent.get("proves")).await?;
    visitor.notice("What the document proves is saved.").await;
    Ok(see_other(&format!("/claims/{id}/documents")))
}

/// Cites a document with several lines at once.
pub async fn cite(visitor: Visitor, At((id, document)): At<(ClaimId, DocumentId)>, sent: Sent) -> Answer {
    match edit_lines::cite_many(visitor.recoup(), visitor.actor()?, id, document, sent.get("lines"), sent.get("place"))
        .await
    {
        Ok(CitedBy { lines, skipped }) => {
            let cite = if lines == 1 { "line cites" } else { "lines cite" };
            visitor.notice(format!("{lines} {cite} the document.{}", without_a_line(&skipped))).await;
            Ok(see_other(&format!("/claims/{id}/documents")))
        }
        Err(Failure::Invalid(errors)) => {
            let page = shown(&visitor, id, Some(Typed { document, answers: sent.0, errors })).await?;
            Ok(visitor.again(page))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Gaps that are named; more are counted.
const GAPS_NAMED: usize = 12;

/// Said of the numbers in a range that no line has.
fn without_a_line(skipped: &[(i64, i64)]) -> String {
    if skipped.is_empty() {
        return String::new();
    }
    let named = skipped.iter().take(GAPS_NAMED);
    let mut gaps: Vec<String> =
        named.map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") }).collect();
    if skipped.len() > GAPS_NAMED {
        gaps.push("and more".to_owned());
    }
    format!(" Skipped, because no line has these numbers: {}.", gaps.join(", "))
}

/// Asks before a document is removed.
pub async fn ask_to_remove(visitor: Visitor, At((id, document)): At<(ClaimId, DocumentId)>) -> Answer {
    let draft = open(&visitor, id).await?;
    let found = draft.documents.iter().find(|known| known.id == document).cloned().ok_or(Refusal::NotFound)?;
    let mut tx = visitor.recoup().store.read().await?;
    let citing = claims::store::lines::citing(&mut tx, draft.version.id)
        .await?
        .into_iter()
        .filter(|(cited, ..)| *cited == document)
        .count();
    drop(tx);
    Ok(visitor.page(
        Page::new("Remove a document", move || {
            let lines = parts::count(i64::try_from(citing).unwrap_or(i64::MAX), "citation goes", "citations go");
            view! {
                <h1>"Remove this document?"</h1>
                <p class="lede">{found.name}</p>
                <p>{if citing == 0 { "No line cites it.".to_owned() } else { format!("{lines} with it; a line that cites nothing else is sworn only.") }}" Versions that were sent keep the document."</p>
                <form method="post">
                    <div class="actions"><button type="submit" class="danger">"Remove the document"</button><a href=format!("/claims/{id}/documents")>"Keep it"</a></div>
                </form>
            }
        })
        .whom(whom(&draft.claim, &draft.case)),
    ))
}

/// Removes a document from the draft.
pub async fn remove(visitor: Visitor, At((id, document)): At<(ClaimId, DocumentId)>) -> Answer {
    documents::remove(visitor.recoup(), visitor.actor()?, id, document).await?;
    visitor.notice("The document is removed from this draft.").await;
    Ok(see_other(&format!("/claims/{id}/documents")))
}
