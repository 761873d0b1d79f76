//! All letters of a kind in one file, for counsel.

use crate::{
    CaseId,
    access::{Action, Actor, Refusal},
    actions::{Failure, Recoup, permit, record},
    letters::{LetterKind, State},
    store::{cases, letters as store},
};

/// What is downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Download {
    /// Of which case.
    pub case: CaseId,
    /// Letters of which kind.
    pub kind: LetterKind,
    /// Those in this state; in any if it is empty.
    pub state: &'static str,
    /// How many they are.
    pub letters: usize,
}

/// Begins to download the current letters of a kind, those in `state` if there is such a state; none of a withdrawn claim. That is an event,
/// which keeps nothing that somebody made up.
///
/// # Errors
/// If there is no such case or kind, or the actor may not write letters in it.
pub async fn download(
    recoup: &Recoup,
    actor: &Actor,
    slug: &str,
    kind: &str,
    state: &str,
) -> Result<Download, Failure> {
    let mut tx = recoup.store.write().await?;
    let case = cases::by_slug(&mut tx, slug).await?.ok_or(Refusal::NotFound)?.id;
    permit(actor, Action::WriteLetters(case))?;
    let kind = LetterKind::parse(kind).filter(|kind| kind.category().is_some()).ok_or(Refusal::NotFound)?;
    let state = State::parse(state).map_or("", State::key);
    let counts = store::counts(&mut tx, case).await?;
    let letters: i64 = counts
        .iter()
        .filter(|count| count.kind == kind.key() && (state.is_empty() || count.state == state))
        .map(|count| count.letters - count.withdrawn)
        .sum();
    let details = serde_json::json!({ "kind": kind.key(), "letters": letters, "state": state });
    record(&mut tx, case, actor.account, "letters_downloaded", details, recoup.clock.now()).await?;
    tx.commit().await?;
    Ok(Download { case, kind, state, letters: usize::try_from(letters).unwrap_or(0) })
}
