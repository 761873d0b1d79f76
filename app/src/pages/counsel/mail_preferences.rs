//! How a counsel wants to be told what happens in a case: by kind, at once, each morning or not at all.

use axum::extract::Path;
use claims::{
    access::Action,
    actions::notices::preferences,
    case::Case,
    intake::Answers,
    money::Currency,
    notices::{Kind, Way},
};
use leptos::prelude::*;

use super::frame::{self, Place, Waiting};
use crate::{
    components::{Notice, NoticeKind, Table},
    pages::account::typed::{Typed, refused},
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /counsel/{slug}/mail/preferences`
pub async fn page(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::SeeCase).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    let chosen = preferences::of_counsel(visitor.recoup(), visitor.actor()?, case.id).await?;
    let answers = chosen.iter().fold(Answers::default(), |answers, (kind, way)| answers.with(kind.key(), way.key()));
    let notice = visitor.take_notice().await;
    Ok(visitor.page(show(case, waiting, notice, Typed::of(answers))))
}

/// `POST /counsel/{slug}/mail/preferences`
pub async fn save(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::SeeCase).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    match preferences::set_of_counsel(visitor.recoup(), visitor.actor()?, case.id, &sent.0).await {
        Ok(()) => {
            visitor.notice("Saved. What happens from now on is told as you chose.").await;
            Ok(see_other(&format!("/counsel/{slug}/mail/preferences")))
        }
        Err(failure) => refused(&visitor, failure, sent.0, |typed| show(case, waiting, None, typed)),
    }
}

fn show(case: Case, waiting: Waiting, notice: Option<String>, typed: Typed) -> Page {
    let whom = frame::whom(&case);
    let view = move || {
        let slug = case.settings.slug.as_str();
        let notice = notice.map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
        let rows: Vec<_> = Kind::ALL.into_iter().map(|kind| row(kind, case.settings.currency, &typed)).collect();
        let heads: Vec<_> = Way::ALL.into_iter().map(|way| view! { <th scope="col">{way.words()}</th> }).collect();
        view! {
            {typed.top()}
            {notice}
            <a class="back" href=format!("/counsel/{slug}/mail")>"← Mail"</a>
            <h1>"What you are told"</h1>
            {frame::nav(slug, Place::Mail, waiting)}
            <p>"For this case and for you alone. The digest comes at seven in the morning, in the zone of the case, if anything happened; never more than one a day. A threshold is told of once. Its amounts and numbers are set by the administrator of the case."</p>
            <form method="post" action=format!("/counsel/{slug}/mail/preferences") novalidate>
                <Table caption="How you hear of what" quiet=true class="dense roomy">
                    <thead><tr><th scope="col">"What"</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
                <div class="actions"><button type="submit">"Save"</button><a href=format!("/counsel/{slug}/mail")>"Back without saving"</a></div>
            </form>
        }
    };
    Page::new("What you are told", view).wide().whom(whom)
}

fn row(kind: Kind, currency: Currency, typed: &Typed) -> impl IntoView + use<> {
    let chosen = typed.answers.get(kind.key()).to_owned();
    let error = typed.errors.iter().find(|error| error.field == kind.key()).map(|error| error.message.clone());
    let wrong = error.is_some();
    let error = error.map(|error| view! { <p class="error" id=format!("error-{}", kind.key())><span class="hidden">"Error: "</span>{error}</p> });
    let cells: Vec<_> = Way::ALL
        .into_iter()
        .enumerate()
        .map(|(place, way)| {
            // The first is where a link of the error summary leads.
            let id = if place == 0 { format!("field-{}", kind.key()) } else { format!("field-{}-{}", kind.key(), way.key()) };
            let named = id.clone();
            let default = (kind.default_way() == way).then(|| view! { " "<span class="soft">"(usual)"</span> });
            view! {
                <td>
                    <div class="choice">
                        <input type="radio" id=id name=kind.key() value=way.key() checked=chosen == way.key()/>
                        <label for=named><span class="hidden">{format!("{}: ", kind.title())}</span>{way.words()}{default}</label>
                    </div>
                </td>
            }
        })
        .collect();
    view! {
        <tr class=wrong.then_some("wrong")>
            <th scope="row">{kind.title()}<span class="detail">{kind.hint(currency)}</span>{error}</th>
            {cells}
        </tr>
    }
}
