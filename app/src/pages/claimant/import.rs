//! Where the import of a statement begins: what can be read, the file, templates, and what was imported before.

use claims::{
    ClaimId, deadline, file_size,
    line::Category,
    period::show_day,
    statements::{limits, template},
    store::statements::{self as stored, Import},
};
use leptos::prelude::*;

use axum::http::{HeaderValue, header};

use super::{At, open, parts, tasks_path, whom};
use crate::{
    components::{ErrorSummary, Table},
    request::{Answer, Visitor},
    shell::Page,
};

/// The page.
pub async fn page(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    let draft = open(&visitor, id).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let imports = stored::of_claim(&mut tx, id).await?;
    let counting = stored::counting(&mut tx, id, draft.version.id).await?;
    drop(tx);
    let errors = visitor.take_errors().await;
    let notice = visitor.take_notice().await;
    let for_whom = whom(&draft.claim, &draft.case);
    let wrong = !errors.is_empty();
    let most = visitor.recoup().limits.document_bytes.min(limits::LARGEST_FILE);
    let page = Page::new("Import a statement", move || {
        let message = errors.first().map(|error| error.message.clone());
        let described = if message.is_some() { "hint-file error-file" } else { "hint-file" };
        let invalid = message.is_some().then_some("true");
        let class = if message.is_some() { "field long wrong" } else { "field long" };
        let message = message
            .map(|words| view! { <p class="error" id="error-file"><span class="hidden">"Error: "</span>{words}</p> });
        let templates: Vec<_> = [Category::UnpaidSales, Category::DigitalRoyalties, Category::HeldInventory]
            .into_iter()
            .filter(|category| draft.case.settings.categories.contains(category))
            .map(|category| view! { <li><a href=format!("/claims/{id}/import/templates/{}", category.key())>{category.title()}</a></li> })
            .collect();
        let templates = (!templates.is_empty()).then(|| {
            view! {
                <h2>"No file?"</h2>
                <p>"Fill in one of these templates. Its examples show how; they are left out when you import it."</p>
                <ul>{templates}</ul>
            }
        });
        let zone = draft.case.settings.time_zone.clone();
        let counts = |import: &Import| counting.iter().any(|counting| counting.id == import.id);
        let rows: Vec<_> = imports.iter().map(|import| row(id, import, counts(import), &zone)).collect();
        let earlier = (!rows.is_empty()).then(|| view! {
            <h2>"Statements of this claim"</h2>
            <Table caption="Statements of this claim" quiet=true>
                <thead><tr><th scope="col">"File"</th><th scope="col">"Uploaded"</th><th scope="col" class="num">"Rows"</th><th scope="col" class="num">"Lines"</th><th scope="col">"State"</th></tr></thead>
                <tbody>{rows}</tbody>
            </Table>
        });
        view! {
            <ErrorSummary errors/>
            {parts::done(notice)}
            <a class="back" href=tasks_path(&draft.claim)>"← All tasks"</a>
            <h1>"Import a statement"</h1>
            <p class="lede">"Send the file that your distributor or service sent you, as it is. You see what was understood of it, and every problem in it, before anything becomes part of your claim."</p>
            <form method="post" enctype="multipart/form-data" novalidate>
                <div class=class>
                    <label for="field-file">"The statement"</label>
                    <p class="hint" id="hint-file">{format!("CSV, TSV or text with any separator, XLSX or ODS; at most {}. Nobody but you sees it until you sign and send the claim.", file_size::show(most))}</p>
                    <div class="control"><input type="file" id="field-file" name="file" aria-describedby=described aria-invalid=invalid/></div>
                    {message}
                </div>
                <div class="actions"><button type="submit">"Read the file"</button></div>
            </form>
            {earlier}
            <h2>"What can be read"</h2>
            <p>"Reports of The Orchard, iTunes, Amazon and Bandcamp, and distributors’ statements and inventory reports, are recognised. For any other table you say once what its columns mean."</p>
            {templates}
        }
    });
    Ok(visitor.page(page.error(wrong).whom(for_whom)))
}

fn row(claim: ClaimId, import: &Import, counts: bool, zone: &str) -> impl IntoView + use<> {
    let reading = import.reading.as_ref();
    let state = match import.state.as_str() {
        "done" if counts => "Imported",
        "done" => "Imported, no line of it is left",
        "replaced" => "Replaced by another file",
        _ if !import.refused.is_empty() => "Cannot be read",
        _ => "Being looked at",
    };
    let sheet = (import.sheets().len() > 1).then(|| format!(", sheet “{}”", import.sheet()));
    let number = |number: u64| claims::money::grouped_units(i64::try_from(number).unwrap_or(i64::MAX));
    view! {
        <tr>
            <th scope="row"><a href=format!("/claims/{claim}/import/{}", import.id)>{import.name.clone()}</a>{sheet}</th>
            <td>{show_day(deadline::day_in(import.started_at, zone))}</td>
            <td class="num">{reading.map(|reading| number(reading.data_rows))}</td>
            <td class="num">{reading.map(|reading| number(reading.lines))}</td>
            <td>{state}</td>
        </tr>
    }
}

/// One of our templates, of a category that the case takes.
pub async fn template(visitor: Visitor, At((id, category)): At<(ClaimId, Category)>) -> Answer {
    let draft = open(&visitor, id).await?;
    let (name, text) = template::of(category)
        .filter(|_| draft.case.settings.categories.contains(&category))
        .ok_or(claims::access::Refusal::NotFound)?;
    let mut answer = axum::response::IntoResponse::into_response(text);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(answer)
}
