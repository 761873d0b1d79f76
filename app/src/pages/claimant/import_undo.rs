//! Taking the lines of an import out of the draft again.

use claims::{
    ClaimId, ImportId,
    actions::{imports, undo_import},
    store::statements::{self as stored, Import},
};
use leptos::prelude::*;

use super::{At, open, parts, whom};
use crate::{
    request::{Answer, Visitor, see_other},
    shell::Page,
};

/// What can be done with an import that is done: remove what is left of its lines, or read its file again if nothing is.
pub(super) fn section(base: &str, import: &Import, left: i64) -> impl IntoView + use<> {
    if left > 0 {
        return view! { <p><a class="button danger" href=format!("{base}/remove")>"Remove the lines of this import"</a></p> }
            .into_any();
    }
    view! {
        <form method="post" action=base.to_owned() novalidate>
            <input type="hidden" name="part" value="sheet"/>
            <input type="hidden" name="sheet" value=import.sheet().to_owned()/>
            <div class="actions"><button type="submit" class="secondary">"Read this file once more"</button></div>
        </form>
    }
    .into_any()
}

/// Says what goes, and asks.
pub async fn page(visitor: Visitor, At((id, import)): At<(ClaimId, ImportId)>) -> Answer {
    let (import, ..) = imports::open(visitor.recoup(), visitor.actor()?, id, import).await?;
    let draft = open(&visitor, id).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let left = stored::lines_left(&mut tx, import.id, draft.version.id).await?;
    drop(tx);
    let for_whom = whom(&draft.claim, &draft.case);
    Ok(visitor.page(
        Page::new("Remove the lines of an import", move || {
            let back = format!("/claims/{id}/import/{}", import.id);
            let body = if left == 0 {
                view! { <p>"No line of it is in this draft."</p><p><a href=back>"Back"</a></p> }.into_any()
            } else {
                view! {
                    <p>{format!("{} out of this draft, also where you changed them since, with what they cite.", parts::count(left, "line is taken", "lines are taken"))}" The file stays among your documents; remove it there if the claim is not to show it. Versions that were sent keep the lines."</p>
                    <p>"Afterwards the same file can be imported again."</p>
                    <form method="post">
                        <div class="actions"><button type="submit" class="danger">"Remove these lines"</button><a href=back>"Keep them"</a></div>
                    </form>
                }
                .into_any()
            };
            view! {
                <h1>"Remove the lines of this import?"</h1>
                <p class="lede">{import.name.clone()}</p>
                {body}
            }
        })
        .whom(for_whom),
    ))
}

/// Removes them; once more changes nothing.
pub async fn remove(visitor: Visitor, At((id, import)): At<(ClaimId, ImportId)>) -> Answer {
    let lines = undo_import::undo(visitor.recoup(), visitor.actor()?, id, import).await?;
    let words = match lines {
        0 => "No line of it was left.".to_owned(),
        lines => format!("{} removed.", parts::count(lines, "line was", "lines were")),
    };
    visitor.notice(words).await;
    Ok(see_other(&format!("/claims/{id}/import/{import}")))
}
