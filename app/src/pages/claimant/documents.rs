//! The documents of a draft: adding them, what each proves, and which lines cite it.

use std::collections::{BTreeMap, BTreeSet};

use claims::{
    ClaimId, DocumentId, deadline, file_size,
    intake::{Answers, FieldError},
    period::show_day,
    place::in_short,
    store::{
        documents::{self as stored, Document},
        lines, totals as kept_totals,
    },
};
use leptos::prelude::*;

use super::{At, open, parts, tasks, tasks_path, whom};
use crate::{
    components::{ErrorSummary, Notice, NoticeKind},
    islands::Upload,
    request::{Answer, Halt, Visitor},
    shell::Page,
};

/// What was typed into the form of one document and is wrong.
pub(super) struct Typed {
    /// Which document.
    pub document: DocumentId,
    /// What was typed.
    pub answers: Answers,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

/// The list.
pub async fn page(visitor: Visitor, At(id): At<ClaimId>) -> Answer {
    let page = shown(&visitor, id, None).await?;
    Ok(visitor.page(page))
}

/// The list, with a form that was wrong.
pub(super) async fn shown(visitor: &Visitor, id: ClaimId, typed: Option<Typed>) -> Result<Page, Halt> {
    let draft = open(visitor, id).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let used = stored::bytes_of_claim(&mut tx, id).await?;
    let totals = kept_totals::so_far(&mut tx, draft.version.id).await?;
    let mut citing: BTreeMap<DocumentId, Vec<(i64, String)>> = BTreeMap::new();
    for (document, line, place) in lines::citing(&mut tx, draft.version.id).await? {
        citing.entry(document).or_default().push((line, place));
    }
    drop(tx);
    let limits = visitor.recoup().limits;
    let left = limits.claim_bytes.saturating_sub(u64::try_from(used).unwrap_or(0));
    let hint = format!(
        "{}. Each file at most {}, all of this claim together at most {} ({} left). ZIP files are not taken: add what is in them.",
        visitor.site.document_types,
        file_size::show(limits.document_bytes),
        file_size::show(limits.claim_bytes),
        file_size::show(left)
    );
    let notice = visitor.take_notice().await;
    let mut errors = typed.as_ref().map(|typed| typed.errors.clone()).unwrap_or_default();
    // What was wrong with the files that were sent, left by the request that received them.
    let of_files = visitor.take_errors().await.into_iter().find(|error| error.field == "files");
    let file_error = of_files.as_ref().map(|error| error.message.clone());
    errors.extend(of_files);
    let wrong = !errors.is_empty();
    let key = visitor.key();
    let for_whom = whom(&draft.claim, &draft.case);
    Ok(Page::new("Documents", move || {
        let settings = &draft.case.settings;
        let described = if file_error.is_some() { "hint-files error-files" } else { "hint-files" };
        let invalid = file_error.is_some().then_some("true");
        let class = if file_error.is_some() { "field long wrong" } else { "field long" };
        let file_error = file_error
            .map(|words| view! { <p class="error" id="error-files"><span class="hidden">"Error: "</span>{words}</p> });
        let any_lines = draft.line_count() > 0;
        let list = if draft.documents.is_empty() {
            view! { <p class="empty">"No documents yet. Add statements, invoices, contracts, inventory lists or mails; a photo of a paper is good too."</p> }.into_any()
        } else {
            let items: Vec<_> = draft
                .documents
                .iter()
                .map(|document| {
                    let typed = typed.as_ref().filter(|typed| typed.document == document.id);
                    card(document, citing.get(&document.id).map_or(&[][..], Vec::as_slice), typed, any_lines, &settings.time_zone)
                })
                .collect();
            view! { <ul class="card-list">{items}</ul> }.into_any()
        };
        view! {
            <ErrorSummary errors/>
            // After an upload it has a line for each file, taken or not.
            {notice.map(|notice| view! { <Notice kind=NoticeKind::Info><p class="lines">{notice}</p></Notice> })}
            <a class="back" href=tasks_path(&draft.claim)>"← All tasks"</a>
            <h1>"Documents"</h1>
            <p>"A line that cites a document counts as documented; the others rest on your declaration alone. You and the counsel of this case can open the documents, counsel once you have signed and sent the claim."</p>
            <p>"Every document of a claim that you sent becomes an exhibit when counsel files the claims with the court: upload what proves your lines, and black out what nobody needs, such as bank account and tax numbers. The version for the public has no documents."</p>
            {tasks::documented(&totals, settings.filing_basis, settings.currency)}
            <h2>"Add documents"</h2>
            <form method="post" action=format!("/claims/{id}/documents") enctype="multipart/form-data" novalidate>
                <input type="hidden" name="key" value=key/>
                <div class=class>
                    <label for="field-files">"Files"</label>
                    <p class="hint" id="hint-files">{hint}</p>
                    <div class="control"><input type="file" id="field-files" name="files" multiple aria-describedby=described aria-invalid=invalid/></div>
                    {file_error}
                </div>
                <Upload/>
                <div class="actions"><button type="submit">"Add the files"</button></div>
            </form>
            <h2>{parts::count(i64::try_from(draft.documents.len()).unwrap_or(i64::MAX), "document", "documents")}</h2>
            {list}
        }
    })
    .error(wrong)
    .whom(for_whom))
}

/// Lines that are named with a document; of more it says which they are, and where each is cited only to who asks.
const LINES_NAMED: usize = 5;

/// Numbers of lines that are named as ranges; after so many the last.
const RANGES: usize = 6;

/// “96 lines (78–173)”.
fn many_lines(numbers: &BTreeSet<i64>) -> String {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, to)) if *to + 1 == *number => *to = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let words = |(from, to): &(i64, i64)| if from == to { from.to_string() } else { format!("{from}–{to}") };
    let mut named: Vec<String> = ranges.iter().take(RANGES).map(words).collect();
    if let Some((_, last)) = ranges.get(RANGES..).and_then(<[_]>::last) {
        named.push(format!("… {last}"));
    }
    let count = parts::count(i64::try_from(numbers.len()).unwrap_or(i64::MAX), "line", "lines");
    format!("{count} ({})", named.join(", "))
}

/// One document with what can be done with it.
fn card(
    document: &Document,
    citing: &[(i64, String)],
    typed: Option<&Typed>,
    any_lines: bool,
    zone: &str,
) -> impl IntoView + use<> {
    let id = document.id;
    let base = format!("/claims/{}/documents/{id}", document.claim_id);
    let named = format!(" {}", document.name);
    let pages = document.pages.map(|pages| format!(", {}", parts::count(pages, "page", "pages"))).unwrap_or_default();
    let about = format!(
        "{}, {}{pages}, added on {}",
        parts::file_type(&document.media_type),
        file_size::show_stored(document.bytes),
        show_day(deadline::day_in(document.uploaded_at, zone))
    );
    let cited = if citing.is_empty() {
        view! { <p>"No line cites it yet."</p> }.into_any()
    } else {
        let links: Vec<_> = citing
            .iter()
            .enumerate()
            .map(|(place, (line, at))| {
                let at = if at.is_empty() { String::new() } else { format!(" ({})", in_short(at)) };
                view! { {(place > 0).then_some(", ")}<a href=format!("/claims/{}/line/{line}", document.claim_id)>{format!("line {line}")}</a>{at} }
            })
            .collect();
        let numbers: BTreeSet<i64> = citing.iter().map(|(line, _)| *line).collect();
        if numbers.len() > LINES_NAMED {
            let words = format!("Cited by {}", many_lines(&numbers));
            let of = named.clone();
            view! { <details><summary>{words}<span class="hidden">{format!(":{of}")}</span></summary><p>{links}"."</p></details> }
                .into_any()
        } else {
            view! { <p>"Cited by "{links}"."</p> }.into_any()
        }
    };
    let cite = any_lines.then(|| cite_form(id, &base, &named, typed));
    let unreadable = document.unreadable().map(|reason| {
        view! { <Notice kind=NoticeKind::Warning>{format!("It is {}. {}", reason.words(), reason.remedy())}</Notice> }
    });
    let proves = document.proves.clone();
    view! {
        <li>
            <h3><a href=format!("/documents/{id}")>{document.name.clone()}</a></h3>
            <p class="detail">{about}<br/>"SHA-256 begins "<code title=document.sha256.clone()>{short(&document.sha256)}</code></p>
            {unreadable}
            {(!document.proves.is_empty()).then(|| view! { <p>{format!("Proves: {}", document.proves)}</p> })}
            {cited}
            {cite}
            <details>
                <summary>"What it proves, full hash, remove"<span class="hidden">{named.clone()}</span></summary>
                <form class="bar" method="post" action=format!("{base}/describe") novalidate>
                    <div class="field long">
                        <label for=format!("field-proves-{id}")>"What it proves"<span class="hidden">{named.clone()}</span></label>
                        <p class="hint" id=format!("hint-proves-{id}")>"In a few words, at most 500 characters: statement of the second quarter of 2015."</p>
                        <div class="control"><input type="text" id=format!("field-proves-{id}") name="proves" value=proves maxlength="500" aria-describedby=format!("hint-proves-{id}")/></div>
                    </div>
                    <button type="submit" class="secondary">"Save"<span class="hidden">{named.clone()}</span></button>
                </form>
                <p>"SHA-256: "<code>{document.sha256.clone()}</code></p>
                <p><a href=format!("{base}/remove")>"Remove"<span class="hidden">{named}</span></a></p>
            </details>
        </li>
    }
}

/// The form that says which lines a document proves.
fn cite_form(id: DocumentId, base: &str, named: &str, typed: Option<&Typed>) -> impl IntoView + use<> {
    let message_of = |of_place: bool| {
        let error = typed?.errors.iter().find(|error| (error.field == "place") == of_place)?;
        Some(error.message.clone())
    };
    let (error, place_error) = (message_of(false), message_of(true));
    let (lines, place) = typed
        .map(|typed| (typed.answers.get("lines").to_owned(), typed.answers.get("place").to_owned()))
        .unwrap_or_default();
    // The summary of errors links to the field of the one form that was sent.
    let field = if error.is_some() { "field-lines".to_owned() } else { format!("field-lines-{id}") };
    let class = if error.is_some() { "field short wrong" } else { "field short" };
    let described = if error.is_some() { format!("hint-lines-{id} error-lines") } else { format!("hint-lines-{id}") };
    let invalid = error.is_some().then_some("true");
    let open = error.is_some() || place_error.is_some();
    let message =
        error.map(|error| view! { <p class="error" id="error-lines"><span class="hidden">"Error: "</span>{error}</p> });
    let place_field = if place_error.is_some() { "field-place".to_owned() } else { format!("field-place-{id}") };
    let place_class = if place_error.is_some() { "field short wrong" } else { "field short" };
    let place_described =
        if place_error.is_some() { format!("hint-place-{id} error-place") } else { format!("hint-place-{id}") };
    let place_invalid = place_error.is_some().then_some("true");
    let place_message = place_error
        .map(|error| view! { <p class="error" id="error-place"><span class="hidden">"Error: "</span>{error}</p> });
    view! {
        <details open=open>
            <summary>"Cite it with lines"<span class="hidden">{named.to_owned()}</span></summary>
            <form class="bar" method="post" action=format!("{base}/cite") novalidate>
                <div class=class>
                    <label for=field.clone()>"Lines"</label>
                    <p class="hint" id=format!("hint-lines-{id}")>"Like 1-12, 15, or the word all."</p>
                    <div class="control"><input type="text" id=field name="lines" value=lines aria-describedby=described aria-invalid=invalid/></div>
                    {message}
                </div>
                <div class=place_class>
                    <label for=place_field.clone()>"Page or row"<span class="optional">" (optional)"</span></label>
                    <p class="hint" id=format!("hint-place-{id}")>"Like page 3, or rows 12–40."</p>
                    <div class="control"><input type="text" id=place_field name="place" value=place aria-describedby=place_described aria-invalid=place_invalid/></div>
                    {place_message}
                </div>
                <button type="submit" class="secondary">"Cite"<span class="hidden">{named.to_owned()}</span></button>
            </form>
        </details>
    }
}

/// The first characters of a hash, enough to tell files apart by eye.
pub(super) fn short(sha256: &str) -> String {
    sha256.get(..12).unwrap_or(sha256).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lines_are_named_by_their_ranges() {
        assert_eq!(many_lines(&(78..=173).collect()), "96 lines (78–173)");
        assert_eq!(many_lines(&[1, 2, 3, 7, 9, 10].into()), "6 lines (1–3, 7, 9–10)");
        let odd: BTreeSet<i64> = (0..20).map(|place| 2 * place + 1).collect();
        assert_eq!(many_lines(&odd), "20 lines (1, 3, 5, 7, 9, 11, … 39)");
    }
}
