//! The second factor of one's account: explained, set up, its recovery codes, removed.

use claims::{
    access::{Action, Actor},
    actions::second_factor::{self, Standing},
    deadline,
    intake::account::{FIRST_CODE, PASSWORD_AGAIN, PASSWORD_AND_CODE},
    second_factor::Secret,
};
use leptos::prelude::*;

use super::{
    form_page::FormPage,
    session,
    typed::{Typed, refused},
};
use crate::{
    components::{FormSections, Notice, NoticeKind, QrCode},
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /account/second-factor`
pub async fn page(visitor: Visitor) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    let page = show(&visitor, actor, Typed::default()).await?;
    Ok(visitor.page(page))
}

/// `POST /account/second-factor/begin`
pub async fn begin(visitor: Visitor, sent: Sent) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    match second_factor::begin(visitor.recoup(), actor, &sent.0, &session::hash(&visitor)).await {
        Ok(mark) => {
            session::keep_factor(&visitor, &mark).await?;
            Ok(see_other("/account/second-factor"))
        }
        Err(failure) => again(&visitor, failure, sent).await,
    }
}

/// `POST /account/second-factor/confirm`: the answer shows the recovery codes, which nobody can read again.
pub async fn confirm(visitor: Visitor, sent: Sent) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    let begun = session::factor(&visitor).await;
    match second_factor::confirm(visitor.recoup(), actor, &sent.0, &session::hash(&visitor), &begun).await {
        Ok(codes) => Ok(visitor.page(show_codes(
            "The second factor is set up",
            "From now on a code is asked for whenever you sign in. Every other session of your account is signed out.",
            codes,
        ))),
        Err(failure) => again(&visitor, failure, sent).await,
    }
}

async fn again(visitor: &Visitor, failure: claims::actions::Failure, sent: Sent) -> Answer {
    let page = show(visitor, visitor.actor()?, Typed::of(sent.0.clone())).await?;
    match failure {
        claims::actions::Failure::Invalid(errors) => {
            let typed = Typed { answers: sent.0, errors, said: None };
            Ok(visitor.again(show(visitor, visitor.actor()?, typed).await?))
        }
        failure => refused(visitor, failure, sent.0, |_| page),
    }
}

async fn show(visitor: &Visitor, actor: &Actor, typed: Typed) -> Result<Page, claims::actions::Failure> {
    let standing = second_factor::standing(visitor.recoup(), actor).await?;
    Ok(match standing {
        Standing::None => explained(typed),
        // Another session of the account does not see it.
        Standing::Begun(secret) if second_factor::mark(&secret) != session::factor(visitor).await => explained(typed),
        Standing::Begun(secret) => {
            let site =
                visitor.recoup().base_url.trim_start_matches("https://").trim_start_matches("http://").to_owned();
            scanned(&secret, &secret.uri(&site, &actor.email), typed)
        }
        Standing::Active { since, codes_left } => active(&deadline::show(since, "Etc/UTC"), codes_left, typed),
    })
}

fn explained(typed: Typed) -> Page {
    FormPage {
        title: "Set up a second factor",
        lead: "With a second factor nobody gets into your account by your password alone: signing in asks for six digits that an app on your telephone shows. Any authenticator app will do. Give your password to begin.".to_owned(),
        action: "/account/second-factor/begin".to_owned(),
        form: PASSWORD_AGAIN,
        button: "Go on",
        links: vec![("Not now?", "/account".to_owned(), "Back to your account")],
        ..FormPage::default()
    }
    .with(typed)
}

fn scanned(secret: &Secret, uri: &str, typed: Typed) -> Page {
    // In groups of four, as people type it.
    let text = secret.base32();
    let groups: Vec<String> =
        text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    let (uri, groups) = (uri.to_owned(), groups.join(" "));
    Page::new("Set up a second factor", move || {
        view! {
            {typed.top()}
            <a class="back" href="/account">"← Your account"</a>
            <h1>"Set up a second factor"</h1>
            <ol>
                <li>"Open an authenticator app on your telephone and add an account."</li>
                <li>"Let it read this picture. On the telephone itself, "<a href=uri.clone()>"open it in the app"</a>", or type the key."</li>
            </ol>
            <QrCode text=uri label="The key of your second factor, as a picture for an authenticator app"/>
            <dl class="summary-list"><div><dt>"Key"</dt><dd class="answer"><code>{groups}</code></dd></div></dl>
            <form method="post" action="/account/second-factor/confirm" novalidate>
                <FormSections sections=FIRST_CODE answers=typed.answers errors=typed.errors/>
                <div class="actions"><button type="submit">"Turn it on"</button><span>"Not now? "<a href="/account">"Back to your account"</a></span></div>
            </form>
        }
    })
}

fn active(since: &str, left: i64, typed: Typed) -> Page {
    let since = since.to_owned();
    Page::new("Second factor", move || {
        let few = (left < 3).then(|| {
            view! { <Notice kind=NoticeKind::Warning title="Few recovery codes are left">"Make new ones, so that a lost telephone does not keep you out."</Notice> }
        });
        view! {
            {typed.top()}
            <a class="back" href="/account">"← Your account"</a>
            <h1>"Second factor"</h1>
            {few}
            <dl class="summary-list">
                <div><dt>"Asked for at every sign-in"</dt><dd class="answer">{format!("since {since}")}</dd></div>
                <div><dt>"Recovery codes left"</dt><dd class="answer">{left.to_string()}</dd></div>
            </dl>
            <h2>"New recovery codes, or another device"</h2>
            <p>"Both ask for your password and a code. For another device remove the second factor, then set it up anew."</p>
            <form method="post" action="/account/second-factor/codes" novalidate>
                <FormSections sections=PASSWORD_AND_CODE answers=typed.answers errors=typed.errors/>
                <div class="actions">
                    <button type="submit">"Make new recovery codes"</button>
                    <button type="submit" class="secondary" formaction="/account/second-factor/remove">"Remove the second factor"</button>
                </div>
            </form>
        }
    })
}

/// `POST /account/second-factor/codes`
pub async fn codes(visitor: Visitor, sent: Sent) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    match second_factor::renew_codes(visitor.recoup(), actor, &sent.0, &session::hash(&visitor)).await {
        Ok(codes) => Ok(visitor.page(show_codes("New recovery codes", "The earlier ones no longer work.", codes))),
        Err(failure) => again(&visitor, failure, sent).await,
    }
}

/// `POST /account/second-factor/remove`
pub async fn remove(visitor: Visitor, sent: Sent) -> Answer {
    let actor = visitor.may(Action::UseOwnAccount)?;
    match second_factor::remove(visitor.recoup(), actor, &sent.0, &session::hash(&visitor)).await {
        Ok(()) => {
            visitor.notice("The second factor is removed. Your password alone lets you in again.").await;
            Ok(see_other("/account"))
        }
        Err(failure) => again(&visitor, failure, sent).await,
    }
}

fn show_codes(title: &'static str, lead: &'static str, codes: Vec<String>) -> Page {
    Page::new(title, move || {
        let codes: Vec<_> = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect();
        view! {
            <h1>{title}</h1>
            <p>{lead}</p>
            <Notice kind=NoticeKind::Warning title="Keep these recovery codes">
                "Each lets you in once without your device. They are shown this once only: print this page or write them down, and keep them apart from your telephone."
            </Notice>
            <ul class="codes">{codes}</ul>
            <p><a href="/account">"I have kept them, on to my account"</a></p>
        }
    })
}
