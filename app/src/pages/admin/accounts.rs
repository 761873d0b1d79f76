//! Accounts of the installation.

use axum::extract::Path;
use claims::{
    AccountId,
    access::{Action, Refusal},
    actions::account,
    deadline,
    money::grouped_units,
    store::{self, accounts::Account},
};
use leptos::prelude::*;

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
    let (count, _) = store::accounts::count(&mut tx).await?;
    let pages = (count + PAGE - 1).max(PAGE) / PAGE;
    let number = query.0.number("page").unwrap_or(1).clamp(1, pages);
    let accounts = store::accounts::all(&mut tx, PAGE, (number - 1) * PAGE).await?;
    drop(tx);
    let notice = visitor.take_notice().await;
    Ok(visitor.page(Page::new("Accounts", move || {
        let rows: Vec<_> = accounts.into_iter().map(|account| row(account, me, number)).collect();
        view! {
            {notice.map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> })}
            <a class="back" href="/admin">"← Administration"</a>
            <h1>"Accounts"</h1>
            <p>"A disabled account cannot sign in and is signed out at once. Its claims stay as they are, and you can enable it again."</p>
            <Table caption=format!("Accounts, {} in all", grouped_units(count)) class="dense">
                <thead>
                    <tr>
                        <th scope="col">"E-mail"</th><th scope="col">"Name"</th><th scope="col">"Made"</th><th scope="col">"State"</th>
                        <th scope="col"><span class="hidden">"What can be done"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
            <Pager page=number.unsigned_abs() pages=pages.unsigned_abs() base="/admin/accounts"/>
        }
    })
    .wide()))
}

fn row(account: Account, me: AccountId, page: i64) -> impl IntoView {
    let (word, key) = match (&account.disabled_at, &account.verified_at) {
        (Some(_), _) => ("Disabled", "closed"),
        (None, Some(_)) => ("Confirmed", "open"),
        (None, None) => ("Not confirmed", "draft"),
    };
    let administrator = account.administrator.then_some("Administrator");
    // Several accounts may have an address that none of them confirmed: then their numbers tell them apart.
    let which = match account.verified_at {
        Some(_) => account.email.clone(),
        None => format!("{}, not confirmed, account {}", account.email, account.id),
    };
    let change = (account.id != me).then(|| {
        let (verb, words) = if account.disabled_at.is_some() { ("enable", "Enable") } else { ("disable", "Disable") };
        view! {
            <form method="post" action=format!("/admin/accounts/{}/{verb}", account.id) class="inline">
                <input type="hidden" name="page" value=page.to_string()/>
                <button type="submit" class="link">{words}<span class="hidden">" "{which}</span></button>
            </form>
        }
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
    Ok(see_other(&format!("/admin/accounts?page={}", sent.number("page").unwrap_or(1))))
}
