//! What counsel set for the filings of a case.

use super::queue_up;
use crate::{
    CaseId,
    access::{Action, Actor},
    actions::{Failure, Recoup, cases::changes, permit},
    case::Case,
    filing::{self, FilingSettings},
    intake::Answers,
    store::{
        Tx,
        events::{self, NewEvent},
        filing_builds, filings,
    },
};

/// What counsel set for a case, or what it begins with; as answers and as read.
///
/// # Errors
/// If what is stored is no longer right.
pub async fn settings_of(tx: &mut Tx, case: &Case) -> Result<(Answers, FilingSettings), Failure> {
    let mut answers = filings::settings(tx, case.id)
        .await?
        .unwrap_or_else(|| filing::defaults(&case.settings.prefix, case.settings.forum));
    if answers.get("sworn").is_empty() {
        // Saved before it was asked: the page shows what holds.
        answers.set("sworn", "within");
    }
    if let Some(declaration) = filing::corrected(answers.get("declaration")) {
        answers.set("declaration", declaration);
    }
    let settings = filing::read_settings(&answers).map_err(Failure::Invalid)?;
    Ok((answers, settings))
}

/// Whether prefix and digits of Bates numbers stay as they are: a filing was built, or one is being built with them now.
///
/// # Errors
/// If the database fails.
pub async fn numbers_stay(tx: &mut Tx, case: CaseId) -> Result<bool, Failure> {
    // In this order: a build that ends in between is seen as the filing that it made.
    Ok(filing_builds::under_way(tx, case).await?.is_some() || filings::last(tx, case).await?.is_some())
}

/// Saves what counsel set. Prefix and digits of Bates numbers stay once a filing was built or is being built.
///
/// # Errors
/// Answers that are wrong, or an actor who may not.
pub async fn save_settings(recoup: &Recoup, actor: &Actor, case: &Case, answers: &Answers) -> Result<(), Failure> {
    permit(actor, Action::File(case.id))?;
    let now = recoup.clock.now();
    let mut answers = answers.only(filing::FORM);
    let mut tx = recoup.store.write().await?;
    queue_up(&mut tx, case.id).await?;
    let before = settings_of(&mut tx, case).await?.0;
    if numbers_stay(&mut tx, case.id).await? {
        for field in ["bates_prefix", "bates_width"] {
            answers.set(field, before.get(field));
        }
    }
    filing::read_settings(&answers).map_err(Failure::Invalid)?;
    filings::save_settings(&mut tx, case.id, &answers, now).await?;
    let event = NewEvent {
        case_id: case.id,
        claim_id: None,
        account: Some(actor.account),
        kind: "filing_settings_changed",
        details: serde_json::json!({ "changed": changes(&before, &answers) }),
    };
    events::add(&mut tx, &event, now).await?;
    Ok(tx.commit().await?)
}
