//! To whom the letters of a case go, and their words.

use crate::{
    access::{Action, Actor},
    actions::{Failure, Recoup, cases::changes, permit},
    case::Case,
    intake::Answers,
    letters::{self, Texts},
    store::{
        Tx, cases,
        events::{self, NewEvent},
        letters as store,
    },
};

/// What counsel set for the letters of a case, or what it begins with; as answers and as read.
///
/// # Errors
/// If what is stored is no longer right.
pub async fn texts_of(tx: &mut Tx, case: &Case) -> Result<(Answers, Texts), Failure> {
    let answers = store::settings(tx, case.id).await?.map_or_else(letters::defaults, letters::offered);
    let texts = letters::read_kept_texts(&answers).map_err(Failure::Invalid)?;
    Ok((answers, texts))
}

/// Saves what counsel set. Letters that were made keep their words.
///
/// # Errors
/// Answers that are wrong, such as a placeholder that does not exist, or an actor who may not.
pub async fn save_texts(recoup: &Recoup, actor: &Actor, case: &Case, answers: &Answers) -> Result<(), Failure> {
    permit(actor, Action::WriteLetters(case.id))?;
    let answers = answers.only(letters::FORM);
    letters::read_texts(&answers).map_err(Failure::Invalid)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    // Nobody else saves between the look at what was and the event that names it.
    cases::lock(&mut tx, case.id).await?;
    let before = texts_of(&mut tx, case).await?.0;
    store::save_settings(&mut tx, case.id, &answers, now).await?;
    let details = serde_json::json!({ "changed": changes(&before, &answers) });
    let event = NewEvent {
        case_id: case.id,
        claim_id: None,
        account: Some(actor.account),
        kind: "letter_texts_changed",
        details,
    };
    events::add(&mut tx, &event, now).await?;
    Ok(tx.commit().await?)
}
