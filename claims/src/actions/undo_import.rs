//! Takes the lines of an import out of a draft again. Versions that were sent keep them, and the file keeps its place
//! among the documents.

use super::{Failure, Recoup, imports, save_step};
use crate::{
    ClaimId, ImportId,
    access::Actor,
    store::{events, statements as stored},
};

/// Removes what is left of the lines of an import; gives how many they were. Once more changes nothing.
///
/// # Errors
/// If the claim cannot be changed.
pub async fn undo(recoup: &Recoup, actor: &Actor, claim: ClaimId, id: ImportId) -> Result<i64, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let (claim, draft) = save_step::open(&mut tx, actor, claim, now).await?;
    let import = imports::of(&mut tx, &claim, id).await?;
    let lines = stored::lines_left(&mut tx, id, draft).await?;
    if lines == 0 {
        return Ok(0);
    }
    stored::remove_lines(&mut tx, id, draft).await?;
    let event = events::NewEvent {
        case_id: claim.case_id,
        claim_id: Some(claim.id),
        account: Some(actor.account),
        kind: "statement_undone",
        details: serde_json::json!({ "name": import.name, "sha256": import.sha256, "lines": lines }),
    };
    events::add(&mut tx, &event, now).await?;
    tx.commit().await?;
    Ok(lines)
}
