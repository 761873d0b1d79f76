//! Which mails somebody gets as a claimant.

use axum::extract::Path;
use claims::{
    access::Action,
    actions::notices::preferences::{self, Subscribed},
    store::cases,
};
use leptos::prelude::*;

use crate::{
    components::{Notice, NoticeKind},
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /account/mail`
pub async fn page(visitor: Visitor) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?.clone();
    let subscribed = preferences::of_claimant(visitor.recoup(), &actor).await?;
    let mut tx = visitor.recoup().store.read().await?;
    let mut as_counsel = Vec::new();
    for row in cases::of_counsel(&mut tx, actor.account).await? {
        as_counsel.push(row.read()?.settings);
    }
    drop(tx);
    let notice = visitor.take_notice().await;
    Ok(visitor.page(Page::new("Which mails you get", move || {
        let notice = notice.map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
        let forms: Vec<_> = subscribed.iter().map(form).collect();
        let none = subscribed.is_empty().then(|| {
            view! { <p class="empty">"You file in no case yet. Once you do, you choose here whether you get its news and reminders."</p> }
        });
        let counsel: Vec<_> = as_counsel
            .iter()
            .map(|case| view! { <li><a href=format!("/counsel/{}/mail/preferences", case.slug)>{case.title.clone()}</a></li> })
            .collect();
        let counsel = (!counsel.is_empty()).then(|| view! { <h2>"As counsel"</h2><ul>{counsel}</ul> });
        view! {
            {notice}
            <a class="back" href="/account">"← Your account"</a>
            <h1>"Which mails you get"</h1>
            <p>"Receipts, and whatever else is about the state of your own claim, always come: they are your proof. All of it can also be read under "<a href="/mail">"Mail"</a>"."</p>
            {none}
            {forms}
            {counsel}
        }
    })))
}

fn form(of: &Subscribed) -> impl IntoView + use<> {
    let slug = of.case.settings.slug.clone();
    let ticks: Vec<_> = of
        .to
        .iter()
        .map(|(subscription, on)| {
            let id = format!("{slug}-{}", subscription.key());
            let named = id.clone();
            let hint = format!("hint-{id}");
            let described = hint.clone();
            view! {
                <div class="field full">
                    <div class="choice">
                        <input type="checkbox" id=id name=subscription.key() value="yes" checked=*on aria-describedby=described/>
                        <label for=named>{subscription.title()}</label>
                    </div>
                    <p class="hint" id=hint>{subscription.hint()}</p>
                </div>
            }
        })
        .collect();
    let id = format!("case-{slug}");
    let named = id.clone();
    let whose = format!(" for {}", of.case.settings.title);
    view! {
        <section aria-labelledby=named>
            <h2 id=id>{of.case.settings.title.clone()}</h2>
            <form method="post" action=format!("/account/mail/{slug}") novalidate>
                <div class="fields">{ticks}</div>
                <div class="actions"><button type="submit">"Save"<span class="hidden">{whose}</span></button></div>
            </form>
        </section>
    }
}

/// `POST /account/mail/{slug}`
pub async fn save(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    preferences::set_of_claimant(visitor.recoup(), actor, &slug, &sent.0).await?;
    visitor.notice("Saved.").await;
    Ok(see_other("/account/mail"))
}
