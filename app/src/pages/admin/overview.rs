//! What an administrator sees first: the cases, and whether mail goes out.

use claims::{
    Instant,
    access::Action,
    case::{Case, Intake},
    deadline,
    intake::case_settings::CaseState,
    money::grouped_units,
    status::ClaimStatus,
    store,
};
use leptos::prelude::*;

use crate::{
    components::{Notice, NoticeKind, StatusTag, Table},
    request::{Answer, Visitor},
    shell::Page,
};

/// `GET /admin`
pub async fn page(visitor: Visitor) -> Answer {
    visitor.may(Action::ManageCases)?;
    visitor.may(Action::ManageInstallation)?;
    let mut tx = visitor.recoup().store.read().await?;
    let mut cases = Vec::new();
    for row in store::cases::all(&mut tx, false).await? {
        let counts = store::register::by_status(&mut tx, row.id).await?;
        cases.push((row.read()?, counts));
    }
    let (accounts, administrators) = store::accounts::count(&mut tx).await?;
    let mails = store::outbox::counts(&mut tx).await?;
    drop(tx);
    let now = visitor.recoup().clock.now();
    let notice = visitor.take_notice().await;
    Ok(visitor.page(Page::new("Administration", move || {
        let mails_in = |state: &str| mails.iter().find(|(key, _)| key == state).map_or(0, |(_, count)| *count);
        let (failed, waiting) = (mails_in("failed"), mails_in("waiting"));
        let failed = (failed > 0).then(|| {
            view! {
                <Notice kind=NoticeKind::Warning title="Mail could not be delivered">
                    <a href="/admin/mail?state=failed">{mails_words(failed)}</a>" failed for good. Look why, and tell the people in another way."
                </Notice>
            }
        });
        let list = if cases.is_empty() {
            view! { <p class="empty">"There is no case yet. Make one: what you enter stays out of sight until you show it to the public."</p> }.into_any()
        } else {
            table(&cases, now).into_any()
        };
        view! {
            {notice.map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> })}
            <h1>"Administration"</h1>
            {failed}
            <h2>"Cases"</h2>
            {list}
            <div class="actions"><a class="button" href="/admin/cases/new">"New case"</a></div>
            <h2>"Installation"</h2>
            <ul>
                <li><a href="/admin/accounts">"Accounts"</a>{format!(": {}, of which {} administer", grouped_units(accounts), grouped_units(administrators))}</li>
                <li><a href="/admin/mail">"Mail"</a>{format!(": {} on the way out", mails_words(waiting + mails_in("sending")))}</li>
            </ul>
        }
    })))
}

fn mails_words(count: i64) -> String {
    if count == 1 { "1 mail".to_owned() } else { format!("{} mails", grouped_units(count)) }
}

fn table(cases: &[(Case, Vec<(String, i64)>)], now: Instant) -> impl IntoView + use<> {
    let rows: Vec<_> = cases
        .iter()
        .map(|(case, counts)| {
            let settings = &case.settings;
            let of = |status: ClaimStatus| {
                grouped_units(counts.iter().find(|(key, _)| key == status.key()).map_or(0, |(_, count)| *count))
            };
            let (word, key) = state(case, now);
            view! {
                <tr>
                    <th scope="row"><a href=format!("/admin/cases/{}", settings.slug)>{settings.title.clone()}</a></th>
                    <td><StatusTag word key/></td>
                    <td>{deadline::in_words(case.deadline, &settings.time_zone, now)}</td>
                    <td class="num">{of(ClaimStatus::Submitted)}</td>
                    <td class="num">{of(ClaimStatus::Draft)}</td>
                    <td class="num">{of(ClaimStatus::Withdrawn)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="Cases" quiet=true>
            <thead>
                <tr>
                    <th scope="col">"Case"</th><th scope="col">"State"</th><th scope="col">"Deadline"</th>
                    <th scope="col" class="num">"Claims"</th><th scope="col" class="num">"Drafts"</th><th scope="col" class="num">"Withdrawn"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

/// The state of a case in a word, and its key for the stylesheet.
pub fn state(case: &Case, now: Instant) -> (&'static str, &'static str) {
    match (case.settings.state, case.intake(now)) {
        (CaseState::Preparing, _) => ("Being prepared", "draft"),
        (_, Intake::Open) => ("Open", "open"),
        (_, Intake::LateWithReason) => ("Open for late claims", "open"),
        (_, Intake::Closed) => ("Closed", "closed"),
    }
}
