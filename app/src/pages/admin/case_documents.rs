//! The documents that a case shows to the public.

use axum::extract::Path;
use claims::{
    CaseDocumentId,
    access::{Action, Refusal},
    actions::cases,
    intake::FieldError,
    store::{self, cases::CaseDocument},
};
use leptos::prelude::*;

use super::case;
use crate::{
    components::Table,
    islands::Upload,
    pages::public::words::kind_and_size,
    request::{Answer, Visitor, see_other},
    shell::Page,
};

/// The control of the files.
pub(super) const FILES: &str = "files";

/// The part of the page of a case, with what was wrong with the files. The upload is taken by the server.
pub(super) fn view(
    slug: &str,
    documents: Vec<CaseDocument>,
    hint: String,
    wrong: Option<FieldError>,
) -> impl IntoView + use<> {
    let described = if wrong.is_some() { "hint-files error-files" } else { "hint-files" };
    let invalid = wrong.is_some().then_some("true");
    let class = if wrong.is_some() { "field long wrong" } else { "field long" };
    let error = wrong.map(|error| {
        view! { <p class="error" id="error-files"><span class="hidden">"Error: "</span>{error.message}</p> }
    });
    view! {
        {list(slug, documents)}
        <form method="post" action=format!("/admin/cases/{slug}/documents") enctype="multipart/form-data" novalidate>
            <div class=class>
                <label for="field-files">"Add documents"</label>
                <p class="hint" id="hint-files">{hint}</p>
                <div class="control"><input type="file" id="field-files" name=FILES multiple aria-describedby=described aria-invalid=invalid/></div>
                {error}
            </div>
            <Upload/>
            <button type="submit" class="secondary">"Send the documents"</button>
        </form>
    }
}

fn list(slug: &str, documents: Vec<CaseDocument>) -> AnyView {
    if documents.is_empty() {
        return view! { <p class="empty">"No documents yet. Add the complaint, orders, or a guide for claimants."</p> }
            .into_any();
    }
    let rows: Vec<_> = documents
        .into_iter()
        .map(|document| {
            let href = format!("/cases/{slug}/documents/{}", document.id);
            let action = format!("/admin/cases/{slug}/documents/{}/remove", document.id);
            view! {
                <tr>
                    <th scope="row"><a href=href>{document.name.clone()}</a></th>
                    <td>{kind_and_size(&document.media_type, document.bytes)}</td>
                    <td class="row-actions">
                        <a href=action>"Remove"<span class="hidden">" "{document.name}</span></a>
                    </td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="Public documents of the case" quiet=true>
            <thead><tr><th scope="col">"Name"</th><th scope="col">"Kind"</th><th scope="col"><span class="hidden">"What can be done"</span></th></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// `GET /admin/cases/{slug}/documents/{id}/remove`: says what it means, and asks.
pub async fn ask_to_remove(visitor: Visitor, Path((slug, id)): Path<(String, String)>) -> Answer {
    visitor.may(Action::ManageCases)?;
    let row = case::find(&visitor, &slug).await?;
    let id = id.parse().map(CaseDocumentId).map_err(|_| Refusal::NotFound)?;
    let mut tx = visitor.recoup().store.read().await?;
    let shown = store::cases::documents(&mut tx, row.id).await?.into_iter().find(|document| document.id == id);
    drop(tx);
    let back = format!("/admin/cases/{slug}#documents");
    let Some(document) = shown else {
        visitor.notice("The document is no longer shown to the public.").await;
        return Ok(see_other(&back));
    };
    Ok(visitor.page(Page::new("Remove a public document", move || {
        view! {
            <h1>"Remove this document?"</h1>
            <p class="lede">{document.name}</p>
            <p>"It is no longer on the public page of the case, and links to it lead nowhere. It cannot be undone here: to show it again, you add the file again."</p>
            <form method="post">
                <div class="actions"><button type="submit" class="danger">"Remove the document"</button><a href=back>"Keep it"</a></div>
            </form>
        }
    })))
}

/// `POST /admin/cases/{slug}/documents/{id}/remove`: a second click finds nothing to take off and says the same.
pub async fn remove(visitor: Visitor, Path((slug, id)): Path<(String, String)>) -> Answer {
    let actor = visitor.may(Action::ManageCases)?;
    let row = case::find(&visitor, &slug).await?;
    let id = id.parse().map(CaseDocumentId).map_err(|_| Refusal::NotFound)?;
    cases::remove_document(visitor.recoup(), actor, row.id, id).await?;
    visitor.notice("The document is no longer shown to the public.").await;
    Ok(see_other(&format!("/admin/cases/{slug}#documents")))
}
