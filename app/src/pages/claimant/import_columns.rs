//! What the columns of a statement mean: guesses are filled in, three values of each column stand beside.

use claims::{
    ClaimId, ImportId,
    actions::imports,
    case::Case,
    intake::FieldError,
    line::Category,
    statements::{Choices, Reading, field::Field},
    store::statements::Import,
};
use leptos::prelude::*;

use super::{At, whom};
use crate::{
    components::{ErrorSummary, Table},
    request::{Answer, Visitor, see_other},
    shell::Page,
};

/// The page.
pub async fn page(visitor: Visitor, At((id, import)): At<(ClaimId, ImportId)>) -> Answer {
    let (import, claim, case) = imports::open(visitor.recoup(), visitor.actor()?, id, import).await?;
    let Some(reading) = columns_of(&import) else {
        return Ok(see_other(&format!("/claims/{id}/import/{}", import.id)));
    };
    let for_whom = whom(&claim, &case);
    Ok(visitor.page(shown(&import, reading, case, Vec::new()).whom(for_whom)))
}

/// The page again with what was said of the columns, and what is wrong with it.
///
/// # Errors
/// If the import is another's.
pub async fn again(
    visitor: &Visitor,
    id: ClaimId,
    import: ImportId,
    choices: &Choices,
    errors: Vec<FieldError>,
) -> Answer {
    let (import, claim, case) = imports::open(visitor.recoup(), visitor.actor()?, id, import).await?;
    let Some(mut reading) = columns_of(&import) else {
        return Ok(see_other(&format!("/claims/{id}/import/{}", import.id)));
    };
    reading.category = choices.category;
    for (column, said) in reading.columns.iter_mut().zip(choices.columns.iter().flatten()) {
        column.field = *said;
    }
    let for_whom = whom(&claim, &case);
    Ok(visitor.again(shown(&import, reading, case, errors).whom(for_whom)))
}

/// What was understood of an open file that has columns.
fn columns_of(import: &Import) -> Option<Reading> {
    let reading = import.reading.as_ref().filter(|_| import.state == "open")?;
    (!reading.columns.is_empty()).then(|| reading.0.clone())
}

fn shown(import: &Import, reading: Reading, case: Case, errors: Vec<FieldError>) -> Page {
    let (base, name) = (format!("/claims/{}/import/{}", import.claim_id, import.id), import.name.clone());
    Page::new("What the columns mean", move || {
        let categories: Vec<_> = Category::ALL
            .into_iter()
            .filter(|category| *category != Category::Other && case.settings.categories.contains(category))
            .map(|category| {
                let id = format!("field-category-{}", category.key());
                (category, id)
            })
            .enumerate()
            .map(|(place, (category, id))| {
                // The first has the id that the summary of errors links to.
                let id = if place == 0 { "field-category".to_owned() } else { id };
                view! { <div class="choice"><input type="radio" id=id.clone() name="category" value=category.key() checked=reading.category == Some(category)/><label for=id>{category.title()}</label></div> }
            })
            .collect();
        let open = errors.iter().find(|error| error.field == "category").map(|error| {
            view! { <p class="error" id="error-category"><span class="hidden">"Error: "</span>{error.message.clone()}</p> }
        });
        let (open_class, open_invalid, open_described) = if open.is_some() {
            ("field full wrong", Some("true"), Some("error-category"))
        } else {
            ("field full", None, None)
        };
        let rows: Vec<_> = reading
            .columns
            .iter()
            .enumerate()
            .map(|(place, column)| {
                let options: Vec<_> = Field::ALL
                    .iter()
                    .map(|field| view! { <option value=field.key() selected=column.field == Some(*field)>{field.title()}</option> })
                    .collect();
                let header = if column.header.is_empty() { format!("Column {}", place + 1) } else { column.header.clone() };
                let name = format!("column-{place}");
                let wrong = errors.iter().find(|error| error.field == name).map(|error| {
                    view! { <p class="error" id=format!("error-{name}")><span class="hidden">"Error: "</span>{error.message.clone()}</p> }
                });
                let (class, invalid) = if wrong.is_some() { (Some("wrong"), Some("true")) } else { (None, None) };
                let described = wrong.is_some().then(|| format!("error-{name}"));
                view! {
                    <tr class=class>
                        <th scope="row">{header.clone()}</th>
                        <td>{column.samples.join(" · ")}</td>
                        <td>
                            <select id=format!("field-{name}") name=name aria-label=format!("Meaning of {header}") aria-describedby=described aria-invalid=invalid><option value="">"Not used"</option>{options}</select>
                            {wrong}
                        </td>
                    </tr>
                }
            })
            .collect();
        view! {
            <ErrorSummary errors/>
            <a class="back" href=base.clone()>{format!("← {name}")}</a>
            <h1>"What the columns mean"</h1>
            <p class="lede">"What could be guessed from the headers and values is filled in. Say the rest, and correct what is wrong; columns that the claim has no use for stay “Not used”."</p>
            <form method="post" action=base.clone() novalidate>
                <input type="hidden" name="part" value="columns"/>
                <fieldset class=open_class aria-describedby=open_described aria-invalid=open_invalid><legend>"The rows are"</legend>{open}<div class="choices">{categories}</div></fieldset>
                <Table caption="Columns of the file">
                    <thead><tr><th scope="col">"Column"</th><th scope="col">"Its first values"</th><th scope="col">"Means"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
                <p class="hint">"At least the amount due (or the stock on hand) is needed, and something that names the release. It is remembered for your next file with the same header. Once your claim is sent, what the columns mean is offered, without your name, to others of this case who have one."</p>
                <div class="actions"><button type="submit">"Read the file so"</button><a href=base.clone()>"Back without changing anything"</a></div>
            </form>
        }
    })
}

/// Discards a file that became nothing.
pub async fn discard(visitor: Visitor, At((id, import)): At<(ClaimId, ImportId)>) -> Answer {
    imports::discard(visitor.recoup(), visitor.actor()?, id, import).await?;
    visitor.notice("The file is discarded. Nothing of it became part of the claim.").await;
    Ok(see_other(&format!("/claims/{id}/import")))
}
