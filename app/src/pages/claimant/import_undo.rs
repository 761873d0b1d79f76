//! Taking the lines of an import out of the draft again.

use claims::{
    ClaimId, ImportId,
    actions::{imports, undo_import},
    store::statements::{self as stored, Import},
};
use leptos::prelude::*;

use super::{At, open, parts, whom};
use crate::{
    components::{Notice, NoticeKind},
    request::{Answer, Halt, Visitor, see_other},
    shell::Page,
};

/// What can be done with an import that is done: remove what is left of its lines, or read its file again if nothing is.
pub(super) fn section(base: &str, import: &Import, left: i64) -> impl IntoView + use<> {
    if left > 0 {
        return view! { <p><a class="button danger" href=format!("{base}/remove")>"Remove the lines of this import"</a></p> }
            .into_any();
    }
    once_more(base, import).into_any()
}

/// Reads the file of an import again that has no lines in the draft: they were removed, or those of another file replaced them.
pub(super) fn once_more(base: &str, import: &Import) -> impl IntoView + use<> {
    view! {
        <form method="post" action=base.to_owned() novalidate>
            <input type="hidden" name="part" value="sheet"/>
            <input type="hidden" name="sheet" value=import.sheet().to_owned()/>
            <div class="actions"><button type="submit" class="secondary">"Read this file once more"</button></div>
        </form>
    }
}

/// The import whose lines this one took the place of.
async fn replaced_by(visitor: &Visitor, import: &Import) -> Result<Option<Import>, Halt> {
    let Some(replaced) = import.replaces else { return Ok(None) };
    let mut tx = visitor.recoup().store.read().await?;
    Ok(stored::find(&mut tx, replaced).await?.filter(|replaced| replaced.state == "replaced"))
}

/// Says what goes, and asks.
pub async fn page(visitor: Visitor, At((id, import)): At<(ClaimId, ImportId)>) -> Answer {
    let (import, ..) = imports::open(visitor.recoup(), visitor.actor()?, id, import).await?;
    let draft = open(&visitor, id).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let left = stored::lines_left(&mut tx, import.id, draft.version.id).await?;
    drop(tx);
    let replaced = replaced_by(&visitor, &import).await?;
    let for_whom = whom(&draft.claim, &draft.case);
    Ok(visitor.page(
        Page::new("Remove the lines of an import", move || {
            let back = format!("/claims/{id}/import/{}", import.id);
            let replaced = replaced.map(|replaced| {
                let path = format!("/claims/{id}/import/{}", replaced.id);
                view! {
                    <Notice kind=NoticeKind::Warning>
                        {format!("These lines took the place of those of “{}”, which do not come back by themselves: afterwards neither file has lines in this claim. To have the earlier ones again, open ", replaced.name)}<a href=path>{replaced.name}</a>" and choose “Read this file once more”."
                    </Notice>
                }
            });
            let body = if left == 0 {
                view! { <p>"No line of it is in this draft."</p><p><a href=back>"Back"</a></p> }.into_any()
            } else {
                view! {
                    <p>{format!("{} out of this draft, also where you changed them since, with what they cite.", parts::count(left, "line is taken", "lines are taken"))}" The file stays among your documents; remove it there if the claim is not to show it. Versions that were sent keep the lines."</p>
                    {replaced}
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

/// Removes them; once more changes nothing. Leads to the import that they had replaced, if there is one: its file can be read again there.
pub async fn remove(visitor: Visitor, At((id, import)): At<(ClaimId, ImportId)>) -> Answer {
    let lines = undo_import::undo(visitor.recoup(), visitor.actor()?, id, import).await?;
    let (undone, ..) = imports::open(visitor.recoup(), visitor.actor()?, id, import).await?;
    let mut at = import;
    let words = match lines {
        0 => "No line of it was left.".to_owned(),
        lines => {
            let removed = format!("{} removed.", parts::count(lines, "line was", "lines were"));
            match replaced_by(&visitor, &undone).await? {
                None => removed,
                Some(replaced) => {
                    at = replaced.id;
                    format!(
                        "{removed} Those of “{}”, which they had replaced, are not back: read this file once more if they are to be claimed.",
                        replaced.name
                    )
                }
            }
        }
    };
    visitor.notice(words).await;
    Ok(see_other(&format!("/claims/{id}/import/{at}")))
}
