//! Counsel opens a claim. That is an event: a claimant may ask who read what they sent.

use chrono::Duration;

use super::{
    Failure, Recoup,
    claim_view::{self, SentVersion},
    permit,
};
use crate::{
    CaseId, ClaimId,
    access::{Action, Actor, Refusal},
    case::Case,
    store::{
        cases,
        claims::{self, Claim},
        events::{self, Event, NewEvent},
    },
};

/// Turning the pages of a claim, or looking at the same document again, within this time is one opening.
pub(super) const ONE_OPENING: Duration = Duration::minutes(15);

/// A sent claim as counsel reads it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Case.
    pub case: Case,
    /// Claim.
    pub claim: Claim,
    /// The sent versions, first to last; never empty.
    pub versions: Vec<SentVersion>,
    /// Place in [`Self::versions`] of the one in force.
    pub in_force: usize,
    /// What happened to the claim, oldest first.
    pub events: Vec<Event>,
}

/// Opens a claim by its number. `version` is the one that is read, `None` for the one in force.
///
/// # Errors
/// [`Refusal::NotFound`] for a claim that was never sent or belongs to a case that is not the actor's.
pub async fn open_claim(
    recoup: &Recoup,
    actor: &Actor,
    slug: &str,
    number: &str,
    version: Option<i64>,
) -> Result<Opened, Failure> {
    let mut tx = recoup.store.read().await?;
    let case = cases::by_slug(&mut tx, slug).await?.ok_or(Refusal::NotFound)?.read()?;
    permit(actor, Action::ReviewClaim(case.id))?;
    let claim =
        claims::by_number(&mut tx, number).await?.filter(|claim| claim.case_id == case.id).ok_or(Refusal::NotFound)?;
    let rows = claims::versions(&mut tx, claim.id).await?;
    let versions = rows
        .into_iter()
        .filter(|row| row.sent_at.is_some())
        .map(claim_view::read_sent)
        .collect::<Result<Vec<_>, _>>()?;
    let in_force =
        versions.iter().position(|sent| Some(sent.version.id) == claim.in_force_id).ok_or(Refusal::NotFound)?;
    let read = version.unwrap_or(versions[in_force].frozen.version);
    if !versions.iter().any(|sent| sent.frozen.version == read) {
        return Err(Refusal::NotFound.into());
    }
    drop(tx);
    let history = opened(recoup, actor, &claim, read).await?;
    Ok(Opened { case, claim, versions, in_force, events: history })
}

/// Notes that somebody opened a version of a claim, once for a while; gives what happened to the claim, oldest first.
async fn opened(recoup: &Recoup, actor: &Actor, claim: &Claim, version: i64) -> Result<Vec<Event>, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let history = events::of_claim(&mut tx, claim.id).await?;
    drop(tx);
    let number = claim.number.as_deref().unwrap_or_default();
    let details = serde_json::json!({ "number": number, "version": version });
    let same = details.to_string();
    let lately = |event: &Event| {
        event.kind == "claim_opened"
            && event.account_id == Some(actor.account)
            && event.details == same
            && now - event.at < ONE_OPENING
    };
    if history.iter().any(lately) {
        return Ok(history);
    }
    let event = NewEvent {
        case_id: claim.case_id,
        claim_id: Some(claim.id),
        account: Some(actor.account),
        kind: "claim_opened",
        details,
    };
    let mut tx = recoup.store.write().await?;
    events::add(&mut tx, &event, now).await?;
    let history = events::of_claim(&mut tx, claim.id).await?;
    tx.commit().await?;
    Ok(history)
}

/// Opens two claims beside each other, each in the version in force: who they are of is read, so each is told of it.
///
/// # Errors
/// [`Refusal::NotFound`] for claims that were never sent or belong to a case that is not the actor's.
pub async fn open_beside(recoup: &Recoup, actor: &Actor, case: CaseId, pair: [ClaimId; 2]) -> Result<(), Failure> {
    permit(actor, Action::ReviewClaim(case))?;
    for id in pair {
        let mut tx = recoup.store.read().await?;
        let claim = claims::by_id(&mut tx, id).await?.filter(|claim| claim.case_id == case).ok_or(Refusal::NotFound)?;
        let in_force = claim.in_force_id.ok_or(Refusal::NotFound)?;
        let version = claims::version(&mut tx, in_force).await?.ok_or(Refusal::NotFound)?.version;
        drop(tx);
        opened(recoup, actor, &claim, version).await?;
    }
    Ok(())
}
