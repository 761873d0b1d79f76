//! What the columns of a statement mean: guesses are filled in, three values of each column stand beside.

use claims::{ClaimId, ImportId, access::Refusal, actions::imports, line::Category, statements::field::Field};
use leptos::prelude::*;

use super::{At, whom};
use crate::{
    components::Table,
    request::{Answer, Visitor, see_other},
    shell::Page,
};

/// The page.
pub async fn page(visitor: Visitor, At((id, import)): At<(ClaimId, ImportId)>) -> Answer {
    let (import, claim, case) = imports::open(visitor.recoup(), visitor.actor()?, id, import).await?;
    let reading = import.reading.clone().ok_or(Refusal::NotFound)?.0;
    let base = format!("/claims/{id}/import/{}", import.id);
    if import.state != "open" {
        return Ok(see_other(&base));
    }
    let for_whom = whom(&claim, &case);
    let page = Page::new("What the columns mean", move || {
        let categories: Vec<_> = Category::ALL
            .into_iter()
            .filter(|category| *category != Category::Other && case.settings.categories.contains(category))
            .map(|category| {
                let id = format!("field-category-{}", category.key());
                view! { <div class="choice"><input type="radio" id=id.clone() name="category" value=category.key() checked=reading.category == Some(category)/><label for=id>{category.title()}</label></div> }
            })
            .collect();
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
                view! {
                    <tr>
                        <th scope="row">{header.clone()}</th>
                        <td>{column.samples.join(" · ")}</td>
                        <td><select name=format!("column-{place}") aria-label=format!("Meaning of {header}")><option value="">"Not used"</option>{options}</select></td>
                    </tr>
                }
            })
            .collect();
        view! {
            <a class="back" href=base.clone()>{format!("← {}", import.name)}</a>
            <h1>"What the columns mean"</h1>
            <p class="lede">"What could be guessed from the headers and values is filled in. Say the rest, and correct what is wrong; columns that the claim has no use for stay “Not used”."</p>
            <form method="post" action=base.clone() novalidate>
                <input type="hidden" name="part" value="columns"/>
                <fieldset class="field full"><legend>"The rows are"</legend><div class="choices">{categories}</div></fieldset>
                <Table caption="Columns of the file">
                    <thead><tr><th scope="col">"Column"</th><th scope="col">"Its first values"</th><th scope="col">"Means"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
                <p class="hint">"At least the amount due (or the stock on hand) is needed, and something that names the release. It is remembered for your next file with the same header, and offered, without your name, to others of this case who have one."</p>
                <div class="actions"><button type="submit">"Read the file so"</button><a href=base.clone()>"Back without changing anything"</a></div>
            </form>
        }
    });
    Ok(visitor.page(page.whom(for_whom)))
}

/// Discards a file that became nothing.
pub async fn discard(visitor: Visitor, At((id, import)): At<(ClaimId, ImportId)>) -> Answer {
    imports::discard(visitor.recoup(), visitor.actor()?, id, import).await?;
    visitor.notice("The file is discarded. Nothing of it became part of the claim.").await;
    Ok(see_other(&format!("/claims/{id}/import")))
}
