//! Reading one's own mail in the portal.

use std::collections::HashMap;

use super::{Failure, Recoup, permit};
use crate::{
    CaseId, MailId,
    access::{Action, Actor, Refusal},
    mail,
    store::{
        Tx, cases,
        outbox::{self, ReadMail},
    },
};

/// What stands in the place of a link that only the mailbox may have: whoever sits at a screen that somebody left open must not
/// be able to set a new password.
const IN_THE_MAILBOX: &str = "(a link that only the mail itself has)";

/// A mail of one's own, with the zone in which its moments are shown: that of its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnMail {
    /// The mail.
    pub mail: ReadMail,
    /// IANA name of the zone; UTC where there is no case.
    pub zone: String,
}

/// Mails of an account, newest first, and how many there are.
///
/// # Errors
/// If the database fails.
pub async fn list(recoup: &Recoup, actor: &Actor, limit: i64, page: i64) -> Result<(Vec<OwnMail>, i64), Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.read().await?;
    let count = outbox::count_of_account(&mut tx, actor.account).await?;
    let last = (count - 1).max(0) / limit;
    let offset = (page - 1).clamp(0, last) * limit;
    let mails = outbox::of_account(&mut tx, actor.account, limit, offset).await?;
    let mut zones = HashMap::new();
    let mut own = Vec::new();
    for mail in mails {
        let zone = match zones.get(&mail.case_id) {
            Some(known) => String::clone(known),
            None => zone_of(&mut tx, mail.case_id).await?,
        };
        zones.insert(mail.case_id, zone.clone());
        own.push(OwnMail { mail, zone });
    }
    Ok((own, count))
}

async fn zone_of(tx: &mut Tx, case: Option<CaseId>) -> Result<String, Failure> {
    let Some(case) = case else { return Ok("Etc/UTC".to_owned()) };
    Ok(cases::by_id(tx, case).await?.ok_or(Refusal::NotFound)?.read()?.settings.time_zone)
}

/// One mail of an account.
///
/// # Errors
/// [`Refusal::NotFound`] for a mail of somebody else.
pub async fn read(recoup: &Recoup, actor: &Actor, id: MailId) -> Result<OwnMail, Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.read().await?;
    let mut found = outbox::of_account_by_id(&mut tx, actor.account, id).await?.ok_or(Refusal::NotFound)?;
    if mail::is_secret(&found.kind) {
        let lines = found.body_text.lines().map(|line| if line.starts_with("http") { IN_THE_MAILBOX } else { line });
        found.body_text = lines.collect::<Vec<_>>().join("\n");
    }
    let zone = zone_of(&mut tx, found.case_id).await?;
    Ok(OwnMail { mail: found, zone })
}
