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
    request::{Answer, Sent, Visitor, see_other},
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
            <p>"Wherever you are signed in. If you do not know one of these, end it and change your password."</p>
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
            let client = if session.client.is_empty() { "Unknown".to_owned() } else { browser(&session.client) };
            // The one that is looking signs out as always, above. In the first column, so that a telephone shows it.
            let end = (!this).then(|| {
                view! {
                    <form class="inline" method="post" action="/account/end-session">
                        <input type="hidden" name="session" value=account::session_name(&session)/>
                        <button class="secondary small" type="submit">"End"<span class="hidden">{format!(" the session of {client}")}</span></button>
                    </form>
                }
            });
            view! {
                <tr>
                    <th scope="row">{client.clone()}{this.then(|| view! { " "<strong>"(this one)"</strong> })}" "{end}</th>
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

/// Browser, system and address in few words, where the browser says what it is; else all that it sent.
fn browser(client: &str) -> String {
    // Most browsers name others too, for the sake of old pages: who comes first here is meant.
    const BROWSERS: [(&str, &str); 8] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("FxiOS/", "Firefox"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "a Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let found = |known: &'static [(&'static str, &'static str)]| {
        known.iter().find(|(mark, _)| client.contains(mark)).map(|(_, words)| *words)
    };
    match (found(&BROWSERS), found(&SYSTEMS), client.rsplit_once(", ")) {
        (Some(browser), Some(system), Some((_, address))) => format!("{browser} on {system}, {address}"),
        _ => client.to_owned(),
    }
}

/// `POST /account/end-session`: a second click finds nothing and says the same.
pub async fn end_session(visitor: Visitor, sent: Sent) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    account::end_session(visitor.recoup(), actor, sent.get("session")).await?;
    visitor.notice("The session is ended. Who goes on there has to sign in.").await;
    Ok(see_other("/account"))
}

/// `POST /account/sign-out-everywhere`
pub async fn sign_out_everywhere(visitor: Visitor) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    account::sign_out_everywhere(visitor.recoup(), actor).await?;
    session::end(&visitor).await?;
    Ok(see_other("/sign-in?out=yes"))
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_in_few_words() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36, 192.0.2.7";
        assert_eq!(browser(chrome), "Chrome on Linux, 192.0.2.7");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1, ::1";
        assert_eq!(browser(safari), "Safari on an iPhone, ::1");
        assert_eq!(browser("<b>curl/8, 192.0.2.7"), "<b>curl/8, 192.0.2.7");
    }
}
