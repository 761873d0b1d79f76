//! Ending mails by the link in them: a page with a button for people, and the same address for mail programs (RFC 8058).

use axum::{extract::Path, http::StatusCode};
use claims::{
    actions::{
        Failure,
        notices::unsubscribe::{self, Ends},
    },
    notices::Subscription,
};
use leptos::prelude::*;

use crate::{
    components::{Notice, NoticeKind},
    request::{Answer, Visitor},
    shell::Page,
};

/// `GET /unsubscribe/{token}`: nothing ends before the button is pressed, because programs open links to look at them.
pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    let ends = match unsubscribe::read(visitor.recoup(), &token).await {
        Ok(ends) => ends,
        Err(failure) => return broken(&visitor, failure),
    };
    let Ends { case, subscription, .. } = ends;
    Ok(visitor.page(Page::new("Stop these mails", move || {
        view! {
            <h1>"Stop these mails"</h1>
            <p>{what(subscription, &case.settings.title)}</p>
            <form method="post" action=format!("/unsubscribe/{token}") novalidate>
                <div class="actions"><button type="submit">"Stop them"</button></div>
            </form>
            <p class="small soft">"Receipts and other mails about the state of your own claim still come."</p>
        }
    })))
}

/// `POST /unsubscribe/{token}`: by the button, or by a mail program, which sends no cookie and reads only the status. The body is
/// not looked at: programs may send it as a form of either kind.
pub async fn end(visitor: Visitor, Path(token): Path<String>) -> Answer {
    let Ends { case, subscription, .. } = match unsubscribe::end(visitor.recoup(), &token).await {
        Ok(ends) => ends,
        Err(failure) => return broken(&visitor, failure),
    };
    Ok(visitor.page(Page::new("These mails end", move || {
        let done = format!("{} of “{}” will not be mailed to you any more.", subscription.title(), case.settings.title);
        view! {
            <Notice kind=NoticeKind::Success>{done}</Notice>
            <h1>"These mails end"</h1>
            <p>"You can still read the news on "<a href=format!("/cases/{}", case.settings.slug)>"the page of the case"</a>
                ", and choose again under "<a href="/account/mail">"your account"</a>"."</p>
        }
    })))
}

fn what(subscription: Subscription, case: &str) -> String {
    let which = match subscription {
        Subscription::News => "news",
        Subscription::Reminders => "reminders before the deadline",
    };
    format!("This stops {which} of “{case}” to the address that got the mail.")
}

fn broken(visitor: &Visitor, failure: Failure) -> Answer {
    let Failure::Said(why) = failure else { return Err(failure.into()) };
    let page = Page::new("This link does not work", move || {
        view! { <h1>"This link does not work"</h1><p>{why}</p><p><a href="/account/mail">"Choose which mails you get"</a></p> }
    });
    Ok(visitor.page_with(StatusCode::GONE, page.error(true)))
}
