//! A letter of counsel to everybody who acts for the claims of an entry.

use axum::{extract::Path, http::StatusCode};
use claims::{
    OverlapId,
    access::{Action, Refusal},
    actions::{decide_overlap, seen, write_to_many::Preview},
    case::Case,
    intake::{Answers, resolution::LETTER},
    store::{
        claims as claim_rows,
        overlaps::{self, Overlap, Part},
    },
};
use leptos::prelude::*;

use super::{
    frame::{self, Place, Waiting},
    match_words, write,
};
use crate::{
    components::{FormSections, Table},
    pages::account::typed::{Typed, refused},
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

struct Shown {
    case: Case,
    entry: Overlap,
    /// The claims, each with the addresses and names of those who act for it.
    to: Vec<(Part, Vec<(String, String)>)>,
    waiting: Waiting,
    key: String,
    /// The letter as each will read it.
    preview: Option<Preview>,
}

/// `GET /counsel/{slug}/overlaps/{id}/letter`
pub async fn page(visitor: Visitor, Path((slug, id)): Path<(String, i64)>) -> Answer {
    let shown = read(&visitor, &slug, OverlapId(id)).await?;
    let (subject, text) = decide_overlap::suggested_letter(&shown.case.settings.title, &shown.entry);
    let typed = Typed::of(Answers::default().with("subject", subject).with("text", text));
    Ok(visitor.page(show(shown, typed)))
}

/// `POST /counsel/{slug}/overlaps/{id}/letter`
pub async fn send(visitor: Visitor, Path((slug, id)): Path<(String, i64)>, sent: Sent) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Decide).await?;
    drop(tx);
    let id = OverlapId(id);
    let actor = visitor.actor()?;
    // Nothing is sent that nobody looked at as each of them will read it.
    if sent.get("do") != "send" || sent.get(seen::FIELD).is_empty() {
        let preview = decide_overlap::preview(visitor.recoup(), actor, case.id, id, &sent.0).await;
        let mut shown = read(&visitor, &slug, id).await?;
        // The key stays the same until the letter is sent, so that a second click is known.
        if !sent.get("key").is_empty() {
            sent.get("key").clone_into(&mut shown.key);
        }
        return match preview {
            Ok(preview) => {
                let shown = Shown { preview: Some(preview), ..shown };
                Ok(visitor.page_with(StatusCode::OK, show(shown, Typed::of(sent.0))))
            }
            Err(failure) => refused(&visitor, failure, sent.0, |typed| show(shown, typed)),
        };
    }
    match decide_overlap::write_to_parties(visitor.recoup(), actor, case.id, id, &sent.0, sent.get("key")).await {
        Ok(mails) => {
            let mails = frame::count(i64::try_from(mails).unwrap_or(i64::MAX), "mail waits", "mails wait");
            visitor.notice(format!("{mails} to be sent, which takes about a minute.")).await;
            Ok(see_other(&format!("/counsel/{slug}/overlaps/{id}")))
        }
        Err(failure) => {
            let shown = read(&visitor, &slug, id).await?;
            refused(&visitor, failure, sent.0, |typed| show(shown, typed))
        }
    }
}

async fn read(visitor: &Visitor, slug: &str, id: OverlapId) -> Result<Shown, Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(visitor, &mut tx, slug, Action::Decide).await?;
    let entry = overlaps::by_id(&mut tx, case.id, id).await?.ok_or(Refusal::NotFound)?;
    let mut to = Vec::new();
    for part in overlaps::parts(&mut tx, id).await? {
        let claim = claim_rows::by_id(&mut tx, part.claim_id).await?.ok_or(Refusal::NotFound)?;
        to.push((part, claim_rows::accounts_of(&mut tx, claim.claimant_id).await?));
    }
    Ok(Shown { waiting: Waiting::read(&mut tx, case.id).await?, key: visitor.key(), preview: None, case, entry, to })
}

fn show(shown: Shown, typed: Typed) -> Page {
    let whom = frame::whom(&shown.case);
    Page::new("Write to the parties", move || view(&shown, &typed)).wide().whom(whom)
}

fn view(shown: &Shown, typed: &Typed) -> impl IntoView + use<> {
    let slug = shown.case.settings.slug.as_str();
    let back = format!("/counsel/{slug}/overlaps/{}", shown.entry.id);
    let action = format!("{back}/letter");
    let rows: Vec<_> = shown
        .to
        .iter()
        .flat_map(|(part, accounts)| accounts.iter().map(move |account| (part, account)))
        .map(|(part, (email, name))| {
            view! {
                <tr>
                    <th scope="row">{part.number.clone()}</th>
                    <td>{part.claimant.clone()}</td>
                    <td>{name.clone()}</td>
                    <td>{email.clone()}</td>
                </tr>
            }
        })
        .collect();
    let mails = rows.len();
    let send = shown.preview.as_ref().map(|of| {
        let words = if of.mails == 1 { "Send one mail".to_owned() } else { format!("Send {} mails", of.mails) };
        view! {
            <input type="hidden" name=seen::FIELD value=of.mark.clone()/>
            <button type="submit" name="do" value="send">{words}</button>
        }
    });
    let previewed = shown.preview.as_ref().map(|of| write::preview(of.mails, &of.samples));
    let look = match (shown.preview.is_some(), mails) {
        (true, _) => "Look again",
        (false, 1) => "Look at the mail",
        (false, _) => "Look at each of them",
    };
    let look_class = if shown.preview.is_some() { "secondary" } else { "" };
    // The button to look stands before the one to send: Enter in the subject presses the first.
    view! {
        {typed.top()}
        <h1>"Write to the parties"</h1>
        {frame::nav(slug, Place::Overlaps, shown.waiting)}
        <a class="back" href=back.clone()>"← "{match_words::release(&shown.entry.words)}</a>
        <p>"Everybody below gets a mail of their own; nobody sees the others. Each ends with your name and a link to the claim. The suggested text names neither the other claimants nor amounts: add what each may know. Nothing is sent before you have looked at each of them."</p>
        <Table caption="To whom it goes" class="dense">
            <thead>
                <tr>
                    <th scope="col">"Claim"</th>
                    <th scope="col">"Claimant"</th>
                    <th scope="col">"Who acts for it"</th>
                    <th scope="col">"Address"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        {previewed}
        <form method="post" action=action novalidate>
            <input type="hidden" name="key" value=shown.key.clone()/>
            <FormSections sections=LETTER answers=typed.answers.clone() errors=typed.errors.clone()/>
            <div class="actions"><button type="submit" name="do" value="look" class=look_class>{look}</button>{send}<a href=back>"Back without sending"</a></div>
        </form>
    }
}
