//! One's own account: address, password, sessions.

use claims::{
    access::{Action, Actor},
    actions::{
        account,
        second_factor::{self, Standing},
    },
    deadline,
    store::sessions::SessionRow,
};
use leptos::prelude::*;

use super::session;
use crate::{
    components::{Notice, NoticeKind, Table},
    request::{Answer, Visitor, see_other},
    shell::Page,
};

/// `GET /account`
pub async fn page(visitor: Visitor) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?.clone();
    let sessions = account::list_sessions(visitor.recoup(), &actor).await?;
    let factor = second_factor::standing(visitor.recoup(), &actor).await?;
    let here = session::hash(&visitor);
    let notice = visitor.take_notice().await;
    Ok(visitor.page(Page::new("Your account", move || {
        let notice = notice.map(|notice| view! { <Notice kind=NoticeKind::Success>{notice}</Notice> });
        view! {
            {notice}
            <h1>"Your account"</h1>
            {address(&actor, &factor)}
            <h2>"Sessions"</h2>
            <p>"Wherever you are signed in. If you do not know one of these, sign out everywhere and change your password."</p>
            {sessions_table(sessions, &here)}
            <form method="post" action="/account/sign-out-everywhere" class="actions"><button class="secondary" type="submit">"Sign out everywhere, here too"</button></form>
        }
    })))
}

fn address(actor: &Actor, factor: &Standing) -> impl IntoView + use<> {
    let confirmed = if actor.verified { "confirmed" } else { "not confirmed yet" };
    let (factor, change) = match factor {
        Standing::None | Standing::Begun(_) => ("None: the password alone lets you in".to_owned(), "Set up"),
        Standing::Active { codes_left, .. } => {
            (format!("Asked for at every sign-in; {codes_left} recovery codes left"), "Change")
        }
    };
    let ask = (!actor.verified).then(|| {
        view! {
            <Notice kind=NoticeKind::Warning title="Confirm your e-mail address">
                <p>"You can fill in claims, but not sign them, before you open the link in the mail that we sent you. Nothing came? Look into the folder for unwanted mail, or have it sent again."</p>
                <form method="post" action="/account/confirm-again">
                    <input type="hidden" name="next" value="/account"/>
                    <button class="secondary small" type="submit">"Send the mail again"</button>
                </form>
            </Notice>
        }
    });
    view! {
        <p>"Signed in as "<strong>{actor.name.clone()}</strong>"."</p>
        {ask}
        <dl class="summary-list">
            <div><dt>"E-mail address"</dt><dd class="answer">{actor.email.clone()}", "{confirmed}</dd><dd class="change"><a href="/account/email">"Change"<span class="hidden">" e-mail address"</span></a></dd></div>
            <div><dt>"Password"</dt><dd class="answer">"Kept as a hash only; nobody can read it"</dd><dd class="change"><a href="/account/password">"Change"<span class="hidden">" password"</span></a></dd></div>
            <div><dt>"Second factor"</dt><dd class="answer">{factor}</dd><dd class="change"><a href="/account/second-factor">{change}<span class="hidden">" second factor"</span></a></dd></div>
            <div><dt>"Mail"</dt><dd class="answer">"News, reminders, and what is told to counsel"</dd><dd class="change"><a href="/account/mail">"Change"<span class="hidden">" which mails you get"</span></a></dd></div>
        </dl>
    }
}

fn sessions_table(sessions: Vec<SessionRow>, here: &str) -> impl IntoView + use<> {
    let rows: Vec<_> = sessions
        .into_iter()
        .map(|session| {
            let this = session.id_hash == here;
            let client = if session.client.is_empty() { "Unknown".to_owned() } else { session.client };
            view! {
                <tr>
                    <th scope="row">{client}{this.then(|| view! { " "<strong>"(this one)"</strong> })}</th>
                    <td>{deadline::show(session.started_at, "Etc/UTC")}</td>
                    <td>{deadline::show(session.seen_at, "Etc/UTC")}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption="Sessions of your account" quiet=true>
            <thead><tr><th scope="col">"Browser and address"</th><th scope="col">"Signed in"</th><th scope="col">"Last used"</th></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

/// `POST /account/sign-out-everywhere`
pub async fn sign_out_everywhere(visitor: Visitor) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    account::sign_out_everywhere(visitor.recoup(), actor).await?;
    session::end(&visitor).await?;
    Ok(see_other("/sign-in?out=yes"))
}
