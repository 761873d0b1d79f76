//! Accounts of the installation.

use axum::extract::Path;
use claims::{
    AccountId,
    access::{Action, Refusal},
    actions::account,
    deadline,
    intake::form::clean,
    money::grouped_units,
    store::{self, accounts::Account},
};
use leptos::prelude::*;
use url::form_urlencoded::Serializer;

use crate::{
    components::{Notice, NoticeKind, Pager, StatusTag, Table},
    request::{Answer, Query, Sent, Visitor, see_other},
    shell::Page,
};

/// Accounts on a page.
const PAGE: i64 = 50;

/// `GET /admin/accounts`
pub async fn page(visitor: Visitor, query: Query) -> Answer {
    let me = visitor.may(Action::ManageInstallation)?.account;
    let mut tx = visitor.recoup().store.read().await?;
    let text = clean(query.0.get("q"), 100);
    let count = store::accounts::count_of(&mut tx, &text).await?;
    let pages = (count + PAGE - 1).max(PAGE) / PAGE;
    let number = query.0.number("page").unwrap_or(1).clamp(1, pages);
    let accounts = store::accounts::list(&mut tx, &text, PAGE, (number - 1) * PAGE).await?;
    drop(tx);
    let notice = visitor.take_notice().await;
    Ok(visitor.page(Page::new("Accounts", move || {
        let place = place(&text, 1);
        let rows: Vec<_> = accounts.into_iter().map(|account| row(account, me, &text, number)).collect();
        let caption = if text.is_empty() {
            format!("Accounts, {} in all", grouped_units(count))
        } else {
            format!("Accounts with “{text}” in address or name: {}", grouped_units(count))
        };
        let clear = (!text.is_empty()).then(|| view! { <a href="/admin/accounts">"All accounts"</a> });
        view! {
            {notice.map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> })}
            <a class="back" href="/admin">"← Administration"</a>
            <h1>"Accounts"</h1>
            <p>"A disabled account cannot sign in and is signed out at once. Its claims stay as they are, and you can enable it again."</p>
            <form class="bar" method="get" role="search" novalidate>
                <div class="field short">
                    <label for="field-q">"Address or name"</label>
                    <div class="control"><input type="text" id="field-q" name="q" value=text autocomplete="off"/></div>
                </div>
                <button class="secondary" type="submit">"Search"</button>
                {clear}
            </form>
            <Table caption class="dense">
                <thead>
                    <tr>
                        <th scope="col">"E-mail"</th><th scope="col">"Name"</th><th scope="col">"Made"</th><th scope="col">"State"</th>
                        <th scope="col"><span class="hidden">"What can be done"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
            <Pager page=number.unsigned_abs() pages=pages.unsigned_abs() base=place/>
        }
    })
    .wide()))
}

/// The address of a page of what was searched.
fn place(text: &str, page: i64) -> String {
    let mut query = Serializer::new(String::new());
    if !text.is_empty() {
        query.append_pair("q", text);
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    let query = query.finish();
    if query.is_empty() { "/admin/accounts".to_owned() } else { format!("/admin/accounts?{query}") }
}

fn row(account: Account, me: AccountId, text: &str, page: i64) -> impl IntoView + use<> {
    let (word, key) = match (&account.disabled_at, &account.verified_at) {
        (Some(_), _) => ("Disabled", "closed"),
        (None, Some(_)) => ("Confirmed", "open"),
        (None, None) => ("Not confirmed", "draft"),
    };
    let administrator = account.administrator.then_some("Administrator");
    let which = which(&account);
    let change = (account.id != me).then(|| {
        if account.disabled_at.is_none() {
            let ask = place(text, page).replacen("/accounts", &format!("/accounts/{}/disable", account.id), 1);
            return view! { <a href=ask>"Disable"<span class="hidden">" "{which}</span></a> }.into_any();
        }
        view! {
            <form method="post" action=format!("/admin/accounts/{}/enable", account.id) class="inline">
                {here(text, page)}
                <button type="submit" class="link">"Enable"<span class="hidden">" "{which}</span></button>
            </form>
        }
        .into_any()
    });
    view! {
        <tr>
            <th scope="row">{account.email.clone()}</th>
            <td>{account.name}</td>
            <td class="nowrap">{deadline::show(account.created_at, "Etc/UTC")}</td>
            <td><StatusTag word key/>" "{administrator}</td>
            <td class="row-actions">{change}{(account.id == me).then_some("You")}</td>
        </tr>
    }
}

/// Several accounts may have an address that none of them confirmed: then their numbers tell them apart.
fn which(account: &Account) -> String {
    match account.verified_at {
        Some(_) => account.email.clone(),
        None => format!("{}, not confirmed, account {}", account.email, account.id),
    }
}

/// The search and page to come back to.
fn here(text: &str, page: i64) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="q" value=text.to_owned()/>
        <input type="hidden" name="page" value=page.to_string()/>
    }
}

/// `GET /admin/accounts/{id}/disable`: says whose it is and what it means, and asks.
pub async fn ask_to_disable(visitor: Visitor, Path(id): Path<String>, query: Query) -> Answer {
    let me = visitor.may(Action::ManageInstallation)?.account;
    let id = id.parse().map(AccountId).map_err(|_| Refusal::NotFound)?;
    let mut tx = visitor.recoup().store.read().await?;
    let account = store::accounts::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    drop(tx);
    let (text, page) = (clean(query.0.get("q"), 100), query.0.number("page").unwrap_or(1));
    let back = place(&text, page);
    if account.id == me || account.disabled_at.is_some() {
        visitor
            .notice(if account.id == me {
                "You cannot disable your own account."
            } else {
                "This account is disabled already."
            })
            .await;
        return Ok(see_other(&back));
    }
    Ok(visitor.page(Page::new("Disable an account", move || {
        let made = format!("{}, {}, made {}.", account.name, which(&account), deadline::show(account.created_at, "Etc/UTC"));
        let administrator = account.administrator.then(|| view! { <li>"It administers this site."</li> });
        view! {
            <h1>"Disable this account?"</h1>
            <p class="lede">{made}</p>
            <ul>
                {administrator}
                <li>"It is signed out at once and cannot sign in. It gets no more mails about claims."</li>
                <li>"Its claims stay as they are."</li>
                <li>"You can enable it again."</li>
            </ul>
            <form method="post">
                {here(&text, page)}
                <div class="actions"><button type="submit" class="danger">"Disable the account"</button><a href=back>"Keep it"</a></div>
            </form>
        }
    })))
}

/// `POST /admin/accounts/{id}/disable`
pub async fn disable(visitor: Visitor, Path(id): Path<String>, sent: Sent) -> Answer {
    set(&visitor, &id, true, &sent).await
}

/// `POST /admin/accounts/{id}/enable`
pub async fn enable(visitor: Visitor, Path(id): Path<String>, sent: Sent) -> Answer {
    set(&visitor, &id, false, &sent).await
}

async fn set(visitor: &Visitor, id: &str, disabled: bool, sent: &Sent) -> Answer {
    let actor = visitor.may(Action::ManageInstallation)?;
    let id = id.parse().map(AccountId).map_err(|_| Refusal::NotFound)?;
    account::set_disabled(visitor.recoup(), actor, id, disabled).await?;
    visitor
        .notice(if disabled { "The account is disabled and signed out." } else { "The account is enabled again." })
        .await;
    Ok(see_other(&place(&clean(sent.get("q"), 100), sent.number("page").unwrap_or(1))))
}
