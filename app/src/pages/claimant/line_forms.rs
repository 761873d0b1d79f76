//! What is done with a line: add, save, copy, remove, take a citation back.

use claims::{
    ClaimId, DocumentId, EvidenceId,
    access::Refusal,
    actions::{
        edit_lines::{self, Cite, Saved},
        same_lines,
    },
    intake::FieldError,
    line::Category,
    store::lines as stored,
};
use leptos::prelude::*;

use super::{
    At,
    lines::SHOWN,
    lines_place::{FIELD, Place},
    open, parts, whom,
};
use crate::{
    request::{Answer, Halt, Query, Sent, Visitor, see_other},
    shell::Page,
};

/// The document chosen in the form of a line.
fn cite(sent: &Sent) -> Cite {
    Cite { document: sent.number("document").map(DocumentId), place: sent.get("place").to_owned() }
}

/// Adds a line, right or wrong.
pub async fn add(visitor: Visitor, At((id, category)): At<(ClaimId, Category)>, sent: Sent) -> Answer {
    let (actor, cited, key) = (visitor.actor()?, cite(&sent), sent.get("key"));
    match edit_lines::add(visitor.recoup(), actor, id, category, &sent.0, &cited, key).await {
        // A new line is on none of the pages that were shown.
        Ok(saved) => go_on(&visitor, id, category, saved, &sent, back(&sent).of_the_line()).await,
        Err(failure) => super::line::again(&visitor, (id, category), sent.0, failure).await,
    }
}

/// Saves a line, right or wrong.
pub async fn save(visitor: Visitor, At((id, line)): At<(ClaimId, i64)>, sent: Sent) -> Answer {
    let saved = match edit_lines::save(visitor.recoup(), visitor.actor()?, id, line, &sent.0, &cite(&sent)).await {
        Ok(saved) => saved,
        Err(failure) => return super::line::not_saved(&visitor, (id, line), sent.0, failure).await,
    };
    let (category, _) = find(&visitor, id, line).await?;
    go_on(&visitor, id, category, saved, &sent, back(&sent)).await
}

/// Where on the list of lines the form was opened.
fn back(sent: &Sent) -> Place {
    Place::parse(sent.get(FIELD))
}

/// The list where somebody came from, else where the line stands in it, at the line.
async fn at_line(visitor: &Visitor, (id, category): (ClaimId, Category), line: i64, place: Place) -> Answer {
    let mut page = place.page();
    if page.is_none() {
        let draft = open(visitor, id).await?;
        let mut tx = visitor.recoup().store.read().await?;
        let order = stored::Order::parse(place.order());
        let position = stored::position(&mut tx, draft.version.id, category, order, line).await?;
        page = position.and_then(|position| u64::try_from(1 + (position - 1) / SHOWN).ok());
    }
    let list = place.list(&format!("/claims/{id}/lines/{}", category.key()), page);
    Ok(see_other(&format!("{list}#line-{line}")))
}

/// After a line was saved: to the list, to a further line, or back to what is wrong.
async fn go_on(visitor: &Visitor, id: ClaimId, category: Category, saved: Saved, sent: &Sent, place: Place) -> Answer {
    let line = saved.line;
    let cited = sent.get("place");
    if !cited.is_empty() && cite(sent).document.is_none() {
        let message = format!("Choose the document in which “{cited}” is.");
        visitor.keep_errors(&[FieldError { field: "document".to_owned(), message }]).await;
    } else if saved.right {
        let same = same_as(visitor, id, line).await?;
        let same = same.map(|words| format!(" {words}")).unwrap_or_default();
        visitor.notice(format!("Line {line} is saved.{same}")).await;
        if sent.get("then") == "another" {
            let form = format!("/claims/{id}/lines/{}/new?after={line}", category.key());
            return Ok(see_other(&format!("{form}{}", back(sent).query('&'))));
        }
        return at_line(visitor, (id, category), line, place).await;
    }
    Ok(see_other(&format!("/claims/{id}/line/{line}{}", place.query('?'))))
}

/// Said at once of a line that repeats another: a form that was sent once more from an earlier page adds one.
async fn same_as(visitor: &Visitor, id: ClaimId, line: i64) -> Result<Option<String>, Halt> {
    let draft = open(visitor, id).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let Some(saved) = stored::find(&mut tx, draft.version.id, line).await? else { return Ok(None) };
    let lines = stored::of_its_amount(&mut tx, draft.version.id, &saved).await?;
    Ok(same_lines::same_as(&lines, line))
}

/// Copies a line and opens the copy.
pub async fn copy(visitor: Visitor, At((id, line)): At<(ClaimId, i64)>, sent: Sent) -> Answer {
    let copy = edit_lines::copy(visitor.recoup(), visitor.actor()?, id, line, sent.get("key")).await?;
    Ok(see_other(&format!("/claims/{id}/line/{copy}?copied={line}{}", back(&sent).of_the_line().query('&'))))
}

/// Category of a line, and the line in a few words.
async fn find(visitor: &Visitor, id: ClaimId, line: i64) -> Result<(Category, String), Halt> {
    let draft = open(visitor, id).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let found = stored::find(&mut tx, draft.version.id, line).await?.ok_or(Refusal::NotFound)?;
    let category = Category::parse(&found.category).ok_or(Refusal::NotFound)?;
    let amount = found
        .currency
        .as_deref()
        .and_then(claims::money::Currency::parse)
        .zip(found.amount)
        .map(|(currency, minor)| format!(", {}", currency.show(minor)));
    Ok((
        category,
        format!("{}, {}{}", category.title(), parts::release(category, &found.answers.0), amount.unwrap_or_default()),
    ))
}

/// Asks before a line is removed.
pub async fn ask_to_remove(visitor: Visitor, At((id, line)): At<(ClaimId, i64)>, Query(query): Query) -> Answer {
    let draft = open(&visitor, id).await?;
    let (category, words) = find(&visitor, id, line).await?;
    let place = Place::parse(query.get(FIELD));
    Ok(visitor.page(
        Page::new(format!("Remove line {line}"), move || {
            let list = place.list(&format!("/claims/{id}/lines/{}", category.key()), None);
            view! {
                <h1>{format!("Remove line {line}?")}</h1>
                <p class="lede">{words}</p>
                <p>"It is taken out of this draft with what it cites. Documents stay. Versions that were sent keep the line."</p>
                <form method="post">
                    <input type="hidden" name="category" value=category.key()/>
                    <input type="hidden" name=FIELD value=place.carried()/>
                    <div class="actions"><button type="submit" class="danger">"Remove the line"</button><a href=list>"Keep it"</a></div>
                </form>
            }
        })
        .whom(whom(&draft.claim, &draft.case)),
    ))
}

/// Removes a line; if it is gone already, nothing happens.
pub async fn remove(visitor: Visitor, At((id, line)): At<(ClaimId, i64)>, sent: Sent) -> Answer {
    edit_lines::remove(visitor.recoup(), visitor.actor()?, id, line).await?;
    visitor.notice(format!("Line {line} is removed.")).await;
    let list = Category::parse(sent.get("category"))
        .map(|category| back(&sent).list(&format!("/claims/{id}/lines/{}", category.key()), None));
    Ok(see_other(&list.unwrap_or_else(|| format!("/claims/{id}"))))
}

/// Takes a citation back.
pub async fn uncite(visitor: Visitor, At((id, line)): At<(ClaimId, i64)>, sent: Sent) -> Answer {
    let evidence = EvidenceId(sent.number("evidence").ok_or(Refusal::NotFound)?);
    edit_lines::uncite(visitor.recoup(), visitor.actor()?, id, line, evidence).await?;
    visitor.notice("The line no longer cites it. The document is still among your documents.").await;
    Ok(see_other(&format!("/claims/{id}/line/{line}{}", back(&sent).query('?'))))
}
