//! Texts that counsel keep for the mails of a case. Placeholders are checked before a text is saved.

use super::{Failure, Recoup, permit, record};
use crate::{
    CaseId, MailTemplateId,
    access::{Action, Actor, Refusal},
    intake::{Answers, mailing},
    store::{is_unique_violation, mailings},
};

/// Saves a text; a new one if `id` is `None`.
///
/// # Errors
/// Wrong answers, such as a placeholder that does not exist or a name that another text has.
pub async fn save(
    recoup: &Recoup,
    actor: &Actor,
    case: CaseId,
    id: Option<MailTemplateId>,
    answers: &Answers,
) -> Result<MailTemplateId, Failure> {
    permit(actor, Action::Write(case))?;
    let answers = answers.only(mailing::TEMPLATE);
    let (name, subject, text) = mailing::read_template(&answers).map_err(Failure::Invalid)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let saved = mailings::save_template(&mut tx, case, id, (&name, &subject, &text), actor.account, now).await;
    let saved = match saved {
        Err(error) if is_unique_violation(&error) => {
            return Err(Failure::field("name", "Another template of this case has this name. Choose another."));
        }
        saved => saved?.ok_or(Refusal::NotFound)?,
    };
    record(&mut tx, case, actor.account, "mail_template_saved", serde_json::json!({ "name": name }), now).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Removes a text. Mails that were written with it stay as they are.
///
/// # Errors
/// If the actor may not.
pub async fn remove(recoup: &Recoup, actor: &Actor, case: CaseId, id: MailTemplateId) -> Result<(), Failure> {
    permit(actor, Action::Write(case))?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let name = mailings::template(&mut tx, case, id).await?.map(|template| template.name);
    if mailings::remove_template(&mut tx, case, id).await? {
        record(&mut tx, case, actor.account, "mail_template_removed", serde_json::json!({ "name": name }), now).await?;
    }
    Ok(tx.commit().await?)
}
