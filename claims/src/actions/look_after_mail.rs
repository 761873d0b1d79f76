//! Counsel look after the mail of a case: edit, discard or send at once what waits, and try again what failed. A worker that has
//! a mail keeps it: whoever comes too late is told so.

use super::{Failure, Recoup, permit, record};
use crate::{
    CaseId, MailId,
    access::{Action, Actor, Refusal},
    intake::{Answers, mailing},
    mail,
    store::{
        Tx,
        outbox::{self, ReadMail},
    },
};

const TOO_LATE: &str =
    "This mail no longer waits: it is being sent, was sent, or somebody else changed it meanwhile. Look at it again.";

async fn find(tx: &mut Tx, case: CaseId, id: MailId) -> Result<ReadMail, Failure> {
    Ok(outbox::of_case_by_id(tx, case, id).await?.ok_or(Refusal::NotFound)?)
}

/// What a mail says, as a short text that a form carries, so that two people do not overwrite each other.
#[must_use]
pub fn mark(mail: &ReadMail) -> String {
    super::links::hash(&format!("{}\n{}", mail.subject, mail.body_text))
}

/// Changes a mail that waits. `seen` is the [`mark`] of what was edited.
///
/// # Errors
/// Wrong answers, or a mail that no longer waits as it was.
pub async fn edit(
    recoup: &Recoup,
    actor: &Actor,
    case: CaseId,
    id: MailId,
    answers: &Answers,
    seen: &str,
) -> Result<(), Failure> {
    permit(actor, Action::Write(case))?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let found = find(&mut tx, case, id).await?;
    if !mail::may_be_edited(&found.kind) {
        return Err(Failure::said("This mail is the program's word on a claim, and is not edited."));
    }
    let (subject, text) = mailing::read_waiting(&answers.only(mailing::WAITING)).map_err(Failure::Invalid)?;
    let (text, html) = mail::bodies(&subject, &mail::unmarked(&text));
    if found.subject == subject && found.body_text == text {
        return Ok(());
    }
    let before = (found.subject.as_str(), found.body_text.as_str());
    if mark(&found) != seen || !outbox::edit(&mut tx, id, before, (&subject, &text, &html)).await? {
        return Err(Failure::said(TOO_LATE));
    }
    record(&mut tx, case, actor.account, "mail_edited", details(&found), now).await?;
    Ok(tx.commit().await?)
}

/// Discards a mail that waits. Once more changes nothing.
///
/// # Errors
/// A mail that no longer waits, or that is not counsel's to discard.
pub async fn discard(recoup: &Recoup, actor: &Actor, case: CaseId, id: MailId) -> Result<(), Failure> {
    permit(actor, Action::Write(case))?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let found = find(&mut tx, case, id).await?;
    if found.state == "discarded" {
        return Ok(());
    }
    if !mail::may_be_discarded(&found.kind) {
        return Err(Failure::said("This mail tells claimants how their claim stands, and is not discarded."));
    }
    if !outbox::discard(&mut tx, id).await? {
        return Err(Failure::said(TOO_LATE));
    }
    record(&mut tx, case, actor.account, "mail_discarded", details(&found), now).await?;
    Ok(tx.commit().await?)
}

/// Sends a mail that waits now, or tries one that failed again.
///
/// # Errors
/// A mail that neither waits nor failed, or a letter whose claim was withdrawn since.
pub async fn send_now(recoup: &Recoup, actor: &Actor, case: CaseId, id: MailId) -> Result<(), Failure> {
    permit(actor, Action::Write(case))?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let found = find(&mut tx, case, id).await?;
    if found.claim_withdrawn && ["waiting", "failed"].contains(&found.state.as_str()) {
        return Err(Failure::said(
            "The claim was withdrawn after this mail was queued, so the mail does not go out. To write to the claimant all the same, choose the status “Withdrawn” under Write to many.",
        ));
    }
    if !outbox::send_now(&mut tx, id, now).await? {
        return Err(Failure::said(TOO_LATE));
    }
    record(&mut tx, case, actor.account, "mail_sent_now", details(&found), now).await?;
    Ok(tx.commit().await?)
}

fn details(mail: &ReadMail) -> serde_json::Value {
    serde_json::json!({ "mail": mail.id, "recipient": mail.recipient, "subject": mail.subject })
}
