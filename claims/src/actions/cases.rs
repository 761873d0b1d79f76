//! Making and editing cases, and their public files.

use std::collections::{BTreeMap, BTreeSet};

use super::{Failure, Recoup, case_change, permit, record, restate_drafts};
use crate::{
    CaseDocumentId, CaseId, Instant,
    access::{Action, Actor, Refusal},
    case::Case,
    deadline,
    intake::{
        Answers,
        case_settings::{self, CaseSettings, CaseState},
    },
    store::{
        Tx,
        cases::{self, CaseRow},
        documents::NewDocument,
        is_unique_violation, matching, registered, second_factors,
    },
};

/// Finds a case that the public may see.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn public_case(tx: &mut Tx, slug: &str) -> Result<Case, Failure> {
    let case = cases::by_slug(tx, slug).await?.ok_or(Refusal::NotFound)?.read()?;
    if case.settings.state == CaseState::Preparing { Err(Refusal::NotFound.into()) } else { Ok(case) }
}

/// Makes a case.
///
/// # Errors
/// Wrong answers; the short name or prefix taken.
pub async fn add(recoup: &Recoup, actor: &Actor, answers: &Answers) -> Result<CaseId, Failure> {
    permit(actor, Action::ManageCases)?;
    let answers = answers.only(case_settings::FORM);
    let (settings, at) = read(&answers)?;
    let now = recoup.clock.now();
    refuse_a_valuation_to_come(&settings, now)?;
    let mut tx = recoup.store.write().await?;
    let is_public = settings.state != CaseState::Preparing;
    let id =
        cases::add(&mut tx, &settings.slug, &settings.prefix, &answers, at, is_public, now).await.map_err(taken)?;
    demand_second_factor(&mut tx, actor, id, settings.second_factor).await?;
    record(&mut tx, id, actor.account, "case_made", serde_json::json!({ "title": settings.title }), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Saves a case. What claims were signed with stays as it is once one is filed: short name, prefix, currency, valuation date, the rates there
/// were and their source. Rates of further currencies may be added. Whoever relies on what may still be changed is told of it
/// ([`case_change`]). Other rates make lines of drafts worth something else: when this
/// returns, so they are, but for a draft that could not be written: that is logged, and it is brought up to date before it is signed.
///
/// # Errors
/// Wrong answers; somebody else saved since `revision`.
pub async fn save(recoup: &Recoup, actor: &Actor, id: CaseId, revision: i64, answers: &Answers) -> Result<(), Failure> {
    permit(actor, Action::ManageCases)?;
    let answers = answers.only(case_settings::FORM);
    let now = recoup.clock.now();
    // What takes long in a large case is done before anybody has to wait for it. It is of the case that is saved: whoever saved it in
    // between made another revision of it.
    let mut tx = recoup.store.read().await?;
    let turned = turn(&mut tx, id, &answers, now).await?;
    if turned.row.revision != revision {
        return Err(Failure::said(MEANWHILE));
    }
    let ahead = case_change::prepare(recoup, &mut tx, &turned.before, &turned.after, now).await?;
    drop(tx);
    let mut tx = recoup.store.write().await?;
    matching::lock(&mut tx, id).await?;
    let Turn { row, before, after } = turn(&mut tx, id, &answers, now).await?;
    let told = case_change::between(&mut tx, &before, &after, ahead.other_words(), now).await?;
    let (settings, before, at) = (after.settings.clone(), before.settings, after.deadline);
    let is_public = settings.state != CaseState::Preparing;
    if !cases::save(&mut tx, id, (revision, row.last_claim), &settings.slug, &settings.prefix, &answers, at, is_public)
        .await
        .map_err(taken)?
    {
        return Err(Failure::said(MEANWHILE));
    }
    let changed = changes(&row.settings.0, &answers);
    if before.filing_basis != settings.filing_basis {
        matching::want(&mut tx, id).await?;
    }
    if before.filing_basis != settings.filing_basis || row.deadline_at != at {
        registered::keep_case(&mut tx, id).await?;
    }
    demand_second_factor(&mut tx, actor, id, settings.second_factor).await?;
    record(&mut tx, id, actor.account, "case_saved", serde_json::json!({ "changed": changed }), now).await?;
    let was_public = before.state != CaseState::Preparing;
    case_change::tell(recoup, &mut tx, actor, (&after, was_public), &told, ahead, now).await?;
    tx.commit().await?;
    let other_currency = changed.contains_key("case_currency");
    if other_currency || changed.contains_key("rates") {
        let own = (!other_currency).then_some(settings.currency);
        let recoup = recoup.clone();
        // It goes on if the administrator closes the page meanwhile, and whatever becomes of it, the settings are saved.
        let restated = tokio::spawn(async move { restate_drafts::of_case(&recoup, id, own).await }).await;
        let why = match restated {
            Ok(done) => done.err().map(|failure| failure.to_string()),
            Err(broken) => Some(broken.to_string()),
        };
        if let Some(why) = why {
            tracing::error!(case = id.0, error = why, "drafts could not be brought to the rates of their case");
        }
    }
    Ok(())
}

const MEANWHILE: &str = "Somebody else saved this case while you were editing. Your answers are below; open the case in another tab to see what they changed, then save again.";

/// A case as it is, and as it will be.
pub(super) struct Turn {
    row: CaseRow,
    /// As it is.
    pub before: Case,
    /// As it will be.
    pub after: Case,
}

/// Reads what a case becomes by these answers.
///
/// # Errors
/// Wrong answers, or such as claims that are filed forbid.
pub(super) async fn turn(tx: &mut Tx, id: CaseId, answers: &Answers, now: Instant) -> Result<Turn, Failure> {
    let (settings, deadline) = read(answers)?;
    let row = cases::by_id(tx, id).await?.ok_or(Refusal::NotFound)?;
    let before = row.read()?;
    if row.last_claim > 0 {
        keep_what_was_signed(&before.settings, &settings)?;
    } else {
        refuse_a_valuation_to_come(&settings, now)?;
    }
    let after = Case { id, settings, deadline, revision: row.revision + 1 };
    Ok(Turn { row, before, after })
}

/// Nobody has published the rates of a day that is still to come in the zone of the case.
fn refuse_a_valuation_to_come(settings: &CaseSettings, now: Instant) -> Result<(), Failure> {
    if settings.valuation_date > deadline::day_in(now, &settings.time_zone) {
        return Err(Failure::field("valuation_date", "The valuation date is still to come."));
    }
    Ok(())
}

/// Refuses a change of what is in claims that are filed.
fn keep_what_was_signed(before: &CaseSettings, settings: &CaseSettings) -> Result<(), Failure> {
    const FILED: &str = "Claims are filed already, with this in them. It can no longer be changed.";
    let fixed = [
        ("slug", before.slug == settings.slug),
        ("prefix", before.prefix == settings.prefix),
        ("case_currency", before.currency == settings.currency),
        ("valuation_date", before.valuation_date == settings.valuation_date),
        ("rate_source", before.rate_source == settings.rate_source),
    ];
    if let Some((field, _)) = fixed.into_iter().find(|(_, same)| !same) {
        return Err(Failure::field(field, FILED));
    }
    match before.rates.iter().find(|(currency, rate)| settings.rates.get(currency) != Some(rate)) {
        None => Ok(()),
        Some((currency, rate)) => Err(Failure::field(
            "rates",
            format!("{FILED} Leave “{} {rate}” as it is; rates of other currencies can be added.", currency.code()),
        )),
    }
}

/// Each answer that changes, as it was and as it is: who is told of a deadline that was moved asks from when.
pub(super) fn changes(before: &Answers, answers: &Answers) -> BTreeMap<String, [String; 2]> {
    let names: BTreeSet<&String> = before.0.keys().chain(answers.0.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(name) != answers.get(name))
        .map(|name| (name.clone(), [before.get(name).to_owned(), answers.get(name).to_owned()]))
        .collect()
}

/// Whoever demands a second factor of others has one, or the page on which they did so would be closed to them at once.
async fn demand_second_factor(tx: &mut Tx, actor: &Actor, case: CaseId, demanded: bool) -> Result<(), Failure> {
    let own = second_factors::of(tx, actor.account).await?.is_some_and(|factor| factor.confirmed_at.is_some());
    if demanded && !own {
        return Err(Failure::field(
            "second_factor",
            "You have no second factor yourself yet. Set one up in your account first, then come back.",
        ));
    }
    Ok(second_factors::demand(tx, case, demanded).await?)
}

fn read(answers: &Answers) -> Result<(CaseSettings, Instant), Failure> {
    let questions = case_settings::question_problem(answers);
    let settings = match (case_settings::read(answers), questions) {
        (Ok(settings), None) => settings,
        (Ok(_), Some(wrong)) => return Err(Failure::Invalid(vec![wrong])),
        (Err(mut errors), wrong) => {
            errors.extend(wrong);
            return Err(Failure::Invalid(errors));
        }
    };
    let at = deadline::instant(settings.deadline_day, settings.deadline_time, &settings.time_zone)
        .map_err(|message| Failure::field("deadline_time", message))?;
    Ok((settings, at))
}

fn taken(error: crate::store::Error) -> Failure {
    if is_unique_violation(&error) {
        let prefix = error.as_database_error().is_some_and(|error| error.message().contains("prefix"));
        Failure::field(if prefix { "prefix" } else { "slug" }, "Another case has this already. Choose another.")
    } else {
        error.into()
    }
}

/// The case of which somebody is to change the public files.
///
/// # Errors
/// If the actor may not, or there is none.
pub async fn for_documents(recoup: &Recoup, actor: &Actor, slug: &str) -> Result<CaseId, Failure> {
    permit(actor, Action::ManageCases)?;
    let mut tx = recoup.store.read().await?;
    Ok(cases::by_slug(&mut tx, slug).await?.ok_or(Refusal::NotFound)?.id)
}

/// Shows a file to the public. Its bytes must be in the object store.
///
/// # Errors
/// If the actor may not.
pub async fn add_document(recoup: &Recoup, actor: &Actor, case: CaseId, document: &NewDocument) -> Result<(), Failure> {
    permit(actor, Action::ManageCases)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    cases::by_id(&mut tx, case).await?.ok_or(Refusal::NotFound)?;
    cases::add_document(&mut tx, case, &document.name, &document.media_type, document.bytes, &document.sha256, now)
        .await?;
    record(
        &mut tx,
        case,
        actor.account,
        "case_document_added",
        serde_json::json!({ "name": document.name, "sha256": document.sha256 }),
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Takes a public file off.
///
/// # Errors
/// If the actor may not.
pub async fn remove_document(recoup: &Recoup, actor: &Actor, case: CaseId, id: CaseDocumentId) -> Result<(), Failure> {
    permit(actor, Action::ManageCases)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    if cases::remove_document(&mut tx, case, id).await? {
        record(&mut tx, case, actor.account, "case_document_removed", serde_json::json!({ "document": id }), now)
            .await?;
    }
    Ok(tx.commit().await?)
}
