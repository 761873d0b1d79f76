//! Counsel of a case: who acts, who is invited.

use axum::extract::Path;
use claims::{
    AccountId, Instant,
    access::{Action, Refusal},
    actions::counsel,
    case::Case,
    deadline,
    intake::account::INVITE,
    store::{self, cases::Appointed},
};
use leptos::prelude::*;

use super::case;
use crate::{
    components::{FormSections, StatusTag, Table},
    pages::account::typed::{Typed, refused},
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// The part of the page of a case.
pub(super) fn view(
    case: &Case,
    counsel: Vec<Appointed>,
    invitations: Vec<(String, Instant)>,
    key: String,
    typed: Typed,
) -> impl IntoView + use<> {
    let slug = &case.settings.slug;
    let open: Vec<_> = invitations
        .into_iter()
        .map(|(email, until)| {
            let until = deadline::show(until, &case.settings.time_zone);
            let whose = format!(" the invitation of {email}");
            view! {
                <li>
                    {email.clone()}", open until "{until}" "
                    <form method="post" action=format!("/admin/cases/{slug}/counsel/withdraw") class="inline">
                        <input type="hidden" name="email" value=email/>
                        <button type="submit" class="link">"Withdraw"<span class="hidden">{whose}</span></button>
                    </form>
                </li>
            }
        })
        .collect();
    let open = (!open.is_empty()).then(|| view! { <h3>"Invited"</h3><ul>{open}</ul> });
    view! {
        {appointed(slug, counsel)}
        {open}
        <h3>"Invite counsel"</h3>
        <p>"They see every claim that is sent, with its documents, and can export them. The mail holds a link that works once, for seven days."</p>
        <form method="post" action=format!("/admin/cases/{slug}/counsel") novalidate>
            <input type="hidden" name="key" value=key/>
            <FormSections sections=INVITE answers=typed.answers errors=typed.errors/>
            <button type="submit" class="secondary">"Send the invitation"</button>
        </form>
    }
}

fn appointed(slug: &str, counsel: Vec<Appointed>) -> AnyView {
    if counsel.is_empty() {
        return view! { <p class="empty">"Nobody acts as counsel yet, so nobody can read what is filed. Invite somebody below."</p> }.into_any();
    }
    let nobody = counsel.iter().all(|of| of.disabled_at.is_some()).then(|| {
        view! { <p>"Every account below is disabled, so nobody can read what is filed. Invite somebody below, or enable an account again."</p> }
    });
    let rows: Vec<_> = counsel
        .into_iter()
        .map(|Appointed { account, name, email, disabled_at }| {
            let disabled = disabled_at.map(|_| view! { " "<StatusTag word="Disabled" key="closed"/> });
            let ask = format!("/admin/cases/{slug}/counsel/{account}/dismiss");
            // Two of the same name are told apart by their addresses.
            let whose = format!(" of {name}, {email}");
            view! {
                <tr>
                    <th scope="row">{name}{disabled}</th>
                    <td>{email}</td>
                    <td class="row-actions"><a href=ask>"End the appointment"<span class="hidden">{whose}</span></a></td>
                </tr>
            }
        })
        .collect();
    view! {
        {nobody}
        <Table caption="Counsel of the case" quiet=true>
            <thead><tr><th scope="col">"Name"</th><th scope="col">"E-mail"</th><th scope="col"><span class="hidden">"What can be done"</span></th></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// `POST /admin/cases/{slug}/counsel`
pub async fn invite(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let actor = visitor.may(Action::ManageCases)?;
    let row = case::find(&visitor, &slug).await?;
    match counsel::invite(visitor.recoup(), actor, row.id, &sent.0, sent.get("key")).await {
        Ok(()) => {
            visitor.notice(format!("An invitation is on its way to {}.", sent.get("email"))).await;
            Ok(see_other(&format!("/admin/cases/{slug}#counsel")))
        }
        Err(failure) => {
            let (settings, revision) = (Typed::of(row.settings.0.clone()), row.revision);
            let shown = case::read(&visitor, row).await?;
            refused(&visitor, failure, sent.0, |typed| case::show(shown, settings, revision, typed))
        }
    }
}

/// `POST /admin/cases/{slug}/counsel/withdraw`: a second click finds nothing to withdraw and says so.
pub async fn withdraw(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let actor = visitor.may(Action::ManageCases)?;
    let row = case::find(&visitor, &slug).await?;
    let words = match counsel::withdraw(visitor.recoup(), actor, row.id, sent.get("email")).await? {
        true => format!("The invitation of {} is withdrawn: its link no longer works.", sent.get("email")),
        false => "This invitation is not open any more: it was used, withdrawn, or has expired.".to_owned(),
    };
    visitor.notice(words).await;
    Ok(see_other(&format!("/admin/cases/{slug}#counsel")))
}

/// `GET /admin/cases/{slug}/counsel/{account}/dismiss`: says what it means, and asks.
pub async fn ask_to_dismiss(visitor: Visitor, Path((slug, account)): Path<(String, String)>) -> Answer {
    visitor.may(Action::ManageCases)?;
    let row = case::find(&visitor, &slug).await?;
    let account = account.parse().map(AccountId).map_err(|_| Refusal::NotFound)?;
    let mut tx = visitor.recoup().store.read().await?;
    let appointed = store::cases::appointed(&mut tx, row.id).await?;
    drop(tx);
    let back = format!("/admin/cases/{slug}#counsel");
    let last = !appointed.iter().any(|of| of.account != account && of.disabled_at.is_none());
    let Some(Appointed { name, email, .. }) = appointed.into_iter().find(|of| of.account == account) else {
        visitor.notice("This appointment has ended already.").await;
        return Ok(see_other(&back));
    };
    let title = row.read()?.settings.title;
    Ok(visitor.page(Page::new("End an appointment", move || {
        let last = last.then(|| view! { <li>"Nobody else acts as counsel of this case: until somebody is invited, nobody can read what is filed."</li> });
        view! {
            <h1>"End this appointment?"</h1>
            <p class="lede">{format!("{name}, {email}, as counsel in “{title}”.")}</p>
            <ul>
                <li>"From then on they see nothing of this case: no claims, no documents, no filings. They get none of its mails."</li>
                <li>"What they did and decided stays as it is, and stays in the events of the case."</li>
                <li>"It cannot be undone here: to appoint them again, you invite them again."</li>
                {last}
            </ul>
            <form method="post">
                <div class="actions"><button type="submit" class="danger">"End the appointment"</button><a href=back>"Keep it"</a></div>
            </form>
        }
    })))
}

/// `POST /admin/cases/{slug}/counsel/{account}/dismiss`: a second click finds nobody to dismiss and says the same.
pub async fn dismiss(visitor: Visitor, Path((slug, account)): Path<(String, String)>) -> Answer {
    let actor = visitor.may(Action::ManageCases)?;
    let row = case::find(&visitor, &slug).await?;
    let account = account.parse().map(AccountId).map_err(|_| Refusal::NotFound)?;
    counsel::dismiss(visitor.recoup(), actor, row.id, account).await?;
    visitor.notice("The appointment has ended. Whoever it was no longer sees the claims of this case.").await;
    Ok(see_other(&format!("/admin/cases/{slug}#counsel")))
}
