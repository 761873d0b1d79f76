//! Reading one's own mail in the portal.

use super::{Failure, Recoup, permit};
use crate::{
    MailId,
    access::{Action, Actor, Refusal},
    mail,
    store::outbox::{self, ReadMail},
};

/// What stands in the place of a link that only the mailbox may have: whoever sits at a screen that somebody left open must not
/// be able to set a new password.
const IN_THE_MAILBOX: &str = "(a link that only the mail itself has)";

/// Mails of an account, newest first, and how many there are.
///
/// # Errors
/// If the database fails.
pub async fn list(recoup: &Recoup, actor: &Actor, limit: i64, page: i64) -> Result<(Vec<ReadMail>, i64), Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.read().await?;
    let count = outbox::count_of_account(&mut tx, actor.account).await?;
    let last = (count - 1).max(0) / limit;
    let offset = (page - 1).clamp(0, last) * limit;
    Ok((outbox::of_account(&mut tx, actor.account, limit, offset).await?, count))
}

/// One mail of an account.
///
/// # Errors
/// [`Refusal::NotFound`] for a mail of somebody else.
pub async fn read(recoup: &Recoup, actor: &Actor, id: MailId) -> Result<ReadMail, Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.read().await?;
    let mut found = outbox::of_account_by_id(&mut tx, actor.account, id).await?.ok_or(Refusal::NotFound)?;
    if mail::is_secret(&found.kind) {
        let lines = found.body_text.lines().map(|line| if line.starts_with("http") { IN_THE_MAILBOX } else { line });
        found.body_text = lines.collect::<Vec<_>>().join("\n");
    }
    Ok(found)
}
