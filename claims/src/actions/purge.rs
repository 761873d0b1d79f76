//! What has served its time: drafts that were never sent and no longer changed, expired sessions and links.
//!
//! Of a draft everything goes that was entered: answers, lines, imported statements, the rows of its documents. The claim itself
//! stays, withdrawn and empty, because the events of its case name it; its claimant can take it up again.

use chrono::Duration;

use super::{Failure, Recoup};
use crate::{
    ClaimId, Instant,
    store::{claims, documents, drafts, events, sessions, statements, tokens},
};

pub use crate::store::drafts::Abandoned;

/// What a claimant reads whose draft was deleted.
const REASON: &str = "It was not finished for a long time, so what was entered was deleted.";

/// How many rows have expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// Sessions.
    pub sessions: u64,
    /// Links in mails.
    pub links: u64,
}

/// The drafts that were never sent and not changed since `before`, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn abandoned(recoup: &Recoup, before: Instant) -> Result<Vec<Abandoned>, Failure> {
    let mut tx = recoup.store.read().await?;
    Ok(drafts::abandoned(&mut tx, before).await?)
}

/// Deletes what was entered in an abandoned draft, with an event; `false` if it is not abandoned any more.
///
/// # Errors
/// If the database fails.
pub async fn draft(recoup: &Recoup, id: ClaimId, before: Instant) -> Result<bool, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    claims::lock(&mut tx, id).await?;
    if !drafts::abandoned(&mut tx, before).await?.iter().any(|draft| draft.claim == id) {
        return Ok(false);
    }
    let Some(claim) = claims::by_id(&mut tx, id).await? else { return Ok(false) };
    let Some(draft) = claim.draft_id else { return Ok(false) };
    let Some(version) = claims::version(&mut tx, draft).await? else { return Ok(false) };
    statements::discard_since(&mut tx, id, version.created_at).await?;
    claims::delete_draft(&mut tx, id, draft, now).await?;
    documents::discard(&mut tx, id, version.version).await?;
    claims::withdraw(&mut tx, id, REASON, now).await?;
    let event = events::NewEvent {
        case_id: claim.case_id,
        claim_id: Some(id),
        account: None,
        kind: "draft_purged",
        details: serde_json::json!({ "unchanged_since": before.date_naive().to_string() }),
    };
    events::add(&mut tx, &event, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Deletes sessions that expired and links that expired a month ago, or only counts them.
///
/// # Errors
/// If the database fails.
pub async fn expired(recoup: &Recoup, only_count: bool) -> Result<Expired, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let sessions = sessions::clean(&mut tx, now).await?;
    let links = tokens::clean(&mut tx, now - Duration::days(30)).await?;
    // Dropped without a commit, nothing happened.
    if !only_count {
        tx.commit().await?;
    }
    Ok(Expired { sessions, links })
}
