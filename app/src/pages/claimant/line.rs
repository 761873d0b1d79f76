//! One line: its form, its sums, and the documents it cites.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use claims::{
    ClaimId,
    access::Refusal,
    actions::{Failure, claim_view::Draft, seen},
    intake::{Answers, line},
    line::Category,
    money::{Currency, convert},
    place::in_short,
    store::{
        documents::Document,
        lines::{self as stored, Citation, Line},
    },
    totals,
};
use leptos::prelude::*;

use super::{
    At,
    lines_place::{FIELD, Place},
    open, parts, whom,
};
use crate::{
    components::{FormSections, Notice, NoticeKind, StatusTag},
    islands::{LineSums, Unsaved},
    pages::account::typed::{Typed, refused},
    request::{Answer, Halt, Query, Sent, Visitor},
    shell::Page,
};

/// What a further line starts with from the one before it: everything that usually stays the same.
const CARRIED: &[&str] = &[
    "channel",
    "period_from",
    "period_to",
    "statement_number",
    "currency",
    "as_of",
    "basis",
    "aggregator",
    "service",
    "territory",
    "label",
    "format",
    "money_state",
    "letter_state",
    "loss",
];

/// What the page of a line shows.
struct Shown {
    category: Category,
    /// The saved line; `None` for a new one.
    line: Option<Line>,
    typed: Typed,
    cited: Vec<Citation>,
    key: String,
    /// The mark of what is stored, for a saved line.
    seen: Option<String>,
    notice: Option<String>,
    /// Where on the list of lines one came from.
    place: Place,
    /// The line of which this one is a copy, as long as nothing of it was changed.
    copied: Option<i64>,
}

/// The form of a new line.
pub async fn new(visitor: Visitor, At((id, category)): At<(ClaimId, Category)>, Query(query): Query) -> Answer {
    let draft = open(&visitor, id).await?;
    if !draft.case.settings.categories.contains(&category) {
        return Err(Failure::said(format!("“{}” cannot be claimed in this case.", category.title())).into());
    }
    let mut answers = Answers::default().with("currency", draft.case.settings.currency.code());
    if let Some(before) = query.number("after") {
        let mut tx = visitor.recoup().store.read().await?;
        if let Some(before) =
            stored::find(&mut tx, draft.version.id, before).await?.filter(|line| line.category == category.key())
        {
            for name in CARRIED {
                answers.set(name, before.answers.0.get(name));
            }
        }
    }
    let shown = Shown {
        category,
        line: None,
        typed: Typed::of(answers),
        cited: Vec::new(),
        key: visitor.key(),
        seen: None,
        notice: visitor.take_notice().await,
        place: Place::parse(query.get(FIELD)),
        copied: None,
    };
    Ok(visitor.page(form_page(draft, shown)))
}

/// The form of a new line that was not added, with what was typed and why; a new key, so that it can be sent once more.
pub(super) async fn again(
    visitor: &Visitor,
    (id, category): (ClaimId, Category),
    typed: Answers,
    failure: Failure,
) -> Answer {
    // Without a draft there is no form; why there is none is said.
    let Ok(draft) = open(visitor, id).await else { return Err(failure.into()) };
    let key = visitor.key();
    let place = Place::parse(typed.get(FIELD));
    refused(visitor, failure, typed, |typed| {
        let (cited, seen, notice, copied) = (Vec::new(), None, None, None);
        form_page(draft, Shown { category, line: None, typed, cited, key, seen, notice, place, copied })
    })
}

/// The form of a saved line, with what is wrong with it.
pub async fn page(visitor: Visitor, At((id, number)): At<(ClaimId, i64)>, Query(query): Query) -> Answer {
    let draft = open(&visitor, id).await?;
    let (line, category, cited) = saved(&visitor, &draft, number).await?;
    let answers = line.answers.0.clone();
    let copied = copy_of(&visitor, &draft, &line, &query).await?;
    let mut errors = line::read(category, &answers, &draft.case.line_rules()).errors;
    errors.extend(visitor.take_errors().await.into_iter().filter(|error| error.field == "document"));
    let shown = Shown {
        category,
        seen: Some(seen::mark(line::form(category), &answers)),
        line: Some(line),
        typed: Typed { answers, errors, said: None },
        cited,
        key: visitor.key(),
        notice: visitor.take_notice().await,
        place: Place::parse(query.get(FIELD)),
        copied,
    };
    Ok(visitor.page(form_page(draft, shown)))
}

/// The line that the address calls the original of this one. Once either was changed, or the original removed, this is a line like others.
async fn copy_of(visitor: &Visitor, draft: &Draft, line: &Line, query: &Sent) -> Result<Option<i64>, Halt> {
    let Some(original) = query.number("copied").filter(|number| *number != line.line) else { return Ok(None) };
    let mut tx = visitor.recoup().store.read().await?;
    let original = stored::find(&mut tx, draft.version.id, original).await?;
    Ok(original
        .filter(|original| original.category == line.category && original.answers.0 == line.answers.0)
        .map(|original| original.line))
}

/// A line of a draft, with the documents that it cites.
async fn saved(visitor: &Visitor, draft: &Draft, number: i64) -> Result<(Line, Category, Vec<Citation>), Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let line = stored::find(&mut tx, draft.version.id, number).await?.ok_or(Refusal::NotFound)?;
    let cited = stored::citations(&mut tx, draft.version.id, Some(line.id)).await?;
    let category = Category::parse(&line.category).ok_or(Refusal::NotFound)?;
    Ok((line, category, cited))
}

/// The form of a saved line that was not saved again, with what was typed and why.
pub(super) async fn not_saved(
    visitor: &Visitor,
    (id, number): (ClaimId, i64),
    typed: Answers,
    failure: Failure,
) -> Answer {
    // Without a draft or the line there is no form; why there is none is said.
    let Ok(draft) = open(visitor, id).await else { return Err(failure.into()) };
    let Ok((line, category, cited)) = saved(visitor, &draft, number).await else { return Err(failure.into()) };
    let key = visitor.key();
    let place = Place::parse(typed.get(FIELD));
    let page = |typed, seen| {
        let (notice, copied) = (None, None);
        form_page(draft, Shown { category, line: Some(line), typed, cited, key, seen, notice, place, copied })
            .error(true)
    };
    let form = line::form(category);
    if let Failure::Changed(stored) = failure {
        let typed = parts::changed(&format!("Line {number}"), form, typed, &stored);
        return Ok(visitor.page_with(StatusCode::CONFLICT, page(typed, Some(seen::mark(form, &stored)))));
    }
    // Nothing newer was shown, so the mark stays the one that came.
    let seen = typed.0.get(seen::FIELD).cloned();
    refused(visitor, failure, typed, |typed| page(typed, seen))
}

fn form_page(draft: Draft, shown: Shown) -> Page {
    let Shown { category, line, typed, cited, key, seen, notice, place, copied } = shown;
    let id = draft.claim.id;
    let settings = &draft.case.settings;
    let for_whom = whom(&draft.claim, &draft.case);
    let (currency, currencies) = (settings.currency, settings.currencies());
    let what = category.title().to_lowercase();
    let title =
        line.as_ref().map_or_else(|| format!("Add a line of {what}"), |line| format!("Line {}, {what}", line.line));
    let list = format!("/claims/{id}/lines/{}", category.key());
    let action = line.as_ref().map_or_else(|| list.clone(), |line| format!("/claims/{id}/line/{}", line.line));
    let list = place.list(&list, None);
    let wrong = !typed.errors.is_empty();
    let heading = title.clone();
    Page::new(title, move || {
        let top = typed.top_of(line::form(category));
        let Typed { answers, errors, said } = typed;
        let others = others(&draft, category, line.as_ref());
        let rates = parts::rates_in_words(&draft.case).map(|words| {
            let value = in_case_currency(&draft, category, &answers);
            view! { <p class="small">{words}{value}</p> }
        });
        let error_of = |field: &str| errors.iter().find(|error| error.field == field).map(|error| error.message.clone());
        let (document_error, place_error) = (error_of("document"), error_of("place"));
        let basis = Some(("basis", totals::basis_in_words(draft.case.settings.filing_basis)));
        let kept = (wrong && said.is_none()).then(|| view! { <p>"What you typed is kept. The line counts once it is right."</p> });
        let removal = line.as_ref().map(|line| format!("/claims/{id}/line/{}/remove{}", line.line, place.query('?')));
        // A copy is stored, so that leaving the page keeps it: what takes it back has to say what it does.
        let ways_out = match (copied.is_some(), removal) {
            (true, Some(href)) => view! { <a href=href>"Remove the copy"</a> }.into_any(),
            (_, removal) => {
                let remove = removal.map(|href| view! { <a href=href>"Remove this line"</a> });
                view! { <a href=list.clone()>"Cancel"</a>{remove} }.into_any()
            }
        };
        let copied = copied.map(|original| {
            let counts = if wrong { "It is saved already" } else { "It is saved and counts already" };
            view! { <Notice kind=NoticeKind::Info>{format!("This is a copy of line {original}. {counts}; change it, or remove it.")}</Notice> }
        });
        let seen = seen.map(|seen| view! { <input type="hidden" name=seen::FIELD value=seen/> });
        let cited = line.as_ref().map(|line| citations(id, line.line, &cited, place));
        view! {
            {top}
            {parts::done(notice)}
            {copied}
            <a class="back" href=list>{format!("← All lines of {what}")}</a>
            <h1>{heading}</h1>
            {kept}
            <form method="post" action=action novalidate>
                <Unsaved/>
                <input type="hidden" name="key" value=key/>
                {seen}
                {carried(place)}
                {rates}
                <FormSections sections=line::form(category) answers=answers.clone() errors currencies=currencies.clone() more=basis/>
                {evidence(id, &draft.documents, &answers, document_error, place_error)}
                <h2>"What this line comes to"</h2>
                <LineSums category answers currency currencies others/>
                <div class="actions">
                    <button type="submit">"Save the line"</button>
                    <button type="submit" class="secondary" name="then" value="another">"Save and add another"</button>
                    {ways_out}
                </div>
            </form>
            {cited}
        }
    })
    .error(wrong)
    .whom(for_whom)
}

/// What the other right lines of the category come to, by currency, for the island that adds this line to them.
fn others(draft: &Draft, category: Category, line: Option<&Line>) -> BTreeMap<Currency, i64> {
    let mut others: BTreeMap<Currency, i64> = BTreeMap::new();
    for sum in draft.sums.iter().filter(|sum| sum.category == category) {
        let other = others.entry(sum.currency).or_default();
        *other = other.saturating_add(sum.amount);
    }
    if let Some(line) = line
        && let (Some(currency), Some(amount)) = (line.currency.as_deref().and_then(Currency::parse), line.amount)
    {
        let other = others.entry(currency).or_default();
        *other = other.saturating_sub(amount);
    }
    others
}

/// What the amount of a foreign line is in the currency of the case.
fn in_case_currency(draft: &Draft, category: Category, answers: &Answers) -> Option<String> {
    let facts = line::read(category, answers, &draft.case.line_rules()).facts?;
    let own = draft.case.settings.currency;
    let rate = draft.case.settings.rate(facts.currency).filter(|_| facts.currency != own)?;
    Some(format!(
        " This line: {} = {}.",
        facts.currency.show(facts.amount),
        own.show(convert(facts.amount, facts.currency, rate, own)?)
    ))
}

/// The part of the form that cites a document; with what was chosen, if the form comes back.
fn evidence(
    id: ClaimId,
    documents: &[Document],
    typed: &Answers,
    error: Option<String>,
    place_error: Option<String>,
) -> impl IntoView + use<> {
    let place = Some(typed.get("place").to_owned()).filter(|place| !place.is_empty());
    let body = if documents.is_empty() {
        view! { <p>"There are no documents yet. "<a href=format!("/claims/{id}/documents")>"Add documents"</a>" and say there which lines each of them proves. Until then this line is sworn only."</p> }.into_any()
    } else {
        let options: Vec<_> = documents
            .iter()
            .map(|document| {
                let key = document.id.to_string();
                let chosen = typed.get("document") == key;
                view! { <option value=key selected=chosen>{document.name.clone()}</option> }
            })
            .collect();
        let class = if error.is_some() { "field short wrong" } else { "field short" };
        let (described, invalid) = (error.is_some().then_some("error-document"), error.is_some().then_some("true"));
        let message = error.map(
            |error| view! { <p class="error" id="error-document"><span class="hidden">"Error: "</span>{error}</p> },
        );
        let place_class = if place_error.is_some() { "field short wrong" } else { "field short" };
        let place_described = if place_error.is_some() { "hint-place error-place" } else { "hint-place" };
        let place_invalid = place_error.is_some().then_some("true");
        let place_message = place_error
            .map(|error| view! { <p class="error" id="error-place"><span class="hidden">"Error: "</span>{error}</p> });
        view! {
            <div class="fields">
                <div class=class>
                    <label for="field-document">"Document"<span class="optional">" (optional)"</span></label>
                    <div class="control"><select id="field-document" name="document" aria-describedby=described aria-invalid=invalid><option value="">"None"</option>{options}</select></div>
                    {message}
                </div>
                <div class=place_class>
                    <label for="field-place">"Page or row"<span class="optional">" (optional)"</span></label>
                    <p class="hint" id="hint-place">"For example page 3, or rows 12–40."</p>
                    <div class="control"><input type="text" id="field-place" name="place" value=place aria-describedby=place_described aria-invalid=place_invalid/></div>
                    {place_message}
                </div>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="form-section" aria-labelledby="section-evidence">
            <div class="about"><h2 id="section-evidence">"Evidence"</h2><p>"The document that shows this amount. A line that cites none rests on your declaration alone."</p></div>
            {body}
        </section>
    }
}

/// Where one came from, as a form carries it.
fn carried(place: Place) -> impl IntoView + use<> {
    let carried = place.carried();
    (!carried.is_empty()).then(|| view! { <input type="hidden" name=FIELD value=carried/> })
}

/// The documents that the line cites, each with a way to take it back.
fn citations(id: ClaimId, line: i64, cited: &[Citation], back: Place) -> impl IntoView + use<> {
    let list = if cited.is_empty() {
        view! { <p><StatusTag word="Sworn only" key="optional"/>" This line cites no document yet."</p> }.into_any()
    } else {
        let items: Vec<_> = cited
            .iter()
            .map(|citation| {
                let place =
                    if citation.place.is_empty() { String::new() } else { format!(", {}", in_short(&citation.place)) };
                let named = format!(" {}{place}", citation.name);
                view! {
                    <li>
                        <a href=format!("/documents/{}", citation.document_id)>{citation.name.clone()}</a>{place}" "
                        <form class="inline" method="post" action=format!("/claims/{id}/line/{line}/uncite")>
                            <input type="hidden" name="evidence" value=citation.id.to_string()/>
                            {carried(back)}
                            <button type="submit" class="link">"Take back"<span class="hidden">{named}</span></button>
                        </form>
                    </li>
                }
            })
            .collect();
        view! { <ul>{items}</ul> }.into_any()
    };
    view! { <h2>"Documents that this line cites"</h2>{list} }
}
